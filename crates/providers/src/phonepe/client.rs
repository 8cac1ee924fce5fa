//! What both APIs share: which of them an account speaks, where it is, and what an answer or a refusal is.

use crate::asking;
use crate::contract::{Account, Flow, Handle, Opened, Opening, TestResult};
use crate::reading::answers::{self, is_page};
pub(super) use crate::reading::answers::{id, is_id};
use crate::reading::doubt::{self, refused, unauthorized, unreadable};
use crate::wire::{Answer, CallError, Called, Header, ReasonKind};
use crate::writing::Object;
use hundi_core::Mode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(super) const V2: &str = "v2";
pub(super) const V1: &str = "v1";

pub(super) fn is_v1(account: &Account) -> bool {
    account.credential("api").expose() == V1
}

pub(super) const SALT_ON_V2: &str = "these look like salt keys, which belong to v1, and v2 is chosen";
pub(super) const CLIENT_ON_V1: &str =
    "these look like a client's credentials, which belong to v2, and v1 is chosen";

/// What a test found. Right keys at the wrong API are named as what they are: "wrong key" would send their owner to copy
/// them once more.
pub(super) fn tested(asked: Called<()>) -> TestResult {
    let misplaced = |detail: &str| [SALT_ON_V2, CLIENT_ON_V1].iter().any(|what| detail.ends_with(what));
    match asked {
        Err(error) if misplaced(&error.reason().detail) => TestResult::Unreachable(error.reason().clone()),
        asked => doubt::tested(asked),
    }
}

// ---- where to

/// Where a service is, without a slash at its end: each under a prefix of its own in life and all under one in the
/// sandbox. The account's address is the host alone.
pub(super) fn base(account: &Account, in_life: &str) -> String {
    let prefix = match account.mode {
        Mode::Test => "/apis/pg-sandbox",
        Mode::Live => in_life,
    };
    format!("{}{prefix}", answers::base(account))
}

/// What the payer is shown, from what came back: a page's address or a `upi://` link.
pub(super) fn handed_out(opening: &Opening, page: Option<&str>, link: Option<&str>) -> Called<Opened> {
    let page = page.filter(|url| is_page(url, true)).map(str::to_owned);
    let link = link.filter(|link| link.starts_with("upi://")).map(str::to_owned);
    let handle = match opening.flow {
        Flow::UpiIntent => link.map(|link| Handle::Upi { link }),
        Flow::Redirect | Flow::Script => page.map(|url| Handle::Redirect { url }),
    };
    let handle = handle.ok_or_else(|| unreadable("opened without an address"))?;
    Ok(Opened { provider_order: opening.our_ref.to_string(), handle })
}

/// Something happened to it already, and its page can't be had again: the payer is sent to us, where the result is.
pub(super) fn nothing_to_show(opening: &Opening) -> Opened {
    let handle = Handle::Redirect { url: opening.return_url.clone() };
    Opened { provider_order: opening.our_ref.to_string(), handle }
}

/// What a link is made for; Android where the browser does not say.
pub(super) fn device(opening: &Opening) -> Object {
    let apple = |agent: &String| ["iPhone", "iPad"].iter().any(|name| agent.contains(name));
    let device_os = if opening.payer.user_agent.as_ref().is_some_and(apple) { "IOS" } else { "ANDROID" };
    Object::new().put("deviceOS", device_os)
}

/// What every call bears: JSON in it, or nothing for a question.
pub(super) fn headers() -> Vec<Header> {
    vec![asking::is_json(), asking::accepts_json()]
}

// ---- what came back

/// Whether a call wants something done there. The same code says "not there" to a question and "used already" to a
/// deed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Question,
    Deed,
}

pub(super) fn read<T: DeserializeOwned>(answer: &Answer, kind: Kind) -> Called<T> {
    if answers::is_success(answer) { answers::parse(&answer.body) } else { Err(refusal(answer, kind)) }
}

/// What an answer that is no success means. The code decides; the status only where it alone proves something.
pub(super) fn refusal(answer: &Answer, kind: Kind) -> CallError {
    if let Some(error) = answers::by_status(answer.status) {
        return error;
    }
    let problem = problem(answer).unwrap_or_default();
    // The token's own service says `errorCode`.
    let code = problem.code.as_deref().or(problem.error_code.as_deref());
    let text = problem.message.as_deref();
    match (answer.status, code) {
        // "Refund not eligible".
        (402, _) => refused(&answers::shown([code.or(Some("status 402")), text])),
        (_, Some(code)) => of_code(code, text, kind),
        (status, None) => answers::unreadable(status),
    }
}

/// An error of either API. What is no text in it makes it none.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Problem {
    code: Option<String>,
    error_code: Option<String>,
    message: Option<String>,
}

/// An error, if it reads as one.
pub(super) fn problem(answer: &Answer) -> Option<Problem> {
    serde_json::from_slice(&answer.body).ok()
}

/// What a code of refusal means, in both APIs.
fn of_code(code: &str, text: Option<&str>, kind: Kind) -> CallError {
    let detail = answers::shown([Some(code), text]);
    match (code, kind) {
        // The edge of the gateway spells a status as a code.
        ("AUTHORIZATION_FAILED" | "INVALID_CLIENT" | "KEY_NOT_CONFIGURED" | "401", _) => {
            unauthorized(&detail)
        }
        ("TOO_MANY_REQUESTS" | "429", _) => CallError::not_done(ReasonKind::RateLimited, detail),
        ("FORBIDDEN" | "403", _) => CallError::not_done(ReasonKind::Forbidden, detail),
        // The last from memory: no document says how a refund that was never asked for is answered.
        (
            "TRANSACTION_NOT_FOUND" | "INVALID_MERCHANT_ORDER_ID" | "INVALID_MERCHANT_REFUND_ID",
            Kind::Question,
        ) => CallError::not_done(ReasonKind::NotFound, detail),
        // "Already used", perhaps by an earlier call of ours whose answer was lost. Only asking tells.
        (
            "INVALID_TRANSACTION_ID"
            | "DUPLICATE_TRANSACTION"
            | "INVALID_MERCHANT_ORDER_ID"
            | "INVALID_MERCHANT_REFUND_ID",
            _,
        ) => CallError::unknown(ReasonKind::Refused, detail),
        ("BAD_REQUEST" | "REVERSAL_WINDOW_EXCEEDED" | "TRANSACTION_NOT_FOUND", _) => refused(&detail),
        ("INTERNAL_SERVER_ERROR", _) => CallError::unknown(ReasonKind::ServerError, detail),
        ("TIMED_OUT", _) => CallError::unknown(ReasonKind::TimedOut, detail),
        _ => CallError::unknown(ReasonKind::Unrecognised, detail),
    }
}
