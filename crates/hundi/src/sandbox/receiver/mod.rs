//! The demo receiver: a merchant's server as it should be. It verifies what hundi sends, writes it down, and shows it.
//!
//! It can be told to fail, to be slow, or to be down, so that one can watch deliveries being tried again.

mod page;
#[cfg(test)]
mod tests;

use super::http::{self, Answers, Heard, Listening, json, whole};
use super::journal::Journal;
use hundi_app::clock::Clock;
use hundi_app::signing::{self, SigningSecret};
use hundi_core::Millis;
use hundi_providers::sim::{Manner, SimResponse};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Deliveries that are shown. The journal on disk keeps all.
const SHOWN_MAX: usize = 1_000;
const SECRETS_MAX: usize = 100;

/// How the demo receiver runs.
pub struct ReceiverConfig {
    pub listen: SocketAddr,
    /// The endpoints' secrets. A delivery that any of them signed is genuine.
    pub secrets: Vec<SigningSecret>,
    /// Appended to: one line for each delivery that was heard.
    pub journal: Option<PathBuf>,
    /// For the freshness of signatures: the sender's clock.
    pub clock: Arc<dyn Clock>,
}

/// A demo receiver that runs until this is dropped.
pub struct Receiver {
    desk: Arc<Desk>,
    listening: Listening,
}

impl Receiver {
    /// Opens its port.
    pub async fn start(config: ReceiverConfig) -> anyhow::Result<Self> {
        let journal = config.journal.map(|path| Journal::open(&path)).transpose()?;
        let book = Book {
            secrets: config.secrets,
            dials: Dials { fail_next: 0, status: 500, delay_ms: 0, down: false },
            heard: 0,
            shown: VecDeque::new(),
            journal,
        };
        let desk = Arc::new(Desk { clock: config.clock, book: Mutex::new(book) });
        let listening = http::listen(config.listen, desk.clone(), None).await?;
        Ok(Self { desk, listening })
    }

    /// Where it listens, `http://127.0.0.1:4020`; any path beneath takes deliveries.
    pub fn url(&self) -> String {
        format!("http://{}", self.listening.address)
    }

    /// Tells it one more endpoint's secret: deliveries that none of its secrets signed are refused from now on.
    pub fn trust(&self, secret: SigningSecret) {
        self.desk.book().trust(secret);
    }

    /// What it heard, newest first, as `GET /deliveries` shows it.
    pub fn deliveries(&self) -> Vec<Value> {
        self.desk.book().shown.iter().map(Delivery::to_json).collect()
    }
}

/// One delivery, as it is remembered. The body is not: it may name customers.
struct Delivery {
    at: Millis,
    /// `webhook-id`
    delivery: String,
    id: String,
    kind: String,
    object_id: String,
    seq: Option<i64>,
    proof: Proof,
    /// The status that it was answered with.
    answered: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    Genuine,
    Forged,
    /// No secret was told.
    Unchecked,
}

impl Delivery {
    fn to_json(&self) -> Value {
        let verified = match self.proof {
            Proof::Genuine => Some(true),
            Proof::Forged => Some(false),
            Proof::Unchecked => None,
        };
        json!({
            "at_ms": self.at.0, "delivery": self.delivery, "id": self.id, "type": self.kind,
            "object_id": self.object_id, "seq": self.seq, "verified": verified, "answered": self.answered,
        })
    }
}

/// How it misbehaves.
#[derive(Clone)]
struct Dials {
    /// So many deliveries get `status`.
    fail_next: u32,
    status: u16,
    delay_ms: i64,
    /// Closes every delivery's connection without a byte.
    down: bool,
}

struct Book {
    secrets: Vec<SigningSecret>,
    dials: Dials,
    /// All deliveries since the start.
    heard: u64,
    shown: VecDeque<Delivery>,
    journal: Option<Journal>,
}

impl Book {
    fn trust(&mut self, secret: SigningSecret) {
        if !self.secrets.contains(&secret) {
            self.secrets.truncate(SECRETS_MAX - 1);
            self.secrets.insert(0, secret);
        }
    }

    fn dials(&self) -> Value {
        let Dials { fail_next, status, delay_ms, down } = self.dials;
        json!({
            "fail_next": fail_next, "status": status, "delay_ms": delay_ms, "down": down,
            "secrets": self.secrets.len(),
        })
    }
}

struct Desk {
    clock: Arc<dyn Clock>,
    book: Mutex<Book>,
}

