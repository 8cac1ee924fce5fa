//! The simulator by itself: what it refuses, and the oddities that the sheet lists.

use super::PhonePeSim;
use crate::sim::{Dial, Fault, Match, SimMerchant, SimRequest, SimResponse, Simulator};
use hundi_core::time::{hours, minutes, seconds};
use hundi_core::{Millis, Secret};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NOW: Millis = Millis(1_789_000_000_000);
const SALT: &str = "3f2a91c4-7d10-4b6e-9a55-0c1d2e3f4a5b";

fn merchant(pairs: &[(&str, &str)]) -> SimMerchant {
    SimMerchant {
        credentials: pairs.iter().map(|(n, v)| ((*n).to_owned(), Secret::new(*v))).collect(),
        name: "Chai".to_owned(),
        webhook_url: Some("http://127.0.0.1:1/hook".to_owned()),
        webhook_secret: Some(Secret::new("password")),
    }
}

fn sim() -> PhonePeSim {
    let mut sim = PhonePeSim::new(1);
    let demo = sim.demo_credentials(1);
    sim.put_merchant(&SimMerchant { credentials: demo, ..merchant(&[]) });
    sim.put_merchant(&merchant(&[("merchant_id", "HUNDITESTUAT"), ("salt_key", SALT), ("salt_index", "1")]));
    sim
}

fn ask(
    sim: &mut PhonePeSim,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, Value) {
    let answer = answered(sim, method, target, headers, body);
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
}

