//! Organizations, merchants, people, their sessions, and API keys.

use crate::{DbError, Row, Tx, v};
use hundi_core::order::LateSuccess;
use hundi_core::scope::Role;
use hundi_core::{MerchantId, Millis, Mode, OrganizationId, Scope, UserId, Version};

#[derive(Clone, Debug)]
pub struct Merchant {
    pub id: MerchantId,
    pub organization: OrganizationId,
    pub name: String,
    /// IANA name: `Asia/Kolkata`.
    pub zone: String,
    pub late_success: LateSuccess,
    pub created_at: Millis,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    pub role: Role,
    pub organization: Option<OrganizationId>,
    pub merchant: Option<MerchantId>,
    pub password_hash: String,
    /// Wrong passwords in a row.
    pub failures: i64,
    pub locked_until: Option<Millis>,
    pub disabled_at: Option<Millis>,
    pub created_at: Millis,
}

/// A signed-in browser, looking at one merchant in one mode.
#[derive(Clone, Debug)]
pub struct Session {
    pub token_hash: String,
    pub user: UserId,
    pub merchant: MerchantId,
    pub mode: Mode,
    pub ip: String,
    pub user_agent: String,
    pub created_at: Millis,
    pub seen_at: Millis,
    pub expires_at: Millis,
}

#[derive(Clone, Debug)]
pub struct ApiKey {
    /// `hk_test_…`: what the caller shows first.
    pub id: String,
    pub scope: Scope,
    pub name: String,
    pub secret_hash: String,
    pub created_by: String,
    pub created_at: Millis,
    pub last_used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
    /// The shape of what it is answered.
    pub api_version: Version,
    /// Names of scopes, comma separated.
    pub scopes: String,
    pub expires_at: Option<Millis>,
    /// Networks that it may be used from, comma separated; empty for anywhere.
    pub networks: String,
    /// The key that takes its place.
    pub replaced_by: Option<String>,
}

macro_rules! person_columns {
    () => {
        "id, email, name, role, organization_id, merchant_id, password_hash, failures, locked_until_ms, disabled_ms, \
         created_ms"
    };
}

macro_rules! key_columns {
    () => {
        "id, merchant_id, mode, name, secret_hash, created_by, created_ms, last_used_ms, revoked_ms, api_version, scopes, \
         expires_ms, networks, replaced_by"
    };
}

