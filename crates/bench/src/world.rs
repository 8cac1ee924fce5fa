//! A server with everything around it: a database, a simulated provider and a merchant's server, all on loopback.

use crate::database::{self, ORDER, Place, Shop, told};
use crate::http::{Ask, Connection, Target};
use crate::receiver::Receiver;
use crate::server::{Server, free_address};
use anyhow::{Context, Result};
use hundi::config::Config;
use hundi::house;
use hundi::sandbox::{Running, Sandbox, SandboxConfig, Simulated};
use hundi_app::connections::{self, Draft};
use hundi_app::endpoints::{self, NewEndpoint, Served};
use hundi_app::{Actor, App};
use hundi_core::Secret;
use hundi_providers::Flow;
use hundi_providers::razorpay::sim::{RazorpaySim, SimAccount};
use hundi_providers::registry;
use hundi_providers::sim::SimMerchant;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

const ACCOUNT: [(&str, &str); 2] = [("key_id", "rzp_test_BenchKey00001"), ("key_secret", "bench-key-secret")];
const WEBHOOK_SECRET: &str = "bench-webhook-secret";
/// Endpoints of the merchant whose webhooks are measured.
pub(crate) const LOUD_ENDPOINTS: usize = 16;
/// The provider that is made slow.
const SLOW: &str = "phonepe";
/// Orders that the reading cells read.
const STANDING: usize = 256;

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) config: Config,
    /// Nobody listens to its events: creating orders is measured here.
    quiet: Shop,
    /// Has a connection, and an endpoint that wants every event: the whole walk is measured here.
    pub(crate) busy: Shop,
    /// Has many endpoints: webhooks out are measured here.
    loud: Shop,
    pub(crate) simulator: SocketAddr,
    /// Of the busy shop, at the provider that can be made slow.
    pub(crate) slow_connection: String,
    pub(crate) slow_simulator: SocketAddr,
    pub(crate) receiver: Arc<Receiver>,
    replays: Vec<Vec<u8>>,
    reads: Vec<Vec<u8>>,
    _sandbox: Running,
}

impl World {
    pub(crate) async fn make(place: &Place) -> Result<Self> {
        let receiver = Arc::new(Receiver::start().await?);
        let mut sim = RazorpaySim::new(1);
        sim.add_account(SimAccount::new(ACCOUNT[0].1, ACCOUNT[1].1, "acc_Bench000000001"));
        let mut slow = registry::simulator(SLOW, 1).context("it is listed")?;
        let mut there = SimMerchant {
            credentials: slow.demo_credentials(1),
            name: "Bench".into(),
            webhook_url: None,
            webhook_secret: Some(Secret::new(WEBHOOK_SECRET)),
        };
        slow.put_merchant(&there);
        let credentials = std::mem::take(&mut there.credentials);
        let providers = vec![Simulated::on_any_port("razorpay", sim), Simulated::on_any_port(SLOW, slow)];
        let sandbox = SandboxConfig { providers, journal_dir: None, clock_file: None, tls: None };
        let sandbox = Sandbox::start(sandbox).await?;
        let url = sandbox.url("razorpay").context("the simulator is served")?;
        let simulator: SocketAddr = url.trim_start_matches("http://").parse()?;
        let slow_url = sandbox.url(SLOW).context("the simulator is served")?;
        let slow_simulator: SocketAddr = slow_url.trim_start_matches("http://").parse()?;

        let listen = free_address()?;
        let config = Config {
            listen,
            public_url: format!("http://{listen}"),
            sandbox: [("razorpay".to_owned(), url), (SLOW.to_owned(), slow_url)].into(),
            allow: vec![simulator.to_string(), slow_simulator.to_string(), receiver.address.to_string()],
            ..database::config(place.create("served").await?)
        };
        let app = house::open(&config).await?;
        let quiet = database::shop(&app, "quiet").await?;
        let busy = database::shop(&app, "busy").await?;
        let webhook_url = connect(&app, &busy).await?;
        let slow_connection = connect_slow(&app, &busy, credentials).await?;
        listen_for_events(&app, &busy, receiver.address).await?;
        let loud = database::shop(&app, "loud").await?;
        for _ in 0..LOUD_ENDPOINTS {
            listen_for_events(&app, &loud, receiver.address).await?;
        }
        app.store.clone().close().await;
        drop(app);
        let account = json!({
            "key_id": ACCOUNT[0].1, "webhook_url": webhook_url, "webhook_secret": WEBHOOK_SECRET,
        });
        let control = Target::new(simulator, "/sim/control/accounts");
        Connection::open(simulator).await?.post(&control, &account.to_string(), 200).await?;

        let server = Server::start(&config).await?;
        let mut world = Self {
            server,
            config,
            quiet,
            busy,
            loud,
            simulator,
            slow_connection,
            slow_simulator,
            receiver,
            replays: Vec::new(),
            reads: Vec::new(),
            _sandbox: sandbox,
        };
        world.furnish().await?;
        Ok(world)
    }

