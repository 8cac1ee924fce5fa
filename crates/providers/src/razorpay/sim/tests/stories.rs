//! Orders, captures, refunds, links and settlements, as a merchant meets them.

use super::{KEY, START, World, account, id};
use crate::sim::Simulator;
use crate::sim::{Dial, Fault, Op};
use hundi_core::time::{days, hours, minutes, seconds};
use serde_json::{Value, json};

#[test]
fn an_order_is_created_attempted_and_paid() {
    let mut w = World::new();
    let order = w.usual_order();
    let path = format!("/v1/orders/{order}");
    let shown = w.get(&path);
    assert_eq!(
        (&shown["status"], &shown["notes"], &shown["attempts"]),
        (&json!("created"), &json!([]), &json!(0))
    );
    assert_eq!(shown["created_at"], START.secs());
    w.pays(&json!({ "order_id": order, "outcome": "fail", "reason": "insufficient_funds" }));
    let shown = w.get(&path);
    assert_eq!(
        (&shown["status"], &shown["amount_paid"], &shown["attempts"]),
        (&json!("attempted"), &json!(0), &json!(1))
    );
    w.paid(&order);
    let shown = w.get(&path);
    assert_eq!(
        (&shown["status"], &shown["amount_paid"], &shown["amount_due"], &shown["attempts"]),
        (&json!("paid"), &json!(149_900), &json!(0), &json!(2))
    );
    let tries = w.get(&format!("{path}/payments"));
    let statuses: Vec<&Value> =
        tries["items"].as_array().expect("a list").iter().map(|p| &p["status"]).collect();
    assert_eq!(statuses, [&json!("captured"), &json!("failed")]);
    assert_eq!(w.happened(), ["order", "failed", "authorized", "captured"]);
    assert!(
        w.sim.journal().iter().all(|l| l.account == KEY && l.our_ref == "r-42" && l.amount_minor == 149_900)
    );
}

#[test]
fn orders_are_found_by_receipt() {
    let mut w = World::new();
    let order = w.usual_order();
    w.order(&json!({ "amount": 100, "currency": "INR", "receipt": "other", "notes": { "k": "v" } }));
    let found = w.get("/v1/orders?receipt=r-42&count=10");
    assert_eq!((&found["count"], &found["items"][0]["id"]), (&json!(1), &json!(order)));
    assert_eq!(w.get("/v1/orders?receipt=nobody")["count"], 0);
    let encoded = order.replace("order", "%6Frder");
    assert_eq!(w.get(&format!("/v1/orders/{encoded}"))["id"], json!(order));
    let second = w.get("/v1/orders?count=1&skip=1");
    assert_eq!(second["items"][0]["id"], json!(order), "newest first, so the older one is skipped to");
    let later = START.secs() + 1;
    assert_eq!(w.get(&format!("/v1/orders?from={later}"))["count"], 0);
    assert_eq!(w.get("/v1/orders?receipt=other")["items"][0]["notes"], json!({ "k": "v" }));
}

#[test]
fn what_is_wrong_with_an_order_is_said_in_their_words() {
    let mut w = World::new();
    w.refused("POST", "/v1/orders", &json!({ "currency": "INR" }), "The amount field is required.");
    w.refused("POST", "/v1/orders", &json!({ "amount": 99, "currency": "INR" }), "at least INR 1.00");
    w.refused("POST", "/v1/orders", &json!({ "amount": 100.5, "currency": "INR" }), "must be an integer");
    w.refused("POST", "/v1/orders", &json!({ "amount": 100 }), "The currency field is required.");
    w.refused("POST", "/v1/orders", &json!({ "amount": 100, "currency": "XXX" }), "not supported");
    let most = json!({ "amount": i64::MAX, "currency": "INR" });
    w.refused("POST", "/v1/orders", &most, "exceeds maximum amount");
    let long = "r".repeat(41);
    w.refused(
        "POST",
        "/v1/orders",
        &json!({ "amount": 100, "currency": "INR", "receipt": long }),
        "40 characters",
    );
    let (_, said) = w.call("POST", "/v1/orders", &json!({ "amount": 1, "currency": "INR" }));
    assert_eq!(
        said["error"],
        json!({
            "code": "BAD_REQUEST_ERROR", "description": "The amount must be at least INR 1.00.", "field": "amount",
            "source": "business", "step": "payment_initiation", "reason": "input_validation_failed", "metadata": {},
        })
    );
    assert!(w.happened().is_empty());
}

