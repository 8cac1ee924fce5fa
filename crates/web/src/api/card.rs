//! Card data must not come here: what looks like a card number is refused, and its value goes nowhere.

use hundi_app::Error;
use std::borrow::Cow;

/// People write a card number in groups of four, or of four, six and five.
const GROUP_DIGITS_MAX: usize = 6;
/// 96 bits in hexadecimal; shorter words may be letters beside a card number.
const DIGEST_CHARS_MIN: usize = 24;

/// Names of fields that hold card data elsewhere, without `_`, `-` and `.`. Not `pan`: in India that is a tax number.
const NAMES: &[&str] = &[
    "card",
    "cardnumber",
    "cardno",
    "ccnumber",
    "ccnum",
    "creditcard",
    "debitcard",
    "cvv",
    "cvv2",
    "cvc",
    "cvc2",
    "cardcvv",
    "cardcvc",
    "securitycode",
    "expiry",
    "expirymonth",
    "expiryyear",
    "expmonth",
    "expyear",
    "cardexpiry",
    "trackdata",
    "track1",
    "track2",
    "atmpin",
    "upipin",
];

/// The refusal. It names the field and nothing of its value.
pub(super) fn refusal(param: impl Into<String>) -> Error {
    Error::invalid(param, "Card data must not be sent here: the payer gives it to the provider alone.")
}

/// Refuses a text that holds what looks like a card number.
pub(super) fn refuse(param: &str, text: &str) -> Result<(), Error> {
    if holds_pan(text) { Err(refusal(param)) } else { Ok(()) }
}

/// Whether a field of this name holds card data.
pub(super) fn is_name(name: &str) -> bool {
    let bare: String = name.chars().filter(|c| !matches!(c, '_' | '-' | '.')).collect();
    NAMES.contains(&bare.to_ascii_lowercase().as_str())
}

/// Whether some groups of digits read as a card number, in whatever digits and however they are set apart.
///
/// A caller's random names must pass: one UUID in some hundred holds enough digits in a row, and one in ten of those
/// the check digit. So groups are joined only where people write card numbers in groups, and a long hexadecimal word
/// is a digest. Single spaces and dashes join groups of any length; dots, strokes and the like also stand in dates and
/// versions, and join only groups as they stand on a card.
pub(super) fn holds_pan(text: &str) -> bool {
    let text = plain_digits(text);
    let mut row = Row::default();
    let mut rest = text.as_ref();
    loop {
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(word);
        let is_group =
            (1..=GROUP_DIGITS_MAX).contains(&head.len()) && head.bytes().all(|c| c.is_ascii_digit());
        if is_group {
            row.groups.push(head);
        } else if word_holds_pan(head) {
            return true;
        }
        let next = tail.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(tail.len());
        let (between, tail) = tail.split_at(next);
        match joint(between).filter(|_| is_group && !tail.is_empty()) {
            Some(joint) => row.joints.push(joint),
            None if row.holds_pan() => return true,
            None => row = Row::default(),
        }
        if tail.is_empty() {
            return false;
        }
        rest = tail;
    }
}

/// The same text with every script's digits as ours, and without characters that nobody sees.
fn plain_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let unseen =
        |c: &char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    Cow::Owned(text.chars().filter(|c| !unseen(c)).map(|c| digit(c).unwrap_or(c)).collect())
}

/// The digit nought of each script that has ten in a row (Unicode 16, category Nd), full-width and mathematical ones
/// among them; then superscripts and subscripts.
const NOUGHTS: &[u32] = &[
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
    0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
    0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30,
    0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0,
    0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60,
    0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0,
    0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0, 0x2080,
];

/// The digit that another script's character is.
fn digit(c: char) -> Option<char> {
    let value = match c {
        '\u{2070}' => 0,
        '\u{b9}' => 1,
        '\u{b2}' => 2,
        '\u{b3}' => 3,
        '\u{2074}'..='\u{2079}' => u32::from(c) - 0x2070,
        // Circled ones.
        '\u{2460}'..='\u{2468}' => u32::from(c) - 0x245f,
        _ => {
            let nought = NOUGHTS.iter().find(|nought| (**nought..**nought + 10).contains(&u32::from(c)))?;
            u32::from(c) - nought
        }
    };
    char::from_digit(value, 10)
}

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    /// One space or dash.
    Plain,
    /// Up to three of what else people put between groups.
    Odd,
}

const JOINT_CHARS_MAX: usize = 3;

/// A comma, a semicolon or a new line separates things of a list.
fn joint(between: &str) -> Option<Joint> {
    let stands_between = |c: char| {
        (c.is_whitespace() && !matches!(c, '\n' | '\r'))
            || matches!(
                c,
                '-' | '_' | '.' | '/' | '\\' | '*' | '+' | '~' | ':' | '\u{b7}' | '\u{2010}'..='\u{2015}'
            )
            || matches!(c, '\u{2022}' | '\u{2212}' | '\u{30fb}' | '\u{ff0d}' | '\u{ff0e}')
    };
    match between {
        " " | "-" => Some(Joint::Plain),
        _ if (1..=JOINT_CHARS_MAX).contains(&between.chars().count())
            && between.chars().all(stands_between) =>
        {
            Some(Joint::Odd)
        }
        _ => None,
    }
}

/// A card number within one word, with letters beside it or without.
fn word_holds_pan(word: &str) -> bool {
    let is_digest = word.len() >= DIGEST_CHARS_MIN
        && word.bytes().all(|c| c.is_ascii_hexdigit())
        && word.bytes().any(|c| c.is_ascii_alphabetic());
    !is_digest && word.split(|c: char| !c.is_ascii_digit()).any(is_pan)
}

