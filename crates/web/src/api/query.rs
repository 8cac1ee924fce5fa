//! Query parameters and pages of lists. A parameter that nobody asks for is refused: a misspelt filter must not list
//! everything.

use super::auth::Caller;
use super::fields::rfc3339;
use super::{card, fields, reply};
use crate::problem::Problem;
use crate::web::Web;
use axum::extract::FromRequestParts;
use http::request::Parts;
use hundi_app::connections::cards;
use hundi_app::expand::Wanted;
use hundi_app::metadata::{WANTED_MAX, pair};
use hundi_app::{Amounts, Cursor, Error, Page, public};
use hundi_core::{Currency, Millis};
use serde_json::Value;
use std::fmt::Display;
use std::str::FromStr;

const PAIRS_MAX: usize = 30;
const LIMIT_DEFAULT: usize = 10;
const LIMIT_MAX: usize = 100;
/// The one parameter that may come several times.
const EXPAND: &str = "expand[]";
/// Longest name of a parameter that an error repeats.
const NAME_CHARS_MAX: usize = 40;

/// A request to read: authenticated, with its query parameters.
pub(super) struct Asking {
    pub(super) caller: Caller,
    pub(super) params: Params,
}

impl FromRequestParts<Web> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, web).await?;
        match Params::read(parts.uri.query()) {
            Ok(params) => Ok(Self { caller, params }),
            Err(error) => Err(Problem::of(&caller.asked, error)),
        }
    }
}

/// A request to read one thing: it has no parameters.
pub(super) struct Bare(pub(super) Caller);

impl FromRequestParts<Web> for Bare {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, web).await?;
        none(parts.uri.query()).map_err(|error| Problem::of(&caller.asked, error))?;
        Ok(Self(caller))
    }
}

/// Refuses any parameter.
pub(super) fn none(query: Option<&str>) -> Result<(), Error> {
    let params = Params::read(query)?;
    // The answer of a POST is kept for its repeats, byte for byte: it is the object and nothing beside it.
    if params.0.iter().any(|(name, _)| name == EXPAND) {
        return Err(Error::invalid(EXPAND, "Nothing is expanded here: read the object afterwards."));
    }
    params.refuse_rest()
}

