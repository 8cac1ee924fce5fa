//! Stories of payments.

mod amounts;
mod doubt;
mod guard;
mod late;
mod manual;
mod returns;
mod tries;
mod voids;
mod walk;
