//! An honest client: it keeps each key until it has an answer, however often the server dies under it.

use crate::http::{self, Answer, Ask};
use crate::told::{History, Read, Told};
use crate::world::World;
use anyhow::{Result, bail};
use serde_json::Value;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::dice::Dice;

const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Nobody waits for ever: by then the server has been up again for long.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(25);

/// One of the merchant's servers.
pub(crate) struct Client<'w> {
    world: &'w World,
    history: &'w History,
    dice: Mutex<Dice>,
    name: String,
    keys: AtomicU64,
}

impl<'w> Client<'w> {
    /// `name` makes its keys its own.
    pub(crate) fn new(world: &'w World, history: &'w History, name: String, dice: Dice) -> Self {
        Self { world, history, dice: Mutex::new(dice), name, keys: AtomicU64::new(0) }
    }

    /// Asks under a new key until there is an answer. `None`: it was refused, and that is the answer.
    pub(crate) fn posts(&self, path: &str, body: &Value) -> Result<Option<Value>> {
        let key = format!("{}-{}", self.name, self.keys.fetch_add(1, Ordering::Relaxed));
        let body = body.to_string();
        let answer = self.insists(path, &body, &key)?;
        if answer.status >= 300 {
            self.note_refusal(path, &answer);
            return Ok(None);
        }
        let value = serde_json::from_str(&answer.body)?;
        self.history.answered(Told { key, path: path.to_owned(), body, answer });
        Ok(Some(value))
    }

    /// Asks the same again, byte for byte: the answer must be the same, byte for byte.
    pub(crate) fn asks_again(&self, told: &Told) -> Result<()> {
        let answer = self.insists(&told.path, &told.body, &told.key)?;
        if answer != told.answer {
            self.history.broken(format!(
                "key {} on {} had the answer {:?} and later {answer:?}",
                told.key, told.path, told.answer
            ));
        }
        Ok(())
    }

    /// Reads an object until there is an answer. An object that was told of has to be there.
    pub(crate) fn reads(&self, id: &str) -> Result<Value> {
        let place = match id.split_once('_') {
            Some(("ord", _)) => "orders",
            Some(("pay", _)) => "payments",
            Some(("rfd", _)) => "refunds",
            _ => bail!("nobody knows where {id} is read"),
        };
        let path = format!("/api/v1/{place}/{id}");
        let answer = self.patiently(|| self.once("GET", &path, "", None))?;
        if answer.status != 200 {
            self.history.broken(format!("{id} was told of and now reads {}: {}", answer.status, answer.body));
            return Ok(Value::Null);
        }
        self.history.seen(&answer.body, Read::Fresh);
        Ok(serde_json::from_str(&answer.body)?)
    }

    /// A page of a list.
    pub(crate) fn lists(&self, path: &str) -> Result<Value> {
        let answer = self.patiently(|| self.once("GET", path, "", None))?;
        if answer.status != 200 {
            bail!("{path}: {} {}", answer.status, answer.body);
        }
        Ok(serde_json::from_str(&answer.body)?)
    }

    /// Something that a story found and that must not be.
    pub(crate) fn complains(&self, what: String) {
        self.history.broken(what);
    }

    /// The payer's browser comes back with what the provider gave it. It tries a few times, as people do.
    pub(crate) fn returns(&self, url: &str, fields: &Value) {
        const TRIES: u32 = 3;
        let Some(at) = url.find("/pay/") else { return };
        let body = form(fields);
        for _ in 0..TRIES {
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            let ask = Ask { method: "POST", path: &url[at..], headers: &headers, body: &body };
            let answer = http::call(self.world.address(self.node()), &ask, ANSWER_WITHIN);
            self.history.asked(answer.is_err());
            match answer {
                Ok(answer) if answer.status == 500 => {
                    self.history.broken(format!("500 on a return: {}", answer.body))
                }
                Ok(_) => return,
                Err(http::Lost) => std::thread::sleep(PAUSE),
            }
        }
    }

    /// The payer does something at the provider, which is always there.
    pub(crate) fn pays(&self, payment: &Value, fields: &[(&str, Value)]) -> Result<Value> {
        let order = payment["provider_order"].as_str().unwrap_or_default();
        let subject = if order.starts_with("plink_") { "payment_link_id" } else { "order_id" };
        let mut body = serde_json::json!({ subject: order, "method": "upi" });
        for (name, value) in fields {
            body[*name] = value.clone();
        }
        self.world.at_simulator("/sim/api/pay", &body)
    }

    fn insists(&self, path: &str, body: &str, key: &str) -> Result<Answer> {
        self.patiently(|| self.once("POST", path, body, Some(key)))
    }

    fn patiently(&self, ask: impl Fn() -> Option<Answer>) -> Result<Answer> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask() {
                return Ok(answer);
            }
            if Instant::now() > end {
                bail!("no answer within {PATIENCE:?}; the server's log ends with\n{}", self.world.log());
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// `None`: no answer, or one that asks to come again.
    fn once(&self, method: &str, path: &str, body: &str, key: Option<&str>) -> Option<Answer> {
        let mut headers =
            vec![("x-api-key", self.world.key.0.as_str()), ("x-api-secret", self.world.key.1.as_str())];
        if let Some(key) = key {
            headers.extend([("content-type", "application/json"), ("idempotency-key", key)]);
        }
        let ask = Ask { method, path, headers: &headers, body };
        let answer = http::call(self.world.address(self.node()), &ask, ANSWER_WITHIN);
        self.history.asked(answer.is_err());
        let answer = answer.ok()?;
        if answer.status == 500 {
            self.history.broken(format!("500 on {method} {path}: {}", answer.body));
        }
        // 502 is the provider's own refusal, and final; the others ask to come again.
        let again = answer.status == 429
            || (answer.status >= 500 && answer.status != 502)
            || code(&answer) == "idempotency_key_in_flight";
        (!again).then_some(answer)
    }

    /// Some refusals are the honest end of a story that a death got in the way of; these are not.
    fn note_refusal(&self, path: &str, answer: &Answer) {
        let code = code(answer);
        if matches!(answer.status, 400 | 401 | 403 | 404 | 405 | 422) && !EXPECTED.contains(&code.as_str()) {
            self.history.broken(format!("{} on POST {path}: {}", answer.status, answer.body));
        }
        self.history.refused(&code);
    }

    fn node(&self) -> usize {
        let nodes = self.world.nodes() as u64;
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        usize::try_from(dice.below(nodes)).unwrap_or(0)
    }
}

/// Refusals with these statuses that a story can run into by itself.
const EXPECTED: &[&str] = &["refund_exceeds_captured", "payment_not_refundable"];

fn code(answer: &Answer) -> String {
    let value: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
    value["code"].as_str().unwrap_or_default().to_owned()
}

/// `[[name, value], …]` as a form.
fn form(fields: &Value) -> String {
    let pairs = fields.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| escaped(value.as_str().unwrap_or_default());
    pairs.iter().map(|pair| format!("{}={}", text(&pair[0]), text(&pair[1]))).collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::form;
    use serde_json::json;

    #[test]
    fn forms_are_escaped() {
        assert_eq!(form(&json!([["a[b]", "1 2&3"], ["c", "ü"]])), "a%5Bb%5D=1%202%263&c=%C3%BC");
        assert_eq!(form(&json!(null)), "");
    }
}
