//! Ways to pay, as we name them. A provider's own words are translated in its `meaning.rs`.

use std::fmt;
use std::str::FromStr;

/// How a payer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    Card,
    Upi,
    Netbanking,
    Wallet,
    Emi,
    PayLater,
    BankTransfer,
    /// The provider named a method that we do not know yet. Kept, never guessed.
    Other,
}

impl Method {
    pub const ALL: &[Self] = &[
        Self::Card,
        Self::Upi,
        Self::Netbanking,
        Self::Wallet,
        Self::Emi,
        Self::PayLater,
        Self::BankTransfer,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Upi => "upi",
            Self::Netbanking => "netbanking",
            Self::Wallet => "wallet",
            Self::Emi => "emi",
            Self::PayLater => "pay_later",
            Self::BankTransfer => "bank_transfer",
            Self::Other => "other",
        }
    }

    /// As people read it.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Card => "Card",
            Self::Upi => "UPI",
            Self::Netbanking => "Netbanking",
            Self::Wallet => "Wallet",
            Self::Emi => "EMI",
            Self::PayLater => "Pay later",
            Self::BankTransfer => "Bank transfer",
            Self::Other => "Other",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not a method's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMethod;

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, UnknownMethod> {
        Self::ALL.iter().copied().find(|m| m.as_str() == text).ok_or(UnknownMethod)
    }
}
