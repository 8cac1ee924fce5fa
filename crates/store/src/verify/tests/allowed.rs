//! `iv_allowed` against the machines: every state that facts can lead to, and every move between two of them.

use crate::testing::Scratch;
use crate::{DbError, Stmt, Tx, v};
use hundi_core::order::{self, LateSuccess, Paid};
use hundi_core::payment::{self, Happened, Try, TryDetail};
use hundi_core::{Currency, FailureReason, Millis, Money, refund};
use std::collections::{BTreeSet, HashSet};

type Moves = BTreeSet<(String, String, String)>;

const ASKED: Money = Money::inr(100);

/// Walks from `start` along every fact, and notes each move that a step says it made.
fn walk<S: Clone + std::fmt::Debug>(
    kind: &str,
    start: S,
    facts: impl Fn(&S) -> Vec<S>,
    status: fn(&S) -> &'static str,
    moves: &mut Moves,
) {
    let mut seen = HashSet::from([format!("{start:?}")]);
    let mut left = vec![start];
    while let Some(state) = left.pop() {
        for to in facts(&state) {
            if status(&to) != status(&state) {
                moves.insert((kind.into(), status(&state).into(), status(&to).into()));
            }
            if seen.insert(format!("{to:?}")) {
                left.push(to);
            }
        }
    }
}

/// Closing facts come only while the order can be paid: nobody expires or cancels what is paid.
fn orders(moves: &mut Moves) {
    let facts = |state: &order::State| {
        let mut facts = vec![order::Fact::Attempted];
        for at in (1..4).map(Millis) {
            if state.status().can_be_paid() {
                facts.extend([order::Fact::Expired { at }, order::Fact::Cancelled { at }]);
            }
            let late = state.is_closed();
            facts.extend(
                ["a", "b"].map(|id| order::Fact::Paid(Paid { at, provider_payment: id.into(), late })),
            );
        }
        let stepped = facts.into_iter().map(|fact| order::step(state, &fact));
        stepped
            .filter_map(|step| match step {
                order::Step::Move { to, .. } => Some(to),
                order::Step::Same => None,
            })
            .collect()
    };
    for policy in [LateSuccess::Refund, LateSuccess::Accept] {
        let start = order::State::new(ASKED, policy);
        walk("order", start, facts, |s| s.status().as_str(), moves);
    }
}

/// A provider that says two amounts of one capture is left out: what that makes of a paid payment is no move to allow.
fn payments(moves: &mut Moves) {
    let facts = |state: &payment::State| {
        let reason = FailureReason::DeclinedByBank;
        let mut happened =
            vec![Happened::Opened, Happened::Refused { reason }, Happened::Lapsed, Happened::Cancelled];
        for id in ["p1", "p2"] {
            let mut said =
                vec![Try::Started, Try::Failed { reason }, Try::Authorized { amount: ASKED }, Try::Released];
            for amount in [ASKED, Money::inr(99), Money::new(100, Currency::USD)] {
                let before = state.tries.get(id).and_then(|t| t.captured);
                if before.is_none_or(|c| c.amount == amount) {
                    said.push(Try::Captured { amount });
                }
            }
            happened.extend(said.into_iter().map(|what| Happened::Tried {
                provider_payment: id.into(),
                what,
                detail: TryDetail::default(),
            }));
        }
        let stepped =
            happened.into_iter().map(|h| payment::step(state, &payment::Fact { at: Millis(1), happened: h }));
        stepped
            .filter_map(|step| match step {
                payment::Step::Move { to, .. } => Some(to),
                payment::Step::Same => None,
            })
            .collect()
    };
    walk("payment", payment::State::new(ASKED), facts, |s| s.status().as_str(), moves);
}

fn refunds(moves: &mut Moves) {
    let facts = |state: &refund::State| {
        use refund::Happened::{Accepted, Answered, Failed, Processed, WentUnknown};
        let all = [Accepted, Processed, Failed, WentUnknown, Answered];
        let facts = (1..4).flat_map(|at| all.map(|happened| refund::Fact { at: Millis(at), happened }));
        let stepped = facts.map(|fact| refund::step(state, &fact));
        stepped
            .filter_map(|step| match step {
                refund::Step::Move { to, .. } => Some(to),
                refund::Step::Same => None,
            })
            .collect()
    };
    walk("refund", refund::State::new(ASKED), facts, |s| s.status().as_str(), moves);
}

#[tokio::test]
async fn the_list_is_what_the_machines_can_do_and_nothing_else() {
    static ALLOWED: Stmt = Stmt::new("t::ALLOWED", "SELECT kind, from_state, to_state FROM iv_allowed", None);
    let mut moves = Moves::new();
    orders(&mut moves);
    payments(&mut moves);
    refunds(&mut moves);
    for scratch in Scratch::each().await {
        let store = scratch.open().await;
        store.migrate().await.unwrap();
        let rows = store.read(async |tx: &mut Tx| tx.all(&ALLOWED, v![]).await).await.unwrap();
        let listed = rows.iter().map(|row| {
            let mut r = row.read();
            Ok::<_, DbError>((r.get()?, r.get()?, r.get()?))
        });
        let listed: Vec<_> = listed.collect::<Result<_, _>>().unwrap();
        let missing: Vec<_> = moves.iter().filter(|m| !listed.contains(m)).collect();
        let extra: Vec<_> = listed.iter().filter(|m| !moves.contains(m)).collect();
        assert!(missing.is_empty() && extra.is_empty(), "missing {missing:#?}, extra {extra:#?}");
        assert_eq!(listed.len(), moves.len(), "twice in the list");
        scratch.done(store).await;
    }
}
