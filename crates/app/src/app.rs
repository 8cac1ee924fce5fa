//! The application: its ports, its configuration, and what every use case needs of them.

use crate::answer::Key;
use crate::caches::Caches;
use crate::clock::Clock;
use crate::error::Error;
use crate::keys::{Peppers, Purpose};
use crate::limits::{Limiter, Limits};
use crate::net::{Transport, UrlRefused};
use crate::passwords::Passwords;
use crate::planted;
use crate::random::{Random, entropy};
use crate::seal::{MasterKeys, WrongMaster};
use hundi_core::guard::RetryLimits;
use hundi_core::ids::Entropy;
use hundi_core::time::{hours, minutes, seconds};
use hundi_core::{MerchantId, Millis, Mode, OrderId, Secret};
use hundi_store::{DbError, Store, settings};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;

/// What the binary decided at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where people and providers reach us: `https://pay.example`. No slash at its end.
    pub public_url: String,
    /// Where simulators stand in for providers, by provider id. For test connections only.
    pub sandbox: BTreeMap<String, String>,
    pub deliveries_live: Schedule,
    pub deliveries_test: Schedule,
    pub limits: Limits,
    pub retries: RetryLimits,
    /// None: no letters are sent.
    pub mail: Option<crate::mail::Mail>,
}

/// Of a failed payment: at most 3, within 24 hours of the first (PRODUCT PY6).
pub const RETRIES: RetryLimits = RetryLimits { retries_max: 3, within_ms: hours(24) };

/// When a delivery is tried, counted from the try before; the last gap repeats until `give_up_after_ms`.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub gaps_ms: Vec<i64>,
    pub give_up_after_ms: i64,
}

impl Schedule {
    /// At 0, 1 min, 5 min, 30 min, 2 h, then every 12 h up to five days (PRODUCT WO3).
    pub fn live() -> Self {
        Self {
            gaps_ms: vec![minutes(1), minutes(5), minutes(30), hours(2), hours(12)],
            give_up_after_ms: hours(120),
        }
    }

    /// 5, 10, 15, 20 s in test mode, then as live, so that a broken test endpoint is heard of at once.
    pub fn test() -> Self {
        let gaps_ms = vec![seconds(5), seconds(10), seconds(15), seconds(20), minutes(30), hours(12)];
        Self { gaps_ms, give_up_after_ms: hours(120) }
    }

    /// So many seconds between the tries, and the last of them is the end: for tests that can't wait.
    pub fn short(gaps_secs: &[u32]) -> Self {
        let gaps_ms: Vec<i64> = gaps_secs.iter().map(|secs| seconds(i64::from(*secs))).collect();
        // Each is up to a tenth longer, by chance.
        let whole: i64 = gaps_ms.iter().sum();
        Self { give_up_after_ms: whole + whole / 10 + 500, gaps_ms }
    }
}

/// Judges the address of a merchant's endpoint, by its text alone.
pub type CheckUrl = Arc<dyn Fn(&str, Mode) -> Result<(), UrlRefused> + Send + Sync>;

/// The outside, as ports.
pub struct Ports {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub transport: Arc<dyn Transport>,
    /// Whether a merchant's endpoint address may be registered.
    pub check_url: CheckUrl,
    pub masters: MasterKeys,
    pub peppers: Peppers,
    pub passwords: Passwords,
}

/// Everything a use case needs. One for each process.
pub struct App {
    pub store: Store,
    pub config: Config,
    clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) check_url: CheckUrl,
    pub(crate) masters: MasterKeys,
    pub(crate) peppers: Peppers,
    pub(crate) passwords: Passwords,
    pub(crate) caches: Caches,
    pub(crate) memory: crate::memory::Memory,
    pub(crate) limiter: Limiter,
    pub(crate) chores: crate::jobs::Chores,
    pub(crate) offers: crate::choices::Remembered,
    /// Runs of deliveries under way.
    pub(crate) doorbells: crate::deliveries::Doorbells,
    /// Jobs' calls to providers.
    pub(crate) at_providers: crate::connections::Lines,
    /// How far the database's clock is ahead of ours: nodes go by the database's.
    ahead_ms: AtomicI64,
    /// Rung after each commit that left work behind.
    pub(crate) work: Notify,
    pub figures: crate::jobs::Figures,
    pub(crate) exports: crate::exports::Exports,
    pub(crate) tally: crate::jobs::Tally,
    /// What was asked lately, by API.
    pub(crate) requests: crate::requests::Lately,
    pub(crate) lately_answered: crate::answer::Lately,
    demo: OnceLock<Demo>,
}

/// The keys of a demo, which guard nothing but itself.
#[derive(Clone, Debug)]
pub struct Demo {
    pub merchant: MerchantId,
    pub key_id: String,
    pub key_secret: Secret,
    pub endpoint_secret: Secret,
    /// Where the shop's own server listens.
    pub receiver: String,
}

/// Who does something, for the audit log.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `user:usr_…`, `key:hk_…`, `command`.
    pub name: String,
    pub ip: String,
}

impl Actor {
    pub fn new(name: impl Into<String>, ip: impl Into<String>) -> Self {
        Self { name: name.into(), ip: ip.into() }
    }
}

/// Why the application must not start on this database.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Master(#[from] WrongMaster),
    #[error("the pepper is not the one that this database was written with")]
    Pepper,
}

