//! PayPal: orders approved on its page and captured by us, holds, refunds, notices with certificates.
//!
//! The verbs are here and in `open.rs`, `told.rs` and `lists.rs`; its JSON is in `wire.rs`, what it means in
//! `meaning.rs`, how it is proved in `sign.rs`, how it is called in `client.rs`. Where it is peculiar, `NOTES.md` says so
//! with a source.

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
mod wire;

use crate::asking::Errand;
use crate::bearing::Grant;
use crate::contract::{
    About, Call, Capture, CaptureBy, CapturePart, Card, Finish, Hold, Parts, Provider, Refund, RefundAsk,
    Report, Subject, TestConnection, TestResult, Void, Watch,
};
use crate::reading::doubt::{
    Heard, ensure, if_there, is_refused, or_found, refused, surely_not_done, surely_unknown, tested,
    unknown_if_gone,
};
use crate::reading::tree::Tree;
use crate::wire::{Answer, CallError, Called};
use crate::writing::Object;
use async_trait::async_trait;
use client::Failed;
use hundi_core::Money;
use meaning::{Issue, Unheard};
use wire::Amount;

/// The provider PayPal. Has no state: an account comes with each call.
#[derive(Clone, Copy, Debug)]
pub struct PayPal;

impl Provider for PayPal {
    fn card(&self) -> &'static Card {
        &card::CARD
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            open: self,
            watch: self,
            finish: Some(self),
            capture: Some(self),
            void: Some(self),
            refund: Some(self),
            notices: Some(self),
            returns: Some(self),
            sweep: Some(self),
            trace: None,
            settlements: Some(self),
            settlement_file: None,
            whose: None,
            saved: None,
            choices: None,
            balances: Some(self),
            test: self,
        }
    }
}

// ---- asking

#[async_trait]
impl Watch for PayPal {
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Called<Vec<Report>> {
        Ok(meaning::order(&order(call.to("fetch"), subject).await?, None)?)
    }
}

async fn order(errand: Errand<'_>, subject: &Subject) -> Called<Tree> {
    named(errand, "checkout/orders", &subject.provider_order).await
}

/// An order, a capture or a refund as it is now.
async fn named(errand: Errand<'_>, kind: &str, id: &str) -> Called<Tree> {
    let entity = client::get(errand, &format!("/v2/{kind}/{}", client::id(id)?)).await?;
    is_of(&entity, id)?;
    Ok(entity)
}

/// An answer must be about what was asked.
fn is_of(entity: &Tree, id: &str) -> Heard<()> {
    ensure(entity.need_text("/id")? == id, "another than was asked for")
}

// ---- taking and letting go

/// Has something done to an order or a hold, and says what `read` makes of the answer. Where it is done without a word,
/// was done before, or can't be done any more, how the order stands says the rest.
async fn done(
    errand: Errand<'_>,
    subject: &Subject,
    path: &str,
    verb: &str,
    body: Option<&Object>,
    read: impl Fn(&Tree) -> Heard<Vec<Report>>,
) -> Called<Vec<Report>> {
    // One key for each kind of call: whether PayPal keeps the keys of different calls apart is not documented, and one
    // that answered a capture with the order's opening would never take the money.
    let key = format!("{}-{verb}", subject.our_ref);
    match client::post(errand, path, &key, body).await {
        Ok(answer) if answer.status != 204 => Ok(read(&client::read(&answer)?)?),
        Ok(_) => as_it_stands(errand, subject).await.map_err(|error| surely_unknown(&error)),
        Err(Failed { word: Some(Issue::Stands | Issue::Gone), error }) => {
            // Where it can't be read, what was known of the call is all that is known.
            as_it_stands(errand, subject).await.map_err(|_| error)
        }
        Err(failed) => Err(failed.error),
    }
}

async fn as_it_stands(errand: Errand<'_>, subject: &Subject) -> Called<Vec<Report>> {
    Ok(with_a_try(meaning::order(&order(errand, subject).await?, None)?)?)
}

/// A success that says nothing of the money leaves open what became of it.
fn with_a_try(reports: Vec<Report>) -> Heard<Vec<Report>> {
    ensure(reports.iter().any(|report| report.what().is_some()), "an order without a try")?;
    Ok(reports)
}

#[async_trait]
impl Finish for PayPal {
    async fn finish(&self, call: Call<'_>, subject: &Subject, capture: CaptureBy) -> Called<Vec<Report>> {
        let id = client::id(&subject.provider_order)?;
        let verb = match capture {
            CaptureBy::Provider => "capture",
            CaptureBy::Us => "authorize",
        };
        let path = format!("/v2/checkout/orders/{id}/{verb}");
        let read = |order: &Tree| is_of(order, id).and_then(|()| with_a_try(meaning::order(order, None)?));
        done(call.to("finish"), subject, &path, verb, None, read).await
    }
}

#[async_trait]
impl Capture for PayPal {
    async fn capture(&self, call: Call<'_>, hold: &Hold) -> Called<Vec<Report>> {
        take(call, hold, hold.amount, "capture").await
    }

