//! From a name to addresses that were checked. What this returns is what gets connected to, with no second look-up
//! between, so an answer that changes its mind (DNS rebinding) is checked like the first.

use super::guard::{Reach, Rules};
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Most addresses of one name that we look at.
const ADDRESSES_MAX: usize = 64;

/// Turns names into addresses.
#[async_trait]
pub trait Lookup: Send + Sync {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Clone, Copy, Debug)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|socket| socket.ip()).take(ADDRESSES_MAX).collect())
    }
}

/// The name leads to a place that we do not call.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("blocked")]
pub(super) struct Blocked;

/// The name leads nowhere.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the name was not found")]
pub(super) struct NotFound;

/// A resolver that answers with permitted addresses only.
pub(super) struct Guarded {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) rules: Arc<Rules>,
    pub(super) reach: Reach,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, rules, reach) = (self.lookup.clone(), self.rules.clone(), self.reach);
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await.map_err(|_| NotFound)?;
            let usable = choose(&rules, reach, name.as_str(), &found)?;
            // Port 0 is replaced by the URL's.
            Ok(Box::new(usable.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}

/// Addresses on the allow list when there are any; otherwise all, if each is public. A name that mixes public and
/// closed addresses is refused whole: nobody honest publishes one.
fn choose(
    rules: &Rules,
    reach: Reach,
    name: &str,
    found: &[IpAddr],
) -> Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>> {
    if found.is_empty() {
        return Err(NotFound.into());
    }
    let listed: Vec<IpAddr> =
        found.iter().copied().filter(|ip| rules.lists(reach, Some(name), *ip)).collect();
    if !listed.is_empty() {
        return Ok(listed);
    }
    match found.iter().all(|ip| rules.permits(reach, Some(name), *ip)) {
        true => Ok(found.to_vec()),
        false => Err(Blocked.into()),
    }
}