#[test]
fn wrong_keys_and_wrong_addresses() {
    let mut w = World::new();
    for header in ["Basic cnpwX3Rlc3RfSGRXaXJlMDAwMDE6d3Jvbmc=", "Basic ???", "Bearer x", ""] {
        let (status, said) = w.call_with("GET", "/v1/orders", &[("authorization", header)], &Value::Null);
        assert_eq!(
            (status, &said["error"]["description"]),
            (401, &json!("Authentication failed")),
            "{header}"
        );
    }
    let key_only = "Basic cnpwX3Rlc3RfSGRXaXJlMDAwMDE6";
    let (status, _) = w.call_with("GET", "/v1/methods", &[("authorization", key_only)], &Value::Null);
    assert_eq!(status, 200, "a browser may ask for methods");
    let (status, _) = w.call_with("GET", "/v1/orders", &[("authorization", key_only)], &Value::Null);
    assert_eq!(status, 401);
    w.refused("GET", "/v1/nothing", &Value::Null, "requested URL was not found");
    w.refused("DELETE", "/v1/orders", &Value::Null, "requested URL was not found");
}

#[test]
fn hostile_ids_are_only_ids_that_do_not_exist() {
    let mut w = World::new();
    let long = "A".repeat(100_000);
    let hostile = [
        "%2e%2e%2f",
        "order_%00",
        "order_X%2Fpayments",
        "%ff%fe",
        "'%20or%201=1--",
        "%3Cscript%3E",
        "%",
        &long,
    ];
    for bad in hostile {
        w.refused("GET", &format!("/v1/orders/{bad}"), &Value::Null, "is not a valid id");
        for path in
            ["/v1/payments/", "/v1/refunds/", "/v1/payment_links/", "/v1/customers/", "/v1/settlements/"]
        {
            w.refused("GET", &format!("{path}{bad}"), &Value::Null, "does not exist");
        }
        w.refused("POST", &format!("/v1/payments/{bad}/refund"), &json!({}), "does not exist");
        w.refused(
            "POST",
            &format!("/v1/payments/{bad}/capture"),
            &json!({ "amount": 100 }),
            "does not exist",
        );
    }
    w.refused("GET", "/v1/orders/order_AAAAAAAAAAAAAA", &Value::Null, "The id provided does not exist");
    assert!(w.happened().is_empty());
}

#[test]
fn another_merchant_s_objects_do_not_exist() {
    let mut w = World::new();
    let payment = w.captured();
    w.sim.add_account(super::SimAccount::new("rzp_test_other", "s", "acc_other"));
    let other = "Basic cnpwX3Rlc3Rfb3RoZXI6cw==";
    let (status, _) =
        w.call_with("GET", &format!("/v1/payments/{payment}"), &[("authorization", other)], &Value::Null);
    assert_eq!(status, 400);
    let (_, list) = w.call_with("GET", "/v1/orders", &[("authorization", other)], &Value::Null);
    assert_eq!(list["count"], 0);
}

#[test]
fn a_hold_is_captured_once_and_whole() {
    let mut w = World::new();
    let order = w.manual_order();
    let payment = w.paid(&order);
    let shown = w.payment(&payment);
    assert_eq!(
        (&shown["status"], &shown["captured"], &shown["fee"], &shown["tax"]),
        (&json!("authorized"), &json!(false), &Value::Null, &Value::Null)
    );
    let path = format!("/v1/payments/{payment}/capture");
    w.refused("POST", &path, &json!({ "amount": 100, "currency": "INR" }), "equal to the amount authorized");
    let whole = json!({ "amount": 149_900, "currency": "INR" });
    assert_eq!(w.ok("POST", &path, &whole)["status"], "captured");
    w.refused("POST", &path, &whole, "already been captured");
    assert_eq!(w.happened(), ["order", "authorized", "captured"]);
}

#[test]
fn a_hold_that_nobody_takes_is_given_back() {
    let mut w = World::new();
    let order = w.manual_order();
    let payment = w.paid(&order);
    w.passes(minutes(7200) - 1);
    assert_eq!(w.payment(&payment)["status"], "authorized");
    w.passes(1);
    let shown = w.payment(&payment);
    assert_eq!(
        (&shown["status"], &shown["captured"], &shown["refund_status"], &shown["fee"]),
        (&json!("refunded"), &json!(false), &json!("full"), &Value::Null)
    );
    w.refused(
        "POST",
        &format!("/v1/payments/{payment}/capture"),
        &json!({ "amount": 149_900 }),
        "already been captured",
    );
    assert_eq!(w.happened(), ["order", "authorized", "released"]);
    assert_eq!(w.sim.journal()[2].at, START.plus(minutes(7200)));
}

