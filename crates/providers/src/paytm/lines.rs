//! A line of a settlement, from JSON or CSV, under whichever names the account knows: letters and digits decide, not
//! capitals, blanks or underscores.

use super::time;
use super::wire;
use crate::contract::{FileProblem, SettledKind, SettlementLine};
use hundi_core::{Currency, Money};
use std::collections::BTreeMap;

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

/// The file may begin with lines for people.
const HEADING_LINES_MAX: usize = 20;

/// Fields by their plain names.
pub(super) struct Row(BTreeMap<String, String>);

impl Row {
    pub(super) fn of_json(row: &wire::Row<'_>) -> Result<Self, String> {
        let mut fields = BTreeMap::new();
        for (name, raw) in row {
            // A number is taken as the digits that it was written with, never through a float.
            let value = match serde_json::from_str::<String>(raw.get()) {
                Ok(text) => text,
                Err(_) if raw.get().starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                    raw.get().to_owned()
                }
                Err(_) => continue,
            };
            if fields.insert(plain(name), value.clone()).is_some_and(|before| before != value) {
                return Err(format!("{name} is there twice"));
            }
        }
        Ok(Self(fields))
    }

    /// The first of these names that is there and says something.
    fn get(&self, names: &[&str]) -> Option<&str> {
        let said = names.iter().filter_map(|name| self.0.get(*name)).map(|value| value.trim());
        // Dashboards put an apostrophe before long digits, so that spreadsheets leave them alone.
        said.map(|value| value.trim_matches('\'')).find(|value| !value.is_empty() && *value != "null")
    }

    fn minor(&self, names: &[&str]) -> Result<Option<i64>, String> {
        let Some(text) = self.get(names) else { return Ok(None) };
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let money = Money::parse_decimal(&digits.replace(',', ""), Currency::INR);
        money.map(|m| Some(sign * m.minor())).ok_or_else(|| format!("{} is no amount", names[0]))
    }

    /// What the line comes to. What Paytm kept is what is missing between amount and settled amount, whatever the
    /// columns call it; the tax within it is named.
    pub(super) fn line(&self) -> Result<SettlementLine, String> {
        let txn = self.get(TXN).ok_or("the transaction's id is missing")?;
        let amount = self.minor(AMOUNT)?.ok_or("the amount is missing")?;
        let net = self.minor(NET)?.ok_or("the settled amount is missing")?;
        let kind = self.kind(amount)?;
        // Of what goes back the sign is not agreed on: the kind says which way it went.
        let (moved, net) = match kind {
            SettledKind::Payment => (amount.abs(), net),
            SettledKind::Refund | SettledKind::Chargeback => (-amount.abs(), -net.abs()),
            SettledKind::Adjustment => (amount.abs() * if net < 0 { -1 } else { 1 }, net),
        };
        let kept = moved.checked_sub(net).ok_or("an amount beyond all sums")?;
        let tax = self.minor(TAX)?.unwrap_or(0).abs() * kept.signum();
        if tax.abs() > kept.abs() || (tax == 0 && self.minor(TAX)?.unwrap_or(0) != 0) {
            return Err("more tax than was kept".to_owned());
        }
        let is_refund = kind == SettledKind::Refund;
        let refund = self.get(REFUND).filter(|_| is_refund);
        let reference = if is_refund { self.get(REFERENCE) } else { self.get(ORDER) };
        // Where the refund has an id of its own in the line, the other one is its payment's.
        let of_payment = self.get(ORIGINAL).or(refund.map(|_| txn)).filter(|_| kind != SettledKind::Payment);
        Ok(SettlementLine {
            kind,
            provider_id: refund.unwrap_or(txn).to_owned(),
            of_payment: of_payment.map(str::to_owned),
            our_ref: super::meaning::our_ref(reference),
            gross: Money::inr(moved.abs()),
            fee_minor: kept - tax,
            tax_minor: tax,
            net_minor: net,
            settlement: self.get(PAYOUT).map(str::to_owned),
            utr: self.get(UTR).map(str::to_owned),
            settled_at: DATE.iter().find_map(|name| time::instant(self.get(&[*name])?)),
        })
    }

    fn kind(&self, amount: i64) -> Result<SettledKind, String> {
        match self.get(TYPE).map(str::to_ascii_uppercase).as_deref() {
            // The older list has no type.
            None if amount < 0 => Ok(SettledKind::Refund),
            None => Ok(SettledKind::Payment),
            Some("ACQUIRING" | "SALE" | "PAYMENT") if amount < 0 => Err("a payment below zero".to_owned()),
            Some("ACQUIRING" | "SALE" | "PAYMENT") => Ok(SettledKind::Payment),
            Some("REFUND") => Ok(SettledKind::Refund),
            Some("CHARGEBACK") => Ok(SettledKind::Chargeback),
            // REPAYMENT, and whatever comes next: counted by what it moved, and matched to nothing.
            Some(_) => Ok(SettledKind::Adjustment),
        }
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

// ---- the dashboard's file

pub(super) fn of_file(bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
    let problem = |line: usize, what: &str| FileProblem { line, what: what.to_owned() };
    let text = str::from_utf8(bytes).map_err(|_| problem(1, "this is not a text"))?;
    let records = records(text.trim_start_matches('\u{feff}'))?;
    let has = |names: &[String], of: &[&str]| of.iter().any(|wanted| names.iter().any(|name| name == wanted));
    let headings = records.iter().take(HEADING_LINES_MAX).enumerate().find_map(|(at, (_, cells))| {
        let names: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        (has(&names, TXN) && has(&names, AMOUNT) && has(&names, NET)).then_some((at, names))
    });
    let (at, names) = headings.ok_or_else(|| {
        problem(1, "no line with headings for the transaction id, the amount and the settled amount")
    })?;
    let mut lines = Vec::new();
    for (number, cells) in records.iter().skip(at + 1) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if cells.len() != names.len() {
            return Err(problem(*number, "another number of columns than there are headings"));
        }
        let row = Row(names.iter().cloned().zip(cells.iter().cloned()).collect());
        lines.push(row.line().map_err(|what| problem(*number, &what))?);
    }
    Ok(lines)
}

/// Comma-separated cells, quoted where they hold commas, quotes or line ends. Each record with the line it begins on.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, FileProblem> {
    let (mut records, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begun, mut quoted) = (1, 1, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        line += usize::from(c == '\n');
        match (quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            (true, '"') => quoted = false,
            (true, other) => cell.push(other),
            (false, '"') if cell.is_empty() => quoted = true,
            (false, ',') => cells.push(std::mem::take(&mut cell)),
            (false, '\r') => {}
            (false, '\n') => {
                cells.push(std::mem::take(&mut cell));
                records.push((begun, std::mem::take(&mut cells)));
                begun = line;
            }
            (false, other) => cell.push(other),
        }
    }
    if quoted {
        return Err(FileProblem { line: begun, what: "a quote that never ends".to_owned() });
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        records.push((begun, cells));
    }
    Ok(records)
}
