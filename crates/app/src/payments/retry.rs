//! Trying a failed payment again: another payment of the same order, linked to it (PRODUCT PY6).
//!
//! Whether it may is decided where every payment begins (`pay`), so that the payer's own page obeys the same limits.

use super::pay::{Choice, begin_again};
use super::{Payment, resume};
use crate::answer::{Key, Reply, Taken, finish, seen};
use crate::error::Error;
use crate::{App, fail_point, public};
use hundi_core::payment::Status;
use hundi_core::{PaymentId, Scope};
use std::sync::Arc;

/// Begins another payment after one that failed or expired; the way to pay is the same unless another is chosen.
pub async fn retry(
    app: &Arc<App>,
    scope: Scope,
    id: PaymentId,
    choice: Choice,
    key: Option<Key>,
) -> Result<Reply, Error> {
    let payment = match seen(app, key.as_ref()).await? {
        Taken::Replay(reply) => return Ok(reply),
        Taken::Finish { object_id } => {
            let id = object_id.parse().map_err(|_| Error::Bug("a key names no payment".into()))?;
            resume(app, id).await?
        }
        Taken::Free => {
            let before = super::get(app, scope, id).await?;
            check(&before)?;
            // One that charged a kept method went no way that a payer can go.
            let choice = Choice { flow: choice.flow.or(before.flow.parse().ok()), ..choice };
            begin_again(app, &before, &choice, key.clone()).await?.ok_or(Error::KeyInFlight)?
        }
    };
    fail_point!("pay.before_answer");
    finish(app, key.as_ref(), Reply::new(201, &public::payment(&payment))).await
}

/// What was called off stays called off, what is open is gone on with, and what may have been charged is waited for.
fn check(before: &Payment) -> Result<(), Error> {
    if before.state.in_doubt_since().is_some() {
        return Err(Error::PaymentInDoubt);
    }
    match before.status() {
        Status::Failed | Status::Expired => Ok(()),
        status @ (Status::Created
        | Status::Pending
        | Status::Authorized
        | Status::Captured
        | Status::Cancelled) => Err(Error::PaymentCannotBeRetried { status }),
    }
}
