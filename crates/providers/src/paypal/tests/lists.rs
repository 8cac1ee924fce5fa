//! The transaction search: pages, windows, and what a row is under our own names.

use super::against_sim::world;
use super::*;
use crate::contract::{Page, Provider, SettledKind, SettlementLine, Settlements, Span, Sweep};

fn span() -> Span {
    Span { from: NOW, to: NOW.plus(86_400_000) }
}

fn row(id: &str, code: &str, value: &str, fee: &str) -> Value {
    json!({"transaction_info": {
        "transaction_id": id, "transaction_event_code": code,
        "transaction_initiation_date": "2026-11-20T10:15:20+0000", "transaction_status": "S",
        "transaction_amount": {"currency_code": "USD", "value": value},
        "fee_amount": {"currency_code": "USD", "value": fee}, "custom_field": OUR_REF,
    }})
}

fn found(rows: &[Value], pages: i64) -> Result<Answer, CallError> {
    ok(json!({"transaction_details": rows, "total_pages": pages}).to_string())
}

#[track_caller]
fn lines(rows: &[Value]) -> Result<Vec<SettlementLine>, CallError> {
    let wire = script(vec![found(rows, 1)]);
    let page = run(Settlements::list(&PayPal, call(&account(), &wire), span(), None));
    sent(&wire);
    page.map(|page| page.unwrap().items)
}

#[test]
fn a_line_says_what_a_movement_did_to_the_balance() {
    let mut given = row("1R", "T1107", "-4.50", "0.20");
    given["transaction_info"]["paypal_reference_id"] = json!(CAPTURE_ID);
    given["transaction_info"]["paypal_reference_id_type"] = json!("TXN");
    given["transaction_info"]["custom_field"] = json!(REFUND_REF);
    let rows = [row(CAPTURE_ID, "T0006", "24.50", "-1.22"), given, row("9C", "T1201", "-24.50", "-20.00")];
    let lines = lines(&rows).unwrap();
    let seen: Vec<_> =
        lines.iter().map(|l| (l.kind, l.gross.minor(), l.fee_minor, l.tax_minor, l.net_minor)).collect();
    let expected = [
        (SettledKind::Payment, 24_50, 1_22, 0, 23_28),
        (SettledKind::Refund, 4_50, -20, 0, -4_30),
        (SettledKind::Chargeback, 24_50, 20_00, 0, -44_50),
    ];
    assert_eq!(seen, expected);
    assert_eq!((lines[0].our_ref, lines[0].of_payment.as_deref()), (Some(our_ref()), None));
    assert_eq!(lines[1].of_payment.as_deref(), Some(CAPTURE_ID));
    assert_eq!(lines[1].our_ref.unwrap().as_str(), REFUND_REF);
    assert_eq!(lines[0].settled_at.unwrap().to_string(), "2026-11-20T10:15:20.000Z");
    assert!(lines.iter().all(|l| l.settlement.is_none() && l.utr.is_none()));
}

#[test]
fn only_what_moved_is_a_line() {
    let other = ["T0400", "T0200", "T1105", "T0000", "T9999"].map(|code| row("1", code, "24.50", "0.00"));
    assert_eq!(lines(&other), Ok(vec![]));
    for word in ["P", "D", "V", "s", ""] {
        let mut pending = row(CAPTURE_ID, "T0006", "24.50", "-1.22");
        pending["transaction_info"]["transaction_status"] = json!(word);
        assert_eq!(lines(&[pending]), Ok(vec![]), "{word}");
    }
    let mut free = row(CAPTURE_ID, "T0006", "24.50", "0.00");
    free["transaction_info"].as_object_mut().unwrap().remove("fee_amount");
    assert_eq!(lines(&[free]).unwrap()[0].net_minor, 24_50);
    // A line that can't be read is never left out in silence.
    let mut other_fee = row(CAPTURE_ID, "T0006", "24.50", "-1.22");
    other_fee["transaction_info"]["fee_amount"]["currency_code"] = json!("EUR");
    for odd in [row("1", "T0006", "24.505", "0.00"), row("1", "T0006", "x", "0.00"), other_fee] {
        assert!(matches!(lines(&[odd]), Err(CallError::Unknown(_))));
    }
}

