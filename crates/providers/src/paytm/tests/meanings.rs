//! What a status answer means: words, codes, amounts, dates, and what is worth showing.

use super::*;
use crate::contract::Watch;
use crate::wire::ReasonKind;
use hundi_core::payment::TryDetail;
use hundi_core::{FailureReason as F, Method};
use serde_json::json;

fn fetched(body: &str) -> Result<Vec<Report>, CallError> {
    let wire = Script::new(vec![answered(body)]);
    run(Watch::fetch(&Paytm, call(&account(), &wire), &subject()))
}

#[track_caller]
fn says(status: &str, code: &str, expected: Try) {
    let reports = fetched(&saying(STATUS, status, code)).unwrap();
    assert_eq!(tries(&reports), [(OUR_REF.to_owned(), TXN.to_owned(), expected)], "{status} {code}");
}

#[track_caller]
fn says_nothing(status: &str, code: &str, kind: ReasonKind) {
    match fetched(&saying(STATUS, status, code)) {
        Err(error) => assert_eq!(error.reason().kind, kind, "{status} {code}"),
        Ok(reports) => panic!("{status} {code}: {reports:?}"),
    }
}

#[test]
fn the_table_of_order_status() {
    let paid = || Try::Captured { amount: Money::inr(499_00) };
    let failed = |reason| Try::Failed { reason };
    says("TXN_SUCCESS", "01", paid());
    says("TXN_SUCCESS", "1", paid());
    for code in ["400", "402", "911", "9999", ""] {
        says("PENDING", code, Try::Started);
    }
    says("TXN_FAILURE", "227", failed(F::DeclinedByBank));
    says("TXN_FAILURE", "267", failed(F::DeclinedByBank));
    says("TXN_FAILURE", "401", failed(F::DeclinedByBank));
    says("TXN_FAILURE", "141", failed(F::UserCancelled));
    says("TXN_FAILURE", "235", failed(F::InsufficientFunds));
    says("TXN_FAILURE", "295", failed(F::InstrumentInvalid));
    says("TXN_FAILURE", "810", failed(F::Unrecognised));
    says("TXN_FAILURE", "9999", failed(F::Unrecognised));
    assert_eq!(fetched(&saying(STATUS, "NO_RECORD_FOUND", "331")), Ok(vec![]));
    assert_eq!(fetched(&saying(STATUS, "TXN_FAILURE", "331")), Ok(vec![]));
}

#[test]
fn nothing_is_rounded_up_or_down() {
    // A success by another number, words that nobody has mapped, failures whose code says otherwise.
    for (status, code) in [
        ("TXN_SUCCESS", "10"),
        ("TXN_SUCCESS", "400"),
        ("TXN_SUCCESS", ""),
        ("SUCCESS", "01"),
        ("txn_success", "01"),
        ("S", "0000"),
        ("UNDER_PARTNER_REVIEW", "01"),
        ("", ""),
        ("TXN_FAILURE", "01"),
        ("TXN_FAILURE", "400"),
        ("TXN_FAILURE", "402"),
        ("TXN_FAILURE", "911"),
    ] {
        says_nothing(status, code, ReasonKind::Unrecognised);
    }
    // These say that the question was wrong, or that nobody could answer it.
    says_nothing("TXN_FAILURE", "330", ReasonKind::Unauthorized);
    says_nothing("TXN_FAILURE", "335", ReasonKind::Unauthorized);
    says_nothing("TXN_FAILURE", "334", ReasonKind::Refused);
    says_nothing("TXN_FAILURE", "501", ReasonKind::ServerError);
}

#[track_caller]
fn changed(changes: &[(&str, Value)]) -> Result<Vec<Report>, CallError> {
    fetched(&with(STATUS, changes))
}

