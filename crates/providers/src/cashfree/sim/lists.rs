//! What moved on an account, and what it came to when it was paid out. Nothing is kept: both are read off what
//! happened.

use super::CashfreeSim;
use super::ask::{Ask, Refusal, Said};
use super::craft::{self, Kept, amount, stamp};
use super::refunds::order_of;
use super::show;
use super::state::{Order, RefundStatus, SimAccount, Status};
use crate::sim::{SimRequest, statement};
use data_encoding::BASE64;
use hundi_core::Millis;
use serde_json::{Value, json};

const LIMITS: std::ops::RangeInclusive<usize> = 10..=1000;

/// One payment or refund that was money.
struct Movement<'s> {
    order: &'s Order,
    /// Of the payment or the refund.
    id: &'s str,
    payment: &'s str,
    kind: &'static str,
    amount: i64,
    kept: Kept,
    group: &'static str,
    at: Millis,
    begun: Millis,
    refund: Option<(&'s str, &'s str, Option<&'s str>)>,
}

impl Movement<'_> {
    const fn is_credit(&self) -> bool {
        self.refund.is_none()
    }

    /// What the payout is smaller by: nothing where fees are billed apart.
    const fn kept_of_it(&self, terms: &SimAccount) -> i64 {
        if terms.fees_billed_apart { 0 } else { self.kept.fee + self.kept.gst }
    }
}

/// Oldest first.
fn movements(sim: &CashfreeSim, account: usize) -> Vec<Movement<'_>> {
    let terms = &sim.accounts[account];
    let mut all = Vec::new();
    for payment in sim.payments.iter().filter(|p| p.account == account) {
        let (Status::Captured { at }, Some(order)) = (payment.status, sim.orders.get(&payment.order)) else {
            continue;
        };
        let taken = payment.taken.unwrap_or(payment.amount);
        all.push(Movement {
            order,
            id: &payment.id,
            payment: &payment.id,
            kind: "PAYMENT",
            amount: taken,
            kept: craft::kept(taken, terms.fee_bps),
            group: show::group(payment.instrument),
            at,
            begun: payment.created,
            refund: None,
        });
    }
    for refund in sim.refunds.iter().filter(|r| r.account == account) {
        let (RefundStatus::Success { at }, Some(order)) = (refund.status, order_of(sim, refund)) else {
            continue;
        };
        let payment = sim.payments.get(&refund.payment).expect("refunds name payments that exist");
        all.push(Movement {
            order,
            id: &refund.id,
            payment: &refund.payment,
            kind: "REFUND",
            amount: refund.amount,
            kept: Kept { fee: 0, gst: 0 },
            group: show::group(payment.instrument),
            at,
            begun: payment.created,
            refund: Some((&refund.reference, &refund.arn, refund.note.as_deref())),
        });
    }
    all.sort_by(|a, b| (a.at, a.id).cmp(&(b.at, b.id)));
    all
}

/// `/recon`: every movement, paid out or not.
pub(super) fn moved(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let span = Span::of(ask)?;
    let all = movements(sim, ask.account);
    let rows = all.iter().filter(|m| span.holds(m.at)).map(|m| {
        json!({
            "event_id": m.id, "event_type": m.kind, "event_status": "SUCCESS", "entity": "recon",
            "event_amount": amount(m.amount), "event_settlement_amount": amount(m.amount - m.kept.fee - m.kept.gst),
            "event_currency": m.order.currency, "event_time": stamp(m.at),
            "sale_type": if m.is_credit() { "CREDIT" } else { "DEBIT" },
            "order_id": m.order.id, "order_amount": amount(m.order.amount), "cf_payment_id": m.payment,
            "payment_amount": amount(m.amount), "payment_time": stamp(m.begun), "payment_group": m.group,
            "payment_service_charge": amount(m.kept.fee), "payment_service_tax": amount(m.kept.gst),
            "refund_id": m.refund.map(|r| r.0), "refund_arn": m.refund.map(|r| r.1),
            "refund_note": m.refund.and_then(|r| r.2), "cf_settlement_id": null, "settlement_utr": null,
        })
    });
    page(ask, rows.collect())
}

/// `/settlement/recon`: what was paid out in the span.
pub(super) fn settled(sim: &mut CashfreeSim, ask: &Ask) -> Said {
    let span = Span::of(ask)?;
    page(ask, settled_rows(sim, ask.account, |at| span.holds(at)))
}

pub(super) fn settled_rows(sim: &CashfreeSim, account: usize, within: impl Fn(Millis) -> bool) -> Vec<Value> {
    let all = paid_out(sim, account).into_iter().filter(|(at, _)| within(*at));
    all.map(|(at, m)| row(sim, &m, account, at)).collect()
}

/// What the merchant's bank shows of the payouts.
pub(super) fn bank_statement(sim: &CashfreeSim, request: &SimRequest) -> Result<String, String> {
    let account = whose(sim, request)?;
    let lines = paid_out(sim, account).into_iter().map(|(at, m)| {
        let moved = m.amount - m.kept_of_it(&sim.accounts[account]);
        let net = if m.is_credit() { moved } else { -moved };
        statement::Line { at, utr: transfer(sim, account, at).1, net }
    });
    Ok(statement::csv("CASHFREE PAYMENTS", "INR", &statement::transfers(lines)))
}

