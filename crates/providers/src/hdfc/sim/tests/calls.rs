//! Calls as the official SDK, the bank's kit and strangers make them.

use super::*;

#[test]
fn a_session_and_an_order_have_the_documented_shape() {
    let mut w = World::new();
    let (status, said) = w.session("hundi0001", "499");
    assert_eq!(status, 200, "{said}");
    let id = said["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("ordeh_") && id.len() == 38, "{id}");
    assert_eq!(
        said["payment_links"]["web"],
        format!("https://smartgateway.hdfcuat.bank.in/payment-page/order/{id}")
    );
    assert_eq!(said["sdk_payload"]["payload"]["amount"], "499.0");
    assert_eq!(said["order_expiry"], "2026-09-17T00:26:40Z");
    let documented: Value = serde_json::from_str(include_str!("../../fixtures/session.json")).unwrap();
    assert_eq!(names(&said), names(&documented));

    assert_eq!(
        (&w.get("hundi0001")["status"], &w.get("hundi0001")["status_id"]),
        (&json!("NEW"), &json!(10))
    );
    w.pays(&json!({"order": "hundi0001", "outcome": "pay"}));
    let order = w.get("hundi0001");
    let documented: Value = serde_json::from_str(include_str!("../../fixtures/order.json")).unwrap();
    let missing: Vec<_> = names(&documented).into_iter().filter(|n| !names(&order).contains(n)).collect();
    assert_eq!(missing, Vec::<String>::new());
    assert_eq!((&order["status"], &order["status_id"]), (&json!("CHARGED"), &json!(21)));
    assert_eq!(
        (&order["txn_id"], &order["txn_detail"]["txn_amount"]),
        (&json!("SGTEST-hundi0001-1"), &json!(499))
    );
    assert_eq!(w.happened(), ["order", "authorized", "captured"]);
}

/// Every field's place.
fn names(of: &Value) -> Vec<String> {
    let mut all = Vec::new();
    if let Value::Object(map) = of {
        for (name, inner) in map {
            all.push(name.clone());
            all.extend(names(inner).into_iter().map(|below| format!("{name}.{below}")));
        }
    }
    all
}

#[test]
fn amounts_are_numbers_written_without_floats() {
    for (given, shown) in
        [("499", "499"), ("499.5", "499.5"), ("0.07", "0.07"), ("4.35", "4.35"), ("1234567.89", "1234567.89")]
    {
        let mut w = World::new();
        w.session("hundi0001", given);
        let basic = basic(KEY);
        let headers = [("authorization", basic.as_str()), ("x-merchantid", "SGTEST")];
        let answer = w.send("GET", "/orders/hundi0001", &headers, "");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains(&format!("\"amount\":{shown},")), "{text}");
    }
}

#[test]
fn the_key_is_taken_with_and_without_its_colon() {
    let mut w = World::new();
    w.session("hundi0001", "1.00");
    let mut status = |authorization: &str, merchant: &str| {
        let headers = [("authorization", authorization), ("x-merchantid", merchant)];
        w.send("GET", "/orders/hundi0001?order_id=hundi0001", &headers, "").status
    };
    assert_eq!(status("Basic SFVORElBUElLRVkwMDAxOg==", "SGTEST"), 200);
    assert_eq!(status("Basic SFVORElBUElLRVkwMDAx", "SGTEST"), 200);
    assert_eq!(status(&basic(&format!("SGTEST:{KEY}")), "SGTEST"), 401);
    assert_eq!(status(&basic("wrong:"), "SGTEST"), 401);
    assert_eq!(status(&basic(KEY), "sgtest"), 401);
    assert_eq!(status(&basic(KEY), ""), 401);
    assert_eq!(status("", "SGTEST"), 401);
}

/// As the official SDK sealed it, byte for byte.
#[test]
fn what_the_official_sdk_sealed_is_opened() {
    let vectors: Value = serde_json::from_str(include_str!("../../fixtures/vectors.json")).unwrap();
    let case = |id: &str| vectors["cases"].as_array().unwrap().iter().find(|c| c["id"] == id).unwrap();
    let mut w = World::new();
    let headers =
        [("x-merchantid", "SGTEST"), ("content-type", "application/json"), ("version", "2019-05-07")];
    let mut ask = |id: &str| {
        let answer = w.send("POST", "/v4/order-status", &headers, &case(id)["sealed"].to_string());
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap())
    };
    // It asks about an order that is not here, and errors are plain.
    let (status, said) = ask("jwe-request");
    assert_eq!((status, &said["status"], &said["order_id"]), (404, &json!("NOT_FOUND"), &json!("ord_jwe_1")));
    assert_eq!(ask("jwe-request-bad-tag").0, 401);
    // What was sealed for the merchant is not for the bank.
    assert_eq!(ask("jwe-answer").0, 401);
    assert_eq!(w.send("POST", "/v4/order-status", &headers, r#"{"order_id":"x"}"#).status, 401);
    assert!(BANK_PUBLIC_KEY.contains("BEGIN PUBLIC KEY"));
}

#[test]
fn wrong_sessions_are_refused() {
    let mut w = World::new();
    assert_eq!(w.session("hundi-0001_x", "1.00").0, 200);
    for (id, amount) in [
        ("", "1"),
        ("a b", "1"),
        ("123456789012345678901", "1"),
        ("ok1", ""),
        ("ok1", "0"),
        ("ok1", "1.005"),
        ("ok1", "x"),
    ] {
        assert_eq!(w.session(id, amount).0, 400, "{id} {amount}");
    }
    let (status, said) = w.session("hundi-0001_x", "1.00");
    assert_eq!((status, &said["error_info"]["code"]), (400, &json!("ALREADY_EXISTS")));
    let (status, _) = w.call("POST", "/session", "application/json", "{}");
    assert_eq!(status, 400);
    let (status, _) = w.call("POST", "/session", "application/json", "{not json");
    assert_eq!(status, 400);
    assert_eq!(w.call("GET", "/nothing", FORM, "").0, 404);
    let headers = [("x-merchantid", "SGTEST"), ("authorization", &basic(KEY)), ("version", "newest")];
    assert_eq!(w.send("GET", "/orders/hundi-0001_x", &headers, "").status, 400);
}

#[test]
fn hostile_texts_are_only_texts() {
    let mut w = World::new();
    let long = format!("/orders/{}", "A".repeat(100_000));
    for target in [
        "/orders/%00",
        "/orders/..%2F..",
        "/orders/%ff",
        "/orders/%",
        "/payment-page/order/%3Cscript%3E",
        &long,
        "",
        "?",
        "/sim",
    ] {
        let (status, _) = (
            w.send("GET", target, &[("x-merchantid", "SGTEST"), ("authorization", &basic(KEY))], "").status,
            (),
        );
        assert!(status == 404 || status == 400, "{target} {status}");
    }
    let body = json!({
        "order_id": "hundi0001", "amount": "1.00", "payment_page_client_id": "x", "customer_email": "\u{1}amount <b>",
        "description": "<script>", "return_url": "javascript:alert(1)",
    });
    let (_, said) = w.call("POST", "/session", "application/json", &body.to_string());
    let page = format!("/payment-page/order/{}", said["id"].as_str().unwrap());
    assert!(!String::from_utf8(w.send("GET", &page, &[], "").body).unwrap().contains("<script>"));
    w.get("hundi0001");
    let end = String::from_utf8(w.send("POST", &page, &[], "outcome=pay").body).unwrap();
    assert!(end.contains("Paid") && !end.contains("javascript:"), "{end}");
}
