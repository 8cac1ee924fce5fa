//! What the verbs make of answers: opening twice, several tries, captures and refunds that were already made.

use super::*;
use crate::contract::{Capture, Handle, Open, Refund, Watch};
use crate::wire::ReasonKind;
use hundi_core::{FailureReason, Method, refund};
use serde_json::json;

fn payment(changes: &[(&str, Value)]) -> String {
    with(PAYMENT, changes)
}

#[track_caller]
fn fetched(order: &str, answers: Vec<Result<Answer, CallError>>) -> Result<Vec<Report>, CallError> {
    let wire = Script::new(answers);
    let reports = run(Watch::fetch(&Razorpay, call(&account(), &wire), &subject(order)));
    sent(&wire);
    reports
}

#[track_caller]
fn one_try(changes: &[(&str, Value)], expected: Option<Try>) {
    let reports = fetched("order_HdTest000001", vec![collection(&[payment(changes)])]);
    match expected {
        Some(what) => {
            let named = ("order_HdTest000001".to_owned(), "pay_HdTest00000001".to_owned(), what);
            assert_eq!(tries(&reports.unwrap()), [named]);
        }
        None => assert!(
            matches!(&reports, Err(CallError::Unknown(r)) if r.kind == ReasonKind::Unrecognised),
            "{reports:?}"
        ),
    }
}

#[test]
fn statuses_are_never_rounded_up() {
    let whole = Money::inr(1499_00);
    let status = |status: &str| ("status", json!(status));
    let captured = |captured: Value| ("captured", captured);
    one_try(&[status("created"), captured(json!(false))], Some(Try::Started));
    one_try(&[status("authorized"), captured(json!(false))], Some(Try::Authorized { amount: whole }));
    one_try(&[status("authorized"), captured(json!(true))], Some(Try::Authorized { amount: whole }));
    one_try(&[], Some(Try::Captured { amount: whole }));
    one_try(&[status("refunded")], Some(Try::Captured { amount: whole }));
    one_try(&[status("refunded"), captured(json!(false))], Some(Try::Released));
    one_try(&[status("refunded"), captured(Value::Null)], None);
    one_try(&[status("Captured")], None);
    one_try(&[status("disputed")], None);
    one_try(&[status("")], None);
    one_try(&[("amount", json!(0))], None);
    one_try(&[("amount", json!(-149900))], None);
    one_try(&[("currency", json!("inr"))], None);
    one_try(
        &[("currency", json!("USD"))],
        Some(Try::Captured { amount: Money::new(1499_00, "USD".parse().unwrap()) }),
    );
    let failed = |reason| Some(Try::Failed { reason });
    one_try(
        &[status("failed"), ("error_reason", json!("invalid_otp"))],
        failed(FailureReason::AuthenticationFailed),
    );
    one_try(&[status("failed"), ("error_reason", json!("new_one"))], failed(FailureReason::Unrecognised));
    one_try(
        &[status("failed"), ("error_code", json!("GATEWAY_ERROR"))],
        failed(FailureReason::ProviderError),
    );
    one_try(&[status("failed")], failed(FailureReason::Unrecognised));
}

#[test]
fn every_try_is_told_whatever_their_order() {
    let failed =
        |id: &str| payment(&[("id", json!(id)), ("status", json!("failed")), ("captured", json!(false))]);
    let odd = payment(&[("id", json!("pay_C")), ("status", json!("sleeping"))]);
    let answer = collection(&[failed("pay_A"), PAYMENT.to_owned(), odd, failed("pay_B")]);
    let reports = fetched("order_HdTest000001", vec![answer]).unwrap();
    let ids: Vec<_> =
        tries(&reports).into_iter().map(|(_, id, what)| (id, matches!(what, Try::Captured { .. }))).collect();
    let expected = [("pay_A", false), ("pay_HdTest00000001", true), ("pay_B", false)];
    assert_eq!(ids, expected.map(|(id, captured)| (id.to_owned(), captured)));
}

#[test]
fn the_hundred_and_first_try_is_seen_too() {
    let page = |ids: std::ops::Range<u32>| {
        let one = |n: u32| payment(&[("id", json!(format!("pay_{n}"))), ("status", json!("failed"))]);
        collection(&ids.map(one).collect::<Vec<_>>())
    };
    let reports = fetched("order_HdTest000001", vec![page(0..100), page(100..101)]).unwrap();
    assert_eq!(reports.len(), 101);
    // Where `skip` is ignored the second page is the first again, and we stop.
    assert_eq!(fetched("order_HdTest000001", vec![page(0..100), page(0..100)]).unwrap().len(), 100);
}