crate::statements! {
    INSERT_ORGANIZATION = "INSERT INTO organization (id, name, created_ms) VALUES ($1, $2, $3)";
    INSERT_MERCHANT =
        "INSERT INTO merchant (id, organization_id, name, zone, late_success, created_ms) VALUES ($1, $2, $3, $4, $5, $6)";
    LOAD_MERCHANT = "SELECT id, organization_id, name, zone, late_success, created_ms FROM merchant WHERE id = $1";
    MERCHANTS =
        "SELECT id, organization_id, name, zone, late_success, created_ms FROM merchant \
         WHERE (CAST($1 AS TEXT) IS NULL OR organization_id = $1) AND (CAST($2 AS TEXT) IS NULL OR id = $2) \
         ORDER BY name, id LIMIT 500";
    SET_LATE_SUCCESS = "UPDATE merchant SET late_success = $2 WHERE id = $1";

    INSERT_PERSON = concat!(
        "INSERT INTO person (", person_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (email) DO NOTHING"
    );
    PERSON_BY_EMAIL = concat!("SELECT ", person_columns!(), " FROM person WHERE email = $1");
    PERSON = concat!("SELECT ", person_columns!(), " FROM person WHERE id = $1");
    PEOPLE = concat!("SELECT ", person_columns!(), " FROM person ORDER BY email LIMIT 500");
    OF_MERCHANT = concat!(
        "SELECT ", person_columns!(), " FROM person WHERE disabled_ms IS NULL AND (merchant_id = $1 OR \
         (merchant_id IS NULL AND organization_id = (SELECT m.organization_id FROM merchant m WHERE m.id = $1))) \
         ORDER BY email LIMIT 100"
    );
    SIGN_IN_FAILED =
        "UPDATE person SET failures = CASE WHEN locked_until_ms IS NULL THEN failures + 1 ELSE 1 END, \
         locked_until_ms = CASE WHEN locked_until_ms IS NULL AND failures + 1 >= $3 THEN CAST($4 AS BIGINT) ELSE NULL END \
         WHERE id = $1 AND (locked_until_ms IS NULL OR locked_until_ms <= $2)";
    SIGN_IN_WORKED =
        "UPDATE person SET failures = 0, locked_until_ms = NULL \
         WHERE id = $1 AND (locked_until_ms IS NULL OR locked_until_ms <= $2)";
    SET_PASSWORD = "UPDATE person SET password_hash = $2, failures = 0, locked_until_ms = NULL WHERE id = $1";

    INSERT_SESSION =
        "INSERT INTO session (token_hash, user_id, merchant_id, mode, ip, user_agent, created_ms, seen_ms, expires_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SESSION =
        "SELECT token_hash, user_id, merchant_id, mode, ip, user_agent, created_ms, seen_ms, expires_ms FROM session \
         WHERE token_hash = $1";
    SEEN = "UPDATE session SET seen_ms = $2 WHERE token_hash = $1";
    LOOK_AT = "UPDATE session SET merchant_id = $2, mode = $3 WHERE token_hash = $1";
    END_SESSION = "DELETE FROM session WHERE token_hash = $1";
    END_SESSIONS_OF = "DELETE FROM session WHERE user_id = $1";
    PURGE_SESSIONS = "DELETE FROM session WHERE expires_ms < $1";

    INSERT_KEY = concat!("INSERT INTO api_key (", key_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
         $12, $13, $14)");
    KEY = concat!("SELECT ", key_columns!(), " FROM api_key WHERE id = $1");
    KEYS = concat!(
        "SELECT ", key_columns!(), " FROM api_key WHERE merchant_id = $1 AND mode = $2 ORDER BY created_ms, id"
    );
    KEY_USED = "UPDATE api_key SET last_used_ms = $2 WHERE id = $1";
    KEY_OF = concat!("SELECT ", key_columns!(), " FROM api_key WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    // Once: a key that has its successor is not replaced again.
    REPLACE_KEY =
        "UPDATE api_key SET replaced_by = $2, expires_ms = $3 WHERE id = $1 AND replaced_by IS NULL \
         AND revoked_ms IS NULL";
    PIN_KEY =
        "UPDATE api_key SET api_version = $4 WHERE id = $1 AND merchant_id = $2 AND mode = $3 AND revoked_ms IS NULL";
    REVOKE_KEY =
        "UPDATE api_key SET revoked_ms = $4 WHERE id = $1 AND merchant_id = $2 AND mode = $3 AND revoked_ms IS NULL";
}

pub async fn insert_organization(
    tx: &mut Tx,
    id: OrganizationId,
    name: &str,
    now: Millis,
) -> Result<(), DbError> {
    tx.exec(&INSERT_ORGANIZATION, v![id, name, now]).await.map(drop)
}

pub async fn insert_merchant(tx: &mut Tx, m: &Merchant) -> Result<(), DbError> {
    let args = v![m.id, m.organization, m.name, m.zone, m.late_success.as_str(), m.created_at];
    tx.exec(&INSERT_MERCHANT, args).await.map(drop)
}

pub async fn merchant(tx: &mut Tx, id: MerchantId) -> Result<Option<Merchant>, DbError> {
    tx.opt(&LOAD_MERCHANT, v![id]).await?.map(|r| read_merchant(&r)).transpose()
}

/// Merchants within a person's reach.
pub async fn merchants(
    tx: &mut Tx,
    organization: Option<OrganizationId>,
    merchant: Option<MerchantId>,
) -> Result<Vec<Merchant>, DbError> {
    tx.all(&MERCHANTS, v![organization, merchant]).await?.iter().map(read_merchant).collect()
}

/// What the merchant wants done with late money, from now on.
pub async fn set_late_success(tx: &mut Tx, id: MerchantId, policy: LateSuccess) -> Result<(), DbError> {
    tx.exec(&SET_LATE_SUCCESS, v![id, policy.as_str()]).await.map(drop)
}

/// Writes a new person. `false`: the e-mail address is taken.
pub async fn insert_person(tx: &mut Tx, p: &Person) -> Result<bool, DbError> {
    let args = v![
        p.id,
        p.email,
        p.name,
        p.role.as_str(),
        p.organization,
        p.merchant,
        p.password_hash,
        p.failures,
        p.locked_until,
        p.disabled_at,
        p.created_at
    ];
    Ok(tx.exec(&INSERT_PERSON, args).await? == 1)
}

pub async fn person_by_email(tx: &mut Tx, email: &str) -> Result<Option<Person>, DbError> {
    tx.opt(&PERSON_BY_EMAIL, v![email]).await?.map(|r| read_person(&r)).transpose()
}

pub async fn person(tx: &mut Tx, id: UserId) -> Result<Option<Person>, DbError> {
    tx.opt(&PERSON, v![id]).await?.map(|r| read_person(&r)).transpose()
}

pub async fn people(tx: &mut Tx) -> Result<Vec<Person>, DbError> {
    tx.all(&PEOPLE, v![]).await?.iter().map(read_person).collect()
}

/// A merchant's own people, its organization's among them, who may sign in: the first hundred.
pub async fn of_merchant(tx: &mut Tx, id: MerchantId) -> Result<Vec<Person>, DbError> {
    tx.all(&OF_MERCHANT, v![id]).await?.iter().map(read_person).collect()
}

/// Counts a wrong password; the `max`th in a row locks until then. After a lock that is over, counting begins anew.
pub async fn sign_in_failed(
    tx: &mut Tx,
    id: UserId,
    max: i64,
    now: Millis,
    until: Millis,
) -> Result<(), DbError> {
    tx.exec(&SIGN_IN_FAILED, v![id, now, max, until]).await.map(drop)
}

/// Forgets what was wrong before a right password. `false`: the account was locked meanwhile.
pub async fn sign_in_worked(tx: &mut Tx, id: UserId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&SIGN_IN_WORKED, v![id, now]).await? == 1)
}

