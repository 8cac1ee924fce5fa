//! What Paytm's words mean in ours. The same number means different things from call to call, so there is one table
//! for each call, keyed by status and code together, and nothing falls through to a success.

use super::time;
use super::wire::{Payment, Refund, ResultInfo};
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{masked_number, our_ref};
pub(super) use crate::reading::doubt::Unheard;
use crate::reading::loose::Loose;
use crate::wire::{CallError, ReasonKind};
use hundi_core::payment::{Try, TryDetail};
use hundi_core::{Currency, FailureReason, Method, Millis, Money, refund};

// ---- initiateTransaction

/// Whether an order with our id is open. `0002` is the same order asked for again, and as good.
pub(super) fn initiated(result: &ResultInfo) -> Result<(), CallError> {
    let detail = shown("initiate", result);
    match (result.result_status.as_str(), result.result_code.as_str()) {
        ("S", "0000" | "0002") => Ok(()),
        // Checksum by four names, or a merchant id of the other host.
        ("F", "227" | "330" | "335" | "2005") => Err(CallError::not_done(ReasonKind::Unauthorized, detail)),
        (
            "F",
            "196" | "1001" | "1006" | "1007" | "1008" | "1011" | "1012" | "2004" | "2007" | "2013" | "2014",
        ) => Err(CallError::not_done(ReasonKind::Refused, detail)),
        // An order with our id is there, and not as we ask for it now.
        ("F", "334" | "2023") => Err(CallError::unknown(ReasonKind::Refused, detail)),
        ("F" | "U", "501" | "900") => Err(CallError::unknown(ReasonKind::ServerError, detail)),
        _ => Err(CallError::unknown(ReasonKind::Unrecognised, detail)),
    }
}

// ---- order status, callbacks and notices of payments

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Paid,
    Failed(FailureReason),
    Pending,
    /// The payer has not begun. Never a failure.
    NoRecord,
}

/// The table of `/v3/order/status`, which callbacks and notices share.
pub(super) fn word(status: &str, code: &str) -> Result<Word, CallError> {
    use FailureReason as F;
    let detail = || format!("order status {} {}", word_of(status), word_of(code));
    Ok(match (status, code) {
        ("TXN_SUCCESS", "01" | "1") => Word::Paid,
        ("PENDING", _) => Word::Pending,
        ("NO_RECORD_FOUND", _) | ("TXN_FAILURE", "331") => Word::NoRecord,
        // These speak of the question, not of the payment.
        ("TXN_FAILURE", "330" | "335" | "2005") => {
            return Err(CallError::not_done(ReasonKind::Unauthorized, detail()));
        }
        ("TXN_FAILURE", "334") => return Err(CallError::not_done(ReasonKind::Refused, detail())),
        ("TXN_FAILURE", "501" | "900") => return Err(CallError::unknown(ReasonKind::ServerError, detail())),
        // A failure whose code says success or not yet contradicts itself.
        ("TXN_FAILURE", "01" | "1" | "400" | "402" | "911") => {
            return Err(Unheard("a failure whose code says otherwise").into());
        }
        ("TXN_FAILURE", "141") => Word::Failed(F::UserCancelled),
        ("TXN_FAILURE", "227" | "267" | "401") => Word::Failed(F::DeclinedByBank),
        ("TXN_FAILURE", "235") => Word::Failed(F::InsufficientFunds),
        ("TXN_FAILURE", "295") => Word::Failed(F::InstrumentInvalid),
        ("TXN_FAILURE", _) => Word::Failed(F::Unrecognised),
        _ => return Err(CallError::unknown(ReasonKind::Unrecognised, detail())),
    })
}

/// Status and code, wherever this shape has them.
pub(super) fn words_of(payment: &Payment) -> (&str, &str) {
    match &payment.result_info {
        Some(info) => (&info.result_status, &info.result_code),
        None => (payment.status.as_deref().unwrap_or(""), payment.resp_code.as_deref().unwrap_or("")),
    }
}

