//! The adapter against the simulator, in process: each flow to its end.
//!
//! They share no types, so agreement here is agreement on Cashfree's words.

use super::*;
use crate::cashfree::sim::{CashfreeSim, SimAccount};
use crate::contract::{
    Capture, Forged, Grade, Handle, Notice, Notices, Open, Refund, Returns, Said, SettledKind, Settlements,
    Span, Sweep, TestConnection, TestResult, Unverified, Void, Watch,
};
use crate::sim::{Fault, Op, SimMerchant, Simulator};
use crate::wire::Wire;
use hundi_core::FailureReason;
use hundi_core::refund::Happened as Given;
use hundi_core::time::{days, hours, minutes};

pub(super) type World = crate::testing::World<CashfreeSim>;

pub(super) fn world() -> World {
    let mut sim = CashfreeSim::new(7);
    sim.add_account(SimAccount::new(CLIENT_ID, SECRET).with_webhook("http://127.0.0.1:1/hook"));
    World::new(sim, Account { enabled: vec!["upi_intent".to_owned()], ..account() })
}

/// Headers and body of a notice.
type Sent = (Vec<(String, String)>, Vec<u8>);

impl World {
    pub(super) fn opened(&self, capture: CaptureBy) -> Handle {
        let opening = Opening { capture, ..opening(Flow::Redirect) };
        let opened = run(Cashfree.open(self.call(), &opening)).unwrap();
        assert_eq!(opened.provider_order, OUR_REF);
        opened.handle
    }

    pub(super) fn pays(&self, outcome: &str) -> Vec<(String, String)> {
        self.payer(&json!({ "order": OUR_REF, "outcome": outcome }))
    }

    pub(super) fn fetched(&self) -> Result<Vec<Report>, CallError> {
        run(Watch::fetch(&Cashfree, self.call(), &subject()))
    }

    pub(super) fn tried(&self) -> Vec<Try> {
        whats(&self.fetched().unwrap())
    }

    fn payment_id(&self) -> String {
        tries(&self.fetched().unwrap()).remove(0).0
    }

    pub(super) fn ask(&self) -> RefundAsk {
        RefundAsk { provider_payment: self.payment_id(), ..refund_ask() }
    }

    pub(super) fn refunded(&self, ask: &RefundAsk) -> Result<Given, CallError> {
        run(Cashfree.refund(self.call(), ask)).map(|report| given(&report))
    }

    pub(super) fn refund_now(&self, ask: &RefundAsk) -> Option<Given> {
        run(Refund::fetch(&Cashfree, self.call(), ask, None)).unwrap().map(|report| given(&report))
    }

    pub(super) fn journal(&self, what: &str) -> usize {
        self.sim.lock().unwrap().journal().iter().filter(|line| line.what == what).count()
    }

    /// The notices that are due, every one of them proven.
    fn told(&self) -> Vec<Notice> {
        self.due().into_iter().map(|(headers, body)| self.verified(&headers, &body).unwrap()).collect()
    }

    fn due(&self) -> Vec<Sent> {
        let due = self.sim.lock().unwrap().due(self.now());
        due.into_iter().map(|out| (out.headers, out.body)).collect()
    }

