//! What PhonePe's words mean, as tables. A word that nobody has mapped is never a success and never a failure.

use super::*;
use crate::contract::{Refund, Watch};
use crate::wire::ReasonKind;
use hundi_core::payment::Try::{Captured, Failed, Started};
use hundi_core::{FailureReason, Method, Millis, refund};

fn attempt(id: &str, state: &str) -> Value {
    json!({"transactionId": id, "paymentMode": "UPI_INTENT", "timestamp": 1767225700000_i64, "amount": 49900, "state": state})
}

fn fetched(order: &str) -> Result<Vec<Report>, CallError> {
    let wire = Script::new(vec![token(), ok(order)]);
    run(Watch::fetch(&PhonePe, call(&v2(), &wire), &subject(Flow::Redirect)))
}

fn v1_fetched(answer: Result<Answer, CallError>) -> Result<Vec<Report>, CallError> {
    let wire = Script::new(vec![answer]);
    run(Watch::fetch(&PhonePe, call(&v1(), &wire), &subject(Flow::Redirect)))
}

#[track_caller]
fn says(root: &str, attempts: &[Value], expected: &[(&str, Try)]) {
    let order = with(ORDER, &[("state", json!(root)), ("paymentDetails", json!(attempts))]);
    let said: Vec<_> = tries(&fetched(&order).unwrap()).into_iter().map(|(_, id, what)| (id, what)).collect();
    let expected: Vec<_> = expected.iter().map(|(id, what)| ((*id).to_owned(), what.clone())).collect();
    assert_eq!(said, expected, "{root} {attempts:?}");
}

#[track_caller]
fn unheard(order: &str) {
    let error = fetched(order).unwrap_err();
    assert!(
        matches!(&error, CallError::Unknown(r) if r.kind == ReasonKind::Unrecognised),
        "{error:?} of {order}"
    );
}

#[test]
fn only_the_orders_own_state_pays_it() {
    let paid = || Captured { amount: Money::inr(499_00) };
    let failed = || Failed { reason: FailureReason::Unrecognised };
    says("COMPLETED", &[attempt("OM1", "COMPLETED")], &[("OM1", paid())]);
    says(
        "COMPLETED",
        &[attempt("OM1", "FAILED"), attempt("OM2", "COMPLETED")],
        &[("OM1", failed()), ("OM2", paid())],
    );
    says("PENDING", &[attempt("OM1", "COMPLETED")], &[("OM1", Started)]);
    says("PENDING", &[attempt("OM1", "PENDING")], &[("OM1", Started)]);
    says("PENDING", &[attempt("OM1", "FAILED")], &[("OM1", failed())]);
    says("FAILED", &[attempt("OM1", "FAILED")], &[("OM1", failed())]);
    for open in ["PENDING", "CREATED", "FAILED", "EXPIRED"] {
        says(open, &[], &[]);
    }
    let strange = attempt("OM2", "SLEEPING");
    says("COMPLETED", &[attempt("OM1", "COMPLETED"), strange.clone()], &[("OM1", paid())]);
    let order =
        |root: &str, attempts: Value| with(ORDER, &[("state", json!(root)), ("paymentDetails", attempts)]);
    unheard(&order("PENDING", json!([strange])));
    unheard(&order("SLEEPING", json!([attempt("OM1", "COMPLETED")])));
    unheard(&order("SLEEPING", json!([attempt("OM1", "FAILED")])));
    unheard(&order("SLEEPING", json!([])));
    unheard(&order("completed", json!([attempt("OM1", "COMPLETED")])));
    unheard(&order("COMPLETED", json!([])));
    unheard(&order("COMPLETED", Value::Null));
    unheard(&order("FAILED", json!([attempt("OM1", "COMPLETED")])));
    unheard(&with(ORDER, &[("merchantOrderId", json!("another"))]));
}

