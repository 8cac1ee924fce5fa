//! What every adapter does with a request and its answer: ids fit for a path, JSON, and statuses that need no reading.

use crate::contract::Account;
use crate::wire::{Answer, CallError, ReasonKind};
use hundi_core::{Money, OurRef};
use serde::de::DeserializeOwned;
use url::Url;

const ID_CHARS_MAX: usize = 64;
const DETAIL_CHARS_MAX: usize = 200;
/// A word with so many digits could be a payer's number.
const PRIVATE_DIGITS_MIN: usize = 7;

/// Where the account's API is, without a slash at its end.
pub(crate) fn base(account: &Account) -> &str {
    account.base_url.trim_end_matches('/')
}

/// An id fit for a path. One that came from outside must not be able to lead elsewhere.
pub(crate) fn id(text: &str) -> Result<&str, CallError> {
    if is_id(text) { Ok(text) } else { Err(CallError::not_done(ReasonKind::Refused, "not an id of theirs")) }
}

pub(crate) fn is_id(text: &str) -> bool {
    let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    plain && !text.is_empty() && text.len() <= ID_CHARS_MAX
}

/// The body of a success.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, CallError> {
    serde_json::from_slice(body)
        .map_err(|_| CallError::unknown(ReasonKind::Unreadable, "a success that does not read as one"))
}

pub(crate) fn is_success(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

/// What a status says by itself, whatever the body says. `None`: the body has to be read.
pub(crate) fn by_status(status: u16) -> Option<CallError> {
    Some(match status {
        401 => CallError::not_done(ReasonKind::Unauthorized, "wrong credentials"),
        403 => CallError::not_done(ReasonKind::Forbidden, "these credentials may not do this"),
        // Turned away before anything was looked at.
        429 => CallError::not_done(ReasonKind::RateLimited, "too many calls"),
        408 => CallError::unknown(ReasonKind::TimedOut, "status 408"),
        500.. => CallError::unknown(ReasonKind::ServerError, format!("status {status}")),
        _ => return None,
    })
}

/// Neither a success nor a refusal that reads as one.
pub(crate) fn unreadable(status: u16) -> CallError {
    CallError::unknown(ReasonKind::Unreadable, format!("status {status}"))
}

/// What an answer that is no success means: its status where that says it all, else the words in it. An error of the
/// server's may carry words that are worth showing.
pub(crate) fn judged<W, E: From<CallError>>(
    answer: &Answer,
    words: Option<W>,
    meaning: impl FnOnce(u16, W) -> E,
) -> E {
    match (by_status(answer.status), words) {
        (Some(error), _) if answer.status < 500 => error.into(),
        (_, Some(words)) => meaning(answer.status, words),
        (error, None) => error.unwrap_or_else(|| unreadable(answer.status)).into(),
    }
}

/// Codes and text for people, without words that could be a payer's address or number.
pub(crate) fn shown<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let private = |word: &str| {
        word.contains('@') || word.bytes().filter(u8::is_ascii_digit).count() >= PRIVATE_DIGITS_MIN
    };
    let words = parts.into_iter().flatten().flat_map(str::split_whitespace);
    let clean: Vec<_> = words.map(|word| if private(word) { "…" } else { word }).collect();
    clean.join(" ").chars().take(DETAIL_CHARS_MAX).collect()
}

/// Codes alone, for people: words that are anything else are left out, since they could quote what a payer typed.
pub(crate) fn codes<'a>(words: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let is_code = |word: &&str| {
        let plain = word.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
        plain && !word.is_empty() && word.len() <= ID_CHARS_MAX
    };
    words.into_iter().flatten().filter(is_code).collect::<Vec<_>>().join(" ")
}

/// A payment address as it is, unless it is a phone number at a bank: then its last four digits.
pub(crate) fn masked_vpa(vpa: &str) -> String {
    let (name, handle) = vpa.split_once('@').unwrap_or((vpa, ""));
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < PRIVATE_DIGITS_MIN {
        vpa.to_owned()
    } else {
        format!("••{}@{handle}", &digits[digits.len() - 4..])
    }
}

