//! What silence and broken answers leave behind, and that nothing is done twice for it.

use super::against_sim::{World, world};
use super::*;
use crate::contract::{Capture, Open};
use crate::sim::{Acts, Dial, Fault, Match, Op, Simulator};
use hundi_core::refund::Happened as Given;
use hundi_core::time::minutes;

/// Faults after which the simulator has done what was asked.
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
    run(Cashfree.open(w.call(), &opening(Flow::Redirect))).map(|opened| opened.provider_order)
}

fn find(w: &World) -> Result<Option<String>, CallError> {
    run(Cashfree.find(w.call(), &opening(Flow::Redirect))).map(|found| found.map(|o| o.provider_order))
}

#[test]
fn a_doubtful_opening_is_found_and_is_one_order() {
    for fault in ACTED {
        let w = world();
        w.fault(Op::CreateOrder, *fault);
        assert!(matches!(open(&w), Err(CallError::Unknown(_))), "{fault:?}");
        assert_eq!(find(&w), Ok(Some(OUR_REF.to_owned())), "{fault:?}");
        // Asked once more it is the same, too.
        assert_eq!((open(&w), w.journal("order")), (Ok(OUR_REF.to_owned()), 1), "{fault:?}");
    }
}

#[test]
fn an_opening_that_never_arrived_is_not_found() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::DropBeforeActing);
    assert!(matches!(open(&w), Err(CallError::Unknown(_))));
    assert_eq!((find(&w), w.journal("order")), (Ok(None), 0));
    assert_eq!(open(&w), Ok(OUR_REF.to_owned()));
}

#[test]
fn an_opening_that_acts_after_silence_is_found_when_it_is_there() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::ActAfterSilence { ms: 60_000 });
    assert!(matches!(open(&w), Err(CallError::Unknown(_))));
    assert_eq!(find(&w), Ok(None));
    w.passes(minutes(2));
    assert_eq!((find(&w), w.journal("order")), (Ok(Some(OUR_REF.to_owned())), 1));
}

#[test]
fn too_many_calls_did_nothing() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::Status { status: 429, acts: Acts::Never });
    assert!(matches!(open(&w), Err(CallError::NotDone(r)) if r.kind == ReasonKind::RateLimited));
    assert_eq!(w.journal("order"), 0);
}

#[test]
fn a_status_that_cannot_be_read_is_no_status() {
    for fault in ACTED.iter().chain(&[Fault::DropBeforeActing]) {
        let w = world();
        w.opened(CaptureBy::Provider);
        w.pays("pay");
        w.fault(Op::Fetch, *fault);
        assert!(matches!(w.fetched(), Err(CallError::Unknown(_))), "{fault:?}");
        assert_eq!(w.tried(), [paid()], "{fault:?}");
    }
    // Not found, then found: never an empty list in between.
    let w = world();
    w.opened(CaptureBy::Provider);
    w.pays("pay");
    w.fault(Op::Fetch, Fault::NotFoundThenFound);
    assert!(w.fetched().is_err());
    assert_eq!(w.tried(), [paid()]);
}

#[test]
fn a_doubtful_capture_is_taken_once() {
    for fault in ACTED {
        let w = world();
        w.opened(CaptureBy::Us);
        w.pays("authorize");
        let hold = hold(&tries(&w.fetched().unwrap()).remove(0).0);
        w.fault(Op::Capture, *fault);
        assert!(matches!(run(Cashfree.capture(w.call(), &hold)), Err(CallError::Unknown(_))), "{fault:?}");
        let again = run(Cashfree.capture(w.call(), &hold)).map(|reports| whats(&reports));
        assert_eq!((again, w.journal("captured")), (Ok(vec![paid()]), 1), "{fault:?}");
    }
}

#[test]
fn a_doubtful_refund_is_given_once() {
    for fault in ACTED {
        let w = world();
        w.opened(CaptureBy::Provider);
        w.pays("pay");
        let ask = w.ask();
        w.fault(Op::Refund, *fault);
        assert!(matches!(w.refunded(&ask), Err(CallError::Unknown(_))), "{fault:?}");
        assert_eq!(w.refund_now(&ask), Some(Given::Accepted), "{fault:?}");
        assert_eq!((w.refunded(&ask), w.journal("refund_accepted")), (Ok(Given::Accepted), 1), "{fault:?}");
    }
    let w = world();
    w.opened(CaptureBy::Provider);
    w.pays("pay");
    let ask = w.ask();
    w.fault(Op::Refund, Fault::DropBeforeActing);
    assert!(matches!(w.refunded(&ask), Err(CallError::Unknown(_))));
    assert_eq!(w.refund_now(&ask), None);
    // A list that is empty for a moment is a no that the house does not believe at once.
    w.refunded(&ask).unwrap();
    w.fault(Op::FetchRefund, Fault::NotFoundThenFound);
    assert_eq!(w.refund_now(&ask), None);
    assert_eq!(w.refund_now(&ask), Some(Given::Accepted));
}

#[test]
fn dials_are_aimed_by_amount_reference_order_and_account() {
    let aimed = |matches: Match, hits: bool| {
        let w = world();
        w.sim.lock().unwrap().dial(Dial::new(matches.clone(), Fault::DropBeforeActing));
        assert_eq!(open(&w).is_err(), hits, "{matches:?}");
    };
    let op = Some(Op::CreateOrder);
    aimed(Match { op, amount_minor: Some(1499_00), ..Match::default() }, true);
    aimed(Match { op, amount_minor: Some(1499_01), ..Match::default() }, false);
    aimed(Match { our_ref: Some(OUR_REF.into()), ..Match::default() }, true);
    aimed(Match { our_ref: Some(REFUND_REF.into()), ..Match::default() }, false);
    aimed(Match { order: Some(OUR_REF.into()), ..Match::default() }, true);
    aimed(Match { key_id: Some(CLIENT_ID.into()), ..Match::default() }, true);
    aimed(Match { key_id: Some("TESTX".into()), ..Match::default() }, false);
    aimed(Match { op: Some(Op::Refund), ..Match::default() }, false);
}
