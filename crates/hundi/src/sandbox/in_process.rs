//! The sandbox without sockets or sleep: a transport whose far end are simulators and merchants' servers in the same
//! process, on the test's own clock.
//!
//! Faults come out as the real client reports them. A slow answer costs no time: it is there, or, when it would have
//! come after the deadline, the caller hears of a timeout and the effect stands.

use async_trait::async_trait;
use hundi_app::clock::Clock;
use hundi_app::net::{Incoming, NetError, Outgoing, To, Transport};
use hundi_core::Millis;
use hundi_providers::sim::{self, Manner, SimRequest, SimResponse, Simulator};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A simulator that the test also holds, to dial faults and read the journal.
pub type SharedSimulator = Arc<Mutex<dyn Simulator>>;

/// Everything outward, in process.
pub struct InProcess {
    clock: Arc<dyn Clock>,
    places: Mutex<Vec<Place>>,
    calls: Mutex<Vec<Call>>,
}

struct Place {
    base_url: String,
    stands: Stands,
    /// Whether anybody accepts connections.
    listens: bool,
}

#[derive(Clone)]
enum Stands {
    Simulator(SharedSimulator),
    Merchant(Arc<Merchant>),
}

/// A call that went out, whatever became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub at: Millis,
    pub method: String,
    pub url: String,
}

/// A webhook that a simulator wants delivered now. Whoever posts it reports back with [`InProcess::delivered`].
#[derive(Clone, Debug)]
pub struct Notice {
    /// The simulator's place.
    pub from: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    id: u64,
}

impl InProcess {
    /// An empty network: every call fails to connect.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, places: Mutex::default(), calls: Mutex::default() }
    }

    /// Puts a simulator where `base_url` (scheme, host, port) points.
    pub fn simulate(&self, base_url: impl Into<String>, simulator: SharedSimulator) {
        self.put(base_url.into(), Stands::Simulator(simulator));
    }

    /// Puts a merchant's server there, which answers 200 until it is told otherwise.
    pub fn merchant(&self, base_url: impl Into<String>) -> Arc<Merchant> {
        let merchant = Arc::new(Merchant::new());
        self.put(base_url.into(), Stands::Merchant(merchant.clone()));
        merchant
    }

    /// Whether connections to a place are accepted: a refused one is surely not done.
    pub fn listens(&self, base_url: &str, listens: bool) {
        let mut places = locked(&self.places);
        let place = places.iter_mut().find(|place| place.base_url == base_url);
        place.expect("a place is put there first").listens = listens;
    }

    /// Every call since the start, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        locked(&self.calls).clone()
    }

    /// Webhooks that are due at every simulator, taken out of their queues.
    pub fn due(&self) -> Vec<Notice> {
        let now = self.clock.now();
        let mut all = Vec::new();
        for (from, simulator) in self.simulators() {
            let notice = |out: sim::Outgoing| {
                let sim::Outgoing { id, at: _, url, headers, body } = out;
                Notice { from: from.clone(), url, headers, body, id }
            };
            all.extend(locked(&simulator).due(now).into_iter().map(notice));
        }
        all
    }

    /// How the delivery of a notice ended; `None` when nobody answered.
    pub fn delivered(&self, notice: &Notice, status: Option<u16>) {
        let now = self.clock.now();
        if let Some((_, simulator)) = self.simulators().into_iter().find(|(from, _)| *from == notice.from) {
            locked(&simulator).delivered(notice.id, status, now);
        }
    }

    /// When a simulator next does something by itself.
    pub fn next_due(&self) -> Option<Millis> {
        self.simulators().iter().filter_map(|(_, simulator)| locked(simulator).next_due()).min()
    }

    fn put(&self, base_url: String, stands: Stands) {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let mut places = locked(&self.places);
        places.retain(|place| place.base_url != base_url);
        places.push(Place { base_url, stands, listens: true });
    }

    fn simulators(&self) -> Vec<(String, SharedSimulator)> {
        let of = |place: &Place| match &place.stands {
            Stands::Simulator(simulator) => Some((place.base_url.clone(), simulator.clone())),
            Stands::Merchant(_) => None,
        };
        locked(&self.places).iter().filter_map(of).collect()
    }

    /// Who stands behind an address, and the address' path and query.
    fn find(&self, url: &str) -> Option<(String, String, Stands)> {
        let places = locked(&self.places);
        places.iter().filter(|place| place.listens).find_map(|place| {
            let rest = url.strip_prefix(&place.base_url)?;
            let target = match rest.chars().next() {
                None => "/".to_owned(),
                Some('/') => rest.to_owned(),
                Some('?') => format!("/{rest}"),
                // Another host or port that begins alike.
                Some(_) => return None,
            };
            Some((place.base_url.clone(), target, place.stands.clone()))
        })
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, out: Outgoing) -> Result<Incoming, NetError> {
        let at = self.clock.now();
        locked(&self.calls).push(Call { at, method: out.method.clone(), url: out.url.clone() });
        let Some((base_url, target, stands)) = self.find(&out.url) else {
            return Err(NetError::NotConnected("connection refused".to_owned()));
        };
        let headers = out.headers.iter().map(|(n, v)| (n.to_ascii_lowercase(), v.clone())).collect();
        let response = match stands {
            Stands::Simulator(simulator) => {
                let request = SimRequest { method: out.method, target, headers, body: out.body, base_url };
                locked(&simulator).handle(&request, at)
            }
            Stands::Merchant(merchant) => {
                merchant.receive(Arrived { at, url: out.url, headers, body: out.body })
            }
        };
        arrive(response, out.deadline_ms, out.body_bytes_max, out.to)
    }
}

