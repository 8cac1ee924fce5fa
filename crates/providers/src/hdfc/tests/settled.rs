//! The settlement file: found by headings, adding up, and refused where it is not understood.

use super::*;
use crate::contract::{FileProblem, SettledKind, SettlementFile, SettlementLine};

const HEAD: &str = "MERCHANT CODE,REC FMT,TRANS DATE,SETTLE DATE,INTNL AMT,DOMESTIC AMT,Tran_Id,MERCHANT_TRACKID,MSF,SERV TAX,CGST AMT,SGST AMT,NET  AMOUNT";

fn read(lines: &[&str]) -> Result<Vec<SettlementLine>, FileProblem> {
    Hdfc.settlements_file(&format!("{HEAD}\r\n{}\r\n", lines.join("\r\n")))
}

trait File {
    fn settlements_file(&self, text: &str) -> Result<Vec<SettlementLine>, FileProblem>;
}

impl File for Hdfc {
    fn settlements_file(&self, text: &str) -> Result<Vec<SettlementLine>, FileProblem> {
        self.read_file(text.as_bytes())
    }
}

#[test]
fn payments_and_refunds_are_read() {
    let lines = read(&[
        "SGTEST,BAT,20-11-2026,21-11-2026,0.00,\"1,499.00\",'600100,SGTEST-01k4v9r2m8q5t7w3x6yz-1,29.98,0,2.70,2.70,\"1,463.62\"",
        "SGTEST,CVD,20-NOV-26,21/11/2026,0,100.00,600101,rf4v9r2m8q5t7w3x6yz0,0,0,0,0,-100.00",
        "",
        "SGTEST,CVD,2026-11-20,2026-11-21,0,50,600102,SGTEST-01k4v9r2m8q5t7w3x6yz-1,0,0,0,0,50",
        "SGTEST,BAT,,,10,0,600103,elsewhere,0,0,0,0,10",
    ])
    .unwrap();
    let midnight_in_india = "2026-11-20T18:30:00.000Z";
    let payment = &lines[0];
    assert_eq!(payment.kind, SettledKind::Payment);
    assert_eq!((payment.provider_id.as_str(), payment.our_ref), (TXN, Some(our_ref())));
    assert_eq!(
        (payment.gross, payment.fee_minor, payment.tax_minor, payment.net_minor),
        (Money::inr(1499_00), 29_98, 5_40, 1463_62)
    );
    assert_eq!(payment.settled_at.unwrap().to_string(), midnight_in_india);
    let refund = &lines[1];
    assert_eq!((refund.kind, refund.provider_id.as_str()), (SettledKind::Refund, REFUND_REF));
    assert_eq!((refund.our_ref, refund.net_minor), (REFUND_REF.parse().ok(), -100_00));
    assert_eq!(refund.settled_at.unwrap().to_string(), midnight_in_india);
    let named_by_payment = &lines[2];
    assert_eq!(named_by_payment.of_payment.as_deref(), Some(TXN));
    assert_eq!((named_by_payment.provider_id.as_str(), named_by_payment.our_ref), ("600102", None));
    assert_eq!((named_by_payment.gross, named_by_payment.net_minor), (Money::inr(50_00), -50_00));
    assert_eq!(named_by_payment.settled_at.unwrap().to_string(), midnight_in_india);
    let foreign = &lines[3];
    assert_eq!((foreign.provider_id.as_str(), foreign.our_ref, foreign.settled_at), ("600103", None, None));
}

#[track_caller]
fn problem(text: &str, line: usize, what: &str) {
    let found = Hdfc.settlements_file(text).unwrap_err();
    assert_eq!((found.line, found.what.as_str()), (line, what));
}

#[test]
fn what_is_not_understood_refuses_the_file() {
    problem("", 1, "the file is empty");
    problem("A,B\n1,2\n", 1, "there is no column recfmt");
    let with = |line: &str| format!("{HEAD}\n{line}\n");
    problem(&with("SG,XYZ,,,0,1,1,t,0,0,0,0,1"), 2, "a record of the unknown kind XYZ");
    problem(&with("SG,BAT,,,0,1,1,t,0.5,0,0,0,1"), 2, "amount, fee, tax and net do not add up");
    // A sale below zero is one only if its columns say so.
    problem(
        &with("SG,BAT,,,0,-1499.00,1,t,29.98,5.40,0,0,1463.62"),
        2,
        "amount, fee, tax and net do not add up",
    );
    assert_eq!(read(&["SG,BAT,,,0,-100,1,t,0,0,0,0,-100"]).unwrap()[0].gross, Money::inr(-100_00));
    problem(&with("SG,BAT,,,0,1.005,1,t,0,0,0,0,1"), 2, "domesticamt is not an amount");
    problem(&with("SG,BAT,,31-31-2026,0,1,1,t,0,0,0,0,1"), 2, "settledate is not a day");
    problem(&format!("{HEAD}\nSG,\"BAT\n"), 2, "a quote that never ends");
    assert_eq!(Hdfc.read_file(b"\xff").unwrap_err().line, 1);
}
