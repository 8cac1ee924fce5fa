//! What stands on the account itself, where the provider tells: what was collected and not yet paid out.

use super::Call;
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::{Currency, Millis};

/// What the account holds in one currency, in its minor units. It can be overdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub currency: Currency,
    pub total_minor: i64,
    /// What can be refunded from or paid out. `None` where the provider does not say.
    pub available_minor: Option<i64>,
    /// What it holds back. `None` where the provider does not say.
    pub withheld_minor: Option<i64>,
}

/// What the provider told, and as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standings {
    pub of: Vec<Standing>,
    pub as_of: Option<Millis>,
}

/// A balance for pay-outs, which is money put there to be sent, is none of these.
#[async_trait]
pub trait Balances: Send + Sync {
    async fn balances(&self, call: Call<'_>) -> Result<Standings, CallError>;
}
