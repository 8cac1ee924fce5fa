//! Making merchants and people: by command, until there is a page for it.

use crate::App;
use crate::error::Error;
use crate::passwords::PasswordError;
use hundi_core::order::LateSuccess;
use hundi_core::scope::Role;
use hundi_core::{AuditId, MerchantId, Mode, OrganizationId, Secret, UserId};
use hundi_store::audit::{self, Record};
use hundi_store::people::{self as rows, Merchant, Person};
use hundi_store::policies;
use std::sync::Arc;

const PASSWORD_CHARS_MIN: usize = 12;

#[derive(Clone, Debug)]
pub struct NewMerchant {
    pub organization: String,
    pub name: String,
    pub zone: String,
    pub late_success: LateSuccess,
}

/// Makes a merchant under an organization of its own.
pub async fn create_merchant(app: &Arc<App>, new: NewMerchant) -> Result<Merchant, Error> {
    let merchant = Merchant {
        id: app.id(MerchantId::new),
        organization: app.id(OrganizationId::new),
        name: named("name", &new.name)?,
        zone: new.zone,
        late_success: new.late_success,
        created_at: app.now(),
    };
    let (row, organization) = (merchant.clone(), named("organization", &new.organization)?);
    let record = record(app, row.id.to_string(), "merchant.create", "merchant", row.id.to_string());
    app.store
        .write(async move |tx| {
            rows::insert_organization(tx, row.organization, &organization, row.created_at).await?;
            rows::insert_merchant(tx, &row).await?;
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(merchant)
}

/// What the merchant wants done with late money, from its next order on, in both modes.
pub async fn set_late_success(
    app: &Arc<App>,
    merchant: MerchantId,
    policy: LateSuccess,
) -> Result<(), Error> {
    let record = record(app, merchant.to_string(), "merchant.late_success", "merchant", merchant.to_string());
    app.store
        .write(async move |tx| {
            rows::merchant(tx, merchant).await?.ok_or(Error::NotFound { what: "merchant" })?;
            rows::set_late_success(tx, merchant, policy).await?;
            policies::follow_default(tx, merchant).await?;
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await
}

#[derive(Clone, Debug)]
pub struct NewPerson {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// The merchant whose person this is; none for the platform's own.
    pub merchant: Option<MerchantId>,
    pub password: Secret,
}

/// Everything about a new person but the password: whether it would be taken. Asked before anybody has to choose one.
pub async fn check_person(
    app: &App,
    email: &str,
    name: &str,
    role: Role,
    merchant: Option<MerchantId>,
) -> Result<(), Error> {
    let email = address(email)?;
    named("name", name)?;
    belongs(role, merchant)?;
    app.store
        .read(async move |tx| {
            if let Some(merchant) = merchant {
                rows::merchant(tx, merchant).await?.ok_or(Error::NotFound { what: "merchant" })?;
            }
            match rows::person_by_email(tx, &email).await? {
                Some(_) => Err(taken()),
                None => Ok(()),
            }
        })
        .await
}

fn address(typed: &str) -> Result<String, Error> {
    let email = typed.trim().to_lowercase();
    let shaped = email.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.'));
    if !shaped || email.len() > 200 || email.chars().any(char::is_whitespace) {
        return Err(Error::invalid("email", "Type an e-mail address."));
    }
    Ok(email)
}

fn belongs(role: Role, merchant: Option<MerchantId>) -> Result<(), Error> {
    let platform = matches!(role, Role::PlatformAdmin | Role::PlatformSupport);
    if platform == merchant.is_some() {
        return Err(Error::invalid("role", "Platform roles have no merchant; all others need one."));
    }
    Ok(())
}

fn taken() -> Error {
    Error::invalid("email", "This e-mail address is taken.")
}

pub async fn create_person(app: &Arc<App>, new: NewPerson) -> Result<Person, Error> {
    let email = address(&new.email)?;
    belongs(new.role, new.merchant)?;
    let password_hash = hashed(app, &new.password).await?;
    let person = Person {
        id: app.id(UserId::new),
        email,
        name: named("name", &new.name)?,
        role: new.role,
        organization: None,
        merchant: new.merchant,
        password_hash,
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: app.now(),
    };
    let row = person.clone();
    let chain = person.merchant.map_or_else(|| "platform".to_owned(), |m| m.to_string());
    let record = record(app, chain, "user.create", "user", person.id.to_string());
    app.store
        .write(async move |tx| {
            if let Some(merchant) = row.merchant {
                rows::merchant(tx, merchant).await?.ok_or(Error::NotFound { what: "merchant" })?;
            }
            if !rows::insert_person(tx, &row).await? {
                return Err(taken());
            }
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await?;
    Ok(person)
}

/// Sets a new password and ends every session.
pub async fn set_password(app: &Arc<App>, email: &str, password: &Secret) -> Result<(), Error> {
    let (email, hash) = (email.trim().to_lowercase(), hashed(app, password).await?);
    let house = app.clone();
    app.store
        .write(async move |tx| {
            let person = rows::person_by_email(tx, &email).await?.ok_or(Error::NotFound { what: "user" })?;
            rows::set_password(tx, person.id, &hash).await?;
            let chain = person.merchant.map_or_else(|| "platform".to_owned(), |m| m.to_string());
            let record = record(&house, chain, "user.password", "user", person.id.to_string());
            audit::insert(tx, &record).await?;
            Ok(())
        })
        .await
}

/// Whether there is such a person, whose password may be set.
pub async fn is_known(app: &App, email: &str) -> Result<(), Error> {
    let email = email.trim().to_lowercase();
    let known = app.store.read(async move |tx| rows::person_by_email(tx, &email).await).await?;
    known.map(drop).ok_or(Error::NotFound { what: "user" })
}

/// Every merchant, by name: the first five hundred.
pub async fn merchants(app: &App) -> Result<Vec<Merchant>, Error> {
    Ok(app.store.read(async |tx| rows::merchants(tx, None, None).await).await?)
}

pub async fn everyone(app: &App) -> Result<Vec<Person>, Error> {
    Ok(app.store.read(async |tx| rows::people(tx).await).await?)
}

async fn hashed(app: &App, password: &Secret) -> Result<String, Error> {
    if password.expose().chars().count() < PASSWORD_CHARS_MIN {
        return Err(Error::invalid("password", "Choose a password of at least 12 characters."));
    }
    app.passwords.hash(password).await.map_err(|error| match error {
        PasswordError::Busy => Error::TooMany { what: "passwords at once" },
        PasswordError::TooLong => Error::invalid("password", "Choose a shorter password."),
    })
}

fn named(param: &str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 80 {
        return Err(Error::invalid(param, "Type a name of up to 80 characters."));
    }
    Ok(text.to_owned())
}

fn record(app: &App, chain: String, action: &str, target_type: &str, target_id: String) -> Record {
    Record {
        id: app.id(AuditId::new),
        chain,
        mode: Mode::Live,
        actor: "command".into(),
        action: action.to_owned(),
        target_type: target_type.to_owned(),
        target_id,
        detail: "{}".into(),
        ip: String::new(),
        at: app.now(),
    }
}
