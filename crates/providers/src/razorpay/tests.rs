//! The adapter against literal bodies: Razorpay's documentation samples, recorded SDK requests, signature vectors.
//!
//! A wire with scripted answers stands in for the network. It answers at once, so one poll runs a call to its end.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

mod against_sim;
mod answers;
mod kept;
mod lists;
mod notices;
mod offers;
mod requests;
mod returns;
mod signatures;
mod verbs;

use super::Razorpay;
use crate::contract::{Account, Call, CaptureBy, Flow, Hold, Opening, Payer, RefundAsk, Report, Subject};
use crate::testing::{NOW, Script, ok, run, status, with};
use crate::wire::{Answer, CallError, Request};
use hundi_core::payment::{Happened, Try};
use hundi_core::{Method, Millis, Mode, Money, OurRef, Secret};
use serde_json::Value;
use std::collections::BTreeMap;

const ORDER: &str = include_str!("fixtures/order.json");
const PAYMENT: &str = include_str!("fixtures/payment.json");
const REFUND: &str = include_str!("fixtures/refund.json");
const PAYMENT_LINK: &str = include_str!("fixtures/payment_link.json");
const ERROR: &str = include_str!("fixtures/error.json");
const VECTORS: &str = include_str!("fixtures/vectors.json");

const OUR_REF: &str = "01k4v9r2m8q5t7w3x6yz";

/// `POST /v1/orders {"amount":..}`, one for each request, with the headers that are not on every one.
#[track_caller]
fn sent(wire: &Script) -> Vec<String> {
    wire.sent().iter().map(shown).collect()
}

fn shown(request: &Request) -> String {
    let target = request.url.strip_prefix("https://api.razorpay.com").unwrap_or(&request.url);
    let usual = ["authorization", "accept", "content-type"];
    let headers = request.headers.iter().filter(|h| !usual.contains(&h.name));
    let headers: String = headers.map(|h| format!("{}: {} ", h.name, h.value)).collect();
    let body = str::from_utf8(&request.body).unwrap();
    format!("{} {target} {headers}{body}", request.method).trim_end().to_owned()
}

fn refusal(text: &str) -> Result<Answer, CallError> {
    status(400, format!(r#"{{"error":{{"code":"BAD_REQUEST_ERROR","description":"{text}"}}}}"#))
}

fn collection(items: &[String]) -> Result<Answer, CallError> {
    ok(format!(r#"{{"entity":"collection","count":{},"items":[{}]}}"#, items.len(), items.join(",")))
}

fn account() -> Account {
    let secret = |text: &str| Secret::new(text);
    Account {
        mode: Mode::Test,
        base_url: "https://api.razorpay.com".to_owned(),
        simulated: false,
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
        keep_for: None,
    }
}

fn subject(provider_order: &str) -> Subject {
    let provider_order = provider_order.to_owned();
    Subject { our_ref: our_ref(), provider_order, flow: Some(Flow::Script), amount: Money::inr(1499_00) }
}

fn refund_ask() -> RefundAsk {
    RefundAsk {
        our_ref: our_ref(),
        subject: subject("order_HdTest00000001"),
        provider_payment: "pay_HdTest00000001".to_owned(),
        amount: Money::inr(500_00),
        reason: "customer_request",
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

fn hold(provider_payment: &str, amount: Money) -> Hold {
    Hold { subject: subject("order_HdTest00000001"), provider_payment: provider_payment.to_owned(), amount }
}

fn call<'a>(account: &'a Account, wire: &'a Script) -> Call<'a> {
    Call { account, wire }
}
