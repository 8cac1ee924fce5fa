//! One payment's life: its script, played deed by deed, with a record of what came of each.

use super::forger;
use super::script::{Back, Deed, Script, Which};
use super::stage::{Account, Merchant, Stage};
use crate::house::{Answer, text};
use hundi_core::Millis;
use hundi_core::time::seconds;
use hundi_providers::sim::{Dial, Fault, Match, Op};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinSet;

/// A script and how far it came.
pub struct Life {
    pub script: Script,
    came: Mutex<Came>,
}

#[derive(Default)]
struct Came {
    order: String,
    token: String,
    /// The provider's payment that the payer's last deed made, and where.
    there: Option<(String, String)>,
    dialled: bool,
    seen_paid: bool,
    posts: u32,
    log: Vec<String>,
}

impl Life {
    pub fn new(script: Script) -> Self {
        Self { script, came: Mutex::default() }
    }

    fn came(&self) -> MutexGuard<'_, Came> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn order(&self) -> String {
        self.came().order.clone()
    }

    pub fn seen_paid(&self) -> bool {
        self.came().seen_paid
    }

    /// The script and what came of it, for whoever looks for the fault.
    pub fn story(&self) -> String {
        let came = self.came();
        let mut story = format!("{:?}\n  {}\n", self.script, came.order);
        for line in &came.log {
            writeln!(story, "  {line}").expect("writing to a String never fails");
        }
        story
    }

    fn note(&self, now: Millis, what: impl std::fmt::Display) {
        self.came().log.push(format!("{now} {what}"));
    }

    fn merchant<'s>(&self, stage: &'s Stage) -> &'s Merchant {
        &stage.merchants[self.script.merchant]
    }

    fn currency(&self) -> &'static str {
        if self.script.dollars { "USD" } else { "INR" }
    }

    /// Does one deed. What the product refuses with good reason is noted and lived with.
    pub async fn does(self: Arc<Self>, stage: Arc<Stage>, deed: Deed) {
        self.note(stage.now(), format_args!("{deed:?}"));
        if self.order().is_empty() && !matches!(deed, Deed::Orders { .. }) {
            return;
        }
        match deed {
            Deed::Orders { times } => self.creates_order(&stage, times).await,
            Deed::Begins { times, elsewhere } => self.begins(&stage, times, elsewhere).await,
            Deed::Pays { outcome, method, which, back } => {
                self.pays(&stage, outcome, method, which, back).await
            }
            Deed::SaysYesLate => self.says_yes_late(&stage),
            Deed::Captures { times } => self.about_last(&stage, "capture", times).await,
            Deed::CancelsPayment => self.about_last(&stage, "cancel", 1).await,
            Deed::CancelsOrder => {
                let path = format!("/api/v1/orders/{}/cancel", self.order());
                self.posts(&stage, &path, &json!({}), 1).await;
            }
            Deed::Checks => {
                for payment in self.payments(&stage).await {
                    let path = format!("/api/v1/payments/{}/check", text(&payment, "id"));
                    self.posts(&stage, &path, &json!({}), 1).await;
                }
            }
            Deed::Refunds { parts } => self.refunds(&stage, parts).await,
            Deed::RefundsThere { part } => self.refunds_there(&stage, part).await,
            Deed::Forges(forgery) => {
                for payment in self.payments(&stage).await {
                    let merchant = self.merchant(&stage);
                    if let Some(account) = merchant.account(&text(&payment, "connection_id")) {
                        forger::forges(&stage, self.script.merchant, account, forgery).await;
                    }
                }
            }
        }
        self.looks(&stage).await;
    }

    async fn creates_order(self: &Arc<Self>, stage: &Arc<Stage>, times: u8) {
        let script = &self.script;
        let mut body = json!({
            "amount": script.minor, "currency": self.currency(), "receipt": format!("storm-{}", script.n),
            "capture": if script.manual { "manual" } else { "automatic" },
        });
        if let Some(ms) = script.expires_ms {
            body["expires_at"] = json!(stage.now().plus(ms).to_string());
        }
        for (op, fault, times) in &script.at_opening {
            let amount_minor = (*op == Op::CreateOrder).then_some(script.minor);
            let matches = Match { op: Some(*op), amount_minor, ..Match::default() };
            for account in self.merchant(stage).accounts_for(self.currency()) {
                stage.dial(
                    account.provider,
                    Dial { matches: matches.clone(), fault: *fault, times: Some(*times) },
                );
            }
        }
        let made = self.posts(stage, "/api/v1/orders", &body, times).await;
        let Some(order) = made.first() else { return };
        let url = text(order, "checkout_url");
        let mut came = self.came();
        came.order = text(order, "id");
        url.rsplit('/').next().unwrap_or_default().clone_into(&mut came.token);
    }

    async fn begins(self: &Arc<Self>, stage: &Arc<Stage>, times: u8, elsewhere: bool) {
        let accounts = self.merchant(stage).accounts_for(self.currency());
        let mut body = json!({ "order_id": self.order() });
        let used = self.payments(stage).await.first().map(|p| text(p, "connection_id"));
        let wanted = self.script.connection.map(|at| accounts[at % accounts.len()]);
        let other = || accounts.iter().copied().find(|a| Some(a.connection.to_string()) != used);
        if let Some(account) = if elsewhere && used.is_some() { other() } else { wanted } {
            body["connection_id"] = json!(account.connection.to_string());
        }
        let begun = self.posts(stage, "/api/v1/payments", &body, times).await;
        if let Some(payment) = begun.first() {
            self.dials_for(stage, payment);
        }
    }

    /// From here on faults are aimed by the reference that the provider was given.
    fn dials_for(&self, stage: &Stage, payment: &Value) {
        if std::mem::replace(&mut self.came().dialled, true) {
            return;
        }
        let Some(account) = self.merchant(stage).account(&text(payment, "connection_id")) else { return };
        for (op, fault, times) in &self.script.afterwards {
            let our_ref = Some(text(payment, "our_ref"));
            let matches = Match { op: Some(*op), our_ref, ..Match::default() };
            stage.dial(account.provider, Dial { matches, fault: *fault, times: Some(*times) });
        }
    }

    async fn pays(
        self: &Arc<Self>,
        stage: &Arc<Stage>,
        outcome: &str,
        method: &str,
        which: Which,
        back: Back,
    ) {
        let payments = self.payments(stage).await;
        let mut open = payments.iter().filter(|p| !text(p, "provider_order").is_empty());
        let chosen = match which {
            Which::Last => open.next(),
            Which::First => open.next_back(),
        };
        let Some(payment) = chosen else { return self.note(stage.now(), "there is nothing to pay") };
        let Some(account) = self.merchant(stage).account(&text(payment, "connection_id")) else { return };
        let deed = json!({ "order": payment["provider_order"], "outcome": outcome, "method": method });
        let said = match stage.at(account.provider, "/sim/api/pay", &deed) {
            Ok(said) => said,
            Err(why) => return self.note(stage.now(), format_args!("{} refuses: {why}", account.provider)),
        };
        self.came().there = Some((account.provider.to_owned(), text(&said, "payment_id")));
        let fields = callback(&said);
        let id = text(payment, "id");
        match back {
            Back::Nothing => {}
            Back::Truth => self.comes_back(stage, &id, &fields).await,
            Back::Twice => {
                let mut windows = JoinSet::new();
                for _ in 0..2 {
                    let (life, stage, id, fields) = (self.clone(), stage.clone(), id.clone(), fields.clone());
                    windows.spawn(async move { life.comes_back(&stage, &id, &fields).await });
                }
                windows.join_all().await;
            }
            Back::Altered => self.comes_back(stage, &id, &altered(fields)).await,
            Back::ToAnother => {
                let another = payments.iter().find(|p| text(p, "id") != id).map(|p| text(p, "id"));
                self.comes_back(stage, &another.unwrap_or(id), &fields).await;
            }
        }
    }

    async fn comes_back(&self, stage: &Stage, payment: &str, fields: &[(String, String)]) {
        let token = self.came().token.clone();
        let app = &stage.nodes[0].0;
        let back = hundi_app::returns::come_back(app, &token, payment, fields, "203.0.113.9").await;
        match back {
            Ok(back) => self.note(stage.now(), format_args!("came back: {:?}", back.payment.status())),
            Err(error) => stage.breaks(format!("{}: a return visit ended in {error:?}", self.order())),
        }
    }

    fn says_yes_late(&self, stage: &Stage) {
        let Some((provider, id)) = self.came().there.clone() else { return };
        let said = stage.at(&provider, "/sim/control/late_authorize", &json!({ "payment_id": id }));
        self.note(stage.now(), format_args!("late: {:?}", said.map(|s| text(&s, "status"))));
    }

    async fn about_last(self: &Arc<Self>, stage: &Arc<Stage>, verb: &str, times: u8) {
        if let Some(payment) = self.payments(stage).await.first() {
            let path = format!("/api/v1/payments/{}/{verb}", text(payment, "id"));
            self.posts(stage, &path, &json!({}), times).await;
        }
    }

    /// All parts at once, each under a key of its own.
    async fn refunds(self: &Arc<Self>, stage: &Arc<Stage>, parts: [u8; 3]) {
        let payments = self.payments(stage).await;
        let Some(payment) = payments.iter().find(|p| taken(p) > 0) else { return };
        let path = format!("/api/v1/payments/{}/refunds", text(payment, "id"));
        let mut at_once = JoinSet::new();
        for part in parts.into_iter().filter(|p| *p > 0) {
            let amount = (taken(payment) * i64::from(part) / 100).max(1);
            let (life, stage, path) = (self.clone(), stage.clone(), path.clone());
            let asked = async move { life.posts(&stage, &path, &json!({ "amount": amount }), 1).await };
            at_once.spawn(asked);
        }
        at_once.join_all().await;
    }

    fn loses_messages(&self) -> bool {
        self.script.afterwards.iter().any(|(_, fault, _)| *fault == Fault::WebhookDrop)
    }

    async fn refunds_there(&self, stage: &Stage, part: u8) {
        let payments = self.payments(stage).await;
        let Some(payment) = payments.iter().find(|p| taken(p) > 0) else { return };
        let Some(account) = self.merchant(stage).account(&text(payment, "connection_id")) else { return };
        // Paytm tells of such a refund by its messages alone: its API has to be asked by a name that only they bring.
        if account.provider == "paytm" && self.loses_messages() {
            return;
        }
        let tries = payment["tries"].as_array().cloned().unwrap_or_default();
        let Some(captured) = tries.iter().find(|t| t["status"] == "captured") else { return };
        let amount = (taken(payment) * i64::from(part) / 100).max(1);
        let body = json!({ "payment_id": captured["provider_payment"], "amount": amount });
        let said = stage.at(account.provider, "/sim/control/refund", &body);
        self.note(stage.now(), format_args!("in the dashboard: {:?}", said.map(|s| text(&s, "id"))));
    }

    /// One request under one key, so many times at once. The answers that were given, which are one answer.
    async fn posts(self: &Arc<Self>, stage: &Arc<Stage>, path: &str, body: &Value, times: u8) -> Vec<Value> {
        let post = {
            let mut came = self.came();
            came.posts += 1;
            came.posts
        };
        let key = format!("storm-{}-{post}", self.script.n);
        let mut answers = Vec::new();
        if times == 1 {
            answers.push(
                stage.asks(self.merchant(stage), self.node(post), ("POST", path), body, Some(&key)).await,
            );
        } else {
            let mut at_once = JoinSet::new();
            for n in 0..times {
                let (life, stage, path, body, key) =
                    (self.clone(), stage.clone(), path.to_owned(), body.clone(), key.clone());
                at_once.spawn(async move {
                    let merchant = life.merchant(&stage);
                    stage.asks(merchant, usize::from(n), ("POST", &path), &body, Some(&key)).await
                });
            }
            answers.extend(at_once.join_all().await);
        }
        for answer in &answers {
            self.judges(stage, path, answer);
        }
        let given: Vec<&Answer> = answers.iter().filter(|a| a.status < 300).collect();
        if given.windows(2).any(|two| two[0].body != two[1].body) {
            stage.breaks(format!("{}: key {key} on {path} had two answers", self.order()));
        }
        given.into_iter().map(Answer::json).collect()
    }

    fn node(&self, post: u32) -> usize {
        usize::try_from(self.script.n.wrapping_add(post)).unwrap_or(0)
    }

    /// A refusal has a reason that a script can run into; anything else must not be.
    fn judges(&self, stage: &Stage, path: &str, answer: &Answer) {
        if answer.status < 300 {
            let json = answer.json();
            let said =
                (text(&json, "id"), text(&json, "status"), text(&json, "outcome"), text(&json, "our_ref"));
            return self.note(stage.now(), format_args!("POST {path}: {} {said:?}", answer.status));
        }
        let code = answer.field("code");
        self.note(stage.now(), format_args!("POST {path}: {} {code}", answer.status));
        stage.refused(&code);
        if !matches!(answer.status, 409 | 422 | 502 | 503) {
            stage.breaks(format!("{}: POST {path}: {} {}", self.order(), answer.status, answer.text()));
        }
    }

    /// Its payments, newest first.
    async fn payments(&self, stage: &Stage) -> Vec<Value> {
        let path = format!("/api/v1/payments?limit=100&order_id={}", self.order());
        let listed = stage.asks(self.merchant(stage), self.node(0), ("GET", &path), &Value::Null, None).await;
        if listed.status != 200 {
            stage.breaks(format!("{}: GET {path}: {} {}", self.order(), listed.status, listed.text()));
            return Vec::new();
        }
        listed.json()["data"].as_array().cloned().unwrap_or_default()
    }

    /// What the merchant sees: once paid, paid for ever.
    async fn looks(&self, stage: &Stage) {
        let order = self.order();
        if order.is_empty() {
            return;
        }
        let path = format!("/api/v1/orders/{order}");
        let read = stage.asks(self.merchant(stage), self.node(1), ("GET", &path), &Value::Null, None).await;
        let status = if read.status == 200 { read.field("status") } else { read.status.to_string() };
        let mut came = self.came();
        if came.seen_paid && status != "paid" {
            stage.breaks(format!("{order} was seen paid and later {status}"));
        }
        came.seen_paid |= status == "paid";
    }
}

