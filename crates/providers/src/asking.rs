//! A call on its way: what it is for, and whether what it says is kept hidden. How it is proved is each provider's own.

use crate::contract::Call;
use crate::reading::answers;
use crate::wire::{Answer, CallError, Header, Request};
use crate::writing::Object;
use data_encoding::BASE64;
use hundi_core::OurRef;
use serde::de::DeserializeOwned;

/// An account, the wire, and what one call over it is for.
#[derive(Clone, Copy)]
pub(crate) struct Errand<'a> {
    pub(crate) call: Call<'a>,
    purpose: &'static str,
    private: bool,
    key: Option<(&'static str, OurRef)>,
}

impl<'a> Call<'a> {
    /// `purpose` names the exchange in the timeline.
    pub(crate) const fn to(self, purpose: &'static str) -> Errand<'a> {
        Errand { call: self, purpose, private: false, key: None }
    }
}

impl Errand<'_> {
    /// Its bodies hold a token or an address that must not be kept.
    pub(crate) const fn hidden(self) -> Self {
        Self { private: true, ..self }
    }

    /// With the header by which the provider knows a repeat.
    pub(crate) const fn once(self, header: &'static str, our_ref: OurRef) -> Self {
        Self { key: Some((header, our_ref)), ..self }
    }

    /// JSON there and back: a success as what it must be, or what an answer that is none means.
    pub(crate) async fn json<T: DeserializeOwned, E: From<CallError>>(
        self,
        method: &'static str,
        (url, mut headers): (String, Vec<Header>),
        body: Option<&Object>,
        refusal: fn(&Answer) -> E,
    ) -> Result<T, E> {
        headers.push(accepts_json());
        headers.extend(body.map(|_| is_json()));
        let answer = self.send(method, url, headers, body.map_or_else(Vec::new, Object::bytes)).await?;
        if answers::is_success(&answer) { Ok(answers::parse(&answer.body)?) } else { Err(refusal(&answer)) }
    }

    pub(crate) async fn get(self, url: String, headers: Vec<Header>) -> Result<Answer, CallError> {
        self.send("GET", url, headers, vec![]).await
    }

    pub(crate) async fn post(
        self,
        url: String,
        headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        self.send("POST", url, headers, body).await
    }

    pub(crate) async fn send(
        self,
        method: &'static str,
        url: String,
        mut headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        let Self { call, purpose, private, key } = self;
        headers.extend(key.map(|(name, our_ref)| Header::plain(name, our_ref.as_str())));
        call.wire.send(Request { purpose, method, url, headers, body, private }).await
    }
}

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A user and a password, as HTTP has always carried them.
pub(crate) fn basic(user: &str, password: &str) -> Header {
    let pair = BASE64.encode(format!("{user}:{password}").as_bytes());
    Header::secret("authorization", format!("Basic {pair}"))
}

pub(crate) fn accepts_json() -> Header {
    Header::plain("accept", JSON)
}

pub(crate) fn is_json() -> Header {
    Header::plain("content-type", JSON)
}
