use super::http::{Answers, Heard, json, listen};
use super::*;
use hundi_app::clock::Clock;
use hundi_app::net::{Incoming, Net, NetError, Outgoing, To};
use hundi_core::time::{hours, minutes};
use hundi_providers::razorpay::sim::{RazorpaySim, SimAccount};
use hundi_providers::sim::SimResponse;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

const KEY: &str = "rzp_test_outside";
/// `rzp_test_outside:outside-secret`
const BASIC: &str = "Basic cnpwX3Rlc3Rfb3V0c2lkZTpvdXRzaWRlLXNlY3JldA==";
const PATIENCE: Duration = Duration::from_secs(20);

struct World {
    sandbox: Running,
    net: Net,
    folder: tempfile::TempDir,
}

fn simulated() -> Simulated {
    let mut sim = RazorpaySim::new(3);
    sim.add_account(SimAccount::new(KEY, "outside-secret", "acc_outside"));
    Simulated::on_any_port("razorpay", sim)
}

async fn start(folder: &Path, simulated: Simulated) -> Running {
    let journal_dir = Some(folder.join("journals"));
    let config = SandboxConfig { providers: vec![simulated], journal_dir, clock_file: None, tls: None };
    Sandbox::start(config).await.unwrap()
}

async fn sandbox() -> World {
    let folder = tempfile::tempdir().unwrap();
    World { sandbox: start(folder.path(), simulated()).await, net: hooks::net().unwrap(), folder }
}

impl World {
    async fn send(
        &self,
        method: &str,
        path: &str,
        body: Vec<u8>,
        deadline_ms: u64,
    ) -> Result<Incoming, NetError> {
        let url = format!("{}{path}", self.sandbox.url("razorpay").unwrap());
        let headers = [("authorization", BASIC), ("content-type", "application/json")];
        let headers = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).into();
        let method = method.to_owned();
        self.net
            .send(Outgoing {
                method,
                url,
                headers,
                body,
                deadline_ms,
                body_bytes_max: 4 << 20,
                to: To::Provider,
            })
            .await
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let answer = self.send(method, path, body, 20_000).await.unwrap();
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }

    async fn order(&self, receipt: &str) -> Value {
        let order = json!({ "amount": 50_000, "currency": "INR", "receipt": receipt });
        let (status, made) = self.call("POST", "/v1/orders", order).await;
        assert_eq!(status, 200, "{made}");
        made
    }

    async fn dial(&self, dial: Value) {
        let (status, said) = self.call("POST", "/sim/control/dials", dial).await;
        assert_eq!(status, 200, "{said}");
    }

    fn journal(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.folder.path().join("journals/razorpay.jsonl")).unwrap();
        let line = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            (line["what"].as_str().unwrap().to_owned(), line["our_ref"].as_str().unwrap().to_owned())
        };
        text.lines().map(line).collect()
    }
}

/// A merchant's server that passes on whatever it hears.
struct Shop {
    heard: mpsc::UnboundedSender<Heard>,
    status: AtomicU16,
}

impl Answers for Shop {
    fn answer(&self, heard: Heard) -> SimResponse {
        self.heard.send(heard).unwrap();
        json(self.status.load(Ordering::SeqCst), &Value::Null)
    }
}

fn shop() -> (Arc<Shop>, mpsc::UnboundedReceiver<Heard>) {
    let (heard, hears) = mpsc::unbounded_channel();
    (Arc::new(Shop { heard, status: AtomicU16::new(200) }), hears)
}

async fn next(hears: &mut mpsc::UnboundedReceiver<Heard>) -> Heard {
    tokio::time::timeout(PATIENCE, hears.recv()).await.expect("a webhook arrives").unwrap()
}

fn free_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

#[tokio::test]
async fn the_api_is_served_and_each_line_of_history_is_on_disk_before_its_answer() {
    let t = sandbox().await;
    let made = t.order("walk1").await;
    assert_eq!(t.journal(), [("order".to_owned(), "walk1".to_owned())]);
    let (status, found) = t.call("GET", "/v1/orders?receipt=walk1", Value::Null).await;
    assert_eq!((status, &found["items"][0]["id"]), (200, &made["id"]));
    let (status, paid) = t.call("POST", "/sim/api/pay", json!({ "order_id": made["id"] })).await;
    assert_eq!((status, &paid["status"]), (200, &json!("captured")));
    assert!(t.journal().iter().any(|(what, _)| what == "captured"), "{:?}", t.journal());
    let (_, told) = t.call("GET", "/sim/control/journal", Value::Null).await;
    assert_eq!(told["journal"].as_array().unwrap().len(), t.journal().len());
}

