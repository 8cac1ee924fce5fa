//! The settlement file, downloaded from the dashboard. No documented API lists the transactions of a settlement.
//!
//! Columns are found by their headings, for their order varies. Fees and taxes are negative numbers, and what was settled
//! is the sum of a line. A kind of line that nobody has mapped refuses the file.

use super::{PhonePe, client, v2};
use crate::contract::{Call, FileProblem, Report, SettledKind, SettlementFile, SettlementLine, Whose};
use crate::reading::calendar;
use crate::reading::table::{self, Row};
use crate::wire::Called;
use async_trait::async_trait;
use hundi_core::Money;

impl SettlementFile for PhonePe {
    fn read_file(&self, bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
        table::read(bytes, &[TYPE, OURS, THEIRS, AMOUNT, FEE])?.iter().map(line).collect()
    }
}

#[async_trait]
impl Whose for PhonePe {
    /// A refund's line names the refund and not its order, which its status tells.
    async fn whose(&self, call: Call<'_>, line: &SettlementLine) -> Called<Option<Report>> {
        // v1's status of a refund does not say of what it is.
        if client::is_v1(call.account) || line.kind != SettledKind::Refund {
            return Ok(None);
        }
        v2::order_of_refund(call, &line.provider_id).await
    }
}

const TYPE: &[&str] = &["paymenttype"];
const OURS: &[&str] = &["merchantreferenceid"];
const THEIRS: &[&str] = &["phonepereferenceid"];
const AMOUNT: &[&str] = &["amount"];
const FEE: &[&str] = &["fee"];
const TAXES: &[&str] = &["igst", "cgst", "sgst"];

fn line(row: &Row) -> Result<SettlementLine, FileProblem> {
    let instrument = row.get(&["instrument"]).unwrap_or_default();
    let kind = match (row.get(TYPE).unwrap_or_default().to_uppercase().as_str(), instrument) {
        // Money that PhonePe takes back, bills, or pays later: whatever the line calls itself otherwise.
        (_, "EXCESS_RECOVERY" | "INVOICE_RECOVERY" | "SHORT_SETTLEMENT") => SettledKind::Adjustment,
        ("PAYMENT", _) => SettledKind::Payment,
        ("REFUND", _) => SettledKind::Refund,
        (other, _) => return Err(row.wrong(&format!("a line of the unknown type {other}"))),
    };
    let (amount, fee, tax) = (row.sum(AMOUNT)?, row.sum(FEE)?, row.sum(TAXES)?);
    // No document says whether a refund's amount comes with its sign.
    let moved = if kind == SettledKind::Refund { -amount.abs() } else { amount };
    let gross = if kind == SettledKind::Adjustment { moved } else { moved.abs() };
    if kind == SettledKind::Payment && moved <= 0 {
        return Err(row.wrong("a payment of nothing or less"));
    }
    let net = moved.checked_add(fee).and_then(|rest| rest.checked_add(tax));
    let (ours, theirs) = (row.get(OURS).unwrap_or_default(), row.get(THEIRS).unwrap_or_default());
    Ok(SettlementLine {
        kind,
        // A refund is known by the merchant's id of it, on every road.
        provider_id: if kind == SettledKind::Refund { ours } else { theirs }.to_owned(),
        of_payment: None,
        our_ref: ours.parse().ok(),
        gross: Money::inr(gross),
        fee_minor: -fee,
        tax_minor: -tax,
        net_minor: net.ok_or_else(|| row.wrong("an amount beyond all sums"))?,
        // The bank's reference is what the lines of one payout share; no other id of it is in the file.
        settlement: None,
        utr: row.get(&["bankreferenceno"]).map(str::to_owned),
        // Formats vary, and a day that we can't read hides no money: it is left out.
        settled_at: row.get(&["settlementdate"]).and_then(calendar::day_in_india),
    })
}
