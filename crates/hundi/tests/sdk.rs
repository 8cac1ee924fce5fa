//! The official SDKs against the sandbox, over real HTTP: the simulator is only as good as what they make of it.
//!
//! Razorpay's let their host be chosen. The others are led to the sandbox's TLS door by the names that they have built
//! in (`sdk/others/redirect`): none of their code is changed, and TLS is verified.
//!
//! PhonePe's for Node asks for `class-transformer` ^0.4.0 and calls what 0.4.1 took away: `sdk/others` holds it at 0.4.0.
//!
//! Each SDK is installed once, in its pinned version, beneath the target folder. Where Python or Node or their
//! packages can't be had, a story is passed over, unless `HUNDI_TEST_REQUIRE_SDK=1` says that they must be there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod installed;
mod tools;

use hundi::sandbox::{Running, Sandbox, SandboxConfig, Simulated, Tls};
use hundi_core::Secret;
use hundi_providers::hdfc::sim::{BANK_PUBLIC_KEY, MERCHANT_PRIVATE_KEY};
use hundi_providers::razorpay::sim::{RazorpaySim, SimAccount};
use hundi_providers::registry;
use hundi_providers::sim::SimMerchant;
use installed::{SPACE, once};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tools::{ready, run};

const KEY: &str = "rzp_test_SdkStory00001";
const SECRET: &str = "sdk-story-secret";
const WEBHOOK_PASSWORD: &str = "sdk-hook-password";

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdk");
const OTHERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdk/others");

#[tokio::test]
async fn the_python_sdk_walks_through_the_sandbox() {
    let Some(python) = ready("the Python SDK", python("sdk-python", SCRIPTS)) else { return };
    razorpay_walks(Command::new(python).arg(format!("{SCRIPTS}/walk.py")), "python: walked").await;
}

#[tokio::test]
async fn the_node_sdk_walks_through_the_sandbox() {
    let Some(modules) = ready("the Node SDK", node("sdk-node", SCRIPTS)) else { return };
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules).arg(format!("{SCRIPTS}/walk.js"));
    razorpay_walks(&mut node, "node: walked").await;
}

#[tokio::test]
async fn phonepe_s_node_sdk_walks_through_the_sandbox() {
    node_walks("phonepe", "walk_phonepe.js", "phonepe node: walked").await;
}

#[tokio::test]
async fn phonepe_s_python_sdk_walks_through_the_sandbox() {
    python_walks("phonepe", "walk_phonepe.py", "phonepe python: walked").await;
}

#[tokio::test]
async fn paypal_s_node_sdk_walks_through_the_sandbox() {
    node_walks("paypal", "walk_paypal.js", "paypal node: walked").await;
}

#[tokio::test]
async fn paypal_s_python_sdk_walks_through_the_sandbox() {
    python_walks("paypal", "walk_paypal.py", "paypal python: walked").await;
}

#[tokio::test]
async fn paytm_s_node_packages_walk_through_the_sandbox() {
    node_walks("paytm", "walk_paytm.js", "paytm node: walked").await;
}

#[tokio::test]
async fn paytm_s_python_checksum_agrees_with_the_sandbox() {
    python_walks("paytm", "walk_paytm.py", "paytm python: walked").await;
}

#[tokio::test]
async fn juspay_s_node_sdk_walks_through_the_sandbox() {
    node_walks("hdfc", "walk_juspay.js", "juspay node: walked").await;
}

#[tokio::test]
async fn cashfree_s_node_sdk_walks_through_the_sandbox() {
    node_walks("cashfree", "walk_cashfree.js", "cashfree node: walked").await;
}

/// Runs a script against a Razorpay of its own; it ends well and says so.
async fn razorpay_walks(script: &mut Command, says: &str) {
    let mut sim = RazorpaySim::new(11);
    sim.add_account(SimAccount::new(KEY, SECRET, "acc_SdkStory00001"));
    let providers = vec![Simulated::on_any_port("razorpay", sim)];
    let config = SandboxConfig { providers, journal_dir: None, clock_file: None, tls: None };
    let sandbox = Sandbox::start(config).await.unwrap();
    walks(script.args([&sandbox.url("razorpay").unwrap(), KEY, SECRET]), says).await;
}

async fn node_walks(provider: &str, script: &str, says: &str) {
    let Some(modules) = ready("the Node SDKs", node("sdk-node-others", OTHERS)) else { return };
    let sandbox = BehindTls::start(provider).await;
    let mut node = Command::new("node");
    // Juspay's looks for the shop's package.json where it stands, and writes its log there.
    node.current_dir(modules.parent().unwrap())
        .env("NODE_PATH", &modules)
        .env("NODE_OPTIONS", format!("--require {OTHERS}/redirect/hosts.js"))
        .env("NODE_EXTRA_CA_CERTS", sandbox.authority())
        .arg(format!("{OTHERS}/{script}"));
    walks(sandbox.told_to(&mut node), says).await;
}

