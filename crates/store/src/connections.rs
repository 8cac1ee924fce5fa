//! Connections: a merchant's accounts at providers. Their secrets are sealed before they come here.

use crate::{DbError, Row, Tx, v};
use hundi_core::{ConnectionId, DataKeyId, MerchantId, Millis, Mode, Scope};

/// A connection as it stands. Sealed fields are ciphertext.
#[derive(Clone, Debug)]
pub struct Connection {
    pub id: ConnectionId,
    pub scope: Scope,
    pub provider: String,
    pub label: String,
    pub enabled: bool,
    /// The same account twice would count its money twice.
    pub fingerprint: String,
    /// What may be shown of the key: `rzp_test_…4f2a`.
    pub key_hint: String,
    pub credentials: Vec<u8>,
    pub webhook_token: String,
    pub webhook_secret: Option<Vec<u8>>,
    pub webhook_secret_old: Option<Vec<u8>>,
    pub webhook_old_until: Option<Millis>,
    /// Comma separated.
    pub flows: String,
    pub features: String,
    pub min_minor: i64,
    pub max_minor: i64,
    pub session_ms: i64,
    pub tested_at: Option<Millis>,
    pub test_result: Option<String>,
    pub updated_by: String,
    pub updated_at: Millis,
    pub created_at: Millis,
    pub version: i64,
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, provider, label, state, fingerprint, key_hint, credentials, webhook_token, \
         webhook_secret, webhook_secret_old, webhook_old_until_ms, flows, enabled_features, min_minor, max_minor, \
         session_ms, tested_ms, test_result, updated_by, updated_ms, created_ms, version"
    };
}

crate::statements! {
    INSERT = concat!(
        "INSERT INTO connection (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
         $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) ON CONFLICT (fingerprint) DO NOTHING"
    );
    LOAD = concat!("SELECT ", columns!(), " FROM connection WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    LOAD_BY_ID = concat!("SELECT ", columns!(), " FROM connection WHERE id = $1");
    LOAD_BY_TOKEN = concat!("SELECT ", columns!(), " FROM connection WHERE webhook_token = $1");
    LIST = concat!(
        "SELECT ", columns!(), " FROM connection WHERE merchant_id = $1 AND mode = $2 ORDER BY created_ms, id"
    );
    SAVE =
        "UPDATE connection SET label = $3, state = $4, fingerprint = $5, key_hint = $6, credentials = $7, \
         webhook_secret = $8, webhook_secret_old = $9, webhook_old_until_ms = $10, flows = $11, \
         enabled_features = $12, min_minor = $13, max_minor = $14, session_ms = $15, tested_ms = $16, \
         test_result = $17, updated_by = $18, updated_ms = $19, version = version + 1 WHERE id = $1 AND version = $2";

    DATA_KEY = "SELECT id, merchant_id, wrapped, master_version FROM data_key WHERE id = $1";
    DATA_KEY_OF =
        "SELECT id, merchant_id, wrapped, master_version FROM data_key WHERE merchant_id = $1 \
         ORDER BY created_ms DESC, id DESC LIMIT 1";
    DATA_KEYS_BEFORE = "SELECT id, merchant_id, wrapped, master_version FROM data_key WHERE master_version < $1";
    INSERT_DATA_KEY =
        "INSERT INTO data_key (id, merchant_id, wrapped, master_version, created_ms) VALUES ($1, $2, $3, $4, $5)";
    REWRAP = "UPDATE data_key SET wrapped = $3, master_version = $4 WHERE id = $1 AND master_version = $2";
}

/// Writes a new connection. `false`: this account is connected already.
pub async fn insert(tx: &mut Tx, c: &Connection) -> Result<bool, DbError> {
    let args = v![
        c.id,
        c.scope.merchant(),
        c.scope.mode(),
        c.provider,
        c.label,
        state(c.enabled),
        c.fingerprint,
        c.key_hint,
        c.credentials,
        c.webhook_token,
        c.webhook_secret,
        c.webhook_secret_old,
        c.webhook_old_until,
        c.flows,
        c.features,
        c.min_minor,
        c.max_minor,
        c.session_ms,
        c.tested_at,
        c.test_result,
        c.updated_by,
        c.updated_at,
        c.created_at,
        c.version
    ];
    Ok(tx.exec(&INSERT, args).await? == 1)
}

