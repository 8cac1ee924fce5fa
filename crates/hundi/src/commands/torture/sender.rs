//! Sending one play's messages and noting the answers.

use super::plays::{How, Play};
use crate::commands::api::{net, nonce, now};
use anyhow::anyhow;
use hundi_app::net::{Allow, Net, Outgoing, To};
use hundi_app::random::SystemRandomness;
use hundi_app::signing::{self, SigningKey, SigningKeys, SigningSecret};
use hundi_core::Mode;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::JoinSet;

const DEADLINE_MS: u64 = 15_000;
const ANSWER_BYTES_MAX: usize = 64 << 10;
const LARGE_BYTES: usize = 60 << 10;
/// Whatever the plays would like.
const MESSAGES_MAX: usize = 200;

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: Option<u16>,
    pub(super) took_ms: i64,
    /// Where there was no answer.
    pub(super) why: String,
}

pub(super) struct Sender {
    url: String,
    net: std::sync::Arc<Net>,
    secret: SigningSecret,
    sent: AtomicUsize,
}

struct Message {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sender {
    pub(super) fn new(url: &str, allow: Allow, secret: SigningSecret) -> anyhow::Result<Self> {
        let net = std::sync::Arc::new(net(vec![allow])?);
        Ok(Self { url: url.to_owned(), net, secret, sent: AtomicUsize::new(0) })
    }

    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Whether it takes what is right: else every refusal would look like a virtue.
    pub(super) async fn is_there(&self, events: &[Value]) -> anyhow::Result<()> {
        let answer = self.send(self.signed(&events[0], 0)).await;
        match answer.status {
            Some(200..=299) => Ok(()),
            Some(status) => Err(anyhow!("it answers {status}; is the secret the right one?")),
            None => Err(anyhow!("{}", answer.why)),
        }
    }

    pub(super) async fn play(&self, play: &Play, events: &[Value]) -> Vec<Answer> {
        match play.how {
            How::AtOnce => self.at_once(events.iter().map(|event| self.signed(event, 0)).collect()).await,
            How::SameAtOnce(times) => {
                let last = &events[events.len() - 1];
                self.at_once((0..times).map(|_| self.signed(last, 0)).collect()).await
            }
            how => {
                let mut answers = Vec::new();
                for message in self.messages(how, events) {
                    answers.push(self.send(message).await);
                }
                answers
            }
        }
    }

    fn messages(&self, how: How, events: &[Value]) -> Vec<Message> {
        let each = |age: i64| events.iter().map(|event| self.signed(event, age)).collect::<Vec<_>>();
        let last = &events[events.len() - 1];
        let changed = |change: &dyn Fn(&mut Message)| {
            let mut message = self.signed(last, 0);
            change(&mut message);
            vec![message]
        };
        match how {
            How::InOrder | How::AtOnce | How::SameAtOnce(_) => each(0),
            How::Backwards => each(0).into_iter().rev().collect(),
            How::Twice => events.iter().flat_map(|e| [self.signed(e, 0), self.signed(e, 0)]).collect(),
            How::OldOnesAgain => events[..events.len() - 1].iter().map(|e| self.signed(e, 0)).collect(),
            How::UnknownType => {
                vec![self.signed(&like(last, "type", json!("order.something_of_next_year")), 0)]
            }
            How::UnknownField => vec![self.signed(&like(last, "of_next_year", json!({ "a": [1, null] })), 0)],
            How::Large => vec![self.signed(&like(last, "of_next_year", json!("x".repeat(LARGE_BYTES))), 0)],
            How::TwoSignatures => {
                let other = self.other();
                changed(&|m| {
                    header(m, "webhook-signature", |right| format!("{} {right}", sign(&other, last, 0)))
                })
            }
            How::StrangeSignatureFirst => {
                changed(&|m| header(m, "webhook-signature", |right| format!("v1a,AAAA v9,zzzz {right}")))
            }
            How::Aged(secs) => vec![self.signed(last, secs)],
            How::Stale(secs) => vec![self.signed(last, secs)],
            How::Capitals => {
                changed(&|m| m.headers.iter_mut().for_each(|(n, _)| *n = n.to_ascii_uppercase()))
            }
            How::AnotherKey => {
                let other = self.other();
                changed(&|m| header(m, "webhook-signature", |_| sign(&other, last, 0)))
            }
            How::ChangedBody => changed(&|m| m.body = like(last, "seq", json!(99)).to_string().into_bytes()),
            How::ChangedId => changed(&|m| header(m, "webhook-id", |_| format!("evt_{}", &nonce()[..26]))),
            How::ChangedTime => changed(&|m| {
                header(m, "webhook-timestamp", |right| (right.parse::<i64>().unwrap_or(0) + 1).to_string());
            }),
            How::NoSignature => changed(&|m| m.headers.retain(|(name, _)| !name.ends_with("signature"))),
            How::EmptySignature => changed(&|m| header(m, "webhook-signature", |_| String::new())),
            How::NoTime => changed(&|m| m.headers.retain(|(name, _)| name != "webhook-timestamp")),
            How::NonsenseTime => changed(&|m| header(m, "webhook-timestamp", |_| "yesterday".into())),
            How::CutSignature => {
                changed(&|m| header(m, "webhook-signature", |right| right[..right.len() / 2].to_owned()))
            }
            How::OnlyStrangeSignature => {
                changed(&|m| header(m, "webhook-signature", |right| right.replace("v1,", "v1a,")))
            }
            How::NothingAtAll => vec![Message { headers: Vec::new(), body: Vec::new() }],
        }
    }

