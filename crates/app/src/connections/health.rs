//! How a connection's webhooks are doing: judged by the newest messages, and by the newest money that they should have
//! told of. What changes is told once, by an event.

use super::{Shown, provider_of, showing};
use crate::error::Error;
use crate::{App, planted, public};
use hundi_core::event::EventType;
use hundi_core::time::{days, minutes};
use hundi_core::{ConnectionId, EventId, Millis};
use hundi_store::alarms::{self, Alarm, Known, State};
use hundi_store::notices::Health;
use hundi_store::{DbError, Tx, connections as rows, events};
use std::sync::Arc;

/// Failures in a row, or payments in a row that no message told of, before somebody is told (PRODUCT WI3).
const REFUSED_MAX: usize = 5;
const MISSED_MAX: usize = 3;
/// So long a message may take: providers send within seconds, and again within minutes when nobody answered.
const COMES_WITHIN_MS: i64 = minutes(15);
/// Older money says nothing of today's webhooks; nor does it make them well again.
const LOOKS_BACK_MS: i64 = days(7);
const LOOKS_AT: i64 = 20;
const BATCH: i64 = 200;
const BATCHES_MAX: usize = 500;

/// How the messages of a connection are doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webhooks {
    pub last_good_at: Option<Millis>,
    pub refused_in_a_row: usize,
    /// Payments in a row, the newest first, whose money came and of which no message told.
    pub missed_in_a_row: usize,
    pub light: Light,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// None has arrived, and none was missed.
    NothingYet,
    Well,
    /// Some failed or did not come; not enough to be sure of.
    Unsteady,
    Silent,
    Refused,
}

impl Light {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NothingYet => "nothing_yet",
            Self::Well => "well",
            Self::Unsteady => "unsteady",
            Self::Silent => "silent",
            Self::Refused => "refused",
        }
    }

    /// What is worth an event. Unsteady is not yet, and not any more either.
    const fn alarm(self) -> Option<State> {
        match self {
            Self::NothingYet | Self::Unsteady => None,
            Self::Well => Some(State::Well),
            Self::Silent => Some(State::Silent),
            Self::Refused => Some(State::Refused),
        }
    }
}

impl Webhooks {
    /// Of a connection just made.
    pub(super) const NOTHING_YET: Self =
        Self { last_good_at: None, refused_in_a_row: 0, missed_in_a_row: 0, light: Light::NothingYet };

    fn judged(health: Health, newest: &[Known], now: Millis) -> Self {
        // What came a moment ago may still be told of, and a good message says that they come again, whatever it is about.
        let old = |known: &&Known| known.heard || now.since(known.at) >= COMES_WITHIN_MS;
        let well_until = health.last_good_at;
        let missed = |known: &&Known| !known.heard && well_until.is_none_or(|good| known.at > good);
        let missed = newest.iter().filter(old).take_while(missed).count();
        let refused = health.failures_in_a_row;
        let light = match () {
            () if refused >= REFUSED_MAX => Light::Refused,
            () if missed >= MISSED_MAX && !planted!("silence_is_well") => Light::Silent,
            () if refused > 0 || missed > 0 => Light::Unsteady,
            () if health.last_good_at.is_none() => Light::NothingYet,
            () => Light::Well,
        };
        Self { last_good_at: health.last_good_at, refused_in_a_row: refused, missed_in_a_row: missed, light }
    }
}

/// How they are doing now.
pub(super) async fn webhooks(
    tx: &mut Tx,
    connection: ConnectionId,
    now: Millis,
) -> Result<Webhooks, DbError> {
    let health = hundi_store::notices::health(tx, connection).await?;
    // What an alarm was raised by stands until a message comes, however long that takes.
    let alarm = alarms::load(tx, connection).await?.filter(|alarm| alarm.state == State::Silent);
    let judged_at = alarm.map_or(now, |alarm| alarm.since);
    let newest = alarms::newest(tx, connection, judged_at.minus(LOOKS_BACK_MS), LOOKS_AT).await?;
    Ok(Webhooks::judged(health, &newest, now))
}

/// Looks at every connection, and tells of what changed.
pub(crate) async fn look_at_all(app: &Arc<App>) -> Result<(), Error> {
    let mut after = String::new();
    for _ in 0..BATCHES_MAX {
        let from = after.clone();
        let page = app.store.read(async move |tx| alarms::page(tx, &from, BATCH).await).await?;
        for id in &page {
            look_at(app, *id).await?;
        }
        match page.last() {
            Some(last) => after = last.to_string(),
            None => break,
        }
    }
    Ok(())
}

/// A message came: an alarm that stands may be over. Most connections have none, which one read tells.
pub(crate) async fn heard_from(app: &Arc<App>, id: ConnectionId) -> Result<(), Error> {
    let alarm = app.store.read(async move |tx| alarms::load(tx, id).await).await?;
    if alarm.is_some_and(|alarm| alarm.state != State::Well) { look_at(app, id).await } else { Ok(()) }
}

