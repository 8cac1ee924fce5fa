//! API keys of the merchant, in the mode that is looked at: made, listed, revoked.

use super::desk::{Desk, Done};
use super::refused::Refused;
use crate::browser::page;
use crate::fields::{Fields, Sent};
use crate::pages::format::ist_short;
use crate::pages::keys::{Fresh, KeyRow, KeysPage};
use crate::pages::parts::Badge;
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::{Error, answer, api_keys};
use hundi_core::scope::Permission;

const PATH: &str = "/keys";

pub(super) async fn list(desk: Desk) -> Result<Response, Refused> {
    desk.may(Permission::ManageKeys)?;
    shown(&desk, StatusCode::OK, "", None, None).await
}

/// Makes a key and shows its secret, this once.
pub(super) async fn create(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageKeys)?;
    let name = name_of(&fields);
    let form = fields.get("key");
    if form.is_empty() || form.len() > 64 {
        return Err(Error::invalid("key", "Open the page again before you make a key.").into());
    }
    // The same form sent twice makes one key.
    let form = answer::key(scope, &format!("console:{form}"), "key", b"");
    match api_keys::create_once(&desk.app, scope, &desk.actor(), &name, Some(form)).await {
        Ok(None) => {
            let said = "This key was made already, and its secret was shown once. Make another if you don’t have it.";
            shown(&desk, StatusCode::CONFLICT, &name, Some(said.to_owned()), None).await
        }
        Ok(Some((key, secret))) => {
            let fresh = Fresh { id: key.id, secret: secret.expose().to_owned() };
            shown(&desk, StatusCode::OK, "", None, Some(fresh)).await
        }
        Err(error @ Error::Invalid { .. }) => {
            let said = Some(error.sentence());
            shown(&desk, StatusCode::UNPROCESSABLE_ENTITY, &name, said, None).await
        }
        Err(error) => Err(error.into()),
    }
}

fn name_of(fields: &Fields) -> String {
    fields.get("name").chars().take(100).collect()
}

/// From now on: whoever uses the key is refused.
pub(super) async fn revoke(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageKeys)?;
    api_keys::revoke(&desk.app, scope, &desk.actor(), &id).await?;
    Ok(Done::Revoked.at(PATH))
}

async fn shown(
    desk: &Desk,
    status: StatusCode,
    name: &str,
    error: Option<String>,
    fresh: Option<Fresh>,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageKeys)?;
    let keys = api_keys::list(&desk.app, scope).await?;
    let rows = keys.into_iter().rev().map(|key| KeyRow {
        state: if key.revoked_at.is_some() { Badge::REVOKED } else { Badge::ENABLED },
        used: key.last_used_at.map_or_else(|| "never".to_owned(), ist_short),
        made: ist_short(key.created_at),
        revoke_url: key.revoked_at.is_none().then(|| format!("{PATH}/{}/revoke", key.id)),
        id: key.id,
        name: key.name,
    });
    let view = KeysPage {
        shell: desk.shell(Place::Keys).await?,
        rows: rows.collect(),
        create_url: PATH.to_owned(),
        key: desk.app.nonce(),
        name: name.to_owned(),
        error,
        fresh,
    };
    Ok(page(status, &view))
}
