//! `/fallbacks` and `/routing/fallback`, described.

use super::Resource;
use super::operation::{Answers, Operation, Takes, does, list, operation, show, verb};
use super::schema::{Shape, id, id_like, must, only, or_null, time, word, yes_or_no};
use serde_json::json;

pub(super) fn resource() -> Resource {
    Resource {
        tag: "Platform’s account",
        says: "A last resort. Where none of a merchant's own connections can take a payment, or all of them surely did \
               nothing, the platform's own account takes it, if both agreed: the platform offers one of its connections, \
               the merchant accepts. Either ends it at any time; payments under way go on to their end. Such a payment \
               says `via: platform`; what it took is `due_from_platform` in the merchant's balances and `owed:mer_…` in \
               the platform's.",
        operations: vec![
            show("get_routing_fallback", "/routing/fallback", "RoutingFallback")
                .said("Read whether the platform's account stands behind yours", ""),
            agree(),
            offer(),
            list("list_fallbacks", "/fallbacks", "Fallback", Vec::new())
                .refuses(&["not_the_platform"])
                .said("List what you offered", "For the platform's own merchant. Newest first."),
            verb("withdraw_fallback", "/fallbacks/{id}/withdraw", (200, "Fallback"))
                .of("fbk")
                .refuses(&["not_the_platform"])
                .said("Take an offer back", "Accepted or not. No payment begins on it from now on."),
        ],
        shapes: vec![fallback(), routing_fallback()],
    }
}

fn agree() -> Operation {
    let takes = Takes::Body {
        fields: vec![must("accepted", yes_or_no(), "`false` declines the offer, or ends what stands.")],
        example: json!({ "accepted": false }),
    };
    let answers = Answers { status: 200, shape: "RoutingFallback", listed: false };
    operation("set_routing_fallback", "put", "/routing/fallback", takes, answers)
        .refuses(&["not_found"])
        .said(
            "Accept the platform's account as a last resort, or end it",
            "Needs the scope `connections:write`: it decides where your money goes. After `false` the platform has to \
             offer anew.",
        )
}

fn offer() -> Operation {
    let fields = vec![
        must("merchant_id", id("mer"), "Who may fall back to it, once it accepts."),
        must("connection_id", id("conn"), "One of yours, of the same mode."),
    ];
    let example = json!({ "merchant_id": id_like("mer"), "connection_id": id_like("conn") });
    does("offer_fallback", "/fallbacks", fields, example, (201, "Fallback"))
        .refuses(&["not_the_platform", "fallback_stands"])
        .said(
            "Offer a connection to a merchant",
            "For the platform's own merchant, which the operator names.",
        )
}

fn fallback() -> Shape {
    let fields = vec![
        must("id", id("fbk"), ""),
        must("object", only("fallback"), ""),
        must("livemode", yes_or_no(), ""),
        must("merchant_id", id("mer"), "To whom it is offered."),
        must("connection_id", id("conn"), "The platform's."),
        must("status", word(["offered", "accepted", "ended"]), ""),
        must("offered_at", time(), ""),
        must("accepted_at", or_null(time()), ""),
        must("ended_by", or_null(word(["platform", "merchant"])), ""),
        must("ended_at", or_null(time()), ""),
    ];
    let example = json!({
        "id": id_like("fbk"), "object": "fallback", "livemode": false, "merchant_id": id_like("mer"),
        "connection_id": id_like("conn"), "status": "accepted", "offered_at": "2026-11-20T10:00:00.000Z",
        "accepted_at": "2026-11-20T11:00:00.000Z", "ended_by": null, "ended_at": null,
    });
    Shape {
        name: "Fallback",
        says: "A connection of the platform's, offered to a merchant.",
        fields,
        example,
    }
}

fn routing_fallback() -> Shape {
    let fields = vec![
        must("object", only("routing_fallback"), ""),
        must("livemode", yes_or_no(), ""),
        must("status", word(["none", "offered", "accepted"]), "Payments fall back where it is `accepted`."),
        must("offered_at", or_null(time()), ""),
        must("accepted_at", or_null(time()), ""),
    ];
    let example = json!({
        "object": "routing_fallback", "livemode": false, "status": "accepted",
        "offered_at": "2026-11-20T10:00:00.000Z", "accepted_at": "2026-11-20T11:00:00.000Z",
    });
    Shape {
        name: "RoutingFallback",
        says: "Whether the platform's account is a merchant's last resort.",
        fields,
        example,
    }
}
