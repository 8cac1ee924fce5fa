//! `/test`, described.

use super::Resource;
use super::operation::{Answers, Operation, Parameter, Takes, operation, parameter, show};
use super::schema::{Field, Shape, count, may_be_null, must, only, or_null, word};
use crate::api::SEED_MAX;
use hundi_app::jobs::Worker;
use hundi_app::rehearsal::{CLOCK_MS_MAX, DELAY_MS_MAX, METHODS, Outcome};
use serde_json::{Value, json};

pub(super) fn resource() -> Resource {
    Resource {
        tag: "Test mode",
        says: "What simulated payers do, said beforehand; and whether the work that follows is done. With test keys alone.",
        operations: vec![
            show("get_test_settings", "/test/settings", "TestSettings")
                .refuses(&["test_mode_only"])
                .said("Read what this key's payers do", ""),
            replace(),
            show("get_test_jobs_status", "/test/jobs/status", "JobsStatus")
                .refuses(&["test_mode_only"])
                .said("Read how your jobs stand", "Wait until nothing is pending that is due, then look."),
        ],
        shapes: vec![settings(), jobs()],
    }
}

fn outcomes() -> Value {
    word(Outcome::ALL.iter().map(|outcome| outcome.as_str()))
}

fn methods() -> Value {
    word(METHODS.iter().map(|method| method.as_str()))
}

fn up_to(max: i64) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": max })
}

const OUTCOME: &str = "What the payer does. `doubt`: the provider takes the payment on and answers nothing. `random`: \
                       drawn from the seed and the order's receipt.";

/// Of a request that begins a payment.
pub(super) fn headers() -> Vec<Parameter> {
    vec![
        parameter("Hundi-Test-Outcome", outcomes(), Value::Null, OUTCOME),
        parameter("Hundi-Test-Method", methods(), Value::Null, "How the payer pays."),
        parameter("Hundi-Test-Delay-Ms", up_to(DELAY_MS_MAX), Value::Null, "How long the payer takes."),
        parameter("Hundi-Test-Seed", up_to(SEED_MAX), Value::Null, "What `random` is drawn from."),
        parameter(
            "Hundi-Test-Clock-Ms",
            up_to(CLOCK_MS_MAX),
            Value::Null,
            "How far the simulators' clock is moved on afterwards.",
        ),
    ]
}

fn fields() -> Vec<Field> {
    vec![
        may_be_null("outcome", outcomes(), OUTCOME),
        may_be_null("method", methods(), "How the payer pays."),
        may_be_null("delay_ms", up_to(DELAY_MS_MAX), "How long the payer takes."),
        may_be_null("seed", up_to(SEED_MAX), "What `random` is drawn from."),
        may_be_null("clock_ms", up_to(CLOCK_MS_MAX), "How far the simulators' clock is moved on afterwards."),
    ]
}

fn replace() -> Operation {
    let takes = Takes::Body { fields: fields(), example: json!({ "outcome": "pay", "delay_ms": 200 }) };
    let answers = Answers { status: 200, shape: "TestSettings", listed: false };
    operation("set_test_settings", "put", "/test/settings", takes, answers)
        .refuses(&["test_mode_only"])
        .said(
            "Say what this key's payers do",
            "With every payment that is begun by API with this key, unless the request's headers say otherwise. `{}` \
             leaves it to them again.",
        )
}

fn settings() -> Shape {
    let fields = vec![
        must("object", only("test_settings"), ""),
        must("livemode", json!({ "type": "boolean", "const": false }), ""),
        must("outcome", or_null(outcomes()), ""),
        must("method", or_null(methods()), ""),
        must("delay_ms", or_null(count()), ""),
        must("seed", or_null(count()), ""),
        must("clock_ms", or_null(count()), ""),
    ];
    let example = json!({
        "object": "test_settings", "livemode": false, "outcome": "pay", "method": null, "delay_ms": 200, "seed": null,
        "clock_ms": null,
    });
    Shape { name: "TestSettings", says: "What the payers of a test key do.", fields, example }
}

fn jobs() -> Shape {
    let fields = vec![
        must("object", only("jobs_status"), ""),
        must("livemode", json!({ "type": "boolean", "const": false }), ""),
        must("pending", count(), "Not begun. What is due later counts."),
        must("processing", count(), ""),
        must("completed", count(), "By the process that answers, since it started."),
        must("failed", count(), "Given up."),
        must(
            "worker_status",
            word(Worker::ALL.iter().map(|worker| worker.as_str())),
            "`behind`: something has been due for ten seconds, and nobody took it.",
        ),
    ];
    let example = json!({
        "object": "jobs_status", "livemode": false, "pending": 1, "processing": 0, "completed": 12, "failed": 0,
        "worker_status": "idle",
    });
    Shape { name: "JobsStatus", says: "How a merchant's jobs stand.", fields, example }
}
