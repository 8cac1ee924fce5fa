//! What the payer's browser brings back.

use super::*;
use crate::contract::{Forged, Grade, ReturnSaid, Returns, Said};
use hundi_core::FailureReason;

fn signed(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let usual = [
        ("MID", MID),
        ("ORDERID", OUR_REF),
        ("TXNID", TXN),
        ("TXNAMOUNT", "499.00"),
        ("STATUS", "TXN_SUCCESS"),
        ("RESPCODE", "01"),
        ("RESPMSG", "Txn Success"),
        ("BANKTXNID", ""),
    ];
    let mut fields: BTreeMap<&str, &str> = BTreeMap::from(usual);
    fields.extend(changes.iter().copied());
    let mut fields: Vec<_> = fields.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let text = sign::form_text(&fields, false);
    let checksum = sign::checksum(text.as_bytes(), &Secret::new(KEY), "Qw3+").unwrap();
    fields.push(("CHECKSUMHASH".to_owned(), checksum));
    fields
}

fn read(fields: &[(String, String)]) -> Result<ReturnSaid, Forged> {
    Paytm.read(&account(), &subject(), fields)
}

fn said(grade: Grade, provider_payment: Option<&str>, said: Said) -> Result<ReturnSaid, Forged> {
    Ok(ReturnSaid { grade, provider_payment: provider_payment.map(str::to_owned), said })
}

fn bare(mut fields: Vec<(String, String)>) -> Vec<(String, String)> {
    fields.retain(|(name, _)| name != "CHECKSUMHASH");
    fields
}

#[test]
fn a_return_is_grade_b_with_its_checksum() {
    assert_eq!(read(&signed(&[])), said(Grade::B, Some(TXN), Said::Success));
    let failed = [("STATUS", "TXN_FAILURE"), ("RESPCODE", "141"), ("TXNID", "")];
    let cancelled = Said::Failure(FailureReason::UserCancelled);
    assert_eq!(read(&signed(&failed)), said(Grade::B, None, cancelled));
    assert_eq!(
        read(&signed(&[("STATUS", "PENDING"), ("RESPCODE", "402")])),
        said(Grade::B, Some(TXN), Said::Nothing)
    );
    assert_eq!(read(&signed(&[("STATUS", "ODD")])), said(Grade::B, Some(TXN), Said::Nothing));
    assert_eq!(read(&signed(&[("RESPCODE", "400")])), said(Grade::B, Some(TXN), Said::Nothing));
}

#[test]
fn without_a_checksum_it_is_the_browser_s_bare_word() {
    let failed = bare(signed(&[("STATUS", "TXN_FAILURE"), ("RESPCODE", "227")]));
    assert_eq!(read(&failed), said(Grade::C, Some(TXN), Said::Failure(FailureReason::DeclinedByBank)));
    assert_eq!(read(&[]), said(Grade::C, None, Said::Nothing));
    // A success without its proof is none.
    assert_eq!(read(&bare(signed(&[]))), Err(Forged::NoSignature));
}

#[test]
fn another_order_s_return_is_forged_even_with_its_own_checksum() {
    assert_eq!(read(&signed(&[("ORDERID", "01k4v9r2m8q5t7w3x6zz")])), Err(Forged::WrongSignature));
    assert_eq!(read(&signed(&[("MID", "SOMEBODYELSE")])), Err(Forged::WrongSignature));
    let without: Vec<_> = signed(&[]).into_iter().filter(|(name, _)| name != "ORDERID").collect();
    assert_eq!(read(&without), Err(Forged::WrongSignature));
}

#[test]
fn each_field_counts_and_comes_once() {
    for at in 0..signed(&[]).len() {
        let mut changed = signed(&[]);
        let (name, _) = changed[at].clone();
        changed[at].1.push('x');
        assert_eq!(read(&changed), Err(Forged::WrongSignature), "{name} changed");
        let mut twice = signed(&[]);
        twice.push(twice[at].clone());
        assert_eq!(read(&twice), Err(Forged::WrongSignature), "{name} twice");
    }
    let nobody = Account { credentials: BTreeMap::new(), ..account() };
    assert_eq!(Paytm.read(&nobody, &subject(), &signed(&[])), Err(Forged::NoSecret));
}
