//! The server at rest: how soon it is ready on a database with history, and what it then takes of memory.

use crate::sample::median;
use crate::server::Server;
use anyhow::Result;
use hundi::config::Config;
use std::time::Duration;

const STARTS: usize = 5;
/// Long enough for the first rounds of the followers and the housekeeping.
const REST: Duration = Duration::from_secs(2);

pub(crate) struct Idle {
    pub(crate) ready_ms: u64,
    pub(crate) rss_kb: u64,
}

/// Medians over a few starts.
pub(crate) async fn measure(config: &Config) -> Result<Idle> {
    let (mut ready, mut rss) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = Server::start(config).await?;
        ready.push(u64::try_from(server.ready_after.as_millis())?);
        tokio::time::sleep(REST).await;
        rss.push(server.used()?.rss_kb);
        server.stop().await?;
    }
    Ok(Idle { ready_ms: median(ready), rss_kb: median(rss) })
}
