//! Stories of payments.

mod amounts;
mod beside;
mod doubt;
mod guard;
mod late;
mod manual;
mod parts;
mod retry;
mod returns;
mod tries;
mod voids;
mod walk;