/// Sets a new password and ends every session that the old one opened.
pub async fn set_password(tx: &mut Tx, id: UserId, hash: &str) -> Result<(), DbError> {
    tx.exec(&SET_PASSWORD, v![id, hash]).await?;
    tx.exec(&END_SESSIONS_OF, v![id]).await.map(drop)
}

pub async fn insert_session(tx: &mut Tx, s: &Session) -> Result<(), DbError> {
    let args = v![
        s.token_hash,
        s.user,
        s.merchant,
        s.mode,
        s.ip,
        s.user_agent,
        s.created_at,
        s.seen_at,
        s.expires_at
    ];
    tx.exec(&INSERT_SESSION, args).await.map(drop)
}

pub async fn session(tx: &mut Tx, token_hash: &str) -> Result<Option<Session>, DbError> {
    let Some(row) = tx.opt(&SESSION, v![token_hash]).await? else { return Ok(None) };
    let mut r = row.read();
    Ok(Some(Session {
        token_hash: r.get()?,
        user: r.get()?,
        merchant: r.get()?,
        mode: r.get()?,
        ip: r.get()?,
        user_agent: r.get()?,
        created_at: r.get()?,
        seen_at: r.get()?,
        expires_at: r.get()?,
    }))
}

pub async fn seen(tx: &mut Tx, token_hash: &str, now: Millis) -> Result<(), DbError> {
    tx.exec(&SEEN, v![token_hash, now]).await.map(drop)
}

/// The person looks at another merchant, or in the other mode.
pub async fn look_at(tx: &mut Tx, token_hash: &str, merchant: MerchantId, mode: Mode) -> Result<(), DbError> {
    tx.exec(&LOOK_AT, v![token_hash, merchant, mode]).await.map(drop)
}

