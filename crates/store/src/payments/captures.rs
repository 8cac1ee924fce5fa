//! Captures: money that moved, once for each of the provider's payments.

use super::Payment;
use crate::{DbError, Tx, v};
use hundi_core::payment::Into as CapturedInto;
use hundi_core::{CaptureId, Currency, Millis, Money, OrderId, PaymentId};

crate::statements! {
    INSERT_CAPTURE =
        "INSERT INTO capture (id, payment_id, order_id, merchant_id, mode, connection_id, provider_payment, \
         amount_minor, currency, credited, at_ms, created_ms, late) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (connection_id, provider_payment) DO NOTHING";
    CAPTURES_OF_ORDER =
        "SELECT id, payment_id, provider_payment, amount_minor, currency, credited, at_ms, late FROM capture \
         WHERE order_id = $1 ORDER BY at_ms, provider_payment";
}

/// Money that moved.
#[derive(Clone, Debug)]
pub struct Capture {
    pub id: CaptureId,
    pub payment_id: PaymentId,
    pub provider_payment: String,
    pub amount: Money,
    pub into: CapturedInto,
    pub at: Millis,
    /// The order stood closed when it became known.
    pub late: bool,
}

/// Writes a capture once. `false`: this provider payment was captured for something already.
pub async fn insert_capture(tx: &mut Tx, p: &Payment, c: &Capture, now: Millis) -> Result<bool, DbError> {
    let args = v![
        c.id,
        p.id,
        p.order_id,
        p.scope.merchant(),
        p.scope.mode(),
        p.connection_id,
        c.provider_payment,
        c.amount.minor(),
        c.amount.currency().code(),
        credited(c.into),
        c.at,
        now,
        c.late
    ];
    Ok(tx.exec(&INSERT_CAPTURE, args).await? == 1)
}

/// All captures of an order, by the provider's time.
pub async fn captures_of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Capture>, DbError> {
    let rows = tx.all(&CAPTURES_OF_ORDER, v![order]).await?;
    rows.iter()
        .map(|row| {
            let mut r = row.read();
            Ok(Capture {
                id: r.get()?,
                payment_id: r.get()?,
                provider_payment: r.get()?,
                amount: Money::new(r.get()?, r.get::<Currency>()?),
                into: into_of(&r.get::<String>()?),
                at: r.get()?,
                late: r.get()?,
            })
        })
        .collect()
}

pub(crate) const fn credited(into: CapturedInto) -> &'static str {
    match into {
        CapturedInto::Sales => "sales",
        CapturedInto::Suspense => "suspense",
    }
}

pub(crate) fn into_of(text: &str) -> CapturedInto {
    if text == "sales" { CapturedInto::Sales } else { CapturedInto::Suspense }
}