impl Answers for Desk {
    fn answer(&self, heard: Heard) -> SimResponse {
        match (heard.method.as_str(), heard.path()) {
            ("GET", "/") => {
                let book = self.book();
                whole(200, "text/html; charset=utf-8", page::list(book.heard, &book.shown))
            }
            ("GET", "/deliveries") => {
                let book = self.book();
                let data: Vec<Value> = book.shown.iter().map(Delivery::to_json).collect();
                json(200, &json!({ "heard": book.heard, "data": data }))
            }
            ("GET", "/control") => json(200, &self.book().dials()),
            ("POST", "/control") => match self.set(&heard.body) {
                Ok(dials) => json(200, &dials),
                Err(why) => json(400, &json!({ "error": why })),
            },
            ("POST", _) => self.receive(&heard),
            _ => json(
                404,
                &json!({ "error": "GET /, GET /deliveries, POST /control; deliveries to any other path" }),
            ),
        }
    }
}

impl Desk {
    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self, heard: &Heard) -> SimResponse {
        let now = self.clock.now();
        let mut book = self.book();
        if book.dials.down {
            return SimResponse { manner: Manner::Silent, ..json(200, &Value::Null) };
        }
        let proof = prove(&book.secrets, heard, now);
        let answered = if book.dials.fail_next > 0 {
            book.dials.fail_next -= 1;
            book.dials.status
        } else if proof == Proof::Forged {
            400
        } else {
            200
        };
        let delivery = read(heard, now, proof, answered);
        // Written before it is answered: who says 200 must not forget.
        if let Some(journal) = &mut book.journal
            && let Err(error) = journal.append(std::iter::once(delivery.to_json()))
        {
            tracing::error!(%error, "the receiver's journal could not be written");
            return json(500, &json!({ "error": "the journal could not be written" }));
        }
        book.heard += 1;
        book.shown.truncate(SHOWN_MAX - 1);
        book.shown.push_front(delivery);
        let response = json(answered, &json!({ "received": answered == 200 }));
        match book.dials.delay_ms {
            0 => response,
            ms => SimResponse { manner: Manner::After { ms }, ..response },
        }
    }

    fn set(&self, body: &[u8]) -> Result<Value, &'static str> {
        let wanted: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON")?;
        let Value::Object(wanted) = wanted else { return Err("the body must be an object") };
        let number = |value: &Value, max: i64| value.as_i64().filter(|n| (0..=max).contains(n));
        let mut book = self.book();
        let (mut dials, mut secret) = (book.dials.clone(), None);
        for (name, value) in &wanted {
            match name.as_str() {
                "fail_next" => {
                    let n = number(value, i64::from(u32::MAX)).and_then(|n| u32::try_from(n).ok());
                    dials.fail_next = n.ok_or("fail_next must be a whole number")?;
                }
                "status" => {
                    let status = number(value, 599).and_then(|n| u16::try_from(n).ok()).filter(|n| *n >= 200);
                    dials.status = status.ok_or("status must be from 200 to 599")?;
                }
                "delay_ms" => {
                    let most = i64::try_from(http::SLOW_MS_MAX).unwrap_or(i64::MAX);
                    dials.delay_ms = number(value, most).ok_or("delay_ms must be at most two minutes")?;
                }
                "down" => dials.down = value.as_bool().ok_or("down must be true or false")?,
                "secret" => {
                    let parsed = value.as_str().and_then(|text| SigningSecret::parse(text).ok());
                    secret = Some(parsed.ok_or("secret must be whsec_ and base64")?);
                }
                _ => return Err("known are fail_next, status, delay_ms, down and secret"),
            }
        }
        book.dials = dials;
        if let Some(secret) = secret {
            book.trust(secret);
        }
        Ok(book.dials())
    }
}

fn prove(secrets: &[SigningSecret], heard: &Heard, now: Millis) -> Proof {
    if secrets.is_empty() {
        Proof::Unchecked
    } else if secrets.iter().any(|secret| signing::verify(secret, &heard.headers, &heard.body, now)) {
        Proof::Genuine
    } else {
        Proof::Forged
    }
}

/// A body that is no event is remembered all the same, with nothing in its fields.
fn read(heard: &Heard, at: Millis, proof: Proof, answered: u16) -> Delivery {
    let event: Value = serde_json::from_slice(&heard.body).unwrap_or(Value::Null);
    let text = |name: &str| {
        event
            .get(name)
            .and_then(Value::as_str)
            .map(|t| t.chars().take(128).collect::<String>())
            .unwrap_or_default()
    };
    Delivery {
        at,
        delivery: heard.header("webhook-id").unwrap_or_default().chars().take(128).collect(),
        id: text("id"),
        kind: text("type"),
        object_id: text("object_id"),
        seq: event.get("seq").and_then(Value::as_i64),
        proof,
        answered,
    }
}
