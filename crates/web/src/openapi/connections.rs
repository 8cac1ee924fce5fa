//! `/connections`, `/sweeps` and `/balances`, described.

use super::Resource;
use super::operation::{Answers, Operation, Takes, does, list, operation, parameter, show, verb};
use super::orders::one_of_the_codes;
use super::schema::{
    Field, Shape, amount, balance, count, currency, id, id_like, like, line, list_of, may_be_null, minor,
    must, object, only, or_null, text, time, word, yes_or_no,
};
use hundi_app::connections::{Flow, cards};
use hundi_app::standings::told_by;
use hundi_app::sweeps::DAYS_MAX;
use hundi_core::Method;
use serde_json::{Value, json};

pub(super) fn resource() -> Resource {
    let operations = vec![
        create(),
        list("list_connections", "/connections", "Connection", Vec::new()).said("List connections", "Newest first."),
        show("get_connection", "/connections/{id}", "Connection").of("conn").said("Read a connection", ""),
        update(),
        verb("test_connection", "/connections/{id}/test", (200, "Connection")).of("conn").said(
            "Test a connection",
            "A real call with its credentials; no money moves. What the provider said stands in `test_result`.",
        ),
        methods(),
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
        show("get_connection_balance", "/connections/{id}/balance", "ConnectionBalance")
            .of("conn")
            .refuses(&["balance_not_offered", "provider_refused"])
            .said(
                "Ask a provider what stands on the account",
                "What was collected and not yet paid out, in each currency, told by the provider itself at each call, \
                 which may be hours late. Where no document of a provider's confirms such a balance, the answer is \
                 `balance_not_offered`. Your own book is `/balances`.",
            ),
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
        shapes: vec![connection(), offered(), sweep(), standing(), told()],
    }
}

const CREDENTIALS: &str = "By the names that `docs/api.md` lists for each provider. Never shown again.";

fn credentials() -> Value {
    json!({
        "type": "object",
        "propertyNames": { "pattern": "^[a-z0-9_]{1,40}$" },
        "additionalProperties": { "type": "string", "maxLength": 4000 },
    })
}

/// What both making and changing take.
fn settings() -> Vec<Field> {
    let mut flows = list_of(word(Flow::ALL.iter().map(|f| f.as_str())));
    flows["minItems"] = json!(1);
    let features = json!({ "type": "array", "maxItems": 10, "items": word(["upi_intent", "saved_methods"]) });
    vec![
        may_be_null(
            "webhook_secret",
            like("^[ -~]{8,256}$"),
            "Signs the provider's webhooks, where it has one. Changed, the one before verifies for two more days.",
        ),
        may_be_null("flows", flows, "Ways to pay, of those that the provider offers."),
        may_be_null("features", features, "What the account was switched on for at the provider."),
        may_be_null("amount_min", amount(), "The smallest payment, in minor units."),
        may_be_null("amount_max", amount(), "The largest."),
        may_be_null(
            "session_secs",
            json!({ "type": "integer", "minimum": 60, "maximum": 86_400 }),
            "How long a payer has.",
        ),
    ]
}

fn create() -> Operation {
    let mut fields = vec![
        must("provider", word(cards().iter().map(|card| card.id)), ""),
        must("credentials", credentials(), CREDENTIALS),
        may_be_null("label", line(80), "`Main`, when left out."),
    ];
    fields.extend(settings());
    let provider = cards().first().copied();
    let open = provider.into_iter().flat_map(|card| card.credentials).filter(|field| field.kind.is_needed());
    let credentials: serde_json::Map<String, Value> =
        open.map(|field| (field.name.to_owned(), json!(format!("your-{}", field.name)))).collect();
    let example = json!({
        "provider": provider.map(|card| card.id), "label": "Main account", "credentials": credentials,
        "webhook_secret": "a-secret-of-yours",
    });
    does("create_connection", "/connections", fields, example, (201, "Connection"))
        .refuses(&["connection_test_failed", "account_connected_twice"])
        .said(
            "Connect an account",
            "The provider is asked whether it accepts the credentials; if not, nothing is kept. Then paste `webhook_url` at \
             the provider.",
        )
}

fn update() -> Operation {
    let mut fields = vec![
        may_be_null("label", line(80), ""),
        may_be_null(
            "credentials",
            credentials(),
            "All of them, of the same account. The provider has to accept them first.",
        ),
        may_be_null("status", word(["enabled", "disabled"]), "`disabled`: it begins no payments."),
    ];
    fields.extend(settings());
    let takes = Takes::Body { fields, example: json!({ "label": "Counter", "status": "enabled" }) };
    let answers = Answers { status: 200, shape: "Connection", listed: false };
    operation("update_connection", "patch", "/connections/{id}", takes, answers)
        .of("conn")
        .refuses(&["connection_test_failed"])
        .said(
            "Change a connection",
            "What is left out stays as it is. Payments under way go on being watched.",
        )
}

