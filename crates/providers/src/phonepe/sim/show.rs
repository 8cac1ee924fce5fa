//! Records as PhonePe shows them: v2's orders and refunds, v1's transactions.

use super::PhonePeSim;
use super::state::{Attempt, Instrument, Order, Refund, RefundState, State};
use serde_json::{Value, json};

/// An order of v2 with so many of its attempts: all, or the latest alone.
pub(super) fn order(sim: &PhonePeSim, order: &Order, all: bool) -> Value {
    let attempts = order.attempts.iter().filter_map(|id| sim.attempts.get(id));
    let mut shown: Vec<Value> = attempts.map(attempt).collect();
    if !all && shown.len() > 1 {
        shown = shown.split_off(shown.len() - 1);
    }
    let mut value = json!({
        "merchantId": sim.accounts[order.account].merchant_id,
        "merchantOrderId": order.named,
        "orderId": order.id,
        "state": order.state.word(),
        "currency": "INR",
        "amount": order.amount,
        "payableAmount": order.amount,
        "feeAmount": 0,
        "expireAt": order.expires.0,
        "metaInfo": order.meta_info,
        "paymentDetails": shown,
    });
    let latest = order.attempts.last().and_then(|id| sim.attempts.get(id));
    if let Some(failure) = latest.and_then(|a| a.failure.as_ref()).filter(|_| order.state == State::Failed) {
        value["errorCode"] = json!(failure.code);
        value["detailedErrorCode"] = json!(failure.detailed);
    }
    value
}

pub(super) fn attempt(attempt: &Attempt) -> Value {
    let mut value = json!({
        "transactionId": attempt.id,
        "paymentMode": mode(&attempt.instrument),
        "timestamp": attempt.created.0,
        "amount": attempt.amount,
        "payableAmount": attempt.amount,
        "feeAmount": 0,
        "state": attempt.state.word(),
    });
    if let Some(failure) = &attempt.failure {
        value["errorCode"] = json!(failure.code);
        value["detailedErrorCode"] = json!(failure.detailed);
    }
    if attempt.state == State::Completed {
        let (rail, instrument) = means(attempt);
        value["splitInstruments"] =
            json!([{ "instrument": instrument.clone(), "rail": rail.clone(), "amount": attempt.amount }]);
        value["rail"] = rail;
        value["instrument"] = instrument;
    }
    value
}

pub(super) const fn mode(instrument: &Instrument) -> &'static str {
    match instrument {
        Instrument::Upi { .. } | Instrument::Wallet => "UPI_INTENT",
        Instrument::Card => "CARD",
        Instrument::Netbanking { .. } => "NET_BANKING",
    }
}

fn means(attempt: &Attempt) -> (Value, Value) {
    let reference = &attempt.bank_ref;
    match &attempt.instrument {
        Instrument::Upi { vpa } => (
            json!({ "type": "UPI", "utr": reference, "upiTransactionId": format!("YBL{reference}"), "vpa": vpa }),
            json!({ "type": "ACCOUNT", "maskedAccountNumber": "XXXXXXXX1234", "accountType": "SAVINGS" }),
        ),
        Instrument::Card => (
            json!({ "type": "PG", "authorizationCode": "088005" }),
            json!({
                "type": "CREDIT_CARD", "bankId": "HDFC", "brn": reference, "cardNetwork": "VISA",
                "maskedCardNumber": "******1234", "geoScope": "DOMESTIC",
            }),
        ),
        Instrument::Netbanking { bank } => (
            json!({ "type": "PG" }),
            json!({ "type": "NET_BANKING", "bankId": bank, "bankTransactionId": reference }),
        ),
        Instrument::Wallet => (json!({ "type": "PPI_WALLET" }), json!({ "type": "WALLET" })),
    }
}

