//! The whole walk of a payment: order, payment by API at the simulator, paid there, webhook in, ledger, events, delivery
//! out to a server of the merchant's that is waiting for it. Every step is HTTP over loopback.

use crate::database::{ORDER, Place};
use crate::http::{Connection, Target, unique};
use crate::receiver::Receiver;
use crate::sample::{Caller, Sample, closed_loop, median};
use crate::world::World;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A delivery that was lost would be tried again much later than this.
const DELIVERED_WITHIN: Duration = Duration::from_secs(60);
/// Nothing was delivered for so long: what was begun has ended.
const QUIET_FOR: Duration = Duration::from_millis(700);

/// What a payment costs, over one run, with everything that it leaves to be done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) cpu_us: u64,
    pub(crate) bytes: u64,
    pub(crate) statements: u64,
    pub(crate) commits_hundredths: u64,
    pub(crate) deliveries_hundredths: u64,
}

impl Cost {
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> u64| median(rounds.iter().map(figure).collect());
        Self {
            cpu_us: of(|c| c.cpu_us),
            bytes: of(|c| c.bytes),
            statements: of(|c| c.statements),
            commits_hundredths: of(|c| c.commits_hundredths),
            deliveries_hundredths: of(|c| c.deliveries_hundredths),
        }
    }
}

/// So many payers at once, each beginning anew when its last payment's event has been delivered.
pub(crate) async fn walk(
    world: &World,
    place: &Place,
    payers: usize,
    length: Duration,
) -> Result<(Sample, Cost)> {
    let mut callers = Vec::with_capacity(payers);
    for _ in 0..payers {
        callers.push(Payer::new(world).await?);
    }
    let before = Standing::of(world, place).await?;
    let sample = closed_loop(callers, length).await?;
    settled(&world.receiver).await;
    let after = Standing::of(world, place).await?;
    Ok((sample, after.since(&before, sample.done)))
}

struct Standing {
    cpu_us: u64,
    bytes: u64,
    statements: u64,
    commits: u64,
    deliveries: u64,
}

impl Standing {
    async fn of(world: &World, place: &Place) -> Result<Self> {
        let figures = world.server.figures().await?;
        let figure = |name: &str| figures.get(name).copied().unwrap_or(0);
        Ok(Self {
            cpu_us: world.server.used()?.cpu_us,
            bytes: place.bytes(&world.config.database).await?,
            statements: figure("hundi_db_statements_total"),
            commits: figure("hundi_db_batches_total"),
            deliveries: world.receiver.heard(),
        })
    }

    fn since(&self, before: &Self, payments: u64) -> Cost {
        let payments = payments.max(1);
        let each = |after: u64, before: u64| after.saturating_sub(before) / payments;
        Cost {
            cpu_us: each(self.cpu_us, before.cpu_us),
            bytes: each(self.bytes, before.bytes),
            statements: each(self.statements, before.statements),
            commits_hundredths: each(self.commits * 100, before.commits * 100),
            deliveries_hundredths: each(self.deliveries * 100, before.deliveries * 100),
        }
    }
}

async fn settled(receiver: &Receiver) {
    let (mut heard, mut since) = (receiver.heard(), Instant::now());
    while since.elapsed() < QUIET_FOR {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = receiver.heard();
        if now != heard {
            (heard, since) = (now, Instant::now());
        }
    }
}

struct Payer {
    api: Connection,
    simulator: Connection,
    orders: Target,
    payments: Target,
    pay: Target,
    receiver: Arc<Receiver>,
}

impl Payer {
    async fn new(world: &World) -> Result<Self> {
        let ours = |path: &str| Target {
            credentials: world.busy.credentials.clone(),
            ..Target::new(world.server.address, path)
        };
        Ok(Self {
            api: Connection::open(world.server.address).await?,
            simulator: Connection::open(world.simulator).await?,
            orders: ours("/api/v1/orders"),
            payments: ours("/api/v1/payments"),
            pay: Target::new(world.simulator, "/sim/api/pay"),
            receiver: world.receiver.clone(),
        })
    }
}

impl Caller for Payer {
    async fn once(&mut self) -> Result<()> {
        let order = created(&mut self.api, &self.orders, ORDER).await?;
        let order = order["id"].as_str().context("an order has an id")?.to_owned();
        let captured = self.receiver.captured(&order);
        let asked = json!({ "order_id": order, "flow": "script" }).to_string();
        let payment = created(&mut self.api, &self.payments, &asked).await?;
        let opened = payment["provider_order"].as_str().context("the simulator opens every order")?;
        let paid = json!({ "order_id": opened, "outcome": "pay", "method": "upi" }).to_string();
        self.simulator.post(&self.pay, &paid, 200).await?;
        tokio::time::timeout(DELIVERED_WITHIN, captured).await.context("the capture was not delivered")??;
        Ok(())
    }
}

async fn created(api: &mut Connection, to: &Target, body: &str) -> Result<serde_json::Value> {
    let (status, text) = api.ask(&to.post(body, Some(&unique()))).await?;
    ensure!(status == 201, "{}: {status}: {}", to.path, String::from_utf8_lossy(text));
    Ok(serde_json::from_slice(text)?)
}
