use super::*;
use crate::FailureReason::{DeclinedByBank, ProviderRefused};
use crate::payment::Happened as H;
use proptest::prelude::*;

const ASKED: Money = Money::inr(149_900);

fn tried(id: &str, at: i64, what: Try) -> Fact {
    let happened = H::Tried { provider_payment: id.into(), what, detail: TryDetail::default() };
    Fact { at: Millis(at), happened }
}

fn captured(id: &str, at: i64) -> Fact {
    tried(id, at, Try::Captured { amount: ASKED })
}

fn failed(id: &str, at: i64) -> Fact {
    tried(id, at, Try::Failed { reason: DeclinedByBank })
}

fn ours(at: i64, happened: Happened) -> Fact {
    Fact { at: Millis(at), happened }
}

/// The end of a run of facts, and everything that was to be written on the way.
fn run(facts: &[Fact]) -> (State, Vec<Effect>) {
    let mut state = State::new(ASKED);
    let mut all = Vec::new();
    for fact in facts {
        if let Step::Move { to, effects } = step(&state, fact) {
            state = to;
            all.extend(effects);
        }
    }
    (state, all)
}

#[track_caller]
fn ends(facts: &[Fact], status: Status) {
    assert_eq!(run(facts).0.status(), status);
}

#[test]
fn table_of_ends() {
    let authorized = |id, at| tried(id, at, Try::Authorized { amount: ASKED });
    let released = |id, at| tried(id, at, Try::Released);
    let opened = || ours(1, H::Opened);
    ends(&[], Status::Created);
    ends(&[opened()], Status::Pending);
    ends(&[ours(1, H::WentUnknown)], Status::Created);
    ends(&[ours(1, H::Refused { reason: ProviderRefused })], Status::Failed);
    ends(&[opened(), failed("p1", 2)], Status::Pending);
    ends(&[opened(), failed("p1", 2), captured("p2", 3)], Status::Captured);
    ends(&[opened(), captured("p2", 3), failed("p1", 4)], Status::Captured);
    ends(&[opened(), failed("p1", 2), ours(9, H::Lapsed)], Status::Failed);
    ends(&[opened(), ours(9, H::Lapsed)], Status::Expired);
    ends(&[opened(), ours(9, H::Lapsed), captured("p1", 10)], Status::Captured);
    ends(&[ours(1, H::Refused { reason: ProviderRefused }), captured("p1", 10)], Status::Captured);
    ends(&[opened(), authorized("p1", 2)], Status::Authorized);
    ends(&[opened(), failed("p1", 2), authorized("p1", 3)], Status::Authorized);
    ends(&[opened(), authorized("p1", 2), ours(3, H::Cancelled)], Status::Cancelled);
    ends(&[opened(), authorized("p1", 2), ours(3, H::Lapsed)], Status::Authorized);
    ends(&[opened(), authorized("p1", 2), ours(3, H::Lapsed), released("p1", 4)], Status::Expired);
    ends(&[opened(), authorized("p1", 2), captured("p1", 3), authorized("p1", 2)], Status::Captured);
    ends(&[opened(), tried("p1", 2, Try::Captured { amount: Money::inr(100) })], Status::Pending);
    ends(&[tried("p1", 2, Try::Started)], Status::Pending);
}

#[test]
fn another_amount_never_pays_but_is_kept_and_questioned() {
    for amount in [Money::inr(100), Money::inr(149_901), Money::new(149_900, crate::Currency::USD)] {
        let (state, effects) = run(&[ours(1, H::Opened), tried("p1", 2, Try::Captured { amount })]);
        assert_eq!(state.status(), Status::Pending);
        let posted = effects.iter().find_map(|e| match e {
            Effect::PostCapture(p) => Some((p.amount, p.into)),
            _ => None,
        });
        assert_eq!(posted, Some((amount, Into::Suspense)));
        assert!(effects.iter().any(|e| matches!(e, Effect::OpenDiscrepancy(_))));
    }
}

#[test]
fn a_part_pays_where_the_merchant_asked_for_just_that() {
    let part = Money::inr(100_000);
    let held = tried("p1", 2, Try::Authorized { amount: ASKED });
    let asked = |at, amount| ours(at, H::CaptureAsked { amount });
    let taken = |amount| tried("p1", 5, Try::Captured { amount });
    let into = |facts: &[Fact]| {
        let (state, effects) = run(facts);
        let posted = effects.into_iter().find_map(|e| match e {
            Effect::PostCapture(p) => Some(p.into),
            _ => None,
        });
        (state.status(), posted, state.doubtful().len())
    };
    let sold = (Status::Captured, Some(Into::Sales), 0);
    let questioned = (Status::Pending, Some(Into::Suspense), 1);
    assert_eq!(into(&[held.clone(), asked(4, part), taken(part)]), sold);
    assert_eq!(into(&[held.clone(), asked(4, part), taken(ASKED)]), questioned);
    assert_eq!(into(&[held.clone(), taken(part)]), questioned);
    // The latest word counts: a part that was refused, then the whole.
    assert_eq!(into(&[held.clone(), asked(3, part), asked(4, ASKED), taken(ASKED)]), sold);
    assert_eq!(into(&[held, asked(4, ASKED), asked(3, part), taken(ASKED)]), sold);
}

