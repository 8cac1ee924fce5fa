//! Followers of positions: numbering what was committed, fanning events out to endpoints, folding balances and figures.
//!
//! Nothing on the way of a payment waits for them, and nothing is hot: each follower locks its own watermark, so any
//! node may run them, and only one does at a time.

use crate::error::Error;
use crate::{App, deliveries, fail_point, jobs, planted};
use hundi_core::{DeliveryId, EndpointId, Millis, Scope};
use hundi_store::deliveries::Promise;
use hundi_store::endpoints::Endpoint;
use hundi_store::events::{self, Placed};
use hundi_store::figures::{self, Counted};
use hundi_store::{DbError, Tx, audit, deliveries as rows, endpoints, ledger, settings};
use serde_json::Value;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Events looked at in one transaction.
const BATCH: i64 = 200;
/// Deliveries promised in one, or few more: everybody who writes waits for it.
const PROMISED_MAX: usize = 800;

/// What there is that followers have not seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unseen {
    events: bool,
    entries: bool,
    records: bool,
}

impl Unseen {
    pub(crate) async fn read(tx: &mut Tx) -> Result<Self, DbError> {
        let pos = settings::watermark_now(tx, "events").await?;
        let events = events::any_after(tx, pos).await?;
        Ok(Self {
            events,
            entries: ledger::any_unfolded(tx).await?,
            records: audit::any_unchained(tx).await?,
        })
    }
}

/// What followers did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Followed {
    /// They promised deliveries.
    pub(crate) promised: bool,
    /// There may be more for them at once.
    pub(crate) more: bool,
}

/// Runs every follower once that has something to do.
pub(crate) async fn follow(app: &Arc<App>, unseen: Unseen) -> Result<Followed, Error> {
    let mut followed = Followed { promised: false, more: false };
    if unseen.events {
        followed = follow_events(app).await?;
    }
    if unseen.entries {
        fold_ledger(app).await?;
    }
    if unseen.records {
        chain_audit(app).await?;
    }
    Ok(followed)
}

/// Numbers new events and promises each to the endpoints that want it.
async fn follow_events(app: &Arc<App>) -> Result<Followed, Error> {
    let house = app.clone();
    let (due, more) = app
        .store
        .write_background(async move |tx| {
            let from = settings::locked_watermark(tx, "events").await?;
            if tx.is_pg() {
                events::sequence(tx).await?;
            }
            let batch = events::after(tx, from, BATCH).await?;
            let Some(last) = batch.last().map(|last| last.pos) else {
                return Ok((Due::default(), false));
            };
            let (mut promises, mut listening, mut seen) = (Vec::new(), Listening::new(), 0);
            for placed in &batch {
                fan_out(&house, tx, &mut listening, placed, &mut promises).await?;
                seen += 1;
                if promises.len() >= PROMISED_MAX {
                    break;
                }
            }
            let batch = &batch[..seen];
            let to = batch.last().map_or(from, |last| last.pos);
            let now = house.now();
            rows::schedule(tx, &promises, now).await?;
            let due = Due::of(&promises);
            for (endpoint, scope) in &due.endpoints {
                deliveries::promise(tx, jobs::id(&house), (*scope, *endpoint), now).await?;
            }
            count(tx, batch).await?;
            settings::move_watermark(tx, "events", from, to).await?;
            let more = to < last || i64::try_from(seen).unwrap_or(BATCH) >= BATCH;
            Ok::<_, Error>((due, more))
        })
        .await?;
    fail_point!("follow.after_fan_out");
    for endpoint in due.endpoints.keys() {
        app.doorbells.ring(*endpoint);
    }
    Ok(Followed { promised: due.deliveries > 0, more })
}

/// What a batch of events is to be brought to.
#[derive(Default)]
struct Due {
    deliveries: usize,
    endpoints: BTreeMap<EndpointId, Scope>,
}

