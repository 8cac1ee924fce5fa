//! What surrounds every payer page: the merchant's name and colours, the amount, who runs the payment.

use super::super::format::initials;
use std::fmt;

/// The frame of a payer page.
#[derive(Clone, Debug)]
pub struct Chrome {
    pub merchant: String,
    /// `Indiranagar, Bengaluru`; may be empty.
    pub about: String,
    /// The order's amount. Empty where no order is known.
    pub amount: String,
    /// The merchant's colours, if it chose any.
    pub brand: Option<Brand>,
    /// One per answer, the same as in its Content-Security-Policy.
    pub nonce: String,
    pub test: bool,
    /// The provider's name; may be empty.
    pub run_by: String,
    /// Back to the shop without paying; none once an attempt has begun.
    pub leave: Option<String>,
}

impl Chrome {
    pub(super) fn monogram(&self) -> String {
        initials(&self.merchant)
    }
}

/// A merchant's colours: one for light, one for dark, and the text upon them. Contrast is checked when they are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brand {
    pub light: Colour,
    pub dark: Colour,
    pub on: Colour,
}

/// A colour that can stand in a style block: `#` and six digits, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(u32);

impl Colour {
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let plain = digits.len() == 6 && digits.bytes().all(|c| c.is_ascii_hexdigit());
        if plain { u32::from_str_radix(digits, 16).ok().map(Self) } else { None }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

/// How a waiting page learns the result: script asks `poll_url` for `{"state": ".."}` and reloads `page_url` when the
/// word is another than `state`.
#[derive(Clone, Debug)]
pub struct Live {
    pub poll_url: String,
    pub state: String,
    pub page_url: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_colour_is_a_colour() {
        assert_eq!(Colour::parse("#8A2d1f").map(|c| c.to_string()).as_deref(), Some("#8a2d1f"));
        for text in ["", "#", "8a2d1f", "#8a2d1", "#8a2d1f0", "#+a2d1f", "red", "#000;}*{display:none"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
