//! Who is let in, what is refused, and how answers look to the official SDKs.

use super::*;

#[test]
fn tokens_are_needed_and_end() {
    let mut w = World::new();
    let order = w.order("CAPTURE");
    let target = format!("/v2/checkout/orders/{order}");
    for header in ["", "Bearer nobody", "Basic Y2lkOnNlYw=="] {
        let (status, value) = w.call_with("GET", &target, &[("authorization", header)], &Value::Null);
        assert_eq!((status, &value["error"]), (401, &json!("invalid_token")), "{header}");
    }
    w.passes(9 * 3_600_000 - 1);
    // The order has ended by then; the token has not.
    assert_eq!(w.call("GET", &target, &Value::Null).0, 404);
    w.passes(1);
    assert_eq!(w.call("GET", &target, &Value::Null).0, 401);
    w.renew();
    assert_eq!(w.call("GET", &target, &Value::Null).0, 404);
    let wrong = [("authorization", "Basic Y2lkOm90aGVy")];
    let answer = w.send("POST", "/v1/oauth2/token", &wrong, b"grant_type=client_credentials");
    assert_eq!((answer.status, body(&answer)["error"].as_str()), (401, Some("invalid_client")));
}

#[test]
fn orders_are_checked_as_paypal_checks_them() {
    let mut w = World::new();
    let with = |pointer: &str, value: Value| {
        let mut order = new_order("CAPTURE");
        *order.pointer_mut(pointer).unwrap() = value;
        order
    };
    let amount = "/purchase_units/0/amount";
    let usd = |value: &str| json!({ "currency_code": "USD", "value": value });
    let cases = [
        (with("/intent", json!("SALE")), 400, "INVALID_PARAMETER_VALUE"),
        (with("/purchase_units", json!([])), 400, "MISSING_REQUIRED_PARAMETER"),
        (with(amount, json!({ "currency_code": "INR", "value": "10.00" })), 422, "INVALID_CURRENCY_CODE"),
        (with(amount, json!({ "currency_code": "JPY", "value": "10.00" })), 422, "DECIMAL_PRECISION"),
        (with(amount, json!({ "currency_code": "HUF", "value": "10.5" })), 422, "DECIMAL_PRECISION"),
        (with(amount, usd("1.234")), 422, "DECIMAL_PRECISION"),
        (with(amount, usd("0.00")), 422, "CANNOT_BE_ZERO_OR_NEGATIVE"),
        (with(amount, usd("-1.00")), 400, "INVALID_PARAMETER_SYNTAX"),
        (with(amount, json!({ "currency_code": "USD", "value": 10 })), 400, "MISSING_REQUIRED_PARAMETER"),
        (with("/purchase_units/0/custom_id", json!("x".repeat(128))), 400, "INVALID_STRING_LENGTH"),
    ];
    for (order, status, issue) in cases {
        w.refused("POST", "/v2/checkout/orders", &order, status, issue);
    }
    let mut parts = usd("24.50");
    parts["breakdown"] =
        json!({ "item_total": usd("20.00"), "shipping": usd("5.00"), "discount": usd("0.50") });
    w.ok("POST", "/v2/checkout/orders", &with(amount, parts.clone()));
    parts["breakdown"]["discount"] = usd("0.40");
    w.refused("POST", "/v2/checkout/orders", &with(amount, parts), 422, "AMOUNT_MISMATCH");
    let (status, value) = w.call_with("POST", "/v2/checkout/orders", &[], &new_order("CAPTURE"));
    assert_eq!((status, &value["details"][0]["issue"]), (400, &json!("PAYPAL_REQUEST_ID_REQUIRED")));
    let answer = w.send("POST", "/v2/checkout/orders", &[("content-type", "text/plain")], b"{}");
    assert_eq!(answer.status, 415);
    w.refused("GET", "/v2/checkout/orders/5HD", &Value::Null, 404, "INVALID_RESOURCE_ID");
}

