//! An API key, as merchants see it.

use super::{time, time_opt};
use crate::api_keys::{Standing, may, networks, standing};
use hundi_core::scope::Permission;
use hundi_core::{Millis, Secret};
use hundi_store::people::ApiKey;
use serde_json::{Value, json};

/// The secret is shown once, when it is made; `secret` is `None` ever after.
pub fn api_key(k: &ApiKey, now: Millis, secret: Option<&Secret>) -> Value {
    let status = match standing(k, now) {
        Standing::Revoked => "revoked",
        Standing::Expired => "expired",
        Standing::Replaced => "replaced",
        Standing::Enabled => "enabled",
    };
    let mut shown = json!({
        "id": k.id,
        "object": "api_key",
        "livemode": k.scope.mode().is_live(),
        "name": k.name,
        "status": status,
        "scopes": may(k).into_iter().map(Permission::as_str).collect::<Vec<_>>(),
        "networks": networks(k).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "expires_at": time_opt(k.expires_at),
        "last_used_at": time_opt(k.last_used_at),
        "revoked_at": time_opt(k.revoked_at),
        "replaced_by": k.replaced_by,
        "created_at": time(k.created_at),
    });
    if let (Some(secret), Some(object)) = (secret, shown.as_object_mut()) {
        object.insert("secret".into(), json!(secret.expose()));
    }
    shown
}
