//! A token charged without its holder: beneath an order, at once.
//!
//! An amount whose last two digits are 13 is declined by the bank, so that a test can have a charge that fails.

use super::ask::{Ask, Refusal, Said};
use super::bank::{self, AfterHold};
use super::cards::failure;
use super::clock::Timer;
use super::craft::sign;
use super::state::Instrument;
use super::{RazorpaySim, payments};
use crate::sim::Fault;
use crate::sim::kit::Place;
use serde_json::json;

pub(super) fn create(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    for needed in ["email", "contact", "order_id", "customer_id", "token", "recurring"] {
        if ask.text(needed).is_none() {
            return Err(Refusal::missing(needed));
        }
    }
    let named = |name| ask.text(name).unwrap_or_default();
    let customer = sim.customers.get(named("customer_id")).filter(|c| c.account == ask.account);
    let token = customer.and_then(|c| c.tokens.iter().find(|t| t.id == named("token")));
    let token = token.ok_or_else(Refusal::no_such_id)?;
    if !token.recurring {
        return Err(Refusal::bad("The token is not confirmed for recurring payments"));
    }
    let (card, token_id) = (token.card, token.id.clone());
    let id = payments::create(sim, ask, Instrument::Card(card))?;
    let payment = sim.payments.get_mut(&id).expect("just created");
    payment.token = Some(token_id);
    let (declined, order) = (payment.amount % 100 == 13, payment.order.clone().unwrap_or_default());
    if declined {
        bank::fail(sim, &id, failure("card_declined"));
        return Err(Refusal::bad("Your payment has been declined by the bank"));
    }
    let target = bank::pay_target(sim, &id);
    match sim.panel.take(Place::Bank, &target) {
        Some(Fault::LateAuthorization { ms }) => {
            sim.at(sim.now.plus(ms), Timer::Authorize { payment: id.clone() });
        }
        _ => bank::authorize(sim, &id, AfterHold::AsTheOrderSays),
    }
    let secret = sim.accounts[ask.account].given.key_secret.expose();
    let signature = sign(secret, format!("{order}|{id}").as_bytes());
    Ok(json!({ "razorpay_payment_id": id, "razorpay_order_id": order, "razorpay_signature": signature }))
}
