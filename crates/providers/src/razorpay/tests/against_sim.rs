//! The adapter against the simulator, in process: each flow to its end, and what silence leaves behind.
//!
//! They share no types, so agreement here is agreement on Razorpay's words.

use super::*;
use crate::contract::{
    Capture, Grade, Handle, Notices, Open, Refund, Returns, Said, TestConnection, TestResult,
};
use crate::contract::{Unverified, Watch};
use crate::razorpay::sim::{RazorpaySim, SimAccount};
use crate::sim::{Fault, Op, Simulator};
use hundi_core::refund;
use serde_json::json;

type World = crate::testing::World<RazorpaySim>;

fn world() -> World {
    let mut sim = RazorpaySim::new(7);
    let known = SimAccount::new("rzp_test_HdWire00001", "wire-secret", "acc_HdTest00000001");
    sim.add_account(known.with_webhook("http://127.0.0.1:1/hook", "whsec"));
    World::new(sim, Account { enabled: vec!["upi_intent".to_owned()], ..account() })
}

impl World {
    /// All reports of the webhooks that went out by then, every one of them signed and readable.
    fn told(&self, after_ms: i64) -> Vec<Report> {
        let due = self.sim.lock().unwrap().due(NOW.plus(after_ms));
        let verify = |out: crate::sim::Outgoing| {
            let headers: Vec<_> = out.headers.into_iter().map(|(n, v)| (n.to_lowercase(), v)).collect();
            let message = Unverified::new(&headers, &out.body);
            run(Razorpay.verify(self.call(), &[Secret::new("whsec")], message)).unwrap().reports
        };
        due.into_iter().flat_map(verify).collect()
    }

    fn subject(&self, order: &str) -> Subject {
        subject(order)
    }

    fn tries(&self, order: &str) -> Vec<(String, String, Try)> {
        tries(&run(Watch::fetch(&Razorpay, self.call(), &self.subject(order))).unwrap())
    }
}

#[test]
fn the_simulators_account_works() {
    assert_eq!(run(Razorpay.test(world().call())), TestResult::Works);
}

#[test]
fn an_order_is_paid_after_a_failure_and_refunded() {
    let w = world();
    let opened = run(Razorpay.open(w.call(), &opening(Flow::Script))).unwrap();
    let order = opened.provider_order.as_str();
    let Handle::Script { src, .. } = &opened.handle else { panic!("a script") };
    assert_eq!(src, "http://127.0.0.1:4010/v1/checkout.js");
    assert_eq!(w.tries(order), []);

    let back = w.payer(&json!({"order_id": order, "outcome": "fail", "reason": "insufficient_funds"}));
    let said = Razorpay.read(&w.account, &w.subject(order), &back).unwrap();
    assert_eq!(
        (said.grade, said.said),
        (Grade::C, Said::Failure(hundi_core::FailureReason::InsufficientFunds))
    );
    let back = w.payer(&json!({"order_id": order, "outcome": "pay"}));
    let said = Razorpay.read(&w.account, &w.subject(order), &back).unwrap();
    assert_eq!((said.grade, said.said), (Grade::B, Said::Success));

    let paid = said.provider_payment.unwrap();
    let captured = Try::Captured { amount: Money::inr(1499_00) };
    assert_eq!(w.tries(order).len(), 2);
    assert!(w.tries(order).contains(&(order.to_owned(), paid.clone(), captured.clone())));
    assert!(tries(&w.told(60_000)).contains(&(order.to_owned(), paid.clone(), captured)));

    let ask = RefundAsk { provider_payment: paid, ..refund_ask() };
    let Report::Refund { about, .. } = run(Razorpay.refund(w.call(), &ask)).unwrap() else {
        panic!("a refund")
    };
    assert_eq!((about.our_ref, about.amount), (Some(our_ref()), Money::inr(500_00)));
    let again = run(Razorpay.refund(w.call(), &ask)).unwrap();
    assert!(
        matches!(again, Report::Refund { about: same, .. } if same.provider_refund == about.provider_refund)
    );
    for id in [None, Some(about.provider_refund.as_str())] {
        let found = run(Refund::fetch(&Razorpay, w.call(), &ask, id)).unwrap();
        assert!(
            matches!(found, Some(Report::Refund { about: same, .. }) if same.provider_refund == about.provider_refund)
        );
    }
    let processed =
        |r: &Report| matches!(r, Report::Refund { fact, .. } if fact.happened == refund::Happened::Processed);
    assert!(w.told(3_600_000).iter().any(processed));
}

