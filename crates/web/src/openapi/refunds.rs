//! `/refunds`, described.

use super::operation::{Operation, Parameter, does, export, list, parameter, show_with, verb};
use super::schema::{
    Field, Shape, amount, currency, id, id_like, like, line, may, may_be_null, metadata, minor, must, named,
    only, or_null, text, time, word, yes_or_no,
};
use super::{Resource, shared};
use hundi_app::expand;
use hundi_core::refund::{Reason, Status};
use serde_json::{Value, json};

pub(super) fn resource() -> Resource {
    let operations = vec![
        create(
            "create_payment_refund",
            "/payments/{id}/refunds",
            Vec::new(),
            json!({ "amount": 50_000, "reason": "damaged", "note": "One chair" }),
        )
        .of("pay")
        .said(
            "Refund a payment",
            "Refunds under way count against what is left, so that two at once never pass it.",
        ),
        create(
            "create_refund",
            "/refunds",
            vec![must("payment_id", id("pay"), "")],
            json!({ "payment_id": id_like("pay"), "amount": 10_000 }),
        )
        .refuses(&["not_found"])
        .said(
            "Refund a payment that the body names",
            "Refunds under way count against what is left, so that two at once never pass it.",
        ),
        list("list_refunds", "/refunds", "Refund", filters(true)).said("List refunds", "Newest first."),
        list("list_payment_refunds", "/payments/{id}/refunds", "Refund", filters(false))
            .of("pay")
            .said("List a payment's refunds", "Those made at the provider's own dashboard included."),
        export("export_refunds", "/refunds/export", filters_of_all()).said(
            "Export refunds",
            "Every refund that the list would show with these filters, newest first, as a file.",
        ),
        show_with("get_refund", "/refunds/{id}", "Refund", expand::OF_REFUNDS)
            .of("rfd")
            .said("Read a refund", ""),
        verb("check_refund", "/refunds/{id}/check", (200, "Refund"))
            .of("rfd")
            .said("Ask the provider now", "For a refund whose `outcome` is `unknown`."),
    ];
    Resource { tag: "Refunds", says: "Money given back.", operations, shapes: vec![shape()] }
}

fn create(name: &'static str, path: &'static str, first: Vec<Field>, example: Value) -> Operation {
    let mut fields = first;
    fields.extend([
        may("amount", amount(), "In minor units. All that is left, when left out."),
        may_be_null("reason", may_be_asked(), "`other`, when left out."),
        may_be_null("note", line(200), ""),
        may_be_null("metadata", metadata(), ""),
    ]);
    does(name, path, fields, example, (201, "Refund")).refuses(&[
        "payment_not_refundable",
        "refund_exceeds_captured",
        "refund_window_passed",
        "refunds_not_offered",
    ])
}

/// `late_success` is the word of the merchant's standing policy.
fn may_be_asked() -> Value {
    word(Reason::ALL.iter().filter(|r| **r != Reason::LateSuccess).map(|r| r.as_str()))
}

fn filters(of_any_payment: bool) -> Vec<Parameter> {
    let mut all = filters_of_all();
    all.retain(|filter| of_any_payment || filter.name != "payment_id");
    all.push(shared::expand(expand::OF_REFUNDS));
    all
}

/// Without what is shown beside each.
pub(super) fn filters_of_all() -> Vec<Parameter> {
    let reasons = word(Reason::ALL.iter().map(|reason| reason.as_str()));
    let mut all = vec![
        status(),
        of_payment(),
        parameter("order_id", id("ord"), json!(id_like("ord")), "Only refunds of this order."),
        parameter(
            "connection_id",
            id("conn"),
            json!(id_like("conn")),
            "Only refunds through this connection.",
        ),
        shared::provider("Only refunds through connections of this provider."),
        parameter("reason", reasons, json!("damaged"), "Only refunds for this reason."),
        parameter(
            "reference",
            super::reference(),
            json!("rfnd_Nq4Xy1"),
            "A refund's id, `our_ref`, the provider's refund or the bank's own number; or the payment's or order's id, or \
             the provider's payment, whole.",
        ),
        shared::metadata_pairs("Only refunds with these pairs of metadata: `metadata[till]=2`."),
    ];
    all.extend(shared::amounts());
    all
}

fn status() -> Parameter {
    let states = word(Status::ALL.iter().map(|s| s.as_str()));
    parameter("status", states, json!("processed"), "Only refunds in this state.")
}

fn of_payment() -> Parameter {
    parameter("payment_id", id("pay"), json!(id_like("pay")), "Only refunds of this payment.")
}

fn shape() -> Shape {
    let fields = vec![
        must("id", id("rfd"), ""),
        must("object", only("refund"), ""),
        must("livemode", yes_or_no(), ""),
        must("payment_id", id("pay"), ""),
        must("order_id", id("ord"), ""),
        must("amount", minor(), ""),
        must("currency", currency(), ""),
        must("status", word(Status::ALL.iter().map(|s| s.as_str())), ""),
        must("outcome", word(["known", "unknown"]), "As of payments."),
        must("in_doubt_since", or_null(time()), ""),
        must("next_check_at", or_null(time()), ""),
        must("origin", word(["ours", "provider"]), "`provider`: made in the provider's own dashboard."),
        must("reason", or_null(text()), ""),
        must("note", or_null(text()), ""),
        must("failure", or_null(super::payments::failure()), "Why it failed."),
        must("bank_ref", or_null(text()), "The bank's own number, for the payer to look for."),
        must("our_ref", like("^[A-Za-z0-9]{20}$"), ""),
        must("provider_refund", or_null(text()), ""),
        must("metadata", metadata(), ""),
        must("created_at", time(), ""),
        must("updated_at", time(), ""),
        may("payment", named("Payment"), "With `expand[]=payment`."),
        may("order", named("Order"), "With `expand[]=order`."),
        may("connection", named("Connection"), "With `expand[]=connection`, where it is your own."),
    ];
    let example = json!({
        "id": id_like("rfd"), "object": "refund", "livemode": false, "payment_id": id_like("pay"),
        "order_id": id_like("ord"), "amount": 50_000, "currency": "INR", "status": "processed", "outcome": "known",
        "in_doubt_since": null, "next_check_at": null, "origin": "ours", "reason": "damaged", "note": "One chair",
        "failure": null, "bank_ref": "632598765432", "our_ref": "01kq8q4t6w8y0a2c4e6h",
        "provider_refund": "rfnd_Nq4Xy1", "metadata": {}, "created_at": "2026-11-21T09:00:00.000Z",
        "updated_at": "2026-11-21T09:00:04.000Z",
    });
    Shape { name: "Refund", says: "Money given back, in whole or in part.", fields, example }
}
