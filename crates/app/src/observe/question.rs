//! What does not fit is put before a person: opened once, told once.

use super::{About, tell};
use crate::error::Error;
use crate::{App, public};
use hundi_core::event::EventType;
use hundi_core::{DiscrepancyId, Millis, Money, PaymentId};
use hundi_store::payments::Payment;
use hundi_store::{Tx, discrepancies, payments};

/// Something to put before a person.
pub(super) struct Questioned<'a> {
    pub(super) kind: &'static str,
    pub(super) subject: &'a str,
    pub(super) amount: Option<Money>,
    pub(super) detail: String,
}

/// Opens a discrepancy, once, with its event.
pub(super) async fn question(
    app: &App,
    tx: &mut Tx,
    p: &Payment,
    doubt: Questioned<'_>,
    now: Millis,
) -> Result<(), Error> {
    let discrepancy = discrepancies::Discrepancy {
        id: app.id(DiscrepancyId::new),
        scope: p.scope,
        kind: doubt.kind.to_owned(),
        subject: doubt.subject.to_owned(),
        connection_id: p.connection_id,
        order_id: Some(p.order_id),
        payment_id: Some(p.id),
        amount: doubt.amount,
        detail: doubt.detail,
        open: true,
        opened_at: now,
    };
    if discrepancies::open(tx, &discrepancy).await? {
        let id = discrepancy.id.to_string();
        let about = About { scope: p.scope, kind: "discrepancy", id: &id };
        let body = public::discrepancy(&discrepancy);
        tell(app, tx, about, (EventType::DiscrepancyOpened, 1, None), &body, now).await?;
    }
    Ok(())
}

/// The provider named this payment of ours together with something that is not its own: it moved nothing.
pub(crate) async fn contradicted(app: &App, tx: &mut Tx, id: PaymentId, subject: &str) -> Result<(), Error> {
    let p = payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })?;
    let doubt = Questioned {
        kind: "contradicted",
        subject,
        amount: None,
        detail: "The provider's list names this payment and something that is not its own. Ask the provider."
            .into(),
    };
    question(app, tx, &p, doubt, app.now()).await
}
