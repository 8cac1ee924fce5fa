//! The stage: merchants with an account at every provider there is and rules of their own, and everything that a task
//! needs to act on it. Unlike a story's shop it can be carried into many tasks at once.

use super::dice::Dice;
use crate::house::{Answer, MERCHANT, PUBLIC, TestApp, operator, send_to};
use axum::body::Body;
use http::Request;
use hundi::sandbox::{Arrived, InProcess, Notice, Reply, SharedSimulator};
use hundi_app::clock::{Clock, TestClock};
use hundi_app::connections::{self, Draft};
use hundi_app::people::{self, NewMerchant};
use hundi_app::settlements::{self, Question, What};
use hundi_app::{App, api_keys};
use hundi_core::order::LateSuccess;
use hundi_core::{ConnectionId, Millis, Mode, Scope, Secret};
use hundi_providers::registry;
use hundi_providers::sim::{Dial, SimMerchant, SimRequest};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// With each late-success policy, with and without rules.
pub const MERCHANTS: usize = 6;
/// Messages that a forger may have seen.
const LETTERS_KEPT: usize = 600;

/// An account at a provider, and the connection to it.
pub struct Account {
    pub provider: &'static str,
    pub connection: ConnectionId,
    pub webhook_url: String,
    /// As the simulator knows it.
    there: Mutex<SimMerchant>,
}

/// A merchant with all its accounts.
pub struct Merchant {
    pub scope: Scope,
    key: (String, String),
    pub accounts: Vec<Account>,
    pub endpoint_url: String,
}

/// How often an event was heard, and how often it was taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heard {
    pub tries: u32,
    pub taken: u32,
}

