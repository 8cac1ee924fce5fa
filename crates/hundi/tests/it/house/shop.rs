//! A merchant in a story: its key, its connection, its endpoint.

use super::{Answer, MERCHANT, Order, PUBLIC, TestApp, text};
use axum::body::Body;
use http::Request;
use hundi_app::api_keys::{self, NewKey};
use hundi_app::connections::{self, Draft};
use hundi_app::people::{self, NewMerchant};
use hundi_app::{Actor, Page};
use hundi_core::order::LateSuccess;
use hundi_core::scope::Permission;
use hundi_core::{ConnectionId, Mode, Scope, Secret};
use hundi_providers::Flow;
use hundi_providers::razorpay::sim::SimAccount;
use hundi_providers::registry;
use hundi_providers::sim::SimMerchant;
use hundi_store::discrepancies::{self, Discrepancy};
use hundi_store::notices::Notice;
use hundi_store::people as rows;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

pub struct Shop<'t> {
    pub t: &'t TestApp,
    pub provider: &'static str,
    /// What is no secret of its account there, by name.
    pub public_credentials: BTreeMap<String, String>,
    /// All of them, for stories that speak to the simulator as the adapter does.
    pub credentials: BTreeMap<String, Secret>,
    pub scope: Scope,
    pub key_id: String,
    pub key_secret: String,
    pub connection: ConnectionId,
    /// The account's key at the simulator.
    pub provider_key: String,
    pub provider_secret: String,
    /// Path and secret of the connection's webhook.
    pub webhook_path: String,
    pub webhook_secret: String,
    pub endpoint: String,
    pub endpoint_url: String,
    pub endpoint_secret: String,
}

/// Who does what a story does outside the API.
pub fn operator() -> Actor {
    Actor::new("command", "")
}

