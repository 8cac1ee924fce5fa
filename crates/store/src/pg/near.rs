//! Connections that all callers share: each sends one statement that reads, and waits for its answer where it asked.
//! Answers come in the order of the statements, so that nobody needs a connection for itself.

use super::pipeline::{Answer, Request, send};
use super::pool;
use super::value::{check_args, row};
use crate::error::{is_stale, of_postgres};
use crate::lanes::WAITING_MAX;
use crate::shared::{Counters, Shared};
use crate::{DbError, Row, Stmt, Value};
use deadpool_postgres::{Object, Pool};
use hundi_core::Secret;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

/// So many for all: with one alone a single process of the server would answer everybody.
pub(super) const CONNECTIONS: usize = 2;

/// How long a glance may take, its wait for others included: as long as an operation stands in the queue.
const GLANCE_SECS_MAX: u64 = 10;

pub(super) struct Near {
    lines: [Line; CONNECTIONS],
    turn: AtomicUsize,
    /// Callers beyond these are refused, as by the queue.
    room: Semaphore,
    shared: Shared,
}

/// A connection, made when somebody first needs it.
struct Line {
    /// Of one.
    pool: Pool,
    held: Mutex<Option<Arc<Object>>>,
}

impl Near {
    pub(super) fn new(url: &Secret, shared: Shared) -> Result<Self, DbError> {
        let line = || Ok::<_, DbError>(Line { pool: pool::build(url, 1)?, held: Mutex::default() });
        Ok(Self {
            lines: [line()?, line()?],
            turn: AtomicUsize::new(0),
            room: Semaphore::new(WAITING_MAX),
            shared,
        })
    }

    /// The rows of a statement that is a transaction of its own. The session's are read only.
    pub(super) async fn rows(&self, stmt: &'static Stmt, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        let _place = self.room.try_acquire().map_err(|_| pool::none_free())?;
        let longest = Duration::from_secs(GLANCE_SECS_MAX);
        timeout(longest, self.read(stmt, args)).await.unwrap_or_else(|_| Err(pool::none_free()))
    }

    async fn read(&self, stmt: &'static Stmt, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        Counters::add(&self.shared.counters.statements, 1);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let client = self.lines[turn % CONNECTIONS].client().await?;
        let failed = |error: tokio_postgres::Error| {
            if is_stale(&error) {
                client.statement_cache.clear();
            }
            self.shared.heard(of_postgres(stmt.name, &error))
        };
        let statement = client.prepare_cached(stmt.for_pg()).await.map_err(failed)?;
        check_args(stmt, statement.params(), &args)?;
        match send(&client, Request::Rows(statement, args)).await.map_err(failed)? {
            Answer::Rows(rows) => rows.iter().map(|r| row(stmt, r)).collect(),
            Answer::Count(_) | Answer::Done => Err(DbError::bug(stmt.name, "answered something else")),
        }
    }

    /// Makes no more connections, and closes those that nobody waits at.
    pub(super) fn close(&self) {
        for line in &self.lines {
            line.pool.close();
            if let Ok(mut held) = line.held.try_lock() {
                *held = None;
            }
        }
    }
}

impl Line {
    async fn client(&self) -> Result<Arc<Object>, DbError> {
        let mut held = self.held.lock().await;
        if let Some(client) = held.as_ref().filter(|client| !client.is_closed()) {
            return Ok(client.clone());
        }
        // The pool makes the next one when the last caller has let the lost one go.
        *held = None;
        let client = Arc::new(pool::get(&self.pool).await?);
        Ok(held.insert(client).clone())
    }
}
