//! Words as a table: each of theirs, what it means, and that nothing is rounded up.

use super::*;
use crate::cashfree::sim;
use crate::contract::Watch;
use hundi_core::{FailureReason, Method, Millis, refund};

#[track_caller]
fn fetched(answers: Vec<Result<Answer, CallError>>) -> Result<Vec<Report>, CallError> {
    let (account, wire) = (account(), Script::new(answers));
    let reports = run(Watch::fetch(&Cashfree, call(&account, &wire), &subject()));
    sent(&wire);
    reports
}

#[track_caller]
fn one_try(changes: &[(&str, Value)], expected: Option<Try>) {
    let mut answers = vec![list(&[payment(changes)])];
    if matches!(expected, Some(Try::Captured { .. })) {
        answers.push(ok("[]"));
    }
    let reports = fetched(answers);
    match expected {
        Some(what) => assert_eq!(tries(&reports.unwrap()), [(PAYMENT_ID.to_owned(), what)]),
        None => assert!(
            matches!(&reports, Err(CallError::Unknown(r)) if r.kind == ReasonKind::Unrecognised),
            "{reports:?}"
        ),
    }
}

fn decided(action: &str, status: &str, amount: Value) -> (&'static str, Value) {
    ("authorization", json!({ "action": action, "status": status, "captured_amount": amount }))
}

#[test]
fn statuses_are_never_rounded_up() {
    let status = |word: &str| ("payment_status", json!(word));
    let taken = |flag: Value| ("is_captured", flag);
    let failed = |reason| Some(Try::Failed { reason });
    one_try(&[], Some(paid()));
    one_try(&[status("NOT_ATTEMPTED")], Some(Try::Started));
    one_try(&[status("PENDING")], Some(Try::Started));
    one_try(&[status("USER_DROPPED")], failed(FailureReason::UserCancelled));
    one_try(&[status("VOID")], Some(Try::Released));
    one_try(&[status("CANCELLED")], Some(Try::Released));
    // Documented samples of failures say that they were captured.
    one_try(&[status("FAILED"), taken(json!(true))], failed(FailureReason::Unrecognised));
    one_try(&[status("PENDING"), taken(json!(true))], Some(Try::Started));
    for odd in ["FLAGGED", "success", "Success", "", "PAID", "ACTIVE"] {
        one_try(&[status(odd)], None);
    }
    // A hold, and what became of it.
    one_try(&[taken(json!(false))], Some(held()));
    one_try(&[taken(Value::Null)], None);
    one_try(
        &[taken(json!(false)), ("authorization", json!({ "action": null, "status": null }))],
        Some(held()),
    );
    one_try(&[decided("CAPTURE", "SUCCESS", json!(1499.00))], Some(paid()));
    one_try(
        &[decided("CAPTURE", "SUCCESS", json!(1000))],
        Some(Try::Captured { amount: Money::inr(1000_00) }),
    );
    one_try(&[decided("CAPTURE", "SUCCESS", Value::Null)], Some(paid()));
    // The very sample of the API's description: captured, and still pending.
    one_try(&[decided("CAPTURE", "PENDING", json!(1499))], Some(held()));
    one_try(&[decided("VOID", "PENDING", Value::Null), taken(json!(false))], Some(held()));
    one_try(&[decided("VOID", "SUCCESS", Value::Null), taken(json!(false))], Some(Try::Released));
    one_try(&[decided("VOID", "SUCCESS", Value::Null)], None);
    one_try(&[decided("CAPTURE", "SUCCESS", json!(1499)), taken(json!(false))], None);
    one_try(&[decided("CAPTURE", "FAILED", Value::Null)], None);
    one_try(&[decided("EXTEND", "SUCCESS", Value::Null)], None);
}

