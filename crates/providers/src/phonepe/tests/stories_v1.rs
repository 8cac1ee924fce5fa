//! The adapter against the simulator's v1: the same flows behind a salt key.

use super::stories::{World, captured, is_unknown};
use super::*;
use crate::contract::{Forged, Grade, Handle, Open, Returns, Said, TestConnection, TestResult};
use crate::phonepe::sim::PhonePeSim;
use crate::sim::{Acts, Fault, Op, SimMerchant, Simulator};
use crate::wire::ReasonKind;
use hundi_core::payment::Try::{Failed, Started};
use hundi_core::refund;
use hundi_core::time::{days, hours, minutes, seconds};

fn world() -> World {
    let mut sim = PhonePeSim::new(11);
    sim.put_merchant(&SimMerchant {
        credentials: v1().credentials,
        name: "Chai & Co".to_owned(),
        webhook_url: Some("http://127.0.0.1:1/hook".to_owned()),
        webhook_secret: None,
    });
    World::new(sim, v1())
}

#[test]
fn the_account_works_and_mistakes_are_named() {
    assert_eq!(run(PhonePe.test(world().call())), TestResult::Works);
    let wrong = |name: &str, value: &str| {
        let mut account = v1();
        account.credentials.insert(name.to_owned(), Secret::new(value));
        let right = world();
        let World { sim, .. } = right;
        let w = World::new(sim.into_inner().unwrap(), account);
        run(PhonePe.test(w.call()))
    };
    assert_eq!(wrong("salt_key", "another"), TestResult::WrongKey);
    // An unknown merchant may be a client id of v2 in the wrong field.
    assert!(matches!(wrong("merchant_id", "SU1"), TestResult::Unreachable(r) if r.detail.contains("v2")));
    let mut salt_as_client = v2();
    salt_as_client.credentials.insert("client_id".to_owned(), Secret::new("HUNDITESTUAT"));
    let World { sim, .. } = world();
    let w = World::new(sim.into_inner().unwrap(), salt_as_client);
    assert!(matches!(run(PhonePe.test(w.call())), TestResult::Unreachable(r) if r.detail.contains("v1")));
}

#[test]
fn a_page_is_paid_and_everybody_says_so() {
    let w = world();
    let opened = w.opened(Flow::Redirect);
    assert!(matches!(&opened.handle, Handle::Redirect { url } if url.contains("/transact/simulator?token=")));
    assert_eq!(w.tries(), []);
    let back = w.pays(&json!({"outcome": "pay"}));
    let said = PhonePe.read(&w.account, &subject(Flow::Redirect), &back).unwrap();
    assert_eq!((said.grade, said.said), (Grade::B, Said::Success));
    assert_eq!(w.tries(), [captured(499_00)]);
    let (_, payment, _) = tries(&w.fetched().unwrap()).remove(0);
    assert_eq!(said.provider_payment, Some(payment));
    let notice = w.told().remove(0).unwrap();
    assert_eq!((notice.kind.as_str(), notice.grade), ("PAYMENT_SUCCESS", Grade::B));
    assert_eq!(notice.reports, w.fetched().unwrap());
    // Of another order of ours it proves nothing.
    let other = Subject { our_ref: REFUND_REF.parse().unwrap(), ..subject(Flow::Redirect) };
    assert_eq!(PhonePe.read(&w.account, &other, &back), Err(Forged::WrongSignature));
}

#[test]
fn one_transaction_is_one_try() {
    let w = world();
    w.opened(Flow::Redirect);
    let back = w.pays(&json!({"outcome": "fail", "reason": "Z9"}));
    let said = PhonePe.read(&w.account, &subject(Flow::Redirect), &back).unwrap();
    assert!(matches!(said.said, Said::Failure(_)));
    let reason = hundi_core::FailureReason::InsufficientFunds;
    assert_eq!(w.tries(), [Failed { reason }]);
    let wish = json!({"order": OUR_REF, "outcome": "pay"}).to_string().into_bytes();
    assert_eq!(w.handle("POST", "/sim/api/pay".to_owned(), vec![], wish).status, 400);
}

#[test]
fn who_leaves_comes_back_pending_and_the_page_ends() {
    let w = world();
    w.opened(Flow::Redirect);
    let back = w.pays(&json!({"outcome": "leave"}));
    let said = PhonePe.read(&w.account, &subject(Flow::Redirect), &back).unwrap();
    assert_eq!((said.grade, said.said), (Grade::B, Said::Nothing));
    w.passes(hours(1));
    assert_eq!(w.tries(), []);
}

