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

use crate::contract::{
    Call, Card, Parts, Provider, Refund, RefundAsk, Report, Subject, TestConnection, TestResult, Watch,
};
use crate::reading::doubt::{is_refusal, tested};
use crate::wire::{CallError, Reason, ReasonKind};
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
        Ok(status(call, "fetch", &subject.provider_order).await?.into_iter().collect())
    }
}

/// What Paytm knows of an order's one transaction; nothing before the payer begins.
async fn status(call: Call<'_>, purpose: &'static str, order: &str) -> Result<Option<Report>, CallError> {
    let mid = client::merchant(call.account)?.mid;
    let body = wire::StatusAsk { mid: &mid, order_id: order };
    let text = client::signed(call, purpose, "/v3/order/status", &body, false).await?;
    let said: wire::Payment = client::read(&text)?;
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
        match look(call, ask).await? {
            Look::Found(report) => return Ok(*report),
            Look::Nobody | Look::TurnedDown => {}
        }
        let said = apply(call, ask).await?;
        let result = said.result_info.as_ref().ok_or(Unheard("a refund without a result"))?;
        let reason = |kind| Reason { kind, detail: meaning::shown("refund", result) };
        let refused = match meaning::applied(result)? {
            Applied::Said(happened) => return of_ask(ask, &said, happened),
            Applied::Refused(kind) => CallError::NotDone(reason(kind)),
            Applied::Already => CallError::Unknown(reason(ReasonKind::Refused)),
        };
        match look(call, ask).await {
            Ok(Look::Found(report)) => Ok(*report),
            Ok(Look::Nobody) => Err(refused),
            Ok(Look::TurnedDown) | Err(_) => Err(CallError::Unknown(refused.reason().clone())),
        }
    }

    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Result<Option<Report>, CallError> {
        match (look(call, ask).await?, provider_refund) {
            (Look::Found(report), Some(id)) if !is_refund(&report, id) => {
                Err(Unheard("another refund than was asked for").into())
            }
            (Look::Found(report), _) => Ok(Some(*report)),
            // It was there once. That it is gone is no proof that nothing went back.
            (Look::Nobody, Some(_)) => {
                Err(CallError::unknown(ReasonKind::NotFound, "a refund that was known"))
            }
            (Look::Nobody, None) => Ok(None),
            (Look::TurnedDown, _) => Err(Unheard("a look at a refund that was turned down").into()),
        }
    }
}

async fn apply(call: Call<'_>, ask: &RefundAsk) -> Result<wire::Refund, CallError> {
    let mid = client::merchant(call.account)?.mid;
    let body = wire::RefundApply {
        mid: &mid,
        txn_type: "REFUND",
        order_id: &ask.subject.provider_order,
        txn_id: &ask.provider_payment,
        ref_id: ask.our_ref.as_str(),
        refund_amount: ask.amount.decimal(),
        comments: ask.reason,
    };
    client::read(&client::signed(call, "refund", "/refund/apply", &body, false).await?)
}

fn is_refund(report: &Report, id: &str) -> bool {
    matches!(report, Report::Refund { about, .. } if about.provider_refund == id)
}

/// What is known of the refund with our reference.
enum Look {
    Found(Box<Report>),
    Nobody,
    /// No proof either way.
    TurnedDown,
}

async fn look(call: Call<'_>, ask: &RefundAsk) -> Result<Look, CallError> {
    let mid = client::merchant(call.account)?.mid;
    let body = wire::RefundStatusAsk {
        mid: &mid,
        order_id: &ask.subject.provider_order,
        ref_id: ask.our_ref.as_str(),
    };
    let text = client::signed(call, "fetch_refund", "/v2/refund/status", &body, false).await?;
    let said: wire::Refund = client::read(&text)?;
    Ok(match meaning::refund_status(&said)? {
        Looked::Said(happened) => Look::Found(Box::new(of_ask(ask, &said, happened)?)),
        Looked::Nobody => Look::Nobody,
        Looked::TurnedDown => Look::TurnedDown,
    })
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
        match status(call, "test", &order).await {
            // "Invalid order id": signature and merchant were fine.
            Err(error) if is_refusal(&error) || error.reason().kind == ReasonKind::NotFound => {
                TestResult::Works
            }
            // A key of the other mode looks like a wrong one: its host does not know the merchant.
            asked => tested(asked),
        }
    }
}
