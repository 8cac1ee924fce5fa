//! What silence and broken answers leave behind, and that nothing is done twice for it.

use super::against_sim::{World, world};
use super::*;
use crate::contract::{Open, Refund};
use crate::sim::{Acts, Dial, Fault, Match, Op, Simulator};
use crate::wire::ReasonKind;
use hundi_core::refund::Happened;
use hundi_core::time::minutes;

/// Faults after which the simulator has done what was asked, and one before.
const ACTED: &[Fault] = &[
    Fault::SilentAfterActing,
    Fault::HtmlErrorPage,
    Fault::EmptyOk,
    Fault::TruncatedJson,
    Fault::UnknownStatus,
    Fault::Slow { ms: 60_000 },
    Fault::Status { status: 500, acts: Acts::Before },
    Fault::Status { status: 503, acts: Acts::Before },
];

fn open(w: &World) -> Result<String, CallError> {
    run(Paytm.open(w.call(), &w.opening(Flow::Redirect))).map(|opened| opened.provider_order)
}

fn find(w: &World) -> Result<Option<String>, CallError> {
    run(Paytm.find(w.call(), &w.opening(Flow::Redirect)))
        .map(|found| found.map(|opened| opened.provider_order))
}

#[test]
fn a_doubtful_opening_is_found_and_is_one_order() {
    for fault in ACTED {
        let w = world();
        w.fault(Op::CreateOrder, *fault);
        assert!(matches!(open(&w), Err(CallError::Unknown(_))), "{fault:?}");
        assert_eq!(find(&w), Ok(Some(OUR_REF.to_owned())), "{fault:?}");
        assert_eq!(w.journal("order"), 1, "{fault:?}");
    }
}

#[test]
fn an_opening_that_never_arrived_is_made_by_asking_again() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::DropBeforeActing);
    assert!(matches!(open(&w), Err(CallError::Unknown(_))));
    assert_eq!(w.journal("order"), 0);
    assert_eq!(find(&w), Ok(Some(OUR_REF.to_owned())));
    assert_eq!((open(&w), w.journal("order")), (Ok(OUR_REF.to_owned()), 1));
    // After the session nobody wants it any more, and nobody could have paid it.
    let w = world();
    w.passes(minutes(30));
    assert_eq!(find(&w), Ok(None));
    assert_eq!(w.journal("order"), 0);
}

#[test]
fn an_opening_that_acts_after_silence_is_the_same_order() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::ActAfterSilence { ms: 60_000 });
    assert!(matches!(open(&w), Err(CallError::Unknown(_))));
    assert_eq!(find(&w), Ok(Some(OUR_REF.to_owned())));
    w.passes(minutes(2));
    assert_eq!((find(&w), w.journal("order")), (Ok(Some(OUR_REF.to_owned())), 1));
}

#[test]
fn too_many_calls_did_nothing() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::Status { status: 429, acts: Acts::Never });
    assert!(matches!(open(&w), Err(CallError::NotDone(r)) if r.kind == ReasonKind::RateLimited));
    assert_eq!(w.journal("order"), 0);
    w.opened();
    w.pays("pay");
    let ask = w.ask();
    w.fault(Op::Refund, Fault::Status { status: 429, acts: Acts::Never });
    assert!(matches!(w.refunded(&ask), Err(CallError::NotDone(r)) if r.kind == ReasonKind::RateLimited));
    assert_eq!(w.refund_now(&ask), None);
}

#[test]
fn a_status_that_cannot_be_read_is_no_status() {
    for fault in ACTED.iter().chain(&[Fault::DropBeforeActing]) {
        let w = world();
        w.opened();
        w.pays("pay");
        w.fault(Op::Fetch, *fault);
        assert!(matches!(w.fetched(), Err(CallError::Unknown(_))), "{fault:?}");
        assert!(matches!(w.tried()[..], [Try::Captured { .. }]), "{fault:?}");
    }
    // Not found, then found: never a failure in between.
    let w = world();
    w.opened();
    w.pays("pay");
    w.fault(Op::Fetch, Fault::NotFoundThenFound);
    assert_eq!(w.fetched(), Ok(vec![]));
    assert!(matches!(w.tried()[..], [Try::Captured { .. }]));
}

