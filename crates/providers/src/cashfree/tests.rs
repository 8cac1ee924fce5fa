//! The adapter against literal bodies, signature vectors and the simulator.
//!
//! Where a wire with scripted answers stands in for the network it answers at once, so one poll runs a call to its end.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

mod against_sim;
mod doubts;
mod holds;
mod listed;
mod meanings;
mod notices;
mod requests;
mod signatures;
mod values;

use super::Cashfree;
use crate::contract::{Account, Call, CaptureBy, Flow, Hold, Opening, Payer, RefundAsk, Report, Subject};
use crate::testing::{NOW, Script, ok, run, status, with};
use crate::wire::{Answer, CallError, ReasonKind, Request};
use hundi_core::payment::{Happened, Try};
use hundi_core::{Mode, Money, OurRef, Secret};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ORDER: &str = include_str!("fixtures/order.json");
const PAYMENT: &str = include_str!("fixtures/payment.json");
const REFUND: &str = include_str!("fixtures/refund.json");
const SETTLED: &str = include_str!("fixtures/settled.json");
const VECTORS: &str = include_str!("fixtures/vectors.json");

const OUR_REF: &str = "01k4v9r2m8q5t7w3x6yz";
const REFUND_REF: &str = "01k4v9r2m8q5t7w3x6rf";
const PAYMENT_ID: &str = "12376123";
const CLIENT_ID: &str = "TESTHDWIRE00001";
const SECRET: &str = "cfsk_ma_test_wire-secret";
const SANDBOX: &str = "https://sandbox.cashfree.com";

/// `POST /pg/orders {..}`, one for each request.
#[track_caller]
fn sent(wire: &Script) -> Vec<String> {
    wire.sent().iter().map(shown).collect()
}

fn shown(request: &Request) -> String {
    let target = request.url.strip_prefix(SANDBOX).unwrap_or(&request.url);
    let body = str::from_utf8(&request.body).unwrap();
    format!("{} {target} {body}", request.method).trim_end().to_owned()
}

fn problem(code: u16, word: &str) -> Result<Answer, CallError> {
    problem_of(code, word, "invalid_request_error")
}

fn problem_of(code: u16, word: &str, kind: &str) -> Result<Answer, CallError> {
    status(code, json!({ "message": "no", "code": word, "type": kind }).to_string())
}

fn account() -> Account {
    Account {
        mode: Mode::Test,
        base_url: SANDBOX.to_owned(),
        simulated: false,
        credentials: BTreeMap::from([
            ("client_id".to_owned(), Secret::new(CLIENT_ID)),
            ("client_secret".to_owned(), Secret::new(SECRET)),
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
        keep_for: None,
    }
}

fn subject() -> Subject {
    let provider_order = OUR_REF.to_owned();
    Subject { our_ref: our_ref(), provider_order, flow: Some(Flow::Redirect), amount: Money::inr(1499_00) }
}

fn refund_ask() -> RefundAsk {
    RefundAsk {
        our_ref: REFUND_REF.parse().unwrap(),
        subject: subject(),
        provider_payment: PAYMENT_ID.to_owned(),
        amount: Money::inr(500_00),
        reason: "customer_request",
    }
}

fn hold(provider_payment: &str) -> Hold {
    let provider_payment = provider_payment.to_owned();
    Hold { subject: subject(), provider_payment, amount: Money::inr(1499_00) }
}

/// What reports say of tries, by the provider's id of each.
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

fn whats(reports: &[Report]) -> Vec<Try> {
    tries(reports).into_iter().map(|(_, what)| what).collect()
}

fn call<'a>(account: &'a Account, wire: &'a Script) -> Call<'a> {
    Call { account, wire }
}

fn payment(changes: &[(&str, Value)]) -> String {
    with(PAYMENT, changes)
}

fn list(items: &[String]) -> Result<Answer, CallError> {
    ok(format!("[{}]", items.join(",")))
}

fn paid() -> Try {
    Try::Captured { amount: Money::inr(1499_00) }
}

fn held() -> Try {
    Try::Authorized { amount: Money::inr(1499_00) }
}
