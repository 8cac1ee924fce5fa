//! The rate of an endpoint: so many deliveries per second and no more, however many wait and on however many nodes.
//!
//! The bucket stands in the database and goes by the clock port.

use crate::error::Error;
use crate::{App, planted};
use hundi_core::Millis;
use hundi_store::endpoints::{self, Endpoint};

/// So much of a second's worth may go at once: workers look for due jobs this often, and what fell due between two
/// looks must fit.
const BURST_MS: i64 = 500;

/// Takes room for one delivery. `Some`: there is none, and this is when to look again.
pub(super) async fn full_until(app: &App, endpoint: &Endpoint) -> Result<Option<Millis>, Error> {
    let Some(rate) = endpoint.rate_per_sec.filter(|rate| *rate > 0 && !planted!("rate_not_kept")) else {
        return Ok(None);
    };
    let gap_ms = (1000 + rate - 1) / rate;
    let (id, now, burst) = (endpoint.id, app.now(), (gap_ms, BURST_MS.max(gap_ms)));
    let has_room = app.store.write(async move |tx| endpoints::pace(tx, id, burst, now).await).await?;
    Ok((!has_room).then(|| now.plus(gap_ms)))
}
