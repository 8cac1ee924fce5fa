//! `expand[]`: what an object names, put beside the name, so that one request reads what would take several.
//!
//! Each object has its list of what can be asked for, two steps deep at the most. Whatever a page holds, each step is
//! read for all of its rows together: a few statements, and not some for each row.

use crate::error::Error;
use crate::{App, connections, public};
use hundi_core::{EventId, OrderId, PaymentId, Scope};
use hundi_store::deliveries;
use hundi_store::events::Event;
use hundi_store::orders::{self, Order};
use hundi_store::payments::{self, Payment};
use hundi_store::refunds::{self, Refund};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// Of what belongs to one row, the newest are shown; the object's own list has the others.
const EACH_MAX: usize = 10;

/// What can be asked for beside an order.
pub const OF_ORDERS: &[&str] = &["payments", "payments.connection", "payments.refunds"];
/// Beside a payment.
pub const OF_PAYMENTS: &[&str] = &["connection", "order", "refunds"];
/// Beside a refund.
pub const OF_REFUNDS: &[&str] = &["connection", "order", "payment", "payment.connection"];
/// Beside an event: what became of it on its way to each endpoint.
pub const OF_EVENTS: &[&str] = &["deliveries"];

/// What was asked for, of one object's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(BTreeSet<&'static str>);

/// A word may come twice, but not without end.
pub const WORDS_MAX: usize = 8;

impl Wanted {
    /// Unknown words are refused with the list of those that are known.
    pub fn of(list: &'static [&'static str], asked: &[String]) -> Result<Self, Error> {
        if asked.len() > WORDS_MAX {
            return Err(Error::invalid("expand[]", format!("Send up to {WORDS_MAX}.")));
        }
        let known = |word: &String| list.iter().copied().find(|known| known == word);
        let unknown = || Error::invalid("expand[]", format!("Send any of: {}.", list.join(", ")));
        asked.iter().map(|word| known(word).ok_or_else(unknown)).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Asked for itself, or on the way to what lies within.
    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|w| *w == word || w.strip_prefix(word).is_some_and(|rest| rest.starts_with('.')))
    }

    /// What is wanted of what lies within.
    fn within(&self, word: &str) -> Self {
        let inner = |w: &&'static str| w.strip_prefix(word).and_then(|rest| rest.strip_prefix('.'));
        Self(self.0.iter().filter_map(inner).collect())
    }

    /// Whether anything wanted is this: not everybody who may read an object may read all that it names.
    pub fn names(&self, word: &str) -> bool {
        self.0.iter().any(|w| w.rsplit('.').next() == Some(word))
    }
}

/// An order in its public shape, with what is wanted beside it.
pub async fn order(app: &App, scope: Scope, id: OrderId, wanted: &Wanted) -> Result<Value, Error> {
    let (order, shown) = crate::orders::show(app, scope, id).await?;
    let mut shown = beside_orders(app, scope, &[order], vec![shown], wanted).await?;
    shown.pop().ok_or_else(|| Error::Bug("one order was asked for and none was shown".into()))
}

/// Orders likewise.
pub async fn orders(app: &App, scope: Scope, rows: &[Order], wanted: &Wanted) -> Result<Vec<Value>, Error> {
    let shown = crate::orders::shown(app, rows).await?;
    beside_orders(app, scope, rows, shown, wanted).await
}

async fn beside_orders(
    app: &App,
    scope: Scope,
    rows: &[Order],
    mut shown: Vec<Value>,
    wanted: &Wanted,
) -> Result<Vec<Value>, Error> {
    if wanted.has("payments") {
        let ids: Vec<OrderId> = rows.iter().map(|o| o.id).collect();
        let found = app.store.read(async move |tx| payments::of_orders(tx, scope, &ids, each()).await);
        let found = found.await?;
        let values = payments(app, scope, &found, &wanted.within("payments")).await?;
        let of = found.iter().map(|p| (p.order_id, p.id.to_string()));
        beside_many(&mut shown, "payments", rows.iter().map(|o| o.id), of.zip(values));
    }
    Ok(shown)
}

/// Payments likewise.
pub async fn payments(
    app: &App,
    scope: Scope,
    rows: &[Payment],
    wanted: &Wanted,
) -> Result<Vec<Value>, Error> {
    let mut shown: Vec<Value> = rows.iter().map(public::payment).collect();
    if wanted.has("order") {
        let orders = orders_of(app, scope, rows.iter().map(|p| p.order_id)).await?;
        beside(&mut shown, "order", rows.iter().map(|p| p.order_id.to_string()), &orders);
    }
    if wanted.has("connection") {
        let all = connections_of(app, scope).await?;
        beside(&mut shown, "connection", rows.iter().map(|p| p.connection_id.to_string()), &all);
    }
    if wanted.has("refunds") {
        let ids: Vec<PaymentId> = rows.iter().map(|p| p.id).collect();
        let found = app.store.read(async move |tx| refunds::of_payments(tx, scope, &ids, each()).await);
        let found = found.await?;
        let of = found.iter().map(|f| ((f.payment_id, f.id.to_string()), public::refund(f)));
        beside_many(&mut shown, "refunds", rows.iter().map(|p| p.id), of);
    }
    Ok(shown)
}

