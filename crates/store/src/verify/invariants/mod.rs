//! The list. An entry reads: its id, its rule, and the statement that returns whatever breaks it.
//!
//! Not here, for want of tables: I28-I33, the commission's half of L04, L06-L10, L12 and the rest of L05 and L07. Not here, for want of a way to
//! break it: I15, since no refund needs a second person yet.

mod books;
mod engine;
mod fallback;
mod messages;
mod methods;
mod money;
mod states;

pub(crate) use books::STATEMENTS as BOOKS;
pub(crate) use engine::STATEMENTS as ENGINE;
pub(crate) use fallback::STATEMENTS as FALLBACK;
pub(crate) use messages::STATEMENTS as MESSAGES;
pub(crate) use methods::STATEMENTS as METHODS;
pub(crate) use money::STATEMENTS as MONEY;
pub(crate) use states::STATEMENTS as STATES;

use super::Invariant;

/// All of them, in the order in which they are checked and shown.
pub(super) static ALL: &[&[&Invariant]] =
    &[books::ALL, money::ALL, states::ALL, messages::ALL, methods::ALL, fallback::ALL, engine::ALL];

/// `ID "rule" "statement";` for what holds at any instant, `ID quiet "rule" "statement";` for what holds once the
/// queues have drained and `$1` is the instant before which things were due.
macro_rules! invariants {
    ($($id:ident $($when:ident)? $what:literal $sql:literal;)*) => {
        $(
            static $id: $crate::verify::Invariant = $crate::verify::Invariant {
                id: stringify!($id),
                what: $what,
                quiet: $crate::verify::invariants::invariants!(@quiet $($when)?),
                given: $crate::verify::invariants::invariants!(@given $($when)?),
                asks: $crate::verify::Asks::Anyone,
                stmt: $crate::Stmt::new(
                    concat!("hundi_store::verify::", stringify!($id)),
                    // One more than is shown, to know that there are more.
                    concat!($sql, " LIMIT 21"),
                    None,
                ),
            };
        )*
        pub(super) static ALL: &[&$crate::verify::Invariant] = &[$(&$id),*];
        /// For the registry.
        pub(crate) static STATEMENTS: &[&$crate::Stmt] = &[$(&$id.stmt),*];
    };
    (@quiet) => { false };
    (@quiet $when:ident) => { true };
    (@given) => { $crate::verify::Given::Nothing };
    (@given quiet) => { $crate::verify::Given::Due };
    (@given long_unknown) => { $crate::verify::Given::LongUnknown };
}
use invariants;

#[cfg(test)]
mod tests {
    use crate::verify::{SHOWN_MAX, invariants};

    #[test]
    fn one_more_is_read_than_is_shown() {
        let limit = format!(" LIMIT {}", SHOWN_MAX + 1);
        assert!(invariants().all(|i| i.stmt.sql.ends_with(&limit)));
    }
}
