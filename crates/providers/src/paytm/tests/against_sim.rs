//! The adapter against the simulator, in process: each flow to its end.
//!
//! They share no types, so agreement here is agreement on Paytm's words.

use super::*;
use crate::contract::{
    Forged, Grade, Handle, Notice, Notices, Open, Refund, Returns, Said, TestConnection, TestResult,
    Unverified, Watch,
};
use crate::paytm::sim::{PaytmSim, SimAccount};
use crate::sim::{Fault, Op, Simulator};
use hundi_core::FailureReason;
use hundi_core::refund::Happened;
use hundi_core::time::minutes;
use serde_json::json;

/// Headers and body of a notice.
type Sent = (Vec<(String, String)>, Vec<u8>);

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
    pub(super) fn told(&self) -> Vec<Notice> {
        self.due().into_iter().map(|(headers, body)| self.verified(&headers, &body).unwrap()).collect()
    }

    fn due(&self) -> Vec<Sent> {
        use crate::wire::Wire;
        let due = self.sim.lock().unwrap().due(self.now());
        due.into_iter().map(|out| (out.headers, out.body)).collect()
    }

    fn verified(&self, headers: &[(String, String)], body: &[u8]) -> Result<Notice, Forged> {
        run(Paytm.verify(self.call(), &[], Unverified::new(headers, body)))
    }

    #[track_caller]
    pub(super) fn control(&self, path: &str, body: &Value) -> Value {
        let answer =
            self.handle("POST", format!("/sim/control/{path}"), vec![], body.to_string().into_bytes());
        let said: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{said}");
        said
    }
}

pub(super) fn happened(report: &Report) -> Happened {
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
    assert_eq!(tries(&w.told()[0].reports)[0].2, other);
    assert_eq!(w.tried(), [other]);
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
    assert_eq!(w.sim.lock().unwrap().journal()[0].our_ref, "");
}
