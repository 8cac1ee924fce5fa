//! `cargo xtask check` and `cargo xtask test`: the quick half, and everything.

use crate::machine::{self, BROWSER, Need, POSTGRESQL, REDIS, SCRIPTS};
use crate::parts::Parts;
use crate::pg::{Cluster, Durable};
use crate::redis::Redis;
use crate::tidy;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The engines that the integration tests run on, as the tests' harness calls them.
const ENGINES: [&str; 3] = ["sqlite", "pg-rc", "pg-ser"];

/// Formatting, the rules of the house, clippy, and the tests of the rooms that need nothing to run.
pub(crate) fn check(root: &Path) -> Result<ExitCode> {
    toolchain()?;
    let mut parts = Parts::new();
    by_reading(root, &mut parts);
    let rooms = ["-p", "hundi-core", "-p", "hundi-providers", "-p", "hundi-documents"];
    parts.run("unit tests", cargo(root).args(["test", "--quiet", "--lib"]).args(rooms));
    Ok(parts.finish())
}

/// Everything, on a fresh machine too: gets what is missing, and brings its own PostgreSQL.
pub(crate) fn test(root: &Path) -> Result<ExitCode> {
    toolchain()?;
    let e2e = root.join("e2e/run");
    let mut needs: Vec<&Need> = vec![&POSTGRESQL, &REDIS];
    needs.extend(SCRIPTS);
    if e2e.is_file() {
        needs.push(&BROWSER);
    }
    machine::provide(&needs)?;

    let mut parts = Parts::new();
    by_reading(root, &mut parts);
    let cluster = Cluster::start(&target(root), Durable::No)?;
    let url = cluster.url();
    let redis = Redis::start()?;
    let redis_url = redis.url();
    let with_pg = |command: &mut Command| {
        command.env("HUNDI_TEST_PG", &url).env("HUNDI_TEST_REQUIRE_PG", "1");
        command.env("HUNDI_TEST_REDIS", &redis_url).env("HUNDI_TEST_REQUIRE_REDIS", "1");
    };
    let tests = Tests::find(root);
    // The SDKs' own packages are fetched by the test; here they must be had.
    parts.run("tests", tests.all_but_integration().env("HUNDI_TEST_REQUIRE_SDK", "1").tap(with_pg));
    parts.run(
        "doc tests",
        cargo(root).args(["test", "--workspace", "--doc", "--quiet"]).args(failpoints(root)),
    );
    if tests.has_integration {
        for engine in ENGINES {
            let mut run = tests.integration();
            // Hundreds of small databases: what a commit means on a disk is for the tests that kill.
            if let Some(folder) = machine::folder_in_memory() {
                run.env("TMPDIR", folder);
            }
            parts.run(&format!("integration on {engine}"), run.env("HUNDI_TEST_ENGINE", engine).tap(with_pg));
        }
    }
    if e2e.is_file() {
        parts.run("browser stories", Command::new(&e2e).current_dir(root).tap(with_pg));
    }
    drop((cluster, redis));
    Ok(parts.finish())
}

fn by_reading(root: &Path, parts: &mut Parts) {
    parts.run("formatting", cargo(root).args(["fmt", "--all", "--check"]));
    parts.call("tidy", || tidy::run(root));
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets"];
    parts.run("clippy", cargo(root).args(clippy).args(failpoints(root)).args(["--", "-D", "warnings"]));
}

/// How the workspace's tests are run: by nextest where it is installed, else by cargo.
///
/// Each run names the whole workspace and then chooses, since `-p hundi` alone would resolve features differently
/// and build half of the crates again.
struct Tests {
    root: PathBuf,
    nextest: bool,
    /// `crates/hundi/tests/it`, which runs once for each engine.
    has_integration: bool,
    /// Other binaries below a `tests` folder, by name.
    others: Vec<String>,
}

impl Tests {
    fn find(root: &Path) -> Tests {
        let nextest = machine::runs("cargo-nextest", &["nextest", "--version"]);
        let mut names = test_binaries(root);
        let before = names.len();
        names.retain(|name| name != "it");
        Tests { root: root.to_owned(), nextest, has_integration: names.len() < before, others: names }
    }

    fn all_but_integration(&self) -> Command {
        let mut command = self.command();
        if !self.nextest {
            command.args(["--lib", "--bins"]);
            for name in &self.others {
                command.args(["--test", name]);
            }
        } else if self.has_integration {
            command.args(["-E", "not binary_id(hundi::it)"]);
        }
        command
    }

    fn integration(&self) -> Command {
        let mut command = self.command();
        if self.nextest {
            command.args(["-E", "binary_id(hundi::it)"]);
        } else {
            command.args(["--test", "it"]);
        }
        command
    }

