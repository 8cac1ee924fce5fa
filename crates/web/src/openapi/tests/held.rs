//! What handlers read, asked of the handlers themselves: each parameter and each field of a body is described, and
//! what is described is taken.

use super::super::operation::Operation;
use super::super::resources;
use super::super::schema::id_like;
use crate::api::asked_for;
use crate::testing::{Answer, House};
use axum::body::Body;
use data_encoding::BASE64;
use http::Request;
use hundi_app::{Actor, api_keys};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A shop with one of everything that something can be listed beneath.
struct Shop {
    house: House,
    basic: String,
}

impl Shop {
    async fn new() -> Self {
        let house = House::new().await;
        let by = Actor::new("command", "");
        let (key, secret) = api_keys::create(&house.app, house.scope, &by, "test").await.expect("a key");
        let pair = format!("{}:{}", key.id, secret.expose());
        Self { house, basic: format!("Basic {}", BASE64.encode(pair.as_bytes())) }
    }

    /// Of something that is there, so that a handler goes on to read what came with the request.
    async fn id_of(&self, operation: &Operation) -> String {
        let (house, scope) = (&self.house, self.house.scope);
        match operation.of {
            Some("ord") => house.order(scope, |_| ()).await.id.to_string(),
            Some("pay") => {
                let connection = house.connection(scope, &house.app.nonce()).await;
                let order = house.order(scope, |_| ()).await;
                house.payment(&order, connection, None, &[]).await.to_string()
            }
            Some("whe") => {
                // One that is there, since a merchant may have only so many.
                let json = |answer: Answer| serde_json::from_str::<Value>(&answer.text).expect("JSON");
                let there = json(self.asks("GET", "/endpoints", None).await);
                let id = match there["data"][0]["id"].as_str() {
                    Some(id) => id.to_owned(),
                    None => {
                        let new = json!({ "url": "https://shop.example/hook" }).to_string();
                        let made = json(self.asks("POST", "/endpoints", Some(new)).await);
                        made["id"].as_str().expect("it was made").to_owned()
                    }
                };
                asked_for::taken();
                id
            }
            Some(prefix) => id_like(prefix),
            None => String::new(),
        }
    }

    async fn asks(&self, method: &str, path: &str, body: Option<String>) -> Answer {
        let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        let mut request = request.header("authorization", &self.basic);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        self.house.send(request.body(Body::from(body.unwrap_or_default())).expect("a request")).await
    }

    async fn sends(&self, operation: &Operation, query: &str, body: Option<&Value>) -> Answer {
        let path = operation.path.replace("{id}", &self.id_of(operation).await);
        asked_for::taken();
        let method = operation.method.to_uppercase();
        self.asks(&method, &format!("{path}{query}"), body.map(Value::to_string)).await
    }
}

#[tokio::test]
async fn every_parameter_that_a_handler_asks_for_is_described() {
    let shop = Shop::new().await;
    for resource in resources() {
        for operation in &resource.operations {
            let described: BTreeSet<String> = operation.query().iter().map(|p| p.name.to_owned()).collect();
            shop.sends(operation, "", None).await;
            let asked = asked_for::taken();
            assert_eq!(asked, described, "{}: asked for and described, in src/openapi/", operation.name);
        }
    }
}

#[tokio::test]
async fn every_described_parameter_is_taken() {
    let shop = Shop::new().await;
    for resource in resources() {
        for operation in &resource.operations {
            for parameter in &operation.query() {
                let Some(value) = parameter.value_like() else { continue };
                let mut query = format!("?{}={}", parameter.name, value.replace('+', "%2B"));
                for other in operation.needed().iter().filter(|p| p.name != parameter.name) {
                    let value = other.example.as_str().map_or(other.example.to_string(), str::to_owned);
                    query += &format!("&{}={value}", other.name);
                }
                let answer = shop.sends(operation, &query, None).await;
                assert_ne!(answer.status, 400, "{} {query}: {}", operation.name, answer.text);
            }
            let unknown = shop.sends(operation, "?nobody_reads_this=1", None).await;
            assert_eq!(unknown.status, 400, "{} takes what nobody described", operation.name);
        }
    }
}

#[tokio::test]
async fn every_field_of_a_body_is_described_and_taken() {
    let shop = Shop::new().await;
    for resource in resources() {
        for operation in &resource.operations {
            let Some((fields, example)) = operation.body() else { continue };
            let described: BTreeSet<String> = fields.iter().map(|f| f.name.to_owned()).collect();
            knows(&shop, operation, &[], &described).await;
            for field in fields.iter().filter(|field| field.schema["properties"].is_object()) {
                let inner = field.schema["properties"].as_object().expect("just seen").keys().cloned();
                knows(&shop, operation, &[field.name], &inner.collect()).await;
            }
            let whole = shop.sends(operation, "", Some(example)).await;
            assert_ne!(whole.status, 400, "{}: {}", operation.name, whole.text);
            for field in fields.iter().filter(|field| !field.required && example.get(field.name).is_some()) {
                let mut one: Value = example.clone();
                let names = fields.iter().filter(|f| !f.required && f.name != field.name).map(|f| f.name);
                names.for_each(|name| drop(one.as_object_mut().expect("an object").remove(name)));
                let answer = shop.sends(operation, "", Some(&one)).await;
                assert_ne!(answer.status, 400, "{} {}: {}", operation.name, field.name, answer.text);
            }
        }
    }
}

/// A field that nobody knows is refused, and the parser then knows exactly those that are described.
async fn knows(shop: &Shop, operation: &Operation, within: &[&str], described: &BTreeSet<String>) {
    const NOBODYS: &str = "nobody_reads_this";
    let mut body = json!({ NOBODYS: 1 });
    for name in within.iter().rev() {
        body = json!({ *name: body });
    }
    let answer = shop.sends(operation, "", Some(&body)).await;
    let known = asked_for::taken();
    let param = within.iter().chain(&[NOBODYS]).copied().collect::<Vec<_>>().join(".");
    let problem: Value = serde_json::from_str(&answer.text).expect("JSON");
    assert_eq!(
        (problem["status"].as_u64(), problem["param"].as_str()),
        (Some(400), Some(&*param)),
        "{problem}"
    );
    assert_eq!(known, *described, "{} {within:?}: read and described, in src/openapi/", operation.name);
}
