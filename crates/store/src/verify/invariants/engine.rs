//! The engine under it. PostgreSQL checks its pages itself when `data_checksums` is on; SQLite is asked.

use crate::Stmt;
use crate::verify::{Asks, Given, Invariant};

static E01: Invariant = Invariant {
    id: "E01",
    what: "the file's pages, indexes and constraints are whole",
    quiet: false,
    given: Given::Nothing,
    asks: Asks::Sqlite,
    stmt: Stmt::new(
        "hundi_store::verify::E01",
        "SELECT integrity_check AS told FROM pragma_integrity_check WHERE integrity_check <> 'ok' LIMIT 21",
        Some(NOT_ASKED),
    ),
};

static E02: Invariant = Invariant {
    id: "E02",
    what: "every reference leads to a row",
    quiet: false,
    given: Given::Nothing,
    asks: Asks::Sqlite,
    stmt: Stmt::new(
        "hundi_store::verify::E02",
        "SELECT \"table\" || ' to ' || parent AS told FROM pragma_foreign_key_check LIMIT 21",
        Some(NOT_ASKED),
    ),
};

// A kill cannot tell FULL from NORMAL, only a power cut can: so the setting itself is looked at.
static E03: Invariant = Invariant {
    id: "E03",
    what: "a commit is on the disk before it is answered, and references are enforced",
    quiet: false,
    given: Given::Nothing,
    asks: Asks::SqliteWriter,
    stmt: Stmt::new(
        "hundi_store::verify::E03",
        "SELECT 'journal ' || j.journal_mode || ', synchronous ' || s.synchronous || ', foreign keys ' \
           || f.foreign_keys AS told FROM pragma_journal_mode j, pragma_synchronous s, pragma_foreign_keys f \
         WHERE j.journal_mode <> 'wal' OR s.synchronous < 2 OR f.foreign_keys <> 1 LIMIT 21",
        Some(NOT_ASKED),
    ),
};

/// PostgreSQL is never asked: this only has the same shape.
const NOT_ASKED: &str = "SELECT CAST(NULL AS TEXT) AS told WHERE 1 = 0";

pub(super) static ALL: &[&Invariant] = &[&E01, &E02, &E03];
/// For the registry.
pub(crate) static STATEMENTS: &[&Stmt] = &[&E01.stmt, &E02.stmt, &E03.stmt];
