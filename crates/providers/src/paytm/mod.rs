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
mod time;
mod told;
mod wire;

use crate::asking::Errand;
use crate::contract::{
    Call, Card, Parts, Provider, Refund, RefundAsk, Report, Subject, TestConnection, TestResult, Watch,
};
use crate::reading::doubt::{is_refusal, still_there, tested, unless_found};
use crate::wire::{CallError, Reason, ReasonKind};
use crate::writing::Object;
use async_trait::async_trait;
use data_encoding::HEXLOWER;
use hundi_core::Money;
use hundi_core::refund::Happened;
use meaning::{Applied, Looked, Unheard};

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
impl Watch for Paytm {
    /// Of its refunds Paytm tells an order only their sum: they are asked for one by one, by our reference.
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Result<Vec<Report>, CallError> {
        Ok(status(call.to("fetch"), &subject.provider_order).await?.into_iter().collect())
    }
}

/// What Paytm knows of an order's one transaction; nothing before the payer begins.
async fn status(errand: Errand<'_>, order: &str) -> Result<Option<Report>, CallError> {
    let mid = client::merchant(errand.call.account)?.mid;
    let body = Object::new().put("mid", &mid).put("orderId", order);
    let said: wire::Payment = client::signed(errand, "/v3/order/status", &body).await?;
    if said.result_info.is_none() {
        return Err(Unheard("a status without a result").into());
    }
    let ours = |named: &Option<String>, ours: &str| named.as_deref().is_none_or(|said| said == ours);
    let report = meaning::payment(&said)?;
    if !ours(&said.order_id, order) || !ours(&said.mid, &mid) {
        return Err(Unheard("another order than was asked for").into());
    }
    Ok(report)
}

// ---- giving back

#[async_trait]
impl Refund for Paytm {
    /// What becomes of a second `apply` with one reference is told three ways, none of which makes a second refund.
    /// Still none is sent blind: first we ask, and a refusal is believed only when our reference is surely not known
    /// afterwards either.
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Result<Report, CallError> {
        if let (said, Looked::Said(happened)) = look(call, ask).await? {
            return of_ask(ask, &said, happened);
        }
        let said = apply(call, ask).await?;
        let result = said.result_info.as_ref().ok_or(Unheard("a refund without a result"))?;
        let reason = |kind| Reason { kind, detail: meaning::shown("refund", result) };
        let refused = match meaning::applied(result)? {
            Applied::Said(happened) => return of_ask(ask, &said, happened),
            Applied::Refused(kind) => CallError::NotDone(reason(kind)),
            Applied::Already => CallError::Unknown(reason(ReasonKind::Refused)),
        };
        unless_found(refused, found(call, ask).await)
    }

    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Result<Option<Report>, CallError> {
        let found = found(call, ask).await?;
        let is_it = |report: &Report, id: &str| matches!(report, Report::Refund { about, .. } if about.provider_refund == id);
        match (&found, provider_refund) {
            (Some(report), Some(id)) if !is_it(report, id) => {
                Err(Unheard("another refund than was asked for").into())
            }
            _ => still_there(found, provider_refund),
        }
    }
}

async fn apply(call: Call<'_>, ask: &RefundAsk) -> Result<wire::Refund, CallError> {
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

/// What is known of the refund with our reference.
async fn look(call: Call<'_>, ask: &RefundAsk) -> Result<(wire::Refund, Looked), CallError> {
    let body = Object::new()
        .put("mid", client::merchant(call.account)?.mid)
        .put("orderId", &ask.subject.provider_order)
        .put("refId", ask.our_ref.as_str());
    let said: wire::Refund = client::signed(call.to("fetch_refund"), "/v2/refund/status", &body).await?;
    let looked = meaning::refund_status(&said)?;
    Ok((said, looked))
}

async fn found(call: Call<'_>, ask: &RefundAsk) -> Result<Option<Report>, CallError> {
    match look(call, ask).await? {
        (said, Looked::Said(happened)) => of_ask(ask, &said, happened).map(Some),
        (_, Looked::Nobody) => Ok(None),
        (_, Looked::TurnedDown) => Err(Unheard("a look at a refund that was turned down").into()),
    }
}

/// An answer about our refund and no other: reference, transaction, order and amount.
fn of_ask(ask: &RefundAsk, said: &wire::Refund, happened: Happened) -> Result<Report, CallError> {
    let report = meaning::refund(said, happened)?;
    let order = said.order_id.as_deref().is_none_or(|order| order == ask.subject.provider_order);
    let ours = |amount: Money, our_ref, payment: &str| {
        order && amount == ask.amount && our_ref == Some(ask.our_ref) && payment == ask.provider_payment
    };
    match &report {
        Report::Refund { about, .. } if ours(about.amount, about.our_ref, &about.provider_payment) => {
            Ok(report)
        }
        Report::Refund { .. } | Report::Payment { .. } => {
            Err(Unheard("a refund that is not the one asked for").into())
        }
    }
}

// ---- testing a connection

#[async_trait]
impl TestConnection for Paytm {
    /// Asks for an order that nobody made: what matters is that the question was understood.
    async fn test(&self, call: Call<'_>) -> TestResult {
        let order = format!("test{}", HEXLOWER.encode(&call.wire.random()[..8]));
        match status(call.to("test"), &order).await {
            // "Invalid order id": signature and merchant were fine.
            Err(error) if is_refusal(&error) || error.reason().kind == ReasonKind::NotFound => {
                TestResult::Works
            }
            // A key of the other mode looks like a wrong one: its host does not know the merchant.
            asked => tested(asked),
        }
    }
}