/// Parameters that were not asked for yet.
#[derive(Debug)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn read(query: Option<&str>) -> Result<Self, Error> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            // The replacement character stands where bytes were no UTF-8.
            let readable = |text: &str| text.chars().all(|c| !c.is_control() && c != '\u{fffd}');
            if !readable(&name) || !readable(&value) || pairs.len() == PAIRS_MAX {
                let message = format!("Send up to {PAIRS_MAX} parameters, percent-encoded in UTF-8.");
                return Err(Error::Unreadable { message });
            }
            if name != EXPAND && pairs.iter().any(|(other, _)| *other == name) {
                return Err(Error::invalid(shown(&name), "This parameter stands there twice."));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    /// The parameter of this name, once.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        #[cfg(test)]
        super::asked_for::parameter(name);
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// The parameter as `parse` reads it. `wanted` says what would be right.
    pub(super) fn parsed<T>(
        &mut self,
        name: &str,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.take(name) else { return Ok(None) };
        parse(&text).map(Some).ok_or_else(|| Error::invalid(name, format!("Send {wanted}.")))
    }

    /// One of several words.
    pub(super) fn word<T: FromStr>(&mut self, name: &str, words: &[&str]) -> Result<Option<T>, Error> {
        self.parsed(name, &format!("one of: {}", words.join(", ")), |text| text.parse().ok())
    }

    /// A whole reference of the merchant's or a provider's.
    pub(super) fn reference(&mut self, name: &str) -> Result<Option<String>, Error> {
        let reference = self.parsed(name, "1 to 100 characters", |text| {
            (1..=100).contains(&text.chars().count()).then(|| text.to_owned())
        })?;
        if let Some(text) = &reference {
            card::refuse(name, text)?;
        }
        Ok(reference)
    }

    /// What is wanted beside each object, of the words that this route knows.
    pub(super) fn expand(&mut self, list: &'static [&'static str]) -> Result<Wanted, Error> {
        #[cfg(test)]
        super::asked_for::parameter(EXPAND);
        let (asked, rest) = std::mem::take(&mut self.0).into_iter().partition(|(name, _)| name == EXPAND);
        self.0 = rest;
        let asked: Vec<(String, String)> = asked;
        let words: Vec<String> = asked.into_iter().map(|(_, word)| word).collect();
        Wanted::of(list, &words)
    }

    /// Pairs of metadata, `metadata[table]=4`, as the words that they are found by.
    pub(super) fn metadata(&mut self) -> Result<Vec<String>, Error> {
        #[cfg(test)]
        super::asked_for::parameter("metadata");
        let key_of = |name: &str| name.strip_prefix("metadata[")?.strip_suffix(']').map(str::to_owned);
        let (asked, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.0).into_iter().partition(|(name, _)| key_of(name).is_some());
        self.0 = rest;
        if asked.len() > WANTED_MAX {
            return Err(Error::invalid("metadata", format!("Send up to {WANTED_MAX} pairs.")));
        }
        let word = |(name, value): (String, String)| {
            let key = key_of(&name).unwrap_or_default();
            if !fields::is_metadata_key(&key) {
                return Err(Error::invalid("metadata", "Send a pair as metadata[key]=value."));
            }
            // What may not be kept is not looked for either, so that it is in no log.
            card::refuse("metadata", &value)?;
            if value.chars().count() > fields::METADATA_VALUE_CHARS_MAX {
                return Err(Error::invalid("metadata", "Send up to 500 characters."));
            }
            Ok(pair(&key, &value))
        };
        asked.into_iter().map(word).collect()
    }

    /// `amount`, and its ends.
    pub(super) fn amounts(&mut self) -> Result<Amounts, Error> {
        let mut minor = |name: &str, least: i64| {
            self.parsed(name, "a whole number of minor units", |text| {
                // Zeros in front say nothing, however many.
                let digits = text.trim_start_matches('0');
                let plain =
                    !text.is_empty() && digits.len() <= 18 && text.bytes().all(|c| c.is_ascii_digit());
                text.parse::<i64>().ok().filter(|n| plain && *n >= least)
            })
        };
        let exact = minor("amount", 1)?;
        let least = [exact, minor("amount[gte]", 0)?, minor("amount[gt]", 0)?.map(|n| n + 1)];
        let most = [exact, minor("amount[lte]", 0)?, minor("amount[lt]", 0)?.map(|n| n - 1)];
        Ok(Amounts { least: least.into_iter().flatten().max(), most: most.into_iter().flatten().min() })
    }

    /// A provider by its name in the API.
    pub(super) fn provider(&mut self) -> Result<Option<String>, Error> {
        let names: Vec<&str> = cards().iter().map(|card| card.id).collect();
        let wanted = format!("one of: {}", names.join(", "));
        self.parsed("provider", &wanted, |text| names.contains(&text).then(|| text.to_owned()))
    }

    /// An ISO 4217 code in capitals.
    pub(super) fn currency(&mut self) -> Result<Option<String>, Error> {
        let wanted = "an ISO 4217 code in capitals, such as INR";
        let parsed = self.parsed("currency", wanted, |text| text.parse::<Currency>().ok())?;
        Ok(parsed.map(|currency| currency.code().to_owned()))
    }

    /// Which page of a list, and of what time.
    pub(super) fn span(&mut self) -> Result<Span, Error> {
        let limit = self.parsed("limit", &format!("a number from 1 to {LIMIT_MAX}"), |text| {
            let plain = text.bytes().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
            text.parse().ok().filter(|n| plain && (1..=LIMIT_MAX).contains(n))
        })?;
        let start = match (self.take("starting_after"), self.take("ending_before")) {
            (None, None) => Start::Newest,
            (Some(id), None) => Start::After(id),
            (None, Some(id)) => Start::Before(id),
            (Some(_), Some(_)) => {
                return Err(Error::invalid("ending_before", "Send either starting_after or ending_before."));
            }
        };
        let (from, to) = self.created()?;
        Ok(Span { limit: limit.unwrap_or(LIMIT_DEFAULT), start, from, to })
    }

    /// Of what time: the first instant, and the one after the last.
    pub(super) fn created(&mut self) -> Result<(Millis, Millis), Error> {
        let mut time =
            |name| self.parsed(name, "a time in RFC 3339 (2026-08-01T12:00:00Z) or in Unix seconds", instant);
        let from = [time("created[gte]")?, time("created[gt]")?.map(|at| at.plus(1))];
        let to = [time("created[lt]")?, time("created[lte]")?.map(|at| at.plus(1))];
        Ok((
            from.into_iter().flatten().max().unwrap_or(Millis(i64::MIN)),
            to.into_iter().flatten().min().unwrap_or(Millis(i64::MAX)),
        ))
    }

    /// All that was asked, as it was asked: for the audit log.
    pub(super) fn words(&self) -> Vec<(String, String)> {
        self.0.clone()
    }

    /// Refuses what is left.
    pub(super) fn refuse_rest(&self) -> Result<(), Error> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(Error::invalid(shown(name), "There is no such parameter here.")),
        }
    }
}

/// Unix seconds of 1973 and later: a year alone, or a count of days, is a mistake that would list everything.
fn instant(text: &str) -> Option<Millis> {
    let seconds = (9..=11).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    if seconds { text.parse().ok().map(Millis::from_secs) } else { rfc3339(text) }
}

/// A parameter's name, if it is plain enough to be repeated.
fn shown(name: &str) -> String {
    let plain = name.bytes().all(|c| c.is_ascii_alphanumeric() || b"_.-[]".contains(&c));
    let short = (1..=NAME_CHARS_MAX).contains(&name.len());
    if plain && short && !card::holds_pan(name) { name.to_owned() } else { "query".to_owned() }
}

