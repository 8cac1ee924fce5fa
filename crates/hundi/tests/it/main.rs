//! The one integration binary. Runs on the engine that `HUNDI_TEST_ENGINE` names: sqlite, pg-rc or pg-ser.
#![expect(unreachable_pub, reason = "nothing reaches into a test binary; `pub` marks what stories may use")]

mod house;
mod notices;
mod payments;
mod refunds;
