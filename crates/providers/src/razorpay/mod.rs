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
    About, Account, Call, Capture, CapturePart, Card, Hold, Parts, Provider, Refund, RefundAsk, Report,
    Subject, TestConnection, TestResult, Watch,
};
use crate::reading::answers::our_ref;
use crate::reading::doubt::{is_refused, surely_unknown, tested, unknown_if_gone, unless_found};
use crate::wire::{CallError, Header};
use crate::writing::Object;
use async_trait::async_trait;
use meaning::{Told, Unheard};

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
            settlements: Some(self),
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
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Result<Vec<Report>, CallError> {
        let (mut told, errand) = (Told::default(), call.to("fetch"));
        let order = client::id(&subject.provider_order)?;
        if is_link(order) {
            let link: wire::PaymentLink = client::get(errand, &format!("/v1/payment_links/{order}")).await?;
            if link.id != order {
                return Err(Unheard("another payment link than was asked for").into());
            }
            let our_ref = our_ref(link.reference_id.as_deref());
            for paid in link.payments.unwrap_or_default() {
                // Its own order id names what Razorpay keeps beneath the link; we asked through the link.
                let about = About { provider_order: Some(link.id.clone()), our_ref, provider_payment: None };
                add(&mut told, errand, &payment(errand, &paid.payment_id).await?, about).await;
            }
        } else {
            let path = format!("/v1/orders/{order}/payments");
            for payment in client::list::<wire::Payment>(errand, &path, |p| &p.id).await? {
                let named = payment.order_id.clone().unwrap_or_else(|| order.to_owned());
                let about = About { provider_order: Some(named), ..About::default() };
                add(&mut told, errand, &payment, about).await;
            }
        }
        Ok(told.into_reports()?)
    }
}

async fn add(told: &mut Told, errand: Errand<'_>, payment: &wire::Payment, about: About) {
    told.add(meaning::payment(payment, about));
    if meaning::was_captured(payment) && payment.amount_refunded.is_some_and(|given| given > 0) {
        // That money was taken is never held back because its refunds could not be listed: notices, the next
        // poll and settlement lines bring those too.
        let refunds = refunds_of(errand, &payment.id).await.unwrap_or_default();
        refunds.iter().for_each(|refund| told.add(meaning::refund(refund)));
    }
}

async fn payment(errand: Errand<'_>, id: &str) -> Result<wire::Payment, CallError> {
    let id = client::id(id)?;
    let payment: wire::Payment = client::get(errand, &format!("/v1/payments/{id}")).await?;
    if payment.id == id { Ok(payment) } else { Err(Unheard("another payment than was asked for").into()) }
}

async fn refunds_of(errand: Errand<'_>, payment: &str) -> Result<Vec<wire::Refund>, CallError> {
    let path = format!("/v1/payments/{}/refunds", client::id(payment)?);
    client::list(errand, &path, |refund: &wire::Refund| &refund.id).await
}

// ---- taking

#[async_trait]
impl Capture for Razorpay {
    async fn capture(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError> {
        let id = client::id(&hold.provider_payment)?;
        let (errand, path) = (call.to("capture"), format!("/v1/payments/{id}/capture"));
        let taken = match client::post(errand, &path, &client::amount(hold.amount)).await {
            // By an earlier call of ours, or by the account's settings.
            Err(CallError::NotDone(reason)) if is_taken(&reason.detail) => {
                payment(errand, id).await.map_err(|error| surely_unknown(&error))?
            }
            answer => answer?,
        };
        if taken.id != id {
            return Err(Unheard("another payment than was captured").into());
        }
        // The payment is named by us, which binds more than the order that a link keeps beneath itself.
        Ok(vec![meaning::payment(&taken, About::default())?])
    }

    /// "Capture amount must be equal to the amount authorized": the API refuses anything else.
    fn part(&self) -> Option<&dyn CapturePart> {
        None
    }
}

/// The texts are documented, and one from memory; each only makes us ask.
fn is_taken(detail: &str) -> bool {
    let detail = detail.to_lowercase();
    ["already been captured", "already captured", "already paid"].iter().any(|text| detail.contains(text))
}

// ---- giving back

#[async_trait]
impl Refund for Razorpay {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Result<Report, CallError> {
        let path = format!("/v1/payments/{}/refund", client::id(&ask.provider_payment)?);
        let our_ref = ask.our_ref.as_str();
        let body = Object::new()
            .put("amount", ask.amount.minor())
            .put("speed", "normal")
            .put("receipt", our_ref)
            .put("notes", Object::new().put("our_ref", our_ref).put("reason", ask.reason));
        let key = Header::plain("X-Refund-Idempotency", our_ref);
        match client::post_once(call.to("refund"), &path, &body, &[key]).await {
            Ok(refund) => of_ask(ask, &refund),
            // How long the key is remembered is not documented. "Fully refunded already" may be the echo of our own
            // earlier call.
            Err(refusal) if is_refused(&refusal) => unless_found(refusal, among(call, ask).await),
            Err(other) => Err(other),
        }
    }

    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Result<Option<Report>, CallError> {
        let Some(id) = provider_refund else { return among(call, ask).await };
        let id = client::id(id)?;
        let found = client::get(call.to("fetch_refund"), &format!("/v1/refunds/{id}")).await;
        let refund: wire::Refund = found.map_err(unknown_if_gone)?;
        if refund.id != id {
            return Err(Unheard("another refund than was asked for").into());
        }
        of_ask(ask, &refund).map(Some)
    }
}

/// The refund with our reference among the payment's; of several the oldest, so that all callers see the same.
async fn among(call: Call<'_>, ask: &RefundAsk) -> Result<Option<Report>, CallError> {
    let refunds = refunds_of(call.to("fetch_refund"), &ask.provider_payment).await?;
    let ours = refunds.iter().filter(|r| meaning::our_ref_of(r) == Some(ask.our_ref));
    let oldest = ours.min_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    oldest.map(|refund| of_ask(ask, refund)).transpose()
}

fn of_ask(ask: &RefundAsk, refund: &wire::Refund) -> Result<Report, CallError> {
    if refund.payment_id != ask.provider_payment {
        return Err(Unheard("a refund of another payment").into());
    }
    Ok(meaning::refund(refund)?)
}

// ---- testing a connection

#[async_trait]
impl TestConnection for Razorpay {
    async fn test(&self, call: Call<'_>) -> TestResult {
        if let Some(wrong) = wrong_key(call.account) {
            return wrong;
        }
        tested(client::get::<wire::Collection<wire::Order>>(call.to("test"), "/v1/orders?count=1").await)
    }
}

/// What the key's own prefix tells, before any call.
fn wrong_key(account: &Account) -> Option<TestResult> {
    match client::mode_of_key(account.credential("key_id").expose()) {
        Some(mode) if mode == account.mode => None,
        Some(_) => Some(TestResult::WrongMode),
        None => Some(TestResult::WrongKey),
    }
}
