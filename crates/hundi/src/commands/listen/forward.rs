//! Handing one event on: signed as a delivery is, tried again while nobody is there.

use crate::commands::api::{net, nobody_heard, now, pause, place};
use anyhow::{Context, bail};
use hundi_app::net::{Net, Outgoing, To};
use hundi_app::signing::{self, SigningKey, SigningKeys, SigningSecret};
use hundi_core::Mode;
use serde_json::Value;

/// As long as hundi itself waits.
const DEADLINE_MS: u64 = 15_000;
const ANSWER_BYTES_MAX: usize = 64 << 10;
const WAIT_MS: u64 = 500;
const WAIT_MS_MAX: u64 = 15_000;

/// The developer's server.
pub(super) struct Target {
    url: String,
    net: Net,
    tries_max: u32,
}

/// What became of an event.
pub(super) enum Handed {
    Taken { status: u16, took_ms: i64, tries: u32 },
    PassedOver { why: String },
}

impl Target {
    pub(super) fn new(url: &str, allow_remote: bool, tries_max: u32) -> anyhow::Result<Self> {
        let place = place(url).context("--forward-to")?;
        if !place.is_near && !allow_remote {
            bail!("--forward-to is another machine: --allow-remote says that you mean it");
        }
        Ok(Self { url: url.to_owned(), net: net(vec![place.allow])?, tries_max })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Until it is taken. While nobody listens there it waits; what is refused so many times is passed over.
    pub(super) async fn hand_on(&self, event: &Value, secret: &str) -> anyhow::Result<Handed> {
        let secret = SigningSecret::parse(secret).context("the secret to sign with")?;
        let keys = SigningKeys { newest: SigningKey::Hmac(secret), retiring: Vec::new() };
        let id = event["id"].as_str().context("an event has an id")?;
        let body = event.to_string().into_bytes();
        let (mut tries, mut wait, mut told) = (0, WAIT_MS, false);
        loop {
            let at = now();
            // Signed anew: a signature of some minutes ago is refused, and rightly.
            let mut headers = signing::headers(&keys, id, at, &body);
            headers.push(("content-type".into(), "application/json".into()));
            headers.push(("user-agent".into(), concat!("hundi-listen/", env!("CARGO_PKG_VERSION")).into()));
            let out = Outgoing {
                method: "POST".into(),
                url: self.url.clone(),
                headers,
                body: body.clone(),
                deadline_ms: DEADLINE_MS,
                body_bytes_max: ANSWER_BYTES_MAX,
                to: To::Merchant(Mode::Test),
            };
            let why = match self.net.send(out).await {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    tries += 1;
                    return Ok(Handed::Taken { status: answer.status, took_ms: now().since(at), tries });
                }
                Ok(answer) => format!("status {}", answer.status),
                Err(error) if nobody_heard(&error) => {
                    if !told {
                        println!("{at}  nobody listens at {}; waiting", self.url);
                        told = true;
                    }
                    pause(wait).await;
                    wait = (wait * 2).min(WAIT_MS_MAX);
                    continue;
                }
                Err(error) => error.to_string(),
            };
            tries += 1;
            if tries >= self.tries_max {
                return Ok(Handed::PassedOver { why });
            }
            println!("{at}  {id} was not taken ({why}); trying again");
            pause(wait).await;
            wait = (wait * 2).min(WAIT_MS_MAX);
        }
    }
}