#[test]
fn a_doubtful_refund_is_made_once() {
    for fault in ACTED {
        let w = world();
        w.opened();
        w.pays("pay");
        let ask = w.ask();
        w.fault(Op::Refund, *fault);
        let doubt = w.refunded(&ask);
        assert!(matches!(doubt, Err(CallError::Unknown(_))), "{fault:?} {doubt:?}");
        assert!(w.refund_now(&ask).is_some(), "{fault:?}");
        assert_eq!(w.refunded(&ask), Ok(Happened::Accepted), "{fault:?}");
        assert_eq!(w.journal("refund_accepted"), 1, "{fault:?}");
    }
}

#[test]
fn a_refund_that_acts_after_silence_is_made_once_too() {
    let w = world();
    w.opened();
    w.pays("pay");
    let ask = w.ask();
    w.fault(Op::Refund, Fault::ActAfterSilence { ms: 60_000 });
    assert!(matches!(w.refunded(&ask), Err(CallError::Unknown(_))));
    assert_eq!(w.refund_now(&ask), None);
    // Asked for again meanwhile; what acts late is refused by its reference.
    assert_eq!(w.refunded(&ask), Ok(Happened::Accepted));
    w.passes(minutes(2));
    assert_eq!((w.refund_now(&ask), w.journal("refund_accepted")), (Some(Happened::Processed), 1));
}

#[test]
fn a_refund_that_is_not_found_at_first_is_not_made_twice() {
    let w = world();
    w.opened();
    w.pays("pay");
    let ask = w.ask();
    assert_eq!(w.refunded(&ask), Ok(Happened::Accepted));
    // Both looks are told that there is no such refund: the reference still holds.
    let hidden = Dial {
        matches: Match { op: Some(Op::FetchRefund), ..Match::default() },
        fault: Fault::NotFoundThenFound,
        times: Some(2),
    };
    w.sim.lock().unwrap().dial(hidden);
    assert!(matches!(w.refunded(&ask), Err(CallError::Unknown(_))));
    assert_eq!((w.refunded(&ask), w.journal("refund_accepted")), (Ok(Happened::Accepted), 1));
    // One known by its id that vanishes is in doubt.
    w.fault(Op::FetchRefund, Fault::NotFoundThenFound);
    let gone = run(Refund::fetch(&Paytm, w.call(), &ask, Some("2026")));
    assert!(matches!(gone, Err(CallError::Unknown(_))));
}

#[test]
fn a_lost_look_before_a_refund_makes_none() {
    for fault in ACTED.iter().chain(&[Fault::DropBeforeActing]) {
        let w = world();
        w.opened();
        w.pays("pay");
        let ask = w.ask();
        w.fault(Op::FetchRefund, *fault);
        let said = w.refunded(&ask);
        assert!(matches!(said, Err(CallError::Unknown(_))), "{fault:?} {said:?}");
        assert_eq!(w.journal("refund_accepted"), 0, "{fault:?}");
    }
}

#[test]
fn dials_aim_by_our_reference_by_amount_and_by_merchant() {
    let aimed = [
        (Match { our_ref: Some(OUR_REF.to_owned()), ..Match::default() }, true),
        (Match { order: Some(OUR_REF.to_owned()), ..Match::default() }, true),
        (Match { amount_minor: Some(499_00), ..Match::default() }, true),
        (Match { key_id: Some(MID.to_owned()), ..Match::default() }, true),
        (Match { our_ref: Some("another".to_owned()), ..Match::default() }, false),
        (Match { amount_minor: Some(1), ..Match::default() }, false),
        (Match { key_id: Some("another".to_owned()), ..Match::default() }, false),
    ];
    for (matches, hits) in aimed {
        let w = world();
        w.sim.lock().unwrap().dial(Dial::new(matches.clone(), Fault::EmptyOk));
        assert_eq!(open(&w).is_err(), hits, "{matches:?}");
    }
}
