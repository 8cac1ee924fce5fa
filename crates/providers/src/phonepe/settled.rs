//! The settlement file, downloaded from the dashboard. No documented API lists the transactions of a settlement.
//!
//! Columns are found by their headings, for their order varies. Fees and taxes are negative numbers, and what was settled
//! is the sum of a line. A kind of line that nobody has mapped refuses the file.

use super::{PhonePe, times};
use crate::contract::{Call, FileProblem, Page, SettledKind, SettlementLine, Settlements, Span};
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::{Currency, Millis, Money};
use std::collections::BTreeMap;

#[async_trait]
impl Settlements for PhonePe {
    async fn list(
        &self,
        _call: Call<'_>,
        _span: Span,
        _after: Option<&str>,
    ) -> Result<Option<Page<SettlementLine>>, CallError> {
        Ok(None)
    }

    fn read_file(&self, bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
        let text = str::from_utf8(bytes).map_err(|_| problem(1, "the file is not CSV in UTF-8"))?;
        let mut rows = rows(text.trim_start_matches('\u{feff}'))?.into_iter();
        let (line, names) = rows.next().ok_or_else(|| problem(1, "the file is empty"))?;
        let headings = headings(line, &names)?;
        rows.map(|(line, cells)| Row { line, cells: &cells, headings: &headings }.read()).collect()
    }
}

const NEEDED: &[&str] = &["paymenttype", "merchantreferenceid", "phonepereferenceid", "amount", "fee"];
const TAXES: &[&str] = &["igst", "cgst", "sgst"];

/// Where each column is, by its heading in small letters without spaces.
type Headings = BTreeMap<String, usize>;

fn headings(line: usize, names: &[String]) -> Result<Headings, FileProblem> {
    let plain = |name: &String| name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let found: Headings = names.iter().map(plain).zip(0..).collect();
    if found.len() != names.len() {
        return Err(problem(line, "two columns have the same heading"));
    }
    match NEEDED.iter().find(|name| !found.contains_key(**name)) {
        Some(missing) => Err(problem(line, &format!("there is no column {missing}"))),
        None => Ok(found),
    }
}

struct Row<'a> {
    line: usize,
    cells: &'a [String],
    headings: &'a Headings,
}

impl Row<'_> {
    fn read(&self) -> Result<SettlementLine, FileProblem> {
        let kind = match (self.text("paymenttype").to_uppercase().as_str(), self.text("instrument")) {
            // Money that PhonePe takes back, bills, or pays later: whatever the line calls itself otherwise.
            (_, "EXCESS_RECOVERY" | "INVOICE_RECOVERY" | "SHORT_SETTLEMENT") => SettledKind::Adjustment,
            ("PAYMENT", _) => SettledKind::Payment,
            ("REFUND", _) => SettledKind::Refund,
            (other, _) => return Err(self.wrong(&format!("a line of the unknown type {other}"))),
        };
        let (amount, fee) = (self.minor("amount")?, self.minor("fee")?);
        let mut tax = 0;
        for name in TAXES {
            tax += self.minor(name)?;
        }
        // No document says whether a refund's amount comes with its sign.
        let moved = if kind == SettledKind::Refund { -amount.abs() } else { amount };
        let gross = if kind == SettledKind::Adjustment { moved } else { moved.abs() };
        if kind == SettledKind::Payment && moved <= 0 {
            return Err(self.wrong("a payment of nothing or less"));
        }
        let (ours, theirs) = (self.text("merchantreferenceid"), self.text("phonepereferenceid"));
        // A refund is known by the merchant's id of it, on every road.
        let provider_id = if kind == SettledKind::Refund { ours } else { theirs };
        let utr = Some(self.text("bankreferenceno")).filter(|utr| !utr.is_empty()).map(str::to_owned);
        Ok(SettlementLine {
            kind,
            provider_id: provider_id.to_owned(),
            of_payment: None,
            our_ref: ours.parse().ok(),
            gross: Money::new(gross, Currency::INR),
            fee_minor: -fee,
            tax_minor: -tax,
            net_minor: moved + fee + tax,
            // The bank's reference is what the lines of one payout share; no other id of it is in the file.
            settlement: None,
            utr,
            settled_at: day(self.text("settlementdate")),
        })
    }

    fn text(&self, name: &str) -> &str {
        let cell = self.headings.get(name).and_then(|at| self.cells.get(*at));
        // A text that a spreadsheet must not turn into a number begins with an apostrophe.
        cell.map_or("", |c| c.trim().trim_start_matches('\''))
    }

    /// Rupees with two decimals, in paise.
    fn minor(&self, name: &str) -> Result<i64, FileProblem> {
        let text = self.text(name).replace(',', "");
        let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
        if digits.is_empty() {
            return Ok(0);
        }
        let amount = Money::parse_decimal(digits, Currency::INR);
        amount.map(|a| sign * a.minor()).ok_or_else(|| self.wrong(&format!("{name} is not an amount")))
    }

    fn wrong(&self, what: &str) -> FileProblem {
        problem(self.line, what)
    }
}

/// The start of `2026-11-21`, `21-11-2026` or `21/11/2026` in India, with or without a time behind it. Formats vary, and a
/// day that we can't read hides no money: it is left out.
fn day(text: &str) -> Option<Millis> {
    let date = text.split([' ', 'T']).next()?;
    let parts: Vec<i64> = date.split(['-', '/']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [year, month, day] if year > 31 => times::midnight(year, month, day),
        [day, month, year] if year > 31 => times::midnight(year, month, day),
        _ => None,
    }
}

/// Comma-separated lines with their numbers; empty ones are left out. Cells may be quoted, with doubled quotes within.
fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, FileProblem> {
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        rows.push((at + 1, cells(line).ok_or_else(|| problem(at + 1, "a quote is not closed"))?));
    }
    Ok(rows)
}

fn cells(line: &str) -> Option<Vec<String>> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                cell.push('"');
                characters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    cells.push(cell);
    (!quoted).then_some(cells)
}

fn problem(line: usize, what: &str) -> FileProblem {
    FileProblem { line, what: what.to_owned() }
}
