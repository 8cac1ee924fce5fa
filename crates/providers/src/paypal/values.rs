//! Amounts and times as PayPal writes them: decimal strings with PayPal's own exponents, RFC 3339 with or without a
//! colon in the offset. Never through a float.

use super::card::CARD;
use super::wire::Amount;
use crate::reading::calendar::{self, Unzoned};
use hundi_core::{Currency, Millis, Money};

/// Without decimals at PayPal, although ISO 4217 gives the forint and the Taiwan dollar two.
const WITHOUT_DECIMALS: &[&str] = &["HUF", "JPY", "TWD"];

/// Nothing where PayPal could not be told this amount: another currency, a part of a forint, zero.
pub(super) fn written(money: Money) -> Option<Amount> {
    let currency_code = money.currency().to_string();
    if !money.is_positive() || !CARD.currencies.contains(&currency_code.as_str()) {
        return None;
    }
    let text = money.decimal();
    let value = match text.split_once('.') {
        Some((units, cents)) if WITHOUT_DECIMALS.contains(&currency_code.as_str()) => {
            cents.bytes().all(|digit| digit == b'0').then(|| units.to_owned())?
        }
        Some(_) | None => text,
    };
    Some(Amount { currency_code, value })
}

pub(super) fn read(amount: &Amount) -> Option<Money> {
    let currency: Currency = amount.currency_code.parse().ok()?;
    Money::parse_decimal(&amount.value, currency)
}

/// In minor units with its sign, as the transaction search gives fees and refunds.
pub(super) fn read_signed(amount: &Amount) -> Option<(i64, Currency)> {
    let (sign, value) = match amount.value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, amount.value.as_str()),
    };
    let whole = read(&Amount { currency_code: amount.currency_code.clone(), value: value.to_owned() })?;
    Some((sign * whole.minor(), whole.currency()))
}

/// RFC 3339, with or without a colon in the offset.
pub(super) fn instant(text: &str) -> Option<Millis> {
    calendar::instant(text, Unzoned::Refused)
}
