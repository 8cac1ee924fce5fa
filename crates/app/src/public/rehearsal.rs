//! What a test key asks for, and how its merchant's jobs stand.

use crate::jobs::Status;
use crate::rehearsal::Wish;
use serde_json::{Value, json};

pub fn rehearsal(wish: &Wish) -> Value {
    json!({
        "object": "test_settings",
        "livemode": false,
        "outcome": wish.outcome.map(|outcome| outcome.as_str()),
        "method": wish.method.map(|method| method.as_str()),
        "delay_ms": wish.delay_ms,
        "seed": wish.seed,
        "clock_ms": wish.clock_ms,
    })
}

pub fn jobs_status(status: &Status) -> Value {
    json!({
        "object": "jobs_status",
        "livemode": false,
        "pending": status.pending,
        "processing": status.processing,
        "completed": status.completed,
        "failed": status.failed,
        "worker_status": status.worker.as_str(),
    })
}
