//! Settlements: what was paid, less commission, GST and refunds, on the payout day after. As the list and as the
//! dashboard's file. Nothing is kept: both are read off what happened.

use super::PaytmSim;
use super::craft::{self, Kept};
use super::route::{Ask, Said};
use super::state::{RefundStatus, TxnStatus};
use crate::sim::{SimRequest, statement};
use hundi_core::Millis;
use hundi_core::time::days;
use serde_json::{Map, Value, json};

const PAGE_LINES_MAX: usize = 20;

/// What one payment or refund came to.
struct Line {
    order: String,
    /// The transaction's id, or the refund's.
    id: String,
    txn: String,
    reference: String,
    kind: &'static str,
    amount: i64,
    kept: Kept,
    net: i64,
    mode: &'static str,
    paid_at: Millis,
    settled: Millis,
}

/// Who asks, by the checksum over the values of the map.
pub(super) fn sender(sim: &PaytmSim, body: &Value) -> Option<usize> {
    let fields: &Map<String, Value> = body.as_object()?;
    let account = sim.account(fields.get("MID")?.as_str()?)?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let signed: Vec<(String, String)> =
        fields.iter().filter(|(n, _)| *n != "checksumHash").map(|(n, v)| (n.clone(), text(v))).collect();
    let checksum = fields.get("checksumHash")?.as_str()?;
    craft::is_signed(&craft::form_text(&signed), sim.accounts[account].key.expose(), checksum)
        .then_some(account)
}

pub(super) fn list(sim: &mut PaytmSim, ask: &Ask) -> Said {
    let number = |name: &str| match &ask.body[name] {
        Value::String(text) => text.parse::<usize>().ok(),
        other => other.as_u64().and_then(|n| usize::try_from(n).ok()),
    };
    let bad = ("FAILURE", "00000030");
    let page = number("pageNum").filter(|n| *n > 0).ok_or(bad)?;
    let size = number("pageSize").filter(|n| (1..=PAGE_LINES_MAX).contains(n)).ok_or(bad)?;
    let day = ask.text("utrProcessedStartTime");
    if day.len() != 10 {
        return Err(bad);
    }
    let lines = lines(sim, ask.account);
    let of_day: Vec<&Line> = lines.iter().filter(|line| craft::day(line.settled) == day).collect();
    if of_day.is_empty() {
        return Err(("RECORD_NOT_FOUND", ""));
    }
    let row = |line: &&Line| {
        json!({
            "orderId": line.order, "txnId": line.id, "txnType": line.kind,
            "txnDate": craft::stamp(line.paid_at), "txnAmount": craft::rupees(line.amount),
            "paymentMode": line.mode, "mercUnqRefVal": "", "mid": sim.accounts[ask.account].mid,
            "utr": utr(sim, ask.account, line.settled), "utrProcessedTime": craft::stamp(line.settled),
            "settleAmount": craft::rupees(line.net), "payoutDate": craft::day(line.settled),
            "gst": craft::rupees(line.kept.gst), "commission": craft::rupees(line.kept.commission),
        })
    };
    let rows: Vec<Value> = of_day.iter().skip((page - 1) * size).take(size).map(row).collect();
    Ok(json!({
        "status": "SUCCESS", "resultCode": "00000000", "errorMessage": "",
        "count": rows.len(), "paginatorPageNum": page, "paginatorPageSize": size,
        "paginatorTotalPage": of_day.len().div_ceil(size), "paginatorTotalCount": of_day.len(),
        "settlementDetailList": rows,
    }))
}

