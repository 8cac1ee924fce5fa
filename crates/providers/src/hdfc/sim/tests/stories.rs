//! Orders, tries and refunds, as a merchant and a payer meet them.

use super::*;

#[test]
fn refunds_by_every_path() {
    let mut w = World::new();
    for order in ["hundi0001", "hundi0002", "hundi0003"] {
        w.paid(order);
    }
    // The bank's path.
    let (status, order) =
        w.call("POST", "/orders/hundi0001/refunds", FORM, "unique_request_id=rf0001&amount=100");
    assert_eq!(status, 200, "{order}");
    let refund = &order["refunds"][0];
    assert_eq!(
        (&refund["status"], &refund["sent_to_gateway"], &refund["id"]),
        (&json!("PENDING"), &json!(false), &Value::Null)
    );
    assert_eq!((&order["refunded"], &order["amount_refunded"]), (&json!(true), &json!(100)));
    assert_eq!(order["maximum_eligible_refund_amount"], 399);
    // The kit's, which names the order in the body; all of it.
    let (status, order) = w.call("POST", "/refunds", FORM, "order_id=hundi0002&unique_request_id=rf0002");
    assert_eq!((status, &order["amount_refunded"], &order["status"]), (200, &json!(499), &json!("CHARGED")));
    // Juspay's, which names the try and answers the refund.
    let (status, refund) =
        w.call("POST", "/refunds", FORM, "txn_id=SGTEST-hundi0003-1&unique_request_id=rf0003&amount=1.50");
    assert_eq!(
        (status, &refund["unique_request_id"], &refund["order_id"]),
        (200, &json!("rf0003"), &json!("hundi0003"))
    );
    w.now = w.now.plus(minutes(2));
    assert_eq!(w.get("hundi0001")["refunds"][0]["status"], "SUCCESS");

    let mut code = |order: &str, body: &str| {
        let (status, said) = w.call("POST", &format!("/orders/{order}/refunds"), FORM, body);
        (status, said["error_code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(code("hundi0001", "unique_request_id=rf0001&amount=100"), (400, "duplicate.call".to_owned()));
    assert_eq!(
        code("hundi0001", "unique_request_id=rf0009&amount=400"),
        (400, "invalid.amount.exceeded".to_owned())
    );
    assert_eq!(code("hundi0001", "unique_request_id=rf0009&amount=0"), (400, "invalid amount".to_owned()));
    assert_eq!(code("hundi0001", "amount=1"), (400, "Mandatory fields are missing".to_owned()));
    assert_eq!(code("hundi0001", "unique_request_id=with-hyphen&amount=1").0, 400);
    assert_eq!(code("nobody", "unique_request_id=rf0009&amount=1"), (404, String::new()));
}

#[test]
fn holds_are_taken_and_let_go() {
    let mut w = World::new();
    for (order, verb, status) in [("hundi0001", "capture", "CHARGED"), ("hundi0002", "void", "VOIDED")] {
        let body = format!("order_id={order}&amount=10&metadata.txns.auto_capture=false");
        assert_eq!(w.call("POST", "/orders", FORM, &body).0, 200);
        w.pays(&json!({"order": order, "outcome": "pay"}));
        let held = w.get(order);
        assert_eq!((&held["status"], &held["status_id"]), (&json!("AUTHORIZED"), &json!(25)));
        let path = format!("/v2/txns/{}/{verb}", held["txn_uuid"].as_str().unwrap());
        assert_eq!(w.call("POST", &path, FORM, "").1["status"], status);
        assert_eq!(w.call("POST", &path, FORM, "").0, 400);
    }
    assert_eq!(w.happened(), ["order", "authorized", "captured", "order", "authorized", "released"]);
}

#[test]
fn a_second_success_is_given_back() {
    let mut w = World::new();
    w.session("hundi0001", "499.00");
    w.pays(&json!({"order": "hundi0001", "outcome": "silent", "late_ms": 600_000}));
    w.pays(&json!({"order": "hundi0001", "outcome": "pay"}));
    assert_eq!(w.pays(&json!({"order": "hundi0001", "outcome": "pay"}))["error"], "the order is CHARGED");
    w.now = w.now.plus(minutes(20));
    let order = w.get("hundi0001");
    assert_eq!((&order["status"], &order["txn_id"]), (&json!("CHARGED"), &json!("SGTEST-hundi0001-2")));
    assert_eq!(w.happened(), ["order", "authorized", "captured", "released"]);
}

#[test]
fn an_order_ends() {
    let mut w = World::new();
    let body = json!({
        "order_id": "hundi0001", "amount": "1.00", "payment_page_client_id": "x", "metadata.expiryInMins": "30",
    });
    let (_, said) = w.call("POST", "/session", "application/json", &body.to_string());
    let page = format!("/payment-page/order/{}", said["id"].as_str().unwrap());
    let shown = |w: &mut World| String::from_utf8(w.send("GET", &page, &[], "").body).unwrap();
    assert!(shown(&mut w).contains("Pay with"));
    w.now = w.now.plus(minutes(31));
    assert!(shown(&mut w).contains("Expired"));
    assert_eq!(w.pays(&json!({"order": "hundi0001", "outcome": "pay"}))["error"], "the order has expired");
    assert_eq!(w.get("hundi0001")["status"], "NEW");
}

#[test]
fn a_person_pays_on_the_page_and_is_sent_back() {
    let mut w = World::new();
    let (_, said) = w.session("hundi0001", "499.00");
    let page = format!("/merchant/ipay/{}", said["id"].as_str().unwrap());
    let answer = w.send("POST", &page, &[], "method=card&outcome=pay");
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.contains("https://pay.example/r") && text.contains("CHARGED"), "{text}");
    assert_eq!(w.get("hundi0001")["card"]["last_four_digits"], "1111");
    assert_eq!(w.send("GET", "/merchant/ipay/ordeh_none", &[], "").status, 404);
}

#[test]
fn the_same_seed_and_calls_give_the_same_world() {
    let play = || {
        let mut w = World::new();
        w.paid("hundi0001");
        w.now = w.now.plus(minutes(5));
        let bodies: Vec<_> = w.due().into_iter().map(|out| out.body).collect();
        (w.get("hundi0001"), bodies)
    };
    assert_eq!(play(), play());
}
