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
    /// In the book of whoever collected for a merchant: what it owes that merchant.
    Owed(MerchantId),
    /// In that merchant's own book: what the platform collected for it, and did not pay over yet.
    DueFromPlatform,
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
            Self::Provider(_)
            | Self::Settling(_)
            | Self::Bank
            | Self::Merchant(_)
            | Self::DueFromPlatform => Nature::Asset,
            Self::Fees | Self::FeeGst | Self::Commission => Nature::Expense,
            Self::Platform | Self::Suspense | Self::GstOutput | Self::Owed(_) => Nature::Liability,
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
            Self::Owed(id) => write!(f, "owed:{id}"),
            Self::DueFromPlatform => f.write_str("due_from_platform"),
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

/// Whose account at a provider holds what a payment brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// One of the merchant's own.
    Own(ConnectionId),
    /// The platform's, which is kept in its owner's book: the owner then owes the merchant the money.
    Lent { connection: ConnectionId, owner: MerchantId },
}

/// One fact's posting in each book that it belongs to. Each book balances by itself; both tell the same amount.
pub type Posted = Vec<(Book, Posting)>;

/// Capture: what the provider now holds for the merchant is sales, or waits in suspense.
pub fn capture(merchant: MerchantId, held: Held, amount: Money, into: Into) -> Result<Posted, NotAPosting> {
    let credit = match into {
        Into::Sales => Account::Sales,
        Into::Suspense => Account::Suspense,
    };
    let own = Book::Merchant(merchant);
    Ok(match held {
        Held::Own(connection) => {
            vec![(own, Posting::new(Account::Provider(connection), credit, amount)?)]
        }
        Held::Lent { connection, owner } => vec![
            (own, Posting::new(Account::DueFromPlatform, credit, amount)?),
            (Book::Merchant(owner), lent(connection, merchant, amount)?),
        ],
    })
}

/// Refund processed: it leaves what the provider holds, from where the capture had put it.
pub fn refund(
    merchant: MerchantId,
    held: Held,
    amount: Money,
    captured_into: Into,
) -> Result<Posted, NotAPosting> {
    let debit = match captured_into {
        Into::Sales => Account::Refunds,
        Into::Suspense => Account::Suspense,
    };
    let own = Book::Merchant(merchant);
    Ok(match held {
        Held::Own(connection) => {
            vec![(own, Posting::new(debit, Account::Provider(connection), amount)?)]
        }
        Held::Lent { connection, owner } => vec![
            (own, Posting::new(debit, Account::DueFromPlatform, amount)?),
            (Book::Merchant(owner), lent(connection, merchant, amount)?.mirrored()),
        ],
    })
}

