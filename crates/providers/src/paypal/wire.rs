//! PayPal's JSON, as far as it has shapes of its own: amounts, which are decimal strings with PayPal's own exponents, never
//! read through a float, and links. The rest is read by its places ([`Tree`](crate::reading::tree::Tree)) where it is
//! needed. PayPal adds fields without a new version.

use super::card::CARD;
use crate::reading::doubt::refused;
use crate::wire::Called;
use hundi_core::Money;
use serde::{Deserialize, Serialize};

/// `{"currency_code":"USD","value":"24.50"}`, both ways. A JSON number is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Amount {
    pub(super) currency_code: String,
    pub(super) value: String,
}

#[derive(Deserialize)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) rel: String,
}

/// Without decimals at PayPal, although ISO 4217 gives the forint and the Taiwan dollar two.
const WITHOUT_DECIMALS: &[&str] = &["HUF", "JPY", "TWD"];

impl Amount {
    /// Refused where PayPal could not be told this amount: another currency, a part of a forint, zero.
    pub(super) fn of(money: Money) -> Called<Self> {
        let (currency_code, text) = (money.currency().to_string(), money.decimal());
        let is_whole = WITHOUT_DECIMALS.contains(&currency_code.as_str());
        let value = if is_whole { text.strip_suffix(".00").unwrap_or(&text) } else { &text };
        let is_known = CARD.currencies.contains(&currency_code.as_str());
        if !is_known || !money.is_positive() || is_whole && value.contains('.') {
            return Err(refused("PayPal can't take this currency or amount; it takes no INR at all"));
        }
        Ok(Self { value: value.to_owned(), currency_code })
    }

    pub(super) fn money(&self) -> Option<Money> {
        Money::parse_decimal(&self.value, self.currency_code.parse().ok()?)
    }

    /// With its sign, as the transaction search gives fees and refunds.
    pub(super) fn signed(&self) -> Option<Money> {
        let Some(less) = self.value.strip_prefix('-') else { return self.money() };
        let whole = Money::parse_decimal(less, self.currency_code.parse().ok()?)?;
        Some(Money::new(-whole.minor(), whole.currency()))
    }
}
