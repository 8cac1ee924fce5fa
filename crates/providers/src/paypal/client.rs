//! One call to PayPal: the token, paths, idempotency keys, and what an answer or a refusal is.

use super::PayPal;
use super::meaning::{self, Issue};
use crate::asking::{self, Errand};
use crate::bearing::{Bearing, Grant, Token};
use crate::contract::Call;
use crate::reading::answers;
pub(super) use crate::reading::answers::{base, id, is_id};
use crate::reading::doubt::{self, unauthorized};
use crate::reading::tree::Tree;
use crate::wire::{Answer, CallError, Called, Header, ReasonKind};
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::Secret;
use hundi_core::time::seconds;

/// A token is renewed so long before it ends.
const RENEW_EARLY_MS: i64 = seconds(60);

/// A call that came to nothing, and which of PayPal's issues it was.
pub(super) type Failed = doubt::Failed<Issue>;
pub(super) type Asked<T> = Result<T, Failed>;

pub(super) async fn get(errand: Errand<'_>, path: &str) -> Asked<Tree> {
    read(&send(errand, "GET", path, vec![], vec![]).await?)
}

/// `key` is PayPal's idempotency key. The content type is sent with an empty body too, as the official SDKs do.
pub(super) async fn post(errand: Errand<'_>, path: &str, key: &str, body: Option<&Object>) -> Asked<Answer> {
    let body = body.map_or_else(Vec::new, Object::bytes);
    let headers = vec![
        asking::is_json(),
        Header::plain("PayPal-Request-Id", key),
        Header::plain("Prefer", "return=representation"),
    ];
    let answer = send(errand, "POST", path, headers, body).await?;
    if answers::is_success(&answer) { Ok(answer) } else { Err(refusal(&answer)) }
}

pub(super) fn read(answer: &Answer) -> Asked<Tree> {
    if answers::is_success(answer) { Ok(answers::parse(&answer.body)?) } else { Err(refusal(answer)) }
}

pub(super) async fn send(
    errand: Errand<'_>,
    method: &'static str,
    path: &str,
    mut headers: Vec<Header>,
    body: Vec<u8>,
) -> Called<Answer> {
    let url = format!("{}{path}", base(errand.call.account));
    headers.push(asking::accepts_json());
    Bearing { errand, scheme: "Bearer", grant: &PayPal }.send(method, url, headers, body).await
}

#[async_trait]
impl Grant for PayPal {
    async fn new_token(&self, call: Call<'_>) -> Called<Token> {
        let (id, secret) = (call.account.credential("client_id"), call.account.credential("client_secret"));
        if id.is_empty() || secret.is_empty() {
            return Err(unauthorized("the client id or its secret is missing"));
        }
        let kind = Header::plain("content-type", asking::FORM);
        let headers = vec![asking::basic(id.expose(), secret.expose()), asking::accepts_json(), kind];
        let url = format!("{}/v1/oauth2/token", base(call.account));
        let body = b"grant_type=client_credentials".to_vec();
        let asked_at = call.wire.now();
        let said: Tree = read(&call.to("token").hidden().post(url, headers, body).await?)?;
        let lives_secs: i64 = said.must("/expires_in")?;
        let until = asked_at.plus(lives_secs.saturating_mul(1000)).minus(RENEW_EARLY_MS);
        Ok(Token { secret: Secret::new(said.need_text("/access_token")?), until: Some(until) })
    }
}

/// What an answer that is no success means: by its status, the error's name, and the first issue beneath it.
fn refusal(answer: &Answer) -> Failed {
    let problem: Option<Tree> = serde_json::from_slice(&answer.body).ok();
    let words = problem.and_then(|said| Some((said.shown("/name")?, said.list("/details").ok()?, said)));
    answers::judged(answer, words, |status, (name, details, problem)| {
        let word = details.iter().find_map(|detail| detail.shown("/issue"));
        // Without PayPal's texts: those can quote what a payer typed. Its own trace is none.
        let trace = problem.shown("/debug_id");
        let detail = answers::codes([Some(name.as_str()), word.as_deref(), trace.as_deref()]);
        let issue = word.as_deref().and_then(meaning::issue);
        let error = match (status, name.as_str(), issue) {
            (500.., _, _) => CallError::unknown(ReasonKind::ServerError, detail),
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
    })
}
