//! Stories of refunds.

mod adopted;
mod doubt;
mod limits;
mod slow;
