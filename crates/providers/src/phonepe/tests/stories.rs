//! The adapter against the simulator's v2, in process: each flow to its end, and what silence leaves behind.
//!
//! They share no types, so agreement here is agreement on PhonePe's words.

use super::*;
use crate::contract::{Forged, Handle, Notice, Notices, Open, Opened, Refund, Returns, Said};
use crate::contract::{SettlementFile, TestConnection, TestResult, Unverified, Watch};
use crate::phonepe::sim::PhonePeSim;
use crate::sim::{Acts, Fault, Op, SimMerchant, Simulator};
use crate::wire::ReasonKind;
use hundi_core::payment::Try::{Captured, Failed, Started};
use hundi_core::refund;
use hundi_core::time::{days, hours, minutes, seconds};

pub(super) type World = crate::testing::World<PhonePeSim>;

pub(super) fn world() -> World {
    let mut sim = PhonePeSim::new(7);
    sim.put_merchant(&SimMerchant {
        credentials: sim.demo_credentials(1),
        name: "Chai & Co".to_owned(),
        webhook_url: Some("http://127.0.0.1:1/hook".to_owned()),
        webhook_secret: Some(Secret::new("p4ssword")),
    });
    let credentials = sim.demo_credentials(1);
    World::new(sim, Account { credentials, ..v2() })
}

impl World {
    pub(super) fn opened(&self, flow: Flow) -> Opened {
        run(PhonePe.open(self.call(), &opening(flow))).unwrap()
    }

    pub(super) fn find(&self) -> Result<Option<Opened>, CallError> {
        run(PhonePe.find(self.call(), &opening(Flow::Redirect)))
    }

    pub(super) fn fetched(&self) -> Result<Vec<Report>, CallError> {
        run(Watch::fetch(&PhonePe, self.call(), &subject(Flow::Redirect)))
    }

    #[track_caller]
    pub(super) fn tries(&self) -> Vec<Try> {
        tries(&self.fetched().unwrap()).into_iter().map(|(_, _, what)| what).collect()
    }

    #[track_caller]
    pub(super) fn pays(&self, outcome: &Value) -> Vec<(String, String)> {
        let mut wish = json!({ "order": OUR_REF });
        wish.as_object_mut().unwrap().extend(outcome.as_object().unwrap().clone());
        self.payer(&wish)
    }

    /// Opened and paid: PhonePe's id of it.
    #[track_caller]
    pub(super) fn paid(&self) -> String {
        self.opened(Flow::Redirect);
        self.pays(&json!({"outcome": "pay"}));
        tries(&self.fetched().unwrap()).remove(0).1
    }

    pub(super) fn refund(&self, ask: &RefundAsk) -> Result<Report, CallError> {
        run(PhonePe.refund(self.call(), ask))
    }

    pub(super) fn refund_now(&self, ask: &RefundAsk) -> Option<refund::Happened> {
        let found = run(Refund::fetch(&PhonePe, self.call(), ask, None)).unwrap();
        found.map(|report| match report {
            Report::Refund { fact, .. } => fact.happened,
            other @ Report::Payment { .. } => panic!("{other:?}"),
        })
    }

    pub(super) fn happened(&self, what: &str) -> usize {
        self.sim.lock().unwrap().journal().iter().filter(|line| line.what == what).count()
    }

    /// What the webhooks that went out by now say, each with its verdict.
    pub(super) fn told(&self) -> Vec<Result<Notice, Forged>> {
        use crate::wire::Wire;
        let due = self.sim.lock().unwrap().due(self.now());
        due.into_iter().map(|out| self.verify(&out.headers, &out.body)).collect()
    }

    pub(super) fn verify(&self, headers: &[(String, String)], body: &[u8]) -> Result<Notice, Forged> {
        let secrets = [Secret::new("p4ssword")];
        run(PhonePe.verify(self.call(), &secrets, Unverified::new(headers, body)))
    }

    pub(super) fn control(&self, path: &str, body: &Value) -> Value {
        let answer =
            self.handle("POST", format!("/sim/control/{path}"), vec![], body.to_string().into_bytes());
        let said: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{said}");
        said
    }
}

pub(super) fn captured(minor: i64) -> Try {
    Captured { amount: Money::inr(minor) }
}

