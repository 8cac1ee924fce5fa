//! PhonePe as a function: a request and a time in, a response out, and the webhooks that it will send later.
//!
//! It knows nothing of our adapter, on purpose: shared structs hide shared mistakes. It speaks both APIs at PhonePe's own
//! paths (`v2`, `v1`) and shows its pay page where PhonePe's is; `/sim/...` holds the payer's machine and the control
//! API. It never takes a card number, and moves no money.

mod ask;
mod bank;
mod clock;
mod control;
mod craft;
mod hooks;
mod pages;
mod payer;
mod refunds;
mod route;
mod settlements;
mod show;
mod state;
#[cfg(test)]
mod tests;
mod v1;
mod v2;

use crate::sim::kit::{Mint, Outbox, Panel, Shelf, Timers};
use crate::sim::{Dial, JournalLine, Outgoing, SimMerchant, SimRequest, SimResponse, Simulator};
use hundi_core::{Millis, Secret};
use state::{Account, Attempt, Order, Refund};
use std::collections::{BTreeMap, BTreeSet};

/// PhonePe, simulated: any number of accounts in one world, the same for the same seed and the same calls.
pub struct PhonePeSim {
    now: Millis,
    mint: Mint,
    accounts: Vec<Account>,
    orders: Shelf<Order>,
    attempts: Shelf<Attempt>,
    refunds: Shelf<Refund>,
    /// By account and the merchant's name.
    names: BTreeMap<(usize, String), String>,
    refund_names: BTreeMap<(usize, String), String>,
    /// Orders by their pay page.
    pages: BTreeMap<String, String>,
    /// Orders that are not ours.
    foreign: BTreeSet<String>,
    /// Access tokens: whose, and until when.
    tokens: BTreeMap<String, (usize, Millis)>,
    timers: Timers<clock::Timer>,
    panel: Panel,
    outbox: Outbox,
    journal: Vec<JournalLine>,
}

impl PhonePeSim {
    /// An empty world. Two of the same seed that are called alike answer alike.
    pub fn new(seed: u64) -> Self {
        Self {
            now: Millis(0),
            mint: Mint::new(seed),
            accounts: Vec::new(),
            orders: Shelf::new(),
            attempts: Shelf::new(),
            refunds: Shelf::new(),
            names: BTreeMap::new(),
            refund_names: BTreeMap::new(),
            pages: BTreeMap::new(),
            foreign: BTreeSet::new(),
            tokens: BTreeMap::new(),
            timers: Timers::new(),
            panel: Panel::new(),
            outbox: Outbox::new(hooks::SCHEDULE),
            journal: Vec::new(),
        }
    }

    /// The account of a client id or a merchant id.
    fn account_of(&self, key_id: &str) -> Option<usize> {
        let is = |a: &Account| !key_id.is_empty() && (a.client_id == key_id || a.merchant_id == key_id);
        self.accounts.iter().position(is)
    }
}

impl Simulator for PhonePeSim {
    fn handle(&mut self, request: &SimRequest, now: Millis) -> SimResponse {
        self.tick(now);
        route::handle(self, request)
    }

    fn due(&mut self, now: Millis) -> Vec<Outgoing> {
        self.tick(now);
        self.outbox.take_due(now)
    }

    fn delivered(&mut self, id: u64, status: Option<u16>, now: Millis) {
        self.outbox.report(id, status, now);
    }

    fn next_due(&self) -> Option<Millis> {
        self.timers.next_due().into_iter().chain(self.outbox.next_due()).min()
    }

    fn journal(&self) -> &[JournalLine] {
        &self.journal
    }

    fn put_merchant(&mut self, merchant: &SimMerchant) {
        let credential = |name: &str| merchant.credentials.get(name).map_or("", Secret::expose).to_owned();
        let (client_id, merchant_id) = (credential("client_id"), credential("merchant_id"));
        let known = self.account_of(&client_id).or_else(|| self.account_of(&merchant_id));
        let at = known.unwrap_or_else(|| {
            let made = format!("SIMMERCHANT{}", self.mint.digits(8));
            self.accounts.push(control::fresh(made));
            self.accounts.len() - 1
        });
        let account = &mut self.accounts[at];
        account.client_id = client_id;
        account.client_secret = Secret::new(credential("client_secret"));
        account.client_version = credential("client_version");
        if !merchant_id.is_empty() {
            account.merchant_id = merchant_id;
        }
        account.salt_key = Secret::new(credential("salt_key"));
        account.salt_index = credential("salt_index");
        account.name.clone_from(&merchant.name);
        account.webhook_url.clone_from(&merchant.webhook_url);
        account.webhook_password.clone_from(&merchant.webhook_secret);
    }

    /// Of v2, as new merchants get them.
    fn demo_credentials(&self, number: u32) -> BTreeMap<String, Secret> {
        let pair = |name: &str, value: String| (name.to_owned(), Secret::new(value));
        BTreeMap::from([
            pair("api", "v2".to_owned()),
            pair("client_id", format!("SU-DEMO-{number:010}")),
            pair("client_secret", format!("demo-secret-{number:010}")),
            pair("client_version", "1".to_owned()),
        ])
    }

    fn dial(&mut self, dial: Dial) {
        self.panel.set(dial);
    }

    fn clear_dials(&mut self) {
        self.panel.clear();
    }
}
