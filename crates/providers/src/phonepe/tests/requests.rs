//! What goes out, to the letter.

use super::*;
use crate::contract::{Handle, Open, Opened, Refund, TestConnection, TestResult, Watch};
use crate::wire::ReasonKind;

const OPENED: &str = r#"{"orderId":"OMO2403071446458436434329","state":"PENDING","expireAt":1709803425841,"redirectUrl":"https://mercury.phonepe.com/p"}"#;
const V1_OPENED: &str = r#"{"success":true,"code":"PAYMENT_INITIATED","message":"Payment initiated","data":{"merchantId":"HUNDITESTUAT","merchantTransactionId":"01k4v9r2m8q5t7w3x6yz","instrumentResponse":{"type":"PAY_PAGE","redirectInfo":{"url":"https://mercury-uat.phonepe.com/transact/simulator?token=abc","method":"GET"}}}}"#;

fn page(url: &str) -> Opened {
    Opened { provider_order: OUR_REF.to_owned(), handle: Handle::Redirect { url: url.to_owned() } }
}

#[test]
fn v2_opens_a_page_with_a_token() {
    let wire = Script::new(vec![token(), ok(OPENED)]);
    let opened = run(PhonePe.open(call(&v2(), &wire), &opening(Flow::Redirect)));
    assert_eq!(opened, Ok(page("https://mercury.phonepe.com/p")));
    let asked = &wire.sent()[0];
    assert_eq!(
        shown(asked),
        "POST /apis/pg-sandbox/v1/oauth/token \
         client_id=SU1&client_secret=cs&client_version=1&grant_type=client_credentials"
    );
    assert!(asked.private, "a token is in the answer");
    assert_eq!(
        sent(&wire),
        [
            r#"POST /apis/pg-sandbox/checkout/v2/pay authorization: O-Bearer tok {"merchantOrderId":"01k4v9r2m8q5t7w3x6yz","amount":49900,"expireAfter":1200,"paymentFlow":{"type":"PG_CHECKOUT","message":"Invoice 42","merchantUrls":{"redirectUrl":"https://pay.example/pay/tok3n/return/pay_1"}}}"#
        ]
    );
    let bearer = wire.sent()[1].headers.iter().find(|h| h.name == "authorization").unwrap().secret;
    assert!(bearer && wire.sent()[1].private);
}

#[test]
fn v2_opens_a_link() {
    let answer = r#"{"orderId":"OMO1","state":"PENDING","expireAt":1,"redirectUrl":null,"intentUrl":"upi://pay?pa=x"}"#;
    let wire = Script::new(vec![token(), ok(answer)]);
    let apple = Payer { user_agent: Some("Mozilla/5.0 (iPhone)".to_owned()), ..Payer::default() };
    let opened = run(PhonePe.open(call(&v2(), &wire), &Opening { payer: apple, ..opening(Flow::UpiIntent) }));
    assert_eq!(opened.unwrap().handle, Handle::Upi { link: "upi://pay?pa=x".to_owned() });
    assert_eq!(
        sent(&wire),
        [
            r#"POST /apis/pg-sandbox/payments/v2/pay authorization: O-Bearer tok {"merchantOrderId":"01k4v9r2m8q5t7w3x6yz","amount":49900,"expireAfter":1200,"paymentFlow":{"type":"PG","paymentMode":{"type":"UPI_INTENT"}},"deviceContext":{"deviceOS":"IOS"}}"#
        ]
    );
}

