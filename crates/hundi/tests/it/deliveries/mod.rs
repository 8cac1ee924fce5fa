//! Stories of what merchants hear.

mod addresses;
mod catalogue;
mod endpoints;
mod failing;
mod leases;
mod log;
mod mailed;
mod order;
mod published;
mod rate;
mod replay;
mod resends;
mod runs;
mod schedule;
mod signatures;
mod spellings;
