//! What we send, letter by letter.

use super::*;
use crate::contract::{
    Capture, Finish, Handle, Open, Opened, Refund, TestConnection, TestResult, Void, Watch,
};

const NEW_ORDER: &str = concat!(
    "POST /v2/checkout/orders PayPal-Request-Id: 01k4v9r2m8q5t7w3x6yz ",
    r#"{"intent":"CAPTURE","purchase_units":[{"reference_id":"default","invoice_id":"01k4v9r2m8q5t7w3x6yz","#,
    r#""custom_id":"01k4v9r2m8q5t7w3x6yz","description":"Invoice 42","#,
    r#""amount":{"currency_code":"USD","value":"24.50"}}],"payment_source":{"paypal":{"experience_context":"#,
    r#"{"brand_name":"Chai & Co","landing_page":"NO_PREFERENCE","shipping_preference":"NO_SHIPPING","#,
    r#""user_action":"PAY_NOW","return_url":"https://pay.example/pay/tok3n/return","#,
    r#""cancel_url":"https://pay.example/pay/tok3n/return"}}}}"#
);

#[test]
fn opening_makes_an_order_and_sends_the_payer_to_it() {
    let wire = script(vec![status(201, ORDER)]);
    let opened = run(PayPal.open(call(&account(), &wire), &opening()));
    let url = "https://www.sandbox.paypal.com/checkoutnow?token=5HD00000TEST0000A".to_owned();
    let expected = Opened { provider_order: ORDER_ID.to_owned(), handle: Handle::Redirect { url } };
    assert_eq!(opened, Ok(expected));
    assert_eq!(sent(&wire), [NEW_ORDER]);
}

#[test]
fn finding_is_opening_again_with_the_same_key() {
    let wire = script(vec![ok(ORDER)]);
    let found = run(PayPal.find(call(&account(), &wire), &opening())).unwrap().unwrap();
    assert_eq!(found.provider_order, ORDER_ID);
    assert_eq!(sent(&wire), [NEW_ORDER]);
}

