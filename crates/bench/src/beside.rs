//! `bench --beside`: payments over one provider while another takes half a minute for every answer, in pairs of rounds
//! in one run: alone, and beside it.

use crate::database::{Engine, ORDER, Place};
use crate::http::{Connection, Target, unique};
use crate::report::shown_ms;
use crate::sample::{Sample, median, thousandths};
use crate::walk::walk;
use crate::world::World;
use anyhow::Result;
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

/// Payers of the quick provider.
const PAYERS: usize = 4;
/// Payers of the slow one, each of whom waits for its answer.
const SLOW_PAYERS: usize = 128;
const SLOW_MS: u64 = 30_000;
/// Until the first openings have gone unanswered and their looks have begun.
const WARMS_MS: u64 = 45_000;

/// What one pair showed.
struct Pair {
    alone: Sample,
    beside: Sample,
}

/// Runs the pairs on one engine and prints their table.
pub(crate) async fn run(place: &Place, rounds: usize, length: Duration) -> Result<()> {
    let world = World::make(place).await?;
    let mut pairs = Vec::new();
    for round in 1..=rounds {
        let (alone, _) = walk(&world, place, PAYERS, length).await?;
        dial(&world, true).await?;
        let mut slow = JoinSet::new();
        for _ in 0..SLOW_PAYERS {
            let (address, orders, payments) = (
                world.server.address,
                world.busy_target("/api/v1/orders"),
                world.busy_target("/api/v1/payments"),
            );
            let connection = world.slow_connection.clone();
            slow.spawn(async move { pays_for_ever(address, &orders, &payments, &connection).await });
        }
        tokio::time::sleep(Duration::from_millis(WARMS_MS)).await;
        let (beside, _) = walk(&world, place, PAYERS, length).await?;
        slow.shutdown().await;
        dial(&world, false).await?;
        // Whatever still waits there is answered within this.
        tokio::time::sleep(Duration::from_millis(SLOW_MS + 5_000)).await;
        let shown =
            |s: &Sample| format!("p50 {} p99 {} ({})", shown_ms(s.p50_us), shown_ms(s.p99_us), s.done);
        eprintln!(
            "round {round}: {}: alone {}, beside {}",
            place.engine.name(),
            shown(&alone),
            shown(&beside)
        );
        pairs.push(Pair { alone, beside });
    }
    println!("{}", table(place.engine, &pairs));
    let (config, databases) = (world.config.database.clone(), world);
    databases.server.stop().await?;
    place.drop(&config).await
}

/// One payer after the other at the slow provider. What comes of it is not our concern here.
async fn pays_for_ever(
    address: std::net::SocketAddr,
    orders: &Target,
    payments: &Target,
    connection: &str,
) -> Result<()> {
    loop {
        let mut api = Connection::open(address).await?;
        let (_, text) = api.ask(&orders.post(ORDER, Some(&unique()))).await?;
        let order: serde_json::Value = serde_json::from_slice(text)?;
        let body = json!({ "order_id": order["id"], "connection_id": connection }).to_string();
        api.ask(&payments.post(&body, Some(&unique()))).await?;
    }
}

async fn dial(world: &World, slow: bool) -> Result<()> {
    let to = Target::new(world.slow_simulator, "/sim/control/dials");
    let mut control = Connection::open(world.slow_simulator).await?;
    if slow {
        control.post(&to, &json!({ "fault": "slow", "ms": SLOW_MS }).to_string(), 200).await?;
    } else {
        control.ask(&to.delete()).await?;
    }
    Ok(())
}

fn table(engine: Engine, pairs: &[Pair]) -> String {
    let of = |figure: fn(&Pair) -> u64| median(pairs.iter().map(figure).collect());
    let ratio = median(pairs.iter().map(|p| thousandths(p.beside.p99_us, p.alone.p99_us)).collect());
    let row =
        |what: &str, rate, p50, p99| format!("| {what} | {rate} | {} | {} |\n", shown_ms(p50), shown_ms(p99));
    format!(
        "### {}, beside a provider that takes {} s\n\n| whole walk, {PAYERS} payers | rate/s | p50 ms | p99 ms |\n\
         | --- | --: | --: | --: |\n{}{}\np99 beside it is {}.{:03} of p99 alone (median of {} pairs).\n",
        engine.name(),
        SLOW_MS / 1_000,
        row("alone", of(|p| p.alone.rate), of(|p| p.alone.p50_us), of(|p| p.alone.p99_us)),
        row("beside it", of(|p| p.beside.rate), of(|p| p.beside.p50_us), of(|p| p.beside.p99_us)),
        ratio / 1_000,
        ratio % 1_000,
        pairs.len()
    )
}