    fn command(&self) -> Command {
        let mut command = cargo(&self.root);
        if self.nextest {
            command.args(["nextest", "run", "--workspace", "--no-tests=pass", "--no-fail-fast"]);
        } else {
            command.args(["test", "--quiet", "--workspace", "--no-fail-fast"]);
        }
        command.args(failpoints(&self.root));
        command
    }
}

/// `crates/<room>/tests/<name>.rs` and `crates/<room>/tests/<name>/main.rs`.
fn test_binaries(root: &Path) -> Vec<String> {
    let below =
        |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut names: Vec<String> = below(&root.join("crates"))
        .flat_map(|room| below(&room.join("tests")).collect::<Vec<_>>())
        .filter(|path| {
            path.extension().is_some_and(|ending| ending == "rs") || path.join("main.rs").is_file()
        })
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Arguments that switch on the test-only feature of every room that has it: where the real binary can be stopped.
///
/// The same for clippy and all tests, so that nothing is built in two ways.
fn failpoints(root: &Path) -> Vec<String> {
    let rooms = std::fs::read_dir(root.join("crates")).into_iter().flatten().flatten();
    let mut features: Vec<String> = rooms
        .filter_map(|room| {
            let manifest = std::fs::read_to_string(room.path().join("Cargo.toml")).ok()?;
            let has_it = manifest.lines().any(|line| line.starts_with("failpoints ="));
            let name = manifest.lines().find_map(|line| line.strip_prefix("name = "))?.trim_matches('"');
            has_it.then(|| format!("{name}/failpoints"))
        })
        .collect();
    features.sort_unstable();
    if features.is_empty() { Vec::new() } else { vec!["--features".to_owned(), features.join(",")] }
}

/// A small toolchain comes without these two.
fn toolchain() -> Result<()> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if machine::runs(program, &["--version"]) || machine::runs("rustup", &["component", "add", component])
        {
            continue;
        }
        bail!("{component} is missing, and `rustup component add {component}` did not bring it");
    }
    Ok(())
}

/// The cargo that runs us, at the root.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

pub(crate) fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target))
}

/// Lets a finished command be changed in passing.
trait Tap {
    fn tap(&mut self, change: impl Fn(&mut Self)) -> &mut Self;
}

impl Tap for Command {
    fn tap(&mut self, change: impl Fn(&mut Self)) -> &mut Self {
        change(self);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(command: &Command) -> String {
        command.get_args().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    fn found(nextest: bool, has_integration: bool) -> Tests {
        Tests { root: "/".into(), nextest, has_integration, others: vec!["api".into()] }
    }

    #[test]
    fn the_integration_binary_runs_apart_with_either_runner() {
        for nextest in [true, false] {
            let tests = found(nextest, true);
            assert!(arguments(&tests.integration()).contains("it"), "nextest: {nextest}");
            assert!(!arguments(&tests.all_but_integration()).contains("--test it"), "nextest: {nextest}");
        }
        assert!(arguments(&found(true, true).all_but_integration()).contains("not binary_id(hundi::it)"));
        assert!(!arguments(&found(true, false).all_but_integration()).contains("-E"));
        assert!(arguments(&found(false, true).all_but_integration()).contains("--test api"));
    }

    #[test]
    fn test_binaries_are_found_as_files_and_as_folders() {
        let root = std::env::temp_dir().join(format!("hundi-xtask-tests-{}", std::process::id()));
        for file in
            ["a/tests/it/main.rs", "a/tests/it/orders.rs", "b/tests/api.rs", "b/tests/fixtures/x.json"]
        {
            let path = root.join("crates").join(file);
            std::fs::create_dir_all(path.parent().expect("it has one"))
                .expect("the temporary folder takes folders");
            std::fs::write(path, "").expect("it is ours");
        }
        assert_eq!(test_binaries(&root), ["api", "it"]);
        std::fs::remove_dir_all(root).expect("it is ours");
    }

    #[test]
    fn failpoints_are_switched_on_where_a_room_has_them() {
        let root = std::env::temp_dir().join(format!("hundi-xtask-points-{}", std::process::id()));
        let room = |name: &str, rest: &str| {
            let folder = root.join("crates").join(name);
            std::fs::create_dir_all(&folder).expect("the temporary folder takes folders");
            let manifest = format!("[package]\nname = \"hundi-{name}\"\n{rest}");
            std::fs::write(folder.join("Cargo.toml"), manifest).expect("it is ours");
        };
        room("core", "");
        assert_eq!(failpoints(&root), [""; 0]);
        room("app", "[features]\nfailpoints = []\n");
        room("web", "[features]\nfailpoints = [\"hundi-app/failpoints\"]\n");
        assert_eq!(failpoints(&root), ["--features", "hundi-app/failpoints,hundi-web/failpoints"]);
        std::fs::remove_dir_all(root).expect("it is ours");
    }
}