/// What is said of an order's transaction; nothing where the payer has not begun. Dated by the transaction's own
/// date on every road, so that a notice and a poll are the same fact.
pub(super) fn payment(payment: &Payment) -> Result<Option<Report>, CallError> {
    let (status, code) = words_of(payment);
    let what = match word(status, code)? {
        Word::NoRecord => return Ok(None),
        Word::Pending => Try::Started,
        Word::Failed(reason) => Try::Failed { reason },
        Word::Paid => Try::Captured { amount: paid(payment)? },
    };
    let Some(txn_id) = payment.txn_id.as_deref().filter(|id| super::client::is_id(id)) else {
        // Who leaves before trying leaves no transaction behind: there is no try to speak of.
        return match what {
            Try::Captured { .. } => Err(Unheard("a success without a transaction id").into()),
            _ => Ok(None),
        };
    };
    let date = payment.txn_date.as_deref().and_then(time::instant).or_else(|| time::day_of_id(txn_id));
    let at = date.ok_or(Unheard("a transaction without a date"))?;
    let order = payment.order_id.clone().ok_or(Unheard("a transaction without an order"))?;
    let our_ref = order.parse().ok();
    let about = About { provider_order: Some(order), provider_payment: Some(txn_id.to_owned()), our_ref };
    Ok(Some(Report::tried(about, at, what, detail(payment, code))))
}

fn paid(payment: &Payment) -> Result<Money, Unheard> {
    // We never open a hold, so a success that is one is nobody's capture.
    if matches!(payment.txn_type.as_deref(), Some("PREAUTH" | "RELEASE")) {
        return Err(Unheard("a hold, which was never asked for"));
    }
    if payment.currency.as_deref().is_some_and(|c| !c.is_empty() && c != "INR") {
        return Err(Unheard("a currency that is not the rupee"));
    }
    rupees(payment.txn_amount.as_deref())
}

/// `499.00`, also echoed as `499`.
pub(super) fn rupees(text: Option<&str>) -> Result<Money, Unheard> {
    let amount = text.and_then(|t| Money::parse_decimal(t, Currency::INR));
    amount.filter(|a| a.is_positive()).ok_or(Unheard("an amount that is none"))
}

// ---- refunds

/// What became of an asked refund, or why nothing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    Said(refund::Happened),
    /// No refund was made by this call. One of an earlier call may be there.
    Refused(ReasonKind),
    /// The words say that a refund of this payment is there already, or on its way.
    Already,
}

/// The table of `/refund/apply`. 601 is *registered*: nothing has gone back yet.
pub(super) fn applied(result: &ResultInfo) -> Result<Applied, CallError> {
    let detail = shown("refund", result);
    Ok(match (result.result_status.as_str(), result.result_code.as_str()) {
        ("TXN_SUCCESS", "10") => Applied::Said(refund::Happened::Processed),
        ("PENDING", _) => Applied::Said(refund::Happened::Accepted),
        ("TXN_FAILURE", "330" | "335" | "2005") => Applied::Refused(ReasonKind::Unauthorized),
        ("TXN_FAILURE", "600" | "607" | "619" | "620" | "627" | "635") => {
            Applied::Refused(ReasonKind::Refused)
        }
        // "Another refund on the same order is in progress, retry after few minutes."
        ("TXN_FAILURE", "626") => Applied::Refused(ReasonKind::RateLimited),
        // Labelled failures, and none: raised within ten minutes, pending at the bank, already successful.
        ("TXN_FAILURE", "617" | "628" | "629") => Applied::Already,
        ("TXN_FAILURE", "501" | "900") => return Err(CallError::unknown(ReasonKind::ServerError, detail)),
        _ => return Err(CallError::unknown(ReasonKind::Unrecognised, detail)),
    })
}

/// What a look at a refund came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looked {
    Said(refund::Happened),
    /// A definite "no such refund".
    Nobody,
    /// The question was turned down, and no refund is named: no proof that there is none.
    TurnedDown,
}

/// The table of `/v2/refund/status`.
pub(super) fn refund_status(said: &Refund) -> Result<Looked, CallError> {
    let result = said.result_info.as_ref().ok_or(Unheard("a refund without a result"))?;
    let detail = shown("refund status", result);
    let known = said.refund_id.as_deref().is_some_and(|id| !id.is_empty());
    Ok(match (result.result_status.as_str(), result.result_code.as_str()) {
        ("TXN_SUCCESS", "10") => Looked::Said(refund::Happened::Processed),
        ("PENDING", "501" | "900") if !known => {
            return Err(CallError::unknown(ReasonKind::ServerError, detail));
        }
        ("PENDING", _) | ("TXN_FAILURE", "628") => Looked::Said(refund::Happened::Accepted),
        ("NO_RECORD_FOUND", _) | ("TXN_FAILURE", "631") => Looked::Nobody,
        ("TXN_FAILURE", "330" | "335" | "2005") => {
            return Err(CallError::not_done(ReasonKind::Unauthorized, detail));
        }
        // Only an answer that names the refund can say that it failed.
        ("TXN_FAILURE", "600" | "607" | "617" | "619" | "620" | "626" | "627" | "635") if known => {
            Looked::Said(refund::Happened::Failed)
        }
        ("TXN_FAILURE", "600" | "607" | "619" | "627") => Looked::TurnedDown,
        _ => return Err(CallError::unknown(ReasonKind::Unrecognised, detail)),
    })
}

