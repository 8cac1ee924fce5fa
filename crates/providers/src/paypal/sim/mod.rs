//! PayPal as a function: a request and a time in, a response out, and the webhooks that it will send later.
//!
//! It knows nothing of our adapter, on purpose: shared structs hide shared mistakes. It speaks at PayPal's own paths;
//! the payer's page is at `/checkoutnow`, `/sim/...` holds the control API. It moves no money.
//!
//! A payer who pays here only agrees: money moves when the merchant captures. So `/sim/api/pay` answers with
//! `paid: false` whatever the outcome, and says by `reason` what the capture (or the authorization) will come to:
//!
//! | outcome | what the payer does | |
//! |---|---|---|
//! | `pay`, `authorize` | agrees | the capture comes out as `reason` says, and well without one |
//! | `fail` | agrees, and the funding fails | as `pay` with the reason `INSTRUMENT_DECLINED` unless one is given |
//! | `leave` | turns back | the callback has no `PayerID` |
//! | `silent` | closes the window | agrees `late_ms` later, or never |
//!
//! `reason` is one of: a capture's status, `DECLINED` or `FAILED`; a reason to hold it back, such as `PENDING_REVIEW` or
//! `ECHECK` (it completes after the account's `pending_ms`), or `PENDING_DECLINED` (it is declined then); or an issue,
//! such as `INSTRUMENT_DECLINED` or `TRANSACTION_REFUSED`, with which the capture is refused until the payer has agreed
//! once more. `method` is `paypal` or `card`: what the order says that it was paid with.

mod ask;
mod bank;
mod clock;
mod control;
mod craft;
mod hooks;
mod keys;
mod orders;
mod payer;
mod payments;
mod route;
mod search;
mod show;
mod state;
mod subscriptions;
#[cfg(test)]
mod tests;

pub use state::SimAccount;

use crate::sim::kit::{Mint, Outbox, Panel, Shelf, Timers};
use crate::sim::{Dial, JournalLine, Outgoing, SimMerchant, SimRequest, SimResponse, Simulator};
use hundi_core::{Millis, Secret};
use state::{Authorization, Capture, Movement, Order, Refund, Subscription};
use std::collections::{BTreeMap, BTreeSet};

/// PayPal, simulated: any number of accounts in one world, the same for the same seed and the same calls.
pub struct PayPalSim {
    now: Millis,
    mint: Mint,
    /// How this simulator was last reached: for links in what it sends by itself.
    base_url: String,
    accounts: Vec<SimAccount>,
    /// By token: whose it is, and until when.
    tokens: BTreeMap<String, (usize, Millis)>,
    orders: Shelf<Order>,
    authorizations: Shelf<Authorization>,
    captures: Shelf<Capture>,
    refunds: Shelf<Refund>,
    movements: Vec<Movement>,
    subscriptions: Vec<Subscription>,
    keys: BTreeMap<keys::Place, keys::Remembered>,
    keys_in_progress: BTreeSet<keys::Place>,
    timers: Timers<clock::Timer>,
    panel: Panel,
    outbox: Outbox,
    journal: Vec<JournalLine>,
}

impl PayPalSim {
    /// An empty world. Two of the same seed that are called alike answer alike.
    pub fn new(seed: u64) -> Self {
        Self {
            now: Millis(0),
            mint: Mint::new(seed),
            base_url: String::new(),
            accounts: Vec::new(),
            tokens: BTreeMap::new(),
            orders: Shelf::new(),
            authorizations: Shelf::new(),
            captures: Shelf::new(),
            refunds: Shelf::new(),
            movements: Vec::new(),
            subscriptions: Vec::new(),
            keys: BTreeMap::new(),
            keys_in_progress: BTreeSet::new(),
            timers: Timers::new(),
            panel: Panel::new(),
            outbox: Outbox::new(hooks::SCHEDULE),
            journal: Vec::new(),
        }
    }

    /// Lets a merchant in. The same client id again changes that account and keeps what happened on it; a change of
    /// the secret ends its tokens.
    pub fn add_account(&mut self, account: SimAccount) {
        match self.accounts.iter().position(|a| a.client_id == account.client_id) {
            Some(at) => {
                if self.accounts[at].client_secret != account.client_secret {
                    self.tokens.retain(|_, (of, _)| *of != at);
                }
                self.accounts[at] = account;
            }
            None => self.accounts.push(account),
        }
    }

    /// Points one of an account's webhooks, by its id, at an address. False when there is no such account.
    pub fn set_webhook(&mut self, client_id: &str, webhook_id: &str, url: &str) -> bool {
        let Some(account) = self.accounts.iter().position(|a| a.client_id == client_id) else { return false };
        self.subscriptions.retain(|s| s.id != webhook_id);
        let (id, url) = (webhook_id.to_owned(), url.to_owned());
        self.subscriptions.push(Subscription { id, account, url, events: vec!["*".to_owned()] });
        true
    }

    /// An id as PayPal makes them: 17 digits and capitals.
    fn id(&mut self) -> String {
        let digits = self.mint.digits(3);
        format!("{digits}{}", self.mint.fourteen().to_uppercase())
    }
}

impl Simulator for PayPalSim {
    fn handle(&mut self, request: &SimRequest, now: Millis) -> SimResponse {
        self.base_url.clone_from(&request.base_url);
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
        let credential = |name: &str| merchant.credentials.get(name).map_or("", Secret::expose);
        let client_id = credential("client_id");
        let known = self.accounts.iter().find(|a| a.client_id == client_id).cloned();
        let mut account = known.unwrap_or_else(|| {
            let merchant_id = self.mint.fourteen().to_uppercase()[..13].to_owned();
            SimAccount::new(client_id, credential("client_secret"), merchant_id)
        });
        account.client_secret = Secret::new(credential("client_secret"));
        account.name.clone_from(&merchant.name);
        self.add_account(account);
        if let Some(url) = &merchant.webhook_url {
            let given = credential("webhook_id").to_owned();
            let webhook_id = if given.is_empty() { self.id() } else { given };
            self.set_webhook(client_id, &webhook_id, url);
        }
    }

    fn demo_credentials(&self, number: u32) -> BTreeMap<String, Secret> {
        let pair = |name: &str, value: String| (name.to_owned(), Secret::new(value));
        BTreeMap::from([
            pair("client_id", format!("AdemoClient{number:010}")),
            pair("client_secret", format!("EdemoSecret{number:010}")),
            pair("webhook_id", format!("8DEMO{number:012}")),
        ])
    }

    fn dial(&mut self, dial: Dial) {
        self.panel.set(dial);
    }

    fn clear_dials(&mut self) {
        self.panel.clear();
    }
}