pub(super) fn is_unknown<T: std::fmt::Debug>(said: &Result<T, CallError>) -> bool {
    matches!(said, Err(CallError::Unknown(_)))
}

#[test]
fn the_simulators_account_works_and_another_does_not() {
    let w = world();
    assert_eq!(run(PhonePe.test(w.call())), TestResult::Works);
    let other = world();
    let credentials = other.sim.lock().unwrap().demo_credentials(2);
    let stranger = World::new(PhonePeSim::new(7), Account { credentials, ..v2() });
    assert_eq!(run(PhonePe.test(stranger.call())), TestResult::WrongKey);
}

#[test]
fn a_page_is_opened_and_paid_after_a_failure() {
    let w = world();
    let opened = w.opened(Flow::Redirect);
    assert_eq!(opened.provider_order, OUR_REF);
    let Handle::Redirect { url } = &opened.handle else { panic!("{opened:?}") };
    assert!(url.starts_with("http://127.0.0.1:4010/transact/uat_v2?token="), "{url}");
    assert_eq!(w.tries(), []);

    let back = w.pays(&json!({"outcome": "fail", "reason": "Z9"}));
    assert_eq!(back, []);
    let reason = hundi_core::FailureReason::InsufficientFunds;
    assert_eq!(w.tries(), [Failed { reason }]);
    let back = w.pays(&json!({"outcome": "pay"}));
    let said = PhonePe.read(&w.account, &subject(Flow::Redirect), &back).unwrap();
    assert_eq!(said.said, Said::Nothing);
    assert_eq!(w.tries(), [Failed { reason }, captured(499_00)]);

    let told: Vec<_> = w.told().into_iter().map(Result::unwrap).collect();
    let kinds: Vec<_> = told.iter().map(|n| n.kind.as_str()).collect();
    assert_eq!(kinds, ["checkout.transaction.attempt.failed", "checkout.order.completed"]);
    let polled = w.fetched().unwrap();
    assert_eq!(told[1].reports, polled[1..], "the same fact by webhook and by poll");
}

#[test]
fn the_payer_pays_on_the_page_itself() {
    let w = world();
    let Handle::Redirect { url } = w.opened(Flow::Redirect).handle else { panic!("a page") };
    let target = url.strip_prefix("http://127.0.0.1:4010").unwrap().to_owned();
    let page = w.handle("GET", target.clone(), vec![], vec![]);
    let shown = String::from_utf8(page.body).unwrap();
    assert!(page.status == 200 && shown.contains("₹499.00") && shown.contains("Chai &amp; Co"), "{shown}");
    let said = w.handle("POST", target.clone(), vec![], b"method=card&outcome=pay".to_vec());
    let shown = String::from_utf8(said.body).unwrap();
    assert!(shown.contains("https://pay.example/pay/tok3n/return/pay_1"), "{shown}");
    assert_eq!(w.tries(), [captured(499_00)]);
    let again = w.handle("GET", target, vec![], vec![]);
    assert!(String::from_utf8(again.body).unwrap().contains("Already paid"));
}

#[test]
fn who_leaves_or_falls_silent_has_not_paid() {
    let w = world();
    w.opened(Flow::Redirect);
    w.pays(&json!({"outcome": "leave"}));
    assert_eq!(w.tries(), []);
    w.pays(&json!({"outcome": "silent"}));
    assert_eq!(w.tries(), [Started]);
    w.passes(hours(2));
    assert!(matches!(w.tries()[..], [Failed { .. }]));
    assert_eq!(w.happened("captured"), 0);
}

#[test]
fn a_bank_that_answers_late_is_recorded() {
    let w = world();
    w.opened(Flow::Redirect);
    w.fault(Op::Pay, Fault::LateAuthorization { ms: hours(5) });
    w.pays(&json!({"outcome": "pay"}));
    assert!(matches!(w.tries()[..], [Failed { .. }]));
    w.passes(hours(6));
    assert_eq!(w.tries(), [captured(499_00)]);
    let control = world();
    control.opened(Flow::Redirect);
    control.pays(&json!({"outcome": "silent"}));
    control.passes(hours(2));
    let id = tries(&control.fetched().unwrap()).remove(0).1;
    control.control("late_authorize", &json!({"payment_id": id}));
    assert_eq!(control.tries(), [captured(499_00)]);
}

