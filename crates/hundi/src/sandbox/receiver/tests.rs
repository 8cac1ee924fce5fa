use super::*;
use hundi_app::clock::TestClock;
use hundi_app::net::{Net, NetError, Outgoing, To};
use hundi_app::random::SeededRandom;
use hundi_app::signing::{SigningKey, SigningKeys};
use hundi_core::Mode;
use std::net::Ipv4Addr;

const NOW: Millis = Millis(1_800_000_000_000);

struct Desk {
    receiver: Receiver,
    net: Net,
    clock: Arc<TestClock>,
    folder: tempfile::TempDir,
}

fn secret(seed: u64) -> SigningSecret {
    SigningSecret::generate(&SeededRandom::new(seed))
}

async fn desk(secrets: Vec<SigningSecret>) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::at(NOW));
    let config = ReceiverConfig {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        secrets,
        journal: Some(folder.path().join("receiver.jsonl")),
        clock: clock.clone(),
    };
    let net = crate::sandbox::hooks::net().unwrap();
    Desk { receiver: Receiver::start(config).await.unwrap(), net, clock, folder }
}

impl Desk {
    async fn call(
        &self,
        method: &str,
        path: &str,
        headers: Vec<(String, String)>,
        body: &str,
    ) -> Result<(u16, String), NetError> {
        let out = Outgoing {
            method: method.to_owned(),
            url: format!("{}{path}", self.receiver.url()),
            headers,
            body: body.into(),
            deadline_ms: 10_000,
            body_bytes_max: 1 << 20,
            to: To::Merchant(Mode::Test),
        };
        let answer = self.net.send(out).await?;
        Ok((answer.status, String::from_utf8(answer.body).unwrap()))
    }

    /// Delivers an event, signed by `signer`.
    async fn deliver(&self, signer: &SigningSecret, seq: i64) -> Result<u16, NetError> {
        let body = json!({
            "id": format!("evt_{seq}"), "type": "payment.captured", "object_id": "pay_<1>", "seq": seq,
        })
        .to_string();
        let keys = SigningKeys { newest: SigningKey::Hmac(signer.clone()), retiring: Vec::new() };
        let headers = signing::headers(&keys, &format!("evt_{seq}"), NOW, body.as_bytes());
        Ok(self.call("POST", "/webhooks/hundi", headers, &body).await?.0)
    }

    async fn dial(&self, dials: Value) -> u16 {
        self.call("POST", "/control", Vec::new(), &dials.to_string()).await.unwrap().0
    }

    fn journal(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("receiver.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn genuine_deliveries_are_told_from_forged_and_stale_ones() {
    let desk = desk(vec![secret(1)]).await;
    assert_eq!(desk.deliver(&secret(1), 1).await.unwrap(), 200);
    assert_eq!(desk.deliver(&secret(2), 2).await.unwrap(), 400);
    desk.receiver.trust(secret(2));
    assert_eq!(desk.deliver(&secret(2), 3).await.unwrap(), 200);
    desk.clock.advance(signing::TOLERANCE_SECS * 1000 + 1);
    assert_eq!(desk.deliver(&secret(1), 4).await.unwrap(), 400);

    let seen =
        |d: &Value| (d["seq"].as_i64().unwrap(), d["verified"].as_bool(), d["answered"].as_i64().unwrap());
    let oldest_first =
        [(1, Some(true), 200), (2, Some(false), 400), (3, Some(true), 200), (4, Some(false), 400)];
    assert_eq!(desk.journal().iter().map(seen).collect::<Vec<_>>(), oldest_first);
    let mut shown: Vec<_> = desk.receiver.deliveries().iter().map(seen).collect();
    shown.reverse();
    assert_eq!(shown, oldest_first);
    let first = &desk.journal()[0];
    assert_eq!(
        *first,
        json!({
            "at_ms": NOW.0, "delivery": "evt_1", "id": "evt_1", "type": "payment.captured", "object_id": "pay_<1>",
            "seq": 1, "verified": true, "answered": 200,
        })
    );
}

#[tokio::test]
async fn without_a_secret_it_says_that_it_did_not_check() {
    let desk = desk(Vec::new()).await;
    assert_eq!(desk.deliver(&secret(1), 1).await.unwrap(), 200);
    assert_eq!(desk.journal()[0]["verified"], Value::Null);
    let told = json!({ "secret": secret(1).reveal().expose() });
    assert_eq!(desk.dial(told).await, 200);
    assert_eq!(desk.deliver(&secret(3), 2).await.unwrap(), 400);
}

#[tokio::test]
async fn dials_make_it_fail_and_fall_silent() {
    let desk = desk(vec![secret(1)]).await;
    assert_eq!(desk.dial(json!({ "fail_next": 2, "status": 503 })).await, 200);
    for (seq, status) in [(1, 503), (2, 503), (3, 200)] {
        assert_eq!(desk.deliver(&secret(1), seq).await.unwrap(), status);
    }
    assert_eq!(desk.dial(json!({ "down": true })).await, 200);
    assert!(matches!(desk.deliver(&secret(1), 4).await, Err(NetError::Broken(_))));
    assert_eq!(desk.journal().len(), 3, "who is down hears nothing");
    assert_eq!(desk.dial(json!({ "down": false })).await, 200);
    assert_eq!(desk.deliver(&secret(1), 5).await.unwrap(), 200);
    let (_, dials) = desk.call("GET", "/control", Vec::new(), "").await.unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&dials).unwrap(),
        json!({ "fail_next": 0, "status": 503, "delay_ms": 0, "down": false, "secrets": 1 })
    );
}

#[tokio::test]
async fn dials_that_make_no_sense_change_nothing() {
    let desk = desk(Vec::new()).await;
    for wrong in [
        json!({ "fail_next": -1 }),
        json!({ "fail_next": "2" }),
        json!({ "status": 99 }),
        json!({ "status": 600 }),
        json!({ "delay_ms": 120_001 }),
        json!({ "down": 1 }),
        json!({ "secret": "whsec_short" }),
        json!({ "fail_next": 5, "unheard_of": 1 }),
        json!([]),
    ] {
        assert_eq!(desk.dial(wrong.clone()).await, 400, "{wrong}");
    }
    assert_eq!(desk.deliver(&secret(1), 1).await.unwrap(), 200);
}

#[tokio::test]
async fn the_page_shows_the_newest_first_and_escapes_what_it_was_sent() {
    let desk = desk(vec![secret(1)]).await;
    let (status, empty) = desk.call("GET", "/", Vec::new(), "").await.unwrap();
    assert!(status == 200 && empty.contains("Nothing yet"));
    for seq in 1..=2 {
        desk.deliver(&secret(1), seq).await.unwrap();
    }
    let (_, page) = desk.call("GET", "/", Vec::new(), "").await.unwrap();
    assert!(page.contains("pay_&lt;1&gt;") && !page.contains("pay_<1>"), "{page}");
    assert!(page.find("evt_2").unwrap() < page.find("evt_1").unwrap());
    assert!(page.contains("http-equiv=\"refresh\""));
    let (_, list) = desk.call("GET", "/deliveries", Vec::new(), "").await.unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!((list["heard"].as_i64(), list["data"][0]["seq"].as_i64()), (Some(2), Some(2)));
    assert_eq!(desk.call("PUT", "/", Vec::new(), "").await.unwrap().0, 404);
}
