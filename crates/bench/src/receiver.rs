//! A merchant's server on loopback: answers 200 at once, and tells whoever waits when a payment's capture was heard of.

use anyhow::Result;
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

/// Runs until it is dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    book: Arc<Book>,
    accepting: AbortHandle,
}

#[derive(Default)]
struct Book {
    heard: AtomicU64,
    /// By order.
    waiting: Mutex<HashMap<String, oneshot::Sender<()>>>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Receiver {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let book = Arc::new(Book::default());
        let kept = book.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let book = kept.clone();
                // A connection that breaks is the sender's to notice.
                tokio::spawn(async move { serve(stream, &book).await.unwrap_or_default() });
            }
        });
        Ok(Self { address, book, accepting: accepting.abort_handle() })
    }

    /// Resolves when `payment.captured` of this order has arrived.
    pub(crate) fn captured(&self, order: &str) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        self.book.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(order.to_owned(), tell);
        told
    }

    /// Deliveries since the start.
    pub(crate) fn heard(&self) -> u64 {
        self.book.heard.load(Ordering::Relaxed)
    }
}

async fn serve(mut stream: TcpStream, book: &Book) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut heard = Vec::with_capacity(4096);
    loop {
        if stream.read_buf(&mut heard).await? == 0 {
            return Ok(());
        }
        let Some(begins) = heard.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4) else { continue };
        let head = String::from_utf8_lossy(&heard[..begins]).to_ascii_lowercase();
        let length = head.split("content-length:").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        if heard.len() < begins + length {
            continue;
        }
        book.note(&heard[begins..begins + length]);
        heard.clear();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await?;
    }
}

impl Book {
    fn note(&self, body: &[u8]) {
        self.heard.fetch_add(1, Ordering::Relaxed);
        let event: Value = serde_json::from_slice(body).unwrap_or_default();
        if event["type"] != "payment.captured" {
            return;
        }
        let order = event["data"]["object"]["order_id"].as_str().unwrap_or_default();
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(order);
        if let Some(tell) = waiting {
            // Whoever waited may have given up.
            tell.send(()).unwrap_or_default();
        }
    }
}
