//! Test builds only: facts about payments, misread by the bugs that were planted.

use crate::planted;
use hundi_core::payment::{Fact, Happened, Try};
use hundi_store::payments::Payment;

/// The facts as they are, unless a bug is switched on.
pub(super) fn misread(p: &Payment, facts: &[Fact]) -> Vec<Fact> {
    facts.iter().map(|fact| Fact { at: fact.at, happened: read(p, fact.happened.clone()) }).collect()
}

fn read(p: &Payment, happened: Happened) -> Happened {
    let Happened::Tried { provider_payment, what, detail } = happened else { return happened };
    let what = match what {
        Try::Failed { reason } if planted!("failed_try_fails_payment") => {
            return Happened::Refused { reason };
        }
        Try::Captured { .. } if planted!("accept_any_amount") => Try::Captured { amount: p.state.asked },
        Try::Captured { .. } if planted!("late_money_dropped") && p.state.lapsed => Try::Started,
        Try::Authorized { amount } if planted!("authorized_is_captured") => Try::Captured { amount },
        as_said => as_said,
    };
    Happened::Tried { provider_payment, what, detail }
}