#[test]
fn long_spans_are_asked_for_in_parts_and_pages() {
    let wire = script(vec![found(&[], 2), found(&[], 2), found(&[], 1)]);
    let (account, span) = (account(), Span { from: NOW, to: NOW.plus(40 * 86_400_000) });
    let mut after = None;
    for _ in 0..3 {
        let page = run(Settlements::list(&PayPal, call(&account, &wire), span, after.as_deref()));
        after = page.unwrap().unwrap().next;
    }
    assert_eq!(after, None);
    let asked = |from: &str, to: &str, page: u32| {
        format!(
            "GET /v1/reporting/transactions?start_date={from}&end_date={to}&fields=transaction_info\
             &balance_affecting_records_only=Y&page_size=500&page={page}"
        )
    };
    // Six hours early, since the search is late.
    let (first, second) = ("2026-09-09T18%3A26%3A40.000Z", "2026-10-10T18%3A26%3A40.000Z");
    let last = "2026-10-20T00%3A26%3A40.000Z";
    assert_eq!(sent(&wire), [asked(first, second, 1), asked(first, second, 2), asked(second, last, 1)]);
    let nothing = Script::new(vec![]);
    for odd in ["", "x", "1", "1 x", "1 2 3"] {
        let refused = run(Sweep::list(&PayPal, call(&account, &nothing), span, Some(odd)));
        assert!(matches!(refused, Err(CallError::NotDone(_))), "{odd}");
    }
    let parts = PayPal.parts();
    assert!(parts.settlement_file.is_none() && parts.trace.is_none(), "its lists tell it all");
}

#[test]
fn a_sweep_names_what_moved_as_a_look_does() {
    let w = world();
    let (direct, taken) = w.paid();
    w.passes(7 * 3_600_000);
    let of_hold = w.opens(CaptureBy::Us);
    w.pays(&of_hold, None);
    let held = w.finishes(&of_hold, CaptureBy::Us).unwrap().remove(0).0;
    let hold = Hold { subject: of_hold.clone(), provider_payment: held.clone(), amount: usd(24_50) };
    run(crate::contract::Capture::capture(&PayPal, w.call(), &hold)).unwrap();
    for payment in [&taken, &held] {
        w.control("refund", &json!({"payment_id": payment, "amount": 1_00}));
    }
    w.control("foreign_payment", &json!({"client_id": "cid", "amount": 77_00}));
    let list = |w: &super::against_sim::World| -> Page<Report> {
        run(Sweep::list(&PayPal, w.call(), Span { from: NOW, to: w.now() }, None)).unwrap()
    };
    // Hours late.
    assert_eq!(list(&w).items.len(), 1);
    w.passes(3 * 3_600_000);
    let page = list(&w);
    assert_eq!((page.items.len(), page.next), (5, None));
    let named = tries(&page.items);
    assert_eq!((&named[0].0, &named[1].0), (&taken, &held));
    assert_eq!(named[2].1, Try::Captured { amount: usd(77_00) });
    // The same facts as by looking, so that a sweep of what is known moves nothing.
    let known = [w.fetched(&direct), w.fetched(&of_hold)].concat();
    for report in &page.items[..4] {
        let same = |other: &Report| match (report, other) {
            (Report::Payment { about: a, fact: x }, Report::Payment { about: b, fact: y }) => {
                a == b
                    && x.at == y.at
                    && tries(std::slice::from_ref(report)) == tries(std::slice::from_ref(other))
            }
            (one, another) => one == another,
        };
        assert!(known.iter().any(same), "{report:?}");
    }
    let settled =
        run(Settlements::list(&PayPal, w.call(), Span { from: NOW, to: w.now() }, None)).unwrap().unwrap();
    let nets: Vec<_> = settled.items.iter().map(|l| (l.kind, l.net_minor)).collect();
    let payment = |net| (SettledKind::Payment, net);
    let refund = (SettledKind::Refund, -1_00);
    assert_eq!(nets, [payment(23_12), payment(23_12), refund, refund, payment(73_31)]);
}

#[test]
fn a_row_without_its_name_is_not_left_out_in_silence() {
    for lacks in ["transaction_id", "transaction_event_code"] {
        let mut odd = row("1AB", "T0006", "10.00", "-1.00");
        odd["transaction_info"][lacks] = json!(12_345);
        let wire = script(vec![found(&[odd], 1)]);
        let swept = run(Sweep::list(&PayPal, call(&account(), &wire), span(), None));
        assert!(matches!(swept, Err(CallError::Unknown(_))), "{lacks}: {swept:?}");
    }
}

#[test]
fn an_app_that_may_not_search_is_told_so() {
    let w = world();
    w.control("accounts", &json!({"client_id": "cid", "may_search": false}));
    let refused = run(Sweep::list(&PayPal, w.call(), span(), None));
    assert!(matches!(refused, Err(CallError::NotDone(r)) if r.kind == ReasonKind::Forbidden));
}
