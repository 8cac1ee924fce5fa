//! Refunds: money given back, never more than was captured.

mod create;
mod show;
mod watch;

pub use create::{NewRefund, create};
pub use hundi_store::refunds::{Filter, Refund};
pub use show::{get, list, of_payment};
pub use watch::{check_by_api, check_now};

pub(crate) use create::give_back;
pub(crate) use watch::watch;
