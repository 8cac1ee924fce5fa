//! Deliveries of events to merchants' endpoints: signed, tried by a schedule, at the endpoint's rate and in its order,
//! never lost.

mod again;
mod doorbell;
mod look;
mod note;
mod pace;
mod replay;
mod resend;
mod run;
mod schedule;
mod send;

pub use again::{send_again, send_again_by_api};
pub(crate) use doorbell::Doorbells;
pub use hundi_store::deliveries::{Delivery, State, Try};
pub use look::{across, get, list, of_event, state_named};
pub(crate) use replay::carry_on;
pub use replay::{NewReplay, Replay, find_replay, replay};
pub use resend::{Resend, find_resend, resend, resends};
pub(crate) use run::deliver;

use crate::App;
use crate::error::Error;
use crate::jobs::{self, Ending, Kind};
use hundi_core::{DeliveryId, EndpointId, JobId, Millis, Scope};
use hundi_store::deliveries as rows;
use hundi_store::{DbError, Tx};

/// Promises that the endpoint's job looks at what is due to it, in the transaction that makes it due.
pub(crate) async fn promise(
    tx: &mut Tx,
    job: JobId,
    (scope, endpoint): (Scope, EndpointId),
    now: Millis,
) -> Result<(), DbError> {
    jobs::enqueue(tx, job, Kind::Deliver, &endpoint.to_string(), Some(scope), now, now).await
}

/// A job of the time when each delivery had one, or of a node of that time: its endpoint's job does it.
pub(crate) async fn pass_on(app: &App, id: DeliveryId) -> Result<Ending, Error> {
    let (job, now) = (jobs::id(app), app.now());
    app.store
        .write(async move |tx| {
            let Some(delivery) = rows::load_by_id(tx, id).await? else { return Ok(()) };
            let at = delivery.next_at.unwrap_or(now);
            let key = delivery.endpoint_id.to_string();
            jobs::enqueue(tx, job, Kind::Deliver, &key, Some(delivery.scope), at, now).await
        })
        .await?;
    app.ring();
    Ok(Ending::Done)
}
