//! Every address of the API, what it takes, and a request that it takes. A route that is missing here fails a test.

use super::{Ask, Kind, Stage};
use crate::house::TestApp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) struct Route {
    pub(super) method: &'static str,
    /// Below `/api/v1`, with `{id}` where an id stands.
    pub(super) path: &'static str,
    pub(super) id: Option<Kind>,
    pub(super) takes: Takes,
}

pub(super) enum Takes {
    /// An object. This one is good.
    Body(fn(&Stage<'_>) -> Value),
    /// No body, or an empty object.
    Nothing,
    /// The parameters of lists, and these.
    List(&'static [&'static str]),
    /// No parameters.
    Bare,
}

impl Route {
    /// The address of something that is there.
    pub(super) fn at(&self, stage: &Stage<'_>) -> String {
        self.at_id(self.id.map_or("", |kind| stage.mine[&kind].as_str()))
    }

    pub(super) fn at_id(&self, id: &str) -> String {
        format!("/api/v1{}", self.path.replace("{id}", id))
    }

    /// The good request.
    pub(super) fn good(&self, stage: &Stage<'_>) -> Ask {
        self.good_at(stage, &self.at(stage))
    }

    pub(super) fn good_at(&self, stage: &Stage<'_>, path: &str) -> Ask {
        let ask = Ask::new(stage, self.method, path);
        match &self.takes {
            Takes::Body(good) => ask.json(good(stage).to_string()),
            Takes::Nothing => ask.json("{}"),
            Takes::List(_) | Takes::Bare => ask,
        }
    }

    /// The good body, where it takes one.
    pub(super) fn body(&self, stage: &Stage<'_>) -> Option<Value> {
        match &self.takes {
            Takes::Body(good) => Some(good(stage)),
            Takes::Nothing => Some(json!({})),
            Takes::List(_) | Takes::Bare => None,
        }
    }

