//! Settlements: captured money, less fees and refunds, on its way to the merchant's bank; and the lines behind it.

use super::ask::{Ask, Refusal, Said, collection};
use super::clock::Timer;
use super::state::{Instrument, Settlement, Unsettled};
use super::{RazorpaySim, hooks, show};
use crate::sim::kit::indian_date;
use crate::sim::{SimRequest, statement};
use hundi_core::Millis;
use hundi_core::time::minutes;
use serde_json::{Value, json};

/// Runs start on whole minutes, so that what became ready within one is settled together.
const RUN_EVERY_MS: i64 = minutes(1);

impl RazorpaySim {
    /// Money moved: it will be in the settlement that runs once it is ready.
    pub(super) fn owe(&mut self, line: Unsettled) {
        let run = Millis((line.ready_at.0 + RUN_EVERY_MS - 1).div_euclid(RUN_EVERY_MS) * RUN_EVERY_MS);
        self.unsettled.push(line);
        if self.settle_runs.insert(run) {
            self.at(run, Timer::Settle);
        }
    }
}

/// One settlement for each account that has something to get. Refunds beyond that wait for later captures.
pub(super) fn run(sim: &mut RazorpaySim) {
    let now = sim.now;
    sim.settle_runs.retain(|at| *at > now);
    let all = std::mem::take(&mut sim.unsettled);
    let (ready, waiting): (Vec<_>, Vec<_>) = all.into_iter().partition(|line| line.ready_at <= now);
    sim.unsettled = waiting;
    for account in 0..sim.accounts.len() {
        let lines: Vec<Unsettled> = ready.iter().filter(|line| line.account == account).cloned().collect();
        let amount: i64 = lines.iter().map(|line| line.credit - line.debit).sum();
        if amount > 0 {
            settle(sim, account, amount, lines);
        } else {
            sim.unsettled.extend(lines);
        }
    }
}

fn settle(sim: &mut RazorpaySim, account: usize, amount: i64, lines: Vec<Unsettled>) {
    let id = sim.mint.id("setl");
    let utr = format!("SIMN{}", sim.mint.digits(12));
    if let Some(balance) = &mut sim.accounts[account].given.balance_minor {
        *balance -= amount;
    }
    sim.settlements.put(&id, Settlement { id: id.clone(), account, amount, utr, at: sim.now, lines });
    hooks::settlement_event(sim, &id);
}

pub(super) fn list(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let page = ask.page(100)?;
    let mine = |s: &&Settlement| s.account == ask.account && page.holds(s.at);
    let items = sim.settlements.iter().rev().filter(mine).skip(page.skip).take(page.count);
    Ok(collection(items.map(show::settlement).collect()))
}

pub(super) fn fetch(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let found = sim.settlements.get(ask.id(0)).filter(|s| s.account == ask.account);
    found.map(show::settlement).ok_or_else(Refusal::no_such_id)
}

/// The lines of the settlements of a month or a day, days as in India.
pub(super) fn recon(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let page = ask.page(1000)?;
    let number = |name: &str| ask.query(name).and_then(|t| t.parse::<i64>().ok());
    let year = number("year").filter(|y| (1000..=9999).contains(y));
    let year = year.ok_or_else(|| Refusal::field("year", "The year must be 4 digits."))?;
    let month = number("month").filter(|m| (1..=12).contains(m));
    let month = month.ok_or_else(|| Refusal::field("month", "The month is not a valid month."))?;
    let day = ask.query("day").map(|_| number("day").unwrap_or(0));
    let items = sim
        .settlements
        .iter()
        .filter(|s| s.account == ask.account)
        .filter(|s| {
            let (y, m, d) = indian_date(s.at);
            (y, m) == (year, month) && day.is_none_or(|wanted| wanted == d)
        })
        .flat_map(|s| s.lines.iter().map(move |line| (s, line)))
        .skip(page.skip)
        .take(page.count)
        .filter_map(|(settlement, line)| row(sim, settlement, line))
        .collect();
    Ok(collection(items))
}

/// Here `notes` is a text, not an object.
fn row(sim: &RazorpaySim, settlement: &Settlement, line: &Unsettled) -> Option<Value> {
    let refund = sim.refunds.get(&line.of);
    let payment = sim.payments.get(refund.map_or(&line.of, |r| &r.payment))?;
    let fee = payment.fee.filter(|_| refund.is_none());
    let notes = refund.map_or(&payment.notes, |r| &r.notes);
    let card = match &payment.instrument {
        Instrument::Card(card) => Some(*card),
        Instrument::Upi { .. } | Instrument::Netbanking { .. } | Instrument::Wallet { .. } => None,
    };
    Some(json!({
        "entity_id": line.of,
        "type": if refund.is_some() { "refund" } else { "payment" },
        "debit": line.debit,
        "credit": line.credit,
        "amount": refund.map_or(payment.amount, |r| r.amount),
        "currency": payment.currency,
        "fee": fee.map_or(0, |f| f.fee),
        "tax": fee.map_or(0, |f| f.tax),
        "on_hold": false,
        "settled": true,
        "created_at": refund.map_or(payment.created, |r| r.created).secs(),
        "settled_at": settlement.at.secs(),
        "settlement_id": settlement.id,
        "posted_at": null,
        "credit_type": "default",
        "description": payment.description,
        "notes": if notes.is_array() { "{}".to_owned() } else { notes.to_string() },
        "payment_id": refund.map(|r| &r.payment),
        "settlement_utr": settlement.utr,
        "order_id": payment.order,
        "order_receipt": sim.our_ref(payment.order.as_deref()),
        "method": show::method(&payment.instrument),
        "card_network": card.map(|c| c.network),
        "card_issuer": card.and_then(|c| c.issuer),
        "card_type": card.map(|c| c.kind),
        "dispute_id": null,
    }))
}

/// What the merchant's bank shows of the settlements.
pub(super) fn bank_statement(sim: &RazorpaySim, request: &SimRequest) -> Result<String, String> {
    let keys: Vec<&str> = sim.accounts.iter().map(|a| a.given.key_id.as_str()).collect();
    let account = statement::whose(request, &keys)?;
    let mine = sim.settlements.iter().filter(|s| s.account == account);
    let lines = mine.map(|s| statement::Line { at: s.at, utr: s.utr.clone(), net: s.amount });
    Ok(statement::csv("RAZORPAY SOFTWARE", "INR", &statement::transfers(lines)))
}
