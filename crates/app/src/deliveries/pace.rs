//! The rate of an endpoint: so many deliveries per second and no more, however many wait and on however many nodes.
//!
//! The bucket stands in the database and goes by the clock port. A delivery that finds no room goes to the end of the
//! line and sleeps until its place is due, so that a long line costs one look for each that stands in it.

use crate::error::Error;
use crate::{App, planted};
use hundi_core::{EndpointId, Millis};
use hundi_store::deliveries::{self, Delivery};
use hundi_store::endpoints::{self, Endpoint};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So much of a second's worth may go at once: workers look for due jobs this often, and what fell due between two
/// looks must fit.
const BURST_MS: i64 = 500;

/// The last place given away in each endpoint's line.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<HashMap<EndpointId, Millis>>);

impl Lines {
    fn is_anybody_waiting(&self, endpoint: EndpointId, now: Millis) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&endpoint).is_some_and(|last| *last > now)
    }

    /// The next place.
    fn join(&self, endpoint: EndpointId, gap_ms: i64, now: Millis) -> Millis {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|_, last| *last > now);
        let last = lines.entry(endpoint).or_insert(now);
        *last = last.plus(gap_ms);
        *last
    }
}

/// Takes room for one delivery. `Some`: there is none, and this is when to look again.
pub(super) async fn full_until(
    app: &App,
    endpoint: &Endpoint,
    delivery: &Delivery,
) -> Result<Option<Millis>, Error> {
    let Some(rate) = endpoint.rate_per_sec.filter(|rate| *rate > 0 && !planted!("rate_not_kept")) else {
        return Ok(None);
    };
    let gap_ms = (1000 + rate - 1) / rate;
    let (id, now) = (endpoint.id, app.now());
    // Whoever comes new does not pass those who wait.
    let is_new = delivery.next_at.is_none_or(|at| at <= delivery.began_at());
    if !(is_new && app.pace.is_anybody_waiting(id, now)) {
        let burst = (gap_ms, BURST_MS.max(gap_ms));
        if app.store.write(async move |tx| endpoints::pace(tx, id, burst, now).await).await? {
            return Ok(None);
        }
    }
    let place = app.pace.join(id, gap_ms, now);
    let d = delivery.clone();
    app.store.write(async move |tx| deliveries::put_off(tx, &d, place).await).await?;
    Ok(Some(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_line_are_a_gap_apart_and_forgotten_when_they_have_passed() {
        let (lines, one, other) = (Lines::default(), id(1), id(2));
        let places = [(); 3].map(|()| lines.join(one, 100, Millis(1_000)));
        assert_eq!(places, [1_100, 1_200, 1_300].map(Millis));
        assert_eq!(lines.join(other, 10, Millis(1_000)), Millis(1_010));
        assert!(
            lines.is_anybody_waiting(one, Millis(1_299)) && !lines.is_anybody_waiting(one, Millis(1_300))
        );
        assert_eq!(lines.join(other, 10, Millis(1_300)), Millis(1_310));
        assert_eq!(lines.0.lock().unwrap().len(), 1);
    }

    fn id(n: u8) -> EndpointId {
        EndpointId::new(Millis(1), [n; 10])
    }
}
