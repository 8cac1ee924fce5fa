//! Twins: one request under one key, sent to every server at once, and whoever works on it dies there. Asked again at
//! all of them until each has answered, they have to give one answer, for one deed (PRODUCT PY7).

use crate::client::Client;
use crate::dice::Dice;
use crate::http::{self, Answer, Ask};
use crate::points::AFTER_DEATH_MS;
use crate::process::{Death, KILLED};
use crate::told::{History, Told};
use crate::world::{Started, World};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// What is asked for, and where whoever does it dies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Twins {
    pub(crate) point: &'static str,
    deed: Deed,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Order,
    Payment,
    Capture,
    Refund,
}

const fn twins(point: &'static str, deed: Deed) -> Twins {
    Twins { point, deed }
}

/// After each beat of every request that takes a key.
pub(crate) const TWINS: &[Twins] = &[
    twins("order.after_create", Deed::Order),
    twins("pay.after_begin", Deed::Payment),
    twins("pay.after_call", Deed::Payment),
    twins("pay.after_record", Deed::Payment),
    twins("pay.before_answer", Deed::Payment),
    twins("answer.after_keep", Deed::Payment),
    twins("capture.after_begin", Deed::Capture),
    twins("capture.after_call", Deed::Capture),
    twins("capture.after_record", Deed::Capture),
    twins("capture.before_answer", Deed::Capture),
    twins("refund.after_begin", Deed::Refund),
    twins("refund.after_call", Deed::Refund),
    twins("refund.after_record", Deed::Refund),
    twins("refund.before_answer", Deed::Refund),
];

/// Askers at once; with one server they all ask that one.
const ASKERS: usize = 3;
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(25);
/// Looks at a payment until the payer's bank holds the money.
const LOOKS_MAX: u32 = 400;

/// Sends one request to all servers, each of which dies where the point is, and asks until all have answered. Returns
/// how many died.
pub(crate) fn ask(world: &World, history: &History, dice: &mut Dice, twins: Twins) -> Result<u32> {
    let key = format!("twins-{}-{:x}", twins.point, dice.below(1 << 32));
    let client = Client::new(world, history, format!("{key}-before"), dice.apart());
    let request = twins.deed.prepared(&client, key).with_context(|| format!("before {}", twins.point))?;
    for node in 0..world.nodes() {
        world.stop(node)?;
        is_up(world, world.start(node, Some(twins.point))?)?;
    }
    let (mut deaths, mut answers) = (0, Vec::new());
    let end = Instant::now() + PATIENCE;
    // Each asker has an answer, and the processes that died of giving it are seen to be dead.
    while answers.len() < ASKERS {
        ensure!(Instant::now() < end, "no answers to {} after {deaths} deaths: {}", request.key, world.log());
        answers = request.at_once(world, history)?;
        let died = come_back(world)?;
        if died > 0 {
            deaths += died;
            // Another body under a key in flight is another request, also while nobody answers the first.
            request.refuses_another(world, history)?;
            world.clock.advance(AFTER_DEATH_MS)?;
        } else if answers.len() < ASKERS {
            std::thread::sleep(PAUSE);
        }
    }
    ensure!(deaths > 0, "nobody came to {}", twins.point);
    if answers.iter().any(|answer| *answer != answers[0]) {
        history.broken(format!("W5 twins at {} were answered {answers:?}", twins.point));
    }
    request.refuses_another(world, history)?;
    let (told, path, body) = (answers.swap_remove(0), request.path.clone(), request.body.clone());
    history.answered(Told { key: request.key.clone(), path, body, answer: told.clone() });
    twins.deed.was_done_once(world, history, &client, &request, &serde_json::from_str(&told.body)?)?;
    // Whoever was not the one to die would do so later, of another's request.
    for node in 0..world.nodes() {
        world.stop(node)?;
        is_up(world, world.start(node, None)?)?;
    }
    Ok(deaths)
}

fn is_up(world: &World, started: Started) -> Result<()> {
    match started {
        Started::Ready => Ok(()),
        Started::Died(death) => bail!("a start ended with {death:?}: {}", world.log()),
    }
}

/// Starts whoever died, to live this time.
fn come_back(world: &World) -> Result<u32> {
    let mut died = 0;
    for node in 0..world.nodes() {
        if let Some(death) = world.death(node)? {
            ensure!(death == Death::Signal(KILLED), "a server ended with {death:?}: {}", world.log());
            is_up(world, world.start(node, None)?)?;
            died += 1;
        }
    }
    Ok(died)
}

/// A request under its key, and the same key's wrong one.
struct Request {
    key: String,
    path: String,
    body: String,
    another: String,
}

