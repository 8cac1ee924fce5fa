//! v1: a salt key, base64 in a frame, one transaction for each id of ours, payments and refunds alike.
//!
//! The verbs are here and in `told.rs`; its JSON is in `wire.rs`, what it means in `meaning.rs`, how it is proved in
//! `sign.rs`.

mod meaning;
pub(super) mod sign;
mod told;
mod wire;

use super::client::{self, Kind};
use super::meaning::money;
use crate::asking::Errand;
use crate::contract::{
    Account, Call, Flow, Open, Opened, Opening, Refund, RefundAsk, Report, Subject, TestConnection,
    TestResult, Watch,
};
use crate::reading::aside::Aside;
use crate::reading::doubt::{
    Unheard, ensure, if_there, is_refusal, or_found, still_there, unauthorized, unknown_if_gone, unreadable,
};
use crate::wire::{Answer, CallError, Called, Header, ReasonKind};
use crate::writing::Object;
use async_trait::async_trait;
use data_encoding::BASE64;
use meaning::Outcome;
use sign::SaltKey;
use wire::{Said, Transaction};

const SERVICE: &str = "/apis/hermes";

/// The older API.
pub(super) struct V1;

/// Who we are in it.
struct Merchant {
    id: String,
    salt: SaltKey,
}

impl Merchant {
    /// Refused before any call when something is missing.
    fn of(account: &Account) -> Called<Self> {
        if account.given(["salt_key"]).is_none() && account.given(["client_secret"]).is_some() {
            return Err(unauthorized(client::CLIENT_ON_V1));
        }
        let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
        match account.given(["merchant_id", "salt_key", "salt_index"]) {
            Some([id, key, index]) if id.expose().bytes().all(plain) => {
                let salt = SaltKey { key, index: index.expose().to_owned() };
                Ok(Self { id: id.expose().to_owned(), salt })
            }
            _ => Err(unauthorized("the merchant id, the salt key or its index is missing or misspelt")),
        }
    }
}

// ---- opening

#[async_trait]
impl Open for V1 {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Called<Opened> {
        let (our_ref, merchant) = (opening.our_ref.as_str(), Merchant::of(call.account)?);
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
        let answer = post(call.to("open").hidden(), &merchant, "/pg/v1/pay", &body).await?;
        let said: Said<Aside> = client::read(&answer, Kind::Deed)?;
        if said.success != Some(true) || said.code != "PAYMENT_INITIATED" {
            return Err(client::refusal(&answer, Kind::Deed));
        }
        let opened = said.data.ok_or_else(|| unreadable("opened, and nothing about it"))?;
        let named = [opened.text("merchantId"), opened.text("merchantTransactionId")];
        let is_ours = named == [Some(merchant.id.as_str()), Some(our_ref)];
        ensure(is_ours, "another transaction than was opened")?;
        let shown = opened.at("instrumentResponse");
        client::handed_out(opening, shown.at("redirectInfo").text("url"), shown.text("intentUrl"))
    }

    /// As in v2, the page's address is told once.
    async fn find(&self, call: Call<'_>, opening: &Opening) -> Called<Option<Opened>> {
        let asked = status(call.to("find"), opening.our_ref.as_str()).await;
        let Some(found) = if_there(asked)? else { return Ok(None) };
        let amount = found.transaction.amount.ok_or(Unheard("a payment without an amount"))?;
        ensure(money(amount, None)? == opening.amount, "opened with another amount than was asked")?;
        match (found.outcome, &found.transaction.transaction_id) {
            (Outcome::Failed, None) => Ok(None),
            (Outcome::Success | Outcome::Failed, _) => Ok(Some(client::nothing_to_show(opening))),
            (Outcome::Pending, _) => {
                Err(CallError::unknown(ReasonKind::Refused, "opened, and its page can't be had again"))
            }
        }
    }
}

// ---- asking

#[async_trait]
impl Watch for V1 {
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Called<Vec<Report>> {
        let found = status(call.to("fetch"), &subject.provider_order).await;
        let found = found.map_err(unknown_if_gone)?;
        Ok(meaning::payment(&found.transaction, found.outcome, &found.code)?)
    }
}

