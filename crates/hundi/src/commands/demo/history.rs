//! A week of a shop's life, lived before the server starts: the same use cases, the simulator in process, and a clock
//! that is moved through the past.

use super::neighbours::{self, Neighbour, Place};
use super::{EMAIL, Options, PASSWORD};
use crate::config::Config;
use crate::sandbox::InProcess;
use anyhow::{Context, anyhow};
use hundi_app::answer::Reply;
use hundi_app::api_keys::NewKey;
use hundi_app::clock::{Clock, SystemClock, TestClock};
use hundi_app::connections::{self, Draft};
use hundi_app::endpoints::{self, NewEndpoint, Served};
use hundi_app::keys::Peppers;
use hundi_app::net::{Net, NetPolicy};
use hundi_app::orders::{self, NewOrder};
use hundi_app::passwords::{Cost, Passwords};
use hundi_app::payments::{self, Choice};
use hundi_app::people::{self, NewMerchant, NewPerson};
use hundi_app::random::SystemRandomness;
use hundi_app::refunds::{self, NewRefund};
use hundi_app::seal::MasterKeys;
use hundi_app::signing::SigningSecret;
use hundi_app::{Actor, App, Ports, Schedule, api_keys, jobs, notices};
use hundi_core::order::LateSuccess;
use hundi_core::refund::Reason;
use hundi_core::scope::{Permission, Role};
use hundi_core::time::{days, minutes};
use hundi_core::{Mode, Money, Scope, Secret};
use hundi_providers::Flow;
use hundi_providers::razorpay::sim::{RazorpaySim, SimAccount};
use hundi_providers::sim::{SimRequest, Simulator};
use hundi_store::Store;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

const KEY: &str = "rzp_test_DemoKey000001";
const KEY_SECRET: &str = "demo-key-secret";
const WEBHOOK_SECRET: &str = "demo-webhook-secret";
const ORDERS: usize = 48;
/// After the last order: sessions end, deliveries go out.
const LAST_ONES_MS: i64 = minutes(30);

/// What the welcome text and the sandbox need.
pub(super) struct Made {
    pub(super) simulator: RazorpaySim,
    pub(super) neighbours: Vec<Neighbour>,
    pub(super) shop: Shop,
}

/// What is sold, for how much.
const MENU: &[(&str, i64)] = &[
    ("Masala dosa and filter coffee", 18_500),
    ("Thali for two", 64_000),
    ("Party order, 20 plates", 749_000),
    ("Evening snacks", 23_900),
    ("Birthday cake, 1 kg", 149_900),
    ("Office lunch, 6 boxes", 138_000),
];

pub(super) async fn make(config: &Config, options: &Options, places: &[Place]) -> anyhow::Result<Made> {
    // It must end before now: a simulator never goes back in time, and would hold its webhooks until now catches up.
    let clock = Arc::new(TestClock::at(SystemClock.now().minus(days(7) + LAST_ONES_MS)));
    let simulator = Arc::new(Mutex::new(RazorpaySim::new(7)));
    locked(&simulator).add_account(SimAccount::new(KEY, KEY_SECRET, "acc_DemoShop000001"));
    let network = Arc::new(InProcess::new(clock.clone()));
    network.simulate(format!("http://{}", options.sandbox), simulator.clone());
    network.merchant(format!("http://{}", options.receiver));
    let neighbours = neighbours::all(places, 7);
    neighbours.iter().for_each(|n| n.stands_in(&network));
    let app = open(config, clock.clone(), network.clone()).await?;

    let shop = furnish(&app, options, &simulator).await?;
    let life = Life { app: &app, clock: &clock, network: &network, simulator: &simulator, scope: shop.scope };
    life.live().await?;
    for neighbour in &neighbours {
        neighbour.connect(&app, shop.scope).await?;
    }

    app.store.clone().close().await;
    drop((app, network));
    let simulator = Arc::try_unwrap(simulator).map_err(|_| anyhow!("somebody still holds the simulator"))?;
    let simulator = simulator.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Made { simulator, neighbours, shop })
}

