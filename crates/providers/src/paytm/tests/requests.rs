//! What we send, letter by letter, and each under a checksum of exactly those letters.

use super::*;
use crate::contract::{Handle, Open, Opened, Refund, TestConnection, TestResult, Watch};
use crate::wire::ReasonKind;

const INITIATE: &str = concat!(
    "POST /theia/api/v1/initiateTransaction?mid=HUNDIM00000000000001&orderId=01k4v9r2m8q5t7w3x6yz ",
    r#"{"requestType":"Payment","mid":"HUNDIM00000000000001","websiteName":"DEFAULT","#,
    r#""orderId":"01k4v9r2m8q5t7w3x6yz","callbackUrl":"https://pay.example/pay/tok3n/return","#,
    r#""txnAmount":{"value":"499.00","currency":"INR"},"userInfo":{"custId":"01k4v9r2m8q5t7w3x6yz"}} private"#
);

const PROCESS: &str = concat!(
    "POST /theia/api/v1/processTransaction?mid=HUNDIM00000000000001&orderId=01k4v9r2m8q5t7w3x6yz ",
    r#"{"requestType":"NATIVE","mid":"HUNDIM00000000000001","orderId":"01k4v9r2m8q5t7w3x6yz","#,
    r#""paymentMode":"UPI_INTENT","paymentFlow":"NONE"} "#,
    r#"{"version":"v1","requestTimestamp":"1789000000","channelId":"WEB","txnToken":"t0ken"} private"#
);

const TOKEN: &str = r#"{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"txnToken":"t0ken","isPromoCodeValid":false,"authenticated":false}"#;

fn form(host: &str) -> Opened {
    let action = format!("{host}/theia/api/v1/showPaymentPage?mid={MID}&orderId={OUR_REF}");
    let fields = [("mid", MID), ("orderId", OUR_REF), ("txnToken", "t0ken")];
    let fields = fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
    Opened { provider_order: OUR_REF.to_owned(), handle: Handle::Form { action, fields } }
}

fn opens(account: &Account, opening: &Opening, answers: Vec<Result<Answer, CallError>>) -> Opened {
    let wire = Script::new(answers);
    run(Paytm.open(call(account, &wire), opening)).unwrap()
}

#[test]
fn an_order_is_paid_on_paytm_s_page() {
    let wire = Script::new(vec![answered(TOKEN)]);
    let opened = run(Paytm.open(call(&account(), &wire), &opening(Flow::Redirect)));
    assert_eq!(opened, Ok(form(LIVE)));
    assert_eq!(sent(&wire), [INITIATE]);
}

#[test]
fn a_form_goes_to_the_host_that_was_chosen() {
    let test = |account: Account| Account {
        mode: Mode::Test,
        base_url: "https://securestage.paytmpayments.com".to_owned(),
        ..account
    };
    let simulated = |account: Account| Account {
        simulated: true,
        base_url: "http://127.0.0.1:4012/".to_owned(),
        ..account
    };
    let hosts = [
        (account(), LIVE),
        (with_credential("host", "paytmpayments.com"), LIVE),
        (with_credential("host", "paytm.in"), "https://securegw.paytm.in"),
        (test(account()), "https://securestage.paytmpayments.com"),
        (test(with_credential("host", "paytm.in")), "https://securegw-stage.paytm.in"),
        // Never to an address that is none of Paytm's, and a simulator's word is the account's.
        (with_credential("host", "https://evil.example"), LIVE),
        (simulated(test(with_credential("host", "paytm.in"))), "http://127.0.0.1:4012"),
    ];
    for (account, host) in hosts {
        assert_eq!(opens(&account, &opening(Flow::Redirect), vec![answered(TOKEN)]), form(host), "{host}");
    }
}

#[test]
fn a_payer_is_prefilled_where_paytm_would_take_it() {
    let bodies = |payer: Payer| {
        let wire = Script::new(vec![answered(TOKEN)]);
        run(Paytm.open(call(&account(), &wire), &Opening { payer, ..opening(Flow::Redirect) })).unwrap();
        sent(&wire).remove(0)
    };
    let payer = |phone: &str, email: &str| Payer {
        name: Some("Asha | Rao".to_owned()),
        phone: Some(phone.to_owned()),
        email: Some(email.to_owned()),
        ..Payer::default()
    };
    let told = bodies(payer("+919800000001", "asha@example.com"));
    let expected = r#""userInfo":{"custId":"01k4v9r2m8q5t7w3x6yz","mobile":"9800000001","email":"asha@example.com"}} private"#;
    assert!(told.ends_with(expected), "{told}");
    // A pipe anywhere is refused by Paytm, and a foreign number is none of its users'.
    assert_eq!(bodies(payer("+14155550100", "a|b@example.com")), INITIATE);
}

