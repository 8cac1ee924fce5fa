//! v1: a salt key, base64 in a frame, one transaction for each id of ours, payments and refunds alike.

use super::client::{self, Errand, Kind, Merchant, Service};
use super::meaning::{self, Outcome, Unheard};
use super::wire::{self, Loose, V1Answer, V1Transaction};
use crate::contract::{Call, Flow, Opened, Opening, RefundAsk, Report, Subject};
use crate::wire::{Answer, CallError, Header, ReasonKind};
use data_encoding::BASE64;
use serde::Serialize;

/// No transaction of ours is called so: ours have no hyphen.
const NO_TRANSACTION: &str = "hundi-connection-test";

// ---- opening

pub(super) async fn open(
    call: Call<'_>,
    merchant: &Merchant,
    opening: &Opening,
) -> Result<Opened, CallError> {
    let our_ref = opening.our_ref.as_str();
    let (kind, device_context) = match opening.flow {
        Flow::UpiIntent => ("UPI_INTENT", Some(client::device(opening))),
        Flow::Redirect | Flow::Script => ("PAY_PAGE", None),
    };
    let body = wire::V1Pay {
        merchant_id: &merchant.id,
        merchant_transaction_id: our_ref,
        // Nobody: another name for each payment, so that PhonePe can't tell our payers apart by it.
        merchant_user_id: our_ref,
        amount: opening.amount.minor(),
        redirect_url: &opening.return_url,
        // The signed fields come in a form's body only.
        redirect_mode: "POST",
        payment_instrument: wire::Kind { kind },
        device_context,
    };
    let answer = post(call, merchant, "open", "/pg/v1/pay", &body).await?;
    let said: V1Answer<Loose<wire::V1Opened>> = client::read(&answer, Kind::Deed)?;
    if said.success != Some(true) || said.code != "PAYMENT_INITIATED" {
        return Err(client::refusal(&answer, Kind::Deed));
    }
    let opened = said.data.and_then(Loose::take);
    let opened =
        opened.ok_or_else(|| CallError::unknown(ReasonKind::Unreadable, "opened, and nothing about it"))?;
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
    let found = match status(call, merchant, "find", opening.our_ref.as_str()).await {
        Err(CallError::NotDone(reason)) if reason.kind == ReasonKind::NotFound => return Ok(None),
        answer => answer?,
    };
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
    let found = status(call, merchant, "fetch", &subject.provider_order).await;
    let found = found.map_err(client::unknown_if_gone)?;
    Ok(meaning::v1_payment(&found.transaction, found.outcome, &found.code)?)
}

/// A transaction as it is now: what it is, and what its code says of it.
struct Found {
    transaction: V1Transaction,
    outcome: Outcome,
    code: String,
}

async fn status(
    call: Call<'_>,
    merchant: &Merchant,
    purpose: &'static str,
    named: &str,
) -> Result<Found, CallError> {
    let path = format!("/pg/v1/status/{}/{}", merchant.id, client::id(named)?);
    let proof = vec![
        Header::plain("x-verify", merchant.salt.of_request("", &path)),
        Header::plain("x-merchant-id", merchant.id.as_str()),
    ];
    let url = format!("{}{path}", client::base(call.account, Service::V1));
    let answer =
        client::send(call, Errand { purpose, method: "GET", url, proof, body: vec![], private: false })
            .await?;
    about(merchant, named, found(&answer, Kind::Question)?)
}

/// The code decides and not the HTTP status, where there is a code at all.
fn found(answer: &Answer, kind: Kind) -> Result<Found, CallError> {
    if answer.status == 404 && serde_json::from_slice::<wire::Problem>(&answer.body).is_err() {
        return Err(client::unauthorized(client::CLIENT_ON_V1));
    }
    let turned_away = answer.status == 429 || answer.status >= 500;
    let Ok(said) = serde_json::from_slice::<V1Answer<V1Transaction>>(&answer.body) else {
        return Err(client::refusal(answer, kind));
    };
    let state = said.data.as_ref().and_then(|d| d.state.as_deref());
    match meaning::outcome(&said, state)? {
        Some(outcome) if !turned_away => {
            let nothing = CallError::unknown(ReasonKind::Unreadable, "a code about nothing");
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
    let body = wire::V1Refund {
        merchant_id: &merchant.id,
        merchant_user_id: ask.subject.our_ref.as_str(),
        original_transaction_id: client::id(&ask.subject.provider_order)?,
        merchant_transaction_id: our_ref,
        amount: ask.amount.minor(),
    };
    let answer = post(call, merchant, "refund", "/pg/v1/refund", &body).await?;
    match found(&answer, Kind::Deed).and_then(|found| about(merchant, our_ref, found)) {
        Ok(found) => of_ask(ask, &found),
        // It may be the echo of our own earlier call, so it is believed only when our reference is not there.
        Err(refusal) if refusal.reason().kind == ReasonKind::Refused => {
            match fetch_refund(call, merchant, ask, ask.our_ref.as_str()).await {
                Ok(Some(report)) => Ok(report),
                Ok(None) => Err(refusal),
                Err(_) => Err(CallError::Unknown(refusal.reason().clone())),
            }
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
    match status(call, merchant, "fetch_refund", name).await {
        Ok(found) => of_ask(ask, &found).map(Some),
        Err(CallError::NotDone(reason)) if reason.kind == ReasonKind::NotFound => Ok(None),
        Err(other) => Err(other),
    }
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
    match status(call, merchant, "test", NO_TRANSACTION).await {
        Ok(_) => Ok(()),
        Err(CallError::NotDone(reason)) if reason.kind == ReasonKind::NotFound => Ok(()),
        Err(CallError::NotDone(reason)) if reason.detail.starts_with("KEY_NOT_CONFIGURED") => {
            Err(client::unauthorized(client::CLIENT_ON_V1))
        }
        Err(error) => Err(error),
    }
}

// ---- calling

async fn post(
    call: Call<'_>,
    merchant: &Merchant,
    purpose: &'static str,
    path: &str,
    body: &(impl Serialize + Sync),
) -> Result<Answer, CallError> {
    let always = "structs of strings and numbers are always JSON";
    let payload = BASE64.encode(&serde_json::to_vec(body).expect(always));
    let proof = vec![Header::plain("x-verify", merchant.salt.of_request(&payload, path))];
    let body = serde_json::to_vec(&wire::V1Request { request: &payload }).expect(always);
    let url = format!("{}{path}", client::base(call.account, Service::V1));
    client::send(call, Errand { purpose, method: "POST", url, proof, body, private: purpose == "open" }).await
}
