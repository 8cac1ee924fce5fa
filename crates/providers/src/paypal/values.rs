//! Amounts and times as PayPal writes them: decimal strings with PayPal's own exponents, RFC 3339 with or without a
//! colon in the offset. Never through a float.

use super::card::CARD;
use super::wire::Amount;
use crate::reading::calendar::{self, Unzoned};
use hundi_core::{Millis, Money};

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
    Money::parse_decimal(&amount.value, amount.currency_code.parse().ok()?)
}

/// With its sign, as the transaction search gives fees and refunds.
pub(super) fn read_signed(amount: &Amount) -> Option<Money> {
    let Some(less) = amount.value.strip_prefix('-') else { return read(amount) };
    let whole = read(&Amount { value: less.to_owned(), ..amount.clone() })?;
    Some(Money::new(-whole.minor(), whole.currency()))
}

/// RFC 3339, with or without a colon in the offset.
pub(super) fn instant(text: &str) -> Option<Millis> {
    calendar::instant(text, Unzoned::Refused)
}
