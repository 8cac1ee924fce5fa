//! The adapter against the simulator, in process: each flow to its end.
//!
//! They share no types, so agreement here is agreement on PayPal's words.

use super::*;
use crate::contract::{
    Capture, Finish, Forged, Grade, Handle, Notices, Open, Refund, Returns, Said, TestConnection, TestResult,
    Unverified, Void, Watch,
};
use crate::paypal::sim::{PayPalSim, SimAccount};
use crate::sim::{Dial, Fault, Op, Outgoing, Simulator};
use hundi_core::refund;

pub(super) type World = crate::testing::World<PayPalSim>;

pub(super) fn world() -> World {
    let mut sim = PayPalSim::new(7);
    sim.add_account(SimAccount::new("cid", "sec", "ABCDEFGHJKLMN"));
    sim.set_webhook("cid", "8AB12345CD678901E", "http://127.0.0.1:1/hook");
    World::new(sim, account())
}

fn headers(out: &Outgoing) -> Vec<(String, String)> {
    out.headers.iter().map(|(n, v)| (n.to_lowercase(), v.clone())).collect()
}

impl World {
    pub(super) fn opens(&self, capture: CaptureBy) -> Subject {
        let opening = Opening { capture, expires_at: self.now().plus(1_800_000), ..opening() };
        let opened = run(PayPal.open(self.call(), &opening)).unwrap();
        let Handle::Redirect { url } = &opened.handle else { panic!("{opened:?}") };
        assert_eq!(*url, format!("http://127.0.0.1:4010/checkoutnow?token={}", opened.provider_order));
        subject_of(&opened.provider_order)
    }

    #[track_caller]
    pub(super) fn pays(&self, of: &Subject, reason: Option<&str>) -> Vec<(String, String)> {
        self.payer(&json!({"order": of.provider_order, "outcome": "pay", "reason": reason}))
    }

    #[track_caller]
    pub(super) fn fetched(&self, of: &Subject) -> Vec<Report> {
        run(Watch::fetch(&PayPal, self.call(), of)).unwrap()
    }

    pub(super) fn finishes(&self, of: &Subject, by: CaptureBy) -> Result<Vec<(String, Try)>, CallError> {
        run(PayPal.finish(self.call(), of, by)).map(|reports| tries(&reports))
    }

    /// An order paid and captured, and our name of its try.
    pub(super) fn paid(&self) -> (Subject, String) {
        let of = self.opens(CaptureBy::Provider);
        self.pays(&of, None);
        let taken = self.finishes(&of, CaptureBy::Provider).unwrap();
        (of, taken[0].0.clone())
    }

    /// The webhooks that are due, each taken with a 200.
    pub(super) fn due(&self) -> Vec<Outgoing> {
        let mut sim = self.sim.lock().unwrap();
        let due = sim.due(self.now());
        due.iter().for_each(|out| sim.delivered(out.id, Some(200), self.now()));
        due
    }

    /// All reports of the webhooks that are due, every one of them signed and readable.
    #[track_caller]
    pub(super) fn told(&self) -> Vec<Report> {
        let verify = |out: &Outgoing| {
            let headers = headers(out);
            let notice = run(PayPal.verify(self.call(), &[], Unverified::new(&headers, &out.body))).unwrap();
            assert!(notice.grade == Grade::B && notice.event_id.is_some());
            notice.reports
        };
        self.due().iter().flat_map(verify).collect()
    }

    pub(super) fn control(&self, path: &str, body: &Value) -> Value {
        let target = format!("/sim/control/{path}");
        let answer = self.handle("POST", target, vec![], body.to_string().into_bytes());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// What really happened, without the orders.
    pub(super) fn happened(&self) -> Vec<&'static str> {
        let sim = self.sim.lock().unwrap();
        sim.journal().iter().map(|line| line.what).filter(|what| *what != "order").collect()
    }
}

fn captured() -> Try {
    Try::Captured { amount: usd(24_50) }
}

