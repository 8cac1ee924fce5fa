//! The adapter against a simulator that misbehaves: what silence leaves behind, and that nothing is done twice.

use super::against_sim::{World, world};
use super::*;
use crate::contract::{Capture, Open, Refund, Watch};
use crate::sim::{Acts, Fault, Op, Simulator};

const DOUBTFUL: [Fault; 7] = [
    Fault::SilentAfterActing,
    Fault::Status { status: 500, acts: Acts::Before },
    Fault::HtmlErrorPage,
    Fault::EmptyOk,
    Fault::TruncatedJson,
    Fault::UnknownStatus,
    Fault::Slow { ms: 31_000 },
];

fn count(w: &World, what: &str) -> usize {
    w.sim.lock().unwrap().journal().iter().filter(|line| line.what == what).count()
}

#[test]
fn an_opening_in_doubt_is_found_again_as_the_same_order() {
    for fault in DOUBTFUL {
        if fault == Fault::UnknownStatus {
            // An order is opened by its id and amount, whatever its status is called.
            continue;
        }
        let w = world();
        w.fault(Op::CreateOrder, fault);
        let doubt = run(PayPal.open(w.call(), &opening()));
        assert!(matches!(doubt, Err(CallError::Unknown(_))), "{fault:?} {doubt:?}");
        let found = run(PayPal.find(w.call(), &opening())).unwrap().unwrap();
        assert_eq!(run(PayPal.open(w.call(), &opening())).unwrap(), found, "{fault:?}");
        assert_eq!(count(&w, "order"), 1, "{fault:?}");
    }
}

#[test]
fn an_order_that_is_made_after_silence_is_the_same() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::ActAfterSilence { ms: 40_000 });
    assert!(matches!(run(PayPal.open(w.call(), &opening())), Err(CallError::Unknown(_))));
    // Asked for again meanwhile, it is being worked on.
    assert!(matches!(run(PayPal.find(w.call(), &opening())), Err(CallError::Unknown(_))));
    w.passes(60_000);
    assert!(run(PayPal.find(w.call(), &opening())).unwrap().is_some());
    assert_eq!(count(&w, "order"), 1);
}

#[test]
fn what_was_turned_away_was_not_done() {
    let w = world();
    let refused = Fault::Status { status: 429, acts: Acts::Never };
    for op in [Op::Token, Op::CreateOrder] {
        w.fault(op, refused);
        let turned = run(PayPal.open(w.call(), &opening()));
        assert!(matches!(turned, Err(CallError::NotDone(r)) if r.kind == ReasonKind::RateLimited));
    }
    w.fault(Op::CreateOrder, Fault::Status { status: 503, acts: Acts::Never });
    assert!(matches!(run(PayPal.open(w.call(), &opening())), Err(CallError::Unknown(_))));
    assert_eq!(count(&w, "order"), 0);
}

#[test]
fn a_capture_in_doubt_is_made_once() {
    for fault in DOUBTFUL {
        let w = world();
        let of = w.opens(CaptureBy::Provider);
        w.pays(&of, None);
        w.fault(Op::Capture, fault);
        let doubt = w.finishes(&of, CaptureBy::Provider);
        assert!(matches!(doubt, Err(CallError::Unknown(_))), "{fault:?} {doubt:?}");
        let captured = Try::Captured { amount: usd(24_50) };
        assert_eq!(tries(&w.fetched(&of))[0].1, captured, "{fault:?}");
        assert_eq!(w.finishes(&of, CaptureBy::Provider).unwrap()[0].1, captured, "{fault:?}");
        assert_eq!(count(&w, "captured"), 1, "{fault:?}");
    }
}

#[test]
fn a_capture_of_a_hold_in_doubt_is_made_once() {
    for fault in DOUBTFUL {
        let w = world();
        let of = w.opens(CaptureBy::Us);
        w.pays(&of, None);
        let provider_payment = w.finishes(&of, CaptureBy::Us).unwrap().remove(0).0;
        let hold = Hold { subject: of, provider_payment, amount: usd(24_50) };
        w.fault(Op::Capture, fault);
        assert!(matches!(run(PayPal.capture(w.call(), &hold)), Err(CallError::Unknown(_))), "{fault:?}");
        let taken = tries(&run(PayPal.capture(w.call(), &hold)).unwrap());
        assert!(matches!(&taken[..], [(id, Try::Captured { .. })] if *id == hold.provider_payment));
        assert_eq!(count(&w, "captured"), 1, "{fault:?}");
    }
}

