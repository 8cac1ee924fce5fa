//! `/endpoints`: where a merchant hears of events, how that is signed, and how it wants to be served.

use super::body::{Nothing, Posted};
use super::fields::Count;
use super::query::{Asking, Bare, Id};
use super::{fields, reply};
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::endpoints::{self, Changes, NewEndpoint, Retries, Served, Signature};
use hundi_app::{Error, public};
use hundi_core::Version;
use hundi_core::event::EventType;
use serde::de::{SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, de};
use serde_json::json;
use std::fmt;

const URL_CHARS_MAX: usize = 2048;
const DESCRIPTION_CHARS_MAX: usize = 200;
const EVENTS_MAX: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    url: String,
    description: Option<String>,
    events: Option<Vec<String>>,
    signature: Option<String>,
    retries: Option<Tried>,
    rate_per_sec: Option<Count>,
    ordered: Option<bool>,
    version: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    url: Option<String>,
    description: Option<String>,
    events: Option<Vec<String>>,
    retries: Option<Tried>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "fields::given")]
    rate_per_sec: Option<Option<Count>>,
    ordered: Option<bool>,
    version: Option<String>,
    status: Option<String>,
}

/// A schedule by its name, or the gaps of one's own.
#[derive(Debug)]
struct Tried(Retries);

impl<'de> Deserialize<'de> for Tried {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Tried;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("standard, first_five, or an array of seconds")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Tried, E> {
                match name {
                    "standard" => Ok(Tried(Retries::Standard)),
                    "first_five" => Ok(Tried(Retries::FirstFive)),
                    other => Err(E::invalid_value(Unexpected::Str(other), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Tried, A::Error> {
                let mut gaps = Vec::new();
                while let Some(Count(secs)) = all.next_element()? {
                    gaps.push(secs);
                }
                Ok(Tried(Retries::Own(gaps)))
            }
        }
        from.deserialize_any(Read)
    }
}

fn signature(name: Option<&str>) -> Result<Option<Signature>, Error> {
    let read = |name: &str| name.parse().map_err(|_| Error::invalid("signature", "Send hmac or ed25519."));
    name.map(read).transpose()
}

fn version(date: Option<&str>) -> Result<Option<Version>, Error> {
    date.map(|date| date.parse().map_err(|_| Error::UnknownVersion { param: "version" })).transpose()
}

impl Asked {
    /// What says nothing of its shape is told what its caller is told.
    fn checked(self, callers: Version) -> Result<NewEndpoint, Error> {
        Ok(NewEndpoint {
            url: fields::text("url", Some(self.url), URL_CHARS_MAX)?.unwrap_or_default(),
            description: fields::text("description", self.description, DESCRIPTION_CHARS_MAX)?,
            events: self.events.map_or(Ok(Vec::new()), |names| types("events", &names))?,
            served: Served {
                signature: signature(self.signature.as_deref())?.unwrap_or(Served::USUAL.signature),
                retries: self.retries.map_or(Served::USUAL.retries, |tried| tried.0),
                rate_per_sec: self.rate_per_sec.map(|n| n.0),
                ordered: self.ordered.unwrap_or(Served::USUAL.ordered),
                version: version(self.version.as_deref())?.unwrap_or(callers),
            },
        })
    }
}

impl Changed {
    fn checked(self) -> Result<Changes, Error> {
        let enabled = match self.status.as_deref() {
            None => None,
            Some("enabled") => Some(true),
            Some("disabled") => Some(false),
            Some(_) => return Err(Error::invalid("status", "Send enabled or disabled.")),
        };
        Ok(Changes {
            url: fields::text("url", self.url, URL_CHARS_MAX)?,
            description: fields::text("description", self.description, DESCRIPTION_CHARS_MAX)?,
            events: self.events.map(|names| types("events", &names)).transpose()?,
            retries: self.retries.map(|tried| tried.0),
            rate_per_sec: self.rate_per_sec.map(|rate| rate.map(|n| n.0)),
            ordered: self.ordered,
            version: version(self.version.as_deref())?,
            enabled,
        })
    }
}

/// Empty for all of them. A list that is empty already, or has a star among others, is a mistake.
pub(super) fn types(param: &str, names: &[String]) -> Result<Vec<EventType>, Error> {
    if names == ["*"] {
        return Ok(Vec::new());
    }
    if !(1..=EVENTS_MAX).contains(&names.len()) {
        return Err(Error::invalid(param, format!("Send [\"*\"] or 1 to {EVENTS_MAX} event types.")));
    }
    let read = |(at, name): (usize, &String)| {
        name.parse().map_err(|_| {
            Error::invalid(format!("{param}[{at}]"), "Send an event type, such as payment.captured.")
        })
    };
    names.iter().enumerate().map(read).collect()
}

pub(super) async fn create(State(web): State<Web>, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    let outcome = match body.checked(caller.version) {
        Ok(new) => endpoints::create(&web.app, caller.scope, &caller.actor, new, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn show(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let endpoint = endpoints::get(&web.app, caller.scope, id.parse("endpoint")?).await?;
        Ok::<_, Error>(public::endpoint(&endpoint, None))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = async {
        let span = asking.params.span()?;
        asking.params.refuse_rest()?;
        let mut rows = endpoints::list(&web.app, asking.caller.scope).await?;
        rows.reverse();
        let rows = span.among(rows, (|e| e.id.to_string(), |e| e.created_at))?;
        Ok::<_, Error>(span.listed(rows, |e| e.id.to_string(), |e| public::endpoint(e, None)))
    };
    let found = found.await;
    asking.answer(found)
}

pub(super) async fn update(State(web): State<Web>, id: Id, posted: Posted<Changed>) -> Response {
    let Posted { caller, body, key: _ } = posted;
    let found = async {
        let id = id.parse("endpoint")?;
        let changed = endpoints::update(&web.app, caller.scope, &caller.actor, id, body.checked()?).await?;
        Ok::<_, Error>(public::endpoint(&changed, None))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn delete(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let id = id.parse("endpoint")?;
        endpoints::delete(&web.app, caller.scope, &caller.actor, id).await?;
        Ok::<_, Error>(json!({ "id": id.to_string(), "object": "endpoint", "deleted": true }))
    };
    reply::found(&caller, found.await)
}

/// Has a test event sent.
pub(super) async fn test(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("endpoint") {
        Ok(id) => endpoints::send_test_by_api(&web.app, caller.scope, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    signature: Option<String>,
}

/// A new key, of the same kind unless another is named. A secret is shown this once. The old key signs beside it for
/// a day.
pub(super) async fn rotate_secret(State(web): State<Web>, id: Id, posted: Posted<Rotation>) -> Response {
    let Posted { caller, key, body } = posted;
    let asked = id.parse("endpoint").and_then(|id| Ok((id, signature(body.signature.as_deref())?)));
    let outcome = match asked {
        Ok((id, kind)) => {
            endpoints::rotate_by_api(&web.app, caller.scope, &caller.actor, id, kind, key.clone()).await
        }
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}