/// The dashboard's file of everything that was paid out to a merchant.
fn file(sim: &PaytmSim, account: usize) -> String {
    let mut out =
        "Transaction ID,Order ID,Transaction Type,Amount,Commission,GST,Settled Amount,Payout ID,UTR No.,\
                   Settled Date,Ref ID,Refund ID\r\n"
            .to_owned();
    for line in lines(sim, account) {
        let refund = if line.kind == "REFUND" { line.id.as_str() } else { "" };
        let amount = if refund.is_empty() { line.amount } else { -line.amount };
        let cells = [
            format!("'{}", line.txn),
            line.order.clone(),
            line.kind.to_owned(),
            craft::rupees(amount),
            craft::rupees(line.kept.commission),
            craft::rupees(line.kept.gst),
            craft::rupees(line.net),
            format!("PAYOUT{}", craft::compact_day(line.settled)),
            utr(sim, account, line.settled),
            craft::stamp(line.settled),
            line.reference.clone(),
            refund.to_owned(),
        ];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// The file of the account that the address names.
pub(super) fn file_of(sim: &PaytmSim, request: &SimRequest) -> Result<String, String> {
    Ok(file(sim, whose(sim, request)?))
}

fn whose(sim: &PaytmSim, request: &SimRequest) -> Result<usize, String> {
    let keys: Vec<&str> = sim.accounts.iter().map(|a| a.mid.as_str()).collect();
    statement::whose(request, &keys)
}

/// What the merchant's bank shows of the payouts.
pub(super) fn bank_statement(sim: &PaytmSim, request: &SimRequest) -> Result<String, String> {
    let account = whose(sim, request)?;
    let line = |line: &Line| statement::Line {
        at: line.settled,
        utr: utr(sim, account, line.settled),
        net: line.net,
    };
    let lines: Vec<_> = lines(sim, account).iter().map(line).collect();
    Ok(statement::csv("ONE97 COMMUNICATIONS", "INR", &statement::transfers(lines)))
}

/// One transfer for each merchant and day, the same however often it is asked for.
fn utr(sim: &PaytmSim, account: usize, settled: Millis) -> String {
    format!("PYTM{}{:04}{:04}", craft::compact_day(settled), sim.seed % 10_000, account)
}

/// What was paid out by now, oldest first.
fn lines(sim: &PaytmSim, account: usize) -> Vec<Line> {
    let terms = &sim.accounts[account];
    let mut lines = Vec::new();
    for txn in sim.txns.iter().filter(|txn| txn.account == account) {
        let TxnStatus::Success { at } = txn.status else { continue };
        let kept = craft::kept(txn.amount, terms.fee_bps);
        lines.push(Line {
            order: txn.order.clone(),
            id: txn.id.clone(),
            txn: txn.id.clone(),
            reference: String::new(),
            kind: "ACQUIRING",
            amount: txn.amount,
            kept,
            net: txn.amount - kept.commission - kept.gst,
            mode: txn.mode,
            paid_at: txn.created,
            settled: payout(at.plus(terms.settle_after_ms)),
        });
    }
    for refund in sim.refunds.iter().filter(|refund| refund.account == account) {
        let RefundStatus::Done { at } = refund.status else { continue };
        let payment = sim.txns.get(&refund.txn).expect("refunds name transactions that exist");
        lines.push(Line {
            order: payment.order.clone(),
            id: refund.id.clone(),
            txn: refund.txn.clone(),
            reference: refund.reference.clone(),
            kind: "REFUND",
            amount: refund.amount,
            kept: Kept { commission: 0, gst: 0 },
            net: -refund.amount,
            mode: payment.mode,
            paid_at: refund.created,
            settled: payout(at.plus(terms.settle_after_ms)),
        });
    }
    lines.retain(|line| line.settled <= sim.now);
    lines.sort_by(|a, b| (a.settled, &a.id).cmp(&(b.settled, &b.id)));
    lines
}

/// Nothing is paid out on Saturdays and Sundays.
fn payout(at: Millis) -> Millis {
    let weekday = (at.plus(19_800_000).0.div_euclid(days(1)) + 4).rem_euclid(7);
    match weekday {
        6 => at.plus(days(2)),
        0 => at.plus(days(1)),
        _ => at,
    }
}
