//! A line of a settlement, from JSON or CSV, under whichever names the account knows: letters and digits decide, not
//! capitals, blanks or underscores.

use super::wire;
use crate::contract::{FileProblem, SettledKind, SettlementLine};
use crate::reading::answers::our_ref;
use crate::reading::calendar::instant_in_india;
use crate::reading::settled::sums;
use crate::reading::table::{self, Row};
use hundi_core::Money;

const ORDER: &[&str] = &["orderid", "merchantorderid"];
const TXN: &[&str] = &["txnid", "transactionid", "paytmtransactionid"];
const TYPE: &[&str] = &["txntype", "transactiontype"];
const AMOUNT: &[&str] = &["txnamount", "amount", "transactionamount"];
const NET: &[&str] = &["settleamount", "settledamount", "settlementamount"];
const TAX: &[&str] = &["gst", "gstamount"];
const PAYOUT: &[&str] = &["payoutid"];
const UTR: &[&str] = &["utr", "utrno", "utrnumber"];
const DATE: &[&str] = &["settleddate", "settlementdate", "payoutdate", "utrprocessedtime"];
const REFUND: &[&str] = &["refundid"];
const REFERENCE: &[&str] = &["refid", "merchantrefid"];
const ORIGINAL: &[&str] = &["referencetransactionid", "parenttxnid"];

/// The dashboard's file.
pub(super) fn of_file(bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
    table::read(bytes, &[TXN, AMOUNT, NET])?.iter().map(line).collect()
}

/// A line of the API's list.
pub(super) fn of_json(row: &wire::Row) -> Result<SettlementLine, FileProblem> {
    let fields = row.iter().filter_map(|(name, value)| Some((name.clone(), value.get()?.0.clone())));
    line(&Row::of(1, fields)?)
}

/// What the line comes to.
pub(super) fn line(row: &Row) -> Result<SettlementLine, FileProblem> {
    let txn = row.need(TXN)?;
    let amount = row.minor(AMOUNT)?.ok_or_else(|| row.wrong("the amount is missing"))?;
    let net = row.minor(NET)?.ok_or_else(|| row.wrong("the settled amount is missing"))?;
    let kind = kind_of(row, amount)?;
    // Of what goes back the sign is not agreed on: the kind says which way it went.
    let net = match kind {
        SettledKind::Payment | SettledKind::Adjustment => net,
        SettledKind::Refund | SettledKind::Chargeback => -net.abs(),
    };
    let tax = row.minor(TAX)?.unwrap_or(0);
    let sums = sums(kind, amount, net, tax);
    let sums = sums.ok_or_else(|| row.wrong("more tax than was kept"))?;
    let is_refund = kind == SettledKind::Refund;
    let refund = row.get(REFUND).filter(|_| is_refund);
    let reference = if is_refund { row.get(REFERENCE) } else { row.get(ORDER) };
    // Where the refund has an id of its own in the line, the other one is its payment's.
    let of_payment = row.get(ORIGINAL).or(refund.map(|_| txn)).filter(|_| kind != SettledKind::Payment);
    Ok(SettlementLine {
        kind,
        provider_id: refund.unwrap_or(txn).to_owned(),
        of_payment: of_payment.map(str::to_owned),
        our_ref: our_ref(reference),
        gross: Money::inr(sums.moved.abs()),
        fee_minor: sums.fee,
        tax_minor: sums.tax,
        net_minor: net,
        settlement: row.get(PAYOUT).map(str::to_owned),
        utr: row.get(UTR).map(str::to_owned),
        settled_at: DATE.iter().find_map(|name| instant_in_india(row.get(&[*name])?)),
    })
}

fn kind_of(row: &Row, amount: i64) -> Result<SettledKind, FileProblem> {
    match row.get(TYPE).map(str::to_ascii_uppercase).as_deref() {
        // The older list has no type.
        None if amount < 0 => Ok(SettledKind::Refund),
        None => Ok(SettledKind::Payment),
        Some("ACQUIRING" | "SALE" | "PAYMENT") if amount < 0 => Err(row.wrong("a payment below zero")),
        Some("ACQUIRING" | "SALE" | "PAYMENT") => Ok(SettledKind::Payment),
        Some("REFUND") => Ok(SettledKind::Refund),
        Some("CHARGEBACK") => Ok(SettledKind::Chargeback),
        // REPAYMENT, and whatever comes next: counted by what it moved, and matched to nothing.
        Some(_) => Ok(SettledKind::Adjustment),
    }
}
