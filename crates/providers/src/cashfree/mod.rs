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

use crate::asking::Errand;
use crate::contract::{
    Account, Call, Capture, CapturePart, Card, Hold, Parts, Provider, Refund, RefundAsk, Report, Subject,
    TestConnection, TestResult, Void, Watch,
};
use crate::reading::doubt::{Told, Unheard, is_refusal, or_found, still_there, tested, unknown_if_gone};
use crate::refunding::of_payment;
use crate::wire::{CallError, Reason};
use crate::writing::Object;
use async_trait::async_trait;
use client::Failed;
use hundi_core::Mode;
use hundi_core::payment::Try;
use std::collections::BTreeSet;

/// The provider Cashfree. Has no state: an account comes with each call.
#[derive(Clone, Copy, Debug)]
pub struct Cashfree;

impl Provider for Cashfree {
    fn card(&self) -> &'static Card {
        &card::CARD
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            open: self,
            watch: self,
            finish: None,
            capture: Some(self),
            void: Some(self),
            refund: Some(self),
            notices: Some(self),
            returns: Some(self),
            sweep: Some(self),
            // A sweep asks for each movement itself, which bears the name that its order was opened by.
            trace: None,
            settlements: Some(self),
            settlement_file: None,
            // A sweep asks for each movement itself.
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
impl Watch for Cashfree {
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Result<Vec<Report>, CallError> {
        let (order, errand) = (client::id(&subject.provider_order)?, call.to("fetch"));
        let tries: Vec<wire::Payment> = client::get(errand, &format!("/orders/{order}/payments")).await?;
        let (mut told, mut taken) = (Told::default(), BTreeSet::new());
        for payment in tries {
            let report = meaning::payment(of_order(&payment, order)?, order);
            if matches!(report.as_ref().ok().and_then(Report::what), Some(Try::Captured { .. })) {
                taken.insert(payment.cf_payment_id.0);
            }
            told.add(report);
        }
        let mut reports = told.into_reports()?;
        if !taken.is_empty() {
            // That money was taken is never held back because its refunds could not be listed. What was given back of
            // money that was never the merchant's is no refund.
            let refunds = refunds_of(errand, order).await.unwrap_or_default();
            let ours = refunds.iter().filter(|refund| taken.contains(&refund.cf_payment_id.0));
            reports.extend(ours.filter_map(|refund| meaning::refund(refund).ok()));
        }
        Ok(reports)
    }
}

fn of_order<'p>(payment: &'p wire::Payment, order: &str) -> Result<&'p wire::Payment, Unheard> {
    match payment.order_id.as_deref() {
        Some(named) if named != order => Err(Unheard("a payment of another order")),
        _ => Ok(payment),
    }
}

async fn payment(errand: Errand<'_>, order: &str, id: &str) -> Result<wire::Payment, CallError> {
    let path = format!("/orders/{order}/payments/{}", client::id(id)?);
    let payment: wire::Payment = client::get(errand, &path).await?;
    if payment.cf_payment_id.0 != id {
        return Err(Unheard("another payment than was asked for").into());
    }
    of_order(&payment, order)?;
    Ok(payment)
}

async fn refunds_of(errand: Errand<'_>, order: &str) -> Result<Vec<wire::Refund>, CallError> {
    Ok(client::get(errand, &format!("/orders/{}/refunds", client::id(order)?)).await?)
}

// ---- taking and letting go