impl App {
    /// Opens the house on a migrated database, after checking that the secrets are the right ones.
    pub async fn start(ports: Ports, config: Config) -> Result<Arc<Self>, StartError> {
        check_secrets(&ports).await?;
        Ok(Arc::new(Self {
            store: ports.store,
            limiter: Limiter::new(config.limits.clone()),
            config,
            clock: ports.clock,
            random: ports.random,
            transport: ports.transport,
            check_url: ports.check_url,
            masters: ports.masters,
            peppers: ports.peppers,
            passwords: ports.passwords,
            caches: Caches::default(),
            memory: crate::memory::Memory::default(),
            chores: crate::jobs::Chores::default(),
            offers: crate::choices::Remembered::default(),
            doorbells: crate::deliveries::Doorbells::default(),
            at_providers: crate::connections::Lines::new(),
            ahead_ms: AtomicI64::new(0),
            work: Notify::new(),
            figures: crate::jobs::Figures::default(),
            tally: crate::jobs::Tally::default(),
            requests: crate::requests::Lately::default(),
            lately_answered: crate::answer::Lately::default(),
            demo: OnceLock::new(),
            exports: crate::exports::Exports::new(),
        }))
    }

    /// The key of a request that holds secrets: a plain hash of what it says could be guessed at.
    pub fn keyed(&self, key: Key) -> Key {
        Key { body_hash: self.peppers.hash(Purpose::Fingerprint, &key.body_hash), ..key }
    }

    /// This house is a demo: whoever asks is given its keys.
    pub fn is_a_demo(&self, demo: Demo) {
        self.demo.get_or_init(|| demo);
    }

    /// The demo that this is, if it is one.
    pub fn demo(&self) -> Option<&Demo> {
        self.demo.get()
    }

    pub fn now(&self) -> Millis {
        self.clock.now().plus(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Goes by the database's clock, so that the leases and deadlines of several nodes mean the same.
    /// SQLite has no clock of its own to go by.
    pub async fn correct_clock(&self) -> Result<(), Error> {
        let before = self.clock.now();
        if let Some(there) = self.store.database_now().await? {
            // Half of the round trip has passed since the database looked.
            let travelled = self.clock.now().since(before) / 2;
            self.ahead_ms.store(there.since(before) - travelled, Ordering::Relaxed);
        }
        Ok(())
    }

    /// A new id of any kind: `app.id(OrderId::new)`.
    pub fn id<T>(&self, make: fn(Millis, Entropy) -> T) -> T {
        make(self.now(), entropy(&*self.random))
    }

    /// 128 random bits as a word, for one use: a page's nonce, a form's key.
    pub fn nonce(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        data_encoding::HEXLOWER.encode(&bytes)
    }

    /// Where the payer of an order pays. The link can't be guessed: it carries a tag only we can make.
    pub fn checkout_url(&self, order: OrderId) -> String {
        format!("{}/pay/{}", self.config.public_url, self.checkout_token(order))
    }

    pub fn checkout_token(&self, order: OrderId) -> String {
        let id = order.to_string();
        let tag = self.peppers.hash(Purpose::Link, &format!("checkout:{id}"));
        let tag = tag.rsplit_once(':').map_or(tag.as_str(), |(_, tag)| tag);
        format!("{id}.{}", &tag[..LINK_TAG_CHARS.min(tag.len())])
    }

    /// The order behind a checkout link.
    pub fn order_of_token(&self, token: &str) -> Result<OrderId, Error> {
        let unknown = Error::NotFound { what: "checkout page" };
        let (id, tag) = token.split_once('.').ok_or(unknown.clone())?;
        let order: OrderId = id.parse().map_err(|_| unknown.clone())?;
        let known = self.peppers.hashes(Purpose::Link, &format!("checkout:{order}"));
        let fits = known.iter().any(|full| {
            let full = full.rsplit_once(':').map_or(full.as_str(), |(_, tag)| tag);
            let wanted = &full[..LINK_TAG_CHARS.min(full.len())];
            aws_lc_rs::constant_time::verify_slices_are_equal(wanted.as_bytes(), tag.as_bytes()).is_ok()
        });
        if fits { Ok(order) } else { Err(unknown) }
    }

    /// Rings for whoever does the work that a commit left behind.
    pub fn ring(&self) {
        self.work.notify_one();
    }
}

const START_CHECK: &str = "hundi start check";

/// 128 bits of the tag, in hex.
const LINK_TAG_CHARS: usize = 32;

/// The database remembers a check of each master key and pepper; a wrong one must not write a byte.
async fn check_secrets(ports: &Ports) -> Result<(), StartError> {
    for (version, check) in ports.masters.key_checks() {
        let name = format!("master_check:{version}");
        let kept = remember(&ports.store, name, check).await?;
        if !planted!("any_master_key") {
            ports.masters.check(version, &kept)?;
        }
    }
    let check = ports.peppers.hash(Purpose::Fingerprint, START_CHECK);
    let kept = remember(&ports.store, "pepper_check".into(), check).await?;
    if !ports.peppers.matches(&kept, Purpose::Fingerprint, START_CHECK) {
        return Err(StartError::Pepper);
    }
    Ok(())
}

async fn remember(store: &Store, name: String, check: String) -> Result<String, DbError> {
    store
        .write(async move |tx| {
            settings::put_once(tx, &name, &check).await?;
            settings::get(tx, &name).await?.ok_or_else(|| DbError::Bug("a setting vanished".into()))
        })
        .await
}
