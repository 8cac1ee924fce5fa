//! `/customers` and `/saved_methods`, described.

use super::Resource;
use super::operation::{Answers, Operation, Takes, does, list, operation, parameter, show, verb};
use super::orders::{EMAIL, PHONE};
use super::schema::{
    Field, Shape, id, id_like, like, line, may, may_be_null, metadata, must, object, only, or_null, text,
    time, word, yes_or_no,
};
use hundi_core::Method;
use serde_json::json;

pub(super) fn resource() -> Resource {
    let operations = vec![
        does("create_customer", "/customers", asked(), asked_example(), (201, "Customer")).said(
            "Create a customer",
            "Name it in orders (`customer_id`), so that what the payer agrees to save is saved for them.",
        ),
        list("list_customers", "/customers", "Customer", filters()).said("List customers", "Newest first."),
        show("get_customer", "/customers/{id}", "Customer").of("cus").said("Read a customer", ""),
        change(),
        operation("delete_customer", "delete", "/customers/{id}", Takes::Bare, one("Customer")).of("cus").said(
            "Erase a customer",
            "Name, address, number and metadata go, from their orders and payments too, and providers are told to \
             forget what they keep for them. The id, the orders and the money stay.",
        ),
        operation(
            "list_customer_methods",
            "get",
            "/customers/{id}/methods",
            Takes::Bare,
            Answers { status: 200, shape: "SavedMethod", listed: true },
        )
        .of("cus")
        .said("List a customer's saved methods", "Those that can be charged, the default one first, on one page."),
        show("get_saved_method", "/saved_methods/{id}", "SavedMethod").of("pm").said("Read a saved method", ""),
        verb("set_default_method", "/saved_methods/{id}/default", (200, "SavedMethod"))
            .of("pm")
            .said("Make a saved method the default", "The payer's page offers it first."),
        operation(
            "delete_saved_method",
            "delete",
            "/saved_methods/{id}",
            Takes::Bare,
            one("DeletedSavedMethod"),
        )
        .of("pm")
        .said("Delete a saved method", "It is charged no more from now on, and the provider is told to forget it."),
    ];
    Resource {
        tag: "Customers and saved methods",
        says: "Payers that you know, and what providers keep for them. We hold a provider's token, sealed; no card \
               number ever.",
        operations,
        shapes: vec![customer(), saved_method(), deleted()],
    }
}

const fn one(shape: &'static str) -> Answers {
    Answers { status: 200, shape, listed: false }
}

fn asked() -> Vec<Field> {
    vec![
        may_be_null("name", line(100), ""),
        may_be_null("email", like(EMAIL), ""),
        may_be_null("phone", like(PHONE), "A plus, the country code and digits."),
        may_be_null("metadata", metadata(), "Pairs of text of your own."),
    ]
}

fn asked_example() -> serde_json::Value {
    json!({
        "name": "Asha Rao", "email": "asha@example.com", "phone": "+919876543210", "metadata": { "club": "gold" },
    })
}

fn change() -> Operation {
    let fields = vec![
        may("name", or_null(line(100)), "`null` takes it away."),
        may("email", or_null(like(EMAIL)), ""),
        may("phone", or_null(like(PHONE)), ""),
        may_be_null("metadata", metadata(), "All of it anew."),
    ];
    does("update_customer", "/customers/{id}", fields, json!({ "phone": "+919876543211" }), (200, "Customer"))
        .of("cus")
        .said("Change a customer", "What is left out stays. Orders keep what they were made with.")
}

fn filters() -> Vec<super::operation::Parameter> {
    vec![
        parameter("email", super::reference(), json!("asha@example.com"), "Only with this address."),
        parameter("phone", super::reference(), json!("+919876543210"), "Only with this number."),
    ]
}

fn customer() -> Shape {
    let fields = vec![
        must("id", id("cus"), ""),
        must("object", only("customer"), ""),
        must("livemode", yes_or_no(), ""),
        must("name", or_null(text()), ""),
        must("email", or_null(text()), ""),
        must("phone", or_null(text()), ""),
        must("metadata", metadata(), ""),
        must("deleted", yes_or_no(), "Their personal data was erased."),
        must("created_at", time(), ""),
        must("updated_at", time(), ""),
    ];
    let example = json!({
        "id": id_like("cus"), "object": "customer", "livemode": false, "name": "Asha Rao",
        "email": "asha@example.com", "phone": "+919876543210", "metadata": { "club": "gold" }, "deleted": false,
        "created_at": "2026-11-20T10:00:00.000Z", "updated_at": "2026-11-20T10:00:00.000Z",
    });
    Shape { name: "Customer", says: "A payer that a merchant knows.", fields, example }
}

fn saved_method() -> Shape {
    let number = || or_null(json!({ "type": "integer" }));
    let consent = object(&[must("version", text(), "Of the text."), must("given_at", time(), "")]);
    let fields = vec![
        must("id", id("pm"), "Send it as a payment's `method` to charge it."),
        must("object", only("saved_method"), ""),
        must("livemode", yes_or_no(), ""),
        must("customer_id", id("cus"), ""),
        must("connection_id", id("conn"), "Where it is kept, and the only one that can charge it."),
        must(
            "status",
            word(["active", "forgetting", "deleted", "gone"]),
            "`gone`: the provider no longer knows it.",
        ),
        must("method", word(Method::ALL.iter().map(|m| m.as_str())), ""),
        must("network", or_null(text()), ""),
        must("last4", or_null(text()), ""),
        must("expiry_month", number(), ""),
        must("expiry_year", number(), ""),
        must("label", or_null(text()), "Masked, where it is no card."),
        must("default", yes_or_no(), ""),
        must("consent", consent, "What the payer agreed to, and when."),
        must("created_at", time(), ""),
    ];
    let example = json!({
        "id": id_like("pm"), "object": "saved_method", "livemode": false, "customer_id": id_like("cus"),
        "connection_id": id_like("conn"), "status": "active", "method": "card", "network": "Visa",
        "last4": "1007", "expiry_month": 12, "expiry_year": 2035, "label": null, "default": true,
        "consent": { "version": "checkout-2026-11", "given_at": "2026-11-20T10:00:00.000Z" },
        "created_at": "2026-11-20T10:01:00.000Z",
    });
    Shape { name: "SavedMethod", says: "What a provider keeps for a customer.", fields, example }
}

fn deleted() -> Shape {
    let fields = vec![
        must("id", id("pm"), ""),
        must("object", only("saved_method"), ""),
        must("deleted", json!({ "type": "boolean", "const": true }), ""),
    ];
    let example = json!({ "id": id_like("pm"), "object": "saved_method", "deleted": true });
    Shape { name: "DeletedSavedMethod", says: "It is charged no more.", fields, example }
}