    fn other(&self) -> SigningSecret {
        SigningSecret::generate(&SystemRandomness::new())
    }

    fn signed(&self, event: &Value, age_secs: i64) -> Message {
        let body = event.to_string().into_bytes();
        let keys = SigningKeys { newest: SigningKey::Hmac(self.secret.clone()), retiring: Vec::new() };
        let mut headers = signing::headers(&keys, id(event), now().minus(age_secs * 1000), &body);
        headers.push(("content-type".into(), "application/json".into()));
        Message { headers, body }
    }

    async fn at_once(&self, messages: Vec<Message>) -> Vec<Answer> {
        let mut under_way = JoinSet::new();
        for message in messages {
            let (net, url) = (self.net.clone(), self.url.clone());
            self.sent.fetch_add(1, Ordering::Relaxed);
            under_way.spawn(async move { sent(&net, url, message).await });
        }
        under_way.join_all().await
    }

    async fn send(&self, message: Message) -> Answer {
        if self.sent.fetch_add(1, Ordering::Relaxed) >= MESSAGES_MAX {
            return Answer { status: None, took_ms: 0, why: format!("{MESSAGES_MAX} messages were sent") };
        }
        sent(&self.net, self.url.clone(), message).await
    }
}

async fn sent(net: &Net, url: String, message: Message) -> Answer {
    let at = now();
    let out = Outgoing {
        method: "POST".into(),
        url,
        headers: message.headers,
        body: message.body,
        deadline_ms: DEADLINE_MS,
        body_bytes_max: ANSWER_BYTES_MAX,
        to: To::Merchant(Mode::Test),
    };
    let ended = net.send(out).await;
    let took_ms = now().since(at);
    match ended {
        Ok(answer) => Answer { status: Some(answer.status), took_ms, why: String::new() },
        Err(error) => Answer { status: None, took_ms, why: error.to_string() },
    }
}

fn id(event: &Value) -> &str {
    event["id"].as_str().unwrap_or_default()
}

/// The same event with another id and this in it: one that was not seen before.
fn like(event: &Value, name: &str, value: Value) -> Value {
    let mut other = event.clone();
    other["id"] = json!(format!("evt_{}", &nonce()[..26]));
    other[name] = value;
    other
}

/// The signature that another key makes of the same message.
fn sign(secret: &SigningSecret, event: &Value, age_secs: i64) -> String {
    let keys = SigningKeys { newest: SigningKey::Hmac(secret.clone()), retiring: Vec::new() };
    let headers =
        signing::headers(&keys, id(event), now().minus(age_secs * 1000), event.to_string().as_bytes());
    headers
        .into_iter()
        .find(|(name, _)| name == "webhook-signature")
        .map(|(_, value)| value)
        .unwrap_or_default()
}

fn header(message: &mut Message, name: &str, change: impl Fn(&str) -> String) {
    for (_, value) in message.headers.iter_mut().filter(|(n, _)| n == name) {
        *value = change(value);
    }
    // The same proof in its other spelling would give the message away as genuine.
    if name == "webhook-signature" {
        message.headers.retain(|(n, _)| n != "x-webhook-signature");
    }
}
