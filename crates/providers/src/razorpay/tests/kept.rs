//! Cards that are kept: what is learned of them, how they are charged, and how they are forgotten.

use super::*;
use crate::contract::{Charge, Learned, Person, Saved, TokenRef};
use crate::wire::ReasonKind;
use serde_json::json;

const PAYMENT_ID: &str = "pay_HdTest00000001";
const CUSTOMER: &str = "cust_HdTest0000001";

#[track_caller]
fn learns(payment: &[(&str, Value)], tokens: Option<&[Value]>) -> Learned {
    let mut answers = vec![ok(with(PAYMENT, payment))];
    answers.extend(tokens.map(|all| collection(&all.iter().map(Value::to_string).collect::<Vec<_>>())));
    let wire = Script::new(answers);
    let subject = subject("order_HdTest000001");
    let learned = run(Razorpay.learn(call(&account(), &wire), &subject, PAYMENT_ID, CUSTOMER)).unwrap();
    let asked = wire.sent();
    assert!(asked.iter().all(|request| request.private), "tokens are never recorded");
    assert!(asked[0].url.ends_with("/v1/payments/pay_HdTest00000001"));
    assert!(asked.get(1).is_none_or(|r| r.url.ends_with("/v1/customers/cust_HdTest0000001/tokens")));
    learned
}

fn token(status: &str) -> Value {
    json!({
        "id": "token_1", "method": "card", "recurring_details": {"status": status, "failure_reason": null},
        "card": {"network": "Visa", "last4": "1007", "expiry_month": 12, "expiry_year": 2031},
    })
}

#[test]
fn what_the_bank_confirmed_is_kept() {
    let paid = [("token_id", json!("token_1"))];
    let other = json!({"id": "token_2", "recurring_details": {"status": "confirmed"}});
    let Learned::Kept(kept) = learns(&paid, Some(&[other.clone(), token("confirmed")])) else {
        panic!("kept")
    };
    assert_eq!((kept.token.expose(), kept.method, kept.label), ("token_1", Method::Card, None));
    assert_eq!((kept.network.as_deref(), kept.last4.as_deref()), (Some("Visa"), Some("1007")));
    assert_eq!((kept.expiry_month, kept.expiry_year), (Some(12), Some(2031)));
    // What decorates it may be odd.
    for card in [json!([]), json!({"last4": "12x4", "expiry_month": 13, "expiry_year": "2031"})] {
        let mut token = token("confirmed");
        token["card"] = card;
        let Learned::Kept(kept) = learns(&paid, Some(&[token])) else { panic!("kept") };
        assert_eq!((kept.last4, kept.expiry_month, kept.expiry_year), (None, None, None));
    }
    let by_upi = json!({"id": "token_1", "method": "upi", "vpa": "asha@upi", "recurring_details": {"status": "confirmed"}});
    let Learned::Kept(kept) = learns(&paid, Some(&[by_upi])) else { panic!("kept") };
    assert_eq!((kept.method, kept.label.as_deref()), (Method::Upi, Some("a•••@upi")));

    assert!(matches!(learns(&paid, Some(&[token("initiated")])), Learned::NotYet));
    assert!(matches!(learns(&paid, Some(&[other])), Learned::NotYet));
    for no in ["rejected", "cancelled", "sleeping"] {
        assert!(matches!(learns(&paid, Some(&[token(no)])), Learned::Nothing), "{no}");
    }
    let bare = json!({"id": "token_1", "recurring_details": []});
    assert!(matches!(learns(&paid, Some(&[bare])), Learned::Nothing));
    // Nothing is kept, or it is somebody else's.
    assert!(matches!(learns(&[], None), Learned::Nothing));
    let stranger = [("token_id", json!("token_1")), ("customer_id", json!("cust_2"))];
    assert!(matches!(learns(&stranger, None), Learned::Nothing));
}

