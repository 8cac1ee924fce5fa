//! The one integration binary. Runs on the engine that `HUNDI_TEST_ENGINE` names: sqlite, pg-rc or pg-ser.

mod house;
mod payments;
