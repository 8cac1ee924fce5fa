//! `hundi logs tail`: what happens to a merchant in a mode, as it happens: what was asked of the API, events, and what
//! was said to providers.

use super::api::{Api, Failed, Server, moment, pause, text};
use crate::house;
use clap::Subcommand;
use hundi_core::Millis;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Write, stdout};
use std::process::ExitCode;

const POLL_MS: u64 = 1_000;
const AWAY_MS_MAX: u64 = 30_000;
const PAGE: usize = 100;

#[derive(Debug, Subcommand)]
pub(super) enum Logs {
    /// Prints each line as it comes, until Ctrl-C.
    Tail {
        #[command(flatten)]
        server: Server,
        /// So many of each kind that are there already.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=100))]
        last: u8,
        /// Whole objects as JSON, one a line.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn logs(what: Logs) -> anyhow::Result<ExitCode> {
    let Logs::Tail { server, last, json } = what;
    let api = Api::watching(&server)?;
    tokio::select! {
        ended = tail(&api, last, json) => ended.map(|()| ExitCode::SUCCESS),
        () = house::asked_to_stop() => Ok(ExitCode::SUCCESS),
    }
}

/// A list that is read as it grows.
struct Stream {
    path: &'static str,
    reading: Reading,
    line: fn(&Value) -> String,
}

/// How what is new is told from what was shown.
enum Reading {
    /// By the place of the last one: nothing comes before it later.
    After(Option<String>),
    /// By id: an exchange and a request have the time of their beginning, and are written at their end; and each of
    /// several nodes lists requests of its own.
    Unseen(BTreeSet<String>),
}

/// Ids are in the order of their times: the first are long gone from any page.
const SEEN_MAX: usize = 1_000;

async fn tail(api: &Api, last: u8, json: bool) -> anyhow::Result<()> {
    let unseen = || Reading::Unseen(BTreeSet::new());
    let mut streams = [
        Stream { path: "/requests", reading: unseen(), line: request },
        Stream { path: "/events", reading: Reading::After(None), line: event },
        Stream { path: "/exchanges", reading: unseen(), line: exchange },
    ];
    let (mut wait, mut at_most, mut was_away) = (POLL_MS, usize::from(last), false);
    loop {
        match turn(api, &mut streams, at_most).await {
            Ok(mut lines) => {
                lines.sort_by_key(|(at, _, _)| *at);
                for (_, line, object) in lines {
                    let line = if json { object.to_string() } else { line };
                    // Whoever read has left, as `head` does.
                    if writeln!(stdout(), "{line}").is_err() {
                        return Ok(());
                    }
                }
                (wait, at_most, was_away) = (POLL_MS, usize::MAX, false);
            }
            Err(Failed::Away(why)) => {
                if !was_away {
                    eprintln!("waiting for hundi ({why})");
                }
                was_away = true;
                wait = (wait * 2).min(AWAY_MS_MAX);
            }
            Err(refused) => anyhow::bail!("{refused}"),
        }
        pause(wait).await;
    }
}

type Line = (Millis, String, Value);

async fn turn(api: &Api, streams: &mut [Stream], at_most: usize) -> Result<Vec<Line>, Failed> {
    let mut lines = Vec::new();
    for stream in streams {
        let page = api.get(&stream.reading.path(stream.path)).await?;
        let found = page["data"].as_array().cloned().unwrap_or_default();
        lines.extend(stream.reading.news(found, at_most).into_iter().map(|object| {
            (moment(text(&object, "created_at")).unwrap_or(Millis(0)), (stream.line)(&object), object)
        }));
    }
    Ok(lines)
}

impl Reading {
    fn path(&self, path: &str) -> String {
        match self {
            Self::After(Some(id)) => format!("{path}?limit={PAGE}&ending_before={id}"),
            Self::After(None) | Self::Unseen(_) => format!("{path}?limit={PAGE}"),
        }
    }

