//! What is true: money, ids, the payment, refund and order machines, the ledger, events, who may do what.
//!
//! Pure. No async, no SQL, no HTTP, no clock, no randomness, no serde: whatever a rule needs is an argument.

pub mod currency;
pub mod emi;
pub mod event;
pub mod failure;
pub mod guard;
pub mod ids;
pub mod ledger;
pub mod method;
pub mod money;
#[cfg(test)]
mod one_charge;
pub mod order;
pub mod payment;
pub mod refund;
pub mod routing;
pub mod scope;
pub mod secret;
pub mod time;
pub mod version;

pub use currency::Currency;
pub use failure::FailureReason;
pub use ids::*;
pub use method::Method;
pub use money::{Bps, Money, Round};
pub use scope::{Mode, Scope};
pub use secret::Secret;
pub use time::Millis;
pub use version::Version;
