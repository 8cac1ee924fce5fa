//! Journal entries, their postings, and balances folded behind a watermark.

use crate::{DbError, Tx, v};
use hundi_core::ledger::{Book, EntryKind, Posting};
use hundi_core::{EntryId, Millis, Mode, Scope};

/// One fact's postings in one book.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: EntryId,
    pub book: Book,
    pub mode: Mode,
    pub kind: EntryKind,
    /// `capture` or `refund`, and its id; `lent_capture` or `lent_refund` in the book of whoever lent the account.
    pub source_type: &'static str,
    pub source_id: String,
    /// The how-many-eth of its kind for this source.
    pub nth: i64,
    pub at: Millis,
    pub postings: Vec<Posting>,
}

crate::statements! {
    // SQLite has one writer, so the position is taken in the transaction; PostgreSQL's sequencer gives it after commit.
    INSERT_ENTRY =
        "INSERT INTO entry (id, book, mode, kind, source_type, source_id, nth, at_ms, created_ms, pos) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, (SELECT COALESCE(MAX(pos), 0) + 1 FROM entry))",
        pg "INSERT INTO entry (id, book, mode, kind, source_type, source_id, nth, at_ms, created_ms, pos) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)";
    INSERT_POSTING =
        "INSERT INTO posting (entry_id, n, debit, credit, amount_minor, currency) VALUES ($1, $2, $3, $4, $5, $6)";
    COUNT_OF_SOURCE = "SELECT COUNT(*) AS n FROM entry WHERE source_id = $1 AND kind = $2 AND book = $3";
    UNSEQUENCED = "SELECT id FROM entry WHERE pos IS NULL ORDER BY id LIMIT 500";
    LAST_POS = "SELECT COALESCE(MAX(pos), 0) AS pos FROM entry";
    SET_POS = "UPDATE entry SET pos = $2 WHERE id = $1 AND pos IS NULL";
    ANY_UNFOLDED =
        "SELECT 1 AS one WHERE EXISTS (SELECT id FROM entry WHERE pos IS NULL) OR EXISTS (SELECT id FROM entry \
         WHERE pos > (SELECT COALESCE(MAX(pos), 0) FROM watermark WHERE name = 'ledger'))";
    // What lies above the watermark, summed per account and side.
    UNFOLDED =
        "SELECT e.book, e.mode, p.debit, p.credit, p.currency, CAST(SUM(p.amount_minor) AS BIGINT) AS minor \
         FROM entry e JOIN posting p ON p.entry_id = e.id WHERE e.pos > $1 AND e.pos <= $2 \
         GROUP BY e.book, e.mode, p.debit, p.credit, p.currency";
    FOLD =
        "INSERT INTO balance (book, mode, account, currency, debits, credits) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (book, mode, account, currency) DO UPDATE SET debits = balance.debits + excluded.debits, \
         credits = balance.credits + excluded.credits";
    // Folded rows plus whatever is not folded yet: exact at any instant.
    BALANCES =
        "SELECT account, currency, CAST(SUM(debits) AS BIGINT) AS debits, CAST(SUM(credits) AS BIGINT) AS credits FROM ( \
           SELECT account, currency, debits, credits FROM balance WHERE book = $1 AND mode = $2 \
           UNION ALL SELECT p.debit, p.currency, p.amount_minor, 0 FROM entry e JOIN posting p ON p.entry_id = e.id \
             WHERE e.book = $1 AND e.mode = $2 AND (e.pos IS NULL OR e.pos > (SELECT COALESCE(MAX(pos), 0) FROM watermark WHERE name = 'ledger')) \
           UNION ALL SELECT p.credit, p.currency, 0, p.amount_minor FROM entry e JOIN posting p ON p.entry_id = e.id \
             WHERE e.book = $1 AND e.mode = $2 AND (e.pos IS NULL OR e.pos > (SELECT COALESCE(MAX(pos), 0) FROM watermark WHERE name = 'ledger')) \
         ) lines GROUP BY account, currency ORDER BY account, currency";
    OF_SOURCE =
        "SELECT e.id, e.kind, p.debit, p.credit, p.amount_minor, p.currency, e.at_ms FROM entry e \
         JOIN posting p ON p.entry_id = e.id WHERE e.source_id = $1 AND e.book = $2 ORDER BY e.created_ms, e.id, p.n";
}