    /// What of a page, which begins with the newest, was not shown yet: the newest so many, in their order.
    fn news(&mut self, mut found: Vec<Value>, at_most: usize) -> Vec<Value> {
        match self {
            Self::After(after) => {
                *after = found.first().map(|newest| text(newest, "id").to_owned()).or(after.take());
            }
            // All of the page counts as seen, also what is too old to be shown.
            Self::Unseen(seen) => {
                found.retain(|object| seen.insert(text(object, "id").to_owned()));
                while seen.len() > SEEN_MAX {
                    seen.pop_first();
                }
            }
        }
        found.truncate(at_most);
        found.reverse();
        found
    }
}

fn request(r: &Value) -> String {
    let path = text(r, "path");
    format!(
        "{}  request   {:<24} {}  {}  {} ms  {}  {}",
        text(r, "created_at"),
        format!("{} {}", text(r, "method"), path.strip_prefix("/api/v1").unwrap_or(path)),
        text(r, "id"),
        r["status"],
        r["took_ms"],
        text(r, "key_id"),
        text(r, "error_code")
    )
    .trim_end()
    .to_owned()
}

fn event(e: &Value) -> String {
    let status = text(&e["data"]["object"], "status");
    format!("{}  event     {:<24} {}  {status}", text(e, "created_at"), text(e, "type"), text(e, "object_id"))
}

fn exchange(x: &Value) -> String {
    let ended =
        x["response_status"].as_u64().map_or_else(|| text(x, "outcome").to_owned(), |s| s.to_string());
    format!(
        "{}  provider  {:<24} {}  {ended}  {} ms  {}",
        text(x, "created_at"),
        text(x, "purpose"),
        text(x, "object_id"),
        x["took_ms"],
        text(x, "request")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(ids: &[&str]) -> Vec<Value> {
        ids.iter().map(|id| json!({ "id": id })).collect()
    }

    #[track_caller]
    fn shows(reading: &mut Reading, found: &[&str], at_most: usize, news: &[&str]) {
        let told: Vec<String> =
            reading.news(page(found), at_most).iter().map(|object| text(object, "id").to_owned()).collect();
        assert_eq!(told, news);
    }

    #[test]
    fn each_is_shown_once_and_in_its_order() {
        let mut unseen = Reading::Unseen(BTreeSet::new());
        shows(&mut unseen, &["5", "4", "3", "1"], 2, &["4", "5"]);
        // What was too old at the beginning stays so; what ended late is news.
        shows(&mut unseen, &["6", "5", "4", "3", "2", "1"], usize::MAX, &["2", "6"]);
        shows(&mut unseen, &["6", "5"], usize::MAX, &[]);

        let mut after = Reading::After(None);
        shows(&mut after, &[], 10, &[]);
        assert_eq!(after.path("/events"), "/events?limit=100");
        shows(&mut after, &["b", "a"], 1, &["b"]);
        assert_eq!(after.path("/events"), "/events?limit=100&ending_before=b");
        shows(&mut after, &[], usize::MAX, &[]);
        shows(&mut after, &["d", "c"], usize::MAX, &["c", "d"]);
        assert_eq!(after.path("/events"), "/events?limit=100&ending_before=d");
    }

    #[test]
    fn a_request_is_one_line() {
        let asked = json!({
            "id": "req_x", "created_at": "2026-11-21T08:00:05.000Z", "method": "POST", "path": "/api/v1/orders",
            "status": 400, "took_ms": 4, "key_id": "hk_test_x", "error_code": "invalid_field",
        });
        let line = "2026-11-21T08:00:05.000Z  request   POST /orders             req_x  400  4 ms  hk_test_x  \
                    invalid_field";
        assert_eq!(request(&asked), line);
        let fine = json!({ "created_at": "t", "method": "GET", "path": "/x", "status": 200, "took_ms": 4, "key_id": "k" });
        assert!(request(&fine).ends_with("200  4 ms  k"));
    }
}
