//! The shop of a quick start, beside a demo: its server, and `hundi listen` that hands the events on to it.

mod listens;
mod receiver;

use crate::demo::Demo;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const OPENS_WITHIN: Duration = Duration::from_secs(30);
const TOLD_WITHIN: Duration = Duration::from_secs(60);

pub(crate) struct Shop {
    listener: Child,
    server: Child,
    address: SocketAddr,
    /// hundi and a key to it.
    hundi: (SocketAddr, String),
    _folder: tempfile::TempDir,
}

impl Shop {
    pub(crate) fn open(demo: &Demo, mut opens: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut listen = Command::new(env!("CARGO_BIN_EXE_hundi"));
        listen.args(["listen", "--forward-to", &format!("http://{address}/webhooks"), "--cursor"]);
        listen.arg(folder.path().join("cursor.json")).env("HUNDI_API_KEY", &demo.key);
        listen.env("HUNDI_SERVER", format!("http://{}", demo.listen));
        let mut listener = listen.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(listener.stdout.take().unwrap()).lines();
        let secret = said.by_ref().map(Result::unwrap).find_map(|line| {
            line.split_whitespace().find(|word| word.starts_with("whsec_")).map(str::to_owned)
        });
        // Read to its end, so that the listener never waits for a reader.
        std::thread::spawn(move || said.for_each(drop));
        opens
            .env("KEY", &demo.key)
            .env("HUNDI", format!("http://{}", demo.listen))
            .env("NO_PROXY", "127.0.0.1");
        opens.env("PORT", address.port().to_string()).env("WEBHOOK_SECRET", secret.unwrap());
        let mut server = opens.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let until = Instant::now() + OPENS_WITHIN;
        while TcpStream::connect(address).is_err() {
            assert!(server.try_wait().unwrap().is_none() && Instant::now() < until, "the shop does not open");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { listener, server, address, hundi: (demo.listen, demo.key.clone()), _folder: folder }
    }

    /// A customer buys. The path of the order's page, which the browser comes back to.
    pub(crate) fn buys(&self) -> String {
        assert!(self.asks("GET / HTTP/1.1", "").contains("Buy two chairs"));
        let answer = self.asks("POST /buy HTTP/1.1", "");
        assert!(answer.starts_with("HTTP/1.1 303") || answer.starts_with("HTTP/1.0 303"), "{answer}");
        let header = answer.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location").then(|| value.to_owned())
        });
        let checkout = header.expect("it leads somewhere");
        let page = get(&checkout);
        assert!(page.contains(" 200 ") && page.contains("Two chairs"), "{page}");
        let (hundi, key) = &self.hundi;
        let head = format!("GET /api/v1/orders?limit=1 HTTP/1.1\r\nauthorization: Bearer {key}");
        let listed = ask(*hundi, &head, "");
        let at = listed.find("/orders/R-").expect("the order leads back to the shop");
        listed[at..].split('"').next().unwrap().to_owned()
    }

    pub(crate) fn shows(&self, path: &str) -> String {
        self.asks(&format!("GET {path} HTTP/1.1"), "")
    }

    pub(crate) fn comes_to_show(&self, path: &str, what: &str) {
        let until = Instant::now() + TOLD_WITHIN;
        loop {
            let page = self.shows(path);
            if page.contains(what) {
                return;
            }
            assert!(Instant::now() < until, "{page}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// A message to its receiver, with a signature that nobody made.
    pub(crate) fn hears(&self, body: &str) -> u16 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let signed = format!(
            "POST /webhooks HTTP/1.1\r\nwebhook-id: evt_x\r\nwebhook-timestamp: {now}\r\n\
             webhook-signature: v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        );
        self.asks(&signed, body).split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn asks(&self, head: &str, body: &str) -> String {
        ask(self.address, head, body)
    }
}

fn get(url: &str) -> String {
    let rest = url.strip_prefix("http://").expect("the demo is on this machine");
    let (host, path) = rest.split_once('/').unwrap();
    ask(host.parse().unwrap(), &format!("GET /{path} HTTP/1.1"), "")
}

fn ask(address: SocketAddr, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(OPENS_WITHIN)).unwrap();
    let length = body.len();
    write!(
        stream,
        "{head}\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

impl Drop for Shop {
    fn drop(&mut self) {
        for child in [&mut self.server, &mut self.listener] {
            child.kill().ok();
            child.wait().ok();
        }
    }
}
