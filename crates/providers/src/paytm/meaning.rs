//! What Paytm's words mean in ours. The same number means different things from call to call, so there is one table
//! for each call, keyed by status and code together, and nothing falls through to a success.

use super::wire::Words;
use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{codes, is_id, masked_number, our_ref};
use crate::reading::calendar::instant_in_india;
pub(super) use crate::reading::doubt::Unheard;
use crate::reading::doubt::{Heard, ensure};
use crate::reading::tree::Tree;
use crate::wire::{CallError, Called, ReasonKind};
use hundi_core::payment::{Try, TryDetail};
use hundi_core::{Currency, FailureReason, Method, Millis, Money, refund};

impl Words {
    fn pair(&self) -> (&str, &str) {
        (&self.status, &self.code)
    }

    /// Which words refused a call, for people.
    fn shown(&self, call: &str) -> String {
        format!("{call}: {}", codes([Some(self.status.as_str()), Some(self.code.as_str())]))
    }

    fn not_done(&self, call: &str, kind: ReasonKind) -> CallError {
        CallError::not_done(kind, self.shown(call))
    }

    fn unknown(&self, call: &str, kind: ReasonKind) -> CallError {
        CallError::unknown(kind, self.shown(call))
    }

    /// What speaks of a question and not of what was asked about, alike in all of them; and all that nobody has mapped.
    fn of_question(&self, call: &str) -> CallError {
        match self.pair() {
            ("TXN_FAILURE", "330" | "335" | "2005") => self.not_done(call, ReasonKind::Unauthorized),
            ("TXN_FAILURE" | "PENDING", "501" | "900") => self.unknown(call, ReasonKind::ServerError),
            _ => self.unknown(call, ReasonKind::Unrecognised),
        }
    }
}

/// The words of an answer, which must be there.
pub(super) fn result(said: &Tree) -> Heard<Words> {
    said.read("/resultInfo")?.ok_or(Unheard("an answer without a result"))
}

/// The words of a message, wherever its shape has them; none where it speaks of no payment.
pub(super) fn words(said: &Tree) -> Heard<Option<Words>> {
    let of = |status| Ok(Words { status, code: said.text("/respCode")?.unwrap_or_default() });
    said.read("/resultInfo")?
        .map_or_else(|| said.text("/status")?.map(of).transpose(), |words| Ok(Some(words)))
}

// ---- initiateTransaction

/// Whether an order with our id is open. `0002` is the same order asked for again, and as good.
pub(super) fn initiated(words: &Words) -> Called<()> {
    match words.pair() {
        ("S", "0000" | "0002") => Ok(()),
        // Checksum by four names, or a merchant id of the other host.
        ("F", "227" | "330" | "335" | "2005") => Err(words.not_done("initiate", ReasonKind::Unauthorized)),
        (
            "F",
            "196" | "1001" | "1006" | "1007" | "1008" | "1011" | "1012" | "2004" | "2007" | "2013" | "2014",
        ) => Err(words.not_done("initiate", ReasonKind::Refused)),
        // An order with our id is there, and not as we ask for it now.
        ("F", "334" | "2023") => Err(words.unknown("initiate", ReasonKind::Refused)),
        ("F" | "U", "501" | "900") => Err(words.unknown("initiate", ReasonKind::ServerError)),
        _ => Err(words.unknown("initiate", ReasonKind::Unrecognised)),
    }
}

// ---- order status, callbacks and notices of payments

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    Paid,
    Failed(FailureReason),
    Pending,
    /// The payer has not begun. Never a failure.
    NoRecord,
}

/// The table of `/v3/order/status`, which callbacks and notices share.
pub(super) fn became(words: &Words) -> Called<Became> {
    use FailureReason as F;
    Ok(match words.pair() {
        ("TXN_SUCCESS", "01" | "1") => Became::Paid,
        ("PENDING", _) => Became::Pending,
        ("NO_RECORD_FOUND", _) | ("TXN_FAILURE", "331") => Became::NoRecord,
        // These speak of the question, not of the payment.
        ("TXN_FAILURE", "334") => return Err(words.not_done("order status", ReasonKind::Refused)),
        ("TXN_FAILURE", "330" | "335" | "2005" | "501" | "900") => {
            return Err(words.of_question("order status"));
        }
        // A failure whose code says success or not yet contradicts itself.
        ("TXN_FAILURE", "01" | "1" | "400" | "402" | "911") => {
            return Err(Unheard("a failure whose code says otherwise").into());
        }
        ("TXN_FAILURE", "141") => Became::Failed(F::UserCancelled),
        ("TXN_FAILURE", "227" | "267" | "401") => Became::Failed(F::DeclinedByBank),
        ("TXN_FAILURE", "235") => Became::Failed(F::InsufficientFunds),
        ("TXN_FAILURE", "295") => Became::Failed(F::InstrumentInvalid),
        ("TXN_FAILURE", _) => Became::Failed(F::Unrecognised),
        _ => return Err(words.of_question("order status")),
    })
}

