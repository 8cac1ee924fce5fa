//! API keys of the merchant, in the mode that is looked at: made, listed, revoked.

use super::desk::{Desk, Done};
use super::refused::Refused;
use super::words;
use crate::browser::page;
use crate::fields::{Fields, Sent};
use crate::pages::format::{day_begins, ist, ist_short};
use crate::pages::keys::{Fresh, KeyForm, KeyRow, KeysPage, Wrong};
use crate::pages::parts::{Badge, Choice};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::api_keys::{self, ApiKey, NewKey, Standing};
use hundi_app::networks::Network;
use hundi_app::{Error, answer};
use hundi_core::scope::Permission;
use hundi_core::time::days;

const PATH: &str = "/keys";

pub(super) async fn list(desk: Desk) -> Result<Response, Refused> {
    desk.may(Permission::ManageKeys)?;
    shown(&desk, StatusCode::OK, Typed::empty(), None, None).await
}

/// Makes a key and shows its secret, this once.
pub(super) async fn create(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageKeys)?;
    let form = fields.get("key");
    if form.is_empty() || form.len() > 64 {
        return Err(Error::invalid("key", "Open the page again before you make a key.").into());
    }
    // The same form sent twice makes one key.
    let form = answer::key(scope, &format!("console:{form}"), "key", b"");
    let typed = Typed::read(&fields);
    let made = match typed.checked() {
        Ok(new) => {
            let who = (&desk.actor(), desk.person.person.role);
            api_keys::create_once(&desk.app, scope, who, &new, Some(form)).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(None) => {
            let said = "This key was made already, and its secret was shown once. Make another if you don’t have it.";
            let wrong = Wrong { field: "name".to_owned(), sentence: said.to_owned() };
            shown(&desk, StatusCode::CONFLICT, typed, Some(wrong), None).await
        }
        Ok(Some((key, secret))) => {
            let fresh = Fresh { id: key.id, secret: secret.expose().to_owned() };
            shown(&desk, StatusCode::OK, Typed::empty(), None, Some(fresh)).await
        }
        Err(Error::Invalid { param, message }) => {
            // One of several has its place behind its name.
            let field = param.split('[').next().unwrap_or_default().to_owned();
            let wrong = Wrong { field, sentence: message };
            shown(&desk, StatusCode::UNPROCESSABLE_ENTITY, typed, Some(wrong), None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A form as it came.
struct Typed {
    name: String,
    scopes: Vec<String>,
    last_day: String,
    networks: String,
}

impl Typed {
    /// A new form: the usual is ticked.
    fn empty() -> Self {
        let scopes = Permission::USUAL_OF_KEYS.iter().map(|p| p.as_str().to_owned()).collect();
        Self { name: String::new(), scopes, last_day: String::new(), networks: String::new() }
    }

    fn read(fields: &Fields) -> Self {
        let text = |name: &str, chars_max: usize| fields.get(name).chars().take(chars_max).collect();
        Self {
            name: text("name", 100),
            scopes: fields.all("scope").map(str::to_owned).collect(),
            last_day: text("last_day", 20),
            networks: text("networks", 2_000),
        }
    }

    fn checked(&self) -> Result<NewKey, Error> {
        let not_offered = || Error::invalid("scopes", "Choose among these.");
        let no_day = || Error::invalid("expires_at", "Choose a day, or none.");
        let may = self.scopes.iter().map(|name| name.parse().map_err(|_| not_offered()));
        Ok(NewKey {
            name: self.name.clone(),
            may: may.collect::<Result<Vec<Permission>, Error>>()?,
            expires_at: match self.last_day.as_str() {
                "" => None,
                // To its end.
                day => Some(day_begins(day).ok_or_else(no_day)?.plus(days(1))),
            },
            networks: self.networks_typed()?,
        })
    }

    fn networks_typed(&self) -> Result<Vec<Network>, Error> {
        let words =
            self.networks.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let says = "Type addresses or networks, such as 203.0.113.9 or 10.0.0.0/8.";
        words.map(|word| word.parse().map_err(|_| Error::invalid("networks", says))).collect()
    }
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
    typed: Typed,
    wrong: Option<Wrong>,
    fresh: Option<Fresh>,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageKeys)?;
    let keys = api_keys::list(&desk.app, scope).await?;
    let offered = desk.person.person.role.gives().into_iter().map(|permission| {
        let (label, hint) = words::permission(permission);
        let value = permission.as_str().to_owned();
        let checked = typed.scopes.contains(&value);
        Choice { value, label: label.to_owned(), hint: hint.to_owned(), checked }
    });
    let form = KeyForm {
        key: desk.app.nonce(),
        scopes: offered.collect(),
        name: typed.name,
        last_day: typed.last_day,
        networks: typed.networks,
        wrong,
    };
    let view = KeysPage {
        shell: desk.shell(Place::Keys).await?,
        rows: keys.into_iter().rev().map(|key| row(desk, key)).collect(),
        create_url: PATH.to_owned(),
        form,
        fresh,
    };
    Ok(page(status, &view))
}

fn row(desk: &Desk, key: ApiKey) -> KeyRow {
    let may = api_keys::may(&key);
    let networks: Vec<String> = api_keys::networks(&key).iter().map(Network::to_string).collect();
    KeyRow {
        state: match api_keys::standing(&key, desk.now()) {
            Standing::Enabled => Badge::ENABLED,
            Standing::Replaced => Badge::REPLACED,
            Standing::Expired => Badge::ENDED,
            Standing::Revoked => Badge::REVOKED,
        },
        may: match may.len() {
            all if all == Permission::OF_KEYS.len() => "All".to_owned(),
            _ if may == Permission::USUAL_OF_KEYS => "Usual".to_owned(),
            some => format!("{some} of {}", Permission::OF_KEYS.len()),
        },
        may_all: may.into_iter().map(|permission| words::permission(permission).0).collect(),
        ends: key.expires_at.map(|at| format!("Until {}", ist(at))),
        from: (!networks.is_empty()).then(|| format!("Only from {}", networks.join(", "))),
        used: key.last_used_at.map_or_else(|| "never".to_owned(), ist_short),
        made: ist_short(key.created_at),
        revoke_url: key.revoked_at.is_none().then(|| format!("{PATH}/{}/revoke", key.id)),
        id: key.id,
        name: key.name,
    }
}
