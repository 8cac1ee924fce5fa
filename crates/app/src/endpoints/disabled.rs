//! An endpoint that we disabled: its merchant's other endpoints hear of it, and the console shows it until somebody
//! enables it again.

use super::Endpoint;
use crate::{App, planted, public};
use hundi_core::event::EventType;
use hundi_core::{EndpointId, EventId, Millis, Scope};
use hundi_store::events::{self, Event};
use hundi_store::{DbError, Tx, endpoints as rows};

/// The reason of an endpoint that a person disabled.
pub(super) const BY_HAND: &str = "disabled by hand";

/// Whether we disabled it: nobody who looks at it need know that yet.
pub fn given_up(endpoint: &Endpoint) -> bool {
    !endpoint.enabled && endpoint.disabled_reason.as_deref().is_some_and(|reason| reason != BY_HAND)
}

/// Tells that we did, in the transaction that does it. It is disabled by then, so it is not told itself.
pub(crate) async fn tell_disabled(
    app: &App,
    tx: &mut Tx,
    (scope, id, seq): (Scope, EndpointId, i64),
    now: Millis,
) -> Result<(), DbError> {
    // Nobody else can have deleted it: this transaction has changed its row.
    let Some(endpoint) = rows::load(tx, scope, id).await? else { return Ok(()) };
    if planted!("disabled_in_silence") {
        return Ok(());
    }
    let event = Event {
        id: app.id(EventId::new),
        scope,
        kind: EventType::EndpointDisabled,
        object_type: "endpoint",
        object_id: id.to_string(),
        seq,
        capture_id: None,
        created_at: now,
        body: public::endpoint(&endpoint, None).to_string(),
    };
    events::insert(tx, &event).await
}
