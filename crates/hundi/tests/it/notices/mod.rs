//! Stories of messages from the provider.

mod early;
mod forged;
mod orders_of_arrival;
mod secrets;