#[test]
fn automatic_capture_has_its_window() {
    let mut w = World::new();
    let options = json!({ "automatic_expiry_period": 12, "manual_expiry_period": 60 });
    let capture = json!({ "capture": "automatic", "capture_options": options });
    let order = w.order(&json!({ "amount": 500, "currency": "INR", "payment": capture }));
    let silent = json!({ "order_id": order, "outcome": "silent", "late_ms": minutes(20) });
    let payment = id(&w.pays(&silent), "payment_id");
    w.passes(minutes(10));
    let shown = w.payment(&payment);
    assert_eq!((&shown["status"], &shown["error_reason"]), (&json!("failed"), &json!("payment_timed_out")));
    w.passes(minutes(10));
    let shown = w.payment(&payment);
    assert_eq!(
        (&shown["status"], &shown["error_reason"]),
        (&json!("authorized"), &Value::Null),
        "too late to be captured"
    );
    w.passes(minutes(40));
    assert_eq!(w.payment(&payment)["status"], "refunded");
    assert_eq!(w.happened(), ["order", "failed", "authorized", "released"]);
    let short = json!({ "capture": "automatic", "capture_options": { "automatic_expiry_period": 11 } });
    w.refused(
        "POST",
        "/v1/orders",
        &json!({ "amount": 500, "currency": "INR", "payment": short }),
        "at least 12",
    );
}

#[test]
fn a_second_success_on_an_order_is_given_back() {
    let mut w = World::new();
    let order = w.usual_order();
    let first = w.paid(&order);
    let second = w.paid(&order);
    assert_eq!(w.payment(&first)["status"], "captured");
    assert_eq!(w.payment(&second)["status"], "authorized");
    w.refused(
        "POST",
        &format!("/v1/payments/{second}/capture"),
        &json!({ "amount": 149_900 }),
        "already paid",
    );
    w.passes(minutes(1));
    let shown = w.payment(&second);
    assert_eq!((&shown["status"], &shown["captured"]), (&json!("refunded"), &json!(false)));
    assert_eq!(w.get(&format!("/v1/orders/{order}"))["amount_paid"], 149_900);
    assert_eq!(w.happened(), ["order", "authorized", "captured", "authorized", "released"]);
}

#[test]
fn of_two_holds_on_an_order_the_one_not_taken_is_given_back() {
    let mut w = World::new();
    let order = w.manual_order();
    let (first, second) = (w.paid(&order), w.paid(&order));
    w.ok("POST", &format!("/v1/payments/{second}/capture"), &json!({ "amount": 149_900, "currency": "INR" }));
    w.passes(minutes(1));
    assert_eq!(w.payment(&first)["status"], "refunded");
    assert_eq!(w.payment(&second)["status"], "captured");
}

#[test]
fn a_refund_is_pending_and_then_processed() {
    let mut w = World::new();
    let payment = w.captured();
    let path = format!("/v1/payments/{payment}/refund");
    let refund = w.ok("POST", &path, &json!({ "amount": 50_000, "receipt": "rf-1", "notes": { "a": "b" } }));
    assert_eq!((&refund["status"], &refund["speed_processed"]), (&json!("pending"), &Value::Null));
    let shown = w.payment(&payment);
    assert_eq!(
        (&shown["status"], &shown["refund_status"], &shown["amount_refunded"]),
        (&json!("captured"), &json!("partial"), &json!(50_000))
    );
    w.passes(seconds(5));
    let refund = w.get(&format!("/v1/refunds/{}", id(&refund, "id")));
    assert_eq!((&refund["status"], &refund["speed_processed"]), (&json!("processed"), &json!("normal")));
    w.refused("POST", &path, &json!({ "amount": 99_901 }), "greater than amount captured");
    w.refused("POST", &path, &json!({ "amount": 99 }), "at least INR 1.00");
    w.refused("POST", &path, &json!({ "amount": -100 }), "at least INR 1.00");
    w.refused("POST", &path, &json!({ "amount": 100, "upi": 1, "x": 2 }), "upi, x is/are not required");
    let rest = w.ok("POST", &path, &json!({ "speed": "optimum" }));
    assert_eq!(
        (&rest["amount"], &rest["status"], &rest["speed_processed"]),
        (&json!(99_900), &json!("processed"), &json!("instant"))
    );
    assert_eq!(w.payment(&payment)["status"], "refunded");
    w.refused("POST", &path, &json!({}), "fully refunded already");
    assert_eq!(w.get(&format!("/v1/payments/{payment}/refunds"))["count"], 2);
    let order = w.payment(&payment)["order_id"].clone();
    assert_eq!(
        w.get(&format!("/v1/orders/{}", order.as_str().expect("text")))["status"],
        "paid",
        "paid is final"
    );
}

