//! What both APIs share: which of them an account speaks, where it is, and what an answer or a refusal is.

use super::sign::SaltKey;
use super::wire;
use crate::asking;
use crate::contract::{Account, Flow, Handle, Opened, Opening};
use crate::reading::answers;
pub(super) use crate::reading::answers::{id, is_id};
use crate::reading::doubt::{refused, unauthorized, unreadable};
use crate::wire::{Answer, CallError, Header, ReasonKind};
use crate::writing::Object;
use hundi_core::{Mode, Secret};
use serde::de::DeserializeOwned;

pub(super) const V2: &str = "v2";
pub(super) const V1: &str = "v1";

/// The API that an account's owner chose, with all that it needs.
pub(super) enum Api {
    V2(Client),
    V1(Merchant),
}

/// Who we are in v2.
pub(super) struct Client {
    pub(super) id: Secret,
    pub(super) secret: Secret,
    pub(super) version: Secret,
}

/// Who we are in v1.
pub(super) struct Merchant {
    pub(super) id: String,
    pub(super) salt: SaltKey,
}

/// Refused before any call when something is missing; keys of the other API are named as what they are.
pub(super) fn api(account: &Account) -> Result<Api, CallError> {
    let given = |name: &str| Some(account.credential(name)).filter(|c| !c.is_empty());
    let client = || {
        let (id, secret, version) = (given("client_id")?, given("client_secret")?, given("client_version")?);
        Some(Client { id, secret, version })
    };
    let merchant = || {
        let (id, key, index) = (given("merchant_id")?, given("salt_key")?, given("salt_index")?);
        let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
        let id = id.expose().to_owned();
        let salt = SaltKey { key, index: index.expose().to_owned() };
        id.bytes().all(plain).then_some(Merchant { id, salt })
    };
    match (account.credential("api").expose(), given("salt_key").is_some(), given("client_secret").is_some())
    {
        ("" | V2, other, false) if other => Err(unauthorized(SALT_ON_V2)),
        (V1, false, other) if other => Err(unauthorized(CLIENT_ON_V1)),
        ("" | V2, ..) => {
            client().map(Api::V2).ok_or_else(|| unauthorized("the client id, secret or version is missing"))
        }
        (V1, ..) => {
            let missing =
                || unauthorized("the merchant id, the salt key or its index is missing or misspelt");
            merchant().map(Api::V1).ok_or_else(missing)
        }
        _ => Err(unauthorized("neither v1 nor v2 is chosen")),
    }
}

pub(super) const SALT_ON_V2: &str = "these look like salt keys, which belong to v1, and v2 is chosen";
pub(super) const CLIENT_ON_V1: &str =
    "these look like a client's credentials, which belong to v2, and v1 is chosen";

// ---- where to

/// The services, each under a prefix of its own in life and all under one in the sandbox.
#[derive(Clone, Copy)]
pub(super) enum Service {
    V1,
    V2,
    Token,
}

/// Where a service is, without a slash at its end. The account's address is the host alone.
pub(super) fn base(account: &Account, service: Service) -> String {
    let prefix = match (account.mode, service) {
        (Mode::Test, _) => "/apis/pg-sandbox",
        (Mode::Live, Service::V1) => "/apis/hermes",
        (Mode::Live, Service::V2) => "/apis/pg",
        (Mode::Live, Service::Token) => "/apis/identity-manager",
    };
    format!("{}{prefix}", answers::base(account))
}

/// What the payer is shown, from what came back: a page's address or a `upi://` link.
pub(super) fn handed_out(
    opening: &Opening,
    page: Option<String>,
    link: Option<String>,
) -> Result<Opened, CallError> {
    let handle = match opening.flow {
        Flow::UpiIntent => link.filter(|link| link.starts_with("upi://")).map(|link| Handle::Upi { link }),
        Flow::Redirect | Flow::Script => {
            let page = page.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
            page.map(|url| Handle::Redirect { url })
        }
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
pub(super) fn headers(proof: Vec<Header>) -> Vec<Header> {
    [asking::is_json(), asking::accepts_json()].into_iter().chain(proof).collect()
}

// ---- what came back

/// Whether a call wants something done there. The same code says "not there" to a question and "used already" to a
/// deed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Question,
    Deed,
}

pub(super) fn read<T: DeserializeOwned>(answer: &Answer, kind: Kind) -> Result<T, CallError> {
    if answers::is_success(answer) { answers::parse(&answer.body) } else { Err(refusal(answer, kind)) }
}

/// What an answer that is no success means. The code decides; the status only where it alone proves something.
pub(super) fn refusal(answer: &Answer, kind: Kind) -> CallError {
    if let Some(error) = answers::by_status(answer.status) {
        return error;
    }
    let problem = serde_json::from_slice::<wire::Problem>(&answer.body).ok();
    let code = problem.as_ref().and_then(|p| p.code.as_deref().or(p.error_code.as_deref()));
    let text = problem.as_ref().and_then(|p| p.message.as_deref()).unwrap_or_default();
    match (answer.status, code) {
        // "Refund not eligible".
        (402, _) => refused(&answers::shown([Some(code.unwrap_or("status 402")), Some(text)])),
        (_, Some(code)) => of_code(code, text, kind),
        (status, None) => answers::unreadable(status),
    }
}

/// What a code of refusal means, in both APIs.
pub(super) fn of_code(code: &str, text: &str, kind: Kind) -> CallError {
    let detail = answers::shown([Some(code), Some(text)]);
    match (code, kind) {
        // The edge of the gateway spells a status as a code.
        ("AUTHORIZATION_FAILED" | "INVALID_CLIENT" | "KEY_NOT_CONFIGURED" | "401", _) => {
            unauthorized(&detail)
        }
        ("TOO_MANY_REQUESTS" | "429", _) => CallError::not_done(ReasonKind::RateLimited, detail),
        ("FORBIDDEN" | "403", _) => CallError::not_done(ReasonKind::Forbidden, detail),
        ("TRANSACTION_NOT_FOUND" | "INVALID_MERCHANT_ORDER_ID", Kind::Question) => {
            CallError::not_done(ReasonKind::NotFound, detail)
        }
        // From memory: no document says how a refund that was never asked for is answered.
        ("INVALID_MERCHANT_REFUND_ID", Kind::Question) => CallError::not_done(ReasonKind::NotFound, detail),
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