async fn look_at(app: &Arc<App>, id: ConnectionId) -> Result<(), Error> {
    let now = app.now();
    let changed = app.store.read(async move |tx| {
        let judged = webhooks(tx, id, now).await?;
        let before = alarms::load(tx, id).await?;
        Ok::<_, DbError>(next(before, judged.light).is_some())
    });
    if !changed.await? {
        return Ok(());
    }
    let house = app.clone();
    app.store
        .write_background(async move |tx| {
            let Some(row) = rows::load_by_id(tx, id).await? else { return Ok(()) };
            // Whoever switched it off, or whose provider sends nothing, waits for no message.
            if !row.enabled || provider_of(&row.provider)?.notices().is_none() {
                return Ok(());
            }
            let scope = row.scope;
            let shown = showing(&house, row, webhooks(tx, id, now).await?)?;
            let before = alarms::load(tx, id).await?;
            let Some(state) = next(before, shown.webhooks.light) else { return Ok(()) };
            let seq = before.map_or(0, |alarm| alarm.event_seq) + 1;
            if !alarms::put(tx, id, &Alarm { state, since: now, event_seq: seq }).await? {
                return Err(DbError::Conflict("another node looked at this connection").into());
            }
            events::insert(tx, &event(&house, &shown, (state, seq), scope, now)).await?;
            Ok::<_, Error>(())
        })
        .await?;
    app.ring();
    Ok(())
}

/// What has to be told, if anything: that all is well only after it was not.
fn next(before: Option<Alarm>, light: Light) -> Option<State> {
    let before = before.map_or(State::Well, |alarm| alarm.state);
    light.alarm().filter(|state| *state != before)
}

fn event(
    app: &App,
    shown: &Shown,
    (state, seq): (State, i64),
    scope: hundi_core::Scope,
    now: Millis,
) -> events::Event {
    events::Event {
        id: app.id(EventId::new),
        scope,
        kind: match state {
            State::Well => EventType::ConnectionWebhooksRecovered,
            State::Silent => EventType::ConnectionWebhooksSilent,
            State::Refused => EventType::ConnectionWebhooksRefused,
        },
        object_type: "connection",
        object_id: shown.row.id.to_string(),
        seq,
        capture_id: None,
        created_at: now,
        body: public::connection(shown).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_795_248_000_000);

    /// Refusals in a row, how many minutes ago the last good message came, and money, newest first: minutes ago, and
    /// whether a message told of it.
    #[track_caller]
    fn judged(refused: usize, good: Option<i64>, newest: &[(i64, bool)], light: Light, missed: usize) {
        let last_good_at = good.map(|ago| NOW.minus(minutes(ago)));
        let health = Health { last_good_at, failures_in_a_row: refused };
        let known = |(ago, heard): &(i64, bool)| Known { at: NOW.minus(minutes(*ago)), heard: *heard };
        let newest: Vec<_> = newest.iter().map(known).collect();
        let webhooks = Webhooks::judged(health, &newest, NOW);
        assert_eq!((webhooks.light, webhooks.missed_in_a_row), (light, missed));
    }

    #[test]
    fn table_of_lights() {
        judged(0, None, &[], Light::NothingYet, 0);
        judged(0, Some(90), &[], Light::Well, 0);
        judged(0, Some(31), &[(20, true), (30, true)], Light::Well, 0);
        judged(0, Some(30), &[(20, false), (30, true)], Light::Unsteady, 1);
        judged(0, Some(90), &[(20, false), (30, false)], Light::Unsteady, 2);
        judged(0, Some(90), &[(20, false), (30, false), (40, false)], Light::Silent, 3);
        judged(0, None, &[(20, false), (30, false), (40, false)], Light::Silent, 3);
        judged(0, Some(51), &[(20, false), (30, false), (40, false), (50, true)], Light::Silent, 3);
        // Young ones may still be told of, and count once they are.
        judged(0, Some(90), &[(1, false), (2, false), (3, false)], Light::Well, 0);
        judged(0, Some(90), &[(1, false), (20, false), (30, false), (40, false)], Light::Silent, 3);
        judged(0, Some(90), &[(1, true), (20, false), (30, false), (40, false)], Light::Well, 0);
        // A message of anything else says as well that they come.
        judged(0, Some(5), &[(20, false), (30, false), (40, false)], Light::Well, 0);
        judged(0, Some(25), &[(20, false), (30, false), (40, false)], Light::Unsteady, 1);
        judged(4, Some(90), &[], Light::Unsteady, 0);
        judged(5, None, &[(20, false), (30, false), (40, false)], Light::Refused, 3);
    }

    #[test]
    fn each_change_is_told_once() {
        let stands = |state| Some(Alarm { state, since: NOW, event_seq: 1 });
        for (before, light, told) in [
            (None, Light::Well, None),
            (None, Light::NothingYet, None),
            (None, Light::Silent, Some(State::Silent)),
            (stands(State::Silent), Light::Silent, None),
            (stands(State::Silent), Light::Unsteady, None),
            (stands(State::Silent), Light::NothingYet, None),
            (stands(State::Silent), Light::Refused, Some(State::Refused)),
            (stands(State::Silent), Light::Well, Some(State::Well)),
            (stands(State::Well), Light::Unsteady, None),
            (stands(State::Well), Light::Silent, Some(State::Silent)),
        ] {
            assert_eq!(next(before, light), told, "{before:?} {light:?}");
        }
    }
}
