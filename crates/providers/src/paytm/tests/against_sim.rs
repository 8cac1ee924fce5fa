//! The adapter against the simulator, in process: each flow to its end.
//!
//! They share no types, so agreement here is agreement on Paytm's words.

use super::*;
use crate::contract::{
    Forged, Grade, Handle, Notice, Notices, Open, Refund, Returns, Said, Settlements, Span, TestConnection,
    TestResult, Unverified, Watch,
};
use crate::paytm::sim::{PaytmSim, SimAccount};
use crate::sim::{Fault, Op, Simulator};
use hundi_core::FailureReason;
use hundi_core::refund::Happened;
use hundi_core::time::{days, hours, minutes};
use serde_json::json;

pub(super) type World = crate::testing::World<PaytmSim>;

pub(super) fn world() -> World {
    let mut sim = PaytmSim::new(7);
    sim.add_account(SimAccount::new(MID, KEY).with_webhook("http://127.0.0.1:1/hook"));
    World::new(sim, Account { mode: Mode::Test, ..account() })
}

impl World {
    /// An order on the page, and what Paytm calls it.
    pub(super) fn opened(&self) -> String {
        let opening = self.opening(Flow::Redirect);
        run(Paytm.open(self.call(), &opening)).unwrap().provider_order
    }

    /// The same as elsewhere, with time ahead of it.
    pub(super) fn opening(&self, flow: Flow) -> Opening {
        Opening { expires_at: NOW.plus(minutes(30)), ..opening(flow) }
    }

    pub(super) fn pays(&self, outcome: &str) -> Vec<(String, String)> {
        self.payer(&json!({"order": OUR_REF, "outcome": outcome}))
    }

    pub(super) fn fetched(&self) -> Result<Vec<Report>, CallError> {
        run(Watch::fetch(&Paytm, self.call(), &subject()))
    }

    pub(super) fn tried(&self) -> Vec<Try> {
        tries(&self.fetched().unwrap()).into_iter().map(|(_, _, what)| what).collect()
    }

    /// A refund of what was paid.
    pub(super) fn ask(&self) -> RefundAsk {
        RefundAsk { provider_payment: tries(&self.fetched().unwrap()).remove(0).1, ..refund_ask() }
    }

    pub(super) fn refunded(&self, ask: &RefundAsk) -> Result<Happened, CallError> {
        run(Paytm.refund(self.call(), ask)).map(|report| happened(&report))
    }

    pub(super) fn refund_now(&self, ask: &RefundAsk) -> Option<Happened> {
        run(Refund::fetch(&Paytm, self.call(), ask, None)).unwrap().map(|report| happened(&report))
    }

    pub(super) fn journal(&self, what: &str) -> usize {
        self.sim.lock().unwrap().journal().iter().filter(|line| line.what == what).count()
    }

    /// The notices that are due, every one of them proven.
    fn told(&self) -> Vec<Notice> {
        self.due().into_iter().map(|(headers, body)| self.verified(&headers, &body).unwrap()).collect()
    }

    fn due(&self) -> Vec<(Vec<(String, String)>, Vec<u8>)> {
        use crate::wire::Wire;
        let due = self.sim.lock().unwrap().due(self.now());
        due.into_iter().map(|out| (out.headers, out.body)).collect()
    }

    fn verified(&self, headers: &[(String, String)], body: &[u8]) -> Result<Notice, Forged> {
        run(Paytm.verify(self.call(), &[], Unverified::new(headers, body)))
    }

    #[track_caller]
    fn control(&self, path: &str, body: &Value) -> Value {
        let answer =
            self.handle("POST", format!("/sim/control/{path}"), vec![], body.to_string().into_bytes());
        let said: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{said}");
        said
    }
}

fn happened(report: &Report) -> Happened {
    match report {
        Report::Refund { fact, .. } => fact.happened,
        Report::Payment { .. } => panic!("a refund"),
    }
}

fn paid() -> Try {
    Try::Captured { amount: Money::inr(499_00) }
}

#[test]
fn the_simulator_s_account_works_and_others_do_not() {
    let w = world();
    assert_eq!(run(Paytm.test(w.call())), TestResult::Works);
    let test = |name: &str, value: &str| {
        let account = Account { credentials: with_credential(name, value).credentials, ..w.account.clone() };
        run(Paytm.test(Call { account: &account, wire: &w }))
    };
    assert_eq!(test("merchant_key", "AnotherKey%16abc"), TestResult::WrongKey);
    assert_eq!(test("mid", "SOMEBODYELSE"), TestResult::WrongKey);
    let demo = w.sim.lock().unwrap().demo_credentials(3);
    let merchant = crate::sim::SimMerchant {
        credentials: demo.clone(),
        name: "Demo".to_owned(),
        webhook_url: None,
        webhook_secret: None,
    };
    w.sim.lock().unwrap().put_merchant(&merchant);
    let account = Account { credentials: demo, ..w.account.clone() };
    assert_eq!(run(Paytm.test(Call { account: &account, wire: &w })), TestResult::Works);
}

