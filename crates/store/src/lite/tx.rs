//! Statements on a SQLite connection. Everything here is ready at once.

use super::reader::Deadline;
use crate::error::of_sqlite;
use crate::shared::{Counters, Shared};
use crate::{DbError, Row, Stmt, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};

/// A connection and the state of the operation that uses it.
pub(crate) struct LiteTx {
    conn: Connection,
    shared: Shared,
    /// Why the current operation must not be kept.
    spoilt: Option<DbError>,
    /// The last failure of the current transaction.
    failure: Option<DbError>,
    /// What cuts reads off, on a reader's connection.
    deadline: Option<Deadline>,
}

impl LiteTx {
    pub(super) const fn new(conn: Connection, shared: Shared) -> Self {
        Self { conn, shared, spoilt: None, failure: None, deadline: None }
    }

    pub(super) fn cut_off_by(mut self, deadline: Deadline) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Lets the current read take as long as it needs: a whole table is checked, not a page shown.
    pub(crate) fn lift_deadline(&self) {
        if let Some(deadline) = &self.deadline {
            deadline.lift();
        }
    }

    pub(crate) fn exec(&mut self, stmt: &Stmt, args: &[Value]) -> Result<u64, DbError> {
        self.count()?;
        let done =
            self.conn.prepare_cached(stmt.for_lite()).and_then(|mut s| s.execute(params_from_iter(args)));
        match done {
            Ok(changed) => Ok(changed as u64),
            Err(error) => Err(self.spoil(of_sqlite(stmt.name, &error))),
        }
    }

    pub(crate) fn rows(&mut self, stmt: &Stmt, args: &[Value]) -> Result<Vec<Row>, DbError> {
        self.count()?;
        match query(&self.conn, stmt, args) {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.spoil(of_sqlite(stmt.name, &error))),
        }
    }

    /// The rows of a statement outside any transaction. If it fails, nothing but itself is spoilt.
    pub(super) fn alone(&mut self, stmt: &Stmt, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let rows = self.rows(stmt, args);
        (self.spoilt, self.failure) = (None, None);
        rows
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.conn.execute_batch(sql).map_err(|e| self.spoil(of_sqlite("migration", &e)))
    }

    /// Remembers that this operation must not be committed.
    pub(crate) fn spoil(&mut self, error: DbError) -> DbError {
        let error = self.shared.heard(error);
        self.spoilt.get_or_insert_with(|| error.clone());
        self.failure = Some(error.clone());
        error
    }

    /// What spoilt the operation, if anything did; the next one starts clean.
    pub(super) fn take_spoilt(&mut self) -> Option<DbError> {
        self.spoilt.take()
    }

    /// BEGIN, SAVEPOINT, COMMIT and their like.
    pub(super) fn step(&self, sql: &'static str) -> Result<(), DbError> {
        let done = self.conn.prepare_cached(sql).and_then(|mut s| s.execute([]));
        done.map(drop).map_err(|e| self.shared.heard(of_sqlite(sql, &e)))
    }

    /// No transaction is open.
    pub(super) fn is_closed(&self) -> bool {
        self.conn.is_autocommit()
    }

    /// Whether the rest of the transaction may follow. Some errors (disk full, I/O) close all of it, not just one
    /// statement; what ran before is undone then.
    pub(super) fn check_open(&mut self) -> Result<(), DbError> {
        match self.failure.take() {
            Some(broken @ DbError::Broken(_)) => Err(broken),
            Some(failure) if self.is_closed() => Err(DbError::Unavailable(failure.to_string())),
            None if self.is_closed() => Err(DbError::Unavailable("the transaction was closed".to_owned())),
            Some(_) | None => Ok(()),
        }
    }

    /// Counts a statement, and refuses to go on after one that failed.
    fn count(&self) -> Result<(), DbError> {
        Counters::add(&self.shared.counters.statements, 1);
        self.spoilt.clone().map_or(Ok(()), Err)
    }
}

fn query(conn: &Connection, stmt: &Stmt, args: &[Value]) -> Result<Vec<Row>, rusqlite::Error> {
    let mut prepared = conn.prepare_cached(stmt.for_lite())?;
    let width = prepared.column_count();
    let mut rows = prepared.query(params_from_iter(args))?;
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..width).map(|i| value(row.get_ref(i)?, i)).collect::<Result<_, rusqlite::Error>>()?;
        read.push(Row::new(stmt.name, values));
    }
    Ok(read)
}

fn value(value: ValueRef<'_>, column: usize) -> Result<Value, rusqlite::Error> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(n) => Ok(Value::Int(n)),
        ValueRef::Text(text) => Ok(Value::Text(str::from_utf8(text)?.to_owned())),
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        // No column of ours holds one; an average or a division by mistake could.
        ValueRef::Real(_) => {
            Err(rusqlite::Error::InvalidColumnType(column, "a float".to_owned(), rusqlite::types::Type::Real))
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, rusqlite::Error> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
