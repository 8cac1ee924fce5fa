//! What is sent, as literal text; in both forms.

use super::*;
use crate::contract::{Open, Refund, TestConnection, TestResult, Watch};
use crate::wire::Request;

/// `POST /session {..}`, with the headers that are not on every one.
#[track_caller]
fn sent(wire: &Script) -> Vec<String> {
    wire.sent().iter().map(shown).collect()
}

fn shown(request: &Request) -> String {
    let target = request.url.strip_prefix("https://smartgateway.hdfcuat.bank.in").unwrap_or(&request.url);
    let headers = request.headers.iter().filter(|h| ["x-routing-id", "content-type"].contains(&h.name));
    let headers: String = headers.map(|h| format!("{}: {} ", h.name, h.value)).collect();
    let body = str::from_utf8(&request.body).unwrap();
    format!("{} {target} {headers}{body}", request.method).trim_end().to_owned()
}

#[test]
fn a_session_is_opened() {
    let (account, wire) = (account(), Script::new(vec![ok(SESSION)]));
    let payer = Payer {
        name: Some("Asha".to_owned()),
        email: Some("asha@example.com".to_owned()),
        phone: Some("+91 98000 00001".to_owned()),
        ..Payer::default()
    };
    let opened = run(Hdfc.open(call(&account, &wire), &Opening { payer, ..opening() })).unwrap();
    assert_eq!(opened.provider_order, OUR_REF);
    assert_eq!(
        opened.handle,
        crate::contract::Handle::Redirect {
            url: "https://smartgateway.hdfcuat.bank.in/payment-page/order/ordeh_7198be7d5cae492ebdbacf61a0d50001"
                .to_owned()
        }
    );
    let request = wire.sent().remove(0);
    assert!(request.private, "the answer holds a token");
    let all: Vec<_> = request.headers.iter().map(|h| format!("{h:?}")).collect();
    assert_eq!(
        all,
        [
            "accept: application/json",
            "version: 2024-06-24",
            "x-merchantid: SGTEST",
            "x-routing-id: 01k4v9r2m8q5t7w3x6yz",
            "authorization: [hidden]",
            "content-type: application/json",
        ]
    );
    let authorization = request.headers.iter().find(|h| h.name == "authorization").unwrap();
    assert_eq!(authorization.value, text(&case("api-basic-docs"), "header"));
    assert_eq!(
        shown(&request),
        "POST /session x-routing-id: 01k4v9r2m8q5t7w3x6yz content-type: application/json \
         {\"order_id\":\"01k4v9r2m8q5t7w3x6yz\",\"amount\":\"499.00\",\"currency\":\"INR\",\"customer_id\":\"\",\
         \"customer_email\":\"asha@example.com\",\"customer_phone\":\"9800000001\",\"first_name\":\"Asha\",\
         \"payment_page_client_id\":\"hdfcmaster\",\"action\":\"paymentPage\",\
         \"return_url\":\"https://pay.example/pay/tok3n/return\",\"description\":\"Invoice 42\",\
         \"metadata.expiryInMins\":\"30\"}"
    );
}

#[test]
fn a_guest_is_nobody() {
    let (account, wire) = (account(), Script::new(vec![ok(SESSION)]));
    run(Hdfc.open(call(&account, &wire), &opening())).unwrap();
    let body: Value = serde_json::from_slice(&wire.sent()[0].body).unwrap();
    assert_eq!(body["customer_id"], "");
    assert!(["customer_email", "customer_phone", "first_name"].iter().all(|name| body.get(name).is_none()));
}

#[test]
fn orders_are_asked_for_and_refunded() {
    let refunded = with_refunds(&[refund_with(&[])]);
    let answers = vec![ok(ORDER), ok(ORDER), ok(refunded.clone()), ok(refunded)];
    let (account, wire) = (account(), Script::new(answers));
    let call = call(&account, &wire);
    run(Hdfc.find(call, &opening())).unwrap();
    run(Watch::fetch(&Hdfc, call, &subject())).unwrap();
    run(Hdfc.refund(call, &refund_ask())).unwrap();
    run(Refund::fetch(&Hdfc, call, &refund_ask(), Some(REFUND_REF))).unwrap();
    let form = "x-routing-id: 01k4v9r2m8q5t7w3x6yz content-type: application/x-www-form-urlencoded";
    assert_eq!(
        sent(&wire),
        [
            format!("GET /orders/{OUR_REF} {form}"),
            format!("GET /orders/{OUR_REF} {form}"),
            format!("POST /orders/{OUR_REF}/refunds {form} unique_request_id={REFUND_REF}&amount=100.00"),
            format!("GET /orders/{OUR_REF} {form}"),
        ]
    );
}

