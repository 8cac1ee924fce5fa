//! Customers: made, found, changed, erased.

use crate::house::{TestApp, text};
use hundi_core::time::minutes;
use serde_json::{Value, json};

#[tokio::test]
async fn a_customer_is_found_by_address_and_number_and_changed() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let body = json!({ "name": "Asha Rao", "email": "Asha@example.com", "phone": "+919812345678" });
    let made = shop.posts_once("/api/v1/customers", &body, "one").await.is(201);
    assert_eq!(shop.posts_once("/api/v1/customers", &body, "one").await.is(201).text(), made.text());
    let id = made.field("id");
    shop.customer().await;
    for filter in ["email=asha%40example.com", "phone=%2B919812345678"] {
        let found = shop.gets(&format!("/api/v1/customers?{filter}")).await.is(200).json();
        let ids: Vec<String> = found["data"].as_array().unwrap().iter().map(|c| text(c, "id")).collect();
        assert_eq!(ids, std::slice::from_ref(&id), "{filter}");
    }
    let path = format!("/api/v1/customers/{id}");
    let changed = shop.posts(&path, &json!({ "name": null, "phone": "+919812345679" })).await.is(200).json();
    assert_eq!((&changed["name"], text(&changed, "phone")), (&Value::Null, "+919812345679".to_owned()));
    assert_eq!(text(&changed, "email"), "Asha@example.com");

    // Another merchant's customer is nobody's.
    other.gets(&path).await.refuses(404, "not_found");
    other.posts(&path, &json!({})).await.refuses(404, "not_found");
    other.deletes(&path).await.refuses(404, "not_found");
    let theirs = json!({ "amount": 10_000, "currency": "INR", "customer_id": id });
    other.posts("/api/v1/orders", &theirs).await.refuses(400, "invalid_field");
    t.ends().await;
}

#[tokio::test]
async fn an_erased_customer_leaves_ids_and_money_behind() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let customer = shop.customer().await;
    let method = shop.keeps_a_card(&customer).await;
    let order = shop.order_of(&customer, 30_000).await;
    let charged = shop.charges(&order, &method).await.is(201).json();
    assert_eq!(charged["status"], "captured");
    assert_eq!(order.reads().await["customer"]["name"], "Asha Rao");

    let path = format!("/api/v1/customers/{customer}");
    for _ in 0..2 {
        let gone = shop.deletes(&path).await.is(200).json();
        assert_eq!(
            (&gone["deleted"], &gone["email"], &gone["name"]),
            (&json!(true), &Value::Null, &Value::Null)
        );
    }
    t.passes(minutes(5)).await;
    let read = order.reads().await;
    assert_eq!(read["customer"], json!({ "name": null, "email": null, "phone": null }));
    assert_eq!((text(&read, "status"), text(&read, "customer_id")), ("paid".into(), customer.clone()));
    assert_eq!(shop.methods_of(&customer).await.len(), 0);
    assert_eq!(shop.gets(&format!("/api/v1/saved_methods/{method}")).await.field("status"), "deleted");
    shop.posts(&path, &json!({ "name": "Asha" })).await.refuses(404, "not_found");
    let again = json!({ "amount": 10_000, "currency": "INR", "customer_id": customer });
    shop.posts("/api/v1/orders", &again).await.refuses(400, "invalid_field");
    t.ends().await;
}