    /// Orders to read, and keys to repeat.
    async fn furnish(&mut self) -> Result<()> {
        let to = self.orders();
        let mut connection = Connection::open(to.address).await?;
        for n in 0..STANDING {
            let request = to.post(ORDER, Some(&format!("standing-{n}")));
            let (status, text) = connection.ask(&request).await?;
            anyhow::ensure!(status == 201, "{status}: {}", String::from_utf8_lossy(text));
            let shown: serde_json::Value = serde_json::from_slice(text)?;
            let id = shown["id"].as_str().context("an order has an id")?;
            let read = Target { path: format!("{}/{id}", to.path), ..to.clone() };
            self.reads.push(read.get());
            self.replays.push(request);
        }
        Ok(())
    }

    fn orders(&self) -> Target {
        Target {
            credentials: self.quiet.credentials.clone(),
            ..Target::new(self.server.address, "/api/v1/orders")
        }
    }

    /// Where the busy shop asks.
    pub(crate) fn busy_target(&self, path: &str) -> Target {
        Target { credentials: self.busy.credentials.clone(), ..Target::new(self.server.address, path) }
    }

    pub(crate) fn loud_orders(&self) -> Target {
        Target { credentials: self.loud.credentials.clone(), ..self.orders() }
    }

    pub(crate) fn creating(&self) -> Ask {
        Ask::Fresh { to: self.orders(), body: ORDER.into() }
    }

    pub(crate) fn replaying(&self) -> Ask {
        Ask::Same(self.replays.clone())
    }

    pub(crate) fn reading(&self) -> Ask {
        Ask::Same(self.reads.clone())
    }

    pub(crate) fn living(&self) -> Ask {
        Ask::Same(vec![Target::new(self.server.address, "/health/live").get()])
    }
}

/// Connects the shop's account at the simulator. Returns where its webhooks go.
async fn connect(app: &App, shop: &Shop) -> Result<String> {
    let draft = Draft {
        provider: "razorpay".into(),
        label: "Simulated".into(),
        credentials: ACCOUNT.map(|(name, value)| (name.to_owned(), Secret::new(value))).into(),
        webhook_secret: Some(Secret::new(WEBHOOK_SECRET)),
        features: vec!["upi_intent".into()],
        flows: vec![Flow::Script, Flow::UpiIntent, Flow::Redirect],
        min_minor: Some(100),
        max_minor: None,
        session_ms: None,
    };
    let actor = Actor::new("command", "");
    let saved = connections::save(app, shop.scope, &actor, draft).await.map_err(told)?;
    Ok(connections::get(app, shop.scope, saved.id).await.map_err(told)?.webhook_url)
}

/// Connects the shop at the provider that can be made slow. Returns the connection's id.
async fn connect_slow(app: &App, shop: &Shop, credentials: BTreeMap<String, Secret>) -> Result<String> {
    let draft = Draft {
        provider: SLOW.into(),
        label: "Slow".into(),
        credentials,
        webhook_secret: Some(Secret::new(WEBHOOK_SECRET)),
        features: Vec::new(),
        flows: vec![Flow::Redirect],
        min_minor: Some(100),
        max_minor: None,
        session_ms: None,
    };
    let actor = Actor::new("command", "");
    Ok(connections::save(app, shop.scope, &actor, draft).await.map_err(told)?.id.to_string())
}

async fn listen_for_events(app: &Arc<App>, shop: &Shop, receiver: SocketAddr) -> Result<()> {
    let new = NewEndpoint {
        url: format!("http://{receiver}/hundi"),
        description: None,
        events: Vec::new(),
        served: Served::USUAL,
    };
    let actor = Actor::new("command", "");
    endpoints::create(app, shop.scope, &actor, new, None).await.map_err(told).map(drop)
}
