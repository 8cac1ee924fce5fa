//! The acquirer's settlement file, as far as its columns are remembered: a line for each payment and refund that was
//! settled by now.

use super::HdfcSim;
use super::craft::{Fee, fee};
use super::state::Moved;
use crate::sim::kit::{decimal, indian_date};
use crate::sim::{SimRequest, statement};
use hundi_core::Millis;

const HEADINGS: &str = "MERCHANT CODE,TERMINAL NUMBER,REC FMT,BAT NBR,CARD TYPE,CARD NUMBER,TRANS DATE,SETTLE DATE,\
APPROV CODE,INTNL AMT,DOMESTIC AMT,TRAN_ID,UPVALUE,MERCHANT_TRACKID,MSF,SERV TAX,CGST AMT,SGST AMT,IGST AMT,\
NET AMOUNT,DEBITCREDIT_TYPE,UDF1,UDF2,UDF3,UDF4,UDF5,ARN_NO,INVOICE_NUMBER,GSTN_TRANSACTION_ID";

/// Of the merchant that the address names, or of all.
pub(super) fn file(sim: &HdfcSim, request: &SimRequest) -> Result<String, String> {
    let named = statement::named(request, &keys(sim))?;
    let mut text = format!("{HEADINGS}\r\n");
    for moved in &sim.moved {
        let account = &sim.accounts[moved.account];
        let settled = moved.at.plus(account.settle_after_ms);
        if named.is_none_or(|at| at == moved.account) && settled <= sim.now {
            text.push_str(&line(&account.merchant_id, moved, settled, account.fee_bps));
        }
    }
    Ok(text)
}

fn keys(sim: &HdfcSim) -> Vec<&str> {
    sim.accounts.iter().map(|a| a.merchant_id.as_str()).collect()
}

/// What the merchant's bank shows of it: one credit for each day of settlement. The file names no transfer, so the day
/// and the sum are what ties them.
pub(super) fn bank_statement(sim: &HdfcSim, request: &SimRequest) -> Result<String, String> {
    let account = statement::whose(request, &keys(sim))?;
    let terms = &sim.accounts[account];
    let settled = |moved: &Moved| moved.at.plus(terms.settle_after_ms);
    let mine = sim.moved.iter().filter(|moved| moved.account == account && settled(moved) <= sim.now);
    let lines = mine.map(|moved| {
        let (year, month, day) = indian_date(settled(moved));
        statement::Line {
            at: settled(moved),
            utr: format!("HDFCR{year:04}{month:02}{day:02}{account:04}"),
            net: net(moved, &kept(moved, terms.fee_bps)),
        }
    });
    Ok(statement::csv("HDFC BANK MPR", "INR", &statement::transfers(lines)))
}

/// Refunds cost nothing and give no fee back.
fn kept(moved: &Moved, fee_bps: i64) -> Fee {
    fee(moved.amount, if moved.is_refund { 0 } else { fee_bps })
}

const fn net(moved: &Moved, fee: &Fee) -> i64 {
    if moved.is_refund { -moved.amount } else { moved.amount - fee.fee - 2 * fee.half_tax }
}

fn line(merchant: &str, moved: &Moved, settled: Millis, fee_bps: i64) -> String {
    let fee = kept(moved, fee_bps);
    let net = net(moved, &fee);
    let shown = |minor: i64| {
        let sign = if minor < 0 { "-" } else { "" };
        format!("{sign}{}", decimal(minor.abs(), "INR"))
    };
    let day = |at| {
        let (year, month, day) = indian_date(at);
        format!("{day:02}-{month:02}-{year}")
    };
    let (kind, side) = if moved.is_refund { ("CVD", "DEBIT") } else { ("BAT", "CREDIT") };
    let cells = [
        merchant.to_owned(),
        "70000001".to_owned(),
        kind.to_owned(),
        "1".to_owned(),
        String::new(),
        String::new(),
        day(moved.at),
        day(settled),
        String::new(),
        shown(0),
        shown(moved.amount),
        format!("'{}", moved.reference),
        String::new(),
        moved.track.clone(),
        shown(fee.fee),
        shown(0),
        shown(fee.half_tax),
        shown(fee.half_tax),
        shown(0),
        shown(net),
        side.to_owned(),
    ];
    format!("{},,,,,,,,\r\n", cells.join(","))
}
