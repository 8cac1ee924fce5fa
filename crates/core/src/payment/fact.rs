//! What can be known about a payment. Every road into the state speaks these words.

use crate::{FailureReason, Method, Money, time::Millis};

/// One thing that happened, at the provider's time where the provider said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub at: Millis,
    pub happened: Happened,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The provider opened it: the payer can be sent there.
    Opened,
    /// The payer agreed, and the provider waits for our word to take the money. It is not money yet.
    Approved,
    /// The provider surely did not open it: nothing can be paid there.
    Refused { reason: FailureReason },
    /// We stopped offering it. Money may still arrive.
    Lapsed,
    /// The merchant or the payer called it off. Money may still arrive.
    Cancelled,
    /// We asked for something and do not know whether it was done.
    WentUnknown,
    /// The merchant asked to take so much of what is held. Written before the provider hears of it.
    CaptureAsked { amount: Money },
    /// The provider answered a question about it, whatever it said.
    Answered,
    /// Something about one try of the payer.
    Tried { provider_payment: String, what: Try, detail: TryDetail },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Try {
    /// Begun, no result yet.
    Started,
    Failed {
        reason: FailureReason,
    },
    /// The bank holds the money; nobody has taken it yet.
    Authorized {
        amount: Money,
    },
    /// The provider let the hold go. Nothing was taken.
    Released,
    Captured {
        amount: Money,
    },
}

/// What is worth showing of a try. Never decides anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TryDetail {
    pub method: Option<Method>,
    /// Masked by the adapter: `asha@upi`, `Visa ••1007`, `HDFC`.
    pub instrument: Option<String>,
    /// RRN, UTR or the bank's transaction id.
    pub bank_ref: Option<String>,
    /// The provider's own code for a failure, for people who look closer.
    pub provider_code: Option<String>,
    /// Fee and the tax within it, as the provider quotes them. Posted with the settlement line, not now.
    pub quoted_fee: Option<i64>,
    pub quoted_tax: Option<i64>,
}

/// A capture as known, with the provider's time; or as asked for, with ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Captured {
    pub amount: Money,
    pub at: Millis,
}
