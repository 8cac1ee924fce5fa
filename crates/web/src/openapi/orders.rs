//! `/orders`, described.

use super::operation::{Operation, Parameter, does, export, list, parameter, show_with, verb};
use super::schema::{
    Field, Shape, amount, closed, currency, id, id_like, instant, like, line, may, may_be_null, metadata,
    minor, must, named, object, only, or_null, text, time, word, yes_or_no,
};
use super::{Resource, payments, shared};
use hundi_app::expand;
use hundi_core::order::Status;
use serde_json::{Value, json};

pub(super) const EMAIL: &str = "^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]{0,50}[A-Za-z0-9])?\
    (\\.[A-Za-z0-9]([A-Za-z0-9-]{0,50}[A-Za-z0-9])?){1,3}$";
pub(super) const PHONE: &str = r"^\+[1-9][0-9]{7,14}$";
const RETURN_URL: &str = r"^(https://[A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?(\.[A-Za-z]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?){1,4}|http://localhost)(:[1-9][0-9]{0,3})?(/[A-Za-z0-9._~!$&'()*+,;=:@/-]{0,500})?(\?[A-Za-z0-9._~!$&'()*+,;=:@/?-]{0,500})?$";

pub(super) fn resource() -> Resource {
    let operations = vec![
        create(),
        list("list_orders", "/orders", "Order", filters())
            .said("List orders", "Newest first."),
        export("export_orders", "/orders/export", filters_of_all())
            .said("Export orders", "Every order that the list would show with these filters, newest first, as a file."),
        show_with("get_order", "/orders/{id}", "Order", expand::OF_ORDERS)
            .of("ord")
            .said("Read an order", ""),
        verb("cancel_order", "/orders/{id}/cancel", (200, "Order"))
            .of("ord")
            .refuses(&["order_cannot_be_cancelled", "payment_in_doubt"])
            .said(
                "Cancel an order",
                "It can no longer be paid. Money that arrives all the same is recorded and, by the merchant's setting, \
                 given back or accepted.",
            ),
        list("list_order_payments", "/orders/{id}/payments", "Payment", payments::filters_within())
            .of("ord")
            .said("List an order's payments", "Every engagement of a connection to collect it."),
    ];
    Resource {
        tag: "Orders",
        says: "An order is what is owed. It is paid at most once.",
        operations,
        shapes: vec![shape()],
    }
}

fn create() -> Operation {
    let fields = vec![
        must("amount", amount(), "What is owed, in minor units: up to 10,000,000,000 major ones."),
        must("currency", one_of_the_codes(), "An ISO 4217 code in capitals."),
        may_be_null(
            "capture",
            word(["automatic", "manual"]),
            "`manual`: the bank holds the money until you capture it.",
        ),
        may_be_null("receipt", line(40), "Your own number. Lists can be narrowed by it."),
        may_be_null("description", line(200), "What the payer reads."),
        may_be_null("customer", customer_asked(), "Who pays."),
        may_be_null(
            "customer_id",
            id("cus"),
            "Whose order it is. What `customer` leaves out is taken from them.",
        ),
        may_be_null(
            "offer_saved_methods",
            yes_or_no(),
            "The payer's page offers what the customer has saved. Whoever has its link can then charge it.",
        ),
        may_be_null("metadata", metadata(), "Pairs of text of your own."),
        may_be_null(
            "return_url",
            like(RETURN_URL),
            "Where the payer's page leads back to: https, without user name; in test mode also http://localhost.",
        ),
        may_be_null(
            "expires_at",
            instant(),
            "RFC 3339, from one minute to one year ahead. Never, when left out.",
        ),
    ];
    let example = json!({
        "amount": 149_900, "currency": "INR", "receipt": "R-1001", "description": "Two chairs",
        "customer": { "name": "Asha Rao", "email": "asha@example.com", "phone": "+919876543210" },
        "metadata": { "table": "4" }, "return_url": "https://shop.example/thanks",
    });
    does("create_order", "/orders", fields, example, (201, "Order"))
        .said("Create an order", "Send the payer to its `checkout_url`, and wait for `order.paid`.")
}

