//! What does not fit: opened once per subject, kept until a person resolves it.

use crate::{DbError, Row, Tx, v};
use hundi_core::{ConnectionId, Currency, DiscrepancyId, Millis, Money, OrderId, PaymentId, Scope};

/// Something that does not fit.
#[derive(Clone, Debug)]
pub struct Discrepancy {
    pub id: DiscrepancyId,
    pub scope: Scope,
    /// `amount_mismatch`, `duplicate`, `overpaid` ...
    pub kind: String,
    /// The provider's payment or refund it is about.
    pub subject: String,
    pub connection_id: ConnectionId,
    pub order_id: Option<OrderId>,
    pub payment_id: Option<PaymentId>,
    pub amount: Option<Money>,
    pub detail: String,
    pub open: bool,
    pub opened_at: Millis,
}

macro_rules! columns {
    () => {
        "id, merchant_id, mode, kind, subject, connection_id, order_id, payment_id, amount_minor, currency, detail, \
         state, opened_ms"
    };
}

crate::statements! {
    OPEN = concat!(
        "INSERT INTO discrepancy (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', $12) \
         ON CONFLICT (connection_id, kind, subject) DO NOTHING"
    );
    OF_PAYMENT = concat!("SELECT ", columns!(), " FROM discrepancy WHERE payment_id = $1 ORDER BY opened_ms, id");
    OPEN_ONES = concat!(
        "SELECT ", columns!(), " FROM discrepancy WHERE merchant_id = $1 AND mode = $2 AND state = 'open' \
         ORDER BY opened_ms DESC, id DESC LIMIT $3"
    );
}

/// Opens it, once. `false`: it stands already.
pub async fn open(tx: &mut Tx, d: &Discrepancy) -> Result<bool, DbError> {
    let args = v![
        d.id,
        d.scope.merchant(),
        d.scope.mode(),
        d.kind,
        d.subject,
        d.connection_id,
        d.order_id,
        d.payment_id,
        d.amount.map(Money::minor),
        d.amount.map(|m| m.currency().to_string()),
        d.detail,
        d.opened_at
    ];
    Ok(tx.exec(&OPEN, args).await? == 1)
}

/// All about one payment.
pub async fn of_payment(tx: &mut Tx, payment: PaymentId) -> Result<Vec<Discrepancy>, DbError> {
    tx.all(&OF_PAYMENT, v![payment]).await?.iter().map(read).collect()
}

/// The newest open ones.
pub async fn open_ones(tx: &mut Tx, scope: Scope, limit: i64) -> Result<Vec<Discrepancy>, DbError> {
    tx.all(&OPEN_ONES, v![scope.merchant(), scope.mode(), limit]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Discrepancy, DbError> {
    let mut r = row.read();
    let id = r.get()?;
    let scope = Scope::of_row(r.get()?, r.get()?);
    let (kind, subject, connection_id) = (r.get()?, r.get()?, r.get()?);
    let (order_id, payment_id) = (r.get()?, r.get()?);
    let amount: (Option<i64>, Option<Currency>) = (r.get()?, r.get()?);
    Ok(Discrepancy {
        id,
        scope,
        kind,
        subject,
        connection_id,
        order_id,
        payment_id,
        amount: amount.0.zip(amount.1).map(|(minor, currency)| Money::new(minor, currency)),
        detail: r.get()?,
        open: r.get::<String>()? == "open",
        opened_at: r.get()?,
    })
}
