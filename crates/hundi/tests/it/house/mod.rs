//! The house as tests see it: real use cases, real routes, a real database; simulators and a merchant's server in
//! process; and a clock that moves only when the test moves it.

mod described;
mod gate;
mod http;
mod journal;
mod letter;
mod mailbox;
mod order;
mod shop;
mod sim;

pub use gate::Gate;
pub use http::{Answer, send_to, text};
pub use letter::{Letter, payment_entity, signature};
pub use mailbox::Mailbox;
pub use order::{Order, Payment};
pub use shop::{Shop, draft, operator};

use hundi::sandbox::{InProcess, Merchant, SharedSimulator};
use hundi_app::clock::{Clock, TestClock};
use hundi_app::keys::Peppers;
use hundi_app::limits::Limits;
use hundi_app::mail::Mail;
use hundi_app::net::{Net, NetPolicy};
use hundi_app::passwords::{Cost, Passwords};
use hundi_app::random::SeededRandom;
use hundi_app::seal::{MasterKeys, Ring};
use hundi_app::{App, Ports, Schedule, StartError, jobs};
use hundi_core::Millis;
use hundi_core::time::minutes;
use hundi_providers::razorpay::sim::RazorpaySim;
use hundi_providers::registry;
use hundi_store::testing::Scratch;
use hundi_store::verify::{Options, verify};
use hundi_store::{Isolation, Store};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub const PUBLIC: &str = "http://hundi.test";
pub const SIMULATOR: &str = "http://127.0.0.1:4010";
pub const MERCHANT: &str = "http://127.0.0.1:4020";

/// Where a provider's simulator stands.
pub fn place_of(provider: &str) -> String {
    let at = registry::all().position(|p| p.card().id == provider).expect("it is listed");
    format!("http://127.0.0.1:{}", if provider == "razorpay" { 4010 } else { 4100 + at })
}

/// 21 November 2026, 08:00 UTC.
const START: Millis = Millis(1_795_248_000_000);

/// Of the master key that the house's database was written with.
const MASTER_SEED: u64 = 5;

/// One server over the database.
pub struct Node {
    pub app: Arc<App>,
    pub router: axum::Router,
}

pub struct TestApp {
    scratch: Scratch,
    pub nodes: Vec<Node>,
    pub clock: Arc<TestClock>,
    pub network: Arc<InProcess>,
    /// On the way out to it.
    pub gate: Arc<Gate>,
    pub sim: Arc<Mutex<RazorpaySim>>,
    /// Every provider's, that one among them, by id.
    pub simulators: BTreeMap<&'static str, SharedSimulator>,
    /// Where webhooks go out to.
    pub receiver: Arc<Merchant>,
    limits: Limits,
    mail: Option<Mail>,
}

impl TestApp {
    /// One node.
    pub async fn new() -> Self {
        Self::with_nodes(1).await
    }

    /// One node that limits how often something may be done. Other stories are about something else.
    pub async fn limited(limits: Limits) -> Self {
        Self::with(1, limits, None).await
    }

    /// One node that writes letters.
    pub async fn writing_to(mailbox: &Mailbox) -> Self {
        Self::with(1, Limits::off(), Some(mailbox.mail())).await
    }

    /// Several nodes over one PostgreSQL; on SQLite there is one, always.
    pub async fn with_nodes(count: usize) -> Self {
        Self::with(count, Limits::off(), None).await
    }

    async fn with(count: usize, limits: Limits, mail: Option<Mail>) -> Self {
        #[cfg(feature = "failpoints")]
        if let Ok(bugs) = std::env::var("HUNDI_PLANTED") {
            hundi_app::failpoints::set(None, &bugs);
        }
        let engine = std::env::var("HUNDI_TEST_ENGINE").unwrap_or_else(|_| "sqlite".into());
        let pg =
            || std::env::var("HUNDI_TEST_PG").expect("HUNDI_TEST_PG names a PostgreSQL server for tests");
        let scratch = match engine.as_str() {
            "sqlite" => Scratch::sqlite(),
            "pg-rc" => Scratch::migrated_postgres(&pg(), Isolation::ReadCommitted).await,
            "pg-ser" => Scratch::migrated_postgres(&pg(), Isolation::Serializable).await,
            other => panic!("there is no engine {other}"),
        };
        let clock = Arc::new(TestClock::at(START));
        let network = Arc::new(InProcess::new(clock.clone()));
        let sim = Arc::new(Mutex::new(RazorpaySim::new(11)));
        let mut simulators: BTreeMap<&'static str, SharedSimulator> = BTreeMap::new();
        for id in registry::all().map(|p| p.card().id) {
            let simulator: SharedSimulator = match id {
                "razorpay" => sim.clone(),
                other => Arc::new(Mutex::new(registry::simulator(other, 11).expect("it is listed"))),
            };
            network.simulate(place_of(id), simulator.clone());
            simulators.insert(id, simulator);
        }
        let receiver = network.merchant(MERCHANT);
        let gate = Arc::new(Gate::before(network.clone()));
        let mut t = Self {
            scratch,
            nodes: Vec::new(),
            clock,
            network,
            gate,
            sim,
            simulators,
            receiver,
            limits,
            mail,
        };
        let count = if engine == "sqlite" { 1 } else { count };
        for n in 0..count {
            let node = t.open(n).await;
            t.nodes.push(node);
        }
        t
    }

