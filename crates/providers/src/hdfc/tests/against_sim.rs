//! The adapter against the simulator, in process and in both forms: each flow to its end.
//!
//! They share no types, so agreement here is agreement on Juspay's words.

use super::*;
use crate::contract::{
    Grade, Handle, Notice, Notices, Open, Refund, Returns, Said, TestConnection, TestResult, Unverified,
    Watch,
};
use crate::hdfc::sim::{BANK_PUBLIC_KEY, HdfcSim, MERCHANT_PRIVATE_KEY};
use crate::sim::{Fault, Op, SimMerchant, Simulator};
use hundi_core::refund;
use hundi_core::time::{days, hours, minutes};

pub(super) type World = crate::testing::World<HdfcSim>;

/// A merchant who signs in by API key.
pub(super) fn world() -> World {
    furnished(BTreeMap::new())
}

/// A merchant who seals.
pub(super) fn sealed_world() -> World {
    let keys = [
        ("auth", "jwt"),
        ("key_id", "key_test01"),
        ("our_private_key", MERCHANT_PRIVATE_KEY),
        ("bank_public_key", BANK_PUBLIC_KEY),
    ];
    furnished(BTreeMap::from(keys.map(|(name, value)| (name.to_owned(), Secret::new(value)))))
}

pub(super) fn both() -> [World; 2] {
    [world(), sealed_world()]
}

fn furnished(more: BTreeMap<String, Secret>) -> World {
    let mut sim = HdfcSim::new(7);
    let mut account = account();
    account.credentials.extend(more);
    sim.put_merchant(&SimMerchant {
        credentials: account.credentials.clone(),
        name: "Chai & Co".to_owned(),
        webhook_url: Some("http://127.0.0.1:1/hook".to_owned()),
        webhook_secret: Some(Secret::new("s3cret")),
    });
    World::new(sim, account)
}

impl World {
    /// What the webhooks that went out by now say, every one of them proven and readable.
    pub(super) fn told(&self) -> Vec<Notice> {
        let now = crate::wire::Wire::now(self);
        let due = self.sim.lock().unwrap().due(now);
        let verify = |out: crate::sim::Outgoing| {
            self.sim.lock().unwrap().delivered(out.id, Some(200), now);
            let message = Unverified::new(&out.headers, &out.body);
            run(Hdfc.verify(self.call(), &[Secret::new("s3cret")], message)).unwrap()
        };
        due.into_iter().map(verify).collect()
    }

    pub(super) fn opens(&self) -> String {
        run(Hdfc.open(self.call(), &opening())).unwrap().provider_order
    }

    /// The reports of an order, asked for now.
    pub(super) fn asks(&self) -> Vec<Report> {
        run(Watch::fetch(&Hdfc, self.call(), &subject())).unwrap()
    }

    /// What became of the one try that the order shows.
    #[track_caller]
    pub(super) fn is(&self, expected: &Try) {
        assert_eq!(tries(&self.asks()).iter().map(|t| &t.2).collect::<Vec<_>>(), [expected]);
    }

    pub(super) fn pays(&self, outcome: &str) -> Vec<(String, String)> {
        self.payer(&json!({"order": OUR_REF, "outcome": outcome}))
    }

