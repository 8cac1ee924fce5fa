//! In tests: the parameters that a handler asks for and the fields that a body may have, so that the description of
//! the API can be held against them. Tests of this room run on one thread each.

use std::cell::RefCell;
use std::collections::BTreeSet;

thread_local! {
    static NAMES: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// A handler looks for the parameter of this name.
pub(super) fn parameter(name: &str) {
    NAMES.with_borrow_mut(|names| names.insert(name.to_owned()));
}

/// A field was unknown: the parser names those that it knows.
pub(super) fn fields(parser_says: &str) {
    let Some((_, known)) = parser_says.split_once("`, ") else { return };
    NAMES.with_borrow_mut(|names| names.extend(known.split('`').skip(1).step_by(2).map(str::to_owned)));
}

/// All names since the last look.
pub(crate) fn taken() -> BTreeSet<String> {
    NAMES.take()
}