#[test]
fn doubt_begins_with_silence_and_ends_with_any_answer() {
    let unknown = ours(5, H::WentUnknown);
    assert_eq!(run(std::slice::from_ref(&unknown)).0.in_doubt_since(), Some(Millis(5)));
    assert_eq!(run(&[unknown.clone(), ours(6, H::Answered)]).0.in_doubt_since(), None);
    assert_eq!(run(&[ours(4, H::Answered), unknown.clone()]).0.in_doubt_since(), Some(Millis(5)));
    assert_eq!(run(&[unknown, captured("p1", 6)]).0.in_doubt_since(), None);
}

#[test]
fn the_hold_to_capture_is_the_earliest_by_the_providers_time() {
    let hold = |id, at| tried(id, at, Try::Authorized { amount: ASKED });
    let (state, _) = run(&[hold("p2", 3), hold("p1", 5), hold("p0", 3)]);
    assert_eq!(state.held(), Some(("p0", ASKED)));
    let (state, _) = run(&[hold("p2", 3), tried("p2", 9, Try::Released)]);
    assert_eq!(state.held(), None);
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let id = prop::sample::select(vec!["p1", "p2", "p3"]);
    let amount =
        prop::sample::select(vec![ASKED, ASKED, ASKED, Money::inr(100), Money::new(5, crate::Currency::USD)]);
    let what = prop_oneof![
        Just(Try::Started),
        prop::sample::select(FailureReason::ALL).prop_map(|reason| Try::Failed { reason }),
        Just(Try::Released),
        amount.clone().prop_map(|amount| Try::Authorized { amount }),
        amount.prop_map(|amount| Try::Captured { amount }),
    ];
    let detail =
        prop::option::of("[a-c]").prop_map(|bank_ref| TryDetail { bank_ref, ..TryDetail::default() });
    let of_try = (id, what, detail).prop_map(|(id, what, detail)| H::Tried {
        provider_payment: id.into(),
        what,
        detail,
    });
    let happened = prop_oneof![
        6 => of_try,
        1 => Just(H::Opened),
        1 => Just(H::Approved),
        1 => prop::sample::select(FailureReason::ALL).prop_map(|reason| H::Refused { reason }),
        1 => Just(H::Lapsed),
        1 => Just(H::Cancelled),
        1 => Just(H::WentUnknown),
        1 => Just(H::Answered),
    ];
    (1_i64..6, happened).prop_map(|(at, happened)| Fact { at: Millis(at), happened })
}

use crate::FailureReason;

/// What is written once in any order: posted captures by id, and discrepancies.
fn written(effects: &[Effect]) -> (Vec<String>, Vec<Doubtful>) {
    let mut posts: Vec<_> = effects
        .iter()
        .filter_map(|e| match e {
            Effect::PostCapture(p) => Some(p.provider_payment.clone()),
            _ => None,
        })
        .collect();
    posts.sort();
    let mut doubts: Vec<_> = effects
        .iter()
        .filter_map(|e| match e {
            Effect::OpenDiscrepancy(d) => Some(d.clone()),
            _ => None,
        })
        .collect();
    doubts.sort();
    (posts, doubts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_order_and_repetition_ends_the_same(
        facts in prop::collection::vec(any_fact(), 1..7),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..7),
        seed in any::<u64>(),
        part in any::<bool>(),
    ) {
        let mut other = facts.clone();
        other.extend(again.iter().map(|i| i.get(&facts).clone()));
        shuffle(&mut other, seed);
        // What the merchant asked to take is written before the provider hears of it: always first.
        let mut facts = facts;
        if part {
            let asked = ours(0, H::CaptureAsked { amount: Money::inr(100) });
            facts.insert(0, asked.clone());
            other.insert(0, asked);
        }

        let ((one, effects), (two, other_effects)) = (run(&facts), run(&other));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(one.status(), two.status());

        let (posts, _) = written(&effects);
        let (other_posts, _) = written(&other_effects);
        let mut once = posts.clone();
        once.dedup();
        prop_assert_eq!(&once, &posts, "a capture was posted twice");
        prop_assert_eq!(posts, other_posts);
        // Whatever order: each standing doubt was opened on the way.
        for doubt in one.doubtful() {
            prop_assert!(written(&effects).1.contains(&doubt));
            prop_assert!(written(&other_effects).1.contains(&doubt));
        }
    }

    #[test]
    fn money_that_moved_is_never_forgotten(facts in prop::collection::vec(any_fact(), 1..7)) {
        let (state, effects) = run(&facts);
        let said: std::collections::BTreeSet<_> = facts.iter().filter_map(|f| match &f.happened {
            H::Tried { provider_payment, what: Try::Captured { .. }, .. } => Some(provider_payment.clone()),
            _ => None,
        }).collect();
        let kept: std::collections::BTreeSet<_> = state.captures().map(|(id, _)| id.to_owned()).collect();
        prop_assert_eq!(&said, &kept);
        prop_assert_eq!(said.len(), written(&effects).0.len());
    }
}

fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for i in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let j = usize::try_from(seed >> 33).unwrap_or(0) % (i + 1);
        items.swap(i, j);
    }
}
