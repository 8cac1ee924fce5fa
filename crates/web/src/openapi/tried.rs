//! A request of the reference page's form, for browsers without script: sent to our own API with the key that was
//! typed, which is then forgotten. Only test keys, so that nobody types a live one into a page of examples.

use super::operation::Operation;
use super::{page, resources};
use crate::api;
use crate::edge::ClientAddr;
use crate::pages::reference::Tried;
use crate::web::{Web, with_request_id};
use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn_with_state;
use data_encoding::BASE64;
use http::Request;
use tower::ServiceExt;
use url::form_urlencoded;

const TEST_KEYS_ONLY: &str =
    "Type the id and the secret of a test key (hk_test_…, hs_test_…). Nothing was sent.";
const NOT_AN_ID: &str = "Type the id of an object. Nothing was sent.";
const NOT_A_KEY: &str = "An Idempotency-Key has 1 to 255 printable ASCII characters. Nothing was sent.";
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// What was typed: parameters under `q.` and their name.
pub(crate) type Typed = Vec<(String, String)>;

/// The page that tells. None where there is no such operation.
pub(crate) async fn tried(web: &Web, name: &str, typed: &Typed, client: Option<ClientAddr>) -> Option<Tried> {
    let all = resources();
    let operation = all.iter().flat_map(|r| &r.operations).find(|operation| operation.name == name)?;
    let (product, shown) = (web.settings.product.clone(), page::one(name, &web.app.config.public_url)?);
    let told = |refused, answer| Some(Tried { product, operation: shown, refused, answer });
    match request(operation, typed) {
        Err(refused) => told(Some(refused), None),
        Ok(mut request) => {
            client.map(|client| request.extensions_mut().insert(client));
            let answer = sent(web, request).await;
            told(None, Some(answer))
        }
    }
}

fn request(operation: &Operation, typed: &Typed) -> Result<Request<Body>, &'static str> {
    let field = |name: &str| typed.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim());
    let (key, secret) = (field("key"), field("secret"));
    if !key.starts_with("hk_test_") || !secret.starts_with("hs_test_") {
        return Err(TEST_KEYS_ONLY);
    }
    let id = field("id");
    let plain = !id.is_empty() && id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    if operation.of.is_some() && !plain {
        return Err(NOT_AN_ID);
    }
    let query = typed.iter().filter(|(_, value)| !value.is_empty());
    // A pair of metadata is typed into one field, as key=value.
    let query = query.filter_map(|(name, value)| {
        let (name, value) = (name.strip_prefix("q.")?, value.as_str());
        match value.split_once('=').filter(|_| name == "metadata") {
            Some((key, value)) => Some((format!("metadata[{key}]"), value)),
            None => Some((name.to_owned(), value)),
        }
    });
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    let pair = BASE64.encode(format!("{key}:{secret}").as_bytes());
    let mut request = Request::builder()
        .method(operation.method.to_uppercase().as_str())
        .uri(format!("/api/v1{}{mark}{query}", operation.path.replace("{id}", id)))
        .header("authorization", format!("Basic {pair}"));
    if operation.takes_key() && !field("idempotency_key").is_empty() {
        request = request.header("idempotency-key", field("idempotency_key"));
    }
    let body = if operation.body().is_some() { field("body") } else { "" };
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    request.body(Body::from(body.to_owned())).map_err(|_| NOT_A_KEY)
}

/// The status, and the answer as people read JSON.
async fn sent(web: &Web, request: Request<Body>) -> (u16, String) {
    let ours = Router::new()
        .nest("/api/v1", api::routes())
        .layer(from_fn_with_state(web.clone(), with_request_id))
        .with_state(web.clone());
    let Ok(response) = ours.oneshot(request).await;
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    let text = serde_json::from_slice::<serde_json::Value>(&bytes)
        .map_or_else(|_| String::from_utf8_lossy(&bytes).into_owned(), |json| format!("{json:#}"));
    (status, text)
}
