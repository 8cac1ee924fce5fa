//! One call to Razorpay: credentials, paths, and what an answer or a refusal is.

use super::wire::{Entity, Listed};
use crate::asking::{self, Errand};
use crate::contract::Account;
use crate::reading::answers;
pub(super) use crate::reading::answers::{base, id, is_id};
use crate::reading::doubt::{is_refused, unauthorized};
use crate::reading::tree::Tree;
use crate::wire::{Answer, CallError, Called, Header, ReasonKind};
use crate::writing::Object;
use data_encoding::BASE64;
use hundi_core::{Mode, Money};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::collections::BTreeSet;

/// Razorpay's largest page, and how many of them we read: an order that was used to try stolen cards can hold
/// hundreds of failures before its one success.
pub(super) const PAGE_ITEMS_MAX: usize = 100;
const PAGES_MAX: usize = 10;

pub(super) async fn get<T: DeserializeOwned>(errand: Errand<'_>, path: &str) -> Called<T> {
    send(errand, "GET", path, &[], vec![]).await
}

pub(super) async fn delete(errand: Errand<'_>, path: &str) -> Called<()> {
    send::<IgnoredAny>(errand, "DELETE", path, &[], vec![]).await.map(drop)
}

pub(super) async fn post<T: DeserializeOwned>(errand: Errand<'_>, path: &str, body: &Object) -> Called<T> {
    post_once(errand, path, body, &[]).await
}

/// The same, with the header that keeps a call from being done twice.
pub(super) async fn post_once<T: DeserializeOwned>(
    errand: Errand<'_>,
    path: &str,
    body: &Object,
    key: &[Header],
) -> Called<T> {
    send(errand, "POST", path, &[&[asking::is_json()], key].concat(), body.bytes()).await
}

/// What almost every body begins with.
pub(super) fn amount(money: Money) -> Object {
    Object::new().put("amount", money.minor()).put("currency", money.currency().to_string())
}

/// The one of this id among all `payments`, `refunds` or `payment_links`.
pub(super) async fn one(errand: Errand<'_>, among: &str, named: &str) -> Called<Entity> {
    let found: Entity = get(errand, &format!("/v1/{among}/{}", id(named)?)).await?;
    Ok(found.named(named)?)
}

/// All of a list, page by page. Pages are told apart by what is new in them, should `skip` be ignored.
pub(super) async fn list(errand: Errand<'_>, path: &str) -> Called<Vec<Entity>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for page in 0..PAGES_MAX {
        let skip = if page == 0 { String::new() } else { format!("&skip={}", page * PAGE_ITEMS_MAX) };
        let listed: Called<Listed<Entity>> =
            get(errand, &format!("{path}?count={PAGE_ITEMS_MAX}{skip}")).await;
        let items = match listed {
            // The pages of an order's payments and a payment's refunds are not documented as taking `count`, and
            // Razorpay knows the refusal "is/are not required and should not be sent".
            Err(error) if page == 0 && is_refused(&error) => get::<Listed<Entity>>(errand, path).await?.items,
            listed => listed?.items,
        };
        let (full, known) = (items.len() >= PAGE_ITEMS_MAX, all.len());
        all.extend(items.into_iter().filter(|item| seen.insert(item.id.clone())));
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

async fn send<T: DeserializeOwned>(
    errand: Errand<'_>,
    method: &'static str,
    path: &str,
    more: &[Header],
    body: Vec<u8>,
) -> Called<T> {
    let account = errand.call.account;
    let headers = [&[authorization(account)?, asking::accepts_json()], more].concat();
    let answer = errand.send(method, format!("{}{path}", base(account)), headers, body).await?;
    if answers::is_success(&answer) { answers::parse(&answer.body) } else { Err(refusal(&answer)) }
}

fn authorization(account: &Account) -> Called<Header> {
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

/// What an answer that is no success means. Branches on the status and on `error.code`, as the SDKs do; the text
/// decides only between kinds of refusal, and whether an idempotency key was seen before.
fn refusal(answer: &Answer) -> CallError {
    // An error of the server's carries its code and reason, which are worth showing.
    if let Some(error) = answers::by_status(answer.status).filter(|_| answer.status < 500) {
        return error;
    }
    let Some((code, reason, description)) = problem(&answer.body) else {
        return answers::by_status(answer.status).unwrap_or_else(|| answers::unreadable(answer.status));
    };
    let detail = answers::shown([Some(code.as_str()), reason.as_deref(), description.as_deref()]);
    let text = description.unwrap_or_default().to_lowercase();
    let is_refusal = code == "BAD_REQUEST_ERROR" && (400..500).contains(&answer.status);
    match (code.as_str(), answer.status) {
        // Something else was or is being done under this key: only asking tells what.
        (_, 409) => CallError::unknown(ReasonKind::Refused, detail),
        _ if is_refusal && text.contains("same idempotency key") => {
            CallError::unknown(ReasonKind::Refused, detail)
        }
        _ if is_refusal => CallError::not_done(refused(&text), detail),
        ("GATEWAY_ERROR" | "SERVER_ERROR", _) | (_, 500..) => {
            CallError::unknown(ReasonKind::ServerError, detail)
        }
        _ => CallError::unknown(ReasonKind::Unrecognised, detail),
    }
}

/// Code, reason and description.
fn problem(body: &[u8]) -> Option<(String, Option<String>, Option<String>)> {
    let told: Tree = serde_json::from_slice(body).ok()?;
    let said = |place: &str| told.text(place).ok();
    Some((said("/error/code")??, said("/error/reason")?, said("/error/description")?))
}

fn refused(text: &str) -> ReasonKind {
    match () {
        () if text.contains("the id provided does not exist") => ReasonKind::NotFound,
        () if text.contains("is not a valid id") => ReasonKind::NotFound,
        () if text.contains("authentication failed") => ReasonKind::Unauthorized,
        () => ReasonKind::Refused,
    }
}
