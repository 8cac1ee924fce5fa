//! Refunds against the simulator's v2: in parts, slowly, in doubt, and from the dashboard.

use super::stories::{captured, is_unknown, world};
use super::*;
use crate::sim::{Acts, Fault, Op};
use crate::wire::ReasonKind;
use hundi_core::refund;
use hundi_core::time::{days, hours, minutes};

#[test]
fn a_refund_in_two_parts_and_no_more() {
    let w = world();
    let paid = w.paid();
    let ask = refund_ask(&paid);
    assert_eq!(w.refund_now(&ask), None);
    let Report::Refund { about, fact } = w.refund(&ask).unwrap() else { panic!("a refund") };
    assert_eq!((about.provider_payment.as_str(), about.amount), (paid.as_str(), Money::inr(100_00)));
    assert_eq!(fact.happened, refund::Happened::Accepted);
    // The same once more is the same.
    let Report::Refund { about: again, fact: same } = w.refund(&ask).unwrap() else { panic!("a refund") };
    assert_eq!((again, same), (about, fact));
    assert_eq!(w.happened("refund_accepted"), 1);
    let rest = RefundAsk {
        our_ref: "01k4v9r2m8yyyyyyyyyy".parse().unwrap(),
        amount: Money::inr(399_00),
        ..ask.clone()
    };
    w.refund(&rest).unwrap();
    let more = RefundAsk { our_ref: "01k4v9r2m8xxxxxxxxxx".parse().unwrap(), ..ask.clone() };
    let refused = w.refund(&more);
    assert!(matches!(&refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused), "{refused:?}");
    w.passes(minutes(1));
    assert_eq!(w.refund_now(&ask), Some(refund::Happened::Processed));
    assert_eq!(w.happened("refund_processed"), 2);
    let kinds: Vec<_> =
        w.told().into_iter().map(|n| n.unwrap().kind).filter(|k| k.contains("refund")).collect();
    assert_eq!(
        kinds,
        ["pg.refund.accepted", "pg.refund.accepted", "pg.refund.completed", "pg.refund.completed"]
    );
}

#[test]
fn a_refund_waits_for_days_and_another_fails() {
    let w = world();
    let ask = refund_ask(&w.paid());
    w.fault(Op::Refund, Fault::RefundDelay { ms: days(3) });
    w.refund(&ask).unwrap();
    w.passes(days(2));
    assert_eq!(w.refund_now(&ask), Some(refund::Happened::Accepted));
    w.passes(days(2));
    assert_eq!(w.refund_now(&ask), Some(refund::Happened::Processed));
    w.fault(Op::Refund, Fault::RefundFails { ms: hours(2) });
    let other = RefundAsk { our_ref: "01k4v9r2m8yyyyyyyyyy".parse().unwrap(), ..ask };
    w.refund(&other).unwrap();
    w.passes(hours(3));
    assert_eq!(w.refund_now(&other), Some(refund::Happened::Failed));
    // What failed can be given back once more.
    let whole =
        RefundAsk { our_ref: "01k4v9r2m8xxxxxxxxxx".parse().unwrap(), amount: Money::inr(399_00), ..other };
    assert!(w.refund(&whole).is_ok());
}

#[test]
fn every_doubtful_answer_to_a_refund_is_unknown_and_it_is_made_once() {
    for fault in [
        Fault::SilentAfterActing,
        Fault::HtmlErrorPage,
        Fault::EmptyOk,
        Fault::TruncatedJson,
        Fault::UnknownStatus,
        Fault::Status { status: 500, acts: Acts::Before },
    ] {
        let w = world();
        let ask = refund_ask(&w.paid());
        w.fault(Op::Refund, fault);
        let doubt = w.refund(&ask);
        assert!(is_unknown(&doubt), "{fault:?} {doubt:?}");
        assert_eq!(w.refund_now(&ask), Some(refund::Happened::Accepted), "{fault:?}");
        w.refund(&ask).unwrap();
        assert_eq!(w.happened("refund_accepted"), 1, "{fault:?}");
    }
}

#[test]
fn a_refund_of_what_was_not_paid_is_refused() {
    let w = world();
    w.opened(Flow::Redirect);
    let refused = w.refund(&refund_ask("OM1"));
    assert!(matches!(refused, Err(CallError::NotDone(_))), "{refused:?}");
    assert_eq!(w.happened("refund_accepted"), 0);
}

/// An order's status lists no refunds: one from the dashboard is heard of by its webhook, and then asked about.
#[test]
fn a_refund_from_the_dashboard_is_asked_about_once_it_was_heard_of() {
    let w = world();
    let paid = w.paid();
    w.control("refund", &json!({"payment_id": paid, "amount": 100_00}));
    let refunds = |reports: Vec<Report>| -> Vec<_> {
        let only = |r| if let Report::Refund { about, fact } = r { Some((about, fact)) } else { None };
        reports.into_iter().filter_map(only).collect()
    };
    assert_eq!(refunds(w.fetched().unwrap()), []);
    let told = w.told();
    assert!(told.iter().all(Result::is_ok), "{told:?}");
    w.passes(minutes(1));
    let known = refunds(w.fetched().unwrap());
    let [(about, fact)] = &known[..] else { panic!("{known:?}") };
    assert_eq!((about.provider_payment.as_str(), about.our_ref), (paid.as_str(), None));
    assert_eq!((about.amount, fact.happened), (Money::inr(100_00), refund::Happened::Processed));
    assert!(about.provider_refund.starts_with("DASHBOARD-"));
    // That it cannot be asked about hides nothing else.
    w.fault(Op::FetchRefund, Fault::HtmlErrorPage);
    assert_eq!(w.tries(), [captured(499_00)]);
}
