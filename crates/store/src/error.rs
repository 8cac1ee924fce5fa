//! The kinds of trouble a database makes, sorted by what the caller can do about it (DESIGN, rule 8).
//!
//! Nothing here ever shows an argument's value: PostgreSQL's own messages may quote them, so those are dropped
//! except where they can name nothing but our own SQL.

use rusqlite::ffi;
use tokio_postgres::error::SqlState;

/// What went wrong with the database, as far as a caller can tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// Somebody else was quicker. PostgreSQL transactions are rerun by the store until its deadline.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Nothing was written. Try again later; the server stays up.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// Lost or corrupt: the process must stop and recover at its next start.
    #[error("the database is broken: {0}")]
    Broken(String),
    /// The connection was lost during COMMIT. Ids are made outside the closure, so that one read tells.
    #[error("the connection was lost during COMMIT")]
    CommitUnknown,
    /// A mistake of ours: a wrong statement, wrong arguments, a network call inside a transaction.
    #[error("bug: {0}")]
    Bug(String),
}

/// The error of a use case: it can hold a database error, and say so.
pub trait TxError: From<DbError> + Send + 'static {
    fn as_db(&self) -> Option<&DbError>;
}

impl TxError for DbError {
    fn as_db(&self) -> Option<&DbError> {
        Some(self)
    }
}

impl DbError {
    pub(crate) fn bug(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Bug(format!("{what}: {why}"))
    }

    pub(crate) const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

/// Sorts an error of SQLite. `what` is a statement's name or a step of our own.
pub(crate) fn of_sqlite(what: &str, error: &rusqlite::Error) -> DbError {
    let (code, message) = match error {
        rusqlite::Error::SqliteFailure(code, message) => (*code, message.as_deref().unwrap_or_default()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (*error, msg.as_str()),
        // What rusqlite itself refuses: a wrong number of arguments, a result nobody asked for.
        other => return DbError::bug(what, other),
    };
    let told = format!("{what}: SQLite error {} {message}", code.extended_code);
    // These say IOERR, but mean a lack of memory or a lock that another process holds.
    let passing = [ffi::SQLITE_IOERR_NOMEM, ffi::SQLITE_IOERR_LOCK, ffi::SQLITE_IOERR_SHMLOCK];
    // The file was renamed or deleted beneath us: what we write would be lost.
    let lost = [ffi::SQLITE_READONLY_DBMOVED];
    use rusqlite::ErrorCode as C;
    match code.code {
        _ if passing.contains(&code.extended_code) => DbError::Unavailable(told),
        _ if lost.contains(&code.extended_code) => DbError::Broken(told),
        C::SystemIoFailure | C::DatabaseCorrupt | C::NotADatabase => DbError::Broken(told),
        C::DiskFull
        | C::OutOfMemory
        | C::DatabaseBusy
        | C::DatabaseLocked
        | C::FileLockingProtocolFailed
        | C::CannotOpen
        | C::OperationInterrupted => DbError::Unavailable(told),
        _ => DbError::Bug(told),
    }
}

/// Sorts an error of PostgreSQL before COMMIT was sent.
pub(crate) fn of_postgres(what: &str, error: &tokio_postgres::Error) -> DbError {
    let Some(db) = error.as_db_error() else {
        // Not the server's word: the connection is gone or never came to be. The driver's own errors quote nothing.
        return DbError::Unavailable(format!("{what}: {error}"));
    };
    let code = db.code();
    let state = code.code();
    // Messages of class 42 name our own SQL; any other class may quote values.
    let message = if state.starts_with("42") { db.message() } else { db.constraint().unwrap_or_default() };
    let told = format!("{what}: PostgreSQL error {state} {message}");
    match code {
        &SqlState::T_R_SERIALIZATION_FAILURE => DbError::Conflict("serialization failure"),
        &SqlState::T_R_DEADLOCK_DETECTED => DbError::Conflict("deadlock"),
        &SqlState::IO_ERROR | &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => DbError::Broken(told),
        // A timeout of ours; a lock not had in time; a plan that a migration made stale, or BEGIN READ WRITE on a
        // server that has become a standby; a prepared statement that a pooler in between has forgotten.
        &SqlState::QUERY_CANCELED
        | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        | &SqlState::LOCK_NOT_AVAILABLE
        | &SqlState::FEATURE_NOT_SUPPORTED
        | &SqlState::INVALID_SQL_STATEMENT_NAME => DbError::Unavailable(told),
        _ if ["08", "53", "57"].iter().any(|class| state.starts_with(class)) => DbError::Unavailable(told),
        _ => DbError::Bug(told),
    }
}

/// A plan that a migration made stale, or a prepared statement that a pooler in between has forgotten.
pub(crate) fn is_stale(error: &tokio_postgres::Error) -> bool {
    let stale = [SqlState::FEATURE_NOT_SUPPORTED, SqlState::INVALID_SQL_STATEMENT_NAME];
    error.code().is_some_and(|code| stale.contains(code))
}

/// Sorts an error that answered COMMIT itself: only a word that surely means "rolled back" is believed.
pub(crate) fn of_commit(error: &tokio_postgres::Error) -> DbError {
    let Some(db) = error.as_db_error() else { return DbError::CommitUnknown };
    let sorted = of_postgres("COMMIT", error);
    let state = db.code().code();
    // 40003 is CockroachDB's "completion unknown". Resources (53) can only run out before the commit record.
    let undone = state != "40003" && ["23", "25", "40", "53"].iter().any(|class| state.starts_with(class));
    if undone || matches!(sorted, DbError::Broken(_)) { sorted } else { DbError::CommitUnknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(extended_code: i32, expected: fn(String) -> DbError) {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(extended_code), None);
        let sorted = of_sqlite("t", &error);
        assert_eq!(
            std::mem::discriminant(&sorted),
            std::mem::discriminant(&expected(String::new())),
            "{sorted}"
        );
    }

    #[test]
    fn sqlite_errors_are_sorted_by_what_can_be_done() {
        check(ffi::SQLITE_FULL, DbError::Unavailable);
        check(ffi::SQLITE_BUSY, DbError::Unavailable);
        check(ffi::SQLITE_IOERR_NOMEM, DbError::Unavailable);
        check(ffi::SQLITE_IOERR_FSYNC, DbError::Broken);
        check(ffi::SQLITE_IOERR_WRITE, DbError::Broken);
        check(ffi::SQLITE_CORRUPT, DbError::Broken);
        check(ffi::SQLITE_NOTADB, DbError::Broken);
        check(ffi::SQLITE_READONLY_DBMOVED, DbError::Broken);
        check(ffi::SQLITE_READONLY, DbError::Bug);
        check(ffi::SQLITE_CONSTRAINT_UNIQUE, DbError::Bug);
    }
}
