//! Lists as files.

use super::ids;
use crate::house::{Shop, TestApp, operator};
use hundi_app::exports::{self, Ask, Format, Of};
use hundi_core::order::{LateSuccess, Status};
use hundi_core::time::minutes;
use hundi_core::{Millis, Money, OrderId};
use hundi_store::orders::{self, Order};
use serde_json::json;
use std::collections::BTreeSet;

/// The rows of a CSV file, by its own rules.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = csv.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && row.is_empty() && !quoted, "the last line has its end");
    rows
}

/// The column of this name.
fn column<'r>(rows: &'r [Vec<String>], name: &str) -> Vec<&'r str> {
    let at = rows[0].iter().position(|heading| heading == name).unwrap_or_else(|| panic!("no {name}"));
    rows[1..].iter().map(|row| row[at].as_str()).collect()
}

async fn csv(shop: &Shop<'_>, asked: &str) -> Vec<Vec<String>> {
    let answer = shop.gets(&format!("/api/v1/{asked}")).await.is(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    rows(&answer.text())
}

#[tokio::test]
async fn a_file_holds_what_its_list_holds() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    other.creates_order(70_000).await.is_paid().await;
    for (n, name) in ["Asha Rao", "=cmd|'/c calc'!A1", "O\"Brien, \"Jr\""].iter().enumerate() {
        let body = json!({
            "amount": 149_905, "currency": "INR", "receipt": format!("R-{n}"), "description": "+1 chair",
            "customer": { "name": name, "phone": "+919876543210" }, "metadata": { "table": "4" },
        });
        let payment = shop.creates_order_with(body).await.is_paid().await;
        if n == 0 {
            payment.refunds(9_905).await;
        }
        // Until the refund is through; and so that one is newer than the other.
        t.passes(minutes(1)).await;
    }

    for list in ["orders", "payments", "refunds"] {
        let listed = shop.gets(&format!("/api/v1/{list}?limit=100")).await.is(200).json();
        let file = csv(&shop, &format!("{list}/export?format=csv")).await;
        assert_eq!(column(&file, "id"), ids(&listed), "{list}, in the same order");
        let widths: BTreeSet<usize> = file.iter().map(Vec::len).collect();
        assert_eq!(widths.len(), 1, "{list}: every row has every column");
        let minor = listed["data"].as_array().unwrap().iter().map(|row| row["amount"].to_string());
        assert_eq!(column(&file, "amount_minor"), minor.collect::<Vec<_>>(), "{list}");
    }
    let file = csv(&shop, "payments/export?format=csv").await;
    assert_eq!(column(&file, "amount"), ["1499.05"; 3]);
    assert_eq!(column(&file, "amount_refunded"), ["0.00", "0.00", "99.05"]);
    assert_eq!(column(&file, "status"), ["captured", "captured", "partially_refunded"]);
    assert_eq!(column(&file, "provider"), ["razorpay"; 3]);
    // Nothing that a payer or merchant typed runs in a spreadsheet.
    assert_eq!(column(&file, "customer_name"), ["O\"Brien, \"Jr\"", "'=cmd|'/c calc'!A1", "Asha Rao"]);
    assert_eq!(column(&file, "customer_phone"), ["'+919876543210"; 3]);
    let orders = csv(&shop, "orders/export?format=csv").await;
    assert_eq!(column(&orders, "description"), ["'+1 chair"; 3]);
    // The merchant is in Kolkata.
    assert!(column(&orders, "created_utc").iter().all(|at| at.starts_with("2026-11-21T08:")));
    assert!(column(&orders, "created_local").iter().all(|at| at.starts_with("2026-11-21 13:")));

    // The same filters.
    let some = csv(&shop, "payments/export?format=csv&reference=R-1&metadata[table]=4&amount[gte]=1").await;
    assert_eq!(column(&some, "receipt"), ["R-1"]);
    assert_eq!(csv(&shop, "payments/export?format=csv&status=failed").await.len(), 1, "headings alone");
    assert_eq!(shop.audited("export.begin").await, 7);
    t.ends().await;
}

