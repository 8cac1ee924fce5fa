//! `/test` and the headers `Hundi-Test-…`: what payers do in test mode, and whether the work is done.
//!
//! Live keys are refused everything here.

use super::auth::{Caller, once};
use super::body::Posted;
use super::fields::Count;
use super::query::Bare;
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use hundi_app::rehearsal::{self, CLOCK_MS_MAX, DELAY_MS_MAX, METHODS, Outcome, Wish};
use hundi_app::{Error, jobs, public};
use hundi_core::{Method, Mode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::str::FromStr;

/// Every header of a rehearsal begins so.
const PREFIX: &str = "hundi-test-";
pub(crate) const SEED_MAX: i64 = 4_294_967_295;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Usual {
    outcome: Option<String>,
    method: Option<String>,
    delay_ms: Option<Count>,
    seed: Option<Count>,
    clock_ms: Option<Count>,
}

impl Usual {
    fn checked(self) -> Result<Wish, Error> {
        let within = |name: &str, n: Option<Count>, max: i64| n.map(|n| bounded(name, n.0, max)).transpose();
        Ok(Wish {
            outcome: self.outcome.as_deref().map(|text| word("outcome", text)).transpose()?,
            method: self.method.as_deref().map(|text| method("method", text)).transpose()?,
            delay_ms: within("delay_ms", self.delay_ms, DELAY_MS_MAX)?,
            seed: within("seed", self.seed, SEED_MAX)?,
            clock_ms: within("clock_ms", self.clock_ms, CLOCK_MS_MAX)?,
        })
    }
}

fn word(param: &str, text: &str) -> Result<Outcome, Error> {
    let all: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
    Outcome::from_str(text).map_err(|_| Error::invalid(param, format!("Send one of {}.", all.join(", "))))
}

fn method(param: &str, text: &str) -> Result<Method, Error> {
    let all: Vec<_> = METHODS.iter().map(|method| method.as_str()).collect();
    let found = METHODS.iter().copied().find(|method| method.as_str() == text);
    found.ok_or_else(|| Error::invalid(param, format!("Send one of {}.", all.join(", "))))
}

fn bounded(param: &str, n: i64, max: i64) -> Result<i64, Error> {
    if (0..=max).contains(&n) {
        Ok(n)
    } else {
        Err(Error::invalid(param, format!("Send a whole number from 0 to {max}.")))
    }
}

/// What a request's headers ask for. A header of this kind that nobody reads would be thought to work.
fn asked(headers: &HeaderMap) -> Result<Wish, Error> {
    let mut wish = Wish::NONE;
    for name in headers.keys().filter(|name| name.as_str().starts_with(PREFIX)) {
        let shown = match name.as_str() {
            "hundi-test-outcome" => "Hundi-Test-Outcome",
            "hundi-test-method" => "Hundi-Test-Method",
            "hundi-test-delay-ms" => "Hundi-Test-Delay-Ms",
            "hundi-test-seed" => "Hundi-Test-Seed",
            "hundi-test-clock-ms" => "Hundi-Test-Clock-Ms",
            _ => return Err(Error::invalid("Hundi-Test", "There is no such header.")),
        };
        let text = once(headers, name.as_str()).ok().flatten();
        let text = text.ok_or_else(|| Error::invalid(shown, "Send it once, in plain text."))?;
        let number = |max: i64| {
            let n = text.parse().ok().filter(|_| text.bytes().all(|c| c.is_ascii_digit()));
            bounded(shown, n.unwrap_or(-1), max).map(Some)
        };
        match shown {
            "Hundi-Test-Outcome" => wish.outcome = Some(word(shown, text)?),
            "Hundi-Test-Method" => wish.method = Some(method(shown, text)?),
            "Hundi-Test-Delay-Ms" => wish.delay_ms = number(DELAY_MS_MAX)?,
            "Hundi-Test-Seed" => wish.seed = number(SEED_MAX)?,
            _ => wish.clock_ms = number(CLOCK_MS_MAX)?,
        }
    }
    Ok(wish)
}

/// What the payer of a payment that is begun now will do.
pub(super) async fn wish(web: &Web, caller: &Caller, headers: &HeaderMap) -> Result<Wish, Error> {
    let any = headers.keys().any(|name| name.as_str().starts_with(PREFIX));
    if any && caller.scope.mode() == Mode::Live {
        return Err(Error::TestModeOnly);
    }
    rehearsal::wish(&web.app, caller.scope, &caller.key_id, asked(headers)?).await
}

pub(super) async fn usual(State(web): State<Web>, Bare(caller): Bare) -> Response {
    let found = async {
        test_only(&caller)?;
        let wish = rehearsal::usual(&web.app, caller.scope, &caller.key_id).await?;
        Ok::<_, Error>(public::rehearsal(&wish))
    };
    reply::found(&caller, found.await)
}

/// Puts it in the place of the one before: doing it twice is doing it once.
pub(super) async fn set_usual(State(web): State<Web>, posted: Posted<Usual>) -> Response {
    let Posted { caller, key: _, body } = posted;
    let done = async {
        test_only(&caller)?;
        let wish = body.checked()?;
        rehearsal::set_usual(&web.app, caller.scope, &caller.key_id, wish.clone()).await?;
        Ok::<_, Error>(public::rehearsal(&wish))
    };
    reply::found(&caller, done.await)
}

pub(super) async fn jobs(State(web): State<Web>, Bare(caller): Bare) -> Response {
    let found = async {
        let status = jobs::status(&web.app, caller.scope).await?;
        Ok::<_, Error>(public::jobs_status(&status))
    };
    reply::found(&caller, found.await)
}

fn test_only(caller: &Caller) -> Result<(), Error> {
    if caller.scope.mode() == Mode::Live { Err(Error::TestModeOnly) } else { Ok(()) }
}

/// The keys of a demo, for whoever comes to it. Every other server has nothing here.
pub(crate) async fn demo(State(web): State<Web>, asked: crate::web::Asked) -> Response {
    let Some(demo) = web.app.demo() else { return reply::no_such_route(asked).await.into_response() };
    let body: Value = json!({
        "object": "test_merchant",
        "livemode": false,
        "merchant_id": demo.merchant.to_string(),
        "key_id": demo.key_id,
        "key_secret": demo.key_secret.expose(),
        "endpoint_secret": demo.endpoint_secret.expose(),
        "receiver": demo.receiver,
        "simulators": web.app.config.sandbox,
    });
    let kind = [("content-type", "application/json"), ("cache-control", "no-store")];
    (kind, body.to_string()).into_response()
}
