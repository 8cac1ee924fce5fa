//! What we send, letter by letter.

use super::*;
use crate::contract::{Capture, Handle, Open, Opened, Refund, TestConnection, TestResult, Void, Watch};

const NEW_ORDER: &str = concat!(
    r#"POST /pg/orders {"order_id":"01k4v9r2m8q5t7w3x6yz","order_amount":1499.00,"order_currency":"INR","#,
    r#""customer_details":{"customer_id":"01k4v9r2m8q5t7w3x6yz","customer_phone":"9999999999"},"#,
    r#""order_meta":{"return_url":"https://pay.example/pay/tok3n/return"},"#,
    r#""order_expiry_time":"2026-09-10T02:56:40Z","order_note":"Invoice 42"}"#
);

const SESSION: &str = "session_a1VXIPJo8kh7IBigVXX8LgTMupQW_cu25FS8KwLwQLOmiHqbBxq5UhEilrhbDSKKHA6UAuOj9506aaHNlFAHEqYrHSEl9AVtYQN9LIIc4vkH";

fn on_page() -> Opened {
    let action = "https://sandbox.cashfree.com/pg/view/sessions/checkout".to_owned();
    let fields = vec![("payment_session_id".to_owned(), SESSION.to_owned())];
    Opened { provider_order: OUR_REF.to_owned(), handle: Handle::Form { action, fields } }
}

#[track_caller]
fn opens(
    opening: &Opening,
    answers: Vec<Result<Answer, CallError>>,
) -> (Result<Opened, CallError>, Vec<String>) {
    let account = Account { enabled: vec!["upi_intent".to_owned()], ..account() };
    let wire = Script::new(answers);
    let opened = run(Cashfree.open(call(&account, &wire), opening));
    (opened, sent(&wire))
}

#[test]
fn an_order_bears_our_reference_and_ends_after_ours() {
    let (opened, sent) = opens(&opening(Flow::Redirect), vec![ok(ORDER)]);
    assert_eq!((opened, &sent[..]), (Ok(on_page()), &[NEW_ORDER.to_owned()][..]));
}

#[test]
fn every_call_bears_the_account_s_two_keys_and_no_idempotency_key() {
    let (account, wire) = (account(), Script::new(vec![ok(ORDER)]));
    run(Cashfree.open(call(&account, &wire), &opening(Flow::Redirect))).unwrap();
    let headers: Vec<String> = wire.sent()[0].headers.iter().map(|h| format!("{h:?}")).collect();
    let expected = [
        "x-client-id: TESTHDWIRE00001",
        "x-client-secret: [hidden]",
        "x-api-version: 2025-01-01",
        "accept: application/json",
        "content-type: application/json",
    ];
    assert_eq!(headers, expected);
    assert_eq!(wire.sent()[0].headers[1].value, SECRET);
}

#[test]
fn nothing_is_sent_without_keys() {
    let mut account = account();
    account.credentials.remove("client_secret");
    let wire = Script::new(vec![]);
    let opened = run(Cashfree.open(call(&account, &wire), &opening(Flow::Redirect)));
    assert!(matches!(opened, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Unauthorized));
}