/// The shop as an earlier demo left it, and a provider that knows its account and nothing else.
pub(super) async fn again(config: &Config, places: &[Place], shop: &Shop) -> anyhow::Result<Made> {
    let clock = Arc::new(TestClock::at(SystemClock.now()));
    // Of this moment, so that it gives no id that it has given before.
    let seed = u64::try_from(clock.now().0).context("the clock stands before 1970")?;
    let mut simulator = RazorpaySim::new(seed);
    simulator.add_account(SimAccount::new(KEY, KEY_SECRET, "acc_DemoShop000001"));
    let network = Arc::new(InProcess::new(clock.clone()));
    let neighbours = neighbours::all(places, seed);
    neighbours.iter().for_each(|n| n.stands_in(&network));
    let app = open(config, clock, network.clone()).await?;
    let mut connections = connections::list(&app, shop.scope).await.map_err(told)?.into_iter();
    let connection = connections.find(|c| c.row.provider == "razorpay");
    let connection = connection.context("the demo's shop has its connection")?;
    simulator.set_webhook(KEY, connection.webhook_url, WEBHOOK_SECRET);
    for neighbour in &neighbours {
        neighbour.connect(&app, shop.scope).await?;
    }
    app.store.clone().close().await;
    drop((app, network));
    Ok(Made { simulator, neighbours, shop: shop.clone() })
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn open(config: &Config, clock: Arc<TestClock>, network: Arc<InProcess>) -> anyhow::Result<Arc<App>> {
    let store = Store::open(&config.store()?).await?;
    store.migrate().await?;
    let (masters, peppers) = config.secrets()?;
    let random = Arc::new(SystemRandomness::new());
    let net = Net::new(NetPolicy { allow: config.allowed()?, ..NetPolicy::strict() })?;
    let ports = Ports {
        store,
        clock,
        random: random.clone(),
        transport: network,
        check_url: Arc::new(move |url, mode| net.check_url(url, mode)),
        masters: MasterKeys::parse(&masters)?,
        peppers: Peppers::parse(&peppers)?,
        passwords: Passwords::new(Cost::OWASP, 1, random),
    };
    let config = hundi_app::Config {
        public_url: config.public_url.clone(),
        sandbox: config.sandbox.clone(),
        deliveries_live: Schedule::live(),
        deliveries_test: Schedule::test(),
        limits: hundi_app::limits::Limits::off(),
        retries: hundi_app::RETRIES,
        mail: None,
    };
    Ok(App::start(ports, config).await?)
}

/// The demo's shop, and how to be it.
#[derive(Clone)]
pub(super) struct Shop {
    pub(super) scope: Scope,
    pub(super) key_id: String,
    pub(super) key_secret: String,
    pub(super) endpoint_secret: SigningSecret,
}

async fn furnish(
    app: &Arc<App>,
    options: &Options,
    simulator: &Arc<Mutex<RazorpaySim>>,
) -> anyhow::Result<Shop> {
    let actor = Actor::new("command", "");
    let merchant = people::create_merchant(
        app,
        NewMerchant {
            organization: "Udupi Kitchens".into(),
            name: "Udupi Kitchens, Indiranagar".into(),
            zone: "Asia/Kolkata".into(),
            late_success: LateSuccess::Refund,
        },
    );
    let merchant = merchant.await.map_err(told)?;
    let scope = Scope::authenticated(merchant.id, Mode::Test);
    let person = NewPerson {
        email: EMAIL.into(),
        name: "Asha Rao".into(),
        role: Role::Manager,
        merchant: Some(merchant.id),
        password: Secret::new(PASSWORD),
    };
    people::create_person(app, person).await.map_err(told)?;
    // The demo's key shows all that a key can do.
    let all = NewKey { may: Permission::OF_KEYS.to_vec(), ..NewKey::usual("Demo key") };
    let (key, secret) = api_keys::create_with(app, scope, &actor, all).await.map_err(told)?;

    let draft = Draft {
        provider: "razorpay".into(),
        label: "Razorpay (simulated)".into(),
        credentials: [("key_id", KEY), ("key_secret", KEY_SECRET)]
            .map(|(name, value)| (name.to_owned(), Secret::new(value)))
            .into(),
        webhook_secret: Some(Secret::new(WEBHOOK_SECRET)),
        features: vec!["upi_intent".into(), "saved_methods".into()],
        flows: vec![Flow::Script, Flow::UpiIntent, Flow::Redirect],
        min_minor: Some(100),
        max_minor: None,
        session_ms: None,
    };
    let saved = connections::save(app, scope, &actor, draft).await.map_err(told)?;
    let shown = connections::get(app, scope, saved.id).await.map_err(told)?;
    locked(simulator).set_webhook(KEY, shown.webhook_url, WEBHOOK_SECRET);

    let endpoint = NewEndpoint {
        url: format!("http://{}/hundi", options.receiver),
        description: Some("The shop's own server".into()),
        events: Vec::new(),
        served: Served::USUAL,
    };
    let reply = endpoints::create(app, scope, &actor, endpoint, None).await.map_err(told)?;
    let secret_text = field(&reply, "secret")?;
    Ok(Shop {
        scope,
        key_id: key.id,
        key_secret: secret.expose().to_owned(),
        endpoint_secret: SigningSecret::parse(&secret_text)?,
    })
}

struct Life<'a> {
    app: &'a Arc<App>,
    clock: &'a TestClock,
    network: &'a InProcess,
    simulator: &'a Mutex<RazorpaySim>,
    scope: Scope,
}

