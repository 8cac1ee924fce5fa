//! Addresses that no merchant may make us call: refused when registered, and again at every call (SAFETY T40 to T45).

use super::spellings::{REBINDING, by_text};
use crate::house::{Shop, TestApp, text};
use async_trait::async_trait;
use hundi_app::net::{BLOCKED, Lookup, Net, NetPolicy};
use hundi_core::time::seconds;
use hundi_core::{EndpointId, Mode};
use hundi_store::deliveries::{self as rows, State, Try};
use hundi_store::{Page, endpoints};
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Addresses of other schemes, and what is none.
#[rustfmt::skip]
const NO_ADDRESSES: &[&str] = &[
    "", "not an address", "https", "https:", "https://", "https:/127.0.0.1/", "https:127.0.0.1", "https:\\\\127.0.0.1/",
    "//127.0.0.1/", "127.0.0.1", "localhost:4020", "/hook", "ftp://shop.example/", "file:///etc/passwd",
    "file://127.0.0.1/", "gopher://127.0.0.1:6379/_", "dict://127.0.0.1/", "ldap://127.0.0.1/", "ws://127.0.0.1/",
    "wss://shop.example/", "javascript:alert(1)", "javascript://127.0.0.1/%0aalert(1)", "data:text/plain,x",
    "blob:https://127.0.0.1/", "jar:http://127.0.0.1/!/", "unix:///var/run/docker.sock", "view-source:https://127.0.0.1/",
    "http+unix://%2fvar%2frun%2fdocker.sock/", " https://127.0.0.1/", "ht\ntps://shop.example/", "https://shop.example:22/",
    "https://shop.example:6379/", "https://shop.example:99999/", "https://shop.example:-1/", "http://shop.example/",
    "http://127.0.0.1:4021/", "https://user:secret@127.0.0.1:4020/", "https://shop.example/a\r\nx: y", "https://shop.example/a b",
];

/// Every forbidden address in every spelling, as a merchant could send it.
fn closed() -> Vec<String> {
    let hosts = by_text();
    assert!(hosts.len() >= 300, "{} spellings", hosts.len());
    let urls = hosts.iter().map(|host| format!("https://{host}/hook"));
    urls.chain(NO_ADDRESSES.iter().map(|url| (*url).to_owned())).collect()
}

#[tokio::test]
async fn closed_addresses_are_refused_at_registration_and_at_a_change() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    let net = Net::new(NetPolicy::strict()).expect("a client");
    for url in closed() {
        let made = shop.posts("/api/v1/endpoints", &json!({ "url": url })).await;
        assert_eq!((made.status, made.field("param").as_str()), (400, "url"), "{url:?}: {}", made.text());
        let changed = shop.patches(&path, &json!({ "url": url })).await;
        assert_eq!((changed.status, changed.field("param").as_str()), (400, "url"), "{url:?}");
        assert!(net.check_url(&url, Mode::Live).is_err(), "{url:?} in live mode");
    }
    let all = shop.gets("/api/v1/endpoints").await.json();
    assert_eq!(all["data"].as_array().map(Vec::len), Some(1));
    t.ends().await;
}

/// Listens, counts who comes, and answers them all alike.
struct Listener {
    address: SocketAddr,
    came: Arc<AtomicUsize>,
}

impl Listener {
    async fn at(place: &str, answer: String) -> Self {
        let listener = TcpListener::bind(place).await.expect("a free port");
        let (address, came) = (listener.local_addr().expect("its address"), Arc::<AtomicUsize>::default());
        let count = came.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut heard = vec![0; 64 << 10];
                    // Whatever it says is good enough, and whoever hangs up needs no answer.
                    if stream.read(&mut heard).await.is_ok_and(|n| n > 0) {
                        stream.write_all(answer.as_bytes()).await.ok();
                    }
                });
            }
        });
        Self { address, came }
    }

    fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// A resolver that answers with the next of these, and the last one for ever.
struct Resolver {
    answers: Vec<IpAddr>,
    asked: AtomicUsize,
}