#[test]
fn the_payer_s_number_is_ten_digits_and_a_strange_one_is_not_sent() {
    let phone = |text: Option<&str>| {
        let payer = Payer {
            phone: text.map(str::to_owned),
            email: Some("asha@example.com".into()),
            ..Payer::default()
        };
        let (_, sent) = opens(&Opening { payer, ..opening(Flow::Redirect) }, vec![ok(ORDER)]);
        let at = sent[0].find("customer_phone").unwrap();
        sent[0][at + 17..at + 27].to_owned()
    };
    assert_eq!(phone(Some("+91 98000-00001")), "9800000001");
    assert_eq!(phone(Some("9800000001")), "9800000001");
    assert_eq!(phone(Some("12345")), "9999999999");
    assert_eq!(phone(None), "9999999999");
    let payer = Payer { email: Some("asha@example.com".into()), ..Payer::default() };
    let (_, sent) = opens(&Opening { payer, ..opening(Flow::Redirect) }, vec![ok(ORDER)]);
    assert!(
        sent[0].contains(r#""customer_phone":"9999999999","customer_email":"asha@example.com"}"#),
        "{}",
        sent[0]
    );
}

#[test]
fn an_order_to_be_held_says_so_and_offers_what_can_hold() {
    let opening = Opening { capture: CaptureBy::Us, ..opening(Flow::Redirect) };
    let (_, sent) = opens(&opening, vec![ok(ORDER)]);
    assert!(sent[0].contains(r#""payment_methods":"cc,dc,ppc,upi"}"#), "{}", sent[0]);
    assert!(sent[0].ends_with(r#""order_note":"preauth_transaction"}"#), "{}", sent[0]);
}

#[test]
fn upi_is_an_order_and_a_try_beneath_it() {
    let link = "upi://pay?pa=cashfree@simulated&am=1499.00";
    let begun = json!({ "action": "custom", "data": { "payload": { "default": link, "gpay": "tez://x" } } });
    let (opened, sent) = opens(&opening(Flow::UpiIntent), vec![ok(ORDER), ok(begun.to_string())]);
    assert_eq!(opened.unwrap().handle, Handle::Upi { link: link.to_owned() });
    let second = format!(
        r#"POST /pg/orders/sessions {{"payment_session_id":"{SESSION}","payment_method":{{"upi":{{"channel":"link"}}}}}}"#
    );
    assert_eq!(sent, [NEW_ORDER.to_owned(), second]);
}

#[test]
fn a_upi_link_that_we_never_got_falls_back_to_the_page() {
    let lost = || Err(CallError::unknown(ReasonKind::TimedOut, "x"));
    let seconds = [
        lost(),
        status(500, ""),
        problem(400, "request_failed"),
        ok("{}"),
        ok(r#"{"data":{"payload":{"default":"https://evil.example"}}}"#),
        ok(r#"{"data":[],"x":1}"#),
    ];
    for second in seconds {
        assert_eq!(opens(&opening(Flow::UpiIntent), vec![ok(ORDER), second]).0, Ok(on_page()));
    }
    let (account, wire) = (account(), Script::new(vec![]));
    let refused = run(Cashfree.open(call(&account, &wire), &opening(Flow::UpiIntent)));
    assert!(matches!(refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));
}

#[test]
fn what_was_opened_is_what_was_asked_or_nobody_is_sent_there() {
    for odd in [
        with(ORDER, &[("order_amount", json!(1498))]),
        with(ORDER, &[("order_currency", json!("USD"))]),
        with(ORDER, &[("order_id", json!("01k4v9r2m8q5t7w3x6yy"))]),
        with(ORDER, &[("order_status", json!("DREAMING"))]),
        with(ORDER, &[("payment_session_id", Value::Null)]),
        with(ORDER, &[("payment_session_id", json!("a b"))]),
        with(ORDER, &[("order_amount", Value::Null)]),
    ] {
        let (opened, _) = opens(&opening(Flow::Redirect), vec![ok(odd.clone())]);
        assert!(matches!(opened, Err(CallError::Unknown(_))), "{odd}");
    }
}

#[test]
fn an_order_that_exists_is_looked_up() {
    let find = format!("GET /pg/orders/{OUR_REF}");
    let (opened, sent) =
        opens(&opening(Flow::Redirect), vec![problem(409, "order_already_exists"), ok(ORDER)]);
    assert_eq!((opened, &sent[1]), (Ok(on_page()), &find));
    for second in [
        problem(404, "order_not_found"),
        status(500, ""),
        Err(CallError::not_done(ReasonKind::Unreachable, "")),
    ] {
        let (opened, _) = opens(&opening(Flow::Redirect), vec![problem(409, "order_already_exists"), second]);
        assert!(matches!(opened, Err(CallError::Unknown(_))), "{opened:?}");
    }
    let (account, wire) = (account(), Script::new(vec![problem(404, "order_not_found")]));
    assert_eq!(run(Cashfree.find(call(&account, &wire), &opening(Flow::Redirect))), Ok(None));
    assert_eq!(sent_one(&wire), find);
    // Only the word for it is a definite no.
    for other in [problem(404, "request_failed"), status(404, "<html>"), problem(400, "order_id_invalid")] {
        let wire = Script::new(vec![other]);
        assert!(run(Cashfree.find(call(&account, &wire), &opening(Flow::Redirect))).is_err());
    }
}

#[track_caller]
fn sent_one(wire: &Script) -> String {
    let mut sent = sent(wire);
    assert_eq!(sent.len(), 1);
    sent.remove(0)
}

#[test]
fn asking_taking_letting_go_and_giving_back() {
    let account = account();
    let wire = Script::new(vec![ok("[]")]);
    assert_eq!(run(Watch::fetch(&Cashfree, call(&account, &wire), &subject())), Ok(vec![]));
    assert_eq!(sent_one(&wire), format!("GET /pg/orders/{OUR_REF}/payments"));

    let wire = Script::new(vec![ok(PAYMENT)]);
    assert_eq!(whats(&run(Cashfree.capture(call(&account, &wire), &hold(PAYMENT_ID))).unwrap()), [paid()]);
    let path = format!("/pg/orders/{OUR_REF}/authorization");
    assert_eq!(sent_one(&wire), format!(r#"POST {path} {{"action":"CAPTURE","amount":1499.00}}"#));

    let wire = Script::new(vec![ok(payment(&[("payment_status", json!("VOID"))]))]);
    assert_eq!(
        whats(&run(Cashfree.void(call(&account, &wire), &hold(PAYMENT_ID))).unwrap()),
        [Try::Released]
    );
    assert_eq!(sent_one(&wire), format!(r#"POST {path} {{"action":"VOID"}}"#));

    let wire = Script::new(vec![ok(REFUND)]);
    assert!(run(Cashfree.refund(call(&account, &wire), &refund_ask())).is_ok());
    let asked = concat!(
        r#"POST /pg/orders/01k4v9r2m8q5t7w3x6yz/refunds {"refund_id":"01k4v9r2m8q5t7w3x6rf","#,
        r#""refund_amount":500.00,"refund_note":"customer_request","refund_speed":"STANDARD"}"#
    );
    assert_eq!(sent_one(&wire), asked);
}

#[test]
fn an_id_from_outside_leads_nowhere_else() {
    let account = account();
    let subject = Subject { provider_order: "../settlements".to_owned(), ..subject() };
    let wire = Script::new(vec![]);
    assert!(run(Watch::fetch(&Cashfree, call(&account, &wire), &subject)).is_err());
}

#[test]
fn a_connection_is_tested_by_asking_for_nobody_s_order() {
    let test = |answer, mode, id: &str, secret: &str| {
        let mut account = Account { mode, ..account() };
        account.credentials.insert("client_id".to_owned(), Secret::new(id));
        account.credentials.insert("client_secret".to_owned(), Secret::new(secret));
        let wire = Script::new(vec![answer]);
        run(Cashfree.test(call(&account, &wire)))
    };
    let (id, secret) = (CLIENT_ID, SECRET);
    assert_eq!(test(problem(404, "order_not_found"), Mode::Test, id, secret), TestResult::Works);
    let stranger = || problem_of(401, "request_failed", "authentication_error");
    assert_eq!(test(stranger(), Mode::Test, id, secret), TestResult::WrongKey);
    assert_eq!(test(stranger(), Mode::Live, "1234", "abcd"), TestResult::WrongKey);
    let forbidden = problem_of(403, "request_failed", "feature_not_enabled");
    assert_eq!(test(forbidden, Mode::Test, id, secret), TestResult::MissingPermission);
    assert!(matches!(test(status(404, "<html>"), Mode::Test, id, secret), TestResult::Unreachable(_)));
    assert!(matches!(test(status(503, ""), Mode::Test, id, secret), TestResult::Unreachable(_)));
    for (mode, id, secret) in [
        (Mode::Live, CLIENT_ID, "abcd"),
        (Mode::Live, "1234", "cfsk_ma_test_x"),
        (Mode::Test, "1234", "cfsk_ma_prod_x"),
    ] {
        let mut account = Account { mode, ..account() };
        account.credentials.insert("client_id".to_owned(), Secret::new(id));
        account.credentials.insert("client_secret".to_owned(), Secret::new(secret));
        let wire = Script::new(vec![]);
        assert_eq!(run(Cashfree.test(call(&account, &wire))), TestResult::WrongMode);
    }
}
