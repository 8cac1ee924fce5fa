//! `/connections`, `/sweeps` and `/balances`, described.

use super::Resource;
use super::operation::{Answers, Takes, does, list, operation, show};
use super::schema::{
    Shape, balance, count, currency, id, id_like, list_of, may_be_null, minor, must, object, only, or_null,
    text, time, word, yes_or_no,
};
use hundi_app::connections::{Flow, cards};
use hundi_app::sweeps::DAYS_MAX;
use hundi_core::Method;
use serde_json::json;

pub(super) fn resource() -> Resource {
    let operations = vec![
        list("list_connections", "/connections", "Connection", Vec::new())
            .said("List connections", "They are made in the console, or by the server's command line."),
        show("get_connection", "/connections/{id}", "Connection").of("conn").said("Read a connection", ""),
        does(
            "sweep_connection",
            "/connections/{id}/sweep",
            vec![may_be_null(
                "days",
                json!({ "type": "integer", "minimum": 1, "maximum": DAYS_MAX }),
                "How far back at least. As far as was never read, unless said.",
            )],
            json!({ "days": 7 }),
            (202, "Sweep"),
        )
        .of("conn")
        .refuses(&["sweep_not_offered"])
        .said(
            "Read the provider's own lists",
            "Finds money that no webhook told of and no question found. Done daily by itself. One sweep at a time: asked \
             for again meanwhile, it answers with the one that is under way. What a list lacks is not touched.",
        ),
        show("get_sweep", "/sweeps/{id}", "Sweep").of("swp").said("Read how far a sweep has come", ""),
        operation(
            "list_balances",
            "get",
            "/balances",
            Takes::Bare,
            Answers { status: 200, shape: "Balance", listed: true },
        )
        .said("Read your book, by account", "All of them on one page."),
    ];
    Resource {
        tag: "Connections and balances",
        says: "Your accounts at providers, and what your book says of them.",
        operations,
        shapes: vec![connection(), sweep(), standing()],
    }
}

fn connection() -> Shape {
    let fields = vec![
        must("id", id("conn"), ""),
        must("object", only("connection"), ""),
        must("livemode", yes_or_no(), ""),
        must("provider", text(), ""),
        must("label", text(), ""),
        must("status", word(["enabled", "disabled"]), ""),
        must("key_hint", text(), "The end of the provider's key. No secret is ever shown."),
        must("flows", list_of(word(Flow::ALL.iter().map(|f| f.as_str()))), ""),
        must("methods", list_of(word(Method::ALL.iter().map(|m| m.as_str()))), ""),
        must("amount_min", or_null(minor()), "A limit of this connection, in minor units."),
        must("amount_max", or_null(minor()), ""),
        must("webhook_secret_set", yes_or_no(), ""),
        must(
            "webhooks",
            object(&[
                must(
                    "status",
                    word(["nothing_yet", "well", "unsteady", "silent", "refused"]),
                    "`silent`: money came, and no message told of it. `refused`: messages came that prove nothing.",
                ),
                must("last_at", or_null(time()), "When the last good one came."),
                must("refused_in_a_row", count(), ""),
                must("missed_in_a_row", count(), "Payments in a row of which no message told."),
            ]),
            "How the provider's messages are doing.",
        ),
        must("tested_at", or_null(time()), ""),
        must("test_result", or_null(text()), "What the provider said when it was last tested."),
        must("created_at", time(), ""),
        must("updated_at", time(), ""),
    ];
    let example = json!({
        "id": id_like("conn"), "object": "connection", "livemode": false,
        "provider": cards().first().map_or("", |card| card.id), "label": "Main account", "status": "enabled",
        "key_hint": "…0001", "flows": ["script"], "methods": ["card", "upi"], "amount_min": null,
        "amount_max": 50_000_000, "webhook_secret_set": true,
        "webhooks": {
            "status": "well", "last_at": "2026-11-20T10:00:00.000Z", "refused_in_a_row": 0, "missed_in_a_row": 0,
        },
        "tested_at": "2026-11-20T10:00:00.000Z",
        "test_result": "ok", "created_at": "2026-11-20T10:00:00.000Z", "updated_at": "2026-11-20T10:00:00.000Z",
    });
    Shape { name: "Connection", says: "A merchant's account at a provider.", fields, example }
}

fn sweep() -> Shape {
    let fields = vec![
        must("id", id("swp"), ""),
        must("object", only("sweep"), ""),
        must("livemode", yes_or_no(), ""),
        must("connection_id", id("conn"), ""),
        must("status", word(["running", "done", "failed"]), ""),
        must("cause", word(["schedule", "asked"]), ""),
        must("from", time(), "Of the provider's time, this moment included."),
        must("to", time(), "And up to this one."),
        must("pages", count(), "Read so far."),
        must("items", count(), "Payments and refunds on them."),
        must("applied", count(), "That were news: money found, a payment moved."),
        must("parked", count(), "That belong to nobody here: another shop on the same account, perhaps."),
        must("questioned", count(), "That named one of your payments and something that is not its own."),
        must(
            "error",
            or_null(text()),
            "What the provider's last failure was, while it is asked again or given up.",
        ),
        must("created_at", time(), ""),
        must("ended_at", or_null(time()), ""),
    ];
    let example = json!({
        "id": id_like("swp"), "object": "sweep", "livemode": false, "connection_id": id_like("conn"), "status": "done",
        "cause": "schedule", "from": "2026-11-18T20:30:00.000Z", "to": "2026-11-20T20:30:01.000Z", "pages": 3, "items": 212,
        "applied": 1, "parked": 0, "questioned": 0, "error": null, "created_at": "2026-11-20T20:30:00.000Z",
        "ended_at": "2026-11-20T20:31:10.000Z",
    });
    Shape { name: "Sweep", says: "A reading of a provider's own lists over a connection.", fields, example }
}

fn standing() -> Shape {
    let fields = vec![
        must("object", only("balance"), ""),
        must("livemode", yes_or_no(), ""),
        must("account", text(), "`provider:conn_…` is what the provider still owes you."),
        must("currency", currency(), ""),
        must("debits", balance(), ""),
        must("credits", balance(), ""),
        must("balance", balance(), "Debits less credits, in minor units."),
    ];
    let example = json!({
        "object": "balance", "livemode": false, "account": format!("provider:{}", id_like("conn")),
        "currency": "INR", "debits": 149_900, "credits": 50_000, "balance": 99_900,
    });
    Shape { name: "Balance", says: "An account of the merchant's book.", fields, example }
}
