//! Typed, prefixed, time-ordered ids. Each kind parses its own text and nothing else.
//!
//! An id is 48 bits of milliseconds and 80 random bits, shown as the prefix and 26 characters of Crockford base 32
//! in lower case, so that text order is time order. Making one takes the time and the randomness as arguments.

use crate::time::Millis;
use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LEN: usize = 26;

/// Ten random bytes, from whoever owns randomness.
pub type Entropy = [u8; 10];

/// The text is not an id of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId {
    pub expected_prefix: &'static str,
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected an id that looks like {}_…", self.expected_prefix)
    }
}

fn pack(at: Millis, entropy: Entropy) -> u128 {
    let mut random = [0_u8; 16];
    random[6..].copy_from_slice(&entropy);
    let ms = u128::try_from(at.0.max(0)).unwrap_or(0) & 0xffff_ffff_ffff;
    (ms << 80) | u128::from_be_bytes(random)
}

fn write_text(f: &mut fmt::Formatter<'_>, prefix: &str, mut bits: u128) -> fmt::Result {
    let mut text = [0_u8; LEN];
    for slot in text.iter_mut().rev() {
        *slot = ALPHABET[usize::from(u8::try_from(bits & 31).unwrap_or(0))];
        bits >>= 5;
    }
    write!(f, "{prefix}_{}", str::from_utf8(&text).unwrap_or_default())
}

fn read_text(text: &str, prefix: &'static str) -> Result<u128, NotAnId> {
    let wrong = NotAnId { expected_prefix: prefix };
    let body = text.strip_prefix(prefix).and_then(|t| t.strip_prefix('_')).ok_or(wrong)?;
    // 26 characters carry 130 bits: the first may only use its lowest three.
    if body.len() != LEN || body.as_bytes()[0] > b'7' {
        return Err(wrong);
    }
    body.bytes().try_fold(0_u128, |bits, c| {
        let digit = ALPHABET.iter().position(|a| *a == c).ok_or(wrong)?;
        Ok((bits << 5) | u128::try_from(digit).unwrap_or(0))
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            pub fn new(at: Millis, entropy: Entropy) -> Self {
                Self(pack(at, entropy))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_text(f, $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_text(f, $prefix, self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                read_text(text, $prefix).map(Self)
            }
        }
    )*

        /// Every prefix in use, for the test that none is used twice.
        pub const ID_PREFIXES: &[&str] = &[$($prefix),*];
    };
}

ids! {
    /// What is owed.
    OrderId "ord"
    /// One engagement of one connection to collect an order.
    PaymentId "pay"
    CaptureId "cap"
    RefundId "rfd"
    /// A payer that a merchant knows.
    CustomerId "cus"
    /// What a provider keeps for a customer, to be charged again.
    SavedMethodId "pm"
    /// A merchant's account at a provider.
    ConnectionId "conn"
    MerchantId "mer"
    OrganizationId "org"
    EventId "evt"
    EndpointId "whe"
    DeliveryId "dlv"
    /// Events that are sent to an endpoint again.
    ReplayId "rpl"
    /// One event that is sent again.
    ResendId "rsd"
    /// One reading of a provider's own lists.
    SweepId "swp"
    /// A provider's message to us.
    NoticeId "ntc"
    /// A ledger entry.
    EntryId "ent"
    DiscrepancyId "disc"
    JobId "job"
    UserId "usr"
    AuditId "aud"
    /// One request to a provider and its answer.
    ExchangeId "exch"
    /// One move of a machine.
    TransitionId "move"
    /// An offer of the platform's own account to a merchant, and the agreement that it becomes.
    FallbackId "fbk"
    /// A data key that seals a merchant's secrets.
    DataKeyId "dk"
    /// A web request, as shown in errors and logs.
    RequestId "req"
}

/// What we call a payment or refund at every provider: exactly 20 characters of `[a-z0-9]`.
///
/// HDFC allows fewer than 21 characters, which is the narrowest of all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OurRef([u8; Self::LEN]);

impl OurRef {
    pub const LEN: usize = 20;

    pub fn new(at: Millis, entropy: Entropy) -> Self {
        // 50 bits of time, 50 of randomness.
        let mut bits = pack(at, entropy) >> 30 & ((1 << 98) - 1);
        let mut text = [0_u8; Self::LEN];
        for slot in text.iter_mut().rev() {
            *slot = ALPHABET[usize::from(u8::try_from(bits & 31).unwrap_or(0))];
            bits >>= 5;
        }
        Self(text)
    }

    /// When it was made: its first ten characters. Of one that is not ours, and only looks so, whatever they say.
    pub fn made_at(&self) -> Millis {
        let digit = |c: &u8| ALPHABET.iter().zip(0..).find(|(a, _)| *a == c).map_or(0, |(_, at)| at);
        Millis(self.0[..10].iter().fold(0, |ms, c| ms << 5 | digit(c)))
    }

    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for OurRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for OurRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OurRef {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        match <[u8; Self::LEN]>::try_from(text.as_bytes()) {
            Ok(bytes) if bytes.iter().all(|c| ALPHABET.contains(c)) => Ok(Self(bytes)),
            _ => Err(NotAnId { expected_prefix: "our_ref" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_prefix_is_used_twice() {
        let mut seen = std::collections::BTreeSet::new();
        assert!(ID_PREFIXES.iter().all(|p| seen.insert(p)));
    }

    #[track_caller]
    fn refused(text: &str) {
        assert!(text.parse::<PaymentId>().is_err(), "{text}");
    }

    #[test]
    fn parses_its_own_kind_only() {
        let id = PaymentId::new(Millis(1_789_000_000_000), [7; 10]);
        assert_eq!(id.to_string().parse::<PaymentId>(), Ok(id));
        assert!(id.to_string().parse::<OrderId>().is_err());
        for text in
            ["", "pay_", "pay", "pay_01", "PAY_01jz6v3n8000000000000000000", "pay_81jz6v3n800000000000000000"]
        {
            refused(text);
        }
        refused(&id.to_string().to_uppercase());
        refused(&format!("{id} "));
        refused(&format!("{id}0"));
        refused(&id.to_string().replace("pay_", "pay_é").chars().take(30).collect::<String>());
    }

    proptest! {
        #[test]
        fn text_order_is_time_order(a in 0_i64..1 << 47, b in 0_i64..1 << 47, x: [u8; 10], y: [u8; 10]) {
            let (first, second) = (OrderId::new(Millis(a), x), OrderId::new(Millis(b), y));
            prop_assert_eq!(first.cmp(&second), first.to_string().cmp(&second.to_string()));
            prop_assert_eq!(first.to_string().parse::<OrderId>(), Ok(first));
            if a < b { prop_assert!(first < second); }
        }

        #[test]
        fn our_ref_is_twenty_plain_characters(at in 0_i64..1 << 47, x: [u8; 10]) {
            let r = OurRef::new(Millis(at), x);
            prop_assert_eq!(r.as_str().len(), 20);
            prop_assert!(r.as_str().bytes().all(|c| c.is_ascii_alphanumeric()));
            prop_assert_eq!(r.as_str().parse::<OurRef>(), Ok(r));
            prop_assert_eq!(r.made_at(), Millis(at));
        }
    }
}