/// What the caller gets to see of an answer.
fn arrive(answer: SimResponse, deadline_ms: u64, bytes_max: usize, to: To) -> Result<Incoming, NetError> {
    match answer.manner {
        Manner::Silent => return Err(NetError::Broken("closed before an answer".to_owned())),
        Manner::Truncated => return Err(NetError::Broken("closed within the body".to_owned())),
        Manner::After { ms } if u64::try_from(ms).is_ok_and(|ms| ms >= deadline_ms) => {
            return Err(NetError::TimedOut);
        }
        Manner::After { .. } | Manner::Whole => {}
    }
    let truncated = answer.body.len() > bytes_max;
    if truncated && to == To::Provider {
        return Err(NetError::TooLarge);
    }
    let mut body = answer.body;
    body.truncate(bytes_max);
    let headers = answer.headers.into_iter().map(|(n, v)| (n.to_ascii_lowercase(), v)).collect();
    Ok(Incoming { status: answer.status, headers, body, truncated })
}

type Replies = dyn FnMut(&Arrived) -> Reply + Send;

/// A merchant's server: remembers what arrived, answers as it is told.
pub struct Merchant {
    arrived: Mutex<Vec<Arrived>>,
    replies: Mutex<Box<Replies>>,
}

/// A request that reached a merchant's server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub at: Millis,
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// How a merchant's server answers. Whatever it answers, it remembers the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Status(u16),
    With {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Answers 200 after so long.
    After {
        ms: i64,
    },
    /// Closes without a byte.
    Silent,
}

impl Merchant {
    fn new() -> Self {
        Self { arrived: Mutex::default(), replies: Mutex::new(Box::new(|_| Reply::Status(200))) }
    }

    /// From now on, what it answers.
    pub fn replies(&self, with: impl FnMut(&Arrived) -> Reply + Send + 'static) {
        *locked(&self.replies) = Box::new(with);
    }

    /// What arrived since the start, oldest first.
    pub fn arrived(&self) -> Vec<Arrived> {
        locked(&self.arrived).clone()
    }

    fn receive(&self, arrived: Arrived) -> SimResponse {
        let reply = locked(&self.replies)(&arrived);
        locked(&self.arrived).push(arrived);
        let said = |status, headers, body, manner| SimResponse { status, headers, body, manner };
        match reply {
            Reply::Status(status) => said(status, Vec::new(), Vec::new(), Manner::Whole),
            Reply::With { status, headers, body } => said(status, headers, body, Manner::Whole),
            Reply::After { ms } => said(200, Vec::new(), Vec::new(), Manner::After { ms }),
            Reply::Silent => said(200, Vec::new(), Vec::new(), Manner::Silent),
        }
    }
}

