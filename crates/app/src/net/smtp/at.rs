//! Where letters are handed in.

use hundi_core::Secret;
use std::fmt;
use std::str::FromStr;
use url::Url;

const STARTTLS_PORT: u16 = 587;
const TLS_PORT: u16 = 465;

/// `smtp://[user:password@]host[:587]`, encrypted by STARTTLS, or `smtps://…[:465]`, encrypted at once.
#[derive(Clone, PartialEq, Eq)]
pub struct MailAt {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls_at_once: bool,
    pub(super) user: Option<(String, Secret)>,
}

impl fmt::Debug for MailAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailAt({}:{})", self.host, self.port)
    }
}

/// A text that is no mail server's address. It never repeats the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "write smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465, with % for special characters"
)]
pub struct NotAMailServer;

impl FromStr for MailAt {
    type Err = NotAMailServer;

    fn from_str(text: &str) -> Result<Self, NotAMailServer> {
        let url = Url::parse(text).map_err(|_| NotAMailServer)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(NotAMailServer)?;
        let (tls_at_once, usual) = match url.scheme() {
            "smtp" => (false, STARTTLS_PORT),
            "smtps" => (true, TLS_PORT),
            _ => return Err(NotAMailServer),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(NotAMailServer);
        }
        let user = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                let (user, password) = (unescaped(user)?, unescaped(password)?);
                // A NUL parts the two where they are said.
                if user.contains('\0') || password.contains('\0') {
                    return Err(NotAMailServer);
                }
                Some((user, Secret::new(password)))
            }
            _ => return Err(NotAMailServer),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { host, port: url.port().unwrap_or(usual), tls_at_once, user })
    }
}

/// `%40` as `@`.
fn unescaped(text: &str) -> Result<String, NotAMailServer> {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let hex = after.get(..2).ok_or(NotAMailServer)?;
        bytes.push(u8::from_str_radix(hex, 16).map_err(|_| NotAMailServer)?);
        rest = &after[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).map_err(|_| NotAMailServer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let at = |text: &str| text.parse::<MailAt>();
        let plain = at("smtp://mail.example").unwrap();
        assert_eq!(
            (plain.host.as_str(), plain.port, plain.tls_at_once, plain.user),
            ("mail.example", 587, false, None)
        );
        let full = at("smtps://us%40er:p%3Ass+%25@[::1]:4650/").unwrap();
        assert_eq!((full.host.as_str(), full.port, full.tls_at_once), ("::1", 4650, true));
        let (user, password) = full.user.clone().unwrap();
        assert_eq!((user.as_str(), password.expose()), ("us@er", "p:ss+%"));
        assert_eq!(format!("{full:?}"), "MailAt(::1:4650)");
        for text in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://user@h",
            "smtp://:pw@h",
            "smtp://h/inbox",
            "smtp://h?x=1",
            "smtp://u:%00@h",
            "smtp://u:%4@h",
            "smtp://u:%zz@h",
        ] {
            assert_eq!(at(text), Err(NotAMailServer), "{text}");
        }
    }
}
