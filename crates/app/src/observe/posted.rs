//! Entries in the books: one in the merchant's, and where the platform's account holds the money, one in its owner's.

use crate::error::Error;
use crate::{App, planted};
use hundi_core::ledger::{Book, EntryKind, Held, Posted};
use hundi_core::{EntryId, Millis};
use hundi_store::payments::Payment;
use hundi_store::{Tx, connections, ledger};

/// Whose account holds what this payment brings.
pub(super) async fn held(tx: &mut Tx, p: &Payment) -> Result<Held, Error> {
    let connection = p.connection_id;
    if p.fallback.is_none() {
        return Ok(Held::Own(connection));
    }
    let row = connections::load_by_id(tx, connection).await?.ok_or(Error::NotFound { what: "connection" })?;
    Ok(Held::Lent { connection, owner: row.scope.merchant() })
}

/// What an entry is of.
pub(super) struct Of<'a> {
    pub(super) kind: EntryKind,
    /// The capture or refund.
    pub(super) source_id: &'a str,
    /// The how-many-eth of its kind for its source, the same in each book.
    pub(super) nth: i64,
    pub(super) at: Millis,
}

/// Writes one fact's entry in each book that it belongs to.
pub(super) async fn write(
    app: &App,
    tx: &mut Tx,
    p: &Payment,
    of: Of<'_>,
    posted: Posted,
    now: Millis,
) -> Result<(), Error> {
    let books = if planted!("one_book_alone") { 1 } else { posted.len() };
    for (book, posting) in posted.into_iter().take(books) {
        let entry = ledger::Entry {
            id: app.id(EntryId::new),
            book,
            mode: p.scope.mode(),
            kind: of.kind,
            source_type: source_type(of.kind, book == Book::Merchant(p.scope.merchant())),
            source_id: of.source_id.to_owned(),
            nth: of.nth,
            at: of.at,
            postings: vec![posting],
        };
        ledger::insert(tx, &entry, now).await?;
    }
    Ok(())
}

/// What the source is to whose book this is: its own, or a merchant's that the account is lent to. So that whoever counts
/// a capture's own entries finds one.
const fn source_type(kind: EntryKind, own: bool) -> &'static str {
    match (kind, own) {
        (EntryKind::Capture, true) => "capture",
        (EntryKind::Capture, false) => "lent_capture",
        (EntryKind::Refund | EntryKind::RefundReturned, true) => "refund",
        (EntryKind::Refund | EntryKind::RefundReturned, false) => "lent_refund",
    }
}
