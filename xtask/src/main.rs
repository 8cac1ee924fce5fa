//! `cargo xtask <command>`: the project's chores, on nothing but the standard library.
//!
//! What a command prints is for people; whether it went well is its exit code.

mod machine;
mod parts;
mod pg;
mod redis;
mod storm;
mod test;
mod tidy;

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, ExitCode};

const USAGE: &str = "cargo xtask <command>

  check            formatting, tidy, clippy, unit tests: before each commit
  test             everything, on both databases; installs what is missing
  tidy             the rules of the house that the compiler can't hold
  pg               a private PostgreSQL until Ctrl-C; prints its address
  pg -- <command>  runs a command with HUNDI_TEST_PG set to one
  chaos schema [n]  n requests (50000) made of the API's description, each answer held against it
  chaos --storm n   n payments over every provider with faults drawn from a seed (--seed, --world, --only, --engine)";

/// Long-running programmes with a crate of their own; a command exists once its crate does.
const PROGRAMMES: [(&str, &str); 2] =
    [("bench", "prints the benchmark tables"), ("chaos", "the long kill, race and fault programmes")];

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace's root");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(root, &arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["check"] => return test::check(root),
        ["test"] => return test::test(root),
        ["tidy"] => tidy::run(root)?,
        ["pg"] => serve_pg(root)?,
        ["pg", "--", program, ref rest @ ..] => return with_pg(root, program, rest),
        ["chaos", "schema"] => return ask_by_schema(root, "50000"),
        ["chaos", "schema", requests] => return ask_by_schema(root, requests),
        ["chaos", ref rest @ ..] if storm::is_asked(rest) => return storm::run(root, rest),
        [name, ref rest @ ..] if programme(root, name) => {
            return run_programme(root, name, rest);
        }
        [] | ["help" | "--help" | "-h"] => print_usage(root),
        _ => {
            print_usage(root);
            bail!("no such command: {}", arguments.join(" "));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn programme(root: &Path, name: &str) -> bool {
    PROGRAMMES.iter().any(|(known, _)| *known == name)
        && root.join("crates").join(name).join("Cargo.toml").is_file()
}

/// Built first, so that nothing else is busy while it runs; and beside a PostgreSQL that syncs, unless it was told of one.
fn run_programme(root: &Path, name: &str, arguments: &[&str]) -> Result<ExitCode> {
    let package = format!("hundi-{name}");
    let cargo = |verb: &str| {
        let mut cargo = test::cargo(root);
        cargo.args([verb, "--profile", "bench-fast", "-p", &package]);
        cargo
    };
    if !cargo("build").status().context("starting cargo")?.success() {
        bail!("{package} does not build");
    }
    let mut run = cargo("run");
    run.arg("--").args(arguments);
    if std::env::var_os("HUNDI_TEST_PG").is_some() {
        return ran(&mut run);
    }
    machine::provide(&[&machine::POSTGRESQL])?;
    let cluster = pg::Cluster::start(&test::target(root), pg::Durable::Yes)?;
    ran(run.env("HUNDI_TEST_PG", cluster.url()))
}

/// The long half of `crates/hundi/tests/schema.rs`: so many requests, made of the API's own description.
fn ask_by_schema(root: &Path, requests: &str) -> Result<ExitCode> {
    machine::provide(&machine::SCRIPTS.iter().collect::<Vec<_>>())?;
    let mut cargo = test::cargo(root);
    cargo.args(["test", "--profile", "bench-fast", "-p", "hundi", "--test", "schema", "--", "--nocapture"]);
    ran(cargo.env("HUNDI_SCHEMA_REQUESTS", requests).env("HUNDI_TEST_REQUIRE_SDK", "1"))
}

fn print_usage(root: &Path) {
    println!("{USAGE}");
    for (name, what) in PROGRAMMES.iter().filter(|(name, _)| programme(root, name)) {
        println!("  {name:<15}  {what}");
    }
}

fn serve_pg(root: &Path) -> Result<()> {
    machine::provide(&[&machine::POSTGRESQL])?;
    let cluster = pg::Cluster::start(&test::target(root), pg::Durable::Yes)?;
    println!("export HUNDI_TEST_PG={}", cluster.url());
    println!("# serving until Ctrl-C");
    cluster.wait()
}

fn with_pg(root: &Path, program: &str, arguments: &[&str]) -> Result<ExitCode> {
    machine::provide(&[&machine::POSTGRESQL])?;
    let cluster = pg::Cluster::start(&test::target(root), pg::Durable::Yes)?;
    ran(Command::new(program)
        .args(arguments)
        .env("HUNDI_TEST_PG", cluster.url())
        .env("HUNDI_TEST_REQUIRE_PG", "1"))
}

/// The command's exit code becomes ours.
fn ran(command: &mut Command) -> Result<ExitCode> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("starting {program}"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
