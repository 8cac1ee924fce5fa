//! Pages of a list, by key: `(created_ms, id)` before or after a known row. Never by offset.

use crate::DbError;
use hundi_core::Millis;

/// Which page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    pub limit: i64,
    pub cursor: Cursor,
    /// Inclusive.
    pub created_from: Millis,
    /// Exclusive.
    pub created_to: Millis,
}

/// Where a page starts.
#[derive(Clone, Debug)]
pub enum Cursor {
    Newest,
    /// Older than this row.
    After {
        at: Millis,
        id: String,
    },
    /// Newer than this row.
    Before {
        at: Millis,
        id: String,
    },
}

impl Page {
    /// The newest rows, one more than asked for where the caller wants to know whether there are more.
    pub const fn newest(limit: i64) -> Self {
        Self { limit, cursor: Cursor::Newest, created_from: Millis(i64::MIN), created_to: Millis(i64::MAX) }
    }

    pub(crate) const fn is_up(&self) -> bool {
        matches!(self.cursor, Cursor::Before { .. })
    }

    /// The key to compare with. `~` stands above every character of an id.
    pub(crate) fn from(&self, prefix: &str) -> (Millis, String) {
        match &self.cursor {
            Cursor::Newest => (Millis(i64::MAX), format!("{prefix}~")),
            Cursor::After { at, id } | Cursor::Before { at, id } => (*at, id.clone()),
        }
    }

    /// Rows read upwards are turned round, so that every page reads newest first.
    pub(crate) fn in_order<T>(&self, rows: Result<Vec<T>, DbError>) -> Result<Vec<T>, DbError> {
        let mut rows = rows?;
        if self.is_up() {
            rows.reverse();
        }
        Ok(rows)
    }
}
