//! The platform's own account as a last resort: where none of a merchant's own connections can take a payment, one of the
//! platform's does, if both agreed. What it takes is the platform's debt to the merchant.
//!
//! Off unless the platform offers one of its connections and the merchant accepts. Either ends it at any time: no payment
//! begins on it from then on, and those under way go on to their end. Only connections of one merchant are lent, which
//! the operator names once and for all.

mod agree;
mod offer;

pub use agree::set;
pub use hundi_store::fallbacks::{Accepted, Ended, Fallback, Side};
pub use offer::{NewOffer, name_platform, offer, offer_by_api, offers, withdraw, withdraw_by_api};

use crate::error::Error;
use crate::{Actor, App, planted};
use hundi_core::{AuditId, ConnectionId, FallbackId, MerchantId, Millis, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::connections::{self, Connection};
use hundi_store::{Tx, fallbacks as table};

/// All that a merchant is told of a connection that it is lent.
pub const LABEL: &str = "Platform’s account";

/// The platform's own merchant, once it was named.
pub async fn platform(app: &App) -> Result<Option<MerchantId>, Error> {
    Ok(app.store.read(async |tx| table::platform(tx).await).await?)
}

/// What stands between the platform and this merchant, offered or agreed.
pub async fn standing(app: &App, scope: Scope) -> Result<Option<Fallback>, Error> {
    Ok(app.store.read(async move |tx| table::standing(tx, scope).await).await?)
}

/// The connections that were ever lent to this merchant, each with its provider.
pub async fn lent_to(app: &App, scope: Scope) -> Result<Vec<(ConnectionId, String)>, Error> {
    Ok(app.store.read(async move |tx| table::lent_to(tx, scope).await).await?)
}

/// The connection that a payment of this merchant may fall back to now, and by which agreement.
pub(crate) async fn lent(
    tx: &mut Tx,
    scope: Scope,
    now: Millis,
) -> Result<Option<(FallbackId, Connection)>, Error> {
    let agreed = table::standing(tx, scope).await?.filter(|fallback| fallback.stands_at(now));
    let Some(agreed) = agreed else { return Ok(None) };
    let row = connections::load_by_id(tx, agreed.connection_id).await?;
    let row = row.ok_or(Error::NotFound { what: "connection" })?;
    // An offer is made within one mode; that no test money meets real money is worth a second look.
    Ok((row.scope.mode() == scope.mode()).then_some((agreed.id, row)))
}

/// Whether a payment may begin on it in this transaction. Whoever ends it waits until the payment is written, or has
/// ended it before.
pub(crate) async fn holds(tx: &mut Tx, id: FallbackId, now: Millis) -> Result<bool, Error> {
    table::lock(tx, id).await?;
    let agreed = table::load(tx, id).await?.is_some_and(|fallback| fallback.stands_at(now));
    Ok(agreed || planted!("withdrawn_and_used"))
}

/// Ends it, once. Its end is never before the last payment that began on it, whatever two clocks say.
async fn end(app: &App, tx: &mut Tx, id: FallbackId, side: Side, actor: &Actor) -> Result<Fallback, Error> {
    let gone = Error::NotFound { what: "offer of the platform’s account" };
    table::lock(tx, id).await?;
    let fallback = table::load(tx, id).await?.ok_or(gone.clone())?;
    if fallback.ended.is_some() {
        return Ok(fallback);
    }
    let before = fallback.accepted.as_ref().map_or(fallback.offered_at, |accepted| accepted.at);
    let newest = table::newest_payment(tx, id).await?.unwrap_or(before);
    let ended = Ended { side, by: actor.name.clone(), at: app.now().max(before).max(newest) };
    if !table::end(tx, id, &ended).await? {
        return Err(hundi_store::DbError::Conflict("it was ended meanwhile").into());
    }
    note(app, tx, &fallback, side, actor, "end").await?;
    table::load(tx, id).await?.ok_or(gone)
}

/// Written in both chains: what one of the two did, the other can read.
async fn note(
    app: &App,
    tx: &mut Tx,
    fallback: &Fallback,
    side: Side,
    actor: &Actor,
    what: &str,
) -> Result<(), Error> {
    let owner = connections::load_by_id(tx, fallback.connection_id).await?;
    let owner = owner.ok_or(Error::NotFound { what: "connection" })?.scope.merchant();
    let merchant = fallback.scope.merchant();
    for (chain, of) in [(owner, Side::Platform), (merchant, Side::Merchant)] {
        // Who it was by name is for its own side to know.
        let (name, ip) = match of == side {
            true => (actor.name.clone(), actor.ip.clone()),
            false => (side.as_str().to_owned(), String::new()),
        };
        let detail = match of {
            Side::Platform => serde_json::json!({
                "merchant": merchant.to_string(), "connection": fallback.connection_id.to_string(),
            }),
            Side::Merchant => serde_json::json!({}),
        };
        let record = Record {
            id: app.id(AuditId::new),
            chain: chain.to_string(),
            mode: fallback.scope.mode(),
            actor: name,
            action: format!("fallback.{what}"),
            target_type: "fallback".into(),
            target_id: fallback.id.to_string(),
            detail: detail.to_string(),
            ip,
            at: app.now(),
        };
        audit::insert(tx, &record).await?;
    }
    Ok(())
}
