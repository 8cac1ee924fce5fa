//! `/keys`, described.

use super::Resource;
use super::operation::{Operation, does, list, show, verb};
use super::schema::{
    Shape, instant, like, line, list_of, may, may_be_null, must, only, or_null, text, time, word, yes_or_no,
};
use hundi_app::networks::NETWORKS_MAX;
use hundi_core::scope::Permission;
use serde_json::{Value, json};

const KEY: &str = "hk_test_01kq8q4t6w8y0a2c4e6g";

pub(super) fn resource() -> Resource {
    let operations = vec![
        create(),
        list("list_keys", "/keys", "ApiKey", Vec::new()).said("List keys", "Newest first."),
        show("get_key", "/keys/{id}", "ApiKey").of("hk").said("Read a key", ""),
        rotate(),
        verb("revoke_key", "/keys/{id}/revoke", (200, "ApiKey"))
            .of("hk")
            .said("Revoke a key", "From now on it opens nothing. A key may revoke itself."),
    ];
    Resource {
        tag: "API keys",
        says: "Of your own server. They are managed with a key that has the scope `keys:write`, or in the console.",
        operations,
        shapes: vec![shape()],
    }
}

fn scopes() -> Value {
    list_of(word(Permission::OF_KEYS.iter().map(|p| p.as_str())))
}

fn create() -> Operation {
    let mut named = scopes();
    named["minItems"] = json!(1);
    let networks = json!({ "type": "array", "maxItems": NETWORKS_MAX, "items": like(NETWORK) });
    let fields = vec![
        must("name", line(80), ""),
        may_be_null(
            "scopes",
            named,
            "What it may do: no more than the key that makes it. All but `connections:write` and `keys:write`, when left \
             out.",
        ),
        may_be_null("expires_at", instant(), "RFC 3339. Never, when left out."),
        may_be_null("networks", networks, "Where it may be used from. Anywhere, when left out."),
    ];
    let example = json!({
        "name": "Warehouse", "scopes": ["payments:read"], "networks": ["203.0.113.9", "10.0.0.0/8"],
    });
    does("create_key", "/keys", fields, example, (201, "ApiKey")).refuses(&["limit_reached"]).said(
        "Make a key",
        "Its `secret` is in this answer and never again: a repeat of the request has the key without it.",
    )
}

/// An IPv4 address or network with nothing behind its own bits, in the ordinary sizes.
const NETWORK: &str = "^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$\
    |^(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.0\\.0\\.0/8$|^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$";

fn rotate() -> Operation {
    let overlap = json!({ "type": "integer", "minimum": 0, "maximum": 604_800 });
    let fields =
        vec![may_be_null("overlap_secs", overlap, "How long the old one goes on: a day, when left out.")];
    does("rotate_key", "/keys/{id}/rotate", fields, json!({ "overlap_secs": 3_600 }), (201, "ApiKey"))
        .of("hk")
        .refuses(&["key_ended", "limit_reached"])
        .said(
            "Put a new key in a key's place",
            "It may do the same, from the same networks. Both open until the overlap has passed.",
        )
}

fn shape() -> Shape {
    let fields = vec![
        must("id", text(), "Sent as `X-Api-Key`."),
        must("object", only("api_key"), ""),
        must("livemode", yes_or_no(), ""),
        must("name", text(), ""),
        must(
            "status",
            word(["enabled", "replaced", "expired", "revoked"]),
            "`replaced`: it still opens, until `expires_at`.",
        ),
        must("scopes", scopes(), "What it may do."),
        must("networks", list_of(text()), "Where it may be used from. None: anywhere."),
        must("expires_at", or_null(time()), ""),
        must("last_used_at", or_null(time()), "To the minute."),
        must("revoked_at", or_null(time()), ""),
        must("replaced_by", or_null(text()), "The key that takes its place."),
        must("created_at", time(), ""),
        may("secret", text(), "Once, in the answer that makes it. Sent as `X-Api-Secret`."),
    ];
    let example = json!({
        "id": KEY, "object": "api_key", "livemode": false, "name": "Warehouse", "status": "enabled",
        "scopes": ["payments:read"], "networks": ["203.0.113.9/32"], "expires_at": null,
        "last_used_at": "2026-11-21T08:00:00.000Z", "revoked_at": null, "replaced_by": null,
        "created_at": "2026-11-20T10:00:00.000Z",
    });
    Shape { name: "ApiKey", says: "What a server proves itself by.", fields, example }
}
