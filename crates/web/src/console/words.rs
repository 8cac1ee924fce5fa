//! Our own words for what the rows call by short names.

use hundi_app::connections::Flow;
use hundi_app::endpoints::Endpoint;
use hundi_core::refund::Reason;
use hundi_core::scope::Permission;

/// What does not fit, as a heading.
pub(super) fn discrepancy(kind: &str) -> &'static str {
    match kind {
        "amount_mismatch" => "Another amount was captured",
        "currency_mismatch" => "Another currency was captured",
        "duplicate" => "Charged twice under one payment",
        "status_mismatch" => "The provider contradicts itself",
        "overpaid" => "An order was paid more than once",
        "contradicted" => "The provider's list does not fit a payment",
        "used_twice" => "One payment was named for two",
        "refund_exceeds_captured" => "More went back than was captured",
        _ => "Something does not fit",
    }
}

pub(super) fn why_disabled(endpoint: &Endpoint) -> &str {
    endpoint.disabled_reason.as_deref().unwrap_or("it was disabled")
}

/// Of an endpoint that we disabled.
pub(super) fn given_up(endpoint: &Endpoint) -> String {
    format!(
        "We disabled it: {}. Its events are kept: enable it, then have what it missed sent again.",
        why_disabled(endpoint)
    )
}

pub(super) const fn flow(flow: Flow) -> (&'static str, &'static str) {
    match flow {
        Flow::Script => ("Payment window", "The provider’s window over our page"),
        Flow::Redirect => ("Payment page", "The provider’s own page, works without script"),
        Flow::UpiIntent => ("UPI link and QR code", "Only where the account was switched on for it"),
    }
}

/// What a key may do, and what is meant by it.
pub(super) const fn permission(permission: Permission) -> (&'static str, &'static str) {
    match permission {
        Permission::ReadPayments => ("See payments", "Orders, payments, refunds, customers and events"),
        Permission::TakePayments => ("Take payments", "Make orders and payments, capture, cancel, ask again"),
        Permission::Refund => ("Refund", ""),
        Permission::ReadConnections => ("See connections", "And the rules that choose among them"),
        Permission::ManageConnections => (
            "Change connections",
            "Decides to which account the money goes. For the key of a person, not of a shop",
        ),
        Permission::ReadWebhooks => {
            ("See webhooks", "Endpoints, deliveries, requests, what providers were asked")
        }
        Permission::ManageWebhooks => ("Change webhooks", "Endpoints, and sending events again"),
        Permission::ManageKeys => ("Make and revoke keys", "None that may do more than this one"),
        Permission::ManageUsers => ("Manage people", ""),
        Permission::ReadBooks => ("See the books", "Balances"),
        Permission::Export => ("Export lists", "As CSV or XLSX"),
        Permission::ManageRouting => ("Change routing", "Which connection collects what"),
    }
}

/// Reasons that a person can give; the standing policy has its own.
pub(super) const REASONS: &[(Reason, &str)] = &[
    (Reason::CustomerRequest, "Asked for by the customer"),
    (Reason::NotDelivered, "Not delivered"),
    (Reason::Damaged, "Damaged or wrong"),
    (Reason::Delayed, "Too late"),
    (Reason::Dispute, "To settle a dispute"),
    (Reason::Other, "Something else"),
];

pub(super) fn reason(word: &str) -> &'static str {
    let known = REASONS.iter().find(|(reason, _)| reason.as_str() == word);
    match known {
        Some((_, text)) => text,
        None if word == Reason::LateSuccess.as_str() => "Paid twice or too late: given back by policy",
        None => "Not said",
    }
}
