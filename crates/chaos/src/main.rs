//! `cargo xtask chaos`: the long kill programme. Every point on each engine, then random kills in many worlds.

use anyhow::{Context, Result, bail};
use clap::Parser;
use hundi_chaos::{Engine, Plan, Report, every_point, one_key, random_kills};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{SystemTime, UNIX_EPOCH};

/// Kills the server again and again, and checks that money and messages came through.
#[derive(Debug, Parser)]
struct Options {
    /// sqlite or pg; both when left out. For pg, HUNDI_TEST_PG names a server for tests.
    #[arg(long)]
    engine: Option<Engine>,
    /// Random kills on each engine.
    #[arg(long, default_value_t = 500)]
    kills: u32,
    /// Random kills of one of three servers over one PostgreSQL.
    #[arg(long, default_value_t = 100)]
    kills_of_three: u32,
    /// The first world's seed; each further one takes the next number.
    #[arg(long)]
    seed: Option<u64>,
    /// Judged after so many kills.
    #[arg(long, default_value_t = 10)]
    round: u32,
    /// A new world after so many.
    #[arg(long, default_value_t = 50)]
    world: u32,
    /// Only these points, by the beginning of their names.
    #[arg(long = "point")]
    points: Vec<String>,
    /// Leaves the points out, and the twins.
    #[arg(long)]
    no_points: bool,
    /// The programme's own proof: the server carries this bug, and the run has to end with BROKEN.
    #[arg(long)]
    planted: Option<String>,
    /// A server that was built with its fail points; built when left out.
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// Of the kills in a world, those that hit its first start.
const BIRTHS: u32 = 4;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(report) => {
            println!("\n{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("BROKEN {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<Report> {
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => build()?,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut seed = options.seed.unwrap_or(now);
    println!("seed {seed}");
    let engines =
        options.engine.map_or_else(|| vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine]);
    let mut report = Report::default();
    for engine in engines {
        let mut plan = |nodes: usize| {
            let postgres = std::env::var("HUNDI_TEST_PG").ok();
            let plan = Plan {
                binary: binary.clone(),
                engine,
                postgres,
                nodes,
                births: BIRTHS,
                planted: options.planted.clone(),
                seed,
            };
            seed += 1;
            plan
        };
        if !options.no_points {
            shown(&mut report, every_point(&plan(1), &options.points)?);
            if options.points.is_empty() {
                shown(&mut report, one_key(&plan(if engine == Engine::Sqlite { 1 } else { 3 }))?);
            }
        }
        for (nodes, kills) in [(1, options.kills), (3, options.kills_of_three)] {
            let mut left = if nodes > 1 && engine == Engine::Sqlite { 0 } else { kills };
            while left > 0 {
                let now = left.min(options.world.max(1 + BIRTHS));
                let by_chance = now.saturating_sub(BIRTHS);
                shown(&mut report, random_kills(&plan(nodes), by_chance, options.round)?);
                left -= now;
            }
        }
    }
    Ok(report)
}

fn shown(report: &mut Report, more: Report) {
    for line in &more.lines {
        println!("{}: {} kills, {} captures, agrees", line.case, line.kills, line.captures);
    }
    report.add(more);
}

/// The server, with the points at which it can be stopped.
fn build() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&root).args(["build", "--quiet", "--profile", "bench-fast", "-p", "hundi"]);
    let built = cargo.args(["--features", "failpoints"]).status().context("building the server")?;
    if !built.success() {
        bail!("the server could not be built");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |t| root.join(t));
    Ok(target.join("bench-fast/hundi"))
}
