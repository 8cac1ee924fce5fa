//! The settlement file (MPR) that the bank's acquirer mails or offers for download. There is no API for it.
//!
//! Its columns are known from memory only: they are found by their headings, every line must add up, and a kind of
//! record that nobody has mapped refuses the file.

use super::Hdfc;
use crate::contract::{FileProblem, SettledKind, SettlementFile, SettlementLine};
use crate::reading::calendar;
use crate::reading::table::{self, Row};
use hundi_core::{Money, OurRef};

impl SettlementFile for Hdfc {
    fn read_file(&self, bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
        table::read(bytes, &[KIND, TRACK, TRANSACTION, DOMESTIC, FEE, NET])?.iter().map(line).collect()
    }
}

const KIND: &[&str] = &["recfmt"];
const TRACK: &[&str] = &["merchanttrackid"];
const TRANSACTION: &[&str] = &["tranid"];
const DOMESTIC: &[&str] = &["domesticamt"];
const FEE: &[&str] = &["msf"];
const NET: &[&str] = &["netamount"];
const SETTLED: &[&str] = &["settledate"];
/// The tax on the fee, under the names of its different years and places.
const TAXES: &[&str] = &["servtax", "cgstamt", "sgstamt", "igstamt", "utgstamt"];

/// What a track id names, by its form.
enum Named {
    /// `{merchant_id}-{order_id}-{attempt}`, as Juspay names each try.
    Try(OurRef),
    Ours(OurRef),
    Other,
}

fn line(row: &Row) -> Result<SettlementLine, FileProblem> {
    let kind = match row.get(KIND).unwrap_or_default().to_uppercase().as_str() {
        "BAT" => SettledKind::Payment,
        "CVD" => SettledKind::Refund,
        other => return Err(row.wrong(&format!("a record of the unknown kind {other}"))),
    };
    let gross = row.sum(&["domesticamt", "intnlamt"])?;
    let (fee, net) = (row.sum(FEE)?, row.sum(NET)?);
    let tax = row.sum(TAXES)?;
    // Amounts of refunds may come with or without a sign.
    let (gross, net) = match kind {
        SettledKind::Refund => (gross.abs(), -net.abs()),
        SettledKind::Payment | SettledKind::Chargeback | SettledKind::Adjustment => (gross, net),
    };
    let moved = if kind == SettledKind::Refund { -gross } else { gross };
    if moved.checked_sub(fee).and_then(|rest| rest.checked_sub(tax)) != Some(net) {
        return Err(row.wrong("amount, fee, tax and net do not add up"));
    }
    let (track, transaction) = (row.get(TRACK).unwrap_or_default(), row.get(TRANSACTION).unwrap_or_default());
    let (provider_id, of_payment, our_ref) = match (named(track), kind) {
        (Named::Try(_), SettledKind::Refund) => (transaction, Some(track.to_owned()), None),
        (Named::Try(order), _) => (track, None, Some(order)),
        (Named::Ours(refund), SettledKind::Refund) => (track, None, Some(refund)),
        (Named::Ours(order), _) => (transaction, None, Some(order)),
        (Named::Other, _) => (transaction, None, None),
    };
    let day = |text| calendar::day_in_india(text).ok_or_else(|| row.wrong("settledate is not a day"));
    Ok(SettlementLine {
        kind,
        provider_id: provider_id.to_owned(),
        of_payment,
        our_ref,
        gross: Money::inr(gross),
        fee_minor: fee,
        tax_minor: tax,
        net_minor: net,
        // No column for either is known: the day of settlement groups the lines.
        settlement: None,
        utr: None,
        settled_at: row.get(SETTLED).map(day).transpose()?,
    })
}

fn named(track: &str) -> Named {
    if let Ok(ours) = track.parse() {
        return Named::Ours(ours);
    }
    let of_try = track.rsplit_once('-').filter(|(_, n)| n.parse::<u32>().is_ok());
    let order =
        of_try.and_then(|(front, _)| front.rsplit_once('-')).and_then(|(_, order)| order.parse().ok());
    order.map_or(Named::Other, Named::Try)
}
