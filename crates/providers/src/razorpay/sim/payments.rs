//! Payments as the API shows and moves them: lists, capture, notes, and those created server to server.

use super::ask::{Ask, Refusal, Said, collection};
use super::bank::{self, Start};
use super::cards;
use super::clock::Timer;
use super::state::{Instrument, OrderStatus, Payment, PaymentStatus, UpiFlow};
use super::{RazorpaySim, orders, show};
use crate::sim::Fault;
use crate::sim::kit::Place;
use crate::sim::kit::decimal;
use hundi_core::time::seconds;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

/// How long the test addresses take to answer a collect request.
const COLLECT_ANSWER_MS: i64 = seconds(2);

pub(super) fn list(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let page = ask.page(100)?;
    let items = sim
        .payments
        .iter()
        .rev()
        .filter(|p| p.account == ask.account && page.holds(p.created))
        .skip(page.skip)
        .take(page.count)
        .map(|p| shown(sim, p, ask))
        .collect();
    Ok(collection(items))
}

pub(super) fn fetch(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    Ok(shown(sim, find(sim, ask)?, ask))
}

fn shown(sim: &RazorpaySim, payment: &Payment, ask: &Ask<'_>) -> Value {
    let mut shown = show::payment(payment);
    if ask.expands("card")
        && let (Instrument::Card(card), Some(id)) = (&payment.instrument, &payment.card_id)
    {
        shown["card"] = show::card(id, card);
    }
    if ask.expands("refunds") {
        let method = show::method(&payment.instrument);
        let refunds = payment.refunds.iter().filter_map(|id| sim.refunds.get(id));
        shown["refunds"] = collection(refunds.map(|r| show::refund(r, method)).collect());
    }
    shown
}

pub(super) fn card(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let payment = find(sim, ask)?;
    match (&payment.instrument, &payment.card_id) {
        (Instrument::Card(card), Some(id)) => Ok(show::card(id, card)),
        _ => Err(Refusal::bad("The payment was not made with a card.")),
    }
}

pub(super) fn edit(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let id = find(sim, ask)?.id.clone();
    let notes = ask.notes()?;
    let payment = sim.payments.get_mut(&id).expect("found above");
    payment.notes = notes;
    Ok(show::payment(payment))
}

pub(super) fn find<'a>(sim: &'a RazorpaySim, ask: &Ask<'_>) -> Result<&'a Payment, Refusal> {
    sim.payments.get(ask.id(0)).filter(|p| p.account == ask.account).ok_or_else(Refusal::no_such_id)
}

/// The whole hold or nothing.
pub(super) fn capture(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let amount = ask.amount()?;
    let payment = find(sim, ask)?;
    let id = payment.id.clone();
    match payment.status {
        PaymentStatus::Captured | PaymentStatus::Refunded => {
            return Err(Refusal::bad("This payment has already been captured"));
        }
        PaymentStatus::Created | PaymentStatus::Failed => {
            let text = "Only payments which have been authorized and not yet captured can be captured";
            return Err(Refusal::bad(text));
        }
        PaymentStatus::Authorized => {}
    }
    if ask.text("currency").is_some_and(|c| c != payment.currency) {
        return Err(Refusal::field("currency", "The payment currency does not match the capture currency."));
    }
    if amount != payment.amount {
        return Err(Refusal::field("amount", "Capture amount must be equal to the amount authorized."));
    }
    let order = payment.order.as_ref().and_then(|o| sim.orders.get(o));
    if order.is_some_and(|o| o.status == OrderStatus::Paid) {
        return Err(Refusal::bad("Your payment could not be captured as the order is already paid."));
    }
    let mut target = bank::pay_target(sim, &id);
    target.op = Some(crate::sim::Op::Capture);
    if let Some(Fault::WrongAmount { minor }) = sim.panel.take(Place::Amount, &target) {
        sim.payments.get_mut(&id).expect("found above").amount = minor;
    }
    bank::capture(sim, &id);
    Ok(show::payment(sim.payments.get(&id).expect("found above")))
}