impl Resolver {
    fn saying(answers: &[&str]) -> Arc<Self> {
        let answers = answers.iter().map(|ip| ip.parse().expect("an address")).collect();
        Arc::new(Self { answers, asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Lookup for Resolver {
    async fn lookup(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(vec![self.answers[n.min(self.answers.len() - 1)]])
    }
}

/// Puts an address into an endpoint's row past every check: what was let in by an older rule, or leads elsewhere now.
async fn moves(shop: &Shop<'_>, endpoint: &str, url: &str) {
    let (scope, url) = (shop.scope, url.to_owned());
    let id: EndpointId = endpoint.parse().expect("an id");
    let moved = shop.t.store().write(async move |tx| {
        let mut row = endpoints::load(tx, scope, id).await?.expect("it is there");
        row.url.clone_from(&url);
        endpoints::save(tx, &row).await
    });
    moved.await.expect("it is saved");
}

async fn deliveries(shop: &Shop<'_>, endpoint: &str) -> Vec<Value> {
    let path = format!("/api/v1/endpoints/{endpoint}/deliveries?limit=100");
    shop.gets(&path).await.is(200).json()["data"].as_array().expect("a list").clone()
}

async fn the_last_two(shop: &Shop<'_>, endpoint: &str) -> Vec<(State, Vec<Try>)> {
    let (scope, id) = (shop.scope, endpoint.parse().expect("an id"));
    let read = shop.t.store().read(async move |tx| {
        let mut both = Vec::new();
        for delivery in rows::list(tx, scope, id, None, &Page::newest(2)).await? {
            both.push((delivery.state, rows::tries(tx, delivery.id).await?));
        }
        Ok::<_, hundi_store::DbError>(both)
    });
    read.await.expect("they can be read")
}

async fn tries(shop: &Shop<'_>, delivery: &Value) -> Vec<Value> {
    let read = shop.gets(&format!("/api/v1/deliveries/{}", text(delivery, "id"))).await.is(200).json();
    read["tries"].as_array().expect("a list").clone()
}

/// The test button, a real event, and the retry of both: nobody comes to the listeners, and the log says the same of
/// each, so that it can't tell an open port from a closed one.
async fn is_called_neither_by_a_test_nor_by_a_delivery_nor_by_a_retry(part: usize) {
    const AT_ONCE: usize = 19;
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let canary = Listener::at("0.0.0.0:0", OK.into()).await;
    let port = canary.address.port();
    let policy =
        NetPolicy { ports: vec![port], lookup: Resolver::saying(&["127.0.0.1"]), ..NetPolicy::strict() };
    t.gate.leads_merchants_calls_through(Arc::new(Net::new(policy).expect("a client")));
    let mut all = Vec::new();
    for n in 0..AT_ONCE {
        let body = json!({ "url": format!("https://shop.example/{n}"), "retries": [5] });
        all.push(shop.posts("/api/v1/endpoints", &body).await.is(201).field("id"));
    }
    shop.patches(&format!("/api/v1/endpoints/{}", shop.endpoint), &json!({ "status": "disabled" }))
        .await
        .is(200);

    let hosts = by_text().into_iter().chain(REBINDING.iter().map(|name| (*name).to_owned()));
    let mut urls: Vec<String> = hosts.map(|host| format!("https://{host}:{port}/hook")).collect();
    urls.extend(NO_ADDRESSES.iter().map(|url| (*url).to_owned()));
    // No row of PostgreSQL's holds one.
    urls.retain(|url| !url.contains('\0'));
    let urls: Vec<String> = urls.into_iter().skip(part).step_by(PARTS).collect();
    assert!(urls.len() * PARTS >= 300);
    let mut seen = 0;
    for some in urls.chunks(AT_ONCE) {
        let stage: Vec<(&String, &String)> = all.iter().zip(some).collect();
        for (endpoint, url) in &stage {
            moves(&shop, endpoint, url).await;
            shop.posts(&format!("/api/v1/endpoints/{endpoint}/test"), &json!({})).await.is(202);
        }
        shop.creates_order(10_000).await;
        t.passes(seconds(10)).await;
        for (endpoint, url) in stage {
            // The event's delivery and the test's, each tried twice.
            for (state, tries) in the_last_two(&shop, endpoint).await {
                let blocked = |t: &Try| t.error.as_deref() == Some(BLOCKED) && t.status.is_none();
                assert!(
                    state == State::Exhausted && tries.len() == 2 && tries.iter().all(blocked),
                    "{url:?}: {tries:?}"
                );
                seen += tries.len();
            }
        }
    }
    assert_eq!((seen, canary.came()), (urls.len() * 4, 0));
    t.ends().await;
}

/// So many stories tell of it side by side: each delivery is a few commits.
const PARTS: usize = 3;

#[tokio::test]
async fn a_closed_address_is_not_called_first_part() {
    is_called_neither_by_a_test_nor_by_a_delivery_nor_by_a_retry(0).await;
}

#[tokio::test]
async fn a_closed_address_is_not_called_second_part() {
    is_called_neither_by_a_test_nor_by_a_delivery_nor_by_a_retry(1).await;
}

#[tokio::test]
async fn a_closed_address_is_not_called_third_part() {
    is_called_neither_by_a_test_nor_by_a_delivery_nor_by_a_retry(2).await;
}

/// A name that led somewhere open once is looked up, and checked, at every try.
#[tokio::test]
async fn a_name_that_changes_its_mind_is_checked_at_every_try() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let server = Listener::at("127.0.0.1:0", OK.into()).await;
    let canary = Listener::at(&format!("127.0.0.2:{}", server.address.port()), OK.into()).await;
    let lookup = Resolver::saying(&["127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.1"]);
    let allow = vec![server.address.to_string().parse().expect("a place")];
    let policy = NetPolicy { allow, lookup, ..NetPolicy::strict() };
    t.gate.leads_merchants_calls_through(Arc::new(Net::new(policy).expect("a client")));
    moves(&shop, &shop.endpoint, &format!("http://rebind.example:{}/hook", server.address.port())).await;
    shop.posts(&format!("/api/v1/endpoints/{}/test", shop.endpoint), &json!({})).await.is(202);
    t.settles().await;
    assert_eq!((server.came(), canary.came()), (1, 0), "the way is open");
    shop.creates_order(10_000).await;
    t.passes(seconds(31)).await;
    assert_eq!((server.came(), canary.came()), (1, 0), "and then it is not");
    t.passes(seconds(60)).await;
    assert_eq!((server.came(), canary.came()), (2, 0));
    let list = deliveries(&shop, &shop.endpoint).await;
    let order = list.iter().find(|d| d["event_type"] == "order.created").expect("it is there");
    let told: Vec<String> = tries(&shop, order).await.iter().map(|t| text(t, "error")).collect();
    assert_eq!(told, [BLOCKED, BLOCKED, BLOCKED, ""]);
    t.ends().await;
}

/// A resolver that knows no name.
struct KnowsNone;

#[async_trait]
impl Lookup for KnowsNone {
    async fn lookup(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        Err(std::io::ErrorKind::NotFound.into())
    }
}

/// Which names there are within our network is nobody's to find out: the log tells both alike.
#[tokio::test]
async fn a_name_that_leads_nowhere_is_told_like_one_that_leads_inside() {
    let lookups: [Arc<dyn Lookup>; 2] = [Resolver::saying(&["10.0.0.5"]), Arc::new(KnowsNone)];
    for lookup in lookups {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let policy = NetPolicy { lookup, ..NetPolicy::strict() };
        t.gate.leads_merchants_calls_through(Arc::new(Net::new(policy).expect("a client")));
        moves(&shop, &shop.endpoint, "https://vault.internal/hook").await;
        shop.posts(&format!("/api/v1/endpoints/{}/test", shop.endpoint), &json!({})).await.is(202);
        t.settles().await;
        let list = deliveries(&shop, &shop.endpoint).await;
        assert_eq!(text(&tries(&shop, &list[0]).await[0], "error"), BLOCKED);
        t.ends().await;
    }
}

#[tokio::test]
async fn a_redirect_to_a_closed_address_leads_nowhere() {
    for status in [301, 302, 303, 307, 308] {
        let t = TestApp::new().await;
        let shop = t.shop().await;
        let canary = Listener::at("127.0.0.1:0", OK.into()).await;
        let answer = format!(
            "HTTP/1.1 {status} Go\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n",
            canary.address
        );
        let server = Listener::at("127.0.0.1:0", answer).await;
        let allow = vec![server.address.to_string().parse().expect("a place")];
        let policy = NetPolicy { allow, ..NetPolicy::strict() };
        t.gate.leads_merchants_calls_through(Arc::new(Net::new(policy).expect("a client")));
        moves(&shop, &shop.endpoint, &format!("http://{}/hook", server.address)).await;
        shop.posts(&format!("/api/v1/endpoints/{}/test", shop.endpoint), &json!({})).await.is(202);
        t.passes(seconds(6)).await;
        let list = deliveries(&shop, &shop.endpoint).await;
        assert_eq!(
            (&list[0]["status"], &list[0]["last_response_status"]),
            (&json!("scheduled"), &json!(status))
        );
        assert_eq!((server.came(), canary.came()), (2, 0));
        t.ends().await;
    }
}
