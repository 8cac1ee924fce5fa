//! HDFC SmartGateway: Juspay's hosted payment page under the bank's hosts; refunds, told by webhooks and return URLs.
//!
//! The verbs are here and in `open.rs` and `told.rs`, the settlement file in `settled.rs`; its JSON is in `wire.rs`,
//! what it means in `meaning.rs`, how it is proved in `sign.rs`, how it is sealed in `sealed.rs` and `pem.rs`, how it
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

use crate::contract::{
    Call, Card, Parts, Provider, Refund, RefundAsk, Report, Subject, TestConnection, TestResult, Watch,
};
use crate::reading::doubt::{if_there, tested};
use crate::wire::{CallError, Reason, ReasonKind};
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
            settlements: Some(self),
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
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Result<Vec<Report>, CallError> {
        let order = known_order(call, "fetch", subject).await?;
        Ok(meaning::order(&order, None).into_reports()?)
    }
}

/// An order that was opened. That it is suddenly not there is no proof that nothing was paid.
async fn known_order(
    call: Call<'_>,
    purpose: &'static str,
    subject: &Subject,
) -> Result<wire::Order, CallError> {
    client::order(call, purpose, &subject.provider_order, subject.our_ref.as_str())
        .await
        .map_err(unknown_if_gone)
}

fn unknown_if_gone(error: CallError) -> CallError {
    match error {
        CallError::NotDone(reason) if reason.kind == ReasonKind::NotFound => CallError::Unknown(reason),
        other => other,
    }
}

// ---- giving back

#[async_trait]
impl Refund for Hdfc {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Result<Report, CallError> {
        let body = wire::NewRefund { unique_request_id: ask.our_ref.as_str(), amount: ask.amount.decimal() };
        let routing = ask.subject.our_ref.as_str();
        match client::refund(call, &ask.subject.provider_order, routing, &body).await {
            // The answer is the whole order; a refund that is not in it may have been made all the same.
            Ok(order) => of_ask(&order, ask, ask.our_ref.as_str())?
                .ok_or_else(|| Unheard("an order without the refund").into()),
            // A refusal may be the echo of our own earlier call, so it is believed only when our reference is not
            // among the refunds.
            Err(refusal) if matches!(refusal.reason().kind, ReasonKind::Refused | ReasonKind::NotFound) => {
                match among(call, ask, ask.our_ref.as_str()).await {
                    Ok(Some(report)) => Ok(report),
                    Ok(None) => Err(refusal),
                    Err(_) => Err(CallError::Unknown(refusal.reason().clone())),
                }
            }
            Err(other) => Err(other),
        }
    }

    /// The provider's id of a refund is our own reference of it, so both ways of asking are one.
    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Result<Option<Report>, CallError> {
        // Known by the name that its maker gave it; one that was made by hand has another than ours.
        let name = provider_refund.unwrap_or(ask.our_ref.as_str());
        match (among(call, ask, name).await?, provider_refund) {
            (None, Some(_)) => {
                Err(CallError::unknown(ReasonKind::NotFound, "a refund that was there is not there any more"))
            }
            (found, _) => Ok(found),
        }
    }
}

async fn among(call: Call<'_>, ask: &RefundAsk, name: &str) -> Result<Option<Report>, CallError> {
    of_ask(&known_order(call, "fetch_refund", &ask.subject).await?, ask, name)
}

fn of_ask(order: &wire::Order, ask: &RefundAsk, name: &str) -> Result<Option<Report>, CallError> {
    let refunds = meaning::refunds_listed(order)?;
    let ours = refunds.iter().find(|r| r.unique_request_id.text() == Some(name));
    let Some(refund) = ours else { return Ok(None) };
    if refund.txn_id.text().is_some_and(|id| id != ask.provider_payment) {
        return Err(Unheard("a refund of another payment").into());
    }
    Ok(Some(meaning::refund(refund, order, &ask.provider_payment)?))
}

// ---- testing a connection

/// No order of ours is called so: all of theirs are one letter longer.
const NO_ORDER: &str = "hundiconnectiontest";

#[async_trait]
impl TestConnection for Hdfc {
    /// Asks for an order that is not there: who may ask is told so.
    async fn test(&self, call: Call<'_>) -> TestResult {
        tested(if_there(client::order(call, "test", NO_ORDER, NO_ORDER).await))
    }
}
