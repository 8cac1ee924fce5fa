//! What PayPal's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told. How a try is named is decided here
//! too: by its authorization where there is one, and by its capture otherwise, on every road.

use super::wire::{Amount, Link};
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{masked, our_ref};
use crate::reading::calendar::{self, Unzoned};
pub(super) use crate::reading::doubt::Unheard;
use crate::reading::doubt::{Heard, Told, ensure};
use crate::reading::tree::Tree;
use hundi_core::payment::{Fact, Happened, Try, TryDetail};
use hundi_core::{FailureReason, Method, Millis, Money, OurRef, refund};
use serde::de::IgnoredAny;

// ---- orders

/// Everything in an order: the payer's yes, each try, each refund. That an order is `COMPLETED` is no money: only its
/// captures are. An order that does not say when it was made is as old as the message that it came in.
pub(super) fn order(order: &Tree, told_at: Option<&str>) -> Heard<Vec<Report>> {
    let mut told = Told::default();
    match order.text("/status")?.as_deref() {
        Some("APPROVED") => told.add(approved(order, told_at)),
        Some("CREATED" | "SAVED" | "PAYER_ACTION_REQUIRED" | "VOIDED" | "COMPLETED") => {}
        Some(_) | None => told.add(Err(Unheard("an order status that we do not know"))),
    }
    for unit in order.list("/purchase_units")? {
        in_unit(&mut told, order, &unit)?;
    }
    told.into_reports()
}

fn in_unit(told: &mut Told, order: &Tree, unit: &Tree) -> Heard<()> {
    let about = about_order(order, Some(unit))?;
    let captures = unit.list("/payments/captures")?;
    for held in unit.list("/payments/authorizations")? {
        told.add(authorization(&held, about.clone(), Some(order)));
    }
    for taken in &captures {
        let name = name_of(taken, Some(unit));
        told.add(name.and_then(|name| capture(taken, name, about.clone(), Some(order))));
    }
    for given in unit.list("/payments/refunds")? {
        told.add(refund_in(&given, unit, &captures, about.our_ref));
    }
    Ok(())
}

fn refund_in(given: &Tree, unit: &Tree, captures: &[Tree], of_payment: Option<OurRef>) -> Heard<Report> {
    let of = above(given, "captures")?;
    let is_it =
        |taken: &&Tree| of.as_ref().map_or(captures.len() == 1, |id| taken.shown("/id").as_ref() == Some(id));
    let taken = captures.iter().find(is_it).ok_or(Unheard("a refund of no capture in its order"))?;
    refund(given, name_of(taken, Some(unit))?, of_payment)
}

fn about_order(order: &Tree, unit: Option<&Tree>) -> Heard<About> {
    let our_ref = unit.map(ours).transpose()?.flatten();
    Ok(About { provider_order: Some(order.need_text("/id")?), our_ref, provider_payment: None })
}

fn ours(of: &Tree) -> Heard<Option<OurRef>> {
    Ok(our_ref(of.text("/custom_id")?.as_deref()))
}

/// The payer agreed, and PayPal waits for our word. It is not money yet.
fn approved(order: &Tree, told_at: Option<&str>) -> Heard<Report> {
    let made_at = order.text("/create_time")?;
    let at = made_at.as_deref().or(told_at).ok_or(Unheard("an approved order without a time"))?;
    let about = about_order(order, order.list("/purchase_units")?.first())?;
    Ok(Report::Payment { about, fact: Fact { at: instant(at)?, happened: Happened::Approved } })
}

/// Our name of a capture: its authorization where it came from one, which in its order may be the only one there is.
pub(super) fn name_of(taken: &Tree, unit: Option<&Tree>) -> Heard<String> {
    let held = unit.map_or_else(|| Ok(vec![]), |unit| unit.list("/payments/authorizations"))?;
    let only = if let [one] = &held[..] { one.text("/id")? } else { None };
    authorization_of(taken)?.or(only).map_or_else(|| taken.need_text("/id"), Ok)
}

/// The authorization that a capture itself names: beside it, or as what lies above it.
pub(super) fn authorization_of(taken: &Tree) -> Heard<Option<String>> {
    let named = taken.text("/supplementary_data/related_ids/authorization_id")?;
    Ok(named.or(above(taken, "authorizations")?))
}

/// What a capture or a refund was made of: `https://…/v2/payments/captures/3C` as `up` link: `3C`.
pub(super) fn above(entity: &Tree, kind: &str) -> Heard<Option<String>> {
    let links: Vec<Link> = entity.read("/links")?.unwrap_or_default();
    let mut up = links.iter().filter(|link| link.rel == "up").filter_map(|link| link.href.rsplit_once('/'));
    let found = up.find(|(path, _)| path.ends_with(&format!("/{kind}")));
    Ok(found.map(|(_, id)| id.to_owned()))
}

/// The order that an entity standing alone belongs to.
pub(super) fn of_order(entity: &Tree) -> Heard<About> {
    let provider_order = entity.text("/supplementary_data/related_ids/order_id")?;
    Ok(About { provider_order, ..About::default() })
}

/// What a capture standing alone says, under the name that it gives itself.
pub(super) fn capture_alone(taken: &Tree) -> Heard<Report> {
    capture(taken, name_of(taken, None)?, of_order(taken)?, None)
}

/// The capture of an order that we call so, and that there is something to give back of: a declined one of the same hold
/// has nothing.
pub(super) fn money_named(order: &Tree, name: &str) -> Heard<Option<String>> {
    for unit in order.list("/purchase_units")? {
        for taken in unit.list("/payments/captures")? {
            if is_money(&taken.need_text("/status")?) && name_of(&taken, Some(&unit))? == name {
                return taken.text("/id");
            }
        }
    }
    Ok(None)
}