/// A transaction as it is now: what it is, and what its code says of it.
struct Found {
    transaction: Transaction,
    outcome: Outcome,
    code: String,
}

async fn status(errand: Errand<'_>, named: &str) -> Called<Found> {
    let merchant = Merchant::of(errand.call.account)?;
    let path = format!("/pg/v1/status/{}/{}", merchant.id, client::id(named)?);
    let mut headers = client::headers();
    headers.push(Header::plain("x-verify", merchant.salt.of_request("", &path)));
    headers.push(Header::plain("x-merchant-id", merchant.id.as_str()));
    let url = format!("{}{path}", client::base(errand.call.account, SERVICE));
    about(&merchant, named, found(&errand.get(url, headers).await?, Kind::Question)?)
}

/// The code decides and not the HTTP status, where there is a code at all.
fn found(answer: &Answer, kind: Kind) -> Called<Found> {
    if answer.status == 404 && client::problem(answer).is_none() {
        return Err(unauthorized(client::CLIENT_ON_V1));
    }
    let turned_away = answer.status == 429 || answer.status >= 500;
    let Ok(said) = serde_json::from_slice::<Said<Transaction>>(&answer.body) else {
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
fn about(merchant: &Merchant, named: &str, found: Found) -> Called<Found> {
    let said = &found.transaction;
    let ours = said.merchant_id.as_deref() == Some(&merchant.id)
        && said.merchant_transaction_id.as_deref() == Some(named);
    ensure(ours, "another transaction than was asked for")?;
    Ok(found)
}

// ---- giving back

#[async_trait]
impl Refund for V1 {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Called<Report> {
        let (our_ref, merchant) = (ask.our_ref.as_str(), Merchant::of(call.account)?);
        let body = Object::new()
            .put("merchantId", &merchant.id)
            .put("merchantUserId", ask.subject.our_ref.as_str())
            .put("originalTransactionId", client::id(&ask.subject.provider_order)?)
            .put("merchantTransactionId", our_ref)
            .put("amount", ask.amount.minor());
        let answer = post(call.to("refund"), &merchant, "/pg/v1/refund", &body).await?;
        let made = found(&answer, Kind::Deed).and_then(|found| about(&merchant, our_ref, found));
        let made = made.and_then(|found| of_ask(ask, &found));
        or_found(made, is_refusal, Refund::fetch(self, call, ask, None)).await
    }

    /// A refund is named by the reference that its maker gave it: ours, or that of somebody at the dashboard.
    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Called<Option<Report>> {
        let name = provider_refund.unwrap_or(ask.our_ref.as_str());
        let found = if_there(status(call.to("fetch_refund"), name).await)?;
        still_there(found.map(|found| of_ask(ask, &found)).transpose()?, provider_refund)
    }
}

fn of_ask(ask: &RefundAsk, found: &Found) -> Called<Report> {
    let amount = found.transaction.amount;
    ensure(amount == Some(ask.amount.minor()), "a refund of another amount than was asked")?;
    Ok(meaning::refund(&found.transaction, found.outcome, &ask.provider_payment)?)
}

// ---- testing a connection

/// No transaction of ours is called so: ours have no hyphen.
const NO_TRANSACTION: &str = "hundi-connection-test";

#[async_trait]
impl TestConnection for V1 {
    /// A question about a transaction that is not there: who may ask is told so.
    async fn test(&self, call: Call<'_>) -> TestResult {
        client::tested(match if_there(status(call.to("test"), NO_TRANSACTION).await) {
            Err(CallError::NotDone(reason)) if reason.detail.starts_with("KEY_NOT_CONFIGURED") => {
                Err(unauthorized(client::CLIENT_ON_V1))
            }
            asked => asked.map(drop),
        })
    }
}

// ---- calling

async fn post(errand: Errand<'_>, merchant: &Merchant, path: &str, body: &Object) -> Called<Answer> {
    let payload = BASE64.encode(&body.bytes());
    let mut headers = client::headers();
    headers.push(Header::plain("x-verify", merchant.salt.of_request(&payload, path)));
    let url = format!("{}{path}", client::base(errand.call.account, SERVICE));
    errand.post(url, headers, Object::new().put("request", payload).bytes()).await
}
