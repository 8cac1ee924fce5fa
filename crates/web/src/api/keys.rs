//! `/keys`: the merchant's own API keys. A key makes none that may do more than it may itself.

use super::auth::Caller;
use super::body::{Nothing, Posted};
use super::fields::{self, Count};
use super::query::{Asking, Bare, Id};
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::api_keys::{self, NewKey};
use hundi_app::networks::Network;
use hundi_app::{Error, public};
use hundi_core::scope::Permission;
use serde::Deserialize;
use serde_json::Value;

const NAME_CHARS_MAX: usize = 80;
const OVERLAP_SECS_MAX: i64 = 7 * 86_400;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    name: String,
    scopes: Option<Vec<String>>,
    expires_at: Option<String>,
    networks: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotated {
    overlap_secs: Option<Count>,
}

impl Asked {
    fn checked(self) -> Result<NewKey, Error> {
        Ok(NewKey {
            name: fields::text("name", Some(self.name), NAME_CHARS_MAX)?.unwrap_or_default(),
            may: self
                .scopes
                .map_or_else(|| Ok(Permission::USUAL_OF_KEYS.to_vec()), |names| scopes(&names))?,
            expires_at: fields::instant("expires_at", self.expires_at.as_deref())?,
            networks: self.networks.map_or_else(|| Ok(Vec::new()), |all| networks(&all))?,
        })
    }
}

fn scopes(names: &[String]) -> Result<Vec<Permission>, Error> {
    let read = |(at, name): (usize, &String)| {
        let known = name.parse().ok().filter(|p| Permission::OF_KEYS.contains(p));
        known.ok_or_else(|| {
            let all: Vec<&str> = Permission::OF_KEYS.iter().map(|p| p.as_str()).collect();
            Error::invalid(format!("scopes[{at}]"), format!("Send any of: {}.", all.join(", ")))
        })
    };
    // More than there are, and one is wrong or there twice.
    names.iter().take(Permission::ALL.len() + 1).enumerate().map(read).collect()
}

fn networks(all: &[String]) -> Result<Vec<Network>, Error> {
    let read = |(at, text): (usize, &String)| {
        let says = "Send an address or a network, such as 203.0.113.9 or 10.0.0.0/8.";
        text.parse().map_err(|_| Error::invalid(format!("networks[{at}]"), says))
    };
    all.iter().enumerate().map(read).collect()
}

/// The caller as the use case knows it.
fn proved(caller: &Caller) -> api_keys::Caller {
    let key_id = caller.actor.name.strip_prefix("key:").unwrap_or_default().to_owned();
    api_keys::Caller { scope: caller.scope, key_id, may: caller.may.clone(), version: caller.version }
}

pub(super) async fn create(State(web): State<Web>, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    let outcome = match body.checked() {
        Ok(new) => api_keys::create_by_api(&web.app, &proved(&caller), &caller.actor, new, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn rotate(State(web): State<Web>, id: Id, posted: Posted<Rotated>) -> Response {
    let Posted { caller, key, body } = posted;
    let overlap = match body.overlap_secs {
        Some(Count(secs)) if !(0..=OVERLAP_SECS_MAX).contains(&secs) => {
            Err(Error::invalid("overlap_secs", format!("Send seconds from 0 to {OVERLAP_SECS_MAX}.")))
        }
        secs => Ok(secs.map(|Count(secs)| secs * 1_000)),
    };
    let outcome = match overlap {
        Ok(overlap) => {
            let of = (id.text(), overlap);
            api_keys::rotate_by_api(&web.app, &proved(&caller), &caller.actor, of, key.clone()).await
        }
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

/// From now on: whoever uses the key is refused. A key may revoke itself.
pub(super) async fn revoke(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key: _, body: Nothing {} } = posted;
    let found = async {
        let known = api_keys::get(&web.app, caller.scope, id.text()).await?;
        if known.revoked_at.is_none() {
            api_keys::revoke(&web.app, caller.scope, &caller.actor, id.text()).await?;
        }
        shown(&web, &caller, &id).await
    };
    reply::found(&caller, found.await)
}

pub(super) async fn show(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = shown(&web, &caller, &id).await;
    reply::found(&caller, found)
}

async fn shown(web: &Web, caller: &Caller, id: &Id) -> Result<Value, Error> {
    let key = api_keys::get(&web.app, caller.scope, id.text()).await?;
    Ok(public::api_key(&key, web.app.now(), None))
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = async {
        let span = asking.params.span()?;
        asking.params.refuse_rest()?;
        let mut rows = api_keys::list(&web.app, asking.caller.scope).await?;
        rows.reverse();
        let rows = span.among(rows, (|k| k.id.clone(), |k| k.created_at))?;
        let now = web.app.now();
        Ok::<_, Error>(span.listed(rows, |k| k.id.clone(), |k| public::api_key(k, now, None)))
    };
    let found = found.await;
    asking.answer(found)
}
