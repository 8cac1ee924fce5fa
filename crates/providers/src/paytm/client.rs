//! One call to Paytm: whose account, which host, signed bytes out, and the raw body of the answer back.

use super::sign;
use super::wire::Envelope;
use crate::asking::{self, Errand};
use crate::contract::{Account, Call};
use crate::reading::answers;
use crate::reading::doubt::{unauthorized, unreadable};
use crate::reading::tree::Tree;
use crate::wire::{Answer, Called};
use crate::writing::Object;
use hundi_core::{Mode, Secret};

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
pub(super) fn merchant(account: &Account) -> Called<Merchant> {
    let (mid, key) = (account.credential("mid"), account.credential("merchant_key"));
    if !answers::is_id(mid.expose()) {
        return Err(unauthorized("the merchant id is missing or is none"));
    }
    if sign::checksum(b"", &key, "0000").is_err() {
        return Err(unauthorized("a merchant key has 16 characters, or 24 or 32"));
    }
    Ok(Merchant { mid: mid.expose().to_owned(), key })
}

/// Where the API is. A simulator is where the account says; otherwise the connection may choose an older host.
pub(super) fn host(account: &Account) -> &str {
    match (account.credential("host").expose(), account.mode) {
        ("paytm.in", Mode::Live) if !account.simulated => OLD_LIVE,
        ("paytm.in", Mode::Test) if !account.simulated => OLD_TEST,
        _ => answers::base(account),
    }
}

/// A call whose head is the checksum of its body.
pub(super) async fn signed(errand: Errand<'_>, path: &str, body: &Object) -> Called<Tree> {
    let checksum = checksum(errand.call, body.text().as_bytes())?;
    sent(errand, path, body, &Object::new().put("signature", checksum)).await
}

/// The checksum of exactly these bytes.
pub(super) fn checksum(call: Call<'_>, text: &[u8]) -> Called<String> {
    let key = merchant(call.account)?.key;
    sign::checksum(text, &key, &sign::salt(call.wire.random())).map_err(|_| unauthorized("no such key"))
}

/// A call with a head of its own.
pub(super) async fn sent(errand: Errand<'_>, path: &str, body: &Object, head: &Object) -> Called<Tree> {
    // What is put together from parts is written as the parts were: the signed bytes are sent.
    let envelope = Object::new().put("body", body).put("head", head);
    let answer = post(errand, path, &envelope).await?;
    let body = body_of(&answer, &merchant(errand.call.account)?.key)?;
    serde_json::from_str(body).map_err(|_| unreadable(UNREADABLE))
}

pub(super) async fn post(errand: Errand<'_>, path: &str, body: &Object) -> Called<Answer> {
    let url = format!("{}{path}", host(errand.call.account));
    let headers = vec![asking::is_json(), asking::accepts_json()];
    let answer = errand.post(url, headers, body.bytes()).await?;
    // Business errors come with 200, so these are of the gates before Paytm's own door.
    answers::by_status(answer.status).map_or(Ok(answer), Err)
}

/// The text of an answer's body, cut out as it came. A signature that is there must be right; on errors there is
/// none, and the connection vouches for the answer.
fn body_of<'a>(answer: &'a Answer, key: &Secret) -> Called<&'a str> {
    let envelope: Envelope<'_> = serde_json::from_slice(&answer.body).map_err(|_| unreadable(UNREADABLE))?;
    let body = envelope.body.get();
    match envelope.head.and_then(|head| head.signature).filter(|signature| !signature.is_empty()) {
        Some(signature) if sign::check(body.as_bytes(), key, Some(&signature)).is_err() => {
            Err(unreadable("an answer with a wrong signature"))
        }
        Some(_) | None => Ok(body),
    }
}

const UNREADABLE: &str = "an answer that does not read as one";
