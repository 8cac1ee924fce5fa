//! `hundi listen`: a merchant's events, handed on to a server on the developer's machine as deliveries are: signed,
//! in order, each at least once under the same `webhook-id`.
//!
//! It asks for what came since its cursor, which it keeps in a file and moves on once the server has taken an event. So
//! it misses nothing: neither while it is off, nor while the server or hundi is away. It changes nothing at hundi.

mod forward;
mod state;

use super::api::{self, Api, Failed, Server, now, pause, text};
use crate::house;
use anyhow::{Context, bail};
use forward::{Handed, Target};
use hundi_app::random::SystemRandomness;
use hundi_app::signing::SigningSecret;
use serde_json::Value;
use state::{Cursor, File};
use std::path::PathBuf;
use std::process::ExitCode;

/// How often hundi is asked.
const POLL_MS: u64 = 1_000;
/// The longest wait for a hundi that is away.
const AWAY_MS_MAX: u64 = 30_000;
const PAGE: usize = 100;
/// Pages of resends in one look.
const PAGES_MAX: usize = 50;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    server: Server,
    /// Your own server's address for webhooks, such as http://127.0.0.1:3000/webhooks.
    #[arg(long)]
    forward_to: String,
    /// Only these types: `order.paid,refund.processed`.
    #[arg(long, value_delimiter = ',')]
    events: Vec<String>,
    /// Go back to this event, or this moment in RFC 3339, and hand on everything after it.
    #[arg(long)]
    since: Option<String>,
    /// The file that keeps how far it has come. Each key has one of its own in your home, when left out.
    #[arg(long)]
    cursor: Option<PathBuf>,
    /// The file that holds the endpoint's secret (whsec_…) to sign with. One is made and kept, when left out.
    #[arg(long)]
    secret_file: Option<PathBuf>,
    /// Tries of an event that your server refuses, before it is passed over.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=20))]
    tries: u32,
    /// Hand events on to another machine than this one.
    #[arg(long)]
    allow_remote: bool,
}

pub(super) async fn listen(options: Options) -> anyhow::Result<ExitCode> {
    let api = Api::watching(&options.server)?;
    let target = Target::new(&options.forward_to, options.allow_remote, options.tries)?;
    let file = File::of(options.cursor.clone(), &api.key)?;
    let mut listener = Listener { cursor: begin(&api, &file, &options).await?, api, target, file, options };
    listener.greet();
    tokio::select! {
        ended = listener.listen() => ended.map(|()| ExitCode::SUCCESS),
        () = house::asked_to_stop() => Ok(ExitCode::SUCCESS),
    }
}

/// Goes on where the last one stopped, or begins now.
async fn begin(api: &Api, file: &File, options: &Options) -> anyhow::Result<Cursor> {
    let kept = file.read()?;
    let secret = match &options.secret_file {
        Some(path) => {
            let given =
                std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            given.trim().to_owned()
        }
        None => match &kept {
            Some(kept) => kept.secret.clone(),
            None => SigningSecret::generate(&SystemRandomness::new()).reveal().expose().to_owned(),
        },
    };
    SigningSecret::parse(&secret).context("the secret to sign with")?;
    let cursor = match kept {
        Some(kept) => Cursor { secret, ..kept },
        None => {
            let mut cursor = Cursor::begin(newest(api).await?, now(), secret);
            // What was sent again before it began is in the overlap, and not for it.
            let before = patiently(api, &resends_since(&cursor)).await?;
            cursor.resent.extend(listed(&before).iter().map(|one| text(one, "id").to_owned()));
            cursor
        }
    };
    file.write(&cursor)?;
    Ok(cursor)
}

async fn newest(api: &Api) -> anyhow::Result<Option<String>> {
    Ok(patiently(api, "/events?limit=1").await?["data"][0]["id"].as_str().map(str::to_owned))
}

