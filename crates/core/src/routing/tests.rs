//! Rules as a table; shares as counts; the breaker as a history.

use super::*;
use crate::time::{minutes, seconds};
use proptest::prelude::*;

fn connection(n: u8) -> ConnectionId {
    ConnectionId::new(Millis(1), [n; 10])
}

fn anything() -> When {
    When { methods: vec![], currency: None, min_minor: None, max_minor: None, window: None }
}

fn rule(when: When, to: &[(u8, u32)]) -> Rule {
    let to = to.iter().map(|(n, weight)| Share { connection: connection(*n), weight: *weight }).collect();
    Rule { name: "a rule".to_owned(), when, to }
}

fn well(n: u8) -> Candidate {
    Candidate { connection: connection(n), unfit: None, health: Health::Well }
}

fn wanted(minor: i64) -> Wanted {
    let at = LocalTime { weekday: 2, minute: 600 };
    Wanted { amount: Money::inr(minor), method: Some(Method::Upi), at, dice: 1 }
}

#[track_caller]
fn tries(rules: &[Rule], candidates: &[Candidate], wanted: &Wanted, expected: &[u8]) {
    let decision = decide(&Rules(rules.to_vec()), candidates, None, wanted);
    let expected: Vec<_> = expected.iter().map(|n| connection(*n)).collect();
    assert_eq!(decision.tries, expected, "{decision:?}");
}

#[test]
fn table_of_rules() {
    let all = [well(1), well(2), well(3)];
    let first = |when: When| [rule(when, &[(3, 1)])];
    let w = wanted(50_000);
    tries(&[], &all, &w, &[1, 2, 3]);
    tries(&first(anything()), &all, &w, &[3, 1, 2]);
    tries(&first(When { methods: vec![Method::Upi], ..anything() }), &all, &w, &[3, 1, 2]);
    tries(&first(When { methods: vec![Method::Card], ..anything() }), &all, &w, &[1, 2, 3]);
    let unknown = Wanted { method: None, ..w };
    tries(&first(When { methods: vec![Method::Upi], ..anything() }), &all, &unknown, &[1, 2, 3]);
    for (min, max, hit) in [
        (None, None, true),
        (Some(50_000), None, true),
        (Some(50_001), None, false),
        (None, Some(50_000), true),
        (None, Some(49_999), false),
        (Some(1), Some(100_000), true),
    ] {
        let when = When { min_minor: min, max_minor: max, ..anything() };
        tries(&first(when), &all, &w, if hit { &[3, 1, 2] } else { &[1, 2, 3] });
    }
    tries(&first(When { currency: Some(Currency::INR), ..anything() }), &all, &w, &[3, 1, 2]);
    tries(&first(When { currency: Some(Currency::USD), ..anything() }), &all, &w, &[1, 2, 3]);
    // The first that matches decides; a connection that is gone is passed by; no weight is a last resort.
    let two = [rule(When { min_minor: Some(90_000), ..anything() }, &[(1, 1)]), rule(anything(), &[(2, 1)])];
    tries(&two, &all, &w, &[2, 1, 3]);
    tries(&[rule(anything(), &[(9, 5), (3, 1)])], &all, &w, &[3, 1, 2]);
    tries(&[rule(anything(), &[(1, 0), (3, 1)])], &all, &w, &[3, 1, 2]);
    tries(&[rule(anything(), &[(2, 0), (3, 0)])], &all, &w, &[2, 3, 1]);
}

#[test]
fn what_cannot_and_what_is_down_is_passed_over_and_said_why() {
    let unfit = Candidate { unfit: Some(Unfit::Amount), ..well(1) };
    let down = Candidate { health: Health::Down { until: Millis(9) }, ..well(2) };
    let slow = Candidate { health: Health::Recovering { admits: false }, ..well(3) };
    let trial = Candidate { health: Health::Recovering { admits: true }, ..well(4) };
    let decision = decide(&Rules(vec![]), &[unfit, down, slow, trial, well(5)], None, &wanted(1));
    assert_eq!(decision.tries, [connection(4), connection(5)]);
    assert_eq!(
        decision.passed_over,
        [
            (connection(1), PassedOver::Unfit(Unfit::Amount)),
            (connection(2), PassedOver::Down { until: Millis(9) }),
            (connection(3), PassedOver::Recovering),
        ]
    );
}

#[test]
fn what_the_platform_lends_comes_last_and_no_rule_moves_it() {
    let lent = well(9);
    let down = Candidate { health: Health::Down { until: Millis(9) }, ..well(1) };
    let off = Candidate { unfit: Some(Unfit::Disabled), ..well(2) };
    let goes = |rules: &[Rule], own: &[Candidate], lent: &Candidate| {
        decide(&Rules(rules.to_vec()), own, Some(lent), &wanted(1))
    };
    let named = [rule(anything(), &[(9, 100), (3, 1)])];
    for (rules, own, tried) in [
        (&[][..], &[][..], &[9][..]),
        (&[], &[down.clone(), off.clone()], &[9]),
        (&[], &[well(3), down.clone()], &[3, 9]),
        (&named, &[well(4), well(3)], &[3, 4, 9]),
        (&named, &[], &[9]),
    ] {
        let tried: Vec<_> = tried.iter().map(|n| connection(*n)).collect();
        assert_eq!(goes(rules, own, &lent).tries, tried);
    }
    // It is passed over for the same reasons as any other.
    let (id, far) = (lent.connection, Health::Down { until: Millis(5) });
    for (lent, why) in [
        (Candidate { unfit: Some(Unfit::Currency), ..lent.clone() }, PassedOver::Unfit(Unfit::Currency)),
        (Candidate { health: far, ..lent.clone() }, PassedOver::Down { until: Millis(5) }),
        (Candidate { health: Health::Recovering { admits: false }, ..lent.clone() }, PassedOver::Recovering),
    ] {
        let decision = goes(&[], &[well(3)], &lent);
        assert_eq!(decision.tries, [connection(3)]);
        assert_eq!(decision.passed_over, [(id, why)]);
    }
}

