//! The books: accounts, postings that cannot be unbalanced, and the entry for each fact (domain/books, section 3).

use crate::ids::{ConnectionId, MerchantId};
use crate::money::Money;
use crate::payment::Into;
use std::fmt;

/// Whose book. No posting joins two books, two modes or two currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    Merchant(MerchantId),
    Platform,
}

/// One account of a book. It appears when first used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Captured at a provider, not yet settled.
    Provider(ConnectionId),
    /// Settled by a provider, not yet in the bank.
    Settling(ConnectionId),
    Bank,
    Sales,
    Refunds,
    Fees,
    FeeGst,
    Commission,
    /// Commission due to the platform.
    Platform,
    /// Money that cannot be tied to anything yet. Either sign.
    Suspense,
    /// In the platform's book: what a merchant owes it.
    Merchant(MerchantId),
    CommissionIncome,
    GstOutput,
}

/// Which side makes an account grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    Asset,
    Expense,
    Liability,
    Income,
}

impl Account {
    pub const fn nature(self) -> Nature {
        match self {
            Self::Provider(_) | Self::Settling(_) | Self::Bank | Self::Merchant(_) => Nature::Asset,
            Self::Fees | Self::FeeGst | Self::Commission => Nature::Expense,
            Self::Platform | Self::Suspense | Self::GstOutput => Nature::Liability,
            Self::Sales | Self::Refunds | Self::CommissionIncome => Nature::Income,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(connection) => write!(f, "provider:{connection}"),
            Self::Settling(connection) => write!(f, "settling:{connection}"),
            Self::Bank => f.write_str("bank"),
            Self::Sales => f.write_str("sales"),
            Self::Refunds => f.write_str("refunds"),
            Self::Fees => f.write_str("fees"),
            Self::FeeGst => f.write_str("fee_gst"),
            Self::Commission => f.write_str("commission"),
            Self::Platform => f.write_str("platform"),
            Self::Suspense => f.write_str("suspense"),
            Self::Merchant(id) => write!(f, "merchant:{id}"),
            Self::CommissionIncome => f.write_str("commission_income"),
            Self::GstOutput => f.write_str("gst_output"),
        }
    }
}

/// An amount from one account to another: balanced by its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    debit: Account,
    credit: Account,
    amount: Money,
}

/// Zero, negative, or an account to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPosting;

impl Posting {
    pub fn new(debit: Account, credit: Account, amount: Money) -> Result<Self, NotAPosting> {
        if amount.is_positive() && debit != credit {
            Ok(Self { debit, credit, amount })
        } else {
            Err(NotAPosting)
        }
    }

    pub const fn debit(&self) -> Account {
        self.debit
    }

    pub const fn credit(&self) -> Account {
        self.credit
    }

    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// The same amount the other way: how an entry is undone.
    pub const fn mirrored(&self) -> Self {
        Self { debit: self.credit, credit: self.debit, amount: self.amount }
    }
}

/// What an entry is about. With the book and the source's id it is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    Capture,
    Refund,
    /// A refund that had gone back came back: the mirror of its entry.
    RefundReturned,
}

impl EntryKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Refund => "refund",
            Self::RefundReturned => "refund_returned",
        }
    }
}

/// Capture: what the provider now holds for the merchant is sales, or waits in suspense.
pub fn capture(connection: ConnectionId, amount: Money, into: Into) -> Result<Posting, NotAPosting> {
    let credit = match into {
        Into::Sales => Account::Sales,
        Into::Suspense => Account::Suspense,
    };
    Posting::new(Account::Provider(connection), credit, amount)
}

/// Refund processed: it leaves what the provider holds, from where the capture had put it.
pub fn refund(connection: ConnectionId, amount: Money, captured_into: Into) -> Result<Posting, NotAPosting> {
    let debit = match captured_into {
        Into::Sales => Account::Refunds,
        Into::Suspense => Account::Suspense,
    };
    Posting::new(debit, Account::Provider(connection), amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, Millis};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn connection() -> ConnectionId {
        ConnectionId::new(Millis(1), [0; 10])
    }

    #[test]
    fn nothing_and_less_cannot_be_posted() {
        for minor in [0, -1, i64::MIN] {
            assert_eq!(capture(connection(), Money::inr(minor), Into::Sales), Err(NotAPosting));
        }
        assert_eq!(Posting::new(Account::Sales, Account::Sales, Money::inr(1)), Err(NotAPosting));
    }

    proptest! {
        /// Any run of captures, refunds and returned refunds balances per currency, and `provider` holds the rest.
        #[test]
        fn entries_balance(facts in prop::collection::vec((0_u8..3, 1_i64..1_000_000, any::<bool>(), any::<bool>()), 0..40)) {
            let mut balance: BTreeMap<(String, Account), i128> = BTreeMap::new();
            let mut expected: BTreeMap<String, i128> = BTreeMap::new();
            for (kind, minor, suspense, usd) in facts {
                let into = if suspense { Into::Suspense } else { Into::Sales };
                let amount = Money::new(minor, if usd { Currency::USD } else { Currency::INR });
                let (posting, sign) = match kind {
                    0 => (capture(connection(), amount, into), 1),
                    1 => (refund(connection(), amount, into), -1),
                    _ => (refund(connection(), amount, into).map(|p| p.mirrored()), 1),
                };
                let posting = posting.map_err(|_| TestCaseError::fail("positive amounts post"))?;
                let currency = amount.currency().to_string();
                *balance.entry((currency.clone(), posting.debit())).or_default() += i128::from(minor);
                *balance.entry((currency.clone(), posting.credit())).or_default() -= i128::from(minor);
                *expected.entry(currency).or_default() += sign * i128::from(minor);
            }
            for (currency, held) in expected {
                let sum: i128 = balance.iter().filter(|((c, _), _)| *c == currency).map(|(_, v)| v).sum();
                prop_assert_eq!(sum, 0);
                let provider = balance.get(&(currency, Account::Provider(connection()))).copied().unwrap_or(0);
                prop_assert_eq!(provider, held);
            }
        }
    }
}
