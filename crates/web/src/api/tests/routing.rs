//! Names of routing rules are lines of text, as every line is.

use super::house::House;
use axum::body::Body;

#[tokio::test]
async fn a_rule_is_named_by_one_line_without_card_numbers() {
    let house = House::new().await;
    let put = async |name: &str| {
        let to = r#"[{"connection":"conn_01kq8q4t6w8y0a2c4e6g8j0k2m"}]"#;
        let body = format!("{{\"rules\":[{{\"name\":\"{name}\",\"to\":{to}}}]}}");
        let request = house.asks("PUT", "/routing").header("content-type", "application/json");
        house.send(request.body(Body::from(body)).unwrap()).await
    };
    for name in ["", " ", "a\\u0000b", "\\u009b", "up\\u202epu", "4111 1111 1111 1111", &"x".repeat(81)] {
        House::is_problem(&put(name).await, 400, "invalid_field", Some("rules[0].name"));
    }
    // The name is fine, and nobody has that connection.
    House::is_problem(&put("UPI by day").await, 400, "invalid_field", Some("rules[0].to[0].connection"));
    assert_eq!(house.get("/routing").await.json["rules"].as_array().map(Vec::len), Some(0));
}
