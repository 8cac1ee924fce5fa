//! ISO 4217 currencies in use and how many digits their minor unit has.

use std::fmt;
use std::str::FromStr;

/// A currency that money can be held in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

impl Currency {
    pub const INR: Self = Self { code: *b"INR", exponent: 2 };
    pub const USD: Self = Self { code: *b"USD", exponent: 2 };
    pub const JPY: Self = Self { code: *b"JPY", exponent: 0 };
    pub const KWD: Self = Self { code: *b"KWD", exponent: 3 };

    pub fn code(&self) -> &str {
        str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Every code there is.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        [TWO, NONE, THREE].into_iter().flat_map(|codes| codes.split(' '))
    }

    /// Digits of the minor unit: 2 for INR, none for JPY, three for KWD.
    pub const fn exponent(self) -> u8 {
        self.exponent
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Not one of the three-letter codes that we know, in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCurrency;

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let code = <[u8; 3]>::try_from(text.as_bytes()).map_err(|_| UnknownCurrency)?;
        let listed = |codes: &str| codes.split(' ').any(|c| c.as_bytes() == code);
        let exponent = match () {
            () if listed(TWO) => 2,
            () if listed(NONE) => 0,
            () if listed(THREE) => 3,
            () => return Err(UnknownCurrency),
        };
        Ok(Self { code, exponent })
    }
}

// ISO 4217 list one (amendment 177, without funds codes and metals). The Icelandic krona has no minor unit since 2007.
// Four digits (CLF, UYW) are accounting units and are not offered by any provider.
const TWO: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR \
IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN \
NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL \
THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
const NONE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, exponent: Option<u8>) {
        assert_eq!(text.parse::<Currency>().ok().map(Currency::exponent), exponent, "{text}");
    }

    #[test]
    fn exponents_follow_iso_4217() {
        check("INR", Some(2));
        check("USD", Some(2));
        check("JPY", Some(0));
        check("ISK", Some(0));
        check("KWD", Some(3));
        check("BHD", Some(3));
        assert_eq!("KWD".parse(), Ok(Currency::KWD));
    }

    #[test]
    fn every_code_is_one() {
        assert!(Currency::codes().all(|code| code.parse::<Currency>().is_ok_and(|c| c.code() == code)));
        assert_eq!(Currency::codes().filter(|code| *code == "INR").count(), 1);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "inr", "Inr", "INRR", "IN", "XXX", "XAU", " IN", "R U", "₹", "CLF", "USN"] {
            check(text, None);
        }
    }
}
