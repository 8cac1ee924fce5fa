//! Settlement lines from both spellings of the list and from the dashboard's file.

use super::*;
use crate::contract::{FileProblem, Page, SettledKind, SettlementFile, SettlementLine, Settlements, Span};
use crate::wire::ReasonKind;

/// Two days in India from 2026-01-02.
const SPAN: Span = Span { from: Millis(1_767_292_200_000), to: Millis(1_767_465_000_000) };

const DOCUMENTED: &str = r#"{"status":"SUCCESS","resultCode":"00000000","settlementDetailList":[
{"orderId":"01k4v9r2m8q5t7w3x6yz","txnId":"20260101111212800110168000000000001","txnType":"ACQUIRING","txnDate":"2026-01-01 12:00:05.0","txnAmount":"499.00","paymentMode":"UPI","mercUnqRefVal":"","utr":"UTR1","utrProcessedTime":"2026-01-02 10:00:00.0","settleAmount":"487.22","payoutDate":"2026-01-02","gst":"1.80","commission":"9.98"},
{"orderId":"01k4v9r2m8q5t7w3x6yz","txnId":"20260102020368450988000000000000001","txnType":"REFUND","txnAmount":"100.00","utr":"UTR1","settleAmount":"-100.00","payoutDate":"2026-01-02","gst":"0.00","commission":"0.00"}]}"#;

const SEEN: &str = r#"{"settlementListResponse":{"settlementTransactionList":[
{"ORDERID":"01k4v9r2m8q5t7w3x6yz","TXNID":"20260101111212800110168000000000001","TXNAMOUNT":499.00,"COMMISSION":"9.98","GST":"1.80","SETTLEDAMOUNT":"487.22","PAYOUTDATE":"2026-01-02 10:00:00","UTR":"UTR1","CUSTID":"c"}]}}"#;

fn payment() -> SettlementLine {
    SettlementLine {
        kind: SettledKind::Payment,
        provider_id: TXN.to_owned(),
        of_payment: None,
        our_ref: Some(our_ref()),
        gross: Money::inr(499_00),
        fee_minor: 9_98,
        tax_minor: 1_80,
        net_minor: 487_22,
        settlement: None,
        utr: Some("UTR1".to_owned()),
        settled_at: Some(Millis(1_767_292_200_000)),
    }
}

fn listed(
    answer: Result<Answer, CallError>,
    after: Option<&str>,
) -> Result<Option<Page<SettlementLine>>, CallError> {
    let wire = Script::new(vec![answer]);
    run(Settlements::list(&Paytm, call(&account(), &wire), SPAN, after))
}

#[test]
fn a_day_and_a_page_at_a_time_under_the_form_s_checksum() {
    let wire = Script::new(vec![ok(DOCUMENTED)]);
    let page = run(Settlements::list(&Paytm, call(&account(), &wire), SPAN, None)).unwrap().unwrap();
    assert_eq!(page.next.as_deref(), Some("1767378600000 1"));
    assert_eq!(page.items[0], payment());
    let refund = &page.items[1];
    assert_eq!(
        (refund.kind, refund.gross, refund.net_minor),
        (SettledKind::Refund, Money::inr(100_00), -100_00)
    );
    assert_eq!((refund.fee_minor, refund.tax_minor, refund.our_ref), (0, 0, None));
    let asked = wire.sent().remove(0);
    assert_eq!(asked.url, format!("{LIVE}/merchant-settlement-service/settlement/list"));
    let checksum =
        sign::checksum(b"HUNDIM00000000000001|1|20|2026-01-02", &Secret::new(KEY), "BwcH").unwrap();
    let body = format!(
        r#"{{"MID":"{MID}","checksumHash":"{checksum}","pageNum":"1","pageSize":"20","utrProcessedStartTime":"2026-01-02"}}"#
    );
    assert_eq!(str::from_utf8(&asked.body).unwrap(), body);
}

#[test]
fn both_spellings_are_one_line() {
    let page = listed(ok(SEEN), None).unwrap().unwrap();
    let at = Some(Millis(1_767_328_200_000));
    assert_eq!(page.items, [SettlementLine { settled_at: at, ..payment() }]);
}

#[test]
fn pages_go_on_while_they_are_full() {
    let row = r#"{"txnId":"T1","txnAmount":"1.00","settleAmount":"1.00"}"#;
    let full = format!(
        r#"{{"status":"SUCCESS","resultCode":"00000000","settlementDetailList":[{}]}}"#,
        vec![row; 20].join(",")
    );
    let none = r#"{"status":"RECORD_NOT_FOUND"}"#;
    let next = |answer: &str, after| listed(ok(answer), after).unwrap().unwrap().next;
    assert_eq!(next(&full, None).as_deref(), Some("1767292200000 2"));
    assert_eq!(next(&full, Some("1767378600000 7")).as_deref(), Some("1767378600000 8"));
    assert_eq!(next(none, Some("1767292200000 2")).as_deref(), Some("1767378600000 1"));
    assert_eq!(next(none, Some("1767378600000 1")), None);
    let wire = Script::new(vec![]);
    let over = run(Settlements::list(&Paytm, call(&account(), &wire), SPAN, Some("1767465000000 1")));
    assert_eq!(over, Ok(Some(Page { items: vec![], next: None })));
    for odd in ["", "1767292200000", "1767292200000 0", "x 1", "1767292200000 99999999"] {
        assert!(run(Settlements::list(&Paytm, call(&account(), &wire), SPAN, Some(odd))).is_err(), "{odd}");
    }
}