/// A test that failed while it held a lock has failed already.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_app::clock::TestClock;
    use hundi_providers::razorpay::sim::{RazorpaySim, SimAccount};
    use hundi_providers::sim::{Dial, Fault, Op};

    /// `rzp_test_inside:inside-secret`
    const BASIC: &str = "Basic cnpwX3Rlc3RfaW5zaWRlOmluc2lkZS1zZWNyZXQ=";

    const API: &str = "https://api.razorpay.example";
    const SHOP: &str = "https://shop.example";

    struct World {
        clock: Arc<TestClock>,
        net: InProcess,
        razorpay: Arc<Mutex<RazorpaySim>>,
    }

    fn world() -> World {
        let clock = Arc::new(TestClock::at(Millis::from_secs(1_800_000_000)));
        let net = InProcess::new(clock.clone());
        let mut sim = RazorpaySim::new(7);
        let mut account = SimAccount::new("rzp_test_inside", "inside-secret", "acc_inside");
        account.webhook_url = Some(format!("{SHOP}/hooks"));
        sim.add_account(account);
        let razorpay = Arc::new(Mutex::new(sim));
        net.simulate(API, razorpay.clone());
        World { clock, net, razorpay }
    }

    fn post(url: &str, body: &str) -> Outgoing {
        let kind = ("Content-Type".to_owned(), "application/json".to_owned());
        Outgoing {
            method: "POST".to_owned(),
            url: url.to_owned(),
            headers: vec![("Authorization".to_owned(), BASIC.to_owned()), kind],
            body: body.into(),
            deadline_ms: 30_000,
            body_bytes_max: 1 << 20,
            to: To::Provider,
        }
    }

    fn order() -> Outgoing {
        post(&format!("{API}/v1/orders"), r#"{"amount":50000,"currency":"INR","receipt":"r1"}"#)
    }

    #[tokio::test]
    async fn each_fault_looks_as_over_the_network_and_its_effect_stands() {
        let table = [
            (Fault::SilentAfterActing, NetError::Broken("closed before an answer".to_owned())),
            (Fault::TruncatedJson, NetError::Broken("closed within the body".to_owned())),
            (Fault::Slow { ms: 30_000 }, NetError::TimedOut),
        ];
        for (fault, expected) in table {
            let world = world();
            world.razorpay.lock().unwrap().dial(Dial::once(Op::CreateOrder, fault));
            let error = world.net.send(order()).await.unwrap_err();
            assert_eq!(error, expected, "{fault:?}");
            assert_eq!(world.razorpay.lock().unwrap().journal().len(), 1, "{fault:?}");
            assert_eq!(world.net.send(order()).await.unwrap().status, 200, "{fault:?} again");
        }
    }

    #[tokio::test]
    async fn slow_within_the_deadline_costs_nothing() {
        let world = world();
        world.razorpay.lock().unwrap().dial(Dial::once(Op::CreateOrder, Fault::Slow { ms: 29_999 }));
        assert_eq!(world.net.send(order()).await.unwrap().status, 200);
        assert_eq!(world.clock.now(), Millis::from_secs(1_800_000_000));
    }

    #[tokio::test]
    async fn where_nobody_listens_nothing_happens() {
        let world = world();
        let refused = |ended: Result<Incoming, NetError>| {
            assert!(matches!(ended, Err(NetError::NotConnected(_))), "{ended:?}");
        };
        refused(world.net.send(post("https://elsewhere.example/v1/orders", "{}")).await);
        refused(world.net.send(post(&format!("{API}.evil.example/v1/orders"), "{}")).await);
        world.net.listens(API, false);
        refused(world.net.send(order()).await);
        assert!(world.razorpay.lock().unwrap().journal().is_empty());
        world.net.listens(API, true);
        assert_eq!(world.net.send(order()).await.unwrap().status, 200);
        assert_eq!(world.net.calls().len(), 4);
    }

    #[tokio::test]
    async fn too_long_an_answer_is_too_large_from_a_provider_and_cut_from_a_merchant() {
        let world = world();
        let few = |mut out: Outgoing, to| {
            (out.body_bytes_max, out.to) = (3, to);
            out
        };
        assert_eq!(world.net.send(few(order(), To::Provider)).await.unwrap_err(), NetError::TooLarge);

        let shop = world.net.merchant(SHOP);
        shop.replies(|_| Reply::With { status: 202, headers: Vec::new(), body: b"long".to_vec() });
        let out = few(post(&format!("{SHOP}/in"), "{}"), To::Merchant(hundi_core::Mode::Test));
        let answer = world.net.send(out).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice(), answer.truncated), (202, &b"lon"[..], true));
    }

    #[tokio::test]
    async fn a_merchant_remembers_what_arrived_and_answers_as_told() {
        let world = world();
        let shop = world.net.merchant(SHOP);
        let mut replies = vec![Reply::Silent, Reply::After { ms: 60_000 }, Reply::Status(503)].into_iter();
        shop.replies(move |_| replies.next().unwrap_or(Reply::Status(200)));
        let send = || world.net.send(post(&format!("{SHOP}/in?a=1"), "hello"));
        assert!(matches!(send().await, Err(NetError::Broken(_))));
        assert_eq!(send().await.unwrap_err(), NetError::TimedOut);
        assert_eq!(send().await.unwrap().status, 503);
        assert_eq!(send().await.unwrap().status, 200);
        let arrived = shop.arrived();
        assert_eq!(arrived.len(), 4);
        assert_eq!(
            (arrived[0].url.as_str(), arrived[0].body.as_slice()),
            ("https://shop.example/in?a=1", &b"hello"[..])
        );
        assert!(arrived[0].headers.iter().any(|(name, _)| name == "content-type"));
    }

    #[tokio::test]
    async fn due_webhooks_are_handed_over_and_come_again_until_they_are_delivered() {
        let world = world();
        let made = world.net.send(order()).await.unwrap();
        let made: serde_json::Value = serde_json::from_slice(&made.body).unwrap();
        let pay = serde_json::json!({ "order_id": made["id"] }).to_string();
        assert_eq!(world.net.send(post(&format!("{API}/sim/api/pay"), &pay)).await.unwrap().status, 200);

        let first = world.net.due();
        assert!(
            !first.is_empty() && first.iter().all(|n| n.url == "https://shop.example/hooks"),
            "{first:?}"
        );
        assert!(world.net.due().is_empty());
        world.net.delivered(&first[0], Some(500));
        first[1..].iter().for_each(|notice| world.net.delivered(notice, Some(200)));

        world.clock.advance(60_000);
        let again = world.net.due();
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].body, first[0].body);
        world.net.delivered(&again[0], Some(200));
        world.clock.advance(hundi_core::time::hours(30));
        assert!(world.net.due().iter().all(|notice| notice.body != first[0].body));
    }
}
