//! HDFC SmartGateway as a function: a request and a time in, a response out, and the webhooks that it will send later.
//!
//! It knows nothing of our adapter, on purpose: shared structs hide shared mistakes. It speaks at Juspay's own paths,
//! plain with an API key and sealed under `/v4`; `/sim/...` holds the machine path for payers and the control API. It
//! never takes a card number, and moves no money. Its keys are known to everybody.

mod ask;
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
mod seal;
mod settlements;
mod show;
mod state;
#[cfg(test)]
mod tests;

pub use state::SimAccount;

use crate::sim::kit::{Mint, Outbox, Panel, Reported, Shelf, Timers};
use crate::sim::{Dial, JournalLine, Outgoing, SimMerchant, SimRequest, SimResponse, Simulator};
use hundi_core::{Millis, Secret};
use state::{Moved, Order, Refund, Txn};
use std::collections::BTreeMap;

/// The simulated bank's public key, which a merchant seals for.
pub const BANK_PUBLIC_KEY: &str = include_str!("bank_public.pem");
/// A key that merchants here may use as their own. It is a secret to nobody.
pub const MERCHANT_PRIVATE_KEY: &str = include_str!("merchant_private.pem");

/// HDFC SmartGateway, simulated: any number of accounts in one world, the same for the same seed and the same calls.
pub struct HdfcSim {
    now: Millis,
    mint: Mint,
    accounts: Vec<SimAccount>,
    /// By `ordeh_` id.
    orders: Shelf<Order>,
    /// By txn id: `{merchant_id}-{order_id}-{attempt}`.
    txns: Shelf<Txn>,
    /// By the order's `ordeh_` id and the refund's own name.
    refunds: Shelf<Refund>,
    moved: Vec<Moved>,
    timers: Timers<clock::Timer>,
    panel: Panel,
    outbox: Outbox,
    journal: Vec<JournalLine>,
}

impl HdfcSim {
    /// An empty world. Two of the same seed that are called alike answer alike.
    pub fn new(seed: u64) -> Self {
        Self {
            now: Millis(0),
            mint: Mint::new(seed),
            accounts: Vec::new(),
            orders: Shelf::new(),
            txns: Shelf::new(),
            refunds: Shelf::new(),
            moved: Vec::new(),
            timers: Timers::new(),
            panel: Panel::new(),
            outbox: Outbox::new(hooks::SCHEDULE),
            journal: Vec::new(),
        }
    }

    /// Lets a merchant in. The same merchant id again changes that account and keeps what happened on it.
    pub fn add_account(&mut self, account: SimAccount) {
        match self.accounts.iter_mut().find(|a| a.merchant_id == account.merchant_id) {
            Some(known) => *known = account,
            None => self.accounts.push(account),
        }
    }

    fn account_of(&self, merchant_id: &str) -> Option<usize> {
        self.accounts.iter().position(|a| a.merchant_id == merchant_id)
    }
}

impl Simulator for HdfcSim {
    fn handle(&mut self, request: &SimRequest, now: Millis) -> SimResponse {
        self.tick(now);
        route::handle(self, request)
    }

    fn due(&mut self, now: Millis) -> Vec<Outgoing> {
        self.tick(now);
        self.outbox.take_due(now)
    }

    fn delivered(&mut self, id: u64, status: Option<u16>, now: Millis) {
        // An event that is given up is lost: nothing is known of webhooks being switched off.
        let (Reported::Fine | Reported::GaveUp { .. }) = self.outbox.report(id, status, now);
    }

    fn next_due(&self) -> Option<Millis> {
        self.timers.next_due().into_iter().chain(self.outbox.next_due()).min()
    }

    fn journal(&self) -> &[JournalLine] {
        &self.journal
    }

    fn put_merchant(&mut self, merchant: &SimMerchant) {
        let credential = |name: &str| merchant.credentials.get(name).filter(|s| !s.is_empty());
        let text = |name: &str| credential(name).map_or("", Secret::expose);
        let known = self.account_of(text("merchant_id")).map(|at| self.accounts[at].clone());
        let mut account = known.unwrap_or_else(|| SimAccount::new(text("merchant_id"), text("api_key")));
        account.api_key = Secret::new(text("api_key"));
        account.response_key = credential("response_key").cloned();
        account.key_id = text("key_id").to_owned();
        account.merchant_private_key = credential("our_private_key").cloned();
        account.sealed_webhooks = text("auth") == "jwt";
        account.name.clone_from(&merchant.name);
        account.webhook_url.clone_from(&merchant.webhook_url);
        account.webhook_password.clone_from(&merchant.webhook_secret);
        self.add_account(account);
    }

    fn demo_credentials(&self, number: u32) -> BTreeMap<String, Secret> {
        let pair = |(name, value): (&str, String)| (name.to_owned(), Secret::new(value));
        BTreeMap::from([
            pair(("merchant_id", format!("SG{number:06}"))),
            pair(("payment_page_client_id", "hdfcmaster".to_owned())),
            pair(("auth", "basic".to_owned())),
            pair(("api_key", format!("DEMOAPIKEY{number:022}"))),
            pair(("response_key", format!("DEMORESPONSE{number:020}"))),
        ])
    }

    fn dial(&mut self, dial: Dial) {
        self.panel.set(dial);
    }

    fn clear_dials(&mut self) {
        self.panel.clear();
    }
}
