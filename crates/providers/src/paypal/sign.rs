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
use crate::reading::tree::Tree;
use crate::writing::Object;
use data_encoding::BASE64;
use hundi_core::Mode;
use serde_json::value::RawValue;
use url::Url;

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
    let fits =
        certificate.speaks_for(signer(call.account), call.wire.now()) && certificate.signed(&signed, &tag);
    if fits { Ok(()) } else { Err(Forged::WrongSignature) }
}

/// The webhook id is that of our subscription: neither the event's own nor what the message says.
pub(super) fn signed_text(id: &str, time: &str, webhook_id: &str, body: &[u8]) -> String {
    format!("{id}|{time}|{webhook_id}|{}", crc32(body))
}

// ---- the certificate

/// Whom a certificate must name.
fn signer(account: &Account) -> &'static str {
    match account.mode {
        Mode::Live => "messageverificationcerts.paypal.com",
        Mode::Test => "messageverificationcerts.sandbox.paypal.com",
    }
}

fn is_allowed(account: &Account, cert_url: &str) -> bool {
    let name = if account.simulated {
        cert_url.strip_prefix(client::base(account)).and_then(|rest| rest.strip_prefix(PATH))
    } else {
        of_paypal(account.mode, cert_url)
    };
    name.is_some_and(client::is_id)
}

/// The certificate's name at PayPal's own hosts. What is compared is the text: nothing that a parser could read in
/// two ways is let through.
fn of_paypal(mode: Mode, cert_url: &str) -> Option<&str> {
    let hosts: &[&str] = match mode {
        Mode::Live => &["api.paypal.com", "api-m.paypal.com"],
        Mode::Test => &["api.sandbox.paypal.com", "api-m.sandbox.paypal.com"],
    };
    let rest = cert_url.strip_prefix("https://")?;
    let (host, path) = rest.split_at_checked(rest.find('/')?)?;
    let parsed = Url::parse(cert_url).ok()?;
    let same = hosts.contains(&host) && parsed.host_str() == Some(host);
    path.strip_prefix(PATH).filter(|_| same)
}

// ---- asking PayPal

/// The event goes in byte for byte: written anew, its CRC would be another. It must be one JSON value, so that it can't
/// end its place and go on with fields of its own.
async fn ask_paypal(call: Call<'_>, question: Object, body: &[u8]) -> Result<(), Forged> {
    let event: &RawValue = serde_json::from_slice(body).map_err(|_| Forged::WrongSignature)?;
    let question = question.put("webhook_event", event).bytes();
    let path = "/v1/notifications/verify-webhook-signature";
    let answer = client::send(call.to("verify"), "POST", path, vec![asking::is_json()], question).await;
    let said = answer.ok().and_then(|answer| client::read::<Tree>(&answer).ok());
    match said.and_then(|said| said.shown("/verification_status")).as_deref() {
        Some("SUCCESS") => Ok(()),
        Some("FAILURE") => Err(Forged::WrongSignature),
        Some(_) | None => Err(Forged::CannotTell),
    }
}