impl TestApp {
    /// A shop that gives late money back, with everything it needs.
    pub async fn shop(&self) -> Shop<'_> {
        self.shop_with(LateSuccess::Refund).await
    }

    pub async fn shop_with(&self, late_success: LateSuccess) -> Shop<'_> {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let account = self.account_of(n);
        let draft = draft(&account);
        let shop = self.furnish(n, late_success, "razorpay", account, draft).await;
        self.sim().set_webhook(
            &shop.provider_key,
            format!("{PUBLIC}{}", shop.webhook_path),
            &shop.webhook_secret,
        );
        shop
    }

    /// A shop with an account at another provider.
    pub async fn shop_at(&self, provider: &'static str) -> Shop<'_> {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let credentials = self.simulator(provider).demo_credentials(n + 1);
        let mut there = SimMerchant {
            credentials: credentials.clone(),
            name: format!("Shop {n}"),
            webhook_url: None,
            webhook_secret: Some(Secret::new(format!("webhook-secret-of-shop-{n:04}"))),
        };
        self.simulator(provider).put_merchant(&there);
        let account = AccountThere {
            key: String::new(),
            secret: String::new(),
            webhook_secret: format!("webhook-secret-of-shop-{n:04}"),
        };
        let listed = registry::find(provider).expect("it is listed");
        let card = listed.card();
        let draft = Draft {
            provider: provider.into(),
            label: "Main".into(),
            credentials,
            webhook_secret: card.webhook_secret.then(|| Secret::new(&account.webhook_secret)),
            features: listed.saved().map(|_| "saved_methods".into()).into_iter().collect(),
            flows: card.flows.to_vec(),
            min_minor: Some(card.min_amount_minor),
            max_minor: None,
            session_ms: None,
        };
        let shop = self.furnish(n, LateSuccess::Refund, provider, account, draft).await;
        there.webhook_url = Some(format!("{PUBLIC}{}", shop.webhook_path));
        self.simulator(provider).put_merchant(&there);
        shop
    }

    async fn furnish(
        &self,
        n: u32,
        late_success: LateSuccess,
        provider: &'static str,
        account: AccountThere,
        draft: Draft,
    ) -> Shop<'_> {
        let card = registry::find(provider).expect("it is listed").card();
        let open = card.credentials.iter().filter(|f| !f.kind.is_secret()).filter_map(|f| {
            draft.credentials.get(f.name).map(|value| (f.name.to_owned(), value.expose().to_owned()))
        });
        let public_credentials = open.collect();
        let credentials = draft.credentials.clone();
        let new = NewMerchant {
            organization: format!("Chain {n}"),
            name: format!("Shop {n}"),
            zone: "Asia/Kolkata".into(),
            late_success,
        };
        let merchant = people::create_merchant(self.app(), new).await.expect("a merchant");
        let scope = Scope::authenticated(merchant.id, Mode::Test);
        let all = NewKey { may: Permission::OF_KEYS.to_vec(), ..NewKey::usual("test") };
        let made = api_keys::create_with(self.app(), scope, &operator(), all).await;
        let (key, secret) = made.expect("a key");
        let saved = connections::save(self.app(), scope, &operator(), draft).await.expect("a connection");
        let shown = connections::get(self.app(), scope, saved.id).await.expect("it is there");
        let endpoint_url = format!("{MERCHANT}/hooks/{n}");
        let mut shop = Shop {
            t: self,
            provider,
            public_credentials,
            credentials,
            scope,
            key_id: key.id,
            key_secret: secret.expose().to_owned(),
            connection: saved.id,
            provider_key: account.key,
            provider_secret: account.secret,
            webhook_path: shown.webhook_url.strip_prefix(PUBLIC).expect("it is ours").to_owned(),
            webhook_secret: account.webhook_secret,
            endpoint: String::new(),
            endpoint_url,
            endpoint_secret: String::new(),
        };
        let made = shop.posts("/api/v1/endpoints", &json!({ "url": shop.endpoint_url })).await.is(201);
        (shop.endpoint, shop.endpoint_secret) = (made.field("id"), made.field("secret"));
        shop
    }

    /// A new account at the simulator. Its secrets are found nowhere else.
    fn account_of(&self, n: u32) -> AccountThere {
        let account = AccountThere {
            key: format!("rzp_test_Shop{n:010}"),
            secret: format!("provider-secret-of-shop-{n:04}"),
            webhook_secret: format!("webhook-secret-of-shop-{n:04}"),
        };
        self.sim().add_account(SimAccount::new(&account.key, &account.secret, format!("acc_Shop{n:010}")));
        account
    }

    /// An account that nobody has connected yet.
    pub fn another_account(&self) -> AccountThere {
        self.account_of(COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// Every merchant's test scope.
    pub async fn scopes(&self) -> Vec<Scope> {
        let all = self.store().read(async |tx| rows::merchants(tx, None, None).await).await;
        let all = all.expect("merchants can be read");
        all.iter().map(|m| Scope::authenticated(m.id, Mode::Test)).collect()
    }
}

/// An account at the simulator.
pub struct AccountThere {
    pub key: String,
    pub secret: String,
    pub webhook_secret: String,
}

/// What its merchant types to connect it.
pub fn draft(account: &AccountThere) -> Draft {
    Draft {
        provider: "razorpay".into(),
        label: "Main".into(),
        credentials: [("key_id", &account.key), ("key_secret", &account.secret)]
            .map(|(name, value)| (name.to_owned(), Secret::new(value)))
            .into(),
        webhook_secret: Some(Secret::new(&account.webhook_secret)),
        features: vec!["upi_intent".into(), "saved_methods".into()],
        flows: vec![Flow::Script, Flow::UpiIntent, Flow::Redirect],
        min_minor: Some(100),
        max_minor: None,
        session_ms: None,
    }
}

impl<'t> Shop<'t> {
    fn request(&self, method: &str, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("x-api-key", &self.key_id)
            .header("x-api-secret", &self.key_secret)
    }

    pub async fn gets(&self, path: &str) -> Answer {
        self.t.send(0, self.request("GET", path).body(Body::empty()).expect("a request")).await
    }

    pub async fn posts(&self, path: &str, body: &Value) -> Answer {
        self.t.send(0, self.post(path, body, None)).await
    }

    /// With an idempotency key.
    pub async fn posts_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.t.send(0, self.post(path, body, Some(key))).await
    }

    /// The request itself, for whoever sends many at once.
    pub fn post(&self, path: &str, body: &Value, key: Option<&str>) -> Request<Body> {
        let mut request = self.request("POST", path).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.body(Body::from(body.to_string())).expect("a request")
    }

    /// As another key of this shop.
    pub async fn gets_with(&self, (id, secret): (&str, &str), path: &str) -> Answer {
        let request = Request::get(path).header("x-api-key", id).header("x-api-secret", secret);
        self.t.send(0, request.body(Body::empty()).expect("a request")).await
    }

    /// The same with a body.
    pub async fn posts_with(&self, (id, secret): (&str, &str), path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header("x-api-key", id).header("x-api-secret", secret);
        let request = request.header("content-type", "application/json");
        self.t.send(0, request.body(Body::from(body.to_string())).expect("a request")).await
    }

    pub async fn puts(&self, path: &str, body: &Value) -> Answer {
        let request = self.request("PUT", path).header("content-type", "application/json");
        self.t.send(0, request.body(Body::from(body.to_string())).expect("a request")).await
    }

    pub async fn deletes(&self, path: &str) -> Answer {
        self.t.send(0, self.request("DELETE", path).body(Body::empty()).expect("a request")).await
    }

    pub async fn patches(&self, path: &str, body: &Value) -> Answer {
        let request = self.request("PATCH", path).header("content-type", "application/json");
        self.t.send(0, request.body(Body::from(body.to_string())).expect("a request")).await
    }

    pub async fn creates_order(&self, minor: i64) -> Order<'_> {
        self.creates_order_with(json!({ "amount": minor, "currency": "INR" })).await
    }

    pub async fn creates_order_with(&self, body: Value) -> Order<'_> {
        let id = self.posts("/api/v1/orders", &body).await.is(201).field("id");
        Order { shop: self, id }
    }

    /// An order that is captured by hand.
    pub async fn creates_manual_order(&self, minor: i64) -> Order<'_> {
        self.creates_order_with(json!({ "amount": minor, "currency": "INR", "capture": "manual" })).await
    }

    /// What arrived at this merchant's server, good or bad, as it arrived.
    pub fn arrived(&self) -> Vec<hundi::sandbox::Arrived> {
        self.t.receiver.arrived().into_iter().filter(|a| a.url == self.endpoint_url).collect()
    }

    /// The events among it, in order of arrival.
    pub fn heard(&self) -> Vec<Value> {
        self.arrived().iter().filter_map(|a| serde_json::from_slice(&a.body).ok()).collect()
    }

    /// Their types.
    pub fn heard_of(&self, kind: &str) -> usize {
        self.heard().iter().filter(|e| text(e, "type") == kind).count()
    }

    /// Its inbox, oldest first.
    pub async fn notices(&self) -> Vec<Notice> {
        let listed =
            hundi_app::notices::list(self.t.app(), self.scope, self.connection, None, Page::newest(10_000));
        let mut all = listed.await.expect("the inbox can be read");
        all.reverse();
        all
    }

    /// What stands before a person, by kind.
    pub async fn discrepancies(&self) -> Vec<Discrepancy> {
        let scope = self.scope;
        let open = self.t.store().read(async move |tx| discrepancies::open_ones(tx, scope, 1000).await);
        open.await.expect("discrepancies can be read")
    }

    /// An account's standing: debits less credits.
    pub async fn balance(&self, account: &str) -> i64 {
        let all = hundi_app::books::balances(self.t.app(), self.scope).await.expect("the book can be read");
        let named = |name: &str| match account {
            "provider" => name.starts_with("provider:"),
            other => name == other,
        };
        all.iter().filter(|b| named(&b.account)).map(|b| b.debits - b.credits).sum()
    }

    /// The audit log's entries of an action.
    pub async fn audited(&self, action: &str) -> usize {
        hundi_app::follow::settle(self.t.app()).await.expect("the followers follow");
        let chain = self.scope.merchant().to_string();
        let read =
            self.t.store().read(async move |tx| hundi_store::audit::stretch(tx, &chain, 0, 10_000).await);
        let all = read.await.expect("the audit log can be read");
        all.iter().filter(|(record, _)| record.action == action).count()
    }
}