#[test]
fn amounts_and_times_are_needed() {
    one_try(&[("payment_amount", json!("1499.00"))], Some(paid()));
    one_try(&[("payment_amount", json!(0))], None);
    one_try(&[("payment_amount", json!(-1499))], None);
    one_try(&[("payment_currency", json!("inr"))], None);
    one_try(&[("payment_time", Value::Null)], None);
    one_try(&[("payment_time", json!("yesterday"))], None);
    let usd = Try::Captured { amount: Money::new(1499_00, "USD".parse().unwrap()) };
    one_try(&[("payment_currency", json!("USD"))], Some(usd));
    one_try(&[("order_id", json!("another"))], None);
    for unreadable in [
        payment(&[("payment_amount", json!(true))]),
        payment(&[("payment_amount", json!([1499]))]),
        payment(&[("payment_status", json!(1))]),
        PAYMENT.replacen('{', r#"{"payment_status":"FAILED","#, 1),
    ] {
        let reports = fetched(vec![list(std::slice::from_ref(&unreadable))]);
        assert!(
            matches!(&reports, Err(CallError::Unknown(r)) if r.kind == ReasonKind::Unreadable),
            "{unreadable}: {reports:?}"
        );
    }
}

#[test]
fn reasons_of_failures() {
    let because = |reason: Value, code: Value, expected| {
        let trouble = ("error_details", json!({ "error_reason": reason, "error_code": code }));
        one_try(&[("payment_status", json!("FAILED")), trouble], Some(Try::Failed { reason: expected }));
    };
    let declined = || json!("TRANSACTION_DECLINED");
    because(json!("insufficient_funds"), declined(), FailureReason::InsufficientFunds);
    because(json!("auth_declined"), declined(), FailureReason::DeclinedByBank);
    because(json!("bank_rejected"), declined(), FailureReason::DeclinedByBank);
    because(Value::Null, declined(), FailureReason::DeclinedByBank);
    because(json!("a_new_one"), declined(), FailureReason::Unrecognised);
    because(Value::Null, Value::Null, FailureReason::Unrecognised);
    one_try(
        &[("payment_status", json!("FAILED")), ("error_details", json!("?"))],
        Some(Try::Failed { reason: FailureReason::Unrecognised }),
    );
}

#[test]
fn every_try_is_told_and_a_strange_one_hides_none() {
    let failed = |id: &str| payment(&[("cf_payment_id", json!(id)), ("payment_status", json!("FAILED"))]);
    let odd = payment(&[("cf_payment_id", json!(77)), ("payment_status", json!("FLAGGED"))]);
    let answers = vec![list(&[failed("1"), PAYMENT.to_owned(), odd, failed("2")]), ok("[]")];
    let ids: Vec<_> = tries(&fetched(answers).unwrap()).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["1", PAYMENT_ID, "2"]);
}

