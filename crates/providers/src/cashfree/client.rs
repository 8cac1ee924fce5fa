//! One call to Cashfree: credentials, paths, and what an answer or a refusal is.
//!
//! No idempotency key is ever sent: Cashfree keeps the first answer to a key, failures and 500s among them, and would
//! say it again to whoever repeats. Orders and refunds bear our references, which do what a key should.

use super::wire;
use crate::asking::Errand;
use crate::contract::Call;
pub(super) use crate::reading::answers::{base, id};
use crate::reading::{answers, doubt};
use crate::wire::{Answer, CallError, Header, ReasonKind};
use crate::writing::Object;
use hundi_core::Money;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

const VERSION: &str = "2025-01-01";

/// A call that did not end well, and the word that Cashfree had for it.
pub(super) type Failed = doubt::Failed<String>;

pub(super) async fn get<T: DeserializeOwned>(errand: Errand<'_>, path: &str) -> Result<T, Failed> {
    errand.json("GET", addressed(errand.call, path)?, None, refusal).await
}

pub(super) async fn post<T>(errand: Errand<'_>, path: &str, body: &Object) -> Result<T, Failed>
where
    T: DeserializeOwned,
{
    errand.json("POST", addressed(errand.call, path)?, Some(body), refusal).await
}

/// An amount as a JSON number, with the digits that it has.
pub(super) fn number(amount: Money) -> Box<RawValue> {
    RawValue::from_string(amount.decimal()).expect("digits and a point are a JSON number")
}

fn addressed(call: Call<'_>, path: &str) -> Result<(String, Vec<Header>), CallError> {
    let account = call.account;
    let (id, secret) = (account.credential("client_id"), account.credential("client_secret"));
    if id.is_empty() || secret.is_empty() {
        return Err(doubt::unauthorized("the app id or the secret key is missing"));
    }
    let headers = vec![
        Header::plain("x-client-id", id.expose()),
        Header::secret("x-client-secret", secret.expose()),
        Header::plain("x-api-version", VERSION),
    ];
    Ok((format!("{}/pg{path}", base(account)), headers))
}

/// What was surely not done, and what only asking again can tell.
fn refusal(answer: &Answer) -> Failed {
    let problem: Option<wire::Problem> = serde_json::from_slice(&answer.body).ok();
    answers::judged(answer, problem.filter(|p| p.code.is_some() || p.kind.is_some()), worded)
}

fn worded(status: u16, problem: wire::Problem) -> Failed {
    let detail = answers::shown([problem.code.as_deref(), problem.message.as_deref()]);
    let error = match (status, problem.kind.as_deref()) {
        (500.., _) | (_, Some("api_error")) => CallError::unknown(ReasonKind::ServerError, detail),
        (404, Some("invalid_request_error")) => CallError::not_done(ReasonKind::NotFound, detail),
        // Said of a payment that can't be given back, or not any more.
        (409, _) if problem.code.as_deref() == Some("refund_not_allowed") => {
            CallError::not_done(ReasonKind::Refused, detail)
        }
        // It exists already, or another call is at it.
        (409 | 422, _) => CallError::unknown(ReasonKind::Refused, detail),
        (400, Some("invalid_request_error")) => CallError::not_done(ReasonKind::Refused, detail),
        _ => CallError::unknown(ReasonKind::Unrecognised, detail),
    };
    Failed { error, word: problem.code }
}