impl Due {
    fn of(promises: &[Promise<'_>]) -> Self {
        let endpoints = promises.iter().map(|p| (p.endpoint, p.event.scope)).collect();
        Self { deliveries: promises.len(), endpoints }
    }
}

/// Whom an event is promised to.
async fn fan_out<'a>(
    app: &Arc<App>,
    tx: &mut Tx,
    listening: &mut Listening,
    placed: &'a Placed,
    promises: &mut Vec<Promise<'a>>,
) -> Result<(), Error> {
    let event = &placed.event;
    let endpoints = match listening.entry(event.scope) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => unknown.insert(endpoints::list(tx, event.scope).await?),
    };
    for endpoint in endpoints.iter().filter(|e| e.enabled && e.after_pos < placed.pos) {
        if !endpoint.wants(event.kind.as_str()) && !planted!("event_filter_ignored") {
            continue;
        }
        promises.push(Promise { id: app.id(DeliveryId::new), event, endpoint: endpoint.id });
    }
    Ok(())
}

/// Who listens, as read in this transaction. Not remembered beyond it: an endpoint made on another node a moment ago
/// must not be left out of what comes after it.
type Listening = HashMap<Scope, Vec<Endpoint>>;

/// Adds what events say to the hourly figures.
async fn count(tx: &mut Tx, batch: &[Placed]) -> Result<(), Error> {
    let mut sums: BTreeMap<(String, Counted), (Scope, i64, i64)> = BTreeMap::new();
    for placed in batch {
        let event = &placed.event;
        let object: Value = serde_json::from_str(&event.body).unwrap_or(Value::Null);
        for (what, split, minor) in counted(event.kind.as_str(), &object) {
            let hour = Millis(event.created_at.0.div_euclid(3_600_000) * 3_600_000);
            let currency = object["currency"].as_str().unwrap_or("INR").to_owned();
            let key = Counted { hour, currency, what, split };
            let owner = format!("{}|{}", event.scope.merchant(), event.scope.mode());
            let sum = sums.entry((owner, key)).or_insert((event.scope, 0, 0));
            sum.1 += 1;
            sum.2 += minor;
        }
    }
    for ((_, key), (scope, n, minor)) in sums {
        figures::add(tx, scope, &key, n, minor).await?;
    }
    Ok(())
}

fn counted(kind: &str, object: &Value) -> Vec<(&'static str, String, i64)> {
    let text = |name: &str| object[name].as_str().unwrap_or("other").to_owned();
    let amount = object["amount"].as_i64().unwrap_or(0);
    let splits = |what: &'static str, amount: i64| {
        vec![
            (what, "all".to_owned(), amount),
            (what, format!("method:{}", text("method")), amount),
            (what, format!("connection:{}", text("connection_id")), amount),
        ]
    };
    match kind {
        // Money that moved as asked: of the payer, or by the merchant who took a part of what was held.
        "payment.captured" => splits("captured", object["amount_to_capture"].as_i64().unwrap_or(amount)),
        "payment.failed" | "payment.expired" => {
            let mut all = splits("failed", amount);
            let reason = object["failure"]["reason"].as_str().unwrap_or("session_expired");
            all.push(("failed", format!("reason:{reason}"), amount));
            all
        }
        "refund.processed" => vec![("refunded", "all".to_owned(), amount)],
        _ => Vec::new(),
    }
}

/// Numbers new journal entries and folds them into the balances.
async fn fold_ledger(app: &Arc<App>) -> Result<(), Error> {
    let folded = app.store.write_background(async |tx| {
        settings::locked_watermark(tx, "ledger").await?;
        if tx.is_pg() {
            ledger::sequence(tx).await?;
        }
        ledger::fold(tx).await
    });
    folded.await?;
    fail_point!("follow.after_fold");
    Ok(())
}

/// Chains new audit records, each merchant's by itself.
async fn chain_audit(app: &Arc<App>) -> Result<(), Error> {
    let chained = app.store.write_background(async |tx| {
        settings::locked_watermark(tx, "audit").await?;
        for record in audit::unchained(tx).await? {
            let tip = audit::tip(tx, &record.chain).await?;
            let link = audit::link(tip, &record);
            audit::chain(tx, record.id, &link).await?;
        }
        Ok::<_, DbError>(())
    });
    chained.await?;
    fail_point!("follow.after_chain");
    Ok(())
}

/// Runs the followers until they have caught up, for commands and tests that look at the end.
pub async fn settle(app: &Arc<App>) -> Result<(), Error> {
    loop {
        let unseen = app.store.read(async |tx| Unseen::read(tx).await).await?;
        if !follow(app, unseen).await?.more {
            return Ok(());
        }
    }
}
