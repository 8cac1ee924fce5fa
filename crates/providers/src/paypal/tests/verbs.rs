//! What the verbs make of answers: each status, each name of a try, and what was done before we asked.

use super::*;
use crate::contract::{Capture, Finish, Handle, Open, Refund, Void, Watch};
use hundi_core::{FailureReason, Method, refund};

const UNIT: &str = "/purchase_units/0";

#[track_caller]
fn fetched(body: &str) -> Result<Vec<Report>, CallError> {
    let wire = script(vec![ok(body)]);
    let reports = run(Watch::fetch(&PayPal, call(&account(), &wire), &subject()));
    sent(&wire);
    reports
}

#[track_caller]
fn unheard(reports: &Result<Vec<Report>, CallError>) {
    assert!(
        matches!(reports, Err(CallError::Unknown(r)) if r.kind == ReasonKind::Unrecognised),
        "{reports:?}"
    );
}

// ---- statuses

#[test]
fn an_order_is_never_money_by_itself() {
    let of = |status: &str| fetched(&with(ORDER, &[("status", json!(status))]));
    for open in ["CREATED", "SAVED", "PAYER_ACTION_REQUIRED", "VOIDED", "COMPLETED"] {
        assert_eq!(of(open), Ok(vec![]), "{open}");
    }
    let approved = of("APPROVED").unwrap();
    let [Report::Payment { about, fact }] = &approved[..] else { panic!("{approved:?}") };
    assert!(is_approved(&approved[0]));
    assert_eq!((about.provider_order.as_deref(), about.our_ref), (Some(ORDER_ID), Some(our_ref())));
    assert_eq!(fact.at.to_string(), "2026-11-20T10:15:00.000Z");
    for odd in ["", "approved", "PAID"] {
        unheard(&of(odd));
    }
    unheard(&fetched(&with(ORDER, &[("status", Value::Null)])));
    unheard(&fetched(&with(ORDER, &[("id", json!("5HD00000TEST0000B"))])));
}

/// The tries of an order whose only capture or authorization has this status.
#[track_caller]
fn one_try(body: &str, pointer: &str, word: &str, expected: Option<Try>) {
    let reports = fetched(&at(body, &[(&format!("{UNIT}/payments/{pointer}/0/status"), json!(word))]));
    match expected {
        Some(what) => {
            let name = if pointer == "captures" { CAPTURE_ID } else { HOLD_ID };
            assert_eq!(tries(&reports.unwrap()), [(name.to_owned(), what)], "{word}");
        }
        None => unheard(&reports),
    }
}

#[test]
fn statuses_are_never_rounded_up() {
    let amount = usd(24_50);
    let failed = |reason| Some(Try::Failed { reason });
    for paid in ["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"] {
        one_try(CAPTURED, "captures", paid, Some(Try::Captured { amount }));
    }
    one_try(CAPTURED, "captures", "PENDING", Some(Try::Started));
    one_try(CAPTURED, "captures", "DECLINED", failed(FailureReason::DeclinedByBank));
    one_try(CAPTURED, "captures", "FAILED", failed(FailureReason::ProviderError));
    for odd in ["", "Completed", "CAPTURED", "CREATED", "SETTLED"] {
        one_try(CAPTURED, "captures", odd, None);
    }
    for held in ["CREATED", "CAPTURED", "PARTIALLY_CAPTURED"] {
        one_try(AUTHORIZED, "authorizations", held, Some(Try::Authorized { amount }));
    }
    one_try(AUTHORIZED, "authorizations", "PENDING", Some(Try::Started));
    one_try(AUTHORIZED, "authorizations", "DENIED", failed(FailureReason::DeclinedByBank));
    for gone in ["VOIDED", "EXPIRED"] {
        one_try(AUTHORIZED, "authorizations", gone, Some(Try::Released));
    }
    for odd in ["", "COMPLETED", "voided"] {
        one_try(AUTHORIZED, "authorizations", odd, None);
    }
    for odd in ["0.00", "-24.50", "24.505", "x"] {
        unheard(&fetched(&at(
            CAPTURED,
            &[(&format!("{UNIT}/payments/captures/0/amount/value"), json!(odd))],
        )));
    }
    // Another amount is told as it is: the house questions it.
    let less =
        fetched(&at(CAPTURED, &[(&format!("{UNIT}/payments/captures/0/amount/value"), json!("1.00"))]));
    assert_eq!(tries(&less.unwrap())[0].1, Try::Captured { amount: usd(1_00) });
}

