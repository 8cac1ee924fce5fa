//! Paytm as a function: a request and a time in, a response out, and the webhooks that it will send later.
//!
//! It knows nothing of our adapter, on purpose: shared structs hide shared mistakes. It speaks at Paytm's own paths and
//! signs what the official clients verify: compact JSON, keys in the order that is sent, slashes unescaped. `/sim/...`
//! holds the payer's choices and the control API. It moves no money.

mod bank;
mod clock;
mod control;
mod craft;
mod hooks;
mod orders;
mod pages;
mod payer;
mod refunds;
mod route;
mod settlements;
mod state;
#[cfg(test)]
mod tests;

pub use state::SimAccount;

use crate::sim::kit::{Mint, Outbox, Panel, Shelf, Timers};
use crate::sim::{Dial, JournalLine, Outgoing, SimMerchant, SimRequest, SimResponse, Simulator};
use hundi_core::{Millis, Secret};
use state::{Order, Refund, Txn};
use std::collections::BTreeMap;

/// Paytm, simulated: any number of merchants in one world, the same for the same seed and the same calls.
pub struct PaytmSim {
    seed: u64,
    now: Millis,
    mint: Mint,
    accounts: Vec<SimAccount>,
    /// By merchant and order id.
    orders: Shelf<Order>,
    txns: Shelf<Txn>,
    /// By Paytm's id of the refund.
    refunds: Shelf<Refund>,
    timers: Timers<clock::Timer>,
    panel: Panel,
    outbox: Outbox,
    journal: Vec<JournalLine>,
}

impl PaytmSim {
    /// An empty world. Two of the same seed that are called alike answer alike.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            now: Millis(0),
            mint: Mint::new(seed),
            accounts: Vec::new(),
            orders: Shelf::new(),
            txns: Shelf::new(),
            refunds: Shelf::new(),
            timers: Timers::new(),
            panel: Panel::new(),
            outbox: Outbox::new(hooks::SCHEDULE),
            journal: Vec::new(),
        }
    }

    /// Lets a merchant in. The same merchant id again changes that account and keeps what happened on it.
    pub fn add_account(&mut self, account: SimAccount) {
        match self.accounts.iter_mut().find(|known| known.mid == account.mid) {
            Some(known) => *known = account,
            None => self.accounts.push(account),
        }
    }

    fn account(&self, mid: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account.mid == mid)
    }
}

impl Simulator for PaytmSim {
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
        let (mid, key) = (credential("mid"), credential("merchant_key"));
        let known = self.accounts.iter().find(|account| account.mid == mid).cloned();
        let mut account = known.unwrap_or_else(|| SimAccount::new(mid, key));
        account.key = Secret::new(key);
        account.name.clone_from(&merchant.name);
        account.webhook_url.clone_from(&merchant.webhook_url);
        self.add_account(account);
    }

    fn demo_credentials(&self, number: u32) -> BTreeMap<String, Secret> {
        let pair = |name: &str, value: String| (name.to_owned(), Secret::new(value));
        BTreeMap::from([
            pair("mid", format!("DEMOMID{number:013}")),
            // Characters that forms and addresses would change, if a key ever came near one.
            pair("merchant_key", format!("demo&Key%{:07}", number % 10_000_000)),
            pair("website", "WEBSTAGING".to_owned()),
        ])
    }

    fn dial(&mut self, dial: Dial) {
        self.panel.set(dial);
    }

    fn clear_dials(&mut self) {
        self.panel.clear();
    }
}
