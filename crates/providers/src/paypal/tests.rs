//! The adapter against literal bodies: PayPal's documented samples, recorded SDK requests, signature vectors.
//!
//! A wire with scripted answers stands in for the network. It answers at once, so one poll runs a call to its end.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as dollars_cents")]

mod against_sim;
mod answers;
mod balances;
mod doubts;
mod lists;
mod notices;
mod requests;
mod signatures;
mod values;
mod verbs;

use super::PayPal;
use crate::contract::{Account, Call, CaptureBy, Flow, Hold, Opening, Payer, RefundAsk, Report, Subject};
use crate::testing::{NOW, Script, ok, run, status, with};
use crate::wire::{Answer, CallError, ReasonKind, Request, Wire};
use hundi_core::payment::{Happened, Try};
use hundi_core::{Currency, Millis, Mode, Money, OurRef, Secret};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ORDER: &str = include_str!("fixtures/order.json");
const CAPTURED: &str = include_str!("fixtures/captured.json");
const AUTHORIZED: &str = include_str!("fixtures/authorized.json");
const CAPTURE: &str = include_str!("fixtures/capture.json");
const REFUND: &str = include_str!("fixtures/refund.json");
const ERROR: &str = include_str!("fixtures/error.json");
const VECTORS: &str = include_str!("fixtures/vectors.json");

const OUR_REF: &str = "01k4v9r2m8q5t7w3x6yz";
const REFUND_REF: &str = "01k4v9r2m8q5t7w3x6za";
const ORDER_ID: &str = "5HD00000TEST0000A";
const CAPTURE_ID: &str = "3HD00000TEST00001";
const HOLD_ID: &str = "7HD00000TEST0000H";
const REFUND_ID: &str = "1HD0REFUND0000001";

/// A wire that already holds a token, so that scripts tell of the call at hand alone.
fn script(answers: Vec<Result<Answer, CallError>>) -> Script {
    let wire = Script::new(answers);
    wire.keep("token", &Secret::new("A21AAtest"), NOW.plus(3_600_000));
    wire
}

/// `POST /v2/checkout/orders PayPal-Request-Id: .. {..}`, one for each request.
#[track_caller]
fn sent(wire: &Script) -> Vec<String> {
    wire.sent().iter().map(shown).collect()
}

fn shown(request: &Request) -> String {
    let target = request.url.strip_prefix("https://api-m.sandbox.paypal.com").unwrap_or(&request.url);
    let usual = ["authorization", "accept", "content-type", "Prefer"];
    let headers = request.headers.iter().filter(|h| !usual.contains(&h.name));
    let headers: String = headers.map(|h| format!("{}: {} ", h.name, h.value)).collect();
    let body = str::from_utf8(&request.body).unwrap();
    format!("{} {target} {headers}{body}", request.method).trim_end().to_owned()
}

fn refusal(issue: &str) -> Result<Answer, CallError> {
    let body =
        json!({"name": "UNPROCESSABLE_ENTITY", "debug_id": "90957fca61718", "details": [{"issue": issue}]});
    status(422, body.to_string())
}

fn account() -> Account {
    let pair = |name: &str, value: &str| (name.to_owned(), Secret::new(value));
    Account {
        mode: Mode::Test,
        base_url: "https://api-m.sandbox.paypal.com".to_owned(),
        simulated: false,
        credentials: BTreeMap::from([
            pair("client_id", "cid"),
            pair("client_secret", "sec"),
            pair("webhook_id", "8AB12345CD678901E"),
        ]),
        enabled: vec![],
    }
}

fn our_ref() -> OurRef {
    OUR_REF.parse().unwrap()
}

fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::USD)
}

fn opening() -> Opening {
    Opening {
        our_ref: our_ref(),
        amount: usd(24_50),
        flow: Flow::Redirect,
        description: "Invoice 42".to_owned(),
        merchant_name: "Chai & Co".to_owned(),
        payer: Payer::default(),
        return_url: "https://pay.example/pay/tok3n/return".to_owned(),
        expires_at: NOW.plus(1_800_000),
        capture: CaptureBy::Provider,
        keep_for: None,
    }
}

fn subject_of(provider_order: &str) -> Subject {
    let provider_order = provider_order.to_owned();
    Subject { our_ref: our_ref(), provider_order, flow: Some(Flow::Redirect), amount: usd(24_50) }
}

fn subject() -> Subject {
    subject_of(ORDER_ID)
}

fn hold() -> Hold {
    Hold { subject: subject(), provider_payment: HOLD_ID.to_owned(), amount: usd(24_50) }
}

fn refund_ask() -> RefundAsk {
    RefundAsk {
        our_ref: REFUND_REF.parse().unwrap(),
        subject: subject(),
        provider_payment: CAPTURE_ID.to_owned(),
        amount: usd(4_50),
        reason: "customer_request",
    }
}

/// The tries in reports: our name of each, and what was said of it.
fn tries(reports: &[Report]) -> Vec<(String, Try)> {
    let tried = |report: &Report| match report {
        Report::Payment { fact, .. } => match &fact.happened {
            Happened::Tried { provider_payment, what, .. } => Some((provider_payment.clone(), what.clone())),
            _ => None,
        },
        Report::Refund { .. } => None,
    };
    reports.iter().filter_map(tried).collect()
}

fn is_approved(report: &Report) -> bool {
    matches!(report, Report::Payment { fact, .. } if fact.happened == Happened::Approved)
}

fn call<'a>(account: &'a Account, wire: &'a Script) -> Call<'a> {
    Call { account, wire }
}

/// A documented body with something changed anywhere in it: `/purchase_units/0/custom_id`.
fn at(body: &str, changes: &[(&str, Value)]) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap();
    for (pointer, value) in changes {
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value.clone();
    }
    body.to_string()
}
