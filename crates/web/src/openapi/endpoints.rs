//! `/endpoints`, `/deliveries` and `/replays`, described.

use super::operation::{Answers, Operation, Takes, does, list, operation, parameter, show, verb};
use super::schema::{
    Field, Shape, anything, count, id, id_like, instant, like, line, list_of, may, may_be_null, must, object,
    only, or_null, text, time, word, yes_or_no,
};
use super::{Resource, events};
use hundi_app::endpoints::{GAP_SECS_MAX, GAPS_MAX, RATE_PER_SEC_MAX};
use hundi_core::Version;
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
            "A real one, signed: `endpoint.test`, to this endpoint and to those that listen to it.",
        ),
        does(
            "rotate_endpoint_secret",
            "/endpoints/{id}/rotate_secret",
            vec![may_be_null("signature", word(SIGNATURES), "To change the kind of signature. As it was, unless said.")],
            json!({ "signature": "ed25519" }),
            (200, "EndpointWithSecret"),
        )
        .of("whe")
        .said("Make a new signing key", "A secret is in this answer, this once. For a day the old key signs as well."),
        does(
            "replay_endpoint",
            "/endpoints/{id}/replay",
            replay_asked(),
            json!({ "since": "2026-07-01T00:00:00Z", "until": "2026-07-02T00:00:00Z", "types": ["order.paid"] }),
            (202, "Replay"),
        )
        .of("whe")
        .refuses(&["endpoint_disabled", "too_many"])
        .said("Send everything of a time again", "What the endpoint wants of it, delivered before or not."),
        show("get_replay", "/replays/{id}", "Replay").of("rpl").said("Read how far a replay has come", ""),
        list(
            "list_deliveries",
            "/endpoints/{id}/deliveries",
            "Delivery",
            vec![parameter("status", word(STATES), json!("delivered"), "Only deliveries in this state.")],
        )
        .of("whe")
        .said("List deliveries to an endpoint", "Newest first, without their tries."),
        show("get_delivery", "/deliveries/{id}", "DeliveryWithTries")
            .of("dlv")
            .said("Read a delivery", "With what was sent and what came back, try by try."),
        operation(
            "list_deliveries_of_event",
            "get",
            "/events/{id}/deliveries",
            Takes::Bare,
            Answers { status: 200, shape: "Delivery", listed: true },
        )
        .of("evt")
        .said("List deliveries of an event", "One for each endpoint that it was promised to, on one page."),
        verb("retry_delivery", "/deliveries/{id}/retry", (202, "DeliveryWithTries"))
            .of("dlv")
            .said("Send a delivery again", "Whatever became of it."),
    ];
    Resource {
        tag: "Endpoints and deliveries",
        says: "Where you hear of events, and whether you did.",
        operations,
        shapes: vec![endpoint(), with_secret(), deleted(), delivery(), with_tries(), replay()],
    }
}

const SIGNATURES: [&str; 2] = ["hmac", "ed25519"];
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
    let mut fields = vec![
        url,
        may_be_null("description", line(200), ""),
        may("events", types, "Types of events, or `[\"*\"]` for all of them."),
        may(
            "retries",
            retries(),
            "`standard`: for five days. `first_five`: so many tries. Or the gaps between them, in seconds.",
        ),
        may_be_null(
            "rate_per_sec",
            json!({ "type": "integer", "minimum": 1, "maximum": RATE_PER_SEC_MAX }),
            "Deliveries per second, at most. `null`: as quickly as it answers.",
        ),
        may_be_null(
            "ordered",
            yes_or_no(),
            "An event waits while an earlier one of the same object is undelivered.",
        ),
    ];
    let pinned = "The shape of what it is told, by its date. As this key has it, unless said.";
    fields.push(may_be_null("version", versions(), pinned));
    if first {
        let says =
            "`hmac`: with a secret. `ed25519`: with a private key of ours, verified by its `public_key`.";
        fields.push(may_be_null("signature", word(SIGNATURES), says));
    }
    fields
}

fn versions() -> Value {
    word(Version::ALL.map(Version::as_str))
}

fn retries() -> Value {
    json!({ "oneOf": [
        word(["standard", "first_five"]),
        {
            "type": "array", "items": { "type": "integer", "minimum": 1, "maximum": GAP_SECS_MAX },
            "minItems": 1, "maxItems": GAPS_MAX,
        },
        { "type": "null" },
    ] })
}

fn example() -> Value {
    json!({
        "url": "https://shop.example/hundi", "description": "Our accounts", "events": ["order.paid"],
        "signature": "hmac", "retries": [10, 60, 600], "rate_per_sec": 20, "ordered": true,
    })
}

fn change() -> Operation {
    let mut fields = asked(false);
    fields.push(may_be_null("status", word(["enabled", "disabled"]), ""));
    let takes = Takes::Body {
        fields,
        example: json!({
            "events": ["*"], "retries": "standard", "rate_per_sec": null, "ordered": false, "status": "enabled",
        }),
    };
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
        must("signature", word(SIGNATURES), ""),
        must("public_key", or_null(text()), "`whpk_…`: verifies what `ed25519` signed."),
        must("previous_key_until", or_null(time()), "Until then the key before this one signs as well."),
        must("retries", json!({ "oneOf": [word(["standard", "first_five"]), list_of(count())] }), ""),
        must("rate_per_sec", or_null(count()), ""),
        must("ordered", yes_or_no(), ""),
        must("version", versions(), "The shape of what it is told."),
        must("status", word(["enabled", "disabled"]), ""),
        must("disabled_reason", or_null(text()), ""),
        must("failing_since", or_null(time()), "Since when nothing has arrived there."),
        must("failures", count(), "Tries that failed since."),
        must("created_at", time(), ""),
    ]
}