/// What is said of an order's transaction; nothing where the payer has not begun. Dated by the transaction's own
/// date on every road, so that a notice and a poll are the same fact.
pub(super) fn payment(said: &Tree, words: &Words) -> Called<Option<Report>> {
    let what = match became(words)? {
        Became::NoRecord => return Ok(None),
        Became::Pending => Try::Started,
        Became::Failed(reason) => Try::Failed { reason },
        Became::Paid => Try::Captured { amount: paid(said)? },
    };
    let Some(txn_id) = id(said, "/txnId")? else {
        // Who leaves before trying leaves no transaction behind: there is no try to speak of.
        return match what {
            Try::Captured { .. } => Err(Unheard("a success without a transaction id").into()),
            _ => Ok(None),
        };
    };
    let at = time(said, "/txnDate")?.or_else(|| day_of_id(&txn_id));
    let at = at.ok_or(Unheard("a transaction without a date"))?;
    let order = said.need_text("/orderId")?;
    let our_ref = our_ref(Some(&order));
    let about = About { provider_order: Some(order), provider_payment: Some(txn_id), our_ref };
    Ok(Some(Report::tried(about, at, what, detail(said, &words.code))))
}

fn paid(said: &Tree) -> Heard<Money> {
    // We never open a hold, so a success that is one is nobody's capture.
    let is_hold = matches!(said.text("/txnType")?.as_deref(), Some("PREAUTH" | "RELEASE"));
    ensure(!is_hold, "a hold, which was never asked for")?;
    let is_rupee = said.text("/currency")?.is_none_or(|code| code.is_empty() || code == "INR");
    ensure(is_rupee, "a currency that is not the rupee")?;
    rupees(said, "/txnAmount")
}

// ---- refunds

/// The table of `/refund/apply`: what became of an asked refund. 601 is *registered*: nothing has gone back yet. What is
/// not done was not done by this call; a refund of an earlier one may be there.
pub(super) fn applied(words: &Words) -> Called<refund::Happened> {
    let not_done = |kind| Err(words.not_done("refund", kind));
    match words.pair() {
        ("TXN_SUCCESS", "10") => Ok(refund::Happened::Processed),
        ("PENDING", _) => Ok(refund::Happened::Accepted),
        ("TXN_FAILURE", "600" | "607" | "619" | "620" | "627" | "635") => not_done(ReasonKind::Refused),
        // "Another refund on the same order is in progress, retry after few minutes."
        ("TXN_FAILURE", "626") => not_done(ReasonKind::RateLimited),
        // Labelled failures, and none: raised within ten minutes, pending at the bank, already successful.
        ("TXN_FAILURE", "617" | "628" | "629") => Err(words.unknown("refund", ReasonKind::Refused)),
        _ => Err(words.of_question("refund")),
    }
}

/// The table of `/v2/refund/status`. `None` is a definite "no such refund". A question that is turned down, and names no
/// refund, is refused and no proof that there is none.
pub(super) fn refund_status(said: &Tree, words: &Words) -> Called<Option<refund::Happened>> {
    let known = said.text("/refundId")?.is_some_and(|id| !id.is_empty());
    match words.pair() {
        ("TXN_SUCCESS", "10") => Ok(Some(refund::Happened::Processed)),
        ("PENDING", "501" | "900") if !known => Err(words.of_question("refund status")),
        ("PENDING", _) | ("TXN_FAILURE", "628") => Ok(Some(refund::Happened::Accepted)),
        ("NO_RECORD_FOUND", _) | ("TXN_FAILURE", "631") => Ok(None),
        // Only an answer that names the refund can say that it failed.
        ("TXN_FAILURE", "600" | "607" | "617" | "619" | "620" | "626" | "627" | "635") if known => {
            Ok(Some(refund::Happened::Failed))
        }
        ("TXN_FAILURE", "600" | "607" | "619" | "627") => {
            Err(words.unknown("refund status", ReasonKind::Refused))
        }
        _ => Err(words.of_question("refund status")),
    }
}

