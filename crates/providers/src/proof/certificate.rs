//! A certificate, fetched where it may be and taken apart: its names, its time and its RSA key. A walk over DER that reads
//! only what it needs.
//!
//! The chain is not followed here: whoever reads one says where it came from.

use crate::contract::Call;
use crate::reading::calendar::{self, Unzoned};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::BASE64;
use hundi_core::time::{hours, minutes};
use hundi_core::{Millis, Secret};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OID: u8 = 0x06;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0]` around the version, `[3]` around the extensions, `[2]` of a DNS name.
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

pub(crate) struct Certificate {
    /// DNS names; the common name where there are none.
    names: Vec<String>,
    from: Millis,
    to: Millis,
    self_issued: bool,
    /// PKCS#1.
    rsa_key: Vec<u8>,
}

/// A certificate is kept so long, and one that could not be had is not asked for again so soon.
const KEEP_MS: i64 = hours(24);
const KEEP_FAILURE_MS: i64 = minutes(1);

impl Certificate {
    /// The one at an address, which must be one that may be asked: whoever follows any that a message names is led
    /// anywhere.
    pub(crate) async fn at(call: Call<'_>, allowed_url: &str) -> Option<Self> {
        if let Some(kept) = call.wire.recall(allowed_url) {
            return Self::read(kept.expose());
        }
        let answer = call.to("certificate").get(allowed_url.to_owned(), vec![]).await;
        let answer = answer.ok().filter(|answer| answer.status == 200);
        let pem = answer.and_then(|answer| String::from_utf8(answer.body).ok());
        let read = pem.and_then(|pem| Self::read(&pem).map(|certificate| (pem, certificate)));
        let (kept, keep_ms) = read.as_ref().map_or(("", KEEP_FAILURE_MS), |(pem, _)| (pem, KEEP_MS));
        call.wire.keep(allowed_url, &Secret::new(kept), call.wire.now().plus(keep_ms));
        read.map(|(_, certificate)| certificate)
    }

    /// The first certificate in a PEM file.
    pub(crate) fn read(pem: &str) -> Option<Self> {
        let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
        let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
        let body: String = body.split_ascii_whitespace().collect();
        let der = BASE64.decode(body.as_bytes()).ok()?;
        let mut certificate = Der(Der(&der).take(SEQUENCE)?);
        Self::to_be_signed(Der(certificate.take(SEQUENCE)?))
    }

    fn to_be_signed(mut tbs: Der<'_>) -> Option<Self> {
        tbs.take_if(VERSION);
        tbs.any()?; // serial number
        tbs.take(SEQUENCE)?; // signature algorithm
        let issuer = tbs.take(SEQUENCE)?;
        let mut validity = Der(tbs.take(SEQUENCE)?);
        let subject = tbs.take(SEQUENCE)?;
        let rsa_key = rsa_key(Der(tbs.take(SEQUENCE)?))?;
        let mut names = Vec::new();
        while let Some((tag, inner)) = tbs.any() {
            if tag == EXTENSIONS {
                names = alt_names(Der(Der(inner).take(SEQUENCE)?))?;
            }
        }
        if names.is_empty() {
            names.extend(common_name(Der(subject)));
        }
        let (from, to) = (instant(validity.any()?)?, instant(validity.any()?)?);
        Some(Self { names, from, to, self_issued: issuer == subject, rsa_key })
    }

    /// Whether its key made this signature, which is RSA's over SHA-256, of this text.
    pub(crate) fn signed(&self, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.rsa_key);
        key.verify(text.as_bytes(), signature).is_ok()
    }

    /// Whether it is of that host, at that time, and given by somebody else than its holder.
    pub(crate) fn speaks_for(&self, host: &str, now: Millis) -> bool {
        !self.self_issued && self.from <= now && now <= self.to && self.names.iter().any(|name| name == host)
    }
}

fn rsa_key(mut info: Der<'_>) -> Option<Vec<u8>> {
    let mut algorithm = Der(info.take(SEQUENCE)?);
    if algorithm.take(OID)? != RSA_ENCRYPTION {
        return None;
    }
    // The first octet counts unused bits: none in a key.
    let (unused, key) = info.take(BIT_STRING)?.split_first()?;
    (*unused == 0).then(|| key.to_vec())
}

fn alt_names(mut extensions: Der<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    while let Some((_, inner)) = extensions.any() {
        let mut extension = Der(inner);
        if extension.take(OID)? != SUBJECT_ALT_NAME {
            continue;
        }
        // Between them may stand whether the extension is critical.
        let value = std::iter::from_fn(|| extension.any()).find(|(tag, _)| *tag == OCTET_STRING)?.1;
        let mut general = Der(Der(value).take(SEQUENCE)?);
        while let Some((tag, name)) = general.any() {
            if tag == DNS_NAME {
                names.push(str::from_utf8(name).ok()?.to_owned());
            }
        }
    }
    Some(names)
}

fn common_name(mut subject: Der<'_>) -> Option<String> {
    while let Some(set) = subject.take(SET) {
        let mut pair = Der(Der(set).take(SEQUENCE)?);
        if pair.take(OID)? == COMMON_NAME {
            return str::from_utf8(pair.any()?.1).ok().map(str::to_owned);
        }
    }
    None
}

/// `240101000000Z`, with the century that RFC 5280 gives it, or `20490101000000Z`.
fn instant((tag, text): (u8, &[u8])) -> Option<Millis> {
    let text = str::from_utf8(text).ok()?;
    let whole = match tag {
        UTC_TIME => format!("{}{text}", if text.get(..2)? < "50" { "20" } else { "19" }),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    if whole.len() != 15 || !whole.is_ascii() {
        return None;
    }
    let part = |from: usize, to: usize| &whole[from..to];
    let (date, time) =
        ([part(0, 4), part(4, 6), part(6, 8)].join("-"), [part(8, 10), part(10, 12), part(12, 14)].join(":"));
    calendar::instant(&format!("{date}T{time}{}", part(14, 15)), Unzoned::Refused)
}

/// What is left to read of one DER value's content.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next value, whatever it is: its tag and its content.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match usize::from(*first) {
            short @ 0..=0x7f => (short, rest),
            // Longer than two octets is longer than any certificate we would read.
            0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
            0x82 => (usize::from(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?)), rest.get(2..)?),
            _ => return None,
        };
        let (content, left) = rest.split_at_checked(length)?;
        self.0 = left;
        Some((*tag, content))
    }

    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    fn take_if(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.0.first() == Some(&tag) { self.take(tag) } else { None }
    }
}
