//! The lists of payments and refunds, and the settlement report: pages, windows, and what a line comes to.

use super::*;
use crate::contract::{About, Page, SettledKind, SettlementLine, Settlements, Span, Sweep, Trace};
use serde_json::json;

const LINE: &str = include_str!("../fixtures/settled_line.json");

fn span() -> Span {
    Span { from: NOW, to: NOW.plus(86_400_000) }
}

fn swept(answers: Vec<Result<Answer, CallError>>, after: Option<&str>) -> (Page<Report>, Vec<String>) {
    let wire = Script::new(answers);
    let page = run(Sweep::list(&Razorpay, call(&account(), &wire), span(), after)).unwrap();
    (page, sent(&wire))
}

#[test]
fn payments_come_first_and_then_refunds_page_by_page() {
    let of_payments = |n: usize| -> Vec<String> {
        (0..n).map(|i| with(PAYMENT, &[("id", json!(format!("pay_Sweep{i:05}")))])).collect()
    };
    let (page, asked) = swept(vec![collection(&of_payments(100))], None);
    assert_eq!(asked, ["GET /v1/payments?from=1789000000&to=1789086400&count=100&skip=0"]);
    assert_eq!((page.items.len(), page.next.as_deref()), (100, Some("payments 100")));
    let (page, asked) = swept(vec![collection(&of_payments(99))], Some("payments 100"));
    assert_eq!(asked, ["GET /v1/payments?from=1789000000&to=1789086400&count=100&skip=100"]);
    assert_eq!((page.items.len(), page.next.as_deref()), (99, Some("refunds 0")));
    let (page, asked) = swept(vec![collection(&[REFUND.to_owned()])], Some("refunds 0"));
    assert_eq!(asked, ["GET /v1/refunds?from=1789000000&to=1789086400&count=100&skip=0"]);
    assert_eq!((page.items.len(), page.next), (1, None));
}

#[test]
fn one_that_cannot_be_read_does_not_hide_the_others() {
    let odd = with(PAYMENT, &[("id", json!("pay_Odd")), ("status", json!("under_partner_review"))]);
    let (page, _) = swept(vec![collection(&[odd, PAYMENT.to_owned()])], None);
    assert_eq!(tries(&page.items).len(), 1);
    for odd in
        [("amount", json!(1.5)), ("status", json!(null)), ("created_at", json!("x")), ("fee", json!("x"))]
    {
        let odd = with(PAYMENT, &[odd]);
        let wire = Script::new(vec![collection(&[odd, PAYMENT.to_owned()])]);
        let page = run(Sweep::list(&Razorpay, call(&account(), &wire), span(), None));
        assert!(matches!(page, Err(CallError::Unknown(_))), "a shape that is none is not left out");
    }
}

#[test]
fn a_place_that_is_none_is_refused_before_any_call() {
    let wire = Script::new(vec![]);
    for after in ["", "payments", "orders 0", "payments -1", "refunds x"] {
        let list = run(Sweep::list(&Razorpay, call(&account(), &wire), span(), Some(after)));
        assert!(matches!(list, Err(CallError::NotDone(_))), "{after}");
    }
    assert!(sent(&wire).is_empty());
}

fn traced(answers: Vec<Result<Answer, CallError>>, about: About) -> (About, Vec<String>) {
    let (page, _) = swept(vec![collection(&[PAYMENT.to_owned()])], None);
    let Some(Report::Payment { fact, .. }) = page.items.into_iter().next() else { panic!("a payment") };
    let wire = Script::new(answers);
    let report = run(Razorpay.trace(call(&account(), &wire), Report::Payment { about, fact })).unwrap();
    let Report::Payment { about, .. } = report else { panic!("still a payment") };
    (about, sent(&wire))
}

fn of(order: Option<&str>) -> About {
    About {
        provider_order: order.map(str::to_owned),
        provider_payment: Some("pay_HdTest00000001".to_owned()),
        our_ref: None,
    }
}

