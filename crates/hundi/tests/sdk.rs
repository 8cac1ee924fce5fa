//! The official SDKs against the sandbox, over real HTTP: the simulator is only as good as what they make of it.
//!
//! Each SDK is installed once, in its pinned version, beneath the target folder. Where Python or Node or their
//! packages can't be had, a story is passed over, unless `HUNDI_TEST_REQUIRE_SDK=1` says that they must be there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod installed;
mod tools;

use hundi::sandbox::{Sandbox, SandboxConfig, Simulated};
use hundi_providers::cashfree::sim as cashfree;
use hundi_providers::razorpay::sim::{RazorpaySim, SimAccount};
use hundi_providers::sim::Simulator;
use installed::{SPACE, once};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tools::{ready, run};

const KEY: &str = "rzp_test_SdkStory00001";
const SECRET: &str = "sdk-story-secret";

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdk");

#[tokio::test]
async fn the_python_sdk_walks_through_the_sandbox() {
    let Some(python) = ready("the Python SDK", python()) else { return };
    walks(Command::new(python).arg(format!("{SCRIPTS}/walk.py")), "python: walked").await;
}

#[tokio::test]
async fn the_node_sdk_walks_through_the_sandbox() {
    let Some(modules) = ready("the Node SDK", node()) else { return };
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules).arg(format!("{SCRIPTS}/walk.js"));
    walks(&mut node, "node: walked").await;
}

#[tokio::test]
async fn cashfree_s_node_sdk_walks_through_the_sandbox() {
    let Some(modules) = ready("Cashfree's Node SDK", node()) else { return };
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules).arg(format!("{SCRIPTS}/cashfree.js"));
    let mut sim = cashfree::CashfreeSim::new(11);
    sim.add_account(cashfree::SimAccount::new(KEY, SECRET));
    walks_at("cashfree", sim, &mut node, "cashfree: walked").await;
}

async fn walks(script: &mut Command, says: &str) {
    let mut sim = RazorpaySim::new(11);
    sim.add_account(SimAccount::new(KEY, SECRET, "acc_SdkStory00001"));
    walks_at("razorpay", sim, script, says).await;
}

/// Runs a script against a sandbox of its own; it ends well and says so.
async fn walks_at(provider: &'static str, sim: impl Simulator + 'static, script: &mut Command, says: &str) {
    let providers = vec![Simulated::on_any_port(provider, sim)];
    let config = SandboxConfig { providers, journal_dir: None, clock_file: None };
    let sandbox = Sandbox::start(config).await.unwrap();
    // The sandbox is on this machine, whatever proxy leads out of it.
    script.args([&sandbox.url(provider).unwrap(), KEY, SECRET]).env("NO_PROXY", "127.0.0.1");
    let running = script.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ended = tokio::task::spawn_blocking(move || running.wait_with_output()).await.unwrap().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{out}\n{err}");
    assert_eq!(out.trim(), says, "{err}");
}

/// The interpreter of an environment that has the SDK.
fn python() -> Result<PathBuf, String> {
    Ok(installed::python("sdk-python", &Path::new(SCRIPTS).join("requirements.txt"))?.join("python"))
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