pub struct Stage {
    pub seed: u64,
    pub clock: Arc<TestClock>,
    pub network: Arc<InProcess>,
    pub nodes: Vec<(Arc<App>, axum::Router)>,
    pub simulators: BTreeMap<&'static str, SharedSimulator>,
    pub merchants: Vec<Merchant>,
    letters: Mutex<VecDeque<Notice>>,
    /// By the endpoint's address and the event's id.
    heard: Arc<Mutex<HashMap<(String, String), Heard>>>,
    refusals: Mutex<BTreeMap<String, u64>>,
    broken: Mutex<Vec<String>>,
    /// Altered messages that were taken in, where the proof does not cover the body. A person may find them unreadable.
    pub believed: AtomicUsize,
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stage {
    pub async fn set(t: &TestApp, seed: u64) -> Arc<Self> {
        let mut stage = Self {
            seed,
            clock: t.clock.clone(),
            network: t.network.clone(),
            nodes: t.nodes.iter().map(|n| (n.app.clone(), n.router.clone())).collect(),
            simulators: t.simulators.clone(),
            merchants: Vec::new(),
            letters: Mutex::default(),
            heard: Arc::default(),
            refusals: Mutex::default(),
            broken: Mutex::default(),
            believed: AtomicUsize::new(0),
        };
        stage.receiver_listens(t);
        for n in 0..MERCHANTS {
            let merchant = stage.merchant(n).await;
            stage.merchants.push(merchant);
        }
        for n in 0..MERCHANTS {
            stage.rules(n).await;
        }
        Arc::new(stage)
    }

    async fn merchant(&self, n: usize) -> Merchant {
        let app = &self.nodes[0].0;
        let new = NewMerchant {
            organization: format!("Chain {n}"),
            name: format!("Storm {n}"),
            zone: "Asia/Kolkata".into(),
            late_success: if n.is_multiple_of(2) { LateSuccess::Refund } else { LateSuccess::Accept },
        };
        let merchant = people::create_merchant(app, new).await.expect("a merchant");
        let scope = Scope::authenticated(merchant.id, Mode::Test);
        let (key, secret) = api_keys::create(app, scope, &operator(), "storm").await.expect("a key");
        let mut accounts = Vec::new();
        for id in registry::all().map(|p| p.card().id) {
            accounts.push(self.account(n, scope, id).await);
        }
        let endpoint_url = format!("{MERCHANT}/storm/{n}");
        let key = (key.id, secret.expose().to_owned());
        let merchant = Merchant { scope, key, accounts, endpoint_url };
        let url = json!({ "url": merchant.endpoint_url });
        self.asks(&merchant, 0, ("POST", "/api/v1/endpoints"), &url, None).await.is(201);
        merchant
    }

    async fn account(&self, n: usize, scope: Scope, provider: &'static str) -> Account {
        let app = &self.nodes[0].0;
        let card = registry::find(provider).expect("it is listed").card();
        let number = u32::try_from(n).expect("a few") + 1;
        let credentials = locked(&self.simulators[provider]).demo_credentials(number);
        let webhook_secret = Secret::new(format!("webhook-secret-of-storm-{n:04}-first"));
        let mut there = SimMerchant {
            credentials: credentials.clone(),
            name: format!("Storm {n}"),
            webhook_url: None,
            webhook_secret: Some(webhook_secret.clone()),
        };
        locked(&self.simulators[provider]).put_merchant(&there);
        let draft = Draft {
            provider: provider.into(),
            label: "Main".into(),
            credentials,
            webhook_secret: card.webhook_secret.then_some(webhook_secret),
            features: vec![],
            flows: card.flows.to_vec(),
            min_minor: Some(card.min_amount_minor),
            max_minor: None,
            session_ms: None,
        };
        let saved = connections::save(app, scope, &operator(), draft).await.expect("a connection");
        let shown = connections::get(app, scope, saved.id).await.expect("it is there");
        there.webhook_url = Some(shown.webhook_url.clone());
        locked(&self.simulators[provider]).put_merchant(&there);
        let (connection, webhook_url) = (saved.id, shown.webhook_url);
        Account { provider, connection, webhook_url, there: Mutex::new(there) }
    }

    /// Of three merchants one has no rules, one spreads its payments by weight, and one sends large ones elsewhere.
    async fn rules(&self, n: usize) {
        let merchant = &self.merchants[n];
        let rupees: Vec<String> =
            merchant.accounts_for("INR").iter().map(|a| a.connection.to_string()).collect();
        let to = |ids: &[String]| {
            let share = |(at, id): (usize, &String)| json!({ "connection": id, "weight": 10 + at * 20 });
            ids.iter().enumerate().map(share).collect::<Vec<_>>()
        };
        let (few, rest) = rupees.split_at(rupees.len() / 2);
        let rules = match n % 3 {
            0 => return,
            1 => json!([{ "name": "Spread", "when": { "currency": "INR" }, "to": to(&rupees) }]),
            _ => json!([
                { "name": "Large", "when": { "currency": "INR", "amount_min": 200_000 }, "to": to(few) },
                { "name": "Others", "when": { "currency": "INR" }, "to": to(rest) },
            ]),
        };
        self.asks(merchant, 0, ("PUT", "/api/v1/routing"), &json!({ "rules": rules }), None).await.is(200);
    }

    /// The merchant's server takes nearly everything at once; what it doesn't, it is told again.
    fn receiver_listens(&self, t: &TestApp) {
        let (heard, seed) = (self.heard.clone(), self.seed);
        t.receiver.replies(move |arrived: &Arrived| {
            let event: Value = serde_json::from_slice(&arrived.body).unwrap_or(Value::Null);
            let id = event["id"].as_str().unwrap_or_default().to_owned();
            let mut heard = locked(&heard);
            let before = heard.entry((arrived.url.clone(), id.clone())).or_default();
            before.tries += 1;
            let player = id.bytes().fold(u64::from(before.tries), |sum, b| sum.rotate_left(7) ^ u64::from(b));
            let mut dice = Dice::of(seed, player);
            match dice.below(100) {
                0..3 => Reply::Status(500),
                3..5 => Reply::Silent,
                5..6 => Reply::After { ms: 20_000 },
                6..7 => Reply::Status(429),
                _ => {
                    before.taken += 1;
                    Reply::Status(200)
                }
            }
        });
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Something that must not be.
    pub fn breaks(&self, what: String) {
        locked(&self.broken).push(what);
    }

    pub fn take_broken(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.broken))
    }

    /// A refusal that a client has to live with.
    pub fn refused(&self, code: &str) {
        *locked(&self.refusals).entry(code.to_owned()).or_default() += 1;
    }

    pub fn refusals(&self) -> BTreeMap<String, u64> {
        locked(&self.refusals).clone()
    }

    pub fn heard(&self) -> HashMap<(String, String), Heard> {
        locked(&self.heard).clone()
    }

    /// A request of a merchant's server to one of the nodes.
    pub async fn asks(
        &self,
        merchant: &Merchant,
        node: usize,
        (method, path): (&str, &str),
        body: &Value,
        key: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("x-api-key", &merchant.key.0).header("x-api-secret", &merchant.key.1);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = match method {
            "GET" => Body::empty(),
            _ => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
        };
        let request = request.body(body).expect("a request");
        send_to(self.nodes[node % self.nodes.len()].1.clone(), request).await
    }

