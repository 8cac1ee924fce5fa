//! What follows a payment, against the simulator: refunds and settlements.

use super::against_sim::{happened, world};
use super::*;
use crate::contract::{Grade, Refund, SettlementFile, Settlements, Span};
use crate::sim::{Fault, Op};
use hundi_core::refund::Happened;
use hundi_core::time::{days, hours, minutes};
use serde_json::json;

// ---- refunds

#[test]
fn parts_go_back_and_each_is_one_refund() {
    let w = world();
    w.opened();
    w.pays("pay");
    let ask = w.ask();
    assert_eq!(w.refund_now(&ask), None);
    assert_eq!(w.refunded(&ask), Ok(Happened::Accepted));
    // The same once more is the same refund.
    assert_eq!(w.refunded(&ask), Ok(Happened::Accepted));
    let second = RefundAsk {
        our_ref: "01k4v9r2m8q5t7w3x6r2".parse().unwrap(),
        amount: Money::inr(399_00),
        ..ask.clone()
    };
    assert_eq!(w.refunded(&second), Ok(Happened::Accepted));
    let third = RefundAsk {
        our_ref: "01k4v9r2m8q5t7w3x6r3".parse().unwrap(),
        amount: Money::inr(1_00),
        ..ask.clone()
    };
    assert!(matches!(w.refunded(&third), Err(CallError::NotDone(_))));
    w.passes(minutes(1));
    assert_eq!(
        (w.refund_now(&ask), w.refund_now(&second)),
        (Some(Happened::Processed), Some(Happened::Processed))
    );
    assert_eq!(w.journal("refund_accepted"), 2);
    let kinds: Vec<_> = w.told().into_iter().map(|notice| (notice.grade, notice.kind)).skip(1).collect();
    let expected = ["REFUND_ACCEPTED", "REFUND_ACCEPTED", "REFUND_SUCCESS", "REFUND_SUCCESS"];
    assert_eq!(kinds, expected.map(|kind| (Grade::A, kind.to_owned())));
}

#[test]
fn a_refund_s_notice_is_the_fact_that_a_poll_finds() {
    let w = world();
    w.opened();
    w.pays("pay");
    let ask = w.ask();
    w.refunded(&ask).unwrap();
    w.passes(minutes(1));
    let polled = run(Refund::fetch(&Paytm, w.call(), &ask, None)).unwrap().unwrap();
    assert_eq!(w.told().pop().unwrap().reports, [polled]);
}

#[test]
fn a_refund_is_pending_for_days_and_may_fail_then() {
    let w = world();
    w.opened();
    w.pays("pay");
    let ask = w.ask();
    w.fault(Op::Refund, Fault::RefundFails { ms: days(3) });
    assert_eq!(w.refunded(&ask), Ok(Happened::Accepted));
    w.passes(days(2));
    assert_eq!(w.refund_now(&ask), Some(Happened::Accepted));
    w.passes(days(2));
    assert_eq!(w.refund_now(&ask), Some(Happened::Failed));
    let last = w.told().pop().unwrap();
    assert_eq!(last.kind, "REFUND_FAILURE");
    assert_eq!(happened(&last.reports[0]), Happened::Failed);
    // Its money counts as not refunded, so another may be made.
    let again =
        RefundAsk { our_ref: "01k4v9r2m8q5t7w3x6r2".parse().unwrap(), amount: Money::inr(499_00), ..ask };
    w.fault(Op::Refund, Fault::RefundDelay { ms: days(7) });
    assert_eq!(w.refunded(&again), Ok(Happened::Accepted));
    w.passes(days(8));
    assert_eq!(w.refund_now(&again), Some(Happened::Processed));
}

#[test]
fn a_refund_made_in_the_dashboard_is_told_by_its_notice() {
    let w = world();
    w.opened();
    w.pays("pay");
    let ask = w.ask();
    w.control("refund", &json!({"payment_id": ask.provider_payment, "amount": 50_00}));
    let told = w.told().pop().unwrap();
    let [Report::Refund { about, .. }] = &told.reports[..] else { panic!("{told:?}") };
    assert_eq!(
        (about.our_ref, about.amount, &about.provider_payment),
        (None, Money::inr(50_00), &ask.provider_payment)
    );
    assert_eq!(w.refund_now(&ask), None);
}

// ---- settlements

#[test]
fn what_was_paid_out_is_listed_and_is_in_the_file() {
    let w = world();
    w.opened();
    w.pays("pay");
    let ask = w.ask();
    w.refunded(&ask).unwrap();
    // A Thursday's payments are paid out on Friday.
    w.passes(days(1) + hours(1));
    let span = Span { from: NOW, to: NOW.plus(days(3)) };
    let (mut after, mut lines) = (None, Vec::new());
    for _ in 0..10 {
        let page = run(Settlements::list(&Paytm, w.call(), span, after.as_deref())).unwrap().unwrap();
        lines.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let brief = |l: &crate::contract::SettlementLine| {
        (l.provider_id.clone(), l.gross.minor(), l.fee_minor, l.tax_minor, l.net_minor)
    };
    let [payment, refund] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(brief(payment), (ask.provider_payment.clone(), 499_00, 9_98, 1_80, 487_22));
    assert_eq!(
        (payment.our_ref, refund.gross, refund.net_minor),
        (Some(our_ref()), Money::inr(100_00), -100_00)
    );
    assert_eq!(payment.utr, refund.utr);

    let file = w.handle("GET", "/sim/control/settlement_file".to_owned(), vec![], vec![]);
    let read = Paytm.read_file(&file.body).unwrap();
    assert_eq!(read.iter().map(brief).collect::<Vec<_>>(), lines.iter().map(brief).collect::<Vec<_>>());
    assert_eq!(read[1].our_ref, Some(ask.our_ref));
    assert_eq!(read[1].of_payment.as_deref(), Some(ask.provider_payment.as_str()));
    assert_eq!((&read[0].utr, read[0].settled_at.is_some()), (&payment.utr, true));
}
