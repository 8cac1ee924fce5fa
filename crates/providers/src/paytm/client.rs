//! One call to Paytm: whose account, which host, signed bytes out, and the raw body of the answer back.

use super::sign;
use super::wire::Envelope;
use crate::contract::{Account, Call};
use crate::reading::answers;
pub(super) use crate::reading::answers::is_id;
use crate::wire::{Answer, CallError, Header, ReasonKind, Request};
use hundi_core::{Mode, Secret};
use serde::{Deserialize, Serialize};

/// Hosts a connection may choose from; the first is where Paytm moved to.
pub(super) const HOSTS: &[&str] = &["paytmpayments.com", "paytm.in"];
const OLD_LIVE: &str = "https://securegw.paytm.in";
const OLD_TEST: &str = "https://securegw-stage.paytm.in";

/// Who asks, with a key that a cipher takes.
pub(super) struct Merchant {
    pub(super) mid: String,
    pub(super) key: Secret,
}

/// Which merchant a call is made as. What can't be signed is never sent.
pub(super) fn merchant(account: &Account) -> Result<Merchant, CallError> {
    let (mid, key) = (account.credential("mid"), account.credential("merchant_key"));
    if !is_id(mid.expose()) {
        return Err(CallError::not_done(ReasonKind::Unauthorized, "the merchant id is missing or is none"));
    }
    if sign::checksum(b"", &key, "0000").is_err() {
        return Err(CallError::not_done(
            ReasonKind::Unauthorized,
            "a merchant key has 16 characters, or 24 or 32",
        ));
    }
    Ok(Merchant { mid: mid.expose().to_owned(), key })
}

/// Where the API is. A simulator is where the account says; otherwise the connection may choose an older host.
pub(super) fn host(account: &Account) -> &str {
    match (account.credential("host").expose(), account.mode) {
        ("paytm.in", Mode::Live) if !account.simulated => OLD_LIVE,
        ("paytm.in", Mode::Test) if !account.simulated => OLD_TEST,
        _ => account.base_url.trim_end_matches('/'),
    }
}

/// A call whose head is the checksum of its body. The answer's body comes back as the text that it was.
pub(super) async fn signed(
    call: Call<'_>,
    purpose: &'static str,
    path: &str,
    body: &(impl Serialize + Sync),
    private: bool,
) -> Result<String, CallError> {
    let merchant = merchant(call.account)?;
    let body = text_of(body);
    let checksum = sign::checksum(body.as_bytes(), &merchant.key, &sign::salt(call.wire.random()));
    let checksum = checksum.map_err(|_| CallError::not_done(ReasonKind::Unauthorized, "no such key"))?;
    let head = format!(r#"{{"signature":"{checksum}"}}"#);
    sent(call, purpose, path, &body, &head, private).await
}

/// A call with a head of its own.
pub(super) async fn sent(
    call: Call<'_>,
    purpose: &'static str,
    path: &str,
    body: &str,
    head: &str,
    private: bool,
) -> Result<String, CallError> {
    // The signed bytes are sent, not the same JSON made once more.
    let envelope = format!(r#"{{"body":{body},"head":{head}}}"#);
    let answer = post(call, purpose, path, envelope.into_bytes(), private).await?;
    body_of(&answer, &merchant(call.account)?.key)
}

pub(super) async fn post(
    call: Call<'_>,
    purpose: &'static str,
    path: &str,
    body: Vec<u8>,
    private: bool,
) -> Result<Answer, CallError> {
    let headers =
        vec![Header::plain("content-type", "application/json"), Header::plain("accept", "application/json")];
    let url = format!("{}{path}", host(call.account));
    let answer = call.wire.send(Request { purpose, method: "POST", url, headers, body, private }).await?;
    // Business errors come with 200, so these are of the gates before Paytm's own door.
    answers::by_status(answer.status).map_or(Ok(answer), Err)
}

pub(super) fn text_of(body: &(impl Serialize + Sync)) -> String {
    serde_json::to_string(body).expect("structs of strings are always JSON")
}

pub(super) fn read<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, CallError> {
    serde_json::from_str(body).map_err(|_| unreadable())
}

/// The text of an answer's body, cut out as it came. A signature that is there must be right; on errors there is
/// none, and the connection vouches for the answer.
fn body_of(answer: &Answer, key: &Secret) -> Result<String, CallError> {
    let envelope: Envelope<'_> = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
    let body = envelope.body.get();
    match envelope.head.and_then(|head| head.signature).filter(|signature| !signature.is_empty()) {
        Some(signature) if sign::check(body.as_bytes(), key, Some(&signature)).is_err() => {
            Err(CallError::unknown(ReasonKind::Unreadable, "an answer with a wrong signature"))
        }
        Some(_) | None => Ok(body.to_owned()),
    }
}

fn unreadable() -> CallError {
    CallError::unknown(ReasonKind::Unreadable, "an answer that does not read as one")
}
