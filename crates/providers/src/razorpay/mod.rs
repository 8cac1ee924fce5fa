//! Razorpay: orders paid through its checkout script, payment links, UPI links; captures, refunds, signed webhooks.
//!
//! The verbs are here and in `open.rs`, `told.rs` and `lists.rs`; its JSON is in `wire.rs`, what it means in `meaning.rs`, how it
//! is proved in `sign.rs`, how it is called in `client.rs`. Where it is peculiar, `NOTES.md` says so with a source.

mod card;
mod choices;
mod client;
mod lists;
mod meaning;
mod open;
mod saved;
mod sign;
pub mod sim;
#[cfg(test)]
mod tests;
mod told;
mod wire;

use crate::asking::Errand;
use crate::contract::{
    About, Call, Capture, CapturePart, Card, Hold, Parts, Provider, Refund, RefundAsk, Report, Subject,
    TestConnection, TestResult, Watch,
};
use crate::reading::doubt::{Told, is_refused, is_refused_with, or_found, tested, unknown_if_gone};
use crate::reading::tree::Tree;
use crate::refunding::of_payment;
use crate::wire::Called;
use crate::writing::Object;
use async_trait::async_trait;

/// The provider Razorpay. Has no state: an account comes with each call.
#[derive(Clone, Copy, Debug)]
pub struct Razorpay;

impl Provider for Razorpay {
    fn card(&self) -> &'static Card {
        &card::CARD
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            open: self,
            watch: self,
            finish: None,
            capture: Some(self),
            void: None,
            refund: Some(self),
            notices: Some(self),
            returns: Some(self),
            sweep: Some(self),
            trace: Some(self),
            settlements: Some(self),
            settlement_file: None,
            whose: None,
            saved: Some(self),
            choices: Some(self),
            balances: None,
            test: self,
        }
    }
}

/// Whether an order of ours is a payment link there. Ids carry their kind.
fn is_link(provider_order: &str) -> bool {
    provider_order.starts_with("plink_")
}

// ---- asking

#[async_trait]
impl Watch for Razorpay {
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Called<Vec<Report>> {
        let (mut told, errand) = (Told::default(), call.to("fetch"));
        let order = client::id(&subject.provider_order)?;
        if is_link(order) {
            let link = client::one(errand, "payment_links", order).await?;
            for id in wire::payments(&link)? {
                let payment = client::one(errand, "payments", &id).await?;
                add(&mut told, errand, &payment, wire::about(&link)?).await;
            }
        } else {
            for payment in client::list(errand, &format!("/v1/orders/{order}/payments")).await? {
                let named = payment.text("/order_id")?.unwrap_or_else(|| order.to_owned());
                let about = About { provider_order: Some(named), ..About::default() };
                add(&mut told, errand, &payment, about).await;
            }
        }
        Ok(told.into_reports()?)
    }
}

async fn add(told: &mut Told, errand: Errand<'_>, payment: &Tree, about: About) {
    told.add(meaning::payment(payment, about));
    let given: Option<i64> = payment.aside("/amount_refunded");
    if meaning::was_captured(payment) == Ok(true) && given.is_some_and(|minor| minor > 0) {
        // That money was taken is never held back because its refunds could not be listed: notices, the next
        // poll and settlement lines bring those too.
        let id = payment.shown("/id").unwrap_or_default();
        let refunds = refunds_of(errand, &id).await.unwrap_or_default();
        refunds.iter().for_each(|refund| told.add(meaning::refund(refund)));
    }
}

async fn refunds_of(errand: Errand<'_>, payment: &str) -> Called<Vec<Tree>> {
    client::list(errand, &format!("/v1/payments/{}/refunds", client::id(payment)?)).await
}

// ---- taking

#[async_trait]
impl Capture for Razorpay {
    async fn capture(&self, call: Call<'_>, hold: &Hold) -> Called<Vec<Report>> {
        let id = client::id(&hold.provider_payment)?;
        let (errand, path) = (call.to("capture"), format!("/v1/payments/{id}/capture"));
        // The payment is named by us, which binds more than the order that a link keeps beneath itself.
        let meant = |taken: Tree| Ok(meaning::payment(&wire::named(taken, id)?, About::default())?);
        let taken = client::post(errand, &path, &client::amount(hold.amount)).await.and_then(meant);
        // By an earlier call of ours, or by the account's settings.
        let look = async { client::one(errand, "payments", id).await.and_then(meant).map(Some) };
        Ok(vec![or_found(taken, |no| is_refused_with(no, &TAKEN), look).await?])
    }

    /// "Capture amount must be equal to the amount authorized": the API refuses anything else.
    fn part(&self) -> Option<&dyn CapturePart> {
        None
    }
}

/// The texts are documented, and one from memory; each only makes us ask.
const TAKEN: [&str; 3] = ["already been captured", "already captured", "already paid"];

// ---- giving back

#[async_trait]
impl Refund for Razorpay {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Called<Report> {
        let path = format!("/v1/payments/{}/refund", client::id(&ask.provider_payment)?);
        let our_ref = ask.our_ref.as_str();
        let body = Object::new()
            .put("amount", ask.amount.minor())
            .put("speed", "normal")
            .put("receipt", our_ref)
            .put("notes", Object::new().put("our_ref", our_ref).put("reason", ask.reason));
        let errand = call.to("refund").once("X-Refund-Idempotency", ask.our_ref);
        let refund = client::post(errand, &path, &body).await;
        let refund = refund.and_then(|refund| of_payment(meaning::refund(&refund), ask));
        // How long the key is remembered is not documented. "Fully refunded already" may be the echo of our own
        // earlier call.
        or_found(refund, is_refused, among(call, ask)).await
    }

    async fn fetch(&self, call: Call<'_>, ask: &RefundAsk, id: Option<&str>) -> Called<Option<Report>> {
        let Some(id) = id else { return among(call, ask).await };
        let found = client::one(call.to("fetch_refund"), "refunds", id).await;
        of_payment(meaning::refund(&found.map_err(unknown_if_gone)?), ask).map(Some)
    }
}

/// The refund with our reference among the payment's.
async fn among(call: Call<'_>, ask: &RefundAsk) -> Called<Option<Report>> {
    let refunds = refunds_of(call.to("fetch_refund"), &ask.provider_payment).await?;
    let is_ours = |refund: &Tree| Ok(meaning::our_refund(refund)? == Some(ask.our_ref));
    let ours = wire::oldest(refunds, is_ours)?;
    ours.map(|refund| of_payment(meaning::refund(&refund), ask)).transpose()
}

// ---- testing a connection

#[async_trait]
impl TestConnection for Razorpay {
    async fn test(&self, call: Call<'_>) -> TestResult {
        // What the key's own prefix tells, before any call.
        match client::mode_of_key(call.account.credential("key_id").expose()) {
            None => TestResult::WrongKey,
            Some(mode) if mode != call.account.mode => TestResult::WrongMode,
            Some(_) => tested(client::page(call.to("test"), "/v1/orders?count=1").await),
        }
    }
}
