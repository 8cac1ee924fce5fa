//! The official SDKs against the sandbox, over real HTTP: the simulator is only as good as what they make of it.
//!
//! Each SDK is installed once, in its pinned version, beneath the target folder. Where Python or Node or their
//! packages can't be had, a story is passed over, unless `HUNDI_TEST_REQUIRE_SDK=1` says that they must be there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use hundi::sandbox::{Sandbox, SandboxConfig, Simulated};
use hundi_providers::razorpay::sim::{RazorpaySim, SimAccount};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const KEY: &str = "rzp_test_SdkStory00001";
const SECRET: &str = "sdk-story-secret";

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdk");
/// Beneath the target folder.
const SPACE: &str = env!("CARGO_TARGET_TMPDIR");

#[tokio::test]
async fn the_python_sdk_walks_through_the_sandbox() {
    let Some(python) = ready("Python", python()) else { return };
    walks(Command::new(python).arg(format!("{SCRIPTS}/walk.py")), "python: walked").await;
}

#[tokio::test]
async fn the_node_sdk_walks_through_the_sandbox() {
    let Some(modules) = ready("Node", node()) else { return };
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules).arg(format!("{SCRIPTS}/walk.js"));
    walks(&mut node, "node: walked").await;
}

/// Runs a script against a sandbox of its own; it ends well and says so.
async fn walks(script: &mut Command, says: &str) {
    let mut sim = RazorpaySim::new(11);
    sim.add_account(SimAccount::new(KEY, SECRET, "acc_SdkStory00001"));
    let providers = vec![Simulated::on_any_port("razorpay", sim)];
    let config = SandboxConfig { providers, journal_dir: None, clock_file: None };
    let sandbox = Sandbox::start(config).await.unwrap();
    // The sandbox is on this machine, whatever proxy leads out of it.
    script.args([&sandbox.url("razorpay").unwrap(), KEY, SECRET]).env("NO_PROXY", "127.0.0.1");
    let running = script.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ended = tokio::task::spawn_blocking(move || running.wait_with_output()).await.unwrap().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{out}\n{err}");
    assert_eq!(out.trim(), says, "{err}");
}

fn ready<T>(what: &str, found: Result<T, String>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(why) if std::env::var("HUNDI_TEST_REQUIRE_SDK").is_ok_and(|v| v == "1") => {
            panic!("the {what} SDK is required: {why}")
        }
        Err(why) => {
            eprintln!("passed over, since the {what} SDK is not here: {why}");
            None
        }
    }
}

/// The interpreter of an environment that has the SDK.
fn python() -> Result<PathBuf, String> {
    let wanted = read("requirements.txt");
    let home = Path::new(SPACE).join("sdk-python");
    let interpreter = home.join("bin/python");
    // An environment outlives the Python that it points to, when the system's is replaced.
    if run(Command::new(&interpreter).arg("--version")).is_err() && home.exists() {
        std::fs::remove_dir_all(&home).map_err(|error| error.to_string())?;
    }
    once(&home, &wanted, || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"];
        run(Command::new(&interpreter).args(install).arg(format!("{SCRIPTS}/requirements.txt")))
    })?;
    Ok(interpreter)
}

/// The folder of modules that has the SDK.
fn node() -> Result<PathBuf, String> {
    let wanted = read("package-lock.json");
    let home = Path::new(SPACE).join("sdk-node");
    run(Command::new("node").arg("--version"))?;
    once(&home, &wanted, || {
        std::fs::create_dir_all(&home).map_err(|error| error.to_string())?;
        for (name, text) in [("package.json", read("package.json")), ("package-lock.json", wanted.clone())] {
            std::fs::write(home.join(name), text).map_err(|error| error.to_string())?;
        }
        let install = ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
        run(Command::new("npm").args(install).current_dir(&home))
    })?;
    Ok(home.join("node_modules"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(SCRIPTS).join(name)).unwrap()
}

/// Installs unless that very text was installed before.
fn once(home: &Path, wanted: &str, install: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let stamp = home.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    install()?;
    std::fs::write(stamp, wanted).map_err(|error| error.to_string())
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let ended = command.stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    if ended.status.success() {
        return Ok(());
    }
    Err(format!("{program} ended with {}: {}", ended.status, String::from_utf8_lossy(&ended.stderr).trim()))
}
