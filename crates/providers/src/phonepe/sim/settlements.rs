//! The settlement file: what was paid and given back, less fees, on the working day after. Derived from what happened,
//! so the same history gives the same file.

use super::PhonePeSim;
use super::craft::day;
use super::state::{Instrument, RefundState, State};
use crate::sim::kit::decimal;
use hundi_core::Millis;
use hundi_core::time::days;

const HEADINGS: &str = "PaymentType,MerchantReferenceId,PhonePeReferenceId,From,Instrument,CreationDate,Amount,Fee,\
                        TransactionDate,SettlementDate,BankReferenceNo,IGST,CGST,SGST";

/// Everything settled by now, oldest first; of one account if it is named.
pub(super) fn file(sim: &PhonePeSim, account: Option<&str>) -> String {
    let wanted = |at: usize| account.is_none_or(|key| sim.account_of(key) == Some(at));
    let mut lines: Vec<(Millis, String)> = Vec::new();
    for attempt in sim.attempts.iter().filter(|a| a.state == State::Completed) {
        let (Some(order), Some(at)) = (sim.orders.get(&attempt.order), attempt.completed) else { continue };
        if wanted(order.account) && settled_at(at) <= sim.now {
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
            lines.push((at, line.shown()));
        }
    }
    for refund in sim.refunds.iter().filter(|r| r.state == RefundState::Completed) {
        let Some(at) = refund.completed.filter(|at| settled_at(*at) <= sim.now) else { continue };
        if wanted(refund.account) {
            let (ours, theirs) = (&refund.named, &refund.id);
            let line = Line {
                kind: "REFUND",
                ours,
                theirs,
                instrument: "PG_REDEMPTION_REVERSE",
                at,
                amount: -refund.amount,
                fee: 0,
                account: refund.account,
            };
            lines.push((at, line.shown()));
        }
    }
    lines.sort();
    let lines: String = lines.into_iter().map(|(_, line)| format!("{line}\r\n")).collect();
    format!("{HEADINGS}\r\n{lines}")
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
    /// Fees and taxes are negative numbers, and so is a refund.
    fn shown(&self) -> String {
        let tax = rounded(self.fee, 18, 100);
        let (made, settled) = (day(self.at), day(settled_at(self.at)));
        let utr = format!("SIMU{}{:04}", settled.replace('-', ""), self.account);
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
