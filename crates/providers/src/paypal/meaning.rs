//! What PayPal's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told. How a try is named is decided here
//! too: by its authorization where there is one, and by its capture otherwise, on every road.

use super::values;
use super::wire::{Amount, Authorization, Capture, Link, Order, Refund, Source, Supplementary, Unit};
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{masked, our_ref};
pub(super) use crate::reading::doubt::{Told, Unheard};
use crate::reading::loose::Loose;
use hundi_core::payment::{Fact, Happened, Try, TryDetail};
use hundi_core::{FailureReason, Method, Millis, Money, OurRef, refund};

// ---- orders

/// Everything in an order: the payer's yes, each try, each refund. That an order is `COMPLETED` is no money: only its
/// captures are.
pub(super) fn order(order: &Order) -> Told {
    let mut told = Told::default();
    match order.status.as_deref() {
        Some("APPROVED") => told.add(approved(order)),
        Some("CREATED" | "SAVED" | "PAYER_ACTION_REQUIRED" | "VOIDED" | "COMPLETED") => {}
        Some(_) | None => told.add(Err(Unheard("an order status that we do not know"))),
    }
    for unit in &order.purchase_units {
        in_unit(&mut told, order, unit);
    }
    told
}

fn in_unit(told: &mut Told, order: &Order, unit: &Unit) {
    let Some(payments) = &unit.payments else { return };
    let about = about_order(order, unit);
    let paid_with = Loose::of(order.payment_source.as_ref());
    for held in &payments.authorizations {
        told.add(authorization(held, about.clone(), paid_with));
    }
    for taken in &payments.captures {
        told.add(capture(taken, &name_of(taken, unit), about.clone(), paid_with));
    }
    for given in &payments.refunds {
        let taken = match capture_of(given) {
            Some(id) => payments.captures.iter().find(|c| c.id == id),
            None if payments.captures.len() == 1 => payments.captures.first(),
            None => None,
        };
        told.add(match taken {
            Some(taken) => refund(given, &name_of(taken, unit), about.our_ref),
            None => Err(Unheard("a refund of no capture in its order")),
        });
    }
}

fn about_order(order: &Order, unit: &Unit) -> About {
    let our_ref = our_ref(unit.custom_id.as_deref());
    About { provider_order: Some(order.id.clone()), our_ref, provider_payment: None }
}

/// The payer agreed, and PayPal waits for our word. It is not money yet.
fn approved(order: &Order) -> Result<Report, Unheard> {
    let at = order.create_time.as_deref().and_then(values::instant);
    let at = at.ok_or(Unheard("an approved order without a time"))?;
    let about = match order.purchase_units.first() {
        Some(unit) => about_order(order, unit),
        None => About { provider_order: Some(order.id.clone()), ..About::default() },
    };
    Ok(Report::Payment { about, fact: Fact { at, happened: Happened::Approved } })
}

/// Our name of a capture within its order: its authorization where it came from one.
pub(super) fn name_of(capture: &Capture, unit: &Unit) -> String {
    let held = unit.payments.as_ref().map_or(&[][..], |p| &p.authorizations);
    let only = match held {
        [one] => Some(one.id.as_str()),
        _ => None,
    };
    authorization_of(capture).or(only).unwrap_or(&capture.id).to_owned()
}

/// The authorization that a capture itself names: beside it, or as what lies above it.
pub(super) fn authorization_of(capture: &Capture) -> Option<&str> {
    let related = capture.supplementary_data.as_ref().and_then(|s| s.related_ids.as_ref());
    let named = related.and_then(|ids| ids.authorization_id.as_deref());
    named.or_else(|| above(&capture.links, "authorizations"))
}

/// The capture that a refund was made of.
pub(super) fn capture_of(refund: &Refund) -> Option<&str> {
    above(&refund.links, "captures")
}

/// `https://…/v2/payments/captures/3C` as `up` link: `3C`.
fn above<'a>(links: &'a [Link], kind: &str) -> Option<&'a str> {
    let up = links.iter().filter(|link| link.rel == "up");
    up.filter_map(|link| link.href.rsplit_once('/'))
        .find(|(path, _)| path.ends_with(&format!("/{kind}")))
        .map(|(_, id)| id)
}

/// The order that an entity standing alone belongs to.
pub(super) fn of_order(supplementary: Option<&Supplementary>) -> About {
    let related = supplementary.and_then(|data| data.related_ids.as_ref());
    About { provider_order: related.and_then(|ids| ids.order_id.clone()), ..About::default() }
}

/// What a capture standing alone says, under the name that it gives itself.
pub(super) fn capture_alone(taken: &Capture) -> Result<Report, Unheard> {
    capture(taken, own_name(taken), of_order(taken.supplementary_data.as_ref()), None)
}

pub(super) fn own_name(taken: &Capture) -> &str {
    authorization_of(taken).unwrap_or(&taken.id)
}

// ---- tries

/// What an authorization says. That it was captured is for its captures to say.
pub(super) fn authorization(
    held: &Authorization,
    about: About,
    paid_with: Option<&Source>,
) -> Result<Report, Unheard> {
    let what = match held.status.as_str() {
        "CREATED" | "CAPTURED" | "PARTIALLY_CAPTURED" => Try::Authorized { amount: money(&held.amount)? },
        "PENDING" => Try::Started,
        "DENIED" => Try::Failed { reason: FailureReason::DeclinedByBank },
        // `EXPIRED` is from memory: either way the money is the payer's again.
        "VOIDED" | "EXPIRED" => Try::Released,
        _ => return Err(Unheard("an authorization status that we do not know")),
    };
    let our_ref = about.our_ref.or_else(|| our_ref(held.custom_id.as_deref()));
    let about = About { provider_payment: Some(held.id.clone()), our_ref, ..about };
    let reason = Loose::of(held.status_details.as_ref()).and_then(|d| d.reason.clone());
    let detail = TryDetail { provider_code: reason, ..detail(paid_with) };
    Ok(Report::tried(about, time(&held.create_time)?, what, detail))
}