#[test]
fn one_odd_try_does_not_hide_the_others() {
    let mut order: Value = serde_json::from_str(CAPTURED).unwrap();
    let captures = order["purchase_units"][0]["payments"]["captures"].as_array_mut().unwrap();
    let mut odd = captures[0].clone();
    odd["id"] = json!("3HD00000TEST00002");
    odd["status"] = json!("SLEEPING");
    captures.insert(0, odd);
    assert_eq!(tries(&fetched(&order.to_string()).unwrap()).len(), 1);
}

// ---- names

fn with_capture_of_hold(change: impl FnOnce(&mut Value)) -> String {
    let mut order: Value = serde_json::from_str(AUTHORIZED).unwrap();
    let payments = &mut order["purchase_units"][0]["payments"];
    let mut taken: Value = serde_json::from_str(CAPTURE).unwrap();
    change(&mut taken);
    payments["captures"] = json!([taken]);
    payments["authorizations"][0]["status"] = json!("CAPTURED");
    order.to_string()
}

/// However PayPal says that a capture came from the hold, the try is the hold's.
#[test]
fn a_capture_of_a_hold_is_the_same_try() {
    let changes: [fn(&mut Value); 4] = [
        |_| {},
        |c| c["supplementary_data"] = Value::Null,
        |c| c["links"] = json!([]),
        |c| {
            c["links"] = json!([]);
            c["supplementary_data"] = json!({"related_ids": {}});
        },
    ];
    for change in changes {
        let reports = fetched(&with_capture_of_hold(change)).unwrap();
        let amount = usd(24_50);
        let expected =
            [Try::Authorized { amount }, Try::Captured { amount }].map(|what| (HOLD_ID.to_owned(), what));
        assert_eq!(tries(&reports), expected);
        let Report::Payment { fact, .. } = &reports[1] else { panic!("a try") };
        let Happened::Tried { detail, .. } = &fact.happened else { panic!("a try") };
        assert_eq!(detail.bank_ref.as_deref(), Some(CAPTURE_ID));
    }
}

