//! Stories of what merchants hear.

mod addresses;
mod endpoints;
mod leases;
mod schedule;
mod signatures;
