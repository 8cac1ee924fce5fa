//! How others speak: one folder a provider, each with its adapter and its simulator.
//!
//! No HTTP client, no database, no clock and no randomness in here. Adapters turn our words into a provider's request
//! through [`Wire`] and its answer into facts; simulators are functions from a request and a time to a response.

mod asking;
mod bearing;
pub mod cashfree;
mod charging;
pub mod contract;
pub mod hdfc;
mod offered;
mod opened;
pub mod paypal;
pub mod paytm;
pub mod phonepe;
mod proof;
pub mod razorpay;
mod reading;
mod refunding;
pub mod registry;
mod schedule;
pub mod sim;
#[cfg(test)]
mod testing;
pub mod wire;
mod writing;

pub use contract::*;
pub use wire::{Answer, CallError, Header, Reason, ReasonKind, Request, Wire};
