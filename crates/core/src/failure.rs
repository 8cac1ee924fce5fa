//! The one public list of reasons why a try at paying failed, each with advice for the payer.

use std::fmt;
use std::str::FromStr;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident $text:literal $title:literal $advice:literal)*) => {
        /// Why a try failed, in words that do not change from provider to provider.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FailureReason { $($(#[$doc])* $name),* }

        impl FailureReason {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// A short line for lists and headings.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }

            /// What the payer can do now.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice),* }
            }
        }
    };
}

reasons! {
    InsufficientFunds "insufficient_funds" "Not enough balance" "Pay from another account or by another method."
    AuthenticationFailed "authentication_failed" "The bank could not confirm it was you"
        "Try again and enter the code your bank sends, or pay by another method."
    UserCancelled "user_cancelled" "Cancelled by the payer" "Start again whenever you are ready."
    BankDown "bank_down" "The bank is not answering" "Pay by another method, or try again in a while."
    LimitExceeded "limit_exceeded" "Over the bank's limit" "Pay by another method, or raise the limit with your bank."
    DeclinedByBank "declined_by_bank" "Declined by the bank" "Pay by another method, or ask your bank."
    InstrumentInvalid "instrument_invalid" "These payment details do not work" "Check the details, or pay by another method."
    InstrumentExpired "instrument_expired" "This card has expired" "Pay with another card or method."
    InstrumentBlocked "instrument_blocked" "The bank has blocked this card or account" "Pay by another method, or ask your bank."
    NotEnabled "not_enabled" "Not enabled for online payments" "Enable it with your bank, or pay by another method."
    RiskRefused "risk_refused" "Refused by a risk check" "Pay by another method."
    TimedOut "timed_out" "Not confirmed in time" "Wait a few minutes before you try again: it may still go through."
    ProviderError "provider_error" "The payment provider had a problem" "Try again, or pay by another method."
    ProviderRefused "provider_refused" "The payment provider refused to start" "Try another method, or ask the shop."
    /// A code that nobody has mapped yet.
    Unrecognised "unrecognised" "The payment did not go through" "Try again, or pay by another method."
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownReason;

impl FromStr for FailureReason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL.iter().copied().find(|r| r.as_str() == text).ok_or(UnknownReason)
    }
}