#[test]
fn a_list_that_takes_no_count_is_asked_plainly() {
    let answers =
        vec![refusal("count is/are not required and should not be sent."), collection(&[PAYMENT.to_owned()])];
    assert_eq!(fetched("order_HdTest000001", answers).unwrap().len(), 1);
}

#[test]
fn details_are_shown_and_never_needed() {
    let detail = |changes: &[(&str, Value)]| {
        let reports = fetched("order_HdTest000001", vec![collection(&[payment(changes)])]).unwrap();
        match reports.into_iter().next() {
            Some(Report::Payment { fact, .. }) => match fact.happened {
                Happened::Tried { detail, .. } => (fact.at, detail),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    let (at, upi) = detail(&[]);
    assert_eq!(at, Millis(1_789_000_000_000));
    assert_eq!((upi.method, upi.instrument.as_deref()), (Some(Method::Upi), Some("asha@upi")));
    assert_eq!(
        (upi.bank_ref.as_deref(), upi.quoted_fee, upi.quoted_tax),
        (Some("600112345678"), Some(3538), Some(540))
    );
    let (_, phone) = detail(&[("vpa", json!("9800000001@ybl"))]);
    assert_eq!(phone.instrument.as_deref(), Some("••0001@ybl"));
    let card = json!({"id": "card_1", "network": "Visa", "last4": "1007"});
    let (_, card) = detail(&[("method", json!("card")), ("vpa", Value::Null), ("card", card)]);
    assert_eq!((card.method, card.instrument.as_deref()), (Some(Method::Card), Some("Visa ••1007")));
    let bare = [
        ("acquirer_data", json!([])),
        ("card", json!("?")),
        ("method", json!("telepathy")),
        ("notes", json!("x")),
    ];
    let (_, bare) = detail(&bare);
    assert_eq!((bare.method, bare.bank_ref), (Some(Method::Other), None));
}

#[test]
fn refunds_come_with_their_payment() {
    let given = payment(&[("amount_refunded", json!(50000))]);
    let reports = fetched(
        "order_HdTest000001",
        vec![collection(std::slice::from_ref(&given)), collection(&[REFUND.to_owned()])],
    );
    let reports = reports.unwrap();
    let [Report::Payment { .. }, Report::Refund { about, fact }] = &reports[..] else {
        panic!("{reports:?}")
    };
    assert_eq!((about.provider_refund.as_str(), about.amount), ("rfnd_HdTest0000001", Money::inr(500_00)));
    assert_eq!((fact.at, fact.happened), (Millis(1_789_000_900_000), refund::Happened::Processed));
    // The capture is told even where the refunds can't be.
    let reports = fetched("order_HdTest000001", vec![collection(&[given]), status(500, "")]).unwrap();
    assert_eq!(tries(&reports).len(), 1);
    // What was never captured was never the merchant's: its return is no refund.
    let released = payment(&[
        ("status", json!("refunded")),
        ("captured", json!(false)),
        ("amount_refunded", json!(149900)),
    ]);
    assert_eq!(fetched("order_HdTest000001", vec![collection(&[released])]).unwrap().len(), 1);
}

#[test]
fn a_links_payments_are_told_under_the_link() {
    let paid = json!([{"payment_id": "pay_HdTest00000001", "amount": 10000, "status": "captured"}]);
    let link = with(PAYMENT_LINK, &[("payments", paid), ("reference_id", json!(OUR_REF))]);
    let other = payment(&[("id", json!("pay_2"))]);
    assert!(fetched("plink_HdTest000001", vec![ok(link.clone()), ok(other)]).is_err());
    let reports = fetched("plink_HdTest000001", vec![ok(link), ok(PAYMENT)]).unwrap();
    assert_eq!(tries(&reports)[0].0, "plink_HdTest000001");
    assert!(matches!(&reports[0], Report::Payment { about, .. } if about.our_ref == Some(our_ref())));
    for none in [Value::Null, json!([])] {
        let link = with(PAYMENT_LINK, &[("payments", none)]);
        assert_eq!(fetched("plink_HdTest000001", vec![ok(link)]), Ok(vec![]));
    }
    assert!(fetched("plink_HdTest000002", vec![ok(PAYMENT_LINK)]).is_err());
}

// ---- opening

#[track_caller]
fn opens(flow: Flow, answers: Vec<Result<Answer, CallError>>) -> Result<(String, Handle), CallError> {
    let account = Account { enabled: vec!["upi_intent".to_owned()], ..account() };
    let wire = Script::new(answers);
    let opened = run(Razorpay.open(call(&account, &wire), &opening(flow)));
    sent(&wire);
    opened.map(|opened| (opened.provider_order, opened.handle))
}

#[test]
fn a_upi_link_that_we_never_got_falls_back_to_the_script() {
    let lost = || Err(CallError::unknown(ReasonKind::TimedOut, "x"));
    let seconds = [
        lost(),
        status(500, ""),
        refusal("email is required"),
        ok("{}"),
        ok(r#"{"link":"https://evil.example"}"#),
    ];
    for second in seconds {
        let (order, handle) = opens(Flow::UpiIntent, vec![ok(ORDER), second]).unwrap();
        assert_eq!(order, "order_HdTest000001");
        assert!(matches!(handle, Handle::Script { .. }));
    }
    assert_eq!(opens(Flow::UpiIntent, vec![lost()]), lost_order());
}

fn lost_order() -> Result<(String, Handle), CallError> {
    Err(CallError::unknown(ReasonKind::TimedOut, "x"))
}

#[test]
fn what_is_not_enabled_is_refused_before_any_call() {
    let wire = Script::new(vec![]);
    let refused = |opening: &Opening| run(Razorpay.open(call(&account(), &wire), opening)).unwrap_err();
    let held = Opening { capture: CaptureBy::Us, ..opening(Flow::Redirect) };
    for error in [refused(&opening(Flow::UpiIntent)), refused(&held)] {
        assert!(matches!(error, CallError::NotDone(r) if r.kind == ReasonKind::Refused));
    }
}

#[test]
fn nobody_is_sent_to_another_amount() {
    for (field, value) in [("amount", json!(149901)), ("currency", json!("USD")), ("id", json!("order_X/.."))]
    {
        let opened = opens(Flow::Script, vec![ok(with(ORDER, &[(field, value)]))]);
        assert!(matches!(opened, Err(CallError::Unknown(_))), "{field}");
    }
    // The documented sample is a link of 100 rupees, and 1,499 were asked.
    assert!(matches!(opens(Flow::Redirect, vec![ok(PAYMENT_LINK)]), Err(CallError::Unknown(_))));
}

#[test]
fn a_link_made_by_a_lost_call_is_found() {
    let ours = with(PAYMENT_LINK, &[("amount", json!(149900)), ("reference_id", json!(OUR_REF))]);
    let repeat = || refusal("payment link creation with reference ID already attempted");
    let list = |links: &[String]| ok(format!(r#"{{"payment_links":[{}]}}"#, links.join(",")));
    let opened = opens(Flow::Redirect, vec![repeat(), list(&[ours])]).unwrap();
    assert_eq!(opened.0, "plink_HdTest000001");
    for second in
        [list(&[]), status(500, ""), status(401, ""), Err(CallError::not_done(ReasonKind::Unreachable, ""))]
    {
        assert!(matches!(opens(Flow::Redirect, vec![repeat(), second]), Err(CallError::Unknown(_))));
    }
}

#[test]
fn of_several_orders_everybody_finds_the_oldest_of_ours() {
    let order = |id: &str, receipt: &str, at: i64| {
        with(ORDER, &[("id", json!(id)), ("receipt", json!(receipt)), ("created_at", json!(at))])
    };
    let found = |orders: &[String]| {
        let wire = Script::new(vec![collection(orders)]);
        run(Razorpay.find(call(&account(), &wire), &opening(Flow::Script)))
            .map(|o| o.map(|o| o.provider_order))
    };
    let (a, b, other) =
        (order("order_a", OUR_REF, 2), order("order_b", OUR_REF, 1), order("order_c", "r-42", 0));
    assert_eq!(found(&[a.clone(), b.clone(), other.clone()]), Ok(Some("order_b".to_owned())));
    assert_eq!(found(&[other, b, a]), Ok(Some("order_b".to_owned())));
    assert_eq!(found(&[order("order_c", "r-42", 0), with(ORDER, &[("receipt", Value::Null)])]), Ok(None));
    let wrong = with(ORDER, &[("receipt", json!(OUR_REF)), ("amount", json!(1))]);
    assert!(matches!(found(&[wrong]), Err(CallError::Unknown(_))));
}

// ---- taking and giving back

#[test]
fn a_capture_that_was_made_before_is_reported_as_it_stands() {
    let capture = |answers| {
        let wire = Script::new(answers);
        let reports =
            run(Razorpay.capture(call(&account(), &wire), &hold("pay_HdTest00000001", Money::inr(1499_00))));
        sent(&wire);
        reports.map(|r| tries(&r))
    };
    for text in ["This payment has already been captured", "Order is already paid"] {
        let done = capture(vec![refusal(text), ok(PAYMENT)]).unwrap();
        assert!(matches!(&done[..], [(_, _, Try::Captured { .. })]));
        // The question stays open when the state could not be read, even if that call did surely nothing.
        let unread = capture(vec![refusal(text), Err(CallError::not_done(ReasonKind::Unreachable, ""))]);
        assert!(matches!(unread, Err(CallError::Unknown(_))));
    }
    let held = payment(&[("status", json!("authorized")), ("captured", json!(false))]);
    assert!(matches!(&capture(vec![ok(held)]).unwrap()[..], [(_, _, Try::Authorized { .. })]));
    assert!(matches!(capture(vec![ok(payment(&[("id", json!("pay_2"))]))]), Err(CallError::Unknown(_))));
    let refused = capture(vec![refusal("Capture amount must be equal to the amount authorized.")]);
    assert!(matches!(refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));
}

#[track_caller]
fn refunded(answers: Vec<Result<Answer, CallError>>) -> Result<refund::Happened, CallError> {
    let wire = Script::new(answers);
    let report = run(Razorpay.refund(call(&account(), &wire), &refund_ask()));
    sent(&wire);
    report.map(|report| match report {
        Report::Refund { fact, .. } => fact.happened,
        other @ Report::Payment { .. } => panic!("{other:?}"),
    })
}

#[test]
fn refund_statuses() {
    let of = |status: &str| refunded(vec![ok(with(REFUND, &[("status", json!(status))]))]);
    assert_eq!(of("pending"), Ok(refund::Happened::Accepted));
    assert_eq!(of("created"), Ok(refund::Happened::Accepted));
    assert_eq!(of("processed"), Ok(refund::Happened::Processed));
    assert_eq!(of("failed"), Ok(refund::Happened::Failed));
    assert!(matches!(of("Processed"), Err(CallError::Unknown(_))));
}

#[test]
fn a_refusal_that_echoes_our_own_refund_is_none() {
    let full = || refusal("The payment has been fully refunded already.");
    let ours = with(REFUND, &[("id", json!("rfnd_2")), ("receipt", json!(OUR_REF))]);
    let noted = with(REFUND, &[("receipt", Value::Null), ("notes", json!({"our_ref": OUR_REF}))]);
    assert_eq!(
        refunded(vec![full(), collection(&[REFUND.to_owned(), ours])]),
        Ok(refund::Happened::Processed)
    );
    assert_eq!(refunded(vec![full(), collection(&[noted])]), Ok(refund::Happened::Processed));
    let others = refunded(vec![full(), collection(&[REFUND.to_owned()])]);
    assert!(matches!(others, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));
    assert!(matches!(refunded(vec![full(), status(500, "")]), Err(CallError::Unknown(_))));
    assert!(matches!(refunded(vec![full(), status(429, "")]), Err(CallError::Unknown(_))));
}

#[test]
fn a_refund_that_vanished_is_in_doubt() {
    let fetch = |id: Option<&str>, answer| {
        let wire = Script::new(vec![answer]);
        run(Refund::fetch(&Razorpay, call(&account(), &wire), &refund_ask(), id))
    };
    let gone = fetch(Some("rfnd_HdTest0000001"), refusal("The id provided does not exist"));
    assert!(matches!(gone, Err(CallError::Unknown(r)) if r.kind == ReasonKind::NotFound));
    assert!(matches!(fetch(Some("rfnd_2"), ok(REFUND)), Err(CallError::Unknown(_))));
    assert_eq!(fetch(None, collection(&[REFUND.to_owned()])), Ok(None));
    let ours = with(REFUND, &[("receipt", json!(OUR_REF))]);
    let found = fetch(None, collection(&[ours])).unwrap();
    assert!(matches!(found, Some(Report::Refund { about, .. }) if about.our_ref == Some(our_ref())));
}