#[test]
fn an_order_is_paid_on_the_page_and_told_three_ways() {
    let w = world();
    let order = w.opened();
    assert_eq!(order, OUR_REF);
    // The buyer has not paid yet: no failure.
    assert_eq!(w.tried(), []);
    let back = w.pays("pay");
    let said = Paytm.read(&w.account, &subject(), &back).unwrap();
    assert_eq!((said.grade, said.said), (Grade::B, Said::Success));
    let polled = w.fetched().unwrap();
    assert_eq!(tries(&polled), [(OUR_REF.to_owned(), said.provider_payment.unwrap(), paid())]);
    let told = w.told();
    assert_eq!((told[0].grade, told[0].kind.as_str()), (Grade::B, "TXN_SUCCESS"));
    assert_eq!(told[0].reports, polled);
    assert_eq!((w.journal("order"), w.journal("captured")), (1, 1));
}

#[test]
fn a_json_webhook_is_grade_a_and_the_same_fact() {
    let w = world();
    w.control("accounts", &json!({"mid": MID, "webhook_style": "json"}));
    w.opened();
    w.pays("pay");
    let told = w.told();
    assert_eq!((told[0].grade, told[0].kind.as_str()), (Grade::A, "TXN_SUCCESS"));
    assert_eq!(told[0].reports, w.fetched().unwrap());
}