#[test]
fn details_are_shown_and_never_needed() {
    let detail = |changes: &[(&str, Value)]| {
        let reports = fetched(vec![list(&[payment(changes)]), ok("[]")]).unwrap();
        match reports.into_iter().next() {
            Some(Report::Payment { about, fact }) => match fact.happened {
                Happened::Tried { detail, .. } => (about, fact.at, detail),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    let (about, at, upi) = detail(&[]);
    assert_eq!((about.provider_order.as_deref(), about.our_ref), (Some(OUR_REF), Some(our_ref())));
    assert_eq!(at, Millis(1_789_000_030_000));
    assert_eq!((upi.method, upi.instrument.as_deref()), (Some(Method::Upi), Some("asha@upi")));
    assert_eq!(upi.bank_ref.as_deref(), Some("P78112898712"));
    let with_method = |group: &str, method: Value| {
        let (_, _, shown) = detail(&[("payment_group", json!(group)), ("payment_method", method)]);
        (shown.method.unwrap(), shown.instrument.unwrap_or_default())
    };
    let phone = json!({ "upi": { "upi_id": "9800000001@ybl" } });
    assert_eq!(with_method("upi_credit_card", phone), (Method::Upi, "••0001@ybl".to_owned()));
    let card = json!({ "card": { "card_number": "XXXXXXXXXXXX4738", "card_network": "visa" } });
    assert_eq!(with_method("debit_card", card), (Method::Card, "visa ••4738".to_owned()));
    let whole = json!({ "card": { "card_number": "4111111111111111" } });
    assert_eq!(with_method("credit_card", whole), (Method::Card, "Card ••1111".to_owned()));
    let bank = json!({ "netbanking": { "netbanking_bank_name": "HDFC Bank" } });
    assert_eq!(with_method("net_banking", bank), (Method::Netbanking, "HDFC Bank".to_owned()));
    assert_eq!(
        with_method("wallet", json!({ "app": { "provider": "amazon" } })),
        (Method::Wallet, "amazon".into())
    );
    for (group, method) in [
        ("cardless_emi", Method::Emi),
        ("pay_later", Method::PayLater),
        ("bank_transfer", Method::BankTransfer),
        ("telepathy", Method::Other),
    ] {
        assert_eq!(with_method(group, json!("?")), (method, String::new()));
    }
    let (_, _, bare) = detail(&[
        ("payment_group", json!(7)),
        ("payment_method", json!({ "upi": [], "card": { "card_number": "é" } })),
        ("bank_reference", json!({})),
    ]);
    assert_eq!((bare.method, bare.instrument, bare.bank_ref), (None, None, None));
}

#[test]
fn refunds_come_with_their_payment_and_no_others() {
    let given = |id: &str, of: Value| with(REFUND, &[("cf_refund_id", json!(id)), ("cf_payment_id", of)]);
    // Money that was never the merchant's went back by itself: that is no refund.
    let listed = list(&[REFUND.to_owned(), given("2", json!("999")), given("3", json!(12_376_123))]);
    let reports = fetched(vec![list(&[PAYMENT.to_owned()]), listed]).unwrap();
    let refunds: Vec<_> = reports
        .iter()
        .filter_map(|report| match report {
            Report::Refund { about, fact } => {
                Some((about.provider_refund.as_str(), about.amount, fact.clone()))
            }
            Report::Payment { .. } => None,
        })
        .collect();
    let fact = refund::Fact { at: Millis(1_789_111_465_000), happened: refund::Happened::Processed };
    assert_eq!(refunds, [("1553338", Money::inr(500_00), fact.clone()), ("3", Money::inr(500_00), fact)]);
    // The capture is told even where the refunds can't be.
    for lost in [status(500, ""), problem(404, "order_not_found"), ok("{}")] {
        assert_eq!(whats(&fetched(vec![list(&[PAYMENT.to_owned()]), lost]).unwrap()), [paid()]);
    }
    // What is merely held has none to ask for.
    assert_eq!(whats(&fetched(vec![list(&[payment(&[("is_captured", json!(false))])])]).unwrap()), [held()]);
}

#[test]
fn refund_states_are_never_rounded_up() {
    let fetched = |word: &str| {
        let (account, refund) = (account(), with(REFUND, &[("refund_status", json!(word))]));
        let wire = Script::new(vec![list(&[refund])]);
        let report =
            run(crate::contract::Refund::fetch(&Cashfree, call(&account, &wire), &refund_ask(), None));
        report.map(|report| match report {
            Some(Report::Refund { fact, .. }) => fact.happened,
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(fetched("PENDING"), Ok(refund::Happened::Accepted));
    assert_eq!(fetched("ONHOLD"), Ok(refund::Happened::Accepted));
    assert_eq!(fetched("SUCCESS"), Ok(refund::Happened::Processed));
    assert_eq!(fetched("CANCELLED"), Ok(refund::Happened::Failed));
    assert_eq!(fetched("FAILED"), Ok(refund::Happened::Failed));
    for odd in ["success", "", "PROCESSED"] {
        assert!(matches!(fetched(odd), Err(CallError::Unknown(_))), "{odd}");
    }
}

#[test]
fn what_a_refusal_proves() {
    let kind = |answer| match fetched(vec![answer]) {
        Err(CallError::NotDone(r)) => (true, r.kind),
        Err(CallError::Unknown(r)) => (false, r.kind),
        Ok(reports) => panic!("{reports:?}"),
    };
    let typed = problem_of;
    assert_eq!(kind(problem(400, "order_amount_invalid")), (true, ReasonKind::Refused));
    assert_eq!(kind(problem(404, "order_not_found")), (true, ReasonKind::NotFound));
    assert_eq!(kind(typed(401, "request_failed", "authentication_error")), (true, ReasonKind::Unauthorized));
    assert_eq!(kind(typed(403, "request_failed", "feature_not_enabled")), (true, ReasonKind::Forbidden));
    assert_eq!(kind(typed(429, "request_failed", "rate_limit_error")), (true, ReasonKind::RateLimited));
    assert_eq!(kind(status(429, "slow down")), (true, ReasonKind::RateLimited));
    assert_eq!(kind(problem(409, "refund_not_allowed")), (true, ReasonKind::Refused));
    assert_eq!(kind(problem(409, "order_already_exists")), (false, ReasonKind::Refused));
    assert_eq!(kind(typed(422, "request_invalid", "idempotency_error")), (false, ReasonKind::Refused));
    assert_eq!(kind(typed(502, "bank_processing_failure", "api_error")), (false, ReasonKind::ServerError));
    assert_eq!(kind(typed(400, "internal_error", "api_error")), (false, ReasonKind::ServerError));
    assert_eq!(kind(typed(400, "x", "a_new_type")), (false, ReasonKind::Unrecognised));
    assert_eq!(kind(problem(302, "x")), (false, ReasonKind::Unrecognised));
    assert_eq!(kind(status(500, "")), (false, ReasonKind::ServerError));
    assert_eq!(kind(status(502, "<html>")), (false, ReasonKind::ServerError));
    for unreadable in [status(404, "<html>"), status(400, "{}"), ok(""), ok("{}"), ok("<html>"), ok("[{}]")] {
        assert_eq!(kind(unreadable), (false, ReasonKind::Unreadable));
    }
}

#[test]
fn a_refusal_s_words_are_shown_without_a_payer_s() {
    let body = json!({
        "code": "phone_invalid", "type": "invalid_request_error",
        "message": "customer_phone : 9800000001 of asha@example.com is wrong",
    });
    match fetched(vec![status(400, body.to_string())]) {
        Err(CallError::NotDone(reason)) => {
            assert_eq!(reason.detail, "phone_invalid customer_phone : … of … is wrong");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_simulator_has_accounts_of_its_own_kind() {
    // The one type that crosses from it: what tests and the sandbox let merchants in with.
    let account = sim::SimAccount::new("TESTX", "s").with_webhook("http://127.0.0.1:1/hook");
    assert_eq!((account.client_id.as_str(), account.webhook_url.is_some()), ("TESTX", true));
    assert!(!format!("{account:?}").contains("\"s\""));
}
