//! What the payer can do, on the pages and by machine, and what the browser brings back.

use super::{SECRET, World, id};
use crate::razorpay::sim::craft::sign;
use crate::sim::Simulator;
use hundi_core::time::{minutes, seconds};
use serde_json::{Value, json};

fn callback(said: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().expect("text").to_owned();
    said["callback"].as_array().expect("a list").iter().map(|f| (text(&f[0]), text(&f[1]))).collect()
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}

#[test]
fn success_brings_back_three_signed_fields() {
    let mut w = World::new();
    let order = w.usual_order();
    let said = w.pays(&json!({ "order_id": order }));
    let fields = callback(&said);
    assert_eq!(fields.len(), 3);
    let payment = id(&said, "payment_id");
    assert_eq!(field(&fields, "razorpay_payment_id"), payment);
    assert_eq!(field(&fields, "razorpay_order_id"), order);
    assert_eq!(field(&fields, "razorpay_signature"), sign(SECRET, format!("{order}|{payment}").as_bytes()));
}

#[test]
fn the_signature_is_the_one_that_the_official_sdks_accept() {
    // Case `checkout-ok` of the cases that both SDKs were run on.
    let message = b"order_HdTest000001|pay_HdTest00000001";
    let signed = "e7a296d4befeeb146c141336cb1c4e2de15f227fd74ae34a28d2f63aad1d861a";
    assert_eq!(sign("hU8mQ2sT5vY1zB4nC7dF0gJ3", message), signed);
}

#[track_caller]
fn check_ending(fields: &Value, status: &str, reason: Option<&str>) {
    let mut w = World::new();
    let order = w.usual_order();
    let mut asked = fields.clone();
    asked["order_id"] = json!(order);
    let said = w.pays(&asked);
    let payment = w.payment(&id(&said, "payment_id"));
    assert_eq!(
        (payment["status"].as_str(), payment["error_reason"].as_str()),
        (Some(status), reason),
        "{fields}"
    );
}

#[test]
fn instruments_decide_the_ending() {
    check_ending(&json!({ "method": "upi", "vpa": "success@razorpay" }), "captured", None);
    check_ending(&json!({ "method": "upi", "vpa": "failure@razorpay" }), "failed", Some("payment_declined"));
    check_ending(&json!({ "method": "card" }), "captured", None);
    check_ending(&json!({ "method": "card", "card": "card_declined" }), "failed", Some("card_declined"));
    check_ending(
        &json!({ "method": "card", "card": "insufficient_funds" }),
        "failed",
        Some("insufficient_funds"),
    );
    check_ending(&json!({ "method": "netbanking", "bank": "SBIN" }), "captured", None);
    check_ending(&json!({ "method": "wallet" }), "captured", None);
    check_ending(&json!({ "outcome": "authorize" }), "authorized", None);
    check_ending(&json!({ "outcome": "fail", "reason": "incorrect_cvv" }), "failed", Some("incorrect_cvv"));
    check_ending(&json!({ "outcome": "silent" }), "created", None);
}

#[test]
fn failing_leaving_and_silence_bring_back_what_they_should() {
    let mut w = World::new();
    let order = w.usual_order();
    let failed =
        w.pays(&json!({ "order_id": order, "outcome": "fail", "reason": "gateway_technical_error" }));
    let fields = callback(&failed);
    assert_eq!(field(&fields, "error[code]"), "GATEWAY_ERROR");
    assert_eq!(field(&fields, "error[reason]"), "gateway_technical_error");
    let metadata: Value = serde_json::from_str(field(&fields, "error[metadata]")).expect("JSON");
    assert_eq!(metadata, json!({ "payment_id": failed["payment_id"], "order_id": order }));
    let left = w.pays(&json!({ "order_id": order, "outcome": "leave" }));
    assert_eq!(
        (&left["payment_id"], field(&callback(&left), "error[reason]")),
        (&Value::Null, "payment_cancelled")
    );
    let silent = w.pays(&json!({ "order_id": order, "outcome": "silent" }));
    assert!(callback(&silent).is_empty());
    w.passes(minutes(10));
    let shown = w.payment(&id(&silent, "payment_id"));
    assert_eq!(shown["error_reason"], "payment_timed_out");
}

#[test]
fn upi_collect_is_decided_by_the_address() {
    let mut w = World::new();
    let asks = |vpa: &str| json!({ "amount": 100, "currency": "INR", "upi": { "flow": "collect", "vpa": vpa, "expiry_time": 5 } });
    let mut ask = |vpa: &str| id(&w.ok("POST", "/v1/payments/create/upi", &asks(vpa)), "razorpay_payment_id");
    let (yes, no, nobody) = (ask("success@razorpay"), ask("failure@razorpay"), ask("asha@upi"));
    assert_eq!(w.payment(&yes)["status"], "created");
    w.passes(seconds(2));
    assert_eq!(w.payment(&yes)["status"], "captured");
    assert_eq!(w.payment(&no)["status"], "failed");
    w.passes(minutes(5));
    assert_eq!(w.payment(&nobody)["error_reason"], "payment_collect_request_expired");
    w.refused("POST", "/v1/payments/create/upi", &asks("nonsense"), "Invalid VPA");
}

