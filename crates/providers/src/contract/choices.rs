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

impl Bank {
    /// A bank as a list names it. Whether it is for companies is what its own name says, and no more.
    pub(crate) fn named(code: String, name: String) -> Self {
        let lower = name.to_lowercase();
        let corporate = match (lower.contains("corporate"), lower.contains("retail")) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            (true, true) | (false, false) => None,
        };
        Self { code, name, corporate }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_s_own_name_says_whom_it_is_for() {
        let of = |name: &str| Bank::named("X".to_owned(), name.to_owned()).corporate;
        assert_eq!((of("Axis Bank - Corporate Banking"), of("RETAIL")), (Some(true), Some(false)));
        assert_eq!((of("HDFC Bank"), of("Retail and Corporate")), (None, None));
    }
}