fn charge() -> Charge {
    let said = |text: &str| Some(text.to_owned());
    let phone = said("+919800000001");
    Charge {
        our_ref: our_ref(),
        amount: Money::inr(1499_00),
        description: "June".to_owned(),
        payer: Person { id: "cus_1".to_owned(), name: None, email: said("asha@example.com"), phone },
        token: TokenRef { customer: CUSTOMER.to_owned(), token: Secret::new("token_1") },
        capture: CaptureBy::Provider,
    }
}

#[track_caller]
fn charged(answers: Vec<Result<Answer, CallError>>) -> Result<usize, CallError> {
    let wire = Script::new(answers);
    let reports = run(Razorpay.charge(call(&account(), &wire), &charge(), "order_HdTest000001"));
    let asked = sent(&wire);
    assert_eq!(
        asked[0],
        concat!(
            r#"POST /v1/payments/create/recurring {"email":"asha@example.com","contact":"+919800000001","#,
            r#""amount":149900,"currency":"INR","order_id":"order_HdTest000001","customer_id":"cust_HdTest0000001","#,
            r#""token":"token_1","recurring":"1","description":"June"}"#
        )
    );
    reports.map(|reports| reports.len())
}

#[test]
fn what_a_charge_came_to_is_asked_for() {
    let done = || ok(r#"{"razorpay_payment_id":"pay_HdTest00000001"}"#);
    let paid = || collection(&[PAYMENT.to_owned()]);
    assert_eq!(charged(vec![done(), paid()]), Ok(1));
    // A decline leaves a failed payment behind; a refusal that leaves nothing is believed.
    assert_eq!(charged(vec![refusal("Payment failed"), paid()]), Ok(1));
    let no = charged(vec![refusal("The token is not active"), collection(&[])]);
    assert!(matches!(no, Err(CallError::NotDone(reason)) if reason.kind == ReasonKind::Refused));
    // Whatever can't be settled by asking is in doubt.
    for unsettled in [
        vec![done(), collection(&[])],
        vec![done(), status(401, "")],
        vec![refusal("Payment failed"), status(401, "")],
        vec![ok("{}")],
        vec![status(500, "")],
    ] {
        assert!(matches!(charged(unsettled), Err(CallError::Unknown(_))));
    }
    assert!(matches!(charged(vec![refusal("The id provided does not exist")]), Err(CallError::NotDone(_))));
    let wire = Script::new(vec![]);
    let nameless = Charge { payer: Person { email: None, ..charge().payer }, ..charge() };
    let refused = run(Razorpay.charge(call(&account(), &wire), &nameless, "order_HdTest000001"));
    assert!(matches!(refused, Err(CallError::NotDone(reason)) if reason.kind == ReasonKind::Refused));
}

#[test]
fn customers_are_made_and_tokens_forgotten() {
    let made = |answer| {
        let wire = Script::new(vec![answer]);
        let id = run(Razorpay.customer(call(&account(), &wire), &charge().payer));
        (id, sent(&wire).remove(0))
    };
    let (id, asked) = made(ok(r#"{"id":"cust_HdTest0000001"}"#));
    assert_eq!(id.as_deref(), Ok(CUSTOMER));
    assert_eq!(
        asked,
        concat!(
            r#"POST /v1/customers {"email":"asha@example.com","contact":"+919800000001","fail_existing":"0","#,
            r#""notes":{"customer":"cus_1"}}"#
        )
    );
    for odd in [r#"{"id":"../x"}"#, "{}", r#"{"id":7}"#] {
        assert!(matches!(made(ok(odd)).0, Err(CallError::Unknown(_))), "{odd}");
    }
    let forgotten = |answer| {
        let wire = Script::new(vec![answer]);
        let forgotten = run(Razorpay.forget(call(&account(), &wire), &charge().token));
        assert_eq!(sent(&wire), ["DELETE /v1/customers/cust_HdTest0000001/tokens/token_1"]);
        forgotten
    };
    assert_eq!(forgotten(ok(r#"{"deleted":true}"#)), Ok(()));
    assert_eq!(forgotten(refusal("The id provided does not exist")), Ok(()));
    assert!(forgotten(refusal("Not now")).is_err());
}
