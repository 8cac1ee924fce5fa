//! The job that is the payer, and what is dialled before a payment is opened.

use super::Outcome;
use crate::App;
use crate::connections;
use crate::error::Error;
use crate::jobs::Ending;
use crate::net::{NetError, Outgoing, To};
use hundi_core::PaymentId;
use hundi_store::payments::{self, Payment};
use hundi_store::rehearsals::{self as rows, Rehearsal};
use serde_json::{Value, json};

const DEADLINE_MS: u64 = 10_000;
const ANSWER_BYTES_MAX: usize = 256 << 10;
/// How soon a payment that is not opened yet is looked at again.
const OPENS_SOON_MS: i64 = 250;
const NOTE_CHARS_MAX: usize = 200;

/// Plays what a test asked for. Safe to run twice: a simulated provider is as little paid twice as a real one.
pub(crate) async fn play(app: &App, id: PaymentId) -> Result<Ending, Error> {
    let found = app.store.read(async move |tx| {
        Ok::<_, Error>((rows::load(tx, id).await?, payments::load_by_id(tx, id).await?))
    });
    let (Some(rehearsal), Some(payment)) = found.await? else { return Ok(Ending::Done) };
    if rehearsal.played_at.is_some() {
        return Ok(Ending::Done);
    }
    let Some(deed) = deed(&rehearsal)? else { return ended(app, id, None).await };
    let Some(order) = payment.provider_order.clone() else {
        if payment.status().is_open() {
            return Ok(Ending::Later(app.now().plus(OPENS_SOON_MS)));
        }
        return ended(app, id, Some("it was never opened".into())).await;
    };
    let Some(place) = place(app, &payment).await? else {
        return ended(app, id, Some("its connection is not simulated".into())).await;
    };
    let mut body = deed;
    body["order"] = json!(order);
    if let Some(method) = rehearsal.method {
        body["method"] = json!(method.as_str());
    }
    let refusal = asks(app, &format!("{place}/sim/api/pay"), &body).await?.err();
    if refusal.is_none() && rehearsal.clock_ms > 0 {
        let moved = json!({ "advance_ms": rehearsal.clock_ms });
        if let Err(why) = asks(app, &format!("{place}/sim/control/clock"), &moved).await? {
            return ended(app, id, Some(why)).await;
        }
    }
    ended(app, id, refusal).await
}

/// What the payer does, as simulators are told it. `None`: nothing is left to do.
fn deed(rehearsal: &Rehearsal) -> Result<Option<Value>, Error> {
    let outcome = rehearsal.outcome.parse();
    Ok(match outcome.map_err(|_| Error::Bug("a rehearsal has no outcome".into()))? {
        Outcome::Pay => Some(json!({ "outcome": "pay" })),
        Outcome::Authorize => Some(json!({ "outcome": "authorize" })),
        Outcome::Decline => Some(json!({ "outcome": "fail" })),
        Outcome::InsufficientFunds => Some(json!({ "outcome": "fail", "reason": "insufficient_funds" })),
        Outcome::Leave => Some(json!({ "outcome": "leave" })),
        Outcome::Silent => Some(json!({ "outcome": "silent" })),
        Outcome::Doubt | Outcome::Random => None,
    })
}

/// Has the simulator take this payment on and say nothing. The fault is aimed at its reference alone.
pub(crate) async fn silence(app: &App, payment: &Payment) -> Result<(), Error> {
    let place = place(app, payment).await?.ok_or(Error::NotSimulated)?;
    let dial = json!({ "fault": "silent_after_acting", "our_ref": payment.our_ref.to_string(), "times": 1 });
    let dialled = asks(app, &format!("{place}/sim/control/dials"), &dial).await?;
    dialled.map(drop).map_err(|why| Error::ProviderRefused { why })
}

/// Where the simulator of a payment's provider stands.
async fn place(app: &App, payment: &Payment) -> Result<Option<String>, Error> {
    let id = payment.connection_id;
    let row = app.store.read(async move |tx| hundi_store::connections::load_by_id(tx, id).await).await?;
    let row = row.ok_or(Error::NotFound { what: "connection" })?;
    let card = connections::card(&row.provider)?;
    Ok(connections::simulated(app, card, row.scope.mode()).cloned())
}

/// Asks a simulator. Its refusal is an answer; no answer is an error, and the job tries again.
async fn asks(app: &App, url: &str, body: &Value) -> Result<Result<Value, String>, Error> {
    let out = Outgoing {
        method: "POST".into(),
        url: url.to_owned(),
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into_bytes(),
        deadline_ms: DEADLINE_MS,
        body_bytes_max: ANSWER_BYTES_MAX,
        to: To::Provider,
    };
    let answer = app.transport.send(out).await;
    let answer = answer.map_err(|error: NetError| Error::ProviderRefused { why: error.to_string() })?;
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if (200..300).contains(&answer.status) {
        return Ok(Ok(said));
    }
    let why = said["error"].as_str().map_or_else(|| format!("status {}", answer.status), str::to_owned);
    Ok(Err(why.chars().take(NOTE_CHARS_MAX).collect()))
}

async fn ended(app: &App, id: PaymentId, note: Option<String>) -> Result<Ending, Error> {
    let now = app.now();
    if let Some(note) = &note {
        tracing::warn!(payment = %id, note, "a rehearsal did not go as it was asked");
    }
    app.store.write(async move |tx| rows::played(tx, id, now, note.as_deref()).await).await?;
    Ok(Ending::Done)
}