#[test]
fn an_orders_life_keeps_within_its_bounds() {
    for (left_ms, secs) in [(-5, 300), (299_000, 300), (301_999, 301), (86_400_000, 3600)] {
        let wire = Script::new(vec![token(), ok(OPENED)]);
        let ending = Opening { expires_at: NOW.plus(left_ms), ..opening(Flow::Redirect) };
        run(PhonePe.open(call(&v2(), &wire), &ending)).unwrap();
        assert!(sent(&wire)[0].contains(&format!(r#""expireAfter":{secs},"#)), "{left_ms}");
    }
}

#[test]
fn v1_opens_a_page_with_a_checksum() {
    let wire = Script::new(vec![ok(V1_OPENED)]);
    let opened = run(PhonePe.open(call(&v1(), &wire), &opening(Flow::Redirect)));
    assert_eq!(opened, Ok(page("https://mercury-uat.phonepe.com/transact/simulator?token=abc")));
    let json = r#"{"merchantId":"HUNDITESTUAT","merchantTransactionId":"01k4v9r2m8q5t7w3x6yz","merchantUserId":"01k4v9r2m8q5t7w3x6yz","amount":49900,"redirectUrl":"https://pay.example/pay/tok3n/return/pay_1","redirectMode":"POST","paymentInstrument":{"type":"PAY_PAGE"}}"#;
    let payload = data_encoding::BASE64.encode(json.as_bytes());
    let said = sent(&wire).remove(0);
    let (head, body) = said.split_once(" {").unwrap();
    assert_eq!(body, format!(r#""request":"{payload}"}}"#));
    // Computed apart from the adapter, by the rule of the sheet.
    let checksum = "f9bc3ac86735e0e412b06d11a9b5ccf33de0915fd46e492d070c8ada0c65e12c###1";
    assert_eq!(head, format!("POST /apis/pg-sandbox/pg/v1/pay x-verify: {checksum}"));
}

#[test]
fn v1_opens_a_link() {
    let instrument = json!({"type": "UPI_INTENT", "intentUrl": "upi://pay?pa=x"});
    let mut answer: Value = serde_json::from_str(V1_OPENED).unwrap();
    answer["data"]["instrumentResponse"] = instrument;
    let wire = Script::new(vec![ok(answer.to_string())]);
    let opened = run(PhonePe.open(call(&v1(), &wire), &opening(Flow::UpiIntent))).unwrap();
    assert_eq!(opened.handle, Handle::Upi { link: "upi://pay?pa=x".to_owned() });
    let body: Value = serde_json::from_slice(&wire.sent()[0].body).unwrap();
    let json = data_encoding::BASE64.decode(body["request"].as_str().unwrap().as_bytes()).unwrap();
    let asked = String::from_utf8(json).unwrap();
    assert!(
        asked.ends_with(
            r#""paymentInstrument":{"type":"UPI_INTENT"},"deviceContext":{"deviceOS":"ANDROID"}}"#
        ),
        "{asked}"
    );
}

#[test]
fn v1_asks_with_the_merchants_id_in_a_header() {
    let wire = Script::new(vec![ok(V1_STATUS)]);
    run(Watch::fetch(&PhonePe, call(&v1(), &wire), &subject(Flow::Redirect))).unwrap();
    let salt = crate::phonepe::v1::sign::SaltKey { key: Secret::new(SALT), index: "1".to_owned() };
    let path = "/pg/v1/status/HUNDITESTUAT/01k4v9r2m8q5t7w3x6yz";
    let expected = salt.of_request("", path);
    assert_eq!(
        sent(&wire),
        [format!("GET /apis/pg-sandbox{path} x-verify: {expected} x-merchant-id: HUNDITESTUAT")]
    );
}

#[test]
fn v2_asks_for_all_attempts_where_the_order_was_opened() {
    for (flow, family) in [(Flow::Redirect, "checkout"), (Flow::UpiIntent, "payments")] {
        let wire = Script::new(vec![token(), ok(ORDER)]);
        run(Watch::fetch(&PhonePe, call(&v2(), &wire), &subject(flow))).unwrap();
        assert_eq!(
            sent(&wire),
            [format!(
                "GET /apis/pg-sandbox/{family}/v2/order/{OUR_REF}/status?details=true authorization: O-Bearer tok"
            )]
        );
    }
}

#[test]
fn refunds_name_the_order_and_themselves() {
    let wire = Script::new(vec![token(), ok(r#"{"refundId":"OMR1","amount":10000,"state":"PENDING"}"#)]);
    run(PhonePe.refund(call(&v2(), &wire), &refund_ask("OM26"))).unwrap();
    assert_eq!(
        sent(&wire),
        [format!(
            r#"POST /apis/pg-sandbox/payments/v2/refund authorization: O-Bearer tok {{"merchantRefundId":"{REFUND_REF}","originalMerchantOrderId":"{OUR_REF}","amount":10000}}"#
        )]
    );
    let pending = json!({"success": true, "code": "PAYMENT_PENDING", "data": {
        "merchantId": "HUNDITESTUAT", "merchantTransactionId": REFUND_REF, "transactionId": "TR1", "amount": 10000,
        "state": "PENDING"}});
    let wire = Script::new(vec![ok(pending.to_string())]);
    run(PhonePe.refund(call(&v1(), &wire), &refund_ask("T1"))).unwrap();
    let body: Value = serde_json::from_slice(&wire.sent()[0].body).unwrap();
    let json = data_encoding::BASE64.decode(body["request"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(json).unwrap(),
        format!(
            r#"{{"merchantId":"HUNDITESTUAT","merchantUserId":"{OUR_REF}","originalTransactionId":"{OUR_REF}","merchantTransactionId":"{REFUND_REF}","amount":10000}}"#
        )
    );
}

#[test]
fn in_life_each_service_has_a_prefix_of_its_own() {
    let live = |account: Account| Account {
        mode: Mode::Live,
        base_url: "https://api.phonepe.com".to_owned(),
        ..account
    };
    let wire = Script::new(vec![token(), ok(OPENED)]);
    run(PhonePe.open(call(&live(v2()), &wire), &opening(Flow::Redirect))).unwrap();
    let urls: Vec<_> = wire.sent().into_iter().map(|r| r.url).collect();
    assert_eq!(
        urls,
        [
            "https://api.phonepe.com/apis/identity-manager/v1/oauth/token",
            "https://api.phonepe.com/apis/pg/checkout/v2/pay"
        ]
    );
    let wire = Script::new(vec![ok(V1_OPENED)]);
    run(PhonePe.open(call(&live(v1()), &wire), &opening(Flow::Redirect))).unwrap();
    assert_eq!(wire.sent()[0].url, "https://api.phonepe.com/apis/hermes/pg/v1/pay");
}

#[test]
fn a_token_is_used_again_and_renewed_once_when_it_is_refused() {
    let refused = || status(401, r#"{"success":false,"code":"AUTHORIZATION_FAILED","data":{}}"#);
    let wire = Script::new(vec![token(), ok(OPENED), ok(ORDER), refused(), token(), ok(ORDER)]);
    let account = v2();
    run(PhonePe.open(call(&account, &wire), &opening(Flow::Redirect))).unwrap();
    run(Watch::fetch(&PhonePe, call(&account, &wire), &subject(Flow::Redirect))).unwrap();
    run(Watch::fetch(&PhonePe, call(&account, &wire), &subject(Flow::Redirect))).unwrap();
    let purposes: Vec<_> = wire.sent().iter().map(|r| r.purpose).collect();
    assert_eq!(purposes, ["token", "open", "fetch", "fetch", "token", "fetch"]);
    let wire = Script::new(vec![token(), refused(), token(), refused()]);
    let error = run(PhonePe.open(call(&account, &wire), &opening(Flow::Redirect))).unwrap_err();
    assert_eq!(error, CallError::not_done(ReasonKind::Unauthorized, "wrong credentials"));
    wire.sent();
}

#[test]
fn what_is_not_offered_is_refused_before_any_call() {
    let no_links = Account { enabled: vec![], ..v2() };
    let dollars = Money::new(100, "USD".parse().unwrap());
    let cases = [
        (v2(), Opening { capture: CaptureBy::Us, ..opening(Flow::Redirect) }),
        (v1(), Opening { capture: CaptureBy::Us, ..opening(Flow::Redirect) }),
        (v2(), opening(Flow::Script)),
        (no_links, opening(Flow::UpiIntent)),
        (v2(), Opening { amount: dollars, ..opening(Flow::Redirect) }),
    ];
    for (account, opening) in cases {
        let wire = Script::new(vec![]);
        let error = run(PhonePe.open(call(&account, &wire), &opening)).unwrap_err();
        assert!(matches!(&error, CallError::NotDone(r) if r.kind == ReasonKind::Refused), "{error:?}");
    }
}

#[test]
fn missing_credentials_are_told_before_any_call() {
    let accounts = [
        account(&[]),
        account(&[("api", "v2"), ("client_id", "a"), ("client_secret", "b")]),
        account(&[("api", "v1"), ("merchant_id", "M"), ("salt_key", "k")]),
        account(&[("api", "v1"), ("merchant_id", "M/../x"), ("salt_key", "k"), ("salt_index", "1")]),
        account(&[("api", "v3"), ("client_id", "a"), ("client_secret", "b"), ("client_version", "1")]),
    ];
    for account in accounts {
        let wire = Script::new(vec![]);
        let error = run(PhonePe.open(call(&account, &wire), &opening(Flow::Redirect))).unwrap_err();
        assert!(matches!(&error, CallError::NotDone(r) if r.kind == ReasonKind::Unauthorized), "{error:?}");
        assert_eq!(run(PhonePe.test(call(&account, &wire))), TestResult::WrongKey);
    }
}

/// The kind of what a test found, and what it says where it says something.
fn tested(account: &Account, answers: Vec<Result<Answer, CallError>>) -> (&'static str, String) {
    let wire = Script::new(answers);
    let found = run(PhonePe.test(call(account, &wire)));
    wire.sent();
    match found {
        TestResult::Works => ("works", String::new()),
        TestResult::WrongKey => ("wrong key", String::new()),
        TestResult::WrongMode => ("wrong mode", String::new()),
        TestResult::MissingPermission => ("missing permission", String::new()),
        TestResult::Unreachable(reason) => (reason.kind.as_str(), reason.detail),
    }
}

#[test]
fn a_connection_is_tested_by_real_calls() {
    let gone = || status(404, r#"{"code":"INVALID_MERCHANT_ORDER_ID","message":"No entry found"}"#);
    let invalid = || status(400, r#"{"code":"INVALID_CLIENT","errorCode":"OIM000","message":"Bad Request"}"#);
    let v1_gone =
        || status(404, r#"{"success":false,"code":"TRANSACTION_NOT_FOUND","message":"x","data":{}}"#);
    let nothing = String::new;
    assert_eq!(tested(&v2(), vec![token(), gone()]), ("works", nothing()));
    assert_eq!(tested(&v2(), vec![invalid()]), ("wrong key", nothing()));
    assert_eq!(tested(&v2(), vec![status(401, "")]), ("wrong key", nothing()));
    assert_eq!(tested(&v2(), vec![token(), status(403, "")]), ("missing permission", nothing()));
    assert_eq!(tested(&v2(), vec![status(503, "<html>")]).0, "server_error");
    assert_eq!(tested(&v1(), vec![v1_gone()]), ("works", nothing()));
    assert_eq!(
        tested(&v1(), vec![status(401, r#"{"code":"401","success":false}"#)]),
        ("wrong key", nothing())
    );
}

#[test]
fn keys_of_the_other_api_are_named_as_what_they_are() {
    let salt = "these look like salt keys, which belong to v1, and v2 is chosen";
    let client = "these look like a client's credentials, which belong to v2, and v1 is chosen";
    let salt_on_v2 = account(&[("api", "v2"), ("merchant_id", "M"), ("salt_key", "k"), ("salt_index", "1")]);
    let client_on_v1 = account(&[("api", "v1"), ("client_id", "a"), ("client_secret", "b")]);
    assert_eq!(tested(&salt_on_v2, vec![]), ("unauthorized", salt.to_owned()));
    assert_eq!(tested(&client_on_v1, vec![]), ("unauthorized", client.to_owned()));
    // Typed into the other's fields, only PhonePe can tell.
    let (kind, said) = tested(&v2(), vec![status(404, r#"{"code":"404"}"#)]);
    assert_eq!((kind, said.ends_with(salt)), ("unauthorized", true), "{said}");
    let unconfigured = r#"{"success":false,"code":"KEY_NOT_CONFIGURED","message":"Key not found","data":{}}"#;
    for answer in [status(404, unconfigured), status(400, unconfigured), status(404, "<html>")] {
        assert_eq!(tested(&v1(), vec![answer]), ("unauthorized", client.to_owned()));
    }
}