fn answered(
    sim: &mut PhonePeSim,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> SimResponse {
    let request = SimRequest {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
        base_url: "http://127.0.0.1:4010".to_owned(),
    };
    sim.handle(&request, NOW)
}

const TOKEN_FORM: &str = "client_id=SU-DEMO-0000000001&client_secret=demo-secret-0000000001&client_version=1&grant_type=client_credentials";

fn bearer(sim: &mut PhonePeSim) -> String {
    let (status, said) = ask(sim, "POST", "/apis/pg-sandbox/v1/oauth/token", &[], TOKEN_FORM);
    assert_eq!((status, said["token_type"].as_str()), (200, Some("O-Bearer")));
    format!("O-Bearer {}", said["access_token"].as_str().unwrap())
}

/// As the Python SDK sends it: nulls for what is not set.
const SDK_PAY: &str = r#"{"merchantOrderId":"HO_1","amount":49900,"metaInfo":null,"paymentFlow":{"type":"PG_CHECKOUT","message":null,"merchantUrls":{"redirectUrl":"https://pay.example/r/HO_1"},"paymentModeConfig":null},"expireAfter":null,"disablePaymentRetry":null,"prefillUserLoginDetails":null}"#;

fn pay(sim: &mut PhonePeSim, body: &str) -> (u16, Value) {
    let bearer = bearer(sim);
    ask(sim, "POST", "/apis/pg-sandbox/checkout/v2/pay", &[("authorization", &bearer)], body)
}

#[test]
fn the_python_sdks_nulls_and_capitals_are_taken() {
    let mut sim = sim();
    let (status, said) = pay(&mut sim, SDK_PAY);
    assert_eq!(status, 200, "{said}");
    assert_eq!(
        said["expireAt"],
        NOW.plus(seconds(600)).0,
        "milliseconds, and ten minutes when nothing is said"
    );
    for outcome in ["fail", "pay"] {
        let wish = json!({"order": "HO_1", "outcome": outcome}).to_string();
        assert_eq!(ask(&mut sim, "POST", "/sim/api/pay", &[], &wish).0, 200);
    }
    let bearer = bearer(&mut sim);
    let mut attempts = |query: &str| {
        let target = format!("/apis/pg-sandbox/checkout/v2/order/HO_1/status{query}");
        let (_, said) = ask(&mut sim, "GET", &target, &[("authorization", &bearer)], "");
        said["paymentDetails"].as_array().unwrap().len()
    };
    assert_eq!([attempts("?details=True"), attempts("?details=true&errorContext=false")], [2, 2]);
    assert_eq!([attempts(""), attempts("?details=False")], [1, 1]);
}

#[test]
fn orders_are_refused_as_documented() {
    let mut sim = sim();
    let with = |name: &str, value: Value| {
        let mut body: Value = serde_json::from_str(SDK_PAY).unwrap();
        body[name] = value;
        body.to_string()
    };
    for (name, value, code) in [
        ("amount", json!(99), "BAD_REQUEST"),
        ("amount", json!(100.5), "BAD_REQUEST"),
        ("amount", json!("100"), "BAD_REQUEST"),
        ("expireAfter", json!(299), "BAD_REQUEST"),
        ("expireAfter", json!(3601), "BAD_REQUEST"),
        ("merchantOrderId", Value::Null, "BAD_REQUEST"),
        ("merchantOrderId", json!("a b"), "INVALID_TRANSACTION_ID"),
        ("merchantOrderId", json!("x".repeat(64)), "INVALID_TRANSACTION_ID"),
        ("paymentFlow", json!({"type": "PG"}), "BAD_REQUEST"),
    ] {
        let (status, said) = pay(&mut sim, &with(name, value.clone()));
        assert_eq!((status, said["code"].as_str()), (400, Some(code)), "{name} {value}");
    }
    assert_eq!(pay(&mut sim, SDK_PAY).0, 200);
    let (status, said) = pay(&mut sim, SDK_PAY);
    assert_eq!((status, said["code"].as_str()), (417, Some("INVALID_MERCHANT_ORDER_ID")));
    assert_eq!(sim.journal().len(), 1);
}

#[test]
fn tokens_are_for_who_knows_the_secret() {
    let mut sim = sim();
    for form in [
        TOKEN_FORM.replace("demo-secret", "other"),
        TOKEN_FORM.replace("client_version=1", "client_version=2"),
        TOKEN_FORM.replace("client_credentials", "password"),
        TOKEN_FORM.replace("0001&", "0002&"),
        String::new(),
    ] {
        let (status, said) = ask(&mut sim, "POST", "/apis/identity-manager/v1/oauth/token", &[], &form);
        assert_eq!((status, said["code"].as_str()), (400, Some("INVALID_CLIENT")), "{form}");
    }
    let good = bearer(&mut sim);
    let plain = good.replace("O-Bearer", "Bearer");
    for header in [plain.as_str(), "O-Bearer x", ""] {
        let (status, said) =
            ask(&mut sim, "GET", "/apis/pg/checkout/v2/order/X/status", &[("authorization", header)], "");
        assert_eq!((status, said["code"].as_str()), (401, Some("AUTHORIZATION_FAILED")), "{header}");
    }
}

/// The sheet's requests with a right and with a wrong checksum, at the door that they are for.
#[test]
fn v1_takes_the_vectors_checksums_and_no_others() {
    let vectors: Value = serde_json::from_str(include_str!("../fixtures/vectors.json")).unwrap();
    let mut seen = BTreeMap::new();
    for case in vectors["cases"].as_array().unwrap() {
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let refused = case["server"]["accept"] == false;
        // Each merchant holds the key that the vector was made with, or the right one where the maker went astray.
        let (key, index) = if refused { (SALT, "1") } else { (text("saltKey"), text("saltIndex")) };
        let (method, target, body) = match (text("kind"), text("path").trim()) {
            ("v1_request", path) => {
                let path = path.strip_prefix("/apis/pg-sandbox").unwrap_or(path);
                ("POST", path.to_owned(), json!({"request": text("base64")}).to_string())
            }
            ("v1_get", path) => ("GET", path.to_owned(), String::new()),
            _ => continue,
        };
        let mut sim = PhonePeSim::new(1);
        for id in ["HUNDITESTUAT", "MERCHANTUAT"] {
            sim.put_merchant(&merchant(&[("merchant_id", id), ("salt_key", key), ("salt_index", index)]));
        }
        let headers = [("x-verify", text("expect")), ("x-merchant-id", "HUNDITESTUAT")];
        let (status, said) = ask(&mut sim, method, &format!("/apis/pg-sandbox{target}"), &headers, &body);
        let code = said["code"].as_str().unwrap_or_default().to_owned();
        let known = status != 401 && code != "KEY_NOT_CONFIGURED";
        assert_eq!(known, !refused, "{}: {status} {said}", text("id"));
        *seen.entry(known).or_insert(0) += 1;
    }
    assert_eq!(seen, BTreeMap::from([(true, 6), (false, 3)]));
}

#[test]
fn v1_needs_the_merchant_in_a_header_to_ask() {
    let mut sim = sim();
    let path = "/pg/v1/status/HUNDITESTUAT/HT_20260101-0001";
    let proof = "9786f99ffdb76051d4418f549ab5b4c507ecce1b1cdc10e2b11f1a12f63e55bc###1";
    let target = format!("/apis/hermes{path}");
    let (status, said) = ask(&mut sim, "GET", &target, &[("x-verify", proof)], "");
    assert_eq!((status, said["code"].as_str()), (400, Some("BAD_REQUEST")));
    let headers = [("x-verify", proof), ("x-merchant-id", "HUNDITESTUAT")];
    let (_, said) = ask(&mut sim, "GET", &target, &headers, "");
    assert_eq!(said["code"], "TRANSACTION_NOT_FOUND");
    let (status, said) = ask(&mut sim, "GET", &target, &[], "");
    assert_eq!((status, said), (401, json!({"code": "401", "success": false})));
}

#[test]
fn webhooks_are_tried_three_times_with_the_same_word() {
    let mut sim = sim();
    pay(&mut sim, SDK_PAY);
    ask(&mut sim, "POST", "/sim/api/pay", &[], r#"{"order":"HO_1","outcome":"pay"}"#);
    let mut tries = Vec::new();
    for at in [NOW, NOW.plus(minutes(1)), NOW.plus(minutes(10)), NOW.plus(hours(2))] {
        for out in sim.due(at) {
            sim.delivered(out.id, Some(500), at);
            tries.push((out.headers, out.body));
        }
    }
    assert_eq!(tries.len(), 3);
    assert!(tries.iter().all(|t| *t == tries[0]));
    let word = ("authorization".to_owned(), super::craft::webhook_word("hundi", "password"));
    assert!(tries[0].0.contains(&word));
}

#[test]
fn webhook_dials_hold() {
    let events = |fault: Fault| {
        let mut sim = sim();
        sim.dial(Dial::new(
            Match { event: Some("checkout.order.completed".into()), ..Match::default() },
            fault,
        ));
        pay(&mut sim, SDK_PAY);
        ask(&mut sim, "POST", "/sim/api/pay", &[], r#"{"order":"HO_1","outcome":"pay"}"#);
        (sim.due(NOW).len(), sim.due(NOW.plus(minutes(2))).len())
    };
    assert_eq!(events(Fault::WebhookDrop), (0, 0));
    assert_eq!(events(Fault::WebhookDuplicate { n: 2 }), (3, 0));
    assert_eq!(events(Fault::WebhookDelay { ms: minutes(1) }), (0, 1));
    assert_eq!(events(Fault::WebhookReorder), (0, 1));
}

#[test]
fn a_page_can_insist_on_where_its_payer_comes_from() {
    let mut sim = sim();
    let (_, said) = pay(&mut sim, SDK_PAY);
    let target =
        said["redirectUrl"].as_str().unwrap().strip_prefix("http://127.0.0.1:4010").unwrap().to_owned();
    assert_eq!(answered(&mut sim, "GET", &target, &[], "").status, 200);
    let insist = json!({"client_id": "SU-DEMO-0000000001", "needs_referrer": true}).to_string();
    assert_eq!(ask(&mut sim, "POST", "/sim/control/accounts", &[], &insist).0, 200);
    assert_eq!(answered(&mut sim, "GET", &target, &[], "").status, 403);
    let from = [("referer", "https://pay.example/")];
    assert_eq!(answered(&mut sim, "GET", &target, &from, "").status, 200);
}

#[test]
fn an_order_takes_money_once() {
    let mut sim = sim();
    pay(&mut sim, SDK_PAY);
    for wish in
        [r#"{"order":"HO_1","outcome":"silent","late_ms":60000}"#, r#"{"order":"HO_1","outcome":"pay"}"#]
    {
        assert_eq!(ask(&mut sim, "POST", "/sim/api/pay", &[], wish).0, 200);
    }
    sim.due(NOW.plus(minutes(2)));
    assert_eq!(sim.journal().iter().filter(|line| line.what == "captured").count(), 1);
    assert_eq!(ask(&mut sim, "POST", "/sim/api/pay", &[], r#"{"order":"HO_1","outcome":"pay"}"#).0, 400);
}

#[test]
fn the_same_seed_and_calls_give_the_same_world() {
    let played = || {
        let mut sim = sim();
        let (_, said) = pay(&mut sim, SDK_PAY);
        ask(&mut sim, "POST", "/sim/api/pay", &[], r#"{"order":"HO_1","outcome":"pay","method":"card"}"#);
        (said, sim.journal().to_vec())
    };
    assert_eq!(played(), played());
}

#[test]
fn secrets_never_come_out() {
    let mut sim = sim();
    let shown = answered(&mut sim, "GET", "/sim/control/accounts", &[], "").body;
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.contains("SU-DEMO-0000000001") && shown.contains("HUNDITESTUAT"));
    assert!(
        !shown.contains("demo-secret") && !shown.contains(SALT) && !shown.contains("password"),
        "{shown}"
    );
}
