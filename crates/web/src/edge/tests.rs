//! The edge over real sockets, with limits of milliseconds.

use super::*;
use axum::extract::Extension;
use axum::http::StatusCode;
use axum::routing::{get, post};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::sync::{Notify, oneshot};

const MS: fn(u64) -> Duration = Duration::from_millis;

/// More than the socket buffers of both sides.
const BIG: usize = 64 * 1024 * 1024;

/// Long where a test does not look, so that a slow machine changes nothing.
fn patient() -> EdgeLimits {
    EdgeLimits {
        first_byte_timeout: MS(20_000),
        head_timeout: MS(20_000),
        keep_alive_timeout: MS(20_000),
        request_timeout: MS(20_000),
        write_stall_timeout: MS(20_000),
        answer_timeout: MS(20_000),
        drain_timeout: MS(20_000),
        body_grace: MS(20_000),
        ..EdgeLimits::standard()
    }
}

/// Lets tests see and hold what a handler does.
#[derive(Default)]
struct Handler {
    began: Notify,
    go_on: Notify,
    ended: Notify,
    runs: AtomicUsize,
}

struct Server {
    address: SocketAddr,
    handler: Arc<Handler>,
    stop: Option<oneshot::Sender<()>>,
    ended: tokio::task::JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start(limits: EdgeLimits) -> Self {
        let handler = Arc::new(Handler::default());
        let held = {
            let handler = handler.clone();
            async move || {
                handler.runs.fetch_add(1, Ordering::SeqCst);
                handler.began.notify_one();
                handler.go_on.notified().await;
                handler.ended.notify_one();
                "held"
            }
        };
        let counted = handler.clone();
        let app = Router::new()
            .route("/", get(async || "hello"))
            .route("/who", get(async |Extension(ClientAddr(ip)): Extension<ClientAddr>| ip.to_string()))
            .route("/held", get(held))
            .route("/big", get(async || "x".repeat(BIG)))
            .route("/panic", get(async || -> &'static str { panic!("a panic that a test wants") }))
            .route(
                "/echo",
                post(async move |body: axum::body::Bytes| {
                    counted.runs.fetch_add(1, Ordering::SeqCst);
                    body
                }),
            )
            .route("/upload/x", post(async |body: axum::body::Bytes| body.len().to_string()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(serve(listener, app, limits, async move {
            stopped.await.unwrap();
        }));
        Self { address, handler, stop: Some(stop), ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes on a connection of their own and returns all that comes until it is closed.
    async fn says(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        rest(&mut stream).await
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }
}

/// Everything until the server closes. A reset counts as closing.
async fn rest(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    let mut part = [0; 4096];
    loop {
        match tokio::time::timeout(MS(15_000), stream.read(&mut part)).await.expect("the server closes") {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&heard).into_owned(),
            Ok(read) => heard.extend_from_slice(&part[..read]),
        }
    }
}

/// One answer with a content-length, leaving the connection open.
async fn one(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    loop {
        heard.push(stream.read_u8().await.expect("an answer"));
        let text = String::from_utf8_lossy(&heard);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            if body.len() == length.parse::<usize>().unwrap() {
                return text.into_owned();
            }
        }
    }
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const LAST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_head_that_dribbles_is_cut_off() {
    let server = Server::start(EdgeLimits { head_timeout: MS(150), ..patient() }).await;
    let mut stream = server.connect().await;
    let started = Instant::now();
    let mut sent = 0;
    // A byte at a time never resets the clock.
    let closed = loop {
        let byte = [GET, b"x-slow: "].concat()[sent.min(20)];
        if stream.write_all(&[byte]).await.is_err() {
            break true;
        }
        sent += 1;
        let mut heard = [0; 1];
        match tokio::time::timeout(MS(20), stream.read(&mut heard)).await {
            Ok(Ok(0) | Err(_)) => break true,
            Ok(Ok(_)) => break false,
            Err(_) => assert!(started.elapsed() < MS(10_000), "still open"),
        }
    };
    assert!(closed && sent > 2, "{sent}");
    assert!(started.elapsed() >= MS(150));
}

#[tokio::test]
async fn silence_is_cut_off_before_and_between_requests() {
    let limits = EdgeLimits { first_byte_timeout: MS(100), ..patient() };
    assert_eq!(Server::start(limits).await.says(b"").await, "");

    let server = Server::start(EdgeLimits { keep_alive_timeout: MS(100), ..patient() }).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        stream.write_all(GET).await.unwrap();
        assert!(one(&mut stream).await.ends_with("hello"));
    }
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn large_heads_and_long_addresses_are_refused() {
    let server = Server::start(patient()).await;
    let long = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(150));
    let target = format!("GET /{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", "y".repeat(9_000));
    assert!(server.says(long.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    assert!(server.says(many.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    assert!(server.says(target.as_bytes()).await.starts_with("HTTP/1.1 414 "));
    assert!(server.says(LAST).await.ends_with("hello"), "and the server is well");
}

#[tokio::test]
async fn unclear_framing_is_refused_and_nothing_behind_it_is_served() {
    let server = Server::start(patient()).await;
    for framing in [
        "content-length: 4\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 4",
        "content-length: 4\r\ncontent-length: 4",
        "content-length: 4\r\ncontent-length: 5",
        "content-length: +4",
        "transfer-encoding: gzip, chunked",
        "transfer-encoding : chunked",
        "x: a\r\n content-length: 4",
        "x: a\ncontent-length: 4",
    ] {
        let text = format!(
            "POST /echo HTTP/1.1\r\nhost: a\r\n{framing}\r\n\r\n0\r\n\r\n{}",
            str::from_utf8(GET).unwrap()
        );
        let heard = server.says(text.as_bytes()).await;
        assert!(heard.starts_with("HTTP/1.1 400 "), "{framing:?}: {heard}");
        assert_eq!(heard.matches("HTTP/1.1").count(), 1, "{framing:?}: {heard}");
    }
    for body in ["zz\r\n\r\n", "-1\r\n\r\n", "5\nhello\n0\n\n", "ffffffffffffffffff\r\n"] {
        let text = format!("POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{body}");
        let heard = server.says(text.as_bytes()).await;
        assert!(heard.starts_with("HTTP/1.1 400 "), "{body:?}: {heard}");
    }
    // Behind a good request, the good one is answered first.
    let heard = server.says(&[GET, b"GET / HTTP/1.1\nhost: a\r\n\r\n"].concat()).await;
    let statuses: Vec<&str> = heard.split("HTTP/1.1 ").map(|answer| answer.get(..3).unwrap_or("")).collect();
    assert_eq!(statuses, ["", "200", "400"], "{heard}");
}

#[tokio::test]
async fn pipelined_and_chunked_requests_are_answered() {
    let server = Server::start(patient()).await;
    let post = b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nfirst";
    let heard = server.says(&[&post[..], GET, LAST].concat()).await;
    assert_eq!(heard.matches("HTTP/1.1 200 OK").count(), 3, "{heard}");
    // Nothing that follows a chunked body is read.
    let chunked =
        b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n";
    let heard = server.says(&[&chunked[..], GET].concat()).await;
    assert_eq!(heard.matches("HTTP/1.1 200 OK").count(), 1, "{heard}");
    assert!(heard.contains("connection: close") && heard.ends_with("first"), "{heard}");
}

#[tokio::test]
async fn bodies_are_capped_whether_announced_or_not() {
    let limits = EdgeLimits {
        body_bytes_max: 1_000,
        body_bytes_max_by_path: vec![("/upload/".into(), 5_000)],
        ..patient()
    };
    let server = Server::start(limits).await;
    let announced = |path: &str, bytes: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {bytes}\r\n\r\n{}",
            "x".repeat(bytes)
        )
    };
    let chunked = |bytes: usize| {
        let body = "x".repeat(bytes);
        format!(
            "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{bytes:x}\r\n{body}\r\n0\r\n\r\n"
        )
    };
    for (request, status) in [
        (announced("/echo", 1_000), 200),
        (announced("/echo", 1_001), 413),
        (announced("/upload/x", 5_000), 200),
        (announced("/upload/x", 5_001), 413),
        (chunked(1_000), 200),
        (chunked(1_001), 413),
    ] {
        let heard = server.says(request.as_bytes()).await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{}: {heard}", request.len());
    }
    let heard = server.says(&announced("/echo", 1_001).as_bytes()[..100]).await;
    assert!(heard.contains(r#""code":"body_too_large""#), "it does not wait for the body: {heard}");
}

#[tokio::test]
async fn a_body_that_dribbles_is_refused() {
    let limits = EdgeLimits { body_grace: MS(150), body_bytes_per_sec_min: 1_000, ..patient() };
    let server = Server::start(limits).await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n").await.unwrap();
    let (mut read, mut write) = stream.split();
    let mut heard = [0; 12];
    let dribble = async {
        while write.write_all(b"x").await.is_ok() {
            tokio::time::sleep(MS(20)).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        read = read.read_exact(&mut heard) => drop(read.unwrap()),
        () = dribble => {}
    }
    assert_eq!(&heard, b"HTTP/1.1 408");
    assert_eq!(server.handler.runs.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_that_keeps_its_rate_may_take_longer_than_the_grace() {
    let limits = EdgeLimits { body_grace: MS(300), body_bytes_per_sec_min: 10, ..patient() };
    let server = Server::start(limits).await;
    let mut stream = server.connect().await;
    let head = b"POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 200\r\n\r\n";
    stream.write_all(head).await.unwrap();
    for _ in 0..4 {
        stream.write_all(&[b'x'; 50]).await.unwrap();
        tokio::time::sleep(MS(120)).await;
    }
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_cut_off() {
    let server = Server::start(EdgeLimits { write_stall_timeout: MS(150), ..patient() }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    // The server is stuck until it gives up.
    let started = Instant::now();
    while !stopped(&server, 0).await {
        assert!(started.elapsed() < MS(10_000), "still writing");
    }
    assert!(rest(&mut stream).await.len() < BIG);
}

/// Whether the server has only so many connections open, seen by their ends in the system's table.
async fn stopped(server: &Server, open: usize) -> bool {
    tokio::time::sleep(MS(10)).await;
    let port = format!(":{:04X} ", server.address.port());
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let established = table
        .lines()
        .filter(|line| line.split_whitespace().nth(1).is_some_and(|l| format!("{l} ").ends_with(&port)));
    established.filter(|line| line.split_whitespace().nth(3) == Some("01")).count() <= open
}

#[tokio::test]
async fn encodings_are_refused_and_identity_is_none() {
    let server = Server::start(patient()).await;
    for (encoding, status) in
        [("gzip", 415), ("br", 415), ("zstd", 415), ("identity, gzip", 415), ("Identity", 200)]
    {
        let request = format!(
            "POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-encoding: {encoding}\r\ncontent-length: 1\r\n\r\nx"
        );
        let heard = server.says(request.as_bytes()).await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{encoding}: {heard}");
    }
    assert_eq!(server.handler.runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn unknown_names_are_misdirected_but_health_has_none() {
    let limits = EdgeLimits {
        hosts: HostList::new(["pay.example".to_owned()]),
        paths_of_any_host: vec!["/who".into()],
        ..patient()
    };
    let server = Server::start(limits).await;
    for (path, host, status) in [
        ("/", "host: pay.example\r\n", 200),
        ("/", "host: evil.example\r\n", 421),
        ("/", "", 400),
        ("/", "host: pay.example\r\nhost: evil.example\r\n", 400),
        ("http://evil.example/", "host: pay.example\r\n", 400),
        ("/who", "host: 10.0.0.7\r\n", 200),
    ] {
        let heard =
            server.says(format!("GET {path} HTTP/1.1\r\n{host}connection: close\r\n\r\n").as_bytes()).await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {host:?}: {heard}");
    }
}

#[tokio::test]
async fn the_caller_is_the_peer_or_what_our_proxy_saw() {
    let request =
        b"GET /who HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 6.6.6.6, 9.9.9.9\r\nconnection: close\r\n\r\n";
    let alone = Server::start(patient()).await;
    assert!(alone.says(request).await.ends_with("127.0.0.1"));
    let behind = Server::start(EdgeLimits { trusted_proxies: 1, ..patient() }).await;
    assert!(behind.says(request).await.ends_with("9.9.9.9"));
}

#[tokio::test]
async fn callers_beyond_the_cap_are_told_and_places_come_back() {
    for limits in [
        EdgeLimits { connections_max: 2, ..patient() },
        EdgeLimits { connections_per_client_max: 2, ..patient() },
    ] {
        let server = Server::start(limits).await;
        let mut kept = Vec::new();
        for _ in 0..2 {
            let mut stream = server.connect().await;
            stream.write_all(GET).await.unwrap();
            assert!(one(&mut stream).await.ends_with("hello"));
            kept.push(stream);
        }
        for _ in 0..3 {
            let heard = server.says(GET).await;
            assert!(heard.starts_with("HTTP/1.1 503 ") && heard.contains("retry-after: 1"), "{heard}");
        }
        drop(kept.pop());
        let started = Instant::now();
        while !server.says(LAST).await.ends_with("hello") {
            assert!(started.elapsed() < MS(10_000), "the place never came back");
        }
    }
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_connection_lives() {
    let server = Server::start(patient()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /panic HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let heard = one(&mut stream).await;
    assert!(heard.starts_with("HTTP/1.1 500 ") && heard.contains("application/problem+json"), "{heard}");
    assert!(!heard.contains("a panic that a test wants"));
    stream.write_all(GET).await.unwrap();
    assert!(one(&mut stream).await.ends_with("hello"));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_for() {
    let server = Server::start(EdgeLimits { request_timeout: MS(100), ..patient() }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let heard = one(&mut stream).await;
    assert!(heard.starts_with("HTTP/1.1 504 ") && heard.contains(r#""retryable":true"#), "{heard}");
}

#[tokio::test]
async fn who_hangs_up_neither_stops_the_work_nor_frees_its_place() {
    let server = Server::start(EdgeLimits { connections_max: 1, ..patient() }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    server.handler.began.notified().await;
    drop(stream);
    while !stopped(&server, 0).await {}
    assert!(server.says(GET).await.starts_with("HTTP/1.1 503 "));
    server.handler.go_on.notify_one();
    server.handler.ended.notified().await;
    let started = Instant::now();
    while !server.says(LAST).await.ends_with("hello") {
        assert!(started.elapsed() < MS(10_000), "the place never came back");
    }
}

#[tokio::test]
async fn stopping_finishes_what_began_and_begins_nothing() {
    let mut server = Server::start(patient()).await;
    let (mut quiet, mut busy) = (server.connect().await, server.connect().await);
    quiet.write_all(GET).await.unwrap();
    one(&mut quiet).await;
    busy.write_all(b"GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    server.handler.began.notified().await;
    server.stop();
    assert_eq!(rest(&mut quiet).await, "", "a quiet connection is closed");
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody new comes in");
    assert!(!server.ended.is_finished());
    server.handler.go_on.notify_one();
    let heard = rest(&mut busy).await;
    assert!(heard.ends_with("held") && heard.contains("connection: close"), "{heard}");
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let mut server = Server::start(EdgeLimits { drain_timeout: MS(100), ..patient() }).await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    server.handler.began.notified().await;
    server.stop();
    tokio::time::timeout(MS(10_000), server.ended).await.expect("it ends").unwrap().unwrap();
    assert_eq!(rest(&mut busy).await, "");
}

#[tokio::test]
async fn two_hundred_slow_callers_do_not_slow_the_next() {
    let server = Server::start(patient()).await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
        slow.push(stream);
    }
    let started = Instant::now();
    assert!(server.says(LAST).await.ends_with("hello"));
    assert!(started.elapsed() < MS(1_000));
}

#[test]
fn refusals_are_json_with_a_real_status() {
    for refusal in [
        Refusal::UnknownHost,
        Refusal::UnclearHost,
        Refusal::TargetTooLong,
        Refusal::Encoded,
        Refusal::BodyTooLarge,
        Refusal::BodyTooSlow,
        Refusal::TimedOut,
        Refusal::Broken,
        Refusal::Full,
    ] {
        let bytes = refusal.bytes();
        let (_, body) = str::from_utf8(&bytes).unwrap().split_once("\r\n\r\n").unwrap();
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_ne!(refusal.response().status(), StatusCode::OK);
        assert_eq!(problem["status"], refusal.response().status().as_u16());
    }
}
