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

/// Amounts in minor units that a list is narrowed to. Both ends belong to it; nothing said is no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    pub least: Option<i64>,
    pub most: Option<i64>,
}

impl Amounts {
    pub(crate) fn from(self) -> i64 {
        self.least.unwrap_or(i64::MIN)
    }

    pub(crate) fn to(self) -> i64 {
        self.most.unwrap_or(i64::MAX)
    }
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

    /// The page of one list that is made of several lists' pages: each held enough rows to fill it alone.
    pub fn merged<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> (Millis, String)) -> Vec<T> {
        let limit = usize::try_from(self.limit).unwrap_or(0);
        rows.sort_by_cached_key(|row| std::cmp::Reverse(key(row)));
        if self.is_up() {
            rows.drain(..rows.len().saturating_sub(limit));
        }
        rows.truncate(limit);
        rows
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_pages_keep_the_rows_next_to_the_cursor() {
        let key = |n: &i64| (Millis(*n), n.to_string());
        let page = |cursor| Page { cursor, ..Page::newest(3) };
        let at = |at| (Millis(at), at.to_string());
        assert_eq!(page(Cursor::Newest).merged(vec![9, 5, 8, 7], key), [9, 8, 7]);
        let (at_4, id) = at(4);
        assert_eq!(page(Cursor::Before { at: at_4, id }).merged(vec![9, 5, 8, 7], key), [8, 7, 5]);
        assert_eq!(page(Cursor::Newest).merged(vec![], key), [0; 0]);
    }
}
