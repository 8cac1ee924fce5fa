//! Statuses as a table, amounts as they are written, times, and what is shown of a try.

use super::*;
use crate::contract::Watch;
use hundi_core::payment::TryDetail;
use hundi_core::{FailureReason, Method, Millis, refund};

/// The documented order with changes at its top, fetched.
fn fetched(changes: &[(&str, Value)]) -> Result<Vec<Report>, CallError> {
    let (account, wire) = (account(), Script::new(vec![ok(with(ORDER, changes))]));
    run(Watch::fetch(&Hdfc, call(&account, &wire), &subject()))
}

#[track_caller]
fn means(status: &str, expected: Option<&Try>) {
    let reports = fetched(&[("status", json!(status))]).unwrap();
    match (&tries(&reports)[..], expected) {
        ([], None) => {}
        ([(order, payment, what)], Some(expected)) => {
            assert_eq!((order.as_str(), payment.as_str(), what), (OUR_REF, TXN, expected), "{status}");
        }
        (other, expected) => panic!("{status}: {other:?}, not {expected:?}"),
    }
}

#[test]
fn statuses() {
    let amount = Money::inr(499_00);
    let failed = |reason| Try::Failed { reason };
    means("NEW", None);
    for pending in ["STARTED", "PENDING_VBV", "VBV_SUCCESSFUL", "AUTHORIZING", "PENDING", "COD_INITIATED"] {
        means(pending, Some(&Try::Started));
    }
    means("CHARGED", Some(&Try::Captured { amount }));
    means("JUSPAY_DECLINED", Some(&failed(FailureReason::ProviderRefused)));
    means("AUTHENTICATION_FAILED", Some(&failed(FailureReason::AuthenticationFailed)));
    means("AUTHORIZATION_FAILED", Some(&failed(FailureReason::DeclinedByBank)));
    for held in ["AUTHORIZED", "CAPTURE_INITIATED", "CAPTURE_FAILED", "VOID_INITIATED", "VOID_FAILED"] {
        means(held, Some(&Try::Authorized { amount }));
    }
    for released in ["VOIDED", "AUTO_REFUNDED"] {
        means(released, Some(&Try::Released));
    }
    for word in ["PARTIAL_CHARGED", "TO_BE_CHARGED", "charged", "CHARGED ", "SUCCESS", ""] {
        unknown(fetched(&[("status", json!(word))]), ReasonKind::Unrecognised);
    }
    unknown(fetched(&[("status", json!("NOT_FOUND"))]), ReasonKind::NotFound);
    // Nobody has tried yet.
    assert_eq!(fetched(&[("status", json!("STARTED")), ("txn_id", Value::Null)]), Ok(vec![]));
    unknown(fetched(&[("txn_id", json!(""))]), ReasonKind::Unrecognised);
}

#[test]
fn another_order_is_not_believed() {
    unknown(fetched(&[("order_id", json!("another"))]), ReasonKind::Unrecognised);
    unknown(fetched(&[("order_id", Value::Null)]), ReasonKind::Unrecognised);
}