pub(super) fn whose(sim: &CashfreeSim, request: &SimRequest) -> Result<usize, String> {
    let keys: Vec<&str> = sim.accounts.iter().map(|a| a.client_id.as_str()).collect();
    statement::whose(request, &keys)
}

/// What is paid out by now, and when it was.
fn paid_out(sim: &CashfreeSim, account: usize) -> Vec<(Millis, Movement<'_>)> {
    let after = sim.accounts[account].settle_after_ms;
    let all = movements(sim, account).into_iter().map(|m| (craft::payout(m.at.plus(after)), m));
    all.filter(|(at, _)| *at <= sim.now).collect()
}

/// The settlement's id and the bank's: one transfer for each merchant and day, the same however often it is asked for.
fn transfer(sim: &CashfreeSim, account: usize, paid_out: Millis) -> (String, String) {
    let day = craft::day(paid_out);
    (format!("{day}{account:04}"), format!("SIM{day}{:04}{account:04}", sim.seed % 10_000))
}

fn row(sim: &CashfreeSim, m: &Movement<'_>, account: usize, paid_out: Millis) -> Value {
    let kept = m.kept_of_it(&sim.accounts[account]);
    let (reference, arn, note) = m.refund.map_or((None, None, None), |r| (Some(r.0), Some(r.1), r.2));
    let (settlement, utr) = transfer(sim, account, paid_out);
    json!({
        "event_details": {
            "event_id": m.id, "event_type": m.kind, "entity": "recon", "event_status": "SUCCESS",
            "event_amount": amount(m.amount), "event_settlement_amount": amount(m.amount - kept),
            "event_currency": m.order.currency, "event_time": stamp(m.at), "event_remarks": null,
            "sale_type": if m.is_credit() { "CREDIT" } else { "DEBIT" },
            "event_service_charge": amount(m.kept.fee), "event_service_tax": amount(m.kept.gst),
        },
        "order_details": {
            "order_id": m.order.id, "order_amount": amount(m.order.amount),
            "order_currency": m.order.currency, "order_tags": null,
        },
        "customer_details": { "customer_id": m.order.customer_id, "customer_phone": m.order.customer_phone },
        "payment_details": {
            "cf_payment_id": m.payment, "payment_amount": null, "payment_currency": m.order.currency,
            "payment_mode": m.group.to_uppercase(), "payment_time": stamp(m.begun), "bank_reference": null,
            "payment_service_charge": amount(m.kept.fee), "payment_service_tax": amount(m.kept.gst),
            "status": null,
        },
        "refund_details": {
            "refund_id": reference, "refund_arn": arn, "refund_note": note, "refund_processed_at": null,
        },
        "dispute_details": { "dispute_category": null, "dispute_note": null, "closed_in_favor_of": null },
        "settlement_details": {
            "cf_settlement_id": settlement, "utr": utr, "settlement_date": stamp(paid_out),
            "settlement_initiated_on": stamp(paid_out), "settlement_type": "STANDARD", "amount_settled": null,
        },
    })
}

// ---- both

/// From and to by the letters of their times, both within: whoever asks writes UTC.
struct Span {
    from: String,
    to: String,
}

impl Span {
    fn of(ask: &Ask) -> Result<Self, Refusal> {
        let filters = &ask.body["filters"];
        let date = |name: &str| {
            let text = filters[name].as_str().filter(|t| t.len() >= 20 && t.ends_with('Z'));
            text.map(str::to_owned).ok_or_else(|| Refusal::field(name, "invalid"))
        };
        Ok(Self { from: date("start_date")?, to: date("end_date")? })
    }

    fn holds(&self, at: Millis) -> bool {
        let whole = |text: &str| text.get(..19).unwrap_or_default().to_owned();
        let at = whole(&at.to_string());
        at >= whole(&self.from) && at <= whole(&self.to)
    }
}

fn page(ask: &Ask, rows: Vec<Value>) -> Said {
    let pagination = &ask.body["pagination"];
    let limit = pagination["limit"].as_u64().and_then(|n| usize::try_from(n).ok());
    let limit =
        limit.filter(|n| LIMITS.contains(n)).ok_or_else(|| Refusal::field("pagination.limit", "invalid"))?;
    let from = match pagination["cursor"].as_str() {
        None => 0,
        Some(text) => read(text).ok_or_else(|| Refusal::bad("request_failed", "invalid cursor"))?,
    };
    let more = rows.len() > from + limit;
    let data: Vec<Value> = rows.into_iter().skip(from).take(limit).collect();
    let cursor = more.then(|| BASE64.encode(format!("after:{}", from + limit).as_bytes()));
    Ok(json!({ "cursor": cursor, "limit": data.len(), "data": data }))
}

fn read(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(BASE64.decode(cursor.as_bytes()).ok()?).ok()?;
    text.strip_prefix("after:")?.parse().ok()
}
