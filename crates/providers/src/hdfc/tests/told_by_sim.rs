//! What the simulator tells: webhooks and returns with their proofs, and its settlement file.

use super::against_sim::{both, sealed_world, world};
use super::*;
use crate::contract::{
    Forged, Grade, Notices, Open, Provider, Refund, Returns, Said, SettledKind, SettlementFile,
    TestConnection, TestResult, Unverified,
};
use crate::sim::Simulator;
use hundi_core::time::{days, minutes};

#[test]
fn webhooks_with_texts_for_numbers_say_the_same() {
    for w in both() {
        w.controls("accounts", &json!({"merchant_id": "SGTEST", "webhook_texts": true}));
        w.opens();
        w.pays("pay");
        run(Hdfc.refund(w.call(), &refund_ask())).unwrap();
        w.passes(minutes(5));
        let told = w.told();
        assert_eq!(told.last().unwrap().reports, w.asks());
    }
}

#[test]
fn returns_in_every_manner() {
    let w = world();
    w.opens();
    w.controls("accounts", &json!({"merchant_id": "SGTEST", "return_by_post": true}));
    let back = w.pays("fail");
    assert_eq!(Hdfc.read(&w.account, &subject(), &back).unwrap().grade, Grade::B);
    w.controls("accounts", &json!({"merchant_id": "SGTEST", "signed_return": false}));
    let back = w.pays("pay");
    let said = Hdfc.read(&w.account, &subject(), &back).unwrap();
    assert_eq!((said.grade, said.said), (Grade::C, Said::Success));
}

/// What the merchant had in its own address is signed too.
#[test]
fn our_own_parameters_are_part_of_the_proof() {
    let w = world();
    let return_url = "https://pay.example/r?ctx=aGVsbG8%3D%3D&b=a%20b%2Bc".to_owned();
    run(Hdfc.open(w.call(), &Opening { return_url, ..opening() })).unwrap();
    let mut back = w.pays("pay");
    assert_eq!(Hdfc.read(&w.account, &subject(), &back).unwrap().grade, Grade::B);
    back.retain(|(name, _)| name != "ctx");
    assert_eq!(Hdfc.read(&w.account, &subject(), &back), Err(Forged::WrongSignature));
}

#[test]
fn wrong_keys_are_told() {
    for w in both() {
        let mut account = w.account.clone();
        account.credentials.insert("api_key".to_owned(), Secret::new("wrong"));
        account.credentials.insert("key_id".to_owned(), Secret::new("wrong"));
        assert_eq!(run(Hdfc.test(Call { account: &account, wire: &w })), TestResult::WrongKey);
    }
    let w = world();
    let mut account = w.account.clone();
    account.credentials.insert("merchant_id".to_owned(), Secret::new("SGOTHER"));
    assert_eq!(run(Hdfc.test(Call { account: &account, wire: &w })), TestResult::WrongKey);
}

#[test]
fn a_forged_webhook_and_another_merchants_are_refused() {
    let w = world();
    w.opens();
    w.pays("pay");
    let out = w.sim.lock().unwrap().due(NOW).remove(2);
    let verify = |secret: &str, body: &[u8]| {
        run(Hdfc.verify(w.call(), &[Secret::new(secret)], Unverified::new(&out.headers, body)))
    };
    assert!(verify("s3cret", &out.body).is_ok());
    assert_eq!(verify("another", &out.body), Err(Forged::WrongSignature));
    // The password says nothing about the body: an altered one passes, and only makes us ask.
    let altered = String::from_utf8(out.body.clone()).unwrap().replace(":499", ":1");
    let notice = verify("s3cret", altered.as_bytes()).unwrap();
    assert_eq!(notice.grade, Grade::B);

    let w = sealed_world();
    w.opens();
    w.pays("pay");
    let out = w.sim.lock().unwrap().due(NOW).remove(2);
    let verify = |account: &Account, body: &[u8]| {
        run(Hdfc.verify(Call { account, wire: &w }, &[Secret::new("s3cret")], Unverified::new(&[], body)))
    };
    assert_eq!(verify(&w.account, &out.body).unwrap().grade, Grade::A);
    let altered = String::from_utf8(out.body.clone()).unwrap().replacen('A', "B", 1);
    assert_eq!(verify(&w.account, altered.as_bytes()), Err(Forged::WrongSignature));
    let mut other = w.account.clone();
    other.credentials.insert("merchant_id".to_owned(), Secret::new("SGOTHER"));
    assert_eq!(verify(&other, &out.body), Err(Forged::WrongSignature));
}

/// The file that the simulator gives out is read line by line, and adds up to what moved.
#[test]
fn the_settlement_file_is_read() {
    let w = world();
    w.opens();
    w.pays("pay");
    run(Hdfc.refund(w.call(), &refund_ask())).unwrap();
    w.controls("foreign_payment", &json!({"merchant_id": "SGTEST", "amount": 50_00}));
    w.passes(days(3));
    let file = w.handle("GET", "/sim/control/settlement_file?merchant_id=SGTEST".to_owned(), vec![], vec![]);
    let lines = Hdfc.read_file(&file.body).unwrap();
    let short: Vec<_> = lines
        .iter()
        .map(|l| (l.kind, l.provider_id.as_str(), l.our_ref, l.gross.minor(), l.net_minor))
        .collect();
    assert_eq!(
        short[0],
        // 2 % is 9.98, and two halves of GST on it are 0.90 each.
        (SettledKind::Payment, TXN, Some(our_ref()), 499_00, 499_00 - 9_98 - 1_80)
    );
    assert_eq!((lines[0].fee_minor, lines[0].tax_minor), (9_98, 1_80));
    assert!(short[1].1.starts_with("SGTEST-ELSEWHERE") || short[1].2.is_none());
    assert_eq!(short[2], (SettledKind::Refund, REFUND_REF, refund_ask().our_ref.into(), 100_00, -100_00));
    assert!(Hdfc.parts().settlements.is_none(), "only the file tells");
}