impl Request {
    /// Asks all servers at the same moment. Final answers alone.
    fn at_once(&self, world: &World, history: &History) -> Result<Vec<Answer>> {
        let together = Barrier::new(ASKERS);
        let all = std::thread::scope(|scope| {
            let asks = (0..ASKERS).map(|n| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    self.asks(world, history, n, &self.body)
                })
            });
            // All are on their way before the first is waited for.
            let asks: Vec<_> = asks.collect();
            asks.into_iter().map(|ask| ask.join()).collect::<Vec<_>>()
        });
        let mut answers = Vec::new();
        for answer in all {
            match answer.map_err(|_| anyhow::anyhow!("an asker panicked"))? {
                Some(answer) if answer.status < 300 => answers.push(answer),
                Some(answer) if code(&answer) == "idempotency_key_in_flight" || answer.status == 503 => {}
                Some(answer) => bail!("{} was answered {}: {}", self.key, answer.status, answer.body),
                None => {}
            }
        }
        Ok(answers)
    }

    /// Another body under the same key does nothing, anywhere.
    fn refuses_another(&self, world: &World, history: &History) -> Result<()> {
        for node in 0..world.nodes() {
            let mut answer = self.asks(world, history, node, &self.another);
            if answer.is_none() {
                // Its own worker may have come to the point meanwhile.
                std::thread::sleep(PAUSE);
                if come_back(world)? > 0 {
                    answer = self.asks(world, history, node, &self.another);
                }
            }
            match answer {
                Some(answer) if code(&answer) == "idempotency_key_reused" => {}
                other => history.broken(format!("{} took another body: {other:?}", self.key)),
            }
        }
        Ok(())
    }

    /// `None`: there was no whole answer.
    fn asks(&self, world: &World, history: &History, node: usize, body: &str) -> Option<Answer> {
        let headers = [
            ("x-api-key", world.key.0.as_str()),
            ("x-api-secret", world.key.1.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", self.key.as_str()),
        ];
        let ask = Ask { method: "POST", path: &self.path, headers: &headers, body };
        let answer = http::call(world.address(node), &ask, ANSWER_WITHIN);
        history.asked(answer.is_err());
        answer.ok()
    }
}

impl Deed {
    /// Everything that has to be there before the request itself.
    fn prepared(self, client: &Client<'_>, key: String) -> Result<Request> {
        let request = |path: String, body: Value, another: Value| Request {
            path,
            body: body.to_string(),
            another: another.to_string(),
            key: key.clone(),
        };
        let of =
            |amount: i64, capture: &str| json!({ "amount": amount, "currency": "INR", "capture": capture });
        if let Self::Order = self {
            let order = |amount: i64| {
                let mut order = of(amount, "automatic");
                order["receipt"] = json!(key);
                order
            };
            return Ok(request("/api/v1/orders".to_owned(), order(70_000), order(70_001)));
        }
        let capture = if let Self::Capture = self { "manual" } else { "automatic" };
        let order = client.posts("/api/v1/orders", &of(70_000, capture))?.context("the order was refused")?;
        let wanted = |flow: &str| json!({ "order_id": order["id"], "flow": flow });
        if let Self::Payment = self {
            return Ok(request("/api/v1/payments".to_owned(), wanted("script"), wanted("redirect")));
        }
        let begun =
            client.posts("/api/v1/payments", &wanted("script"))?.context("the payment was refused")?;
        client.pays(&begun, &[("outcome", json!("pay"))])?;
        let id = begun["id"].as_str().unwrap_or_default();
        becomes(client, id, if let Self::Capture = self { "authorized" } else { "captured" })?;
        Ok(match self {
            Self::Capture => {
                request(format!("/api/v1/payments/{id}/capture"), json!({}), json!({ "amount": 1_000 }))
            }
            Self::Order | Self::Payment | Self::Refund => {
                let back = |amount: i64| json!({ "amount": amount });
                request(format!("/api/v1/payments/{id}/refunds"), back(20_000), back(20_001))
            }
        })
    }

    /// One object here, and at most one deed at the provider. What the judge counts in any world, captures and refunds
    /// by their money, it counts of these too.
    fn was_done_once(
        self,
        world: &World,
        history: &History,
        client: &Client<'_>,
        request: &Request,
        told: &Value,
    ) -> Result<()> {
        let list = match self {
            Self::Order => format!("/api/v1/orders?receipt={}", request.key),
            Self::Payment | Self::Capture => {
                format!("/api/v1/orders/{}/payments", told["order_id"].as_str().unwrap_or_default())
            }
            Self::Refund => request.path.clone(),
        };
        let there = client.lists(&list)?["data"].as_array().map_or(0, Vec::len);
        if there != 1 {
            history.broken(format!("{there} of what {} asked for once", request.key));
        }
        if let Self::Payment = self {
            let journal = world.journal("razorpay")?;
            let opened = journal.iter().filter(|line| {
                line["what"] == "order" && line["our_ref"] == told["our_ref"] && told["our_ref"].is_string()
            });
            // Whoever died before the call had not called: then whoever came after did not open it a second time.
            let (opened, shown) = (opened.count(), told["provider_order"].is_string());
            if opened > 1 || (shown && opened == 0) {
                history.broken(format!("{} was opened {opened} times at the provider", request.key));
            }
        }
        Ok(())
    }
}

/// The provider tells of it by itself, and is asked when it does not.
fn becomes(client: &Client<'_>, payment: &str, status: &str) -> Result<()> {
    for look in 1..=LOOKS_MAX {
        if client.reads(payment)?["status"] == status {
            return Ok(());
        }
        if look % 50 == 0 {
            client.posts(&format!("/api/v1/payments/{payment}/check"), &json!({}))?;
        }
        std::thread::sleep(PAUSE);
    }
    bail!("{payment} does not become {status}")
}

fn code(answer: &Answer) -> String {
    let value: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
    value["code"].as_str().unwrap_or_default().to_owned()
}
