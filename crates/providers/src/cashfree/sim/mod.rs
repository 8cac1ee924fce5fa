//! Cashfree as a function: a request and a time in, a response out, and the webhooks that it will send later.
//!
//! It knows nothing of our adapter, on purpose: shared structs hide shared mistakes. It speaks at Cashfree's own paths
//! below `/pg`, as the official SDKs call them. `/sim/...` holds the payer's choices and the control API. It moves no
//! money.

mod ask;
mod bank;
mod clock;
mod control;
mod craft;
mod hooks;
mod lists;
mod orders;
mod pages;
mod payer;
mod refunds;
mod route;
mod show;
mod state;
#[cfg(test)]
mod tests;

pub use state::SimAccount;

use crate::sim::kit::{Mint, Outbox, Panel, Shelf, Timers};
use crate::sim::{Dial, JournalLine, Outgoing, SimMerchant, SimRequest, SimResponse, Simulator};
use hundi_core::{Millis, Secret};
use state::{Order, Payment, Refund};
use std::collections::BTreeMap;

/// Cashfree, simulated: any number of merchants in one world, the same for the same seed and the same calls.
pub struct CashfreeSim {
    seed: u64,
    now: Millis,
    mint: Mint,
    accounts: Vec<SimAccount>,
    /// By account and the merchant's own id of it.
    orders: Shelf<Order>,
    payments: Shelf<Payment>,
    /// By Cashfree's id of it.
    refunds: Shelf<Refund>,
    timers: Timers<clock::Timer>,
    panel: Panel,
    outbox: Outbox,
    journal: Vec<JournalLine>,
}

impl CashfreeSim {
    /// An empty world. Two of the same seed that are called alike answer alike.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            now: Millis(0),
            mint: Mint::new(seed),
            accounts: Vec::new(),
            orders: Shelf::new(),
            payments: Shelf::new(),
            refunds: Shelf::new(),
            timers: Timers::new(),
            panel: Panel::new(),
            outbox: Outbox::new(hooks::SCHEDULE),
            journal: Vec::new(),
        }
    }

    /// Lets a merchant in. The same app id again changes that account and keeps what happened on it.
    pub fn add_account(&mut self, account: SimAccount) {
        match self.accounts.iter_mut().find(|known| known.client_id == account.client_id) {
            Some(known) => *known = account,
            None => self.accounts.push(account),
        }
    }

    fn account(&self, client_id: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account.client_id == client_id)
    }
}

impl Simulator for CashfreeSim {
    fn handle(&mut self, request: &SimRequest, now: Millis) -> SimResponse {
        self.tick(now);
        route::handle(self, request)
    }

    fn due(&mut self, now: Millis) -> Vec<Outgoing> {
        self.tick(now);
        self.outbox.take_due(now)
    }

    fn delivered(&mut self, id: u64, status: Option<u16>, now: Millis) {
        hooks::report(self, id, status, now);
    }

    fn next_due(&self) -> Option<Millis> {
        self.timers.next_due().into_iter().chain(self.outbox.next_due()).min()
    }

    fn journal(&self) -> &[JournalLine] {
        &self.journal
    }

    fn put_merchant(&mut self, merchant: &SimMerchant) {
        let credential = |name: &str| merchant.credentials.get(name).map_or("", Secret::expose);
        let (id, secret) = (credential("client_id"), credential("client_secret"));
        let known = self.accounts.iter().find(|account| account.client_id == id).cloned();
        let mut account = known.unwrap_or_else(|| SimAccount::new(id, secret));
        account.secret = Secret::new(secret);
        account.name.clone_from(&merchant.name);
        account.webhook_url.clone_from(&merchant.webhook_url);
        self.add_account(account);
    }

    fn demo_credentials(&self, number: u32) -> BTreeMap<String, Secret> {
        let pair = |name: &str, value: String| (name.to_owned(), Secret::new(value));
        BTreeMap::from([
            pair("client_id", format!("TESTDEMO{number:010}")),
            pair("client_secret", format!("cfsk_ma_test_demo{number:010}")),
        ])
    }

    fn dial(&mut self, dial: Dial) {
        self.panel.set(dial);
    }

    fn clear_dials(&mut self) {
        self.panel.clear();
    }
}
