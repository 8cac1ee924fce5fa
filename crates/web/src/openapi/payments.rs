//! `/payments`, described.

use super::operation::{Operation, Parameter, does, export, list, parameter, show_with, verb};
use super::schema::{
    Field, Shape, amount, anything, closed, currency, id, id_like, like, line, list_of, may, may_be_null,
    minor, must, named, object, only, or_null, text, time, word, yes_or_no,
};
use super::{Resource, orders, rehearsals, shared};
use hundi_app::connections::Flow;
use hundi_app::expand;
use hundi_core::payment::Status;
use hundi_core::{FailureReason, Method};
use serde_json::{Value, json};

const ADDRESS: &str = "^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.){3}\
    (25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$|^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$";

pub(super) fn resource() -> Resource {
    let operations = vec![
        create(),
        list("list_payments", "/payments", "Payment", filters()).said("List payments", "Newest first."),
        export("export_payments", "/payments/export", filters_of_all()).said(
            "Export payments",
            "Every payment that the list would show with these filters, newest first, as a file.",
        ),
        show_with("get_payment", "/payments/{id}", "Payment", expand::OF_PAYMENTS)
            .of("pay")
            .said("Read a payment", ""),
        capture(),
        retry(),
        verb("cancel_payment", "/payments/{id}/cancel", (200, "Payment"))
            .of("pay")
            .refuses(&["payment_cannot_be_cancelled", "payment_in_doubt"])
            .said(
                "Cancel a payment",
                "Lets an open or authorised payment go. Where the provider can be asked to release the hold, it is, at once: until it answers, the outcome is unknown. Elsewhere it releases the hold when its window ends.",
            ),
        verb("check_payment", "/payments/{id}/check", (200, "Payment")).of("pay").said(
            "Ask the provider now",
            "For a payment whose `outcome` is `unknown`. We ask by ourselves as well.",
        ),
    ];
    Resource {
        tag: "Payments",
        says: "A payment is one engagement of one connection to collect an order. While `outcome` is `unknown`, don't \
               charge again and don't tell the payer that it failed.",
        operations,
        shapes: vec![shape()],
    }
}

/// How to pay: the same for a first payment and for another one.
fn way(flow_said: &'static str) -> Vec<Field> {
    let payer = closed(&[
        may_be_null("ip", like(ADDRESS), "Kept as evidence."),
        may_be_null("user_agent", line(300), "Kept as evidence."),
    ]);
    vec![
        may_be_null("flow", flow(), flow_said),
        may_be_null("connection_id", id("conn"), "Your routing rules decide, when left out."),
        may_be_null(
            "method",
            word(Method::ALL.iter().map(|m| m.as_str())),
            "Routes the payment, if you know it.",
        ),
        may_be_null("payer", payer, ""),
    ]
}

/// What beginning a payment can be refused with, whichever it is.
const NOT_BEGUN: &[&str] = &[
    "not_found",
    "order_cannot_be_paid",
    "payment_in_progress",
    "payment_in_doubt",
    "retries_used_up",
    "retry_window_passed",
    "no_connection",
    "connection_disabled",
    "amount_outside_limits",
    "currency_not_offered",
    "providers_down",
];

fn retry() -> Operation {
    let fields = way("The same as before, when left out.");
    let mut refused = vec!["payment_cannot_be_retried"];
    refused.extend(NOT_BEGUN);
    does("retry_payment", "/payments/{id}/retry", fields, json!({ "flow": "redirect" }), (201, "Payment"))
        .of("pay")
        .refuses(&refused)
        .said(
            "Try a failed payment again",
            "Begins another payment of the same order, whose `after` is this one. For a payment that failed or expired. \
             Tries that failed with the payer are counted: three may follow the first, within 24 hours of it, unless the \
             operator has set other limits. `POST /payments` and the checkout page obey them too.",
        )
}

