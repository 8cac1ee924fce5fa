//! What an account can be paid with.

use super::*;
use crate::contract::{Choices, Offers};
use hundi_core::Bps;

fn offers(listed: &str) -> Result<Offers, CallError> {
    let wire = Script::new(vec![ok(listed)]);
    let offers = run(Razorpay.choices(call(&account(), &wire), None));
    assert_eq!(sent(&wire), ["GET /v1/methods"]);
    offers
}

fn methods(offers: &Offers) -> Vec<(Method, Vec<&str>)> {
    offers.methods.iter().map(|o| (o.method, o.banks.iter().map(|b| b.code.as_str()).collect())).collect()
}

#[test]
fn all_that_is_on_is_offered() {
    let listed = r#"{"entity":"methods","card":true,"debit_card":true,"upi":true,"emi":true,
        "netbanking":{"HDFC":"HDFC Bank","UTIB_C":"Axis Bank - Corporate Banking"},
        "wallet":{"mobikwik":false,"payzapp":true},"paylater":{"epaylater":true},
        "emi_plans":{"HDFC":{"min_amount":300000,"plans":{"9":15.99,"3":15,"6":"16","x":1,"12":null,"18":"no"}},
            "NONE":{"min_amount":300000,"plans":{}},"ODD":{"min_amount":"x","plans":{"3":15}}}}"#;
    let offers = offers(listed).unwrap();
    let expected = [
        (Method::Upi, vec![]),
        (Method::Card, vec![]),
        (Method::Netbanking, vec!["HDFC", "UTIB_C"]),
        (Method::Wallet, vec!["payzapp"]),
        (Method::PayLater, vec!["epaylater"]),
        (Method::Emi, vec![]),
    ];
    assert_eq!(methods(&offers), expected);
    let banks = &offers.methods[2].banks;
    assert_eq!(
        (banks[0].name.as_str(), banks[0].corporate, banks[1].corporate),
        ("HDFC Bank", None, Some(true))
    );
    let [bank] = &offers.emi[..] else { panic!("{:?}", offers.emi) };
    let plans: Vec<_> = bank.plans.iter().map(|plan| (plan.months, plan.rate)).collect();
    assert_eq!((bank.code.as_str(), bank.min_minor), ("HDFC", 300_000));
    assert_eq!(plans, [(3, Bps(1500)), (6, Bps(1600)), (9, Bps(1599))]);
}

#[test]
fn what_is_off_or_odd_is_not_offered() {
    let off = r#"{"card":false,"upi":"?","emi":false,"netbanking":[],"wallet":[],"paylater":{"a":1},
        "emi_plans":{"HDFC":{"min_amount":1,"plans":{"3":15}}}}"#;
    assert_eq!(offers(off), Ok(Offers::default()));
    assert_eq!(offers("{}"), Ok(Offers::default()));
    assert_eq!(offers(r#"{"emi":true,"emi_plans":[]}"#), Ok(Offers::default()));
    for nothing in ["[]", "null", ""] {
        assert!(matches!(offers(nothing), Err(CallError::Unknown(_))), "{nothing}");
    }
}
