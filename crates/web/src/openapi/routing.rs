//! `/routing`, described.

use super::Resource;
use super::operation::{Answers, Operation, Takes, operation, parameter, show};
use super::orders::one_of_the_codes;
use super::schema::{
    Field, Shape, amount, closed, count, id, id_like, like, line, list_of, may, may_be_null, must, object,
    only, or_null, text, time, word, yes_or_no,
};
use hundi_app::connections::Flow;
use hundi_core::Method;
use hundi_core::order::LateSuccess;
use serde_json::{Value, json};

const CLOCK: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$";

pub(super) fn resource() -> Resource {
    Resource {
        tag: "Routing",
        says: "Which of your connections collects a payment. The first rule that fits decides by its weights; then come \
               the other connections, oldest first. One that fails too often is passed over until it works again, and \
               the next is asked only where the one before surely did nothing.",
        operations: vec![
            show("get_routing", "/routing", "Routing").said("Read your routing rules", ""),
            replace(),
            preview(),
            show("get_routing_policy", "/routing/policy", "RoutingPolicy").said("Read your policy", ""),
            decide(),
        ],
        shapes: vec![routing(), previewed(), policy()],
    }
}

fn methods() -> Value {
    word(Method::ALL.iter().map(|m| m.as_str()))
}

fn rule() -> Value {
    let days = word(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    let when = closed(&[
        may("methods", list_of(methods()), "As far as the method is known before the payer chose."),
        may_be_null("currency", one_of_the_codes(), ""),
        may_be_null("amount_min", amount(), "In minor units, this one included."),
        may_be_null("amount_max", amount(), ""),
        may("days", list_of(days), "Of the merchant's own week."),
        may_be_null(
            "from",
            like(CLOCK),
            "On the merchant's own clock; with `to`. Past midnight if later than it.",
        ),
        may_be_null("to", like(CLOCK), ""),
    ]);
    let mut weight = count();
    weight["minimum"] = json!(0);
    weight["maximum"] = json!(1000);
    let mut to = list_of(closed(&[
        must("connection", id("conn"), ""),
        may("weight", weight, "Among the others; 0 is a last resort. 1 when left out."),
    ]));
    to["minItems"] = json!(1);
    to["maxItems"] = json!(20);
    closed(&[must("name", line(80), ""), may("when", when, "Everything, when left out."), must("to", to, "")])
}

fn example() -> Value {
    json!({
        "name": "Large amounts by day", "when": { "amount_min": 500_000, "from": "09:00", "to": "18:00" },
        "to": [{ "connection": id_like("conn"), "weight": 100 }],
    })
}

fn replace() -> Operation {
    let mut rules = list_of(rule());
    rules["maxItems"] = json!(50);
    let takes = Takes::Body {
        fields: vec![must("rules", rules, "First match first. None takes your connections in their order.")],
        example: json!({ "rules": [] }),
    };
    let answers = Answers { status: 200, shape: "Routing", listed: false };
    operation("set_routing", "put", "/routing", takes, answers)
        .said("Replace your routing rules", "The whole list at once: doing it twice is doing it once.")
}

fn late_success() -> Value {
    word([LateSuccess::Refund, LateSuccess::Accept].map(LateSuccess::in_full))
}

fn decide() -> Operation {
    let takes = Takes::Body {
        fields: vec![must("late_success", late_success(), "")],
        example: json!({ "late_success": "accept_and_void_other" }),
    };
    let answers = Answers { status: 200, shape: "RoutingPolicy", listed: false };
    operation("set_routing_policy", "put", "/routing/policy", takes, answers).said(
        "Decide about payments beside others",
        "Counts for orders created from now on. `refund_later`: a payment may begin beside an open one, and what comes \
         second, or for an order that is over, goes back by itself. `accept_and_void_other`: a payment that begins takes \
         the place of the open one, which is called off; money for an order that is over pays it after all; once it is \
         paid, what still stands open is called off and holds are let go. Under either, nothing begins while another \
         payment is in doubt, and what was charged twice goes back.",
    )
}

fn policy() -> Shape {
    let fields = vec![
        must("object", only("routing_policy"), ""),
        must("livemode", yes_or_no(), ""),
        must("late_success", late_success(), ""),
        must("version", count(), "Counts the changes; 0 while your default counts."),
        must("updated_at", or_null(time()), ""),
    ];
    let example = json!({
        "object": "routing_policy", "livemode": false, "late_success": "refund_later", "version": 0,
        "updated_at": null,
    });
    Shape { name: "RoutingPolicy", says: "What you decided about payments beside others.", fields, example }
}

fn preview() -> Operation {
    let flows = word(Flow::ALL.iter().map(|f| f.as_str()));
    let takes = Takes::Query {
        needed: vec![
            parameter("amount", amount(), json!(149_900), "In minor units."),
            parameter("currency", one_of_the_codes(), json!("INR"), ""),
        ],
        may: vec![parameter("method", methods(), Value::Null, ""), parameter("flow", flows, Value::Null, "")],
    };
    operation(
        "preview_routing",
        "get",
        "/routing/preview",
        takes,
        Answers { status: 200, shape: "RoutingPreview", listed: false },
    )
    .said("See what would happen to a payment now", "Nothing is begun.")
}

fn routing() -> Shape {
    let fields = vec![
        must("object", only("routing"), ""),
        must("livemode", yes_or_no(), ""),
        must("rules", list_of(rule()), ""),
        must("version", count(), "Counts the changes."),
        must("updated_at", or_null(time()), ""),
    ];
    let example = json!({
        "object": "routing", "livemode": false, "rules": [example()], "version": 1,
        "updated_at": "2026-11-20T10:00:00.000Z",
    });
    Shape { name: "Routing", says: "A merchant's routing rules.", fields, example }
}

fn named() -> Vec<Field> {
    vec![
        must("connection", id("conn"), ""),
        must("provider", text(), ""),
        must("label", text(), ""),
        must("via", word(["own", "platform"]), "`platform`: the last resort, which is not yours."),
    ]
}

fn previewed() -> Shape {
    let reasons = word([
        "disabled",
        "currency_not_offered",
        "amount_outside_limits",
        "flow_not_offered",
        "down",
        "recovering",
    ]);
    let mut over = named();
    over.push(must("reason", reasons, ""));
    over.push(must("until", or_null(time()), "When one that is down is tried again."));
    let rule = object(&[must("position", count(), "From 0."), must("name", text(), "")]);
    let fields = vec![
        must("object", only("routing_preview"), ""),
        must("rule", or_null(rule), "The one that decides."),
        must(
            "tries",
            list_of(object(&named())),
            "In the order in which they would be asked, each only where the one before surely did nothing. Of your own, \
             three are asked at most; the platform's account comes last, and where all of your own were asked.",
        ),
        must("passed_over", list_of(object(&over)), ""),
    ];
    let connection =
        json!({ "connection": id_like("conn"), "provider": "acme", "label": "Main account", "via": "own" });
    let example = json!({
        "object": "routing_preview", "rule": { "position": 0, "name": "Large amounts by day" },
        "tries": [connection], "passed_over": [],
    });
    Shape { name: "RoutingPreview", says: "What would happen to a payment now.", fields, example }
}
