//! `hundi trigger EVENT`: makes an event truly happen in test mode. An order is created, a simulated payer pays it or
//! doesn't, money goes back: what is told then was caused, and hangs together with all that was told before it.

use super::api::{Api, Failed, Server, net, now, pause, place, text};
use anyhow::{Context, anyhow, bail};
use hundi_app::net::{Outgoing, To};
use serde_json::{Value, json};
use std::process::ExitCode;

const POLL_MS: u64 = 250;
const SIMULATOR_DEADLINE_MS: u64 = 10_000;
const AMOUNT: i64 = 149_900;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Such as order.paid; `list` names all that can be triggered.
    event: String,
    #[command(flatten)]
    server: Server,
    /// Where the payment's provider is simulated. A demo says so by itself.
    #[arg(long)]
    simulator: Option<String>,
    /// How long to wait for it, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=600))]
    wait: u32,
    /// Print the event as JSON and nothing else.
    #[arg(long)]
    json: bool,
}

/// What is done, and of which object the event is then told.
#[derive(Clone, Copy)]
enum Deed {
    OrderCreated,
    OrderCancelled,
    OrderExpired,
    /// A payment is begun whose payer does this; the event is the order's.
    OrderAfter(&'static str),
    /// The same; the event is the payment's.
    PaymentAfter(&'static str),
    PaymentAuthorized,
    PaymentCancelled,
    PaymentSuspended,
    DoubtResolved,
    Refund,
    RefundFails,
    Discrepancy,
    EndpointTest,
}

const DEEDS: &[(&str, Deed)] = &[
    ("order.created", Deed::OrderCreated),
    ("order.attempted", Deed::OrderAfter("leave")),
    ("order.paid", Deed::OrderAfter("pay")),
    ("order.cancelled", Deed::OrderCancelled),
    ("order.expired", Deed::OrderExpired),
    ("payment.created", Deed::PaymentAfter("leave")),
    ("payment.pending", Deed::PaymentAfter("leave")),
    ("payment.try_failed", Deed::PaymentAfter("decline")),
    ("payment.captured", Deed::PaymentAfter("pay")),
    ("payment.authorized", Deed::PaymentAuthorized),
    ("payment.cancelled", Deed::PaymentCancelled),
    ("payment.suspended", Deed::PaymentSuspended),
    ("payment.in_doubt", Deed::PaymentAfter("doubt")),
    ("payment.doubt_resolved", Deed::DoubtResolved),
    ("refund.requested", Deed::Refund),
    ("refund.processing", Deed::Refund),
    ("refund.processed", Deed::Refund),
    ("refund.failed", Deed::RefundFails),
    ("discrepancy.opened", Deed::Discrepancy),
    ("endpoint.test", Deed::EndpointTest),
];

pub(super) async fn trigger(options: Options) -> anyhow::Result<ExitCode> {
    let names = || DEEDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("\n");
    if options.event == "list" {
        println!("{}", names());
        return Ok(ExitCode::SUCCESS);
    }
    let Some((_, deed)) = DEEDS.iter().find(|(name, _)| *name == options.event) else {
        bail!("{} can't be triggered. These can:\n{}", options.event, names());
    };
    let api = Api::new(&options.server)?;
    if api.is_live() {
        bail!("events are triggered in test mode: use a test key");
    }
    let stage = Stage { api, simulator: options.simulator.clone(), quiet: options.json };
    let began = now();
    let about = stage.act(*deed).await?;
    let wait_ms = i64::from(options.wait) * 1000;
    loop {
        let path = match &about {
            About::Object(id) => format!("/events?limit=1&type={}&object_id={id}", options.event),
            About::AnyOf(..) => format!("/events?limit=20&type={}", options.event),
        };
        let page = stage.api.get(&path).await.map_err(told)?;
        let found = page["data"].as_array().into_iter().flatten().find(|event| about.is_of(event));
        if let Some(event) = found {
            if options.json {
                println!("{event}");
            } else {
                println!("{}  {}  {}", text(event, "type"), text(event, "id"), text(event, "object_id"));
            }
            return Ok(ExitCode::SUCCESS);
        }
        if now().since(began) > wait_ms {
            bail!("{} did not come within {} seconds", options.event, options.wait);
        }
        pause(POLL_MS).await;
    }
}

/// What the event is of.
enum About {
    Object(String),
    /// Of something that names this object in this field.
    AnyOf(&'static str, String),
}

impl About {
    fn is_of(&self, event: &Value) -> bool {
        match self {
            Self::Object(id) => text(event, "object_id") == id,
            Self::AnyOf(field, id) => text(&event["data"]["object"], field) == id,
        }
    }
}

struct Stage {
    api: Api,
    simulator: Option<String>,
    quiet: bool,
}

impl Stage {
    async fn act(&self, deed: Deed) -> anyhow::Result<About> {
        let object = |value: &Value| About::Object(text(value, "id").to_owned());
        Ok(match deed {
            Deed::OrderCreated => object(&self.order(&json!({})).await?),
            Deed::OrderCancelled => {
                let order = self.order(&json!({})).await?;
                let path = format!("/orders/{}/cancel", text(&order, "id"));
                object(&self.does(&path, &json!({}), None).await?)
            }
            Deed::OrderExpired => {
                // The shortest time that an order may have.
                let soon = now().plus(62_000).to_string();
                let order = self.order(&json!({ "expires_at": soon })).await?;
                self.says("it expires in a minute: give --wait 90");
                object(&order)
            }
            Deed::OrderAfter(outcome) => {
                let order = self.order(&json!({})).await?;
                self.payment(&order, Some(outcome)).await?;
                object(&order)
            }
            Deed::PaymentAfter(outcome) => {
                let order = self.order(&json!({})).await?;
                object(&self.payment(&order, Some(outcome)).await?)
            }
            Deed::PaymentAuthorized => object(&self.held().await?),
            Deed::PaymentCancelled => {
                let payment = self.held().await?;
                self.until(&payment, "authorized").await?;
                let path = format!("/payments/{}/cancel", text(&payment, "id"));
                object(&self.does(&path, &json!({}), None).await?)
            }
            Deed::PaymentSuspended => object(&self.wrongly_paid().await?),
            Deed::Discrepancy => {
                let payment = self.wrongly_paid().await?;
                About::AnyOf("payment_id", text(&payment, "id").to_owned())
            }
            Deed::DoubtResolved => {
                let order = self.order(&json!({})).await?;
                let payment = self.payment(&order, Some("doubt")).await?;
                let path = format!("/payments/{}/check", text(&payment, "id"));
                object(&self.does(&path, &json!({}), None).await?)
            }
            Deed::Refund => {
                let payment = self.paid().await?;
                let path = format!("/payments/{}/refunds", text(&payment, "id"));
                object(&self.does(&path, &json!({ "amount": AMOUNT / 2 }), None).await?)
            }
            Deed::RefundFails => {
                let payment = self.paid().await?;
                let amount = AMOUNT / 2 - now().0.rem_euclid(1_000);
                let fault = json!({ "fault": "refund_fails", "ms": 500, "op": "refund", "amount": amount, "times": 1 });
                self.at_simulator(&payment, "/sim/control/dials", &fault).await?;
                let path = format!("/payments/{}/refunds", text(&payment, "id"));
                object(&self.does(&path, &json!({ "amount": amount }), None).await?)
            }
            Deed::EndpointTest => {
                let page = self.api.get("/endpoints?limit=1").await.map_err(told)?;
                let id = page["data"][0]["id"].as_str();
                let id = id.context("there is no endpoint to test: register one first")?;
                let event = self.does(&format!("/endpoints/{id}/test"), &json!({}), None).await?;
                About::Object(text(&event, "object_id").to_owned())
            }
        })
    }

    async fn order(&self, more: &Value) -> anyhow::Result<Value> {
        let mut body = json!({ "amount": AMOUNT, "currency": "INR", "receipt": "hundi trigger" });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.does("/orders", &body, None).await
    }

    async fn payment(&self, order: &Value, outcome: Option<&str>) -> anyhow::Result<Value> {
        self.does("/payments", &json!({ "order_id": text(order, "id") }), outcome).await
    }

    async fn held(&self) -> anyhow::Result<Value> {
        let order = self.order(&json!({ "capture": "manual" })).await?;
        self.payment(&order, Some("authorize")).await
    }

    async fn paid(&self) -> anyhow::Result<Value> {
        let order = self.order(&json!({})).await?;
        let payment = self.payment(&order, Some("pay")).await?;
        self.until(&payment, "captured").await?;
        Ok(payment)
    }

    /// The payer is charged something else than was asked.
    async fn wrongly_paid(&self) -> anyhow::Result<Value> {
        let order = self.order(&json!({})).await?;
        let payment = self.payment(&order, None).await?;
        let there = text(&payment, "provider_order");
        let fault = json!({
            "fault": "wrong_amount", "minor": AMOUNT - 100, "op": "pay", "order_id": there, "times": 1,
        });
        self.at_simulator(&payment, "/sim/control/dials", &fault).await?;
        self.at_simulator(&payment, "/sim/api/pay", &json!({ "order": there, "outcome": "pay" })).await?;
        Ok(payment)
    }

    async fn until(&self, payment: &Value, status: &str) -> anyhow::Result<()> {
        const LOOKS_MAX: usize = 120;
        let path = format!("/payments/{}", text(payment, "id"));
        for _ in 0..LOOKS_MAX {
            let read = self.api.get(&path).await.map_err(told)?;
            if text(&read, "status") == status {
                return Ok(());
            }
            pause(POLL_MS).await;
        }
        bail!("the payment did not become {status}; is the simulator's webhook set?")
    }

    async fn does(&self, path: &str, body: &Value, outcome: Option<&str>) -> anyhow::Result<Value> {
        let headers: Vec<(&str, &str)> =
            outcome.map(|outcome| ("hundi-test-outcome", outcome)).into_iter().collect();
        let done = self.api.post(path, body, &headers).await.map_err(told)?;
        self.says(&format!("POST {path}: {} {}", text(&done, "id"), text(&done, "status")));
        Ok(done)
    }

    fn says(&self, what: &str) {
        if !self.quiet {
            println!("  {what}");
        }
    }

    async fn at_simulator(&self, payment: &Value, path: &str, body: &Value) -> anyhow::Result<()> {
        let base = match &self.simulator {
            Some(base) => base.trim_end_matches('/').to_owned(),
            None => self.simulator_of(payment).await?,
        };
        let place = place(&base).context("--simulator")?;
        let out = Outgoing {
            method: "POST".into(),
            url: format!("{base}{path}"),
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
            deadline_ms: SIMULATOR_DEADLINE_MS,
            body_bytes_max: 1 << 20,
            to: To::Provider,
        };
        let answer = net(vec![place.allow])?.send(out).await.context("the simulator does not answer")?;
        if answer.status >= 300 {
            bail!("the simulator refuses: {}", String::from_utf8_lossy(&answer.body));
        }
        self.says(&format!("at the simulator: POST {path}"));
        Ok(())
    }

    /// As a demo tells it.
    async fn simulator_of(&self, payment: &Value) -> anyhow::Result<String> {
        let connection = self.api.get(&format!("/connections/{}", text(payment, "connection_id"))).await;
        let connection = connection.map_err(told)?;
        let unknown =
            "where the provider is simulated is not known: say so with --simulator http://127.0.0.1:4010";
        let demo = self.api.get("/test/merchant").await.map_err(|_| anyhow!(unknown))?;
        let url = demo["simulators"][text(&connection, "provider")].as_str();
        Ok(url.context(unknown)?.to_owned())
    }
}

fn told(failed: Failed) -> anyhow::Error {
    anyhow!("{failed}")
}
