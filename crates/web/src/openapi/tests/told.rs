//! The catalogue of events, `docs/events.md`: when each is told, with an example. Made from the shapes that the API is
//! described by, so that an event shows what a `GET` of its object would have shown.

use super::super::schema::{id_like, named};
use super::super::{document, resources};
use super::{faults, same_as_file};
use hundi_core::event::EventType;
use serde_json::{Value, json};
use std::fmt::Write;

/// One event: when it is told, of what, and how that differs from the shape's own example.
struct Told {
    says: &'static str,
    shape: &'static str,
    seq: i64,
    differs: Value,
}

const fn told(says: &'static str, shape: &'static str, seq: i64, differs: Value) -> Told {
    Told { says, shape, seq, differs }
}

/// A new event needs its words here.
fn of(kind: EventType) -> Told {
    use EventType as E;
    let pending = |outcome: &str| {
        json!({
            "status": "pending", "outcome": outcome, "amount_captured": 0, "method": null, "tries": [],
            "next_check_at": "2026-11-21T08:00:35.000Z", "updated_at": "2026-11-21T08:00:06.000Z",
        })
    };
    let unpaid =
        |status: &str| json!({ "status": status, "amount_captured": 0, "method": null, "tries": [] });
    match kind {
        E::OrderCreated => told("An order was made.", "Order", 1, json!({})),
        E::OrderAttempted => told("Its first payment began.", "Order", 2, json!({ "status": "attempted" })),
        E::OrderPaid => told(
            "**Fulfil on this one**: the money that was asked for has come. Once for each order.",
            "Order",
            3,
            json!({ "status": "paid", "amount_paid": 149_900, "amount_due": 0 }),
        ),
        E::OrderExpired => told(
            "Its time ran out, and nothing of it is still under way.",
            "Order",
            3,
            json!({ "status": "expired", "expires_at": "2026-11-21T09:00:00.000Z" }),
        ),
        E::OrderCancelled => told("You cancelled it.", "Order", 2, json!({ "status": "cancelled" })),
        E::PaymentCreated => told(
            "A payment is about to be opened at the provider.",
            "Payment",
            1,
            json!({
                "status": "created", "amount_captured": 0, "method": null, "tries": [], "provider_order": null,
            }),
        ),
        E::PaymentPending => told("The payer can pay now.", "Payment", 2, pending("known")),
        E::PaymentTryFailed => told(
            "A try inside it failed, such as a declined card. The payer may try again: nothing is lost yet.",
            "Payment",
            3,
            json!({
                "status": "pending", "amount_captured": 0, "method": null,
                "tries": [{
                    "status": "failed", "method": "card", "instrument": null, "bank_ref": null,
                    "failure": { "reason": "declined_by_bank", "message": "Declined by the bank" }, "quoted_fee": null, "quoted_tax": null,
                }],
            }),
        ),
        E::PaymentAuthorized => told(
            "The payer's bank holds the money. Capture it, or it goes back.",
            "Payment",
            3,
            json!({ "status": "authorized", "amount_captured": 0 }),
        ),
        E::PaymentCaptured => told("Money moved as asked: once for each capture.", "Payment", 3, json!({})),
        E::PaymentSuspended => told(
            "Money moved, but not as asked: another amount, or for an order that is paid already. It waits for a person. \
             Nothing to fulfil.",
            "Payment",
            3,
            json!({ "amount_captured": 100 }),
        ),
        E::PaymentFailed => told(
            "It ended without money.",
            "Payment",
            3,
            json!({
                "status": "failed", "amount_captured": 0, "method": null, "tries": [],
                "failure": {
                    "reason": "declined_by_bank", "message": "Declined by the bank",
                    "advice": "Pay by another method, or ask your bank.",
                },
            }),
        ),
        E::PaymentExpired => told("The payer let its time pass.", "Payment", 3, unpaid("expired")),
        E::PaymentCancelled => told("You cancelled it.", "Payment", 3, unpaid("cancelled")),
        E::PaymentInDoubt => told(
            "A call to the provider had no clear answer. We ask until we know; don't fulfil, and don't ask for the money \
             again.",
            "Payment",
            3,
            {
                let mut doubt = pending("unknown");
                doubt["in_doubt_since"] = json!("2026-11-21T08:00:36.000Z");
                doubt
            },
        ),
        E::PaymentDoubtResolved => told("The provider has answered since.", "Payment", 4, pending("known")),
        E::PaymentDoubtEscalated => told(
            "It has been in doubt for a day. Ask the provider yourself: we go on asking as well.",
            "Payment",
            4,
            {
                let mut doubt = pending("unknown");
                doubt["in_doubt_since"] = json!("2026-11-20T08:00:36.000Z");
                doubt
            },
        ),
        E::RefundRequested => told("You asked for a refund.", "Refund", 1, json!({ "status": "requested" })),
        E::RefundProcessing => {
            told("The provider has taken it on.", "Refund", 2, json!({ "status": "processing" }))
        }
        E::RefundProcessed => told("The money went back.", "Refund", 3, json!({ "status": "processed" })),
        E::RefundFailed => told(
            "It did not go back: it can be refunded again.",
            "Refund",
            3,
            json!({ "status": "failed", "failure": { "reason": "bank_down", "message": "The bank is not answering" }, "bank_ref": null }),
        ),
        E::DiscrepancyOpened => {
            told("Something does not agree, and a person looks at it.", "Discrepancy", 1, json!({}))
        }
        E::ConnectionWebhooksSilent => told(
            "Money came to this connection, and no message of its provider told of it: three payments in a row. They were \
             found by asking. Check the webhook at the provider.",
            "Connection",
            1,
            json!({ "webhooks": { "status": "silent", "missed_in_a_row": 3 } }),
        ),
        E::ConnectionWebhooksRefused => told(
            "Five messages in a row could not be proven or worked on. The secret may have changed on one side.",
            "Connection",
            1,
            json!({ "webhooks": { "status": "refused", "last_at": null, "refused_in_a_row": 5 } }),
        ),
        E::ConnectionWebhooksRecovered => {
            told("Its provider's messages come again, and their proof holds.", "Connection", 2, json!({}))
        }
        E::EndpointDisabled => told(
            "We disabled an endpoint of yours: it answered 410, or no try succeeded for five days. Your other endpoints hear of \
             it. Its events wait; mend it, enable it, and replay what it missed.",
            "Endpoint",
            1,
            json!({
                "status": "disabled", "disabled_reason": "no try succeeded for five days, and 24 failed",
                "failing_since": "2026-11-16T08:00:00.000Z", "failures": 24,
            }),
        ),
        E::EndpointTest => told("You pressed the test button.", "Endpoint", 1, json!({})),
    }
}