    /// Any message to a webhook address. Returns the status.
    pub async fn posts(&self, node: usize, notice: &Notice) -> u16 {
        let path = notice.url.strip_prefix(PUBLIC).expect("webhook addresses are ours");
        let mut request = Request::post(path);
        for (name, value) in &notice.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(notice.body.clone())).expect("a request");
        send_to(self.nodes[node % self.nodes.len()].1.clone(), request).await.status
    }

    /// A provider's own message, delivered; a forger may have seen it.
    pub async fn delivers(&self, node: usize, notice: Notice) {
        let status = self.posts(node, &notice).await;
        self.network.delivered(&notice, Some(status));
        // 503: a certificate that the proof needs could not be had; it is sent again.
        if ![200, 503].contains(&status) {
            self.breaks(format!("a provider's own message to {} was answered {status}", notice.url));
        }
        let mut letters = locked(&self.letters);
        if letters.len() == LETTERS_KEPT {
            letters.pop_front();
        }
        letters.push_back(notice);
    }

    /// The last messages to an address, oldest first.
    pub fn letters_to(&self, url: &str, most: usize) -> Vec<Notice> {
        let letters = locked(&self.letters);
        let mut found: Vec<Notice> =
            letters.iter().rev().filter(|l| l.url == url).take(most).cloned().collect();
        found.reverse();
        found
    }

    /// A request at a simulator, as its payer's page or its operator makes it. It may be refused.
    pub fn at(&self, provider: &str, target: &str, body: &Value) -> Result<Value, String> {
        let request = SimRequest {
            method: "POST".into(),
            target: target.into(),
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
            base_url: crate::house::place_of(provider),
        };
        let response = locked(&self.simulators[provider]).handle(&request, self.now());
        let text = String::from_utf8_lossy(&response.body).into_owned();
        if response.status >= 300 {
            return Err(format!("{} {text}", response.status));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Every merchant reads the settlement file of each provider that gives out one, as somebody does in the morning; and
    /// again the next morning, where the provider did not answer.
    pub async fn reads_settlements(&self) {
        const MORNINGS: usize = 12;
        for merchant in &self.merchants {
            for account in &merchant.accounts {
                let Some(file) = self.settlement_file(account) else { continue };
                let mut unheard = Vec::new();
                for _ in 0..MORNINGS {
                    unheard = self.reads_settlement(merchant, account, &file).await;
                    if unheard.is_empty() {
                        break;
                    }
                }
                for question in unheard {
                    self.breaks(format!("settled at {}: {question:?}", account.provider));
                }
            }
        }
    }

    /// What should have been confirmed and was not.
    async fn reads_settlement(&self, merchant: &Merchant, account: &Account, file: &[u8]) -> Vec<Question> {
        let (app, actor) = (&self.nodes[0].0, operator());
        let read = settlements::read_file(app, merchant.scope, &actor, account.connection, file).await;
        let questions = read.expect("a simulator's file can be read").questions;
        let odd = |q: &Question| matches!(q.what, What::NotConfirmed | What::NotAnswered);
        questions.into_iter().filter(odd).collect()
    }

    fn settlement_file(&self, account: &Account) -> Option<Vec<u8>> {
        let provider = registry::find(account.provider)?;
        let credentials = locked(&account.there).credentials.clone();
        let files = credentials.iter().filter_map(|(name, value)| {
            let request = SimRequest {
                method: "GET".into(),
                target: format!("/sim/control/settlement_file?{name}={}", value.expose()),
                headers: vec![],
                body: vec![],
                base_url: crate::house::place_of(account.provider),
            };
            let said = locked(&self.simulators[account.provider]).handle(&request, self.now());
            (said.status == 200).then_some(said.body)
        });
        // Where lines come by API, the file is for people, and sweeps read what moved.
        let part = provider.settlement_file()?;
        files.into_iter().find(|file| part.read_file(file).is_ok())
    }

    pub fn dial(&self, provider: &str, dial: Dial) {
        locked(&self.simulators[provider]).dial(dial);
    }

    pub fn clear_dials(&self) {
        self.simulators.values().for_each(|simulator| locked(simulator).clear_dials());
    }

    /// A new webhook secret with us; the provider signs with the old one until [`Stage::tells_provider`].
    pub async fn changes_secret(&self, account: &Account, scope: Scope, secret: &Secret) {
        let app = &self.nodes[0].0;
        connections::rotate_webhook_secret(app, scope, &operator(), account.connection, secret)
            .await
            .expect("a secret can be changed");
    }

    pub fn tells_provider(&self, account: &Account, secret: &Secret) {
        let mut there = locked(&account.there);
        there.webhook_secret = Some(secret.clone());
        locked(&self.simulators[account.provider]).put_merchant(&there);
    }
}

impl Merchant {
    /// Its accounts that take a currency.
    pub fn accounts_for(&self, currency: &str) -> Vec<&Account> {
        let takes = |a: &&Account| {
            registry::find(a.provider).is_some_and(|p| p.card().currencies.contains(&currency))
        };
        self.accounts.iter().filter(takes).collect()
    }

    pub fn account(&self, connection: &str) -> Option<&Account> {
        self.accounts.iter().find(|a| a.connection.to_string() == connection)
    }
}
