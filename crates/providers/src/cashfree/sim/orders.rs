//! Orders: made, shown, called off; their tries, begun server to server, asked about, taken or let go.

use super::CashfreeSim;
use super::ask::{Ask, Refusal, Said, text_of};
use super::bank::{self, Start};
use super::craft;
use super::show;
use super::state::{Instrument, Order, Payment, Status, order_key};
use crate::sim::{AMOUNT_MAX, JournalLine};
use hundi_core::Millis;
use hundi_core::time::{days, minutes};
use serde_json::{Value, json};
use url::form_urlencoded;

/// Thirty days, where no end is asked for; and an end may not be nearer than this.
const END_MS: i64 = days(30);
const END_MS_MIN: i64 = minutes(15);
const ID_CHARS: std::ops::RangeInclusive<usize> = 3..=45;
/// Ten lakh rupees, unless Cashfree agrees to more.
const ORDER_MAX: i64 = 100_000_000;
/// What the sandbox reads as a wish to hold.
const HOLD_NOTE: &str = "preauth_transaction";

pub(super) fn create(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let order = wanted(sim, ask)?;
    let key = order_key(ask.account, &order.id);
    if sim.orders.get(&key).is_some() {
        return Err(Refusal::conflict("order_already_exists", "order with same id is already present"));
    }
    put(sim, &key, order);
    Ok(show::order(sim, sim.orders.get(&key).expect("just put"), &ask.base_url))
}

fn wanted(sim: &mut CashfreeSim, ask: &Ask) -> Result<Order, Refusal> {
    let fit = |id: &str| id.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    let id = match ask.text("order_id") {
        Some(id) if ID_CHARS.contains(&id.len()) && fit(id) => id.to_owned(),
        Some(_) => return Err(Refusal::field("order_id", "invalid")),
        None => format!("order_{}", sim.mint.fourteen()),
    };
    let amount = ask.number("order_amount").ok_or_else(|| Refusal::field("order_amount", "missing"))?;
    let amount = craft::paise(&amount).filter(|minor| (100..=ORDER_MAX.min(AMOUNT_MAX)).contains(minor));
    let currency = ask.text("order_currency").unwrap_or("INR");
    if currency != "INR" {
        return Err(Refusal::field("order_currency", "invalid"));
    }
    let customer =
        ask.body.get("customer_details").ok_or_else(|| Refusal::field("customer_details", "missing"))?;
    let needed = |name: &str| {
        let what = format!("customer_details.{name}");
        text_of(customer, name).map(str::to_owned).ok_or_else(|| Refusal::field(&what, "missing"))
    };
    let phone = needed("customer_phone")?;
    if phone.len() != 10 || !phone.bytes().all(|c| c.is_ascii_digit()) {
        return Err(Refusal::field("customer_details.customer_phone", "invalid"));
    }
    let expires = match ask.text("order_expiry_time") {
        None => sim.now.plus(END_MS),
        Some(text) => {
            asked_end(text, sim.now).ok_or_else(|| Refusal::field("order_expiry_time", "invalid"))?
        }
    };
    let meta = ask.body.get("order_meta");
    let note = ask.text("order_note").map(str::to_owned);
    Ok(Order {
        id,
        cf_id: sim.mint.digits(10),
        account: ask.account,
        amount: amount.ok_or_else(|| Refusal::field("order_amount", "invalid"))?,
        currency: currency.to_owned(),
        customer_id: needed("customer_id")?,
        customer_phone: phone,
        customer_email: text_of(customer, "customer_email").map(str::to_owned),
        return_url: meta.and_then(|m| text_of(m, "return_url")).unwrap_or_default().to_owned(),
        session: format!(
            "session_{}{}{}payment",
            sim.mint.fourteen(),
            sim.mint.fourteen(),
            sim.mint.fourteen()
        ),
        expires,
        terminated: false,
        holds: note.as_deref() == Some(HOLD_NOTE),
        note,
        foreign: false,
        created: sim.now,
        payments: Vec::new(),
    })
}

/// `2021-07-02T10:20:12Z` or with an offset of hours and minutes. Whole seconds.
fn asked_end(text: &str, now: Millis) -> Option<Millis> {
    let (clock, zone) = (text.get(..19)?, text.get(19..)?);
    let utc = Millis(seconds_of(clock)?);
    let ahead = match zone {
        "Z" => 0,
        "+05:30" => 19_800_000,
        _ => return None,
    };
    let end = utc.minus(ahead);
    (end >= now.plus(END_MS_MIN) && end <= now.plus(END_MS)).then_some(end)
}

/// Milliseconds of a date and time of UTC, by asking when it is shown so: days are few, and no calendar is needed.
fn seconds_of(clock: &str) -> Option<i64> {
    let (date, time) = clock.split_once('T')?;
    let mut parts = time.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let year: i64 = date.get(..4)?.parse().ok()?;
    let first = (year - 1970) * 365 + (year - 1969) / 4;
    let day = (first - 1..first + 367).find(|day| Millis(days(*day)).to_string().get(..10) == Some(date))?;
    Some(days(day) + hour * 3_600_000 + minute * 60_000 + second * 1000)
}

