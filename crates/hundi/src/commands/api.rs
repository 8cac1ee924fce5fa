//! The API as a merchant's developer calls it: what `listen`, `trigger`, `events` and `logs` are made of. They need an
//! address and a key, and neither a configuration nor a database.

use anyhow::{Context, bail};
use hundi_app::clock::{Clock, SystemClock};
use hundi_app::net::{Allow, Incoming, Net, NetError, NetPolicy, Outgoing, To};
use hundi_app::random::{Random, SystemRandomness};
use hundi_app::requests::WATCHER;
use hundi_core::{Millis, Secret};
use serde_json::Value;
use std::fmt::Write;
use std::str::FromStr;

/// A little longer than the server itself takes before it says that it took too long.
const DEADLINE_MS: u64 = 35_000;
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// Where hundi listens, and who asks.
#[derive(Debug, clap::Args)]
pub(super) struct Server {
    /// Where hundi listens.
    #[arg(long, env = "HUNDI_SERVER", default_value = "http://127.0.0.1:8080")]
    pub(super) server: String,
    /// The key's id, a colon, its secret. In the environment others on this machine don't see it.
    #[arg(long, env = "HUNDI_API_KEY", hide_env_values = true)]
    pub(super) key: ApiKey,
}

/// An API key. It shows its id alone.
#[derive(Clone, Debug)]
pub(super) struct ApiKey {
    pub(super) id: String,
    secret: Secret,
}

impl FromStr for ApiKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (id, secret) = text.split_once(':').ok_or(SHAPE)?;
        if hundi_app::keys::mode_of_key_id(id).is_none() || secret.is_empty() {
            return Err(SHAPE);
        }
        Ok(Self { id: id.to_owned(), secret: Secret::new(secret) })
    }
}

const SHAPE: &str = "a key is its id, a colon and its secret: hk_test_…:hs_test_…";

/// Why there is no answer to go on with.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// It may pass: nobody answered, or somebody who could not.
    #[error("{0}")]
    Away(String),
    /// It says no.
    #[error("{message} ({code})")]
    Refused { code: String, message: String },
}

/// The way to a server with a key.
pub(super) struct Api {
    net: Net,
    pub(super) base: String,
    pub(super) key: ApiKey,
    /// Looks on and asks for nothing of its own: its reads are no news to others who look on.
    only_watches: bool,
}

impl Api {
    /// For whoever reads again and again what others do.
    pub(super) fn watching(server: &Server) -> anyhow::Result<Self> {
        Ok(Self { only_watches: true, ..Self::new(server)? })
    }

    pub(super) fn new(server: &Server) -> anyhow::Result<Self> {
        let base = server.server.trim_end_matches('/').to_owned();
        let place = place(&base).context("--server")?;
        if !base.starts_with("https://") && !place.is_near {
            bail!("--server must be https, or on this machine: the key would travel in the clear");
        }
        Ok(Self { net: net(vec![place.allow])?, base, key: server.key.clone(), only_watches: false })
    }