async fn python_walks(provider: &str, script: &str, says: &str) {
    let Some(python) = ready("the Python SDKs", python("sdk-python-others", OTHERS)) else { return };
    let sandbox = BehindTls::start(provider).await;
    let mut command = Command::new(python);
    command
        .env("PYTHONPATH", format!("{OTHERS}/redirect:{OTHERS}"))
        .env("REQUESTS_CA_BUNDLE", sandbox.authority())
        .env("SSL_CERT_FILE", sandbox.authority())
        // PayPal's looks for certificates beside the package unless it is told.
        .env("CURL_CA_BUNDLE", sandbox.authority())
        .arg(format!("{OTHERS}/{script}"));
    walks(sandbox.told_to(&mut command), says).await;
}

/// One provider behind the sandbox's TLS door, with a merchant whose webhooks go to the script.
struct BehindTls {
    running: Running,
    folder: tempfile::TempDir,
    provider: String,
    account: BTreeMap<String, Secret>,
    webhook_port: u16,
}

impl BehindTls {
    async fn start(provider: &str) -> Self {
        let listed = registry::find(provider).unwrap().card();
        let mut simulator = registry::simulator(provider, 11).unwrap();
        let mut account = simulator.demo_credentials(1);
        if provider == "hdfc" {
            // One account, both ways of signing in.
            let keys = [
                ("our_private_key", MERCHANT_PRIVATE_KEY),
                ("bank_public_key", BANK_PUBLIC_KEY),
                ("key_id", "key_sdk_1"),
            ];
            account.extend(keys.map(|(name, value)| (name.to_owned(), Secret::new(value))));
        }
        let webhook_port = free_port();
        simulator.put_merchant(&SimMerchant {
            credentials: account.clone(),
            name: "SDK shop".into(),
            webhook_url: Some(format!("http://127.0.0.1:{webhook_port}/hooks")),
            webhook_secret: listed.webhook_secret.then(|| Secret::new(WEBHOOK_PASSWORD)),
        });
        let folder = tempfile::tempdir().unwrap();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = SandboxConfig {
            providers: vec![Simulated::new(listed.id, any, simulator)],
            journal_dir: None,
            clock_file: None,
            tls: Some(Tls { listen: any, folder: folder.path().to_owned() }),
        };
        let running = Sandbox::start(config).await.unwrap();
        Self { running, folder, provider: provider.to_owned(), account, webhook_port }
    }

    fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What a script has to know, in its environment.
    fn told_to<'a>(&self, script: &'a mut Command) -> &'a mut Command {
        let mut account: BTreeMap<&str, &str> =
            self.account.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        account.extend([("webhook_username", "hundi"), ("webhook_password", WEBHOOK_PASSWORD)]);
        let (door, _) = self.running.tls().unwrap();
        let names: Vec<_> = self.running.tls_names().map(|(name, _)| name.as_str()).collect();
        let card = registry::find(&self.provider).unwrap().card();
        script
            .env("SANDBOX_URL", self.running.url(&self.provider).unwrap())
            .env("SANDBOX_BASE", card.test_base_url)
            .env("SANDBOX_ACCOUNT", serde_json::to_string(&account).unwrap())
            .env("SANDBOX_NAMES", names.join(","))
            .env("SANDBOX_TLS_PORT", door.port().to_string())
            .env("WEBHOOK_PORT", self.webhook_port.to_string())
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

async fn walks(script: &mut Command, says: &str) {
    // The sandbox is on this machine, whatever proxy leads out of it.
    script.env("NO_PROXY", "*").env("no_proxy", "*");
    let running = script.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ended = tokio::task::spawn_blocking(move || running.wait_with_output()).await.unwrap().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{out}\n{err}");
    // Paytm's SDK writes its log before.
    assert_eq!(out.trim().lines().last(), Some(says), "{out}\n{err}");
}

/// The interpreter of an environment that has what the folder requires.
fn python(home: &str, wanted: &str) -> Result<PathBuf, String> {
    Ok(installed::python(home, &Path::new(wanted).join("requirements.txt"))?.join("python"))
}

/// The folder of modules that has what the folder locks.
fn node(home: &str, wanted: &str) -> Result<PathBuf, String> {
    let read = |name: &str| std::fs::read_to_string(Path::new(wanted).join(name)).unwrap();
    let lock = read("package-lock.json");
    let home = Path::new(SPACE).join(home);
    run(Command::new("node").arg("--version"))?;
    once(&home, &lock, || {
        std::fs::create_dir_all(&home).map_err(|error| error.to_string())?;
        for (name, text) in [("package.json", read("package.json")), ("package-lock.json", lock.clone())] {
            std::fs::write(home.join(name), text).map_err(|error| error.to_string())?;
        }
        let install = ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
        run(Command::new("npm").args(install).current_dir(&home))
    })?;
    Ok(home.join("node_modules"))
}