#[test]
fn the_simulators_account_works() {
    let w = world();
    assert_eq!(run(PayPal.test(w.call())), TestResult::Works);
    let mut wrong = w.account.clone();
    wrong.credentials.insert("client_secret".to_owned(), Secret::new("other"));
    let call = Call { account: &wrong, wire: &w };
    assert_eq!(run(PayPal.test(call)), TestResult::WrongKey);
}

#[test]
fn an_order_is_approved_finished_and_refunded() {
    let w = world();
    let of = w.opens(CaptureBy::Provider);
    assert_eq!(w.fetched(&of), vec![]);
    let not_yet = w.finishes(&of, CaptureBy::Provider);
    assert!(matches!(not_yet, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));

    let back = w.pays(&of, None);
    let said = PayPal.read(&w.account, &of, &back).unwrap();
    assert_eq!((said.grade, said.said), (Grade::C, Said::Success));
    assert!(matches!(&w.fetched(&of)[..], [report] if is_approved(report)));
    assert_eq!(w.happened(), Vec::<&str>::new());

    let taken = w.finishes(&of, CaptureBy::Provider).unwrap();
    let paid = taken[0].0.clone();
    assert_eq!(taken, [(paid.clone(), captured())]);
    // Twice is once: by the key, and where the key is forgotten by the order itself.
    assert_eq!(w.finishes(&of, CaptureBy::Provider).unwrap(), taken);
    w.passes(7 * 3_600_000);
    assert_eq!(w.finishes(&of, CaptureBy::Provider).unwrap(), taken);
    assert_eq!(w.happened(), ["captured"]);
    // A notice and a look make the same fact.
    let told = w.told();
    assert!(is_approved(&told[0]));
    let fetched = w.fetched(&of);
    assert_eq!(tries(&told), [(paid.clone(), captured()), (paid.clone(), captured())]);
    let fact_of = |reports: &[Report]| match reports.iter().find(|r| !is_approved(r)) {
        Some(Report::Payment { about, fact }) => (about.clone(), fact.at),
        other => panic!("{other:?}"),
    };
    assert_eq!(fact_of(&told), fact_of(&fetched));

    let ask = RefundAsk { subject: of.clone(), provider_payment: paid.clone(), ..refund_ask() };
    let Report::Refund { about, fact } = run(PayPal.refund(w.call(), &ask)).unwrap() else {
        panic!("a refund")
    };
    assert_eq!((about.our_ref, about.amount), (Some(ask.our_ref), usd(4_50)));
    assert_eq!(fact.happened, refund::Happened::Processed);
    let again = run(PayPal.refund(w.call(), &ask)).unwrap();
    assert_eq!(again, Report::Refund { about: about.clone(), fact: fact.clone() });
    for id in [None, Some(about.provider_refund.as_str())] {
        let found = run(Refund::fetch(&PayPal, w.call(), &ask, id)).unwrap();
        assert_eq!(found, Some(Report::Refund { about: about.clone(), fact: fact.clone() }));
    }
    assert_eq!(w.fetched(&of).last(), Some(&again));
    assert_eq!(w.told(), [again]);
    assert_eq!(w.happened(), ["captured", "refund_accepted", "refund_processed"]);
}

