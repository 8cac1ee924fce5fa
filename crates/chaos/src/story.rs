//! One customer's story: an order, a payment or two, what the payer does, capture, refunds. The dice choose which.

use crate::client::Client;
use crate::dice::Dice;
use crate::world::World;
use anyhow::Result;
use serde_json::{Value, json};
use std::time::Duration;

/// How stories turn out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mix {
    /// Of a hundred orders, those that the merchant captures itself.
    pub manual: u64,
    /// Of a hundred payments, those of which something goes back.
    pub refunded: u64,
    /// Of a hundred payments, those that are begun once more while they are under way.
    pub again: u64,
    /// Of a hundred stories, those in which the provider misbehaves once.
    pub faulty: u64,
    /// A fault of the provider that every story has.
    pub fault: Option<Fault>,
}

/// What the provider does wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It opens, and nobody hears of it.
    SilentOnOpening,
    /// It never heard of the opening.
    DeafOnOpening,
    SilentOnCapture,
    SilentOnRefund,
    TwoWebhooks,
    NoWebhook,
}

impl Fault {
    const ALL: &[Self] = &[
        Self::SilentOnOpening,
        Self::DeafOnOpening,
        Self::SilentOnCapture,
        Self::SilentOnRefund,
        Self::TwoWebhooks,
        Self::NoWebhook,
    ];

    fn dial(self) -> Value {
        match self {
            Self::SilentOnOpening => {
                json!({ "op": "create_order", "fault": "silent_after_acting", "times": 1 })
            }
            Self::DeafOnOpening => json!({ "op": "create_order", "fault": "drop_before_acting", "times": 1 }),
            Self::SilentOnCapture => json!({ "op": "capture", "fault": "silent_after_acting", "times": 1 }),
            Self::SilentOnRefund => json!({ "op": "refund", "fault": "silent_after_acting", "times": 1 }),
            Self::TwoWebhooks => json!({ "fault": "webhook_duplicate", "n": 2, "times": 1 }),
            Self::NoWebhook => json!({ "fault": "webhook_drop", "times": 2 }),
        }
    }
}

impl Mix {
    /// A day like any other, with more trouble.
    pub(crate) const fn usual() -> Self {
        Self { manual: 35, refunded: 45, again: 20, faulty: 15, fault: None }
    }
}

const LOOK_GAP: Duration = Duration::from_millis(20);
const LOOKS_MAX: u32 = 40;
const OPENINGS_MAX: u32 = 3;
/// A bank that answers late does so a minute later.
const LATE_MS: i64 = 60_000;

/// Plays one story to its end.
pub(crate) fn play(world: &World, client: &Client<'_>, dice: &mut Dice, mix: Mix) -> Result<()> {
    let amount = 10_000 + i64::try_from(dice.below(500_000)).unwrap_or(0);
    let capture = if dice.percent(mix.manual) { "manual" } else { "automatic" };
    let order = json!({ "amount": amount, "currency": "INR", "capture": capture });
    let Some(order) = client.posts("/api/v1/orders", &order)? else { return Ok(()) };
    let fault = mix.fault.or_else(|| dice.percent(mix.faulty).then(|| *dice.one_of(Fault::ALL)));
    if let Some(fault) = fault {
        world.at_simulator("/sim/control/dials", &fault.dial())?;
    }
    let Some(payment) = opened(client, &order, "script")? else { return Ok(()) };
    if dice.percent(mix.again) {
        // The payer closed the page and came back: the same payment, under another key.
        client.posts("/api/v1/payments", &json!({ "order_id": order["id"], "flow": "script" }))?;
    }
    acts(client, dice, &order, &payment)?;
    settle(client, dice, mix, &payment)?;
    client.reads(text(&order, "id"))?;
    client.reads(text(&payment, "id")).map(drop)
}

/// A payment that the payer can pay. One whose opening is unknown is left to be watched, and another begun.
fn opened(client: &Client<'_>, order: &Value, flow: &str) -> Result<Option<Value>> {
    let wanted = json!({ "order_id": order["id"], "flow": flow });
    for _ in 0..OPENINGS_MAX {
        let Some(payment) = client.posts("/api/v1/payments", &wanted)? else { return Ok(None) };
        // A kept answer may be older than what is known now.
        let payment = client.reads(text(&payment, "id"))?;
        if payment["provider_order"].is_string() {
            return Ok(Some(payment));
        }
    }
    Ok(None)
}

fn acts(client: &Client<'_>, dice: &mut Dice, order: &Value, payment: &Value) -> Result<()> {
    let back = |answer: &Value, of: &Value| {
        let page = text(order, "checkout_url");
        client.returns(&format!("{page}/return/{}", text(of, "id")), &answer["callback"]);
    };
    match dice.below(100) {
        0..70 => {
            let answer = client.pays(payment, &[("outcome", json!("pay"))])?;
            if dice.percent(60) {
                back(&answer, payment);
            }
        }
        70..80 => {
            let answer = client.pays(payment, &[("outcome", json!("fail"))])?;
            back(&answer, payment);
            client.pays(payment, &[("outcome", json!("pay"))])?;
        }
        80..88 => {
            client.pays(payment, &[("outcome", json!("silent")), ("late_ms", json!(LATE_MS))])?;
        }
        88..93 => {
            client.pays(payment, &[("outcome", json!("leave"))])?;
        }
        // Two windows, both paid: the money that came second goes back.
        _ => {
            let second = opened(client, order, "redirect")?;
            client.pays(payment, &[("outcome", json!("pay"))])?;
            if let Some(second) = second {
                client.pays(&second, &[("outcome", json!("pay"))])?;
            }
        }
    }
    Ok(())
}

/// What the merchant does once the money is there.
fn settle(client: &Client<'_>, dice: &mut Dice, mix: Mix, payment: &Value) -> Result<()> {
    let id = text(payment, "id");
    let mut now = Value::Null;
    for look in 0..LOOKS_MAX {
        now = client.reads(id)?;
        if ["authorized", "captured", "refunded"].contains(&text(&now, "status")) {
            break;
        }
        if look == LOOKS_MAX / 2 {
            client.posts(&format!("/api/v1/payments/{id}/check"), &json!({}))?;
        }
        std::thread::sleep(LOOK_GAP);
    }
    if now["status"] == "authorized" {
        let captured = client.posts(&format!("/api/v1/payments/{id}/capture"), &json!({}))?;
        now = client.reads(id)?;
        // A refusal is honest where the provider was quicker; money that still waits was refused wrongly.
        if captured.is_none() && now["status"] == "authorized" {
            client.complains(format!("{id} is authorized and its capture was refused"));
        }
    }
    let taken = now["amount_captured"].as_i64().unwrap_or(0);
    if taken < 2 || !dice.percent(mix.refunded) {
        return Ok(());
    }
    let refunds = format!("/api/v1/payments/{id}/refunds");
    let part = 1 + i64::try_from(dice.below(taken.unsigned_abs() - 1)).unwrap_or(0);
    let refund = client.posts(&refunds, &json!({ "amount": part }))?;
    if dice.percent(50) {
        client.posts(&refunds, &json!({ "amount": taken - part }))?;
    }
    if let Some(refund) = refund {
        client.reads(text(&refund, "id"))?;
    }
    Ok(())
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
