//! The simulator by itself: real authentication, and answers that the official clients take.

use super::{PaytmSim, SimAccount, craft};
use crate::sim::{SimRequest, SimResponse, Simulator};
use hundi_core::Millis;
use serde_json::{Value, json};

const MID: &str = "HUNDIM00000000000001";
const KEY: &str = "hUnD1_Key@16&tst";
const START: Millis = Millis(1_789_000_000_000);

struct World {
    sim: PaytmSim,
    now: Millis,
}

impl World {
    fn new() -> Self {
        let mut sim = PaytmSim::new(7);
        sim.add_account(SimAccount::new(MID, KEY).with_webhook("http://127.0.0.1:1/hook"));
        Self { sim, now: START }
    }

    fn post(&mut self, target: &str, body: &str) -> SimResponse {
        self.send("POST", target, body)
    }

    fn send(&mut self, method: &str, target: &str, body: &str) -> SimResponse {
        let request = SimRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![],
            body: body.as_bytes().to_vec(),
            base_url: "http://127.0.0.1:4012".to_owned(),
        };
        self.sim.handle(&request, self.now)
    }

    /// A call as the official libraries make it: whatever JSON, signed as it is written.
    fn call(&mut self, target: &str, body: &str) -> Value {
        let signature = craft::sign(body, KEY, "k/Z1");
        let answer = self.post(target, &format!(r#"{{"head":{{"signature":"{signature}"}},"body":{body}}}"#));
        assert_eq!(answer.status, 200);
        serde_json::from_slice(&answer.body).unwrap()
    }

    #[track_caller]
    fn says(&mut self, target: &str, body: &str, status: &str, code: &str) -> Value {
        let said = self.call(target, body);
        let info = &said["body"]["resultInfo"];
        assert_eq!((&info["resultStatus"], &info["resultCode"]), (&json!(status), &json!(code)), "{said}");
        said
    }

    fn open(&mut self) -> Value {
        self.says(&initiate_at("O1"), &initiate("O1", "499.00"), "S", "0000")
    }

    fn control(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.send(method, &format!("/sim/control/{path}"), &text);
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    fn pay(&mut self, wish: &Value) -> (u16, Value) {
        let answer = self.post("/sim/api/pay", &wish.to_string());
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }
}

fn initiate_at(order: &str) -> String {
    format!("/theia/api/v1/initiateTransaction?mid={MID}&orderId={order}")
}

fn initiate(order: &str, amount: &str) -> String {
    format!(
        r#"{{"requestType":"Payment","mid":"{MID}","websiteName":"WEBSTAGING","orderId":"{order}","callbackUrl":"https://shop.example/cb","txnAmount":{{"value":"{amount}","currency":"INR"}},"userInfo":{{"custId":"C1"}}}}"#
    )
}

fn status(order: &str) -> String {
    format!(r#"{{"mid":"{MID}","orderId":"{order}"}}"#)
}

#[test]
fn it_makes_the_checksums_of_the_official_libraries() {
    let vectors: Value = serde_json::from_str(include_str!("../fixtures/vectors.json")).unwrap();
    let mut made = 0;
    for case in vectors["cases"].as_array().unwrap() {
        let text = |name: &str| case[name].as_str();
        let key = text("key").unwrap();
        let signed = match &case["input"] {
            Value::String(body) => body.clone(),
            form => {
                let fields = form.as_object().unwrap().iter();
                let fields: Vec<_> =
                    fields.map(|(n, v)| (n.clone(), v.as_str().unwrap().to_owned())).collect();
                craft::form_text(&fields)
            }
        };
        if let (Some(salt), Some(checksum)) = (text("salt"), text("checksum").or(text("node_checksum"))) {
            assert_eq!(craft::sign(&signed, key, salt), checksum, "{}", case["id"]);
            assert!(craft::is_signed(&signed, key, checksum), "{}", case["id"]);
            made += 1;
        } else {
            assert!(!craft::is_signed(&signed, key, text("checksum").unwrap()), "{}", case["id"]);
        }
    }
    assert_eq!(made, 16);
}

#[test]
fn an_answer_is_signed_as_a_client_would_write_it_again() {
    let mut w = World::new();
    let said = w.open();
    // The PG SDK parses the body, writes it once more and verifies that.
    let again = serde_json::to_string(&said["body"]).unwrap();
    assert!(craft::is_signed(&again, KEY, said["head"]["signature"].as_str().unwrap()));
    assert!(!again.contains("\\/") && !again.contains(": "));
    assert_eq!(said["head"]["responseTimestamp"], json!(START.0.to_string()));
}

#[test]
fn requests_are_proven_by_their_own_letters() {
    let mut w = World::new();
    let at = initiate_at("O1");
    // However it is spaced or escaped, what was written is what was signed.
    let spaced = initiate("O1", "499.00").replace(',', ", ").replace('/', "\\/");
    w.says(&at, &spaced, "S", "0000");
    let strangers = [
        String::new(),
        "{}".to_owned(),
        format!(r#"{{"body":{}}}"#, initiate("O2", "1.00")),
        format!(r#"{{"head":{{}},"body":{}}}"#, initiate("O2", "1.00")),
        format!(
            r#"{{"head":{{"signature":"{}"}},"body":{}}}"#,
            craft::sign(&initiate("O2", "2.00"), KEY, "k/Z1"),
            initiate("O2", "1.00")
        ),
        format!(
            r#"{{"head":{{"signature":"{}"}},"body":{}}}"#,
            craft::sign(&initiate("O2", "1.00"), "AnotherKey%16abc", "k/Z1"),
            initiate("O2", "1.00")
        ),
    ];
    for body in strangers {
        let answer = w.post(&initiate_at("O2"), &body);
        let said: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(said["body"]["resultInfo"]["resultCode"], "2005", "{body}");
        assert_eq!(said["head"]["signature"], Value::Null);
    }
    assert_eq!(w.sim.journal().len(), 1);
    let (status, answer) = (w.post("/nothing", "{}").status, w.send("GET", "/v3/order/status", "").status);
    assert_eq!((status, answer), (404, 404));
}

#[test]
fn one_number_means_two_things() {
    let mut w = World::new();
    w.says(&initiate_at("O2"), &initiate("O1", "1.00"), "F", "2014");
    w.says(&initiate_at("O1").replace("mid=H", "mid=X"), &initiate("O1", "1.00"), "F", "2013");
    for amount in ["0.00", "-1.00", "1.001", "1e2", ""] {
        w.says(&initiate_at("O1"), &initiate("O1", amount), "F", "2007");
    }
    w.says(&initiate_at("O1"), &initiate("O1", "1.00").replace("C1", "a|b"), "F", "1008");
    w.says(&initiate_at("O1"), &initiate("O1", "1.00").replace("Payment", "Other"), "F", "1001");
    w.says("/v3/order/status", &status("O1"), "NO_RECORD_FOUND", "331");
    w.open();
    // Not paid yet, which is no failure.
    w.says("/v3/order/status", &status("O1"), "NO_RECORD_FOUND", "331");
    w.says(&initiate_at("O1"), &initiate("O1", "499.00"), "S", "0002");
    w.says(&initiate_at("O1"), &initiate("O1", "498.00"), "F", "2023");
    assert_eq!(w.pay(&json!({"order": "O1"})).0, 200);
    w.says(&initiate_at("O1"), &initiate("O1", "499.00"), "F", "334");
    w.says("/merchant-status/api/v1/getPaymentStatus", &status("O1"), "TXN_SUCCESS", "01");
}

#[test]
fn a_token_lives_fifteen_minutes() {
    let mut w = World::new();
    let first = w.open()["body"]["txnToken"].clone();
    let again = |w: &mut World| {
        w.says(&initiate_at("O1"), &initiate("O1", "499.00"), "S", "0002")["body"]["txnToken"].clone()
    };
    assert_eq!(again(&mut w), first);
    w.now = w.now.plus(900_000);
    assert_ne!(again(&mut w), first);
}

#[test]
fn refunds_are_held_to_their_payment() {
    let mut w = World::new();
    w.open();
    let (_, paid) = w.pay(&json!({"order": "O1"}));
    let txn = paid["payment_id"].as_str().unwrap().to_owned();
    let apply = |reference: &str, amount: &str, txn: &str| {
        format!(
            r#"{{"mid":"{MID}","txnType":"REFUND","orderId":"O1","txnId":"{txn}","refId":"{reference}","refundAmount":"{amount}"}}"#
        )
    };
    let at = "/refund/apply";
    w.says(at, &apply("R1", "500.00", &txn), "TXN_FAILURE", "619");
    w.says(at, &apply("R1", "0.50", &txn), "TXN_FAILURE", "635");
    w.says(at, &apply("R1", "1.00", "another"), "TXN_FAILURE", "627");
    w.says(at, &apply("", "1.00", &txn), "TXN_FAILURE", "600");
    w.says(at, &apply("R1", "x", &txn), "TXN_FAILURE", "619");
    let said = w.says(at, &apply("R1", "100.00", &txn), "PENDING", "601");
    assert_eq!(said["body"]["refundAmount"], "100.00");
    w.says(at, &apply("R1", "100.00", &txn), "TXN_FAILURE", "617");
    w.says(at, &apply("R2", "400.00", &txn), "TXN_FAILURE", "619");
    let ask = |reference: &str| format!(r#"{{"mid":"{MID}","orderId":"O1","refId":"{reference}"}}"#);
    w.says("/v2/refund/status", &ask("R2"), "TXN_FAILURE", "631");
    w.says("/v2/refund/status", &ask("R1"), "PENDING", "601");
    w.now = w.now.plus(5_000);
    w.says("/refund/api/v1/refundStatus", &ask("R1"), "TXN_SUCCESS", "10");
    w.now = w.now.plus(181 * 86_400_000);
    w.says(at, &apply("R3", "1.00", &txn), "TXN_FAILURE", "600");
}

#[test]
fn the_payer_s_door_says_what_is_wrong() {
    let mut w = World::new();
    w.open();
    for wish in [
        json!({}),
        json!({"order": "O2"}),
        json!({"order": "O1", "outcome": "authorize"}),
        json!({"order": "O1", "outcome": "x"}),
        json!({"order": "O1", "method": "x"}),
        json!({"order": "O1", "mid": "x"}),
    ] {
        assert_eq!(w.pay(&wish).0, 400, "{wish}");
    }
    let (_, said) = w.pay(&json!({"order": "O1", "outcome": "pay", "method": "card"}));
    assert_eq!(
        (&said["paid"], &said["callback_method"], &said["callback_url"]),
        (&json!(true), &json!("POST"), &json!("https://shop.example/cb"))
    );
    assert!(said["callback"].as_array().unwrap().contains(&json!(["PAYMENTMODE", "CC"])));
    assert_eq!(w.pay(&json!({"order": "O1"})).0, 400, "paid already");
}

#[test]
fn a_client_error_is_not_asked_again() {
    for (status, again) in
        [(Some(500), true), (None, true), (Some(302), true), (Some(410), false), (Some(200), false)]
    {
        let mut w = World::new();
        w.open();
        w.pay(&json!({"order": "O1"}));
        let out = w.sim.due(w.now);
        assert_eq!(out.len(), 1);
        w.sim.delivered(out[0].id, status, w.now);
        w.now = w.now.plus(60_000);
        assert_eq!(w.sim.due(w.now).len(), usize::from(again), "{status:?}");
    }
}

#[test]
fn controls() {
    let mut w = World::new();
    let (_, said) = w.control("GET", "accounts", &Value::Null);
    assert!(!said.to_string().contains(KEY), "{said}");
    assert_eq!(w.control("POST", "accounts", &json!({"mid": "M2"})).0, 400);
    assert_eq!(
        w.control("POST", "accounts", &json!({"mid": "M2", "merchant_key": KEY, "webhook_style": "json"})).0,
        200
    );
    assert_eq!(w.control("POST", "accounts", &json!({"mid": "M2", "webhook_style": "xml"})).0, 400);
    assert_eq!(w.control("POST", "accounts", &json!({"mid": "M2", "fee_bps": -1})).0, 400);
    assert_eq!(w.control("POST", "late_authorize", &json!({"payment_id": "x"})).0, 400);
    assert_eq!(w.control("POST", "refund", &json!({"payment_id": "x"})).0, 400);
    assert_eq!(w.control("GET", "settlement_file", &Value::Null).0, 400, "two merchants and none named");
    assert_eq!(w.control("GET", "nothing", &Value::Null).0, 404);
    w.open();
    w.pay(&json!({"order": "O1"}));
    let (_, said) = w.control("GET", "webhooks", &Value::Null);
    let event = said["waiting"][0]["event_id"].clone();
    assert_eq!(said["waiting"][0]["event"], "TXN_SUCCESS");
    assert_eq!(w.control("POST", "webhooks", &json!({"replay": event})).0, 200);
    assert_eq!(w.control("POST", "webhooks", &json!({"replay": "x"})).0, 400);
    let what: Vec<_> = w.sim.journal().iter().map(|line| line.what).collect();
    assert_eq!(what, ["order", "captured"]);
    let (_, dials) = w.control("POST", "dials", &json!({"fault": "empty_ok", "op": "fetch", "times": 1}));
    assert_eq!(dials["dials"].as_array().unwrap().len(), 1);
}

#[test]
fn the_same_seed_is_the_same_world() {
    let run = || {
        let mut w = World::new();
        let token = w.open();
        let (_, paid) = w.pay(&json!({"order": "O1"}));
        w.now = w.now.plus(7 * 86_400_000);
        let file = w.send("GET", "/sim/control/settlement_file", "");
        (token, paid, String::from_utf8(file.body).unwrap())
    };
    assert_eq!(run(), run());
    assert_eq!(run().2.lines().count(), 2);
}
