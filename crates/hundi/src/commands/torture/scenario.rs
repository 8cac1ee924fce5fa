//! The events that are played: those of a real order, or the life of one that nobody knows.

use super::Options;
use crate::commands::api::{Api, Server, nonce, now};
use anyhow::{Context, bail};
use serde_json::{Value, json};

const EVENTS_MAX: usize = 10;

/// Oldest first.
pub(super) async fn events(options: &Options) -> anyhow::Result<Vec<Value>> {
    let (Some(order), Some(key)) = (&options.order, &options.key) else { return Ok(made_up()) };
    let api = Api::new(&Server { server: options.server.clone(), key: key.clone() })?;
    let page = api.get(&format!("/events?object_id={order}&limit={EVENTS_MAX}")).await;
    let page = page.map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut events = page["data"].as_array().cloned().context("a list of events")?;
    events.reverse();
    if events.len() < 2 {
        bail!("{order} has {} events: take an order that was paid", events.len());
    }
    Ok(events)
}

/// An order that is created, begun and paid. Its ids are nobody's.
fn made_up() -> Vec<Value> {
    let word = &nonce()[..26];
    let order = format!("ord_{word}");
    let told = |n: i64, kind: &str, status: &str, paid: i64| {
        let at = now().plus(n * 1_000 - 5_000).to_string();
        json!({
            "id": format!("evt_{}{n}", &word[..25]), "object": "event", "livemode": false, "type": kind,
            "object_id": order, "seq": n, "created_at": at,
            "data": { "object": {
                "id": order, "object": "order", "livemode": false, "amount": 149_900, "amount_paid": paid,
                "amount_due": 149_900 - paid, "currency": "INR", "capture": "automatic", "status": status,
                "receipt": "hundi torture", "description": "Nothing to fulfil", "metadata": {},
                "customer": { "name": null, "email": null, "phone": null },
                "checkout_url": "https://pay.example/pay/none", "return_url": null, "expires_at": null,
                "created_at": at, "updated_at": at,
            } },
        })
    };
    vec![
        told(1, "order.created", "created", 0),
        told(2, "order.attempted", "attempted", 0),
        told(3, "order.paid", "paid", 149_900),
    ]
}