fn resends_since(cursor: &Cursor) -> String {
    format!("/resends?limit={PAGE}&created%5Bgte%5D={}", cursor.look_since())
}

/// Patient with a server that is not there yet: whoever starts everything at once starts us first.
async fn patiently(api: &Api, path: &str) -> anyhow::Result<Value> {
    let mut wait = POLL_MS;
    loop {
        match api.get(path).await {
            Ok(page) => return Ok(page),
            Err(Failed::Away(why)) => {
                eprintln!("{}  waiting for hundi ({why})", now());
                pause(wait).await;
                wait = (wait * 2).min(AWAY_MS_MAX);
            }
            Err(refused) => bail!("{refused}"),
        }
    }
}

struct Listener {
    api: Api,
    target: Target,
    file: File,
    cursor: Cursor,
    options: Options,
}

impl Listener {
    fn greet(&self) {
        let mode = if self.api.is_live() { "live" } else { "test" };
        println!(
            "Handing on {mode} events of {} to {}\nSigned with   {}\nCursor        {}\nStop with Ctrl-C; it goes \
             on where it stopped.\n",
            self.api.base,
            self.target.url(),
            self.cursor.secret,
            self.file.path().display(),
        );
    }

    async fn listen(&mut self) -> anyhow::Result<()> {
        if let Some(to) = self.options.since.clone() {
            self.until_done(async |this| this.rewind(&to).await).await?;
        }
        loop {
            if let Some(to) = self.file.rewind_asked()? {
                self.until_done(async |this| this.rewind(&to).await).await?;
                self.file.rewound()?;
            }
            let more = self.until_done(async |this| this.hand_on_new().await).await?;
            self.until_done(async |this| this.hand_on_resent().await).await?;
            if !more {
                pause(POLL_MS).await;
            }
        }
    }

    /// Once more and once more while hundi is away; what it refuses ends it.
    async fn until_done<T>(
        &mut self,
        mut deed: impl AsyncFnMut(&mut Self) -> Result<T, Stopped>,
    ) -> anyhow::Result<T> {
        let (mut wait, mut was_away) = (POLL_MS, false);
        loop {
            match deed(self).await {
                Ok(done) => {
                    if was_away {
                        println!("{}  hundi answers again", now());
                    }
                    return Ok(done);
                }
                Err(Stopped::Api(Failed::Away(why))) => {
                    if !was_away {
                        println!("{}  waiting for hundi ({why}); nothing is lost", now());
                    }
                    was_away = true;
                    pause(wait).await;
                    wait = (wait * 2).min(AWAY_MS_MAX);
                }
                Err(Stopped::Api(refused)) => bail!("{refused}"),
                Err(Stopped::Here(error)) => return Err(error),
            }
        }
    }

    /// One page of what came since the cursor, oldest first. `true`: there may be more.
    async fn hand_on_new(&mut self) -> Result<bool, Stopped> {
        let path = match &self.cursor.after {
            Some(id) => format!("/events?limit={PAGE}&ending_before={id}"),
            None => "/events?limit=1".to_owned(),
        };
        let page = self.api.get(&path).await?;
        let mut events = listed(&page);
        if self.cursor.after.is_none() && !events.is_empty() {
            // The first ones there ever were: few, and their beginning is found by going back.
            events = self.first_ones().await?;
        }
        events.reverse();
        let full = events.len() >= PAGE;
        for event in events {
            self.hand_on(&event, "").await?;
            self.cursor.after = Some(text(&event, "id").to_owned());
            self.file.write(&self.cursor)?;
        }
        Ok(full)
    }

    async fn first_ones(&self) -> Result<Vec<Value>, Stopped> {
        let mut all = Vec::new();
        let mut path = format!("/events?limit={PAGE}");
        for _ in 0..PAGES_MAX {
            let page = self.api.get(&path).await?;
            all.extend(listed(&page));
            match (page["has_more"].as_bool(), page["next"].as_str()) {
                (Some(true), Some(next)) => path = format!("/events?limit={PAGE}&starting_after={next}"),
                _ => break,
            }
        }
        Ok(all)
    }