fn create() -> Operation {
    let mut fields = vec![must("order_id", id("ord"), "")];
    fields.extend(way("How the payer gets to the provider. The connection's first, when left out."));
    fields.retain(|field| field.name != "method");
    fields.push(may_be_null(
        "method",
        json!({ "anyOf": [word(Method::ALL.iter().map(|m| m.as_str())), id("pm")] }),
        "Routes the payment, if you know it. A saved method's id charges it, at once and with nobody at a screen.",
    ));
    fields.push(may_be_null(
        "save_consent",
        line(40),
        "The payer agreed that what they pay with is saved for the order's customer: the version of your text.",
    ));
    let example = json!({ "order_id": id_like("ord"), "flow": "script" });
    does("create_payment", "/payments", fields, example, (201, "Payment"))
        .refuses(&["test_mode_only", "not_simulated"])
        .headers(rehearsals::headers())
        .refuses(NOT_BEGUN)
        .refuses(&["saved_methods_not_offered", "saved_method_of_another"])
        .said(
            "Begin a payment",
            "The checkout page does it; do it yourself when you have a page of your own. `next_step` says what that \
             page does now. A provider that refuses to open it answers with status `failed`.",
        )
}

fn capture() -> Operation {
    let fields = vec![may("amount", amount(), "In minor units. All that is held, when left out.")];
    does("capture_payment", "/payments/{id}/capture", fields, json!({ "amount": 80_000 }), (200, "Payment"))
        .of("pay")
        .refuses(&[
            "payment_cannot_be_captured",
            "payment_in_doubt",
            "capture_not_whole",
            "capture_exceeds_held",
            "provider_refused",
        ])
        .said(
            "Capture a payment",
            "Takes what the bank holds for an order with `capture` `manual`, once. With an `amount` below that, it takes so \
             much and lets the rest go: the order is then paid, and its `amount_paid` says how much was taken. Not every \
             provider takes a part; docs/providers.md says which.",
        )
}

fn flow() -> Value {
    word(Flow::ALL.iter().map(|flow| flow.as_str()))
}

fn method() -> Value {
    word(Method::ALL.iter().map(|method| method.as_str()))
}

fn reasons() -> Value {
    word(FailureReason::ALL.iter().map(|reason| reason.as_str()))
}

fn filters() -> Vec<Parameter> {
    let mut all = filters_of_all();
    all.push(shared::expand(expand::OF_PAYMENTS));
    all
}

/// Without what is shown beside each.
pub(super) fn filters_of_all() -> Vec<Parameter> {
    let mut all = vec![
        parameter(
            "status",
            word(Status::ALL.iter().map(|s| s.as_str())),
            json!("captured"),
            "Only payments in this state. Refunded ones are `captured`.",
        ),
        parameter("method", method(), json!("upi"), "How the payer paid."),
        parameter("order_id", id("ord"), json!(id_like("ord")), "Only payments of this order."),
        parameter(
            "connection_id",
            id("conn"),
            json!(id_like("conn")),
            "Only payments through this connection.",
        ),
        shared::provider("Only payments through connections of this provider."),
        parameter("currency", orders::one_of_the_codes(), json!("INR"), "Only payments in this currency."),
        parameter("outcome", word(["unknown"]), json!("unknown"), "Only those in doubt."),
        parameter(
            "reference",
            super::reference(),
            json!("pay_Nq3Lw9"),
            "A payment's or order's id, `our_ref`, the provider's order or payment, the bank's own number, the order's \
             receipt or its payer's e-mail address, whole.",
        ),
        shared::metadata_pairs("Only payments of orders with these pairs of metadata: `metadata[table]=4`."),
    ];
    all.extend(shared::amounts());
    all
}

/// Of the payments of one order.
pub(super) fn filters_within() -> Vec<Parameter> {
    filters().into_iter().filter(|filter| filter.name != "order_id").collect()
}

