//! The one integration binary. Runs on the engine that `HUNDI_TEST_ENGINE` names: sqlite, pg-rc or pg-ser.
#![expect(unreachable_pub, reason = "nothing reaches into a test binary; `pub` marks what stories may use")]
#![expect(clippy::unwrap_used, reason = "a story that can't go on should panic")]

mod alarms;
mod bad_input;
mod commands;
mod connections;
mod contract;
mod deliveries;
mod fallback;
mod house;
#[path = "../installed/mod.rs"]
mod installed;
mod keys;
mod limits;
mod lists;
mod methods;
mod notices;
mod orders;
mod payments;
#[cfg(feature = "failpoints")]
mod planted;
mod races;
mod refunds;
mod rehearsals;
mod routing;
mod secrets;
mod settlements;
mod storm;
mod sweeps;
#[path = "../tools/mod.rs"]
mod tools;
mod versions;