/// A refund of v2 as its status and its webhooks show it.
pub(super) fn refund(sim: &PhonePeSim, refund: &Refund) -> Value {
    let state = match refund.state {
        RefundState::Accepted => "CONFIRMED",
        RefundState::Completed => "COMPLETED",
        RefundState::Failed => "FAILED",
    };
    let order = sim.orders.get(&refund.order).expect("refunds name orders that exist");
    let attempt = sim.attempts.get(&refund.attempt).expect("refunds name attempts that exist");
    let mut detail = json!({
        "transactionId": refund.id,
        "paymentMode": mode(&attempt.instrument),
        "timestamp": sim.now.0,
        "amount": refund.amount,
        "state": state,
    });
    if let Some(utr) = &refund.utr {
        detail["rail"] = json!({ "type": "UPI", "utr": utr });
    }
    json!({
        "merchantId": sim.accounts[refund.account].merchant_id,
        "merchantRefundId": refund.named,
        "originalMerchantOrderId": order.named,
        "refundId": refund.id,
        "currency": "INR",
        "amount": refund.amount,
        "state": state,
        "paymentDetails": [detail],
    })
}

/// A transaction of v1, whose payer tried once or not yet.
pub(super) fn v1_payment(sim: &PhonePeSim, order: &Order) -> Value {
    let attempt = order.attempts.last().and_then(|id| sim.attempts.get(id));
    let (code, message) = match order.state {
        State::Completed => ("PAYMENT_SUCCESS", "Your payment is successful."),
        State::Failed => ("PAYMENT_ERROR", "Payment Failed"),
        State::Pending => ("PAYMENT_PENDING", "Your request is in pending state."),
    };
    let mut data = json!({
        "merchantId": sim.accounts[order.account].merchant_id,
        "merchantTransactionId": order.named,
        "amount": attempt.map_or(order.amount, |a| a.amount),
        "state": order.state.word(),
        "responseCode": attempt.and_then(|a| a.failure.as_ref()).map_or_else(
            || if order.state == State::Completed { "SUCCESS" } else { code }.to_owned(),
            |failure| failure.detailed.clone(),
        ),
        "paymentInstrument": null,
    });
    if let Some(attempt) = attempt {
        data["transactionId"] = json!(attempt.id);
        if attempt.state == State::Completed {
            data["paymentInstrument"] = v1_means(attempt);
        }
    }
    json!({ "success": order.state == State::Completed, "code": code, "message": message, "data": data })
}

fn v1_means(attempt: &Attempt) -> Value {
    let reference = &attempt.bank_ref;
    match &attempt.instrument {
        Instrument::Upi { vpa } => json!({
            "type": "UPI", "utr": reference, "vpa": vpa, "upiTransactionId": null, "accountType": "SAVINGS",
            "cardNetwork": null,
        }),
        Instrument::Card => json!({
            "type": "CARD", "cardType": "CREDIT_CARD", "pgTransactionId": attempt.id, "bankTransactionId": reference,
            "pgAuthorizationCode": null, "arn": reference, "bankId": "HDFC", "brn": "B12345",
        }),
        Instrument::Netbanking { bank } => json!({
            "type": "NETBANKING", "pgTransactionId": attempt.id, "pgServiceTransactionId": "PG1",
            "bankTransactionId": reference, "bankId": bank,
        }),
        Instrument::Wallet => json!({ "type": "WALLET" }),
    }
}

/// `PAYMENT_...` is what v1 says of refunds too.
pub(super) fn v1_refund(sim: &PhonePeSim, refund: &Refund) -> Value {
    let (code, state) = match refund.state {
        RefundState::Accepted => ("PAYMENT_PENDING", "PENDING"),
        RefundState::Completed => ("PAYMENT_SUCCESS", "COMPLETED"),
        RefundState::Failed => ("PAYMENT_ERROR", "FAILED"),
    };
    let instrument = refund.utr.as_ref().map(|utr| json!({ "type": "UPI", "utr": utr }));
    json!({
        "success": refund.state != RefundState::Failed,
        "code": code,
        "message": "Your request has been successfully completed.",
        "data": {
            "merchantId": sim.accounts[refund.account].merchant_id,
            "merchantTransactionId": refund.named,
            "transactionId": refund.id,
            "amount": refund.amount,
            "state": state,
            "responseCode": if state == "COMPLETED" { "SUCCESS" } else { code },
            "paymentInstrument": instrument,
        },
    })
}
