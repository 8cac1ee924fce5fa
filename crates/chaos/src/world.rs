//! One world to break: a database, the server's processes, and outside of them, never killed with them, the simulated
//! provider and the merchant's receiver with their journals.

use crate::clock::Clock;
use crate::database::{Database, Engine};
use crate::http::{self, Ask};
use crate::process::{Death, Process, free_address};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a world is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The server, built with its fail points.
    pub binary: PathBuf,
    pub engine: Engine,
    /// A PostgreSQL server for tests.
    pub postgres: Option<String>,
    /// Servers over the one database; SQLite takes one.
    pub nodes: usize,
    /// How often a server is killed while it first starts, and so migrates.
    pub births: u32,
    /// A bug that the server carries, for the programme's own proof: it has to be found.
    pub planted: Option<String>,
    pub seed: u64,
}

/// A running world. Everything it started ends with it.
pub(crate) struct World {
    pub database: Database,
    pub clock: Clock,
    pub simulator: SocketAddr,
    /// The merchant's key and its secret.
    pub key: (String, String),
    folder: TempDir,
    binary: PathBuf,
    planted: String,
    receiver: SocketAddr,
    nodes: Vec<Node>,
    _sandbox: Process,
}

struct Node {
    address: SocketAddr,
    process: Mutex<Option<Process>>,
}

/// How a start ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Started {
    Ready,
    Died(Death),
}

const PROVIDER_KEY: &str = "rzp_test_ChaosKey0001";
const PROVIDER_SECRET: &str = "secret-of-the-simulated-account";
const WEBHOOK_SECRET: &str = "webhook-secret-of-the-programme";
/// Refunds take their time, so that they can be watched on their way.
const REFUND_AFTER_MS: i64 = 150_000;
const READY_WITHIN: Duration = Duration::from_secs(30);
const CONTROL_WITHIN: Duration = Duration::from_secs(10);
/// A first start takes so long on this kind of machine; deaths are spread over it.
const BIRTH_MS: u64 = 160;

impl World {
    /// Makes a world and opens a shop in it.
    pub(crate) fn new(plan: &Plan) -> Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let folder = tempfile::Builder::new().prefix("hundi-chaos-").tempdir()?;
        // A copy: whoever builds again while this runs does not change what is run.
        let binary = folder.path().join("hundi");
        std::fs::copy(&plan.binary, &binary)
            .with_context(|| format!("there is no server at {}", plan.binary.display()))?;
        let clock = Clock::new(folder.path())?;
        let name = format!("chaos_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let database = Database::create(plan.engine, folder.path(), plan.postgres.as_deref(), &name)?;
        let (sandbox, simulator, receiver) = sandbox(&binary, folder.path(), &clock, plan.seed)?;
        let count = if plan.engine == Engine::Sqlite { 1 } else { plan.nodes.max(1) };
        let node = |_| Ok(Node { address: free_address()?, process: Mutex::new(None) });
        let nodes = (0..count).map(node).collect::<Result<Vec<_>>>()?;
        let key = (String::new(), String::new());
        let mut world = Self {
            database,
            clock,
            simulator,
            key,
            folder,
            binary,
            planted: plan.planted.clone().unwrap_or_default(),
            receiver,
            nodes,
            _sandbox: sandbox,
        };
        let secrets = world.run(&["keys", "secrets"], &[])?;
        std::fs::write(world.path("secrets.toml"), secrets)?;
        world.is_born(plan.births)?;
        world.opens_a_shop()?;
        Ok(world)
    }

    /// Killed again and again in its first moments, it must come up as if nothing had been.
    fn is_born(&self, births: u32) -> Result<()> {
        for n in 0..u64::from(births) {
            let mut process = self.process(0, None)?;
            std::thread::sleep(Duration::from_millis(BIRTH_MS * (n + 1) / u64::from(births).max(1)));
            process.kill()?;
        }
        for node in 0..self.nodes.len() {
            let started = self.start(node, None)?;
            ensure!(started == Started::Ready, "the first start ended with {started:?}: {}", self.log());
        }
        Ok(())
    }

