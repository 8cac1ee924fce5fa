//! Forgetting a saved method: from the moment it is asked for it is charged no more, and the provider is told by a job.

use super::{METHODS_MAX, SavedMethod, opened, record};
use crate::error::{Error, refused_by_provider};
use crate::jobs::{self, Ending, Kind};
use crate::wired::Wired;
use crate::{Actor, App, connections, fail_point};
use hundi_core::{Millis, SavedMethodId, Scope};
use hundi_store::customers::Customer;
use hundi_store::saved_methods::{self as rows, State};
use hundi_store::{Tx, audit, history};
use std::sync::Arc;

/// Takes a method away from its customer. Safe to repeat.
pub async fn delete(app: &Arc<App>, scope: Scope, actor: &Actor, id: SavedMethodId) -> Result<(), Error> {
    let (house, record) = (app.clone(), record(app, scope, actor, "saved_method.delete", id));
    app.store
        .write(async move |tx| {
            let method = rows::load(tx, scope, id).await?.ok_or(Error::NotFound { what: "saved method" })?;
            if method.state == State::Active {
                begin(&house, tx, &method, house.now()).await?;
                audit::insert(tx, &record).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    app.ring();
    Ok(())
}

/// All that a customer has, in the transaction that erases them. Their row is locked.
pub(crate) async fn forget_all(app: &App, tx: &mut Tx, c: &Customer, now: Millis) -> Result<(), Error> {
    loop {
        let some = rows::active_of(tx, c.id, METHODS_MAX).await?;
        if some.is_empty() {
            return Ok(());
        }
        for method in &some {
            begin(app, tx, method, now).await?;
        }
    }
}

pub(super) async fn begin(app: &App, tx: &mut Tx, method: &SavedMethod, now: Millis) -> Result<(), Error> {
    if rows::forgetting(tx, method.id, now).await? {
        let key = method.id.to_string();
        jobs::enqueue(tx, jobs::id(app), Kind::Forget, &key, Some(method.scope), now, now).await?;
    }
    Ok(())
}

/// The job: has the provider forget it, then throws the token away.
pub(crate) async fn forget(app: &Arc<App>, id: SavedMethodId) -> Result<Ending, Error> {
    let found = app.store.read(async move |tx| rows::load_by_id(tx, id).await).await?;
    let Some(method) = found.filter(|m| m.state == State::Forgetting) else { return Ok(Ending::Done) };
    let connected = connections::open(app, method.connection).await?;
    let Some(part) = connected.provider.saved() else {
        return Err(Error::Bug("a method was saved where nothing is kept".into()));
    };
    let token = opened(app, &method).await?;
    let wire = Wired::new(app, method.connection, method.id).hiding(token.token.clone());
    let told = part.forget(connected.call(&wire), &token).await;
    fail_point!("forget.after_call");
    let (now, exchanges, done) = (app.now(), wire.take(), told.is_ok());
    app.store
        .write(async move |tx| {
            for exchange in &exchanges {
                history::exchanged(tx, exchange).await?;
            }
            if done {
                rows::deleted(tx, id, now).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    match told {
        Ok(()) => Ok(Ending::Done),
        // Tried again with longer and longer gaps, and in the end by a person.
        Err(error) => Err(refused_by_provider(&error)),
    }
}
