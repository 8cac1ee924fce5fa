//! The catalogue of events that merchants hear of. Facts, in the past.

use crate::{order, payment, refund};
use std::fmt;
use std::str::FromStr;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
        /// What happened, as merchants' endpoints filter and receive it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventType { $($(#[$doc])* $name),* }

        impl EventType {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

events! {
    OrderCreated "order.created"
    OrderAttempted "order.attempted"
    /// The one to fulfil on: once per order.
    OrderPaid "order.paid"
    OrderExpired "order.expired"
    OrderCancelled "order.cancelled"
    PaymentCreated "payment.created"
    PaymentPending "payment.pending"
    /// A try inside failed; the payer may try again.
    PaymentTryFailed "payment.try_failed"
    PaymentAuthorized "payment.authorized"
    /// Money moved as asked: once per capture.
    PaymentCaptured "payment.captured"
    /// Money moved, but not as asked: it waits in suspense for a person. Nothing to fulfil.
    PaymentSuspended "payment.suspended"
    PaymentFailed "payment.failed"
    PaymentExpired "payment.expired"
    PaymentCancelled "payment.cancelled"
    /// A call's outcome is unknown.
    PaymentInDoubt "payment.in_doubt"
    /// The provider has answered since.
    PaymentDoubtResolved "payment.doubt_resolved"
    /// It has been in doubt for a day: a person should ask the provider.
    PaymentDoubtEscalated "payment.doubt_escalated"
    RefundRequested "refund.requested"
    RefundProcessing "refund.processing"
    RefundProcessed "refund.processed"
    RefundFailed "refund.failed"
    DiscrepancyOpened "discrepancy.opened"
    /// Money moved at the provider, and no message told us of it.
    ConnectionWebhooksSilent "connection.webhooks_silent"
    /// The provider's messages have no proof that holds, or cannot be worked on.
    ConnectionWebhooksRefused "connection.webhooks_refused"
    ConnectionWebhooksRecovered "connection.webhooks_recovered"
    /// We disabled it, because it failed for days or said that it is gone.
    EndpointDisabled "endpoint.disabled"
    /// Sent by the test button.
    EndpointTest "endpoint.test"
}

impl EventType {
    pub const fn of_order(status: order::Status) -> Self {
        match status {
            order::Status::Created => Self::OrderCreated,
            order::Status::Attempted => Self::OrderAttempted,
            order::Status::Paid => Self::OrderPaid,
            order::Status::Expired => Self::OrderExpired,
            order::Status::Cancelled => Self::OrderCancelled,
        }
    }

    /// The event of a move into `status`. Captures have their own, one for each capture.
    pub const fn of_payment(status: payment::Status) -> Option<Self> {
        match status {
            payment::Status::Created => Some(Self::PaymentCreated),
            payment::Status::Pending => Some(Self::PaymentPending),
            payment::Status::Authorized => Some(Self::PaymentAuthorized),
            payment::Status::Captured => None,
            payment::Status::Failed => Some(Self::PaymentFailed),
            payment::Status::Expired => Some(Self::PaymentExpired),
            payment::Status::Cancelled => Some(Self::PaymentCancelled),
        }
    }

    pub const fn of_refund(status: refund::Status) -> Self {
        match status {
            refund::Status::Requested => Self::RefundRequested,
            refund::Status::Processing => Self::RefundProcessing,
            refund::Status::Processed => Self::RefundProcessed,
            refund::Status::Failed => Self::RefundFailed,
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownEvent;

impl FromStr for EventType {
    type Err = UnknownEvent;

    fn from_str(text: &str) -> Result<Self, UnknownEvent> {
        Self::ALL.iter().copied().find(|e| e.as_str() == text).ok_or(UnknownEvent)
    }
}
