//! What an instalment plan costs.

use crate::razorpay::choices::rate_of;
use hundi_core::Bps;

#[test]
fn rates_are_hundredths_of_a_percent() {
    for (text, bps) in
        [("13", Some(1300)), ("15.5", Some(1550)), ("15.99", Some(1599)), ("\"16\"", Some(1600))]
    {
        assert_eq!(rate_of(text), bps.map(Bps), "{text}");
    }
    for text in ["", "-1", "1e3", "15.999", "x", "1.5.5"] {
        assert_eq!(rate_of(text), None, "{text}");
    }
}