/// Groups of digits in a row, and what joins each to the next.
#[derive(Default)]
struct Row<'t> {
    groups: Vec<&'t str>,
    joints: Vec<Joint>,
}

impl Row<'_> {
    fn holds_pan(&self) -> bool {
        (0..self.groups.len()).any(|from| {
            let mut digits = String::new();
            (from..self.groups.len()).any(|to| {
                digits.push_str(self.groups[to]);
                is_pan(&digits)
                    && (self.joints[from..to].iter().all(|joint| *joint == Joint::Plain)
                        || is_grouped_as_on_a_card(&self.groups[from..=to]))
            })
        })
    }
}

/// In fours, in four, six and the rest, or digit by digit.
fn is_grouped_as_on_a_card(groups: &[&str]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let in_fours = lengths.split_last().is_some_and(|(last, all)| *last <= 4 && all.iter().all(|n| *n == 4));
    in_fours || matches!(lengths[..], [4, 6, 4 | 5]) || lengths.iter().all(|n| *n == 1)
}

/// The issuer's first digits with the lengths it issues, and the check digit. The issuers' ranges spare us time stamps
/// and most order numbers, of which one in ten passes the check digit by chance.
fn is_pan(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let issued = match digits.len() {
        13 => matches!(bytes, [b'4', ..]),
        14 => matches!(bytes, [b'3', b'0' | b'6' | b'8' | b'9', ..]),
        15 => matches!(bytes, [b'3', b'4' | b'7', ..]),
        16 => matches!(
            bytes,
            [b'3'..=b'6', ..] | [b'2', b'2'..=b'7', ..] | [b'8', b'1' | b'2', ..] | [b'9', b'7', ..]
        ),
        17..=19 => matches!(bytes, [b'4'..=b'6', ..]),
        _ => false,
    };
    issued && luhn(digits)
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, c)| match u32::from(c - b'0') {
            digit if at % 2 == 0 => digit,
            digit if digit > 4 => digit * 2 - 9,
            digit => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, holds: bool) {
        assert_eq!(holds_pan(text), holds, "{text}");
    }

    #[test]
    fn card_numbers_are_seen_in_any_dress() {
        for pan in [
            "4111111111111111",
            "4012888888881881",
            "4222222222222",
            "5555555555554444",
            "5105105105105100",
            "2223003122003222",
            "378282246310005",
            "371449635398431",
            "6011111111111117",
            "3530111333300000",
            "30569309025904",
            "38520000023237",
            "6521111111111110",
            "6759649826438453",
            "5267318187975449",
        ] {
            check(pan, true);
            check(&format!("card: {pan}, thanks"), true);
            check(&format!("card{pan}x"), true);
            let grouped: Vec<String> =
                pan.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
            check(&grouped.join(" "), true);
            check(&grouped.join("-"), true);
            check(&format!("{} 123 12/27", grouped.join(" ")), true);
            check(&format!("no 7 {}", grouped.join(" ")), true);
            for joint in ["  ", "_", ".", "/", " - ", "\u{a0}", "\u{2009}", "\u{2013}", "\u{b7}", "\t", " . "]
            {
                check(&grouped.join(joint), true);
            }
            for nought in [0xff10_u32, 0x0966, 0x0660, 0x1d7ce] {
                let dressed: String =
                    pan.chars().map(|c| char::from_u32(nought + c.to_digit(10).unwrap()).unwrap()).collect();
                check(&dressed, true);
                check(&format!("card {dressed}."), true);
            }
            check(&pan.chars().map(|c| format!("{c}\u{200b}")).collect::<String>(), true);
            check(&pan.chars().map(|c| format!("{c} . ")).collect::<String>(), true);
            let mut typo = pan.to_owned().into_bytes();
            let last = typo.len() - 1;
            typo[last] = if typo[last] == b'9' { b'0' } else { typo[last] + 1 };
            check(&String::from_utf8_lossy(&typo), false);
        }
    }

    #[test]
    fn ordinary_numbers_pass() {
        // A time stamp, a day, a phone number, a UPI reference, an amount, a long id.
        for text in [
            "",
            "1789000000007",
            "20260801123455",
            "+919876543210",
            "431234567890",
            "129900",
            "ORD-2026-000001",
            "0000000000000000",
            "1111111111111117",
            "41111111111111111111",
            // Lists, moments, versions, addresses.
            "4111, 1111, 1111, 1111",
            "4111;1111;1111;1111",
            "4111\n1111\n1111\n1111",
            "2026-11-21 10:30:45.123456",
            "21/11/2026, 21.11.2026, 4.11.1111.1111",
            "41.111.111.111.111.11",
            "411111.11111.11111",
            // A UUID whose first groups would read as a Visa number, and one whose last groups would.
            "41111111-1111-4115-a111-abcdefabcdef",
            "a1b2c3d4-e5f6-4a1b-4111-111111111111",
            // A digest with such digits, and a shop's running number of thirteen.
            "ab4111111111111111cdef0123456789",
            "5678901234565",
        ] {
            check(text, false);
        }
    }

    /// Of what shops send as references, one in many thousands at most may be taken for a card number.
    #[test]
    fn random_names_pass() {
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let mut taken = 0;
        for _ in 0..200_000 {
            let (a, b) = (next(), next());
            let hex = format!("{a:016x}{b:016x}");
            let uuid =
                format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
            taken += u32::from(holds_pan(&uuid)) + u32::from(holds_pan(&hex));
        }
        assert!(taken < 40, "{taken} of 400,000");
    }

    #[test]
    fn names() {
        assert!(
            ["card", "Card_Number", "card-number", "CVV", "cvc2", "exp_month"].iter().all(|n| is_name(n))
        );
        assert!(["cardamom", "pan", "number", "course", ""].iter().all(|n| !is_name(n)));
    }
}
