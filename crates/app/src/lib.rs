//! What we do: use cases, jobs, the one outward network client, the clock and randomness ports.
//!
//! A use case that leaves the house has three beats: begin (write the intent, commit), call (no transaction open),
//! record (write the answer, commit). SQL stays in `hundi_store`; HTTP stays in `hundi_web`.

pub mod answer;
pub mod api_keys;
mod app;
pub mod books;
mod caches;
pub mod check;
pub mod checkout;
pub mod choices;
pub mod clock;
pub mod connections;
pub mod customers;
pub mod deliveries;
pub mod endpoints;
pub mod error;
pub mod events;
pub mod exchanges;
pub mod expand;
pub mod exports;
#[cfg(feature = "failpoints")]
pub mod failpoints;
pub mod fallbacks;
pub mod follow;
pub mod home;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod mail;
mod memory;
pub mod metadata;
pub mod methods;
pub mod net;
pub mod networks;
pub mod notices;
mod observe;
pub mod orders;
pub mod passwords;
pub mod payments;
pub mod people;
pub mod public;
pub mod random;
pub mod refunds;
pub mod rehearsal;
pub mod requests;
pub mod returns;
pub mod routing;
pub mod seal;
pub mod settlements;
pub mod signing;
pub mod standings;
pub mod sweeps;
mod turns;
pub mod vault;
mod wired;

pub use app::{Actor, App, CheckUrl, Config, Demo, Ports, RETRIES, Schedule, StartError};
pub use error::{Entry, Error, catalogue};
pub use hundi_store::{Amounts, Cursor, Page};

/// A named point at which test builds can be told to stop dead. Released builds contain nothing of it.
macro_rules! fail_point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        $crate::failpoints::reach($name);
    };
}
pub(crate) use fail_point;

/// Whether test builds were told to carry this planted bug. Always `false` in released builds.
macro_rules! planted {
    ($name:literal) => {{
        #[cfg(feature = "failpoints")]
        {
            $crate::failpoints::planted($name)
        }
        #[cfg(not(feature = "failpoints"))]
        {
            false
        }
    }};
}
pub(crate) use planted;