/// Refunds likewise.
pub async fn refunds(app: &App, scope: Scope, rows: &[Refund], wanted: &Wanted) -> Result<Vec<Value>, Error> {
    let mut shown: Vec<Value> = rows.iter().map(public::refund).collect();
    if wanted.has("order") {
        let orders = orders_of(app, scope, rows.iter().map(|f| f.order_id)).await?;
        beside(&mut shown, "order", rows.iter().map(|f| f.order_id.to_string()), &orders);
    }
    if wanted.has("connection") {
        let all = connections_of(app, scope).await?;
        beside(&mut shown, "connection", rows.iter().map(|f| f.connection_id.to_string()), &all);
    }
    if wanted.has("payment") {
        let ids: Vec<PaymentId> = rows.iter().map(|f| f.payment_id).collect();
        let found = app.store.read(async move |tx| payments::by_ids(tx, scope, &ids).await).await?;
        let values = payments(app, scope, &found, &wanted.within("payment")).await?;
        let by_id = found.iter().map(|p| p.id.to_string()).zip(values).collect();
        beside(&mut shown, "payment", rows.iter().map(|f| f.payment_id.to_string()), &by_id);
    }
    Ok(shown)
}

/// Events likewise. An event itself stays as it was told.
pub async fn events(app: &App, scope: Scope, rows: &[Event], wanted: &Wanted) -> Result<Vec<Value>, Error> {
    let mut shown: Vec<Value> = rows.iter().map(public::event).collect();
    if wanted.has("deliveries") {
        let ids: Vec<EventId> = rows.iter().map(|e| e.id).collect();
        let found = app.store.read(async move |tx| deliveries::of_events(tx, scope, &ids).await).await?;
        let of = found.iter().map(|d| ((d.event_id, d.id.to_string()), public::delivery(d)));
        beside_many(&mut shown, "deliveries", rows.iter().map(|e| e.id), of);
    }
    Ok(shown)
}

/// One more than is shown, to know whether there are more.
fn each() -> i64 {
    i64::try_from(EACH_MAX).unwrap_or(i64::MAX).saturating_add(1)
}

async fn orders_of(
    app: &App,
    scope: Scope,
    ids: impl Iterator<Item = OrderId>,
) -> Result<HashMap<String, Value>, Error> {
    let ids: Vec<OrderId> = ids.collect();
    let found = app.store.read(async move |tx| orders::by_ids(tx, scope, &ids).await).await?;
    let shown = crate::orders::shown(app, &found).await?;
    Ok(found.iter().map(|o| o.id.to_string()).zip(shown).collect())
}

/// A merchant has few.
async fn connections_of(app: &App, scope: Scope) -> Result<HashMap<String, Value>, Error> {
    let all = connections::list(app, scope).await?;
    Ok(all.iter().map(|c| (c.row.id.to_string(), public::connection(c))).collect())
}

/// Puts the one object that each row names beside its name. The platform's connection is not there to be shown.
fn beside(
    shown: &mut [Value],
    name: &'static str,
    ids: impl Iterator<Item = String>,
    found: &HashMap<String, Value>,
) {
    for (value, id) in shown.iter_mut().zip(ids) {
        if let Some(found) = found.get(&id) {
            value[name] = found.clone();
        }
    }
}

/// Puts a list of what belongs to each row beside it: newest first, as its own list would begin.
fn beside_many<I: Copy + Eq + std::hash::Hash>(
    shown: &mut [Value],
    name: &'static str,
    rows: impl Iterator<Item = I>,
    found: impl Iterator<Item = ((I, String), Value)>,
) {
    let mut of: HashMap<I, Vec<(String, Value)>> = HashMap::new();
    for ((row, id), value) in found {
        of.entry(row).or_default().push((id, value));
    }
    for (value, row) in shown.iter_mut().zip(rows) {
        let mut mine = of.remove(&row).unwrap_or_default();
        let has_more = mine.len() > EACH_MAX;
        mine.truncate(EACH_MAX);
        let next = mine.last().filter(|_| has_more).map(|(id, _)| id.clone());
        value[name] = public::page(mine.into_iter().map(|(_, v)| v).collect(), has_more, next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(words: &[&str]) -> Wanted {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        Wanted::of(OF_ORDERS, &words).unwrap()
    }

    #[test]
    fn what_lies_within_brings_what_it_lies_in() {
        let deep = wanted(&["payments.refunds"]);
        assert!(deep.has("payments") && deep.within("payments").has("refunds"));
        assert!(!deep.within("payments").has("connection") && !deep.has("pay"));
        let flat = wanted(&["payments"]);
        assert!(flat.has("payments") && flat.within("payments").is_empty());
    }

    #[test]
    fn what_nobody_knows_is_refused_with_what_is_known() {
        for word in ["", "payment", "payments.", "payments.refunds.payment", "connection"] {
            let refused = Wanted::of(OF_ORDERS, &[word.to_owned()]).unwrap_err();
            assert!(refused.sentence().contains("payments.connection"), "{word}: {}", refused.sentence());
        }
    }

    #[test]
    fn nothing_lies_deeper_than_two_steps() {
        let lists = [OF_ORDERS, OF_PAYMENTS, OF_REFUNDS, OF_EVENTS];
        assert!(lists.concat().iter().all(|word| word.matches('.').count() <= 1));
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let mut shown = vec![serde_json::json!({}), serde_json::json!({})];
        let found = (0..11).map(|n| ((1, format!("rfd_{n}")), serde_json::json!(n)));
        beside_many(&mut shown, "refunds", [1, 2].into_iter(), found);
        assert_eq!(shown[0]["refunds"]["data"].as_array().unwrap().len(), EACH_MAX);
        assert_eq!(shown[0]["refunds"]["next"], "rfd_9");
        assert_eq!(shown[1]["refunds"]["has_more"], false);
    }
}
