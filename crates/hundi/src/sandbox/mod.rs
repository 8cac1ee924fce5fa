//! `hundi sandbox`: every provider's simulator over real HTTP, a port each, at the provider's own paths; and a demo
//! receiver that stands for a merchant's server.
//!
//! The simulators themselves are pure and live beside their adapters. Here are the sockets, the clock that can be
//! moved, the journals on disk and the sender of their webhooks. Tests that need no socket use [`InProcess`].

mod clock;
mod hooks;
mod http;
mod in_process;
mod journal;
mod receiver;
mod serve;
#[cfg(test)]
mod tests;
mod tls;

pub use clock::SandboxClock;
pub use in_process::{Arrived, Call, InProcess, Merchant, Notice, Reply, SharedSimulator};
pub use receiver::{Receiver, ReceiverConfig};

use anyhow::Context;
use hundi_providers::sim::Simulator;
use serve::Provider;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::AbortHandle;

/// What a sandbox serves, and where it keeps its histories.
pub struct SandboxConfig {
    pub providers: Vec<Simulated>,
    /// A folder for `<provider>.jsonl`, appended to as things happen.
    pub journal_dir: Option<PathBuf>,
    /// A file that holds the clock's offset in milliseconds, shared with a server under test.
    pub clock_file: Option<PathBuf>,
    /// Serve all of them over TLS as well, under the providers' own names.
    pub tls: Option<Tls>,
}

/// The sandbox's TLS door.
pub struct Tls {
    pub listen: SocketAddr,
    /// Keeps the authority that makes its certificates; made where there is none.
    pub folder: PathBuf,
}

/// One provider of a sandbox.
pub struct Simulated {
    pub id: &'static str,
    pub listen: SocketAddr,
    /// Where browsers reach it, if not by the name that the caller used.
    pub base_url: Option<String>,
    pub simulator: Box<dyn Simulator>,
}

impl Simulated {
    /// At this address of this machine.
    pub fn new(id: &'static str, listen: SocketAddr, simulator: Box<dyn Simulator>) -> Self {
        Self { id, listen, base_url: None, simulator }
    }

    /// On any free port, for tests.
    pub fn on_any_port(id: &'static str, simulator: impl Simulator + 'static) -> Self {
        Self::new(id, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Box::new(simulator))
    }
}

/// Starts sandboxes.
pub struct Sandbox;

/// A sandbox that runs until this is dropped.
pub struct Running {
    clock: Arc<SandboxClock>,
    served: Vec<Served>,
    door: Option<Door>,
}

struct Door {
    listening: http::Listening,
    authority: PathBuf,
    /// Whose each name is.
    names: Vec<(String, &'static str)>,
}

struct Served {
    provider: Arc<Provider>,
    listening: http::Listening,
    sending: AbortHandle,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.sending.abort();
    }
}

impl Sandbox {
    /// Opens a port for each provider and begins to send webhooks.
    pub async fn start(config: SandboxConfig) -> anyhow::Result<Running> {
        let clock = Arc::new(SandboxClock::new(config.clock_file));
        let net = Arc::new(hooks::net().context("the sender of webhooks")?);
        let mut served = Vec::new();
        for simulated in config.providers {
            let id = simulated.id;
            let path = config.journal_dir.as_ref().map(|folder| folder.join(format!("{id}.jsonl")));
            let journal = path.map(|path| journal::Journal::open(&path)).transpose()?;
            let provider = Provider::new(id, simulated.simulator, clock.clone(), journal, simulated.base_url);
            let provider = Arc::new(provider);
            let listening = http::listen(simulated.listen, provider.clone(), None)
                .await
                .with_context(|| format!("the simulator of {id}"))?;
            provider.listens_at(format!("http://{}", listening.address));
            let sending = tokio::spawn(hooks::send(provider.clone(), net.clone())).abort_handle();
            served.push(Served { provider, listening, sending });
        }
        let door = match config.tls {
            Some(tls) => Some(open_door(&tls, &served).await.context("the TLS door")?),
            None => None,
        };
        Ok(Running { clock, served, door })
    }
}

async fn open_door(tls: &Tls, served: &[Served]) -> anyhow::Result<Door> {
    let provider = |id: &str| served.iter().find(|served| served.provider.id == id);
    let by_name: BTreeMap<_, _> = tls::names()
        .into_iter()
        .filter_map(|(name, id)| Some((name, provider(id)?.provider.clone())))
        .collect();
    let names = by_name.iter().map(|(name, provider)| (name.clone(), provider.id)).collect();
    let acceptor = tls::acceptor(&tls.folder, by_name.keys().cloned())?;
    let listening = http::listen(tls.listen, Arc::new(tls::ByName(by_name)), Some(acceptor)).await?;
    Ok(Door { listening, authority: tls::authority(&tls.folder), names })
}

impl Running {
    /// Where a provider's API begins, `http://127.0.0.1:4010`, if it is served.
    pub fn url(&self, provider: &str) -> Option<String> {
        self.served
            .iter()
            .find(|served| served.provider.id == provider)
            .map(|served| format!("http://{}", served.listening.address))
    }

    /// Where the TLS door is, and the certificate of the authority that a client has to trust.
    pub fn tls(&self) -> Option<(SocketAddr, &Path)> {
        self.door.as_ref().map(|door| (door.listening.address, door.authority.as_path()))
    }

    /// The names that the TLS door answers to, and whose they are.
    pub fn tls_names(&self) -> impl Iterator<Item = &(String, &'static str)> {
        self.door.iter().flat_map(|door| &door.names)
    }

    /// Every provider that is served and where.
    pub fn urls(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.served.iter().map(|served| (served.provider.id, format!("http://{}", served.listening.address)))
    }

    /// The one clock of all its simulators.
    pub fn clock(&self) -> Arc<SandboxClock> {
        self.clock.clone()
    }

    /// Looks into, or changes, a provider's world from within the process. `None` if it is not served.
    pub fn act<T>(
        &self,
        provider: &str,
        deed: impl FnOnce(&mut dyn Simulator, hundi_core::Millis) -> T,
    ) -> Option<T> {
        let served = self.served.iter().find(|served| served.provider.id == provider)?;
        let outcome = served.provider.act(deed);
        served.provider.stirred.notify_one();
        Some(outcome)
    }
}