/// What a capture says, under our `name` for its try. Dated by its own beginning on every road: its last change moves
/// with each refund.
pub(super) fn capture(
    taken: &Capture,
    name: &str,
    about: About,
    paid_with: Option<&Source>,
) -> Result<Report, Unheard> {
    let what = match taken.status.as_str() {
        "PENDING" => Try::Started,
        // The refunds of a capture are facts of their own.
        "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED" => Try::Captured { amount: money(&taken.amount)? },
        "DECLINED" => Try::Failed { reason: FailureReason::DeclinedByBank },
        "FAILED" => Try::Failed { reason: FailureReason::ProviderError },
        _ => return Err(Unheard("a capture status that we do not know")),
    };
    let our_ref = about.our_ref.or_else(|| our_ref(taken.custom_id.as_deref()));
    let about = About { provider_payment: Some(name.to_owned()), our_ref, ..about };
    let fee = Loose::of(taken.seller_receivable_breakdown.as_ref()).and_then(|b| b.paypal_fee.as_ref());
    let fee = fee.filter(|fee| fee.currency_code == taken.amount.currency_code).and_then(values::read);
    let detail = TryDetail {
        bank_ref: (name != taken.id).then(|| taken.id.clone()),
        provider_code: Loose::of(taken.status_details.as_ref()).and_then(|d| d.reason.clone()),
        quoted_fee: fee.map(Money::minor),
        ..detail(paid_with)
    };
    Ok(Report::tried(about, time(&taken.create_time)?, what, detail))
}

/// Whether there is something to give back of it.
pub(super) fn is_money(taken: &Capture) -> bool {
    matches!(taken.status.as_str(), "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED")
}

fn detail(paid_with: Option<&Source>) -> TryDetail {
    let card = paid_with.and_then(|source| source.card.as_ref());
    let method = match (card, paid_with.and_then(|source| source.paypal.as_ref())) {
        (Some(_), _) => Some(Method::Card),
        (None, Some(_)) => Some(Method::Wallet),
        (None, None) => None,
    };
    let shown = card.and_then(|c| masked(c.brand.as_deref().unwrap_or("Card"), c.last_digits.as_deref()?));
    TryDetail { method, instrument: shown, ..TryDetail::default() }
}

// ---- refunds

/// What a refund says of the payment that we call `name`. All is dated by its beginning, as with captures; at one
/// instant the core takes failure for the later word. The payment's own reference may be handed down to a refund that
/// was made in the dashboard: it is not the refund's.
pub(super) fn refund(given: &Refund, name: &str, of_payment: Option<OurRef>) -> Result<Report, Unheard> {
    let happened = match given.status.as_str() {
        "PENDING" => refund::Happened::Accepted,
        "COMPLETED" => refund::Happened::Processed,
        "FAILED" | "CANCELLED" => refund::Happened::Failed,
        _ => return Err(Unheard("a refund status that we do not know")),
    };
    let about = RefundAbout {
        provider_refund: given.id.clone(),
        provider_payment: name.to_owned(),
        our_ref: our_ref(given.custom_id.as_deref()).filter(|own| Some(*own) != of_payment),
        amount: money(&given.amount)?,
        bank_ref: Loose::of(given.acquirer_reference_number.as_ref()).filter(|arn| !arn.is_empty()).cloned(),
    };
    Ok(Report::Refund { about, fact: refund::Fact { at: time(&given.create_time)?, happened } })
}

// ---- values

/// An amount that was moved. None is zero or less.
pub(super) fn money(amount: &Amount) -> Result<Money, Unheard> {
    let money = values::read(amount).ok_or(Unheard("an amount that we cannot read"))?;
    if money.is_positive() { Ok(money) } else { Err(Unheard("an amount that is not positive")) }
}

pub(super) fn time(text: &str) -> Result<Millis, Unheard> {
    values::instant(text).ok_or(Unheard("a time that we cannot read"))
}

// ---- refusals

/// What one of PayPal's issues means for the call that met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Issue {
    /// Surely not done.
    Refused,
    /// What the call is about has already been brought to an end: how it stands must be read.
    Stands,
    /// Surely not done, because the hold is gone: how it stands can be read.
    Gone,
    /// Another call is at it.
    Busy,
}

/// From the lists of create, capture, authorization and refund: each surely did nothing.
const REFUSED: &str = include_str!("refused.txt");

/// `None` for an issue that nobody has mapped.
pub(super) fn issue(word: &str) -> Option<Issue> {
    match word {
        "ORDER_ALREADY_CAPTURED"
        | "ORDER_ALREADY_AUTHORIZED"
        | "ORDER_ALREADY_COMPLETED"
        | "AUTHORIZATION_ALREADY_CAPTURED"
        | "MAX_CAPTURE_COUNT_EXCEEDED"
        | "PREVIOUSLY_CAPTURED"
        | "PREVIOUSLY_VOIDED"
        | "CANNOT_BE_VOIDED" => Some(Issue::Stands),
        "AUTHORIZATION_VOIDED" | "AUTHORIZATION_EXPIRED" | "AUTHORIZATION_DENIED" => Some(Issue::Gone),
        "ORDER_COMPLETION_IN_PROGRESS" | "PREVIOUS_REQUEST_IN_PROGRESS" => Some(Issue::Busy),
        _ => REFUSED.lines().any(|known| known == word).then_some(Issue::Refused),
    }
}