#[test]
fn a_hold_is_one_try_until_its_refund() {
    let w = world();
    let of = w.opens(CaptureBy::Us);
    w.pays(&of, None);
    assert!(w.finishes(&of, CaptureBy::Provider).is_err());
    let held = w.finishes(&of, CaptureBy::Us).unwrap();
    let name = held[0].0.clone();
    assert_eq!(held, [(name.clone(), Try::Authorized { amount: usd(24_50) })]);
    assert_eq!(w.finishes(&of, CaptureBy::Us).unwrap(), held);
    let hold = Hold { subject: of.clone(), provider_payment: name.clone(), amount: usd(24_50) };
    for _ in 0..2 {
        assert_eq!(tries(&run(PayPal.capture(w.call(), &hold)).unwrap()), [(name.clone(), captured())]);
    }
    // Long after the key was forgotten the hold itself says that it was taken.
    w.passes(46 * 86_400_000);
    assert_eq!(
        tries(&run(PayPal.capture(w.call(), &hold)).unwrap()).last(),
        Some(&(name.clone(), captured()))
    );
    assert_eq!(tries(&run(PayPal.void(w.call(), &hold)).unwrap()).last(), Some(&(name.clone(), captured())));
    assert!(tries(&w.fetched(&of)).iter().all(|(id, _)| *id == name));
    assert!(tries(&w.told()).iter().all(|(id, _)| *id == name));
    let ask = RefundAsk { subject: of.clone(), provider_payment: name.clone(), ..refund_ask() };
    let made = run(PayPal.refund(w.call(), &ask)).unwrap();
    let Report::Refund { about, .. } = &made else { panic!("a refund") };
    assert_eq!(about.provider_payment, name);
    let found = run(Refund::fetch(&PayPal, w.call(), &ask, Some(&about.provider_refund))).unwrap();
    assert_eq!((found.as_ref(), w.fetched(&of).last()), (Some(&made), Some(&made)));
    assert_eq!(w.happened(), ["authorized", "captured", "refund_accepted", "refund_processed"]);
}

#[test]
fn a_hold_is_let_go_by_us_or_by_time() {
    let w = world();
    let hold = || {
        let of = w.opens(CaptureBy::Us);
        w.pays(&of, None);
        let name = w.finishes(&of, CaptureBy::Us).unwrap().remove(0).0;
        Hold { subject: of, provider_payment: name, amount: usd(24_50) }
    };
    let first = hold();
    let gone = [(first.provider_payment.clone(), Try::Released)];
    for _ in 0..2 {
        assert_eq!(tries(&run(PayPal.void(w.call(), &first)).unwrap()), gone);
    }
    assert_eq!(tries(&run(PayPal.capture(w.call(), &first)).unwrap()), gone);
    assert_eq!(tries(&w.fetched(&first.subject)), gone);
    assert!(tries(&w.told()).contains(&gone[0]));
    // The next order needs another key.
    w.passes(7 * 3_600_000);
    let second = hold();
    w.passes(30 * 86_400_000);
    assert_eq!(tries(&w.fetched(&second.subject)), [(second.provider_payment, Try::Released)]);
}

#[test]
fn what_the_capture_comes_to_is_told_as_it_is() {
    let told = |reason: &str| {
        let w = world();
        let of = w.opens(CaptureBy::Provider);
        w.pays(&of, Some(reason));
        let first = w.finishes(&of, CaptureBy::Provider).map(|tries| tries[0].1.clone());
        w.passes(7_200_000);
        (first, tries(&w.fetched(&of)).pop().map(|(_, what)| what))
    };
    let declined = Try::Failed { reason: hundi_core::FailureReason::DeclinedByBank };
    assert_eq!(told("DECLINED"), (Ok(declined.clone()), Some(declined.clone())));
    let failed = Try::Failed { reason: hundi_core::FailureReason::ProviderError };
    assert_eq!(told("FAILED"), (Ok(failed.clone()), Some(failed)));
    assert_eq!(told("PENDING_REVIEW"), (Ok(Try::Started), Some(captured())));
    assert_eq!(told("ECHECK"), (Ok(Try::Started), Some(captured())));
    assert_eq!(told("PENDING_DECLINED"), (Ok(Try::Started), Some(declined)));
    for issue in ["INSTRUMENT_DECLINED", "TRANSACTION_REFUSED", "PAYER_CANNOT_PAY"] {
        assert!(
            matches!(told(issue), (Err(CallError::NotDone(r)), None) if r.kind == ReasonKind::Refused),
            "{issue}"
        );
    }
}

