//! PayPal's JSON, as far as it has shapes of its own: the rest is read by its places
//! ([`Tree`](crate::reading::tree::Tree)) where it is needed. PayPal adds fields without a new version.

use serde::{Deserialize, Serialize};

/// `{"currency_code":"USD","value":"24.50"}`, both ways. A JSON number is refused.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Amount {
    pub(super) currency_code: String,
    pub(super) value: String,
}

#[derive(Deserialize)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) rel: String,
}
