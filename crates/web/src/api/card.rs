//! Card data must not come here: what looks like a card number is refused, and its value goes nowhere.

use hundi_app::Error;

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

/// Whether some groups of digits, joined by single spaces or dashes, read as a card number.
///
/// A caller's random names must pass: one UUID in some hundred holds enough digits in a row, and one in ten of those
/// the check digit. So groups are joined only where people write card numbers in groups, and a long hexadecimal word
/// is a digest.
pub(super) fn holds_pan(text: &str) -> bool {
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = text;
    loop {
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(word);
        let is_group =
            (1..=GROUP_DIGITS_MAX).contains(&head.len()) && head.bytes().all(|c| c.is_ascii_digit());
        if is_group {
            groups.push(head);
        } else if word_holds_pan(head) {
            return true;
        }
        let mut separators = tail.chars();
        let separator = separators.next();
        let goes_on = is_group && matches!(separator, Some(' ' | '-'));
        if !goes_on {
            if any_run_is_pan(&groups) {
                return true;
            }
            groups.clear();
        }
        if separator.is_none() {
            return false;
        }
        rest = separators.as_str();
    }
}

/// A card number within one word, with letters beside it or without.
fn word_holds_pan(word: &str) -> bool {
    let is_digest = word.len() >= DIGEST_CHARS_MIN
        && word.bytes().all(|c| c.is_ascii_hexdigit())
        && word.bytes().any(|c| c.is_ascii_alphabetic());
    !is_digest && word.split(|c: char| !c.is_ascii_digit()).any(is_pan)
}

fn any_run_is_pan(groups: &[&str]) -> bool {
    (0..groups.len()).any(|from| {
        let mut digits = String::new();
        groups[from..].iter().any(|group| {
            digits.push_str(group);
            is_pan(&digits)
        })
    })
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
            "4111  1111  1111  1111",
            "4111_1111_1111_1111",
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

    #[test]
    fn names() {
        assert!(
            ["card", "Card_Number", "card-number", "CVV", "cvc2", "exp_month"].iter().all(|n| is_name(n))
        );
        assert!(["cardamom", "pan", "number", "course", ""].iter().all(|n| !is_name(n)));
    }
}