    fn part(&self) -> Option<&dyn CapturePart> {
        Some(self)
    }
}

#[async_trait]
impl CapturePart for PayPal {
    /// `final_capture` lets the rest go (Payments v2, capture authorized payment). The key names the amount: a smaller
    /// one, asked for after PayPal had refused the first, is another request.
    async fn capture_part(&self, call: Call<'_>, hold: &Hold, amount: Money) -> Called<Vec<Report>> {
        take(call, hold, amount, &format!("capture{}", amount.minor())).await
    }
}

async fn take(call: Call<'_>, hold: &Hold, amount: Money, verb: &str) -> Called<Vec<Report>> {
    let id = client::id(&hold.provider_payment)?;
    let body = Object::new().put("amount", Amount::of(amount)?).put("final_capture", true);
    let path = format!("/v2/payments/authorizations/{id}/capture");
    let read = |taken: &Tree| {
        let of = meaning::authorization_of(taken)?;
        ensure(of.is_none_or(|of| of == id), "a capture of another authorization")?;
        Ok(vec![meaning::capture(taken, id.to_owned(), about(&hold.subject), None)?])
    };
    done(call.to("capture"), &hold.subject, &path, verb, Some(&body), read).await
}

#[async_trait]
impl Void for PayPal {
    async fn void(&self, call: Call<'_>, hold: &Hold) -> Called<Vec<Report>> {
        let id = client::id(&hold.provider_payment)?;
        let path = format!("/v2/payments/authorizations/{id}/void");
        let read = |held: &Tree| {
            is_of(held, id)?;
            Ok(vec![meaning::authorization(held, about(&hold.subject), None)?])
        };
        done(call.to("void"), &hold.subject, &path, "void", None, read).await
    }
}

fn about(subject: &Subject) -> About {
    About { provider_order: Some(subject.provider_order.clone()), ..About::default() }
}

// ---- giving back

#[async_trait]
impl Refund for PayPal {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Called<Report> {
        let taken = capture_id(call, ask).await.map_err(|error| surely_not_done(&error))?;
        let our_ref = ask.our_ref.as_str();
        let body = Object::new()
            .put("amount", Amount::of(ask.amount)?)
            .put("invoice_id", our_ref)
            .put("custom_id", our_ref);
        let path = format!("/v2/payments/captures/{taken}/refund");
        let read = |answer: Answer| {
            let given = client::read(&answer)?;
            let of = meaning::above(&given, "captures")?;
            ensure(of.is_none_or(|of| of == taken), "a refund of another capture")?;
            of_ask(ask, &given)
        };
        let answer = client::post(call.to("refund"), &path, our_ref, Some(&body)).await;
        // "Fully refunded already" may be the echo of our own earlier call, after its key was forgotten.
        or_found(answer.map_err(CallError::from).and_then(read), is_refused, among(call, ask)).await
    }

    async fn fetch(&self, call: Call<'_>, ask: &RefundAsk, id: Option<&str>) -> Called<Option<Report>> {
        let Some(id) = id else { return among(call, ask).await };
        let given = named(call.to("fetch_refund"), "payments/refunds", id).await.map_err(unknown_if_gone)?;
        let of = meaning::above(&given, "captures")?.ok_or(Unheard("a refund that does not say of what"))?;
        let is_ours = of == ask.provider_payment || of == capture_id(call, ask).await?;
        ensure(is_ours, "another refund than was asked for")?;
        of_ask(ask, &given).map(Some)
    }
}

fn of_ask(ask: &RefundAsk, given: &Tree) -> Called<Report> {
    Ok(meaning::refund(given, ask.provider_payment.clone(), Some(ask.subject.our_ref))?)
}

/// What a refund is made of. Only the order tells it of a try that is named by its authorization.
async fn capture_id(call: Call<'_>, ask: &RefundAsk) -> Called<String> {
    let named = client::id(&ask.provider_payment)?;
    // How long an order can be asked for is not documented. A try without a hold carries its capture's name.
    let found = if_there(order(call.to("fetch_order"), &ask.subject).await)?;
    let Some(order) = found else { return Ok(named.to_owned()) };
    let id = meaning::money_named(&order, named)?;
    let id = id.ok_or_else(|| refused("the order holds no such capture"))?;
    Ok(client::id(&id)?.to_owned())
}

async fn among(call: Call<'_>, ask: &RefundAsk) -> Called<Option<Report>> {
    let order = order(call.to("fetch_refund"), &ask.subject).await?;
    let given = meaning::refund_named(&order, ask.our_ref)?;
    given.map(|given| of_ask(ask, &given)).transpose()
}

// ---- testing a connection

#[async_trait]
impl TestConnection for PayPal {
    /// The two modes have hosts and credentials of their own: those of the other mode are simply wrong here.
    async fn test(&self, call: Call<'_>) -> TestResult {
        tested(self.new_token(call).await)
    }
}