#[test]
fn only_captured_payments_are_refunded_and_not_for_ever() {
    let mut w = World::new();
    let order = w.manual_order();
    let held = w.paid(&order);
    w.refused("POST", &format!("/v1/payments/{held}/refund"), &json!({}), "should be captured");
    let payment = w.captured();
    w.passes(days(181));
    w.refused("POST", &format!("/v1/payments/{payment}/refund"), &json!({}), "six months");
}

#[test]
fn a_refund_s_key_makes_it_once() {
    let mut w = World::new();
    let payment = w.captured();
    let path = format!("/v1/payments/{payment}/refund");
    let key = [("x-refund-idempotency", "refund-0001")];
    let body = json!({ "amount": 1000 });
    let (_, first) = w.call_with("POST", &path, &key, &body);
    w.passes(seconds(10));
    let (status, again) = w.call_with("POST", &path, &key, &body);
    assert_eq!((status, &again["id"], &again["status"]), (200, &first["id"], &json!("processed")));
    let (status, said) = w.call_with("POST", &path, &key, &json!({ "amount": 1001 }));
    assert_eq!(status, 409);
    assert!(said["error"]["description"].as_str().expect("text").starts_with("Different request"));
    let (status, said) = w.call_with("POST", &path, &[("x-refund-idempotency", "short")], &body);
    assert_eq!(
        (status, said["error"]["description"].as_str()),
        (400, Some("The idempotency key must be at least 10 characters long."))
    );
    let (status, _) = w.call_with("POST", &path, &[("x-refund-idempotency", "refund 00 01")], &body);
    assert_eq!(status, 400);
    assert_eq!(w.happened().iter().filter(|what| **what == "refund_accepted").count(), 1);
}

#[test]
fn a_failed_refund_gives_the_money_back_to_the_merchant() {
    let poor = super::SimAccount { balance_minor: Some(0), settle_after_ms: days(2), ..account() };
    let mut w = World::with(poor);
    let payment = w.captured();
    let path = format!("/v1/payments/{payment}/refund");
    w.refused("POST", &path, &json!({}), "enough balance");
    w.sim.dial(Dial::once(Op::Refund, Fault::RefundFails { ms: hours(1) }));
    let all_there_is = json!({ "amount": 146_362 });
    let refund = id(&w.ok("POST", &path, &all_there_is), "id");
    w.refused("POST", &path, &json!({ "amount": 100 }), "enough balance");
    w.passes(hours(1));
    assert_eq!(w.get(&format!("/v1/refunds/{refund}"))["status"], "failed");
    let shown = w.payment(&payment);
    assert_eq!((&shown["amount_refunded"], &shown["refund_status"]), (&json!(0), &Value::Null));
    assert_eq!(w.happened().last(), Some(&"refund_failed"));
    w.ok("POST", &path, &all_there_is);
}

#[test]
fn the_dashboard_and_other_shops_act_on_the_account_too() {
    let mut w = World::new();
    let payment = w.captured();
    let refund = w.ok("POST", "/sim/control/refund", &json!({ "payment_id": payment, "amount": 700 }));
    assert_eq!((&refund["receipt"], &refund["amount"]), (&Value::Null, &json!(700)));
    let foreign = w.ok("POST", "/sim/control/foreign_payment", &json!({ "key_id": KEY, "amount": 4200 }));
    assert_eq!((&foreign["status"], &foreign["order_id"]), (&json!("captured"), &Value::Null));
    let lines = w.ok("GET", "/sim/control/journal", &Value::Null);
    assert_eq!(lines["journal"].as_array().map(Vec::len), Some(w.sim.journal().len()));
}

#[test]
fn a_failed_payment_may_be_authorized_later() {
    let mut w = World::new();
    let order = w.usual_order();
    let payment = id(&w.pays(&json!({ "order_id": order, "outcome": "fail" })), "payment_id");
    w.ok("POST", "/sim/control/late_authorize", &json!({ "payment_id": payment, "after_ms": days(3) }));
    w.passes(days(3));
    assert_eq!(w.payment(&payment)["status"], "captured");
    assert_eq!(w.happened(), ["order", "failed", "authorized", "captured"]);
}