/// What the owner's provider holds for another merchant.
fn lent(connection: ConnectionId, merchant: MerchantId, amount: Money) -> Result<Posting, NotAPosting> {
    Posting::new(Account::Provider(connection), Account::Owed(merchant), amount)
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

    const SHOP: u8 = 1;
    const OWNER: u8 = 2;

    fn merchant(n: u8) -> MerchantId {
        MerchantId::new(Millis(1), [n; 10])
    }

    fn lent_by(n: u8) -> Held {
        Held::Lent { connection: connection(), owner: merchant(n) }
    }

    #[test]
    fn what_the_platform_collects_stands_in_two_books() {
        let amount = Money::inr(149_900);
        let shown = |posted: Posted| -> Vec<String> {
            let line = |(book, p): &(Book, Posting)| {
                let whose = if *book == Book::Merchant(merchant(SHOP)) { "shop" } else { "owner" };
                let name = |account: Account| account.to_string().split(':').next().unwrap().to_owned();
                format!("{whose}: {} to {}", name(p.debit()), name(p.credit()))
            };
            assert!(posted.iter().all(|(_, p)| p.amount() == amount));
            posted.iter().map(line).collect()
        };
        let shop = merchant(SHOP);
        let captured = |held, into| shown(capture(shop, held, amount, into).unwrap());
        let refunded = |held, into| shown(refund(shop, held, amount, into).unwrap());
        let (own, lent) = (Held::Own(connection()), lent_by(OWNER));
        assert_eq!(captured(own, Into::Sales), ["shop: provider to sales"]);
        assert_eq!(
            captured(lent, Into::Sales),
            ["shop: due_from_platform to sales", "owner: provider to owed"]
        );
        assert_eq!(
            captured(lent, Into::Suspense),
            ["shop: due_from_platform to suspense", "owner: provider to owed"]
        );
        assert_eq!(refunded(own, Into::Suspense), ["shop: suspense to provider"]);
        assert_eq!(
            refunded(lent, Into::Sales),
            ["shop: refunds to due_from_platform", "owner: owed to provider"]
        );
        assert_eq!(
            refunded(lent, Into::Suspense),
            ["shop: suspense to due_from_platform", "owner: owed to provider"]
        );
    }

    #[test]
    fn nothing_and_less_cannot_be_posted() {
        for minor in [0, -1, i64::MIN] {
            for held in [Held::Own(connection()), lent_by(OWNER)] {
                assert_eq!(capture(merchant(SHOP), held, Money::inr(minor), Into::Sales), Err(NotAPosting));
                assert_eq!(refund(merchant(SHOP), held, Money::inr(minor), Into::Suspense), Err(NotAPosting));
            }
        }
        assert_eq!(Posting::new(Account::Sales, Account::Sales, Money::inr(1)), Err(NotAPosting));
    }

    proptest! {
        /// Any run of captures, refunds and returned refunds, through an own account or the platform's, balances in each
        /// book and currency; `provider` holds the rest; and the platform owes what its merchant's book says.
        #[test]
        fn entries_balance(facts in prop::collection::vec(
            (0_u8..3, 1_i64..1_000_000, any::<bool>(), any::<bool>(), any::<bool>()), 0..40)
        ) {
            let mut balance: BTreeMap<(Book, String, Account), i128> = BTreeMap::new();
            let mut expected: BTreeMap<(Book, String), i128> = BTreeMap::new();
            let (shop, owner) = (Book::Merchant(merchant(SHOP)), Book::Merchant(merchant(OWNER)));
            for (kind, minor, suspense, usd, through_platform) in facts {
                let into = if suspense { Into::Suspense } else { Into::Sales };
                let amount = Money::new(minor, if usd { Currency::USD } else { Currency::INR });
                let (held, holder) = match through_platform {
                    true => (lent_by(OWNER), owner),
                    false => (Held::Own(connection()), shop),
                };
                let (posted, sign) = match kind {
                    0 => (capture(merchant(SHOP), held, amount, into), 1),
                    1 => (refund(merchant(SHOP), held, amount, into), -1),
                    _ => {
                        let back = refund(merchant(SHOP), held, amount, into);
                        (back.map(|all| all.into_iter().map(|(book, p)| (book, p.mirrored())).collect()), 1)
                    }
                };
                let posted = posted.map_err(|_| TestCaseError::fail("positive amounts post"))?;
                let currency = amount.currency().to_string();
                for (book, posting) in posted {
                    *balance.entry((book, currency.clone(), posting.debit())).or_default() += i128::from(minor);
                    *balance.entry((book, currency.clone(), posting.credit())).or_default() -= i128::from(minor);
                }
                *expected.entry((holder, currency)).or_default() += sign * i128::from(minor);
            }
            for ((holder, currency), held) in expected {
                for book in [shop, owner] {
                    let of_book = balance.iter().filter(|((b, c, _), _)| *b == book && *c == currency);
                    prop_assert_eq!(of_book.map(|(_, v)| v).sum::<i128>(), 0);
                }
                let at = |book, account| balance.get(&(book, currency.clone(), account)).copied().unwrap_or(0);
                prop_assert_eq!(at(holder, Account::Provider(connection())), held);
                prop_assert_eq!(at(shop, Account::DueFromPlatform), -at(owner, Account::Owed(merchant(SHOP))));
            }
        }
    }
}