fn taken(payment: &Value) -> i64 {
    payment["amount_captured"].as_i64().unwrap_or(0)
}

fn callback(said: &Value) -> Vec<(String, String)> {
    let text_of = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let fields = said["callback"].as_array().cloned().unwrap_or_default();
    fields.iter().map(|f| (text_of(&f[0]), text_of(&f[1]))).collect()
}

/// What somebody makes of it who would like to have paid.
fn altered(mut fields: Vec<(String, String)>) -> Vec<(String, String)> {
    for (_, value) in &mut fields {
        if ["failed", "txn_failure", "payment_error"].iter().any(|w| value.eq_ignore_ascii_case(w)) {
            "TXN_SUCCESS".clone_into(value);
        } else if value.len() > 30 {
            *value = value.chars().rev().collect();
        }
    }
    fields.push(("status".into(), "CHARGED".into()));
    fields
}

/// Whose accounts a forger can write to.
pub fn another(stage: &Stage, merchant: usize, provider: &str) -> Option<String> {
    let other = &stage.merchants[(merchant + 1) % stage.merchants.len()];
    let same = |a: &&Account| a.provider == provider;
    other.accounts.iter().find(same).map(|a| a.webhook_url.clone())
}

/// So long the payers of one batch keep coming.
pub const SPREAD_MS: i64 = seconds(1_800);
