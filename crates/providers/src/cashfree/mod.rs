//! Cashfree Payments: orders paid on its own page or by a UPI link; holds, refunds, signed webhooks, settlements.
//!
//! The verbs are here and in `open.rs`, `told.rs` and `lists.rs`; its JSON is in `wire.rs`, what it means in
//! `meaning.rs`, amounts and times in `values.rs`, how it is proved in `sign.rs`, how it is called in `client.rs`. Where
//! it is peculiar, `NOTES.md` says so with a source.

mod card;
mod client;
mod lists;
mod meaning;
mod open;
mod sign;
pub mod sim;
#[cfg(test)]
mod tests;
mod told;
mod values;
mod wire;

use crate::contract::{
    Account, Balances, Call, Capture, CapturePart, Card, Choices, Finish, Hold, Notices, Open, Provider,
    Refund, RefundAsk, Report, Returns, Saved, Settlements, Subject, Sweep, TestConnection, TestResult, Void,
    Watch,
};
use crate::wire::{CallError, Reason, ReasonKind};
use async_trait::async_trait;
use client::Failed;
use hundi_core::Mode;
use hundi_core::payment::{Happened, Try};
use meaning::Unheard;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// The provider Cashfree. Has no state: an account comes with each call.
#[derive(Clone, Copy, Debug)]
pub struct Cashfree;

impl Provider for Cashfree {
    fn card(&self) -> &'static Card {
        &card::CARD
    }

    fn open(&self) -> &dyn Open {
        self
    }

    fn watch(&self) -> &dyn Watch {
        self
    }

    fn finish(&self) -> Option<&dyn Finish> {
        None
    }

    fn capture(&self) -> Option<&dyn Capture> {
        Some(self)
    }

    fn void(&self) -> Option<&dyn Void> {
        Some(self)
    }

    fn refund(&self) -> Option<&dyn Refund> {
        Some(self)
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn returns(&self) -> Option<&dyn Returns> {
        Some(self)
    }

    fn sweep(&self) -> Option<&dyn Sweep> {
        Some(self)
    }

    fn settlements(&self) -> Option<&dyn Settlements> {
        Some(self)
    }

    fn saved(&self) -> Option<&dyn Saved> {
        None
    }

    fn choices(&self) -> Option<&dyn Choices> {
        None
    }

    fn balances(&self) -> Option<&dyn Balances> {
        None
    }

    fn test(&self) -> &dyn TestConnection {
        self
    }
}

// ---- asking

#[async_trait]
impl Watch for Cashfree {
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Result<Vec<Report>, CallError> {
        let order = client::id(&subject.provider_order)?;
        let tries: Vec<wire::Payment> =
            client::get(call, "fetch", &format!("/orders/{order}/payments")).await?;
        let (mut reports, mut taken, mut unheard) = (Vec::new(), BTreeSet::new(), None);
        for payment in tries {
            match meaning::payment(of_order(&payment, order)?, order) {
                Ok(report) => {
                    if is_capture(&report) {
                        taken.insert(payment.cf_payment_id.0.clone());
                    }
                    reports.push(report);
                }
                Err(word) => unheard = Some(word),
            }
        }
        // A word that we don't know about one try does not hide the others; alone, it is all that we can say.
        if let Some(word) = unheard.filter(|_| reports.is_empty()) {
            return Err(word.into());
        }
        if !taken.is_empty() {
            // That money was taken is never held back because its refunds could not be listed. What was given back of
            // money that was never the merchant's is no refund.
            let refunds = refunds_of(call, "fetch", order).await.unwrap_or_default();
            let ours = refunds.iter().filter(|refund| taken.contains(&refund.cf_payment_id.0));
            reports.extend(ours.filter_map(|refund| meaning::refund(refund).ok()));
        }
        Ok(reports)
    }
}

fn is_capture(report: &Report) -> bool {
    matches!(what(report), Some(Try::Captured { .. }))
}

fn what(report: &Report) -> Option<&Try> {
    match report {
        Report::Payment { fact, .. } => match &fact.happened {
            Happened::Tried { what, .. } => Some(what),
            _ => None,
        },
        Report::Refund { .. } => None,
    }
}

