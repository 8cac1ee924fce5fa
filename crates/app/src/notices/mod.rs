//! Messages from providers: verified over their raw bytes, stored, answered, and only then worked on by a job.

mod receive;
mod show;
mod trace;
mod work;

pub use hundi_store::notices::{Effect, Notice, State};
pub use receive::{Received, receive};
pub use show::{across, get, list, replay};
pub(crate) use work::{give_up, parked, work};
