//! Paytm: orders paid on its page or by a UPI link; refunds, checksummed notices, settlements by API and by file.
//!
//! The verbs are here and in `open.rs`, `told.rs` and `settlements.rs`; its JSON is in `wire.rs`, what it means in
//! `meaning.rs`, how it is proved in `sign.rs`, how it is called in `client.rs`. Where it is peculiar, `NOTES.md` says
//! so with a source.

mod card;
mod client;
mod lines;
mod meaning;
mod open;
mod settlements;
mod sign;
pub mod sim;
#[cfg(test)]
mod tests;
mod told;
mod wire;

use crate::asking::Errand;
use crate::contract::{
    Call, Card, Parts, Provider, Refund, RefundAbout, RefundAsk, Report, Subject, TestConnection, TestResult,
    Watch,
};
use crate::reading::doubt::{ensure, is_refusal, or_found, still_there, tested};
use crate::reading::tree::Tree;
use crate::wire::{CallError, Called, ReasonKind};
use crate::writing::Object;
use async_trait::async_trait;
use data_encoding::HEXLOWER;
use hundi_core::refund::Happened;

/// The provider Paytm. Has no state: an account comes with each call.
#[derive(Clone, Copy, Debug)]
pub struct Paytm;

impl Provider for Paytm {
    fn card(&self) -> &'static Card {
        &card::CARD
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            open: self,
            watch: self,
            finish: None,
            capture: None,
            void: None,
            refund: Some(self),
            notices: Some(self),
            returns: Some(self),
            sweep: None,
            trace: None,
            settlements: Some(self),
            settlement_file: Some(self),
            // A line names the payment of a refund as well: nothing is left to ask.
            whose: None,
            saved: None,
            choices: None,
            balances: None,
            test: self,
        }
    }
}

// ---- asking

#[async_trait]
impl Watch for Paytm {
    /// Of its refunds Paytm tells an order only their sum: they are asked for one by one, by our reference.
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Called<Vec<Report>> {
        Ok(status(call.to("fetch"), &subject.provider_order).await?.into_iter().collect())
    }
}

/// What Paytm knows of an order's one transaction; nothing before the payer begins.
async fn status(errand: Errand<'_>, order: &str) -> Called<Option<Report>> {
    let mid = client::merchant(errand.call.account)?.mid;
    let body = Object::new().put("mid", &mid).put("orderId", order);
    let said = client::signed(errand, "/v3/order/status", &body).await?;
    let report = meaning::payment(&said, &meaning::result(&said)?)?;
    for (place, ours) in [("/orderId", order), ("/mid", &mid)] {
        ensure(said.text(place)?.is_none_or(|said| said == ours), "another order than was asked for")?;
    }
    Ok(report)
}

// ---- giving back

#[async_trait]
impl Refund for Paytm {
    /// What becomes of a second `apply` with one reference is told three ways, none of which makes a second refund.
    /// Still none is sent blind: first we ask, and a refusal is believed only when our reference is surely not known
    /// afterwards either.
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Called<Report> {
        match found(call, ask).await {
            Ok(Some(report)) => return Ok(report),
            Ok(None) => {}
            // A look that was turned down says nothing of the refund.
            Err(error) if is_refusal(&error) => {}
            Err(error) => return Err(error),
        }
        let said = apply(call, ask).await?;
        let applied = meaning::applied(&meaning::result(&said)?);
        or_found(applied.and_then(|happened| of_ask(ask, &said, happened)), is_echo, found(call, ask)).await
    }

    async fn fetch(&self, call: Call<'_>, ask: &RefundAsk, named: Option<&str>) -> Called<Option<Report>> {
        still_there(found(call, ask).await?, named)
    }
}

/// Words by which this call made no refund: an earlier one may have. After all others only the next look can tell.
fn is_echo(error: &CallError) -> bool {
    matches!(error.reason().kind, ReasonKind::Refused | ReasonKind::Unauthorized | ReasonKind::RateLimited)
}

async fn apply(call: Call<'_>, ask: &RefundAsk) -> Called<Tree> {
    let body = Object::new()
        .put("mid", client::merchant(call.account)?.mid)
        .put("txnType", "REFUND")
        .put("orderId", &ask.subject.provider_order)
        .put("txnId", &ask.provider_payment)
        .put("refId", ask.our_ref.as_str())
        .put("refundAmount", ask.amount.decimal())
        .put("comments", ask.reason);
    client::signed(call.to("refund"), "/refund/apply", &body).await
}

/// The refund with our reference, as far as it is known.
async fn found(call: Call<'_>, ask: &RefundAsk) -> Called<Option<Report>> {
    let body = Object::new()
        .put("mid", client::merchant(call.account)?.mid)
        .put("orderId", &ask.subject.provider_order)
        .put("refId", ask.our_ref.as_str());
    let said = client::signed(call.to("fetch_refund"), "/v2/refund/status", &body).await?;
    let happened = meaning::refund_status(&said, &meaning::result(&said)?)?;
    happened.map(|happened| of_ask(ask, &said, happened)).transpose()
}

/// An answer about our refund and no other: reference, transaction, order and amount.
fn of_ask(ask: &RefundAsk, said: &Tree, happened: Happened) -> Called<Report> {
    let report = meaning::refund(said, happened)?;
    let of_order = said.text("/orderId")?.is_none_or(|order| order == ask.subject.provider_order);
    let is_ours = |about: &RefundAbout| {
        about.amount == ask.amount
            && about.our_ref == Some(ask.our_ref)
            && about.provider_payment == ask.provider_payment
    };
    ensure(of_order && report.of_refund().is_some_and(is_ours), "a refund that is not the one asked for")?;
    Ok(report)
}

// ---- testing a connection

#[async_trait]
impl TestConnection for Paytm {
    /// Asks for an order that nobody made: what matters is that the question was understood.
    async fn test(&self, call: Call<'_>) -> TestResult {
        let order = format!("test{}", HEXLOWER.encode(&call.wire.random()[..8]));
        match status(call.to("test"), &order).await {
            // "Invalid order id": signature and merchant were fine.
            Err(error) if is_refusal(&error) => TestResult::Works,
            // A key of the other mode looks like a wrong one: its host does not know the merchant.
            asked => tested(asked),
        }
    }
}
