//! The two lists: what moved, and what was paid out for it.

use super::*;
use crate::contract::{Page, Provider, SettledKind, SettlementLine, Settlements, Span, Sweep};
use hundi_core::Millis;

const SPAN: Span = Span { from: Millis(1_789_000_000_000), to: Millis(1_789_086_400_000) };

fn page(cursor: Value, rows: &[Value]) -> Result<Answer, CallError> {
    ok(json!({ "cursor": cursor, "limit": rows.len(), "data": rows }).to_string())
}

fn swept(
    after: Option<&str>,
    answers: Vec<Result<Answer, CallError>>,
) -> (Result<Page<Report>, CallError>, Vec<String>) {
    let (account, wire) = (account(), Script::new(answers));
    let page = run(Sweep::list(&Cashfree, call(&account, &wire), SPAN, after));
    (page, sent(&wire))
}

fn moved(kind: &str) -> Value {
    json!({
        "event_type": kind, "event_status": "SUCCESS", "event_id": "1", "order_id": OUR_REF,
        "cf_payment_id": PAYMENT_ID, "refund_id": REFUND_REF, "event_amount": 1499,
    })
}

#[test]
fn a_sweep_asks_for_each_movement() {
    let rows = [moved("PAYMENT"), moved("REFUND"), moved("SETTLEMENT"), moved("DISPUTE")];
    let (found, sent) = swept(None, vec![page(json!("next"), &rows), ok(PAYMENT), ok(REFUND)]);
    let found = found.unwrap();
    assert_eq!(
        (found.items.len(), whats(&found.items), found.next.as_deref()),
        (2, vec![paid()], Some("next"))
    );
    let expected = [
        concat!(
            r#"POST /pg/recon {"pagination":{"limit":20,"cursor":null},"filters":{"#,
            r#""start_date":"2026-09-09T18:26:40Z","end_date":"2026-09-11T00:26:40Z"}}"#
        ),
        "GET /pg/orders/01k4v9r2m8q5t7w3x6yz/payments/12376123",
        "GET /pg/orders/01k4v9r2m8q5t7w3x6yz/refunds/01k4v9r2m8q5t7w3x6rf",
    ];
    assert_eq!(sent, expected);
}

#[test]
fn a_movement_that_cannot_be_read_hides_no_other() {
    let rows = [moved("PAYMENT"), moved("REFUND")];
    for lost in
        [problem(404, "payment_not_found"), ok("{}"), ok(payment(&[("payment_status", json!("FLAGGED"))]))]
    {
        let (found, _) = swept(None, vec![page(Value::Null, &rows), lost, ok(REFUND)]);
        assert_eq!(found.unwrap().items.len(), 1);
    }
    // A wire that is down, or a key that is wrong, ends it.
    for lost in [status(500, ""), status(429, ""), problem_of(401, "x", "authentication_error")] {
        assert!(swept(None, vec![page(Value::Null, &rows), lost]).0.is_err());
    }
    // A row of another's, or without a name, is none to ask about.
    let odd = [
        json!({ "event_type": "PAYMENT", "event_status": "SUCCESS" }),
        json!({ "event_type": "OTHER_ADJUSTMENT" }),
    ];
    assert_eq!(swept(None, vec![page(Value::Null, &odd)]).0.unwrap().items.len(), 0);
    let mut failed = moved("PAYMENT");
    failed["event_status"] = json!("FAILED");
    assert_eq!(swept(None, vec![page(Value::Null, &[failed])]).0.unwrap().items.len(), 0);
}

