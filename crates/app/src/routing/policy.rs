//! What becomes of a payment beside another one: the merchant's standing decision, in each mode.

use crate::error::Error;
use crate::{Actor, App};
use hundi_core::order::LateSuccess;
use hundi_core::{AuditId, Scope};
use hundi_store::audit::{self, Record};
use hundi_store::policies as table;
pub use hundi_store::policies::Policy;

pub async fn policy(app: &App, scope: Scope) -> Result<Policy, Error> {
    let found = app.store.read(async move |tx| table::load(tx, scope).await).await?;
    found.ok_or(Error::NotFound { what: "merchant" })
}

/// Decides anew, from the next order on: an order keeps the policy that it was created under.
pub async fn set_policy(
    app: &App,
    scope: Scope,
    actor: &Actor,
    late_success: LateSuccess,
) -> Result<Policy, Error> {
    let (now, by) = (app.now(), actor.name.clone());
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "policy.set".into(),
        target_type: "merchant".into(),
        target_id: scope.merchant().to_string(),
        detail: serde_json::json!({ "late_success": late_success.in_full() }).to_string(),
        ip: actor.ip.clone(),
        at: now,
    };
    app.store
        .write(async move |tx| {
            table::write(tx, scope, late_success, &by, now).await?;
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(())
        })
        .await?;
    policy(app, scope).await
}
