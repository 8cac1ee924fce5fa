//! One call to Razorpay: credentials, paths, and what an answer or a refusal is.

use super::wire::{items, named};
use crate::asking::{Errand, basic};
use crate::contract::Account;
use crate::reading::answers;
pub(super) use crate::reading::answers::{base, id, is_id};
use crate::reading::doubt::{is_refused, unauthorized};
use crate::reading::tree::Tree;
use crate::wire::{Answer, CallError, Called, Header, ReasonKind};
use crate::writing::Object;
use hundi_core::{Mode, Money};
use std::collections::BTreeSet;

/// Razorpay's largest page, and how many of them we read: an order that was used to try stolen cards can hold
/// hundreds of failures before its one success.
pub(super) const PAGE_ITEMS_MAX: usize = 100;
const PAGES_MAX: usize = 10;

pub(super) async fn get(errand: Errand<'_>, path: &str) -> Called<Tree> {
    errand.json("GET", addressed(errand.call.account, path)?, None, refusal).await
}

pub(super) async fn delete(errand: Errand<'_>, path: &str) -> Called<Tree> {
    errand.json("DELETE", addressed(errand.call.account, path)?, None, refusal).await
}

pub(super) async fn post(errand: Errand<'_>, path: &str, body: &Object) -> Called<Tree> {
    errand.json("POST", addressed(errand.call.account, path)?, Some(body), refusal).await
}

/// One page of a list.
pub(super) async fn page(errand: Errand<'_>, path: &str) -> Called<Vec<Tree>> {
    Ok(items(&get(errand, path).await?)?)
}

/// What almost every body begins with.
pub(super) fn amount(money: Money) -> Object {
    Object::new().put("amount", money.minor()).put("currency", money.currency().to_string())
}

/// The one of this id among all `payments`, `refunds` or `payment_links`.
pub(super) async fn one(errand: Errand<'_>, among: &str, name: &str) -> Called<Tree> {
    Ok(named(get(errand, &format!("/v1/{among}/{}", id(name)?)).await?, name)?)
}

/// All of a list, page by page. Pages are told apart by what is new in them, should `skip` be ignored.
pub(super) async fn list(errand: Errand<'_>, path: &str) -> Called<Vec<Tree>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for number in 0..PAGES_MAX {
        let skip = if number == 0 { String::new() } else { format!("&skip={}", number * PAGE_ITEMS_MAX) };
        let items = match page(errand, &format!("{path}?count={PAGE_ITEMS_MAX}{skip}")).await {
            // The pages of an order's payments and a payment's refunds are not documented as taking `count`, and
            // Razorpay knows the refusal "is/are not required and should not be sent".
            Err(error) if number == 0 && is_refused(&error) => page(errand, path).await?,
            items => items?,
        };
        let (full, known) = (items.len() >= PAGE_ITEMS_MAX, all.len());
        for item in items {
            if seen.insert(item.need_text("/id")?) {
                all.push(item);
            }
        }
        if !full || all.len() == known {
            break;
        }
    }
    Ok(all)
}

/// The mode that a key id names by its prefix.
pub(super) fn mode_of_key(key_id: &str) -> Option<Mode> {
    let named = [("rzp_test_", Mode::Test), ("rzp_live_", Mode::Live)];
    named.into_iter().find(|(prefix, _)| key_id.starts_with(prefix)).map(|(_, mode)| mode)
}

fn addressed(account: &Account, path: &str) -> Called<(String, Vec<Header>)> {
    let missing = || unauthorized("the key id or the key secret is missing");
    let [key_id, key_secret] = account.given(["key_id", "key_secret"]).ok_or_else(missing)?;
    // One host serves both modes and the key decides: a live key in a test connection would move real money.
    if mode_of_key(key_id.expose()).is_some_and(|mode| mode != account.mode) {
        return Err(unauthorized("the key is of the other mode"));
    }
    Ok((format!("{}{path}", base(account)), vec![basic(key_id.expose(), key_secret.expose())]))
}

fn refusal(answer: &Answer) -> CallError {
    answers::judged(answer, problem(&answer.body), worded)
}

/// Code, reason and description.
type Words = (String, Option<String>, Option<String>);

fn problem(body: &[u8]) -> Option<Words> {
    let told: Tree = serde_json::from_slice(body).ok()?;
    let said = |place: &str| told.text(place).ok();
    Some((said("/error/code")??, said("/error/reason")?, said("/error/description")?))
}

/// Branches on the status and on `error.code`, as the SDKs do; the text decides only between kinds of refusal, and
/// whether an idempotency key was seen before.
fn worded(status: u16, (code, reason, description): Words) -> CallError {
    let detail = answers::shown([Some(code.as_str()), reason.as_deref(), description.as_deref()]);
    let text = description.unwrap_or_default().to_lowercase();
    let says = |words: &str| text.contains(words);
    let unknown = |kind| CallError::unknown(kind, detail.as_str());
    let not_done = |kind| CallError::not_done(kind, detail.as_str());
    match (code.as_str(), status) {
        // Something else was or is being done under this key: only asking tells what.
        (_, 409) => unknown(ReasonKind::Refused),
        ("BAD_REQUEST_ERROR", 400..500) => match () {
            () if says("same idempotency key") => unknown(ReasonKind::Refused),
            () if says("the id provided does not exist") => not_done(ReasonKind::NotFound),
            () if says("is not a valid id") => not_done(ReasonKind::NotFound),
            () if says("authentication failed") => not_done(ReasonKind::Unauthorized),
            () => not_done(ReasonKind::Refused),
        },
        ("GATEWAY_ERROR" | "SERVER_ERROR", _) | (_, 500..) => unknown(ReasonKind::ServerError),
        _ => unknown(ReasonKind::Unrecognised),
    }
}