/// What a notice says became of a refund. `status: SUCCESS` on it means that Paytm *accepted* the refund; that the
/// money went back is told by its time alone.
pub(super) fn refund_noticed(said: &Refund) -> Result<refund::Happened, Unheard> {
    let given = said.user_credit_initiate_timestamp.as_deref().is_some_and(|t| !t.is_empty() && t != "null");
    match (said.status.as_deref(), given) {
        (None | Some("" | "SUCCESS" | "TXN_SUCCESS"), true) => Ok(refund::Happened::Processed),
        (None | Some("" | "SUCCESS" | "TXN_SUCCESS" | "PENDING" | "ACCEPTED"), _) => {
            Ok(refund::Happened::Accepted)
        }
        (Some("FAILED" | "FAILURE" | "TXN_FAILURE"), false) => Ok(refund::Happened::Failed),
        (Some(_), _) => Err(Unheard("a refund status that we do not know")),
    }
}

/// The refund as a report. Final words come from the status call and from notices, and are dated by when the refund
/// was asked for, which both carry: the same word is then the same fact, and at one instant failure is the later.
pub(super) fn refund(said: &Refund, happened: refund::Happened) -> Result<Report, Unheard> {
    let named = |id: &Option<String>| id.clone().filter(|id| super::client::is_id(id));
    let times = [&said.merchant_refund_request_timestamp, &said.accept_refund_timestamp, &said.txn_timestamp];
    let at = times.into_iter().flatten().find_map(|text| time::instant(text));
    let parts = Loose::of(said.refund_detail_info_list.as_ref());
    let about = RefundAbout {
        provider_refund: named(&said.refund_id).ok_or(Unheard("a refund without an id"))?,
        provider_payment: named(&said.txn_id).ok_or(Unheard("a refund of no transaction"))?,
        our_ref: our_ref(said.ref_id.as_deref()),
        amount: rupees(said.refund_amount.as_deref())?,
        bank_ref: parts.into_iter().flatten().find_map(|d| d.rrn.clone()).filter(|r| !r.is_empty()),
    };
    let at: Millis = at.ok_or(Unheard("a refund without a date"))?;
    Ok(Report::Refund { about, fact: refund::Fact { at, happened } })
}

// ---- what is worth showing

fn detail(payment: &Payment, code: &str) -> TryDetail {
    let shown_text = |part: &Option<Loose<String>>| Loose::shown(part.as_ref());
    let card = shown_text(&payment.masked_card_no).and_then(|number| masked_number("Card", &number));
    let failed = !matches!(code, "01" | "1" | "400" | "402" | "");
    TryDetail {
        method: shown_text(&payment.payment_mode).as_deref().map(method),
        instrument: card.or_else(|| shown_text(&payment.bank_name)),
        bank_ref: shown_text(&payment.bank_txn_id),
        provider_code: failed.then(|| word_of(code)),
        quoted_fee: None,
        quoted_tax: None,
    }
}

fn method(word: &str) -> Method {
    match word {
        "UPI" | "UPI_INTENT" => Method::Upi,
        "CC" | "DC" | "CREDIT_CARD" | "DEBIT_CARD" => Method::Card,
        "NB" | "NET_BANKING" => Method::Netbanking,
        "PPI" | "BALANCE" => Method::Wallet,
        "EMI" => Method::Emi,
        "PAYTM_DIGITAL_CREDIT" => Method::PayLater,
        "BANK_TRANSFER" => Method::BankTransfer,
        _ => Method::Other,
    }
}

/// Which words refused a call, for people.
pub(super) fn shown(call: &str, result: &ResultInfo) -> String {
    format!("{call}: {} {}", word_of(&result.result_status), word_of(&result.result_code))
}

/// A status or code, and nothing that could be anything else.
fn word_of(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect()
}
