//! The edge: our own accept loop, so that no caller can hold what belongs to others.
//!
//! Every stage of a connection has a deadline, every size a cap, and connections are counted, in all and by caller.
//! Request bodies are never decompressed. Framing that two readers could read differently is refused before it is
//! parsed. A server that stops finishes what it has begun.

mod body;
mod client;
mod door;
mod head;
mod pace;
mod refusal;
mod stream;
#[cfg(test)]
mod tests;

pub use client::{ClientAddr, HostList};

use axum::Router;
use client::household;
use door::Door;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use pace::Pace;
pub(crate) use refusal::Refusal;
use std::collections::HashMap;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;
use stream::Gated;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Turned-away callers that are told so at one time; the others are cut off.
const TOLD_AT_ONCE_MAX: usize = 64;
/// How long a turned-away caller may take to read why.
const TELL_TIMEOUT: Duration = Duration::from_millis(500);
/// How long a connection that says nothing stays while the server stops: a request may be on its way.
const DRAIN_QUIET: Duration = Duration::from_millis(250);
/// After an accept that failed for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the edge grants.
#[derive(Clone, Debug)]
pub struct EdgeLimits {
    pub connections_max: usize,
    /// Connections of one IPv4 address or one IPv6 network; not counted behind proxies, who hold everybody's.
    pub connections_per_client_max: usize,
    /// Proxies of ours that add to X-Forwarded-For.
    pub trusted_proxies: usize,
    pub first_byte_timeout: Duration,
    pub head_timeout: Duration,
    /// Between two requests of a connection.
    pub keep_alive_timeout: Duration,
    /// From a whole head to the handler's answer.
    pub request_timeout: Duration,
    /// While an answer goes out and nobody reads it.
    pub write_stall_timeout: Duration,
    /// For a whole answer, however steadily it is read.
    pub answer_timeout: Duration,
    pub drain_timeout: Duration,
    pub head_bytes_max: usize,
    pub headers_max: usize,
    /// Path and query.
    pub target_bytes_max: usize,
    pub body_bytes_max: u64,
    /// Other caps for paths that begin so, such as uploads; the first that fits counts.
    pub body_bytes_max_by_path: Vec<(String, u64)>,
    /// A body may be this late before its rate counts.
    pub body_grace: Duration,
    pub body_bytes_per_sec_min: u64,
    pub hosts: HostList,
    /// Paths that answer under any name: a load balancer asks for our health by address.
    pub paths_of_any_host: Vec<String>,
}

impl EdgeLimits {
    /// For a server on the open internet.
    pub fn standard() -> Self {
        Self {
            connections_max: 4_096,
            connections_per_client_max: 256,
            trusted_proxies: 0,
            first_byte_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(10),
            keep_alive_timeout: Duration::from_secs(60),
            request_timeout: Duration::from_secs(30),
            write_stall_timeout: Duration::from_secs(15),
            answer_timeout: Duration::from_secs(300),
            drain_timeout: Duration::from_secs(20),
            head_bytes_max: 32 * 1024,
            headers_max: 100,
            target_bytes_max: 8 * 1024,
            body_bytes_max: 1024 * 1024,
            body_bytes_max_by_path: Vec::new(),
            body_grace: Duration::from_secs(5),
            body_bytes_per_sec_min: 1_024,
            hosts: HostList::default(),
            paths_of_any_host: Vec::new(),
        }
    }

    fn body_bytes_max_of(&self, path: &str) -> u64 {
        let other = self.body_bytes_max_by_path.iter().find(|(prefix, _)| path.starts_with(prefix.as_str()));
        other.map_or(self.body_bytes_max, |(_, bytes_max)| *bytes_max)
    }
}

/// What the server tells its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Serve,
    /// Finish what has begun, begin nothing.
    Drain,
    /// Stop now.
    Cut,
}

/// One connection's place among all and among its caller's. It is free again when this is dropped.
struct Slot {
    _place: OwnedSemaphorePermit,
    /// The caller's count, where callers are counted.
    caller: Option<(IpAddr, Arc<Callers>)>,
}

/// Connections by caller.
#[derive(Default)]
struct Callers(Mutex<HashMap<IpAddr, usize>>);

impl Callers {
    fn enter(&self, caller: IpAddr, max: usize) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(caller).or_insert(0);
        let free = *count < max;
        *count += usize::from(free);
        free
    }

    fn leave(&self, caller: IpAddr) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&caller) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&caller);
            }
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some((caller, callers)) = &self.caller {
            callers.leave(*caller);
        }
    }
}

