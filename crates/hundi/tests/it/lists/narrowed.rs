//! Filters of orders, payments and refunds.

use super::ids;
use crate::house::TestApp;
use serde_json::json;

#[tokio::test]
async fn amounts_providers_currencies_and_references_narrow_lists() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let mut orders = Vec::new();
    for (n, minor) in [10_000, 20_000, 30_000].into_iter().enumerate() {
        let body = json!({
            "amount": minor, "currency": "INR", "receipt": format!("R-{n}"), "customer": { "email": format!("p{n}@example.com") },
        });
        let order = shop.creates_order_with(body).await;
        let payment = order.is_paid().await;
        orders.push((order.id.clone(), payment));
    }
    let refund = orders[2].1.refunds(15_000).await;
    t.settles().await;
    let refund = shop.gets(&format!("/api/v1/refunds/{}", refund["id"].as_str().unwrap())).await.json();
    let count = async |query: &str| ids(&shop.gets(&format!("/api/v1/{query}")).await.is(200).json()).len();

    for list in ["orders", "payments"] {
        for (query, n) in [
            ("amount=20000", 1),
            ("amount[gte]=20000", 2),
            ("amount[gt]=20000", 1),
            ("amount[lte]=20000", 2),
            ("amount[lt]=20000", 1),
            ("amount[gt]=10000&amount[lt]=30000", 1),
            ("amount[gt]=20000&amount[lt]=20000", 0),
            ("amount=20000&amount[gt]=20000", 0),
            ("currency=INR", 3),
            ("currency=USD", 0),
            ("reference=r-1", 1),
            ("reference=P1%40EXAMPLE.COM", 1),
            ("reference=R-", 0),
        ] {
            assert_eq!(count(&format!("{list}?{query}")).await, n, "{list}?{query}");
        }
        for id in [&orders[0].0, &orders[0].1.id, &orders[0].1.our_ref] {
            assert_eq!(count(&format!("{list}?reference={id}")).await, 1, "{list} {id}");
        }
    }
    assert_eq!((count("payments?provider=razorpay").await, count("payments?provider=paytm").await), (3, 0));
    // The bank's own number, as it stands on a statement.
    let paid = shop.gets(&format!("/api/v1/payments/{}", orders[0].1.id)).await.json();
    let bank_ref = paid["tries"][0]["bank_ref"].as_str().expect("the simulator's bank gives one");
    assert_eq!(
        ids(&shop.gets(&format!("/api/v1/payments?reference={bank_ref}")).await.json()),
        [orders[0].1.id.clone()]
    );

    for (query, n) in [
        ("amount=15000", 1),
        ("amount[gt]=15000", 0),
        ("provider=razorpay", 1),
        ("provider=hdfc", 0),
        ("reason=other", 1),
        ("reason=damaged", 0),
        (&format!("order_id={}", orders[2].0), 1),
        (&format!("order_id={}", orders[1].0), 0),
        (&format!("connection_id={}", shop.connection), 1),
    ] {
        assert_eq!(count(&format!("refunds?{query}")).await, n, "refunds?{query}");
    }
    for name in ["id", "our_ref", "provider_refund", "payment_id", "order_id"] {
        let value = refund[name].as_str().unwrap_or_else(|| panic!("{name}: {refund}"));
        assert_eq!(count(&format!("refunds?reference={value}")).await, 1, "{name}");
    }
    t.ends().await;
}