#[test]
fn the_sealed_form_says_the_same_at_its_own_paths() {
    let sealed = |body: &str| {
        // With SHA-1, as the keys here seal: the header's word decides. The simulator answers with SHA-256.
        let once = crate::hdfc::sealed::Once { key: [3; 32], nonce: [4; 32] };
        ok(bank().seal(body.as_bytes(), &once).unwrap())
    };
    let refunded = with_refunds(&[refund_with(&[])]);
    let (account, wire) =
        (sealed_account(), Script::new(vec![sealed(SESSION), sealed(ORDER), sealed(&refunded)]));
    let call = call(&account, &wire);
    run(Hdfc.open(call, &opening())).unwrap();
    let reports = run(Watch::fetch(&Hdfc, call, &subject())).unwrap();
    assert!(matches!(&tries(&reports)[..], [(_, _, Try::Captured { .. })]));
    run(Hdfc.refund(call, &refund_ask())).unwrap();
    let said: Vec<_> = wire
        .sent()
        .iter()
        .map(|request| {
            assert!(request.headers.iter().all(|h| h.name != "authorization"));
            assert!(request.headers.iter().any(|h| h.name == "x-merchantid" && h.value == "SGTEST"));
            let payload = bank().open(str::from_utf8(&request.body).unwrap()).unwrap();
            let target = request.url.strip_prefix("https://smartgateway.hdfcuat.bank.in").unwrap();
            let start: String = String::from_utf8(payload).unwrap().chars().take(75).collect();
            format!("{} {target} {start}", request.method)
        })
        .collect();
    assert_eq!(
        said,
        [
            "POST /v4/session {\"order_id\":\"01k4v9r2m8q5t7w3x6yz\",\"amount\":\"499.00\",\"currency\":\"INR\",\"cust",
            "POST /v4/order-status {\"order_id\":\"01k4v9r2m8q5t7w3x6yz\"}",
            "POST /v4/orders/01k4v9r2m8q5t7w3x6yz/refunds \
             {\"unique_request_id\":\"rf4v9r2m8q5t7w3x6yz0\",\"amount\":\"100.00\"}",
        ]
    );
}

#[test]
fn the_host_is_one_of_a_list() {
    let hosts = [
        (Mode::Test, "", "https://smartgateway.hdfcuat.bank.in"),
        (Mode::Test, "hdfc.bank.in", "https://smartgateway.hdfcuat.bank.in"),
        (Mode::Test, "hdfcbank.com", "https://smartgatewayuat.hdfcbank.com"),
        (Mode::Live, "hdfcbank.com", "https://smartgateway.hdfcbank.com"),
        (Mode::Test, "juspay.in", "https://sandbox.juspay.in"),
        (Mode::Live, "juspay.in", "https://api.juspay.in"),
    ];
    for (mode, host, base) in hosts {
        let mut account = Account { mode, ..account() };
        account.credentials.insert("host".to_owned(), Secret::new(host));
        let wire = Script::new(vec![ok(ORDER)]);
        run(Watch::fetch(&Hdfc, call(&account, &wire), &subject())).unwrap();
        assert_eq!(wire.sent()[0].url, format!("{base}/orders/{OUR_REF}"));
    }
    let mut account = account();
    account.credentials.insert("host".to_owned(), Secret::new("https://evil.example"));
    let fetch = |account: &Account, wire: &Script| run(Watch::fetch(&Hdfc, call(account, wire), &subject()));
    refused(fetch(&account, &Script::new(vec![])), ReasonKind::Refused);
    // A simulator is never left for a host of the list.
    account.simulated = true;
    account.base_url = "http://127.0.0.1:4010/".to_owned();
    let wire = Script::new(vec![ok(ORDER)]);
    fetch(&account, &wire).unwrap();
    assert_eq!(wire.sent()[0].url, format!("http://127.0.0.1:4010/orders/{OUR_REF}"));
}

#[test]
fn nothing_is_sent_without_what_proves_it() {
    let without = |mut account: Account, name: &str| {
        account.credentials.remove(name);
        refused(run(Hdfc.open(call(&account, &Script::new(vec![])), &opening())), ReasonKind::Unauthorized);
    };
    without(account(), "merchant_id");
    without(account(), "api_key");
    without(sealed_account(), "our_private_key");
    without(sealed_account(), "bank_public_key");
    let mut odd = account();
    odd.credentials.insert("auth".to_owned(), Secret::new("hmac"));
    without(odd, "key_id");
    let elsewhere = Subject { provider_order: "../refunds".to_owned(), ..subject() };
    let (account, wire) = (account(), Script::new(vec![]));
    refused(run(Watch::fetch(&Hdfc, call(&account, &wire), &elsewhere)), ReasonKind::Refused);
}

#[test]
fn what_is_not_offered_is_refused_before_any_call() {
    let (account, wire) = (account(), Script::new(vec![]));
    for flow in [Flow::Script, Flow::UpiIntent] {
        refused(run(Hdfc.open(call(&account, &wire), &Opening { flow, ..opening() })), ReasonKind::Refused);
    }
    let held = Opening { capture: CaptureBy::Us, ..opening() };
    let dollars = Opening { amount: Money::new(100, "USD".parse().unwrap()), ..opening() };
    for odd in [held, dollars] {
        refused(run(Hdfc.open(call(&account, &wire), &odd)), ReasonKind::Refused);
    }
}

#[test]
fn a_connection_is_tested_by_an_order_that_is_not_there() {
    #[track_caller]
    fn check(code: u16, body: &str, result: TestResult) {
        let (account, wire) = (account(), Script::new(vec![status(code, body)]));
        assert_eq!(run(Hdfc.test(call(&account, &wire))), result);
        assert_eq!(wire.sent()[0].url, "https://smartgateway.hdfcuat.bank.in/orders/hundiconnectiontest");
    }
    check(
        404,
        r#"{"status":"NOT_FOUND","status_id":40,"order_id":"hundiconnectiontest"}"#,
        TestResult::Works,
    );
    check(
        200,
        r#"{"status":"NOT_FOUND","status_id":40,"order_id":"hundiconnectiontest"}"#,
        TestResult::Works,
    );
    check(401, "{}", TestResult::WrongKey);
    check(403, "{}", TestResult::MissingPermission);
    let (account, wire) = (account(), Script::new(vec![status(502, "<html>")]));
    assert!(matches!(run(Hdfc.test(call(&account, &wire))), TestResult::Unreachable(_)));
}
