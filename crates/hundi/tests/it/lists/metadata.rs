//! What is filed under metadata is found by it.

use super::ids;
use crate::house::TestApp;
use serde_json::json;

#[tokio::test]
async fn orders_payments_and_refunds_are_found_by_their_pairs() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let body = |metadata| json!({ "amount": 60_000, "currency": "INR", "metadata": metadata });
    let table_4 = shop.creates_order_with(body(json!({ "table": "4", "waiter": "R. Das = \"Ravi\"" }))).await;
    let payment = table_4.is_paid().await;
    let table_41 = shop.creates_order_with(body(json!({ "table": "41" }))).await;
    let plain = shop.creates_order(60_000).await;
    plain.begins("script").await;
    let theirs = other.creates_order_with(body(json!({ "table": "4" }))).await;
    let refund =
        payment.asks_refund(&json!({ "amount": 100, "metadata": { "till": "2" } })).await.is(201).field("id");
    t.settles().await;

    let found = async |list: &str, pairs: &str| {
        let page = shop.gets(&format!("/api/v1/{list}?{pairs}")).await.is(200).json();
        ids(&page).join(" ")
    };
    assert_eq!(found("orders", "metadata[table]=4").await, table_4.id);
    assert_eq!(found("orders", "metadata%5Btable%5D=41").await, table_41.id);
    assert_eq!(found("orders", "metadata[waiter]=R.%20Das%20%3D%20%22Ravi%22").await, table_4.id);
    for nobodys in ["metadata[table]=5", "metadata[Table]=4", "metadata[table]=", "metadata[tabl]=e=4"] {
        assert!(found("orders", nobodys).await.is_empty(), "{nobodys}");
    }
    // All of several pairs, and whatever else narrows a list.
    let both = "metadata[table]=4&metadata[waiter]=R.%20Das%20%3D%20%22Ravi%22";
    assert_eq!(found("orders", both).await, table_4.id);
    assert!(found("orders", "metadata[table]=4&metadata[waiter]=nobody").await.is_empty());
    assert!(found("orders", "metadata[table]=4&status=created").await.is_empty());
    // A payment is found by its order's.
    assert_eq!(found("payments", "metadata[table]=4").await, payment.id);
    assert!(found("payments", "metadata[table]=41").await.is_empty(), "nobody has begun to pay it");
    assert_eq!(found("refunds", "metadata[till]=2").await, refund);
    assert!(found("refunds", "metadata[table]=4").await.is_empty(), "a refund has its own");
    let of_other = other.gets("/api/v1/orders?metadata[table]=4").await.is(200).json();
    assert_eq!(ids(&of_other).join(" "), theirs.id, "another merchant finds its own alone");
    t.ends().await;
}

#[tokio::test]
async fn pages_of_what_has_a_pair_go_on_where_they_ended() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let mut made = Vec::new();
    for n in 0..7 {
        let metadata = if n % 3 == 2 { json!({}) } else { json!({ "table": "4" }) };
        let body = json!({ "amount": 100, "currency": "INR", "metadata": metadata });
        let order = shop.creates_order_with(body).await;
        t.passes(1_000).await;
        if n % 3 != 2 {
            made.insert(0, order.id.clone());
        }
    }
    let list = "/api/v1/orders?metadata[table]=4";
    let first = shop.gets(&format!("{list}&limit=2")).await.is(200).json();
    assert_eq!((ids(&first), &first["has_more"]), (made[..2].to_vec(), &json!(true)));
    let rest = shop.gets(&format!("{list}&starting_after={}", made[1])).await.is(200).json();
    assert_eq!(ids(&rest), made[2..]);
    let up = shop.gets(&format!("{list}&limit=2&ending_before={}", made[4])).await.is(200).json();
    assert_eq!(ids(&up), made[2..4]);
    t.ends().await;
}

#[tokio::test]
async fn what_is_no_pair_is_refused() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for (query, param) in [
        ("metadata=4", "metadata"),
        ("metadata[]=4", "metadata"),
        ("metadata[a%20b]=4", "metadata"),
        ("metadata[table]=4111111111111111", "metadata"),
        ("metadata[a]=1&metadata[b]=1&metadata[c]=1&metadata[d]=1", "metadata"),
        ("metadata[a]=1&metadata[a]=2", "metadata[a]"),
        ("metadata[a=1", "metadata[a"),
    ] {
        for list in ["orders", "payments", "refunds"] {
            let refused = shop.gets(&format!("/api/v1/{list}?{query}")).await.refuses(400, "invalid_field");
            assert_eq!(refused.field("param"), param, "{query}");
        }
    }
    t.ends().await;
}
