//! What we send, letter by letter.

use super::*;
use crate::contract::{Capture, Handle, Open, Opened, Refund, TestConnection, TestResult, Watch};
use crate::wire::ReasonKind;
use serde_json::json;

const NEW_ORDER: &str = concat!(
    r#"POST /v1/orders {"amount":149900,"currency":"INR","receipt":"01k4v9r2m8q5t7w3x6yz","#,
    r#""notes":{"our_ref":"01k4v9r2m8q5t7w3x6yz"},"payment":{"capture":"automatic","capture_options":"#,
    r#"{"automatic_expiry_period":7200,"manual_expiry_period":7200,"refund_speed":"normal"}}}"#
);

const OPTIONS: &str = concat!(
    r#"{"key":"rzp_test_HdWire00001","amount":149900,"currency":"INR","name":"Chai & Co","description":"Invoice 42","#,
    r#""order_id":"order_HdTest000001","callback_url":"https://pay.example/pay/tok3n/return","redirect":true,"#,
    r#""retry":{"enabled":true},"timeout":1800}"#
);

fn by_script(src: &str, options: &str) -> Opened {
    let handle =
        Handle::Script { src: src.to_owned(), global: "Razorpay".to_owned(), options: options.to_owned() };
    Opened { provider_order: "order_HdTest000001".to_owned(), handle }
}

#[test]
fn script_opens_an_order() {
    let wire = Script::new(vec![ok(ORDER)]);
    let opened = run(Razorpay.open(call(&account(), &wire), &opening(Flow::Script)));
    assert_eq!(opened, Ok(by_script("https://checkout.razorpay.com/v1/checkout.js", OPTIONS)));
    assert_eq!(sent(&wire), [NEW_ORDER]);
}

#[test]
fn a_simulator_serves_its_own_script() {
    let account = Account { base_url: "http://127.0.0.1:4010/".to_owned(), ..account() };
    let wire = Script::new(vec![ok(ORDER)]);
    let opened = run(Razorpay.open(call(&account, &wire), &opening(Flow::Script)));
    assert_eq!(opened, Ok(by_script("http://127.0.0.1:4010/v1/checkout.js", OPTIONS)));
    assert!(sent(&wire)[0].starts_with("POST http://127.0.0.1:4010/v1/orders "));
}