    /// For messages.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

const fn route(method: &'static str, path: &'static str, id: Option<Kind>, takes: Takes) -> Route {
    Route { method, path, id, takes }
}

const fn list(path: &'static str, id: Option<Kind>, filters: &'static [&'static str]) -> Route {
    route("GET", path, id, Takes::List(filters))
}

const fn show(path: &'static str, kind: Kind) -> Route {
    route("GET", path, Some(kind), Takes::Bare)
}

const fn verb(path: &'static str, kind: Kind) -> Route {
    route("POST", path, Some(kind), Takes::Nothing)
}

const ORDER_FILTERS: &[&str] = &[
    "status",
    "receipt",
    "currency",
    "reference",
    "amount",
    "amount[gte]",
    "amount[gt]",
    "amount[lte]",
    "amount[lt]",
];
const PAYMENT_FILTERS: &[&str] = &[
    "status",
    "method",
    "order_id",
    "connection_id",
    "provider",
    "currency",
    "amount",
    "amount[gte]",
    "amount[lt]",
    "outcome",
    "reference",
];
const REFUND_FILTERS: &[&str] = &[
    "status",
    "payment_id",
    "order_id",
    "connection_id",
    "provider",
    "reason",
    "amount",
    "amount[gt]",
    "amount[lte]",
    "reference",
];

/// In an order in which each good request is taken.
pub(super) const ROUTES: &[Route] = &[
    list("/orders", None, ORDER_FILTERS),
    list("/orders/{id}/payments", Some(Kind::Order), PAYMENT_FILTERS),
    list("/payments", None, PAYMENT_FILTERS),
    list("/payments/{id}/refunds", Some(Kind::Paid), REFUND_FILTERS),
    list("/refunds", None, REFUND_FILTERS),
    list("/events", None, &["type", "object_id"]),
    list("/endpoints", None, &[]),
    list("/endpoints/{id}/deliveries", Some(Kind::Endpoint), &["status"]),
    list("/connections", None, &[]),
    list("/keys", None, &[]),
    list("/resends", None, &[]),
    list("/exchanges", None, &["object_id"]),
    list("/requests", None, &[]),
    list("/customers", None, &["email", "phone"]),
    route("GET", "/balances", None, Takes::Bare),
    route("GET", "/routing", None, Takes::Bare),
    route("PUT", "/routing", None, Takes::Body(rules)),
    route("GET", "/routing/policy", None, Takes::Bare),
    route("PUT", "/routing/policy", None, Takes::Body(|_| json!({ "late_success": "refund_later" }))),
    route("GET", "/routing/fallback", None, Takes::Bare),
    route("PUT", "/routing/fallback", None, Takes::Body(|_| json!({ "accepted": false }))),
    list("/fallbacks", None, &[]),
    route("POST", "/fallbacks", None, Takes::Body(an_offer)),
    verb("/fallbacks/{id}/withdraw", Kind::Fallback),
    show("/orders/{id}", Kind::Order),
    show("/payments/{id}", Kind::Paid),
    show("/refunds/{id}", Kind::Refund),
    show("/events/{id}", Kind::Event),
    show("/events/{id}/deliveries", Kind::Event),
    show("/endpoints/{id}", Kind::Endpoint),
    show("/deliveries/{id}", Kind::Delivery),
    show("/replays/{id}", Kind::Replay),
    show("/connections/{id}", Kind::Connection),
    show("/keys/{id}", Kind::Key),
    show("/sweeps/{id}", Kind::Sweep),
    route("POST", "/connections/{id}/sweep", Some(Kind::Connection), Takes::Body(|_| json!({ "days": 7 }))),
    show("/customers/{id}", Kind::Customer),
    show("/customers/{id}/methods", Kind::Customer),
    show("/saved_methods/{id}", Kind::SavedMethod),
    route("POST", "/customers", None, Takes::Body(a_customer)),
    route("POST", "/customers/{id}", Some(Kind::Customer), Takes::Body(a_customer)),
    verb("/saved_methods/{id}/default", Kind::SavedMethod),
    route("POST", "/orders", None, Takes::Body(an_order)),
    route("POST", "/payments", None, Takes::Body(a_payment)),
    route("POST", "/payments/{id}/capture", Some(Kind::Held), Takes::Body(|_| json!({ "amount": 120_000 }))),
    route("POST", "/payments/{id}/retry", Some(Kind::Failed), Takes::Body(a_way)),
    route("POST", "/payments/{id}/refunds", Some(Kind::Paid), Takes::Body(a_refund)),
    route("POST", "/refunds", None, Takes::Body(a_refund_of)),
    route("POST", "/endpoints", None, Takes::Body(an_endpoint)),
    route("PATCH", "/endpoints/{id}", Some(Kind::Endpoint), Takes::Body(an_endpoint)),
    route("POST", "/connections", None, Takes::Body(a_connection)),
    route("PATCH", "/connections/{id}", Some(Kind::Connection), Takes::Body(a_changed_connection)),
    verb("/connections/{id}/test", Kind::Connection),
    route("POST", "/keys", None, Takes::Body(a_key)),
    route("POST", "/keys/{id}/rotate", Some(Kind::Key), Takes::Body(|_| json!({ "overlap_secs": 60 }))),
    verb("/keys/{id}/revoke", Kind::Key),
    route("GET", "/test/settings", None, Takes::Bare),
    route("PUT", "/test/settings", None, Takes::Body(usual)),
    route("GET", "/test/jobs/status", None, Takes::Bare),
    verb("/orders/{id}/cancel", Kind::Order),
    verb("/payments/{id}/check", Kind::Paid),
    verb("/payments/{id}/cancel", Kind::HeldToo),
    verb("/refunds/{id}/check", Kind::Refund),
    verb("/endpoints/{id}/test", Kind::Endpoint),
    route("POST", "/endpoints/{id}/replay", Some(Kind::Endpoint), Takes::Body(a_replay)),
    route(
        "POST",
        "/endpoints/{id}/rotate_secret",
        Some(Kind::Endpoint),
        Takes::Body(|_| json!({ "signature": "hmac" })),
    ),
    verb("/deliveries/{id}/retry", Kind::Delivery),
    verb("/events/{id}/resend", Kind::Event),
    route("DELETE", "/endpoints/{id}", Some(Kind::Endpoint), Takes::Bare),
    route("DELETE", "/saved_methods/{id}", Some(Kind::SavedMethod), Takes::Bare),
    route("DELETE", "/customers/{id}", Some(Kind::Customer), Takes::Bare),
];

fn rules(stage: &Stage<'_>) -> Value {
    let to = json!([{ "connection": stage.mine[&Kind::Connection], "weight": 3 }]);
    json!({ "rules": [{ "name": "All", "when": { "methods": ["upi"], "amount_min": 100 }, "to": to }] })
}

fn an_offer(stage: &Stage<'_>) -> Value {
    json!({ "merchant_id": stage.others_merchant, "connection_id": stage.mine[&Kind::Connection] })
}

fn usual(_: &Stage<'_>) -> Value {
    json!({ "outcome": "pay", "method": "upi", "delay_ms": 5, "seed": 7, "clock_ms": 0 })
}

fn a_customer(_: &Stage<'_>) -> Value {
    json!({
        "name": "Asha Rao", "email": "asha@example.com", "phone": "+919876543210", "metadata": { "club": "gold" },
    })
}

fn an_order(stage: &Stage<'_>) -> Value {
    json!({
        "customer_id": stage.mine[&Kind::Customer], "offer_saved_methods": true,
        "amount": 149_900, "currency": "INR", "capture": "automatic", "receipt": "R-1", "description": "Two chairs",
        "customer": { "name": "Asha Rao", "email": "asha@example.com", "phone": "+919876543210" },
        "metadata": { "table": "4" }, "return_url": "https://shop.example/thanks", "expires_at": "2026-12-01T08:00:00Z",
    })
}

fn a_payment(stage: &Stage<'_>) -> Value {
    json!({
        "order_id": stage.mine[&Kind::OrderToo], "flow": "script", "connection_id": stage.mine[&Kind::Connection],
        "save_consent": "2026-11",
        "payer": { "ip": "203.0.113.9", "user_agent": "Mozilla/5.0" },
    })
}

fn a_way(stage: &Stage<'_>) -> Value {
    json!({
        "flow": "script", "connection_id": stage.mine[&Kind::Connection], "method": "card",
        "payer": { "ip": "203.0.113.9", "user_agent": "Mozilla/5.0" },
    })
}

fn a_refund(_: &Stage<'_>) -> Value {
    json!({ "amount": 1_000, "reason": "customer_request", "note": "One chair", "metadata": { "till": "2" } })
}

fn a_refund_of(stage: &Stage<'_>) -> Value {
    let mut body = a_refund(stage);
    body["payment_id"] = json!(stage.mine[&Kind::Paid]);
    body
}

fn an_endpoint(_: &Stage<'_>) -> Value {
    json!({
        "url": "https://shop.example/hook", "description": "Our server", "events": ["order.paid"],
        "retries": [5, 60, 600], "rate_per_sec": 50, "ordered": true,
    })
}

fn a_connection(stage: &Stage<'_>) -> Value {
    let account = stage.t.another_account();
    json!({
        "provider": "razorpay", "label": "Counter", "webhook_secret": account.webhook_secret,
        "credentials": { "key_id": account.key, "key_secret": account.secret },
        "flows": ["script"], "features": ["upi_intent"], "amount_min": 100, "amount_max": 500_000, "session_secs": 600,
    })
}

fn a_changed_connection(_: &Stage<'_>) -> Value {
    json!({
        "label": "Counter", "flows": ["script", "redirect"], "features": [], "amount_min": 200, "amount_max": 900_000,
        "session_secs": 900, "status": "enabled",
    })
}

fn a_key(_: &Stage<'_>) -> Value {
    json!({
        "name": "Warehouse", "scopes": ["payments:read"], "expires_at": "2026-12-01T08:00:00Z",
        "networks": ["203.0.113.9", "2001:db8::/32"],
    })
}

fn a_replay(_: &Stage<'_>) -> Value {
    json!({ "since": "2026-11-21T00:00:00Z", "until": "2026-11-21T12:00:00+00:00", "types": ["order.paid"] })
}

/// Read off the router's own table of contents.
#[test]
fn no_route_is_missing() {
    let source = include_str!("../../../../web/src/api/mod.rs");
    let mut there = BTreeSet::new();
    for line in source.lines() {
        let Some(rest) = line.trim().strip_prefix(".route(\"") else { continue };
        let (path, handlers) = rest.split_once("\", ").expect("a path and its handlers");
        for method in ["get", "post", "patch", "delete", "put"] {
            let named = [format!(".{method}("), format!(" {method}(")];
            if named.iter().any(|n| format!(" {handlers}").contains(n.as_str())) {
                there.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    assert!(there.len() > 30, "the file has another form now");
    // Questions with parameters of their own: their bad input is played where routing and exports are.
    for own in [
        "GET /routing/preview",
        "GET /orders/export",
        "GET /payments/export",
        "GET /refunds/export",
        "GET /connections/{id}/methods",
        // One that tells is no usual one.
        "GET /connections/{id}/balance",
    ] {
        assert!(there.remove(own), "{own}");
    }
    assert_eq!(ROUTES.iter().map(Route::name).collect::<BTreeSet<_>>(), there);
}

/// Else the bad ones would be refused for another reason than theirs.
#[tokio::test]
async fn the_good_requests_are_taken() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES {
        let answer = route.good(&stage).sent(&stage).await;
        assert!((200..300).contains(&answer.status), "{}: {}", route.name(), answer.text());
    }
    t.ends().await;
}