#[test]
fn an_amount_is_the_attempts_own_in_its_own_currency() {
    let changed = |name: &str, value: Value| {
        let mut order: Value = serde_json::from_str(ORDER).unwrap();
        order["paymentDetails"][0][name] = value;
        order.to_string()
    };
    let captured = |order: &str| match tries(&fetched(order).unwrap()).remove(0).2 {
        Captured { amount } => amount,
        other => panic!("{other:?}"),
    };
    assert_eq!(captured(ORDER), Money::inr(499_00));
    assert_eq!(captured(&changed("amount", json!(1))), Money::inr(1));
    assert_eq!(captured(&changed("currency", json!("USD"))).currency().code(), "USD");
    assert_eq!(captured(&with(ORDER, &[("currency", json!("USD"))])).currency().code(), "USD");
    unheard(&changed("amount", json!(0)));
    unheard(&changed("amount", json!(-49900)));
    unheard(&changed("currency", json!("RUPEES")));
}

#[test]
fn attempts_are_dated_by_their_own_time_and_shown_masked() {
    let dated = |order: &str| match &fetched(order).unwrap()[0] {
        Report::Payment { fact, .. } => fact.clone(),
        other @ Report::Refund { .. } => panic!("{other:?}"),
    };
    let fact = dated(ORDER);
    assert_eq!(fact.at, Millis(1_767_225_700_000));
    let Happened::Tried { detail, .. } = fact.happened else { panic!("a try") };
    assert_eq!(detail.method, Some(Method::Upi));
    assert_eq!(detail.instrument.as_deref(), Some("buyer@ybl"));
    assert_eq!(detail.bank_ref.as_deref(), Some("600100000001"));
    // Without a timestamp the id tells the time of India: 2 March 2026, 10:20:51.477.
    let mut order: Value = serde_json::from_str(ORDER).unwrap();
    order["paymentDetails"][0]["timestamp"] = Value::Null;
    order["paymentDetails"][0]["transactionId"] = json!("OM2603021020514773080857W");
    assert_eq!(dated(&order.to_string()).at, Millis(1_772_427_051_477));
    // Without either, our own reference's time, the same at every asking.
    order["paymentDetails"][0]["transactionId"] = json!("OM26");
    let (first, second) = (dated(&order.to_string()).at, dated(&order.to_string()).at);
    assert_eq!(first, second);
    assert!(first > Millis(1_600_000_000_000), "{first}");
    order["paymentDetails"][0]["rail"]["vpa"] = json!("9800000001@ybl");
    let Happened::Tried { detail, .. } = dated(&order.to_string()).happened else { panic!("a try") };
    assert_eq!(detail.instrument.as_deref(), Some("••0001@ybl"));
}

#[test]
fn our_references_tell_their_time() {
    for at in [Millis(1_600_000_000_123), NOW, Millis(4_102_444_799_999)] {
        let made = OurRef::new(at, [7; 10]);
        assert_eq!(crate::phonepe::times::dated(&["OM26", made.as_str()]), at);
    }
    let dated = |id: &str| crate::phonepe::times::dated(&[id]);
    assert_eq!(dated("T2301111658151412377217"), Millis(1_673_436_495_141));
    for odd in [
        "",
        "T",
        "T23011116581514",
        "T2313111658151412377217",
        "T2302301658151412377217",
        "T2301112458151412377217",
    ] {
        assert_eq!(dated(odd), Millis(0), "{odd}");
    }
}

#[test]
fn decoration_never_hides_money() {
    let mut order: Value = serde_json::from_str(ORDER).unwrap();
    for (name, odd) in
        [("rail", json!([])), ("instrument", json!("x")), ("paymentMode", json!(7)), ("errorCode", json!({}))]
    {
        order["paymentDetails"][0][name] = odd;
    }
    assert_eq!(tries(&fetched(&order.to_string()).unwrap()).len(), 1);
}