impl Life<'_> {
    async fn live(&self) -> anyhow::Result<()> {
        let step = days(7) / i64::try_from(ORDERS)? - minutes(1);
        for n in 0..ORDERS {
            self.one_customer(n).await?;
            self.pass(step).await?;
        }
        self.pass(LAST_ONES_MS).await
    }

    async fn one_customer(&self, n: usize) -> anyhow::Result<()> {
        let (what, minor) = MENU[n * 5 % MENU.len()];
        let new = NewOrder {
            amount: Money::inr(minor),
            capture_manual: false,
            receipt: Some(format!("UK-{:04}", 1000 + n)),
            description: Some(what.to_owned()),
            payer_name: None,
            payer_email: None,
            payer_phone: None,
            metadata: json!({ "table": (n % 12 + 1).to_string() }).to_string(),
            customer: None,
            offer_saved: false,
            return_url: None,
            expires_at: None,
            created_by: "demo".into(),
        };
        let order = orders::create(self.app, self.scope, new, None).await.map_err(told)?;
        let order = field(&order, "id")?.parse().map_err(|_| anyhow!("an order has an id"))?;
        let choice = Choice {
            connection: None,
            flow: Some(Flow::Script),
            method: None,
            payer_ip: None,
            payer_agent: None,
            keep: None,
            by: "payer".into(),
        };
        let payment = payments::pay(self.app, self.scope, order, choice).await.map_err(told)?;
        let provider_order = payment.provider_order.clone().context("the simulator opens every order")?;
        let method = ["upi", "upi", "card", "upi", "netbanking", "wallet"][n % 6];
        if n % 9 == 4 {
            self.at_simulator(json!({
                "order_id": provider_order, "outcome": "fail", "method": method, "reason": "insufficient_funds",
            }))?;
        }
        match n % 13 {
            // Some walk away.
            5 => {}
            11 => self.at_simulator(json!({
                "order_id": provider_order, "outcome": "fail", "method": "card", "reason": "card_declined",
            }))?,
            _ => {
                self.at_simulator(json!({ "order_id": provider_order, "outcome": "pay", "method": method }))?
            }
        }
        self.pass(minutes(1)).await?;
        if n % 10 == 7 {
            let amount = (n % 20 == 7).then(|| Money::inr(minor / 4));
            let new = NewRefund {
                payment: payment.id,
                amount,
                reason: Reason::CustomerRequest,
                note: None,
                metadata: "{}".into(),
            };
            let actor = Actor::new("demo", "");
            // Whoever did not pay has nothing to be refunded.
            if let Err(error) = refunds::create(self.app, self.scope, &actor, new, None).await {
                anyhow::ensure!(error.code() == "payment_not_refundable", error.sentence());
            }
        }
        Ok(())
    }

    fn at_simulator(&self, body: Value) -> anyhow::Result<()> {
        let request = SimRequest {
            method: "POST".into(),
            target: "/sim/api/pay".into(),
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
            base_url: "http://127.0.0.1".into(),
        };
        let response = locked(self.simulator).handle(&request, self.clock.now());
        anyhow::ensure!(response.status < 300, "{}", String::from_utf8_lossy(&response.body));
        Ok(())
    }

    /// Time passes: webhooks come in, jobs are done.
    async fn pass(&self, ms: i64) -> anyhow::Result<()> {
        self.clock.advance(ms);
        for notice in self.network.due() {
            let path = notice.url.split("/hooks/").nth(1).context("the webhook address is ours")?;
            let (provider, token) = path.split_once('/').context("the webhook address has two parts")?;
            let (headers, body) = (&notice.headers, &notice.body);
            notices::receive(self.app, provider, token, headers, body, "127.0.0.1").await.map_err(told)?;
            self.network.delivered(&notice, Some(200));
        }
        jobs::run_due(self.app).await.map_err(told)?;
        Ok(())
    }
}

pub(super) fn told(error: hundi_app::Error) -> anyhow::Error {
    anyhow!("{} ({})", error.sentence(), error.to_log())
}

fn field(reply: &Reply, name: &str) -> anyhow::Result<String> {
    let value: Value = serde_json::from_str(&reply.body)?;
    value[name].as_str().map(str::to_owned).with_context(|| format!("the answer has no {name}"))
}
