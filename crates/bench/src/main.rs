//! `cargo xtask bench`: what the house does in a second, beside what its disk, its database and its HTTP can do, all
//! measured in one run and interleaved. Prints tables; never fails a build.
//!
//! Load generator, server, simulator, receiver and database share the machine. `docs/benchmarks.md` says how to read it.

mod bare_lite;
mod bare_pg;
mod beside;
mod cells;
mod database;
mod disk;
mod http;
mod idle;
mod machine;
mod outward;
mod pages;
mod receiver;
mod report;
mod rows;
mod sample;
mod server;
mod walk;
mod world;

use anyhow::{Context, Result};
use cells::{Bench, Cell};
use clap::Parser;
use database::{Engine, Place};
use report::{Measured, shown_ms, tables};
use sample::Sample;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use walk::Cost;

#[derive(Debug, Parser)]
#[command(name = "bench", about = "Measures the house beside its limits; prints tables.")]
struct Options {
    /// Each cell is run so many times, round after round; the medians are printed.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each cell runs, in milliseconds.
    #[arg(long, default_value_t = 2_000)]
    length_ms: u64,
    /// `sqlite` or `postgres`; both without it. PostgreSQL is the cluster that HUNDI_TEST_PG names.
    #[arg(long)]
    engine: Option<String>,
    /// Only cells whose line begins with this, for profiling: `create`, `whole`.
    #[arg(long, default_value = "")]
    only: String,
    /// Events in the list that is paged through; 0 leaves it out.
    #[arg(long, default_value_t = 1_000_000)]
    events: usize,
    /// Something else: payments over one provider, alone and beside one that takes 30 seconds for each answer.
    #[arg(long)]
    beside: bool,
    /// Only cells with so many at once.
    #[arg(long)]
    at_once: Option<usize>,
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == server::AS_SERVER) {
        arguments.remove(1);
        return hundi::commands::run(hundi::commands::Cli::parse_from(arguments));
    }
    let options = Options::parse_from(arguments);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.context("no runtime").and_then(|runtime| runtime.block_on(run(&options)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<()> {
    // Beside the executable, which is on a disk; the temporary folder may be memory.
    let exe = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(exe.parent().context("the executable lies in a folder")?)?;
    println!("{}.\n", machine::described(folder.path()));
    if options.beside {
        for place in places(options, folder.path())? {
            beside::run(&place, options.rounds, Duration::from_millis(options.length_ms)).await?;
        }
        return Ok(());
    }
    let mut benches = Vec::new();
    for place in places(options, folder.path())? {
        benches.push((Bench::make(place, options.events).await?, BTreeMap::new(), BTreeMap::new()));
    }
    for round in 1..=options.rounds {
        for (bench, samples, costs) in &mut benches {
            one_round(bench, options, round, samples, costs).await?;
        }
    }
    for (bench, samples, costs) in benches {
        println!("{}", tables(&ended(bench, &samples, &costs).await?));
    }
    Ok(())
}

fn places(options: &Options, folder: &Path) -> Result<Vec<Place>> {
    let wanted = |name: &str| options.engine.as_deref().is_none_or(|engine| engine == name);
    let cluster = std::env::var("HUNDI_TEST_PG").ok();
    let mut all = Vec::new();
    if wanted("sqlite") {
        all.push(Place { engine: Engine::Sqlite, folder: folder.to_owned(), cluster: None });
    }
    if wanted("postgres") {
        match cluster {
            Some(url) => {
                all.push(Place { engine: Engine::Postgres, folder: folder.to_owned(), cluster: Some(url) });
            }
            None => println!("HUNDI_TEST_PG names no cluster: PostgreSQL is left out.\n"),
        }
    }
    anyhow::ensure!(!all.is_empty(), "nothing to measure");
    Ok(all)
}

async fn one_round(
    bench: &Bench,
    options: &Options,
    round: usize,
    samples: &mut BTreeMap<Cell, Vec<Sample>>,
    costs: &mut BTreeMap<Cell, Vec<Cost>>,
) -> Result<()> {
    let length = Duration::from_millis(options.length_ms);
    for cell in Cell::of(bench.place.engine) {
        let line = cell.to_string();
        let at_once = options.at_once.is_none_or(|n| line.ends_with(&format!("| {n}")));
        if !line.starts_with(&options.only) || !at_once || !bench.has(cell) {
            continue;
        }
        let measured = bench.measure(cell, length).await;
        let (sample, cost) =
            measured.with_context(|| format!("{} on {}", cell, bench.place.engine.name()))?;
        eprintln!(
            "round {round}: {}: {line}: {}/s, p50 {}, p99 {}",
            bench.place.engine.name(),
            sample.rate,
            shown_ms(sample.p50_us),
            shown_ms(sample.p99_us)
        );
        samples.entry(cell).or_default().push(sample);
        if let Some(cost) = cost {
            costs.entry(cell).or_default().push(cost);
        }
    }
    Ok(())
}

/// Stops everything, then looks at the server at rest on what was left.
async fn ended(
    bench: Bench,
    samples: &BTreeMap<Cell, Vec<Sample>>,
    costs: &BTreeMap<Cell, Vec<Cost>>,
) -> Result<Measured> {
    let engine = bench.place.engine;
    let (place, world, databases) = bench.close().await?;
    let (used, config) = (world.server.used()?, world.config.clone());
    world.server.stop().await?;
    let idle = idle::measure(&config).await?;
    for database in databases {
        place.drop(&database).await?;
    }
    Ok(Measured {
        engine,
        samples: samples.iter().map(|(cell, all)| (*cell, Sample::median(all))).collect(),
        costs: costs.iter().map(|(cell, all)| (*cell, Cost::median(all))).collect(),
        used,
        idle,
    })
}
