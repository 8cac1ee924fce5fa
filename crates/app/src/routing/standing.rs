//! How a connection stands in routing now: what lately became of its work, and whether it is left alone for it.

use super::{LATELY_MAX, LATELY_MS};
use crate::App;
use crate::connections;
use crate::error::Error;
use hundi_core::routing::{Health, Outcome, Seen, health};
use hundi_core::{ConnectionId, Method, Scope};
use hundi_store::{connections as rows, routing as table};

/// What the next payment would find.
#[derive(Clone, Debug)]
pub struct Standing {
    /// As far as the method is not known.
    pub whole: Health,
    /// Methods that stand otherwise.
    pub methods: Vec<(Method, Health)>,
    /// What was counted within the last quarter of an hour, whatever the method.
    pub good: u64,
    pub bad: u64,
}

pub async fn standing(app: &App, scope: Scope, id: ConnectionId) -> Result<Standing, Error> {
    let now = app.now();
    let since = now.minus(LATELY_MS);
    let read = app.store.read(async move |tx| {
        let row = rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "connection" })?;
        let whole = table::lately(tx, row.id, None, since, LATELY_MAX).await?;
        let mut by_method = Vec::new();
        for method in connections::card(&row.provider)?.methods {
            by_method.push((*method, table::lately(tx, row.id, Some(*method), since, LATELY_MAX).await?));
        }
        Ok::<_, Error>((whole, by_method))
    });
    let (seen, by_method) = read.await?;
    let whole = health(&seen, now);
    let methods = by_method.iter().map(|(method, seen)| (*method, health(seen, now)));
    let count = |outcome: Outcome| {
        let of = |all: &[Seen]| all.iter().filter(|s| s.outcome == outcome).count();
        let general = of(&seen);
        // A method's list holds what counts for every method as well.
        let own: usize = by_method.iter().map(|(_, all)| of(all).saturating_sub(general)).sum();
        u64::try_from(general + own).unwrap_or(u64::MAX)
    };
    Ok(Standing {
        whole,
        methods: methods.filter(|(_, health)| *health != whole).collect(),
        good: count(Outcome::Good),
        bad: count(Outcome::Bad),
    })
}
