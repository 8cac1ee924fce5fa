//! The settlement file.

use super::*;
use crate::contract::{Provider, SettledKind, SettlementFile, SettlementLine};
use hundi_core::Millis;

/// The documented headings, in the documented order.
const HEADINGS: &str = "PaymentType,MerchantReferenceId,PhonePeReferenceId,From,Instrument,CreationDate,Amount,Fee,\
                        TransactionDate,SettlementDate,BankReferenceNo,IGST,CGST,SGST";

fn read(lines: &[&str]) -> Result<Vec<SettlementLine>, (usize, String)> {
    let text = format!("{HEADINGS}\r\n{}\r\n", lines.join("\r\n"));
    PhonePe.read_file(text.as_bytes()).map_err(|p| (p.line, p.what))
}

#[test]
fn a_payment_and_a_refund() {
    let paid = format!(
        "PAYMENT,{OUR_REF},OM26,\"Buyer, Asha\",UPI_REDEMPTION,2026-01-01,\"1,499.00\",-29.98,2026-01-01,2026-01-02,UTR1,-5.40,0,0"
    );
    let back = format!(
        "REFUND,{REFUND_REF},OMR1,Buyer,PG_REDEMPTION_REVERSE,01-01-2026,-100.00,0.00,01/01/2026,02/01/2026 11:00,UTR1,0.00,0.00,0.00"
    );
    let lines = read(&[&paid, &back]).unwrap();
    let second_of_january = Some(Millis(1_767_292_200_000));
    assert_eq!(
        lines,
        [
            SettlementLine {
                kind: SettledKind::Payment,
                provider_id: "OM26".to_owned(),
                of_payment: None,
                our_ref: Some(our_ref()),
                gross: Money::inr(1499_00),
                fee_minor: 29_98,
                tax_minor: 5_40,
                net_minor: 1463_62,
                settlement: None,
                utr: Some("UTR1".to_owned()),
                settled_at: second_of_january,
            },
            SettlementLine {
                kind: SettledKind::Refund,
                provider_id: REFUND_REF.to_owned(),
                of_payment: None,
                our_ref: REFUND_REF.parse().ok(),
                gross: Money::inr(100_00),
                fee_minor: 0,
                tax_minor: 0,
                net_minor: -100_00,
                settlement: None,
                utr: Some("UTR1".to_owned()),
                settled_at: second_of_january,
            },
        ]
    );
}

#[test]
fn the_two_halves_of_the_tax_are_one_and_a_fee_can_come_back() {
    let lines =
        read(&["PAYMENT,X,OM1,,,,100.00,-2.00,,,,,-0.18,-0.18", "REFUND,Y,OMR1,,,,40.00,0.80,,,,0.14,,"])
            .unwrap();
    let sums: Vec<_> = lines.iter().map(|l| (l.fee_minor, l.tax_minor, l.net_minor)).collect();
    assert_eq!(sums, [(2_00, 36, 9_764), (-80, -14, -39_06)]);
    assert_eq!(lines[0].our_ref, None);
}

#[test]
fn what_phonepe_keeps_for_another_reason_is_an_adjustment() {
    for instrument in ["EXCESS_RECOVERY", "INVOICE_RECOVERY", "SHORT_SETTLEMENT"] {
        let line = format!("PAYMENT,,PP1,,{instrument},,-50.00,0,,,,,,");
        let line = read(&[&line]).unwrap().remove(0);
        assert_eq!(
            (line.kind, line.gross, line.net_minor),
            (SettledKind::Adjustment, Money::inr(-50_00), -50_00)
        );
    }
}

#[test]
fn columns_are_found_by_their_headings() {
    let text = "\u{feff}Fee,Amount,Payment Type,phonepe_reference_id,MerchantReferenceId\n-1.00,10.00,payment,OM1,X\n";
    let line = PhonePe.read_file(text.as_bytes()).unwrap().remove(0);
    assert_eq!((line.gross, line.fee_minor, line.net_minor), (Money::inr(10_00), 1_00, 9_00));
    assert_eq!((line.utr, line.settled_at), (None, None));
}

#[test]
fn what_nobody_has_mapped_refuses_the_file() {
    let line = |text: &str| read(&["PAYMENT,X,OM1,,,,1.00,0,,,,,,", text]).unwrap_err();
    assert_eq!(
        line("CHARGEBACK,X,OM1,,,,1.00,0,,,,,,"),
        (3, "a line of the unknown type CHARGEBACK".to_owned())
    );
    assert_eq!(line("PAYMENT,X,OM1,,,,1.234,0,,,,,,"), (3, "amount is not an amount".to_owned()));
    assert_eq!(line("PAYMENT,X,OM1,,,,1e2,0,,,,,,"), (3, "amount is not an amount".to_owned()));
    assert_eq!(line("PAYMENT,X,OM1,,,,1.00,x,,,,,,"), (3, "fee is not an amount".to_owned()));
    assert_eq!(line("PAYMENT,X,OM1,,,,0.00,0,,,,,,"), (3, "a payment of nothing or less".to_owned()));
    assert_eq!(line("PAYMENT,\"X,OM1"), (3, "a quote that never ends".to_owned()));
    let file = |text: &str| PhonePe.read_file(text.as_bytes()).map_err(|p| (p.line, p.what));
    assert_eq!(file(""), Err((1, "the file is empty".to_owned())));
    assert_eq!(file("PaymentType,Amount\n"), Err((1, "there is no column merchantreferenceid".to_owned())));
    assert_eq!(file("Amount,Amount\n"), Err((1, "there is no column paymenttype".to_owned())));
    assert!(PhonePe.read_file(&[0xff, 0xfe]).is_err());
    assert_eq!(read(&[]), Ok(vec![]));
}

#[test]
fn only_the_file_tells() {
    assert!(PhonePe.parts().settlements.is_none());
}
