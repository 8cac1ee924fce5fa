//! A storm: payments by the thousand over every provider there is, several at once, each with a script of its own of
//! what its payer and its merchant do and what goes wrong. Afterwards nothing may be broken.
//!
//! Every test run takes a sample. `cargo xtask chaos --storm 10000 --seed N` takes as many as it is told; a failure
//! prints the seed, and the script of each payment that it names. `HUNDI_STORM_ONLY` plays one of them alone.

mod dice;
mod forger;
mod judge;
mod life;
#[cfg(feature = "failpoints")]
mod proof;
mod script;
mod stage;
mod weather;

use crate::house::TestApp;
use judge::Counts;
use life::{Life, SPREAD_MS};
use script::Script;
use stage::Stage;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Payments in each test run; on PostgreSQL, where three nodes look for work, fewer.
const SAMPLE: u32 = 120;
const SAMPLE_ON_POSTGRES: u32 = 40;
/// Payments whose lives overlap.
const BATCH: u32 = 500;
/// Of a failure's stories, those that are told.
const TOLD_MAX: usize = 3;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not {text:?}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_breaks_nothing() {
    let seed = number("HUNDI_STORM_SEED").unwrap_or(20_261_121);
    let on_postgres = std::env::var("HUNDI_TEST_ENGINE").is_ok_and(|engine| engine != "sqlite");
    let sample = if on_postgres { SAMPLE_ON_POSTGRES } else { SAMPLE };
    let count = number("HUNDI_STORM").map_or(sample, |n| u32::try_from(n).expect("some thousands"));
    let only = number("HUNDI_STORM_ONLY").map(|n| u32::try_from(n).expect("some thousands"));
    let began = Instant::now();
    let t = TestApp::with_nodes(3).await;
    let stage = Stage::set(&t, seed).await;
    let all: Vec<u32> = only.map_or_else(|| (0..count).collect(), |n| vec![n]);
    let mut counts = Counts::default();
    for (number, batch) in all.chunks(usize::try_from(BATCH).expect("a few hundred")).enumerate() {
        let draw = |n: &u32| Arc::new(Life::new(Script::draw(seed, *n, stage::MERCHANTS, SPREAD_MS)));
        let lives: Vec<Arc<Life>> = batch.iter().map(draw).collect();
        weather::rages(&stage, &lives, number).await;
        counts = judge::judges(&stage, &lives).await;
        stage.clear_dials();
        let broken = stage.take_broken();
        assert!(broken.is_empty(), "{}", told(seed, &broken, &lives));
        let played = (number + 1) * lives.len();
        eprintln!("storm {seed}: {played} played, {counts:?}, {:.0?}", began.elapsed());
    }
    println!("{}", line(seed, &counts, began.elapsed()));
    println!("refusals that clients met: {:?}", stage.refusals());
    drop(stage);
    t.ends_unwitnessed().await;
}

/// A row of the table in docs/reliability.md.
fn line(seed: u64, c: &Counts, took: Duration) -> String {
    let engine = std::env::var("HUNDI_TEST_ENGINE").unwrap_or_else(|_| "sqlite".into());
    format!(
        "storm on {engine}, seed {seed}: {} orders, {} paid, {} payments, {} captures, {} refunds, {} orders with a \
         discrepancy, {} events, {} messages in ({} refused), {} s: nothing broken",
        c.orders,
        c.paid,
        c.payments,
        c.captures,
        c.refunds,
        c.discrepancies,
        c.events,
        c.messages,
        c.refused,
        took.as_secs()
    )
}

/// What broke, and the stories of the payments that it names.
fn told(seed: u64, broken: &[String], lives: &[Arc<Life>]) -> String {
    let ids = ids(broken);
    let named = |life: &&Arc<Life>| {
        let story = life.story();
        ids.iter().any(|id| story.contains(id))
    };
    let all: Vec<_> = lives.iter().filter(named).collect();
    let shown = all.iter().take(TOLD_MAX).map(|life| life.story()).collect::<Vec<_>>().join("\n");
    let numbers: Vec<u32> = all.iter().map(|life| life.script.n).collect();
    format!(
        "BROKEN in the storm of seed {seed}:\n  {}\n\nthe payments {numbers:?}; again by HUNDI_STORM_SEED={seed} and \
         HUNDI_STORM_ONLY=<number>\n\n{shown}",
        broken.join("\n  ")
    )
}

/// The ids of orders, payments and refunds that stand in what broke.
fn ids(broken: &[String]) -> BTreeSet<&str> {
    let words = broken.iter().flat_map(|what| what.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.filter(|word| ["ord_", "pay_", "rfd_"].iter().any(|prefix| word.starts_with(prefix))).collect()
}
