//! A request with a body: authenticated, its Idempotency-Key read, its JSON parsed strictly into one type.
//!
//! What is refused here is refused before any work, so that no key is spent on it. Messages say what is acceptable and
//! never repeat what came: the parser's own words quote values, and are used only from where they speak of the type.

use super::auth::{Caller, once};
use super::{card, query};
use crate::problem::Problem;
use crate::web::Web;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http_body_util::LengthLimitError;
use hundi_app::Error;
use hundi_app::answer::{self, Key};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;
use std::fmt;
use std::marker::PhantomData;

const BODY_BYTES_MAX: usize = 64 << 10;
const KEY_CHARS_MAX: usize = 255;
const PARAM_NAME_CHARS_MAX: usize = 40;

/// A request of an authenticated caller, with its body.
pub(super) struct Posted<T> {
    pub(super) caller: Caller,
    pub(super) key: Option<Key>,
    pub(super) body: T,
}

/// The body of a verb that needs none: nothing, or `{}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Nothing {}

impl<T: DeserializeOwned> FromRequest<Web> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, web).await?;
        match read(&parts, body, &caller).await {
            Ok((key, body)) => Ok(Self { caller, key, body }),
            Err(error) => Err(Problem::of(&caller.asked, error)),
        }
    }
}

async fn read<T: DeserializeOwned>(
    parts: &Parts,
    body: Body,
    caller: &Caller,
) -> Result<(Option<Key>, T), Error> {
    query::none(parts.uri.query())?;
    let key = idempotency_key(&parts.headers)?;
    let bytes = whole(body).await?;
    if !bytes.is_empty() || parts.headers.contains_key(CONTENT_TYPE) {
        check_type(&parts.headers)?;
    }
    let parsed = parse(&bytes)?;
    let asks = format!("{} {}", parts.method, parts.uri.path());
    Ok((key.map(|key| answer::key(caller.scope, key, &asks, &bytes)), parsed))
}

async fn whole(body: Body) -> Result<axum::body::Bytes, Error> {
    axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|error| {
        let too_large = std::error::Error::source(&error).is_some_and(|e| e.is::<LengthLimitError>());
        if too_large {
            Error::BodyTooLarge { bytes_max: BODY_BYTES_MAX }
        } else {
            unreadable("The body broke off.")
        }
    })
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let refused = || {
        let message = format!("Send one Idempotency-Key of 1 to {KEY_CHARS_MAX} printable ASCII characters.");
        Error::invalid("Idempotency-Key", message)
    };
    let Some(key) = once(headers, "idempotency-key").map_err(|_| refused())? else { return Ok(None) };
    let fits = (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(|c| matches!(c, b' '..=b'~'));
    if !fits {
        return Err(refused());
    }
    card::refuse("Idempotency-Key", key)?;
    Ok(Some(key))
}

/// JSON in UTF-8, not compressed: a small body that unpacks to a large one is an old trick.
fn check_type(headers: &HeaderMap) -> Result<(), Error> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Error::NotJson);
    }
    let text = once(headers, CONTENT_TYPE.as_str()).ok().flatten().ok_or(Error::NotJson)?;
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 =
        |p: &str| p.eq_ignore_ascii_case("charset=utf-8") || p.eq_ignore_ascii_case("charset=\"utf-8\"");
    if is_json && parts.all(is_utf8) { Ok(()) } else { Err(Error::NotJson) }
}

/// One JSON object of this type and nothing after it.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let text = str::from_utf8(bytes).map_err(|_| unreadable("The body is not UTF-8."))?;
    let mut json = serde_json::Deserializer::from_str(if text.is_empty() { "{}" } else { text });
    let Object(value) = serde_path_to_error::deserialize(&mut json).map_err(|error| refusal(&error))?;
    json.end().map_err(|_| unreadable("Send one JSON object and nothing after it."))?;
    Ok(value)
}

fn unreadable(message: &str) -> Error {
    Error::Unreadable { message: message.to_owned() }
}

fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let (at, last) = shown(error.path());
    // Quotes what came. Only its beginning, which is the parser's own, and names of ours are looked at.
    let text = error.inner().to_string();
    let of_ours = |kind: &str| text.strip_prefix(kind).and_then(|rest| rest.split('`').next());
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match error.inner().classify() {
        serde_json::error::Category::Data => {}
        _ if text.starts_with("number out of range") && !at.is_empty() => {
            return Error::invalid(at, "This number is too large.");
        }
        _ => return unreadable("The body is not valid JSON."),
    }
    if let Some(name) = of_ours("missing field `") {
        return Error::invalid(below(name), "This field is required.");
    }
    if let Some(name) = of_ours("duplicate field `") {
        return Error::invalid(below(name), "This field stands there twice.");
    }
    if text.starts_with("unknown field `") {
        #[cfg(test)]
        super::asked_for::fields(&text);
        return match last {
            Some(name) if card::is_name(name) || card::holds_pan(name) => card::refusal(at),
            _ if at.is_empty() => unreadable("The object has a field that is not known here."),
            _ => Error::invalid(at, "There is no such field here."),
        };
    }
    // What follows the last of these words is the type's own description.
    let wanted = text.rsplit_once(", expected ").map(|(_, rest)| rest);
    let wanted = wanted.and_then(|rest| rest.rsplit_once(" at line ")).map_or("another value", |(w, _)| w);
    let wanted = if wanted == "a sequence" { "an array" } else { wanted };
    let message = format!("Send {wanted}.");
    if at.is_empty() { unreadable(&message) } else { Error::invalid(at, message) }
}

/// The path of a field, as far as its names are plain; and the name that it ends with, whatever it is.
fn shown(path: &serde_path_to_error::Path) -> (String, Option<&str>) {
    let mut shown = String::new();
    let mut last = None;
    let mut is_plain = true;
    for segment in path.iter() {
        last = None;
        match segment {
            Segment::Seq { index } if is_plain => shown += &format!("[{index}]"),
            Segment::Map { key } => {
                last = Some(key.as_str());
                is_plain &= (1..=PARAM_NAME_CHARS_MAX).contains(&key.len())
                    && key.bytes().all(|c| c.is_ascii_alphanumeric() || b"_.-".contains(&c))
                    && !card::holds_pan(key);
                if is_plain {
                    shown += if shown.is_empty() { "" } else { "." };
                    shown += key;
                }
            }
            Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => is_plain = false,
        }
    }
    (shown, last)
}

/// A JSON object. Left to itself, a struct is read from an array of its fields as well.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Read<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        from.deserialize_map(Read(PhantomData))
    }
}
