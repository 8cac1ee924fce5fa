//! Stories of orders, and of asking for anything twice.

mod crashes;
mod idempotency;