#[test]
fn a_refund_in_doubt_is_made_once() {
    for fault in DOUBTFUL {
        let w = world();
        let (of, paid) = w.paid();
        let ask = RefundAsk { subject: of, provider_payment: paid, ..refund_ask() };
        w.fault(Op::Refund, fault);
        let doubt = run(PayPal.refund(w.call(), &ask));
        assert!(matches!(doubt, Err(CallError::Unknown(_))), "{fault:?} {doubt:?}");
        assert!(run(Refund::fetch(&PayPal, w.call(), &ask, None)).unwrap().is_some(), "{fault:?}");
        run(PayPal.refund(w.call(), &ask)).unwrap();
        assert_eq!(count(&w, "refund_accepted"), 1, "{fault:?}");
    }
}

#[test]
fn a_refund_made_after_silence_is_one() {
    let w = world();
    let (of, paid) = w.paid();
    let ask = RefundAsk { subject: of, provider_payment: paid, ..refund_ask() };
    w.fault(Op::Refund, Fault::ActAfterSilence { ms: 40_000 });
    assert!(matches!(run(PayPal.refund(w.call(), &ask)), Err(CallError::Unknown(_))));
    assert_eq!(run(Refund::fetch(&PayPal, w.call(), &ask, None)), Ok(None));
    assert!(matches!(run(PayPal.refund(w.call(), &ask)), Err(CallError::Unknown(_))));
    w.passes(60_000);
    assert!(run(Refund::fetch(&PayPal, w.call(), &ask, None)).unwrap().is_some());
    run(PayPal.refund(w.call(), &ask)).unwrap();
    assert_eq!(count(&w, "refund_accepted"), 1);
}

/// Once its key is forgotten, a full refund asked for again is refused, and found to be our own.
#[test]
fn a_refund_asked_again_after_its_key_is_its_own_echo() {
    let w = world();
    let (of, paid) = w.paid();
    let ask = RefundAsk { subject: of, provider_payment: paid, amount: usd(24_50), ..refund_ask() };
    let made = run(PayPal.refund(w.call(), &ask)).unwrap();
    w.passes(46 * 86_400_000);
    assert_eq!(run(PayPal.refund(w.call(), &ask)), Ok(made));
    assert_eq!(count(&w, "refund_accepted"), 1);
    let more = RefundAsk { our_ref: "01k4v9r2m8q5t7w3x6zb".parse().unwrap(), ..ask };
    let refused = run(PayPal.refund(w.call(), &more));
    assert!(matches!(refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));
}

#[test]
fn looks_that_fail_say_nothing() {
    let w = world();
    let (of, _) = w.paid();
    for fault in DOUBTFUL.into_iter().chain([Fault::NotFoundThenFound, Fault::DropBeforeActing]) {
        w.fault(Op::Fetch, fault);
        match run(Watch::fetch(&PayPal, w.call(), &of)) {
            Err(_) => {}
            Ok(reports) => panic!("{fault:?} {reports:?}"),
        }
        assert_eq!(w.fetched(&of).len(), 1);
    }
}

#[test]
fn another_amount_is_told_as_it_came() {
    for by in [CaptureBy::Provider, CaptureBy::Us] {
        let w = world();
        let of = w.opens(by);
        w.pays(&of, None);
        w.fault(Op::Pay, Fault::WrongAmount { minor: 1_00 });
        let amount = usd(1_00);
        let expected = match by {
            CaptureBy::Provider => Try::Captured { amount },
            CaptureBy::Us => Try::Authorized { amount },
        };
        assert_eq!(w.finishes(&of, by).unwrap()[0].1, expected);
    }
}

#[test]
fn a_bank_that_is_late_leaves_the_capture_pending() {
    let w = world();
    let of = w.opens(CaptureBy::Provider);
    w.pays(&of, None);
    w.fault(Op::Pay, Fault::LateAuthorization { ms: 3_600_000 });
    let first = w.finishes(&of, CaptureBy::Provider).unwrap();
    assert_eq!(first[0].1, Try::Started);
    w.told();
    w.passes(3_600_000);
    assert_eq!(tries(&w.fetched(&of)), [(first[0].0.clone(), Try::Captured { amount: usd(24_50) })]);
    assert!(tries(&w.told()).iter().any(|(_, what)| matches!(what, Try::Captured { .. })));
}
