//! What a card does not offer is refused before any call, in the same words whoever is asked.

use crate::contract::{Account, CaptureBy, Flow, Opening, Provider};
use crate::reading::doubt::refused;
use crate::wire::CallError;

/// Whether this provider has all that an opening asks for, with this account.
pub(crate) fn offered(
    provider: &dyn Provider,
    account: &Account,
    opening: &Opening,
) -> Result<(), CallError> {
    let card = provider.card();
    let no = |why: &str| Err(refused(&format!("{} {why}", card.name)));
    match (opening.flow, opening.capture) {
        (flow, _) if !card.flows.contains(&flow) => no("has no page of this kind"),
        (Flow::UpiIntent, _) if !account.can("upi_intent") => no("gives this account no UPI links"),
        (_, CaptureBy::Us) if provider.capture().is_none() => no("can't hold money without taking it"),
        _ if !card.currencies.contains(&opening.amount.currency().code()) => {
            no("does not take this currency")
        }
        _ => Ok(()),
    }
}