    pub(super) fn is_live(&self) -> bool {
        self.key.id.starts_with("hk_live_")
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Failed> {
        self.ask("GET", path, None, &[]).await
    }

    /// Does something once, however often it has to be asked for.
    pub(super) async fn post(
        &self,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Result<Value, Failed> {
        const TRIES_MAX: u32 = 5;
        let key = nonce();
        let mut given = headers.to_vec();
        given.push(("idempotency-key", &key));
        let mut tries = 0;
        loop {
            tries += 1;
            match self.ask("POST", path, Some(body), &given).await {
                Err(Failed::Away(_)) if tries < TRIES_MAX => pause(500 << tries).await,
                ended => return ended,
            }
        }
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<Value, Failed> {
        let mut all: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let proof = format!("Bearer {}:{}", self.key.id, self.key.secret.expose());
        all.push(("authorization".to_owned(), proof));
        if self.only_watches {
            all.push(("user-agent".to_owned(), WATCHER.to_owned()));
        }
        if body.is_some() {
            all.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let out = Outgoing {
            method: method.to_owned(),
            url: format!("{}/api/v1{path}", self.base),
            headers: all,
            body: body.map_or_else(Vec::new, |body| body.to_string().into_bytes()),
            deadline_ms: DEADLINE_MS,
            body_bytes_max: ANSWER_BYTES_MAX,
            to: To::Provider,
        };
        let answer = self.net.send(out).await.map_err(|error| Failed::Away(error.to_string()))?;
        read(&answer)
    }
}

fn read(answer: &Incoming) -> Result<Value, Failed> {
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if (200..300).contains(&answer.status) {
        return Ok(said);
    }
    let (code, message) = (said["code"].as_str(), said["message"].as_str());
    match (code, message) {
        (Some(code), Some(message))
            if answer.status < 500
                && !matches!(answer.status, 408 | 429)
                && code != "idempotency_key_in_flight" =>
        {
            Err(Failed::Refused { code: code.to_owned(), message: message.to_owned() })
        }
        (_, message) => {
            Err(Failed::Away(message.map_or_else(|| format!("status {}", answer.status), str::to_owned)))
        }
    }
}

/// Where an address leads, for a client that goes there and nowhere else.
pub(super) struct Place {
    pub(super) allow: Allow,
    /// On this machine.
    pub(super) is_near: bool,
}

/// Reads an address that the user named.
pub(super) fn place(url: &str) -> anyhow::Result<Place> {
    let rest = url.strip_prefix("http://").map(|rest| (rest, 80));
    let rest = rest.or_else(|| url.strip_prefix("https://").map(|rest| (rest, 443)));
    let (rest, usual) = rest.context("an address begins with http:// or https://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') {
        bail!("an address is http://host:port/path, without a user name");
    }
    let has_port = authority.rsplit_once(':').is_some_and(|(host, port)| {
        port.bytes().all(|c| c.is_ascii_digit()) && (!host.contains(':') || host.ends_with(']'))
    });
    let full = if has_port { authority.to_owned() } else { format!("{authority}:{usual}") };
    let allow: Allow = full.parse().map_err(|_| anyhow::anyhow!("{authority} is no host"))?;
    let is_near = match &allow {
        Allow::Socket(socket) => socket.ip().is_loopback(),
        Allow::Host { name, .. } => name == "localhost" || name.ends_with(".localhost"),
        Allow::Network(_) => false,
    };
    Ok(Place { allow, is_near })
}

/// A client that reaches these places and public ones.
pub(super) fn net(allow: Vec<Allow>) -> anyhow::Result<Net> {
    Ok(Net::new(NetPolicy { allow, ..NetPolicy::strict() })?)
}

/// Whether surely nobody heard it.
pub(super) const fn nobody_heard(error: &NetError) -> bool {
    matches!(error, NetError::NotConnected(_))
}

/// A moment in RFC 3339.
pub(super) fn moment(text: &str) -> Option<Millis> {
    text.parse::<jiff::Timestamp>().ok().map(|at| Millis(at.as_millisecond()))
}

pub(super) fn now() -> Millis {
    SystemClock.now()
}

pub(super) async fn pause(ms: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
}

/// 128 random bits as a word.
pub(super) fn nonce() -> String {
    let mut bytes = [0_u8; 16];
    SystemRandomness::new().fill(&mut bytes);
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

/// A field as text, empty when it is missing.
pub(super) fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn leads(url: &str, to: Option<(&str, bool)>) {
        let found = place(url).ok().map(|place| (place.allow, place.is_near));
        let to = to.map(|(allow, near)| (allow.parse::<Allow>().unwrap(), near));
        assert_eq!(found, to, "{url}");
    }

    #[test]
    fn an_address_leads_to_one_place() {
        leads("http://127.0.0.1:8080", Some(("127.0.0.1:8080", true)));
        leads("http://localhost/hooks?x=1", Some(("localhost:80", true)));
        leads("http://[::1]:3000/hooks", Some(("[::1]:3000", true)));
        leads("https://shop.example/hooks", Some(("shop.example:443", false)));
        leads("https://shop.example:8443", Some(("shop.example:8443", false)));
        leads("http://10.1.2.3:80", Some(("10.1.2.3:80", false)));
        for wrong in ["shop.example", "ftp://shop.example", "http://", "http://u@shop.example", "http:///x"] {
            leads(wrong, None);
        }
    }

    #[test]
    fn a_key_shows_its_id_alone() {
        let key: ApiKey = "hk_test_0123456789abcdefghjk:hs_test_hidden".parse().unwrap();
        assert!(!format!("{key:?}").contains("hidden"));
        for wrong in ["", "hk_test_x", "sk_test_x:y", "hk_test_x:"] {
            assert!(wrong.parse::<ApiKey>().is_err(), "{wrong}");
        }
    }
}
