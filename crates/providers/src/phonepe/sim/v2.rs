//! v2's verbs: a token, an order to pay, its status, a refund.

use super::ask::{Ask, Refusal, Said};
use super::refunds::{self, No, Wanted};
use super::state::{Api, Order, Place, State};
use super::{PhonePeSim, bank, show};
use crate::sim::SimRequest;
use crate::sim::kit::{decimal, header, pairs};
use hundi_core::Millis;
use hundi_core::time::{hours, seconds};
use serde_json::{Value, json};

const TOKEN_LIVES_MS: i64 = hours(1);

// ---- tokens

pub(super) fn token(sim: &mut PhonePeSim, request: &SimRequest) -> Said {
    let fields = pairs(&String::from_utf8_lossy(&request.body));
    let field = |name: &str| fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let client = field("client_id");
    let account = sim.accounts.iter().position(|a| !client.is_empty() && a.client_id == client);
    let Some(account) = account else {
        // A merchant's id and salt key belong to the other API, where this path is not known.
        let salted = sim.accounts.iter().any(|a| a.merchant_id == client && !a.salt_key.is_empty());
        let no_path = || Refusal::bare(404, "404", "no such path");
        return Err(if salted { no_path() } else { Refusal::invalid_client() });
    };
    let known = &sim.accounts[account];
    let right = known.client_secret.expose() == field("client_secret")
        && known.client_version == field("client_version")
        && field("grant_type") == "client_credentials";
    if !right {
        return Err(Refusal::invalid_client());
    }
    let token = format!("simulated.{}.{}", sim.mint.fourteen(), sim.mint.fourteen());
    let ends = sim.now.plus(TOKEN_LIVES_MS);
    sim.tokens.insert(token.clone(), (account, ends));
    Ok(json!({
        "access_token": token,
        "encrypted_access_token": token,
        "expires_in": null,
        "issued_at": sim.now.secs(),
        "expires_at": ends.secs(),
        "session_expires_at": ends.secs(),
        "token_type": "O-Bearer",
    }))
}

/// Whose token a call carries. `Bearer` alone is not enough.
pub(super) fn account(sim: &PhonePeSim, request: &SimRequest) -> Result<usize, Refusal> {
    let refused =
        || Refusal::new(401, "AUTHORIZATION_FAILED", "Authorization failed: the token is not valid.");
    let token = header(request, "authorization").and_then(|value| value.strip_prefix("O-Bearer "));
    let (account, ends) = sim.tokens.get(token.ok_or_else(refused)?).ok_or_else(refused)?;
    if sim.now < *ends { Ok(*account) } else { Err(refused()) }
}

// ---- orders

pub(super) fn pay_at_page(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    if ask.at("/paymentFlow/type") != Some("PG_CHECKOUT") {
        return Err(Refusal::bad("paymentFlow.type must be PG_CHECKOUT"));
    }
    let order = new_order(sim, ask, Place::Page, hours(1))?;
    let url = format!("{}/transact/uat_v2?token={}", ask.base_url, order.token);
    let said = json!({
        "orderId": order.id, "state": "PENDING", "expireAt": order.expires.0, "redirectUrl": url,
    });
    bank::put(sim, order);
    Ok(said)
}

/// Custom checkout, of which a UPI link is what we play. It is a try of the payer's at once.
pub(super) fn pay_by_link(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    if ask.at("/paymentFlow/type") != Some("PG")
        || ask.at("/paymentFlow/paymentMode/type") != Some("UPI_INTENT")
    {
        return Err(Refusal::bad("this simulator plays paymentFlow.type PG with UPI_INTENT alone"));
    }
    let order = new_order(sim, ask, Place::Link, hours(24 * 60))?;
    let (id, expires) = (order.id.clone(), order.expires);
    let link = upi_link(sim, &order);
    bank::put(sim, order);
    bank::start(sim, &id, super::payer::usual_instrument());
    Ok(json!({ "orderId": id, "state": "PENDING", "expireAt": expires.0, "intentUrl": link }))
}

