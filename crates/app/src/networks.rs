//! Networks that a key may be used from, as people write them: `203.0.113.9`, `10.0.0.0/8`, `2001:db8::/32`.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// Networks of one key.
pub const NETWORKS_MAX: usize = 20;

/// Some addresses that share their first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

/// Neither an address nor a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoNetwork;

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.base.is_ipv4() == address.is_ipv4() && masked(address, self.bits) == masked(self.base, self.bits)
    }
}

/// The address as one number, with the bits behind the network's own at nought.
fn masked(address: IpAddr, bits: u8) -> u128 {
    let (number, width) = match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32_u32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    let free = width.saturating_sub(u32::from(bits));
    number.checked_shr(free).unwrap_or(0).checked_shl(free).unwrap_or(0)
}

impl FromStr for Network {
    type Err = NoNetwork;

    /// Bits behind the network's own are a mistake: `10.0.0.1/8` could mean either.
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let base: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let mapped = matches!(base, IpAddr::V6(v6) if Ipv6Addr::to_ipv4_mapped(&v6).is_some());
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(text) if text.len() <= 3 && text.bytes().all(|c| c.is_ascii_digit()) => {
                text.parse().map_err(|_| NoNetwork)?
            }
            Some(_) => return Err(NoNetwork),
        };
        let network = Self { base, bits };
        let plain = masked(base, bits) == masked(base, most);
        if bits <= most && plain && !mapped { Ok(network) } else { Err(NoNetwork) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, address: &str, within: bool) {
        let network: Network = network.parse().unwrap();
        assert_eq!(network.contains(address.parse().unwrap()), within, "{network} {address}");
    }

    #[test]
    fn addresses_are_within_or_without() {
        check("203.0.113.9", "203.0.113.9", true);
        check("203.0.113.9", "203.0.113.8", false);
        check("203.0.113.9", "::ffff:203.0.113.9", true);
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("0.0.0.0/0", "198.51.100.1", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("2001:db8::/32", "2001:db8:1::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("::/0", "2001:db9::1", true);
        check("::/0", "203.0.113.9", false);
    }

    #[test]
    fn what_could_mean_two_things_means_nothing() {
        for text in [
            "",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0",
            "::ffff:10.0.0.1",
            "any",
            "::1/129",
        ] {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork), "{text}");
        }
        assert_eq!("10.0.0.0/8".parse::<Network>().unwrap().to_string(), "10.0.0.0/8");
        assert_eq!("10.0.0.7".parse::<Network>().unwrap().to_string(), "10.0.0.7/32");
    }
}