#[test]
fn silence_a_late_bank_and_another_amount() {
    let w = world();
    w.opened(Flow::Redirect);
    w.pays(&json!({"outcome": "silent", "late_ms": hours(3)}));
    assert_eq!(w.tries(), [Started]);
    w.passes(hours(1));
    assert!(matches!(w.tries()[..], [Failed { .. }]));
    w.passes(hours(3));
    assert_eq!(w.tries(), [captured(499_00)]);
    let w = world();
    w.opened(Flow::UpiIntent);
    w.fault(Op::Pay, Fault::WrongAmount { minor: 1_00 });
    w.pays(&json!({"outcome": "pay"}));
    assert_eq!(w.tries(), [captured(1_00)]);
}

#[test]
fn silence_after_opening() {
    let w = world();
    assert_eq!(w.find(), Ok(None));
    w.fault(Op::CreateOrder, Fault::SilentAfterActing);
    assert!(is_unknown(&run(PhonePe.open(w.call(), &opening(Flow::Redirect)))));
    assert!(is_unknown(&w.find()));
    assert!(is_unknown(&run(PhonePe.open(w.call(), &opening(Flow::Redirect)))), "the id is used");
    w.passes(minutes(21));
    assert_eq!(w.find(), Ok(None));
    assert_eq!(w.happened("order"), 1);
    let w = world();
    w.fault(Op::CreateOrder, Fault::ActAfterSilence { ms: seconds(40) });
    assert!(is_unknown(&run(PhonePe.open(w.call(), &opening(Flow::Redirect)))));
    assert_eq!(w.find(), Ok(None));
    w.passes(minutes(1));
    assert!(is_unknown(&w.find()));
}

#[test]
fn polls_that_fail_and_orders_that_are_gone() {
    let w = world();
    w.paid();
    for fault in [
        Fault::SilentAfterActing,
        Fault::Status { status: 500, acts: Acts::Never },
        Fault::HtmlErrorPage,
        Fault::EmptyOk,
        Fault::TruncatedJson,
        Fault::UnknownStatus,
        Fault::NotFoundThenFound,
    ] {
        w.fault(Op::Fetch, fault);
        assert!(is_unknown(&w.fetched()), "{fault:?}");
    }
    w.fault(Op::Fetch, Fault::Status { status: 429, acts: Acts::Never });
    assert!(matches!(w.fetched(), Err(CallError::NotDone(r)) if r.kind == ReasonKind::RateLimited));
    assert_eq!(w.tries(), [captured(499_00)]);
}

#[test]
fn refunds_once_slowly_and_failed() {
    let w = world();
    let ask = refund_ask(&w.paid());
    assert_eq!(w.refund_now(&ask), None);
    for fault in [Fault::SilentAfterActing, Fault::UnknownStatus, Fault::EmptyOk] {
        w.fault(Op::Refund, fault);
        let _doubtful = w.refund(&ask);
        assert_eq!(w.refund_now(&ask), Some(refund::Happened::Accepted), "{fault:?}");
    }
    let first = w.refund(&ask).unwrap();
    assert_eq!(w.refund(&ask).unwrap(), first);
    assert_eq!(w.happened("refund_accepted"), 1);
    w.passes(minutes(1));
    assert_eq!(w.refund_now(&ask), Some(refund::Happened::Processed));
    let last = w.told().pop().unwrap().unwrap();
    assert!(
        matches!(&last.reports[..], [Report::Refund { about, .. }] if about.our_ref == Some(ask.our_ref))
    );
    let slow = RefundAsk { our_ref: "01k4v9r2m8yyyyyyyyyy".parse().unwrap(), ..ask.clone() };
    w.fault(Op::Refund, Fault::RefundFails { ms: days(3) });
    w.refund(&slow).unwrap();
    w.passes(days(2));
    assert_eq!(w.refund_now(&slow), Some(refund::Happened::Accepted));
    w.passes(days(2));
    assert_eq!(w.refund_now(&slow), Some(refund::Happened::Failed));
    let more =
        RefundAsk { our_ref: "01k4v9r2m8xxxxxxxxxx".parse().unwrap(), amount: Money::inr(499_00), ..ask };
    let refused = w.refund(&more);
    assert!(matches!(&refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused), "{refused:?}");
}
