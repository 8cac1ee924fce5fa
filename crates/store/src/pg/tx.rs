//! A transaction on a pooled connection: BEGIN travels with the first statement, pushes with COMMIT.
//!
//! The session's default is read only and only our BEGIN says READ WRITE. So a statement whose BEGIN failed in the
//! same flight cannot commit by itself: the server refuses it.

use super::Access;
use super::pipeline::{Answer, Request, send, send_all, send_and_leave};
use super::value::{check_args, check_columns, row};
use crate::error::{is_stale, of_commit, of_postgres};
use crate::shared::{Counters, Shared};
use crate::{DbError, Isolation, Row, Stmt, Value};
use deadpool_postgres::Object;
use tokio_postgres::error::SqlState;

/// A transaction that may not have begun yet.
pub(crate) struct PgTx {
    /// Taken away only when the transaction is over or the connection is given up.
    client: Option<Object>,
    access: Access,
    isolation: Isolation,
    progress: Progress,
    pushed: Vec<(&'static Stmt, Pushed)>,
    spoilt: Option<DbError>,
    /// The connection's prepared statements are stale: it is closed, and the next one prepares anew.
    unfit: bool,
    shared: Shared,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    NotBegun,
    /// BEGIN is on the wire: until the end is confirmed, this connection is not fit for anybody else.
    Open,
    Over,
}

/// What a pushed statement is given.
enum Pushed {
    Args(Vec<Value>),
    /// Of many rows, a column for each argument.
    Columns(Vec<Vec<Value>>),
}

enum Want {
    Rows,
    Count,
}

impl PgTx {
    pub(super) const fn new(client: Object, access: Access, isolation: Isolation, shared: Shared) -> Self {
        Self {
            client: Some(client),
            access,
            isolation,
            progress: Progress::NotBegun,
            pushed: Vec::new(),
            spoilt: None,
            unfit: false,
            shared,
        }
    }

    pub(crate) async fn exec(&mut self, stmt: &'static Stmt, args: Vec<Value>) -> Result<u64, DbError> {
        match self.run(stmt, args, Want::Count).await? {
            Answer::Count(n) => Ok(n),
            Answer::Rows(_) | Answer::Done => Err(DbError::bug(stmt.name, "answered something else")),
        }
    }

    pub(crate) async fn rows(&mut self, stmt: &'static Stmt, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        match self.run(stmt, args, Want::Rows).await? {
            Answer::Rows(rows) => {
                let rows = rows.iter().map(|r| row(stmt, r)).collect::<Result<_, _>>();
                rows.map_err(|e| self.spoil(e))
            }
            Answer::Count(_) | Answer::Done => Err(DbError::bug(stmt.name, "answered something else")),
        }
    }

    pub(crate) fn push(&mut self, stmt: &'static Stmt, args: Vec<Value>) -> Result<(), DbError> {
        self.will_run(stmt, Pushed::Args(args))
    }

    /// One statement for all rows: most of what a short one costs is its beginning.
    pub(crate) fn push_all(&mut self, stmt: &'static Stmt, rows: Vec<Vec<Value>>) -> Result<(), DbError> {
        let width = rows.first().map_or(0, Vec::len);
        if rows.iter().any(|row| row.len() != width) {
            return Err(self.spoil(DbError::bug(stmt.name, "rows of different widths")));
        }
        let mut columns = vec![Vec::with_capacity(rows.len()); width];
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        self.will_run(stmt, Pushed::Columns(columns))
    }

    fn will_run(&mut self, stmt: &'static Stmt, pushed: Pushed) -> Result<(), DbError> {
        self.count()?;
        if self.access == Access::Read {
            return Err(self.spoil(DbError::bug(stmt.name, "a read cannot write")));
        }
        self.pushed.push((stmt, pushed));
        Ok(())
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.flush().await?;
        let done = self.client()?.batch_execute(sql).await;
        done.map_err(|e| self.failed("migration", &e))
    }

    /// Remembers that nothing of this transaction may be committed.
    pub(crate) fn spoil(&mut self, error: DbError) -> DbError {
        self.spoilt.get_or_insert_with(|| error.clone());
        error
    }

    pub(super) fn take_spoilt(&mut self) -> Option<DbError> {
        self.spoilt.take()
    }

    /// Commits. On any error nothing was written, except when it is `CommitUnknown`.
    pub(super) async fn commit(&mut self) -> Result<(), DbError> {
        if self.progress == Progress::NotBegun && self.pushed.is_empty() {
            self.progress = Progress::Over;
            return Ok(());
        }
        if self.access == Access::Read && self.isolation == Isolation::ReadCommitted {
            // A snapshot's answers are final; only what comes next on this connection waits for its end.
            send_and_leave(self.client()?, "COMMIT").await;
            self.progress = Progress::Over;
            return Ok(());
        }
        let (names, mut requests) = match self.prepared_so_far().await {
            Ok(so_far) => so_far,
            Err(error) => {
                self.roll_back().await;
                return Err(error);
            }
        };
        requests.push(Request::Step("COMMIT"));
        self.progress = Progress::Open;
        let mut answers = send_all(self.client()?, requests).await;
        let committed = answers.pop().unwrap_or(Ok(Answer::Done));
        // COMMIT of a failed transaction answers ROLLBACK, and that is no error: so every answer before it counts.
        let earlier =
            names.iter().zip(&answers).find_map(|(name, answer)| Some((name, answer.as_ref().err()?)));
        let result = match (earlier, &committed) {
            (Some((name, error)), _) if error.as_db_error().is_some() => Err(self.sorted(name, error)),
            // The connection went while COMMIT was under way.
            (Some(_), _) => Err(DbError::CommitUnknown),
            (None, Err(error)) => Err(of_commit(error)),
            (None, Ok(_)) => Ok(()),
        };
        if committed.is_ok() {
            self.progress = Progress::Over;
        }
        result.map_err(|e| self.shared.heard(e))
    }

