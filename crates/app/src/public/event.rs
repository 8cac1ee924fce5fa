//! An event, as merchants receive and list it.

use super::{kept, time, versions};
use hundi_store::events::Event;
use serde_json::{Value, json};

/// `seq` counts the events of one object from 1 without a gap, so that receivers can put them in order.
pub fn event(e: &Event) -> Value {
    json!({
        "id": e.id.to_string(),
        "object": "event",
        "livemode": e.scope.mode().is_live(),
        "type": e.kind.as_str(),
        "object_id": e.object_id,
        "seq": e.seq,
        "created_at": time(e.created_at),
        "data": { "object": versions::stored(kept(&e.body)) },
    })
}
