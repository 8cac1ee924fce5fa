//! Webhooks out: how fast events reach a merchant's endpoints, beside what the same HTTP client does with no database.

use crate::database::ORDER;
use crate::http::{Connection, unique};
use crate::receiver::Receiver;
use crate::sample::{Caller, Sample, closed_loop, median};
use crate::world::{LOUD_ENDPOINTS, World};
use anyhow::{Result, ensure};
use hundi_app::net::{Net, NetPolicy, Outgoing, To};
use hundi_core::Mode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Turns at one endpoint are four.
pub(crate) const AT_ONCE: usize = LOUD_ENDPOINTS * 4;
/// Orders made at once, each of which is an event for every endpoint.
const BURST: usize = 256;
const MAKERS: usize = 8;
const DELIVERED_WITHIN: Duration = Duration::from_secs(60);

/// Bursts of events, each until the last of its deliveries has arrived. The times are from a burst's beginning until
/// a half, 95 and 99 of 100 were there.
pub(crate) async fn deliveries(world: &World, length: Duration) -> Result<Sample> {
    let begun = Instant::now();
    let (mut done, mut bursts) = (0, [const { Vec::new() }; 3]);
    while begun.elapsed() < length {
        let times = one_burst(world).await?;
        for (all, time) in bursts.iter_mut().zip(times) {
            all.push(time);
        }
        done += u64::try_from(BURST * LOUD_ENDPOINTS)?;
    }
    let took_us = u64::try_from(begun.elapsed().as_micros())?.max(1);
    let [p50_us, p95_us, p99_us] = bursts.map(median);
    Ok(Sample { done, rate: done * 1_000_000 / took_us, p50_us, p95_us, p99_us })
}

async fn one_burst(world: &World) -> Result<[u64; 3]> {
    let (before, start) = (world.receiver.heard(), Instant::now());
    let mut makers = tokio::task::JoinSet::new();
    for _ in 0..MAKERS {
        let mut api = Connection::open(world.server.address).await?;
        let orders = world.loud_orders();
        makers.spawn(async move {
            for _ in 0..BURST / MAKERS {
                let (status, _) = api.ask(&orders.post(ORDER, Some(&unique()))).await?;
                ensure!(status == 201, "an order was answered {status}");
            }
            Ok(())
        });
    }
    let wanted = u64::try_from(BURST * LOUD_ENDPOINTS)?;
    let marks = [50, 95, 99].map(|percent| wanted * percent / 100);
    let mut times = [0; 3];
    loop {
        let heard = world.receiver.heard() - before;
        let now = u64::try_from(start.elapsed().as_micros())?;
        for (time, mark) in times.iter_mut().zip(marks) {
            if *time == 0 && heard >= mark {
                *time = now;
            }
        }
        if heard >= wanted {
            break;
        }
        ensure!(start.elapsed() < DELIVERED_WITHIN, "{heard} of {wanted} deliveries arrived");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    while let Some(made) = makers.join_next().await {
        made??;
    }
    Ok(times)
}

/// The product's own client, and nothing else: one message after the other to the same receiver.
pub(crate) async fn client_alone(receiver: &Receiver, length: Duration) -> Result<Sample> {
    let allow = vec![receiver.address.to_string().parse().map_err(|e| anyhow::anyhow!("{e}"))?];
    let net = Arc::new(Net::new(NetPolicy { allow, ..NetPolicy::strict() })?);
    let url = format!("http://{}/hundi", receiver.address);
    let one = |_| Sender { net: net.clone(), url: url.clone() };
    closed_loop((0..AT_ONCE).map(one).collect(), length).await
}

struct Sender {
    net: Arc<Net>,
    url: String,
}

impl Caller for Sender {
    async fn once(&mut self) -> Result<()> {
        let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let out = Outgoing {
            method: "POST".to_owned(),
            url: self.url.clone(),
            headers: headers.map(|name| (name.to_owned(), unique())).into(),
            // As long as an order's event.
            body: ORDER.repeat(6).into_bytes(),
            deadline_ms: 15_000,
            body_bytes_max: 64 << 10,
            to: To::Merchant(Mode::Test),
        };
        let answer = self.net.send(out).await?;
        ensure!(answer.status == 200, "answered {}", answer.status);
        Ok(())
    }
}