#[tokio::test]
async fn a_journal_is_continued_by_the_next_sandbox() {
    let mut t = sandbox().await;
    t.order("before").await;
    let old = t.sandbox.url("razorpay").unwrap();
    t.sandbox = start(t.folder.path(), simulated()).await;
    assert_ne!(t.sandbox.url("razorpay").unwrap(), old);
    t.order("after").await;
    let refs: Vec<String> = t.journal().into_iter().map(|(_, our_ref)| our_ref).collect();
    assert_eq!(refs, ["before", "after"]);
}

#[tokio::test]
async fn faults_are_played_on_the_wire_and_the_effect_stands() {
    let t = sandbox().await;
    let order = |receipt: &str| {
        json!({ "amount": 100, "currency": "INR", "receipt": receipt }).to_string().into_bytes()
    };
    for fault in ["silent_after_acting", "truncated_json"] {
        t.dial(json!({ "fault": fault, "op": "create_order", "times": 1 })).await;
        let ended = t.send("POST", "/v1/orders", order(fault), 20_000).await;
        assert!(matches!(ended, Err(NetError::Broken(_))), "{fault}: {ended:?}");
    }
    t.dial(json!({ "fault": "slow", "ms": 60_000, "op": "create_order", "times": 1 })).await;
    assert_eq!(t.send("POST", "/v1/orders", order("slow"), 300).await.unwrap_err(), NetError::TimedOut);
    t.dial(json!({ "fault": "slow", "ms": 30, "op": "create_order", "times": 1 })).await;
    assert_eq!(t.send("POST", "/v1/orders", order("late"), 20_000).await.unwrap().status, 200);
    let refs: Vec<String> = t.journal().into_iter().map(|(_, our_ref)| our_ref).collect();
    assert_eq!(refs, ["silent_after_acting", "truncated_json", "slow", "late"]);
}

#[tokio::test]
async fn a_truncated_answer_breaks_within_its_body() {
    let t = sandbox().await;
    t.dial(json!({ "fault": "truncated_json", "op": "create_order", "times": 1 })).await;
    let address = t.sandbox.served[0].listening.address;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let body = r#"{"amount":100,"currency":"INR","receipt":"half"}"#;
    let request = format!(
        "POST /v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: {BASIC}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut heard)).await.unwrap().unwrap();
    let heard = String::from_utf8(heard).unwrap();
    let (head, part) = heard.split_once("\r\n\r\n").unwrap();
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let promised: usize = promised.parse().unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && !part.is_empty() && part.len() < promised, "{heard}");
}

#[tokio::test]
async fn bodies_have_a_cap() {
    let t = sandbox().await;
    let answer = t.send("POST", "/v1/orders", vec![b' '; (1 << 20) + 1], 20_000).await.unwrap();
    assert_eq!(answer.status, 413);
    assert!(t.journal().is_empty());
}

#[tokio::test]
async fn links_lead_to_where_the_caller_found_it_unless_told_better() {
    let link = json!({ "amount": 10_000, "currency": "INR", "reference_id": "l1", "description": "x" });
    let mut t = sandbox().await;
    let (_, made) = t.call("POST", "/v1/payment_links", link.clone()).await;
    assert!(made["short_url"].as_str().unwrap().starts_with(&t.sandbox.url("razorpay").unwrap()), "{made}");

    let public = Simulated { base_url: Some("https://pay.example".to_owned()), ..simulated() };
    t.sandbox = start(t.folder.path(), public).await;
    let (_, made) = t.call("POST", "/v1/payment_links", link).await;
    assert!(made["short_url"].as_str().unwrap().starts_with("https://pay.example/"), "{made}");
}

