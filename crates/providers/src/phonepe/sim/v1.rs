//! v1's verbs, behind a checksum each: a transaction to pay, its status, a refund.

use super::ask::{Ask, Refusal, Said};
use super::craft::checksum;
use super::refunds::{self, No, Wanted};
use super::state::{Api, Order, Place, State};
use super::{PhonePeSim, bank, show, v2};
use crate::sim::SimRequest;
use crate::sim::kit::header;
use data_encoding::BASE64;
use hundi_core::time::minutes;
use serde_json::{Value, json};

/// How long the page waits for its payer.
const PAGE_MS: i64 = minutes(20);

/// The base64 text of a POST and what it holds.
pub(super) fn unwrapped(request: &SimRequest) -> Result<(String, Value), Refusal> {
    let bad = || Refusal::bad("request must be JSON in base64");
    let frame: Value = serde_json::from_slice(&request.body).map_err(|_| bad())?;
    let payload = frame["request"].as_str().ok_or_else(bad)?;
    let bytes = BASE64.decode(payload.as_bytes()).map_err(|_| bad())?;
    Ok((payload.to_owned(), serde_json::from_slice(&bytes).map_err(|_| bad())?))
}

/// The merchant, if the checksum is right. The path that it covers has no prefix of the host.
pub(super) fn account(
    sim: &PhonePeSim,
    request: &SimRequest,
    (merchant, payload, path): (&str, &str, &str),
) -> Result<usize, Refusal> {
    let salted = |a: &super::Account| a.merchant_id == merchant && !a.salt_key.is_empty();
    let account = sim.accounts.iter().position(salted).ok_or_else(unknown_key)?;
    let said = header(request, "x-verify").ok_or_else(Refusal::edge)?;
    let index = said.split_once("###").map(|(_, index)| index);
    if index != Some(sim.accounts[account].salt_index.as_str()) {
        return Err(unknown_key());
    }
    if said == checksum(&sim.accounts[account], &format!("{payload}{path}")) {
        Ok(account)
    } else {
        Err(Refusal::edge())
    }
}

fn unknown_key() -> Refusal {
    Refusal::new(404, "KEY_NOT_CONFIGURED", "Key not found for the merchant")
}

pub(super) fn pay(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    let named = ask.name("merchantTransactionId", 34)?;
    let amount = ask.amount()?;
    let name = (ask.account, named.clone());
    if sim.names.contains_key(&name) || sim.refund_names.contains_key(&name) {
        return Err(Refusal::new(400, "DUPLICATE_TRANSACTION", "The transaction id was used before"));
    }
    let kind = ask.at("/paymentInstrument/type").unwrap_or_default().to_owned();
    let place = match kind.as_str() {
        "PAY_PAGE" => Place::Page,
        "UPI_INTENT" | "UPI_QR" => Place::Link,
        _ => return Err(Refusal::bad("this simulator plays PAY_PAGE, UPI_INTENT and UPI_QR alone")),
    };
    let order = Order {
        id: sim.new_id("OMO"),
        api: Api::V1,
        place,
        account: ask.account,
        named,
        amount,
        message: String::new(),
        return_url: ask.text("redirectUrl").unwrap_or_default().to_owned(),
        return_by_post: ask.text("redirectMode") == Some("POST"),
        callback_url: ask.text("callbackUrl").map(str::to_owned),
        meta_info: Value::Null,
        expires: sim.now.plus(PAGE_MS),
        state: State::Pending,
        attempts: Vec::new(),
        token: sim.mint.fourteen(),
    };
    let page = format!("{}/transact/simulator?token={}", ask.base_url, order.token);
    let instrument = match place {
        Place::Page => json!({ "type": kind, "redirectInfo": { "url": page, "method": "GET" } }),
        Place::Link => json!({ "type": kind, "intentUrl": v2::upi_link(sim, &order) }),
    };
    let data = json!({
        "merchantId": sim.accounts[ask.account].merchant_id,
        "merchantTransactionId": order.named,
        "instrumentResponse": instrument,
    });
    bank::put(sim, order);
    Ok(json!({ "success": true, "code": "PAYMENT_INITIATED", "message": "Payment initiated", "data": data }))
}

/// Of payments and refunds alike.
pub(super) fn status(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    let name = (ask.account, ask.id.clone());
    if let Some(refund) = sim.refund_names.get(&name).and_then(|id| sim.refunds.get(id)) {
        return Ok(show::v1_refund(sim, refund));
    }
    let order = sim.names.get(&name).and_then(|id| sim.orders.get(id)).filter(|o| o.api == Api::V1);
    Ok(show::v1_payment(sim, order.ok_or_else(no_such)?))
}

pub(super) fn no_such() -> Refusal {
    Refusal::new(404, "TRANSACTION_NOT_FOUND", "No transaction found")
}

pub(super) fn refund(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    let named = ask.name("merchantTransactionId", 34)?;
    let amount = Some(ask.amount()?);
    let original = ask.text("originalTransactionId").unwrap_or_default().to_owned();
    let order = sim.names.get(&(ask.account, original)).cloned();
    let order =
        order.filter(|id| sim.orders.get(id).is_some_and(|o| o.api == Api::V1)).ok_or_else(no_such)?;
    let callback_url = ask.text("callbackUrl").map(str::to_owned);
    let id = refunds::accept(sim, Wanted { named, order, amount, callback_url }).map_err(|no| match no {
        No::NameUsed => Refusal::new(400, "DUPLICATE_TRANSACTION", no.text()),
        No::NotPaid | No::TooMuch => Refusal::bad(no.text()),
    })?;
    Ok(show::v1_refund(sim, sim.refunds.get(&id).expect("just accepted")))
}
