//! The client against listeners of its own: what it refuses to call, and how it names what went wrong.

use super::*;
use reqwest::dns::Resolve;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers every name with the next entry, and the last one for ever.
struct Script {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Script {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers.iter().map(|a| a.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        Arc::new(Self { answers, asked: AtomicUsize::new(0) })
    }
}

#[async_trait]
impl Lookup for Script {
    async fn lookup(&self, _name: &str) -> std::io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.answers[turn.min(self.answers.len() - 1)].clone())
    }
}

/// A server that gives every connection to one function, and counts them.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn run<F>(at: &str, each: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(at).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let seen = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                seen.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(each(stream));
            }
        });
        Self { address, connections }
    }

    /// Answers every request on a connection with the same bytes.
    async fn saying(answer: &'static str) -> Self {
        Self::run("127.0.0.1:0", move |mut stream| async move {
            while head(&mut stream).await.is_some() {
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        })
        .await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Reads a request without a body.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        text.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(text).unwrap())
}

fn net(allow: &[&str]) -> Net {
    net_with(allow, NetPolicy::strict())
}

fn net_with(allow: &[&str], policy: NetPolicy) -> Net {
    let allow = allow.iter().map(|text| text.parse().unwrap()).collect();
    Net::new(NetPolicy { allow, ..policy }).unwrap()
}

fn get(url: impl Into<String>, to: To) -> Outgoing {
    Outgoing {
        method: "GET".into(),
        url: url.into(),
        headers: Vec::new(),
        body: Vec::new(),
        deadline_ms: 2_000,
        body_bytes_max: 1024,
        to,
    }
}

fn post(url: impl Into<String>, to: To) -> Outgoing {
    Outgoing { method: "POST".into(), ..get(url, to) }
}

const EVERYBODY: [To; 3] = [To::Provider, To::Merchant(Mode::Test), To::Merchant(Mode::Live)];

/// `{p}` is the port of a listener on every loopback address.
#[rustfmt::skip]
const SPELLINGS: &[&str] = &[
    // loopback, as people and as attackers write it
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.0.0.2", "127.255.255.254", "0", "0.0.0.0", "0.0.0.0.", "0.1",
    "2130706433", "2130706433.", "0x7f000001", "0X7F000001", "0x7f.1", "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "017700000001",
    "0177.0.0.1", "0177.1", "00000177.0.0.01", "0177.0x0.0.1", "0x7f.0.0.0x1", "127.0x1", "127.0.0.0x1", "0x0",
    "00.00.00.00", "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1",
    "localhost", "LOCALHOST", "LocalHost.", "localhost.localhost", "a.localhost", "ｌｏｃａｌｈｏｓｔ", "ⓛocalhost",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::0001]", "[::127.0.0.1]",
    "[::7f00:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]", "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::ffff:0:127.0.0.1]", "[::ffff:8.8.8.8]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::8.8.8.8]",
    "[64:ff9b:1::127.0.0.1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2001:0:7f00:1::]", "[2001::1]",
    "[2001:0000:4136:e378:8000:63bf:3fff:fdd2]", "[2001:db8::1]", "[2001:10::1]", "[2001:20::1]", "[3fff::1]",
    "[100::1]", "[5f00::1]", "[fc00::1]", "[fd12:3456:789a::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::a9fe:a9fe]",
    "[fe80::1%25eth0]", "[fe80::1%eth0]", "[::1%250]", "[fec0::1]", "[ff02::1]", "[ff0e::1]", "[4000::1]",
    // the rest of the closed networks
    "10.0.0.1", "10.255.255.255", "0xa.1", "167772161", "012.0.0.1", "172.16.0.1", "172.31.255.255", "0xac100001",
    "192.168.0.1", "192.168.255.255", "0xc0a80001", "3232235521", "0300.0250.0.1", "100.64.0.1", "100.127.255.255",
    "100.100.100.200", "169.254.0.1", "169.254.169.254", "169.254.43518", "169.16689662", "2852039166", "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe", "025177524776", "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
    "169.254.170.2", "168.63.129.16", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "0xffffffff", "4294967295", "0.1.2.3",
    // names: the resolver of this test leads every one of them to 127.0.0.1
    "metadata", "metadata.google.internal", "METADATA.google.internal.", "metadata.goog", "instance-data",
    "instance-data.ec2.internal", "rebind.example", "127.0.0.1.nip.example", "xn--lcalhost-xqa.example", "redis",
    "kubernetes.default.svc", "printer.local", "a.internal", "bücher.example", "rebind.example.", "x_y.example",
    // credentials and hosts that hide behind each other
    "user@127.0.0.1", "user:pass@127.0.0.1", "@127.0.0.1", ":@127.0.0.1", "example.com@127.0.0.1",
    "example.com:443@127.0.0.1", "127.0.0.1:{p}@example.com", "example.com%40127.0.0.1", "%31%32%37.0.0.1",
    "127.0.0.1%2eexample.com", "loc%61lhost", "127.0.0.1%00.example.com", "127.0.0.1 .example.com", "127.0.0.1\t",
    "127.0.0.1\r\n", "127.0.0.1\0", "127.0.0.1\\@example.com", "example.com\\@127.0.0.1", "/127.0.0.1", "//127.0.0.1",
    "\\127.0.0.1", "", ":", "[", "[]", "[::1", "::1", "127.0.0.1:{p}:{p}", "256.256.256.256", "1.2.3.4.5", "0x", "0x7g",
    "4294967296", "127.0.0.0x100000001", "-", "exa mple.com", "example.com|", "a<b>.example", "a^b.example",
    "\u{202e}moc.elpmaxe", "soft\u{ad}hyphen.example", "\u{200b}127.0.0.1",
];

