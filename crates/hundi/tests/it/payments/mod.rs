//! Stories of payments.

mod walk;