#[tokio::test]
async fn the_clock_moves_when_told_and_what_was_due_happens() {
    let t = sandbox().await;
    let (_, before) = t.call("GET", "/sim/control/clock", Value::Null).await;
    let made = t.order("refunded").await;
    let (_, paid) = t.call("POST", "/sim/api/pay", json!({ "order_id": made["id"] })).await;
    let refund = format!("/v1/payments/{}/refund", paid["payment_id"].as_str().unwrap());
    let (_, refund) = t.call("POST", &refund, json!({ "amount": 50_000 })).await;
    assert_eq!(refund["status"], "pending");

    let (status, after) = t.call("POST", "/sim/control/clock", json!({ "advance_ms": hours(1) })).await;
    assert_eq!(status, 200);
    assert!(after["now_ms"].as_i64().unwrap() - before["now_ms"].as_i64().unwrap() >= hours(1));
    assert!((after["offset_ms"].as_i64().unwrap() - hours(1)).abs() < 5_000);
    let refund = format!("/v1/refunds/{}", refund["id"].as_str().unwrap());
    assert_eq!(t.call("GET", &refund, Value::Null).await.1["status"], "processed");

    for wrong in [json!({ "advance_ms": -1 }), json!({ "advance_ms": "1" }), json!({}), json!([])] {
        assert_eq!(t.call("POST", "/sim/control/clock", wrong.clone()).await.0, 400, "{wrong}");
    }
    assert_eq!(t.call("DELETE", "/sim/control/clock", Value::Null).await.0, 405);
}

#[tokio::test]
async fn webhooks_are_tried_again_through_refusal_and_failure() {
    let t = sandbox().await;
    let (shop, mut hears) = shop();
    let listening = listen(free_port(), shop.clone(), None).await.unwrap();
    let at = listening.address;
    drop(listening);
    let account =
        json!({ "key_id": KEY, "webhook_url": format!("http://{at}/hooks"), "webhook_secret": "s" });
    assert_eq!(t.call("POST", "/sim/control/accounts", account).await.0, 200);
    // Only one kind of event, so that there is one to follow.
    for other in ["payment.authorized", "order.paid", "settlement.processed"] {
        t.dial(json!({ "fault": "webhook_drop", "event": other })).await;
    }
    let made = t.order("hooked").await;
    t.call("POST", "/sim/api/pay", json!({ "order_id": made["id"] })).await;

    // Nobody listens there yet.
    waits(&t).await;
    let _listening = listen(at, shop.clone(), None).await.unwrap();
    shop.status.store(500, Ordering::SeqCst);
    advance(&t, minutes(1)).await;
    let first = next(&mut hears).await;
    waits(&t).await;
    shop.status.store(200, Ordering::SeqCst);
    advance(&t, hours(2)).await;
    let second = next(&mut hears).await;
    assert_eq!((first.path(), &first.body), ("/hooks", &second.body));
    assert_eq!(first.header("x-razorpay-signature"), second.header("x-razorpay-signature"));
    assert!(first.header("x-razorpay-signature").is_some());

    // Delivered is delivered.
    settles(&t, |hooks| ["waiting", "under_way"].iter().all(|list| hooks[list] == json!([]))).await;
    assert!(hears.try_recv().is_err());
}

async fn advance(t: &World, ms: i64) {
    assert_eq!(t.call("POST", "/sim/control/clock", json!({ "advance_ms": ms })).await.0, 200);
}

/// Until one attempt came to nothing and the next is planned.
async fn waits(t: &World) {
    settles(t, |hooks| {
        let ahead = |w: &Value| w["at_ms"].as_i64().unwrap() > t.sandbox.clock().now().0;
        hooks["under_way"] == json!([]) && hooks["waiting"].as_array().unwrap().iter().any(ahead)
    })
    .await;
}

async fn settles(t: &World, settled: impl Fn(&Value) -> bool) {
    let looking = async {
        while !settled(&t.call("GET", "/sim/control/webhooks", Value::Null).await.1) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("the webhooks come to rest");
}

#[tokio::test]
async fn a_clock_in_a_file_is_followed() {
    let mut t = sandbox().await;
    let file = t.folder.path().join("clock");
    let config = SandboxConfig {
        providers: vec![simulated()],
        journal_dir: None,
        clock_file: Some(file.clone()),
        tls: None,
    };
    t.sandbox = Sandbox::start(config).await.unwrap();
    let (shop, mut hears) = shop();
    let listening = listen(free_port(), shop, None).await.unwrap();
    let account = json!({ "key_id": KEY, "webhook_url": format!("http://{}/", listening.address) });
    assert_eq!(t.call("POST", "/sim/control/accounts", account).await.0, 200);
    t.dial(json!({ "fault": "webhook_delay", "ms": hours(1) })).await;
    let made = t.order("later").await;
    t.call("POST", "/sim/api/pay", json!({ "order_id": made["id"] })).await;
    waits(&t).await;
    assert!(hears.try_recv().is_err());

    std::fs::write(&file, (hours(1) + 1_000).to_string()).unwrap();
    next(&mut hears).await;
    advance(&t, hours(1)).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), (hours(2) + 1_000).to_string());
}
