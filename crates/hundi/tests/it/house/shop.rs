//! A merchant in a story: its key, its connection, its endpoint, its customers.

use super::{Answer, MERCHANT, SIMULATOR, TestApp};
use axum::body::Body;
use http::Request;
use hundi_app::connections::{self, Draft};
use hundi_app::people::{self, NewMerchant};
use hundi_app::{Actor, api_keys};
use hundi_core::order::LateSuccess;
use hundi_core::{ConnectionId, Mode, Scope, Secret};
use hundi_providers::Flow;
use hundi_providers::razorpay::sim::SimAccount;
use hundi_providers::sim::{SimRequest, Simulator};
use hundi_store::people as rows;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

pub const WEBHOOK_SECRET: &str = "webhook-secret-of-tests";

static COUNT: AtomicU32 = AtomicU32::new(0);

pub struct Shop<'t> {
    pub t: &'t TestApp,
    pub scope: Scope,
    pub key_id: String,
    pub key_secret: String,
    pub connection: ConnectionId,
    /// The account's key at the simulator.
    pub provider_key: String,
    pub endpoint_secret: String,
}

impl TestApp {
    /// A shop that gives late money back, with everything it needs.
    pub async fn shop(&self) -> Shop<'_> {
        self.shop_with(LateSuccess::Refund).await
    }

    pub async fn shop_with(&self, late_success: LateSuccess) -> Shop<'_> {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let actor = Actor::new("command", "");
        let new = NewMerchant {
            organization: format!("Chain {n}"),
            name: format!("Shop {n}"),
            zone: "Asia/Kolkata".into(),
            late_success,
        };
        let merchant = people::create_merchant(self.app(), new).await.expect("a merchant");
        let scope = Scope::authenticated(merchant.id, Mode::Test);
        let (key, secret) = api_keys::create(self.app(), scope, &actor, "test").await.expect("a key");
        let provider_key = format!("rzp_test_Shop{n:010}");
        self.sim().add_account(SimAccount::new(&provider_key, "shop-secret", format!("acc_Shop{n:010}")));
        let draft = Draft {
            provider: "razorpay".into(),
            label: "Main".into(),
            credentials: [("key_id", provider_key.as_str()), ("key_secret", "shop-secret")]
                .map(|(name, value)| (name.to_owned(), Secret::new(value)))
                .into(),
            webhook_secret: Some(Secret::new(WEBHOOK_SECRET)),
            features: vec!["upi_intent".into()],
            flows: vec![Flow::Script, Flow::UpiIntent, Flow::Redirect],
            min_minor: Some(100),
            max_minor: None,
            session_ms: None,
        };
        let saved = connections::save(self.app(), scope, &actor, draft).await.expect("a connection");
        let shown = connections::get(self.app(), scope, saved.id).await.expect("it is there");
        self.sim().set_webhook(&provider_key, shown.webhook_url, WEBHOOK_SECRET);
        let mut shop = Shop {
            t: self,
            scope,
            key_id: key.id,
            key_secret: secret.expose().to_owned(),
            connection: saved.id,
            provider_key,
            endpoint_secret: String::new(),
        };
        let endpoint = shop.posts("/api/v1/endpoints", &json!({ "url": format!("{MERCHANT}/hooks/{n}") })).await;
        shop.endpoint_secret = endpoint.is(201).field("secret");
        shop
    }

    /// Every merchant's test scope.
    pub async fn scopes(&self) -> Vec<Scope> {
        let all = self.store().read(async |tx| rows::merchants(tx, None, None).await).await;
        let all = all.expect("merchants can be read");
        all.iter().map(|m| Scope::authenticated(m.id, Mode::Test)).collect()
    }

    /// Payments at the simulator that are not ours: put there by a story.
    pub async fn foreign(&self) -> Vec<String> {
        let journal = self.sim().journal().to_vec();
        let ours = |order: &str| journal.iter().any(|l| l.what == "order" && l.id == order && !l.our_ref.is_empty());
        let strangers = journal.iter().filter(|l| l.what == "captured" && !ours(&l.of) && !l.of.starts_with("plink"));
        strangers.map(|l| l.id.clone()).collect()
    }

    /// A request straight to the simulator, as its payer's page or its operator makes it.
    pub fn at_simulator(&self, target: &str, body: &Value) -> Value {
        let request = SimRequest {
            method: "POST".into(),
            target: target.into(),
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
            base_url: SIMULATOR.into(),
        };
        let now = self.now();
        let response = self.sim().handle(&request, now);
        let text = String::from_utf8_lossy(&response.body).into_owned();
        assert!(response.status < 300, "{target}: {} {text}", response.status);
        serde_json::from_str(&text).unwrap_or(Value::Null)
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
        self.posts_at(0, path, body, None).await
    }

    /// With an idempotency key.
    pub async fn posts_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.posts_at(0, path, body, Some(key)).await
    }

    /// To one of several nodes.
    pub async fn posts_at(&self, node: usize, path: &str, body: &Value, key: Option<&str>) -> Answer {
        let mut request = self.request("POST", path).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.t.send(node, request.body(Body::from(body.to_string())).expect("a request")).await
    }

    pub async fn creates_order(&self, minor: i64) -> Order<'_> {
        self.creates_order_with(json!({ "amount": minor, "currency": "INR" })).await
    }

    pub async fn creates_order_with(&self, body: Value) -> Order<'_> {
        let answer = self.posts("/api/v1/orders", &body).await.is(201);
        let id = answer.field("id");
        Order { shop: self, id }
    }

    /// What the merchant's own server received, as (type, object id), in order of arrival.
    pub fn heard(&self) -> Vec<(String, String)> {
        let arrived = self.t.receiver.arrived();
        let events = arrived.iter().filter_map(|a| serde_json::from_slice::<Value>(&a.body).ok());
        events
            .map(|e| {
                let text = |name: &str| e[name].as_str().unwrap_or_default().to_owned();
                (text("type"), text("object_id"))
            })
            .collect()
    }
}

/// An order in a story, and its payer.
pub struct Order<'s> {
    pub shop: &'s Shop<'s>,
    pub id: String,
}

impl Order<'_> {
    /// Begins a payment by API; the answer is the payment.
    pub async fn begins_payment(&self, flow: &str) -> Answer {
        self.shop.posts("/api/v1/payments", &json!({ "order_id": self.id, "flow": flow })).await
    }

    /// Begins a payment and has the payer pay it at the provider. Webhooks are not delivered yet.
    pub async fn is_paid(&self) -> String {
        let payment = self.begins_payment("script").await.is(201).json();
        self.payer(&payment, "pay");
        payment["id"].as_str().expect("an id").to_owned()
    }

    /// What the payer does at the provider's page.
    pub fn payer(&self, payment: &Value, outcome: &str) -> Value {
        let order = payment["provider_order"].as_str().expect("the provider opened it");
        let what = if order.starts_with("plink_") { "payment_link_id" } else { "order_id" };
        self.shop.t.at_simulator("/sim/api/pay", &json!({ what: order, "outcome": outcome, "method": "upi" }))
    }

    pub async fn now_reads(&self) -> Value {
        self.shop.gets(&format!("/api/v1/orders/{}", self.id)).await.is(200).json()
    }

    #[track_caller]
    pub fn path(&self) -> String {
        format!("/api/v1/orders/{}", self.id)
    }
}