fn methods() -> Operation {
    let plain_digits = json!({ "type": "string", "pattern": "^[1-9][0-9]{0,10}$" });
    let takes = Takes::Query {
        needed: Vec::new(),
        may: vec![
            parameter("amount", plain_digits, json!("5000000"), "Instalments of so much, in minor units."),
            parameter("currency", one_of_the_codes(), json!("INR"), "Of the amount. INR, when left out."),
        ],
    };
    let answers = Answers { status: 200, shape: "ConnectionMethods", listed: false };
    operation("list_connection_methods", "get", "/connections/{id}/methods", takes, answers)
        .of("conn")
        .refuses(&["provider_refused"])
        .said(
            "Read what a connection can be paid with",
            "Banks, wallets and instalment plans, as its provider lists them; kept for a quarter of an hour. Where \
             the provider lists nothing, what it generally offers.",
        )
}

fn offered() -> Shape {
    let bank = object(&[
        must("code", text(), "The provider's own."),
        must("name", text(), ""),
        must(
            "corporate",
            or_null(yes_or_no()),
            "For companies' accounts. `null` where the provider does not say.",
        ),
    ]);
    let offer = object(&[
        must("method", word(Method::ALL.iter().map(|m| m.as_str())), ""),
        must("banks", list_of(bank), "Banks or wallets to choose from."),
    ]);
    let plan = object(&[
        must("bank", text(), ""),
        must("amount_min", minor(), ""),
        must("months", count(), ""),
        must("rate_bps", count(), "Hundredths of a percent a year."),
        must(
            "monthly_amount",
            or_null(minor()),
            "Rounded half up to a minor unit; the bank's schedule decides.",
        ),
        must("total_amount", or_null(minor()), "Months times the monthly amount."),
        must("interest_amount", or_null(minor()), "The total less the amount."),
    ]);
    let fields = vec![
        must("object", only("connection_methods"), ""),
        must("livemode", yes_or_no(), ""),
        must("connection_id", id("conn"), ""),
        must("listed_by_provider", yes_or_no(), "Otherwise it is what the provider generally offers."),
        must("methods", list_of(offer), ""),
        must("emi", list_of(plan), "Instalment plans; those that fit the amount, where it was sent."),
    ];
    let example = json!({
        "object": "connection_methods", "livemode": false, "connection_id": id_like("conn"),
        "listed_by_provider": true,
        "methods": [{ "method": "netbanking", "banks": [{ "code": "HDFC", "name": "HDFC Bank", "corporate": null }] }],
        "emi": [{ "bank": "HDFC", "amount_min": 300_000, "months": 12, "rate_bps": 1_500, "monthly_amount": 451_292,
            "total_amount": 5_415_504, "interest_amount": 415_504 }],
    });
    Shape { name: "ConnectionMethods", says: "What a connection can be paid with.", fields, example }
}

fn told() -> Shape {
    let of = object(&[
        must("currency", currency(), ""),
        must("total", balance(), "Below nought: overdrawn."),
        must("available", or_null(balance()), "What can be refunded from or paid out, where it is said."),
        must("withheld", or_null(balance()), "What the provider holds back, where it is said."),
    ]);
    let fields = vec![
        must("object", only("connection_balance"), ""),
        must("livemode", yes_or_no(), ""),
        must("connection_id", id("conn"), ""),
        must("provider", text(), ""),
        must("balances", list_of(of), "In minor units."),
        must("as_of", or_null(time()), "When the provider counted, where it says so."),
    ];
    let tells = cards().iter().map(|card| card.id).find(|id| told_by(id));
    let example = json!({
        "object": "connection_balance", "livemode": false, "connection_id": id_like("conn"), "provider": tells,
        "balances": [{ "currency": "USD", "total": 120_050, "available": 100_000, "withheld": 20_050 }],
        "as_of": "2026-11-21T05:00:00.000Z",
    });
    Shape { name: "ConnectionBalance", says: "What a provider says stands on an account.", fields, example }
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
        must("features", list_of(text()), "What the account was switched on for."),
        must("amount_min", or_null(minor()), "A limit of this connection, in minor units."),
        must("amount_max", or_null(minor()), ""),
        must("session_secs", count(), "How long a payer has."),
        must("webhook_url", text(), "Where the provider sends its webhooks: paste it there."),
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
    let provider = cards().first().map_or("", |card| card.id);
    let example = json!({
        "id": id_like("conn"), "object": "connection", "livemode": false,
        "provider": provider, "label": "Main account", "status": "enabled",
        "key_hint": "…0001", "flows": ["script"], "methods": ["card", "upi"], "features": [], "amount_min": null,
        "amount_max": 50_000_000, "session_secs": 900,
        "webhook_url": format!("https://pay.example/hooks/{provider}/3q8Wz1kPp0"), "webhook_secret_set": true,
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
