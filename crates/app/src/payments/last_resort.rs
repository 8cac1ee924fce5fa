//! The platform's account where nothing else can take a payment: behind all of the merchant's own, and only as both agreed.

use super::Payment;
use super::guard::{InTheWay, beside};
use super::pay::{Choice, no_connection};
use crate::error::Error;
use crate::routing::Route;
use crate::{fallbacks, planted};
use hundi_core::{FallbackId, Millis, guard};
use hundi_store::Tx;

/// Connections of the merchant's own that are asked one after the other while the payer waits.
const TRIES_MAX: usize = 3;

/// As many of the merchant's own as are asked while the payer waits; and behind them the platform's account, where none
/// of its own is left that was not asked.
pub(super) fn asked_in_turn(routes: Vec<Route>) -> Vec<Route> {
    let (lent, mut own): (Vec<Route>, Vec<Route>) =
        routes.into_iter().partition(|route| route.fallback.is_some());
    let all_are_asked = own.len() <= TRIES_MAX;
    own.truncate(TRIES_MAX);
    own.extend(lent.into_iter().filter(|_| all_are_asked));
    own
}

/// Why the platform's account may not take this payment: one of the two wants it no longer, or the order is in doubt. One
/// that is under way is gone on with.
pub(super) async fn no_fallback(
    tx: &mut Tx,
    agreement: FallbackId,
    way: &InTheWay,
    all: &[Payment],
    choice: &Choice,
    now: Millis,
) -> Result<Option<Error>, Error> {
    if matches!(way, InTheWay::SameAgain(_)) {
        return Ok(None);
    }
    if !fallbacks::holds(tx, agreement, now).await? {
        return Ok(Some(no_connection(choice)));
    }
    let others: Vec<_> = all.iter().map(|p| beside(p, None, now)).collect();
    let free = guard::may_fall_back(&others) || planted!("falls_back_in_doubt");
    Ok((!free).then_some(Error::PaymentInDoubt))
}
