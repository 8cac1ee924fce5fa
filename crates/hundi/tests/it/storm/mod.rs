//! A storm: payments by the thousand over every provider there is, several at once, each with a script of its own of
//! what its payer and its merchant do and what goes wrong. Afterwards nothing may be broken.
//!
//! Every test run takes a sample. `cargo xtask chaos --storm 10000 --seed N` takes as many as it is told; a failure
//! prints the seed, and the script of each payment that it names. `HUNDI_STORM_WORLD` plays one world again,
//! `HUNDI_STORM_ONLY` one payment alone.

mod counts;
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
use counts::Counts;
use life::{Life, SPREAD_MS};
use script::Script;
use stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Payments in each test run; on PostgreSQL, where three nodes look for work, fewer.
const SAMPLE: u32 = 120;
const SAMPLE_ON_POSTGRES: u32 = 40;
/// Payments whose lives overlap.
const BATCH: u32 = 500;
/// Payments that live in one world: a second batch finds what the first has left.
const WORLD: u32 = 2 * BATCH;
/// Worlds at one time. A world waits for its database much of the time, and more so where that is another process.
const AT_ONCE: u32 = 2;
const AT_ONCE_ON_POSTGRES: u32 = 10;
/// Of a failure's stories, those that are told.
const TOLD_MAX: usize = 3;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not {text:?}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_breaks_nothing() {
    let seed = number("HUNDI_STORM_SEED").unwrap_or(20_261_121);
    let (sample, at_once) = match engine().as_str() {
        "sqlite" => (SAMPLE, AT_ONCE),
        _ => (SAMPLE_ON_POSTGRES, AT_ONCE_ON_POSTGRES),
    };
    let few = |n: u64| u32::try_from(n).expect("some thousands");
    let count = number("HUNDI_STORM").map_or(sample, few);
    let all: Vec<u32> = number("HUNDI_STORM_ONLY").map_or_else(|| (0..count).collect(), |n| vec![few(n)]);
    let began = Instant::now();
    let worlds = all.chunks(usize::try_from(WORLD).expect("a few hundred")).map(<[u32]>::to_vec);
    let mut waiting: Vec<Vec<u32>> = match number("HUNDI_STORM_WORLD") {
        None => worlds.collect(),
        Some(n) => worlds.skip(usize::try_from(n).expect("a few")).take(1).collect(),
    };
    assert!(!waiting.is_empty(), "nobody lives in that world");
    waiting.reverse();
    let at_once = number("HUNDI_STORM_AT_ONCE").map_or(at_once, few);
    let mut raging = JoinSet::new();
    let (mut counts, mut refusals, mut broken) = (Counts::default(), BTreeMap::new(), Vec::new());
    loop {
        // What broke is told when the others under way are over: they may have more of it.
        while broken.is_empty() && raging.len() < usize::try_from(at_once.max(1)).expect("a few") {
            let Some(lives) = waiting.pop() else { break };
            raging.spawn(world(seed, lives));
        }
        let Some(ended) = raging.join_next().await else { break };
        match ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())) {
            Ok(ended) => {
                counts.add(&ended.counts);
                for (code, times) in ended.refusals {
                    *refusals.entry(code).or_insert(0) += times;
                }
                eprintln!("storm {seed}: {:?} are over, {:.0?}; {counts:?}", ended.lives, began.elapsed());
            }
            Err(told) => broken.push(told),
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    println!("{}", line(seed, &counts, began.elapsed()));
    println!("refusals that clients met: {refusals:?}");
}

/// What came of one world in which nothing broke.
struct Ended {
    lives: RangeInclusive<u32>,
    counts: Counts,
    refusals: BTreeMap<String, u64>,
}

/// Some of a seed's lives in a world of their own: a database, providers and merchants that nobody else has. What a life
/// does is drawn from the seed and its number, in whatever world it is lived.
async fn world(seed: u64, numbers: Vec<u32>) -> Result<Ended, String> {
    let t = TestApp::with_nodes(3).await;
    let stage = Stage::set(&t, seed).await;
    let mut counts = Counts::default();
    for batch in numbers.chunks(usize::try_from(BATCH).expect("a few hundred")) {
        let draw = |n: &u32| Arc::new(Life::new(Script::draw(seed, *n, stage::MERCHANTS, SPREAD_MS)));
        let lives: Vec<Arc<Life>> = batch.iter().map(draw).collect();
        // Whose secrets change goes by the lives' numbers, so that it is the same in any world.
        let number = usize::try_from(batch[0] / BATCH).expect("a few");
        weather::rages(&stage, &lives, number).await;
        counts = judge::judges(&stage, &lives).await;
        stage.clear_dials();
        let broken = stage.take_broken();
        if !broken.is_empty() {
            return Err(told(seed, &broken, &lives));
        }
    }
    let (refusals, lives) = (stage.refusals(), numbers[0]..=*numbers.last().expect("a world has lives"));
    drop(stage);
    t.ends_unwitnessed().await;
    Ok(Ended { lives, counts, refusals })
}

fn engine() -> String {
    std::env::var("HUNDI_TEST_ENGINE").unwrap_or_else(|_| "sqlite".into())
}

/// A row of the table in docs/reliability.md.
fn line(seed: u64, c: &Counts, took: Duration) -> String {
    let engine = engine();
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
        "BROKEN in the storm of seed {seed}, world {}:\n  {}\n\nthe payments {numbers:?}; again by \
         HUNDI_STORM_SEED={seed} with HUNDI_STORM_WORLD or with HUNDI_STORM_ONLY=<number>\n\n{shown}",
        lives[0].script.n / WORLD,
        broken.join("\n  ")
    )
}

/// The ids of orders, payments and refunds that stand in what broke.
fn ids(broken: &[String]) -> BTreeSet<&str> {
    let words = broken.iter().flat_map(|what| what.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.filter(|word| ["ord_", "pay_", "rfd_"].iter().any(|prefix| word.starts_with(prefix))).collect()
}