#[test]
fn reasons_of_failure() {
    use FailureReason as F;
    let reason = |code: Option<&str>, detailed: Option<&str>| {
        let mut failed = attempt("OM1", "FAILED");
        failed["errorCode"] = json!(code);
        failed["detailedErrorCode"] = json!(detailed);
        let order = with(ORDER, &[("state", json!("FAILED")), ("paymentDetails", json!([failed]))]);
        match tries(&fetched(&order).unwrap()).remove(0).2 {
            Failed { reason } => reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(reason(Some("AUTHORIZATION_ERROR"), Some("ZM")), F::AuthenticationFailed);
    assert_eq!(reason(Some("PAYMENT_ERROR"), Some("Z9")), F::InsufficientFunds);
    assert_eq!(reason(Some("TXN_NOT_COMPLETED"), Some("TXN_AUTO_FAILED")), F::TimedOut);
    assert_eq!(reason(Some("INVALID_MPIN"), None), F::AuthenticationFailed);
    assert_eq!(reason(Some("PAYMENT_ERROR"), Some("PAY0071")), F::Unrecognised);
    assert_eq!(reason(None, None), F::Unrecognised);
}

/// `Ok` with the tries, or whether it is unknown.
#[track_caller]
fn v1_says(code: &str, state: Option<&str>, expected: Option<Try>) {
    let mut answer: Value = serde_json::from_str(V1_STATUS).unwrap();
    answer["code"] = json!(code);
    answer["success"] = json!(code == "PAYMENT_SUCCESS");
    answer["data"]["state"] = json!(state);
    let said = v1_fetched(ok(answer.to_string()));
    match expected {
        Some(what) => assert_eq!(tries(&said.unwrap())[0].2, what, "{code} {state:?}"),
        None => assert!(matches!(&said, Err(CallError::Unknown(_))), "{code} {state:?}: {said:?}"),
    }
}

#[test]
fn v1_decides_by_its_code() {
    let failed = |reason| Some(Failed { reason });
    let unrecognised = || failed(FailureReason::Unrecognised);
    v1_says("PAYMENT_SUCCESS", Some("COMPLETED"), Some(Captured { amount: Money::inr(499_00) }));
    v1_says("PAYMENT_PENDING", Some("PENDING"), Some(Started));
    v1_says("PAYMENT_INITIATED", None, Some(Started));
    v1_says("TIMED_OUT", None, Some(Started));
    v1_says("PAYMENT_ERROR", Some("FAILED"), unrecognised());
    v1_says("PAYMENT_DECLINED", Some("FAILED"), unrecognised());
    v1_says("PAYMENT_CANCELLED", Some("FAILED"), failed(FailureReason::UserCancelled));
    v1_says("PAYMENT_SUCCESS", Some("PENDING"), None);
    v1_says("PAYMENT_SUCCESS", Some("FAILED"), None);
    v1_says("PAYMENT_SUCCESS", None, None);
    v1_says("PAYMENT_ERROR", Some("COMPLETED"), None);
    v1_says("PAYMENT_PENDING", Some("COMPLETED"), None);
    v1_says("INTERNAL_SERVER_ERROR", Some("PENDING"), None);
    v1_says("TRANSACTION_NOT_FOUND", None, None);
    v1_says("SLEEPING", Some("COMPLETED"), None);
    let unsure = V1_STATUS.replace("\"success\":true", "\"success\":false");
    assert!(matches!(v1_fetched(ok(unsure)), Err(CallError::Unknown(_))), "a success that says it is none");
    v1_says("payment_success", Some("COMPLETED"), None);
}

#[test]
fn v1_is_about_what_was_asked() {
    let changed = |name: &str, value: Value| {
        let mut answer: Value = serde_json::from_str(V1_STATUS).unwrap();
        answer["data"][name] = value;
        v1_fetched(ok(answer.to_string()))
    };
    for (name, value) in [
        ("merchantId", json!("ANOTHER")),
        ("merchantTransactionId", json!("another")),
        ("merchantId", Value::Null),
        ("transactionId", Value::Null),
        ("amount", Value::Null),
        ("amount", json!(0)),
    ] {
        let said = changed(name, value.clone());
        assert!(matches!(said, Err(CallError::Unknown(_))), "{name} {value}: {said:?}");
    }
    let untried = r#"{"success":true,"code":"PAYMENT_PENDING","message":"x","data":{"merchantId":"HUNDITESTUAT","merchantTransactionId":"01k4v9r2m8q5t7w3x6yz","amount":49900,"state":"PENDING"}}"#;
    assert_eq!(v1_fetched(ok(untried)), Ok(vec![]));
    // The code stands whatever the HTTP status says, except where that means that nobody looked.
    let failed = V1_STATUS.replace("PAYMENT_SUCCESS", "PAYMENT_ERROR").replace("COMPLETED", "FAILED");
    assert_eq!(tries(&v1_fetched(status(400, failed.as_str())).unwrap()).len(), 1);
    for status_code in [429, 500, 503] {
        assert!(v1_fetched(status(status_code, V1_STATUS)).is_err());
    }
}

#[track_caller]
fn refund_says(
    account: &Account,
    answers: Vec<Result<Answer, CallError>>,
    expected: Option<refund::Happened>,
) {
    let wire = Script::new(answers);
    let found = run(Refund::fetch(&PhonePe, call(account, &wire), &refund_ask("OM26"), Some(REFUND_REF)));
    match (found, expected) {
        (Ok(Some(Report::Refund { about, fact })), Some(happened)) => {
            assert_eq!(fact.happened, happened);
            assert_eq!(
                (about.provider_refund.as_str(), about.provider_payment.as_str()),
                (REFUND_REF, "OM26")
            );
            assert_eq!(about.amount, Money::inr(100_00));
            assert_eq!(fact.at, Millis(1_709_808_824_303));
        }
        (Err(CallError::Unknown(_)), None) => {}
        (found, expected) => panic!("{found:?} for {expected:?}"),
    }
}

#[test]
fn refunds() {
    use refund::Happened::{Accepted, Failed, Processed};
    let id = "OMR2403071623443032708524";
    let documented = |state: &str| {
        ok(json!({"merchantId": "MID", "merchantRefundId": REFUND_REF, "originalMerchantOrderId": OUR_REF,
            "amount": 10000, "state": state, "paymentDetails": [{"transactionId": id, "amount": 10000, "state": state}]})
        .to_string())
    };
    // The newer pages show another shape, with PhonePe's own id and without ours.
    let newer = |state: &str| {
        ok(json!({"originalMerchantOrderId": OUR_REF, "currency": "INR", "amount": 10000, "state": state,
            "refundId": id, "timestamp": 1, "splitInstruments": []})
        .to_string())
    };
    for (state, happened) in [
        ("PENDING", Some(Accepted)),
        ("CONFIRMED", Some(Accepted)),
        ("COMPLETED", Some(Processed)),
        ("FAILED", Some(Failed)),
        ("SLEEPING", None),
    ] {
        refund_says(&v2(), vec![token(), documented(state)], happened);
        refund_says(&v2(), vec![token(), newer(state)], happened);
    }
    let v1_refund = |code: &str, state: &str| {
        ok(json!({"success": true, "code": code, "message": "x", "data": {"merchantId": "HUNDITESTUAT",
            "merchantTransactionId": REFUND_REF, "transactionId": "TR2403071623443032708524", "amount": 10000,
            "state": state}})
        .to_string())
    };
    for (code, state, happened) in [
        ("PAYMENT_PENDING", "PENDING", Some(Accepted)),
        ("TIMED_OUT", "PENDING", Some(Accepted)),
        ("PAYMENT_SUCCESS", "COMPLETED", Some(Processed)),
        ("PAYMENT_ERROR", "FAILED", Some(Failed)),
        ("PAYMENT_SUCCESS", "PENDING", None),
        ("INTERNAL_SERVER_ERROR", "PENDING", None),
        ("SLEEPING", "COMPLETED", None),
    ] {
        refund_says(&v1(), vec![v1_refund(code, state)], happened);
    }
    let another_amount = json!({"success": true, "code": "PAYMENT_SUCCESS", "message": "x", "data": {
        "merchantId": "HUNDITESTUAT", "merchantTransactionId": REFUND_REF, "amount": 10001, "state": "COMPLETED"}});
    refund_says(&v1(), vec![ok(another_amount.to_string())], None);
    let other = |name: &str, value: Value| {
        let body = json!({"merchantRefundId": REFUND_REF, "originalMerchantOrderId": OUR_REF, "amount": 10000,
            "state": "COMPLETED", "refundId": id});
        ok(with(&body.to_string(), &[(name, value)]))
    };
    refund_says(&v2(), vec![token(), other("merchantRefundId", json!("another"))], None);
    refund_says(&v2(), vec![token(), other("originalMerchantOrderId", json!("another"))], None);
    refund_says(&v2(), vec![token(), other("amount", json!(10001))], None);
    refund_says(&v2(), vec![token(), other("currency", json!("USD"))], None);
}
