//! Access tokens: had for an account's credentials, kept until shortly before their end, and had anew where one was turned
//! away. How they are asked for is each provider's own.

use crate::asking::Errand;
use crate::contract::Call;
use crate::wire::{Answer, CallError, Header, ReasonKind};
use async_trait::async_trait;
use hundi_core::{Millis, Secret};

/// An account's credentials, by which tokens are had.
#[async_trait]
pub(crate) trait Grant: Sync {
    async fn new_token(&self, call: Call<'_>) -> Result<Token, CallError>;
}

pub(crate) struct Token {
    pub(crate) secret: Secret,
    /// Until when it is used: shortly before its end. Where none is said, for one call.
    pub(crate) until: Option<Millis>,
}

/// A call that bears a token.
#[derive(Clone, Copy)]
pub(crate) struct Bearing<'a> {
    pub(crate) errand: Errand<'a>,
    /// The word before the token: `Bearer`.
    pub(crate) scheme: &'static str,
    pub(crate) grant: &'a dyn Grant,
}

const TOKEN: &str = "token";

impl Bearing<'_> {
    /// A token can be taken back before its time: a 401 is worth one more, since nothing was done then.
    pub(crate) async fn send(
        self,
        method: &'static str,
        url: String,
        headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        let answer = self.send_once(method, url.clone(), headers.clone(), body.clone()).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.errand.call.wire.forget(TOKEN);
        self.send_once(method, url, headers, body).await
    }

    async fn send_once(
        self,
        method: &'static str,
        url: String,
        mut headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        // Without a token nothing was asked of anybody, however its own call ended.
        let token = self.token().await.map_err(|error| no_token(&error))?;
        headers.push(Header::secret("authorization", format!("{} {}", self.scheme, token.expose())));
        self.errand.send(method, url, headers, body).await
    }

    async fn token(self) -> Result<Secret, CallError> {
        let call = self.errand.call;
        if let Some(kept) = call.wire.recall(TOKEN) {
            return Ok(kept);
        }
        let token = self.grant.new_token(call).await?;
        if let Some(until) = token.until.filter(|until| call.wire.now() < *until) {
            call.wire.keep(TOKEN, &token.secret, until);
        }
        Ok(token.secret)
    }
}

/// Nothing was done; and what was said of the token must not be read as said of what it was wanted for.
fn no_token(error: &CallError) -> CallError {
    let reason = error.reason();
    let kind = match reason.kind {
        kind @ (ReasonKind::Unreachable
        | ReasonKind::TimedOut
        | ReasonKind::RateLimited
        | ReasonKind::Unauthorized
        | ReasonKind::Forbidden) => kind,
        ReasonKind::Broken
        | ReasonKind::ServerError
        | ReasonKind::Unreadable
        | ReasonKind::Unrecognised
        | ReasonKind::Refused
        | ReasonKind::NotFound => ReasonKind::ServerError,
    };
    CallError::not_done(kind, format!("no token: {}", reason.detail))
}
