//! `/requests`, described.

use super::Resource;
use super::operation::list;
use super::schema::{Shape, count, id, id_like, must, only, or_null, text, time, yes_or_no};
use serde_json::json;

pub(super) fn resource() -> Resource {
    Resource {
        tag: "Requests",
        says: "What your keys asked of this API lately, and how it ended.",
        operations: vec![list("list_requests", "/requests", "ApiRequest", vec![]).said(
            "List requests",
            "Newest first: the last 200 that the node answered which you ask, from its memory. Nothing outlives a \
             restart, and each of several nodes lists its own. A request with a wrong key is in no list, and neither \
             is what was read here, or by `hundi listen` and `hundi logs tail`.",
        )],
        shapes: vec![request()],
    }
}

fn request() -> Shape {
    let fields = vec![
        must("id", id("req"), "What the answer said in `X-Request-Id`."),
        must("object", only("request"), ""),
        must("livemode", yes_or_no(), ""),
        must("key_id", text(), "The key that asked."),
        must("method", text(), ""),
        must(
            "path",
            text(),
            "Without what stood behind a `?`; `{id}` where something else than an id stood.",
        ),
        must("status", count(), ""),
        must("error_code", or_null(text()), "Of a problem."),
        must("took_ms", json!({ "type": "integer" }), ""),
        must("created_at", time(), ""),
    ];
    let example = json!({
        "id": id_like("req"), "object": "request", "livemode": false,
        "key_id": "hk_test_0123456789abcdefghjkmnpq", "method": "POST", "path": "/api/v1/orders", "status": 400,
        "error_code": "invalid_field", "took_ms": 4, "created_at": "2026-11-21T08:00:05.000Z",
    });
    Shape { name: "ApiRequest", says: "One request to this API, and how it ended.", fields, example }
}
