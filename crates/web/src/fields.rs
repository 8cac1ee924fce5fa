//! The fields of a form or an address, in order, repeats kept.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, RawQuery, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode, header};
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt::Write;
use url::form_urlencoded;

/// Fields of one request. A name that is sent twice has two values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

/// A form of ours has a dozen.
const FIELDS_MAX: usize = 200;

impl Fields {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(bytes).take(FIELDS_MAX);
        // A NUL is no more text than bytes that are no UTF-8, which stand as this character too.
        let clean = |text: Cow<'_, str>| text.replace('\0', "\u{fffd}");
        Self(pairs.map(|(name, value)| (clean(name), clean(value))).collect())
    }

    /// The first value, without the spaces around it; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
    }

    /// The first value as it was sent: passwords and keys may begin with a space.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.trim())
    }

    /// The value, if it is one of a kind.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }
}

/// What stands in the path. Bytes that are no text are as good as nothing: they name nothing of ours.
pub(crate) struct InPath<T>(pub(crate) T);

impl<T: DeserializeOwned + Default + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        Ok(Self(path.map_or_else(|_| T::default(), |path| path.0)))
    }
}

/// The fields of the address.
pub(crate) struct Asking(pub(crate) Fields);

impl<S: Send + Sync> FromRequestParts<S> for Asking {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let RawQuery(query) = RawQuery::from_request_parts(parts, state).await?;
        Ok(Self(Fields::parse(query.unwrap_or_default().as_bytes())))
    }
}

/// The fields of a form that was posted.
pub(crate) struct Sent(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let is_form = kind.split(';').next().is_some_and(|k| k.trim() == "application/x-www-form-urlencoded");
        let has_body = request.method() != Method::GET && !kind.is_empty();
        if has_body && !is_form {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send a form.\n").into_response());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self(Fields::parse(&bytes)))
    }
}

/// An address with fields; empty values are left out.
pub(crate) fn address(path: &str, fields: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    let (query, mut address) = (query.finish(), path.to_owned());
    if !query.is_empty() {
        write!(address, "?{query}").expect("a String takes any text");
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_kept_and_spaces_are_not() {
        let fields = Fields::parse(b"a=1&b=+two+&a=3&c=%E2%82%B9");
        assert_eq!(
            (fields.get("a"), fields.get("b"), fields.get("c"), fields.get("d")),
            ("1", "two", "₹", "")
        );
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(fields.raw("b"), " two ");
        assert_eq!(Fields::parse(b"a=%00%FF").get("a"), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn addresses_are_escaped() {
        assert_eq!(address("/payments", &[("q", "a&b=c"), ("status", "")]), "/payments?q=a%26b%3Dc");
        assert_eq!(address("/payments", &[]), "/payments");
    }
}
