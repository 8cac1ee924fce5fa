//! The server that is measured: a process of its own, `hundi serve`. It is this very executable, started a second time,
//! so that what is measured is the code that was just built.

use crate::http::{Connection, Target};
use crate::machine::{Used, used};
use anyhow::{Context, Result, ensure};
use hundi::config::Config;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The argument that turns this executable into the server's.
pub(crate) const AS_SERVER: &str = "as-hundi";

const READY_WITHIN: Duration = Duration::from_secs(30);
const STOPS_WITHIN: Duration = Duration::from_secs(60);

/// A running server. Dropping it kills it; [`Server::stop`] is the orderly way.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the process's start to its first "ready".
    pub(crate) ready_after: Duration,
}

/// A port that was free a moment ago.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

impl Server {
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        let (masters, peppers) = config.secrets()?;
        let sandbox: Vec<String> = config.sandbox.iter().map(|(id, url)| format!("{id}={url}")).collect();
        let start = Instant::now();
        let child = Command::new(std::env::current_exe()?)
            .args([AS_SERVER, "serve"])
            .env("HUNDI_LISTEN", config.listen.to_string())
            .env("HUNDI_PUBLIC_URL", &config.public_url)
            .env("HUNDI_DATABASE", &config.database)
            .env("HUNDI_MASTER_KEYS", masters)
            .env("HUNDI_PEPPERS", peppers)
            .env("HUNDI_SANDBOX", sandbox.join(","))
            .env("HUNDI_ALLOW", config.allow.join(","))
            .env("HUNDI_LOG", &config.log)
            // What is measured is the house, not the patience of its doorman.
            .env("HUNDI_LIMITS", "all=off")
            .env_remove("HUNDI_CONFIG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("starting the server")?;
        let mut server = Self { child, address: config.listen, ready_after: Duration::ZERO };
        loop {
            if let Some(status) = server.child.try_wait()? {
                anyhow::bail!("the server ended at its start ({status})");
            }
            ensure!(start.elapsed() < READY_WITHIN, "the server is not ready");
            if server.is_ready().await {
                server.ready_after = start.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn is_ready(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.address).await else { return false };
        let asked = connection.ask(&Target::new(self.address, "/health/ready").get()).await;
        asked.is_ok_and(|(status, _)| status == 200)
    }

    pub(crate) fn used(&self) -> Result<Used> {
        used(self.child.id())
    }

    /// The figures of `/metrics`, by name.
    pub(crate) async fn figures(&self) -> Result<BTreeMap<String, u64>> {
        let mut connection = Connection::open(self.address).await?;
        let (status, text) = connection.ask(&Target::new(self.address, "/metrics").get()).await?;
        ensure!(status == 200, "the metrics answered {status}");
        let text = String::from_utf8_lossy(text);
        let pairs = text.lines().filter_map(|line| line.rsplit_once(' '));
        Ok(pairs.filter_map(|(name, n)| Some((name.to_owned(), n.parse().ok()?))).collect())
    }

    /// Asks it to stop, as a service manager does, and waits.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        ensure!(asked.success(), "the server could not be asked to stop");
        let start = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(start.elapsed() < STOPS_WITHIN, "the server does not stop");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}
