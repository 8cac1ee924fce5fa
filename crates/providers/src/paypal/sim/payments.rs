//! Authorizations, captures and refunds, each by its own id.

use super::ask::{Ask, Refusal, Said};
use super::bank::{self, Wanted};
use super::keys::{self, Made};
use super::state::{Authorization, Capture, HoldStatus};
use super::{PayPalSim, show};
use serde_json::Value;

fn held<'s>(sim: &'s PayPalSim, ask: &Ask) -> Result<&'s Authorization, Refusal> {
    sim.authorizations.get(ask.id()).filter(|a| a.account == ask.account).ok_or_else(Refusal::no_such_id)
}

fn taken<'s>(sim: &'s PayPalSim, ask: &Ask) -> Result<&'s Capture, Refusal> {
    sim.captures.get(ask.id()).filter(|c| c.account == ask.account).ok_or_else(Refusal::no_such_id)
}

pub(super) fn authorization(sim: &mut PayPalSim, ask: &Ask) -> Said {
    Ok((200, show::authorization(sim, held(sim, ask)?)))
}

pub(super) fn capture_authorization(sim: &mut PayPalSim, ask: &Ask) -> Said {
    if let Some(value) = keys::seen(sim, ask)? {
        return Ok((200, value));
    }
    let hold = held(sim, ask)?;
    match hold.status {
        HoldStatus::Created => {}
        HoldStatus::Captured => return Err(Refusal::issue("AUTHORIZATION_ALREADY_CAPTURED")),
        HoldStatus::Denied => return Err(Refusal::issue("AUTHORIZATION_DENIED")),
        HoldStatus::Voided => return Err(Refusal::issue("AUTHORIZATION_VOIDED")),
    }
    let sum = ask.amount()?.unwrap_or_else(|| hold.sum.clone());
    if sum.currency != hold.sum.currency {
        return Err(Refusal::issue("AUTH_CAPTURE_CURRENCY_MISMATCH"));
    }
    if sum.minor > hold.sum.minor {
        return Err(Refusal::issue("MAX_CAPTURE_AMOUNT_EXCEEDED"));
    }
    let id = bank::take_hold(sim, ask.id(), sum);
    keys::made(sim, ask, Made::Capture(id))
}

/// 204 without a word, or 200 with the authorization where it is preferred.
pub(super) fn void(sim: &mut PayPalSim, ask: &Ask) -> Said {
    if let Some(value) = keys::seen(sim, ask)? {
        return Ok(if ask.whole { (200, value) } else { (204, Value::Null) });
    }
    match held(sim, ask)?.status {
        HoldStatus::Created => {}
        HoldStatus::Captured => return Err(Refusal::issue("PREVIOUSLY_CAPTURED")),
        HoldStatus::Voided => return Err(Refusal::issue("PREVIOUSLY_VOIDED")),
        HoldStatus::Denied => return Err(Refusal::issue("CANNOT_BE_VOIDED")),
    }
    bank::release(sim, ask.id());
    let (_, shown) = keys::made(sim, ask, Made::Authorization(ask.id().to_owned()))?;
    Ok(if ask.whole { (200, shown) } else { (204, Value::Null) })
}

pub(super) fn capture(sim: &mut PayPalSim, ask: &Ask) -> Said {
    Ok((200, show::capture(sim, taken(sim, ask)?)))
}

pub(super) fn refund_capture(sim: &mut PayPalSim, ask: &Ask) -> Said {
    if let Some(value) = keys::seen(sim, ask)? {
        return Ok((200, value));
    }
    let wanted = Wanted {
        capture: taken(sim, ask)?.id.clone(),
        sum: ask.amount()?,
        invoice_id: ask.text("invoice_id", 127)?,
        custom_id: ask.text("custom_id", 127)?,
        note: ask.text("note_to_payer", 255)?,
    };
    let id = bank::refund(sim, wanted).map_err(Refusal::issue)?;
    keys::made(sim, ask, Made::Refund(id))
}

pub(super) fn refund(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let given = sim.refunds.get(ask.id()).filter(|r| r.account == ask.account);
    Ok((200, show::refund(sim, given.ok_or_else(Refusal::no_such_id)?)))
}
