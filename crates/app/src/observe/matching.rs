//! Which of our payments or refunds a provider's report is about, and whether all that it names fits.

use crate::error::Error;
use crate::planted;
use hundi_core::{ConnectionId, PaymentId, RefundId};
use hundi_providers::{About, RefundAbout, Report};
use hundi_store::payments::{self, Payment};
use hundi_store::{Tx, refunds};

/// Whom a report is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Matched {
    Payment(PaymentId),
    Refund(RefundId),
    /// A refund of this payment that we did not ask for.
    UnknownRefundOf(PaymentId),
    /// It names one of ours and something that is not its own: it moves nothing.
    Contradicts(PaymentId),
    /// Nobody's that we know, on this connection.
    Nobody,
}

/// Matches within one connection only: another merchant's or account's ids are nobody's here.
pub(crate) async fn of_report(
    tx: &mut Tx,
    connection: ConnectionId,
    report: &Report,
) -> Result<Matched, Error> {
    match report {
        Report::Payment { about, .. } => of_payment(tx, connection, about).await,
        Report::Refund { about, .. } => of_refund(tx, connection, about).await,
    }
}

async fn of_payment(tx: &mut Tx, connection: ConnectionId, about: &About) -> Result<Matched, Error> {
    let Some(id) = find_payment(tx, connection, about).await? else { return Ok(Matched::Nobody) };
    let p = payments::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "payment" })?;
    Ok(if fits(&p, about) || planted!("skip_evidence_match") {
        Matched::Payment(id)
    } else {
        Matched::Contradicts(id)
    })
}

async fn find_payment(
    tx: &mut Tx,
    connection: ConnectionId,
    about: &About,
) -> Result<Option<PaymentId>, Error> {
    if let Some(order) = &about.provider_order
        && let Some(id) = payments::find_by_provider_order(tx, connection, order).await?
    {
        return Ok(Some(id));
    }
    if let Some(our_ref) = about.our_ref
        && let Some(id) = payments::find_by_our_ref(tx, connection, our_ref).await?
    {
        return Ok(Some(id));
    }
    match &about.provider_payment {
        Some(id) => Ok(payments::find_by_provider_payment(tx, connection, id).await?),
        None => Ok(None),
    }
}

/// All that is present must match what we stored (DESIGN, rule 4).
fn fits(p: &Payment, about: &About) -> bool {
    let order = match (&about.provider_order, &p.provider_order) {
        (Some(said), Some(ours)) => said == ours || p.flow == "redirect" && about.our_ref == Some(p.our_ref),
        // Named before the provider's own answer reached us: our reference vouches for it.
        (Some(_), None) => about.our_ref == Some(p.our_ref),
        (None, _) => true,
    };
    let known_try = about.provider_payment.as_ref().is_some_and(|id| p.state.tries.contains_key(id));
    (order || known_try) && about.our_ref.is_none_or(|r| r == p.our_ref)
}

async fn of_refund(tx: &mut Tx, connection: ConnectionId, about: &RefundAbout) -> Result<Matched, Error> {
    if let Some(id) = refunds::find(tx, connection, &about.provider_refund, about.our_ref).await? {
        let f = refunds::load_by_id(tx, id).await?.ok_or(Error::NotFound { what: "refund" })?;
        // Not every provider's word about a refund names its payment; one that does must name the right one.
        let of_it = about.provider_payment.is_empty() || f.provider_payment == about.provider_payment;
        let fits = of_it && f.state.amount == about.amount;
        return Ok(if fits { Matched::Refund(id) } else { Matched::Contradicts(f.payment_id) });
    }
    if about.provider_payment.is_empty() {
        return Ok(Matched::Nobody);
    }
    let payment = payments::find_by_provider_payment(tx, connection, &about.provider_payment).await?;
    Ok(payment.map_or(Matched::Nobody, Matched::UnknownRefundOf))
}
