//! What is shown beside an object when it is asked for.

use super::ids;
use crate::house::TestApp;
use serde_json::{Value, json};

#[tokio::test]
async fn an_object_comes_with_what_it_names() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(60_000).await;
    let payment = order.is_paid().await;
    let refund = payment.refunds(10_000).await;
    t.settles().await;
    let read = async |path: String| shop.gets(&format!("/api/v1/{path}")).await.is(200).json();
    let plain = async |path: &str| read(path.to_owned()).await;
    let (order_id, payment_id) = (order.id.as_str(), payment.id.as_str());
    let refund_id = refund["id"].as_str().unwrap();

    let shown =
        read(format!("orders/{order_id}?expand[]=payments.refunds&expand[]=payments.connection")).await;
    let inner = &shown["payments"]["data"][0];
    assert_eq!(ids(&shown["payments"]), [payment_id]);
    assert_eq!(ids(&inner["refunds"]), [refund_id]);
    assert_eq!(inner["connection"], plain(&format!("connections/{}", shop.connection)).await);
    // What is shown within is what its own address shows.
    assert_eq!(inner["refunds"]["data"][0], plain(&format!("refunds/{refund_id}")).await);
    let mut bare = shown.clone();
    bare.as_object_mut().unwrap().remove("payments");
    assert_eq!(bare, order.reads().await);

    let shown =
        read(format!("payments/{payment_id}?expand[]=order&expand[]=connection&expand[]=refunds")).await;
    assert_eq!(shown["order"], order.reads().await);
    assert_eq!(shown["connection"]["id"], json!(shop.connection.to_string()));
    assert_eq!(ids(&shown["refunds"]), [refund_id]);

    let shown = read(format!("refunds/{refund_id}?expand[]=payment.connection&expand[]=order")).await;
    assert_eq!(shown["payment"]["connection"]["id"], json!(shop.connection.to_string()));
    assert_eq!((&shown["payment"]["id"], &shown["order"]["id"]), (&json!(payment_id), &json!(order_id)));

    let event = plain("events?type=order.paid&limit=1").await["data"][0]["id"].as_str().unwrap().to_owned();
    let shown = read(format!("events/{event}?expand[]=deliveries")).await;
    assert_eq!(shown["deliveries"]["data"][0]["endpoint_id"], json!(shop.endpoint));
    assert_eq!(shown["deliveries"]["data"][0]["event_id"], json!(event));
    t.ends().await;
}

#[tokio::test]
async fn every_row_of_a_list_comes_with_its_own() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let mut made = Vec::new();
    for n in 1..=3_i64 {
        let order = shop.creates_order(n * 10_000).await;
        let payment = order.is_paid().await;
        for _ in 0..n {
            payment.refunds(100).await;
        }
        made.insert(0, (order.id.clone(), payment.id.clone(), n));
        // Of the same instant, the id alone would decide which comes first.
        t.passes(1_000).await;
    }
    let lonely = shop.creates_order(70_000).await;
    t.settles().await;

    let orders = shop.gets("/api/v1/orders?expand[]=payments.refunds").await.is(200).json();
    let rows = orders["data"].as_array().unwrap();
    assert_eq!((rows[0]["id"].as_str().unwrap(), ids(&rows[0]["payments"]).len()), (lonely.id.as_str(), 0));
    for ((order, payment, n), row) in made.iter().zip(&rows[1..]) {
        assert_eq!(
            (row["id"].as_str().unwrap(), ids(&row["payments"])),
            (order.as_str(), vec![payment.clone()])
        );
        assert_eq!(i64::try_from(ids(&row["payments"]["data"][0]["refunds"]).len()).unwrap(), *n);
    }
    for list in [
        "payments?expand[]=order&expand[]=refunds",
        "refunds?expand[]=order&expand[]=payment",
        "events?expand[]=deliveries&limit=100",
    ] {
        let page = shop.gets(&format!("/api/v1/{list}")).await.is(200).json();
        for row in page["data"].as_array().unwrap() {
            let same = |id: &str, inner: &Value| row[id].is_null() || row[id] == inner["id"];
            assert!(same("order_id", &row["order"]), "{row}");
            assert!(row["payment"].is_null() || same("payment_id", &row["payment"]), "{row}");
            for within in row["refunds"]["data"].as_array().into_iter().flatten() {
                assert_eq!(within["payment_id"], row["id"]);
            }
            for within in row["deliveries"]["data"].as_array().into_iter().flatten() {
                assert_eq!(within["event_id"], row["id"]);
            }
        }
    }
    t.ends().await;
}

/// However many rows a page has, the statements are as many as the steps that were asked for.
#[tokio::test]
async fn a_long_page_takes_few_readings() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for _ in 0..12 {
        shop.creates_order(10_000).await.is_paid().await;
    }
    let statements = async |path: &str| {
        let before = t.store().metrics().statements;
        shop.gets(path).await.is(200);
        t.store().metrics().statements - before
    };
    let all = "expand[]=payments.refunds&expand[]=payments.connection";
    let one = statements(&format!("/api/v1/orders?limit=1&{all}")).await;
    let twelve = statements(&format!("/api/v1/orders?limit=12&{all}")).await;
    // Caches look once a second whether they are still true.
    assert!(twelve <= one + 3 && one > 3, "{one} for one, {twelve} for twelve");
    t.ends().await;
}

#[tokio::test]
async fn what_nobody_knows_is_refused_with_what_is_known() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let order = shop.creates_order(10_000).await;
    for path in ["orders".to_owned(), format!("orders/{}", order.id)] {
        for word in ["", "refunds", "payments.refunds.payment", "payments,payments.refunds", "customer"] {
            let refused =
                shop.gets(&format!("/api/v1/{path}?expand[]={word}")).await.refuses(400, "invalid_field");
            assert_eq!(refused.field("param"), "expand[]");
            assert!(refused.field("message").contains("payments.refunds"), "{}", refused.text());
        }
    }
    // What a POST answers is kept for its repeats: nothing is put beside it.
    let asked =
        shop.posts(&format!("/api/v1/orders/{}/cancel?expand[]=payments", order.id), &json!({})).await;
    let refused = asked.refuses(400, "invalid_field");
    assert!(refused.field("message").contains("read the object"), "{}", refused.text());
    order.is("created").await;
    t.ends().await;
}