/// A book as text: a merchant's id, or `platform`.
pub fn book_text(book: Book) -> String {
    match book {
        Book::Merchant(id) => id.to_string(),
        Book::Platform => "platform".to_owned(),
    }
}

/// Writes an entry with its postings. It is unique by book, source, kind and nth.
pub async fn insert(tx: &mut Tx, e: &Entry, now: Millis) -> Result<(), DbError> {
    let args =
        v![e.id, book_text(e.book), e.mode, e.kind.as_str(), e.source_type, e.source_id, e.nth, e.at, now];
    tx.push(&INSERT_ENTRY, args).await?;
    for (posting, n) in e.postings.iter().zip(1_i64..) {
        let amount = posting.amount();
        let args = v![
            e.id,
            n,
            posting.debit().to_string(),
            posting.credit().to_string(),
            amount.minor(),
            amount.currency().code()
        ];
        tx.push(&INSERT_POSTING, args).await?;
    }
    Ok(())
}

/// How many entries of this kind the source has in a book already.
pub async fn count_of_source(
    tx: &mut Tx,
    source_id: &str,
    kind: EntryKind,
    book: Book,
) -> Result<i64, DbError> {
    let row = tx.opt(&COUNT_OF_SOURCE, v![source_id, kind.as_str(), book_text(book)]).await?;
    row.map_or(Ok(0), |r| r.read().get())
}

/// Gives positions to entries that have none, in id order. Only the sequencer calls this. Returns how many.
pub async fn sequence(tx: &mut Tx) -> Result<usize, DbError> {
    let rows = tx.all(&UNSEQUENCED, v![]).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let last: i64 = tx.opt(&LAST_POS, v![]).await?.map_or(Ok(0), |r| r.read().get())?;
    for (row, pos) in rows.iter().zip(last + 1..) {
        let id: EntryId = row.read().get()?;
        tx.exec(&SET_POS, v![id, pos]).await?;
    }
    Ok(rows.len())
}

/// Whether there is anything to fold.
pub async fn any_unfolded(tx: &mut Tx) -> Result<bool, DbError> {
    Ok(tx.opt(&ANY_UNFOLDED, v![]).await?.is_some())
}

/// Adds what lies above the watermark to the folded balances and moves the watermark, in one transaction.
pub async fn fold(tx: &mut Tx) -> Result<(), DbError> {
    let from = crate::settings::watermark(tx, "ledger").await?;
    let to: i64 = tx.opt(&LAST_POS, v![]).await?.map_or(Ok(0), |r| r.read().get())?;
    if to <= from {
        return Ok(());
    }
    for row in tx.all(&UNFOLDED, v![from, to]).await? {
        let mut r = row.read();
        let (book, mode): (String, String) = (r.get()?, r.get()?);
        let (debit, credit, currency): (String, String, String) = (r.get()?, r.get()?, r.get()?);
        let minor: i64 = r.get()?;
        tx.exec(&FOLD, v![book, mode, debit, currency, minor, 0_i64]).await?;
        tx.exec(&FOLD, v![book, mode, credit, currency, 0_i64, minor]).await?;
    }
    crate::settings::move_watermark(tx, "ledger", from, to).await
}

/// One account's standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    pub account: String,
    pub currency: String,
    pub debits: i64,
    pub credits: i64,
}

/// The merchant's book, exact at this instant.
pub async fn balances(tx: &mut Tx, scope: Scope) -> Result<Vec<Balance>, DbError> {
    let rows = tx.all(&BALANCES, v![scope.merchant(), scope.mode()]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok(Balance { account: r.get()?, currency: r.get()?, debits: r.get()?, credits: r.get()? })
        })
        .collect()
}

/// A posting as it stands in the journal, for pages that show what a fact did to the books.
#[derive(Clone, Debug)]
pub struct Line {
    pub entry_id: EntryId,
    pub kind: String,
    pub debit: String,
    pub credit: String,
    pub amount_minor: i64,
    pub currency: String,
    pub at: Millis,
}

/// What one fact posted in a book.
pub async fn of_source(tx: &mut Tx, book: Book, source_id: &str) -> Result<Vec<Line>, DbError> {
    let rows = tx.all(&OF_SOURCE, v![source_id, book_text(book)]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok(Line {
                entry_id: r.get()?,
                kind: r.get()?,
                debit: r.get()?,
                credit: r.get()?,
                amount_minor: r.get()?,
                currency: r.get()?,
                at: r.get()?,
            })
        })
        .collect()
}
