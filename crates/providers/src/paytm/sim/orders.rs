//! Orders: opened with a token, asked for again, paid by a UPI link, asked about.

use super::PaytmSim;
use super::bank::{self, Start};
use super::craft;
use super::route::{Ask, Said, result};
use super::state::{Order, Txn, TxnStatus, order_key};
use crate::sim::{AMOUNT_MAX, JournalLine};
use hundi_core::time::minutes;
use serde_json::{Value, json};
use url::form_urlencoded;

const TOKEN_MS: i64 = minutes(15);
const ORDER_CHARS_MAX: usize = 50;

pub(super) fn initiate(sim: &mut PaytmSim, ask: &Ask) -> Said {
    let mid = sim.accounts[ask.account].mid.clone();
    let id = ask.text("orderId");
    if ask.query("mid") != mid {
        return Err(("F", "2013"));
    }
    if ask.query("orderId") != id {
        return Err(("F", "2014"));
    }
    if ask.body.to_string().contains('|') {
        return Err(("F", "1008"));
    }
    let fit = id.bytes().all(|c| c.is_ascii_alphanumeric() || b"@-_.".contains(&c));
    let customer = ask.body["userInfo"]["custId"].as_str().unwrap_or_default();
    let named = !ask.text("websiteName").is_empty() && !customer.is_empty();
    if id.is_empty() || id.len() > ORDER_CHARS_MAX || !fit || !named || ask.text("requestType") != "Payment" {
        return Err(("F", "1001"));
    }
    let amount = &ask.body["txnAmount"];
    let paise = amount["value"].as_str().and_then(craft::paise).filter(|minor| *minor <= AMOUNT_MAX);
    let (Some(minor), Some("INR")) = (paise, amount["currency"].as_str()) else { return Err(("F", "2007")) };
    let key = order_key(&mid, id);
    let (code, message) = if sim.orders.get(&key).is_some() {
        again(sim, &key, minor, ask)?;
        ("0002", "Success Idempotent")
    } else {
        let order = Order {
            id: id.to_owned(),
            account: ask.account,
            amount: minor,
            callback_url: ask.text("callbackUrl").to_owned(),
            customer: customer.to_owned(),
            token: token(sim),
            token_until: sim.now.plus(TOKEN_MS),
            txn: None,
        };
        put(sim, &key, order);
        ("0000", "Success")
    };
    let order = sim.orders.get(&key).expect("just put or found");
    Ok(json!({
        "resultInfo": result("S", code, message),
        "txnToken": order.token,
        "isPromoCodeValid": false,
        "authenticated": false,
    }))
}

/// The same order once more: with its token, or with another when that one is over.
fn again(sim: &mut PaytmSim, key: &str, minor: i64, ask: &Ask) -> Result<(), (&'static str, &'static str)> {
    let fresh = token(sim);
    let now = sim.now;
    let done = |txn: &Txn| txn.status != TxnStatus::Pending;
    let txn = sim.orders.get(key).and_then(|order| order.txn.clone());
    if txn.and_then(|id| sim.txns.get(&id)).is_some_and(done) {
        return Err(("F", "334"));
    }
    let order = sim.orders.get_mut(key).expect("the caller has found it");
    if order.amount != minor || order.callback_url != ask.text("callbackUrl") {
        return Err(("F", "2023"));
    }
    if now >= order.token_until {
        order.token = fresh;
        order.token_until = now.plus(TOKEN_MS);
    }
    Ok(())
}

fn token(sim: &mut PaytmSim) -> String {
    format!("{}{}", sim.mint.fourteen().to_lowercase(), sim.mint.digits(13))
}

fn put(sim: &mut PaytmSim, key: &str, order: Order) {
    let line = JournalLine {
        at: sim.now,
        what: "order",
        account: sim.accounts[order.account].mid.clone(),
        id: order.id.clone(),
        of: String::new(),
        our_ref: order.id.clone(),
        amount_minor: order.amount,
        currency: "INR".to_owned(),
    };
    sim.orders.put(key, order);
    sim.journal.push(line);
}

/// A UPI link for an order: its transaction begins here.
pub(super) fn process(sim: &mut PaytmSim, ask: &Ask) -> Said {
    let id = ask.text("orderId").to_owned();
    let account = &sim.accounts[ask.account];
    if ask.query("mid") != account.mid {
        return Err(("F", "2013"));
    }
    if ask.query("orderId") != id {
        return Err(("F", "2014"));
    }
    if ask.text("paymentMode") != "UPI_INTENT" || ask.text("requestType") != "NATIVE" {
        return Err(("F", "1001"));
    }
    let key = order_key(&account.mid, &id);
    let (mid, name) = (account.mid.to_lowercase(), account.name.clone());
    let order = sim.orders.get(&key).ok_or(("F", "1006"))?;
    let (amount, customer) = (order.amount, order.customer.clone());
    let txn = match order.txn.clone() {
        // One transaction an order: the same link again.
        Some(txn) if sim.txns.get(&txn).is_some_and(|t| t.status == TxnStatus::Pending) => txn,
        Some(_) => return Err(("F", "334")),
        None => {
            bank::start(sim, Start { account: ask.account, order: id.clone(), customer, amount, mode: "UPI" })
        }
    };
    let link = form_urlencoded::Serializer::new("upi://pay?".to_owned())
        .append_pair("pa", &format!("paytm-{mid}@paytm"))
        .append_pair("pn", &name)
        .append_pair("tr", &id)
        .append_pair("am", &craft::rupees(amount))
        .append_pair("cu", "INR")
        .finish();
    Ok(json!({
        "resultInfo": result("S", "0000", "Success"),
        "deepLinkInfo": {
            "deepLink": link, "orderId": id, "cashierRequestId": sim.mint.fourteen(), "transId": txn,
        },
    }))
}

pub(super) fn status(sim: &mut PaytmSim, ask: &Ask) -> Said {
    let account = &sim.accounts[ask.account];
    let order = sim.orders.get(&order_key(&account.mid, ask.text("orderId")));
    let by_order = order.and_then(|order| order.txn.as_ref()).and_then(|id| sim.txns.get(id));
    // What was paid elsewhere on this account has no order of ours.
    let elsewhere = || sim.txns.iter().find(|t| t.account == ask.account && t.order == ask.text("orderId"));
    let txn = by_order.or_else(elsewhere).ok_or(("NO_RECORD_FOUND", "331"))?;
    let late = matches!(txn.status, TxnStatus::Success { at } if sim.now < at.plus(account.status_lag_ms));
    let (status, code) = if late { ("PENDING", "402") } else { bank::told(txn) };
    let mut shown = shown(txn, account.short_amounts);
    shown["resultInfo"] = result(status, code, bank::message(code));
    shown["mid"] = json!(account.mid);
    shown["refundAmt"] = json!(craft::rupees(super::refunds::taken(sim, &txn.id)));
    Ok(shown)
}

/// A transaction as JSON tells it, without its result.
pub(super) fn shown(txn: &Txn, short: bool) -> Value {
    let amount = craft::rupees(txn.amount);
    let amount = if short { amount.trim_end_matches(".00") } else { &amount };
    json!({
        "txnId": txn.id,
        "bankTxnId": if txn.status == TxnStatus::Pending { "" } else { &txn.bank_txn },
        "orderId": txn.order,
        "txnAmount": amount,
        "txnType": "SALE",
        "gatewayName": "HDFC",
        "bankName": "HDFC Bank",
        "paymentMode": txn.mode,
        "txnDate": craft::stamp(txn.created),
    })
}