#[test]
fn another_amount_is_reported_as_it_is() {
    let w = world();
    w.opened(Flow::Redirect);
    w.fault(Op::Pay, Fault::WrongAmount { minor: 123_00 });
    w.pays(&json!({"outcome": "pay"}));
    assert_eq!(w.tries(), [captured(123_00)]);
}

#[test]
fn a_link_is_paid() {
    let w = world();
    let opened = w.opened(Flow::UpiIntent);
    let Handle::Upi { link } = &opened.handle else { panic!("{opened:?}") };
    assert!(link.contains("am=499.00") && link.contains("pn=Chai+%26+Co"), "{link}");
    let fetched = || run(Watch::fetch(&PhonePe, w.call(), &subject(Flow::UpiIntent))).unwrap();
    assert_eq!(tries(&fetched())[0].2, Started);
    w.pays(&json!({"outcome": "pay"}));
    assert_eq!(tries(&fetched())[0].2, captured(499_00));
    assert_eq!(w.told()[0].as_ref().unwrap().kind, "pg.order.completed");
}

/// The page's address is told once, so an order that nobody could reach stays unknown until it is over at PhonePe.
#[test]
fn silence_after_opening_is_unknown_until_the_order_is_over() {
    for fault in [
        Fault::SilentAfterActing,
        Fault::HtmlErrorPage,
        Fault::EmptyOk,
        Fault::TruncatedJson,
        Fault::Slow { ms: 60_000 },
        Fault::Status { status: 502, acts: Acts::Before },
    ] {
        let w = world();
        assert_eq!(w.find(), Ok(None));
        w.fault(Op::CreateOrder, fault);
        let said = run(PhonePe.open(w.call(), &opening(Flow::Redirect)));
        assert!(is_unknown(&said), "{fault:?} {said:?}");
        let found = w.find();
        assert!(matches!(&found, Err(CallError::Unknown(r)) if r.kind == ReasonKind::Refused), "{found:?}");
        // Opening it again is refused there, and is no proof that it was not opened.
        assert!(is_unknown(&run(PhonePe.open(w.call(), &opening(Flow::Redirect)))), "{fault:?}");
        w.passes(minutes(21));
        assert_eq!(w.find(), Ok(None), "{fault:?}: nothing can be paid there any more");
        assert_eq!(w.happened("order"), 1);
    }
}

#[test]
fn an_order_that_somebody_reached_is_found_and_watched() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::SilentAfterActing);
    assert!(is_unknown(&run(PhonePe.open(w.call(), &opening(Flow::Redirect)))));
    w.pays(&json!({"outcome": "pay"}));
    let found = w.find().unwrap().unwrap();
    assert_eq!(found.provider_order, OUR_REF);
    // There is nothing left to show its payer but our own page, where the result is.
    assert_eq!(found.handle, Handle::Redirect { url: opening(Flow::Redirect).return_url });
    assert_eq!(w.tries(), [captured(499_00)]);
}

#[test]
fn an_act_after_silence_is_found_when_it_is_there() {
    let w = world();
    w.fault(Op::CreateOrder, Fault::ActAfterSilence { ms: seconds(40) });
    assert!(is_unknown(&run(PhonePe.open(w.call(), &opening(Flow::Redirect)))));
    assert_eq!(w.find(), Ok(None));
    w.passes(minutes(1));
    // The token it was asked with still holds.
    assert!(is_unknown(&w.find()));
    assert_eq!(w.happened("order"), 1);
}

#[test]
fn what_never_arrived_is_not_there() {
    for (fault, known) in [
        (Fault::DropBeforeActing, false),
        (Fault::Status { status: 429, acts: Acts::Never }, true),
        (Fault::Status { status: 503, acts: Acts::Never }, false),
    ] {
        let w = world();
        w.fault(Op::CreateOrder, fault);
        let said = run(PhonePe.open(w.call(), &opening(Flow::Redirect)));
        assert_eq!(matches!(said, Err(CallError::NotDone(_))), known, "{fault:?}");
        assert_eq!(w.find(), Ok(None), "{fault:?}");
    }
}

#[test]
fn an_order_that_is_not_found_was_there_once() {
    let w = world();
    w.paid();
    w.fault(Op::Fetch, Fault::NotFoundThenFound);
    assert!(is_unknown(&w.fetched()));
    assert_eq!(w.tries(), [captured(499_00)]);
}

