//! Who is asking, and by which name: the caller's address behind trusted proxies, and the Host header.

use hyper::header::{HOST, HeaderMap};
use hyper::http::uri::Authority;
use hyper::{Request, Version};
use std::net::{IpAddr, SocketAddr};

/// The caller's address, in every request's extensions. Behind `trusted_proxies` proxies it is what the outermost
/// of them saw; whatever the caller wrote to the left of that is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddr(pub IpAddr);

impl ClientAddr {
    /// `trusted_proxies` counts the entries of X-Forwarded-For, from the right, that our own proxies wrote. A request
    /// with fewer entries came past them, and counts as its peer's.
    pub(super) fn find(peer: IpAddr, headers: &HeaderMap, trusted_proxies: usize) -> Self {
        let Some(from_right) = trusted_proxies.checked_sub(1) else {
            return Self(plain(peer));
        };
        let lines: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
        let entry = lines.iter().rev().flat_map(|line| line.rsplit(',')).nth(from_right);
        Self(plain(entry.and_then(|entry| address(entry.trim())).unwrap_or(peer)))
    }
}

fn address(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|e| e.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// IPv4 arrives mapped on a socket that listens to both families.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What one household or machine gets one connection budget for: an IPv4 address, or an IPv6 network of 64 bits.
pub(super) fn household(peer: IpAddr) -> IpAddr {
    match plain(peer) {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => std::net::Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// Names under which this server may be asked. A link in a mail is never made from a Host header; this check makes
/// sure that nothing else is either.
#[derive(Clone, Debug, Default)]
pub struct HostList(Vec<String>);

impl HostList {
    /// Entries are names, with a port where only that port will do. An empty list permits every name.
    pub fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(hosts.into_iter().map(|host| host.to_ascii_lowercase()).collect())
    }

    fn permits(&self, authority: &Authority) -> bool {
        let (asked, name) = (authority.as_str(), authority.host());
        self.0.is_empty()
            || self.0.iter().any(|host| host.eq_ignore_ascii_case(asked) || host.eq_ignore_ascii_case(name))
    }
}

/// What the request's name is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hosted {
    Known,
    Unknown,
    /// None, two, or two that differ.
    Unclear,
}

/// Judges the Host header, and the absolute form if a proxy sent one.
pub(super) fn hosted<B>(request: &Request<B>, list: &HostList) -> Hosted {
    let mut given = request.headers().get_all(HOST).iter();
    let (first, second) = (given.next(), given.next());
    let header = match (first, second) {
        (None, _) => None,
        (Some(host), None) => match host.to_str().ok().and_then(|h| h.parse::<Authority>().ok()) {
            Some(authority) if !authority.as_str().contains('@') => Some(authority),
            _ => return Hosted::Unclear,
        },
        (Some(_), Some(_)) => return Hosted::Unclear,
    };
    let absolute = request.uri().authority();
    let authority = match (absolute, &header) {
        (Some(absolute), Some(header)) if absolute != header => return Hosted::Unclear,
        (Some(authority), _) | (None, Some(authority)) => authority,
        (None, None) if request.version() <= Version::HTTP_10 && list.0.is_empty() => return Hosted::Known,
        (None, None) => return Hosted::Unclear,
    };
    if list.permits(authority) { Hosted::Known } else { Hosted::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], trusted: usize, expected: &str) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let found = ClientAddr::find("10.0.0.1".parse().unwrap(), &headers, trusted);
        assert_eq!(found.0.to_string(), expected, "{lines:?} behind {trusted}");
    }

    #[test]
    fn forwarded_addresses_count_from_the_right() {
        check(&["1.1.1.1"], 0, "10.0.0.1");
        check(&["1.1.1.1"], 1, "1.1.1.1");
        check(&["6.6.6.6, 1.1.1.1"], 1, "1.1.1.1");
        check(&["6.6.6.6, 1.1.1.1, 2.2.2.2"], 2, "1.1.1.1");
        check(&["6.6.6.6", "1.1.1.1", "2.2.2.2"], 2, "1.1.1.1");
        check(&["6.6.6.6, 1.1.1.1", "2.2.2.2"], 2, "1.1.1.1");
        check(&["1.1.1.1"], 2, "10.0.0.1");
        check(&[], 1, "10.0.0.1");
        check(&["1.1.1.1, unknown"], 1, "10.0.0.1");
        check(&["1.1.1.1,"], 1, "10.0.0.1");
        check(&["1.1.1.1:5555"], 1, "1.1.1.1");
        check(&["[2001:db8::1]:5555"], 1, "2001:db8::1");
        check(&["[2001:db8::1]"], 1, "2001:db8::1");
        check(&["2001:db8::1"], 1, "2001:db8::1");
        check(&["::ffff:1.1.1.1"], 1, "1.1.1.1");
    }

    #[test]
    fn a_household_of_ipv6_is_its_network() {
        let of = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:1.2.3.4"), "1.2.3.4");
        assert_eq!(of("1.2.3.4"), "1.2.3.4");
    }

    #[track_caller]
    fn host(uri: &str, hosts: &[&str], expected: Hosted) {
        let list = HostList::new(["pay.example".to_owned(), "Localhost:8080".to_owned()]);
        let mut request = Request::builder().uri(uri).body(()).unwrap();
        for host in hosts {
            request.headers_mut().append(HOST, host.parse().unwrap());
        }
        assert_eq!(hosted(&request, &list), expected, "{uri} {hosts:?}");
    }

    #[test]
    fn only_our_own_names() {
        for known in ["pay.example", "PAY.example", "pay.example:8443", "localhost:8080"] {
            host("/", &[known], Hosted::Known);
        }
        for unknown in
            ["evil.example", "localhost", "localhost:1", "pay.example.evil", "xpay.example", "127.0.0.1"]
        {
            host("/", &[unknown], Hosted::Unknown);
        }
        for unclear in [
            &[][..],
            &[""],
            &["pay.example", "pay.example"],
            &["a b"],
            &["user@pay.example"],
            &["pay.example/"],
        ] {
            host("/", unclear, Hosted::Unclear);
        }
        host("http://pay.example/", &["pay.example"], Hosted::Known);
        host("http://evil.example/", &["evil.example"], Hosted::Unknown);
        host("http://evil.example/", &["pay.example"], Hosted::Unclear);
        host("http://pay.example/", &["evil.example"], Hosted::Unclear);
    }
}