/// The refund with this reference among the order's; of several the oldest, so that all callers see the same.
pub(super) fn refund_named(order: &Tree, name: OurRef) -> Heard<Option<Tree>> {
    let mut found = Vec::new();
    for unit in order.list("/purchase_units")? {
        for given in unit.list("/payments/refunds")? {
            // That none is ours is said of refunds that can be read.
            money(&given)?;
            let texts = [given.text("/custom_id")?, given.text("/invoice_id")?];
            if texts.iter().any(|text| our_ref(text.as_deref()) == Some(name)) {
                found.push(given);
            }
        }
    }
    Ok(found.into_iter().min_by_key(|given| (given.shown("/create_time"), given.shown("/id"))))
}

// ---- tries

/// What an authorization says. That it was captured is for its captures to say.
pub(super) fn authorization(held: &Tree, about: About, order: Option<&Tree>) -> Heard<Report> {
    let what = match held.need_text("/status")?.as_str() {
        "CREATED" | "CAPTURED" | "PARTIALLY_CAPTURED" => Try::Authorized { amount: money(held)? },
        "PENDING" => Try::Started,
        "DENIED" => Try::Failed { reason: FailureReason::DeclinedByBank },
        // `EXPIRED` is from memory: either way the money is the payer's again.
        "VOIDED" | "EXPIRED" => Try::Released,
        _ => return Err(Unheard("an authorization status that we do not know")),
    };
    tried(held, held.need_text("/id")?, about, what, order)
}

/// What a capture says, under our `name` for its try.
pub(super) fn capture(taken: &Tree, name: String, about: About, order: Option<&Tree>) -> Heard<Report> {
    let what = match taken.need_text("/status")?.as_str() {
        "PENDING" => Try::Started,
        // The refunds of a capture are facts of their own.
        status if is_money(status) => Try::Captured { amount: money(taken)? },
        "DECLINED" => Try::Failed { reason: FailureReason::DeclinedByBank },
        "FAILED" => Try::Failed { reason: FailureReason::ProviderError },
        _ => return Err(Unheard("a capture status that we do not know")),
    };
    tried(taken, name, about, what, order)
}

fn is_money(status: &str) -> bool {
    matches!(status, "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED")
}

/// Dated by its own beginning on every road: its last change moves with each refund.
fn tried(of: &Tree, name: String, about: About, what: Try, order: Option<&Tree>) -> Heard<Report> {
    let amount: Amount = of.must("/amount")?;
    let fee: Option<Amount> = of.aside("/seller_receivable_breakdown/paypal_fee");
    let fee = fee.filter(|fee| fee.currency_code == amount.currency_code).and_then(|fee| fee.money());
    let detail = TryDetail {
        bank_ref: Some(of.need_text("/id")?).filter(|id| *id != name),
        provider_code: of.shown("/status_details/reason"),
        quoted_fee: fee.map(Money::minor),
        ..paid_with(order)
    };
    let our_ref = about.our_ref.or(ours(of)?);
    let about = About { provider_payment: Some(name), our_ref, ..about };
    Ok(Report::tried(about, instant(&of.need_text("/create_time")?)?, what, detail))
}

/// What the payer paid with, which stands on the order alone.
fn paid_with(order: Option<&Tree>) -> TryDetail {
    let source: Option<Tree> = order.and_then(|order| order.aside("/payment_source"));
    let Some(source) = source else { return TryDetail::default() };
    let is = |place: &str| source.aside::<IgnoredAny>(place).is_some();
    let brand = source.shown("/card/brand");
    TryDetail {
        method: if is("/card") { Some(Method::Card) } else { is("/paypal").then_some(Method::Wallet) },
        instrument: source
            .shown("/card/last_digits")
            .and_then(|digits| masked(brand.as_deref().unwrap_or("Card"), &digits)),
        ..TryDetail::default()
    }
}

// ---- refunds

/// What a refund says of the payment that we call `name`. All is dated by its beginning, as with captures; at one
/// instant the core takes failure for the later word. The payment's own reference may be handed down to a refund that
/// was made in the dashboard: it is not the refund's.
pub(super) fn refund(given: &Tree, name: String, of_payment: Option<OurRef>) -> Heard<Report> {
    let happened = match given.need_text("/status")?.as_str() {
        "PENDING" => refund::Happened::Accepted,
        "COMPLETED" => refund::Happened::Processed,
        "FAILED" | "CANCELLED" => refund::Happened::Failed,
        _ => return Err(Unheard("a refund status that we do not know")),
    };
    let about = RefundAbout {
        provider_refund: given.need_text("/id")?,
        provider_payment: name,
        our_ref: ours(given)?.filter(|own| Some(*own) != of_payment),
        amount: money(given)?,
        bank_ref: given.shown("/acquirer_reference_number"),
    };
    let at = instant(&given.need_text("/create_time")?)?;
    Ok(Report::Refund { about, fact: refund::Fact { at, happened } })
}

// ---- values

/// An amount that was moved. None is zero or less.
fn money(of: &Tree) -> Heard<Money> {
    let money = of.must::<Amount>("/amount")?.money().ok_or(Unheard("an amount that we cannot read"))?;
    ensure(money.is_positive(), "an amount that is not positive")?;
    Ok(money)
}

/// RFC 3339, with or without a colon in the offset.
pub(super) fn instant(text: &str) -> Heard<Millis> {
    calendar::instant(text, Unzoned::Refused).ok_or(Unheard("a time that we cannot read"))
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