    /// Undoes everything. Should that fail, the connection is given up and the server undoes it.
    pub(super) async fn roll_back(&mut self) {
        if self.progress == Progress::Open
            && let Ok(client) = self.client()
            && client.batch_execute("ROLLBACK").await.is_err()
        {
            return;
        }
        self.progress = Progress::Over;
    }

    async fn run(&mut self, stmt: &'static Stmt, args: Vec<Value>, want: Want) -> Result<Answer, DbError> {
        self.count()?;
        let statement = self.prepare(stmt).await?;
        check_args(stmt, statement.params(), &args).map_err(|e| self.spoil(e))?;
        let request = match want {
            Want::Rows => Request::Rows(statement, args),
            Want::Count => Request::Count(statement, args),
        };
        if self.progress == Progress::Open && self.pushed.is_empty() {
            let answer = send(self.client()?, request).await;
            return answer.map_err(|e| self.failed(stmt.name, &e));
        }
        let (mut names, mut requests) = self.prepared_so_far().await?;
        names.push(stmt.name);
        requests.push(request);
        self.all_of(&names, requests).await
    }

    /// BEGIN and the pushes, for what cannot travel with them.
    async fn flush(&mut self) -> Result<(), DbError> {
        let (names, requests) = self.prepared_so_far().await?;
        if !requests.is_empty() {
            self.all_of(&names, requests).await?;
        }
        Ok(())
    }

    /// The last answer, if all went well.
    async fn all_of(&mut self, names: &[&'static str], requests: Vec<Request>) -> Result<Answer, DbError> {
        self.progress = Progress::Open;
        let mut last = Answer::Done;
        for (name, answer) in names.iter().zip(send_all(self.client()?, requests).await) {
            last = answer.map_err(|e| self.failed(name, &e))?;
        }
        Ok(last)
    }

    /// BEGIN, if it was not sent yet, and what was pushed, in order.
    async fn prepared_so_far(&mut self) -> Result<(Vec<&'static str>, Vec<Request>), DbError> {
        let (mut names, mut requests) = (Vec::new(), Vec::new());
        if self.progress == Progress::NotBegun {
            names.push("BEGIN");
            requests.push(Request::Step(begin(self.access, self.isolation)));
        }
        for (stmt, pushed) in std::mem::take(&mut self.pushed) {
            let statement = self.prepare(stmt).await?;
            let checked = match &pushed {
                Pushed::Args(args) => check_args(stmt, statement.params(), args),
                Pushed::Columns(columns) => check_columns(stmt, statement.params(), columns),
            };
            checked.map_err(|e| self.spoil(e))?;
            names.push(stmt.name);
            requests.push(match pushed {
                Pushed::Args(args) => Request::Count(statement, args),
                Pushed::Columns(columns) => Request::CountAll(statement, columns),
            });
        }
        Ok((names, requests))
    }

    /// From the connection's cache, after its first use.
    async fn prepare(&mut self, stmt: &'static Stmt) -> Result<tokio_postgres::Statement, DbError> {
        let prepared = self.client()?.prepare_cached(stmt.for_pg()).await;
        prepared.map_err(|e| self.failed(stmt.name, &e))
    }

    fn failed(&mut self, name: &str, error: &tokio_postgres::Error) -> DbError {
        self.unfit |= is_stale(error);
        let error = self.shared.heard(self.sorted(name, error));
        self.spoil(error)
    }

    /// Under SERIALIZABLE a snapshot can be older than the row that a new one collides with. Then the collision is a
    /// serialization failure by another name (PostgreSQL 17, chapter 13.5), and run again it does not collide.
    fn sorted(&self, name: &str, error: &tokio_postgres::Error) -> DbError {
        let collided = error.code() == Some(&SqlState::UNIQUE_VIOLATION);
        match self.isolation {
            Isolation::Serializable if collided => DbError::Conflict("a unique key, under serializable"),
            Isolation::Serializable | Isolation::ReadCommitted => of_postgres(name, error),
        }
    }

    fn client(&self) -> Result<&Object, DbError> {
        self.client.as_ref().ok_or_else(|| DbError::Bug("the transaction is over".to_owned()))
    }

    /// Counts a statement, and refuses to go on after one that failed.
    fn count(&self) -> Result<(), DbError> {
        Counters::add(&self.shared.counters.statements, 1);
        self.spoilt.clone().map_or(Ok(()), Err)
    }
}

impl Drop for PgTx {
    /// A caller that was cancelled leaves in the middle of things: the connection is closed, never reused.
    fn drop(&mut self) {
        if (self.progress == Progress::Open || self.unfit)
            && let Some(client) = self.client.take()
        {
            drop(Object::take(client));
        }
    }
}

/// Reads see one snapshot, as they do on SQLite.
const fn begin(access: Access, isolation: Isolation) -> &'static str {
    match (access, isolation) {
        (Access::Write, Isolation::ReadCommitted) => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        (Access::Write, Isolation::Serializable) => "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
        (Access::Read, Isolation::ReadCommitted) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        (Access::Read, Isolation::Serializable) => "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
    }
}