#[test]
fn windows() {
    let week = [true, true, true, true, true, false, false];
    let window = |from_minute, to_minute| Window { days: week, from_minute, to_minute };
    let holds = |w: &Window, weekday, minute| w.holds(LocalTime { weekday, minute });
    let day = window(540, 1080);
    for (weekday, minute, inside) in
        [(0, 540, true), (0, 539, false), (4, 1079, true), (4, 1080, false), (5, 600, false)]
    {
        assert_eq!(holds(&day, weekday, minute), inside, "{weekday} {minute}");
    }
    // Friday's night goes on into Saturday; Sunday's does not begin, so Monday's morning is out.
    let night = window(1320, 360);
    for (weekday, minute, inside) in
        [(4, 1320, true), (5, 100, true), (5, 1330, false), (0, 100, false), (1, 100, true), (1, 360, false)]
    {
        assert_eq!(holds(&night, weekday, minute), inside, "{weekday} {minute}");
    }
}

#[test]
fn shares_follow_their_weights() {
    let shares =
        [Share { connection: connection(1), weight: 70 }, Share { connection: connection(2), weight: 30 }];
    let firsts = (0..10_000).filter(|dice| drawn(&shares, *dice)[0] == connection(1)).count();
    assert!((6_800..7_200).contains(&firsts), "{firsts}");
}

fn history(text: &str) -> Vec<Seen> {
    // One a second: g good, b bad, t a trial, a dot nothing.
    let one = |(at, c): (i64, char)| {
        let outcome = match c {
            'g' => Outcome::Good,
            'b' => Outcome::Bad,
            't' => Outcome::Trial,
            _ => return None,
        };
        Some(Seen { at: Millis(seconds(at)), outcome })
    };
    (0..).zip(text.chars()).filter_map(one).collect()
}

#[track_caller]
fn stands(text: &str, at_secs: i64, expected: Health) {
    assert_eq!(health(&history(text), Millis(seconds(at_secs))), expected, "{text} at {at_secs}");
}

#[test]
fn table_of_health() {
    let down = |until_secs| Health::Down { until: Millis(seconds(until_secs)) };
    let (yes, no) = (Health::Recovering { admits: true }, Health::Recovering { admits: false });
    stands("", 0, Health::Well);
    stands("bbbb", 4, Health::Well);
    stands("bbbbgb", 6, Health::Well);
    stands("bbbbb", 4, down(34));
    stands("bbbbb", 33, down(34));
    stands("bbbbb", 34, yes);
    // What ends late does not close it.
    stands("bbbbbggg", 8, down(34));
    let half = format!("bbbbb{}", ".".repeat(29));
    stands(&format!("{half}t"), 35, no);
    stands(&format!("{half}t"), 44, yes);
    stands(&format!("{half}tg"), 36, Health::Well);
    stands(&format!("{half}tb"), 36, down(35 + 60));
    // Doubles up to five minutes.
    let again = format!("{half}tb{}tb", ".".repeat(60));
    stands(&again, 98, down(97 + 120));
    // Half of many.
    stands(&"gb".repeat(9), 20, Health::Well);
    stands(&"gb".repeat(10), 20, down(19 + 30));
    stands(&"ggb".repeat(10), 40, Health::Well);
}

#[test]
fn old_failures_are_forgotten() {
    let old = history("bbbb");
    let mut seen = old;
    seen.extend((0..19).map(|n| Seen { at: Millis(minutes(10) + n), outcome: Outcome::Good }));
    seen.push(Seen { at: Millis(minutes(11)), outcome: Outcome::Bad });
    assert_eq!(health(&seen, Millis(minutes(11))), Health::Well);
}

proptest! {
    /// Whatever is asked: each connection is named once, and only those that fit and work are tried.
    #[test]
    fn every_connection_is_tried_or_passed_over_once(
        dice: u64,
        minor in 1_i64..1_000_000,
        states in prop::collection::vec(0_u8..4, 1..6),
        weights in prop::collection::vec((0_u8..8, 0_u32..5), 0..8),
    ) {
        let candidates: Vec<Candidate> = (0..).zip(&states).map(|(n, state)| Candidate {
            unfit: (*state == 1).then_some(Unfit::Flow),
            health: match state {
                2 => Health::Down { until: Millis(1) },
                3 => Health::Recovering { admits: false },
                _ => Health::Well,
            },
            ..well(n)
        }).collect();
        let rules = Rules(vec![rule(anything(), &weights)]);
        let lent = well(200);
        let decision = decide(&rules, &candidates, Some(&lent), &Wanted { dice, ..wanted(minor) });
        let mut named: Vec<_> = decision.tries.clone();
        named.extend(decision.passed_over.iter().map(|(id, _)| *id));
        prop_assert_eq!(decision.tries.last(), Some(&lent.connection));
        let mut all: Vec<_> = candidates.iter().chain([&lent]).map(|c| c.connection).collect();
        named.sort_unstable();
        all.sort_unstable();
        prop_assert_eq!(named, all);
        for id in &decision.tries {
            let candidate = candidates.iter().chain([&lent]).find(|c| c.connection == *id).unwrap();
            prop_assert!(candidate.unfit.is_none() && candidate.health == Health::Well);
        }
        // The same throw gives the same answer.
        prop_assert_eq!(decide(&rules, &candidates, Some(&lent), &Wanted { dice, ..wanted(minor) }), decision);
    }
}
