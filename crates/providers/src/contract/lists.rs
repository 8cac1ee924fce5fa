//! The provider's own lists: what moved on the account, and what it paid out.

use super::{Call, Report};
use crate::wire::{CallError, Called};
use async_trait::async_trait;
use hundi_core::{Millis, Money, OurRef};

/// A span of the provider's time, `from` within and `to` without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Millis,
    pub to: Millis,
}

/// A page of a list, and what to ask for the next with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// A page of lines of settlements.
pub type Lines = Page<SettlementLine>;

/// Everything that moved on the account, asked for daily: finds what no notice told and no poll asked.
#[async_trait]
pub trait Sweep: Send + Sync {
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Result<Page<Report>, CallError>;
}

/// Where a sweep's reports may lack the name that we gave.
#[async_trait]
pub trait Trace: Send + Sync {
    /// For a report that fits nothing of ours: the same, with what else the provider says of its name, at a call's price.
    async fn trace(&self, call: Call<'_>, report: Report) -> Result<Report, CallError>;
}

/// What the provider paid out and kept, where its API tells.
#[async_trait]
pub trait Settlements: Send + Sync {
    /// Lines of what was settled in the span. `None` where this account has no such list.
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Called<Option<Lines>>;
}

/// The same in a file that it gives out.
pub trait SettlementFile: Send + Sync {
    /// Its lines, CSV as downloaded. Columns are found by their headings.
    fn read_file(&self, bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem>;
}

/// Where a settlement's lines may lack the name that we gave.
#[async_trait]
pub trait Whose: Send + Sync {
    /// For a line whose ids fit nothing of ours: what else the provider says of whose it is, at a call's price. `None`
    /// where there is nothing to ask.
    async fn whose(&self, call: Call<'_>, line: &SettlementLine) -> Result<Option<Report>, CallError>;
}

/// One line of a settlement: what one payment or refund came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementLine {
    pub kind: SettledKind,
    /// The provider's id of the payment or refund.
    pub provider_id: String,
    /// The payment of a refund, where the line names it.
    pub of_payment: Option<String>,
    pub our_ref: Option<OurRef>,
    /// What moved, without a sign: the kind says which way.
    pub gross: Money,
    /// Kept by the provider, without the tax on it. Negative when given back.
    pub fee_minor: i64,
    pub tax_minor: i64,
    /// What the payout rose by: negative for refunds.
    pub net_minor: i64,
    pub settlement: Option<String>,
    /// The bank's reference of the payout.
    pub utr: Option<String>,
    pub settled_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettledKind {
    Payment,
    Refund,
    Chargeback,
    /// Money that the provider keeps or gives for another reason. The gross is signed by the net.
    Adjustment,
}

/// Why a file could not be read: the line, counted from 1, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    pub line: usize,
    pub what: String,
}
