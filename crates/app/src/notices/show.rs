//! Messages to look at, and to work on once more.

use crate::error::Error;
use crate::jobs::{self, Kind};
use crate::{Actor, App};
use hundi_core::{AuditId, ConnectionId, NoticeId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::notices::{self, Notice};
use hundi_store::{Page, connections};

pub async fn get(app: &App, scope: Scope, id: NoticeId) -> Result<Notice, Error> {
    let found = app.store.read(async move |tx| notices::load(tx, scope, id).await).await?;
    found.ok_or(Error::NotFound { what: "message" })
}

/// A page of a connection's messages, newest first.
pub async fn list(
    app: &App,
    scope: Scope,
    connection: ConnectionId,
    verified: Option<bool>,
    page: Page,
) -> Result<Vec<Notice>, Error> {
    app.store
        .read(async move |tx| {
            connections::load(tx, scope, connection).await?.ok_or(Error::NotFound { what: "connection" })?;
            Ok(notices::list(tx, scope, connection, verified, &page).await?)
        })
        .await
}

/// A page of several connections' messages as one list, newest first.
pub async fn across(
    app: &App,
    scope: Scope,
    among: Vec<ConnectionId>,
    verified: Option<bool>,
    page: Page,
) -> Result<Vec<Notice>, Error> {
    app.store
        .read(async move |tx| {
            let mut all = Vec::new();
            for connection in among.iter().copied() {
                all.extend(notices::list(tx, scope, connection, verified, &page).await?);
            }
            Ok(page.merged(all, |n| (n.received_at, n.id.to_string())))
        })
        .await
}

/// A person has it worked on again. What it moved once it cannot move twice.
pub async fn replay(app: &App, scope: Scope, actor: &Actor, id: NoticeId) -> Result<(), Error> {
    let (job, now) = (jobs::id(app), app.now());
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "notice.replay".into(),
        target_type: "notice".into(),
        target_id: id.to_string(),
        detail: "{}".into(),
        ip: actor.ip.clone(),
        at: now,
    };
    app.store
        .write(async move |tx| {
            if !notices::reopen(tx, scope, id).await? {
                return Err(Error::NotFound { what: "message to work on again" });
            }
            audit::insert(tx, &record).await?;
            jobs::enqueue(tx, job, Kind::Notice, &id.to_string(), Some(scope), now, now).await?;
            Ok(())
        })
        .await?;
    app.ring();
    Ok(())
}
