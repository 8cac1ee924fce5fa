//! A call on its way: what it is for, and whether what it says is kept hidden. How it is proved is each provider's own.

use crate::contract::Call;
use crate::wire::{Answer, CallError, Header, Request};
use data_encoding::BASE64;

/// An account, the wire, and what one call over it is for.
#[derive(Clone, Copy)]
pub(crate) struct Errand<'a> {
    pub(crate) call: Call<'a>,
    purpose: &'static str,
    private: bool,
}

impl<'a> Call<'a> {
    /// `purpose` names the exchange in the timeline.
    pub(crate) const fn to(self, purpose: &'static str) -> Errand<'a> {
        Errand { call: self, purpose, private: false }
    }
}

impl Errand<'_> {
    /// Its bodies hold a token or an address that must not be kept.
    pub(crate) const fn hidden(self) -> Self {
        Self { private: true, ..self }
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
        headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        let Self { call, purpose, private } = self;
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