fn new_order(sim: &mut PhonePeSim, ask: &Ask<'_>, place: Place, longest_ms: i64) -> Result<Order, Refusal> {
    let named = ask.name("merchantOrderId", 63)?;
    let amount = ask.amount()?;
    let life_ms = match ask.body.get("expireAfter") {
        None | Some(Value::Null) => seconds(600),
        Some(given) => {
            let ms = given.as_i64().map(|secs| secs.saturating_mul(1000));
            let fits = ms.filter(|ms| (seconds(300)..=longest_ms).contains(ms));
            fits.ok_or_else(|| Refusal::bad("expireAfter is out of its range"))?
        }
    };
    let name = (ask.account, named.clone());
    if sim.names.contains_key(&name) || sim.refund_names.contains_key(&name) {
        return Err(Refusal::new(417, "INVALID_MERCHANT_ORDER_ID", "Order ID has already been used"));
    }
    let return_url = ask.at("/paymentFlow/merchantUrls/redirectUrl").unwrap_or_default().to_owned();
    if place == Place::Page && return_url.is_empty() {
        return Err(Refusal::bad("paymentFlow.merchantUrls.redirectUrl must not be empty"));
    }
    Ok(Order {
        id: sim.new_id("OMO"),
        api: Api::V2,
        place,
        account: ask.account,
        named,
        amount,
        message: ask.at("/paymentFlow/message").unwrap_or_default().to_owned(),
        return_url,
        return_by_post: false,
        callback_url: None,
        meta_info: ask.body.get("metaInfo").cloned().unwrap_or(Value::Null),
        expires: sim.now.plus(life_ms),
        state: State::Pending,
        attempts: Vec::new(),
        token: sim.mint.fourteen(),
    })
}

/// A link for the payer's UPI app.
pub(super) fn upi_link(sim: &PhonePeSim, order: &Order) -> String {
    let payee =
        url::form_urlencoded::byte_serialize(sim.accounts[order.account].name.as_bytes()).collect::<String>();
    let amount = decimal(order.amount, "INR");
    format!("upi://pay?pa=simulated@ybl&pn={payee}&am={amount}&tr={}&cu=INR", order.id)
}

pub(super) fn status(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    let id = sim.names.get(&(ask.account, ask.id.clone()));
    let order = id.and_then(|id| sim.orders.get(id)).filter(|o| o.api == Api::V2);
    let order = order.ok_or_else(no_such_order)?;
    Ok(show::order(sim, order, ask.says("details")))
}

/// The order of an attempt, with that attempt alone.
pub(super) fn attempt_status(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    let attempt = sim.attempts.get(&ask.id).ok_or_else(no_such_order)?;
    let order = sim.orders.get(&attempt.order).filter(|o| o.account == ask.account && o.api == Api::V2);
    let mut said = show::order(sim, order.ok_or_else(no_such_order)?, true);
    said["paymentDetails"] = json!([show::attempt(attempt)]);
    Ok(said)
}

pub(super) fn no_such_order() -> Refusal {
    Refusal::bare(404, "INVALID_MERCHANT_ORDER_ID", "No entry found for given merchant order id")
}

// ---- refunds

pub(super) fn refund(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    let named = ask.name("merchantRefundId", 63)?;
    let amount = Some(ask.amount()?);
    let original = ask.text("originalMerchantOrderId").unwrap_or_default().to_owned();
    let order = sim.names.get(&(ask.account, original)).cloned();
    let order = order.filter(|id| sim.orders.get(id).is_some_and(|o| o.api == Api::V2));
    let order = order.ok_or_else(|| Refusal::bad("there is no such order"))?;
    let id =
        refunds::accept(sim, Wanted { named, order, amount, callback_url: None }).map_err(|no| match no {
            No::NameUsed => Refusal::new(417, "INVALID_TRANSACTION_ID", no.text()),
            No::NotPaid | No::TooMuch => Refusal::bad(no.text()),
        })?;
    let refund = sim.refunds.get(&id).expect("just accepted");
    Ok(json!({ "refundId": id, "amount": refund.amount, "state": "PENDING" }))
}

pub(super) fn refund_status(sim: &mut PhonePeSim, ask: &Ask<'_>) -> Said {
    let id = sim.refund_names.get(&(ask.account, ask.id.clone()));
    let refund = id.and_then(|id| sim.refunds.get(id)).ok_or_else(no_such_refund)?;
    Ok(show::refund(sim, refund))
}

/// The code is a guess: no document shows one.
pub(super) fn no_such_refund() -> Refusal {
    Refusal::bare(404, "INVALID_MERCHANT_REFUND_ID", "No entry found for given merchant refund id")
}

/// Ends every token, as a change of the client's secret does.
pub(super) fn end_tokens(sim: &mut PhonePeSim) {
    sim.tokens.values_mut().for_each(|(_, ends)| *ends = Millis(0));
}