    fn verified(&self, headers: &[(String, String)], body: &[u8]) -> Result<Notice, Forged> {
        run(Cashfree.verify(self.call(), &[], Unverified::new(headers, body)))
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

fn given(report: &Report) -> Given {
    match report {
        Report::Refund { fact, .. } => fact.happened,
        Report::Payment { .. } => panic!("a refund"),
    }
}

#[test]
fn the_simulator_s_account_works_and_others_do_not() {
    let w = world();
    let test = |name: &str, value: &str| {
        let mut account = w.account.clone();
        account.credentials.insert(name.to_owned(), Secret::new(value));
        run(Cashfree.test(Call { account: &account, wire: &w }))
    };
    assert_eq!(test("client_id", CLIENT_ID), TestResult::Works);
    assert_eq!(test("client_secret", "another"), TestResult::WrongKey);
    assert_eq!(test("client_id", "TESTSOMEBODY"), TestResult::WrongKey);
    let demo = w.sim.lock().unwrap().demo_credentials(3);
    let merchant = SimMerchant {
        credentials: demo.clone(),
        name: "Demo".to_owned(),
        webhook_url: None,
        webhook_secret: None,
    };
    w.sim.lock().unwrap().put_merchant(&merchant);
    let account = Account { credentials: demo, ..w.account.clone() };
    assert_eq!(run(Cashfree.test(Call { account: &account, wire: &w })), TestResult::Works);
}

#[test]
fn an_order_is_paid_on_the_page_and_told() {
    let w = world();
    let Handle::Form { action, fields } = w.opened(CaptureBy::Provider) else { panic!("a form") };
    assert_eq!(w.tried(), []);
    let target = action.strip_prefix(crate::testing::BASE).unwrap().to_owned();
    let body = format!("{}={}", fields[0].0, fields[0].1).into_bytes();
    let page = w.handle("POST", target, vec![], body);
    let shown = String::from_utf8(page.body).unwrap();
    assert!(page.status == 200 && shown.contains("1499.00") && !shown.contains("Authorize only"), "{shown}");
    let back = w.pays("pay");
    assert_eq!(Cashfree.read(&w.account, &subject(), &back).unwrap().said, Said::Nothing);
    assert_eq!(w.tried(), [paid()]);
    let told = w.told();
    assert_eq!((told[0].grade, told[0].kind.as_str()), (Grade::B, "PAYMENT_SUCCESS_WEBHOOK"));
    assert_eq!(tries(&told[0].reports)[0].0, w.payment_id());
    assert_eq!((w.journal("order"), w.journal("captured"), w.journal("authorized")), (1, 1, 0));
}

#[test]
fn failing_leaving_and_trying_again() {
    let w = world();
    w.opened(CaptureBy::Provider);
    w.payer(
        &json!({ "order": OUR_REF, "outcome": "fail", "reason": "insufficient_funds", "method": "card" }),
    );
    let failed = Try::Failed { reason: FailureReason::InsufficientFunds };
    assert_eq!(w.tried(), std::slice::from_ref(&failed));
    let told = w.told();
    assert_eq!((told[0].grade, whats(&told[0].reports)), (Grade::A, vec![failed.clone()]));
    assert_eq!(told[0].reports, w.fetched().unwrap());
    assert!(w.pays("leave").len() == 1 && w.tried().len() == 1);
    w.pays("silent");
    assert_eq!(w.tried(), [Try::Started, failed.clone()]);
    w.passes(minutes(21));
    assert!(matches!(w.tried()[..], [Try::Failed { .. }, Try::Failed { .. }]));
    w.pays("pay");
    assert_eq!(w.tried()[0], paid());
    let paid_already =
        w.handle("POST", "/sim/api/pay".into(), vec![], json!({ "order": OUR_REF }).to_string().into());
    assert_eq!(paid_already.status, 400);
}

#[test]
fn a_upi_link_is_paid_or_left_in_the_app() {
    let w = world();
    let opened = run(Cashfree.open(w.call(), &opening(Flow::UpiIntent))).unwrap();
    let Handle::Upi { link } = opened.handle else { panic!("a link") };
    assert!(link.contains("am=1499.00"), "{link}");
    assert_eq!(w.tried(), [Try::Started]);
    w.pays("leave");
    assert_eq!(w.tried(), [Try::Failed { reason: FailureReason::UserCancelled }]);
    w.pays("pay");
    assert_eq!(w.tried()[0], paid());
}

#[test]
fn money_is_held_until_we_say_and_taken_once() {
    let w = world();
    w.opened(CaptureBy::Us);
    w.pays("authorize");
    assert_eq!(w.tried(), [held()]);
    // Not to be told from money taken.
    assert_eq!(whats(&w.told()[0].reports), [Try::Started]);
    let hold = hold(&w.payment_id());
    let take = || run(Cashfree.capture(w.call(), &hold)).map(|reports| whats(&reports));
    assert_eq!(take(), Ok(vec![paid()]));
    assert_eq!((take(), w.journal("captured")), (Ok(vec![paid()]), 1));
    assert_eq!(w.tried(), [paid()]);
    // What was taken can't be let go.
    assert_eq!(run(Cashfree.void(w.call(), &hold)).map(|r| whats(&r)), Ok(vec![paid()]));
}

#[test]
fn a_hold_is_let_go_by_us_or_by_itself() {
    let w = world();
    w.opened(CaptureBy::Us);
    w.pays("authorize");
    let hold = hold(&w.payment_id());
    let release = || run(Cashfree.void(w.call(), &hold)).map(|reports| whats(&reports));
    assert_eq!(release(), Ok(vec![Try::Released]));
    assert_eq!((release(), w.journal("released")), (Ok(vec![Try::Released]), 1));
    assert_eq!(run(Cashfree.capture(w.call(), &hold)).map(|r| whats(&r)), Ok(vec![Try::Released]));

    let w = world();
    w.opened(CaptureBy::Us);
    w.pays("authorize");
    w.passes(days(7) + 1);
    assert_eq!(w.tried(), [Try::Released]);
}

#[test]
fn refunds_in_part_twice_and_in_the_dashboard() {
    let w = world();
    w.opened(CaptureBy::Provider);
    w.pays("pay");
    let ask = w.ask();
    assert_eq!(w.refunded(&ask), Ok(Given::Accepted));
    assert_eq!((w.refunded(&ask), w.journal("refund_accepted")), (Ok(Given::Accepted), 1));
    w.told();
    w.passes(minutes(1));
    assert_eq!(w.refund_now(&ask), Some(Given::Processed));
    let told = w.told();
    assert_eq!((told[0].grade, told[0].kind.as_str()), (Grade::A, "REFUND_STATUS_WEBHOOK"));
    assert_eq!(w.fetched().unwrap()[1..], told[0].reports);
    // More than is left: refused, and ours is not among the refunds.
    let more = RefundAsk { our_ref: OUR_REF.parse().unwrap(), amount: Money::inr(1000_00), ..ask.clone() };
    assert!(matches!(w.refunded(&more), Err(CallError::NotDone(r)) if r.kind == ReasonKind::Refused));
    let made = w.control("refund", &json!({ "payment_id": ask.provider_payment, "amount": 99_00 }));
    let id = made["cf_refund_id"].as_str().unwrap();
    let found = run(Refund::fetch(&Cashfree, w.call(), &more, Some(id))).unwrap();
    assert_eq!(found.map(|report| given(&report)), Some(Given::Accepted));
    assert_eq!(w.fetched().unwrap().len(), 3);
}

#[test]
fn a_refund_stays_pending_or_is_called_off() {
    let w = world();
    w.opened(CaptureBy::Provider);
    w.pays("pay");
    w.fault(Op::Refund, Fault::RefundDelay { ms: days(3) });
    let ask = w.ask();
    w.refunded(&ask).unwrap();
    w.passes(days(2));
    assert_eq!(w.refund_now(&ask), Some(Given::Accepted));
    w.passes(days(1));
    assert_eq!(w.refund_now(&ask), Some(Given::Processed));
    w.fault(Op::Refund, Fault::RefundFails { ms: hours(1) });
    let again = RefundAsk { our_ref: OUR_REF.parse().unwrap(), amount: Money::inr(999_00), ..ask };
    w.refunded(&again).unwrap();
    w.passes(hours(2));
    assert_eq!((w.refund_now(&again), w.journal("refund_failed")), (Some(Given::Failed), 1));
    let rest = RefundAsk { our_ref: "01k4v9r2m8q5t7w3x6zz".parse().unwrap(), ..again };
    assert_eq!(w.refunded(&rest), Ok(Given::Accepted));
}

#[test]
fn a_late_yes_counts_until_the_order_s_end_and_goes_back_after_it() {
    let w = world();
    w.opened(CaptureBy::Provider);
    w.fault(Op::Pay, Fault::LateAuthorization { ms: hours(1) });
    w.pays("pay");
    assert!(matches!(w.tried()[..], [Try::Failed { .. }]));
    w.passes(hours(1));
    assert_eq!(w.tried(), [paid()]);

    let w = world();
    w.opened(CaptureBy::Provider);
    w.fault(Op::Pay, Fault::LateAuthorization { ms: hours(3) });
    w.pays("pay");
    w.passes(hours(3));
    assert_eq!((w.tried(), w.journal("captured")), (vec![Try::Released], 0));
}

#[test]
fn another_amount_comes_out_as_it_is() {
    let w = world();
    w.opened(CaptureBy::Provider);
    w.fault(Op::Pay, Fault::WrongAmount { minor: 12_300 });
    w.pays("pay");
    assert_eq!(w.tried(), [Try::Captured { amount: Money::inr(123_00) }]);
}

#[test]
fn a_notice_is_of_its_account_and_its_letters() {
    let w = world();
    w.opened(CaptureBy::Provider);
    w.pays("pay");
    let (headers, body) = w.due().remove(0);
    assert!(w.verified(&headers, &body).is_ok());
    let text = String::from_utf8(body.clone()).unwrap();
    assert!(text.contains(r#""payment_amount":1499.00"#), "{text}");
    for forged in [text.replace("1499.00", "1499.0"), text.replace("1499.00", "14990.00"), format!("{text} ")]
    {
        assert_eq!(w.verified(&headers, forged.as_bytes()), Err(Forged::WrongSignature));
    }
    let bare = [("content-type".to_owned(), "application/json".to_owned())];
    assert_eq!(w.verified(&bare, &body), Err(Forged::NoSignature));
    let mut other = w.account.clone();
    other.credentials.insert("client_secret".to_owned(), Secret::new("other"));
    let told =
        run(Cashfree.verify(Call { account: &other, wire: &w }, &[], Unverified::new(&headers, &body)));
    assert_eq!(told, Err(Forged::WrongSignature));
}

#[test]
fn movements_and_settlements_add_up() {
    let w = world();
    let began = w.now();
    w.opened(CaptureBy::Provider);
    w.pays("pay");
    w.control("foreign_payment", &json!({ "client_id": CLIENT_ID, "amount": 77_00 }));
    w.passes(minutes(5));
    w.refunded(&w.ask()).unwrap();
    w.passes(days(5));
    let span = Span { from: began, to: w.now() };
    let swept = run(Sweep::list(&Cashfree, w.call(), span, None)).unwrap();
    // Ours, one of somebody else's on the same account, and our refund: each as a poll would tell it.
    assert_eq!((swept.items.len(), swept.next), (3, None));
    assert!(w.fetched().unwrap().iter().all(|report| swept.items.contains(report)));

    let page = run(Settlements::list(&Cashfree, w.call(), span, None)).unwrap().unwrap();
    let kinds: Vec<_> =
        page.items.iter().map(|line| (line.kind, line.our_ref.map(|r| r.to_string()))).collect();
    let ours = |text: &str| Some(text.to_owned());
    let expected = [
        (SettledKind::Payment, ours(OUR_REF)),
        (SettledKind::Payment, None),
        (SettledKind::Refund, ours(REFUND_REF)),
    ];
    assert_eq!(kinds.len(), 3);
    assert!(expected.iter().all(|line| kinds.contains(line)), "{kinds:?}");
    let line = page.items.iter().find(|line| line.our_ref == Some(our_ref())).unwrap();
    assert_eq!((line.gross, line.fee_minor, line.tax_minor), (Money::inr(1499_00), 29_23, 5_26));
    assert_eq!(line.net_minor, 1499_00 - 29_23 - 5_26);
    assert!(line.utr.is_some() && line.settlement.is_some() && line.settled_at.is_some());
    w.control("accounts", &json!({ "client_id": CLIENT_ID, "fees_billed_apart": true }));
    let page = run(Settlements::list(&Cashfree, w.call(), span, None)).unwrap().unwrap();
    let line = page.items.iter().find(|line| line.our_ref == Some(our_ref())).unwrap();
    assert_eq!((line.fee_minor, line.net_minor), (0, 1499_00));
}