/// Whole addresses, with their scheme.
#[rustfmt::skip]
const ODD_SCHEMES: &[&str] = &[
    "", "http", "http:", "http://", "https://", "http:127.0.0.1:{p}", "http:/127.0.0.1:{p}", "http:\\\\127.0.0.1:{p}",
    "//127.0.0.1:{p}/", "\\\\127.0.0.1:{p}", "127.0.0.1:{p}", "localhost:{p}", "/hook", "file:///etc/passwd",
    "file://127.0.0.1:{p}/", "ftp://127.0.0.1:{p}/", "gopher://127.0.0.1:{p}/_GET", "dict://127.0.0.1:{p}/", "ldap://127.0.0.1:{p}/",
    "ws://127.0.0.1:{p}/", "wss://127.0.0.1:{p}/", "data:text/plain,hello", "javascript://127.0.0.1:{p}/%0aalert(1)", "blob:http://127.0.0.1:{p}/",
    "jar:http://127.0.0.1:{p}/!/", "unix:///var/run/docker.sock", "http+unix://%2fvar%2frun%2fdocker.sock/", "view-source:http://127.0.0.1:{p}/", "HTTP://127.0.0.1:{p}/",
    " http://127.0.0.1:{p}/", "ht\ntp://127.0.0.1:{p}/", "http\t://127.0.0.1:{p}/", "http://127.0.0.1:{p}/a\r\nx: y", "http://127.0.0.1:{p}/a b",
    "http://127.0.0.1:{p}/\u{7f}", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:/", "http://127.0.0.1:0/", "https://example.com:22/",
    "https://example.com:6379/", "http://example.com/", "http://example.com:443/", "http://93.184.215.14/", "https://93.184.215.14:25/",
];

#[tokio::test]
async fn no_spelling_reaches_a_closed_address() {
    let canary = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let port = canary.address.port();
    let policy =
        NetPolicy { ports: vec![port], lookup: Script::new(&[&["127.0.0.1"]]), ..NetPolicy::strict() };
    // An allow list that has nothing to do with any of them: its presence must not open another place.
    let listed = net_with(&["127.0.0.9:1", "sandbox:4010"], policy);
    let policy =
        NetPolicy { ports: vec![port], lookup: Script::new(&[&["127.0.0.1"]]), ..NetPolicy::strict() };
    let strict = net_with(&[], policy);

    let mut urls: Vec<String> = ODD_SCHEMES.iter().map(|url| url.replace("{p}", &port.to_string())).collect();
    for spelling in SPELLINGS {
        for scheme in ["http", "https"] {
            let host = spelling.replace("{p}", &port.to_string());
            urls.push(format!("{scheme}://{host}:{port}/hook"));
            urls.push(format!("{scheme}://{host}/hook"));
        }
    }
    assert!(SPELLINGS.len() + ODD_SCHEMES.len() > 200);
    for url in &urls {
        for to in EVERYBODY {
            for net in [&strict, &listed] {
                let answer = net.send(get(url.as_str(), to)).await;
                assert_eq!(answer.err(), Some(NetError::Forbidden(BLOCKED)), "{url:?} to {to:?}");
            }
        }
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn an_allowed_place_is_called_and_only_that_one() {
    let shop = Server::saying("HTTP/1.1 201 Created\r\nX-Shop: yes\r\ncontent-length: 2\r\n\r\nok").await;
    let port = shop.address.port();
    let net = net(&[&shop.address.to_string()]);
    for to in [To::Provider, To::Merchant(Mode::Test)] {
        let answer = net.send(get(shop.url("/a?b=c"), to)).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice(), answer.truncated), (201, &b"ok"[..], false));
        assert!(answer.headers.contains(&("x-shop".into(), "yes".into())));
    }
    // Its name counts by where it leads, another port does not, and live merchants need https.
    assert_eq!(net.send(get(format!("http://localhost:{port}/"), To::Provider)).await.unwrap().status, 201);
    for (url, to) in [
        (shop.url("/"), To::Merchant(Mode::Live)),
        (format!("http://127.0.0.2:{port}/"), To::Provider),
        (format!("http://[::ffff:127.0.0.1]:{port}/"), To::Provider),
        ("http://127.0.0.1:1/".to_owned(), To::Provider),
        ("http://localhost:1/".to_owned(), To::Provider),
    ] {
        assert_eq!(net.send(get(url, to)).await.err(), Some(NetError::Forbidden(BLOCKED)));
    }
    assert_eq!(shop.connections(), 3, "one kept for each name of a provider, one for the merchant");
}

