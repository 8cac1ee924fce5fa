//! One try: the event, signed, to the endpoint, and what came back.

use super::schedule::retry_after_ms;
use crate::net::{BLOCKED, Incoming, NetError, Outgoing, To};
use crate::signing::SigningKeys;
use crate::{App, planted, public, signing};
use hundi_core::{DeliveryId, Millis};
use hundi_store::deliveries::Try;
use hundi_store::endpoints::Endpoint;
use hundi_store::events::Event;

/// A merchant's endpoint answers within this, or it failed (SAFETY T45).
const DEADLINE_MS: u64 = 15_000;
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// How much of an answer is kept.
const KEPT_BYTES: usize = 1 << 10;

/// Where deliveries go, and what they are signed with.
pub(super) struct Target {
    pub(super) endpoint: Endpoint,
    pub(super) keys: SigningKeys,
}

/// The shortest secret or signature in text: 24 bytes in base64.
const SECRET_CHARS_MIN: usize = 32;

/// One try, as it went.
pub(super) struct Tried {
    /// Where it was sent. `None`: nowhere.
    url: Option<String>,
    at: Millis,
    pub(super) took_ms: i64,
    pub(super) status: Option<u16>,
    pub(super) retry_after_ms: Option<i64>,
    error: Option<String>,
    response: String,
}

impl Tried {
    /// 2xx and nothing else: a redirect is not an answer.
    pub(super) fn good(&self) -> bool {
        let end = if planted!("redirect_is_success") { 400 } else { 300 };
        self.status.is_some_and(|s| (200..end).contains(&s))
    }

    pub(super) fn is_gone(&self) -> bool {
        self.status == Some(410) && !planted!("gone_is_tried_again")
    }

    pub(super) fn was_sent(&self) -> bool {
        self.url.is_some()
    }

    pub(super) fn not_sent(why: &str, at: Millis) -> Self {
        let response = String::new();
        let error = Some(why.to_owned());
        Self { url: None, at, took_ms: 0, status: None, retry_after_ms: None, error, response }
    }

    /// A defect of ours, which must not hold up what comes after it.
    pub(super) fn broken(target: &Target, at: Millis) -> Self {
        Self {
            url: Some(target.endpoint.url.clone()),
            ..Self::not_sent("it could not be sent: our own mistake", at)
        }
    }

    pub(super) fn row(&self, n: i64) -> Try {
        Try {
            n,
            at: self.at,
            took_ms: self.took_ms,
            url: self.url.clone(),
            status: self.status.map(i64::from),
            error: self.error.clone(),
            response: self.response.clone(),
        }
    }
}

pub(super) async fn send(app: &App, target: &Target, event: &Event, delivery: DeliveryId) -> Tried {
    let Target { endpoint, keys } = target;
    let at = app.now();
    let body = public::shown(endpoint.api_version, public::event(event)).to_string().into_bytes();
    let mut headers = signing::headers(keys, &event.id.to_string(), at, &body);
    if planted!("unsigned_deliveries") {
        headers.clear();
    }
    let proofs: Vec<String> =
        headers.iter().filter(|h| h.0.ends_with("signature")).map(|h| h.1.clone()).collect();
    headers.push(("content-type".into(), "application/json".into()));
    headers.push(("user-agent".into(), concat!("hundi/", env!("CARGO_PKG_VERSION")).into()));
    headers.push(("x-delivery-id".into(), delivery.to_string()));
    let out = Outgoing {
        method: "POST".into(),
        url: endpoint.url.clone(),
        headers,
        body,
        deadline_ms: DEADLINE_MS,
        body_bytes_max: ANSWER_BYTES_MAX,
        to: To::Merchant(endpoint.scope.mode()),
    };
    let ended = app.transport.send(out).await;
    let now = app.now();
    let tried = Tried {
        url: Some(endpoint.url.clone()),
        at,
        took_ms: now.since(at),
        status: None,
        retry_after_ms: None,
        error: None,
        response: String::new(),
    };
    match ended {
        Ok(answer) => {
            let after = answer.headers.iter().find(|(n, _)| n == "retry-after");
            Tried {
                status: Some(answer.status),
                retry_after_ms: after.and_then(|(_, text)| retry_after_ms(text, now)),
                response: excerpt(&answer, || secrets(keys, &proofs)),
                ..tried
            }
        }
        // One text for every blocked address and for names that lead nowhere: the log must not tell open ports from
        // closed ones, nor which names there are in our network.
        Err(NetError::Forbidden(_) | NetError::NoSuchName) => {
            Tried { error: Some(BLOCKED.to_owned()), ..tried }
        }
        Err(other) => Tried { error: Some(other.to_string()), ..tried },
    }
}

/// What an endpoint must not find its way into our log with, by echoing the request or its own configuration: the
/// keys' texts without their prefix, and each signature without its version.
fn secrets(keys: &SigningKeys, proofs: &[String]) -> Vec<String> {
    let all = std::iter::once(&keys.newest).chain(&keys.retiring).map(|key| key.reveal());
    let bare = |text: &str, mark: char| text.rsplit_once(mark).map_or(text, |(_, bare)| bare).to_owned();
    let mut hidden: Vec<String> = all.map(|secret| bare(secret.expose(), '_')).collect();
    hidden.extend(proofs.iter().flat_map(|list| list.split(' ')).map(|one| bare(one, ',')));
    hidden
}

/// The beginning of an answer. PostgreSQL's text cannot hold a NUL, and nothing readable does.
fn excerpt(answer: &Incoming, secrets: impl FnOnce() -> Vec<String>) -> String {
    let mut text = String::from_utf8_lossy(&answer.body).replace('\0', "\u{fffd}");
    // Most say "ok", which is no secret.
    if text.len() >= SECRET_CHARS_MIN {
        for secret in secrets().iter().filter(|s| !s.is_empty()) {
            text = text.replace(secret.as_str(), "[hidden]");
        }
    }
    let end = text.floor_char_boundary(KEPT_BYTES);
    if end < text.len() || answer.truncated {
        text.truncate(end);
        text.push_str(" [cut]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As short as a secret can be.
    const SECRET: &str = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";

    #[track_caller]
    fn check(body: &[u8], truncated: bool, kept: &str) {
        let answer = Incoming { status: 200, headers: Vec::new(), body: body.to_vec(), truncated };
        let secret = SECRET.to_owned();
        assert_eq!(excerpt(&answer, || vec![secret, String::new()]), kept);
    }

    #[test]
    fn an_answer_is_cut_and_what_it_echoes_of_ours_is_hidden() {
        check(b"ok", false, "ok");
        check(b"", true, " [cut]");
        check(SECRET.as_bytes(), false, "[hidden]");
        check(format!("my key is whsec_{SECRET}!").as_bytes(), false, "my key is whsec_[hidden]!");
        check(b"nul\0", false, "nul\u{fffd}");
        check(&[b'a'; KEPT_BYTES], false, &"a".repeat(KEPT_BYTES));
        check(&[b'a'; KEPT_BYTES + 1], false, &format!("{} [cut]", "a".repeat(KEPT_BYTES)));
        // Neither in the middle of a secret, nor of a character.
        let across = format!("{}{SECRET}", "a".repeat(KEPT_BYTES - 4));
        check(across.as_bytes(), false, &format!("{}[hid [cut]", "a".repeat(KEPT_BYTES - 4)));
        let wide = format!("{}\u{20b9}", "a".repeat(KEPT_BYTES - 1));
        check(wide.as_bytes(), false, &format!("{} [cut]", "a".repeat(KEPT_BYTES - 1)));
    }
}