#[test]
fn capture_by_us_asks_for_a_hold() {
    let wire = script(vec![status(201, ORDER)]);
    let held = Opening { capture: CaptureBy::Us, ..opening() };
    run(PayPal.open(call(&account(), &wire), &held)).unwrap();
    assert!(sent(&wire)[0].contains(r#"{"intent":"AUTHORIZE","#));
}

#[test]
fn long_texts_are_cut_and_forints_are_whole() {
    let amount = Money::new(2450_00, "HUF".parse().unwrap());
    let changes = [("/purchase_units/0/amount", json!({"currency_code": "HUF", "value": "2450"}))];
    let wire = script(vec![ok(at(ORDER, &changes))]);
    let long = Opening { amount, description: "é".repeat(300), merchant_name: "x".repeat(300), ..opening() };
    run(PayPal.open(call(&account(), &wire), &long)).unwrap();
    let sent = &sent(&wire)[0];
    assert!(sent.contains(&format!(r#""description":"{}","#, "é".repeat(127))));
    assert!(sent.contains(&format!(r#""brand_name":"{}","#, "x".repeat(127))));
    assert!(sent.contains(r#""amount":{"currency_code":"HUF","value":"2450"}"#));
}

#[test]
fn what_paypal_cannot_take_is_refused_before_any_call() {
    let wire = Script::new(vec![]);
    let inr = Opening { amount: Money::inr(1499_00), ..opening() };
    let fillers = Opening { amount: Money::new(2450_50, "HUF".parse().unwrap()), ..opening() };
    let script = Opening { flow: Flow::Script, ..opening() };
    for opening in [inr, fillers, script] {
        let refused = run(PayPal.open(call(&account(), &wire), &opening));
        assert!(matches!(refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));
        assert_eq!(run(PayPal.find(call(&account(), &wire), &opening)), Ok(None));
    }
    assert!(sent(&wire).is_empty());
}

#[test]
fn takes_lets_go_and_gives_back() {
    let held = at(AUTHORIZED, &[]);
    let hold_alone: Value = serde_json::from_str(&held).unwrap();
    let hold_alone = hold_alone["purchase_units"][0]["payments"]["authorizations"][0].to_string();
    let released = with(&hold_alone, &[("status", json!("VOIDED"))]);
    let wire = script(vec![
        status(201, CAPTURED),
        status(201, AUTHORIZED),
        status(201, CAPTURE),
        ok(released),
        ok(CAPTURED),
        status(201, REFUND),
        ok(REFUND),
        ok(CAPTURED),
        ok(CAPTURED),
    ]);
    let account = account();
    let call = call(&account, &wire);
    run(PayPal.finish(call, &subject(), CaptureBy::Provider)).unwrap();
    run(PayPal.finish(call, &subject(), CaptureBy::Us)).unwrap();
    run(PayPal.capture(call, &hold())).unwrap();
    run(PayPal.void(call, &hold())).unwrap();
    run(PayPal.refund(call, &refund_ask())).unwrap();
    assert!(run(Refund::fetch(&PayPal, call, &refund_ask(), Some(REFUND_ID))).unwrap().is_some());
    assert_eq!(run(Refund::fetch(&PayPal, call, &refund_ask(), None)), Ok(None));
    run(Watch::fetch(&PayPal, call, &subject())).unwrap();
    let expected = [
        "POST /v2/checkout/orders/5HD00000TEST0000A/capture PayPal-Request-Id: 01k4v9r2m8q5t7w3x6yz-capture",
        "POST /v2/checkout/orders/5HD00000TEST0000A/authorize PayPal-Request-Id: 01k4v9r2m8q5t7w3x6yz-authorize",
        concat!(
            "POST /v2/payments/authorizations/7HD00000TEST0000H/capture PayPal-Request-Id: 01k4v9r2m8q5t7w3x6yz-capture ",
            r#"{"amount":{"currency_code":"USD","value":"24.50"},"final_capture":true}"#
        ),
        "POST /v2/payments/authorizations/7HD00000TEST0000H/void PayPal-Request-Id: 01k4v9r2m8q5t7w3x6yz-void",
        "GET /v2/checkout/orders/5HD00000TEST0000A",
        concat!(
            "POST /v2/payments/captures/3HD00000TEST00001/refund PayPal-Request-Id: 01k4v9r2m8q5t7w3x6za ",
            r#"{"amount":{"currency_code":"USD","value":"4.50"},"invoice_id":"01k4v9r2m8q5t7w3x6za","#,
            r#""custom_id":"01k4v9r2m8q5t7w3x6za"}"#
        ),
        "GET /v2/payments/refunds/1HD0REFUND0000001",
        "GET /v2/checkout/orders/5HD00000TEST0000A",
        "GET /v2/checkout/orders/5HD00000TEST0000A",
    ];
    assert_eq!(sent(&wire), expected);
}

// ---- tokens

fn token(text: &str) -> Result<Answer, CallError> {
    ok(json!({"access_token": text, "token_type": "Bearer", "expires_in": 32400}).to_string())
}

fn bearers(wire: &Script) -> Vec<String> {
    let of =
        |request: &Request| request.headers.iter().find(|h| h.name == "authorization").unwrap().value.clone();
    wire.sent().iter().map(of).collect()
}

#[test]
fn a_token_serves_many_calls_and_is_renewed_once_when_turned_away() {
    let wire = Script::new(vec![
        token("one"),
        ok(CAPTURED),
        ok(CAPTURED),
        status(401, ""),
        token("two"),
        ok(CAPTURED),
    ]);
    let account = account();
    for _ in 0..3 {
        run(Watch::fetch(&PayPal, call(&account, &wire), &subject())).unwrap();
    }
    let basic = "Basic Y2lkOnNlYw==";
    assert_eq!(bearers(&wire), [basic, "Bearer one", "Bearer one", "Bearer one", basic, "Bearer two"]);
    let requests = wire.sent();
    assert!(requests[0].private && !requests[1].private);
    assert!(requests.iter().all(|r| r.headers.iter().any(|h| h.name == "authorization" && h.secret)));
    let twice = Script::new(vec![token("one"), status(401, ""), token("two"), status(401, "")]);
    let refused = run(PayPal.open(call(&account, &twice), &opening()));
    assert!(matches!(refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Unauthorized));
    assert_eq!(twice.sent().len(), 4);
}

/// Without a token nothing was asked for, however the asking for it ended.
#[test]
fn without_a_token_nothing_is_done() {
    let failures = [
        Err(CallError::unknown(ReasonKind::TimedOut, "x")),
        status(500, ""),
        ok(""),
        ok("{}"),
        status(401, r#"{"error":"invalid_client","error_description":"Client Authentication failed"}"#),
    ];
    for failure in failures {
        let wire = Script::new(vec![failure]);
        assert!(matches!(run(PayPal.open(call(&account(), &wire), &opening())), Err(CallError::NotDone(_))));
        assert_eq!(wire.sent().len(), 1);
    }
    let keyless = Account { credentials: BTreeMap::new(), ..account() };
    let refused = run(PayPal.open(call(&keyless, &Script::new(vec![])), &opening()));
    assert!(matches!(refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Unauthorized));
}

#[test]
fn a_connection_is_tested_by_a_token_of_its_own() {
    let test = |answer| {
        let wire = script(vec![answer]);
        let result = run(PayPal.test(call(&account(), &wire)));
        assert_eq!(wire.sent()[0].url, "https://api-m.sandbox.paypal.com/v1/oauth2/token");
        result
    };
    assert_eq!(test(token("one")), TestResult::Works);
    assert_eq!(test(status(401, r#"{"error":"invalid_client"}"#)), TestResult::WrongKey);
    assert!(matches!(test(status(503, "")), TestResult::Unreachable(_)));
    assert!(matches!(test(ok("<html>")), TestResult::Unreachable(_)));
}

// ---- as the official SDK sends

fn recorded(named: &str, path: &str) -> Value {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let requests = vectors["wire"]["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 10);
    let fit = |r: &&Value| r["call"] == named && r["path"].as_str().unwrap().starts_with(path);
    requests.iter().find(fit).unwrap_or_else(|| panic!("{named} {path}")).clone()
}

/// Method, path, and each header that both send, as PayPal's own Python SDK sends them.
#[track_caller]
fn same(request: &Request, recorded: &Value) {
    assert_eq!(request.method, recorded["method"]);
    let path = recorded["path"].as_str().unwrap();
    assert_eq!(request.url, format!("https://api-m.sandbox.paypal.com{path}"));
    let free = ["paypal-request-id", "prefer"];
    let must = ["authorization", "content-type", "accept"];
    for (name, value) in recorded["headers"].as_object().unwrap() {
        let ours = request.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
        let lower = name.to_lowercase();
        if must.contains(&lower.as_str()) {
            assert_eq!(ours.map(|h| h.value.as_str()), value.as_str(), "{name} of {path}");
        }
        // A mock and another merchant's assertion are the recorder's own.
        assert!(ours.is_some() || !free.contains(&lower.as_str()), "{name} of {path}");
    }
}

#[test]
fn the_envelope_is_that_of_the_official_sdk() {
    let account = account();
    let wire = Script::new(vec![
        token("A21AAtest"),
        status(404, ""),
        status(404, ""),
        status(404, ""),
        status(404, ""),
        status(404, ""),
    ]);
    let call = call(&account, &wire);
    let short = |id: &str| Subject { provider_order: id.to_owned(), ..subject() };
    let of = |id: &str| Hold { provider_payment: id.to_owned(), ..hold() };
    run(PayPal.open(call, &opening())).unwrap_err();
    run(Watch::fetch(&PayPal, call, &short("5O"))).unwrap_err();
    run(PayPal.finish(call, &short("5O"), CaptureBy::Provider)).unwrap_err();
    run(PayPal.finish(call, &short("5O"), CaptureBy::Us)).unwrap_err();
    run(PayPal.void(call, &of("A"))).unwrap_err();
    let requests = wire.sent();
    let create = "orders.create_order";
    same(&requests[0], &recorded(create, "/v1/oauth2/token"));
    assert_eq!(requests[0].body, recorded(create, "/v1")["body"].as_str().unwrap().as_bytes());
    same(&requests[1], &recorded(create, "/v2/checkout/orders"));
    same(&requests[2], &recorded("orders.get_order", "/"));
    same(&requests[3], &recorded("orders.capture_order", "/"));
    same(&requests[4], &recorded("orders.authorize_order", "/"));
    same(&requests[5], &recorded("payments.void_payment", "/"));
    assert!(requests[3].body.is_empty() && requests[4].body.is_empty() && requests[5].body.is_empty());
}

#[test]
fn a_refund_is_that_of_the_official_sdk() {
    let account = account();
    let wire = script(vec![
        status(404, ERROR.replace("UNPROCESSABLE_ENTITY", "RESOURCE_NOT_FOUND")),
        status(404, ""),
    ]);
    let ask = RefundAsk { provider_payment: "3C".to_owned(), ..refund_ask() };
    run(PayPal.refund(call(&account, &wire), &ask)).unwrap_err();
    same(&wire.sent()[1], &recorded("payments.refund_captured_payment", "/"));
    let wire = script(vec![status(404, "")]);
    run(Refund::fetch(&PayPal, call(&account, &wire), &ask, Some("1R"))).unwrap_err();
    same(&wire.sent()[0], &recorded("payments.get_refund", "/"));
}

#[test]
fn an_id_from_outside_cannot_change_the_path() {
    let wire = script(vec![]);
    let account = account();
    let call = call(&account, &wire);
    let long = "a".repeat(65);
    for id in ["", "3C/../x", "3C?x", "3C%2f", "3 C", "3é", "../x", "3C\n", "3C#x", &long] {
        let ask = RefundAsk { provider_payment: id.to_owned(), ..refund_ask() };
        let of = Hold { provider_payment: id.to_owned(), ..hold() };
        let refusals = [
            run(PayPal.capture(call, &of)).unwrap_err(),
            run(PayPal.void(call, &of)).unwrap_err(),
            run(PayPal.refund(call, &ask)).unwrap_err(),
            run(Refund::fetch(&PayPal, call, &refund_ask(), Some(id))).unwrap_err(),
            run(Watch::fetch(&PayPal, call, &subject_of(id))).unwrap_err(),
            run(PayPal.finish(call, &subject_of(id), CaptureBy::Us)).unwrap_err(),
        ];
        for error in refusals {
            assert!(matches!(error, CallError::NotDone(r) if r.kind == ReasonKind::Refused), "{id}");
        }
    }
    assert!(sent(&wire).is_empty());
}