#[async_trait]
impl Capture for Cashfree {
    async fn capture(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError> {
        let body = Object::new().put("action", "CAPTURE").put("amount", client::number(hold.amount));
        decide(call.to("capture"), hold, &body).await
    }

    /// An amount is taken, but what becomes of the rest is not documented.
    fn part(&self) -> Option<&dyn CapturePart> {
        None
    }
}

#[async_trait]
impl Void for Cashfree {
    async fn void(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError> {
        decide(call.to("void"), hold, &Object::new().put("action", "VOID")).await
    }
}

/// The order is named, and it has one hold: which one was meant is held against the answer.
async fn decide(errand: Errand<'_>, hold: &Hold, body: &Object) -> Result<Vec<Report>, CallError> {
    let order = client::id(&hold.subject.provider_order)?;
    let decided: Result<wire::Payment, Failed> =
        client::post(errand, &format!("/orders/{order}/authorization"), body).await;
    match decided.map_err(CallError::from) {
        Ok(payment) if payment.cf_payment_id.0 == hold.provider_payment => {
            Ok(vec![meaning::payment(of_order(&payment, order)?, order)?])
        }
        Ok(_) => Err(Unheard("a decision about another payment").into()),
        // It may have been decided already, by an earlier call of ours or in the dashboard.
        Err(refusal) if is_refusal(&refusal) => as_it_stands(errand, hold, refusal.reason()).await,
        Err(other) => Err(other),
    }
}

/// How the hold stands after a refusal, which is believed only of a hold that is untouched.
async fn as_it_stands(errand: Errand<'_>, hold: &Hold, refusal: &Reason) -> Result<Vec<Report>, CallError> {
    let order = &hold.subject.provider_order;
    let asked = payment(errand, order, &hold.provider_payment).await.ok();
    let stands = asked.and_then(|payment| Some((meaning::payment(&payment, order).ok()?, payment)));
    let Some((report, payment)) = stands else { return Err(CallError::Unknown(refusal.clone())) };
    match report.what() {
        Some(Try::Captured { .. } | Try::Released) => Ok(vec![report]),
        Some(Try::Authorized { .. }) if !meaning::is_being_decided(&payment) => {
            Err(CallError::NotDone(refusal.clone()))
        }
        _ => Err(CallError::Unknown(refusal.clone())),
    }
}

// ---- giving back

#[async_trait]
impl Refund for Cashfree {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Result<Report, CallError> {
        let path = format!("/orders/{}/refunds", client::id(&ask.subject.provider_order)?);
        let body = Object::new()
            .put("refund_id", ask.our_ref.as_str())
            .put("refund_amount", client::number(ask.amount))
            .put("refund_note", ask.reason)
            .put("refund_speed", "STANDARD");
        let made: Result<wire::Refund, Failed> = client::post(call.to("refund"), &path, &body).await;
        let made = made.map_err(CallError::from).and_then(|refund| of_ask(ask, &refund));
        // "Exists already" and "nothing left to give back" may be the echo of our own earlier call.
        or_found(made, is_refusal, among(call, ask, None)).await
    }

    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Result<Option<Report>, CallError> {
        // An order without an answer is no proof that it has no refunds.
        let found = among(call, ask, provider_refund).await.map_err(unknown_if_gone)?;
        still_there(found, provider_refund)
    }
}

/// The refund among the order's: by Cashfree's id of it, which one made in the dashboard has too, or by ours.
async fn among(
    call: Call<'_>,
    ask: &RefundAsk,
    provider_refund: Option<&str>,
) -> Result<Option<Report>, CallError> {
    let refunds = refunds_of(call.to("fetch_refund"), &ask.subject.provider_order).await?;
    let is_it = |refund: &&wire::Refund| match provider_refund {
        Some(id) => refund.cf_refund_id.0 == id,
        None => refund.refund_id == ask.our_ref.as_str(),
    };
    refunds.iter().find(is_it).map(|refund| of_ask(ask, refund)).transpose()
}

fn of_ask(ask: &RefundAsk, refund: &wire::Refund) -> Result<Report, CallError> {
    if refund.order_id != ask.subject.provider_order {
        return Err(Unheard("a refund of another order").into());
    }
    of_payment(meaning::refund(refund), ask)
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
            client::get(call.to("test"), &format!("/orders/{NOBODYS_ORDER}")).await;
        match asked {
            Err(failed) if failed.says("order_not_found") => TestResult::Works,
            asked => tested(asked.map_err(CallError::from)),
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
