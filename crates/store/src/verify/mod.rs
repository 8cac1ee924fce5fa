//! `hundi verify`: what must be true of any database, at any time, as statements that name whatever breaks it.
//!
//! The statements are data, in `invariants`: one list, each with the rule it holds. They only read, each in a
//! transaction of its own, so that they can run beside a live server. What they look at stands in one statement each,
//! hence in one snapshot. Quiet ones hold once the queues have drained; all others hold at any instant.

mod invariants;
#[cfg(test)]
mod tests;

pub(crate) use invariants::{BOOKS, ENGINE, FALLBACK, MESSAGES, METHODS, MONEY, STATES};

use crate::{DbError, Row, Stmt, Store, Tx, Value, audit, v};
use hundi_core::Millis;
use hundi_core::time::days;
use std::fmt;

/// Rows shown of one broken invariant. A broken book can have millions.
pub const SHOWN_MAX: usize = 20;
/// An outcome that stayed unknown for a day goes before a person at the next look; by now it has.
const UNKNOWN_MS_MAX: i64 = days(2);
/// Audit records read at a time.
const STRETCH: i64 = 500;
const AUDIT_ID: &str = "A01";
const AUDIT_RULE: &str = "each audit record's hash is the hash of what it says and of the record before it";

/// One rule: a statement that returns the rows that break it.
#[derive(Debug)]
pub struct Invariant {
    /// `I07` as in SAFETY, section 3; `L03` as in domain/books, section 8; `S..` rules of this schema; `E..` the engine.
    pub id: &'static str,
    pub what: &'static str,
    /// Holds once the queues have drained. The others hold at any instant.
    pub quiet: bool,
    given: Given,
    asks: Asks,
    stmt: Stmt,
}

/// What a statement gets as `$1`.
#[derive(Clone, Copy, Debug)]
enum Given {
    Nothing,
    /// What was due before this instant should have been done.
    Due,
    /// What was sent before this instant and is still unknown should stand before a person.
    LongUnknown,
}

/// Who can answer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    Anyone,
    /// SQLite alone knows of this.
    Sqlite,
    /// It is about the connection that writes.
    SqliteWriter,
}

/// How to look.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Load has stopped and the queues should have drained: check the quiet invariants as well.
    pub quiet: bool,
    pub now: Millis,
    /// How late a job, an answer or a position may be without being lost.
    pub grace_ms: i64,
}

/// What was looked at, and what was found.
#[derive(Clone, Debug)]
pub struct Report {
    pub checked: Vec<Checked>,
}

/// One invariant's outcome.
#[derive(Clone, Debug)]
pub struct Checked {
    pub id: &'static str,
    pub what: &'static str,
    /// The rows that break it, as text, up to [`SHOWN_MAX`].
    pub rows: Vec<Vec<String>>,
    /// There are more than are shown.
    pub more: bool,
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.broken().next().is_none()
    }

    /// The invariants that do not hold.
    pub fn broken(&self) -> impl Iterator<Item = &Checked> {
        self.checked.iter().filter(|c| !c.rows.is_empty())
    }
}

/// One line for each violating row, and one of totals.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for broken in self.broken() {
            writeln!(f, "{} broken: {}", broken.id, broken.what)?;
            for row in &broken.rows {
                writeln!(f, "    {}", row.join("  "))?;
            }
            if broken.more {
                writeln!(f, "    and more")?;
            }
        }
        write!(f, "{} invariants checked, {} broken", self.checked.len(), self.broken().count())
    }
}

/// Every invariant that is a statement, in order.
pub fn invariants() -> impl Iterator<Item = &'static Invariant> {
    invariants::ALL.iter().flat_map(|group| group.iter().copied())
}

/// Runs every invariant that applies. The database is only read.
pub async fn verify(store: &Store, options: &Options) -> Result<Report, DbError> {
    let is_pg = store.read(async |tx: &mut Tx| Ok::<_, DbError>(tx.is_pg())).await?;
    let options = *options;
    let mut checked = Vec::new();
    for invariant in invariants().filter(|i| options.quiet || !i.quiet) {
        let look = async move |tx: &mut Tx| check(tx, invariant, &options).await;
        checked.push(match invariant.asks {
            Asks::Anyone => store.read(look).await?,
            Asks::Sqlite if !is_pg => store.read(look).await?,
            Asks::SqliteWriter if !is_pg => store.write_background(look).await?,
            Asks::Sqlite | Asks::SqliteWriter => continue,
        });
    }
    checked.push(audit_chains(store).await?);
    Ok(Report { checked })
}

/// Runs one invariant in the given transaction.
async fn check(tx: &mut Tx, invariant: &'static Invariant, options: &Options) -> Result<Checked, DbError> {
    // A whole table may take longer than a page is allowed to.
    if tx.is_pg() {
        tx.batch("SET LOCAL statement_timeout = 0").await?;
    } else {
        tx.as_lite().lift_deadline();
    }
    let args = match invariant.given {
        Given::Nothing => v![],
        Given::Due => v![options.now.minus(options.grace_ms)],
        Given::LongUnknown => v![options.now.minus(UNKNOWN_MS_MAX + options.grace_ms)],
    };
    let found = tx.all(&invariant.stmt, args).await?;
    let rows = found.iter().map(texts).collect();
    Ok(shown(invariant.id, invariant.what, rows))
}

/// The whole of every chain, a stretch at a time: recomputed, since only the hash tells what was changed later.
async fn audit_chains(store: &Store) -> Result<Checked, DbError> {
    let mut broken = Vec::new();
    for chain in store.read(async |tx: &mut Tx| audit::chains(tx).await).await? {
        let mut tip = None;
        loop {
            let (name, after) = (chain.clone(), tip.as_ref().map_or(0, |(seq, _)| *seq));
            let stretch =
                store.read(async move |tx: &mut Tx| audit::stretch(tx, &name, after, STRETCH).await).await?;
            if stretch.is_empty() {
                break;
            }
            for (record, found) in stretch {
                if audit::link(tip, &record) != found {
                    broken.push(vec![chain.clone(), found.seq.to_string(), record.id.to_string()]);
                }
                // Goes on from what stands there, so that one change is one row and not all that follow it.
                tip = Some((found.seq, found.hash));
            }
            if broken.len() > SHOWN_MAX {
                return Ok(shown(AUDIT_ID, AUDIT_RULE, broken));
            }
        }
    }
    Ok(shown(AUDIT_ID, AUDIT_RULE, broken))
}

fn shown(id: &'static str, what: &'static str, mut rows: Vec<Vec<String>>) -> Checked {
    let more = rows.len() > SHOWN_MAX;
    rows.truncate(SHOWN_MAX);
    Checked { id, what, rows, more }
}

fn texts(row: &Row) -> Vec<String> {
    let mut columns = row.read();
    let mut texts = Vec::new();
    while let Ok(value) = columns.get::<Value>() {
        texts.push(match value {
            Value::Null => "-".to_owned(),
            Value::Int(n) => n.to_string(),
            Value::Text(text) => text,
            Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        });
    }
    texts
}
