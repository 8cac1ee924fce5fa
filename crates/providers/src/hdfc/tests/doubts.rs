//! What silence, faults and half an answer leave behind at the simulator, in both forms.

use super::against_sim::{PAID, both, refund_is, world};
use super::*;
use crate::contract::{Open, Refund, Watch};
use crate::sim::{Acts, Fault, Op};
use hundi_core::refund;
use hundi_core::time::{minutes, seconds};

/// Every fault after which it was done although nobody said so.
const DONE_UNHEARD: &[Fault] = &[
    Fault::SilentAfterActing,
    Fault::HtmlErrorPage,
    Fault::EmptyOk,
    Fault::TruncatedJson,
    Fault::Slow { ms: 31_000 },
    Fault::Status { status: 500, acts: Acts::Before },
    Fault::Status { status: 502, acts: Acts::Before },
];

#[track_caller]
fn is_unknown<T: std::fmt::Debug>(outcome: Result<T, CallError>, fault: Fault) {
    assert!(matches!(outcome, Err(CallError::Unknown(_))), "{fault:?}: {outcome:?}");
}

#[test]
fn an_opening_that_was_not_heard_is_found_once() {
    for fault in DONE_UNHEARD {
        for w in both() {
            w.fault(Op::CreateOrder, *fault);
            is_unknown(run(Hdfc.open(w.call(), &opening())), *fault);
            let found = run(Hdfc.find(w.call(), &opening())).unwrap().unwrap();
            assert_eq!(found.provider_order, OUR_REF);
            // Asked once more it is the same order, not a second one.
            let again = run(Hdfc.open(w.call(), &opening())).unwrap();
            assert_eq!(again, found);
            assert_eq!(w.happened("order"), 1, "{fault:?}");
            w.pays("pay");
            w.is(&PAID);
        }
    }
}

#[test]
fn what_was_never_done_is_not_found() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::DropBeforeActing);
    is_unknown(run(Hdfc.open(w.call(), &opening())), Fault::DropBeforeActing);
    assert_eq!(run(Hdfc.find(w.call(), &opening())), Ok(None));
    w.fault(Op::CreateOrder, Fault::Status { status: 429, acts: Acts::Never });
    refused(run(Hdfc.open(w.call(), &opening())), ReasonKind::RateLimited);
    w.fault(Op::CreateOrder, Fault::Status { status: 503, acts: Acts::Never });
    unknown(run(Hdfc.open(w.call(), &opening())), ReasonKind::ServerError);
    assert_eq!(w.happened("order"), 0);
}

#[test]
fn what_is_done_late_is_found_late() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::ActAfterSilence { ms: seconds(40) });
    is_unknown(run(Hdfc.open(w.call(), &opening())), Fault::SilentAfterActing);
    assert_eq!(run(Hdfc.find(w.call(), &opening())), Ok(None));
    w.passes(minutes(1));
    assert!(run(Hdfc.find(w.call(), &opening())).unwrap().is_some());
    w.fault(Op::Fetch, Fault::NotFoundThenFound);
    assert_eq!(run(Hdfc.find(w.call(), &opening())), Ok(None));
    assert!(run(Hdfc.find(w.call(), &opening())).unwrap().is_some());
}

#[test]
fn a_poll_that_fails_says_nothing() {
    let more = [
        Fault::Status { status: 429, acts: Acts::Never },
        Fault::DropBeforeActing,
        Fault::UnknownStatus,
        Fault::NotFoundThenFound,
    ];
    for fault in DONE_UNHEARD.iter().chain(&more) {
        for w in both() {
            w.opens();
            w.pays("pay");
            w.fault(Op::Fetch, *fault);
            let outcome = run(Watch::fetch(&Hdfc, w.call(), &subject()));
            assert!(outcome.is_err(), "{fault:?}: {outcome:?}");
            w.is(&PAID);
        }
    }
}

#[test]
fn a_refund_that_was_not_heard_is_made_once() {
    for fault in DONE_UNHEARD.iter().chain(&[Fault::UnknownStatus]) {
        for w in both() {
            w.opens();
            w.pays("pay");
            w.fault(Op::Refund, *fault);
            is_unknown(run(Hdfc.refund(w.call(), &refund_ask())), *fault);
            refund_is(&w, &refund_ask(), refund::Happened::Accepted);
            run(Hdfc.refund(w.call(), &refund_ask())).unwrap();
            w.passes(minutes(5));
            refund_is(&w, &refund_ask(), refund::Happened::Processed);
            assert_eq!(w.happened("refund_accepted"), 1, "{fault:?}");
        }
    }
}

#[test]
fn a_refund_that_was_never_made_is_not_found() {
    let w = world();
    w.opens();
    w.pays("pay");
    for fault in [Fault::DropBeforeActing, Fault::Status { status: 503, acts: Acts::Never }] {
        w.fault(Op::Refund, fault);
        is_unknown(run(Hdfc.refund(w.call(), &refund_ask())), fault);
        assert_eq!(run(Refund::fetch(&Hdfc, w.call(), &refund_ask(), None)), Ok(None));
    }
    w.fault(Op::Refund, Fault::ActAfterSilence { ms: seconds(40) });
    is_unknown(run(Hdfc.refund(w.call(), &refund_ask())), Fault::SilentAfterActing);
    assert_eq!(run(Refund::fetch(&Hdfc, w.call(), &refund_ask(), None)), Ok(None));
    // Asked again before the first is done: the second does it, and the first finds it done.
    run(Hdfc.refund(w.call(), &refund_ask())).unwrap();
    w.passes(minutes(5));
    refund_is(&w, &refund_ask(), refund::Happened::Processed);
    assert_eq!(w.happened("refund_accepted"), 1);
}

/// Another refund of the same amount within seconds is taken for a repeat: ours may be the one under way.
#[test]
fn a_refund_that_looks_like_a_repeat_is_unknown_until_later() {
    let w = world();
    w.opens();
    w.pays("pay");
    run(Hdfc.refund(w.call(), &refund_ask())).unwrap();
    let other = RefundAsk { our_ref: "rf4v9r2m8q5t7w3x6yz1".parse().unwrap(), ..refund_ask() };
    unknown(run(Hdfc.refund(w.call(), &other)), ReasonKind::Refused);
    w.passes(seconds(10));
    assert_eq!(run(Refund::fetch(&Hdfc, w.call(), &other, None)), Ok(None));
    run(Hdfc.refund(w.call(), &other)).unwrap();
    assert_eq!(w.happened("refund_accepted"), 2);
}
