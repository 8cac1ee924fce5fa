//! What an account can be paid with, as `GET /v1/methods` lists it.

use super::{Razorpay, client};
use crate::contract::{Bank, Call, Choices, EmiBank, EmiPlan, Offer, Offers};
use crate::reading::decimal::percent;
use crate::reading::loose::Word;
use crate::reading::tree::Tree;
use crate::wire::Called;
use async_trait::async_trait;
use hundi_core::{Method, Money};
use std::collections::BTreeMap;

#[async_trait]
impl Choices for Razorpay {
    /// The same lists for every amount; plans name the least that they are for. Maps that are empty arrive as `[]`.
    async fn choices(&self, call: Call<'_>, _: Option<Money>) -> Called<Offers> {
        let listed = client::get(call.to("choices"), "/v1/methods").await?;
        let is_on = |place: &str| listed.aside(place) == Some(true);
        // By their names, or by whether they are on.
        let banks: BTreeMap<String, String> = listed.aside("/netbanking").unwrap_or_default();
        let on = |place: &str| -> BTreeMap<String, bool> { listed.aside(place).unwrap_or_default() };
        let coded =
            |(code, on): (String, bool)| on.then(|| Bank { name: code.clone(), code, corporate: None });
        let emi = if is_on("/emi") { instalments(&listed) } else { Vec::new() };
        let methods = [
            (Method::Upi, is_on("/upi"), Vec::new()),
            (Method::Card, is_on("/card"), Vec::new()),
            (
                Method::Netbanking,
                false,
                banks.into_iter().map(|(code, name)| Bank::named(code, name)).collect(),
            ),
            (Method::Wallet, false, on("/wallet").into_iter().filter_map(coded).collect()),
            (Method::PayLater, false, on("/paylater").into_iter().filter_map(coded).collect()),
            (Method::Emi, !emi.is_empty(), Vec::new()),
        ];
        let there = methods.into_iter().filter(|(_, is_on, banks)| *is_on || !banks.is_empty());
        Ok(Offers { methods: there.map(|(method, _, banks)| Offer { method, banks }).collect(), emi })
    }
}

/// A plan whose months or rate we can't read is left out: a wrong table is worse than a short one.
fn instalments(listed: &Tree) -> Vec<EmiBank> {
    let banks: BTreeMap<String, Tree> = listed.aside("/emi_plans").unwrap_or_default();
    let read = |(months, rate): (&String, &Word)| {
        Some(EmiPlan { months: months.parse().ok()?, rate: percent(rate.text()?)? })
    };
    let bank = |(code, bank): (String, Tree)| {
        // Months, and percent a year.
        let listed: BTreeMap<String, Word> = bank.aside("/plans")?;
        let mut plans: Vec<EmiPlan> = listed.iter().filter_map(read).collect();
        plans.sort_by_key(|plan| plan.months);
        Some(EmiBank { code, min_minor: bank.aside("/min_amount")?, plans })
    };
    banks.into_iter().filter_map(bank).filter(|bank| !bank.plans.is_empty()).collect()
}
