//! What adapters share when they read: days and times, amounts, tables of settlement files, messages and fields, values of
//! no sure shape, answers that are no success, and what is neither a yes nor a no.
//!
//! Simulators use none of it: a mistake here must not be answered by the same mistake there.

pub(crate) mod answers;
pub(crate) mod aside;
pub(crate) mod calendar;
pub(crate) mod decimal;
pub(crate) mod doubt;
pub(crate) mod loose;
pub(crate) mod pages;
pub(crate) mod settled;
pub(crate) mod table;
pub(crate) mod told;
pub(crate) mod tree;
