//! `hundi logs tail`: what happens to a merchant in a mode, as it happens: events, and what was said to providers.

use super::api::{Api, Failed, Server, moment, pause, text};
use crate::house;
use clap::Subcommand;
use hundi_core::Millis;
use serde_json::Value;
use std::collections::BTreeSet;
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
    let api = Api::new(&server)?;
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
    /// By id: an exchange has the time of its beginning, and is written at its end.
    Unseen(BTreeSet<String>),
}

/// Ids are in the order of their times: the first are long gone from any page.
const SEEN_MAX: usize = 1_000;

async fn tail(api: &Api, last: u8, json: bool) -> anyhow::Result<()> {
    let mut streams = [
        Stream { path: "/events", reading: Reading::After(None), line: event },
        Stream { path: "/exchanges", reading: Reading::Unseen(BTreeSet::new()), line: exchange },
    ];
    let (mut wait, mut limit, mut was_away) = (POLL_MS, usize::from(last), false);
    loop {
        match turn(api, &mut streams, limit).await {
            Ok(mut lines) => {
                lines.sort_by_key(|(at, _, _)| *at);
                for (_, line, object) in lines {
                    println!("{}", if json { object.to_string() } else { line });
                }
                (wait, limit, was_away) = (POLL_MS, PAGE, false);
            }
            Err(Failed::Away(why)) => {
                if !was_away {
                    eprintln!("hundi does not answer ({why}); trying again");
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

async fn turn(api: &Api, streams: &mut [Stream], limit: usize) -> Result<Vec<Line>, Failed> {
    let mut lines = Vec::new();
    for stream in streams {
        let path = match &stream.reading {
            Reading::After(Some(id)) => format!("{}?limit={PAGE}&ending_before={id}", stream.path),
            Reading::After(None) | Reading::Unseen(_) => format!("{}?limit={limit}", stream.path),
        };
        let page = api.get(&path).await?;
        let mut found = page["data"].as_array().cloned().unwrap_or_default();
        match &mut stream.reading {
            Reading::After(after) => {
                *after = found.first().map(|newest| text(newest, "id").to_owned()).or(after.take());
            }
            Reading::Unseen(seen) => {
                found.retain(|object| seen.insert(text(object, "id").to_owned()));
                while seen.len() > SEEN_MAX {
                    seen.pop_first();
                }
            }
        }
        lines.extend(found.into_iter().map(|object| {
            (moment(text(&object, "created_at")).unwrap_or(Millis(0)), (stream.line)(&object), object)
        }));
    }
    Ok(lines)
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