/// Which page of a list, as asked for. Lists are stable while rows come: pages start at a row, never at a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) limit: usize,
    pub(super) start: Start,
    /// Inclusive.
    pub(super) from: Millis,
    /// Exclusive.
    pub(super) to: Millis,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    Newest,
    /// Older than this one.
    After(String),
    /// Newer than this one.
    Before(String),
}

impl Span {
    /// The row that the page starts at. Another merchant's, another kind's and nobody's are refused alike.
    pub(super) async fn anchor<I: FromStr, T, F>(&self, load: impl FnOnce(I) -> F) -> Result<Option<T>, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let (param, id) = match &self.start {
            Start::Newest => return Ok(None),
            Start::After(id) => ("starting_after", id),
            Start::Before(id) => ("ending_before", id),
        };
        let unknown = || Error::invalid(param, "Send the id of an object of this list.");
        match load(id.parse().map_err(|_| unknown())?).await {
            Ok(row) => Ok(Some(row)),
            Err(Error::NotFound { .. }) => Err(unknown()),
            Err(error) => Err(error),
        }
    }

    /// The page, one row longer than asked for. `load` tells when the row was made that it starts at.
    pub(super) async fn page<I: FromStr + Display + Copy, F>(
        &self,
        load: impl FnOnce(I) -> F,
    ) -> Result<Page, Error>
    where
        F: Future<Output = Result<Millis, Error>>,
    {
        let anchor = self.anchor(|id: I| {
            let at = load(id);
            async move { Ok((at.await?, id.to_string())) }
        });
        let cursor = match (anchor.await?, &self.start) {
            (Some((at, id)), Start::Before(_)) => Cursor::Before { at, id },
            (Some((at, id)), _) => Cursor::After { at, id },
            (None, _) => Cursor::Newest,
        };
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX) + 1;
        Ok(Page { limit, cursor, created_from: self.from, created_to: self.to })
    }

    /// A page out of a short list that is read whole, newest first.
    pub(super) fn among<T>(
        &self,
        rows: Vec<T>,
        (id, at): (impl Fn(&T) -> String, impl Fn(&T) -> Millis),
    ) -> Result<Vec<T>, Error> {
        let place = |wanted: &String, param| {
            let found = rows.iter().position(|row| id(row) == *wanted);
            found.ok_or_else(|| Error::invalid(param, "Send the id of an object of this list."))
        };
        let within = match &self.start {
            Start::Newest => 0..rows.len(),
            Start::After(id) => place(id, "starting_after")? + 1..rows.len(),
            Start::Before(id) => 0..place(id, "ending_before")?,
        };
        let rows = rows.into_iter().take(within.end).skip(within.start);
        let mut rows: Vec<T> = rows.filter(|row| (self.from..self.to).contains(&at(row))).collect();
        let surplus = rows.len().saturating_sub(self.limit + 1);
        if self.is_upwards() {
            rows.drain(..surplus);
        } else {
            rows.truncate(self.limit + 1);
        }
        Ok(rows)
    }

    /// The answer, from rows that may be one more than asked for. `next` continues towards the older ones.
    pub(super) fn listed<T>(
        &self,
        rows: Vec<T>,
        id: impl Fn(&T) -> String,
        show: impl Fn(&T) -> Value,
    ) -> Value {
        let (rows, end) = self.cut(rows, id);
        end.page(rows.iter().map(show).collect())
    }

    /// The rows of the page, and how it ends.
    pub(super) fn cut<T>(&self, mut rows: Vec<T>, id: impl Fn(&T) -> String) -> (Vec<T>, End) {
        let has_more = rows.len() > self.limit;
        if has_more && self.is_upwards() {
            rows.remove(0);
        }
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| has_more || self.is_upwards()).map(id);
        (rows, End { has_more, next })
    }

    const fn is_upwards(&self) -> bool {
        matches!(self.start, Start::Before(_))
    }
}

/// How a page ends.
pub(super) struct End {
    has_more: bool,
    next: Option<String>,
}

impl End {
    pub(super) fn page(self, shown: Vec<Value>) -> Value {
        public::page(shown, self.has_more, self.next)
    }
}

/// The id in the path. One that is no id of the kind is as unknown as one that nobody has.
pub(super) struct Id(String);

impl Id {
    pub(super) fn parse<I: FromStr>(&self, what: &'static str) -> Result<I, Error> {
        self.0.parse().map_err(|_| Error::NotFound { what })
    }

    /// As it stands there, for what has no typed id.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl FromRequestParts<Web> for Id {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, web).await;
        Ok(Self(path.map_or_else(|_| String::new(), |path| path.0)))
    }
}

impl Asking {
    /// Sends what was found.
    pub(super) fn answer(&self, found: Result<Value, Error>) -> axum::response::Response {
        reply::found(&self.caller, found)
    }
}