#[test]
fn capture_by_us_holds_for_five_days() {
    let wire = Script::new(vec![ok(ORDER)]);
    let payer = Payer {
        name: Some("Asha Rao".to_owned()),
        phone: Some("+919800000001".to_owned()),
        ..Payer::default()
    };
    let opening = Opening { capture: CaptureBy::Us, payer, ..opening(Flow::Script) };
    let opened = run(Razorpay.open(call(&account(), &wire), &opening)).unwrap();
    let manual = r#""payment":{"capture":"manual","capture_options":{"manual_expiry_period":7200,"refund_speed":"normal"}}}"#;
    assert!(sent(&wire)[0].ends_with(manual), "{:?}", sent(&wire));
    let Handle::Script { options, .. } = opened.handle else { panic!("a script") };
    assert!(options.contains(r#""prefill":{"name":"Asha Rao","contact":"+919800000001"}"#), "{options}");
}

#[test]
fn checkout_opens_on_what_the_payer_chose() {
    for (wants, said) in
        [(Method::Emi, r#","method":"emi""#), (Method::Upi, r#","method":"upi""#), (Method::Other, "")]
    {
        let wire = Script::new(vec![ok(ORDER)]);
        let payer = Payer { phone: Some("+919800000001".to_owned()), wants: Some(wants), ..Payer::default() };
        let opened = run(Razorpay.open(call(&account(), &wire), &Opening { payer, ..opening(Flow::Script) }));
        let Handle::Script { options, .. } = opened.unwrap().handle else { panic!("a script") };
        assert!(options.contains(&format!(r#""prefill":{{"contact":"+919800000001"{said}}}"#)), "{options}");
    }
}

#[test]
fn upi_makes_an_order_and_a_payment_beneath_it() {
    let account = Account { enabled: vec!["upi_intent".to_owned()], ..account() };
    let payer = Payer {
        name: None,
        email: Some("asha@example.com".to_owned()),
        phone: Some("+919800000001".to_owned()),
        ip: Some("203.0.113.7".to_owned()),
        user_agent: Some("Firefox".to_owned()),
        wants: None,
    };
    let opening = Opening { payer, ..opening(Flow::UpiIntent) };
    let link = "upi://pay?pa=x@rzp&am=1499.00";
    let created = json!({"razorpay_payment_id": "pay_HdTest00000001", "link": link}).to_string();
    let wire = Script::new(vec![ok(ORDER), ok(created)]);
    let opened = run(Razorpay.open(call(&account, &wire), &opening)).unwrap();
    assert_eq!(opened.handle, Handle::Upi { link: link.to_owned() });
    let second = concat!(
        r#"POST /v1/payments/create/upi {"amount":149900,"currency":"INR","order_id":"order_HdTest000001","#,
        r#""method":"upi","upi":{"flow":"intent"},"email":"asha@example.com","contact":"+919800000001","#,
        r#""ip":"203.0.113.7","user_agent":"Firefox","referer":"https://pay.example","description":"Invoice 42"}"#
    );
    assert_eq!(sent(&wire), [NEW_ORDER, second]);
}

#[test]
fn redirect_opens_a_payment_link() {
    let link = with(PAYMENT_LINK, &[("amount", json!(149900)), ("reference_id", json!(OUR_REF))]);
    let wire = Script::new(vec![ok(link)]);
    let opened = run(Razorpay.open(call(&account(), &wire), &opening(Flow::Redirect)));
    let handle = Handle::Redirect { url: "https://rzp.io/rzp/HdTest1".to_owned() };
    assert_eq!(opened, Ok(Opened { provider_order: "plink_HdTest000001".to_owned(), handle }));
    let asked = concat!(
        r#"POST /v1/payment_links {"amount":149900,"currency":"INR","accept_partial":false,"description":"Invoice 42","#,
        r#""reference_id":"01k4v9r2m8q5t7w3x6yz","expire_by":1789001800,"notify":{"sms":false,"email":false},"#,
        r#""reminder_enable":false,"notes":{"our_ref":"01k4v9r2m8q5t7w3x6yz"},"#,
        r#""callback_url":"https://pay.example/pay/tok3n/return","callback_method":"get"}"#
    );
    assert_eq!(sent(&wire), [asked]);
}

#[track_caller]
fn link_ends(ms_left: i64, expire_by: i64) {
    let link = with(PAYMENT_LINK, &[("amount", json!(149900))]);
    let wire = Script::new(vec![ok(link)]);
    let opening = Opening { expires_at: NOW.plus(ms_left), ..opening(Flow::Redirect) };
    run(Razorpay.open(call(&account(), &wire), &opening)).unwrap();
    assert!(sent(&wire)[0].contains(&format!(r#""expire_by":{expire_by},"#)), "{:?}", sent(&wire));
}

#[test]
fn a_link_ends_when_razorpay_lets_it() {
    link_ends(3_600_000, 1_789_003_600);
    link_ends(60_000, 1_789_000_000 + 16 * 60);
    link_ends(-1, 1_789_000_000 + 16 * 60);
    link_ends(365 * 86_400_000, 1_789_000_000 + 180 * 86_400);
}

#[test]
fn captures_refunds_and_asks() {
    let wire = Script::new(vec![
        ok(PAYMENT),
        ok(REFUND),
        collection(&[]),
        ok(REFUND),
        collection(&[]),
        collection(&[]),
    ]);
    let account = account();
    let call = call(&account, &wire);
    let ask = refund_ask();
    run(Razorpay.capture(call, &hold("pay_HdTest00000001", Money::inr(1499_00)))).unwrap();
    run(Razorpay.refund(call, &ask)).unwrap();
    assert_eq!(run(Refund::fetch(&Razorpay, call, &ask, None)), Ok(None));
    assert!(run(Refund::fetch(&Razorpay, call, &ask, Some("rfnd_HdTest0000001"))).unwrap().is_some());
    assert_eq!(run(Watch::fetch(&Razorpay, call, &subject("order_HdTest000001"))), Ok(vec![]));
    assert_eq!(run(Razorpay.test(call)), TestResult::Works);
    let refund = concat!(
        "POST /v1/payments/pay_HdTest00000001/refund X-Refund-Idempotency: 01k4v9r2m8q5t7w3x6yz ",
        r#"{"amount":50000,"speed":"normal","receipt":"01k4v9r2m8q5t7w3x6yz","#,
        r#""notes":{"our_ref":"01k4v9r2m8q5t7w3x6yz","reason":"customer_request"}}"#
    );
    let expected = [
        r#"POST /v1/payments/pay_HdTest00000001/capture {"amount":149900,"currency":"INR"}"#,
        refund,
        "GET /v1/payments/pay_HdTest00000001/refunds?count=100",
        "GET /v1/refunds/rfnd_HdTest0000001",
        "GET /v1/orders/order_HdTest000001/payments?count=100",
        "GET /v1/orders?count=1",
    ];
    assert_eq!(sent(&wire), expected);
}

#[test]
fn finds_by_our_reference() {
    let links = json!({"payment_links": []}).to_string();
    let wire = Script::new(vec![collection(&[]), ok(links)]);
    let account = account();
    assert_eq!(run(Razorpay.find(call(&account, &wire), &opening(Flow::Script))), Ok(None));
    assert_eq!(run(Razorpay.find(call(&account, &wire), &opening(Flow::Redirect))), Ok(None));
    let expected = [
        "GET /v1/orders?receipt=01k4v9r2m8q5t7w3x6yz&count=100",
        "GET /v1/payment_links?reference_id=01k4v9r2m8q5t7w3x6yz",
    ];
    assert_eq!(sent(&wire), expected);
}

/// The node SDK's own capture, byte for byte: the same method, path, body, credentials and content type.
#[test]
fn a_capture_is_the_recorded_one() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let requests = vectors["wire"]["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 36);
    let recorded = requests
        .iter()
        .find(|r| r["call"] == "payments.capture" && r["sdk"] == "razorpay-node 2.9.8")
        .unwrap();
    let wire = Script::new(vec![ok(with(PAYMENT, &[("id", json!("pay_X"))]))]);
    run(Razorpay.capture(call(&account(), &wire), &hold("pay_X", Money::inr(500_00)))).unwrap();
    let sent = &wire.sent()[0];
    let header =
        |name: &str| sent.headers.iter().find(|h| h.name == name).map(|h| (h.value.clone(), h.secret));
    let said = |value: &Value| value.as_str().unwrap().to_owned();
    assert_eq!(sent.method, recorded["method"]);
    assert_eq!(sent.url, format!("https://api.razorpay.com{}", said(&recorded["path"])));
    assert_eq!(str::from_utf8(&sent.body).unwrap(), recorded["body"]);
    assert_eq!(header("authorization"), Some((said(&recorded["headers"]["Authorization"]), true)));
    assert_eq!(header("content-type"), Some((said(&recorded["headers"]["Content-Type"]), false)));
}

#[test]
fn an_id_from_outside_cannot_change_the_path() {
    let wire = Script::new(vec![]);
    let account = account();
    let call = call(&account, &wire);
    let long = "a".repeat(65);
    for id in ["", "pay_X/../orders", "pay_X?x", "pay_X%2f", "pay X", "pay_é", "../x", "pay_X\n", &long] {
        let ask = RefundAsk { provider_payment: id.to_owned(), ..refund_ask() };
        let refusals = [
            run(Razorpay.capture(call, &hold(id, Money::inr(1_00)))).unwrap_err(),
            run(Razorpay.refund(call, &ask)).unwrap_err(),
            run(Refund::fetch(&Razorpay, call, &ask, None)).unwrap_err(),
            run(Refund::fetch(&Razorpay, call, &refund_ask(), Some(id))).unwrap_err(),
            run(Watch::fetch(&Razorpay, call, &subject(id))).unwrap_err(),
            run(Watch::fetch(&Razorpay, call, &subject(&format!("plink_{id}/")))).unwrap_err(),
        ];
        for error in refusals {
            assert!(matches!(error, CallError::NotDone(r) if r.kind == ReasonKind::Refused), "{id}");
        }
    }
    assert!(sent(&wire).is_empty());
}
