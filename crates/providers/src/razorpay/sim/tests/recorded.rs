//! Requests as the official SDKs send them, and figures as the documentation prints them.

use super::{World, id};
use crate::razorpay::sim::craft;
use serde_json::{Value, json};

fn recorded() -> Value {
    serde_json::from_str(include_str!("../fixtures/sdk_requests.json")).expect("the fixture is JSON")
}

/// What each request needs to find is made just for it, so that none leans on another.
fn prepared(w: &mut World, call: &str, target: &str) -> String {
    let mut target = target.to_owned();
    if target.contains("order_X") {
        let order = w.usual_order();
        target = target.replace("order_X", &order);
    }
    if target.contains("plink_X") {
        let link = w.ok("POST", "/v1/payment_links", &json!({ "amount": 100, "currency": "INR" }));
        target = target.replace("plink_X", &id(&link, "id"));
    }
    if target.contains("cust_X") {
        let customer = id(&w.ok("POST", "/v1/customers", &json!({ "name": "A B" })), "id");
        let token = json!({ "customer_id": customer, "method": "card", "card": { "test_card": "visa" } });
        let token = id(&w.ok("POST", "/v1/tokens", &token), "id");
        target = target.replace("cust_X", &customer).replace("token_X", &token);
    }
    if target.contains("pay_X") {
        let payment = payment_for(w, call);
        target = target.replace("pay_X", &payment);
    }
    target
}

fn payment_for(w: &mut World, call: &str) -> String {
    if call.ends_with(".capture") {
        let manual = json!({ "amount": 50_000, "currency": "INR", "payment": { "capture": "manual" } });
        let order = w.order(&manual);
        w.paid(&order)
    } else {
        w.captured()
    }
}

#[test]
fn every_request_of_the_official_sdks_is_answered() {
    let recorded = recorded();
    let requests = recorded["requests"].as_array().expect("a list");
    assert_eq!(requests.len(), 36);
    for request in requests {
        let mut w = World::new();
        let call = request["call"].as_str().expect("a name");
        let target = prepared(&mut w, call, request["path"].as_str().expect("a path"));
        let mut body = request["body"].as_str().expect("a body").to_owned();
        if body.contains("pay_X") {
            let payment = w.captured();
            body = body.replace("pay_X", &payment);
        }
        let headers: Vec<(String, String)> = request["headers"]
            .as_object()
            .expect("headers")
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.as_str().expect("text").to_owned()))
            .collect();
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = w.send(request["method"].as_str().expect("a verb"), &target, &headers, body.as_bytes());
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 200, "{call} {target}: {said}");
        sensible(call, &serde_json::from_str(&said).expect("JSON"));
    }
}

/// The one thing that a caller of this method looks at first.
#[track_caller]
fn sensible(call: &str, said: &Value) {
    let (_, verb) = call.split_once('.').expect("object and verb");
    let good = match (call, verb) {
        ("payment_link.notifyBy" | "paymentLink.notifyBy", _) => said["success"] == true,
        ("payment_link.cancel" | "paymentLink.cancel", _) => said["status"] == "cancelled",
        (_, "capture") => said["status"] == "captured" && said["amount"] == 50_000,
        (_, "refund") => said["entity"] == "refund" && said["amount"] == 100,
        (_, "createUpi") => said["razorpay_payment_id"].as_str().is_some_and(|id| id.starts_with("pay_")),
        (_, "validateVpa") => said["success"] == true,
        (_, "fetchPaymentMethods") => said["entity"] == "methods",
        ("token.delete" | "customers.deleteToken", _) => said["deleted"] == true,
        ("order.edit", _) => said["notes"] == json!({ "a": "b" }),
        (_, "create" | "edit") => said["id"].is_string(),
        _ => said["entity"] == "collection" && said["items"].is_array() && said["count"].is_u64(),
    };
    assert!(good, "{call}: {said}");
}

#[test]
fn fees_are_the_documented_ones() {
    let recorded = recorded();
    let samples = recorded["fees"].as_array().expect("a list");
    assert_eq!(samples.len(), 10);
    for sample in samples {
        let number = |name: &str| sample[name].as_i64().expect("a number");
        let fee = craft::fee(number("amount"), number("rate_bps"), sample["gst"] == true);
        assert_eq!((fee.fee, fee.tax), (number("fee"), number("tax")), "{sample}");
    }
}

#[test]
fn a_captured_payment_has_the_documented_fee() {
    let mut w = World::new();
    let payment = w.captured();
    let shown = w.payment(&payment);
    assert_eq!((&shown["fee"], &shown["tax"]), (&json!(3538), &json!(540)));
}

#[track_caller]
fn check_tax(instrument: &Value, amount: i64, fee: i64, tax: i64) {
    let mut w = World::new();
    let order = w.order(&json!({ "amount": amount, "currency": "INR" }));
    let mut fields = instrument.clone();
    fields["order_id"] = json!(order);
    let payment = id(&w.pays(&fields), "payment_id");
    let shown = w.payment(&payment);
    assert_eq!((&shown["fee"], &shown["tax"]), (&json!(fee), &json!(tax)), "{instrument} {amount}");
}

#[test]
fn small_card_payments_carry_no_gst_and_foreign_cards_cost_more() {
    check_tax(&json!({ "method": "card" }), 2_244, 45, 0);
    check_tax(&json!({ "method": "card" }), 200_000, 4_000, 0);
    check_tax(&json!({ "method": "card" }), 200_001, 4_720, 720);
    check_tax(&json!({ "method": "upi" }), 10_000, 236, 36);
    check_tax(&json!({ "method": "card", "card": "international" }), 4_000, 120, 0);
}

/// Names of fields, as the documentation's samples have them.
#[track_caller]
fn check_fields(shown: &Value, documented: &str) {
    let have: std::collections::BTreeSet<&str> =
        shown.as_object().expect("an object").keys().map(String::as_str).collect();
    for name in documented.split(' ') {
        assert!(have.contains(name), "{name} is missing in {shown}");
    }
}

#[test]
fn entities_have_every_documented_field() {
    let mut w = World::new();
    let order = w.usual_order();
    let shown = w.get(&format!("/v1/orders/{order}"));
    check_fields(
        &shown,
        "id entity amount amount_paid amount_due currency receipt offer_id status attempts notes created_at",
    );
    let payment = w.paid(&order);
    let shown = w.payment(&payment);
    check_fields(
        &shown,
        "id entity amount currency base_amount status order_id invoice_id international method amount_refunded \
         amount_transferred refund_status captured description card_id bank wallet vpa email contact customer_id token_id \
         notes fee tax error_code error_description error_source error_step error_reason acquirer_data created_at upi",
    );
    let refund = w.ok("POST", &format!("/v1/payments/{payment}/refund"), &json!({ "amount": 100 }));
    check_fields(
        &refund,
        "id entity amount currency payment_id notes receipt acquirer_data created_at batch_id status speed_requested \
         speed_processed",
    );
    let link = w.ok("POST", "/v1/payment_links", &json!({ "amount": 100, "currency": "INR" }));
    check_fields(
        &link,
        "accept_partial amount amount_paid callback_method callback_url cancelled_at created_at currency customer \
         description expire_by expired_at first_min_partial_amount id notes notify payments reference_id reminder_enable \
         reminders short_url status updated_at upi_link user_id whatsapp_link",
    );
    assert!(link.get("entity").is_none(), "links have no entity field");
    assert_eq!(
        (&link["notes"], &link["payments"], &link["cancelled_at"]),
        (&Value::Null, &Value::Null, &json!(0))
    );
}