fn shape() -> Shape {
    let shown = Status::ALL.iter().map(|s| s.as_str()).chain(["partially_refunded", "refunded"]);
    let failure = object(&[
        must("reason", reasons(), ""),
        must("message", text(), ""),
        must("advice", text(), "For the payer."),
    ]);
    let fields = vec![
        must("id", id("pay"), ""),
        must("object", only("payment"), ""),
        must("livemode", yes_or_no(), ""),
        must("order_id", id("ord"), ""),
        must("connection_id", id("conn"), ""),
        must(
            "via",
            word(["own", "platform"]),
            "Whose connection it is: your own, or the platform's, which then owes you the money.",
        ),
        must("amount", minor(), "What was asked for, in minor units."),
        must("amount_captured", minor(), "What moved. Less than `amount` where you captured a part."),
        must("amount_capturable", minor(), "What the bank holds and you can still take."),
        must("amount_to_capture", or_null(minor()), "How much you last asked to take of what is held."),
        must("amount_refunded", minor(), "What went back."),
        must("currency", currency(), ""),
        must("status", word(shown), ""),
        must(
            "outcome",
            word(["known", "unknown"]),
            "`unknown` while the result of a call to the provider is not known.",
        ),
        must("in_doubt_since", or_null(time()), ""),
        must("next_check_at", or_null(time()), "When we ask the provider again."),
        must("method", or_null(method()), ""),
        must(
            "flow",
            word(Flow::ALL.iter().map(|flow| flow.as_str()).chain(["saved"])),
            "`saved`: a saved method was charged.",
        ),
        must("failure", or_null(failure), "Why it is over without money."),
        must(
            "tries",
            list_of(one_try()),
            "What the payer tried inside it. A failed try does not end a payment.",
        ),
        must("next_step", or_null(next_step()), "What your page does now, while the payment is `pending`."),
        must("our_ref", like("^[A-Za-z0-9]{20}$"), "What the provider knows it by."),
        must("provider_order", or_null(text()), "The provider's own id of it."),
        must("after", or_null(id("pay")), "The payment of the same order that it follows."),
        must("expires_at", time(), ""),
        must("created_at", time(), ""),
        must("updated_at", time(), ""),
        may("order", named("Order"), "With `expand[]=order`."),
        may("connection", named("Connection"), "With `expand[]=connection`, where it is your own."),
        may("refunds", shared::page_of(&named("Refund")), "With `expand[]=refunds`: its newest refunds."),
    ];
    let example = json!({
        "id": id_like("pay"), "object": "payment", "livemode": false, "order_id": id_like("ord"),
        "connection_id": id_like("conn"), "via": "own", "amount": 149_900, "amount_captured": 149_900, "amount_capturable": 0, "amount_to_capture": null,
        "amount_refunded": 0,
        "currency": "INR", "status": "captured", "outcome": "known", "in_doubt_since": null, "next_check_at": null,
        "method": "upi", "flow": "script", "failure": null,
        "tries": [{
            "provider_payment": "pay_Nq3Lw9", "status": "captured", "method": "upi", "instrument": "asha@upi",
            "bank_ref": "632512345678", "failure": null, "quoted_fee": 3538, "quoted_tax": 540, "created_at": "2026-11-21T08:00:20.000Z",
        }],
        "next_step": null, "our_ref": "01kq8q4t6w8y0a2c4e6g", "provider_order": "order_Nq3Lw8", "after": null,
        "expires_at": "2026-11-21T08:15:05.000Z", "created_at": "2026-11-21T08:00:05.000Z",
        "updated_at": "2026-11-21T08:00:21.000Z",
    });
    Shape { name: "Payment", says: "One engagement of one connection.", fields, example }
}

/// Why something failed.
pub(super) fn failure() -> Value {
    object(&[must("reason", reasons(), "For programs."), must("message", text(), "For people.")])
}

fn one_try() -> Value {
    object(&[
        must("provider_payment", text(), "The provider's own id of it."),
        must("status", word(["started", "authorized", "captured", "released", "failed"]), ""),
        must("method", or_null(method()), ""),
        must("instrument", or_null(text()), "Masked."),
        must("bank_ref", or_null(text()), "RRN, UTR or the bank's own number."),
        must("failure", or_null(failure()), "Why it failed."),
        must(
            "quoted_fee",
            or_null(json!({ "type": "integer" })),
            "The provider's fee as it said so, tax included; the settlement decides.",
        ),
        must("quoted_tax", or_null(json!({ "type": "integer" })), "The tax within that fee."),
        must("created_at", time(), ""),
    ])
}

fn next_step() -> Value {
    json!({ "oneOf": [
        object(&[
            must("type", only("script"), "Load `src`, call `global` with `options`."),
            must("src", text(), ""),
            must("global", text(), ""),
            must("options", anything(), ""),
        ]),
        object(&[must("type", only("redirect"), "Go to the address."), must("url", text(), "")]),
        object(&[
            must("type", only("form"), "Post these fields to the address, by a form of the page."),
            must("action", text(), ""),
            must("fields", json!({}), ""),
        ]),
        object(&[
            must("type", only("upi_intent"), "Open the link, or draw it as a QR code."),
            must("link", text(), ""),
        ]),
    ] })
}
