//! What is kept of a message that nobody proved: enough to tell what came, and nothing of what it says.
//!
//! Its sender is a stranger. Whatever a stranger writes, a card number or a person's data, is not for us to keep.

use aws_lc_rs::digest;
use serde_json::Value;
use std::fmt::Write;

/// How much of a message's build is kept.
const CHARS_MAX: usize = 1_500;
const FIELDS_MAX: usize = 40;
const DEPTH_MAX: usize = 4;
const NAME_CHARS_MAX: usize = 40;
/// Longer messages are not read at all.
const READ_BYTES_MAX: usize = 64 << 10;
const HEADERS_MAX: usize = 40;
/// Headers whose value says what kind of program sent it, and which are kept to so many characters.
const TELLING: &[&str] = &["content-type", "content-length", "user-agent"];
const VALUE_CHARS_MAX: usize = 100;

/// Size, hash and build of a body: `{ "event": text of 16, "amount": number }`.
pub(super) fn of_body(body: &[u8]) -> Vec<u8> {
    let hash = data_encoding::HEXLOWER.encode(digest::digest(&digest::SHA256, body).as_ref());
    let mut text = format!("Not kept: {} bytes, SHA-256 {hash}", body.len());
    let read = (body.len() <= READ_BYTES_MAX).then(|| serde_json::from_slice::<Value>(body).ok()).flatten();
    if let Some(read) = read {
        text.push_str(", JSON built so: ");
        build(&mut text, &read, 0);
    }
    if text.len() > CHARS_MAX {
        text.truncate(text.floor_char_boundary(CHARS_MAX));
        text.push_str(" [cut]");
    }
    text.into_bytes()
}

fn build(text: &mut String, value: &Value, depth: usize) {
    const NEVER: &str = "writing to a String never fails";
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(_) => text.push_str("yes or no"),
        Value::Number(_) => text.push_str("number"),
        Value::String(inner) => write!(text, "text of {}", inner.chars().count()).expect(NEVER),
        Value::Array(all) if depth == DEPTH_MAX || all.is_empty() => {
            write!(text, "list of {}", all.len()).expect(NEVER);
        }
        Value::Array(all) => {
            write!(text, "list of {}: ", all.len()).expect(NEVER);
            build(text, &all[0], depth + 1);
        }
        Value::Object(fields) if depth == DEPTH_MAX => write!(text, "{} fields", fields.len()).expect(NEVER),
        Value::Object(fields) => {
            text.push_str("{ ");
            for (at, (name, value)) in fields.iter().take(FIELDS_MAX).enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                text.push_str(plain_name(name));
                text.push_str(": ");
                build(text, value, depth + 1);
                if text.len() > CHARS_MAX {
                    return;
                }
            }
            if fields.len() > FIELDS_MAX {
                text.push_str(", and more");
            }
            text.push_str(" }");
        }
    }
}

/// A field's name, if it is one: digits in a row are somebody's number.
fn plain_name(name: &str) -> &str {
    let is_name = (1..=NAME_CHARS_MAX).contains(&name.len())
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.'))
        && name.bytes().filter(u8::is_ascii_digit).count() < 6;
    if is_name { name } else { "[a name]" }
}

/// The headers' names, with the values of those alone that say what sent it.
pub(super) fn of_headers(headers: &[(String, String)]) -> String {
    let line = |(name, value): &(String, String)| {
        if TELLING.contains(&name.as_str()) {
            let value: String = value.chars().take(VALUE_CHARS_MAX).collect();
            format!("{}: {value}", plain_name(name))
        } else {
            format!("{}: [{} characters]", plain_name(name), value.chars().count())
        }
    };
    headers.iter().take(HEADERS_MAX).map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &[u8]) -> String {
        let text = String::from_utf8(of_body(body)).unwrap();
        text.split_once("JSON built so: ").map_or("", |(_, build)| build).to_owned()
    }

    #[test]
    fn the_build_is_kept_and_nothing_of_what_it_says() {
        let body = br#"{"event":"payment.captured","4111111111111111":1,"list":[{"vpa":"asha@bank"},2],"ok":true,"no":null}"#;
        assert_eq!(
            shown(body),
            "{ [a name]: number, event: text of 16, list: list of 2: { vpa: text of 9 }, no: null, ok: yes or no }"
        );
        let text = String::from_utf8(of_body(b"4111 1111 1111 1111")).unwrap();
        assert!(text.starts_with("Not kept: 19 bytes, SHA-256 ") && !text.contains("1111 "), "{text}");
        assert_ne!(of_body(b"a"), of_body(b"b"));
    }

    #[test]
    fn it_is_bounded() {
        let wide: String = (0..5_000).map(|n| format!("\"field_of_some_length_{n}\":{n},")).collect();
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        for body in [format!("{{{wide}\"z\":1}}"), deep, "x".repeat(1 << 20)] {
            assert!(of_body(body.as_bytes()).len() <= CHARS_MAX + 10);
        }
        let headers = vec![("x".repeat(500), "y".repeat(5_000)); 500];
        assert!(of_headers(&headers).len() <= HEADERS_MAX * 40);
        let told =
            [("user-agent", "curl/8"), ("x-razorpay-signature", "f0rg3d"), ("authorization", "Bearer x")];
        let told = told.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            of_headers(&told),
            "user-agent: curl/8\nx-razorpay-signature: [6 characters]\nauthorization: [8 characters]"
        );
    }
}
