//! Limits, held: windows that begin anywhere, floods of keys, and what is written.

mod both;

use super::table::Table;
use super::*;
use proptest::prelude::*;

const AT: i64 = 1_795_248_000_000;

fn limit(text: &str) -> Limit {
    text.parse().unwrap()
}

#[track_caller]
fn gives(table: &Table, key: &str, of: &str, after_ms: i64) -> Turn {
    let turn = table.take(key, limit(of), Millis(AT + after_ms));
    assert!(turn.given, "{turn:?}");
    turn
}

#[track_caller]
fn refuses(table: &Table, key: &str, of: &str, after_ms: i64) -> i64 {
    let turn = table.take(key, limit(of), Millis(AT + after_ms));
    assert!(!turn.given && turn.remaining == 0, "{turn:?}");
    turn.wait_ms
}

#[test]
fn five_a_minute_are_five_in_any_minute() {
    let table = Table::standard();
    for (n, at) in [0, 10_000, 20_000, 59_000, 59_001].into_iter().enumerate() {
        assert_eq!(gives(&table, "payer", "5/minute", at).remaining, 4 - u32::try_from(n).unwrap());
    }
    assert_eq!(refuses(&table, "payer", "5/minute", 59_500), 1_500);
    // A refusal costs no turn, and another key's turns are its own.
    assert_eq!(refuses(&table, "payer", "5/minute", 60_999), 1);
    gives(&table, "another", "5/minute", 60_999);
    gives(&table, "payer", "5/minute", 61_000);
    assert_eq!(refuses(&table, "payer", "5/minute", 61_001), 9_999);
}

#[test]
fn a_clock_that_is_put_back_gives_nothing_away() {
    let table = Table::standard();
    gives(&table, "a", "2/minute", 0);
    gives(&table, "a", "2/minute", -30_000);
    refuses(&table, "a", "2/minute", -30_000);
    refuses(&table, "a", "2/minute", 60_999);
    gives(&table, "a", "2/minute", 61_000);
}

#[test]
fn a_million_keys_wash_nothing_away() {
    let table = Table::of(10_000);
    for _ in 0..3 {
        gives(&table, "mine", "3/hour", 0);
    }
    let mut given = 0_u64;
    for n in 0..1_000_000_i64 {
        let (key, at) = (format!("flood{n}"), if n < 10_000 { AT } else { AT + 120_000 });
        given += u64::from(table.take(&key, limit("3/hour"), Millis(at)).given);
    }
    assert_eq!(table.own(), 10_000);
    // What shares cells is counted together: no more than three an hour in each of the 1,024.
    assert!(given < 10_000 + 3 * 1_024, "{given}");
    refuses(&table, "mine", "3/hour", 121_000);

    // One that came when there was no room does not start anew when there is some.
    let late = (0..)
        .map(|n| format!("late{n}"))
        .find(|key| !table.take(key, limit("3/hour"), Millis(AT + 121_000)).given);
    let late = late.unwrap();
    gives(&table, "mine", "3/hour", 3_700_000);
    refuses(&table, &late, "3/hour", 3_700_000);
    // Two hours later all is forgotten, and there is room again.
    gives(&table, "mine", "3/hour", 7_500_000);
    gives(&table, &late, "3/hour", 7_500_000);
}

proptest! {
    #[test]
    fn no_window_holds_more_than_the_limit(
        turns in 1_u32..6,
        gaps in proptest::collection::vec(0_i64..20_000, 1..200),
    ) {
        let limit = Limit { turns, per_ms: 60_000 };
        let (table, mut at, mut given) = (Table::standard(), AT, Vec::new());
        let mut told: Option<i64> = None;
        for gap in gaps {
            at += gap;
            let turn = table.take("a", limit, Millis(at));
            // Whoever waited as told is let through.
            prop_assert!(turn.given || told.is_none_or(|until| at < until), "{at}");
            told = (!turn.given).then_some(at + turn.wait_ms);
            prop_assert!(turn.wait_ms > 0 && turn.wait_ms <= 61_000, "{turn:?}");
            if turn.given {
                given.push(at);
            }
        }
        for (n, from) in given.iter().enumerate() {
            let within = given[n..].iter().filter(|at| *at - from < 60_000).count();
            prop_assert!(within <= turns as usize, "{given:?}");
        }
    }
}

#[test]
fn a_network_is_one_caller() {
    assert_eq!(network_of("203.0.113.9"), "203.0.113.9");
    assert_eq!(network_of("::ffff:203.0.113.9"), "203.0.113.9");
    assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), network_of("2001:db8:1:2::1"));
    assert_ne!(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
}

#[test]
fn limits_are_read_as_they_are_written() {
    for text in ["5/minute", "20/15 minutes", "1/10 seconds", "100/hour", "3/day"] {
        assert_eq!(limit(text).to_string(), text);
    }
    assert_eq!(limit("60/60 seconds").to_string(), "60/minute");
    for text in [
        "",
        "5",
        "5/",
        "/minute",
        "0/minute",
        "-1/minute",
        "5/fortnight",
        "05/minute",
        "5/0 minutes",
        "5/2 days",
        "10000001/minute",
        "1e3/minute",
        "5/minute/hour",
    ] {
        assert_eq!(text.parse::<Limit>(), Err(NotALimit), "{text}");
    }
    let mut limits = Limits::standard();
    assert_eq!(limits.of(Rule::Requests).map(|l| l.to_string()).as_deref(), Some("100/minute"));
    limits.set("requests", "off").unwrap();
    limits.set("refunds", "2/minute").unwrap();
    assert_eq!((limits.of(Rule::Requests), limits.of(Rule::Refunds)), (None, Some(limit("2/minute"))));
    assert!(
        limits
            .set("refund", "2/minute")
            .unwrap_err()
            .contains("the limits are requests, looks, payment_starts")
    );
    assert!(limits.set("refunds", "two").unwrap_err().starts_with("refunds: write a limit such as 5/minute"));
    for (at, rule) in Rule::ALL.into_iter().enumerate() {
        assert_eq!(rule as usize, at);
    }
}