#[test]
fn amounts_are_decimals_and_never_floats() {
    for (text, minor) in [("499.00", 499_00), ("499", 499_00), ("499.5", 499_50), ("0.01", 1), ("1.00", 1_00)]
    {
        let reports = changed(&[("txnAmount", json!(text))]).unwrap();
        let amount = Money::inr(minor);
        assert!(
            matches!(&tries(&reports)[..], [(_, _, Try::Captured { amount: a })] if *a == amount),
            "{text}"
        );
    }
    for odd in [
        json!("0.00"),
        json!("-499.00"),
        json!("4.99e2"),
        json!("499.001"),
        json!(""),
        json!("null"),
        json!("1,499.00"),
        Value::Null,
        json!(499),
        json!(499.0),
    ] {
        assert!(matches!(changed(&[("txnAmount", odd.clone())]), Err(CallError::Unknown(_))), "{odd}");
    }
    assert!(changed(&[("currency", json!("INR"))]).is_ok());
    assert!(changed(&[("currency", json!("USD"))]).is_err());
}

#[test]
fn a_success_that_is_not_quite_ours_is_none() {
    for (name, value) in [
        ("orderId", json!("another")),
        ("orderId", Value::Null),
        ("mid", json!("SOMEBODYELSE")),
        ("txnId", json!("")),
        ("txnId", json!("../x")),
        ("txnId", Value::Null),
        ("txnType", json!("PREAUTH")),
        ("txnType", json!("RELEASE")),
        ("resultInfo", Value::Null),
    ] {
        let said = changed(&[(name, value.clone())]);
        assert!(matches!(said, Err(CallError::Unknown(_))), "{name} {value} {said:?}");
    }
    let twice = STATUS.trim().replacen(r#""txnAmount""#, r#""txnAmount":"1.00","\u0074xnAmount""#, 1);
    assert!(matches!(fetched(&twice), Err(CallError::Unknown(_))));
    // A failure before any transaction is nothing to speak of.
    let left = with(&saying(STATUS, "TXN_FAILURE", "141"), &[("txnId", json!(""))]);
    assert_eq!(fetched(&left), Ok(vec![]));
}

#[test]
fn every_road_dates_by_the_transaction() {
    let at = |changes: &[(&str, Value)]| match changed(changes).unwrap().remove(0) {
        Report::Payment { fact, .. } => fact.at,
        other @ Report::Refund { .. } => panic!("{other:?}"),
    };
    assert_eq!(at(&[]), TXN_AT);
    // Without a date, the day that its id begins with: the same on every road, too.
    let midnight = Millis(1_767_205_800_000);
    assert_eq!(at(&[("txnDate", json!(""))]), midnight);
    assert_eq!(at(&[("txnDate", Value::Null)]), midnight);
    assert!(changed(&[("txnDate", json!("")), ("txnId", json!("T1"))]).is_err());
}

#[test]
fn details_are_shown_and_never_needed() {
    let detail = |changes: &[(&str, Value)]| -> TryDetail {
        match changed(changes).unwrap().remove(0) {
            Report::Payment { fact, .. } => match fact.happened {
                Happened::Tried { detail, .. } => detail,
                other => panic!("{other:?}"),
            },
            other @ Report::Refund { .. } => panic!("{other:?}"),
        }
    };
    let upi = detail(&[]);
    assert_eq!((upi.method, upi.instrument.as_deref()), (Some(Method::Upi), Some("HDFC Bank")));
    assert_eq!((upi.bank_ref.as_deref(), upi.provider_code), (Some("600100000001"), None));
    let card = detail(&[("paymentMode", json!("CC")), ("maskedCardNo", json!("411111******1111"))]);
    assert_eq!((card.method, card.instrument.as_deref()), (Some(Method::Card), Some("Card ••1111")));
    let bare = detail(&[
        ("paymentMode", json!({"a": 1})),
        ("bankTxnId", json!("")),
        ("bankName", json!("null")),
        ("maskedCardNo", json!("₹₹")),
    ]);
    assert_eq!(bare, TryDetail::default());
    assert_eq!(detail(&[("paymentMode", json!("TELEPATHY"))]).method, Some(Method::Other));
    let failed = fetched(&saying(STATUS, "TXN_FAILURE", "227")).unwrap();
    assert!(format!("{failed:?}").contains(r#"provider_code: Some("227")"#));
}