    async fn open(&self, n: usize) -> Node {
        let store = self.scratch.open().await;
        store.migrate().await.expect("the schema applies");
        let app = self.start(n, store, MASTER_SEED).await.expect("it starts");
        let settings = hundi_web::Settings { product: "hundi".into(), secure_cookies: false };
        Node { router: hundi_web::router(app.clone(), settings), app }
    }

    /// Whether a server with another master key would start on this database.
    pub async fn starts_with_master(&self, seed: u64) -> Result<(), StartError> {
        self.start(90, self.store().clone(), seed).await.map(drop)
    }

    /// The database file and its log, where there is a file.
    pub fn database_bytes(&self) -> Option<Vec<u8>> {
        let hundi_store::StoreConfig::Sqlite { path } = self.scratch.config() else { return None };
        let mut bytes = std::fs::read(path).expect("the database can be read");
        bytes.extend(std::fs::read(path.with_extension("db-wal")).expect("its log can be read"));
        Some(bytes)
    }

    async fn start(&self, n: usize, store: Store, master_seed: u64) -> Result<Arc<App>, StartError> {
        let seed = u64::try_from(n).unwrap_or(0);
        let random = Arc::new(SeededRandom::new(1000 + seed));
        let keys = SeededRandom::new(5);
        let allow = ["127.0.0.1:4010", "127.0.0.1:4020"].map(|a| a.parse().expect("an address")).into();
        let net = Net::new(NetPolicy { allow, ..NetPolicy::strict() }).expect("a client");
        let ports = Ports {
            store,
            clock: self.clock.clone(),
            random: random.clone(),
            transport: self.gate.clone(),
            check_url: Arc::new(move |url, mode| net.check_url(url, mode)),
            masters: MasterKeys::parse(&Ring::generate_text(&SeededRandom::new(master_seed), 'v', 1))
                .expect("a ring"),
            peppers: Peppers::parse(&Ring::generate_text(&keys, 'p', 1)).expect("a ring"),
            passwords: Passwords::new(Cost::CHEAP, 2, random),
        };
        let config = hundi_app::Config {
            public_url: PUBLIC.into(),
            sandbox: registry::all().map(|p| (p.card().id.to_owned(), place_of(p.card().id))).collect(),
            deliveries_live: Schedule::live(),
            deliveries_test: Schedule::test(),
            limits: self.limits.clone(),
            retries: hundi_app::RETRIES,
            mail: self.mail.clone(),
        };
        App::start(ports, config).await
    }

    pub fn app(&self) -> &Arc<App> {
        &self.nodes[0].app
    }

    pub fn store(&self) -> &Store {
        &self.app().store
    }

    pub fn sim(&self) -> MutexGuard<'_, RazorpaySim> {
        self.sim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Lets time pass: whatever falls due on the way happens at its own moment.
    pub async fn passes(&self, ms: i64) {
        let end = self.now().plus(ms);
        self.settles().await;
        loop {
            let due = self.next_due().await.filter(|at| *at <= end);
            let Some(at) = due else { break };
            if at > self.now() {
                self.clock.set(at);
            }
            self.settles().await;
        }
        self.clock.set(end);
        self.settles().await;
    }

    async fn next_due(&self) -> Option<Millis> {
        let jobs = self
            .store()
            .read(async |tx| hundi_store::jobs::next_due(tx).await)
            .await
            .expect("the jobs can be read");
        jobs.into_iter().chain(self.network.next_due()).filter(|at| *at > self.now()).min()
    }

    /// Does everything that is due now, webhooks in included, without letting time pass.
    pub async fn settles(&self) {
        for _ in 0..1000 {
            let notices = self.network.due();
            let idle = notices.is_empty();
            for notice in notices {
                let status = self.posts_webhook(&notice).await;
                self.network.delivered(&notice, Some(status));
            }
            let done = jobs::run_due(self.app()).await.expect("jobs run");
            if idle && done == 0 {
                return;
            }
        }
        panic!("it never settles");
    }

    /// The end of every story: nothing is left to do, nothing is broken, and all histories agree.
    pub async fn ends(self) {
        self.settles().await;
        self.is_clean().await;
        self.agrees_with_the_simulator().await;
        self.closes().await;
    }

    /// The same for a story that was told things which never happened at the simulator.
    pub async fn ends_unwitnessed(self) {
        self.settles().await;
        self.is_clean().await;
        self.closes().await;
    }

    async fn closes(self) {
        let Self { scratch, nodes, .. } = self;
        let mut stores: Vec<Store> = nodes.into_iter().map(|n| n.app.store.clone()).collect();
        let first = stores.remove(0);
        for store in stores {
            store.close().await;
        }
        scratch.done(first).await;
    }

    /// `hundi verify` finds nothing, and no job has given up.
    pub async fn is_clean(&self) {
        hundi_app::follow::settle(self.app()).await.expect("the followers follow");
        let options = Options { quiet: true, now: self.now(), grace_ms: minutes(5) };
        let report = verify(self.store(), &options).await.expect("verify runs");
        assert!(report.is_clean(), "on {}:\n{report}", self.scratch.engine());
        let jobs = jobs::standing(self.app()).await.expect("jobs can be read");
        assert!(jobs.iter().all(|j| j.state != "dead"), "{jobs:?}");
    }
}
