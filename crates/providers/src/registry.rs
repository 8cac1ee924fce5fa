//! Every provider there is, one line each.

use crate::contract::Provider;
use crate::razorpay::Razorpay;

const ALL: &[&dyn Provider] = &[&Razorpay];

pub fn all() -> &'static [&'static dyn Provider] {
    ALL
}

/// By [`crate::Card::id`].
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    ALL.iter().copied().find(|p| p.card().id == id)
}
