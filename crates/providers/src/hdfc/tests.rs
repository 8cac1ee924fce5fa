//! The adapter against literal bodies, the vectors of the fact sheet, and the simulator.
//!
//! A wire with scripted answers stands in for the network. It answers at once, so one poll runs a call to its end.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

mod against_sim;
mod answers;
mod doubts;
mod meanings;
mod notices;
mod requests;
mod settled;
mod signatures;
mod told_by_sim;

use super::Hdfc;
use super::sealed::Keys;
use crate::contract::{Account, Call, CaptureBy, Flow, Opening, Payer, RefundAsk, Report, Subject};
use crate::testing::{NOW, Script, ok, run, status, with};
use crate::wire::{CallError, ReasonKind};
use hundi_core::payment::{Happened, Try};
use hundi_core::{Mode, Money, OurRef, Secret};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SESSION: &str = include_str!("fixtures/session.json");
const ORDER: &str = include_str!("fixtures/order.json");
const REFUND: &str = include_str!("fixtures/refund.json");
const WEBHOOK: &str = include_str!("fixtures/webhook.json");
const VECTORS: &str = include_str!("fixtures/vectors.json");

const OUR_REF: &str = "01k4v9r2m8q5t7w3x6yz";
const REFUND_REF: &str = "rf4v9r2m8q5t7w3x6yz0";
const TXN: &str = "SGTEST-01k4v9r2m8q5t7w3x6yz-1";
const RESPONSE_KEY: &str = "0F1E2D3C4B5A69788796A5B4C3D2E1F0";

fn cases() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    vectors["cases"].as_array().unwrap().clone()
}

fn case(id: &str) -> Value {
    cases().into_iter().find(|case| case["id"] == id).unwrap()
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("{field} in {case}"))
}

fn account() -> Account {
    let credential = |(name, value): (&str, &str)| (name.to_owned(), Secret::new(value));
    let credentials = [
        ("merchant_id", "SGTEST"),
        ("payment_page_client_id", "hdfcmaster"),
        ("api_key", "HUNDIAPIKEY0001"),
        ("response_key", RESPONSE_KEY),
    ];
    Account {
        mode: Mode::Test,
        base_url: "https://smartgateway.hdfcuat.bank.in".to_owned(),
        simulated: false,
        credentials: BTreeMap::from(credentials.map(credential)),
        enabled: vec![],
    }
}

/// The same with the keys of the recorded messages.
fn sealed_account() -> Account {
    let answer = case("jwe-answer");
    let keys = [
        ("auth", "jwt"),
        ("key_id", text(&answer, "kid")),
        ("our_private_key", text(&answer, "merchant_private_key_test_only")),
        ("bank_public_key", text(&answer, "server_public_key")),
    ];
    let mut account = account();
    account.credentials.extend(keys.map(|(name, value)| (name.to_owned(), Secret::new(value))));
    account
}

/// The other side of the recorded messages: seals for us what we can open.
fn bank() -> Keys {
    let request = case("jwe-request");
    let (theirs, ours) =
        (text(&request, "server_private_key_test_only"), text(&request, "merchant_public_key"));
    Keys::new(text(&request, "kid"), theirs, ours).unwrap()
}

fn our_ref() -> OurRef {
    OUR_REF.parse().unwrap()
}

fn opening() -> Opening {
    Opening {
        our_ref: our_ref(),
        amount: Money::inr(499_00),
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

fn subject() -> Subject {
    Subject {
        our_ref: our_ref(),
        provider_order: OUR_REF.to_owned(),
        flow: Some(Flow::Redirect),
        amount: Money::inr(499_00),
    }
}

fn refund_ask() -> RefundAsk {
    RefundAsk {
        our_ref: REFUND_REF.parse().unwrap(),
        subject: subject(),
        provider_payment: TXN.to_owned(),
        amount: Money::inr(100_00),
        reason: "customer_request",
    }
}

fn call<'a>(account: &'a Account, wire: &'a Script) -> Call<'a> {
    Call { account, wire }
}

/// The documented order with these refunds in it.
fn with_refunds(refunds: &[Value]) -> String {
    with(ORDER, &[("refunds", json!(refunds)), ("refunded", json!(!refunds.is_empty()))])
}

fn refund_with(changes: &[(&str, Value)]) -> Value {
    serde_json::from_str(&with(REFUND, changes)).unwrap()
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

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, CallError>, kind: ReasonKind) {
    match outcome {
        Err(CallError::NotDone(reason)) if reason.kind == kind => {}
        other => panic!("{other:?} should be surely not done: {kind:?}"),
    }
}

#[track_caller]
fn unknown<T: std::fmt::Debug>(outcome: Result<T, CallError>, kind: ReasonKind) {
    match outcome {
        Err(CallError::Unknown(reason)) if reason.kind == kind => {}
        other => panic!("{other:?} should be unknown: {kind:?}"),
    }
}
