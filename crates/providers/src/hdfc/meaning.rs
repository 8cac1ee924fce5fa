//! What Juspay's words mean in ours: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use super::wire::{Order, Refund};
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{is_page, masked, masked_vpa, our_ref};
use crate::reading::aside::Aside;
use crate::reading::calendar::{self, Unzoned};
use crate::reading::decimal;
use crate::reading::doubt::ensure;
pub(super) use crate::reading::doubt::{Told, Unheard};
use crate::reading::loose::Word;
use hundi_core::payment::{Try, TryDetail};
use hundi_core::{Currency, FailureReason, Method, Millis, Money, refund};

/// The order's try, and the refunds of what was taken. Each is dated by its own `created`, so that a webhook and a
/// poll are the same fact; `else_at` dates a webhook that shows an order without its times.
pub(super) fn order(order: &Order, else_at: Option<Millis>) -> Told {
    let mut told = Told::default();
    match tried(order) {
        Ok(None) => {}
        Ok(Some(what)) => told.add(try_report(order, what, else_at)),
        Err(unheard) => told.add(Err(unheard)),
    }
    // Refunds of what was never taken, such as those of an automatic refund, are not the merchant's money.
    if let (Some("CHARGED"), Some(payment)) = (order.status.text(), order.txn_id.text()) {
        match refunds_listed(order) {
            Ok(refunds) => refunds.iter().for_each(|r| told.add(refund(r, order, payment))),
            Err(unheard) => told.add(Err(unheard)),
        }
    }
    told
}

fn try_report(order: &Order, what: Try, else_at: Option<Millis>) -> Result<Report, Unheard> {
    let payment = order.txn_id.text().ok_or(Unheard("a try without an id"))?;
    let about = About {
        provider_order: order.order_id.text().map(str::to_owned),
        provider_payment: Some(payment.to_owned()),
        our_ref: our_ref(order.order_id.text()),
    };
    let created = order.txn_detail.text("created").and_then(time);
    let at = created.or_else(|| said_at(&order.date_created)).or(else_at);
    let at = at.ok_or(Unheard("a try without a time"))?;
    Ok(Report::tried(about, at, what, detail(order)))
}

/// What became of the try that the order shows. `None` while nobody has tried.
///
/// A failed try does not end the order: the payer may try again, and a late success may still come.
fn tried(order: &Order) -> Result<Option<Try>, Unheard> {
    let begun = order.txn_id.text().is_some();
    let status = order.status.text();
    if let Some(reason) = status.and_then(failure_of) {
        return Ok(begun.then_some(Try::Failed { reason }));
    }
    match status {
        Some("NEW") => Ok(None),
        Some("STARTED" | "PENDING_VBV" | "VBV_SUCCESSFUL" | "AUTHORIZING" | "PENDING" | "COD_INITIATED") => {
            Ok(begun.then_some(Try::Started))
        }
        Some("CHARGED") => Ok(Some(Try::Captured { amount: taken(order)? })),
        // Whoever began to take or to let go of a hold, it is there until its end is said.
        Some("AUTHORIZED" | "CAPTURE_INITIATED" | "CAPTURE_FAILED" | "VOID_INITIATED" | "VOID_FAILED") => {
            Ok(Some(Try::Authorized { amount: taken(order)? }))
        }
        // A success that came too late and was given back by the gateway itself: nothing was taken. If it was said
        // to be charged before, the two contradict each other, and a person looks at it.
        Some("VOIDED" | "AUTO_REFUNDED") => Ok(Some(Try::Released)),
        Some(_) | None => Err(Unheard("an order status that we do not know")),
    }
}

/// What the payer was really charged. Only a webhook may leave the try's own amount out.
fn taken(order: &Order) -> Result<Money, Unheard> {
    let of_try = &order.txn_detail;
    ensure(!of_try.is_unclear(), "a try that says something twice")?;
    let of_order = || order.effective_amount.text().or_else(|| order.amount.text());
    let currency = of_try.text("currency").or_else(|| order.currency.text());
    money(of_try.text("txn_amount").or_else(of_order), currency)
}

// ---- refunds

/// The refunds of an order. An order that shows no list has none only if it does not say that something was refunded.
pub(super) fn refunds_listed(order: &Order) -> Result<&[Refund], Unheard> {
    match (order.refunds.get(), order.refunded.text()) {
        (Some(refunds), _) => Ok(refunds),
        (None, None | Some("false")) => Ok(&[]),
        (None, Some(_)) => Err(Unheard("a refunded order without its refunds")),
    }
}