#[test]
fn details_are_shown_and_never_needed() {
    let detail = |body: &str| match fetched(body).unwrap().remove(0) {
        Report::Payment { fact, .. } => match fact.happened {
            Happened::Tried { detail, .. } => (fact.at, detail),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let (when, plain) = detail(CAPTURED);
    assert_eq!(when.to_string(), "2026-11-20T10:15:20.000Z");
    assert_eq!((plain.method, plain.instrument, plain.quoted_fee), (Some(Method::Wallet), None, Some(1_22)));
    assert_eq!(plain.bank_ref, None);
    let card = json!({"card": {"brand": "VISA", "last_digits": "1007", "name": "Asha Rao"}});
    let (_, card) = detail(&with(CAPTURED, &[("payment_source", card)]));
    assert_eq!((card.method, card.instrument.as_deref()), (Some(Method::Card), Some("VISA ••1007")));
    let capture = format!("{UNIT}/payments/captures/0");
    for odd in [json!("?"), json!([]), Value::Null, json!({"paypal_fee": 1.22})] {
        let changes =
            [(&*format!("{capture}/seller_receivable_breakdown"), odd.clone()), ("/payment_source", odd)];
        assert_eq!(detail(&at(CAPTURED, &changes)).1.quoted_fee, None);
    }
    let mut pending: Value = serde_json::from_str(CAPTURED).unwrap();
    let taken = &mut pending["purchase_units"][0]["payments"]["captures"][0];
    taken["status"] = json!("PENDING");
    taken["status_details"] = json!({"reason": "PENDING_REVIEW"});
    assert_eq!(detail(&pending.to_string()).1.provider_code.as_deref(), Some("PENDING_REVIEW"));
}

// ---- refunds in orders

fn with_refunds(body: &str, refunds: &[Value]) -> String {
    let mut order: Value = serde_json::from_str(body).unwrap();
    order["purchase_units"][0]["payments"]["refunds"] = json!(refunds);
    order.to_string()
}

fn refund_body(changes: &[(&str, Value)]) -> Value {
    serde_json::from_str(&with(REFUND, changes)).unwrap()
}

#[test]
fn refunds_come_with_their_payment_under_our_name() {
    let direct = fetched(&with_refunds(CAPTURED, &[refund_body(&[])])).unwrap();
    let held = fetched(&with_refunds(&with_capture_of_hold(|_| {}), &[refund_body(&[])])).unwrap();
    for (reports, name) in [(direct, CAPTURE_ID), (held, HOLD_ID)] {
        let Some(Report::Refund { about, fact }) = reports.last() else { panic!("{reports:?}") };
        assert_eq!((about.provider_refund.as_str(), about.provider_payment.as_str()), (REFUND_ID, name));
        assert_eq!((about.our_ref.unwrap().as_str(), about.amount), (REFUND_REF, usd(4_50)));
        assert_eq!(fact.happened, refund::Happened::Processed);
        assert_eq!(fact.at.to_string(), "2026-11-21T09:00:00.000Z");
    }
    // One that was made in the dashboard may carry the payment's own reference: it is not the refund's.
    let made_there =
        with_refunds(CAPTURED, &[refund_body(&[("custom_id", json!(OUR_REF)), ("links", json!([]))])]);
    let reports = fetched(&made_there).unwrap();
    assert!(matches!(&reports[1], Report::Refund { about, .. } if about.our_ref.is_none()));
    // Of no capture in the order: nothing is said of it, and the capture is not hidden.
    let up = json!([{"rel": "up", "href": "https://x/v2/payments/captures/OTHER"}]);
    assert_eq!(fetched(&with_refunds(CAPTURED, &[refund_body(&[("links", up)])])).unwrap().len(), 1);
}

#[track_caller]
fn refunded(answers: Vec<Result<Answer, CallError>>) -> Result<refund::Happened, CallError> {
    let wire = script(answers);
    let report = run(PayPal.refund(call(&account(), &wire), &refund_ask()));
    sent(&wire);
    report.map(|report| match report {
        Report::Refund { fact, .. } => fact.happened,
        other @ Report::Payment { .. } => panic!("{other:?}"),
    })
}

#[test]
fn refund_statuses() {
    let of = |status: &str| refunded(vec![ok(CAPTURED), ok(with(REFUND, &[("status", json!(status))]))]);
    assert_eq!(of("PENDING"), Ok(refund::Happened::Accepted));
    assert_eq!(of("COMPLETED"), Ok(refund::Happened::Processed));
    assert_eq!(of("FAILED"), Ok(refund::Happened::Failed));
    assert_eq!(of("CANCELLED"), Ok(refund::Happened::Failed));
    assert!(matches!(of("Completed"), Err(CallError::Unknown(_))));
}

#[test]
fn a_refusal_that_echoes_our_own_refund_is_none() {
    let full = || refusal("CAPTURE_FULLY_REFUNDED");
    let looked =
        |refunds: &[Value]| refunded(vec![ok(CAPTURED), full(), ok(with_refunds(CAPTURED, refunds))]);
    assert_eq!(looked(&[refund_body(&[])]), Ok(refund::Happened::Processed));
    assert_eq!(looked(&[refund_body(&[("custom_id", Value::Null)])]), Ok(refund::Happened::Processed));
    let other = refund_body(&[("custom_id", json!("other")), ("invoice_id", json!(OUR_REF))]);
    assert!(matches!(looked(&[other]), Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));
    assert!(matches!(looked(&[refund_body(&[("status", json!("?"))])]), Err(CallError::Unknown(_))));
    for second in [status(500, ""), status(429, ""), Err(CallError::not_done(ReasonKind::Unreachable, ""))] {
        assert!(matches!(refunded(vec![ok(CAPTURED), full(), second]), Err(CallError::Unknown(_))));
    }
}

/// Before the refund is asked for nothing is done, whatever the look at the order came to.
#[test]
fn a_refund_needs_its_capture() {
    for look in
        [status(500, ""), Err(CallError::unknown(ReasonKind::TimedOut, "")), ok("<html>"), ok(AUTHORIZED)]
    {
        assert!(matches!(refunded(vec![look]), Err(CallError::NotDone(_))));
    }
    // An order that can't be asked for any more: the try's own name is its capture's.
    let gone = status(404, r#"{"name":"RESOURCE_NOT_FOUND","details":[{"issue":"INVALID_RESOURCE_ID"}]}"#);
    assert_eq!(refunded(vec![gone, ok(REFUND)]), Ok(refund::Happened::Processed));
    // Of a hold's name the order tells the capture.
    let wire = script(vec![ok(with_capture_of_hold(|_| {})), ok(REFUND)]);
    let ask = RefundAsk { provider_payment: HOLD_ID.to_owned(), ..refund_ask() };
    let report = run(PayPal.refund(call(&account(), &wire), &ask)).unwrap();
    assert!(matches!(report, Report::Refund { about, .. } if about.provider_payment == HOLD_ID));
    assert!(sent(&wire)[1].starts_with("POST /v2/payments/captures/3HD00000TEST00001/refund "));
}

#[test]
fn a_refund_that_vanished_is_in_doubt() {
    let fetch = |ask: &RefundAsk, answers| {
        let wire = script(answers);
        let report = run(Refund::fetch(&PayPal, call(&account(), &wire), ask, Some(REFUND_ID)));
        sent(&wire);
        report
    };
    let gone = || status(404, r#"{"name":"RESOURCE_NOT_FOUND"}"#);
    let found = fetch(&refund_ask(), vec![gone()]);
    assert!(matches!(found, Err(CallError::Unknown(r)) if r.kind == ReasonKind::NotFound));
    let other = with(REFUND, &[("id", json!("1X"))]);
    assert!(matches!(fetch(&refund_ask(), vec![ok(other)]), Err(CallError::Unknown(_))));
    let of_hold = RefundAsk { provider_payment: HOLD_ID.to_owned(), ..refund_ask() };
    let found = fetch(&of_hold, vec![ok(REFUND), ok(with_capture_of_hold(|_| {}))]).unwrap();
    assert!(matches!(found, Some(Report::Refund { about, .. }) if about.provider_payment == HOLD_ID));
    let of_other = RefundAsk { provider_payment: "3X".to_owned(), ..refund_ask() };
    assert!(fetch(&of_other, vec![ok(REFUND), ok(CAPTURED)]).is_err());
}

// ---- opening

#[track_caller]
fn opens(answer: Result<Answer, CallError>) -> Result<Handle, CallError> {
    let wire = script(vec![answer]);
    let opened = run(PayPal.open(call(&account(), &wire), &opening()));
    sent(&wire);
    opened.map(|opened| opened.handle)
}

#[test]
fn nobody_is_sent_to_another_order() {
    let wrong = [
        ("/purchase_units/0/amount/value", json!("24.51")),
        ("/purchase_units/0/amount/currency_code", json!("EUR")),
        ("/purchase_units/0/custom_id", json!(REFUND_REF)),
        ("/purchase_units/0/custom_id", Value::Null),
        ("/purchase_units", json!([])),
        ("/id", json!("5HD/..")),
        ("/links/1/href", json!("javascript:alert(1)")),
        ("/links/1/href", json!("http://www.sandbox.paypal.com/checkoutnow")),
        ("/links/1/rel", json!("self")),
    ];
    for (field, value) in wrong {
        assert!(matches!(opens(ok(at(ORDER, &[(field, value)]))), Err(CallError::Unknown(_))), "{field}");
    }
    let approve = at(ORDER, &[("/links/1/rel", json!("approve")), ("/status", json!("CREATED"))]);
    assert!(matches!(opens(ok(approve)), Ok(Handle::Redirect { .. })));
    assert!(matches!(opens(refusal("PAYEE_ACCOUNT_RESTRICTED")), Err(CallError::NotDone(_))));
}

#[test]
fn an_order_that_nobody_was_shown_is_nothing_once_our_session_is_over() {
    let late = Opening { expires_at: NOW, ..opening() };
    assert_eq!(run(PayPal.find(call(&account(), &Script::new(vec![])), &late)), Ok(None));
    let find = |answer| {
        let wire = script(vec![answer]);
        run(PayPal.find(call(&account(), &wire), &opening()))
    };
    assert_eq!(find(refusal("PAYEE_ACCOUNT_RESTRICTED")), Ok(None));
    for open in [status(500, ""), status(429, ""), status(409, ERROR), ok(""), refusal("NEXT_YEAR")] {
        assert!(find(open).is_err());
    }
}

// ---- taking and letting go

#[track_caller]
fn finished(answers: Vec<Result<Answer, CallError>>) -> Result<Vec<(String, Try)>, CallError> {
    let wire = script(answers);
    let reports = run(PayPal.finish(call(&account(), &wire), &subject(), CaptureBy::Provider));
    sent(&wire);
    reports.map(|r| tries(&r))
}

#[test]
fn a_finished_order_says_what_became_of_the_money() {
    assert!(matches!(&finished(vec![status(201, CAPTURED)]).unwrap()[..], [(_, Try::Captured { .. })]));
    for issue in [
        "INSTRUMENT_DECLINED",
        "ORDER_NOT_APPROVED",
        "PAYER_ACTION_REQUIRED",
        "TRANSACTION_REFUSED",
        "ORDER_EXPIRED",
    ] {
        let refused = finished(vec![refusal(issue)]);
        assert!(matches!(refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused), "{issue}");
    }
    // A success without a try, and one of another order.
    let silent = with(ORDER, &[("status", json!("COMPLETED"))]);
    let other = with(CAPTURED, &[("id", json!("5HD00000TEST0000B"))]);
    let minimal = json!({"id": ORDER_ID, "status": "COMPLETED", "links": []}).to_string();
    for answer in [silent, other, minimal] {
        assert!(matches!(finished(vec![ok(answer)]), Err(CallError::Unknown(_))));
    }
}

#[test]
fn what_is_done_without_a_word_is_told_by_the_order() {
    let done = finished(vec![status(204, ""), ok(CAPTURED)]).unwrap();
    assert!(matches!(&done[..], [(_, Try::Captured { .. })]));
    for unread in [status(500, ""), status(404, ERROR), ok(ORDER), ok("<html>")] {
        assert!(matches!(finished(vec![status(204, ""), unread]), Err(CallError::Unknown(_))));
    }
}

#[test]
fn what_was_taken_before_is_reported_as_it_stands() {
    for issue in ["ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_AUTHORIZED"] {
        let done = finished(vec![refusal(issue), ok(CAPTURED)]).unwrap();
        assert!(matches!(&done[..], [(_, Try::Captured { .. })]));
        // The question stays open where it can't be read, even if that call did surely nothing.
        for unread in [
            status(500, ""),
            status(404, ERROR),
            Err(CallError::not_done(ReasonKind::Unreachable, "")),
            ok(ORDER),
        ] {
            assert!(matches!(finished(vec![refusal(issue), unread]), Err(CallError::Unknown(_))));
        }
    }
    assert!(matches!(finished(vec![refusal("ORDER_COMPLETION_IN_PROGRESS")]), Err(CallError::Unknown(_))));
}

#[test]
fn a_hold_is_taken_or_let_go_once() {
    let capture = |answers| {
        let wire = script(answers);
        let reports = run(PayPal.capture(call(&account(), &wire), &hold()));
        sent(&wire);
        reports.map(|r| tries(&r))
    };
    let void = |answers| {
        let wire = script(answers);
        let reports = run(PayPal.void(call(&account(), &wire), &hold()));
        sent(&wire);
        reports.map(|r| tries(&r))
    };
    let amount = usd(24_50);
    let taken = [(HOLD_ID.to_owned(), Try::Captured { amount })];
    assert_eq!(capture(vec![ok(CAPTURE)]).unwrap(), taken);
    let of_other = json!({"related_ids": {"authorization_id": "7X"}});
    assert!(matches!(
        capture(vec![ok(with(CAPTURE, &[("supplementary_data", of_other)]))]),
        Err(CallError::Unknown(_))
    ));
    let voided = at(AUTHORIZED, &[("/purchase_units/0/payments/authorizations/0/status", json!("VOIDED"))]);
    let released = [(HOLD_ID.to_owned(), Try::Released)];
    assert_eq!(void(vec![status(204, ""), ok(&*voided)]).unwrap(), released);
    assert!(matches!(void(vec![status(204, ""), status(404, ERROR)]), Err(CallError::Unknown(_))));
    // What stood in the way is told: it was taken, or let go, before.
    let both = with_capture_of_hold(|_| {});
    assert!(capture(vec![refusal("AUTHORIZATION_ALREADY_CAPTURED"), ok(&*both)]).unwrap().ends_with(&taken));
    assert!(void(vec![refusal("PREVIOUSLY_CAPTURED"), ok(&*both)]).unwrap().ends_with(&taken));
    assert_eq!(void(vec![refusal("PREVIOUSLY_VOIDED"), ok(&*voided)]).unwrap(), released);
    assert_eq!(capture(vec![refusal("AUTHORIZATION_VOIDED"), ok(&*voided)]).unwrap(), released);
    let unread = |issue| capture(vec![refusal(issue), status(500, "")]);
    assert!(matches!(unread("AUTHORIZATION_ALREADY_CAPTURED"), Err(CallError::Unknown(_))));
    assert!(matches!(unread("AUTHORIZATION_VOIDED"), Err(CallError::NotDone(_))));
    assert!(matches!(capture(vec![refusal("MAX_CAPTURE_AMOUNT_EXCEEDED")]), Err(CallError::NotDone(_))));
}