#[test]
fn a_hold_is_captured_once() {
    let w = world();
    let held = Opening { capture: CaptureBy::Us, ..opening(Flow::Script) };
    let order = run(Razorpay.open(w.call(), &held)).unwrap().provider_order;
    w.payer(&json!({"order_id": order, "outcome": "pay"}));
    let (_, payment, what) = w.tries(&order).remove(0);
    assert_eq!(what, Try::Authorized { amount: Money::inr(1499_00) });
    for _ in 0..2 {
        let taken = tries(&run(Razorpay.capture(w.call(), &hold(&payment, Money::inr(1499_00)))).unwrap());
        assert!(matches!(&taken[..], [(_, _, Try::Captured { .. })]), "{taken:?}");
    }
}

#[test]
fn a_link_and_a_upi_link_are_paid() {
    let w = world();
    let link = run(Razorpay.open(w.call(), &opening(Flow::Redirect))).unwrap().provider_order;
    let back = w.payer(&json!({"payment_link_id": link, "outcome": "pay"}));
    let said = Razorpay.read(&w.account, &w.subject(&link), &back).unwrap();
    assert_eq!((said.grade, said.said), (Grade::B, Said::Success));
    assert!(matches!(&w.tries(&link)[..], [(order, _, Try::Captured { .. })] if *order == link));
    let through_link =
        |r: &Report| matches!(r, Report::Payment { about, .. } if about.our_ref == Some(our_ref()));
    assert!(w.told(60_000).iter().any(through_link));

    let payer = Payer {
        email: Some("asha@example.com".to_owned()),
        phone: Some("+919800000001".to_owned()),
        ip: Some("203.0.113.7".to_owned()),
        user_agent: Some("Firefox".to_owned()),
        ..Payer::default()
    };
    let opened = run(Razorpay.open(w.call(), &Opening { payer, ..opening(Flow::UpiIntent) })).unwrap();
    assert!(matches!(opened.handle, Handle::Upi { .. }), "{:?}", opened.handle);
    let (_, payment, what) = w.tries(&opened.provider_order).remove(0);
    assert_eq!(what, Try::Started);
    w.payer(&json!({"payment_id": payment, "outcome": "pay"}));
    assert!(matches!(&w.tries(&opened.provider_order)[..], [(_, _, Try::Captured { .. })]));
}

#[test]
fn silence_after_acting_is_unknown_and_then_found() {
    for (flow, op) in [(Flow::Script, Op::CreateOrder), (Flow::Redirect, Op::CreateLink)] {
        let w = world();
        assert_eq!(run(Razorpay.find(w.call(), &opening(flow))), Ok(None));
        w.fault(op, Fault::SilentAfterActing);
        assert!(matches!(run(Razorpay.open(w.call(), &opening(flow))), Err(CallError::Unknown(_))));
        let found = run(Razorpay.find(w.call(), &opening(flow))).unwrap().unwrap();
        // Razorpay's times are whole seconds: within one, the id decides.
        w.passes(1_000);
        // An order asked for again is another one, and the older is still what everybody finds; a link is the same.
        let again = run(Razorpay.open(w.call(), &opening(flow))).unwrap();
        let later = run(Razorpay.find(w.call(), &opening(flow))).unwrap().unwrap();
        assert_eq!(later.provider_order, found.provider_order);
        assert_eq!(again.provider_order == found.provider_order, flow == Flow::Redirect);
    }
}

#[test]
fn every_doubtful_answer_to_a_refund_is_unknown_and_it_is_made_once() {
    let faults = [
        Fault::SilentAfterActing,
        Fault::HtmlErrorPage,
        Fault::EmptyOk,
        Fault::TruncatedJson,
        Fault::UnknownStatus,
    ];
    for fault in faults {
        let w = world();
        let order = run(Razorpay.open(w.call(), &opening(Flow::Script))).unwrap().provider_order;
        w.payer(&json!({"order_id": order, "outcome": "pay"}));
        let ask = RefundAsk { provider_payment: w.tries(&order).remove(0).1, ..refund_ask() };
        w.fault(Op::Refund, fault);
        let doubt = run(Razorpay.refund(w.call(), &ask));
        assert!(matches!(doubt, Err(CallError::Unknown(_))), "{fault:?} {doubt:?}");
        assert!(run(Refund::fetch(&Razorpay, w.call(), &ask, None)).unwrap().is_some(), "{fault:?}");
        run(Razorpay.refund(w.call(), &ask)).unwrap();
        let sim = w.sim.lock().unwrap();
        assert_eq!(
            sim.journal().iter().filter(|line| line.what == "refund_accepted").count(),
            1,
            "{fault:?}"
        );
    }
}
