//! Connections: how many, how they are set up, and what a server must promise.

use super::tls::Tls;
use crate::DbError;
use crate::error::of_postgres;
use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use hundi_core::Secret;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};

/// How long a caller waits for a free connection, and for a new one to be made.
const WAIT_SECS_MAX: u64 = 5;

/// Transactions are read only unless BEGIN says otherwise, see `tx.rs`; a statement by itself (`near.rs`) collides with
/// nobody, whatever the server's default is. Times in milliseconds.
const SESSION: &str = "SET default_transaction_read_only = on; \
    SET default_transaction_isolation = 'read committed'; \
    SET statement_timeout = 10000; \
    SET idle_in_transaction_session_timeout = 10000";

pub(super) fn build(url: &Secret, size: usize) -> Result<Pool, DbError> {
    // The driver's message quotes the URL, which holds a password.
    let mut config: Config =
        url.expose().parse().map_err(|_| DbError::Bug("the database's URL cannot be read".to_owned()))?;
    config.connect_timeout(Duration::from_secs(WAIT_SECS_MAX));
    config.application_name("hundi");
    // A server that vanished without a word is noticed after about half a minute, not after hours.
    config
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3);
    config.tcp_user_timeout(Duration::from_secs(25));
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    // Not asked for is not used: "prefer" would accept any certificate, or none, and so protect nothing.
    let manager = match config.get_ssl_mode() {
        SslMode::Require => Manager::from_config(config, Tls::new()?, recycling),
        _ => Manager::from_config(config, NoTls, recycling),
    };
    let wait = Some(Duration::from_secs(WAIT_SECS_MAX));
    let settle =
        Hook::async_fn(|client, _| Box::pin(async { settle(client).await.map_err(HookError::Backend) }));
    Pool::builder(manager)
        .max_size(size.max(1))
        .wait_timeout(wait)
        .create_timeout(wait)
        .recycle_timeout(wait)
        .runtime(Runtime::Tokio1)
        .post_create(settle)
        .build()
        .map_err(|e| DbError::bug("the pool", e))
}

pub(super) async fn get(pool: &Pool) -> Result<Object, DbError> {
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(e) | PoolError::PostCreateHook(HookError::Backend(e)) => {
            match of_postgres("connecting", &e) {
                DbError::Unavailable(told) | DbError::Bug(told) => DbError::Unavailable(told),
                other => other,
            }
        }
        PoolError::Timeout(_) => none_free(),
        other => DbError::Unavailable(other.to_string()),
    })
}

/// For whoever has waited for too long.
pub(super) fn none_free() -> DbError {
    DbError::Unavailable("no connection became free in time".to_owned())
}

/// Who refused, and why, for the person who is starting us: the server's own word, which here can quote no value but
/// the user's and the database's name, and the whole chain of causes. Never the URL, which may hold a password.
fn refused(url: &Secret, error: &PoolError) -> String {
    let hosts = url.expose().parse::<Config>().map_or_else(|_| String::new(), |config| hosts(&config));
    let cause = match error {
        PoolError::Backend(e) | PoolError::PostCreateHook(HookError::Backend(e)) => match e.as_db_error() {
            Some(db) => format!("{} ({})", db.message(), db.code().code()),
            None => chain(e),
        },
        PoolError::Timeout(_) => format!("no answer within {WAIT_SECS_MAX} seconds"),
        other => chain(other),
    };
    format!("PostgreSQL at {hosts}: {cause}")
}

fn hosts(config: &Config) -> String {
    let port = |at: usize| config.get_ports().get(at).or(config.get_ports().first()).copied().unwrap_or(5432);
    let named = config.get_hosts().iter().enumerate().map(|(at, host)| match host {
        Host::Tcp(name) => format!("{name}:{}", port(at)),
        Host::Unix(folder) => folder.display().to_string(),
    });
    named.collect::<Vec<_>>().join(", ")
}

fn chain(error: &dyn std::error::Error) -> String {
    let all = std::iter::successors(Some(error), |e| e.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

async fn settle(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.batch_execute(SESSION).await?;
    // Compiling short statements costs more than running them: 4-8 times slower, measured.
    match client.batch_execute("SET jit = off").await {
        // A distributed engine that has no such thing.
        Err(e) if e.code() == Some(&SqlState::UNDEFINED_OBJECT) => Ok(()),
        done => done,
    }
}

/// Refuses a server that answers COMMIT before the data is on its disk.
pub(super) async fn check_durable(url: &Secret) -> Result<(), DbError> {
    // Of its own, since each thread's connections live with that thread.
    let pool = build(url, 1)?;
    let client = match pool.get().await {
        Ok(client) => client,
        Err(error) => return Err(DbError::Unavailable(refused(url, &error))),
    };
    let shown = client.query_one("SELECT current_setting('synchronous_commit', true)", &[]).await;
    let setting: Option<String> =
        shown.and_then(|row| row.try_get(0)).map_err(|e| of_postgres("settings", &e))?;
    match setting.as_deref() {
        Some("off") => Err(DbError::Unavailable("PostgreSQL's synchronous_commit is off".to_owned())),
        _ => Ok(()),
    }
}