/// Every code that money can be held in.
pub(super) fn one_of_the_codes() -> Value {
    word(hundi_core::Currency::codes())
}

fn customer_asked() -> Value {
    closed(&[
        may_be_null("name", line(100), ""),
        may_be_null("email", like(EMAIL), ""),
        may_be_null("phone", like(PHONE), "A plus, the country code and digits."),
    ])
}

fn filters() -> Vec<Parameter> {
    let mut all = filters_of_all();
    all.push(shared::expand(expand::OF_ORDERS));
    all
}

/// Without what is shown beside each.
pub(super) fn filters_of_all() -> Vec<Parameter> {
    let mut all = vec![
        parameter(
            "status",
            word(Status::ALL.iter().map(|s| s.as_str())),
            json!("paid"),
            "Only orders in this state.",
        ),
        parameter("receipt", super::reference(), json!("R-1001"), "Only the one with this number of yours."),
        parameter("currency", one_of_the_codes(), json!("INR"), "Only orders in this currency."),
        parameter(
            "reference",
            super::reference(),
            json!("asha@example.com"),
            "Its id, receipt or payer's e-mail address, or a payment of it by its id or `our_ref`, whole.",
        ),
        shared::metadata_pairs("Only orders with these pairs of metadata: `metadata[table]=4`."),
    ];
    all.extend(shared::amounts());
    all
}

fn shape() -> Shape {
    let customer: [Field; 3] = ["name", "email", "phone"].map(|name| must(name, or_null(text()), ""));
    let fields = vec![
        must("id", id("ord"), ""),
        must("object", only("order"), ""),
        must("livemode", yes_or_no(), "Whether it is of live mode."),
        must("amount", minor(), "What is owed, in minor units."),
        must("amount_paid", minor(), "Less than `amount` where you captured a part of what was held."),
        must("amount_due", minor(), "0 once it is paid."),
        must(
            "double_charge_exposure",
            minor(),
            "What the payer might be charged above `amount`, should every payment that is open or in doubt succeed. What \
             comes twice goes back by itself.",
        ),
        must("currency", currency(), ""),
        must(
            "status",
            word(Status::ALL.iter().map(|s| s.as_str())),
            "`attempted`: a payment was begun. `paid` is for ever.",
        ),
        must("capture", word(["automatic", "manual"]), ""),
        must("receipt", or_null(text()), ""),
        must("description", or_null(text()), ""),
        must("customer", object(&customer), ""),
        must("customer_id", or_null(id("cus")), ""),
        must("offer_saved_methods", yes_or_no(), ""),
        must("metadata", metadata(), ""),
        must("return_url", or_null(text()), ""),
        must("checkout_url", text(), "The payer's page. Whoever has the link may pay."),
        must("expires_at", or_null(time()), ""),
        must("created_at", time(), ""),
        must("updated_at", time(), ""),
        may("payments", shared::page_of(&named("Payment")), "With `expand[]=payments`: its newest payments."),
    ];
    let example = json!({
        "id": id_like("ord"), "object": "order", "livemode": false, "amount": 149_900, "amount_paid": 0,
        "amount_due": 149_900, "double_charge_exposure": 0, "currency": "INR", "status": "created", "capture": "automatic", "receipt": "R-1001",
        "description": "Two chairs",
        "customer": { "name": "Asha Rao", "email": "asha@example.com", "phone": "+919876543210" },
        "customer_id": null, "offer_saved_methods": false,
        "metadata": { "table": "4" }, "return_url": "https://shop.example/thanks",
        "checkout_url": "https://pay.example/pay/3q8Wz1kPp0", "expires_at": null,
        "created_at": "2026-11-21T08:00:00.000Z", "updated_at": "2026-11-21T08:00:00.000Z",
    });
    Shape { name: "Order", says: "What is owed.", fields, example }
}
