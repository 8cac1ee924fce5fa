//! The adapter against literal bodies, checksum vectors and the simulator.
//!
//! Where a wire with scripted answers stands in for the network it answers at once, so one poll runs a call to its end.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

mod afterwards;
mod against_sim;
mod answers;
mod doubts;
mod meanings;
mod notices;
mod refunds;
mod requests;
mod returns;
mod settlements;
mod signatures;
mod times;

use super::{Paytm, sign};
use crate::contract::{Account, Call, CaptureBy, Flow, Opening, Payer, RefundAsk, Report, Subject};
use crate::testing::{NOW, Script, ok, run, status};
use crate::wire::{Answer, CallError, Request};
use hundi_core::payment::{Happened, Try};
use hundi_core::{Millis, Mode, Money, OurRef, Secret};
use serde_json::Value;
use std::collections::BTreeMap;

const VECTORS: &str = include_str!("fixtures/vectors.json");
const STATUS: &str = include_str!("fixtures/status.json");
const REFUND: &str = include_str!("fixtures/refund_apply.json");
const REFUND_STATUS: &str = include_str!("fixtures/refund_status.json");

const MID: &str = "HUNDIM00000000000001";
const KEY: &str = "hUnD1_Key@16&tst";
const OUR_REF: &str = "01k4v9r2m8q5t7w3x6yz";
const REFUND_REF: &str = "01k4v9r2m8q5t7w3x6rf";
const TXN: &str = "20260101111212800110168000000000001";
const REFUND_ID: &str = "20260102020368450988000000000000001";
const LIVE: &str = "https://secure.paytmpayments.com";
/// 2026-01-01 12:00:05 in India.
const TXN_AT: Millis = Millis(1_767_249_005_000);

fn account() -> Account {
    let secret = |text: &str| Secret::new(text);
    Account {
        mode: Mode::Live,
        base_url: LIVE.to_owned(),
        simulated: false,
        credentials: BTreeMap::from([
            ("mid".to_owned(), secret(MID)),
            ("merchant_key".to_owned(), secret(KEY)),
        ]),
        enabled: vec!["upi_intent".to_owned()],
    }
}

fn with_credential(name: &str, value: &str) -> Account {
    let mut account = account();
    account.credentials.insert(name.to_owned(), Secret::new(value));
    account
}

fn our_ref() -> OurRef {
    OUR_REF.parse().unwrap()
}

fn opening(flow: Flow) -> Opening {
    Opening {
        our_ref: our_ref(),
        amount: Money::inr(499_00),
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

/// An answer with this body, signed as Paytm does.
fn answered(body: &str) -> Result<Answer, CallError> {
    ok(enveloped(body))
}

fn enveloped(body: &str) -> String {
    // Files end in a line end, bodies don't.
    let body = body.trim();
    let signature = sign::checksum(body.as_bytes(), &Secret::new(KEY), "Ab9+").unwrap();
    format!(
        r#"{{"head":{{"responseTimestamp":"1767249105000","version":"v1","signature":"{signature}"}},"body":{body}}}"#
    )
}

fn result(status: &str, code: &str) -> Result<Answer, CallError> {
    answered(&format!(
        r#"{{"resultInfo":{{"resultStatus":"{status}","resultCode":"{code}","resultMsg":"x"}}}}"#
    ))
}

/// A documented body with other words in its `resultInfo`.
fn saying(body: &str, status: &str, code: &str) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap();
    body["resultInfo"]["resultStatus"] = status.into();
    body["resultInfo"]["resultCode"] = code.into();
    body.to_string()
}

fn with(body: &str, changes: &[(&str, Value)]) -> String {
    crate::testing::with(body.trim(), changes)
}

/// `POST /v3/order/status {..}`, one for each request, after checking that each is signed over its own bytes.
#[track_caller]
fn sent(wire: &Script) -> Vec<String> {
    wire.sent().iter().map(shown).collect()
}

#[track_caller]
fn shown(request: &Request) -> String {
    let target = request.url.strip_prefix(LIVE).unwrap_or(&request.url);
    let text = str::from_utf8(&request.body).unwrap();
    let envelope: super::wire::Envelope<'_> = serde_json::from_str(text).unwrap();
    let body = envelope.body.get();
    let head = text.strip_prefix(&format!(r#"{{"body":{body},"head":"#)).unwrap().strip_suffix('}').unwrap();
    let private = if request.private { " private" } else { "" };
    let head = match envelope.head.and_then(|head| head.signature) {
        Some(signature) => {
            sign::check(body.as_bytes(), &Secret::new(KEY), Some(&signature)).unwrap();
            assert_eq!(head, format!(r#"{{"signature":"{signature}"}}"#));
            String::new()
        }
        None => format!(" {head}"),
    };
    format!("{} {target} {body}{head}{private}", request.method)
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
