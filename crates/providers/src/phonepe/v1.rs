//! v1: a salt key, base64 in a frame, one transaction for each id of ours, payments and refunds alike.

use super::client::{self, Kind, Merchant, Service};
use super::meaning::{self, Outcome, Unheard};
use super::wire::{self, V1Answer, V1Transaction};
use crate::asking::Errand;
use crate::contract::{Call, Flow, Opened, Opening, RefundAsk, Report, Subject};
use crate::reading::doubt::{if_there, is_refusal, unauthorized, unknown_if_gone, unless_found, unreadable};
use crate::reading::loose::Loose;
use crate::wire::{Answer, CallError, Header, ReasonKind};
use crate::writing::Object;
use data_encoding::BASE64;

/// No transaction of ours is called so: ours have no hyphen.
const NO_TRANSACTION: &str = "hundi-connection-test";

// ---- opening

pub(super) async fn open(
    call: Call<'_>,
    merchant: &Merchant,
    opening: &Opening,
) -> Result<Opened, CallError> {
    let our_ref = opening.our_ref.as_str();
    let (kind, device) = match opening.flow {
        Flow::UpiIntent => ("UPI_INTENT", Some(client::device(opening))),
        Flow::Redirect | Flow::Script => ("PAY_PAGE", None),
    };
    let body = Object::new()
        .put("merchantId", &merchant.id)
        .put("merchantTransactionId", our_ref)
        // Nobody: another name for each payment, so that PhonePe can't tell our payers apart by it.
        .put("merchantUserId", our_ref)
        .put("amount", opening.amount.minor())
        .put("redirectUrl", &opening.return_url)
        // The signed fields come in a form's body only.
        .put("redirectMode", "POST")
        .put("paymentInstrument", Object::new().put("type", kind))
        .maybe("deviceContext", device);
    let answer = post(call.to("open").hidden(), merchant, "/pg/v1/pay", &body).await?;
    let said: V1Answer<Loose<wire::V1Opened>> = client::read(&answer, Kind::Deed)?;
    if said.success != Some(true) || said.code != "PAYMENT_INITIATED" {
        return Err(client::refusal(&answer, Kind::Deed));
    }
    let opened = said.data.and_then(Loose::take);
    let opened = opened.ok_or_else(|| unreadable("opened, and nothing about it"))?;
    if opened.merchant_id != merchant.id || opened.merchant_transaction_id != our_ref {
        return Err(Unheard("another transaction than was opened").into());
    }
    let shown = opened.instrument_response;
    client::handed_out(opening, shown.redirect_info.map(|info| info.url), shown.intent_url)
}

/// As in v2, the page's address is told once.
pub(super) async fn find(
    call: Call<'_>,
    merchant: &Merchant,
    opening: &Opening,
) -> Result<Option<Opened>, CallError> {
    let asked = status(call.to("find"), merchant, opening.our_ref.as_str()).await;
    let Some(found) = if_there(asked)? else { return Ok(None) };
    let amount = found.transaction.amount.ok_or(Unheard("a payment without an amount"))?;
    if meaning::money(amount, None)? != opening.amount {
        return Err(Unheard("opened with another amount than was asked").into());
    }
    match (found.outcome, &found.transaction.transaction_id) {
        (Outcome::Failed, None) => Ok(None),
        (Outcome::Success | Outcome::Failed, _) => Ok(Some(client::nothing_to_show(opening))),
        (Outcome::Pending, _) => {
            Err(CallError::unknown(ReasonKind::Refused, "opened, and its page can't be had again"))
        }
    }
}

// ---- asking

pub(super) async fn fetch(
    call: Call<'_>,
    merchant: &Merchant,
    subject: &Subject,
) -> Result<Vec<Report>, CallError> {
    let found = status(call.to("fetch"), merchant, &subject.provider_order).await;
    let found = found.map_err(unknown_if_gone)?;
    Ok(meaning::v1_payment(&found.transaction, found.outcome, &found.code)?)
}

/// A transaction as it is now: what it is, and what its code says of it.
struct Found {
    transaction: V1Transaction,
    outcome: Outcome,
    code: String,
}

