//! What is computed and never drawn: ids and bank references. The same seed gives the same run. And small spellings.

use hundi_core::{Currency, Millis};

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Makes every id of one simulator, from its seed and a counter.
pub(crate) struct Mint {
    seed: u64,
    made: u64,
}

impl Mint {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, made: 0 }
    }

    /// `pay_` and 14 letters or digits.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{}", self.fourteen())
    }

    /// Fourteen letters or digits, as event ids are.
    pub(crate) fn fourteen(&mut self) -> String {
        let mut bits = self.bits();
        let mut text = String::with_capacity(14);
        for _ in 0..14 {
            text.push(char::from(ALPHABET[usize::try_from(bits % 62).expect("a remainder of 62 fits")]));
            bits /= 62;
        }
        text
    }

    /// So many decimal digits, as a bank's reference has; the first is not a zero.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        let mut bits = self.bits();
        let mut text = String::with_capacity(count);
        for position in 0..count {
            let low = u32::from(position == 0);
            let digit = low + u32::try_from(bits % u128::from(10 - low)).expect("a digit fits");
            text.push(char::from_digit(digit, 10).expect("below ten"));
            bits /= 10;
        }
        text
    }

    fn bits(&mut self) -> u128 {
        self.made += 1;
        let high = mix(self.seed ^ mix(self.made));
        let low = mix(high ^ self.made.rotate_left(32));
        u128::from(high) << 64 | u128::from(low)
    }
}

/// The finalizer of SplitMix64: every input bit reaches every output bit.
const fn mix(input: u64) -> u64 {
    let z = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// `1499.00`, for UPI links and pages.
pub(crate) fn decimal(minor: i64, currency: &str) -> String {
    let exponent = currency.parse::<Currency>().map_or(2, Currency::exponent);
    if exponent == 0 {
        return minor.to_string();
    }
    let unit = 10_i64.pow(u32::from(exponent));
    format!("{}.{:0width$}", minor / unit, minor % unit, width = usize::from(exponent))
}

/// Year, month and day in India, where settlement days begin.
pub(crate) fn indian_date(at: Millis) -> (i64, i64, i64) {
    let shown = at.plus(19_800_000).to_string();
    let number =
        |from: usize, to: usize| shown.get(from..to).and_then(|t| t.parse().ok()).unwrap_or_default();
    (number(0, 4), number(5, 7), number(8, 10))
}

/// Percent-decoding of one path segment or form value. What isn't UTF-8 becomes the replacement character.
pub(crate) fn decoded(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).expect("two hex digits are one byte"));
                at += 2;
            }
            (b'+', _, _) if plus_is_space => out.push(b' '),
            (byte, _, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
