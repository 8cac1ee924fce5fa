//! Keys as people paste them: PEM in its two RSA spellings, brought to the one that the crypto library reads.
//!
//! Only what an unencrypted RSA key needs. Certificates and keys with a password are refused.

use data_encoding::BASE64;

/// `rsaEncryption` with its empty parameters, as both outer forms name it.
const RSA: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const VERSION_0: &[u8] = &[0x02, 0x01, 0x00];

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;

/// PKCS#8 of a private key in PEM.
pub(crate) fn private_key(pem: &str) -> Option<Vec<u8>> {
    match parts(pem)? {
        ("PRIVATE KEY", der) => Some(der),
        ("RSA PRIVATE KEY", der) => {
            let inner = [VERSION_0, RSA, &element(OCTET_STRING, &der)?].concat();
            element(SEQUENCE, &inner)
        }
        _ => None,
    }
}

/// SubjectPublicKeyInfo of a public key in PEM.
pub(crate) fn public_key(pem: &str) -> Option<Vec<u8>> {
    match parts(pem)? {
        ("PUBLIC KEY", der) => Some(der),
        ("RSA PUBLIC KEY", der) => {
            // No bit of the last byte is unused.
            let bits = [&[0], der.as_slice()].concat();
            element(SEQUENCE, &[RSA, &element(BIT_STRING, &bits)?].concat())
        }
        _ => None,
    }
}

/// The label and the bytes. Line ends may have become `\n` in letters, as in a JSON file, or spaces.
fn parts(pem: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, end) = rest.split_once("-----END ")?;
    if !end.starts_with(label) {
        return None;
    }
    let body: String = body.replace("\\n", "").chars().filter(|c| !c.is_whitespace()).collect();
    Some((label, BASE64.decode(body.as_bytes()).ok()?))
}

/// One DER element. Keys up to 8192 bits stay far below the two length bytes that are written here.
fn element(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let [high, low] = u16::try_from(content.len()).ok()?.to_be_bytes();
    let head: &[u8] = match content.len() {
        0..0x80 => &[tag, low],
        0x80..0x100 => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    Some([head, content].concat())
}
