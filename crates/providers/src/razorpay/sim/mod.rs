//! Razorpay as a function: a request and a time in, a response out, and the webhooks that it will send later.
//!
//! It knows nothing of our adapter, on purpose: shared structs hide shared mistakes. Both are held against the same
//! recorded requests and documented bodies. It speaks at Razorpay's own paths; `/sim/...` holds the payer's pages and
//! the control API. It never takes a card number, and moves no money.

mod ask;
mod bank;
mod cards;
mod clock;
mod control;
mod craft;
mod customers;
mod hooks;
mod links;
mod methods;
mod orders;
mod pages;
mod payer;
mod payments;
mod recurring;
mod refunds;
mod route;
mod script;
mod settlements;
mod show;
mod state;
#[cfg(test)]
mod tests;

pub use state::SimAccount;

use crate::sim::kit::{Mint, Outbox, Panel, Shelf, Timers};
use crate::sim::{Dial, JournalLine, Outgoing, SimMerchant, SimRequest, SimResponse, Simulator};
use hundi_core::{Millis, Secret};
use serde_json::Value;
use state::{Customer, Link, Order, Payment, Refund, Settlement, Unsettled};
use std::collections::{BTreeMap, BTreeSet};

/// A merchant's account and what became of its webhook.
struct Account {
    given: SimAccount,
    webhook_disabled_at: Option<Millis>,
}

/// Razorpay, simulated: any number of accounts in one world, the same for the same seed and the same calls.
pub struct RazorpaySim {
    now: Millis,
    mint: Mint,
    accounts: Vec<Account>,
    orders: Shelf<Order>,
    payments: Shelf<Payment>,
    refunds: Shelf<Refund>,
    links: Shelf<Link>,
    customers: Shelf<Customer>,
    settlements: Shelf<Settlement>,
    unsettled: Vec<Unsettled>,
    settle_runs: BTreeSet<Millis>,
    downtimes: Vec<Value>,
    /// By account and idempotency key.
    refunds_by_key: BTreeMap<(usize, String), refunds::Remembered>,
    refunds_in_progress: BTreeSet<(usize, String)>,
    timers: Timers<clock::Timer>,
    panel: Panel,
    /// Bodies whose notes have already had their fault, so that a repeat gets through.
    noted: BTreeSet<Vec<u8>>,
    outbox: Outbox,
    journal: Vec<JournalLine>,
}

impl RazorpaySim {
    /// An empty world. Two of the same seed that are called alike answer alike.
    pub fn new(seed: u64) -> Self {
        Self {
            now: Millis(0),
            mint: Mint::new(seed),
            accounts: Vec::new(),
            orders: Shelf::new(),
            payments: Shelf::new(),
            refunds: Shelf::new(),
            links: Shelf::new(),
            customers: Shelf::new(),
            settlements: Shelf::new(),
            unsettled: Vec::new(),
            settle_runs: BTreeSet::new(),
            downtimes: Vec::new(),
            refunds_by_key: BTreeMap::new(),
            refunds_in_progress: BTreeSet::new(),
            timers: Timers::new(),
            panel: Panel::new(),
            noted: BTreeSet::new(),
            outbox: Outbox::new(hooks::SCHEDULE),
            journal: Vec::new(),
        }
    }

    /// Lets a merchant in. The same key id again changes that account and keeps what happened on it; webhooks made
    /// before a change of the secret stay signed with the old one.
    pub fn add_account(&mut self, account: SimAccount) {
        match self.accounts.iter_mut().find(|a| a.given.key_id == account.key_id) {
            Some(known) => known.given = account,
            None => self.accounts.push(Account { given: account, webhook_disabled_at: None }),
        }
    }

    /// Points an account's webhook elsewhere, or signs it with another secret, from the next event on.
    /// False when there is no such account.
    pub fn set_webhook(&mut self, key_id: &str, url: impl Into<String>, secret: impl Into<String>) -> bool {
        let Some(account) = self.accounts.iter_mut().find(|a| a.given.key_id == key_id) else { return false };
        account.given.webhook_url = Some(url.into());
        account.given.webhook_secret = Some(Secret::new(secret));
        account.webhook_disabled_at = None;
        true
    }

    /// Whether the webhook was disabled, as Razorpay does after a day without an answer.
    pub fn webhook_is_disabled(&self, key_id: &str) -> bool {
        self.accounts.iter().any(|a| a.given.key_id == key_id && a.webhook_disabled_at.is_some())
    }

    fn enable_webhook(&mut self, key_id: &str) -> Result<(), &'static str> {
        let account = self.accounts.iter_mut().find(|a| a.given.key_id == key_id).ok_or("no such account")?;
        account.webhook_disabled_at = None;
        Ok(())
    }
}

impl Simulator for RazorpaySim {
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
        let key_id = credential("key_id");
        let known = self.accounts.iter().find(|a| a.given.key_id == key_id).map(|a| a.given.clone());
        let mut account = known.unwrap_or_else(|| {
            let account_id = format!("acc_{}", self.mint.fourteen());
            SimAccount::new(key_id, credential("key_secret"), account_id)
        });
        account.key_secret = Secret::new(credential("key_secret"));
        account.name.clone_from(&merchant.name);
        account.webhook_url.clone_from(&merchant.webhook_url);
        account.webhook_secret.clone_from(&merchant.webhook_secret);
        self.add_account(account);
    }

    fn demo_credentials(&self, number: u32) -> BTreeMap<String, Secret> {
        let pair = |name: &str, value: String| (name.to_owned(), Secret::new(value));
        BTreeMap::from([
            pair("key_id", format!("rzp_test_Demo{number:010}")),
            pair("key_secret", format!("demo-secret-{number:010}")),
        ])
    }

    fn dial(&mut self, dial: Dial) {
        self.panel.set(dial);
    }

    fn clear_dials(&mut self) {
        self.panel.clear();
    }
}
