//! A transaction, as the closures of `write` and `read` see it: five verbs over one SQL text.
//!
//! A failed statement spoils the whole transaction on PostgreSQL; here it does so on SQLite too. Whatever the closure
//! makes of the error, nothing is committed.

use crate::lite::LiteTx;
use crate::pg::PgTx;
use crate::{DbError, Row, Stmt, Value};

/// An open transaction on either engine. It has no lifetime, so that helpers take `&mut Tx` and nothing more.
pub struct Tx {
    inner: Inner,
}

enum Inner {
    Lite(LiteTx),
    Pg(PgTx),
}

impl Tx {
    /// Runs a statement that returns no rows; how many rows it changed.
    pub async fn exec(&mut self, stmt: &'static Stmt, args: Vec<Value>) -> Result<u64, DbError> {
        match &mut self.inner {
            Inner::Lite(tx) => tx.exec(stmt, &args),
            Inner::Pg(tx) => tx.exec(stmt, args).await,
        }
    }

    /// The row, if there is one. More than one is a mistake in the statement.
    pub async fn opt(&mut self, stmt: &'static Stmt, args: Vec<Value>) -> Result<Option<Row>, DbError> {
        let mut rows = match &mut self.inner {
            Inner::Lite(tx) => tx.rows(stmt, &args)?,
            Inner::Pg(tx) => tx.rows(stmt, args).await?,
        };
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            n => Err(self.spoil(DbError::bug(stmt.name, format_args!("{n} rows where one was expected")))),
        }
    }

    /// All rows. Whoever writes the statement bounds them with LIMIT.
    pub async fn all(&mut self, stmt: &'static Stmt, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        match &mut self.inner {
            Inner::Lite(tx) => tx.rows(stmt, &args),
            Inner::Pg(tx) => tx.rows(stmt, args).await,
        }
    }

    /// A statement whose count nobody needs: on PostgreSQL it travels with the next one or with COMMIT.
    pub async fn push(&mut self, stmt: &'static Stmt, args: Vec<Value>) -> Result<(), DbError> {
        match &mut self.inner {
            Inner::Lite(tx) => tx.exec(stmt, &args).map(drop),
            Inner::Pg(tx) => tx.push(stmt, args),
        }
    }

    /// The same statement for many rows, each with its arguments. Its text for PostgreSQL takes them as arrays, one for
    /// each argument, and is sent once for all.
    pub(crate) async fn push_all(
        &mut self,
        stmt: &'static Stmt,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        match &mut self.inner {
            _ if rows.is_empty() => Ok(()),
            Inner::Lite(tx) => rows.iter().try_for_each(|args| tx.exec(stmt, args).map(drop)),
            Inner::Pg(tx) => tx.push_all(stmt, rows),
        }
    }

    /// Locks rows with `SELECT .. FOR UPDATE`. SQLite has one writer and needs none.
    pub async fn lock(&mut self, stmt: &'static Stmt, args: Vec<Value>) -> Result<(), DbError> {
        match &mut self.inner {
            Inner::Lite(_) => Ok(()),
            Inner::Pg(tx) => tx.rows(stmt, args).await.map(drop),
        }
    }

    /// For the few places where the engines differ by more than a statement's text.
    pub fn is_pg(&self) -> bool {
        matches!(self.inner, Inner::Pg(_))
    }

    /// Runs raw SQL without arguments, several statements at once. For migrations only.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        match &mut self.inner {
            Inner::Lite(tx) => tx.batch(sql),
            Inner::Pg(tx) => tx.batch(sql).await,
        }
    }

    pub(crate) const fn of_lite(tx: LiteTx) -> Self {
        Self { inner: Inner::Lite(tx) }
    }

    pub(crate) const fn of_pg(tx: PgTx) -> Self {
        Self { inner: Inner::Pg(tx) }
    }

    /// For the threads of SQLite, which made this transaction themselves.
    pub(crate) fn as_lite(&mut self) -> &mut LiteTx {
        match &mut self.inner {
            Inner::Lite(tx) => tx,
            Inner::Pg(_) => unreachable!("SQLite's threads only ever hold transactions of their own"),
        }
    }

    /// For the PostgreSQL half, likewise.
    pub(crate) fn as_pg(&mut self) -> &mut PgTx {
        match &mut self.inner {
            Inner::Pg(tx) => tx,
            Inner::Lite(_) => unreachable!("the PostgreSQL half only ever holds transactions of its own"),
        }
    }

    fn spoil(&mut self, error: DbError) -> DbError {
        match &mut self.inner {
            Inner::Lite(tx) => tx.spoil(error),
            Inner::Pg(tx) => tx.spoil(error),
        }
    }
}
