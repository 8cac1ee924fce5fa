//! What JSON can hold where an amount is expected. `orders` is asked, so that currency and ceiling count as well.

use super::super::body::parse;
use super::super::orders::Asked;
use super::house::House;
use hundi_core::Mode;

#[track_caller]
fn check(amount: &str, currency: &str, minor: Option<i64>) {
    let body = format!("{{\"amount\":{amount},\"currency\":\"{currency}\"}}");
    let read = parse::<Asked>(body.as_bytes()).and_then(|asked| asked.checked(Mode::Test, "key:hk".into()));
    match (read, minor) {
        (Ok(order), Some(minor)) => {
            assert_eq!((order.amount.minor(), order.amount.currency().code()), (minor, currency));
        }
        (Err(error), None) => {
            assert_eq!((error.status(), error.param()), (400, Some("amount")), "{amount}: {error:?}");
            let bare = amount.trim_matches('"');
            let sentence = error.sentence().replace("129900", "").replace("1299.00", "");
            assert!(bare.len() < 4 || !sentence.contains(bare), "{amount} is repeated: {sentence}");
        }
        (read, _) => panic!("{amount} {currency}: {read:?}"),
    }
}

#[test]
fn whole_positive_numbers_below_the_ceiling_and_nothing_else() {
    for (text, minor) in [("1", 1), ("100", 100), ("129900", 129_900), ("50000000", 50_000_000)] {
        check(text, "INR", Some(minor));
    }
    check("1000000000000", "INR", Some(1_000_000_000_000));
    check("10000000000", "JPY", Some(10_000_000_000));
    check("10000000000000", "KWD", Some(10_000_000_000_000));
    for text in [
        "0",
        "-0",
        "-1",
        "-100",
        "1.0",
        "100.00",
        "99.99",
        "0.1",
        "-0.0",
        "1e2",
        "1E2",
        "1e+2",
        "1e-2",
        "100e0",
        "10000000000001",
        "1000000000001",
        "9007199254740991",
        "9007199254740993",
        "9007199254740993.0",
        "2147483648000000",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "1e400",
        "-1e400",
        "1e19",
        "99999999999999999999999999999999999999",
        "4111111111111111",
        "\"100\"",
        "\"100.00\"",
        "\"\"",
        "\"1e2\"",
        "\" 100\"",
        "\"₹100\"",
        "\"NaN\"",
        "\"Infinity\"",
        "\"-1\"",
        "\"१००\"",
        "null",
        "true",
        "false",
        "[]",
        "[100]",
        "[[100]]",
        "{}",
        "{\"minor\":100}",
        "{\"$gt\":0}",
    ] {
        check(text, "INR", None);
    }
    for (text, currency) in [("10000000001", "JPY"), ("10000000000001", "KWD"), ("1000000000001", "USD")] {
        check(text, currency, None);
    }
}

/// What is no JSON number at all makes the body unreadable.
#[test]
fn numbers_that_json_does_not_have() {
    for text in [
        "+1",
        "01",
        "1.",
        ".5",
        "0x10",
        "1_000",
        "1,000",
        "NaN",
        "Infinity",
        "-",
        "१००",
        "1 0",
        "'1'",
        "1e",
        "--1",
    ] {
        let body = format!("{{\"amount\":{text},\"currency\":\"INR\"}}");
        let error = parse::<Asked>(body.as_bytes()).unwrap_err();
        assert_eq!((error.status(), error.code()), (400, "unreadable_request"), "{text}");
    }
}

#[test]
fn currencies() {
    for text in
        ["", "inr", "Inr", "INRR", "IN", "XXX", "XAU", " INR", "INR ", "₹", "IN\\u0000", "356", "null"]
    {
        let body = format!("{{\"amount\":100,\"currency\":\"{text}\"}}");
        let error = parse::<Asked>(body.as_bytes())
            .and_then(|asked| asked.checked(Mode::Test, "key:hk".into()))
            .unwrap_err();
        assert_eq!((error.status(), error.param()), (400, Some("currency")), "{text}");
    }
}

#[tokio::test]
async fn a_refused_amount_leaves_no_row_and_spends_no_key() {
    let house = House::new().await;
    for amount in ["0", "-1", "1.5", "\"100\"", "9223372036854775808"] {
        let body = format!("{{\"amount\":{amount},\"currency\":\"INR\"}}");
        let answer = house.post_with_key("/orders", &body, "one-key").await;
        House::is_problem(&answer, 400, "invalid_field", Some("amount"));
    }
    assert_eq!(house.orders_count().await, 0);
    let answer = house.post_with_key("/orders", r#"{"amount":100,"currency":"INR"}"#, "one-key").await;
    assert_eq!((answer.status.as_u16(), answer.header("idempotent-replayed")), (201, ""));
}