#[track_caller]
fn charged(written: &str, expected: Option<i64>) {
    let body = ORDER.replace(r#""txn_amount":499"#, &format!(r#""txn_amount":{written}"#));
    let (account, wire) = (account(), Script::new(vec![ok(body)]));
    let reports = run(Watch::fetch(&Hdfc, call(&account, &wire), &subject()));
    match expected {
        Some(minor) => {
            let what = tries(&reports.unwrap()).remove(0).2;
            assert_eq!(what, Try::Captured { amount: Money::inr(minor) }, "{written}");
        }
        None => unknown(reports, ReasonKind::Unrecognised),
    }
}

#[test]
fn amounts_are_read_as_they_are_written() {
    charged("499", Some(499_00));
    charged("499.0", Some(499_00));
    charged("499.00", Some(499_00));
    charged("499.000", Some(499_00));
    charged("0.1", Some(10));
    charged("4.35", Some(4_35));
    charged("\"499.00\"", Some(499_00));
    charged("1.0e7", Some(10_000_000_00));
    charged("1.23456789E7", Some(12_345_678_90));
    charged("5.0e-2", Some(5));
    charged("70368744177664.01", Some(70_368_744_177_664_01));
    for wrong in
        ["0", "-1", "499.001", "1e-3", "1e99", "\"4,99\"", "\"\u{20b9}499\"", "\"NaN\"", "\"1e\"", "true"]
    {
        charged(wrong, None);
    }
    // The try's amount counts before the order's: a payer who was charged less has not paid.
    charged("1", Some(1_00));
    // Left out, the order's own is what the documentation says to compare.
    charged("null", Some(499_00));
}

#[test]
fn a_currency_is_never_guessed() {
    let body = ORDER.replace(r#""currency":"INR""#, r#""currency":null"#);
    let (account, wire) = (account(), Script::new(vec![ok(body)]));
    let fetched = run(Watch::fetch(&Hdfc, call(&account, &wire), &subject()));
    unknown(fetched, ReasonKind::Unrecognised);
}

fn at_and_detail(changes: &[(&str, Value)]) -> (Millis, TryDetail) {
    match fetched(changes).unwrap().remove(0) {
        Report::Payment { fact, .. } => match fact.happened {
            Happened::Tried { detail, .. } => (fact.at, detail),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_try_is_dated_by_its_own_time() {
    let shown = |changes: &[(&str, Value)]| at_and_detail(changes).0.to_string();
    assert_eq!(shown(&[]), "2026-01-01T06:12:10.000Z");
    assert_eq!(shown(&[("txn_detail", json!({}))]), "2026-01-01T06:11:16.000Z");
    let fine = json!({"created": "2024-02-29T23:59:59.5Z"});
    assert_eq!(shown(&[("txn_detail", fine)]), "2024-02-29T23:59:59.500Z");
    for odd in [
        "2026-01-01T06:12:10",
        "2026-01-01 06:12:10Z",
        "2026-13-01T06:12:10Z",
        "x",
        "",
        "2026-01-01T24:00:00Z",
    ] {
        let none = fetched(&[("txn_detail", json!({"created": odd})), ("date_created", json!(odd))]);
        unknown(none, ReasonKind::Unrecognised);
    }
}

#[test]
fn what_is_shown_is_masked() {
    let (_, detail) = at_and_detail(&[]);
    assert_eq!(detail.method, Some(Method::Upi));
    assert_eq!(detail.instrument.as_deref(), Some("buyer@hdfc"));
    assert_eq!(detail.bank_ref.as_deref(), Some("600100000001"));
    let (_, phone) = at_and_detail(&[("payer_vpa", json!("9800000001@hdfc"))]);
    assert_eq!(phone.instrument.as_deref(), Some("••0001@hdfc"));
    let card = [
        ("payer_vpa", Value::Null),
        ("upi", json!({})),
        ("payment_method_type", json!("CARD")),
        ("payment_method", json!("VISA")),
        ("card", json!({"last_four_digits": "1007", "card_brand": "VISA", "name_on_card": "Asha"})),
        ("payment_gateway_response", json!({"rrn": "NA", "epg_txn_id": "pg_9"})),
        ("bank_error_code", json!("51")),
    ];
    let (_, card) = at_and_detail(&card);
    assert_eq!(card.method, Some(Method::Card));
    assert_eq!(card.instrument.as_deref(), Some("VISA ••1007"));
    assert_eq!(card.bank_ref.as_deref(), Some("pg_9"));
    assert_eq!(card.provider_code.as_deref(), Some("51"));
    let bank = [
        ("payer_vpa", json!({})),
        ("upi", json!("x")),
        ("payment_method_type", json!("NB")),
        ("payment_method", json!("NB_HDFC")),
    ];
    let (_, bank) = at_and_detail(&bank);
    assert_eq!((bank.method, bank.instrument.as_deref()), (Some(Method::Netbanking), Some("NB_HDFC")));
}

// ---- refunds

fn refunds(reports: &[Report]) -> Vec<(String, refund::Happened, i64)> {
    let of = |r: &Report| match r {
        Report::Refund { about, fact } => {
            Some((about.provider_refund.clone(), fact.happened, about.amount.minor()))
        }
        Report::Payment { .. } => None,
    };
    reports.iter().filter_map(of).collect()
}

#[test]
fn refunds_are_read_by_their_own_status() {
    use refund::Happened::*;
    let words =
        [("PENDING", Accepted), ("MANUAL_REVIEW", Accepted), ("SUCCESS", Processed), ("FAILURE", Failed)];
    for (word, happened) in words {
        let refund = refund_with(&[("status", json!(word))]);
        // `refunded` and the sum already count a refund that is only asked for.
        let changes =
            [("refunds", json!([refund])), ("refunded", json!(true)), ("amount_refunded", json!(100))];
        let reports = fetched(&changes).unwrap();
        assert_eq!(refunds(&reports), [(REFUND_REF.to_owned(), happened, 100_00)], "{word}");
        assert_eq!(tries(&reports).len(), 1, "the capture stays one");
    }
    // A word that nobody knows hides neither the capture nor the other refund.
    let odd = [refund_with(&[("status", json!("SETTLED"))]), refund_with(&[])];
    let reports = fetched(&[("refunds", json!(odd))]).unwrap();
    assert_eq!((tries(&reports).len(), refunds(&reports).len()), (1, 1));
}

#[test]
fn refunds_of_what_was_never_taken_are_not_reported() {
    let refund = refund_with(&[("initiated_by", json!("SYSTEM")), ("status", json!("SUCCESS"))]);
    let reports = fetched(&[("status", json!("AUTO_REFUNDED")), ("refunds", json!([refund]))]).unwrap();
    assert_eq!(tries(&reports).remove(0).2, Try::Released);
    assert!(refunds(&reports).is_empty());
}

/// In webhooks numbers and flags come as texts, and nothing as an empty object.
#[test]
fn texts_for_numbers_mean_the_same() {
    let strict = fetched(&[]).unwrap();
    let body = ORDER
        .replace(":499,", ":\"499.0\",")
        .replace(":21,", ":\"21\",")
        .replace(":false,", ":\"false\",")
        .replace(":null", ":{}");
    let (account, wire) = (account(), Script::new(vec![ok(body)]));
    assert_eq!(run(Watch::fetch(&Hdfc, call(&account, &wire), &subject())), Ok(strict));
}