    /// What somebody had sent again meanwhile, oldest first.
    async fn hand_on_resent(&mut self) -> Result<(), Stopped> {
        let since = self.cursor.look_since();
        let mut asked = Vec::new();
        let mut path = resends_since(&self.cursor);
        for _ in 0..PAGES_MAX {
            let page = self.api.get(&path).await?;
            asked.extend(listed(&page));
            match (page["has_more"].as_bool(), page["next"].as_str()) {
                (Some(true), Some(next)) => {
                    path = format!("{}&starting_after={next}", resends_since(&self.cursor));
                }
                _ => break,
            }
        }
        asked.reverse();
        for one in asked {
            let (id, event) = (text(&one, "id"), text(&one, "event_id"));
            if self.cursor.resent.contains(id) {
                continue;
            }
            let at = api::moment(text(&one, "created_at")).unwrap_or(since);
            let event = self.api.get(&format!("/events/{event}")).await?;
            self.hand_on(&event, "sent again").await?;
            self.cursor.resent(id, at);
            self.file.write(&self.cursor)?;
        }
        Ok(())
    }

    async fn hand_on(&self, event: &Value, note: &str) -> Result<(), Stopped> {
        let kind = text(event, "type");
        if !self.options.events.is_empty() && !self.options.events.iter().any(|wanted| wanted == kind) {
            return Ok(());
        }
        let handed = self.target.hand_on(event, &self.cursor.secret).await?;
        let (id, object) = (text(event, "id"), text(event, "object_id"));
        let told = match handed {
            Handed::Taken { status, took_ms, tries } => {
                let tries = if tries > 1 { format!(", {tries} tries") } else { String::new() };
                format!("{status}  {took_ms} ms{tries}")
            }
            Handed::PassedOver { why } => {
                format!("PASSED OVER: {why}; `hundi events resend {id}` sends it again")
            }
        };
        println!("{}  {kind:<24} {id}  {object}  {told}  {note}", now());
        Ok(())
    }

    /// Goes back to an event, or to the last one before a moment.
    async fn rewind(&mut self, to: &str) -> Result<(), Stopped> {
        let after = if to.starts_with("evt_") {
            // The one that is named is handed on as well.
            let page = self.api.get(&format!("/events?limit=1&starting_after={to}")).await?;
            page["data"][0]["id"].as_str().map(str::to_owned)
        } else {
            let shape = || format!("{to} is neither an event (evt_…) nor a moment (2026-11-21T08:00:00Z)");
            let at = api::moment(to).with_context(shape)?;
            let page = self.api.get(&format!("/events?limit=1&created%5Blt%5D={at}")).await?;
            page["data"][0]["id"].as_str().map(str::to_owned)
        };
        self.cursor.after = after;
        self.file.write(&self.cursor)?;
        println!("{}  gone back to {to}", now());
        Ok(())
    }
}

fn listed(page: &Value) -> Vec<Value> {
    page["data"].as_array().cloned().unwrap_or_default()
}

/// Why something could not be gone on with.
enum Stopped {
    Api(Failed),
    /// On this machine: a file, an address.
    Here(anyhow::Error),
}

impl From<Failed> for Stopped {
    fn from(failed: Failed) -> Self {
        Self::Api(failed)
    }
}

impl From<anyhow::Error> for Stopped {
    fn from(error: anyhow::Error) -> Self {
        Self::Here(error)
    }
}

/// Has the listener of a key go back, whether it runs or is started later.
pub(super) fn rewind(key: &api::ApiKey, cursor: Option<PathBuf>, to: &str) -> anyhow::Result<()> {
    let file = File::of(cursor, key)?;
    file.ask_rewind(to)?;
    println!("the listener of {} goes back to {to}", file.path().display());
    Ok(())
}
