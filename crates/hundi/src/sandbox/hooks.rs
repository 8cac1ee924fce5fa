//! Sends what the simulated providers notify, at their time, and tells them how it went.
//!
//! It decides nothing: when, how often and until when to try again is the simulator's, as it is the provider's.

use super::serve::Provider;
use hundi_app::net::{Allow, Net, NetPolicy, Outgoing, To};
use hundi_core::Mode;
use hundi_providers::sim;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Enough that under load none waits so long that the simulator counts it as unanswered.
const UNDER_WAY_MAX: usize = 64;
/// Providers wait five seconds or a little more.
const ANSWER_WITHIN_MS: u64 = 5_000;
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// How soon a clock in a file is noticed to have moved.
const LOOK_MS: i64 = 50;
const SLEEP_MS_MAX: i64 = 60_000;
/// No simulator is asked more often, whatever it says is due.
const SLEEP_MS_MIN: i64 = 5;

/// Loopback and private networks: a simulated provider calls the machine next to it.
const HOME: [&str; 5] = ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/// The way to the merchants' servers: home, or a public https address such as a tunnel's.
pub(super) fn net() -> anyhow::Result<Net> {
    let allow = HOME.iter().map(|text| text.parse::<Allow>()).collect::<Result<_, _>>()?;
    Ok(Net::new(NetPolicy { allow, ..NetPolicy::strict() })?)
}

/// Runs until it is dropped.
pub(super) async fn send(provider: Arc<Provider>, net: Arc<Net>) {
    let places = Arc::new(Semaphore::new(UNDER_WAY_MAX));
    let mut under_way = JoinSet::new();
    let mut moves = provider.clock.moves();
    loop {
        let due = provider.act(|simulator, now| simulator.due(now));
        for notice in due {
            let place = places.clone().acquire_owned().await.expect("nobody closes it");
            while under_way.try_join_next().is_some() {}
            let (provider, net) = (provider.clone(), net.clone());
            under_way.spawn(async move {
                let id = notice.id;
                let status = post(&net, notice).await;
                provider.act(|simulator, now| simulator.delivered(id, status, now));
                provider.stirred.notify_one();
                drop(place);
            });
        }
        let until = provider.act(|simulator, now| simulator.next_due().map(|at| at.since(now)));
        let longest = if provider.clock.follows_a_file() { LOOK_MS } else { SLEEP_MS_MAX };
        let sleep_ms = until.unwrap_or(longest).clamp(SLEEP_MS_MIN, longest);
        let sleep = Duration::from_millis(sleep_ms.unsigned_abs());
        tokio::select! {
            () = provider.stirred.notified() => {}
            _ = moves.changed() => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
}

/// The status of the answer, if there was one in time.
async fn post(net: &Net, notice: sim::Outgoing) -> Option<u16> {
    let id = notice.id;
    let out = Outgoing {
        method: "POST".to_owned(),
        url: notice.url,
        headers: notice.headers,
        body: notice.body,
        deadline_ms: ANSWER_WITHIN_MS,
        body_bytes_max: ANSWER_BYTES_MAX,
        to: To::Merchant(Mode::Test),
    };
    match net.send(out).await {
        Ok(answer) => Some(answer.status),
        Err(error) => {
            tracing::debug!(id, %error, "a simulated webhook was not answered");
            None
        }
    }
}