#[test]
fn a_upi_link_leads_to_its_payment() {
    let mut w = World::new();
    let order = w.usual_order();
    let body =
        json!({ "amount": 149_900, "currency": "INR", "order_id": order, "upi": { "flow": "intent" } });
    let said = w.ok("POST", "/v1/payments/create/upi", &body);
    let payment = id(&said, "razorpay_payment_id");
    let link = id(&said, "link");
    assert!(
        link.starts_with("upi://pay?")
            && link.contains(&format!("tr={payment}"))
            && link.contains("am=1499.00")
    );
    let page = w.send("GET", &format!("/sim/upi/{payment}"), &[], b"");
    assert!(String::from_utf8_lossy(&page.body).contains("Approve"));
    let approved = w.send("POST", &format!("/sim/upi/{payment}"), &[], b"outcome=pay");
    assert!(String::from_utf8_lossy(&approved.body).contains("<h1>Paid</h1>"));
    assert_eq!(w.payment(&payment)["status"], "captured");
    assert_eq!(w.get(&format!("/v1/orders/{order}"))["status"], "paid");
    w.refused("POST", "/v1/payments/create/upi", &body, "already done");
}

#[test]
fn the_page_pays_and_sends_the_payer_back() {
    let mut w = World::new();
    let order = w.usual_order();
    let back = "http%3A%2F%2Fshop.test%2Freturn%2Fabc";
    let target = format!("/sim/pay?order_id={order}&key={}&callback_url={back}", super::KEY);
    let page = w.send("GET", &target, &[], b"");
    let shown = String::from_utf8_lossy(&page.body).into_owned();
    assert!(shown.contains("INR 1499.00") && shown.contains("value=\"http://shop.test/return/abc\""));
    assert!(!shown.contains("<script"), "the page to pay on needs no script");
    let form =
        format!("order_id={order}&key={}&callback_url={back}&method=card&card=visa&outcome=pay", super::KEY);
    let page = w.send("POST", "/sim/pay", &[], form.as_bytes());
    let shown = String::from_utf8_lossy(&page.body).into_owned();
    assert!(shown.contains("method=\"post\" action=\"http://shop.test/return/abc\""));
    assert!(shown.contains("name=\"razorpay_signature\"") && shown.contains(">Continue</button>"));
    assert_eq!(w.happened(), ["order", "authorized", "captured"]);
}

#[test]
fn pages_escape_and_refuse_addresses_that_are_not_web_pages() {
    let mut w = World::new();
    let order = w.usual_order();
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let page = w.send("GET", &format!("/sim/pay?order_id={order}&key={}&email={evil}", super::KEY), &[], b"");
    assert!(!String::from_utf8_lossy(&page.body).contains("<script>alert"));
    let form = format!("order_id={order}&key={}&callback_url=javascript:alert(1)&outcome=leave", super::KEY);
    let page = w.send("POST", "/sim/pay", &[], form.as_bytes());
    assert!(!String::from_utf8_lossy(&page.body).contains("javascript:"));
    let form = format!("order_id={order}&key={}&origin=http://x%3C/script%3E&outcome=pay", super::KEY);
    let page = w.send("POST", "/sim/pay", &[], form.as_bytes());
    let shown = String::from_utf8_lossy(&page.body).into_owned();
    assert_eq!(shown.matches("</script>").count(), 1, "{shown}");
    let order = w.order(&json!({ "amount": 100, "currency": "INR" }));
    w.sim.add_account(super::SimAccount { name: "<b>Shop & Sons</b>".to_owned(), ..super::account() });
    let page = w.send("GET", &format!("/sim/pay?order_id={order}&key={}", super::KEY), &[], b"");
    assert!(String::from_utf8_lossy(&page.body).contains("&lt;b&gt;Shop &amp; Sons&lt;/b&gt;"));
    let wrong = w.send("GET", &format!("/sim/pay?order_id={order}&key=rzp_test_other"), &[], b"");
    assert_eq!(wrong.status, 400);
}

#[test]
fn no_card_number_is_ever_taken() {
    let mut w = World::new();
    let body = json!({ "amount": 100, "currency": "INR", "method": "card", "card": { "number": "0" } });
    w.refused("POST", "/v1/payments/create/json", &body, "no card numbers");
    let customer = id(&w.ok("POST", "/v1/customers", &json!({ "name": "A" })), "id");
    w.refused(
        "POST",
        "/v1/tokens",
        &json!({ "customer_id": customer, "card": { "number": "0" } }),
        "no card numbers",
    );
    let order = w.usual_order();
    let page = w.send("GET", &format!("/sim/pay?order_id={order}&key={}", super::KEY), &[], b"");
    assert!(!String::from_utf8_lossy(&page.body).contains("cc-number"));
    assert_eq!(w.sim.journal().len(), 1);
}

#[test]
fn the_script_names_where_it_came_from() {
    let mut w = World::new();
    let script = w.send("GET", "/v1/checkout.js", &[], b"");
    let text = String::from_utf8_lossy(&script.body).into_owned();
    assert!(
        text.contains("var base = \"http://127.0.0.1:4010\"") && text.contains("window.Razorpay = Razorpay")
    );
}