pub async fn end_session(tx: &mut Tx, token_hash: &str) -> Result<(), DbError> {
    tx.exec(&END_SESSION, v![token_hash]).await.map(drop)
}

pub async fn purge_sessions(tx: &mut Tx, now: Millis) -> Result<u64, DbError> {
    tx.exec(&PURGE_SESSIONS, v![now]).await
}

pub async fn insert_key(tx: &mut Tx, k: &ApiKey) -> Result<(), DbError> {
    let args = v![
        k.id,
        k.scope.merchant(),
        k.scope.mode(),
        k.name,
        k.secret_hash,
        k.created_by,
        k.created_at,
        k.last_used_at,
        k.revoked_at,
        k.api_version.as_str(),
        k.scopes,
        k.expires_at,
        k.networks,
        k.replaced_by
    ];
    tx.exec(&INSERT_KEY, args).await.map(drop)
}

/// Has the key answered in another shape, from now on. `false`: there is no such key in use.
pub async fn pin_key(tx: &mut Tx, scope: Scope, id: &str, version: Version) -> Result<bool, DbError> {
    Ok(tx.exec(&PIN_KEY, v![id, scope.merchant(), scope.mode(), version.as_str()]).await? == 1)
}

/// The key as stored: authentication compares its hash.
pub async fn key(tx: &mut Tx, id: &str) -> Result<Option<ApiKey>, DbError> {
    tx.opt(&KEY, v![id]).await?.map(|r| read_api_key(&r)).transpose()
}

pub async fn keys(tx: &mut Tx, scope: Scope) -> Result<Vec<ApiKey>, DbError> {
    tx.all(&KEYS, v![scope.merchant(), scope.mode()]).await?.iter().map(read_api_key).collect()
}

/// The key, if it is this scope's.
pub async fn key_of(tx: &mut Tx, scope: Scope, id: &str) -> Result<Option<ApiKey>, DbError> {
    tx.opt(&KEY_OF, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read_api_key(&r)).transpose()
}

/// Another key takes this one's place, which ends then. `false`: one has, or it was revoked.
pub async fn replace_key(tx: &mut Tx, id: &str, by: &str, ends_at: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&REPLACE_KEY, v![id, by, ends_at]).await? == 1)
}

pub async fn key_used(tx: &mut Tx, id: &str, now: Millis) -> Result<(), DbError> {
    tx.exec(&KEY_USED, v![id, now]).await.map(drop)
}

/// `false`: there is no such key, or it was revoked before.
pub async fn revoke_key(tx: &mut Tx, scope: Scope, id: &str, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&REVOKE_KEY, v![id, scope.merchant(), scope.mode(), now]).await? == 1)
}

fn read_merchant(row: &Row) -> Result<Merchant, DbError> {
    let mut r = row.read();
    Ok(Merchant {
        id: r.get()?,
        organization: r.get()?,
        name: r.get()?,
        zone: r.get()?,
        late_success: r.parsed()?,
        created_at: r.get()?,
    })
}

fn read_person(row: &Row) -> Result<Person, DbError> {
    let mut r = row.read();
    Ok(Person {
        id: r.get()?,
        email: r.get()?,
        name: r.get()?,
        role: r.parsed()?,
        organization: r.get()?,
        merchant: r.get()?,
        password_hash: r.get()?,
        failures: r.get()?,
        locked_until: r.get()?,
        disabled_at: r.get()?,
        created_at: r.get()?,
    })
}

fn read_api_key(row: &Row) -> Result<ApiKey, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get()?);
    Ok(ApiKey {
        id,
        scope,
        name: r.get()?,
        secret_hash: r.get()?,
        created_by: r.get()?,
        created_at: r.get()?,
        last_used_at: r.get()?,
        revoked_at: r.get()?,
        api_version: r.parsed()?,
        scopes: r.get()?,
        expires_at: r.get()?,
        networks: r.get()?,
        replaced_by: r.get()?,
    })
}