#[test]
fn a_link_is_paid_cancelled_or_expires() {
    let mut w = World::new();
    let body = json!({ "amount": 10_000, "currency": "INR", "reference_id": "INV-42", "callback_url": "http://m.test/cb" });
    let link = id(&w.ok("POST", "/v1/payment_links", &body), "id");
    let taken = "payment link creation with reference ID already attempted";
    w.refused("POST", "/v1/payment_links", &body, taken);
    let found = w.get("/v1/payment_links?reference_id=INV-42");
    assert_eq!(found.as_object().map(|o| o.len()), Some(1), "payment_links and nothing else");
    assert_eq!(found["payment_links"][0]["id"], json!(link));
    let paid = w.pays(&json!({ "payment_link_id": link }));
    let names: Vec<&Value> = paid["callback"].as_array().expect("a list").iter().map(|f| &f[0]).collect();
    assert_eq!(names.len(), 5);
    let message = format!("{link}|INV-42|paid|{}", id(&paid, "payment_id"));
    assert_eq!(paid["callback"][4][1], json!(super::super::craft::sign(super::SECRET, message.as_bytes())));
    let shown = w.get(&format!("/v1/payment_links/{link}"));
    assert_eq!(
        (&shown["status"], &shown["payments"][0]["payment_id"]),
        (&json!("paid"), &paid["payment_id"])
    );
    w.refused("POST", &format!("/v1/payment_links/{link}/cancel"), &json!({}), "already paid");

    let soon = START.secs() + 899;
    let body = json!({ "amount": 100, "currency": "INR", "expire_by": soon });
    w.refused("POST", "/v1/payment_links", &body, "atleast 15 minutes");
    let body = json!({ "amount": 100, "currency": "INR", "expire_by": soon + 1 });
    let link = id(&w.ok("POST", "/v1/payment_links", &body), "id");
    w.passes(seconds(900));
    let shown = w.get(&format!("/v1/payment_links/{link}"));
    assert_eq!((&shown["status"], &shown["expired_at"]), (&json!("expired"), &json!(soon + 1)));
    w.refused("POST", &format!("/v1/payment_links/{link}/cancel"), &json!({}), "expired link");
    let (status, _) = w.call("POST", "/sim/api/pay", &json!({ "payment_link_id": link }));
    assert_eq!(status, 400);
}

#[test]
fn captured_money_is_settled_and_every_line_adds_up() {
    let mut w = World::new();
    let payment = w.captured();
    w.captured();
    w.ok("POST", &format!("/v1/payments/{payment}/refund"), &json!({ "amount": 10_000, "speed": "optimum" }));
    assert_eq!(w.get("/v1/settlements")["count"], 0);
    w.passes(minutes(1));
    w.captured();
    w.passes(minutes(1) + seconds(30));
    let settled = w.get("/v1/settlements");
    assert_eq!(
        (&settled["count"], &settled["items"][0]["amount"]),
        (&json!(1), &json!(2 * 146_362 - 10_000))
    );
    let lines = w.get("/v1/settlements/recon/combined?year=2026&month=9&day=10&count=1000");
    assert_eq!(lines["count"], 3);
    let sum = |name: &str| {
        lines["items"].as_array().expect("a list").iter().filter_map(|l| l[name].as_i64()).sum::<i64>()
    };
    assert_eq!(sum("credit") - sum("debit"), 2 * 146_362 - 10_000);
    assert_eq!(w.get("/v1/settlements/recon/combined?year=2026&month=9&day=11")["count"], 0);
    w.passes(minutes(1));
    assert_eq!(w.get("/v1/settlements")["items"][0]["amount"], 146_362, "what was captured a minute later");
    w.refused("GET", "/v1/settlements/recon/combined?year=26&month=9", &Value::Null, "4 digits");
    w.refused("GET", "/v1/settlements/recon/combined?year=2026&month=13", &Value::Null, "not a valid month");
}

#[test]
fn the_same_seed_and_the_same_calls_give_the_same_run() {
    let run = |seed| {
        let mut w = World::new();
        w.sim = super::RazorpaySim::new(seed);
        w.sim.add_account(account());
        let payment = w.captured();
        w.ok("POST", &format!("/v1/payments/{payment}/refund"), &json!({}));
        w.passes(minutes(5));
        let hooks: Vec<Vec<u8>> = w.sim.due(w.now).into_iter().map(|o| o.body).collect();
        (payment, hooks, w.sim.journal().to_vec())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).0, run(2).0);
    let mut mint = crate::sim::kit::Mint::new(1);
    let ids: std::collections::BTreeSet<String> = (0..20_000).map(|_| mint.id("pay")).collect();
    assert_eq!(ids.len(), 20_000);
    assert!(ids.iter().all(|id| id.len() == 18 && id[4..].bytes().all(|b| b.is_ascii_alphanumeric())));
}