#[test]
fn a_list_ends() {
    let next = |after, answer| swept(after, vec![answer, ok(PAYMENT)]).0.unwrap().next;
    let row = [moved("PAYMENT")];
    assert_eq!(next(Some("a"), page(json!("b"), &row)).as_deref(), Some("b"));
    assert_eq!(next(Some("a"), page(json!("a"), &row)), None);
    assert_eq!(next(None, page(json!(""), &row)), None);
    assert_eq!(next(None, page(Value::Null, &row)), None);
    let (found, sent) = swept(Some("a"), vec![page(json!("c"), &[])]);
    assert_eq!(found.unwrap().next, None);
    assert!(sent[0].contains(r#""cursor":"a""#), "{}", sent[0]);
}

/// The documented row with some of its event's fields changed.
fn line(changes: &[(&str, Value)]) -> Result<SettlementLine, CallError> {
    let mut row: Value = serde_json::from_str(SETTLED).unwrap();
    for (name, value) in changes {
        let (part, name) = name.split_once('.').unwrap();
        row[part][name] = value.clone();
    }
    let (account, wire) = (account(), Script::new(vec![page(Value::Null, &[row])]));
    let listed = run(Settlements::list(&Cashfree, call(&account, &wire), SPAN, None))?;
    Ok(listed.expect("the API has a list").items.remove(0))
}

fn refund_row() -> Vec<(&'static str, Value)> {
    vec![
        ("event_details.event_type", json!("REFUND")),
        ("event_details.sale_type", json!("DEBIT")),
        ("event_details.event_service_charge", json!(0)),
        ("refund_details.refund_id", json!(REFUND_REF)),
        ("order_details.order_id", json!(OUR_REF)),
    ]
}

#[test]
fn the_documented_line() {
    let said = line(&[]).unwrap();
    let expected = SettlementLine {
        kind: SettledKind::Payment,
        provider_id: "1234881617186388204".to_owned(),
        of_payment: None,
        our_ref: None,
        gross: Money::inr(200_00),
        // It names a charge of two rupees and keeps nothing: that one is billed apart.
        fee_minor: 0,
        tax_minor: 0,
        net_minor: 200_00,
        settlement: Some("1639775422".to_owned()),
        utr: Some("PGI45406".to_owned()),
        settled_at: Some(Millis(1_737_032_631_000)),
    };
    assert_eq!(said, expected);
}

#[test]
fn lines_add_up() {
    let adds_up = |said: &SettlementLine| {
        let kept = said.fee_minor + said.tax_minor;
        let gross = if said.kind == SettledKind::Payment { said.gross.minor() } else { -said.gross.minor() };
        assert_eq!(gross - kept, said.net_minor, "{said:?}");
    };
    let of = |net: Value, charge: Value, tax: Value| {
        let said = line(&[
            ("order_details.order_id", json!(OUR_REF)),
            ("event_details.event_settlement_amount", net),
            ("event_details.event_service_charge", charge),
            ("event_details.event_service_tax", tax),
        ]);
        let said = said.unwrap();
        adds_up(&said);
        assert_eq!(said.our_ref, Some(our_ref()));
        (said.fee_minor, said.tax_minor, said.net_minor)
    };
    assert_eq!(of(json!(195.4), json!(3.9), json!(0.7)), (3_90, 70, 195_40));
    // Kept something else than it names: what is missing is what was kept.
    assert_eq!(of(json!(190), json!(3.9), json!(0.7)), (10_00, 0, 190_00));
    assert_eq!(of(json!(200), Value::Null, Value::Null), (0, 0, 200_00));

    let said = line(&refund_row()).unwrap();
    adds_up(&said);
    assert_eq!(
        (said.kind, said.net_minor, said.provider_id.as_str()),
        (SettledKind::Refund, -200_00, "43594")
    );
    assert_eq!(
        (said.our_ref, said.of_payment.as_deref()),
        (REFUND_REF.parse().ok(), Some("1234881617186388204"))
    );
    // An instant refund costs more than it gives.
    let mut costly = refund_row();
    costly.extend([
        ("event_details.event_settlement_amount", json!(205.9)),
        ("event_details.event_service_charge", json!(5)),
        ("event_details.event_service_tax", json!(0.9)),
    ]);
    let said = line(&costly).unwrap();
    adds_up(&said);
    assert_eq!((said.fee_minor, said.tax_minor, said.net_minor), (5_00, 90, -205_90));
    // Some write what left as a negative number.
    let mut negative = refund_row();
    negative.push(("event_details.event_amount", json!(-200)));
    negative.push(("event_details.event_settlement_amount", json!(-200)));
    assert_eq!(line(&negative).unwrap(), line(&refund_row()).unwrap());
}

#[test]
fn other_lines_are_told_apart_and_unreadable_ones_refused() {
    let kind = |event: &str, sale: &str| {
        let said =
            line(&[("event_details.event_type", json!(event)), ("event_details.sale_type", json!(sale))]);
        let said = said.unwrap();
        (said.kind, said.gross.minor(), said.net_minor)
    };
    assert_eq!(kind("CHARGEBACK", "DEBIT"), (SettledKind::Chargeback, 200_00, -200_00));
    assert_eq!(kind("DISPUTE", "DEBIT"), (SettledKind::Chargeback, 200_00, -200_00));
    // Its gross is signed by its net.
    assert_eq!(kind("OTHER_ADJUSTMENT", "DEBIT"), (SettledKind::Adjustment, -200_00, -200_00));
    assert_eq!(kind("REFUND_REVERSAL", "CREDIT"), (SettledKind::Adjustment, 200_00, 200_00));
    assert_eq!(kind("A_NEW_ONE", "CREDIT"), (SettledKind::Adjustment, 200_00, 200_00));
    for odd in [
        ("event_details.sale_type", json!("SIDEWAYS")),
        ("event_details.event_amount", json!("much")),
        ("event_details.event_currency", json!("RUPEES")),
        ("settlement_details.settlement_date", json!("someday")),
    ] {
        assert!(matches!(line(std::slice::from_ref(&odd)), Err(CallError::Unknown(_))), "{odd:?}");
    }
    let parts = Cashfree.parts();
    assert!(parts.settlement_file.is_none() && parts.trace.is_none(), "its lists tell it all");
}