/// What a refund says. It is known by the name that its maker gave it: the gateway's own id is absent at first.
///
/// Accepted, processed and failed are all dated by `created`, the one time that a refund carries: the same answer is
/// then the same fact however often we ask, and at one instant the core takes failure for the later word.
pub(super) fn refund(refund: &Refund, order: &Order, payment: &str) -> Result<Report, Unheard> {
    let happened = match refund.status.text() {
        // Pending for ten days, or answered ambiguously by the gateway: a person there looks at it.
        Some("PENDING" | "MANUAL_REVIEW") => refund::Happened::Accepted,
        Some("SUCCESS") => refund::Happened::Processed,
        Some("FAILURE") => refund::Happened::Failed,
        Some(_) | None => return Err(Unheard("a refund status that we do not know")),
    };
    let name = refund.unique_request_id.text().ok_or(Unheard("a refund without a name"))?;
    let reference = [&refund.refund_arn, &refund.reference].into_iter().find_map(Word::text);
    let about = RefundAbout {
        provider_refund: name.to_owned(),
        provider_payment: payment.to_owned(),
        our_ref: our_ref(Some(name)),
        amount: money(refund.amount.text(), order.currency.text())?,
        bank_ref: reference.map(str::to_owned),
    };
    let at = said_at(&refund.created).ok_or(Unheard("a refund without a time"))?;
    Ok(Report::Refund { about, fact: refund::Fact { at, happened } })
}

// ---- single values

/// A missing currency is not guessed.
pub(super) fn money(amount: Option<&str>, currency: Option<&str>) -> Result<Money, Unheard> {
    let currency = currency.filter(|code| code.parse::<Currency>().is_ok());
    let currency = currency.ok_or(Unheard("a currency that we do not know"))?;
    let amount = amount.and_then(|text| decimal::money(text, currency));
    amount.filter(|a| a.is_positive()).ok_or(Unheard("an amount that is none"))
}

/// `2026-01-01T06:12:10Z`, with or without parts of a second.
fn time(text: &str) -> Option<Millis> {
    calendar::instant(text, Unzoned::Refused)
}

pub(super) fn said_at(word: &Word) -> Option<Millis> {
    time(word.text()?)
}

// ---- what is worth showing

fn detail(order: &Order) -> TryDetail {
    let refs = ["rrn", "epg_txn_id"].map(|name| order.payment_gateway_response.text(name));
    let said = |text: &&str| !matches!(*text, "NA" | "N/A" | "null");
    let code = order.bank_error_code.text().or_else(|| order.txn_detail.text("error_code"));
    TryDetail {
        method: method(order),
        instrument: instrument(order),
        bank_ref: refs.into_iter().flatten().find(said).map(str::to_owned),
        provider_code: code.map(str::to_owned),
        quoted_fee: None,
        quoted_tax: None,
    }
}

fn method(order: &Order) -> Option<Method> {
    let word = order.payment_method_type.text()?;
    Some(match word {
        "CARD" if order.emi_bank.text().is_some() => Method::Emi,
        "CARD" => Method::Card,
        "UPI" => Method::Upi,
        "NB" => Method::Netbanking,
        "WALLET" => Method::Wallet,
        "EMI" => Method::Emi,
        "CONSUMER_FINANCE" => Method::PayLater,
        _ => Method::Other,
    })
}

fn instrument(order: &Order) -> Option<String> {
    let vpa = order.payer_vpa.text().or_else(|| order.upi.text("payer_vpa")).map(masked_vpa);
    let brand = order.card.text("card_brand").unwrap_or("Card");
    let card = || masked(brand, order.card.text("last_four_digits")?);
    let named = || order.payment_method.text().filter(|name| *name != "UPI").map(str::to_owned);
    vpa.or_else(card).or_else(named)
}

/// Why a try failed, whether the order's status says it or the browser for the page that it comes back to.
pub(super) fn failure_of(status: &str) -> Option<FailureReason> {
    match status {
        "AUTHENTICATION_FAILED" => Some(FailureReason::AuthenticationFailed),
        "AUTHORIZATION_FAILED" => Some(FailureReason::DeclinedByBank),
        "JUSPAY_DECLINED" => Some(FailureReason::ProviderRefused),
        _ => None,
    }
}

/// Where a page may be that we send the payer to.
pub(super) fn page(links: &Aside, simulated: bool) -> Option<&str> {
    links.text("web").filter(|url| is_page(url, simulated))
}
