//! One order, three connections, and any run of answers: is its payer ever charged twice without the money going back
//! or standing before a person?
//!
//! A model that plays the house's own decisions (guard, failover, both machines) against a world that knows what the
//! providers really did. The decisions are handed in, so that each is also played wrong: a property that holds with a
//! planted bug would prove nothing.

mod world;

use crate::guard;
use crate::order::{self, LateSuccess};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use world::{Answer, Broken, Decisions, Deed, Payer, World};

const HOUSE: Decisions = Decisions {
    may_begin: guard::may_begin,
    fails_over: guard::fails_over,
    to_void: guard::to_void,
    order_step: order::step,
};

fn deed() -> impl Strategy<Value = Deed> {
    let answer = || {
        prop::sample::select(vec![
            Answer::Done,
            Answer::Done,
            Answer::Done,
            Answer::NotDone,
            Answer::SilentDone,
            Answer::SilentIdle,
        ])
    };
    let payer = prop::sample::select(vec![Payer::Pays, Payer::Pays, Payer::Holds, Payer::Fails]);
    let nth = || 0_usize..6;
    prop_oneof![
        4 => (0_usize..3, [answer(), answer(), answer()]).prop_map(|(first, answers)| Deed::Begin { first, answers }),
        5 => (nth(), payer).prop_map(|(payment, how)| Deed::Payer { payment, how }),
        3 => (nth(), nth()).prop_map(|(payment, which)| Deed::Hears { payment, which }),
        2 => nth().prop_map(|payment| Deed::Asks { payment }),
        2 => (nth(), any::<bool>(), any::<bool>())
            .prop_map(|(payment, part, heard)| Deed::Captures { payment, part, heard }),
        1 => nth().prop_map(|payment| Deed::Lapses { payment }),
        1 => nth().prop_map(|payment| Deed::CallsOff { payment }),
        1 => Just(Deed::OrderExpires),
        1 => Just(Deed::OrderCancelled),
    ]
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec(deed(), 1..20)
}

/// Plays a run of deeds to its end, when every provider has been asked about everything.
fn play(decisions: Decisions, policy: LateSuccess, deeds: &[Deed]) -> Result<(), Broken> {
    let mut world = World::new(decisions, policy);
    for deed in deeds {
        world.plays(*deed)?;
        world.holds_as_known()?;
    }
    world.is_asked_about_everything()?;
    world.holds_in_truth()
}

proptest! {
    #![proptest_config(Config::with_cases(5000))]

    #[test]
    fn nobody_is_charged_twice_in_silence(deeds in deeds(), accept in any::<bool>()) {
        let policy = if accept { LateSuccess::Accept } else { LateSuccess::Refund };
        let played = play(HOUSE, policy, &deeds);
        prop_assert!(played.is_ok(), "{played:?}");
    }
}

/// The same runs with one decision played wrong: some run must break, and in the way that is named.
#[track_caller]
fn breaks(decisions: Decisions, policy: LateSuccess, expected: Broken) {
    let config = Config { cases: 5000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&deeds(), |deeds| {
        let played = play(decisions, policy, &deeds);
        prop_assert!(played != Err(expected), "{played:?}");
        Ok(())
    });
    assert!(matches!(outcome, Err(TestError::Fail(..))), "nothing notices: {expected:?}");
}

#[test]
fn a_failover_after_silence_is_noticed() {
    let decisions = Decisions { fails_over: |opening| opening != guard::Opening::Done, ..HOUSE };
    breaks(decisions, LateSuccess::Refund, Broken::FailedOverInDoubt);
}

#[test]
fn a_guard_that_lets_everybody_through_is_noticed() {
    let decisions = Decisions { may_begin: |_, _| guard::Verdict::Free, ..HOUSE };
    breaks(decisions, LateSuccess::Refund, Broken::BegunInDoubt);
    breaks(decisions, LateSuccess::Accept, Broken::TwoOpen);
}

#[test]
fn an_order_that_keeps_what_came_twice_is_noticed() {
    let keeps = |state: &order::State, fact: &order::Fact| match order::step(state, fact) {
        order::Step::Same => order::Step::Same,
        order::Step::Move { to, effects } => {
            let became = |e: &order::Effect| matches!(e, order::Effect::Became { .. });
            order::Step::Move { to, effects: effects.into_iter().filter(became).collect() }
        }
    };
    for policy in [LateSuccess::Refund, LateSuccess::Accept] {
        breaks(Decisions { order_step: keeps, ..HOUSE }, policy, Broken::ChargedTwice);
    }
}

#[test]
fn an_other_payment_that_stays_open_is_noticed() {
    let decisions = Decisions { to_void: |_, _| Vec::new(), ..HOUSE };
    breaks(decisions, LateSuccess::Accept, Broken::OpenBesidePaid);
}