#[test]
fn a_poll_that_fails_in_any_way_says_nothing() {
    let w = world();
    w.paid();
    for fault in [
        Fault::SilentAfterActing,
        Fault::Status { status: 500, acts: Acts::Never },
        Fault::HtmlErrorPage,
        Fault::EmptyOk,
        Fault::TruncatedJson,
        Fault::UnknownStatus,
    ] {
        w.fault(Op::Fetch, fault);
        assert!(is_unknown(&w.fetched()), "{fault:?}");
    }
    w.fault(Op::Fetch, Fault::Status { status: 429, acts: Acts::Never });
    assert!(w.fetched().is_err());
}

#[test]
fn a_token_that_cannot_be_had_leaves_nothing_behind() {
    for fault in [
        Fault::SilentAfterActing,
        Fault::Status { status: 500, acts: Acts::Never },
        Fault::EmptyOk,
        Fault::HtmlErrorPage,
    ] {
        let w = world();
        w.fault(Op::Token, fault);
        let said = run(PhonePe.open(w.call(), &opening(Flow::Redirect)));
        assert!(matches!(said, Err(CallError::NotDone(_))), "{fault:?} {said:?}");
        assert_eq!(w.happened("order"), 0);
        w.opened(Flow::Redirect);
    }
}

#[test]
fn a_token_that_was_taken_back_or_ended_is_renewed() {
    let w = world();
    w.opened(Flow::Redirect);
    w.control("end_tokens", &json!({}));
    assert_eq!(w.tries(), []);
    w.passes(hours(3));
    assert_eq!(w.tries(), []);
}

// ---- webhooks

#[test]
fn a_forged_webhook_and_one_of_another_account_are_refused() {
    let w = world();
    w.paid();
    let out = w.sim.lock().unwrap().due(NOW.plus(minutes(1))).remove(0);
    assert!(w.verify(&out.headers, &out.body).is_ok());
    // Another amount passes, for the word proves no body; and pays nothing, for the grade is B.
    let inflated = String::from_utf8(out.body.clone()).unwrap().replace("49900", "99900");
    let notice = w.verify(&out.headers, inflated.as_bytes()).unwrap();
    assert_eq!(notice.grade, crate::contract::Grade::B);
    let other = vec![("authorization".to_owned(), "0".repeat(64))];
    assert_eq!(w.verify(&other, &out.body), Err(Forged::WrongSignature));
    assert_eq!(w.verify(&[], &out.body), Err(Forged::NoSignature));
    let rotated = [Secret::new("new"), Secret::new("p4ssword")];
    let message = Unverified::new(&out.headers, &out.body);
    assert!(run(PhonePe.verify(w.call(), &rotated, message)).is_ok());
}

#[test]
fn money_on_the_account_that_is_not_ours_names_nothing_of_ours() {
    let w = world();
    w.opened(Flow::Redirect);
    w.control("foreign_payment", &json!({"client_id": "SU-DEMO-0000000001", "amount": 499_00}));
    let notice = w.told().remove(0).unwrap();
    let [Report::Payment { about, .. }] = &notice.reports[..] else { panic!("{notice:?}") };
    assert_eq!(about.our_ref, None);
    assert_eq!(w.tries(), []);
}

// ---- settlements

#[test]
fn the_settlement_file_says_what_happened() {
    let w = world();
    let ask = refund_ask(&w.paid());
    w.refund(&ask).unwrap();
    let file = || w.handle("GET", "/sim/control/settlement_file".to_owned(), vec![], vec![]).body;
    assert_eq!(PhonePe.read_file(&file()), Ok(vec![]));
    w.passes(days(2));
    let lines = PhonePe.read_file(&file()).unwrap();
    let [paid, back] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((paid.provider_id.as_str(), paid.our_ref), (ask.provider_payment.as_str(), Some(our_ref())));
    assert_eq!(
        (paid.gross, paid.fee_minor, paid.tax_minor, paid.net_minor),
        (Money::inr(499_00), 9_98, 1_80, 487_22)
    );
    assert_eq!(
        (back.provider_id.as_str(), back.gross, back.net_minor),
        (REFUND_REF, Money::inr(100_00), -100_00)
    );
    assert!(paid.utr.is_some() && paid.settled_at.is_some());
    assert_eq!(file(), file());
}
