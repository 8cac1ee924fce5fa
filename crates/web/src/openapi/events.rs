//! `/events`, described.

use super::operation::{list, parameter, show_with};
use super::schema::{
    Shape, count, currency, id, id_like, may, minor, must, named, object, only, or_null, text, time, word,
    yes_or_no,
};
use super::{Resource, shared};
use hundi_app::expand;
use hundi_core::event::EventType;
use serde_json::{Value, json};

pub(super) fn resource() -> Resource {
    let operations = vec![
        list(
            "list_events",
            "/events",
            "Event",
            vec![
                parameter("type", types(), json!("order.paid"), "Only events of this type."),
                parameter("object_id", super::reference(), json!(id_like("ord")), "Only events of this object."),
                shared::expand(expand::OF_EVENTS),
            ],
        )
        .said(
            "List events",
            "Ask for what came since the last one you know (`ending_before`), page by page, and none is missed.",
        ),
        show_with("get_event", "/events/{id}", "Event", expand::OF_EVENTS)
            .of("evt")
            .said("Read an event", ""),
    ];
    Resource {
        tag: "Events",
        says: "Every fact is an event. Your endpoints receive it, and it stays listed.",
        operations,
        shapes: vec![shape(), discrepancy()],
    }
}

pub(super) fn types() -> Value {
    word(EventType::ALL.iter().map(|kind| kind.as_str()))
}

fn shape() -> Shape {
    let then = ["Order", "Payment", "Refund", "Endpoint", "Discrepancy", "Connection"].map(named);
    let fields = vec![
        must("id", id("evt"), ""),
        must("object", only("event"), ""),
        must("livemode", yes_or_no(), ""),
        must("type", types(), "New types may come in time: ignore those you don't know."),
        must("object_id", text(), ""),
        must("seq", count(), "Counts the events of one object from 1 without a gap."),
        must("created_at", time(), ""),
        must("data", object(&[must("object", json!({ "oneOf": then }), "The object as it was then.")]), ""),
        may(
            "deliveries",
            shared::page_of(&named("Delivery")),
            "With `expand[]=deliveries`: what became of it on its way to each endpoint.",
        ),
    ];
    let example = json!({
        "id": id_like("evt"), "object": "event", "livemode": false, "type": "refund.processed",
        "object_id": id_like("rfd"), "seq": 3, "created_at": "2026-11-21T09:00:04.000Z",
        "data": { "object": {
            "id": id_like("rfd"), "object": "refund", "livemode": false, "payment_id": id_like("pay"),
            "order_id": id_like("ord"), "amount": 50_000, "currency": "INR", "status": "processed",
            "outcome": "known", "in_doubt_since": null, "next_check_at": null, "origin": "ours", "reason": "damaged",
            "note": "One chair", "failure": null, "bank_ref": "632598765432",
            "our_ref": "01kq8q4t6w8y0a2c4e6h", "provider_refund": "rfnd_Nq4Xy1", "metadata": {},
            "created_at": "2026-11-21T09:00:00.000Z", "updated_at": "2026-11-21T09:00:04.000Z",
        } },
    });
    Shape { name: "Event", says: "A fact.", fields, example }
}

fn discrepancy() -> Shape {
    let fields = vec![
        must("id", id("disc"), ""),
        must("object", only("discrepancy"), ""),
        must("livemode", yes_or_no(), ""),
        must("kind", text(), "What does not agree."),
        must("subject", text(), ""),
        must("order_id", or_null(id("ord")), ""),
        must("payment_id", or_null(id("pay")), ""),
        must("connection_id", id("conn"), ""),
        must("amount", or_null(minor()), ""),
        must("currency", or_null(currency()), ""),
        must("detail", text(), ""),
        must("status", word(["open", "resolved"]), ""),
        must("opened_at", time(), ""),
    ];
    let example = json!({
        "id": id_like("disc"), "object": "discrepancy", "livemode": false, "kind": "amount_differs",
        "subject": "pay_Nq3Lw9", "order_id": id_like("ord"), "payment_id": id_like("pay"),
        "connection_id": id_like("conn"), "amount": 149_900, "currency": "INR", "detail": "Asked for ₹1,499.00.",
        "status": "open", "opened_at": "2026-11-21T08:00:21.000Z",
    });
    Shape {
        name: "Discrepancy",
        says: "Money or words that do not agree, for a person to look at.",
        fields,
        example,
    }
}
