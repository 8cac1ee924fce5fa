//! A load client: HTTP/1.1 over one kept connection, just enough for answers that carry their length.
//!
//! It shares the cores with what it measures, so it does as little as it can.

use crate::sample::Caller;
use anyhow::{Context, Result, bail, ensure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ANSWER_BYTES_MAX: usize = 1 << 20;

/// One connection, one request at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    heard: Vec<u8>,
    asked: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, heard: Vec::with_capacity(8192), asked: Vec::with_capacity(2048) })
    }

    /// Sends a request and reads its answer: status and body.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<(u16, &[u8])> {
        self.heard.clear();
        let (status, begins, length) = loop {
            self.hear().await?;
            if let Some(head) = head(&self.heard)? {
                break head;
            }
        };
        while self.heard.len() < begins + length {
            self.hear().await?;
        }
        Ok((status, &self.heard[begins..begins + length]))
    }

    async fn hear(&mut self) -> Result<()> {
        ensure!(self.heard.len() < ANSWER_BYTES_MAX, "the answer is too long");
        let read = self.stream.read_buf(&mut self.heard).await?;
        ensure!(read > 0, "the connection was closed within an answer");
        Ok(())
    }

    /// A request with a JSON body, whose answer must have this status.
    pub(crate) async fn post(&mut self, to: &Target, body: &str, status: u16) -> Result<serde_json::Value> {
        let request = to.post(body, None);
        let (said, text) = self.ask(&request).await?;
        ensure!(said == status, "{}: {said}: {}", to.path, String::from_utf8_lossy(text));
        Ok(serde_json::from_slice(text).unwrap_or_default())
    }
}

/// Status, where the body begins, and its length; `None` while the head is not whole.
fn head(heard: &[u8]) -> Result<Option<(u16, usize, usize)>> {
    let Some(end) = heard.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let text = str::from_utf8(&heard[..end]).context("the head is not text")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.get(9..12)).and_then(|s| s.parse().ok());
    let status = status.context("the answer has no status")?;
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            return Ok(Some((status, end + 4, value.trim().parse()?)));
        }
    }
    bail!("an answer without its length ({status})")
}

/// Where requests go, and the head lines that they share.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) path: String,
    /// Each ends in CRLF.
    pub(crate) credentials: String,
}

impl Target {
    pub(crate) fn new(address: SocketAddr, path: impl Into<String>) -> Self {
        Self { address, path: path.into(), credentials: String::new() }
    }

    pub(crate) fn post(&self, body: &str, key: Option<&str>) -> Vec<u8> {
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\n{}{key}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.path,
            self.address,
            self.credentials,
            body.len(),
        )
        .into_bytes()
    }

    pub(crate) fn delete(&self) -> Vec<u8> {
        format!("DELETE {} HTTP/1.1\r\nhost: {}\r\ncontent-length: 0\r\n\r\n", self.path, self.address)
            .into_bytes()
    }

    pub(crate) fn get(&self) -> Vec<u8> {
        format!("GET {} HTTP/1.1\r\nhost: {}\r\n{}\r\n", self.path, self.address, self.credentials)
            .into_bytes()
    }
}

/// What a loop of requests asks.
pub(crate) enum Ask {
    /// These requests, over and over.
    Same(Vec<Vec<u8>>),
    /// The same body each time, under an idempotency key of its own.
    Fresh { to: Target, body: String },
}

/// A caller over one connection.
pub(crate) struct OverHttp {
    connection: Connection,
    ask: Arc<Ask>,
    status: u16,
    turn: usize,
}

impl OverHttp {
    /// So many of them, connected.
    pub(crate) async fn several(
        count: usize,
        address: SocketAddr,
        ask: Ask,
        status: u16,
    ) -> Result<Vec<Self>> {
        let ask = Arc::new(ask);
        let mut all = Vec::with_capacity(count);
        for n in 0..count {
            let connection = Connection::open(address).await?;
            all.push(Self { connection, ask: ask.clone(), status, turn: n * 7 });
        }
        Ok(all)
    }
}

impl Caller for OverHttp {
    async fn once(&mut self) -> Result<()> {
        self.turn += 1;
        let asked = match &*self.ask {
            Ask::Same(requests) => self.connection.ask(&requests[self.turn % requests.len()]).await,
            Ask::Fresh { to, body } => {
                self.connection.asked = to.post(body, Some(&unique()));
                let Connection { stream, asked, .. } = &mut self.connection;
                stream.write_all(asked).await?;
                self.connection.answer().await
            }
        };
        let (said, text) = asked?;
        ensure!(said == self.status, "answered {said}: {}", String::from_utf8_lossy(text));
        Ok(())
    }
}

/// 32 letters, different each time and in no order, as a merchant's keys are. No digits: by chance some would read as
/// a card's number, which the API refuses.
pub(crate) fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let n = COUNT.fetch_add(1, Ordering::Relaxed) ^ (u64::from(std::process::id()) << 40);
    let letters = [mixed(n), mixed(!n)].into_iter().flat_map(u64::to_be_bytes);
    letters.flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from(b'a' + half)).collect()
}

/// SplitMix64's finisher: neighbours come out far apart, and no two alike.
fn mixed(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_whole_or_not_at_all() {
        let whole = b"HTTP/1.1 201 Created\r\nX: y\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(head(whole).unwrap(), Some((201, whole.len() - 5, 5)));
        assert_eq!(head(&whole[..40]).unwrap(), None);
        assert!(head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(head(b"HTTP/1.1\r\ncontent-length: 0\r\n\r\n").is_err());
    }

    #[test]
    fn keys_are_new_each_time() {
        let keys: std::collections::HashSet<String> = (0..1000).map(|_| unique()).collect();
        assert!(keys.len() == 1000 && keys.iter().all(|k| k.len() == 32));
    }
}
