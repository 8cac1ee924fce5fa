//! The settlement file: what was paid and given back, less fees, on the working day after. Derived from what happened,
//! so the same history gives the same file.

use super::PhonePeSim;
use super::craft::day;
use super::state::{Instrument, RefundState, State};
use crate::sim::kit::decimal;
use crate::sim::{SimRequest, statement};
use hundi_core::Millis;
use hundi_core::time::days;

const HEADINGS: &str = "PaymentType,MerchantReferenceId,PhonePeReferenceId,From,Instrument,CreationDate,Amount,Fee,\
                        TransactionDate,SettlementDate,BankReferenceNo,IGST,CGST,SGST";

/// Everything settled by now, oldest first; of one account if it is named.
pub(super) fn file(sim: &PhonePeSim, request: &SimRequest) -> Result<String, String> {
    let named = statement::named(request, &keys(sim))?;
    let mut lines: Vec<(Millis, String)> = lines(sim)
        .iter()
        .filter(|line| named.is_none_or(|at| at == line.account))
        .map(|line| (line.at, line.shown()))
        .collect();
    lines.sort();
    let lines: String = lines.into_iter().map(|(_, line)| format!("{line}\r\n")).collect();
    Ok(format!("{HEADINGS}\r\n{lines}"))
}

fn keys(sim: &PhonePeSim) -> Vec<&str> {
    sim.accounts.iter().map(super::state::Account::key_id).collect()
}

/// What the merchant's bank shows of it.
pub(super) fn bank_statement(sim: &PhonePeSim, request: &SimRequest) -> Result<String, String> {
    let account = statement::whose(request, &keys(sim))?;
    let mine = lines(sim).into_iter().filter(|line| line.account == account);
    let lines =
        mine.map(|line| statement::Line { at: settled_at(line.at), utr: line.utr(), net: line.net() });
    Ok(statement::csv("PHONEPE", "INR", &statement::transfers(lines)))
}

fn lines(sim: &PhonePeSim) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for attempt in sim.attempts.iter().filter(|a| a.state == State::Completed) {
        let (Some(order), Some(at)) = (sim.orders.get(&attempt.order), attempt.completed) else { continue };
        if settled_at(at) <= sim.now {
            let fee = rounded(attempt.amount, sim.accounts[order.account].fee_bps, 10_000);
            let line = Line {
                kind: "PAYMENT",
                ours: &order.named,
                theirs: &attempt.id,
                instrument: redemption(&attempt.instrument),
                at,
                amount: attempt.amount,
                fee,
                account: order.account,
            };
            lines.push(line);
        }
    }
    for refund in sim.refunds.iter().filter(|r| r.state == RefundState::Completed) {
        let Some(at) = refund.completed.filter(|at| settled_at(*at) <= sim.now) else { continue };
        lines.push(Line {
            kind: "REFUND",
            ours: &refund.named,
            theirs: &refund.id,
            instrument: "PG_REDEMPTION_REVERSE",
            at,
            amount: -refund.amount,
            fee: 0,
            account: refund.account,
        });
    }
    lines
}

struct Line<'a> {
    kind: &'static str,
    ours: &'a str,
    theirs: &'a str,
    instrument: &'static str,
    at: Millis,
    amount: i64,
    fee: i64,
    account: usize,
}

impl Line<'_> {
    fn tax(&self) -> i64 {
        rounded(self.fee, 18, 100)
    }

    fn net(&self) -> i64 {
        self.amount - self.fee - self.tax()
    }

    /// One transfer for each merchant and day.
    fn utr(&self) -> String {
        format!("SIMU{}{:04}", day(settled_at(self.at)).replace('-', ""), self.account)
    }

    /// Fees and taxes are negative numbers, and so is a refund.
    fn shown(&self) -> String {
        let tax = self.tax();
        let (made, settled, utr) = (day(self.at), day(settled_at(self.at)), self.utr());
        [
            self.kind,
            self.ours,
            self.theirs,
            "Buyer",
            self.instrument,
            &made,
            &rupees(self.amount),
            &rupees(-self.fee),
            &made,
            &settled,
            &utr,
            &rupees(-tax),
            "0.00",
            "0.00",
        ]
        .join(",")
    }
}

/// The day after, in the simulator every day works.
fn settled_at(at: Millis) -> Millis {
    at.plus(days(1))
}

const fn redemption(instrument: &Instrument) -> &'static str {
    match instrument {
        Instrument::Upi { .. } => "UPI_REDEMPTION",
        Instrument::Card => "PG_REDEMPTION_CC",
        Instrument::Netbanking { .. } => "PG_REDEMPTION_NB",
        Instrument::Wallet => "WALLET_REDEMPTION",
    }
}

fn rupees(paise: i64) -> String {
    let sign = if paise < 0 { "-" } else { "" };
    format!("{sign}{}", decimal(paise.abs(), "INR"))
}

/// Half up.
fn rounded(amount: i64, part: i64, whole: i64) -> i64 {
    let product = i128::from(amount) * i128::from(part);
    let whole = i128::from(whole);
    i64::try_from((product * 2 + whole) / (whole * 2))
        .expect("a part of an amount is no larger than the amount")
}