#[tokio::test]
async fn an_address_that_changes_its_mind_is_checked_again() {
    let shop = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let port = shop.address.port();
    let canary = Server::run(&format!("127.0.0.2:{port}"), |_| async {}).await;
    let script = Script::new(&[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.2", "127.0.0.1"]]);
    let policy = NetPolicy { lookup: script.clone(), ..NetPolicy::strict() };
    let net = net_with(&[&shop.address.to_string()], policy);
    let url = format!("http://rebind.example:{port}/");
    let send = async || net.send(post(url.as_str(), To::Merchant(Mode::Test))).await.map(|a| a.status);

    assert_eq!(send().await, Ok(200));
    assert_eq!(send().await, Err(NetError::Forbidden(BLOCKED)));
    assert_eq!(send().await, Ok(200), "of several, the allowed one is called");
    assert_eq!(script.asked.load(Ordering::SeqCst), 3, "one look-up for each connection");
    assert_eq!((shop.connections(), canary.connections()), (2, 0));
}

#[tokio::test]
async fn a_name_must_lead_to_public_addresses_only() {
    let guarded = |answers: &[&[&str]]| Guarded {
        lookup: Script::new(answers),
        rules: Arc::new(Rules::default()),
        reach: Reach { public: true, listed_port: None },
    };
    let answer = async |g: &Guarded| match g.resolve("shop.example".parse().unwrap()).await {
        Ok(addresses) => Ok(addresses.map(|a| a.to_string()).collect::<Vec<_>>()),
        Err(error) => Err(error.is::<Blocked>()),
    };
    let rebinding = guarded(&[&["93.184.215.14"], &["127.0.0.1"]]);
    assert_eq!(answer(&rebinding).await, Ok(vec!["93.184.215.14:0".to_owned()]));
    assert_eq!(answer(&rebinding).await, Err(true));
    for mixed in [&["93.184.215.14", "10.0.0.1"][..], &["93.184.215.14", "::1"], &["::ffff:93.184.215.14"]] {
        assert_eq!(answer(&guarded(&[mixed])).await, Err(true), "{mixed:?}");
    }
    assert_eq!(answer(&guarded(&[&[]])).await, Err(false));
}

#[tokio::test]
async fn redirects_are_answers() {
    let canary = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    for status in [301, 302, 303, 307, 308] {
        let target = canary.url("/");
        let shop = Server::run("127.0.0.1:0", move |mut stream| {
            let answer = format!("HTTP/1.1 {status} Go\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n");
            async move {
                head(&mut stream).await;
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        })
        .await;
        let net = net(&["127.0.0.0/8"]);
        for to in [To::Provider, To::Merchant(Mode::Test)] {
            assert_eq!(net.send(get(shop.url("/"), to)).await.unwrap().status, status);
        }
    }
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn a_long_answer_is_cut_for_merchants_and_refused_from_providers() {
    let body = "x".repeat(100_000);
    let whole: &'static str = format!("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{body}").leak();
    let shop = Server::saying(whole).await;
    let net = net(&["127.0.0.1"]);
    let cut = net.send(get(shop.url("/"), To::Merchant(Mode::Test))).await.unwrap();
    assert_eq!((cut.status, cut.body.len(), cut.truncated), (200, 1024, true));
    assert_eq!(net.send(get(shop.url("/"), To::Provider)).await.err(), Some(NetError::TooLarge));
    let roomy = Outgoing { body_bytes_max: 100_000, ..get(shop.url("/"), To::Provider) };
    assert_eq!(net.send(roomy).await.unwrap().body.len(), 100_000);
}

#[tokio::test]
async fn a_compressed_answer_stays_as_it_came() {
    let shop =
        Server::saying("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nbomb").await;
    let answer = net(&["127.0.0.1"]).send(get(shop.url("/"), To::Provider)).await.unwrap();
    assert_eq!(answer.body, b"bomb");
}

#[tokio::test]
async fn silence_and_dribble_end_at_the_deadline() {
    let silent = Server::run("127.0.0.1:0", |mut stream| async move {
        head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let dribble = Server::run("127.0.0.1:0", |mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n").await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let net = net(&["127.0.0.1"]);
    for server in [&silent, &dribble] {
        for to in [To::Provider, To::Merchant(Mode::Test)] {
            let started = std::time::Instant::now();
            let out = Outgoing { deadline_ms: 100, body_bytes_max: 10_000, ..post(server.url("/"), to) };
            assert_eq!(net.send(out).await.err(), Some(NetError::TimedOut));
            assert!(started.elapsed() < Duration::from_millis(1500));
        }
    }
}

#[tokio::test]
async fn before_the_first_byte_is_not_connected() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let plain = Server::run("127.0.0.1:0", |mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    })
    .await;
    let mute = Server::run("127.0.0.1:0", |_stream| std::future::pending()).await;
    let policy = NetPolicy { connect_timeout_ms: 100, ..NetPolicy::strict() };
    let net = net_with(&["127.0.0.1"], policy);
    for url in [
        format!("http://{closed}/"),
        format!("https://{}/", plain.address),
        format!("https://{}/", mute.address),
    ] {
        let error = net.send(post(url.as_str(), To::Provider)).await.err();
        assert!(matches!(error, Some(NetError::NotConnected(_))), "{url}: {error:?}");
    }
    let policy = NetPolicy { lookup: Script::new(&[&[]]), ..NetPolicy::strict() };
    let error = net_with(&[], policy).send(post("https://nowhere.example/", To::Provider)).await.err();
    assert_eq!(error, Some(NetError::NoSuchName));
}

#[tokio::test]
async fn after_the_first_byte_is_broken() {
    let hangs_up = Server::run("127.0.0.1:0", |mut stream| async move {
        head(&mut stream).await;
    })
    .await;
    // Closes before it has read anything: the request may still have been on its way.
    let drops = Server::run("127.0.0.1:0", |stream| async move { drop(stream) }).await;
    let ends_early = Server::run("127.0.0.1:0", |mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
    })
    .await;
    let nonsense = Server::saying("SSH-2.0-OpenSSH_9.2\r\n\r\n").await;
    let net = net(&["127.0.0.1"]);
    for server in [&hangs_up, &drops, &ends_early, &nonsense] {
        let error = net.send(post(server.url("/"), To::Provider)).await.err();
        assert!(matches!(error, Some(NetError::Broken(_))), "{error:?}");
        assert_eq!(server.connections(), 1, "nothing is sent twice");
    }
}

#[tokio::test]
async fn what_may_move_money_never_travels_on_a_used_connection() {
    let provider = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let net = net(&["127.0.0.1"]);
    for _ in 0..3 {
        net.send(get(provider.url("/"), To::Provider)).await.unwrap();
    }
    assert_eq!(provider.connections(), 1);
    for _ in 0..3 {
        net.send(post(provider.url("/"), To::Provider)).await.unwrap();
    }
    assert_eq!(provider.connections(), 4);
}

#[tokio::test]
async fn a_used_connection_that_breaks_during_a_read_is_broken() {
    // Answers the first request and hangs up on the second after it has read it.
    let provider = Server::run("127.0.0.1:0", |mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        head(&mut stream).await;
    })
    .await;
    let net = net(&["127.0.0.1"]);
    net.send(get(provider.url("/"), To::Provider)).await.unwrap();
    let error = net.send(get(provider.url("/"), To::Provider)).await.err();
    assert!(matches!(error, Some(NetError::Broken(_))), "{error:?}");
    assert_eq!(provider.connections(), 1);
}

#[tokio::test]
async fn headers_cannot_break_the_frame() {
    let shop = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let net = net(&["127.0.0.1"]);
    for (name, value) in [
        ("x-a", "1\r\nx-b: 2"),
        ("x-a", "1\nx-b: 2"),
        ("x-a", "1\0"),
        ("x-a\r\nx-b", "1"),
        ("x a", "1"),
        ("", "1"),
        ("Host", "other"),
        ("Content-Length", "0"),
        ("transfer-encoding", "chunked"),
        ("Connection", "upgrade"),
    ] {
        let headers = vec![(name.to_owned(), value.to_owned())];
        let error = net.send(Outgoing { headers, ..post(shop.url("/"), To::Provider) }).await.err();
        assert!(matches!(error, Some(NetError::NotConnected(_))), "{name:?}: {error:?}");
    }
    let out = Outgoing { method: "GET / HTTP/1.1\r\n".into(), ..post(shop.url("/"), To::Provider) };
    assert!(matches!(net.send(out).await, Err(NetError::NotConnected(_))));
    assert_eq!(shop.connections(), 0);
}

#[tokio::test]
async fn the_request_carries_what_was_given_and_little_else() {
    let (sent, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let shop = Server::run("127.0.0.1:0", move |mut stream| {
        let sent = sent.clone();
        async move {
            sent.send(head(&mut stream).await.unwrap()).unwrap();
        }
    })
    .await;
    let headers = vec![("X-Key".to_owned(), "value".to_owned())];
    let out = Outgoing { headers, ..post(shop.url("/a%20b?c=d#e"), To::Provider) };
    assert!(net(&["127.0.0.1"]).send(out).await.is_err());
    let text = seen.recv().await.unwrap().replace(&shop.address.to_string(), "HOST");
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    lines[1..].sort_unstable();
    assert_eq!(
        lines,
        [
            "POST /a%20b?c=d HTTP/1.1",
            "accept-encoding: identity",
            "accept: */*",
            "content-length: 0",
            "host: HOST",
            "user-agent: hundi",
            "x-key: value"
        ]
    );
}

#[test]
fn endpoints_are_judged_by_their_text_when_registered() {
    let strict = net(&[]);
    let lenient = net(&["127.0.0.1:9000", "shop.test:8080", "10.1.0.0/16"]);
    type Verdict = Result<(), UrlRefused>;
    // Address; then strict live, strict test, lenient test.
    let cases: &[(&str, Verdict, Verdict, Verdict)] = &[
        ("https://shop.example/hook", Ok(()), Ok(()), Ok(())),
        ("https://shop.example:80/hook", Ok(()), Ok(()), Ok(())),
        ("https://shop.example:8443/", Err(UrlRefused::Port), Err(UrlRefused::Port), Ok(())),
        ("http://shop.example/", Err(UrlRefused::NotHttps), Err(UrlRefused::NotHttps), Ok(())),
        ("http://127.0.0.1:9000/", Err(UrlRefused::NotHttps), Err(UrlRefused::NotHttps), Ok(())),
        ("https://127.0.0.1/", Err(UrlRefused::Address), Err(UrlRefused::Address), Err(UrlRefused::Address)),
        (
            "https://169.254.169.254/",
            Err(UrlRefused::Address),
            Err(UrlRefused::Address),
            Err(UrlRefused::Address),
        ),
        (
            "https://metadata.google.internal/",
            Err(UrlRefused::Address),
            Err(UrlRefused::Address),
            Err(UrlRefused::Address),
        ),
        ("http://shop.test:8080/", Err(UrlRefused::NotHttps), Err(UrlRefused::NotHttps), Ok(())),
        ("http://10.1.2.3:1234/", Err(UrlRefused::NotHttps), Err(UrlRefused::NotHttps), Ok(())),
        ("http://10.2.0.1/", Err(UrlRefused::NotHttps), Err(UrlRefused::NotHttps), Err(UrlRefused::Address)),
        (
            "https://u:p@shop.example/",
            Err(UrlRefused::Userinfo),
            Err(UrlRefused::Userinfo),
            Err(UrlRefused::Userinfo),
        ),
        (
            "ftp://shop.example/",
            Err(UrlRefused::Unreadable),
            Err(UrlRefused::Unreadable),
            Err(UrlRefused::Unreadable),
        ),
        (
            "shop.example",
            Err(UrlRefused::Unreadable),
            Err(UrlRefused::Unreadable),
            Err(UrlRefused::Unreadable),
        ),
    ];
    for (url, live, test, allowed) in cases {
        assert_eq!(strict.check_url(url, Mode::Live), *live, "live {url}");
        assert_eq!(strict.check_url(url, Mode::Test), *test, "test {url}");
        assert_eq!(lenient.check_url(url, Mode::Test), *allowed, "lenient {url}");
    }
    let long = format!("https://shop.example/{}", "a".repeat(URL_BYTES_MAX));
    assert_eq!(strict.check_url(&long, Mode::Live), Err(UrlRefused::Unreadable));
}