#[test]
fn test_mode_and_a_named_website() {
    let website = |account: &Account| {
        let wire = Script::new(vec![answered(TOKEN)]);
        run(Paytm.open(call(account, &wire), &opening(Flow::Redirect))).unwrap();
        let body = sent(&wire).remove(0);
        body.split(r#""websiteName":""#).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!(website(&Account { mode: Mode::Test, ..account() }), "WEBSTAGING");
    assert_eq!(website(&with_credential("website", "retail")), "retail");
}

#[test]
fn upi_is_the_order_and_then_its_link() {
    let link = "upi://pay?pa=paytm-1@paytm&pn=Chai&tr=01k4v9r2m8q5t7w3x6yz&am=499.00&cu=INR";
    let processed = format!(
        r#"{{"resultInfo":{{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"}},"deepLinkInfo":{{"deepLink":"{link}","orderId":"{OUR_REF}","cashierRequestId":"c","transId":"{TXN}"}}}}"#
    );
    let unsigned = ok(format!(r#"{{"head":{{"responseTimestamp":"1","version":"v1"}},"body":{processed}}}"#));
    let wire = Script::new(vec![answered(TOKEN), unsigned]);
    let opened = run(Paytm.open(call(&account(), &wire), &opening(Flow::UpiIntent))).unwrap();
    assert_eq!(opened.handle, Handle::Upi { link: link.to_owned() });
    assert_eq!(sent(&wire), [INITIATE, PROCESS]);
}

#[test]
fn a_link_that_we_never_got_falls_back_to_the_page() {
    let of = |link: &str, order: &str| {
        answered(&format!(
            r#"{{"resultInfo":{{"resultStatus":"S","resultCode":"0000"}},"deepLinkInfo":{{"deepLink":"{link}","orderId":"{order}"}}}}"#
        ))
    };
    let seconds = [
        Err(CallError::unknown(ReasonKind::TimedOut, "x")),
        Err(CallError::not_done(ReasonKind::Unreachable, "x")),
        status(500, ""),
        status(429, ""),
        ok("<html>"),
        result("F", "501"),
        of("https://evil.example", OUR_REF),
        of("upi://pay?pa=a@b&am=499.01", OUR_REF),
        of("upi://pay?pa=a@b&am=499.00&cu=USD", OUR_REF),
        of("upi://pay?pa=a@b&am=499", "another"),
    ];
    for second in seconds {
        let opened = opens(&account(), &opening(Flow::UpiIntent), vec![answered(TOKEN), second]);
        assert_eq!(opened, form(LIVE));
    }
    assert!(matches!(
        opens(
            &account(),
            &opening(Flow::UpiIntent),
            vec![answered(TOKEN), of("upi://pay?pa=a@b&am=499", OUR_REF)]
        )
        .handle,
        Handle::Upi { .. }
    ));
}

#[test]
fn what_is_not_offered_is_refused_before_any_call() {
    let wire = Script::new(vec![]);
    let refused = |account: &Account, opening: &Opening, kind| {
        for error in [
            run(Paytm.open(call(account, &wire), opening)).map(drop),
            run(Paytm.find(call(account, &wire), opening)).map(drop),
        ] {
            assert!(matches!(&error, Err(CallError::NotDone(r)) if r.kind == kind), "{error:?}");
        }
    };
    let by_page = opening(Flow::Redirect);
    refused(&account(), &Opening { capture: CaptureBy::Us, ..by_page.clone() }, ReasonKind::Refused);
    let dollars = Money::new(499_00, "USD".parse().unwrap());
    refused(&account(), &Opening { amount: dollars, ..by_page.clone() }, ReasonKind::Refused);
    refused(&with_credential("merchant_key", "fifteen-letters"), &by_page, ReasonKind::Unauthorized);
    refused(&with_credential("merchant_key", ""), &by_page, ReasonKind::Unauthorized);
    refused(&with_credential("mid", "../x?"), &by_page, ReasonKind::Unauthorized);
    let no_links = Account { enabled: vec![], ..account() };
    let error = run(Paytm.open(call(&no_links, &wire), &opening(Flow::UpiIntent)));
    assert!(matches!(error, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));
}

#[test]
fn a_lost_order_is_asked_for_again_and_is_the_same() {
    let again = saying(TOKEN, "S", "0002");
    for flow in [Flow::Redirect, Flow::UpiIntent] {
        let wire = Script::new(vec![answered(&again)]);
        let found = run(Paytm.find(call(&account(), &wire), &opening(flow)));
        assert_eq!(found, Ok(Some(form(LIVE))));
        assert_eq!(sent(&wire), [INITIATE]);
    }
}

#[test]
fn when_its_session_is_over_no_record_means_no_order() {
    let over = Opening { expires_at: NOW, ..opening(Flow::Redirect) };
    let wire = Script::new(vec![result("NO_RECORD_FOUND", "331")]);
    assert_eq!(run(Paytm.find(call(&account(), &wire), &over)), Ok(None));
    let asked = format!(r#"POST /v3/order/status {{"mid":"{MID}","orderId":"{OUR_REF}"}}"#);
    assert_eq!(sent(&wire), [asked]);
    // A record is there after all: the order is, too.
    let wire = Script::new(vec![answered(STATUS), answered(TOKEN)]);
    assert_eq!(run(Paytm.find(call(&account(), &wire), &over)), Ok(Some(form(LIVE))));
    for doubt in [status(500, ""), result("PENDING_REVIEW", "1"), ok("")] {
        let wire = Script::new(vec![doubt]);
        assert!(matches!(run(Paytm.find(call(&account(), &wire), &over)), Err(CallError::Unknown(_))));
    }
}

#[test]
fn a_refund_is_asked_about_asked_for_and_named_by_us() {
    let wire = Script::new(vec![result("TXN_FAILURE", "631"), answered(REFUND.trim())]);
    run(Paytm.refund(call(&account(), &wire), &refund_ask())).unwrap();
    let asked =
        format!(r#"POST /v2/refund/status {{"mid":"{MID}","orderId":"{OUR_REF}","refId":"{REFUND_REF}"}}"#);
    let applied = format!(
        r#"POST /refund/apply {{"mid":"{MID}","txnType":"REFUND","orderId":"{OUR_REF}","txnId":"{TXN}","refId":"{REFUND_REF}","refundAmount":"100.00","comments":"customer_request"}}"#
    );
    assert_eq!(sent(&wire), [asked, applied]);
}

#[test]
fn a_status_is_asked_by_the_order() {
    let wire = Script::new(vec![answered(STATUS)]);
    run(Watch::fetch(&Paytm, call(&account(), &wire), &subject())).unwrap();
    assert_eq!(sent(&wire), [format!(r#"POST /v3/order/status {{"mid":"{MID}","orderId":"{OUR_REF}"}}"#)]);
}

#[test]
fn a_connection_is_tested_by_an_order_that_nobody_made() {
    let tested = |account: &Account, answers: Vec<Result<Answer, CallError>>| {
        let wire = Script::new(answers);
        let result = run(Paytm.test(call(account, &wire)));
        (result, sent(&wire))
    };
    let (works, asked) = tested(&account(), vec![result("NO_RECORD_FOUND", "331")]);
    assert_eq!(works, TestResult::Works);
    assert_eq!(
        asked,
        [format!(r#"POST /v3/order/status {{"mid":"{MID}","orderId":"test0707070707070707"}}"#)]
    );
    let of = |answer| tested(&account(), vec![answer]).0;
    assert_eq!(of(result("TXN_FAILURE", "334")), TestResult::Works);
    assert_eq!(of(result("TXN_FAILURE", "330")), TestResult::WrongKey);
    assert_eq!(of(result("TXN_FAILURE", "335")), TestResult::WrongKey);
    assert_eq!(of(status(401, "")), TestResult::WrongKey);
    assert_eq!(of(status(403, "")), TestResult::MissingPermission);
    assert!(matches!(of(status(503, "")), TestResult::Unreachable(_)));
    assert!(matches!(of(ok("<html>")), TestResult::Unreachable(_)));
    assert_eq!(tested(&with_credential("merchant_key", "short"), vec![]).0, TestResult::WrongKey);
}
