//! Webhooks: made and signed when something happens, delivered at least once, repeated for a week.

use super::state::{Txn, WebhookStyle};
use super::{PaytmSim, bank, craft, orders, refunds};
use crate::sim::kit::{Event, Place, Schedule, Target};
use crate::sim::{Fault, Op};
use hundi_core::Millis;
use hundi_core::time::{days, hours, minutes, seconds};
use serde_json::{Value, json};

/// Paytm's integration notes: about ten tries in seven days.
pub(super) const SCHEDULE: Schedule = Schedule {
    answer_within_ms: seconds(30),
    gaps_ms: &[minutes(1), minutes(5), minutes(30), hours(2), hours(6), hours(24)],
    give_up_ms: days(7),
    tries_max: 10,
};

/// A transaction came to an end.
pub(super) fn payment(sim: &mut PaytmSim, id: &str) {
    let txn = sim.txns.get(id).expect("events are of transactions that exist").clone();
    let (status, code) = bank::told(&txn);
    let account = &sim.accounts[txn.account];
    let (kind, body) = match account.webhook_style {
        WebhookStyle::Form => {
            let mut fields = form_fields(sim, &txn);
            let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            fields.push(field("TXNDATETIME", &craft::stamp(txn.created)));
            fields.push(field("CUSTID", &txn.customer));
            fields.push(field("MERC_UNQ_REF", ""));
            fields.push(field("TXNTYPE", "SALE"));
            ("application/x-www-form-urlencoded", craft::form(&signed(sim, txn.account, fields)))
        }
        WebhookStyle::Json => {
            let mut body = orders::shown(&txn, account.short_amounts);
            body["mid"] = json!(account.mid);
            body["currency"] = json!("INR");
            body["status"] = json!(status);
            body["respCode"] = json!(code);
            body["respMsg"] = json!(bank::message(code));
            ("application/json", enveloped(sim, txn.account, &body))
        }
    };
    let target = bank::pay_target(sim, id);
    send(sim, txn.account, status, kind, body, target);
}

/// Something became of a refund. Paytm's word for having accepted one is SUCCESS, too.
pub(super) fn refund(sim: &mut PaytmSim, name: &'static str, id: &str) {
    let refund = sim.refunds.get(id).expect("events are of refunds that exist").clone();
    let mut body = refunds::shown(sim, &refund);
    match name {
        "REFUND_ACCEPTED" => body["status"] = json!("SUCCESS"),
        "REFUND_FAILURE" => {
            body["status"] = json!("FAILED");
            body["rejectRefundReasonCode"] = json!("600");
            body["rejectRefundReasonMessage"] = json!("Invalid refund request or restricted by bank.");
        }
        _ => {}
    }
    let body = enveloped(sim, refund.account, &body);
    let mut target = bank::pay_target(sim, &refund.txn);
    target.amount = Some(refund.amount);
    target.refs.push(refund.reference);
    send(sim, refund.account, name, "application/json", body, target);
}

/// The fields of a callback or webhook in capitals, without their checksum.
pub(super) fn form_fields(sim: &PaytmSim, txn: &Txn) -> Vec<(String, String)> {
    let (status, code) = bank::told(txn);
    let shown = orders::shown(txn, sim.accounts[txn.account].short_amounts);
    let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    vec![
        ("MID".to_owned(), sim.accounts[txn.account].mid.clone()),
        ("ORDERID".to_owned(), text("orderId")),
        ("TXNID".to_owned(), text("txnId")),
        ("TXNAMOUNT".to_owned(), text("txnAmount")),
        ("PAYMENTMODE".to_owned(), text("paymentMode")),
        ("CURRENCY".to_owned(), "INR".to_owned()),
        ("TXNDATE".to_owned(), text("txnDate")),
        ("STATUS".to_owned(), status.to_owned()),
        ("RESPCODE".to_owned(), code.to_owned()),
        ("RESPMSG".to_owned(), bank::message(code).to_owned()),
        ("GATEWAYNAME".to_owned(), text("gatewayName")),
        ("BANKTXNID".to_owned(), text("bankTxnId")),
        ("BANKNAME".to_owned(), text("bankName")),
        // In no list of Paytm's, and signed like the rest.
        ("CHARGEAMOUNT".to_owned(), "0.00".to_owned()),
    ]
}

/// The same with their checksum at the end.
pub(super) fn signed(
    sim: &mut PaytmSim,
    account: usize,
    mut fields: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let salt: String = sim.mint.fourteen().chars().take(4).collect();
    let checksum = craft::sign(&craft::form_text(&fields), sim.accounts[account].key.expose(), &salt);
    fields.push(("CHECKSUMHASH".to_owned(), checksum));
    fields
}

fn enveloped(sim: &mut PaytmSim, account: usize, body: &Value) -> Vec<u8> {
    let salt: String = sim.mint.fourteen().chars().take(4).collect();
    let signature = craft::sign(&body.to_string(), sim.accounts[account].key.expose(), &salt);
    let head = json!({
        "responseTimestamp": sim.now.0.to_string(), "version": "v1", "signature": signature,
    });
    json!({ "head": head, "body": body }).to_string().into_bytes()
}

/// Queues an event, with whatever the dials do to it. An account without a webhook has none.
fn send(sim: &mut PaytmSim, account: usize, name: &str, kind: &str, body: Vec<u8>, mut target: Target) {
    let Some(url) = sim.accounts[account].webhook_url.clone() else { return };
    target.op = Some(Op::Webhook);
    target.event = Some(name.to_owned());
    let fault: Option<Fault> = sim.panel.take(Place::Webhook, &target);
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    // Paytm numbers no events; the id is the simulator's, for replaying one.
    let id = format!("evt_{}", sim.mint.fourteen());
    let event = Event { id, name: name.to_owned(), account, created: sim.now, url, headers, body };
    sim.outbox.send(event, fault, sim.now);
}

/// Tries that nobody reported on within the time count as unanswered.
pub(super) fn lapse(sim: &mut PaytmSim, now: Millis) {
    for id in sim.outbox.lapsed(now) {
        report(sim, id, None, now);
    }
}

/// What became of a try. A 4xx is an answer: Paytm does not ask again.
pub(super) fn report(sim: &mut PaytmSim, id: u64, status: Option<u16>, now: Millis) {
    let heard = status.map(|status| if (400..500).contains(&status) { 200 } else { status });
    sim.outbox.report(id, heard, now);
}

/// For the control API.
pub(super) fn shown(sim: &PaytmSim) -> Value {
    sim.outbox.shown(|account| sim.accounts[account].mid.clone())
}