#[test]
fn a_declined_instrument_leaves_the_payer_another_try() {
    let w = world();
    let of = w.opens(CaptureBy::Provider);
    let back =
        w.payer(&json!({"order": of.provider_order, "outcome": "fail", "reason": "insufficient_funds"}));
    assert_eq!(PayPal.read(&w.account, &of, &back).unwrap().said, Said::Success);
    assert!(matches!(w.finishes(&of, CaptureBy::Provider), Err(CallError::NotDone(_))));
    assert!(matches!(w.finishes(&of, CaptureBy::Provider), Err(CallError::NotDone(_))));
    w.payer(&json!({"order": of.provider_order, "outcome": "pay", "method": "card"}));
    assert_eq!(w.finishes(&of, CaptureBy::Provider).unwrap()[0].1, captured());
    assert_eq!(w.happened(), ["captured"]);
}

#[test]
fn a_payer_leaves_or_agrees_late() {
    let w = world();
    let of = w.opens(CaptureBy::Provider);
    let back = w.payer(&json!({"order": of.provider_order, "outcome": "leave"}));
    let cancelled = Said::Failure(hundi_core::FailureReason::UserCancelled);
    assert_eq!(PayPal.read(&w.account, &of, &back).unwrap().said, cancelled);
    let other = subject_of("5HD00000TEST0000Z");
    assert_eq!(PayPal.read(&w.account, &other, &back), Err(Forged::WrongSignature));
    assert_eq!(PayPal.read(&w.account, &of, &[]).unwrap().said, Said::Nothing);
    let twice = [back.clone(), back].concat();
    assert_eq!(PayPal.read(&w.account, &of, &twice), Err(Forged::WrongSignature));
    let back = w.payer(&json!({"order": of.provider_order, "outcome": "silent", "late_ms": 600_000}));
    assert!(back.is_empty() && w.fetched(&of).is_empty());
    w.passes(600_000);
    assert!(is_approved(&w.fetched(&of)[0]));
    assert!(is_approved(&w.told()[0]));
}

#[test]
fn orders_end_by_themselves() {
    let w = world();
    let of = w.opens(CaptureBy::Provider);
    w.passes(3 * 3_600_000 + 1);
    let gone = run(Watch::fetch(&PayPal, w.call(), &of));
    assert!(matches!(gone, Err(CallError::NotDone(r)) if r.kind == ReasonKind::NotFound));
    w.passes(6 * 3_600_000);
    let of = w.opens(CaptureBy::Provider);
    w.pays(&of, None);
    w.passes(72 * 3_600_000 + 1);
    assert!(matches!(w.finishes(&of, CaptureBy::Provider), Err(CallError::NotDone(_))));
    assert_eq!(w.happened(), Vec::<&str>::new());
}

#[test]
fn a_token_that_ended_is_renewed() {
    let w = world();
    let (of, _) = w.paid();
    // The simulator forgets every token with the account's secret, and takes the new one.
    w.control("accounts", &json!({"client_id": "cid", "client_secret": "new"}));
    assert!(run(Watch::fetch(&PayPal, w.call(), &of)).is_err());
    w.control("accounts", &json!({"client_id": "cid", "client_secret": "sec"}));
    assert_eq!(w.fetched(&of).len(), 1);
    w.passes(10 * 3_600_000);
    assert_eq!(w.fetched(&of).len(), 1);
}

