//! Events that somebody had sent again, for whoever reads events by a cursor.

use crate::{DbError, Page, Row, Tx, v};
use hundi_core::{EventId, Millis, ResendId, Scope};

#[derive(Clone, Debug)]
pub struct Resend {
    pub id: ResendId,
    pub scope: Scope,
    pub event_id: EventId,
    /// To so many endpoints.
    pub deliveries: i64,
    pub asked_by: String,
    pub created_at: Millis,
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, event_id, deliveries, asked_by, created_ms"
    };
}

crate::statements! {
    INSERT = concat!("INSERT INTO resend (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7)");
    LOAD = concat!("SELECT ", columns!(), " FROM resend WHERE id = $1 AND merchant_id = $2 AND mode = $3");
    LIST = concat!(
        "SELECT ", columns!(), " FROM resend WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) < ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 ORDER BY created_ms DESC, id DESC LIMIT $7"
    );
    LIST_UP = concat!(
        "SELECT ", columns!(), " FROM resend WHERE merchant_id = $1 AND mode = $2 AND (created_ms, id) > ($3, $4) \
         AND created_ms >= $5 AND created_ms < $6 ORDER BY created_ms, id LIMIT $7"
    );
}

pub async fn insert(tx: &mut Tx, r: &Resend) -> Result<(), DbError> {
    let (merchant, mode) = (r.scope.merchant(), r.scope.mode());
    let args = v![r.id, merchant, mode, r.event_id, r.deliveries, r.asked_by, r.created_at];
    tx.exec(&INSERT, args).await.map(drop)
}

pub async fn load(tx: &mut Tx, scope: Scope, id: ResendId) -> Result<Option<Resend>, DbError> {
    tx.opt(&LOAD, v![id, scope.merchant(), scope.mode()]).await?.map(|r| read(&r)).transpose()
}

/// A page of a merchant's, newest first.
pub async fn list(tx: &mut Tx, scope: Scope, page: &Page) -> Result<Vec<Resend>, DbError> {
    let (at, id) = page.from(ResendId::PREFIX);
    let args = v![scope.merchant(), scope.mode(), at, id, page.created_from, page.created_to, page.limit];
    let rows = tx.all(if page.is_up() { &LIST_UP } else { &LIST }, args).await?;
    page.in_order(rows.iter().map(read).collect())
}

fn read(row: &Row) -> Result<Resend, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get()?);
    Ok(Resend {
        id,
        scope,
        event_id: r.get()?,
        deliveries: r.get()?,
        asked_by: r.get()?,
        created_at: r.get()?,
    })
}
