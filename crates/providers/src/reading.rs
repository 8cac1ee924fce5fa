//! What adapters share when they read: days and times, tables of settlement files, and answers that are no success.
//!
//! Simulators use none of it: a mistake here must not be answered by the same mistake there.

pub(crate) mod answers;
pub(crate) mod calendar;
pub(crate) mod table;
