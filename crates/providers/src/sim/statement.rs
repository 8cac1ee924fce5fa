//! A merchant's bank statement: what simulated providers paid out, as the merchant's bank shows it. With the settlement
//! lines it gives reconciliation its third side, and with the journal its answer key.
//!
//! Nothing is kept: like the settlement files it is read off what happened, so that the same history gives the same bytes.

use super::craft::{decimal, indian_date};
use super::http::{target, typed};
use super::{SimRequest, SimResponse, control};
use hundi_core::Millis;

/// Columns that Indian banks commonly export.
const HEADINGS: &str = "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance";

/// One line of a settlement, as far as the bank is concerned: which transfer it went with, and what it added to it.
pub(crate) struct Line {
    pub(crate) at: Millis,
    pub(crate) utr: String,
    pub(crate) net: i64,
}

/// A transfer into the merchant's account.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Credit {
    at: Millis,
    utr: String,
    minor: i64,
}

/// The transfers that lines went with, oldest first. What a transfer would be below nothing is kept from the next ones.
pub(crate) fn transfers(lines: impl IntoIterator<Item = Line>) -> Vec<Credit> {
    let mut all: Vec<Credit> = Vec::new();
    for line in lines {
        match all.iter_mut().find(|credit| credit.utr == line.utr) {
            Some(credit) => {
                credit.minor += line.net;
                credit.at = credit.at.max(line.at);
            }
            None => all.push(Credit { at: line.at, utr: line.utr, minor: line.net }),
        }
    }
    all.sort_by(|a, b| (a.at, &a.utr).cmp(&(b.at, &b.utr)));
    let mut owed = 0;
    for credit in &mut all {
        credit.minor += owed;
        owed = credit.minor.min(0);
    }
    all.retain(|credit| credit.minor > 0);
    all
}

/// The statement as a file. `from` is who paid, without commas.
pub(crate) fn csv(from: &str, currency: &str, credits: &[Credit]) -> String {
    let mut text = format!("{HEADINGS}\r\n");
    let mut balance = 0;
    for credit in credits {
        balance += credit.minor;
        let (year, month, day) = indian_date(credit.at);
        let date = format!("{day:02}/{month:02}/{:02}", year % 100);
        text.push_str(&format!(
            "{date},NEFT CR-{from}-{utr},{utr},{date},,{},{}\r\n",
            decimal(credit.minor, currency),
            decimal(balance, currency),
            utr = credit.utr,
        ));
    }
    text
}

/// Whose statement or file: the account that any parameter of the address names, or the only one.
pub(crate) fn whose(request: &SimRequest, accounts: &[&str]) -> Result<usize, String> {
    match (named(request, accounts)?, accounts.len()) {
        (Some(at), _) => Ok(at),
        (None, 1) => Ok(0),
        (None, _) => Err(NO_ACCOUNT.to_owned()),
    }
}

/// The same where all accounts are meant if none is named.
pub(crate) fn named(request: &SimRequest, accounts: &[&str]) -> Result<Option<usize>, String> {
    let (_, query) = target(&request.target);
    let named = query.iter().find_map(|(_, value)| accounts.iter().position(|key| key == value));
    if named.is_none() && !query.is_empty() {
        return Err(NO_ACCOUNT.to_owned());
    }
    Ok(named)
}

const NO_ACCOUNT: &str = "name one account that exists";

/// The answer to `GET /sim/control/bank_statement`.
pub(crate) fn answered(file: Result<String, String>) -> SimResponse {
    match file {
        Ok(file) => typed(200, "text/csv; charset=UTF-8", file),
        Err(why) => control::respond(Err(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, utr: &str, net: i64) -> Line {
        Line { at: Millis(at), utr: utr.to_owned(), net }
    }

    #[test]
    fn a_transfer_is_the_sum_of_its_lines_and_never_below_nothing() {
        let lines = [
            line(1, "A", 9_764),
            line(1, "A", 1_000),
            line(2, "B", -5_000),
            line(3, "C", 4_000),
            line(4, "D", 2_000),
        ];
        let credits = transfers(lines);
        let seen: Vec<_> = credits.iter().map(|c| (c.utr.as_str(), c.minor)).collect();
        // B owed 50: C was kept whole, and 10 of D.
        assert_eq!(seen, [("A", 10_764), ("D", 1_000)]);
        let file = csv("ACME", "INR", &credits);
        let rows: Vec<_> = file.lines().skip(1).collect();
        assert_eq!(rows[0], "01/01/70,NEFT CR-ACME-A,A,01/01/70,,107.64,107.64");
        assert_eq!(rows[1], "01/01/70,NEFT CR-ACME-D,D,01/01/70,,10.00,117.64");
    }
}