/// UPI without a page: `intent` gives a link for the payer's app, `collect` asks the payer's address to pay.
pub(super) fn create_upi(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let upi = ask.body.get("upi");
    let inner = |name: &str| upi.and_then(|u| u.get(name)).and_then(Value::as_str);
    let vpa = inner("vpa").or_else(|| ask.text("vpa")).map(str::to_owned);
    let flow = match (inner("flow"), &vpa) {
        (Some("intent"), _) => UpiFlow::Intent,
        (Some("collect"), Some(_)) | (None, Some(_)) => UpiFlow::Collect,
        (Some("collect"), None) => return Err(Refusal::missing("vpa")),
        _ => return Err(Refusal::field("flow", "The selected flow is invalid.")),
    };
    if let (UpiFlow::Collect, Some(vpa)) = (flow, &vpa)
        && !is_vpa(vpa)
    {
        return Err(Refusal::field("vpa", "Invalid VPA. Please enter a valid Virtual Payment Address"));
    }
    let expiry = upi.map(|u| super::ask::whole(u, "expiry_time")).transpose()?.flatten();
    let paid_from = if flow == UpiFlow::Collect { vpa.clone() } else { None };
    let instrument = Instrument::Upi { vpa: paid_from.unwrap_or_else(|| "payer@simulated".to_owned()), flow };
    let id = create(sim, ask, instrument)?;
    if flow == UpiFlow::Intent {
        let link = intent_link(sim, &id);
        return Ok(json!({ "razorpay_payment_id": id, "link": link }));
    }
    let answered = sim.now.plus(COLLECT_ANSWER_MS);
    match vpa.as_deref() {
        Some("success@razorpay") => sim.at(answered, Timer::Authorize { payment: id.clone() }),
        Some("failure@razorpay") => {
            sim.at(answered, Timer::Fail { payment: id.clone(), reason: "payment_declined" })
        }
        _ => {
            let ends = bank::collect_ends(sim.now, expiry);
            sim.at(ends, Timer::Fail { payment: id.clone(), reason: "payment_collect_request_expired" });
        }
    }
    Ok(json!({ "razorpay_payment_id": id }))
}

/// The least of server-to-server creation: a payment and a page to send the payer to.
pub(super) fn create_json(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    if ask.body.get("card").is_some_and(|card| card.get("number").is_some()) {
        // A simulator that took card numbers would teach people to send them.
        return Err(Refusal::field(
            "card",
            "This simulator takes no card numbers: name a test card instead.",
        ));
    }
    let text = |name: &str| ask.text(name).map(str::to_owned);
    let instrument = match ask.text("method") {
        Some("card") => {
            let name =
                ask.body.pointer("/card/test_card").and_then(Value::as_str).unwrap_or(cards::CARDS[0].name);
            Instrument::Card(
                cards::card(name).ok_or_else(|| Refusal::field("card", "No test card has this name."))?,
            )
        }
        Some("netbanking") => {
            Instrument::Netbanking { bank: text("bank").unwrap_or_else(|| "HDFC".to_owned()) }
        }
        Some("wallet") => {
            Instrument::Wallet { wallet: text("wallet").unwrap_or_else(|| "mobikwik".to_owned()) }
        }
        Some("upi") | None => bank::usual_instrument(),
        Some(_) => return Err(Refusal::field("method", "The selected method is invalid.")),
    };
    let id = create(sim, ask, instrument)?;
    let url = format!("{}/sim/upi/{id}", ask.base_url);
    Ok(json!({ "razorpay_payment_id": id, "next": [{ "action": "redirect", "url": url }] }))
}

pub(super) fn create(
    sim: &mut RazorpaySim,
    ask: &Ask<'_>,
    instrument: Instrument,
) -> Result<String, Refusal> {
    let amount = ask.amount()?;
    let order = ask.text("order_id").map(str::to_owned);
    let mut currency = ask.text("currency").unwrap_or("INR").to_owned();
    if let Some(order) = &order {
        let (due, owed_in) = orders::payable(sim, ask.account, order)?;
        if due != amount {
            let text = "Your payment amount is different from your order amount. To pay successfully, please try using right amount.";
            return Err(Refusal::field("amount", text));
        }
        currency = owed_in;
    }
    let text = |name: &str| ask.text(name).map(str::to_owned);
    let start = Start {
        account: ask.account,
        order,
        amount,
        currency,
        instrument,
        email: text("email"),
        contact: text("contact"),
        customer: text("customer_id"),
        description: text("description"),
        notes: ask.notes()?,
    };
    Ok(bank::start(sim, start))
}

/// `upi://pay?...`; `tr` is the payment's id, so that a test finds the payment again.
fn intent_link(sim: &RazorpaySim, id: &str) -> String {
    let payment = sim.payments.get(id).expect("just created");
    let name: String = byte_serialize(sim.accounts[payment.account].given.name.as_bytes()).collect();
    let amount = decimal(payment.amount, &payment.currency);
    format!(
        "upi://pay?pa=merchant.sim@rzp&pn={name}&tr={id}&am={amount}&cu={}&mc=5411&mode=04",
        payment.currency
    )
}

pub(super) fn validate_vpa(_: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let vpa = ask.text("vpa").ok_or_else(|| Refusal::missing("vpa"))?;
    if !is_vpa(vpa) {
        return Err(Refusal::field("vpa", "Invalid VPA. Please enter a valid Virtual Payment Address"));
    }
    let known = !vpa.starts_with("invalid@");
    let name = if known { json!("Test Payer") } else { Value::Null };
    Ok(json!({ "vpa": vpa, "success": known, "customer_name": name }))
}

fn is_vpa(text: &str) -> bool {
    let part = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    text.len() <= 255 && text.split_once('@').is_some_and(|(user, bank)| part(user) && part(bank))
}