#[test]
fn the_service_is_a_live_one() {
    let wire = Script::new(vec![]);
    let test = Account { mode: Mode::Test, ..account() };
    assert_eq!(run(Settlements::list(&Paytm, call(&test, &wire), SPAN, None)), Ok(None));
}

#[test]
fn results_of_the_list() {
    let kind = |body: &str| listed(ok(body), None).unwrap_err().reason().kind;
    let result = |code: &str| format!(r#"{{"status":"FAILURE","resultCode":"{code}"}}"#);
    assert_eq!(kind(&result("00000022")), ReasonKind::Unauthorized);
    assert_eq!(kind(&result("00000030")), ReasonKind::Refused);
    assert_eq!(kind(&result("00000074")), ReasonKind::RateLimited);
    assert_eq!(kind(&result("00000010")), ReasonKind::Unrecognised);
    assert_eq!(kind("{}"), ReasonKind::Unrecognised);
    assert_eq!(kind(r#"{"status":"SUCCESS"}"#), ReasonKind::Unrecognised);
    assert_eq!(kind(""), ReasonKind::Unreadable);
    assert_eq!(kind("<html>"), ReasonKind::Unreadable);
    assert_eq!(kind(&DOCUMENTED.replacen("499.00", "499.001", 1)), ReasonKind::Unreadable);
    assert_eq!(
        kind(&DOCUMENTED.replacen(r#""txnId""#, r#""TXNID":"other","txnId""#, 1)),
        ReasonKind::Unreadable
    );
}

// ---- the file

const HEADINGS: &str = "Transaction ID,Order ID,Transaction Type,Amount,Commission,GST,Settled Amount,Payout ID,UTR No.,Settled Date,Ref ID,Refund ID";

fn file(rows: &str) -> Result<Vec<SettlementLine>, FileProblem> {
    Paytm.read_file(format!("\u{feff}{HEADINGS}\r\n{rows}").as_bytes())
}

#[test]
fn the_dashboard_s_file() {
    let lines = file(concat!(
        "'20260101111212800110168000000000001,01k4v9r2m8q5t7w3x6yz,ACQUIRING,\"1,499.00\",29.98,5.40,\"1,463.62\",PAY1,UTR1,2026-01-02 10:00:00,,\r\n",
        "20260101111212800110168000000000001,01k4v9r2m8q5t7w3x6yz,REFUND,-100.00,0.00,0.00,-100.00,PAY1,UTR1,2026-01-02,01k4v9r2m8q5t7w3x6rf,20260102020368450988000000000000001\n",
        ",,,,,,,,,,,\n",
        "X9,01k4v9r2m8q5t7w3x6yz,CHARGEBACK,-499.00,-9.98,-1.80,-487.22,PAY1,UTR1,2026-01-02,,\n",
        "X10,,REPAYMENT,10.00,0,0,-10.00,PAY1,UTR1,someday,,",
    ))
    .unwrap();
    let brief = |l: &SettlementLine| (l.kind, l.gross.minor(), l.fee_minor, l.tax_minor, l.net_minor);
    assert_eq!(
        lines.iter().map(brief).collect::<Vec<_>>(),
        [
            (SettledKind::Payment, 1499_00, 29_98, 5_40, 1463_62),
            (SettledKind::Refund, 100_00, 0, 0, -100_00),
            // The fee came back with it.
            (SettledKind::Chargeback, 499_00, -9_98, -1_80, -487_22),
            (SettledKind::Adjustment, 10_00, 0, 0, -10_00),
        ]
    );
    assert_eq!((lines[0].provider_id.as_str(), lines[0].our_ref), (TXN, Some(our_ref())));
    assert_eq!(lines[0].settlement.as_deref(), Some("PAY1"));
    assert_eq!((lines[1].provider_id.as_str(), lines[1].of_payment.as_deref()), (REFUND_ID, Some(TXN)));
    assert_eq!(lines[1].our_ref.map(|r| r.to_string()).as_deref(), Some(REFUND_REF));
    assert_eq!(lines[3].settled_at, None);
}

#[track_caller]
fn problem(rows: &str, line: usize, what: &str) {
    assert_eq!(file(rows), Err(FileProblem { line, what: what.to_owned() }));
}

#[test]
fn a_file_that_cannot_be_read_says_where() {
    let row = "T1,,ACQUIRING,499.00,9.98,1.80,487.22,,,,,\n";
    assert_eq!(file(row).unwrap().len(), 1);
    problem(&format!("{row}T2,,ACQUIRING,x,0,0,1.00,,,,,\n"), 3, "txnamount is not an amount");
    problem(&format!("{row}T2,,ACQUIRING,,0,0,1.00,,,,,\n"), 3, "the amount is missing");
    problem(",,ACQUIRING,1.00,0,0,1.00,,,,,\n", 2, "txnid is missing");
    problem("T1,,SALE,-1.00,0,0,-1.00,,,,,\n", 2, "a payment below zero");
    problem("T1,,SALE,1.00,0,9.00,1.00,,,,,\n", 2, "more tax than was kept");
    problem("T1,,SALE\n", 2, "another number of columns than there are headings");
    problem("T1,\"a\nb,c", 2, "a quote that never ends");
    let odd = Paytm.read_file(b"a,b\n1,2\n");
    assert_eq!(odd, Err(FileProblem { line: 1, what: "there is no column txnid".to_owned() }));
    assert!(Paytm.read_file(&[0xff, 0xfe]).is_err());
    assert!(Paytm.read_file(b"").is_err());
    assert_eq!(file(""), Ok(vec![]));
}
