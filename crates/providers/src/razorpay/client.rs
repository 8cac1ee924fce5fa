//! One call to Razorpay: credentials, paths, and what an answer or a refusal is.

use super::wire;
use crate::asking::{self, Errand};
use crate::contract::Account;
use crate::reading::answers;
pub(super) use crate::reading::answers::{base, id, is_id};
use crate::reading::doubt::{is_refused, unauthorized};
use crate::wire::{Answer, CallError, Header, ReasonKind};
use crate::writing::Object;
use data_encoding::BASE64;
use hundi_core::{Mode, Money};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::collections::BTreeSet;

/// Razorpay's largest page, and how many of them we read: an order that was used to try stolen cards can hold
/// hundreds of failures before its one success.
const PAGE_ITEMS_MAX: usize = 100;
const PAGES_MAX: usize = 10;

pub(super) async fn get<T: DeserializeOwned>(errand: Errand<'_>, path: &str) -> Result<T, CallError> {
    read(&send(errand, "GET", path, &[], vec![]).await?)
}

pub(super) async fn delete(errand: Errand<'_>, path: &str) -> Result<(), CallError> {
    read::<IgnoredAny>(&send(errand, "DELETE", path, &[], vec![]).await?).map(drop)
}

pub(super) async fn post<T>(errand: Errand<'_>, path: &str, body: &Object) -> Result<T, CallError>
where
    T: DeserializeOwned,
{
    post_once(errand, path, body, &[]).await
}

/// The same, with the header that keeps a call from being done twice.
pub(super) async fn post_once<T>(
    errand: Errand<'_>,
    path: &str,
    body: &Object,
    key: &[Header],
) -> Result<T, CallError>
where
    T: DeserializeOwned,
{
    let headers = [&[asking::is_json()], key].concat();
    read(&send(errand, "POST", path, &headers, body.bytes()).await?)
}

/// What almost every body begins with.
pub(super) fn amount(money: Money) -> Object {
    Object::new().put("amount", money.minor()).put("currency", money.currency().to_string())
}

/// All of a list, page by page. Pages are told apart by what is new in them, should `skip` be ignored.
pub(super) async fn list<T: DeserializeOwned>(
    errand: Errand<'_>,
    path: &str,
    id_of: fn(&T) -> &str,
) -> Result<Vec<T>, CallError> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for page in 0..PAGES_MAX {
        let skip = if page == 0 { String::new() } else { format!("&skip={}", page * PAGE_ITEMS_MAX) };
        let paged = format!("{path}?count={PAGE_ITEMS_MAX}{skip}");
        let items = match get::<wire::Collection<T>>(errand, &paged).await {
            // The pages of an order's payments and a payment's refunds are not documented as taking `count`, and
            // Razorpay knows the refusal "is/are not required and should not be sent".
            Err(error) if page == 0 && is_refused(&error) => {
                get::<wire::Collection<T>>(errand, path).await?.items
            }
            answer => answer?.items,
        };
        let full = items.len() >= PAGE_ITEMS_MAX;
        let known = all.len();
        all.extend(items.into_iter().filter(|item| seen.insert(id_of(item).to_owned())));
        if !full || all.len() == known {
            break;
        }
    }
    Ok(all)
}

/// The mode that a key id names by its prefix.
pub(super) fn mode_of_key(key_id: &str) -> Option<Mode> {
    match () {
        () if key_id.starts_with("rzp_test_") => Some(Mode::Test),
        () if key_id.starts_with("rzp_live_") => Some(Mode::Live),
        () => None,
    }
}

async fn send(
    errand: Errand<'_>,
    method: &'static str,
    path: &str,
    more: &[Header],
    body: Vec<u8>,
) -> Result<Answer, CallError> {
    let account = errand.call.account;
    let headers = [&[authorization(account)?, asking::accepts_json()], more].concat();
    errand.send(method, format!("{}{path}", base(account)), headers, body).await
}

fn authorization(account: &Account) -> Result<Header, CallError> {
    let (key_id, key_secret) = (account.credential("key_id"), account.credential("key_secret"));
    if key_id.is_empty() || key_secret.is_empty() {
        return Err(unauthorized("the key id or the key secret is missing"));
    }
    // One host serves both modes and the key decides: a live key in a test connection would move real money.
    if mode_of_key(key_id.expose()).is_some_and(|mode| mode != account.mode) {
        return Err(unauthorized("the key is of the other mode"));
    }
    let pair = format!("{}:{}", key_id.expose(), key_secret.expose());
    Ok(Header::secret("authorization", format!("Basic {}", BASE64.encode(pair.as_bytes()))))
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, CallError> {
    if answers::is_success(answer) { answers::parse(&answer.body) } else { Err(refusal(answer)) }
}

/// What an answer that is no success means. Branches on the status and on `error.code`, as the SDKs do; the text
/// decides only between kinds of refusal, and whether an idempotency key was seen before.
fn refusal(answer: &Answer) -> CallError {
    // An error of the server's carries its code and reason, which are worth showing.
    if let Some(error) = answers::by_status(answer.status).filter(|_| answer.status < 500) {
        return error;
    }
    let problem = serde_json::from_slice::<wire::Problem>(&answer.body).map(|p| p.error);
    let Ok(problem) = problem else {
        return answers::by_status(answer.status).unwrap_or_else(|| answers::unreadable(answer.status));
    };
    let words = [Some(problem.code.as_str()), problem.reason.as_deref(), problem.description.as_deref()];
    let detail = answers::shown(words);
    let text = problem.description.unwrap_or_default().to_lowercase();
    match (problem.code.as_str(), answer.status) {
        // Something else was or is being done under this key: only asking tells what.
        (_, 409) => CallError::unknown(ReasonKind::Refused, detail),
        ("BAD_REQUEST_ERROR", 400..500) => match () {
            () if text.contains("same idempotency key") => CallError::unknown(ReasonKind::Refused, detail),
            () if text.contains("the id provided does not exist") || text.contains("is not a valid id") => {
                CallError::not_done(ReasonKind::NotFound, detail)
            }
            () if text.contains("authentication failed") => {
                CallError::not_done(ReasonKind::Unauthorized, detail)
            }
            () => CallError::not_done(ReasonKind::Refused, detail),
        },
        ("GATEWAY_ERROR" | "SERVER_ERROR", _) | (_, 500..) => {
            CallError::unknown(ReasonKind::ServerError, detail)
        }
        _ => CallError::unknown(ReasonKind::Unrecognised, detail),
    }
}
