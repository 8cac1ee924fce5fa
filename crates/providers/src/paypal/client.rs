//! One call to PayPal: the token, paths, idempotency keys, and what an answer or a refusal is.

use super::meaning::{self, Issue};
use crate::asking::{self, Errand};
use crate::contract::Call;
use crate::reading::answers;
pub(super) use crate::reading::answers::{base, id, is_id};
use crate::reading::doubt::{self, surely_not_done, unauthorized};
use crate::reading::tree::Tree;
use crate::wire::{Answer, CallError, Header, ReasonKind};
use crate::writing::Object;
use hundi_core::Secret;
use hundi_core::time::seconds;
use serde::de::DeserializeOwned;

const TOKEN: &str = "token";
/// A token is renewed so long before it ends.
const RENEW_EARLY_MS: i64 = seconds(60);
const WORD_CHARS_MAX: usize = 64;

/// A call that came to nothing, and which of PayPal's issues it was.
pub(super) type Failed = doubt::Failed<Issue>;

pub(super) async fn get<T: DeserializeOwned>(errand: Errand<'_>, path: &str) -> Result<T, Failed> {
    read(&send(errand, "GET", path, &[], &[]).await?)
}

/// `key` is PayPal's idempotency key. The content type is sent with an empty body too, as the official SDKs do.
pub(super) async fn post(
    errand: Errand<'_>,
    path: &str,
    key: &str,
    body: Option<&Object>,
) -> Result<Answer, Failed> {
    let body = body.map_or_else(Vec::new, Object::bytes);
    let headers = [
        asking::is_json(),
        Header::plain("PayPal-Request-Id", key),
        Header::plain("Prefer", "return=representation"),
    ];
    let answer = send(errand, "POST", path, &headers, &body).await?;
    if answers::is_success(&answer) { Ok(answer) } else { Err(refusal(&answer)) }
}

pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failed> {
    if answers::is_success(answer) { Ok(answers::parse(&answer.body)?) } else { Err(refusal(answer)) }
}

/// Once more with a fresh token where the first was turned away: nothing was done then.
pub(super) async fn send(
    errand: Errand<'_>,
    method: &'static str,
    path: &str,
    more: &[Header],
    body: &[u8],
) -> Result<Answer, CallError> {
    let first = send_once(errand, method, path, more, body).await?;
    if first.status != 401 {
        return Ok(first);
    }
    errand.call.wire.forget(TOKEN);
    send_once(errand, method, path, more, body).await
}

async fn send_once(
    errand: Errand<'_>,
    method: &'static str,
    path: &str,
    more: &[Header],
    body: &[u8],
) -> Result<Answer, CallError> {
    let token = token(errand.call).await.map_err(|error| surely_not_done(&error))?;
    let bearer = Header::secret("authorization", format!("Bearer {}", token.expose()));
    let headers = [&[bearer, asking::accepts_json()], more].concat();
    errand.send(method, format!("{}{path}", base(errand.call.account)), headers, body.to_vec()).await
}

async fn token(call: Call<'_>) -> Result<Secret, CallError> {
    match call.wire.recall(TOKEN) {
        Some(known) => Ok(known),
        None => fresh_token(call).await,
    }
}

pub(super) async fn fresh_token(call: Call<'_>) -> Result<Secret, CallError> {
    let (id, secret) = (call.account.credential("client_id"), call.account.credential("client_secret"));
    if id.is_empty() || secret.is_empty() {
        return Err(unauthorized("the client id or its secret is missing"));
    }
    let headers = vec![
        asking::basic(id.expose(), secret.expose()),
        asking::accepts_json(),
        Header::plain("content-type", asking::FORM),
    ];
    let url = format!("{}/v1/oauth2/token", base(call.account));
    let body = b"grant_type=client_credentials".to_vec();
    let asked_at = call.wire.now();
    let said: Tree = read(&call.to("token").hidden().post(url, headers, body).await?)?;
    let lives_secs: i64 = said.must("/expires_in")?;
    let ends = asked_at.plus(lives_secs.saturating_mul(1000)).minus(RENEW_EARLY_MS);
    let token = Secret::new(said.need_text("/access_token")?);
    call.wire.keep(TOKEN, &token, ends);
    Ok(token)
}

/// What an answer that is no success means: by its status, the error's name, and the first issue beneath it.
fn refusal(answer: &Answer) -> Failed {
    answers::by_status(answer.status).map_or_else(|| named(answer), Failed::from)
}

fn named(answer: &Answer) -> Failed {
    let problem: Option<Tree> = serde_json::from_slice(&answer.body).ok();
    let named = problem.and_then(|problem| problem.need_text("/name").ok().zip(Some(problem)));
    let Some((name, problem)) = named else { return answers::unreadable(answer.status).into() };
    let details: Vec<Tree> = problem.aside("/details").unwrap_or_default();
    let word = details.iter().find_map(|detail| detail.shown("/issue"));
    let detail = shown([Some(&name), word.as_ref(), problem.shown("/debug_id").as_ref()]);
    let issue = word.as_deref().and_then(meaning::issue);
    let error = match (answer.status, name.as_str(), issue) {
        (_, _, Some(Issue::Busy | Issue::Stands)) | (409, _, _) => {
            CallError::unknown(ReasonKind::Refused, detail)
        }
        (404, "RESOURCE_NOT_FOUND", _) => CallError::not_done(ReasonKind::NotFound, detail),
        // The request itself was not taken: refused before anything was looked at.
        (400, "INVALID_REQUEST", _)
        | (415, "UNSUPPORTED_MEDIA_TYPE", _)
        | (422, "UNPROCESSABLE_ENTITY", Some(Issue::Refused | Issue::Gone)) => {
            CallError::not_done(ReasonKind::Refused, detail)
        }
        _ => CallError::unknown(ReasonKind::Unrecognised, detail),
    };
    Failed { error, word: issue }
}

/// Names and PayPal's own trace, without its texts: those can quote what a payer typed.
fn shown(words: [Option<&String>; 3]) -> String {
    let plain = |word: &&str| {
        word.len() <= WORD_CHARS_MAX && word.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
    };
    words.into_iter().flatten().map(String::as_str).filter(plain).collect::<Vec<_>>().join(" ")
}
