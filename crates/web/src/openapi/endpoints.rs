//! `/endpoints` and `/deliveries`, described.

use super::operation::{Answers, Operation, Takes, does, list, operation, parameter, show, verb};
use super::schema::{
    Field, Shape, count, id, id_like, like, line, list_of, may_be_null, must, object, only, or_null, text,
    time, word, yes_or_no,
};
use super::{Resource, events};
use serde_json::{Value, json};

const URL: &str = r"^https?://([A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?(\.[A-Za-z]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?){1,4}|localhost|127\.0\.0\.1)(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~/-]{0,500})?$";

pub(super) fn resource() -> Resource {
    let secret_once = "The signing `secret` is in this answer, this once.";
    let operations = vec![
        does("create_endpoint", "/endpoints", asked(true), example(), (201, "EndpointWithSecret"))
            .refuses(&["endpoint_address_refused", "limit_reached"])
            .said("Register an endpoint", secret_once),
        list("list_endpoints", "/endpoints", "Endpoint", Vec::new()).said("List endpoints", ""),
        show("get_endpoint", "/endpoints/{id}", "Endpoint").of("whe").said("Read an endpoint", ""),
        change(),
        operation(
            "delete_endpoint",
            "delete",
            "/endpoints/{id}",
            Takes::Bare,
            Answers { status: 200, shape: "DeletedEndpoint", listed: false },
        )
        .of("whe")
        .said("Delete an endpoint", ""),
        verb("test_endpoint", "/endpoints/{id}/test", (202, "Event")).of("whe").said(
            "Send a test event",
            "An `endpoint.test`, to this endpoint and to those that listen to it.",
        ),
        verb("rotate_endpoint_secret", "/endpoints/{id}/rotate_secret", (200, "EndpointWithSecret"))
            .of("whe")
            .said("Make a new signing secret", "It is in this answer, this once. For a day both sign."),
        list(
            "list_deliveries",
            "/endpoints/{id}/deliveries",
            "Delivery",
            vec![parameter("status", word(STATES), json!("delivered"), "Only deliveries in this state.")],
        )
        .of("whe")
        .said("List deliveries to an endpoint", "Newest first, without their tries."),
        show("get_delivery", "/deliveries/{id}", "Delivery")
            .of("dlv")
            .said("Read a delivery", "With its tries."),
        verb("retry_delivery", "/deliveries/{id}/retry", (202, "Delivery"))
            .of("dlv")
            .said("Send a delivery again", "Whatever became of it."),
    ];
    Resource {
        tag: "Endpoints and deliveries",
        says: "Where you hear of events, and whether you did.",
        operations,
        shapes: vec![endpoint(), with_secret(), deleted(), delivery()],
    }
}

const STATES: [&str; 4] = ["scheduled", "delivered", "exhausted", "disabled"];

fn asked(first: bool) -> Vec<Field> {
    let url = like(URL);
    let says = "A public https address; in test mode also one that the server's operator allows.";
    let types = json!({ "oneOf": [
        { "type": "array", "items": events::types(), "minItems": 1, "maxItems": 50 },
        { "type": "array", "items": { "const": "*" }, "minItems": 1, "maxItems": 1 },
        { "type": "null" },
    ] });
    let url = if first { must("url", url, says) } else { may_be_null("url", url, says) };
    vec![
        url,
        may_be_null("description", line(200), ""),
        super::schema::may("events", types, "Types of events, or `[\"*\"]` for all of them."),
    ]
}

fn example() -> Value {
    json!({ "url": "https://shop.example/hundi", "description": "Our accounts", "events": ["order.paid"] })
}

fn change() -> Operation {
    let mut fields = asked(false);
    fields.push(may_be_null("status", word(["enabled", "disabled"]), ""));
    let takes = Takes::Body { fields, example: json!({ "events": ["*"], "status": "enabled" }) };
    let answers = Answers { status: 200, shape: "Endpoint", listed: false };
    operation("update_endpoint", "patch", "/endpoints/{id}", takes, answers)
        .of("whe")
        .refuses(&["endpoint_address_refused"])
        .said("Change an endpoint", "What is left out stays as it is.")
}

fn fields() -> Vec<Field> {
    vec![
        must("id", id("whe"), ""),
        must("object", only("endpoint"), ""),
        must("livemode", yes_or_no(), ""),
        must("url", text(), ""),
        must("description", or_null(text()), ""),
        must("events", list_of(text()), "Types of events; `*` for all of them."),
        must("status", word(["enabled", "disabled"]), ""),
        must("disabled_reason", or_null(text()), ""),
        must("failing_since", or_null(time()), "Since when nothing has arrived there."),
        must("created_at", time(), ""),
    ]
}

fn shown() -> Value {
    json!({
        "id": id_like("whe"), "object": "endpoint", "livemode": false, "url": "https://shop.example/hundi",
        "description": "Our accounts", "events": ["order.paid"], "status": "enabled", "disabled_reason": null,
        "failing_since": null, "created_at": "2026-11-21T07:00:00.000Z",
    })
}

fn endpoint() -> Shape {
    Shape { name: "Endpoint", says: "Where a merchant hears of events.", fields: fields(), example: shown() }
}

fn with_secret() -> Shape {
    let mut fields = fields();
    // The kept answer of a repeated request has none.
    fields.push(super::schema::may("secret", text(), "Verifies what arrives. Shown this once."));
    let mut example = shown();
    example["secret"] = json!("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    Shape { name: "EndpointWithSecret", says: "An endpoint with its new secret.", fields, example }
}

fn deleted() -> Shape {
    let fields = vec![
        must("id", id("whe"), ""),
        must("object", only("endpoint"), ""),
        must("deleted", json!({ "type": "boolean", "const": true }), ""),
    ];
    let example = json!({ "id": id_like("whe"), "object": "endpoint", "deleted": true });
    Shape { name: "DeletedEndpoint", says: "That it is gone.", fields, example }
}

fn delivery() -> Shape {
    let one_try = object(&[
        must("attempt", count(), ""),
        must("at", time(), ""),
        must("took_ms", count(), ""),
        must("response_status", or_null(count()), ""),
        must("error", or_null(text()), "Why there was no answer."),
        must("response_body", or_null(text()), "The beginning of it."),
    ]);
    let fields = vec![
        must("id", id("dlv"), ""),
        must("object", only("delivery"), ""),
        must("livemode", yes_or_no(), ""),
        must("event_id", id("evt"), ""),
        must("event_type", events::types(), ""),
        must("endpoint_id", id("whe"), ""),
        must("status", word(STATES), "`exhausted`: its schedule has ended. `disabled`: its endpoint was."),
        must("attempts", count(), ""),
        must("next_attempt_at", or_null(time()), ""),
        must("last_response_status", or_null(count()), ""),
        must("created_at", time(), ""),
        must("done_at", or_null(time()), ""),
        must("tries", list_of(one_try), "Empty in lists."),
    ];
    let example = json!({
        "id": id_like("dlv"), "object": "delivery", "livemode": false, "event_id": id_like("evt"),
        "event_type": "order.paid", "endpoint_id": id_like("whe"), "status": "delivered", "attempts": 1,
        "next_attempt_at": null, "last_response_status": 200, "created_at": "2026-11-21T08:00:21.000Z",
        "done_at": "2026-11-21T08:00:22.000Z",
        "tries": [{ "attempt": 1, "at": "2026-11-21T08:00:22.000Z", "took_ms": 41, "response_status": 200,
            "error": null, "response_body": "ok" }],
    });
    Shape { name: "Delivery", says: "One event on its way to one endpoint.", fields, example }
}
