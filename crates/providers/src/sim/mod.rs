//! What a simulator is: a provider as a function from request and time to response, and what it will notify later.
//!
//! A simulator keeps a journal of what really happened in it, which outlives the server that talked to it. It is
//! driven over real HTTP by `hundi sandbox` and in process by tests. It cannot be reached in live mode: a live
//! connection's address is the provider's own.

pub(crate) mod control;
mod craft;
mod dials;
mod faults;
mod http;
mod outbox;
pub(crate) mod page;
pub mod payer;
mod shelf;
pub(crate) mod statement;
mod timers;

pub use dials::{Acts, Dial, Fault, Match, Op};

pub(crate) mod kit {
    //! What simulators are built of.

    pub(crate) use super::craft::{Mint, decimal, indian_date};
    pub(crate) use super::dials::{Panel, Place, Target, from_notes};
    pub(crate) use super::faults::{Turn, silent, turn};
    pub(crate) use super::http::{form_object, header, html, json_response, pairs, target, typed};
    pub(crate) use super::outbox::{Event, Outbox, Reported, Schedule};
    pub(crate) use super::page::{escape, hidden_input};
    pub(crate) use super::shelf::Shelf;
    pub(crate) use super::timers::Timers;
}

use hundi_core::{Millis, Secret};
use std::collections::BTreeMap;

/// More than any real payment; keeps every sum of amounts far from the edge of its type.
pub(crate) const AMOUNT_MAX: i64 = 1_000_000_000_000;

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

/// A merchant's account at a simulated provider: what its connection holds, and where its webhooks go.
#[derive(Clone, Debug)]
pub struct SimMerchant {
    /// By the names of the provider's card.
    pub credentials: BTreeMap<String, Secret>,
    /// Shown to the payer.
    pub name: String,
    pub webhook_url: Option<String>,
    pub webhook_secret: Option<Secret>,
}

/// One provider, simulated.
///
/// Besides the provider's own paths, each has the same two doors for tests and people:
/// `POST /sim/api/pay` lets a payer act by machine, `/sim/control/..` holds the dials and the journal (`control`).
pub trait Simulator: Send {
    fn handle(&mut self, request: &SimRequest, now: Millis) -> SimResponse;

    /// Webhooks that are due, taken out of the queue. Whoever delivers them reports back with [`Simulator::delivered`].
    fn due(&mut self, now: Millis) -> Vec<Outgoing>;

    /// `status` is `None` when nobody answered in time. Anything but 2xx is tried again later, as the provider does.
    fn delivered(&mut self, id: u64, status: Option<u16>, now: Millis);

    /// When something is next due, for a sandbox that sleeps until then.
    fn next_due(&self) -> Option<Millis>;

    fn journal(&self) -> &[JournalLine];

    /// Lets a merchant in. The same account again changes it and keeps what happened on it; webhooks made before a
    /// change of the secret keep the old proof.
    fn put_merchant(&mut self, merchant: &SimMerchant);

    /// Credentials of an account that anybody may open here, the same for the same number.
    fn demo_credentials(&self, number: u32) -> BTreeMap<String, Secret>;

    /// Sets a fault. Dials are asked in the order in which they were set.
    fn dial(&mut self, dial: Dial);

    /// Ends every fault.
    fn clear_dials(&mut self);
}

impl Simulator for Box<dyn Simulator> {
    fn handle(&mut self, request: &SimRequest, now: Millis) -> SimResponse {
        (**self).handle(request, now)
    }

    fn due(&mut self, now: Millis) -> Vec<Outgoing> {
        (**self).due(now)
    }

    fn delivered(&mut self, id: u64, status: Option<u16>, now: Millis) {
        (**self).delivered(id, status, now);
    }

    fn next_due(&self) -> Option<Millis> {
        (**self).next_due()
    }

    fn journal(&self) -> &[JournalLine] {
        (**self).journal()
    }

    fn put_merchant(&mut self, merchant: &SimMerchant) {
        (**self).put_merchant(merchant);
    }

    fn demo_credentials(&self, number: u32) -> BTreeMap<String, Secret> {
        (**self).demo_credentials(number)
    }

    fn dial(&mut self, dial: Dial) {
        (**self).dial(dial);
    }

    fn clear_dials(&mut self) {
        (**self).clear_dials();
    }
}
