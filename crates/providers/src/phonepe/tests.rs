//! The adapter against literal bodies, the sheet's vectors, and the simulator.
//!
//! A wire with scripted answers stands in for the network. It answers at once, so one poll runs a call to its end.

#![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

mod answers;
mod giving_back;
mod meanings;
mod notices;
mod requests;
mod returns;
mod settled;
mod signatures;
mod stories;
mod stories_v1;

use super::PhonePe;
use crate::contract::{Account, Call, CaptureBy, Flow, Opening, Payer, RefundAsk, Report, Subject};
use crate::testing::{NOW, Script, ok, run, status, with};
use crate::wire::{Answer, CallError, Request};
use hundi_core::payment::{Happened, Try};
use hundi_core::{Mode, Money, OurRef, Secret};
use serde_json::{Value, json};

const VECTORS: &str = include_str!("fixtures/vectors.json");

const OUR_REF: &str = "01k4v9r2m8q5t7w3x6yz";
const REFUND_REF: &str = "01k4v9r2m8zzzzzzzzzz";
const SALT: &str = "3f2a91c4-7d10-4b6e-9a55-0c1d2e3f4a5b";

/// A token that is good for an hour, as the sheet shows it.
fn token() -> Result<Answer, CallError> {
    let ends = NOW.secs() + 3600;
    ok(format!(
        r#"{{"access_token":"tok","encrypted_access_token":"tok","expires_in":null,"expires_at":{ends},"token_type":"O-Bearer"}}"#
    ))
}

/// A status from the documents, with our id in it.
const ORDER: &str = r#"{"merchantId":"M1","merchantOrderId":"01k4v9r2m8q5t7w3x6yz","orderId":"OMO26","state":"COMPLETED","amount":49900,"payableAmount":49900,"feeAmount":0,"expireAt":1767226800000,"metaInfo":{"udf1":"m1"},"paymentDetails":[{"transactionId":"OM26","paymentMode":"UPI_INTENT","timestamp":1767225700000,"amount":49900,"state":"COMPLETED","rail":{"type":"UPI","utr":"600100000001","upiTransactionId":"YBL1","vpa":"buyer@ybl"},"instrument":{"type":"ACCOUNT","maskedAccountNumber":"XXXX1234","accountType":"SAVINGS"},"splitInstruments":[]}]}"#;

/// One of v1.
const V1_STATUS: &str = r#"{"success":true,"code":"PAYMENT_SUCCESS","message":"Your payment is successful.","data":{"merchantId":"HUNDITESTUAT","merchantTransactionId":"01k4v9r2m8q5t7w3x6yz","transactionId":"T2601011200000000000001","amount":49900,"state":"COMPLETED","responseCode":"SUCCESS","paymentInstrument":{"type":"UPI","utr":"600100000001"}}}"#;

fn account(pairs: &[(&str, &str)]) -> Account {
    Account {
        mode: Mode::Test,
        base_url: "https://api-preprod.phonepe.com".to_owned(),
        simulated: false,
        credentials: pairs.iter().map(|(n, v)| ((*n).to_owned(), Secret::new(*v))).collect(),
        enabled: vec!["upi_intent".to_owned()],
    }
}

fn v2() -> Account {
    account(&[("api", "v2"), ("client_id", "SU1"), ("client_secret", "cs"), ("client_version", "1")])
}

fn v1() -> Account {
    account(&[("api", "v1"), ("merchant_id", "HUNDITESTUAT"), ("salt_key", SALT), ("salt_index", "1")])
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
        return_url: "https://pay.example/pay/tok3n/return/pay_1".to_owned(),
        expires_at: NOW.plus(1_200_000),
        capture: CaptureBy::Provider,
        keep_for: None,
    }
}

fn subject(flow: Flow) -> Subject {
    Subject {
        our_ref: our_ref(),
        provider_order: OUR_REF.to_owned(),
        flow: Some(flow),
        amount: Money::inr(499_00),
    }
}

fn refund_ask(provider_payment: &str) -> RefundAsk {
    RefundAsk {
        our_ref: REFUND_REF.parse().unwrap(),
        subject: subject(Flow::Redirect),
        provider_payment: provider_payment.to_owned(),
        amount: Money::inr(100_00),
        reason: "customer_request",
    }
}

fn call<'a>(account: &'a Account, wire: &'a Script) -> Call<'a> {
    Call { account, wire }
}

/// `POST /apis/... {"amount":..}`, one for each request but the token's, with the headers that prove it.
#[track_caller]
fn sent(wire: &Script) -> Vec<String> {
    let all = wire.sent();
    all.iter().filter(|r| r.purpose != "token").map(shown).collect()
}

fn shown(request: &Request) -> String {
    let target = request.url.strip_prefix("https://api-preprod.phonepe.com").unwrap_or(&request.url);
    let usual = ["accept", "content-type"];
    let headers = request.headers.iter().filter(|h| !usual.contains(&h.name));
    let headers: String = headers.map(|h| format!("{}: {} ", h.name, h.value)).collect();
    let body = str::from_utf8(&request.body).unwrap();
    format!("{} {target} {headers}{body}", request.method).trim_end().to_owned()
}

/// The tries in reports: order, payment, what.
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
