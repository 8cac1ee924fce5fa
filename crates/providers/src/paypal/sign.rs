//! PayPal's proof of a webhook: RSA over `transmission id | time | our webhook id | CRC-32 of the body`, with a
//! certificate whose address the message itself names.
//!
//! Whoever fetches that address unasked is led anywhere, and believes anybody. So the host must be PayPal's own for
//! the account's mode before a byte is sent. Where the certificate can't be had or read, PayPal itself is asked.

use super::client;
use crate::asking;
use crate::contract::{Account, Call, Forged, Unverified};
use crate::proof::certificate::Certificate;
use crate::proof::crc32;
use crate::writing::Object;
use data_encoding::BASE64;
use hundi_core::Mode;
use serde_json::value::RawValue;

const ALGORITHM: &str = "SHA256withRSA";
const PATH: &str = "/v1/notifications/certs/";

pub(super) async fn check(call: Call<'_>, message: Unverified<'_>) -> Result<(), Forged> {
    let webhook_id = call.account.credential("webhook_id");
    if webhook_id.is_empty() {
        return Err(Forged::NoSecret);
    }
    // All are needed.
    let header = |name| message.header(name).filter(|v| !v.is_empty()).ok_or(Forged::NoSignature);
    let (id, time) = (header("paypal-transmission-id")?, header("paypal-transmission-time")?);
    let (signature, cert_url) = (header("paypal-transmission-sig")?, header("paypal-cert-url")?);
    if header("paypal-auth-algo")? != ALGORITHM || !is_allowed(call.account, cert_url) {
        return Err(Forged::WrongSignature);
    }
    let tag = BASE64.decode(signature.as_bytes()).map_err(|_| Forged::WrongSignature)?;
    let Some(certificate) = Certificate::at(call, cert_url).await else {
        let question = Object::new()
            .put("auth_algo", ALGORITHM)
            .put("cert_url", cert_url)
            .put("transmission_id", id)
            .put("transmission_sig", signature)
            .put("transmission_time", time)
            .put("webhook_id", webhook_id.expose());
        return ask_paypal(call, question, message.body()).await;
    };
    let signed = signed_text(id, time, webhook_id.expose(), message.body());
    let signer = format!("messageverificationcerts.{}", zone(call.account));
    let fits = certificate.speaks_for(&signer, call.wire.now()) && certificate.signed(&signed, &tag);
    if fits { Ok(()) } else { Err(Forged::WrongSignature) }
}

/// The webhook id is that of our subscription: neither the event's own nor what the message says.
pub(super) fn signed_text(id: &str, time: &str, webhook_id: &str, body: &[u8]) -> String {
    format!("{id}|{time}|{webhook_id}|{}", crc32(body))
}

// ---- the certificate

/// Beneath which PayPal's own hosts are.
const fn zone(account: &Account) -> &'static str {
    match account.mode {
        Mode::Live => "paypal.com",
        Mode::Test => "sandbox.paypal.com",
    }
}

/// Whether a certificate's address is one of PayPal's own, or the simulator's. What is compared is the text, to its end:
/// nothing that a parser could read in two ways is let through.
fn is_allowed(account: &Account, cert_url: &str) -> bool {
    let is_at = |base: &str| {
        let name = cert_url.strip_prefix(base).and_then(|rest| rest.strip_prefix(PATH));
        name.is_some_and(client::is_id)
    };
    let own = |host: &str| is_at(&format!("https://{host}.{}", zone(account)));
    if account.simulated { is_at(client::base(account)) } else { own("api") || own("api-m") }
}

// ---- asking PayPal

/// The event goes in byte for byte: written anew, its CRC would be another. It must be one JSON value, so that it can't
/// end its place and go on with fields of its own.
async fn ask_paypal(call: Call<'_>, question: Object, body: &[u8]) -> Result<(), Forged> {
    let event: &RawValue = serde_json::from_slice(body).map_err(|_| Forged::WrongSignature)?;
    let question = question.put("webhook_event", event).bytes();
    let path = "/v1/notifications/verify-webhook-signature";
    let answer = client::send(call.to("verify"), "POST", path, vec![asking::is_json()], question).await;
    let said = answer.ok().and_then(|answer| client::read(&answer).ok());
    match said.and_then(|said| said.shown("/verification_status")).as_deref() {
        Some("SUCCESS") => Ok(()),
        Some("FAILURE") => Err(Forged::WrongSignature),
        Some(_) | None => Err(Forged::CannotTell),
    }
}
