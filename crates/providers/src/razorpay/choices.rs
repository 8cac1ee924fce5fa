//! What an account can be paid with, as `GET /v1/methods` lists it.

use super::{Razorpay, client, wire};
use crate::contract::{Bank, Call, Choices, EmiBank, EmiPlan, Offer, Offers};
use crate::reading::loose::Loose;
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::{Bps, Method, Money};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[async_trait]
impl Choices for Razorpay {
    /// The same lists for every amount; plans name the least that they are for.
    async fn choices(&self, call: Call<'_>, _: Option<Money>) -> Result<Offers, CallError> {
        let listed: wire::Methods = client::get(call.to("choices"), "/v1/methods").await?;
        let mut methods = Vec::new();
        let mut offers = |method, there: bool, banks| {
            if there {
                methods.push(Offer { method, banks });
            }
        };
        let yes = |part: &Option<Loose<bool>>| Loose::of(part.as_ref()).copied().unwrap_or(false);
        offers(Method::Upi, yes(&listed.upi), Vec::new());
        offers(Method::Card, yes(&listed.card), Vec::new());
        let banks: Vec<Bank> = Loose::of(listed.netbanking.as_ref())
            .into_iter()
            .flatten()
            .map(|(code, name)| Bank { code: code.clone(), name: name.clone(), corporate: corporate(name) })
            .collect();
        offers(Method::Netbanking, !banks.is_empty(), banks);
        let named = |map: Option<&Loose<BTreeMap<String, bool>>>| -> Vec<Bank> {
            let on = Loose::of(map).into_iter().flatten().filter(|(_, on)| **on);
            on.map(|(code, _)| Bank { code: code.clone(), name: code.clone(), corporate: None }).collect()
        };
        let wallets = named(listed.wallet.as_ref());
        offers(Method::Wallet, !wallets.is_empty(), wallets);
        let later = named(listed.paylater.as_ref());
        offers(Method::PayLater, !later.is_empty(), later);
        let emi: Vec<EmiBank> = match yes(&listed.emi) {
            true => emi_of(listed.emi_plans.as_deref()),
            false => Vec::new(),
        };
        offers(Method::Emi, !emi.is_empty(), Vec::new());
        Ok(Offers { methods, emi })
    }
}

fn emi_of(listed: Option<&RawValue>) -> Vec<EmiBank> {
    let banks: BTreeMap<String, wire::EmiBank> =
        listed.and_then(|text| serde_json::from_str(text.get()).ok()).unwrap_or_default();
    banks.iter().map(plans).filter(|bank| !bank.plans.is_empty()).collect()
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
fn plans((code, bank): (&String, &wire::EmiBank)) -> EmiBank {
    let read = |months: &str, rate: &RawValue| {
        Some(EmiPlan { months: months.parse().ok()?, rate: rate_of(rate.get())? })
    };
    let mut plans: Vec<EmiPlan> = bank.plans.iter().filter_map(|(months, rate)| read(months, rate)).collect();
    plans.sort_by_key(|plan| plan.months);
    EmiBank { code: code.clone(), min_minor: bank.min_amount, plans }
}

/// `15`, `15.5`, `"15.99"`: percent, as text, and never through a float.
pub(super) fn rate_of(text: &str) -> Option<Bps> {
    let text = text.trim_matches('"');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = |t: &str| t.bytes().all(|c| c.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 2 || !plain(whole) || !plain(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<2}").parse().ok().map(Bps)
}