    fn opens_a_shop(&mut self) -> Result<()> {
        let merchant = self.run(&["users", "merchant", "Chaos Bazaar"], &[])?.trim().to_owned();
        let printed = self.run(&["keys", "create", &merchant], &[])?;
        self.key = (after(&printed, "key id")?, after(&printed, "key secret")?);
        let printed = self.run(
            &[
                "connections",
                "add",
                "--merchant",
                &merchant,
                "--provider",
                "razorpay",
                "--credential",
                &format!("key_id={PROVIDER_KEY}"),
                "--credential",
                "key_secret=env:CHAOS_KEY_SECRET",
                "--webhook-secret-env",
                "CHAOS_WEBHOOK_SECRET",
                "--flow",
                "script",
                "--flow",
                "redirect",
            ],
            &[("CHAOS_KEY_SECRET", PROVIDER_SECRET), ("CHAOS_WEBHOOK_SECRET", WEBHOOK_SECRET)],
        )?;
        let account = json!({
            "key_id": PROVIDER_KEY,
            "webhook_url": after(&printed, "webhook url")?,
            "webhook_secret": WEBHOOK_SECRET,
            "refund_after_ms": REFUND_AFTER_MS,
        });
        self.at_simulator("/sim/control/accounts", &account)?;
        let endpoint = json!({ "url": format!("http://{}/hooks", self.receiver) }).to_string();
        let headers = [
            ("x-api-key", self.key.0.as_str()),
            ("x-api-secret", self.key.1.as_str()),
            ("content-type", "application/json"),
        ];
        let ask = Ask { method: "POST", path: "/api/v1/endpoints", headers: &headers, body: &endpoint };
        let made = json_of(&self.nodes[0].address, &ask)?;
        json_of(&self.receiver, &posting("/control", &json!({ "secret": made["secret"] }).to_string()))?;
        Ok(())
    }

    pub(crate) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn address(&self, node: usize) -> SocketAddr {
        self.nodes[node % self.nodes.len()].address
    }

