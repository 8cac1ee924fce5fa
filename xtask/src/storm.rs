//! `cargo xtask chaos --storm N`: payments by the thousand in the house of the integration tests, on both databases.
//! The tests take a sample of it; here it is built as it is released, and as long as it is told to be.

use crate::pg::{Cluster, Durable};
use crate::{machine, test};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    payments: String,
    seed: Option<String>,
    only: Option<String>,
    world: Option<String>,
    engine: Option<String>,
}

/// Whether this is meant.
pub(crate) fn is_asked(arguments: &[&str]) -> bool {
    arguments.contains(&"--storm")
}

pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<ExitCode> {
    let options = parse(arguments)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let seed = options.seed.unwrap_or_else(|| now.to_string());
    println!("seed {seed}");
    let engines: &[&str] = match options.engine.as_deref() {
        None => &["sqlite", "pg-rc"],
        Some("sqlite") => &["sqlite"],
        Some("pg") => &["pg-rc"],
        Some("pg-ser") => &["pg-ser"],
        Some(other) => bail!("there is no engine {other}: sqlite, pg or pg-ser"),
    };
    let mut cluster = None;
    for engine in engines {
        let mut cargo = test::cargo(root);
        cargo.args(["test", "--quiet", "--profile", "bench-fast", "-p", "hundi", "--features", "failpoints"]);
        cargo.args(["--test", "it", "--", "--exact", "storm::a_storm_breaks_nothing", "--nocapture"]);
        cargo
            .env("HUNDI_TEST_ENGINE", engine)
            .env("HUNDI_STORM", &options.payments)
            .env("HUNDI_STORM_SEED", &seed);
        // Nothing is killed here, and no power is cut: what a commit means on a disk is tried elsewhere.
        if let Some(folder) = machine::folder_in_memory() {
            cargo.env("TMPDIR", folder);
        }
        if let Some(only) = &options.only {
            cargo.env("HUNDI_STORM_ONLY", only);
        }
        if let Some(world) = &options.world {
            cargo.env("HUNDI_STORM_WORLD", world);
        }
        if *engine != "sqlite" && std::env::var_os("HUNDI_TEST_PG").is_none() {
            machine::provide(&[&machine::POSTGRESQL])?;
            let started = match cluster.take() {
                Some(running) => running,
                None => Cluster::start(&test::target(root), Durable::No)?,
            };
            cargo.env("HUNDI_TEST_PG", started.url());
            cluster = Some(started);
        }
        let status = cargo.status().context("starting cargo")?;
        if !status.success() {
            println!("BROKEN; once more: cargo xtask chaos --storm {} --seed {seed}", options.payments);
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(arguments: &[&str]) -> Result<Options> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let mut value =
            || rest.next().map(|v| (*v).to_owned()).with_context(|| format!("{name} needs a value"));
        match *name {
            "--storm" => options.payments = value()?,
            "--seed" => options.seed = Some(value()?),
            "--only" => options.only = Some(value()?),
            "--world" => options.world = Some(value()?),
            "--engine" => options.engine = Some(value()?),
            other => bail!("a storm knows --storm, --seed, --only, --world and --engine, not {other}"),
        }
    }
    let numbers =
        [Some(&options.payments), options.seed.as_ref(), options.only.as_ref(), options.world.as_ref()];
    if let Some(wrong) = numbers.into_iter().flatten().find(|text| text.parse::<u64>().is_err()) {
        bail!("{wrong:?} is not a whole number");
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_or_refused() {
        let read = parse(&["--storm", "10", "--seed", "7", "--engine", "pg"]).expect("they are right");
        let (payments, seed, engine) = ("10".to_owned(), Some("7".to_owned()), Some("pg".to_owned()));
        assert_eq!(read, Options { payments, seed, only: None, world: None, engine });
        for wrong in [&["--storm"][..], &["--storm", "many"], &["--storm", "1", "--kills", "2"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