pub(super) fn put(sim: &mut CashfreeSim, key: &str, order: Order) {
    let line = JournalLine {
        at: sim.now,
        what: "order",
        account: sim.accounts[order.account].client_id.clone(),
        id: order.id.clone(),
        of: String::new(),
        our_ref: if order.foreign { String::new() } else { order.id.clone() },
        amount_minor: order.amount,
        currency: order.currency.clone(),
    };
    sim.orders.put(key, order);
    sim.journal.push(line);
}

pub(super) fn fetch(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    Ok(show::order(sim, ask.order(sim)?, &ask.base_url))
}

pub(super) fn terminate(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let order = ask.order(sim)?;
    let state = show::order_status(sim, order);
    if ask.text("order_status") != Some("TERMINATED") {
        return Err(Refusal::field("order_status", "invalid"));
    }
    if state != "ACTIVE" {
        return Err(Refusal::bad("order_inactive", "only an active order can be terminated"));
    }
    let key = order_key(ask.account, ask.id(0));
    sim.orders.get_mut(&key).expect("found above").terminated = true;
    fetch(sim, ask)
}

// ---- tries

pub(super) fn payments(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let order = ask.order(sim)?;
    let tries = order.payments.iter().rev().filter_map(|id| sim.payments.get(id));
    Ok(tries.map(|payment| show::payment(order, payment)).collect())
}

pub(super) fn payment(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let order = ask.order(sim)?;
    let named = order.payments.iter().find(|id| *id == ask.id(1)).and_then(|id| sim.payments.get(id));
    let payment = named.ok_or_else(|| Refusal::not_found("payment_not_found", "transaction not found"))?;
    Ok(show::payment(order, payment))
}

/// A try begun without Cashfree's page: by a UPI link. Nobody needs a key for it, the session is enough.
pub(super) fn begin(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let session = ask.text("payment_session_id").unwrap_or_default();
    let order = sim.orders.iter().find(|order| order.session == session);
    let order = order.ok_or_else(|| Refusal::field("payment_session_id", "invalid"))?.clone();
    if show::order_status(sim, &order) != "ACTIVE" {
        return Err(Refusal::not_found("orderpay_not_found", "Order is no longer active"));
    }
    let channel = ask.body["payment_method"]["upi"]["channel"].as_str();
    if channel != Some("link") {
        return Err(Refusal::bad("payment_method_invalid", "this simulation begins UPI links only"));
    }
    let key = order_key(order.account, &order.id);
    let start =
        Start { account: order.account, order: key, amount: order.amount, instrument: Instrument::Upi };
    let id = bank::start(sim, start);
    let link = form_urlencoded::Serializer::new("upi://pay?".to_owned())
        .append_pair("pa", "cashfree@simulated")
        .append_pair("pn", &sim.accounts[order.account].name)
        .append_pair("tr", &id)
        .append_pair("am", &hundi_core::Money::inr(order.amount).decimal())
        .append_pair("cu", "INR")
        .finish();
    Ok(json!({
        "action": "custom", "cf_payment_id": id, "channel": "link", "payment_method": "upi",
        "payment_amount": craft::amount(order.amount),
        "data": {
            "url": null, "content_type": null, "method": null,
            "payload": { "default": link, "bhim": link, "gpay": link, "paytm": link, "phonepe": link },
        },
    }))
}

/// The merchant's word about a hold.
pub(super) fn decide(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let order = ask.order(sim)?.clone();
    let held = |p: &&Payment| matches!(p.status, Status::Held { .. });
    let payment = order.payments.iter().filter_map(|id| sim.payments.get(id)).find(held);
    let Some((id, amount)) = payment.map(|p| (p.id.clone(), p.amount)) else {
        return Err(Refusal::bad("request_invalid", "there is no authorized transaction for this order"));
    };
    match ask.text("action") {
        Some("CAPTURE") => {
            let asked = ask.number("amount").and_then(|text| craft::paise(&text));
            let asked = asked.filter(|minor| *minor <= amount);
            bank::capture(sim, &id, asked.ok_or_else(|| Refusal::field("amount", "invalid"))?);
        }
        Some("VOID") => bank::release(sim, &id),
        _ => return Err(Refusal::field("action", "invalid")),
    }
    Ok(show::payment(&order, sim.payments.get(&id).expect("found above")))
}

/// For whoever plays the payer: an order's key by its session.
pub(super) fn by_session(sim: &CashfreeSim, session: &str) -> Option<String> {
    let order = sim.orders.iter().find(|order| order.session == session)?;
    Some(order_key(order.account, &order.id))
}

/// Something that a page or a control shows of a try.
pub(super) fn shown(sim: &CashfreeSim, id: &str) -> Value {
    let payment = sim.payments.get(id);
    let order = payment.and_then(|p| sim.orders.get(&p.order));
    order.zip(payment).map_or(Value::Null, |(order, payment)| show::payment(order, payment))
}
