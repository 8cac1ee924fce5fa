//! The adapter against literal bodies: Razorpay's documentation samples, recorded SDK requests, signature vectors.
//!
//! A wire with scripted answers stands in for the network. It answers at once, so one poll runs a call to its end.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

mod against_sim;
mod answers;
mod notices;
mod requests;
mod returns;
mod signatures;
mod verbs;

use super::Razorpay;
use crate::contract::{Account, Call, CaptureBy, Flow, Opening, Payer, RefundAsk, Report, Subject};
use crate::wire::{Answer, CallError, Request, Wire};
use async_trait::async_trait;
use hundi_core::payment::{Happened, Try};
use hundi_core::{Millis, Mode, Money, OurRef, Secret};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

const ORDER: &str = include_str!("fixtures/order.json");
const PAYMENT: &str = include_str!("fixtures/payment.json");
const REFUND: &str = include_str!("fixtures/refund.json");
const PAYMENT_LINK: &str = include_str!("fixtures/payment_link.json");
const ERROR: &str = include_str!("fixtures/error.json");
const VECTORS: &str = include_str!("fixtures/vectors.json");

const OUR_REF: &str = "01k4v9r2m8q5t7w3x6yz";
const NOW: Millis = Millis(1_789_000_000_000);

/// Answers in order and remembers what was asked. Running dry is a test's mistake.
struct Script {
    answers: Mutex<VecDeque<Result<Answer, CallError>>>,
    sent: Mutex<Vec<Request>>,
}

#[async_trait]
impl Wire for Script {
    async fn send(&self, request: Request) -> Result<Answer, CallError> {
        self.sent.lock().unwrap().push(request);
        self.answers.lock().unwrap().pop_front().expect("one answer for each request")
    }

    fn now(&self) -> Millis {
        NOW
    }
}

impl Script {
    fn new(answers: Vec<Result<Answer, CallError>>) -> Self {
        Self { answers: Mutex::new(answers.into()), sent: Mutex::new(vec![]) }
    }

    /// `POST /v1/orders {"amount":..}`, one for each request, with the headers that are not on every one.
    fn sent(&self) -> Vec<String> {
        assert!(self.answers.lock().unwrap().is_empty(), "answers that nobody asked for");
        self.sent.lock().unwrap().iter().map(shown).collect()
    }
}

fn shown(request: &Request) -> String {
    let target = request.url.strip_prefix("https://api.razorpay.com").unwrap_or(&request.url);
    let usual = ["authorization", "accept", "content-type"];
    let headers = request.headers.iter().filter(|h| !usual.contains(&h.name));
    let headers: String = headers.map(|h| format!("{}: {} ", h.name, h.value)).collect();
    let body = str::from_utf8(&request.body).unwrap();
    format!("{} {target} {headers}{body}", request.method).trim_end().to_owned()
}

fn ok(body: impl Into<String>) -> Result<Answer, CallError> {
    status(200, body)
}

#[expect(clippy::unnecessary_wraps, reason = "stands in a list beside failures of the wire")]
fn status(status: u16, body: impl Into<String>) -> Result<Answer, CallError> {
    Ok(Answer { status, headers: vec![], body: body.into().into_bytes() })
}

fn refusal(text: &str) -> Result<Answer, CallError> {
    status(400, format!(r#"{{"error":{{"code":"BAD_REQUEST_ERROR","description":"{text}"}}}}"#))
}

fn collection(items: &[String]) -> Result<Answer, CallError> {
    ok(format!(r#"{{"entity":"collection","count":{},"items":[{}]}}"#, items.len(), items.join(",")))
}

/// A documented body with some of its fields changed.
fn with(body: &str, changes: &[(&str, Value)]) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap();
    for (name, value) in changes {
        body[name] = value.clone();
    }
    body.to_string()
}

fn account() -> Account {
    let secret = |text: &str| Secret::new(text);
    Account {
        mode: Mode::Test,
        base_url: "https://api.razorpay.com".to_owned(),
        credentials: BTreeMap::from([
            ("key_id".to_owned(), secret("rzp_test_HdWire00001")),
            ("key_secret".to_owned(), secret("wire-secret")),
        ]),
        enabled: vec![],
    }
}

fn our_ref() -> OurRef {
    OUR_REF.parse().unwrap()
}

fn opening(flow: Flow) -> Opening {
    Opening {
        our_ref: our_ref(),
        amount: Money::inr(1499_00),
        flow,
        description: "Invoice 42".to_owned(),
        merchant_name: "Chai & Co".to_owned(),
        payer: Payer::default(),
        return_url: "https://pay.example/pay/tok3n/return".to_owned(),
        expires_at: NOW.plus(1_800_000),
        capture: CaptureBy::Provider,
    }
}

fn subject(provider_order: &str) -> Subject {
    let provider_order = provider_order.to_owned();
    Subject { our_ref: our_ref(), provider_order, flow: Flow::Script, amount: Money::inr(1499_00) }
}

fn refund_ask() -> RefundAsk {
    RefundAsk {
        our_ref: our_ref(),
        provider_payment: "pay_HdTest00000001".to_owned(),
        amount: Money::inr(500_00),
        reason: "customer_request",
    }
}

/// Runs a call that never waits.
#[track_caller]
fn run<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the scripted wire answers at once"),
    }
}

/// The tries in reports, each with the order that it names.
fn tries(reports: &[Report]) -> Vec<(String, String, Try)> {
    let tried = |report: &Report| match report {
        Report::Payment { about, fact } => match &fact.happened {
            Happened::Tried { provider_payment, what, .. } => Some((
                about.provider_order.clone().unwrap_or_default(),
                provider_payment.clone(),
                what.clone(),
            )),
            _ => None,
        },
        Report::Refund { .. } => None,
    };
    reports.iter().filter_map(tried).collect()
}

fn call<'a>(account: &'a Account, wire: &'a Script) -> Call<'a> {
    Call { account, wire }
}