fn of_order<'p>(payment: &'p wire::Payment, order: &str) -> Result<&'p wire::Payment, Unheard> {
    match payment.order_id.as_deref() {
        Some(named) if named != order => Err(Unheard("a payment of another order")),
        _ => Ok(payment),
    }
}

async fn payment(
    call: Call<'_>,
    purpose: &'static str,
    order: &str,
    id: &str,
) -> Result<wire::Payment, CallError> {
    let path = format!("/orders/{order}/payments/{}", client::id(id)?);
    let payment: wire::Payment = client::get(call, purpose, &path).await?;
    if payment.cf_payment_id.0 != id {
        return Err(Unheard("another payment than was asked for").into());
    }
    of_order(&payment, order)?;
    Ok(payment)
}

async fn refunds_of(
    call: Call<'_>,
    purpose: &'static str,
    order: &str,
) -> Result<Vec<wire::Refund>, CallError> {
    Ok(client::get(call, purpose, &format!("/orders/{}/refunds", client::id(order)?)).await?)
}

// ---- taking and letting go

#[async_trait]
impl Capture for Cashfree {
    async fn capture(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError> {
        decide(call, hold, "capture", "CAPTURE", Some(client::number(hold.amount))).await
    }

    /// An amount is taken, but what becomes of the rest is not documented.
    fn part(&self) -> Option<&dyn CapturePart> {
        None
    }
}

#[async_trait]
impl Void for Cashfree {
    async fn void(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError> {
        decide(call, hold, "void", "VOID", None).await
    }
}

/// The order is named, and it has one hold: which one was meant is held against the answer.
async fn decide(
    call: Call<'_>,
    hold: &Hold,
    purpose: &'static str,
    action: &'static str,
    amount: Option<Box<RawValue>>,
) -> Result<Vec<Report>, CallError> {
    let order = client::id(&hold.subject.provider_order)?;
    let path = format!("/orders/{order}/authorization");
    let decided: Result<wire::Payment, Failed> =
        client::post(call, purpose, &path, &wire::Decide { action, amount }).await;
    match decided {
        Ok(payment) if payment.cf_payment_id.0 == hold.provider_payment => {
            Ok(vec![meaning::payment(of_order(&payment, order)?, order)?])
        }
        Ok(_) => Err(Unheard("a decision about another payment").into()),
        // It may have been decided already, by an earlier call of ours or in the dashboard.
        Err(failed) if failed.error.reason().kind == ReasonKind::Refused => {
            as_it_stands(call, purpose, hold, failed.error.reason().clone()).await
        }
        Err(failed) => Err(failed.error),
    }
}

/// How the hold stands after a refusal, which is believed only of a hold that is untouched.
async fn as_it_stands(
    call: Call<'_>,
    purpose: &'static str,
    hold: &Hold,
    refusal: Reason,
) -> Result<Vec<Report>, CallError> {
    let order = &hold.subject.provider_order;
    let Ok(payment) = payment(call, purpose, order, &hold.provider_payment).await else {
        return Err(CallError::Unknown(refusal));
    };
    let Ok(report) = meaning::payment(&payment, order) else { return Err(CallError::Unknown(refusal)) };
    match what(&report) {
        Some(Try::Captured { .. } | Try::Released) => Ok(vec![report]),
        Some(Try::Authorized { .. }) if !meaning::is_being_decided(&payment) => {
            Err(CallError::NotDone(refusal))
        }
        _ => Err(CallError::Unknown(refusal)),
    }
}

// ---- giving back

#[async_trait]
impl Refund for Cashfree {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Result<Report, CallError> {
        let path = format!("/orders/{}/refunds", client::id(&ask.subject.provider_order)?);
        let body = wire::NewRefund {
            refund_id: ask.our_ref.as_str(),
            refund_amount: client::number(ask.amount),
            refund_note: ask.reason,
            refund_speed: "STANDARD",
        };
        let made: Result<wire::Refund, Failed> = client::post(call, "refund", &path, &body).await;
        match made {
            Ok(refund) => of_ask(ask, &refund),
            // "Exists already" and "nothing left to give back" may be the echo of our own earlier call: a refusal is
            // believed only when our reference is not among the refunds.
            Err(failed) if failed.error.reason().kind == ReasonKind::Refused => {
                let refusal = failed.error.reason().clone();
                match (among(call, ask, None).await, failed.error) {
                    (Ok(Some(report)), _) => Ok(report),
                    (Ok(None), error) => Err(error),
                    (Err(_), _) => Err(CallError::Unknown(refusal)),
                }
            }
            Err(failed) => Err(failed.error),
        }
    }

    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Result<Option<Report>, CallError> {
        match among(call, ask, provider_refund).await {
            // It was there once. That it is gone is no proof that nothing went back.
            Ok(None) if provider_refund.is_some() => {
                Err(CallError::unknown(ReasonKind::NotFound, "the refund is not listed any more"))
            }
            // Nor is an order without an answer a proof that it has no refunds.
            Err(CallError::NotDone(reason)) if reason.kind == ReasonKind::NotFound => {
                Err(CallError::Unknown(reason))
            }
            answer => answer,
        }
    }
}

/// The refund among the order's: by Cashfree's id of it, which one made in the dashboard has too, or by ours.
async fn among(
    call: Call<'_>,
    ask: &RefundAsk,
    provider_refund: Option<&str>,
) -> Result<Option<Report>, CallError> {
    let refunds = refunds_of(call, "fetch_refund", &ask.subject.provider_order).await?;
    let is_it = |refund: &&wire::Refund| match provider_refund {
        Some(id) => refund.cf_refund_id.0 == id,
        None => refund.refund_id == ask.our_ref.as_str(),
    };
    let found = refunds.iter().find(is_it);
    found.map(|refund| of_ask(ask, refund)).transpose()
}

fn of_ask(ask: &RefundAsk, refund: &wire::Refund) -> Result<Report, CallError> {
    if refund.cf_payment_id.0 != ask.provider_payment || refund.order_id != ask.subject.provider_order {
        return Err(Unheard("a refund of another payment").into());
    }
    Ok(meaning::refund(refund)?)
}

// ---- testing a connection

/// An order that nobody has: with good keys the answer is that there is none.
const NOBODYS_ORDER: &str = "hundi-connection-test";

#[async_trait]
impl TestConnection for Cashfree {
    async fn test(&self, call: Call<'_>) -> TestResult {
        if is_of_other_mode(call.account) {
            return TestResult::WrongMode;
        }
        let asked: Result<wire::Order, Failed> =
            client::get(call, "test", &format!("/orders/{NOBODYS_ORDER}")).await;
        match asked {
            Ok(_) => TestResult::Works,
            Err(failed) if failed.code == "order_not_found" => TestResult::Works,
            Err(failed) => result_of(failed.error.reason().clone()),
        }
    }
}

/// The modes have hosts of their own, so a key of the other is simply wrong here; what its own letters say is kinder.
fn is_of_other_mode(account: &Account) -> bool {
    let (id, secret) = (account.credential("client_id"), account.credential("client_secret"));
    let of_test = id.expose().starts_with("TEST") || secret.expose().starts_with("cfsk_ma_test_");
    let of_live = secret.expose().starts_with("cfsk_ma_prod_");
    match account.mode {
        Mode::Live => of_test,
        Mode::Test => of_live,
    }
}

fn result_of(reason: Reason) -> TestResult {
    match reason.kind {
        ReasonKind::Unauthorized => TestResult::WrongKey,
        ReasonKind::Forbidden => TestResult::MissingPermission,
        ReasonKind::Unreachable
        | ReasonKind::TimedOut
        | ReasonKind::Broken
        | ReasonKind::ServerError
        | ReasonKind::RateLimited
        | ReasonKind::Unreadable
        | ReasonKind::Unrecognised
        | ReasonKind::Refused
        | ReasonKind::NotFound => TestResult::Unreachable(reason),
    }
}