#[test]
fn a_key_gives_the_first_result_as_it_now_stands() {
    let mut w = World::new();
    let key = [("paypal-request-id", "k1")];
    let (status, first) = w.call_with("POST", "/v2/checkout/orders", &key, &new_order("CAPTURE"));
    let order = text(&first, "id");
    w.pays(&order, &json!({}));
    let (again, second) = w.call_with("POST", "/v2/checkout/orders", &key, &new_order("CAPTURE"));
    assert_eq!(
        (status, again, &second["id"], &second["status"]),
        (201, 200, &json!(order), &json!("APPROVED"))
    );
    let (other, value) = w.call_with("POST", "/v2/checkout/orders", &key, &new_order("AUTHORIZE"));
    assert_eq!((other, &value["details"][0]["issue"]), (422, &json!("DUPLICATE_REQUEST_ID")));
    w.passes(6 * 3_600_000);
    let (status, third) = w.call_with("POST", "/v2/checkout/orders", &key, &new_order("CAPTURE"));
    assert_eq!(status, 201);
    assert_ne!(third["id"], json!(order));
}

#[test]
fn the_mock_header_says_what_it_is_told() {
    let mut w = World::new();
    let order = w.order("CAPTURE");
    w.pays(&order, &json!({}));
    let target = format!("/v2/checkout/orders/{order}/capture");
    let mock = |code: &str| format!("{{\"mock_application_codes\":\"{code}\"}}");
    for (code, status) in
        [("INSTRUMENT_DECLINED", 422), ("INTERNAL_SERVER_ERROR", 500), ("INVALID_PARAMETER_VALUE", 400)]
    {
        let headers = [("paypal-request-id", "k"), ("paypal-mock-response", &mock(code))];
        let (said, value) = w.call_with("POST", &target, &headers, &Value::Null);
        assert_eq!((said, &value["details"][0]["issue"]), (status, &json!(code)));
    }
    let headers = [("paypal-request-id", "k"), ("paypal-mock-response", &mock("NEVER_HEARD"))];
    assert_eq!(w.call_with("POST", &target, &headers, &Value::Null).0, 201);
}

/// The Node SDK throws where a field has another type than its schema says.
#[test]
fn answers_have_the_types_of_the_official_schemas() {
    let mut w = World::new();
    let (order, capture) = w.captured();
    let refund = w.ok("POST", &format!("/v2/payments/captures/{capture}/refund"), &json!({}));
    let shown = w.ok("GET", &format!("/v2/checkout/orders/{order}"), &Value::Null);
    let strings = ["id", "intent", "status", "create_time", "update_time"];
    assert!(strings.iter().all(|name| shown[name].is_string()), "{shown}");
    let unit = &shown["purchase_units"][0];
    let taken = &unit["payments"]["captures"][0];
    assert!(
        taken["final_capture"].is_boolean() && taken["seller_protection"]["dispute_categories"].is_array()
    );
    for amount in [
        &unit["amount"],
        &taken["amount"],
        &taken["seller_receivable_breakdown"]["paypal_fee"],
        &refund["amount"],
    ] {
        assert!(amount["value"].is_string() && amount["currency_code"].is_string(), "{amount}");
    }
    assert_eq!(taken["status"], "REFUNDED");
    assert_eq!(taken["seller_receivable_breakdown"]["net_amount"]["value"], "23.12");
    for entity in [&shown, taken, &refund] {
        let links = entity["links"].as_array().unwrap();
        assert!(links.iter().all(|l| ["href", "rel", "method"].iter().all(|name| l[name].is_string())));
        assert_eq!(text(entity, "id").len(), 17);
    }
    assert_eq!(text(&shown, "create_time"), "2026-09-10T00:26:40Z");
    let minimal = [("prefer", "return=minimal"), ("paypal-request-id", "m")];
    let (_, bare) = w.call_with("POST", "/v2/checkout/orders", &minimal, &new_order("CAPTURE"));
    assert_eq!(
        bare.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(),
        ["id", "links", "status"]
    );
}

