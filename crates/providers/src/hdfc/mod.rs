//! HDFC SmartGateway: Juspay's hosted payment page under the bank's hosts; refunds, told by webhooks and return URLs.
//!
//! The verbs are here and in `open.rs` and `told.rs`, the settlement file in `settled.rs`; its JSON is in `wire.rs`,
//! what it means in `meaning.rs`, how it is proved in `sign.rs`, how it is sealed in `sealed.rs`, how it
//! is called in `client.rs`. Where it is peculiar, `NOTES.md` says so with a source.

mod card;
mod client;
mod meaning;
mod open;
mod sealed;
mod settled;
mod sign;
pub mod sim;
#[cfg(test)]
mod tests;
mod told;
mod wire;

use crate::asking::Errand;
use crate::contract::{
    Call, Card, Parts, Provider, Refund, RefundAsk, Report, Subject, TestConnection, TestResult, Watch,
};
use crate::reading::doubt::{ensure, if_there, or_found, still_there, tested, unknown_if_gone};
use crate::wire::{CallError, Called, ReasonKind};
use async_trait::async_trait;
use meaning::Unheard;

/// The provider HDFC SmartGateway. Has no state: an account comes with each call.
#[derive(Clone, Copy, Debug)]
pub struct Hdfc;

impl Provider for Hdfc {
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
            settlements: None,
            settlement_file: Some(self),
            // Refunds can be asked for by their order alone.
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
impl Watch for Hdfc {
    /// The order shows one try only, the latest or the paid one: earlier ones are known from earlier answers.
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Called<Vec<Report>> {
        let order = known_order(call.to("fetch"), subject).await?;
        Ok(meaning::order(&order, None).into_reports()?)
    }
}

async fn known_order(errand: Errand<'_>, subject: &Subject) -> Called<wire::Order> {
    let asked = client::order(errand, &subject.provider_order, subject.our_ref.as_str()).await;
    asked.map_err(unknown_if_gone)
}

// ---- giving back

#[async_trait]
impl Refund for Hdfc {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Called<Report> {
        let name = ask.our_ref.as_str();
        let asked = client::refund(call.to("refund"), ask).await;
        // The answer is the whole order; a refund that is not in it may have been made all the same.
        let listed = asked.and_then(|order| of_ask(&order, ask, name));
        let made = listed.and_then(|found| found.ok_or(Unheard("an order without the refund").into()));
        or_found(made, is_no, among(call, ask, name)).await
    }

    /// The provider's id of a refund is our own reference of it, so both ways of asking are one.
    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Called<Option<Report>> {
        // Known by the name that its maker gave it; one that was made by hand has another than ours.
        let name = provider_refund.unwrap_or(ask.our_ref.as_str());
        still_there(among(call, ask, name).await?, provider_refund)
    }
}

fn is_no(error: &CallError) -> bool {
    matches!(error.reason().kind, ReasonKind::Refused | ReasonKind::NotFound)
}

async fn among(call: Call<'_>, ask: &RefundAsk, name: &str) -> Called<Option<Report>> {
    of_ask(&known_order(call.to("fetch_refund"), &ask.subject).await?, ask, name)
}

fn of_ask(order: &wire::Order, ask: &RefundAsk, name: &str) -> Called<Option<Report>> {
    let refunds = meaning::refunds_listed(order)?;
    let ours = refunds.iter().find(|r| r.unique_request_id.text() == Some(name));
    let Some(refund) = ours else { return Ok(None) };
    let of = refund.txn_id.text();
    ensure(of.is_none_or(|id| id == ask.provider_payment), "a refund of another payment")?;
    Ok(Some(meaning::refund(refund, order, &ask.provider_payment)?))
}

// ---- testing a connection

/// No order of ours is called so: all of theirs are one letter longer.
const NO_ORDER: &str = "hundiconnectiontest";

#[async_trait]
impl TestConnection for Hdfc {
    /// Asks for an order that is not there: who may ask is told so.
    async fn test(&self, call: Call<'_>) -> TestResult {
        tested(if_there(client::order(call.to("test"), NO_ORDER, NO_ORDER).await))
    }
}
