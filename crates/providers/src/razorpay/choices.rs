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
        let listed: Tree = client::get(call.to("choices"), "/v1/methods").await?;
        let is_on = |place: &str| listed.aside(place) == Some(true);
        let banks: BTreeMap<String, String> = listed.aside("/netbanking").unwrap_or_default();
        let banks = banks.into_iter().map(|(code, name)| Bank { corporate: corporate(&name), code, name });
        let named = |place: &str| -> Vec<Bank> {
            let all: BTreeMap<String, bool> = listed.aside(place).unwrap_or_default();
            let on = all.into_iter().filter(|(_, on)| *on);
            on.map(|(code, _)| Bank { name: code.clone(), code, corporate: None }).collect()
        };
        let emi = if is_on("/emi") { instalments(&listed) } else { Vec::new() };
        let plain = |method, there: bool| there.then(|| Offer { method, banks: Vec::new() });
        let among = |method, banks: Vec<Bank>| (!banks.is_empty()).then_some(Offer { method, banks });
        let methods = [
            plain(Method::Upi, is_on("/upi")),
            plain(Method::Card, is_on("/card")),
            among(Method::Netbanking, banks.collect()),
            among(Method::Wallet, named("/wallet")),
            among(Method::PayLater, named("/paylater")),
            plain(Method::Emi, !emi.is_empty()),
        ];
        Ok(Offers { methods: methods.into_iter().flatten().collect(), emi })
    }
}

/// Only what the bank's own name says.
fn corporate(name: &str) -> Option<bool> {
    let name = name.to_lowercase();
    match (name.contains("corporate"), name.contains("retail")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (true, true) | (false, false) => None,
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
