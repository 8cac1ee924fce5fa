//! The settlement file (MPR) that the bank's acquirer mails or offers for download. There is no API for it.
//!
//! Its columns are known from memory only: they are found by their headings, every line must add up, and a kind of
//! record that nobody has mapped refuses the file.

use super::{Hdfc, meaning};
use crate::contract::{Call, FileProblem, Page, SettledKind, SettlementLine, Settlements, Span};
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::{Currency, Millis, Money, OurRef};
use std::collections::BTreeMap;

/// India is five and a half hours ahead; the file's days are its days.
const INDIA_AHEAD_MS: i64 = 19_800_000;

#[async_trait]
impl Settlements for Hdfc {
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
        let (_, names) = rows.next().ok_or_else(|| problem(1, "the file is empty"))?;
        let headings = Headings::of(&names)?;
        rows.map(|(line, cells)| Row { line, cells: &cells, headings: &headings }.read()).collect()
    }
}

/// Where each column is, by its heading in capitals with single spaces.
struct Headings(BTreeMap<String, usize>);

const NEEDED: &[&str] = &["REC FMT", "MERCHANT_TRACKID", "TRAN_ID", "DOMESTIC AMT", "MSF", "NET AMOUNT"];
/// The tax on the fee, under the names of its different years and places.
const TAXES: &[&str] = &["SERV TAX", "CGST AMT", "SGST AMT", "IGST AMT", "UTGST AMT"];

impl Headings {
    fn of(names: &[String]) -> Result<Self, FileProblem> {
        let plain = |name: &String| name.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let found: BTreeMap<_, _> = names.iter().map(plain).zip(0..).collect();
        match NEEDED.iter().find(|name| !found.contains_key(**name)) {
            Some(missing) => Err(problem(1, &format!("there is no column {missing}"))),
            None => Ok(Self(found)),
        }
    }
}

struct Row<'a> {
    line: usize,
    cells: &'a [String],
    headings: &'a Headings,
}

/// What a track id names, by its form.
enum Named {
    /// `{merchant_id}-{order_id}-{attempt}`, as Juspay names each try.
    Try(OurRef),
    Ours(OurRef),
    Other,
}

impl Row<'_> {
    fn read(&self) -> Result<SettlementLine, FileProblem> {
        let kind = match self.text("REC FMT").to_uppercase().as_str() {
            "BAT" => SettledKind::Payment,
            "CVD" => SettledKind::Refund,
            other => return Err(self.wrong(&format!("a record of the unknown kind {other}"))),
        };
        let gross = self.minor("DOMESTIC AMT")? + self.minor("INTNL AMT")?;
        let (fee, net) = (self.minor("MSF")?, self.minor("NET AMOUNT")?);
        let mut tax = 0;
        for name in TAXES {
            tax += self.minor(name)?;
        }
        // Amounts of refunds may come with or without a sign.
        let (gross, net) = match kind {
            SettledKind::Refund => (gross.abs(), -net.abs()),
            SettledKind::Payment | SettledKind::Chargeback | SettledKind::Adjustment => (gross, net),
        };
        let moved = if kind == SettledKind::Refund { -gross } else { gross };
        if moved - fee - tax != net {
            return Err(self.wrong("amount, fee, tax and net do not add up"));
        }
        let (track, transaction) = (self.text("MERCHANT_TRACKID"), self.text("TRAN_ID"));
        let (provider_id, of_payment, our_ref) = match (named(track), kind) {
            (Named::Try(_), SettledKind::Refund) => (transaction, Some(track.to_owned()), None),
            (Named::Try(order), _) => (track, None, Some(order)),
            (Named::Ours(refund), SettledKind::Refund) => (track, None, Some(refund)),
            (Named::Ours(order), _) => (transaction, None, Some(order)),
            (Named::Other, _) => (transaction, None, None),
        };
        Ok(SettlementLine {
            kind,
            provider_id: provider_id.to_owned(),
            of_payment,
            our_ref,
            gross: Money::new(gross, Currency::INR),
            fee_minor: fee,
            tax_minor: tax,
            net_minor: net,
            // No column for either is known: the day of settlement groups the lines.
            settlement: None,
            utr: None,
            settled_at: self.day("SETTLE DATE")?,
        })
    }

    fn text(&self, name: &str) -> &str {
        let cell = self.headings.0.get(name).and_then(|at| self.cells.get(*at));
        // A text that a spreadsheet must not turn into a number begins with an apostrophe.
        cell.map_or("", |c| c.trim().trim_start_matches('\''))
    }

    fn minor(&self, name: &str) -> Result<i64, FileProblem> {
        let text = self.text(name).replace(',', "");
        let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
        if digits.is_empty() {
            return Ok(0);
        }
        let amount = Money::parse_decimal(digits, Currency::INR);
        amount.map(|a| sign * a.minor()).ok_or_else(|| self.wrong(&format!("{name} is not an amount")))
    }

    /// `21-11-2026`, `21/11/2026`, `21-NOV-26` or `2026-11-21`: the day comes first in India unless the year does.
    fn day(&self, name: &str) -> Result<Option<Millis>, FileProblem> {
        let text = self.text(name).to_uppercase();
        if text.is_empty() {
            return Ok(None);
        }
        let midnight = civil(&text).and_then(|(y, m, d)| meaning::midnight(y, m, d));
        let india = midnight.ok_or_else(|| self.wrong(&format!("{name} is not a day")))?;
        Ok(Some(india.minus(INDIA_AHEAD_MS)))
    }

    fn wrong(&self, what: &str) -> FileProblem {
        problem(self.line, what)
    }
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

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

fn civil(text: &str) -> Option<(i64, i64, i64)> {
    let parts: Vec<_> = text.split(['-', '/']).collect();
    let [a, b, c] = parts.try_into().ok()?;
    let number = |t: &str| t.parse::<i64>().ok();
    let month =
        MONTHS.iter().zip(1..).find(|(name, _)| **name == b).map(|(_, at)| at).or_else(|| number(b))?;
    match (a.len(), c.len()) {
        (4, 2) => Some((number(a)?, month, number(c)?)),
        (1 | 2, 4) => Some((number(c)?, month, number(a)?)),
        (1 | 2, 2) => Some((2000 + number(c)?, month, number(a)?)),
        _ => None,
    }
}

/// Lines of cells, each with its number in the file. Quoted cells may hold commas, quotes and line ends.
fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, FileProblem> {
    let (mut rows, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut line, mut began) = (false, 1, 1);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        line += usize::from(c == '\n');
        match (c, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => cell.extend(letters.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => cells.push(std::mem::take(&mut cell)),
            ('\r', false) => {}
            ('\n', false) => {
                cells.push(std::mem::take(&mut cell));
                rows.push((began, std::mem::take(&mut cells)));
                began = line;
            }
            (other, _) => cell.push(other),
        }
    }
    if quoted {
        return Err(problem(began, "a quote is never closed"));
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        rows.push((began, cells));
    }
    rows.retain(|(_, cells)| cells.iter().any(|c| !c.trim().is_empty()));
    Ok(rows)
}

fn problem(line: usize, what: &str) -> FileProblem {
    FileProblem { line, what: what.to_owned() }
}