#[tokio::test]
async fn a_workbook_is_an_archive_of_sheets() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    shop.creates_order(149_900).await.is_paid().await;
    let answer = shop.gets("/api/v1/payments/export?format=xlsx").await.is(200);
    assert_eq!(
        answer.header("content-type"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    let name = answer.header("content-disposition");
    assert_eq!(name, "attachment; filename=\"payments-2026-11-21.xlsx\"");
    assert!(answer.body.starts_with(b"PK\x03\x04") && answer.body.windows(4).any(|w| w == b"PK\x05\x06"));
    t.ends().await;
}

#[tokio::test]
async fn what_is_no_export_is_refused() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for (query, param) in [
        ("", "format"),
        ("format=pdf", "format"),
        ("format=", "format"),
        ("format=csv&format=xlsx", "format"),
        ("format=csv&limit=10", "limit"),
        ("format=csv&starting_after=pay_1", "starting_after"),
        ("format=csv&expand[]=order", "expand[]"),
        ("format=csv&status=Captured", "status"),
        ("format=csv&created[gte]=2026", "created[gte]"),
        ("format=csv&reference=4111111111111111", "reference"),
    ] {
        for list in ["orders", "payments", "refunds"] {
            let refused =
                shop.gets(&format!("/api/v1/{list}/export?{query}")).await.refuses(400, "invalid_field");
            assert_eq!(refused.field("param"), param, "{list} {query}");
        }
    }
    assert_eq!(shop.audited("export.begin").await, 0);
    t.ends().await;
}

fn order(shop: &Shop<'_>, n: u32) -> Order {
    let at = Millis(1_795_000_000_000 + i64::from(n / 3));
    let mut entropy = [0; 10];
    entropy[..4].copy_from_slice(&n.to_be_bytes());
    Order {
        id: OrderId::new(at, entropy),
        scope: shop.scope,
        amount: Money::inr(i64::from(n) + 1),
        status: Status::Created,
        attempted: false,
        late_success: LateSuccess::Refund,
        capture_manual: false,
        receipt: Some(format!("R-{n}")),
        description: None,
        payer_name: None,
        payer_email: None,
        payer_phone: None,
        metadata: "{}".into(),
        customer: None,
        offer_saved: false,
        return_url: None,
        expires_at: None,
        expired_at: None,
        cancelled_at: None,
        created_by: "story".into(),
        created_at: at,
        updated_at: at,
        version: 1,
        event_seq: 0,
    }
}

/// A hundred thousand rows, and never more than a page of them at once: counted piece by piece.
#[tokio::test]
async fn a_long_list_goes_out_page_by_page() {
    const CHUNK: u32 = 5_000;
    // What is held at once is the same on every engine: the whole length on one of them is enough.
    let elsewhere = std::env::var("HUNDI_TEST_ENGINE").is_ok_and(|engine| engine != "sqlite");
    let rows: u32 = if elsewhere { 10_000 } else { 100_000 };
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for chunk in 0..rows / CHUNK {
        let all: Vec<Order> = (chunk * CHUNK..(chunk + 1) * CHUNK).map(|n| order(&shop, n)).collect();
        let written = t.store().write(async move |tx| {
            for order in &all {
                orders::insert(tx, order).await?;
            }
            Ok::<_, hundi_store::DbError>(())
        });
        written.await.unwrap();
    }
    for format in Format::ALL {
        let of = Of::Orders(orders::Filter::default());
        let ask = Ask { of, format, from: Millis(i64::MIN), to: Millis(i64::MAX), words: Vec::new() };
        let mut export = exports::begin(t.app(), shop.scope, &operator(), ask).await.unwrap();
        let (mut pieces, mut most, mut seen) = (0_u32, 0, 0);
        while let Some(piece) = export.next().await.unwrap() {
            pieces += 1;
            most = most.max(piece.len());
            let of_this = export.rows() - seen;
            assert!(of_this <= 500, "{of_this} rows at once");
            seen = export.rows();
            if format == Format::Csv {
                let lines = piece.iter().filter(|byte| **byte == b'\n').count();
                assert_eq!(u64::try_from(lines).unwrap(), of_this + u64::from(pieces == 1));
            }
        }
        // A workbook has its end still to come when its rows are out.
        let ends = if format == Format::Xlsx { 1 } else { 0 };
        assert_eq!((seen, pieces), (u64::from(rows), rows / 500 + ends), "{format:?}");
        assert!(most < 200_000, "{format:?}: {most} bytes at once");
    }
    t.ends_unwitnessed().await;
}

#[tokio::test]
async fn a_few_exports_run_at_once_and_the_next_waits() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let ask = || Ask {
        of: Of::Orders(orders::Filter::default()),
        format: Format::Csv,
        from: Millis(i64::MIN),
        to: Millis(i64::MAX),
        words: Vec::new(),
    };
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(exports::begin(t.app(), shop.scope, &operator(), ask()).await.unwrap());
    }
    shop.gets("/api/v1/orders/export?format=csv").await.refuses(429, "too_many");
    open.pop();
    shop.gets("/api/v1/orders/export?format=csv").await.is(200);
    t.ends().await;
}
