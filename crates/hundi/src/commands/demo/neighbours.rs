//! The demo's other providers: each with a simulator, an account of the shop, and a connection that no order chooses by
//! itself while the first one is well.

use super::Options;
use super::history::told;
use crate::sandbox::{InProcess, SharedSimulator};
use hundi_app::connections::{self, Draft};
use hundi_app::{Actor, App};
use hundi_core::{Scope, Secret};
use hundi_providers::registry;
use hundi_providers::sim::{SimMerchant, Simulator};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

const WEBHOOK_SECRET: &str = "demo-webhook-secret";
/// Of the shop's accounts there.
const NUMBER: u32 = 1;
/// Which provider has the history, and is none of these.
const FIRST: &str = "razorpay";

/// A provider beside the first.
pub(super) struct Neighbour {
    pub(super) id: &'static str,
    pub(super) listen: SocketAddr,
    simulator: Arc<Mutex<Box<dyn Simulator>>>,
}

/// Where a provider beside the first is to listen.
pub(super) type Place = (&'static str, SocketAddr);

/// A port higher each, or any that is free where somebody has that one.
pub(super) fn places(options: &Options) -> Vec<Place> {
    let others = registry::all().map(|p| p.card().id).filter(|id| *id != FIRST);
    let ip = options.sandbox.ip();
    let taken = [options.listen, options.sandbox, options.receiver];
    let mut places: Vec<Place> = Vec::new();
    for (port, id) in (options.sandbox.port().saturating_add(1)..).zip(others) {
        let wished = Some(SocketAddr::new(ip, port)).filter(|wished| !taken.contains(wished));
        let free = |at: SocketAddr| std::net::TcpListener::bind(at).and_then(|l| l.local_addr()).ok();
        let found = wished.and_then(free).or_else(|| free(SocketAddr::new(ip, 0)));
        places.extend(found.map(|at| (id, at)));
    }
    places
}

/// Their simulators, each an empty world from the seed.
pub(super) fn all(places: &[Place], seed: u64) -> Vec<Neighbour> {
    places
        .iter()
        .map(|(id, listen)| Neighbour {
            id,
            listen: *listen,
            simulator: Arc::new(Mutex::new(registry::simulator(id, seed).expect("the registry lists it"))),
        })
        .collect()
}

impl Neighbour {
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    pub(super) fn stands_in(&self, network: &InProcess) {
        let simulator: SharedSimulator = self.simulator.clone();
        network.simulate(self.url(), simulator);
    }

    /// Gives the shop an account here, and a connection unless it has one.
    pub(super) async fn connect(&self, app: &Arc<App>, scope: Scope) -> anyhow::Result<()> {
        let mut there = SimMerchant {
            credentials: self.lock().demo_credentials(NUMBER),
            name: "Udupi Kitchens".into(),
            webhook_url: None,
            webhook_secret: Some(Secret::new(WEBHOOK_SECRET)),
        };
        self.lock().put_merchant(&there);
        let known = connections::list(app, scope).await.map_err(told)?;
        let known = known.into_iter().find(|c| c.row.provider == self.id);
        let webhook_url = match known {
            Some(known) => known.webhook_url,
            None => {
                let saved =
                    connections::save(app, scope, &Actor::new("command", ""), self.draft(&there)).await;
                connections::get(app, scope, saved.map_err(told)?.id).await.map_err(told)?.webhook_url
            }
        };
        there.webhook_url = Some(webhook_url);
        self.lock().put_merchant(&there);
        Ok(())
    }

    fn draft(&self, there: &SimMerchant) -> Draft {
        let card = registry::find(self.id).expect("the registry lists it").card();
        Draft {
            provider: self.id.to_owned(),
            label: format!("{} (simulated)", card.name),
            credentials: there.credentials.clone(),
            webhook_secret: card.webhook_secret.then(|| Secret::new(WEBHOOK_SECRET)),
            features: Vec::new(),
            flows: card.flows.to_vec(),
            min_minor: Some(card.min_amount_minor),
            max_minor: None,
            session_ms: None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Box<dyn Simulator>> {
        self.simulator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The simulator itself, once nobody else holds it.
    pub(super) fn into_simulator(self) -> Option<Box<dyn Simulator>> {
        let simulator = Arc::try_unwrap(self.simulator).ok()?;
        Some(simulator.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}