async fn status(errand: Errand<'_>, merchant: &Merchant, named: &str) -> Result<Found, CallError> {
    let path = format!("/pg/v1/status/{}/{}", merchant.id, client::id(named)?);
    let proof = vec![
        Header::plain("x-verify", merchant.salt.of_request("", &path)),
        Header::plain("x-merchant-id", merchant.id.as_str()),
    ];
    let url = format!("{}{path}", client::base(errand.call.account, Service::V1));
    let answer = errand.get(url, client::headers(proof)).await?;
    about(merchant, named, found(&answer, Kind::Question)?)
}

/// The code decides and not the HTTP status, where there is a code at all.
fn found(answer: &Answer, kind: Kind) -> Result<Found, CallError> {
    if answer.status == 404 && serde_json::from_slice::<wire::Problem>(&answer.body).is_err() {
        return Err(unauthorized(client::CLIENT_ON_V1));
    }
    let turned_away = answer.status == 429 || answer.status >= 500;
    let Ok(said) = serde_json::from_slice::<V1Answer<V1Transaction>>(&answer.body) else {
        return Err(client::refusal(answer, kind));
    };
    let state = said.data.as_ref().and_then(|d| d.state.as_deref());
    match meaning::outcome(&said, state)? {
        Some(outcome) if !turned_away => {
            let nothing = unreadable("a code about nothing");
            Ok(Found { transaction: said.data.ok_or(nothing)?, outcome, code: said.code })
        }
        _ => Err(client::refusal(answer, kind)),
    }
}

/// What is said must be about what was asked, and of the merchant who asked.
fn about(merchant: &Merchant, named: &str, found: Found) -> Result<Found, CallError> {
    let said = &found.transaction;
    let ours = said.merchant_id.as_deref() == Some(&merchant.id)
        && said.merchant_transaction_id.as_deref() == Some(named);
    if ours { Ok(found) } else { Err(Unheard("another transaction than was asked for").into()) }
}

// ---- giving back

pub(super) async fn refund(
    call: Call<'_>,
    merchant: &Merchant,
    ask: &RefundAsk,
) -> Result<Report, CallError> {
    let our_ref = ask.our_ref.as_str();
    let body = Object::new()
        .put("merchantId", &merchant.id)
        .put("merchantUserId", ask.subject.our_ref.as_str())
        .put("originalTransactionId", client::id(&ask.subject.provider_order)?)
        .put("merchantTransactionId", our_ref)
        .put("amount", ask.amount.minor());
    let answer = post(call.to("refund"), merchant, "/pg/v1/refund", &body).await?;
    match found(&answer, Kind::Deed).and_then(|found| about(merchant, our_ref, found)) {
        Ok(found) => of_ask(ask, &found),
        Err(refusal) if is_refusal(&refusal) => {
            unless_found(refusal, fetch_refund(call, merchant, ask, our_ref).await)
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn fetch_refund(
    call: Call<'_>,
    merchant: &Merchant,
    ask: &RefundAsk,
    name: &str,
) -> Result<Option<Report>, CallError> {
    let found = if_there(status(call.to("fetch_refund"), merchant, name).await)?;
    found.map(|found| of_ask(ask, &found)).transpose()
}

fn of_ask(ask: &RefundAsk, found: &Found) -> Result<Report, CallError> {
    if found.transaction.amount != Some(ask.amount.minor()) {
        return Err(Unheard("a refund of another amount than was asked").into());
    }
    Ok(meaning::v1_refund(&found.transaction, found.outcome, &ask.provider_payment)?)
}

// ---- testing a connection

/// A question about a transaction that is not there: who may ask is told so.
pub(super) async fn test(call: Call<'_>, merchant: &Merchant) -> Result<(), CallError> {
    match if_there(status(call.to("test"), merchant, NO_TRANSACTION).await) {
        Ok(_) => Ok(()),
        Err(CallError::NotDone(reason)) if reason.detail.starts_with("KEY_NOT_CONFIGURED") => {
            Err(unauthorized(client::CLIENT_ON_V1))
        }
        Err(error) => Err(error),
    }
}

// ---- calling

async fn post(
    errand: Errand<'_>,
    merchant: &Merchant,
    path: &str,
    body: &Object,
) -> Result<Answer, CallError> {
    let payload = BASE64.encode(&body.bytes());
    let proof = vec![Header::plain("x-verify", merchant.salt.of_request(&payload, path))];
    let framed = Object::new().put("request", payload);
    let url = format!("{}{path}", client::base(errand.call.account, Service::V1));
    errand.post(url, client::headers(proof), framed.bytes()).await
}