/// What a notice says became of a refund, and what such a notice is called. `status: SUCCESS` on it means that Paytm
/// *accepted* the refund; that the money went back is told by its time alone.
pub(super) fn refund_noticed(said: &Tree) -> Heard<(&'static str, refund::Happened)> {
    let (status, given_at) = (said.text("/status")?, said.text("/userCreditInitiateTimestamp")?);
    let given = given_at.is_some_and(|at| !at.is_empty() && at != "null");
    match (status.as_deref().unwrap_or_default(), given) {
        ("" | "SUCCESS" | "TXN_SUCCESS", true) => Ok(("REFUND_SUCCESS", refund::Happened::Processed)),
        ("" | "SUCCESS" | "TXN_SUCCESS" | "PENDING" | "ACCEPTED", _) => {
            Ok(("REFUND_ACCEPTED", refund::Happened::Accepted))
        }
        ("FAILED" | "FAILURE" | "TXN_FAILURE", false) => Ok(("REFUND_FAILURE", refund::Happened::Failed)),
        _ => Err(Unheard("a refund status that we do not know")),
    }
}

/// The refund as a report. Final words come from the status call and from notices, and are dated by when the refund
/// was asked for, which both carry: the same word is then the same fact, and at one instant failure is the later.
pub(super) fn refund(said: &Tree, happened: refund::Happened) -> Heard<Report> {
    let mut at: Option<Millis> = None;
    for place in ["/merchantRefundRequestTimestamp", "/acceptRefundTimestamp", "/txnTimestamp"] {
        at = at.or(time(said, place)?);
    }
    let parts: Vec<Tree> = said.read("/refundDetailInfoList").ok().flatten().unwrap_or_default();
    let about = RefundAbout {
        provider_refund: id(said, "/refundId")?.ok_or(Unheard("a refund without an id"))?,
        provider_payment: id(said, "/txnId")?.ok_or(Unheard("a refund of no transaction"))?,
        our_ref: our_ref(said.text("/refId")?.as_deref()),
        amount: rupees(said, "/refundAmount")?,
        bank_ref: parts.iter().find_map(|part| part.shown("/rrn")),
    };
    let at = at.ok_or(Unheard("a refund without a date"))?;
    Ok(Report::Refund { about, fact: refund::Fact { at, happened } })
}

// ---- values

/// An id that can be one.
pub(super) fn id(said: &Tree, place: &str) -> Heard<Option<String>> {
    Ok(said.text(place)?.filter(|id| is_id(id)))
}

/// `499.00`, also echoed as `499`.
fn rupees(said: &Tree, place: &str) -> Heard<Money> {
    let amount = said.text(place)?.and_then(|text| Money::parse_decimal(&text, Currency::INR));
    amount.filter(|a| a.is_positive()).ok_or(Unheard("an amount that is none"))
}

fn time(said: &Tree, place: &str) -> Heard<Option<Millis>> {
    Ok(said.text(place)?.as_deref().and_then(instant_in_india))
}

/// The day that every transaction id begins with, `20260101...`: all that is known when no date is given.
pub(super) fn day_of_id(txn_id: &str) -> Option<Millis> {
    let (year, month, day) = (txn_id.get(0..4)?, txn_id.get(4..6)?, txn_id.get(6..8)?);
    instant_in_india(&format!("{year}-{month}-{day}"))
}

// ---- what is worth showing

fn detail(said: &Tree, code: &str) -> TryDetail {
    let card = said.shown("/maskedCardNo").and_then(|number| masked_number("Card", &number));
    let failed = !matches!(code, "01" | "1" | "400" | "402" | "");
    TryDetail {
        method: said.shown("/paymentMode").as_deref().map(method),
        instrument: card.or_else(|| said.shown("/bankName")),
        bank_ref: said.shown("/bankTxnId"),
        provider_code: failed.then(|| codes([Some(code)])).filter(|code| !code.is_empty()),
        ..TryDetail::default()
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