/// Serves until `shutdown` ends, then finishes what has begun, within the drain timeout.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: EdgeLimits,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = Arc::new(limits);
    let places = u32::try_from(limits.connections_max).map_err(|_| io::ErrorKind::InvalidInput)?;
    let edge = Edge {
        app,
        places: Arc::new(Semaphore::new(limits.connections_max)),
        tellers: Arc::new(Semaphore::new(TOLD_AT_ONCE_MAX)),
        callers: Arc::default(),
        order: watch::Sender::new(Order::Serve),
        limits,
    };
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => edge.admit(stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    edge.order.send_replace(Order::Drain);
    // All places are free when every connection and every handler has ended.
    let drained = tokio::time::timeout(edge.limits.drain_timeout, edge.places.acquire_many(places)).await;
    if drained.is_err() {
        tracing::warn!("requests were still running when the drain time ended");
        edge.order.send_replace(Order::Cut);
    }
    Ok(())
}

struct Edge {
    app: Router,
    limits: Arc<EdgeLimits>,
    places: Arc<Semaphore>,
    tellers: Arc<Semaphore>,
    callers: Arc<Callers>,
    order: watch::Sender<Order>,
}

impl Edge {
    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        let Some(slot) = self.slot(peer.ip()) else {
            return self.turn_away(stream);
        };
        // Small answers should not wait for an acknowledgement. A socket that refuses is gone already.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let pace = Arc::new(Pace::new(&self.limits));
        let door = Arc::new(Door {
            app: self.app.clone(),
            limits: self.limits.clone(),
            peer: peer.ip(),
            pace: pace.clone(),
            slot: Arc::new(slot),
            order: self.order.subscribe(),
        });
        tokio::spawn(attend(stream, door, pace));
    }

    fn slot(&self, peer: IpAddr) -> Option<Slot> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let counted = self.limits.trusted_proxies == 0;
        let caller = household(peer);
        if counted && !self.callers.enter(caller, self.limits.connections_per_client_max) {
            return None;
        }
        Some(Slot { _place: place, caller: counted.then(|| (caller, self.callers.clone())) })
    }

    fn turn_away(&self, mut stream: TcpStream) {
        let Ok(teller) = self.tellers.clone().try_acquire_owned() else {
            return;
        };
        tokio::spawn(async move {
            let told = tokio::time::timeout(TELL_TIMEOUT, async {
                stream.write_all(&Refusal::Full.bytes()).await?;
                stream.shutdown().await?;
                // Closing on unread bytes would take the answer back.
                let mut heard = [0; 1024];
                while stream.read(&mut heard).await? > 0 {}
                io::Result::Ok(())
            });
            if !matches!(told.await, Ok(Ok(()))) {
                tracing::debug!("a turned-away caller did not wait for the answer");
            }
            drop(teller);
        });
    }
}

/// One connection, from its first byte to its last.
async fn attend(stream: TcpStream, door: Arc<Door>, pace: Arc<Pace>) {
    let mut order = door.order.clone();
    let limits = door.limits.clone();
    let service = service_fn(move |request| door.clone().answer(request));
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // The pace has the deadlines; this is the library's own, for what the pace might not see.
        .header_read_timeout(limits.first_byte_timeout.max(limits.keep_alive_timeout) + limits.head_timeout)
        .max_buf_size(limits.head_bytes_max.max(8 * 1024))
        .max_headers(limits.headers_max);
    let mut connection =
        pin!(builder.serve_connection(TokioIo::new(Gated::new(stream, pace.clone())), service));
    let mut armed = pace.deadline();
    let mut timer = pin!(tokio::time::sleep_until(armed));
    loop {
        let ended = poll_fn(|cx| {
            // Errors are the caller's: it hung up, or sent what it was told is wrong.
            if connection.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let deadline = pace.deadline();
            if deadline != armed {
                armed = deadline;
                timer.as_mut().reset(deadline);
            }
            timer.as_mut().poll(cx)
        });
        tokio::select! {
            () = ended => return,
            changed = order.changed() => match *order.borrow_and_update() {
                Order::Drain if changed.is_ok() => pace.hurry(DRAIN_QUIET),
                Order::Serve if changed.is_ok() => {}
                // Cut, or the server is gone without a word.
                Order::Serve | Order::Drain | Order::Cut => return,
            },
        }
    }
}