#[test]
fn the_page_is_posted_to_and_posts_back() {
    let w = world();
    let opened = run(Paytm.open(w.call(), &w.opening(Flow::Redirect))).unwrap();
    let Handle::Form { action, fields } = opened.handle else { panic!("a form") };
    let target = action.strip_prefix(crate::testing::BASE).unwrap().to_owned();
    let form = |fields: &[(String, String)]| {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
    };
    let page = |target: &str, fields: &[(String, String)]| {
        String::from_utf8(w.handle("POST", target.to_owned(), vec![], form(fields)).body).unwrap()
    };
    let shown = page(&target, &fields);
    assert!(shown.contains("INR 499.00") && shown.contains("Simulated Paytm"), "{shown}");
    let choice = |outcome: &str| [fields.clone(), vec![("outcome".to_owned(), outcome.to_owned())]].concat();
    let back = page("/sim/pay", &choice("pay"));
    assert!(back.contains(r#"method="post" action="https://pay.example/pay/tok3n/return""#), "{back}");
    assert!(back.contains("CHECKSUMHASH") && back.contains("TXN_SUCCESS"), "{back}");
    // The token is another's, or its fifteen minutes are over.
    let mut wrong = fields.clone();
    wrong[2].1.push('x');
    assert!(page(&target, &wrong).contains("session has expired"));
    w.passes(minutes(15));
    assert!(page(&target, &fields).contains("session has expired"));
}

#[test]
fn a_failure_ends_the_order_and_the_bank_may_still_change_its_mind() {
    let w = world();
    w.opened();
    let back = w.payer(&json!({"order": OUR_REF, "outcome": "fail", "reason": "235"}));
    let said = Paytm.read(&w.account, &subject(), &back).unwrap();
    assert_eq!((said.grade, said.said), (Grade::B, Said::Failure(FailureReason::InsufficientFunds)));
    assert_eq!(w.tried(), [Try::Failed { reason: FailureReason::InsufficientFunds }]);
    // Another try needs another order id; this one can't be opened again.
    assert!(matches!(run(Paytm.open(w.call(), &w.opening(Flow::Redirect))), Err(CallError::Unknown(_))));
    let txn = said.provider_payment.unwrap();
    w.control("late_authorize", &json!({"payment_id": txn, "after_ms": 60_000}));
    w.passes(minutes(2));
    assert_eq!(w.tried(), [paid()]);
    let kinds: Vec<_> = w.told().into_iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, ["TXN_FAILURE", "TXN_SUCCESS"]);
}

#[test]
fn leaving_leaves_nothing_and_one_can_come_back() {
    let w = world();
    w.opened();
    let back = w.pays("leave");
    let said = Paytm.read(&w.account, &subject(), &back).unwrap();
    assert_eq!((said.said, said.provider_payment), (Said::Failure(FailureReason::UserCancelled), None));
    assert_eq!(w.tried(), []);
    w.pays("pay");
    assert_eq!(w.tried(), [paid()]);
}

#[test]
fn silence_at_the_bank_is_pending_until_it_is_not() {
    let w = world();
    w.opened();
    assert_eq!(w.payer(&json!({"order": OUR_REF, "outcome": "silent", "late_ms": 3_600_000})), []);
    assert_eq!(w.tried(), [Try::Started]);
    w.passes(minutes(30));
    assert_eq!(w.tried(), [Try::Failed { reason: FailureReason::DeclinedByBank }]);
    w.passes(minutes(31));
    assert_eq!(w.tried(), [paid()]);
}

#[test]
fn a_late_authorization_and_a_wrong_amount() {
    let w = world();
    w.opened();
    w.fault(Op::Pay, Fault::LateAuthorization { ms: 60_000 });
    w.pays("pay");
    assert!(matches!(w.tried()[..], [Try::Failed { .. }]));
    w.passes(minutes(1));
    assert_eq!(w.tried(), [paid()]);

    let w = world();
    w.opened();
    w.fault(Op::Pay, Fault::WrongAmount { minor: 1_00 });
    let back = w.pays("pay");
    assert!(Paytm.read(&w.account, &subject(), &back).is_ok());
    let other = Try::Captured { amount: Money::inr(1_00) };
    assert_eq!(w.tried(), [other.clone()]);
    assert_eq!(tries(&w.told()[0].reports)[0].2, other);
}

#[test]
fn a_upi_link_is_paid() {
    let w = world();
    let opened = run(Paytm.open(w.call(), &w.opening(Flow::UpiIntent))).unwrap();
    let Handle::Upi { link } = &opened.handle else { panic!("{:?}", opened.handle) };
    assert!(link.contains("am=499.00"), "{link}");
    assert_eq!(w.tried(), [Try::Started]);
    w.pays("pay");
    assert_eq!(w.tried(), [paid()]);
    // Where the link is lost, the same order is paid on the page.
    let w = world();
    w.fault(Op::CreateUpi, Fault::SilentAfterActing);
    let opened = run(Paytm.open(w.call(), &w.opening(Flow::UpiIntent))).unwrap();
    assert!(matches!(opened.handle, Handle::Form { .. }));
    w.pays("pay");
    assert_eq!((w.tried(), w.journal("captured")), (vec![paid()], 1));
}

#[test]
fn quirks_change_nothing() {
    let w = world();
    w.control(
        "accounts",
        &json!({"mid": MID, "short_amounts": true, "unsigned_answers": true, "status_lag_ms": 5_000}),
    );
    w.opened();
    let back = w.pays("pay");
    assert_eq!(Paytm.read(&w.account, &subject(), &back).unwrap().said, Said::Success);
    // The callback said success, and the status call does not know yet.
    assert_eq!(w.tried(), [Try::Started]);
    w.passes(5_000);
    assert_eq!(w.tried(), [paid()]);
    assert_eq!(w.told()[0].reports, w.fetched().unwrap());
}

#[test]
fn webhooks_are_repeated_and_only_ours_are_believed() {
    let w = world();
    w.opened();
    w.fault(Op::Webhook, Fault::WebhookDuplicate { n: 1 });
    w.pays("pay");
    let due = w.due();
    assert_eq!(due.len(), 2);
    assert_eq!(due[0], due[1]);
    let (headers, body) = &due[0];
    let text = String::from_utf8(body.clone()).unwrap();
    let forged = text.replacen("499.00", "1.00", 1);
    assert_eq!(w.verified(headers, forged.as_bytes()), Err(Forged::WrongSignature));
    let other = Account {
        credentials: with_credential("merchant_key", "AnotherKey%16abc").credentials,
        ..w.account.clone()
    };
    let message = Unverified::new(headers, body);
    assert_eq!(
        run(Paytm.verify(Call { account: &other, wire: &w }, &[], message)),
        Err(Forged::WrongSignature)
    );
    // Nobody reported on them: after half a minute each counts as unanswered and comes once more.
    w.passes(minutes(2));
    assert_eq!(w.due(), []);
    w.passes(minutes(2));
    assert_eq!(w.due().len(), 2);
}

#[test]
fn another_shop_s_payment_is_not_ours() {
    let w = world();
    let shown = w.control("foreign_payment", &json!({"mid": MID, "amount": 1_00}));
    let told = w.told().remove(0);
    let [Report::Payment { about, .. }] = &told.reports[..] else { panic!("{told:?}") };
    assert_eq!((about.provider_order.as_deref(), about.our_ref), (shown["orderId"].as_str(), None));
}

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
