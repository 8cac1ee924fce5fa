//! Paying in instalments, as the payer's page shows it: what each bank's plans come to. The plan itself is chosen where
//! the card is typed, at the provider.

use crate::pages::checkout::{BankPlans, Instalments, PlanRow};
use hundi_app::App;
use hundi_app::checkout::{Till, Way};
use hundi_app::choices::{self, BankPlans as Listed, EmiPlan, PayerPlans};
use hundi_app::connections::Flow;
use hundi_core::{Bps, Money, emi};
use std::sync::Arc;

/// What is shown where a provider of this order's lists plans for its amount.
pub(super) async fn instalments(app: &Arc<App>, till: &Till, pay_path: &str) -> Option<Instalments> {
    let mut ways: Vec<&Way> = till.ways.iter().filter(|w| w.lists && w.flow != Flow::UpiIntent).collect();
    // The provider's window takes what was chosen here; its page does not.
    ways.sort_by_key(|way| way.flow != Flow::Script);
    let mut ids: Vec<_> = ways.iter().map(|way| way.connection).collect();
    ids.dedup();
    let plans = choices::emi_for_payer(app, till.order.scope, &ids, till.order.amount).await?;
    let way = ways.into_iter().find(|way| way.connection == plans.connection)?;
    shown(&plans, way, pay_path)
}

fn shown(plans: &PayerPlans, way: &Way, pay_path: &str) -> Option<Instalments> {
    let lowest = plans.banks.iter().filter_map(least).min_by_key(|monthly| monthly.minor())?;
    let place = match way.flow {
        Flow::Script => "in its window",
        Flow::Redirect | Flow::UpiIntent => "on its page",
    };
    Some(Instalments {
        note: format!("From {} a month", lowest.shown()),
        banks: plans.banks.iter().map(bank).collect(),
        sentence: format!("{} asks for your card, and you choose the months {place}.", way.card.name),
        flow: way.flow.as_str(),
        connection: plans.connection.to_string(),
        action: format!("{pay_path}/start"),
        button: format!("Continue to {}", way.card.name),
    })
}

fn least(bank: &Listed) -> Option<Money> {
    bank.plans.iter().map(|(_, i)| i.monthly).min_by_key(|monthly| monthly.minor())
}

fn bank(bank: &Listed) -> BankPlans {
    let row = |(plan, i): &(EmiPlan, emi::Instalments)| {
        PlanRow {
            months: plan.months,
            rate: percent(plan.rate),
            monthly: i.monthly.shown(),
            total: i.total.shown(),
            // Without any, rounding may leave a paisa less than the amount.
            interest: if i.interest.is_positive() { i.interest.shown() } else { String::new() },
        }
    };
    BankPlans {
        name: bank.name.clone(),
        note: least(bank).map(|monthly| format!("From {} a month", monthly.shown())).unwrap_or_default(),
        plans: bank.plans.iter().map(row).collect(),
    }
}

/// `16%`, `15.99%`, `13.5%`
fn percent(rate: Bps) -> String {
    let (whole, rest) = (rate.0 / 100, rate.0 % 100);
    match (rest, rest % 10) {
        (0, _) => format!("{whole}%"),
        (_, 0) => format!("{whole}.{}%", rest / 10),
        (_, _) => format!("{whole}.{rest:02}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_without_what_says_nothing() {
        for (bps, text) in [(0, "0%"), (1600, "16%"), (1350, "13.5%"), (1599, "15.99%"), (1605, "16.05%")] {
            assert_eq!(percent(Bps(bps)), text);
        }
    }
}