/// The connection, if it is this scope's.
pub async fn load(tx: &mut Tx, scope: Scope, id: ConnectionId) -> Result<Option<Connection>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// For work on a row that names it.
pub async fn load_by_id(tx: &mut Tx, id: ConnectionId) -> Result<Option<Connection>, DbError> {
    tx.opt(&LOAD_BY_ID, v![id]).await?.map(|r| read(&r)).transpose()
}

/// Whose webhook address this is.
pub async fn load_by_token(tx: &mut Tx, token: &str) -> Result<Option<Connection>, DbError> {
    tx.opt(&LOAD_BY_TOKEN, v![token]).await?.map(|r| read(&r)).transpose()
}

/// All of a merchant's connections in one mode, oldest first.
pub async fn list(tx: &mut Tx, scope: Scope) -> Result<Vec<Connection>, DbError> {
    tx.all(&LIST, v![scope.merchant(), scope.mode()]).await?.iter().map(read).collect()
}

/// Writes a changed connection. A version that moved is a conflict.
pub async fn save(tx: &mut Tx, c: &Connection) -> Result<(), DbError> {
    let args = v![
        c.id,
        c.version,
        c.label,
        state(c.enabled),
        c.fingerprint,
        c.key_hint,
        c.credentials,
        c.webhook_secret,
        c.webhook_secret_old,
        c.webhook_old_until,
        c.flows,
        c.features,
        c.min_minor,
        c.max_minor,
        c.session_ms,
        c.tested_at,
        c.test_result,
        c.updated_by,
        c.updated_at
    ];
    match tx.exec(&SAVE, args).await? {
        1 => Ok(()),
        _ => Err(DbError::Conflict("a connection's version moved")),
    }
}

/// A merchant's data key, wrapped by a master key.
#[derive(Clone, Debug)]
pub struct WrappedKey {
    pub id: DataKeyId,
    pub merchant: MerchantId,
    pub wrapped: Vec<u8>,
    pub master_version: i64,
}

/// A data key by id: old ciphertexts name the key that sealed them.
pub async fn data_key(tx: &mut Tx, id: DataKeyId) -> Result<Option<WrappedKey>, DbError> {
    tx.opt(&DATA_KEY, v![id]).await?.map(|r| read_key(&r)).transpose()
}

/// The merchant's newest data key.
pub async fn data_key_of(tx: &mut Tx, merchant: MerchantId) -> Result<Option<WrappedKey>, DbError> {
    tx.opt(&DATA_KEY_OF, v![merchant]).await?.map(|r| read_key(&r)).transpose()
}

/// Data keys that an older master still wraps.
pub async fn data_keys_before(tx: &mut Tx, master_version: i64) -> Result<Vec<WrappedKey>, DbError> {
    tx.all(&DATA_KEYS_BEFORE, v![master_version]).await?.iter().map(read_key).collect()
}

pub async fn insert_data_key(tx: &mut Tx, k: &WrappedKey, now: Millis) -> Result<(), DbError> {
    tx.push(&INSERT_DATA_KEY, v![k.id, k.merchant, k.wrapped, k.master_version, now]).await
}

/// Puts the same key under another master. `false`: somebody did.
pub async fn rewrap(tx: &mut Tx, k: &WrappedKey, from_version: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&REWRAP, v![k.id, from_version, k.wrapped, k.master_version]).await? == 1)
}

const fn state(enabled: bool) -> &'static str {
    if enabled { "enabled" } else { "disabled" }
}

fn read_key(row: &Row) -> Result<WrappedKey, DbError> {
    let mut r = row.read();
    Ok(WrappedKey { id: r.get()?, merchant: r.get()?, wrapped: r.get()?, master_version: r.get()? })
}

fn read(row: &Row) -> Result<Connection, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get::<Mode>()?);
    Ok(Connection {
        id,
        scope,
        provider: r.get()?,
        label: r.get()?,
        enabled: r.get::<String>()? == "enabled",
        fingerprint: r.get()?,
        key_hint: r.get()?,
        credentials: r.get()?,
        webhook_token: r.get()?,
        webhook_secret: r.get()?,
        webhook_secret_old: r.get()?,
        webhook_old_until: r.get()?,
        flows: r.get()?,
        features: r.get()?,
        min_minor: r.get()?,
        max_minor: r.get()?,
        session_ms: r.get()?,
        tested_at: r.get()?,
        test_result: r.get()?,
        updated_by: r.get()?,
        updated_at: r.get()?,
        created_at: r.get()?,
        version: r.get()?,
    })
}
