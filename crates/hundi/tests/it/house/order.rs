//! An order in a story, its payments, and its payer.

use super::{Answer, Shop, text};
use hundi_app::returns::CameBack;
use serde_json::{Value, json};

pub struct Order<'s> {
    pub shop: &'s Shop<'s>,
    pub id: String,
}

/// One payment of an order, as the API first answered it.
pub struct Payment<'s> {
    pub shop: &'s Shop<'s>,
    pub id: String,
    pub order: String,
    /// Empty while the provider's answer is unknown.
    pub provider_order: String,
    pub our_ref: String,
    pub json: Value,
}

/// What the payer's browser brings back from the provider.
pub struct Brought {
    pub fields: Vec<(String, String)>,
}

impl<'s> Order<'s> {
    pub fn path(&self) -> String {
        format!("/api/v1/orders/{}", self.id)
    }

    pub async fn reads(&self) -> Value {
        self.shop.gets(&self.path()).await.is(200).json()
    }

    pub async fn is(&self, status: &str) -> Value {
        let read = self.reads().await;
        assert_eq!(read["status"], status, "{read}");
        read
    }

    /// Asks for a payment by API.
    pub async fn tries(&self, flow: &str) -> Answer {
        self.shop.posts("/api/v1/payments", &json!({ "order_id": self.id, "flow": flow })).await
    }

    /// The same, and it is begun.
    pub async fn begins(&self, flow: &str) -> Payment<'s> {
        let json = self.tries(flow).await.is(201).json();
        Payment::of(self.shop, json)
    }

    /// Begun by script and paid by its payer. Webhooks are not delivered yet.
    pub async fn is_paid_by_its_payer(&self) -> Payment<'s> {
        let payment = self.begins("script").await;
        payment.payer("pay");
        payment
    }

    /// Paid, and everybody knows.
    pub async fn is_paid(&self) -> Payment<'s> {
        let payment = self.is_paid_by_its_payer().await;
        self.shop.t.settles().await;
        payment.is("captured").await;
        payment
    }

    /// Its checkout link's last part.
    pub async fn token(&self) -> String {
        let url = text(&self.reads().await, "checkout_url");
        url.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Its payments, oldest first.
    pub async fn payments(&self) -> Vec<Payment<'s>> {
        let path = format!("/api/v1/payments?order_id={}", self.id);
        let listed = self.shop.gets(&path).await.is(200).json();
        let mut all: Vec<Payment<'s>> = listed["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|json| Payment::of(self.shop, json.clone()))
            .collect();
        all.reverse();
        all
    }
}

impl<'s> Payment<'s> {
    pub fn of(shop: &'s Shop<'s>, json: Value) -> Self {
        Self {
            shop,
            id: text(&json, "id"),
            order: text(&json, "order_id"),
            provider_order: text(&json, "provider_order"),
            our_ref: text(&json, "our_ref"),
            json,
        }
    }

    pub fn path(&self) -> String {
        format!("/api/v1/payments/{}", self.id)
    }

    pub async fn reads(&self) -> Value {
        self.shop.gets(&self.path()).await.is(200).json()
    }

    pub async fn is(&self, status: &str) -> Value {
        let read = self.reads().await;
        assert_eq!(read["status"], status, "{read}");
        read
    }

    /// Its outcome is not known, and it says since when and when we look next.
    pub async fn is_in_doubt(&self) -> Value {
        let read = self.reads().await;
        assert_eq!(read["outcome"], "unknown", "{read}");
        assert!(read["in_doubt_since"].is_string() && read["next_check_at"].is_string(), "{read}");
        read
    }

    pub async fn is_known(&self) -> Value {
        let read = self.reads().await;
        assert_eq!((&read["outcome"], &read["in_doubt_since"]), (&json!("known"), &Value::Null), "{read}");
        read
    }

    /// What the payer does at the provider: `pay`, `authorize`, `fail`, `leave`, `silent`.
    pub fn payer(&self, outcome: &str) -> Brought {
        self.payer_with(&json!({ "outcome": outcome }))
    }

    pub fn payer_with(&self, deed: &Value) -> Brought {
        let order = &self.provider_order;
        assert!(!order.is_empty(), "nothing was opened: {}", self.json);
        let mut deed = deed.clone();
        deed["order"] = json!(order);
        brought(&self.shop.t.at(self.shop.provider, "/sim/api/pay", &deed))
    }

    /// The payer's UPI app follows the link.
    pub fn payer_by_upi(&self, outcome: &str) -> Brought {
        let link = text(&self.json["next_step"], "link");
        let tr = link.split(['?', '&']).find_map(|part| part.strip_prefix("tr="));
        let deed = json!({ "payment_id": tr.expect("the link names its payment"), "outcome": outcome });
        brought(&self.shop.t.at_simulator("/sim/api/pay", &deed))
    }

    /// The payer's browser comes back with these fields.
    pub async fn comes_back(&self, fields: &[(String, String)]) -> CameBack {
        let order = Order { shop: self.shop, id: self.order.clone() };
        let token = order.token().await;
        let app = self.shop.t.app();
        let back = hundi_app::returns::come_back(app, &token, &self.id, fields, "203.0.113.9").await;
        back.expect("a return visit is answered")
    }

    pub async fn asks_refund(&self, body: &Value) -> Answer {
        self.shop.posts(&format!("{}/refunds", self.path()), body).await
    }

    /// Asked for and taken on. Returns the refund.
    pub async fn refunds(&self, minor: i64) -> Value {
        self.asks_refund(&json!({ "amount": minor })).await.is(201).json()
    }

    /// All its refunds, oldest first.
    pub async fn all_refunds(&self) -> Vec<Value> {
        let id = self.id.parse().expect("a payment's id");
        let all = hundi_app::refunds::of_payment(self.shop.t.app(), self.shop.scope, id).await;
        all.expect("refunds can be read").iter().map(hundi_app::public::refund).collect()
    }

    /// The provider's payments beneath it that we know of, and what became of each.
    pub async fn provider_tries(&self) -> Vec<(String, String)> {
        let read = self.reads().await;
        let tries = read["tries"].as_array().expect("a list");
        tries.iter().map(|t| (text(t, "provider_payment"), text(t, "status"))).collect()
    }

    pub async fn captures(&self) -> Answer {
        self.shop.posts(&format!("{}/capture", self.path()), &json!({})).await
    }
}

fn brought(said: &Value) -> Brought {
    let text_of = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let fields = said["callback"].as_array().expect("a list of fields");
    Brought { fields: fields.iter().map(|f| (text_of(&f[0]), text_of(&f[1]))).collect() }
}