/// The event as it would arrive.
fn example(kind: EventType) -> Value {
    let told = of(kind);
    let shapes: Vec<_> = resources().into_iter().flat_map(|r| r.shapes).collect();
    let shape = shapes.iter().find(|s| s.name == told.shape).expect("a shape of the description");
    let mut object = shape.example.clone();
    differ(kind, &mut object, &told.differs);
    let id = object["id"].as_str().expect("an id").to_owned();
    let object_id = if kind == EventType::EndpointTest { format!("{id}/{}", id_like("evt")) } else { id };
    json!({
        "id": id_like("evt"), "object": "event", "livemode": false, "type": kind.as_str(), "object_id": object_id,
        "seq": told.seq, "created_at": "2026-11-21T08:00:21.000Z", "data": { "object": object },
    })
}

/// Field by field, also within; a list of another length as a whole.
fn differ(kind: EventType, shown: &mut Value, differs: &Value) {
    match (shown, differs) {
        (Value::Object(shown), Value::Object(differs)) if !shown.is_empty() => {
            for (name, value) in differs {
                let field = shown.get_mut(name);
                differ(kind, field.unwrap_or_else(|| panic!("{kind}: there is no {name}")), value);
            }
        }
        (Value::Array(shown), Value::Array(differs)) if shown.len() == differs.len() => {
            shown.iter_mut().zip(differs).for_each(|(shown, differs)| differ(kind, shown, differs));
        }
        (shown, differs) => *shown = differs.clone(),
    }
}

fn markdown() -> String {
    let mut text = String::from(
        "# Events\n\n<!-- Made from the code: HUNDI_UPDATE_DOCS=1 cargo test -p hundi-web openapi -->\n\n\
         Every fact is an event, told to your endpoints and listed at `/api/v1/events`. How they arrive, and how to verify\n\
         them, stands in [webhooks.md](webhooks.md). New types may come in time: ignore those that you don't know.\n\n\
         | Event | When |\n|---|---|\n",
    );
    for kind in EventType::ALL {
        let anchor = kind.as_str().replace('.', "");
        writeln!(text, "| [`{kind}`](#{anchor}) | {} |", of(*kind).says).expect("a String takes any text");
    }
    for kind in EventType::ALL {
        let told = of(*kind);
        write!(text, "\n## `{kind}`\n\n{}\n\n```json\n{:#}\n```\n", told.says, example(*kind))
            .expect("a String takes any text");
    }
    text
}

#[test]
fn openapi_events_file_and_code_say_the_same() {
    same_as_file("events.md", &markdown());
}

#[test]
fn every_example_of_an_event_is_one() {
    let document = document();
    for kind in EventType::ALL {
        let (event, told) = (example(*kind), of(*kind));
        assert_eq!(faults(&document, &named("Event"), &event), [""; 0], "{kind}");
        assert_eq!(faults(&document, &named(told.shape), &event["data"]["object"]), [""; 0], "{kind}");
        assert_eq!(told.shape.to_lowercase(), kind.as_str().split('.').next().expect("a word"), "{kind}");
    }
}
