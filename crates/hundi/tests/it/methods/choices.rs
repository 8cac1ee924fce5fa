//! What a connection can be paid with.

use crate::house::TestApp;
use hundi_core::time::minutes;
use serde_json::json;

#[tokio::test]
async fn banks_wallets_and_plans_are_the_providers_own_and_asked_for_seldom() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let path = format!("/api/v1/connections/{}/methods", shop.connection);
    let all = shop.gets(&path).await.is(200).json();
    assert_eq!(all["listed_by_provider"], true);
    let netbanking = all["methods"].as_array().unwrap().iter().find(|m| m["method"] == "netbanking").unwrap();
    assert!(netbanking["banks"].as_array().unwrap().contains(&json!({
        "code": "HDFC", "name": "HDFC Bank", "corporate": null
    })));
    let sized = shop.gets(&format!("{path}?amount=1000000")).await.is(200).json();
    let plan =
        sized["emi"].as_array().unwrap().iter().find(|p| p["bank"] == "ICIC" && p["months"] == 12).unwrap();
    assert_eq!(plan["rate_bps"], 1599);
    let (monthly, total) = (plan["monthly_amount"].as_i64().unwrap(), plan["total_amount"].as_i64().unwrap());
    assert_eq!((total, plan["interest_amount"].as_i64().unwrap()), (monthly * 12, monthly * 12 - 1_000_000));
    // Too little for either bank.
    let little = shop.gets(&format!("{path}?amount=100000")).await.is(200).json();
    assert_eq!(little["emi"], json!([]));
    assert_eq!(t.calls("GET", "/v1/methods"), 1);
    t.passes(minutes(20)).await;
    shop.gets(&path).await.is(200);
    assert_eq!(t.calls("GET", "/v1/methods"), 2);
    for bad in ["amount=0", "amount=1.5", "currency=rupees", "bank=HDFC"] {
        shop.gets(&format!("{path}?{bad}")).await.refuses(400, "invalid_field");
    }

    // One whose lists no document confirms: what it generally offers, and it says so.
    let other = t.shop_at("phonepe").await;
    let path = format!("/api/v1/connections/{}/methods", other.connection);
    let general = other.gets(&path).await.is(200).json();
    assert_eq!((&general["listed_by_provider"], &general["emi"]), (&json!(false), &json!([])));
    assert!(!general["methods"].as_array().unwrap().is_empty());
    shop.gets(&path).await.refuses(404, "not_found");
    t.ends().await;
}