#[test]
fn notices_are_proved_one_way_or_the_other() {
    let w = world();
    w.paid();
    let due = w.due();
    assert_eq!(due.len(), 3);
    let out = &due[1];
    let verdict = |account: &Account, headers: &[(String, String)], body: &[u8]| {
        run(PayPal.verify(Call { account, wire: &w }, &[], Unverified::new(headers, body))).map(drop)
    };
    let mut good = headers(out);
    assert_eq!(verdict(&w.account, &good, &out.body), Ok(()));
    // Another amount, another subscription, another message's proof.
    let other = String::from_utf8_lossy(&out.body).replace("24.50", "1.00").into_bytes();
    assert_eq!(verdict(&w.account, &good, &other), Err(Forged::WrongSignature));
    let mut foreign = w.account.clone();
    foreign.credentials.insert("webhook_id".to_owned(), Secret::new("8AB12345CD678901F"));
    assert_eq!(verdict(&foreign, &good, &out.body), Err(Forged::WrongSignature));
    assert_eq!(verdict(&w.account, &headers(&due[0]), &out.body), Err(Forged::WrongSignature));
    // A certificate that is not there: the simulator is asked, and says the same.
    let url = good.iter_mut().find(|(n, _)| n == "paypal-cert-url").unwrap();
    url.1 = "http://127.0.0.1:4010/v1/notifications/certs/CERT-other".to_owned();
    assert_eq!(verdict(&w.account, &good, &out.body), Ok(()));
    assert_eq!(verdict(&w.account, &good, &other), Err(Forged::WrongSignature));
    assert_eq!(verdict(&foreign, &good, &out.body), Err(Forged::WrongSignature));
    w.sim.lock().unwrap().dial(Dial::once(Op::Other, Fault::HtmlErrorPage));
    assert_eq!(verdict(&w.account, &good, &out.body), Err(Forged::CannotTell));
}

#[test]
fn refunds_take_their_time_or_fail() {
    for (fault, later) in [
        (Fault::RefundDelay { ms: 3 * 86_400_000 }, refund::Happened::Processed),
        (Fault::RefundFails { ms: 3 * 86_400_000 }, refund::Happened::Failed),
    ] {
        let w = world();
        let (of, paid) = w.paid();
        w.told();
        w.fault(Op::Refund, fault);
        let ask = RefundAsk { subject: of, provider_payment: paid, ..refund_ask() };
        let said = |report: Report| match report {
            Report::Refund { fact, .. } => fact.happened,
            other => panic!("{other:?}"),
        };
        assert_eq!(said(run(PayPal.refund(w.call(), &ask)).unwrap()), refund::Happened::Accepted);
        assert_eq!(said(w.told().remove(0)), refund::Happened::Accepted);
        w.passes(2 * 86_400_000);
        let fetch = |w: &World| said(run(Refund::fetch(&PayPal, w.call(), &ask, None)).unwrap().unwrap());
        assert_eq!(fetch(&w), refund::Happened::Accepted);
        w.passes(2 * 86_400_000);
        assert_eq!(fetch(&w), later);
        assert_eq!(said(w.told().remove(0)), later);
        // By the key the answer is the refund as it stands now.
        assert_eq!(said(run(PayPal.refund(w.call(), &ask)).unwrap()), later);
    }
}

#[test]
fn a_refund_in_the_dashboard_is_seen_with_its_payment() {
    let w = world();
    let (of, paid) = w.paid();
    w.control("refund", &json!({"payment_id": paid, "amount": 1_00}));
    let reports = w.fetched(&of);
    let Some(Report::Refund { about, .. }) = reports.last() else { panic!("{reports:?}") };
    assert_eq!((about.provider_payment.as_str(), about.our_ref, about.amount), (&*paid, None, usd(1_00)));
    assert_eq!(tries(&reports), [(paid, captured())]);
}

#[test]
fn forints_and_yen_keep_their_worth() {
    for (code, minor) in [("HUF", 2450_00), ("JPY", 2450), ("TWD", 2450_00)] {
        let w = world();
        let amount = Money::new(minor, code.parse().unwrap());
        let opened = run(PayPal.open(w.call(), &Opening { amount, ..opening() })).unwrap();
        let of = Subject { amount, ..subject_of(&opened.provider_order) };
        w.pays(&of, None);
        assert_eq!(w.finishes(&of, CaptureBy::Provider).unwrap()[0].1, Try::Captured { amount });
        assert_eq!(w.sim.lock().unwrap().journal().last().unwrap().amount_minor, minor);
    }
}