#[test]
fn what_fits_nothing_is_traced_by_its_order_and_then_by_its_link() {
    let id = json!("order_HdTest00000001");
    let order = with(ORDER, &[("id", id.clone()), ("receipt", json!(OUR_REF))]);
    let (about, asked) = traced(vec![ok(order)], of(Some("order_HdTest00000001")));
    assert_eq!(asked, ["GET /v1/orders/order_HdTest00000001"]);
    assert_eq!(
        (about.our_ref, about.provider_payment.as_deref()),
        (Some(our_ref()), Some("pay_HdTest00000001"))
    );

    let order = with(ORDER, &[("id", id.clone()), ("receipt", json!(null))]);
    let link = |payment: &str| {
        let paid = json!([{"payment_id": payment}]);
        with(PAYMENT_LINK, &[("reference_id", json!(OUR_REF)), ("payments", paid)])
    };
    let links = |link: String| ok(format!(r#"{{"payment_links":[{link}]}}"#));
    let mine = vec![ok(order.clone()), links(link("pay_HdTest00000001"))];
    let (about, asked) = traced(mine, of(Some("order_HdTest00000001")));
    assert_eq!(asked[1], "GET /v1/payment_links?payment_id=pay_HdTest00000001");
    assert_eq!(about.our_ref, Some(our_ref()));
    assert!(about.provider_order.unwrap().starts_with("plink_"));

    // A filter that was ignored shows somebody else's link: it names nobody.
    let others = vec![ok(order), links(link("pay_Another"))];
    assert_eq!(traced(others, of(Some("order_HdTest00000001"))).0, of(Some("order_HdTest00000001")));
    assert_eq!(traced(vec![], of(None)).0, of(None));
}

// ---- settlements

#[track_caller]
fn read(changes: &[(&str, Value)]) -> Result<SettlementLine, CallError> {
    let wire = Script::new(vec![collection(&[with(LINE, changes)])]);
    let page = run(Settlements::list(&Razorpay, call(&account(), &wire), span(), Some("1728000000000 1")));
    page.map(|page| page.unwrap().items.remove(0))
}

#[test]
fn the_documented_line_adds_up() {
    let line = read(&[("order_receipt", json!(OUR_REF))]).unwrap();
    assert_eq!(
        (line.kind, line.gross, line.our_ref),
        (SettledKind::Payment, Money::inr(1499_00), Some(our_ref()))
    );
    // Their `fee` holds the tax: 35.38 is 29.98 and 5.40 of GST on it.
    assert_eq!((line.fee_minor, line.tax_minor, line.net_minor), (29_98, 5_40, 1463_62));
    assert_eq!(line.settlement.as_deref(), Some("setl_HdTest0000001"));
    assert_eq!(line.utr.as_deref(), Some("HDTESTN000000001"));
    assert_eq!(line.settled_at, Some(Millis(1_789_100_000_000)));
    assert_eq!(read(&[]).unwrap().our_ref, None, "r-42 is no reference of ours");
}

#[test]
fn lines_of_every_kind() {
    let kinds = [
        // kind, amount, debit, credit, tax -> kind, gross, fee, tax, net
        (("payment", 1000_00, 0, 976_40, 3_60), (SettledKind::Payment, 1000_00, 20_00, 3_60, 976_40)),
        (("payment", 1000_00, 0, 1000_00, 0), (SettledKind::Payment, 1000_00, 0, 0, 1000_00)),
        (("refund", 250_00, 250_00, 0, 0), (SettledKind::Refund, 250_00, 0, 0, -250_00)),
        // An instant refund costs extra.
        (("refund", 250_00, 257_08, 0, 1_08), (SettledKind::Refund, 250_00, 6_00, 1_08, -257_08)),
        // The tax on a fee that was given back.
        (("refund", 100_00, 97_60, 0, -40), (SettledKind::Refund, 100_00, -2_00, -40, -97_60)),
        (("transfer", 500_00, 502_95, 0, 45), (SettledKind::Adjustment, 500_00, 2_50, 45, -502_95)),
        (("adjustment", 75_00, 0, 75_00, 0), (SettledKind::Adjustment, 75_00, 0, 0, 75_00)),
        (("settlement.ondemand", 10_00, 10_00, 0, 0), (SettledKind::Adjustment, 10_00, 0, 0, -10_00)),
    ];
    for ((kind, amount, debit, credit, tax), expected) in kinds {
        let line = read(&[
            ("type", json!(kind)),
            ("amount", json!(amount)),
            ("debit", json!(debit)),
            ("credit", json!(credit)),
            ("tax", json!(tax)),
        ])
        .unwrap();
        let seen = (line.kind, line.gross.minor(), line.fee_minor, line.tax_minor, line.net_minor);
        assert_eq!(seen, expected, "{kind}");
        let sign = if line.kind == SettledKind::Payment || line.net_minor > 0 { 1 } else { -1 };
        assert_eq!(sign * line.gross.minor() - line.fee_minor - line.tax_minor, line.net_minor, "{kind}");
    }
    let lost = read(&[
        ("type", json!("adjustment")),
        ("debit", json!(149_900)),
        ("credit", json!(0)),
        ("tax", json!(0)),
        ("dispute_id", json!("disp_1")),
        ("payment_id", json!("pay_HdTest00000001")),
    ]);
    let lost = lost.unwrap();
    assert_eq!(
        (lost.kind, lost.of_payment.as_deref()),
        (SettledKind::Chargeback, Some("pay_HdTest00000001"))
    );
}

#[test]
fn a_refunds_line_names_its_payment_and_our_reference() {
    let line = read(&[
        ("type", json!("refund")),
        ("entity_id", json!("rfnd_HdTest0000001")),
        ("payment_id", json!("pay_HdTest00000001")),
        ("debit", json!(149_900)),
        ("credit", json!(0)),
        ("tax", json!(0)),
        ("order_receipt", json!("01k4v9r2m8q5t7w3xzzz")),
        ("notes", json!(format!(r#"{{"our_ref":"{OUR_REF}"}}"#))),
    ])
    .unwrap();
    assert_eq!(line.of_payment.as_deref(), Some("pay_HdTest00000001"));
    assert_eq!(line.our_ref, Some(our_ref()), "the refund's own, not its payment's");
}

#[test]
fn a_line_that_does_not_add_up_is_never_left_out_in_silence() {
    for odd in [
        ("credit", json!(-1)),
        ("debit", json!(200_000)),
        ("amount", json!(-1)),
        ("tax", json!(5_000_000)),
        ("currency", json!("XXQ")),
    ] {
        assert!(matches!(read(std::slice::from_ref(&odd)), Err(CallError::Unknown(_))), "{odd:?}");
    }
    let float = with(LINE, &[("credit", json!(1463.62))]);
    let wire = Script::new(vec![collection(&[float])]);
    let page = run(Settlements::list(&Razorpay, call(&account(), &wire), span(), None));
    assert!(matches!(page, Err(CallError::Unknown(_))));
}

#[test]
fn every_indian_day_of_the_span_is_asked_for_and_no_other() {
    // 2026-09-10 00:26:40 UTC is 05:56 in India; a day later is the next day there.
    let wire = Script::new(vec![collection(&[]), collection(&[])]);
    let (account, span) = (account(), span());
    let first = run(Settlements::list(&Razorpay, call(&account, &wire), span, None)).unwrap().unwrap();
    let after = first.next.expect("the second day");
    let second =
        run(Settlements::list(&Razorpay, call(&account, &wire), span, Some(&after))).unwrap().unwrap();
    assert_eq!(second.next, None);
    let asked = sent(&wire);
    assert_eq!(asked[0], "GET /v1/settlements/recon/combined?year=2026&month=09&day=10&count=1000&skip=0");
    assert_eq!(asked[1], "GET /v1/settlements/recon/combined?year=2026&month=09&day=11&count=1000&skip=0");
}
