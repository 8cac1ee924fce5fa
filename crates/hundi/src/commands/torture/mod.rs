//! `hundi torture URL`: what can happen to a receiver of webhooks, played at it: duplicates, events out of order and at
//! once, old ones, forged ones, strange ones. Says what it got wrong.
//!
//! Its bounds are fixed: some eighty messages, one after the other but for a handful, and two minutes at most.

mod plays;
mod scenario;
mod sender;

use super::api::{ApiKey, now, place};
use anyhow::{Context, bail};
use hundi_app::signing::SigningSecret;
use plays::{Play, Wants};
use sender::{Answer, Sender};
use std::path::PathBuf;
use std::process::ExitCode;

const LASTS_MS_MAX: i64 = 120_000;
/// A receiver that works first and answers afterwards will one day answer too late.
const SLOW_MS: i64 = 3_000;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Your receiver's address.
    url: String,
    /// The file that holds the endpoint's secret (whsec_…); HUNDI_WEBHOOK_SECRET otherwise.
    #[arg(long)]
    secret_file: Option<PathBuf>,
    #[arg(long, env = "HUNDI_WEBHOOK_SECRET", hide_env_values = true)]
    secret: Option<Spelled>,
    /// Play the events of this order instead of made-up ones, so that your receiver knows it. Needs --key.
    #[arg(long, requires = "key")]
    order: Option<String>,
    #[arg(long, env = "HUNDI_SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,
    #[arg(long, env = "HUNDI_API_KEY", hide_env_values = true)]
    key: Option<ApiKey>,
    /// The receiver is on another machine, it is yours, and nobody is served by it.
    #[arg(long)]
    i_own_this_server: bool,
}

/// A secret on its way to be read. Printed, it shows nothing.
#[derive(Clone)]
pub(super) struct Spelled(String);

impl std::fmt::Debug for Spelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl std::str::FromStr for Spelled {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

pub(super) async fn torture(options: Options) -> anyhow::Result<ExitCode> {
    let place = place(&options.url)?;
    if !place.is_near && !options.i_own_this_server {
        bail!(
            "{} is another machine. This sends forged and repeated messages: --i-own-this-server says that it is yours \
             and that nobody is served by it",
            options.url
        );
    }
    let secret = secret(&options)?;
    let events = scenario::events(&options).await?;
    let sender = Sender::new(&options.url, place.allow, secret)?;
    println!("{} events, played at {}\n", events.len(), options.url);
    if let Err(why) = sender.is_there(&events).await {
        bail!("the receiver does not take an honest message, so nothing can be said of it: {why}");
    }
    let (began, mut failed, mut played) = (now(), 0, 0);
    for play in plays::all() {
        if now().since(began) > LASTS_MS_MAX {
            bail!("two minutes have passed; {played} plays were played");
        }
        let answers = sender.play(&play, &events).await;
        let wrong = judge(&play, &answers);
        played += 1;
        failed += usize::from(!wrong.is_empty());
        println!("{}  {}", if wrong.is_empty() { "ok    " } else { "FAILED" }, play.name);
        for what in &wrong {
            println!("        {what}");
        }
        if !wrong.is_empty() {
            println!("        {}", play.advice);
        }
    }
    println!("\n{played} plays, {failed} failed, {} messages", sender.sent());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn secret(options: &Options) -> anyhow::Result<SigningSecret> {
    let text = match (&options.secret_file, &options.secret) {
        (Some(path), _) => {
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
        }
        (None, Some(text)) => text.0.clone(),
        (None, None) => {
            bail!("give the endpoint's secret: --secret-file FILE, or HUNDI_WEBHOOK_SECRET=whsec_…")
        }
    };
    SigningSecret::parse(text.trim()).context("the endpoint's secret")
}

/// What is wrong with how it answered, once for each kind.
fn judge(play: &Play, answers: &[Answer]) -> Vec<String> {
    let mut wrong: Vec<String> = Vec::new();
    let mut tell = |what: String| {
        if !wrong.contains(&what) {
            wrong.push(what);
        }
    };
    for answer in answers {
        match (play.wants, answer.status) {
            (_, None) => tell(format!("no answer: {}", answer.why)),
            (Wants::Taken, Some(200..=299)) | (Wants::Refused, Some(400..=499)) => {}
            (Wants::Taken, Some(status)) => tell(format!("answered {status}, where 2xx was right")),
            (Wants::Refused, Some(status @ 200..=299)) => {
                tell(format!("answered {status}: it took a message that is not ours"));
            }
            (Wants::Refused, Some(status)) => {
                tell(format!("answered {status}, where 4xx was right: it is tried again for days"));
            }
        }
        if answer.took_ms > SLOW_MS {
            tell(format!("took {} ms, and 15 seconds are all it has", answer.took_ms));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(wants: Wants, answers: &[(Option<u16>, i64)], wrong: usize) {
        let play = Play { wants, ..plays::all().remove(0) };
        let answers: Vec<Answer> = answers
            .iter()
            .map(|(status, took_ms)| Answer { status: *status, took_ms: *took_ms, why: "cut".into() })
            .collect();
        assert_eq!(judge(&play, &answers).len(), wrong, "{wants:?} {answers:?}");
    }

    #[test]
    fn what_is_wrong_is_told_once() {
        check(Wants::Taken, &[(Some(200), 5), (Some(204), 5)], 0);
        check(Wants::Taken, &[(Some(500), 5), (Some(500), 5), (Some(409), 5)], 2);
        check(Wants::Taken, &[(Some(302), 5)], 1);
        check(Wants::Taken, &[(Some(200), 5_000)], 1);
        check(Wants::Taken, &[(None, 15_000)], 2);
        check(Wants::Refused, &[(Some(400), 5), (Some(401), 5)], 0);
        check(Wants::Refused, &[(Some(200), 5)], 1);
        check(Wants::Refused, &[(Some(500), 5)], 1);
    }
}
