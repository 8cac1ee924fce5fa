//! PayPal: orders approved on its page and captured by us, holds, refunds, notices with certificates.
//!
//! The verbs are here and in `open.rs`, `told.rs` and `lists.rs`; its JSON is in `wire.rs`, what it means in
//! `meaning.rs`, how it is proved in `sign.rs`, how it is called in `client.rs`. Where it is peculiar, `NOTES.md` says so
//! with a source.

mod balances;
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
    About, Call, Capture, CaptureBy, CapturePart, Card, Finish, Hold, Parts, Provider, Refund, RefundAsk,
    Report, Subject, TestConnection, TestResult, Void, Watch,
};
use crate::reading::answers::our_ref;
use crate::reading::doubt::{
    if_there, is_refused, refused, surely_not_done, surely_unknown, tested, unknown_if_gone, unless_found,
};
use crate::wire::{Answer, CallError};
use crate::writing::Object;
use async_trait::async_trait;
use client::Failed;
use hundi_core::Money;
use meaning::{Issue, Unheard};

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
            settlements: Some(self),
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
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Result<Vec<Report>, CallError> {
        let order = order(call.to("fetch"), subject).await?;
        Ok(meaning::order(&order).into_reports()?)
    }
}

async fn order(errand: Errand<'_>, subject: &Subject) -> Result<wire::Order, CallError> {
    let id = client::id(&subject.provider_order)?;
    let order: wire::Order = client::get(errand, &format!("/v2/checkout/orders/{id}")).await?;
    if order.id == id { Ok(order) } else { Err(Unheard("another order than was asked for").into()) }
}

/// How it stands, after a refusal that says no more than that it was done before or can't be done any more. Where it
/// can't be read, what was known of the call is all that is known.
async fn as_it_stands(
    errand: Errand<'_>,
    subject: &Subject,
    failed: Failed,
) -> Result<Vec<Report>, CallError> {
    match failed.word {
        Some(Issue::Stands | Issue::Gone) => {}
        Some(Issue::Refused | Issue::Busy) | None => return Err(failed.error),
    }
    let read = order(errand, subject).await;
    let reports = read.ok().and_then(|order| meaning::order(&order).into_reports().ok());
    reports.filter(|reports| says_a_try(reports)).ok_or(failed.error)
}

fn says_a_try(reports: &[Report]) -> bool {
    reports.iter().any(|report| report.what().is_some())
}

/// What is done to an order or a hold: the answer where it was done, and how it stands where it can't be any more.
enum Done {
    Answered(Answer),
    Stands(Vec<Report>),
}

async fn done(
    errand: Errand<'_>,
    subject: &Subject,
    path: &str,
    verb: &str,
    body: Option<&Object>,
) -> Result<Done, CallError> {
    match client::post(errand, path, &key(subject, verb), body).await {
        Ok(answer) => Ok(Done::Answered(answer)),
        Err(failed) => as_it_stands(errand, subject, failed).await.map(Done::Stands),
    }
}

// ---- taking

#[async_trait]
impl Finish for PayPal {
    async fn finish(
        &self,
        call: Call<'_>,
        subject: &Subject,
        capture: CaptureBy,
    ) -> Result<Vec<Report>, CallError> {
        let id = client::id(&subject.provider_order)?;
        let verb = match capture {
            CaptureBy::Provider => "capture",
            CaptureBy::Us => "authorize",
        };
        let path = format!("/v2/checkout/orders/{id}/{verb}");
        let done: wire::Order = match done(call.to("finish"), subject, &path, verb, None).await? {
            Done::Answered(answer) => client::read(&answer)?,
            Done::Stands(reports) => return Ok(reports),
        };
        if done.id != id {
            return Err(Unheard("another order than was finished").into());
        }
        let reports = meaning::order(&done).into_reports()?;
        // A success that says nothing of the money leaves open what became of it.
        if says_a_try(&reports) { Ok(reports) } else { Err(Unheard("a finished order without a try").into()) }
    }
}

/// One for each kind of call: whether PayPal keeps the keys of different calls apart is not documented, and one that
/// answered a capture with the order's opening would never take the money.
fn key(subject: &Subject, verb: &str) -> String {
    format!("{}-{verb}", subject.our_ref)
}

