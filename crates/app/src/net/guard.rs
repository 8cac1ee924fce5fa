//! The rule for an address that we are asked to call: what its text may look like, and how far the call may reach.
//!
//! Reading the text is the first half. A name says nothing about where it leads, so the second half is asked again by
//! the resolver for every address of every new connection, with the same [`Reach`].

use super::address::{Network, NotANetwork, is_public};
use hundi_core::Mode;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use url::{Host, Url};

/// Longest address that we call or register.
pub const URL_BYTES_MAX: usize = 2048;

/// Names under which clouds serve credentials. Their addresses are closed as well; the names are refused early.
const METADATA_NAMES: &[&str] =
    &["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"];

/// A place of the operator's own network that may be called although it is not public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Every port of a network: `10.1.0.0/16`.
    Network(Network),
    /// One port of one address: `127.0.0.1:4010`.
    Socket(SocketAddr),
    /// One port of a name, wherever it leads: `sandbox:4010`.
    Host { name: String, port: u16 },
}

impl FromStr for Allow {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        if let Ok(network) = text.parse() {
            return Ok(Self::Network(network));
        }
        if let Ok(socket) = text.parse() {
            return Ok(Self::Socket(socket));
        }
        let (name, port) = text.rsplit_once(':').ok_or(NotANetwork)?;
        let port = port.parse().map_err(|_| NotANetwork)?;
        match Host::parse(name) {
            Ok(Host::Domain(name)) => Ok(Self::Host { name, port }),
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => Err(NotANetwork),
        }
    }
}

/// Whom a request goes to: it decides what is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum To {
    Provider,
    /// A merchant's own endpoint: the merchant chose the address, so it is an attacker's until it is checked.
    Merchant(Mode),
}

/// Why an address is refused. The text never says what stands behind the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefused {
    #[error("this is not an absolute http(s) address")]
    Unreadable,
    #[error("the address must begin with https://")]
    NotHttps,
    #[error("the address must not contain a user name or password")]
    Userinfo,
    #[error("this port is not allowed")]
    Port,
    #[error(
        "this server calls no machine of its own network unless its operator allows it (on yours, `hundi listen` hands \
         events on)"
    )]
    Address,
}

/// What the guard measures by.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) allow: Vec<Allow>,
    /// Ports of public hosts beside 80 and 443.
    pub(super) ports: Vec<u16>,
}

/// How far a connection may reach. The resolver isn't told the port, so the reach carries what the port decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Reach {
    /// Public addresses are fine.
    pub(super) public: bool,
    /// The port, where entries of the allow list name it.
    pub(super) listed_port: Option<u16>,
}

/// An address whose text passed.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) reach: Reach,
}

impl Rules {
    /// Reads the address and refuses what the text alone gives away.
    pub(super) fn target(&self, text: &str, to: To) -> Result<Target, UrlRefused> {
        let url = parse(text)?;
        let secure = url.scheme() == "https";
        if to == To::Merchant(Mode::Live) && !secure {
            return Err(UrlRefused::NotHttps);
        }
        let port = url.port_or_known_default().ok_or(UrlRefused::Port)?;
        let usual = matches!(port, 80 | 443) || self.ports.contains(&port);
        let reach = Reach { public: secure && usual, listed_port: self.port_is_listed(port).then_some(port) };
        let permitted = match url.host().ok_or(UrlRefused::Unreadable)? {
            Host::Ipv4(v4) => self.permits(reach, None, v4.into()),
            Host::Ipv6(v6) => self.permits(reach, None, v6.into()),
            Host::Domain(name) if !is_host_name(plain(name)) => return Err(UrlRefused::Unreadable),
            Host::Domain(name) => self.may_lead_somewhere(reach, plain(name)),
        };
        match permitted {
            true => Ok(Target { url, reach }),
            // Said of the text alone, before any look at an address.
            false if !secure && self.allow.is_empty() => Err(UrlRefused::NotHttps),
            false if !usual && self.allow.is_empty() => Err(UrlRefused::Port),
            false => Err(UrlRefused::Address),
        }
    }

    /// Whether a connection of this reach may be made to this address. `name` is what was resolved, if anything was.
    pub(super) fn permits(&self, reach: Reach, name: Option<&str>, address: IpAddr) -> bool {
        self.lists(reach, name, address) || (reach.public && is_public(address))
    }

    /// Whether the operator named this place.
    pub(super) fn lists(&self, reach: Reach, name: Option<&str>, address: IpAddr) -> bool {
        self.allow.iter().any(|allow| match allow {
            Allow::Network(network) => network.contains(address),
            Allow::Socket(socket) => socket.ip() == address && reach.listed_port == Some(socket.port()),
            Allow::Host { name: listed, port } => {
                name.is_some_and(|n| plain(n) == listed) && reach.listed_port == Some(*port)
            }
        })
    }

    fn port_is_listed(&self, port: u16) -> bool {
        self.allow.iter().any(|allow| match allow {
            Allow::Network(_) => false,
            Allow::Socket(socket) => socket.port() == port,
            Allow::Host { port: listed, .. } => *listed == port,
        })
    }

    /// Whether a name of this reach can lead anywhere that is permitted.
    fn may_lead_somewhere(&self, reach: Reach, name: &str) -> bool {
        let named = self.allow.iter().any(
            |a| matches!(a, Allow::Host { name: listed, port } if listed == name && reach.listed_port == Some(*port)),
        );
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        if METADATA_NAMES.contains(&name) {
            named
        } else if name == "localhost" || name.ends_with(".localhost") {
            named || loopback.iter().any(|address| self.lists(reach, None, *address))
        } else {
            let somewhere = |a: &Allow| match a {
                Allow::Network(_) => true,
                Allow::Socket(socket) => reach.listed_port == Some(socket.port()),
                Allow::Host { .. } => false,
            };
            named || reach.public || self.allow.iter().any(somewhere)
        }
    }
}

/// A name without the dot that may end it.
fn plain(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// Labels of letters, digits, hyphens and underscores: after IDNA, whatever else a URL may carry is no host's name.
fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// Parses what a person would call an address, and none of the spellings that browsers forgive.
fn parse(text: &str) -> Result<Url, UrlRefused> {
    // The parser drops tabs and line feeds, and reads a backslash as a slash: whatever else read this text before
    // may have seen another host.
    if text.len() > URL_BYTES_MAX || text.chars().any(|c| c <= ' ' || c == '\\' || c.is_control()) {
        return Err(UrlRefused::Unreadable);
    }
    let (scheme, rest) = text.split_once("://").ok_or(UrlRefused::Unreadable)?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(UrlRefused::Unreadable);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err(UrlRefused::Unreadable);
    }
    // An escaped host is another spelling that nobody needs; `%25` in brackets is a zone.
    if authority.contains('%') {
        return Err(UrlRefused::Unreadable);
    }
    if authority.contains('@') {
        return Err(UrlRefused::Userinfo);
    }
    Url::parse(text).map_err(|_| UrlRefused::Unreadable)
}