fn shown() -> Value {
    json!({
        "id": id_like("whe"), "object": "endpoint", "livemode": false, "url": "https://shop.example/hundi",
        "description": "Our accounts", "events": ["order.paid"], "signature": "hmac", "public_key": null,
        "previous_key_until": null, "retries": "standard", "rate_per_sec": null, "ordered": false,
        "version": Version::NEWEST.as_str(),
        "status": "enabled", "disabled_reason": null, "failing_since": null, "failures": 0, "created_at": "2026-11-21T07:00:00.000Z",
    })
}

fn endpoint() -> Shape {
    Shape { name: "Endpoint", says: "Where a merchant hears of events.", fields: fields(), example: shown() }
}

fn with_secret() -> Shape {
    let mut fields = fields();
    // The kept answer of a repeated request has none, and neither has a key pair.
    fields.push(may(
        "secret",
        text(),
        "Verifies what arrives. Shown this once, and with `ed25519` not at all.",
    ));
    let mut example = shown();
    example["secret"] = json!("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    Shape {
        name: "EndpointWithSecret",
        says: "An endpoint with its new secret, if it has one.",
        fields,
        example,
    }
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

fn delivery_fields() -> Vec<Field> {
    vec![
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
    ]
}

fn delivery_shown() -> Value {
    json!({
        "id": id_like("dlv"), "object": "delivery", "livemode": false, "event_id": id_like("evt"),
        "event_type": "order.paid", "endpoint_id": id_like("whe"), "status": "delivered", "attempts": 1,
        "next_attempt_at": null, "last_response_status": 200, "created_at": "2026-11-21T08:00:21.000Z",
        "done_at": "2026-11-21T08:00:22.000Z",
    })
}

fn delivery() -> Shape {
    let (fields, example) = (delivery_fields(), delivery_shown());
    Shape { name: "Delivery", says: "One event on its way to one endpoint.", fields, example }
}

fn with_tries() -> Shape {
    let request = object(&[
        must("method", only("POST"), ""),
        must("url", text(), ""),
        must("headers", anything(), "Without the signature."),
    ]);
    let one_try = object(&[
        must("attempt", count(), ""),
        must("at", time(), ""),
        must("took_ms", count(), ""),
        must("request", or_null(request), "`null`: nothing was sent."),
        must("response_status", or_null(count()), ""),
        must("error", or_null(text()), "Why there was no answer."),
        must("response_body", or_null(text()), "Its first kilobyte, without what it echoed of your keys."),
    ]);
    let mut fields = delivery_fields();
    fields.push(must("request_body", text(), "What was sent each time: its first 16,384 characters."));
    fields.push(must("tries", list_of(one_try), ""));
    let mut example = delivery_shown();
    example["request_body"] = json!("{\"id\":\"evt_…\",\"object\":\"event\",\"type\":\"order.paid\"}");
    example["tries"] = json!([{
        "attempt": 1, "at": "2026-11-21T08:00:22.000Z", "took_ms": 41,
        "request": {
            "method": "POST", "url": "https://shop.example/hundi",
            "headers": {
                "content-type": "application/json", "webhook-id": id_like("evt"), "webhook-timestamp": "1795248022",
                "webhook-signature": "[hidden]", "x-delivery-id": id_like("dlv"),
            },
        },
        "response_status": 200, "error": null, "response_body": "ok",
    }]);
    Shape { name: "DeliveryWithTries", says: "A delivery, and what was said at each try.", fields, example }
}

fn replay_asked() -> Vec<Field> {
    let types = json!({ "oneOf": [
        { "type": "array", "items": events::types(), "minItems": 1, "maxItems": 50 },
        { "type": "array", "items": { "const": "*" }, "minItems": 1, "maxItems": 1 },
        { "type": "null" },
    ] });
    vec![
        must("since", instant(), "Events of this moment and later."),
        may_be_null("until", instant(), "Events before this moment. Until now, unless said."),
        may("types", types, "Of what the endpoint wants, these alone."),
    ]
}

fn replay() -> Shape {
    let fields = vec![
        must("id", id("rpl"), ""),
        must("object", only("replay"), ""),
        must("livemode", yes_or_no(), ""),
        must("endpoint_id", id("whe"), ""),
        must("since", time(), ""),
        must("until", time(), ""),
        must("types", list_of(text()), "`*`: all that the endpoint wants."),
        must("status", word(["running", "done", "stopped"]), "`stopped`: the endpoint was disabled."),
        must("enqueued", count(), "Deliveries so far."),
        must("created_at", time(), ""),
        must("done_at", or_null(time()), ""),
    ];
    let example = json!({
        "id": id_like("rpl"), "object": "replay", "livemode": false, "endpoint_id": id_like("whe"),
        "since": "2026-11-20T00:00:00.000Z", "until": "2026-11-21T00:00:00.000Z", "types": ["*"], "status": "running",
        "enqueued": 200, "created_at": "2026-11-21T08:00:00.000Z", "done_at": null,
    });
    Shape { name: "Replay", says: "Events of a stretch of time, sent to an endpoint again.", fields, example }
}
