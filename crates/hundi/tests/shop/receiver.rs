//! A developer's server for webhooks: it remembers what it heard, and answers as it is told.

use hundi_app::signing::{self, SigningSecret};
use hundi_core::Millis;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const HEARS_WITHIN: Duration = Duration::from_secs(60);

/// One message: its `webhook-id`, the event's type, and whether the secret had signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) genuine: bool,
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    pub(crate) status: Arc<AtomicU16>,
    heard: Arc<Mutex<Vec<Heard>>>,
    over: Arc<AtomicBool>,
}

impl Receiver {
    /// At this address; any that is free, where there is none.
    pub(crate) fn open(address: Option<SocketAddr>, secret: Option<SigningSecret>) -> Self {
        let listener = TcpListener::bind(address.unwrap_or_else(|| "127.0.0.1:0".parse().unwrap())).unwrap();
        let address = listener.local_addr().unwrap();
        let (status, over) = (Arc::new(AtomicU16::new(200)), Arc::new(AtomicBool::new(false)));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (answers, hears, stops) = (status.clone(), heard.clone(), over.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stops.load(Ordering::SeqCst) {
                    return;
                }
                let status = answers.load(Ordering::SeqCst);
                if let Some(one) = stream.ok().and_then(|stream| hear(stream, secret.as_ref(), status)) {
                    hears.lock().unwrap().push(one);
                }
            }
        });
        Self { address, status, heard, over }
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until it heard this event so often.
    pub(crate) fn hears(&self, event: &str, times: usize) {
        let until = Instant::now() + HEARS_WITHIN;
        while self.heard().iter().filter(|h| h.id == event).count() < times {
            assert!(Instant::now() < until, "{event}, {times} times: {:#?}", self.heard());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // It waits for somebody.
        TcpStream::connect(self.address).ok();
    }
}

fn hear(stream: TcpStream, secret: Option<&SigningSecret>, status: u16) -> Option<Heard> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.trim_end().split_once(": ") {
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    let header =
        |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let mut body = vec![0; header("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    write!(reader.get_mut(), "HTTP/1.1 {status} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let now = Millis(i64::try_from(now).unwrap());
    let event: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    Some(Heard {
        id: header("webhook-id").unwrap_or_default(),
        kind: event["type"].as_str().unwrap_or_default().to_owned(),
        genuine: secret.is_some_and(|secret| signing::verify(secret, &headers, &body, now)),
    })
}