/// A payment address that is kept for long: `a•••@upi`.
pub(crate) fn veiled_vpa(vpa: &str) -> String {
    let (name, handle) = vpa.split_once('@').unwrap_or((vpa, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}•••@{handle}")
}

/// Our reference, where this is one.
pub(crate) fn our_ref(text: Option<&str>) -> Option<OurRef> {
    text.and_then(|t| t.parse().ok())
}

/// `Visa ••1234`, where these are the four digits that may be shown.
pub(crate) fn masked(label: &str, digits: &str) -> Option<String> {
    let fit = digits.len() == 4 && digits.bytes().all(|c| c.is_ascii_digit());
    fit.then(|| format!("{label} ••{digits}"))
}

/// The same of a number that its provider has masked, however many digits are left readable.
pub(crate) fn masked_number(label: &str, number: &str) -> Option<String> {
    masked(label, number.get(number.len().checked_sub(4)?..)?)
}

/// Where a payer can be sent to. A simulator may be without TLS.
pub(crate) fn is_page(url: &str, simulated: bool) -> bool {
    url.starts_with("https://") || simulated && url.starts_with("http://")
}

/// A `upi://` link to this amount, as far as it says: a payer is never shown one to another.
pub(crate) fn is_upi_link(link: &str, amount: Money) -> bool {
    let Some(url) = Url::parse(link).ok().filter(|_| link.starts_with("upi://")) else { return false };
    let of = |name: &str| url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned());
    let said = of("am").map(|text| Money::parse_decimal(&text, amount.currency()));
    let code = amount.currency().to_string();
    said.is_none_or(|said| said == Some(amount)) && of("cu").is_none_or(|said| said == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_payer_s_is_not_shown() {
        let parts = [Some("BAD_REQUEST"), None, Some("no payer a@b.example +91-98765-43210 of ₹640")];
        assert_eq!(shown(parts), "BAD_REQUEST no payer … … of ₹640");
        assert_eq!(codes([Some("A_1"), None, Some(""), Some("a b"), Some("a@b"), Some("22")]), "A_1 22");
        assert_eq!(masked_vpa("asha@okhdfc"), "asha@okhdfc");
        assert_eq!(masked_vpa("9876543210@ybl"), "••3210@ybl");
        assert_eq!((veiled_vpa("asha@upi"), veiled_vpa("")), ("a•••@upi".to_owned(), "•••@".to_owned()));
    }

    #[test]
    fn four_digits_are_shown_and_no_others() {
        assert_eq!(masked("Visa", "1234").as_deref(), Some("Visa ••1234"));
        assert_eq!(masked_number("Account", "XXXXXX1234").as_deref(), Some("Account ••1234"));
        for odd in ["", "123", "12345", "12x4", "é123"] {
            assert_eq!(masked("Card", odd), None, "{odd}");
        }
        assert_eq!((masked_number("Card", "123"), masked_number("Card", "é12")), (None, None));
    }

    #[test]
    fn a_link_to_another_amount_is_not_shown() {
        let amount = Money::inr(149_900);
        for good in ["upi://pay?pa=a@b", "upi://pay?pa=a@b&am=1499.00&cu=INR", "upi://pay?am=1499"] {
            assert!(is_upi_link(good, amount), "{good}");
        }
        for odd in ["upi://pay?am=1498.00", "upi://pay?am=x", "upi://pay?cu=USD", "https://a.example", ""] {
            assert!(!is_upi_link(odd, amount), "{odd}");
        }
    }

    #[test]
    fn payers_are_sent_to_pages() {
        assert!(is_page("https://a.example", false) && is_page("http://127.0.0.1", true));
        assert!(!is_page("http://a.example", false) && !is_page("javascript:x", true));
    }

    #[test]
    fn an_id_leads_nowhere_else() {
        for bad in ["", "..", "a/b", "a?b", "a%2fb", "é", &"a".repeat(65)] {
            assert!(id(bad).is_err(), "{bad}");
        }
        assert!(is_id("order_Ab-9"));
    }

    #[test]
    fn words_count_where_the_status_leaves_it_open() {
        let judged = |status, words: Option<&'static str>| -> CallError {
            let answer = Answer { status, headers: vec![], body: vec![] };
            judged(&answer, words, |_, words| CallError::not_done(ReasonKind::Refused, words))
        };
        for status in [400, 404, 409, 500, 503] {
            assert_eq!(judged(status, Some("x")), CallError::not_done(ReasonKind::Refused, "x"), "{status}");
        }
        for status in [401, 403, 408, 429] {
            assert_eq!(Some(judged(status, Some("x"))), by_status(status), "{status}");
        }
        assert_eq!(Some(judged(503, None)), by_status(503));
        assert_eq!(judged(400, None), unreadable(400));
    }
}