#[async_trait]
impl Capture for PayPal {
    async fn capture(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError> {
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
    async fn capture_part(
        &self,
        call: Call<'_>,
        hold: &Hold,
        amount: Money,
    ) -> Result<Vec<Report>, CallError> {
        take(call, hold, amount, &format!("capture{}", amount.minor())).await
    }
}

async fn take(call: Call<'_>, hold: &Hold, amount: Money, verb: &str) -> Result<Vec<Report>, CallError> {
    let id = client::id(&hold.provider_payment)?;
    let body = Object::new().put("amount", sent(amount)?).put("final_capture", true);
    let path = format!("/v2/payments/authorizations/{id}/capture");
    let taken: wire::Capture = match done(call.to("capture"), &hold.subject, &path, verb, Some(&body)).await?
    {
        Done::Answered(answer) => client::read(&answer)?,
        Done::Stands(reports) => return Ok(reports),
    };
    if meaning::authorization_of(&taken).is_some_and(|of| of != id) {
        return Err(Unheard("a capture of another authorization").into());
    }
    Ok(vec![meaning::capture(&taken, id, about(&hold.subject), None)?])
}

fn sent(amount: Money) -> Result<wire::Amount, CallError> {
    values::written(amount).ok_or_else(|| refused("not an amount of PayPal's"))
}

#[async_trait]
impl Void for PayPal {
    async fn void(&self, call: Call<'_>, hold: &Hold) -> Result<Vec<Report>, CallError> {
        let id = client::id(&hold.provider_payment)?;
        let path = format!("/v2/payments/authorizations/{id}/void");
        let errand = call.to("void");
        let answer = match done(errand, &hold.subject, &path, "void", None).await? {
            Done::Answered(answer) => answer,
            Done::Stands(reports) => return Ok(reports),
        };
        if answer.status == 204 {
            // Done, and said without a word of when.
            let order = order(errand, &hold.subject).await.map_err(|error| surely_unknown(&error))?;
            return Ok(meaning::order(&order).into_reports()?);
        }
        let held: wire::Authorization = client::read(&answer)?;
        if held.id != id {
            return Err(Unheard("another authorization than was let go").into());
        }
        Ok(vec![meaning::authorization(&held, about(&hold.subject), None)?])
    }
}

fn about(subject: &Subject) -> About {
    About { provider_order: Some(subject.provider_order.clone()), ..About::default() }
}

// ---- giving back

#[async_trait]
impl Refund for PayPal {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Result<Report, CallError> {
        let taken = capture_id(call, ask).await.map_err(|error| surely_not_done(&error))?;
        let our_ref = ask.our_ref.as_str();
        let body = Object::new()
            .put("amount", sent(ask.amount)?)
            .put("invoice_id", our_ref)
            .put("custom_id", our_ref);
        let path = format!("/v2/payments/captures/{taken}/refund");
        match client::post(call.to("refund"), &path, our_ref, Some(&body)).await.map_err(CallError::from) {
            Ok(answer) => {
                let given: wire::Refund = client::read(&answer)?;
                if meaning::capture_of(&given).is_some_and(|of| of != taken) {
                    return Err(Unheard("a refund of another capture").into());
                }
                Ok(meaning::refund(&given, &ask.provider_payment, Some(ask.subject.our_ref))?)
            }
            // "Fully refunded already" may be the echo of our own earlier call, after its key was forgotten.
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
        let path = format!("/v2/payments/refunds/{id}");
        let found: Result<wire::Refund, Failed> = client::get(call.to("fetch_refund"), &path).await;
        let given = found.map_err(|failed| unknown_if_gone(failed.error))?;
        let of = meaning::capture_of(&given).ok_or(Unheard("a refund that does not say of what"))?;
        if given.id != id || of != ask.provider_payment && of != capture_id(call, ask).await? {
            return Err(Unheard("another refund than was asked for").into());
        }
        Ok(Some(meaning::refund(&given, &ask.provider_payment, Some(ask.subject.our_ref))?))
    }
}

/// What a refund is made of. Only the order tells it of a try that is named by its authorization.
async fn capture_id(call: Call<'_>, ask: &RefundAsk) -> Result<String, CallError> {
    let named = client::id(&ask.provider_payment)?;
    // How long an order can be asked for is not documented. A try without a hold carries its capture's name.
    let found = if_there(order(call.to("fetch_order"), &ask.subject).await)?;
    let Some(order) = found else { return Ok(named.to_owned()) };
    let of = |unit: &wire::Unit| {
        let captures = unit.payments.as_ref().map_or(&[][..], |p| &p.captures);
        // A declined capture of the same hold has nothing to give back.
        let fit = |c: &&wire::Capture| meaning::name_of(c, unit) == named && meaning::is_money(c);
        captures.iter().find(fit).map(|c| c.id.clone())
    };
    let id = order.purchase_units.iter().find_map(of);
    let id = id.ok_or_else(|| refused("the order holds no such capture"))?;
    Ok(client::id(&id)?.to_owned())
}

/// The refund with our reference among the order's; of several the oldest, so that all callers see the same.
async fn among(call: Call<'_>, ask: &RefundAsk) -> Result<Option<Report>, CallError> {
    let order = order(call.to("fetch_refund"), &ask.subject).await?;
    let payments = order.purchase_units.iter().filter_map(|unit| unit.payments.as_ref());
    let is_ours = |given: &&wire::Refund| {
        let texts = [&given.custom_id, &given.invoice_id];
        texts.into_iter().any(|text| our_ref(text.as_deref()) == Some(ask.our_ref))
    };
    let ours = payments.flat_map(|p| &p.refunds).filter(is_ours);
    let oldest = ours.min_by(|a, b| (&a.create_time, &a.id).cmp(&(&b.create_time, &b.id)));
    let report = oldest.map(|given| meaning::refund(given, &ask.provider_payment, None));
    Ok(report.transpose()?)
}

// ---- testing a connection

#[async_trait]
impl TestConnection for PayPal {
    /// The two modes have hosts and credentials of their own: those of the other mode are simply wrong here.
    async fn test(&self, call: Call<'_>) -> TestResult {
        tested(client::fresh_token(call).await)
    }
}