    pub(super) fn controls(&self, what: &str, body: &Value) -> Value {
        let path = format!("/sim/control/{what}");
        let answer = self.handle("POST", path, vec![], body.to_string().into_bytes());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub(super) fn happened(&self, what: &str) -> usize {
        self.sim.lock().unwrap().journal().iter().filter(|line| line.what == what).count()
    }
}

pub(super) const PAID: Try = Try::Captured { amount: Money::inr(499_00) };

/// The refund's state, asked for by our reference alone.
#[track_caller]
pub(super) fn refund_is(w: &World, ask: &RefundAsk, expected: refund::Happened) {
    match run(Refund::fetch(&Hdfc, w.call(), ask, None)).unwrap() {
        Some(Report::Refund { about, fact }) => {
            assert_eq!((fact.happened, about.our_ref), (expected, Some(ask.our_ref)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_is_opened_and_paid_in_both_forms() {
    for w in both() {
        let sealed = w.account.credential("auth").expose() == "jwt";
        assert_eq!(run(Hdfc.test(w.call())), TestResult::Works);
        assert_eq!(run(Hdfc.find(w.call(), &opening())), Ok(None));
        let opened = run(Hdfc.open(w.call(), &opening())).unwrap();
        let Handle::Redirect { url } = &opened.handle else { panic!("{opened:?}") };
        let page =
            w.handle("GET", url.strip_prefix(crate::testing::BASE).unwrap().to_owned(), vec![], vec![]);
        assert!(String::from_utf8(page.body).unwrap().contains("INR 499.00"));
        assert_eq!(w.asks(), []);

        let back = w.pays("pay");
        let said = Hdfc.read(&w.account, &subject(), &back).unwrap();
        assert_eq!((said.grade, said.said), (Grade::B, Said::Success));
        w.is(&PAID);
        let told = w.told();
        let kinds: Vec<_> = told.iter().map(|n| n.kind.as_str()).collect();
        assert_eq!(kinds, ["TXN_CREATED", "TXN_CHARGED", "ORDER_SUCCEEDED"]);
        assert!(told.iter().all(|n| n.grade == if sealed { Grade::A } else { Grade::B }));
        assert_eq!(told[2].reports, w.asks(), "a notice and a poll are the same fact");
        assert_eq!(tries(&told[0].reports)[0].2, Try::Started);
    }
}

#[test]
fn a_failed_try_is_followed_by_another() {
    let w = world();
    w.opens();
    let back = w.payer(&json!({"order": OUR_REF, "outcome": "fail", "reason": "insufficient_funds"}));
    let said = Hdfc.read(&w.account, &subject(), &back).unwrap();
    assert_eq!(said.said, Said::Failure(hundi_core::FailureReason::DeclinedByBank));
    let first = tries(&w.asks()).remove(0);
    assert!(matches!(first.2, Try::Failed { .. }), "{first:?}");
    w.pays("pay");
    let second = tries(&w.asks()).remove(0);
    assert_eq!((first.1.as_str(), second.1.as_str()), (TXN, "SGTEST-01k4v9r2m8q5t7w3x6yz-2"));
    assert_eq!(second.2, PAID);
}

#[test]
fn leaving_and_silence_are_no_try_and_a_try_without_end() {
    let w = world();
    w.opens();
    let back = w.pays("leave");
    assert_eq!(Hdfc.read(&w.account, &subject(), &back).unwrap().said, Said::Nothing);
    assert_eq!(w.asks(), []);
    assert!(w.pays("silent").is_empty());
    w.is(&Try::Started);
    w.passes(minutes(16));
    assert!(matches!(tries(&w.asks())[0].2, Try::Failed { .. }));
}

#[test]
fn a_late_success_is_a_success() {
    for w in both() {
        w.opens();
        w.fault(Op::Pay, Fault::LateAuthorization { ms: hours(2) });
        w.pays("pay");
        assert!(matches!(tries(&w.asks())[0].2, Try::Failed { .. }));
        w.passes(hours(3));
        w.is(&PAID);
        assert!(w.told().iter().any(|n| n.kind == "ORDER_SUCCEEDED"));
    }
}

#[test]
fn a_late_success_that_is_given_back_was_never_taken() {
    let w = world();
    w.opens();
    w.pays("fail");
    w.controls("late_authorize", &json!({"payment_id": TXN, "after_ms": 60_000, "auto_refund": true}));
    w.passes(minutes(2));
    w.is(&Try::Released);
    assert_eq!(w.happened("captured"), 0);
    let told = w.told();
    assert!(
        told.iter().any(|n| n.kind == "AUTO_REFUND_SUCCEEDED" && tries(&n.reports)[0].2 == Try::Released)
    );
}

#[test]
fn another_amount_is_told_as_it_was() {
    let w = world();
    w.opens();
    w.fault(Op::Pay, Fault::WrongAmount { minor: 4_99 });
    w.pays("pay");
    w.is(&Try::Captured { amount: Money::inr(4_99) });
}

#[test]
fn a_hold_is_told_and_lapses() {
    let w = world();
    w.opens();
    w.pays("authorize");
    w.is(&Try::Authorized { amount: Money::inr(499_00) });
    w.passes(days(6));
    w.is(&Try::Released);
}

#[test]
fn refunds_in_part_the_same_twice_and_in_the_dashboard() {
    for w in both() {
        w.opens();
        w.pays("pay");
        let ask = refund_ask();
        let Report::Refund { about, fact } = run(Hdfc.refund(w.call(), &ask)).unwrap() else { panic!() };
        assert_eq!((about.provider_refund.as_str(), about.amount), (REFUND_REF, Money::inr(100_00)));
        assert_eq!(fact.happened, refund::Happened::Accepted);
        let again = run(Hdfc.refund(w.call(), &ask)).unwrap();
        assert!(matches!(again, Report::Refund { about: same, .. } if same == about));
        w.passes(minutes(5));
        refund_is(&w, &ask, refund::Happened::Processed);
        w.controls("refund", &json!({"payment_id": TXN, "amount": 50_00}));
        w.passes(minutes(5));
        // The order says that it is refunded, and its capture is the whole amount all the same.
        let reports = w.asks();
        assert_eq!(tries(&reports)[0].2, PAID);
        assert_eq!(reports.len(), 3);
        let told = w.told();
        assert_eq!(told.iter().filter(|n| n.kind == "ORDER_REFUNDED").count(), 2);
        assert_eq!(told.last().unwrap().reports, reports);
        // More than is left.
        let more =
            RefundAsk { our_ref: "rf4v9r2m8q5t7w3x6yz1".parse().unwrap(), amount: Money::inr(400_00), ..ask };
        refused(run(Hdfc.refund(w.call(), &more)), ReasonKind::Refused);
        assert_eq!(run(Refund::fetch(&Hdfc, w.call(), &more, None)), Ok(None));
        assert_eq!(w.happened("refund_accepted"), 2);
    }
}

#[test]
fn a_refund_is_pending_for_days_and_goes_before_a_person() {
    let w = world();
    w.opens();
    w.pays("pay");
    w.fault(Op::Refund, Fault::RefundDelay { ms: days(12) });
    run(Hdfc.refund(w.call(), &refund_ask())).unwrap();
    for passed in [days(9), days(2)] {
        w.passes(passed);
        refund_is(&w, &refund_ask(), refund::Happened::Accepted);
    }
    assert!(w.told().iter().any(|n| n.kind == "REFUND_MANUAL_REVIEW_NEEDED"));
    w.passes(days(2));
    refund_is(&w, &refund_ask(), refund::Happened::Processed);
}

#[test]
fn a_refund_that_was_accepted_fails() {
    let w = world();
    w.opens();
    w.pays("pay");
    w.fault(Op::Refund, Fault::RefundFails { ms: hours(2) });
    run(Hdfc.refund(w.call(), &refund_ask())).unwrap();
    w.passes(hours(3));
    refund_is(&w, &refund_ask(), refund::Happened::Failed);
    // The same name once more is the same refund; a new name is a new one.
    run(Hdfc.refund(w.call(), &refund_ask())).unwrap();
    let anew = RefundAsk {
        our_ref: "rf4v9r2m8q5t7w3x6yz1".parse().unwrap(),
        amount: Money::inr(499_00),
        ..refund_ask()
    };
    run(Hdfc.refund(w.call(), &anew)).unwrap();
    assert_eq!(w.happened("refund_accepted"), 2);
}
