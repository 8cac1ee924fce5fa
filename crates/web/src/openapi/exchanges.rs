//! `/exchanges`, described.

use super::Resource;
use super::operation::{list, parameter};
use super::schema::{Shape, count, id, id_like, must, only, or_null, text, time, yes_or_no};
use serde_json::json;

pub(super) fn resource() -> Resource {
    let of = parameter("object_id", super::reference(), json!(id_like("pay")), "Only about this object.");
    Resource {
        tag: "Exchanges",
        says: "What was said to providers and by them. Headers and bodies stand in the console, with secrets hidden.",
        operations: vec![
            list("list_exchanges", "/exchanges", "Exchange", vec![of])
                .said("List exchanges with providers", "Newest first; with `ending_before`, as they come."),
        ],
        shapes: vec![exchange()],
    }
}

fn exchange() -> Shape {
    let fields = vec![
        must("id", id("exch"), ""),
        must("object", only("exchange"), ""),
        must("livemode", yes_or_no(), ""),
        must("connection_id", id("conn"), ""),
        must("object_id", text(), "The payment or refund that it is about."),
        must("purpose", text(), ""),
        must("request", text(), "Method and address."),
        must("response_status", or_null(count()), "`null`: there was no answer."),
        must("outcome", text(), "`answered`, or why not."),
        must("took_ms", json!({ "type": "integer" }), ""),
        must("created_at", time(), ""),
    ];
    let example = json!({
        "id": id_like("exch"), "object": "exchange", "livemode": false, "connection_id": id_like("conn"),
        "object_id": id_like("pay"), "purpose": "open", "request": "POST https://api.provider.example/v1/orders",
        "response_status": 200, "outcome": "answered", "took_ms": 214, "created_at": "2026-11-21T08:00:05.000Z",
    });
    Shape { name: "Exchange", says: "One request to a provider, and its answer.", fields, example }
}