#[test]
fn webhooks_are_managed_and_resent() {
    let mut w = World::new();
    let new = json!({ "url": "https://shop.example/hook", "event_types": [{ "name": "PAYMENT.CAPTURE.COMPLETED" }] });
    let id = text(&w.ok("POST", "/v1/notifications/webhooks", &new), "id");
    let (status, value) = w.call("POST", "/v1/notifications/webhooks", &new);
    assert_eq!((status, &value["name"]), (400, &json!("WEBHOOK_URL_ALREADY_EXISTS")));
    assert_eq!(
        w.ok("GET", "/v1/notifications/webhooks", &Value::Null)["webhooks"].as_array().unwrap().len(),
        2
    );
    w.captured();
    let due = w.sim.due(w.now);
    let to = |url: &str| due.iter().filter(|out| out.url == url).count();
    assert_eq!((to("https://shop.example/hook"), to("http://127.0.0.1:1/hook")), (1, 3));
    due.iter().for_each(|out| w.sim.delivered(out.id, Some(200), w.now));
    let event: Value = serde_json::from_slice(&due[0].body).unwrap();
    w.ok("POST", &format!("/v1/notifications/webhooks-events/{}/resend", text(&event, "id")), &json!({}));
    assert_eq!(w.sim.due(w.now).len(), 1);
    let patch = json!([{ "op": "replace", "path": "/url", "value": "https://shop.example/other" }]);
    w.ok("PATCH", &format!("/v1/notifications/webhooks/{id}"), &patch);
    assert_eq!(
        w.ok("GET", &format!("/v1/notifications/webhooks/{id}"), &Value::Null)["url"],
        "https://shop.example/other"
    );
    assert_eq!(w.call("DELETE", &format!("/v1/notifications/webhooks/{id}"), &Value::Null).0, 204);
    w.refused("GET", &format!("/v1/notifications/webhooks/{id}"), &Value::Null, 404, "INVALID_RESOURCE_ID");
    assert!(w.ok("GET", "/v1/notifications/webhooks-event-types", &Value::Null)["event_types"].is_array());
}

#[test]
fn the_payers_page_leads_back() {
    let mut w = World::new();
    let order = w.order("CAPTURE");
    let page = w.send("GET", &format!("/checkoutnow?token={order}"), &[], b"");
    let shown = String::from_utf8_lossy(&page.body).into_owned();
    assert!(
        page.status == 200 && shown.contains("USD 24.50") && shown.contains("Simulated PayPal"),
        "{shown}"
    );
    assert_eq!(w.send("GET", "/checkoutnow?token=nobody", &[], b"").status, 400);
    let form = format!("token={order}&method=paypal&reason=INSTRUMENT_DECLINED&outcome=leave");
    let left =
        String::from_utf8_lossy(&w.send("POST", "/checkoutnow", &[], form.as_bytes()).body).into_owned();
    assert!(left.contains("https://shop.example/away") && !left.contains("PayerID"), "{left}");
    // The list of reasons is there for the other button.
    let form = form.replace("outcome=leave", "outcome=pay");
    let paid =
        String::from_utf8_lossy(&w.send("POST", "/checkoutnow", &[], form.as_bytes()).body).into_owned();
    assert!(paid.contains("https://shop.example/back") && paid.contains("PayerID"), "{paid}");
    assert_eq!(
        w.ok("POST", &format!("/v2/checkout/orders/{order}/capture"), &Value::Null)["status"],
        "COMPLETED"
    );
    let second = w.order("CAPTURE");
    w.ok("POST", &format!("/checkoutnow/simulate-approve?token={second}"), &Value::Null);
    assert_eq!(w.ok("GET", &format!("/v2/checkout/orders/{second}"), &Value::Null)["status"], "APPROVED");
}
