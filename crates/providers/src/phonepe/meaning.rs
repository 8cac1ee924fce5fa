//! What PhonePe's words mean in ours, where both APIs speak them: one match each, and nothing falls through to a success.
//!
//! A word that nobody has mapped is [`Unheard`]: no fact, and a person is told.

use crate::contract::{About, RefundAbout, Report};
use crate::reading::answers::{masked_number, masked_vpa, our_ref};
use crate::reading::aside::Aside;
use crate::reading::doubt::Unheard;
use hundi_core::{Currency, FailureReason, Money, refund};

/// An order is named by the merchant's own id, in both APIs.
pub(super) fn about(named: &str) -> About {
    About { provider_order: Some(named.to_owned()), our_ref: our_ref(Some(named)), provider_payment: None }
}

/// UPI response codes, as NPCI's error list names them, and PhonePe's own words.
pub(super) fn bank_reason(code: &str) -> FailureReason {
    use FailureReason as F;
    match code {
        "ZM" | "Z6" | "AUTHORIZATION_ERROR" | "INVALID_MPIN" => F::AuthenticationFailed,
        "Z9" => F::InsufficientFunds,
        "Z8" | "Z7" => F::LimitExceeded,
        "ZA" | "ZD" => F::UserCancelled,
        "U69" | "TXN_NOT_COMPLETED" => F::TimedOut,
        "U28" | "XY" => F::BankDown,
        "XB" | "XC" | "ZH" => F::InstrumentInvalid,
        "YE" | "YF" => F::InstrumentBlocked,
        "U30" => F::DeclinedByBank,
        _ => F::Unrecognised,
    }
}

/// What was paid from: an address, or a card, an account or a bank of the instrument's.
pub(super) fn shown(vpa: Option<&str>, instrument: &Aside) -> Option<String> {
    let network = instrument.text("cardNetwork").unwrap_or("Card");
    let card = || masked_number(network, instrument.text("maskedCardNumber")?);
    let account = || masked_number("Account", instrument.text("maskedAccountNumber")?);
    let bank = || instrument.text("bankId").map(str::to_owned);
    vpa.map(masked_vpa).or_else(card).or_else(account).or_else(bank)
}

/// The payment of a refund, in messages that don't name it.
pub(super) const UNNAMED: &str = "";

/// A refund, whose own id is the merchant's reference of it.
pub(super) fn given_back(
    (named, provider_payment): (&str, &str),
    amount: Money,
    bank_ref: Option<&str>,
    fact: refund::Fact,
) -> Report {
    let about = RefundAbout {
        provider_refund: named.to_owned(),
        provider_payment: provider_payment.to_owned(),
        our_ref: our_ref(Some(named)),
        amount,
        bank_ref: bank_ref.map(str::to_owned),
    };
    Report::Refund { about, fact }
}

/// All amounts are rupees unless one says otherwise: newer answers name their currency.
pub(super) fn money(minor: i64, currency: Option<&str>) -> Result<Money, Unheard> {
    let currency = currency.map_or(Ok(Currency::INR), str::parse);
    let amount = Money::new(minor, currency.map_err(|_| Unheard("a currency that we do not know"))?);
    if amount.is_positive() { Ok(amount) } else { Err(Unheard("an amount that is not positive")) }
}
