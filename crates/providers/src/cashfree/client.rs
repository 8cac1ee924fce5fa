//! One call to Cashfree: credentials, paths, and what an answer or a refusal is.
//!
//! No idempotency key is ever sent: Cashfree keeps the first answer to a key, failures and 500s among them, and would
//! say it again to whoever repeats. Orders and refunds bear our references, which do what a key should.

use super::wire;
use crate::contract::{Account, Call};
use crate::wire::{Answer, CallError, Header, ReasonKind, Request};
use hundi_core::Money;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

const VERSION: &str = "2025-01-01";
const ID_CHARS_MAX: usize = 64;
const DETAIL_CHARS_MAX: usize = 200;

/// A call that did not end well, and the word that Cashfree had for it.
pub(super) struct Failed {
    pub(super) error: CallError,
    pub(super) code: String,
}

impl From<CallError> for Failed {
    fn from(error: CallError) -> Self {
        Self { error, code: String::new() }
    }
}

impl From<Failed> for CallError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

pub(super) async fn get<T: DeserializeOwned>(
    call: Call<'_>,
    purpose: &'static str,
    path: &str,
) -> Result<T, Failed> {
    read(&send(call, purpose, "GET", path, vec![]).await?)
}

pub(super) async fn post<T: DeserializeOwned>(
    call: Call<'_>,
    purpose: &'static str,
    path: &str,
    body: &(impl Serialize + Sync),
) -> Result<T, Failed> {
    let body = serde_json::to_vec(body).expect("structs of texts and numbers are always JSON");
    read(&send(call, purpose, "POST", path, body).await?)
}

/// An id fit for a path. One that came from outside must not be able to lead elsewhere.
pub(super) fn id(text: &str) -> Result<&str, CallError> {
    if is_id(text) {
        Ok(text)
    } else {
        Err(CallError::not_done(ReasonKind::Refused, "not an id of Cashfree's"))
    }
}

pub(super) fn is_id(text: &str) -> bool {
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    plain && !text.is_empty() && text.len() <= ID_CHARS_MAX
}

/// An amount as a JSON number, with the digits that it has.
pub(super) fn number(amount: Money) -> Box<RawValue> {
    RawValue::from_string(amount.decimal()).expect("digits and a point are a JSON number")
}

/// Where the API is, without a slash at its end.
pub(super) fn base(account: &Account) -> &str {
    account.base_url.trim_end_matches('/')
}

async fn send(
    call: Call<'_>,
    purpose: &'static str,
    method: &'static str,
    path: &str,
    body: Vec<u8>,
) -> Result<Answer, CallError> {
    let account = call.account;
    let (id, secret) = (account.credential("client_id"), account.credential("client_secret"));
    if id.is_empty() || secret.is_empty() {
        return Err(CallError::not_done(ReasonKind::Unauthorized, "the app id or the secret key is missing"));
    }
    let mut headers = vec![
        Header::plain("x-client-id", id.expose()),
        Header::secret("x-client-secret", secret.expose()),
        Header::plain("x-api-version", VERSION),
        Header::plain("accept", "application/json"),
    ];
    if method == "POST" {
        headers.push(Header::plain("content-type", "application/json"));
    }
    let url = format!("{}/pg{path}", base(account));
    call.wire.send(Request { purpose, method, url, headers, body, private: false }).await
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failed> {
    if !(200..300).contains(&answer.status) {
        return Err(refusal(answer));
    }
    let unreadable = |_| CallError::unknown(ReasonKind::Unreadable, "a success that does not read as one");
    Ok(serde_json::from_slice(&answer.body).map_err(unreadable)?)
}

/// What was surely not done, and what only asking again can tell.
fn refusal(answer: &Answer) -> Failed {
    let problem: Option<wire::Problem> = serde_json::from_slice(&answer.body).ok();
    let problem = problem.filter(|p| p.code.is_some() || p.kind.is_some());
    let Some(problem) = problem else {
        let kind = match answer.status {
            429 => return CallError::not_done(ReasonKind::RateLimited, "status 429").into(),
            500.. => ReasonKind::ServerError,
            _ => ReasonKind::Unreadable,
        };
        return CallError::unknown(kind, format!("status {}", answer.status)).into();
    };
    let detail = shown(&problem);
    let error = match (answer.status, problem.kind.as_deref()) {
        (500.., _) | (_, Some("api_error")) => CallError::unknown(ReasonKind::ServerError, detail),
        // Turned away at the door, before anything was looked at.
        (429, _) => CallError::not_done(ReasonKind::RateLimited, detail),
        (401, _) => CallError::not_done(ReasonKind::Unauthorized, detail),
        (403, _) => CallError::not_done(ReasonKind::Forbidden, detail),
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
    Failed { error, code: problem.code.unwrap_or_default() }
}

/// Code and text for people, without words that could be a payer's address or number.
fn shown(problem: &wire::Problem) -> String {
    let private = |word: &str| word.contains('@') || word.bytes().filter(u8::is_ascii_digit).count() >= 7;
    let words = [problem.code.as_ref(), problem.message.as_ref()];
    let words = words.into_iter().flatten().flat_map(|part| part.split_whitespace());
    let clean: Vec<_> = words.map(|word| if private(word) { "…" } else { word }).collect();
    clean.join(" ").chars().take(DETAIL_CHARS_MAX).collect()
}
