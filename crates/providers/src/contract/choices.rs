//! What an account can be paid with, as its provider lists it: banks, wallets, instalment plans.

use super::Call;
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::{Bps, Method, Money};

/// A bank or a wallet by the provider's own code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bank {
    pub code: String,
    pub name: String,
    /// For companies' accounts. `None` where the provider does not say.
    pub corporate: Option<bool>,
}

/// Plans of one bank for paying in instalments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmiBank {
    pub code: String,
    /// In minor units of the offers' currency.
    pub min_minor: i64,
    pub plans: Vec<EmiPlan>,
}

/// So many months at so much interest a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmiPlan {
    pub months: u32,
    pub rate: Bps,
}

/// A method, and what there is to choose from within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub method: Method,
    /// Banks of netbanking, wallets. Empty where the method has nothing to choose from, or the provider lists nothing.
    pub banks: Vec<Bank>,
}

/// Everything that a provider lists for an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    pub methods: Vec<Offer>,
    pub emi: Vec<EmiBank>,
}

#[async_trait]
pub trait Choices: Send + Sync {
    /// What this account can be paid with. `amount` where the provider's lists depend on it.
    async fn choices(&self, call: Call<'_>, amount: Option<Money>) -> Result<Offers, CallError>;
}
