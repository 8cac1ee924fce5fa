//! Signing in with e-mail and password, and what a session then may see.

use crate::App;
use crate::error::Error;
use crate::keys::{Purpose, token};
use crate::limits::{self, Rule};
use crate::passwords::{PasswordError, Verdict};
use hundi_core::scope::Permission;
use hundi_core::time::{days, hours, minutes};
use hundi_core::{MerchantId, Millis, Mode, Scope, Secret};
use hundi_store::people::{self, Merchant, Person, Session};
use std::sync::Arc;

/// Wrong passwords in a row before the account is locked, and for how long.
const FAILURES_MAX: i64 = 10;
const LOCKED_MS: i64 = minutes(15);
/// A session ends after so long without use, and in any case after so long.
const IDLE_MS: i64 = hours(12);
const LIFETIME_MS: i64 = days(7);
const SEEN_EVERY_MS: i64 = minutes(1);

/// A person with a session, looking at one merchant in one mode.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub person: Person,
    pub merchant: Merchant,
    pub mode: Mode,
    token_hash: String,
}

impl SignedIn {
    /// The scope, if the role allows this. The one place where a person's rights become a scope.
    pub fn may(&self, permission: Permission) -> Result<Scope, Error> {
        if self.person.role.allows(permission) {
            Ok(Scope::authenticated(self.merchant.id, self.mode))
        } else {
            Err(Error::NotAllowed)
        }
    }

    pub fn can(&self, permission: Permission) -> bool {
        self.person.role.allows(permission)
    }
}

/// Opens a session. The same refusal, after the same work, whatever was wrong.
pub async fn sign_in(
    app: &Arc<App>,
    email: &str,
    password: &Secret,
    ip: &str,
    user_agent: &str,
) -> Result<Secret, Error> {
    let wanted = email.trim().to_lowercase();
    limits::take(app, Rule::SignInsFromAddress, &limits::network_of(ip)).await?;
    // Of every address alike, whether it is somebody's or not.
    limits::take(app, Rule::SignIns, &wanted).await?;
    let person = app.store.read(async move |tx| people::person_by_email(tx, &wanted).await).await?;
    let now = app.now();
    let usable =
        person.filter(|p| p.disabled_at.is_none() && p.locked_until.is_none_or(|until| until <= now));
    let stored = usable.as_ref().map(|p| p.password_hash.as_str());
    let verdict = app.passwords.verify(password, stored).await.map_err(|error| match error {
        PasswordError::Busy => Error::TooMany { what: "sign-ins at once" },
        PasswordError::TooLong => Error::SignInRefused,
    })?;
    let Some(person) = usable else { return Err(Error::SignInRefused) };
    if verdict == Verdict::Wrong {
        let id = person.id;
        let until = now.plus(LOCKED_MS);
        app.store
            .write(async move |tx| people::sign_in_failed(tx, id, FAILURES_MAX, now, until).await)
            .await?;
        return Err(Error::SignInRefused);
    }
    open_session(app, &person, ip, user_agent).await
}

async fn open_session(app: &Arc<App>, person: &Person, ip: &str, user_agent: &str) -> Result<Secret, Error> {
    let token = token(&*app.random);
    let now = app.now();
    let hash = app.peppers.hash(Purpose::Session, token.expose());
    let (person, ip) = (person.clone(), ip.to_owned());
    let user_agent: String = user_agent.chars().take(300).collect();
    app.store
        .write(async move |tx| {
            let reach = people::merchants(tx, person.organization, person.merchant).await?;
            let merchant = reach.first().ok_or(Error::NotAllowed)?.id;
            // Many guesses at once are one after the other here: what comes after the lock is refused, right or wrong.
            if !people::sign_in_worked(tx, person.id, now).await? {
                return Err(Error::SignInRefused);
            }
            let session = Session {
                token_hash: hash.clone(),
                user: person.id,
                merchant,
                mode: Mode::Test,
                ip: ip.clone(),
                user_agent: user_agent.clone(),
                created_at: now,
                seen_at: now,
                expires_at: now.plus(LIFETIME_MS),
            };
            people::insert_session(tx, &session).await?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(token)
}

/// Whose session this token is. Read afresh at each request: a revoked session ends at once.
pub async fn who(app: &Arc<App>, token: &Secret) -> Result<SignedIn, Error> {
    let hashes = app.peppers.hashes(Purpose::Session, token.expose());
    let now = app.now();
    let found = app
        .store
        .read(async move |tx| {
            for hash in &hashes {
                let Some(session) = people::session(tx, hash).await? else { continue };
                let person = people::person(tx, session.user).await?;
                let merchant = people::merchant(tx, session.merchant).await?;
                return Ok::<_, Error>(person.zip(merchant).map(|(p, m)| (session, p, m)));
            }
            Ok(None)
        })
        .await?;
    let (session, person, merchant) = found.ok_or(Error::SignInRefused)?;
    let fresh = session.expires_at > now && now.since(session.seen_at) < IDLE_MS;
    if !fresh || person.disabled_at.is_some() || !reaches(&person, &merchant) {
        return Err(Error::SignInRefused);
    }
    note_seen(app, &session, now).await?;
    Ok(SignedIn { person, merchant, mode: session.mode, token_hash: session.token_hash })
}

fn reaches(person: &Person, merchant: &Merchant) -> bool {
    person.merchant.is_none_or(|id| id == merchant.id)
        && person.organization.is_none_or(|id| id == merchant.organization)
}

async fn note_seen(app: &Arc<App>, session: &Session, now: Millis) -> Result<(), Error> {
    if now.since(session.seen_at) < SEEN_EVERY_MS {
        return Ok(());
    }
    let hash = session.token_hash.clone();
    Ok(app.store.write_background(async move |tx| people::seen(tx, &hash, now).await).await?)
}

/// The merchants that this person may look at.
pub async fn reach(app: &App, signed_in: &SignedIn) -> Result<Vec<Merchant>, Error> {
    let (organization, merchant) = (signed_in.person.organization, signed_in.person.merchant);
    Ok(app.store.read(async move |tx| people::merchants(tx, organization, merchant).await).await?)
}

/// Looks at another merchant, or in the other mode.
pub async fn look_at(
    app: &Arc<App>,
    signed_in: &SignedIn,
    merchant: MerchantId,
    mode: Mode,
) -> Result<(), Error> {
    let (hash, person) = (signed_in.token_hash.clone(), signed_in.person.clone());
    app.store
        .write(async move |tx| {
            let wanted = people::merchant(tx, merchant).await?.filter(|m| reaches(&person, m));
            wanted.ok_or(Error::NotFound { what: "merchant" })?;
            Ok(people::look_at(tx, &hash, merchant, mode).await?)
        })
        .await
}

pub async fn sign_out(app: &Arc<App>, signed_in: &SignedIn) -> Result<(), Error> {
    let hash = signed_in.token_hash.clone();
    Ok(app.store.write(async move |tx| people::end_session(tx, &hash).await).await?)
}
