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
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::BASE64;
use hundi_core::time::{hours, minutes};
use hundi_core::{Mode, Secret};
use serde_json::value::RawValue;
use url::Url;

const ALGORITHM: &str = "SHA256withRSA";
const PATH: &str = "/v1/notifications/certs/";
const KEEP_MS: i64 = hours(24);
/// A certificate that could not be had is not asked for again so soon.
const KEEP_FAILURE_MS: i64 = minutes(1);

/// The headers that make the proof. All are needed.
struct Proof<'a> {
    id: &'a str,
    time: &'a str,
    signature: &'a str,
    cert_url: &'a str,
    algorithm: &'a str,
}

pub(super) async fn check(call: Call<'_>, message: Unverified<'_>) -> Result<(), Forged> {
    let webhook_id = call.account.credential("webhook_id");
    if webhook_id.is_empty() {
        return Err(Forged::NoSecret);
    }
    let header = |name| message.header(name).filter(|v| !v.is_empty()).ok_or(Forged::NoSignature);
    let proof = Proof {
        id: header("paypal-transmission-id")?,
        time: header("paypal-transmission-time")?,
        signature: header("paypal-transmission-sig")?,
        cert_url: header("paypal-cert-url")?,
        algorithm: header("paypal-auth-algo")?,
    };
    if proof.algorithm != ALGORITHM || !is_allowed(call.account, proof.cert_url) {
        return Err(Forged::WrongSignature);
    }
    let signature = BASE64.decode(proof.signature.as_bytes()).map_err(|_| Forged::WrongSignature)?;
    let Some(certificate) = certificate(call, proof.cert_url).await else {
        return ask_paypal(call, &proof, webhook_id.expose(), message.body()).await;
    };
    if !certificate.speaks_for(signer(call.account), call.wire.now()) {
        return Err(Forged::WrongSignature);
    }
    let signed = signed_text(proof.id, proof.time, webhook_id.expose(), message.body());
    if is_signed(&certificate.rsa_key, &signed, &signature) { Ok(()) } else { Err(Forged::WrongSignature) }
}

/// The webhook id is that of our subscription: neither the event's own nor what the message says.
pub(super) fn signed_text(id: &str, time: &str, webhook_id: &str, body: &[u8]) -> String {
    format!("{id}|{time}|{webhook_id}|{}", crc32(body))
}

pub(super) fn is_signed(rsa_key: &[u8], text: &str, signature: &[u8]) -> bool {
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, rsa_key);
    key.verify(text.as_bytes(), signature).is_ok()
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

async fn certificate(call: Call<'_>, cert_url: &str) -> Option<Certificate> {
    if let Some(kept) = call.wire.recall(cert_url) {
        return Certificate::read(kept.expose());
    }
    let answer = call.to("certificate").get(cert_url.to_owned(), vec![]).await;
    let answer = answer.ok().filter(|answer| answer.status == 200);
    let pem = answer.and_then(|answer| String::from_utf8(answer.body).ok());
    let read = pem.and_then(|pem| Certificate::read(&pem).map(|certificate| (pem, certificate)));
    let (kept, keep_ms) = read.as_ref().map_or(("", KEEP_FAILURE_MS), |(pem, _)| (pem, KEEP_MS));
    call.wire.keep(cert_url, &Secret::new(kept), call.wire.now().plus(keep_ms));
    read.map(|(_, certificate)| certificate)
}

// ---- asking PayPal

async fn ask_paypal(call: Call<'_>, proof: &Proof<'_>, webhook_id: &str, body: &[u8]) -> Result<(), Forged> {
    let request = question(proof, webhook_id, body).ok_or(Forged::WrongSignature)?;
    let path = "/v1/notifications/verify-webhook-signature";
    let answer = client::send(call.to("verify"), "POST", path, &[asking::is_json()], &request).await;
    let said = answer.ok().and_then(|answer| client::read::<Tree>(&answer).ok());
    match said.and_then(|said| said.shown("/verification_status")).as_deref() {
        Some("SUCCESS") => Ok(()),
        Some("FAILURE") => Err(Forged::WrongSignature),
        Some(_) | None => Err(Forged::CannotTell),
    }
}

/// The event goes in byte for byte: written anew, its CRC would be another. It must be one JSON value, so that it can't
/// end its place and go on with fields of its own.
fn question(proof: &Proof<'_>, webhook_id: &str, body: &[u8]) -> Option<Vec<u8>> {
    let event: &RawValue = serde_json::from_slice(body).ok()?;
    let asked = Object::new()
        .put("auth_algo", proof.algorithm)
        .put("cert_url", proof.cert_url)
        .put("transmission_id", proof.id)
        .put("transmission_sig", proof.signature)
        .put("transmission_time", proof.time)
        .put("webhook_id", webhook_id)
        .put("webhook_event", event);
    Some(asked.bytes())
}
