//! The description of the API against the real server: schemathesis reads `/openapi.json`, asks whatever it allows
//! and whatever it forbids, and holds every answer against it. No 5xx, no status, header or field that is not
//! described, nothing refused that is described and nothing taken that is not.
//!
//! A run takes a sample. `cargo xtask chaos schema 50000` goes on, seed by seed, until so many requests were sent.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod demo;
mod installed;
mod tools;

use demo::Demo;
use std::path::Path;
use std::process::{Command, Stdio};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema");
/// Of each operation in each phase. The sample takes about a minute.
const EXAMPLES: u32 = 25;

#[test]
fn the_server_is_as_it_is_described() {
    let requirements = Path::new(FOLDER).join("requirements.txt");
    let Some(programs) = tools::ready("schemathesis", installed::python("schema-python", &requirements))
    else {
        return;
    };
    let wanted: u32 = std::env::var("HUNDI_SCHEMA_REQUESTS").map_or(0, |text| text.parse().unwrap());
    let demo = Demo::start();
    let (mut sent, mut seed) = (0, 2026);
    loop {
        sent += asks(&demo, &programs.join("schemathesis"), seed);
        eprintln!("{sent} requests");
        if sent >= wanted {
            break;
        }
        seed += 1;
    }
    assert!(sent > 1_000, "{sent} requests are no sample");
    // Whatever was asked: the books balance, and all else that must hold does.
    let verified = demo.verify();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// One run. How many requests it sent.
fn asks(demo: &Demo, program: &Path, seed: u32) -> u32 {
    let url = |address| format!("http://{address}");
    let mut command = Command::new(program);
    // What it keeps of a run is nothing to keep among sources.
    command
        .current_dir(installed::SPACE)
        .arg("--config-file")
        .arg(Path::new(FOLDER).join("schemathesis.toml"));
    command.env("SCHEMATHESIS_HOOKS", Path::new(FOLDER).join("hooks.py"));
    command.args(["--no-color", "run", "--checks", "all", "--continue-on-failure"]);
    command.arg(format!("{}/openapi.json", url(demo.listen))).args(["--auth", &demo.key]);
    command.args(["--seed", &seed.to_string(), "--max-examples", &EXAMPLES.to_string()]);
    // The server is on this machine, whatever proxy leads out of it.
    command.env("NO_PROXY", "127.0.0.1").env("RECEIVER", url(demo.receiver)).env("SIM", url(demo.sandbox));
    command.env("HUNDI", url(demo.listen)).env("KEY_PAIR", &demo.key);
    command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
    let ended = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "seed {seed}:\n{out}\n{err}");
    let line = out.lines().find(|line| line.contains(" generated, ")).unwrap_or_else(|| panic!("{out}"));
    line.split_whitespace().next().unwrap().parse().unwrap()
}
