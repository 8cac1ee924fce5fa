//! What a simulator is: a provider as a function from request and time to response, and what it will notify later.
//!
//! A simulator keeps a journal of what really happened in it, which outlives the server that talked to it. It is
//! driven over real HTTP by `hundi sandbox` and in process by tests. It cannot be reached in live mode: a live
//! connection's address is the provider's own.

use hundi_core::Millis;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct SimRequest {
    pub method: String,
    /// Path and query, undecoded: `/v1/orders?count=1`.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How this simulator is reached from outside, `http://127.0.0.1:4010`: for links in its answers.
    pub base_url: String,
}

/// What goes back, and how badly.
#[derive(Clone, Debug)]
pub struct SimResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub manner: Manner,
}

/// How an answer travels. Faults are a property of the answer, so that tests and the sandbox play them alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Whole,
    /// Closes the connection without a byte.
    Silent,
    /// Answers after so long.
    After {
        ms: i64,
    },
    /// Closes in the middle of the body.
    Truncated,
}

/// A webhook that the simulator wants delivered at `at`.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub id: u64,
    pub at: Millis,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A line of a simulator's own history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalLine {
    pub at: Millis,
    /// `order`, `authorized`, `captured`, `failed`, `released`, `refund_accepted`, `refund_processed`, `refund_failed`.
    pub what: &'static str,
    /// The merchant's key id at this provider.
    pub account: String,
    /// The provider's id of the payment, order or refund.
    pub id: String,
    /// What it belongs to: a payment's order, a refund's payment.
    pub of: String,
    /// The merchant's reference (receipt), where it gave one.
    pub our_ref: String,
    pub amount_minor: i64,
    pub currency: String,
}

/// One provider, simulated.
pub trait Simulator: Send {
    fn handle(&mut self, request: &SimRequest, now: Millis) -> SimResponse;

    /// Webhooks that are due, taken out of the queue. Whoever delivers them reports back with [`Simulator::delivered`].
    fn due(&mut self, now: Millis) -> Vec<Outgoing>;

    /// `status` is `None` when nobody answered in time. Anything but 2xx is tried again later, as the provider does.
    fn delivered(&mut self, id: u64, status: Option<u16>, now: Millis);

    /// When something is next due, for a sandbox that sleeps until then.
    fn next_due(&self) -> Option<Millis>;

    fn journal(&self) -> &[JournalLine];
}