    /// Starts a node and waits until it is ready or dead. `fail` is a point at which it stops itself.
    pub(crate) fn start(&self, node: usize, fail: Option<&str>) -> Result<Started> {
        let mut process = self.process(node, fail)?;
        let end = Instant::now() + READY_WITHIN;
        loop {
            if let Some(death) = process.death()? {
                return Ok(Started::Died(death));
            }
            let ask = Ask { method: "GET", path: "/health/ready", headers: &[], body: "" };
            let answer = http::call(self.nodes[node].address, &ask, CONTROL_WITHIN);
            if answer.is_ok_and(|a| a.status == 200) {
                *self.held(node) = Some(process);
                return Ok(Started::Ready);
            }
            ensure!(Instant::now() < end, "a server is not ready after {READY_WITHIN:?}: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts a node without waiting for it.
    pub(crate) fn start_blind(&self, node: usize) -> Result<()> {
        let process = self.process(node, None)?;
        *self.held(node) = Some(process);
        Ok(())
    }

    fn process(&self, node: usize, fail: Option<&str>) -> Result<Process> {
        let mut command = self.command();
        command.arg("serve").env("HUNDI_LISTEN", self.nodes[node].address.to_string()).stdout(Stdio::null());
        if let Some(fail) = fail {
            command.env("HUNDI_FAIL", fail);
        }
        Process::start(&mut command, &self.path("server.log"))
    }

    /// kill -9. `None` when it was not running.
    pub(crate) fn kill(&self, node: usize) -> Result<Option<Death>> {
        let process = self.held(node).take();
        process.map(|mut process| process.kill()).transpose()
    }

    /// Stops it as a service manager would.
    pub(crate) fn stop(&self, node: usize) -> Result<()> {
        let process = self.held(node).take();
        process.map(|mut process| process.stop(CONTROL_WITHIN)).transpose().map(drop)
    }

    /// How it died by itself since it was last looked at.
    pub(crate) fn death(&self, node: usize) -> Result<Option<Death>> {
        let mut held = self.held(node);
        let Some(process) = held.as_mut() else { return Ok(None) };
        let death = process.death()?;
        if death.is_some() {
            *held = None;
        }
        Ok(death)
    }

    fn held(&self, node: usize) -> MutexGuard<'_, Option<Process>> {
        self.nodes[node].process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A command of the product beside its server; what it printed. It has to succeed.
    pub(crate) fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Result<String> {
        let (well, text) = self.tries(arguments, environment)?;
        ensure!(well, "hundi {}: {text}", arguments.join(" "));
        Ok(text)
    }

    /// The same, with whether it succeeded.
    pub(crate) fn tries(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Result<(bool, String)> {
        let output = self.command().args(arguments).envs(environment.iter().copied()).output()?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            text += &String::from_utf8_lossy(&output.stderr);
        }
        Ok((output.status.success(), text))
    }

    /// Nothing of our own environment but where programs are: the world is the same wherever it runs.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        let secrets = self.path("secrets.toml");
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HUNDI_DATABASE", self.database.setting())
            .env("HUNDI_POOL", "8")
            .env("HUNDI_PUBLIC_URL", format!("http://{}", self.nodes[0].address))
            .env("HUNDI_SANDBOX", format!("razorpay=http://{}", self.simulator))
            .env("HUNDI_ALLOW", format!("{},{}", self.simulator, self.receiver))
            .env("HUNDI_CLOCK_FILE", self.clock.path())
            .env("HUNDI_PLANTED", &self.planted)
            // One key makes a storm of requests from one address, within a minute of a clock that jumps.
            .env("HUNDI_LIMITS", "all=off")
            .env("HUNDI_LOG", "info");
        if secrets.exists() {
            command.env("HUNDI_SECRETS_FILE", secrets);
        }
        command
    }

    /// Has something happen at the provider: a payer's deed, or a fault.
    pub(crate) fn at_simulator(&self, path: &str, body: &Value) -> Result<Value> {
        json_of(&self.simulator, &posting(path, &body.to_string()))
    }

    /// The lines of one of the outside journals.
    pub(crate) fn journal(&self, name: &str) -> Result<Vec<Value>> {
        let text = std::fs::read_to_string(self.path(&format!("journal/{name}.jsonl")))?;
        text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The end of the server's log, for messages.
    pub(crate) fn log(&self) -> String {
        let text = std::fs::read_to_string(self.path("server.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    /// Lines of the server's log that say that something is broken inside.
    pub(crate) fn alarms(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.path("server.log")).unwrap_or_default();
        let broken = |line: &&str| line.contains("panicked") || line.contains(" ERROR ");
        text.lines().filter(broken).map(str::to_owned).collect()
    }

    /// Leaves the folder behind, to be looked at.
    pub(crate) fn keep(self) -> PathBuf {
        let Self { folder, .. } = self;
        folder.keep()
    }

    /// Ends it and removes its database.
    pub(crate) fn end(self) -> Result<()> {
        for node in 0..self.nodes.len() {
            self.kill(node)?;
        }
        self.database.remove()
    }
}

fn sandbox(
    binary: &Path,
    folder: &Path,
    clock: &Clock,
    seed: u64,
) -> Result<(Process, SocketAddr, SocketAddr)> {
    let mut command = Command::new(binary);
    command
        .arg("sandbox")
        .args(["--listen", "127.0.0.1:0", "--receiver", "127.0.0.1:0"])
        .args([
            "--seed",
            &seed.to_string(),
            "--account",
            &format!("razorpay:key_id={PROVIDER_KEY},key_secret={PROVIDER_SECRET}"),
        ])
        .arg("--journal")
        .arg(folder.join("journal"))
        .arg("--clock-file")
        .arg(clock.path())
        .stdout(Stdio::piped());
    let mut process = Process::start(&mut command, &folder.join("sandbox.log"))?;
    let (mut simulator, mut receiver) = (None, None);
    process.says(|line| {
        let address = line.rsplit_once("http://").and_then(|(_, address)| address.trim().parse().ok());
        match line.split_whitespace().next() {
            Some("razorpay") => simulator = address,
            Some("receiver") => receiver = address,
            _ => {}
        }
        simulator.is_some() && receiver.is_some()
    })?;
    match (simulator, receiver) {
        (Some(simulator), Some(receiver)) => Ok((process, simulator, receiver)),
        _ => bail!("the sandbox did not say where it listens"),
    }
}

/// What a command printed behind a label.
fn after(printed: &str, label: &str) -> Result<String> {
    let found = printed.lines().find_map(|line| line.strip_prefix(label));
    Ok(found.with_context(|| format!("no {label} in: {printed}"))?.trim().to_owned())
}

fn posting<'a>(path: &'a str, body: &'a str) -> Ask<'a> {
    Ask { method: "POST", path, headers: &[("content-type", "application/json")], body }
}

fn json_of(to: &SocketAddr, ask: &Ask<'_>) -> Result<Value> {
    let answer =
        http::call(*to, ask, CONTROL_WITHIN).ok().with_context(|| format!("no answer to {}", ask.path))?;
    ensure!(answer.status < 300, "{}: {} {}", ask.path, answer.status, answer.body);
    Ok(serde_json::from_str(&answer.body)?)
}
