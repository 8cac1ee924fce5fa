//! As much of SMTP (RFC 5321) as sending one letter needs, with STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4616).
//!
//! Not a general client, and no dependency for it: the crate that would do this opens sockets of its own. Every letter
//! gets a connection of its own, since there are few. To any host but this machine the connection is encrypted and the
//! certificate is checked, or nothing is said: neither a password nor a letter travels in the clear.

mod at;
#[cfg(test)]
mod tests;

pub use at::{MailAt, NotAMailServer};

use data_encoding::BASE64;
use hundi_core::Secret;
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;

/// For the whole of it, from looking up the name to the last answer.
const WITHIN: Duration = Duration::from_secs(60);
/// RFC 5321 allows 512 a line; some servers say more.
const LINE_BYTES_MAX: u64 = 2_048;
/// Lines of one answer: a server lists what it can do, one a line.
const LINES_MAX: usize = 100;

/// One letter, ready to travel: plain addresses, and a text whose lines are short and end with CR LF.
pub(crate) struct Envelope<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) text: &'a str,
}

/// Why a letter is not delivered, or not known to be. No server's words: they repeat addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undelivered {
    /// It will not be taken, however often it is brought.
    #[error("the mail server refused it: {0}")]
    Refused(u16),
    #[error("{0}")]
    Later(String),
}

use Undelivered::{Later, Refused};

/// Brings a letter to the server. It may be brought again: whoever reads it knows it by its Message-ID.
pub(crate) async fn deliver(at: &MailAt, letter: &Envelope<'_>) -> Result<(), Undelivered> {
    let tls = system_tls()?;
    let all = async {
        let stream = TcpStream::connect((at.host.as_str(), at.port)).await.map_err(broken)?;
        let near = stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
        bring(Box::new(stream), near, at, &tls, letter).await
    };
    tokio::time::timeout(WITHIN, all).await.unwrap_or_else(|_| Err(Later("it did not answer in time".into())))
}

fn system_tls() -> Result<TlsConnector, Undelivered> {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| Later(format!("TLS to the mail server: {error}")))?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

trait Pipe: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Pipe for T {}

/// The whole talk. `near`: the other end is on this machine.
async fn bring(
    stream: Box<dyn Pipe>,
    near: bool,
    at: &MailAt,
    tls: &TlsConnector,
    letter: &Envelope<'_>,
) -> Result<(), Undelivered> {
    let stream = if at.tls_at_once { encrypted(stream, at, tls).await? } else { stream };
    let mut talk = Talk(BufReader::new(stream));
    talk.hears(220).await?;
    let mut can = talk.greets().await?;
    let mut is_private = at.tls_at_once;
    if !is_private && can.starts_tls {
        talk.says("STARTTLS").await?;
        talk.hears(220).await?;
        // Whatever came along with the answer was said by somebody before the connection was anybody's own.
        if !talk.0.buffer().is_empty() {
            return Err(Later("the mail server spoke before its turn".into()));
        }
        talk = Talk(BufReader::new(encrypted(talk.0.into_inner(), at, tls).await?));
        can = talk.greets().await?;
        is_private = true;
    }
    if !is_private && !near {
        return Err(Later("the mail server offers no STARTTLS, and nothing is sent in the clear".into()));
    }
    if let Some((user, password)) = &at.user {
        talk.signs_in(user, password, can.takes_plain).await?;
    }
    talk.says(&format!("MAIL FROM:<{}>", letter.from)).await?;
    talk.hears(250).await?;
    talk.says(&format!("RCPT TO:<{}>", letter.to)).await?;
    match talk.answer().await? {
        (250 | 251, _) => {}
        // There is no such box, and there will be none.
        (code @ 500..=599, _) => return Err(Refused(code)),
        (code, _) => return Err(Later(format!("the mail server answered {code}"))),
    }
    talk.says("DATA").await?;
    talk.hears(354).await?;
    talk.says(&format!("{}\r\n.", undotted(letter.text))).await?;
    talk.hears(250).await?;
    // It is theirs now. Whether they hear the farewell changes nothing.
    talk.says("QUIT").await.unwrap_or_default();
    Ok(())
}

async fn encrypted(
    stream: Box<dyn Pipe>,
    at: &MailAt,
    tls: &TlsConnector,
) -> Result<Box<dyn Pipe>, Undelivered> {
    let name = ServerName::try_from(at.host.clone());
    let name = name.map_err(|_| Later("the mail server's name is none that a certificate has".into()))?;
    let stream =
        tls.connect(name, stream).await.map_err(|e| Later(format!("TLS to the mail server: {e}")))?;
    Ok(Box::new(stream))
}

/// A line that begins with a dot gets another (RFC 5321, 4.5.2): a dot alone would be the end.
fn undotted(text: &str) -> String {
    let dotted = text.trim_end_matches("\r\n").replace("\r\n.", "\r\n..");
    if dotted.starts_with('.') { format!(".{dotted}") } else { dotted }
}

/// What the server said that it can do.
#[derive(Clone, Copy, Debug, Default)]
struct Can {
    starts_tls: bool,
    takes_plain: bool,
}

struct Talk(BufReader<Box<dyn Pipe>>);

impl Talk {
    async fn says(&mut self, line: &str) -> Result<(), Undelivered> {
        self.0.write_all(format!("{line}\r\n").as_bytes()).await.map_err(broken)?;
        self.0.flush().await.map_err(broken)
    }

    /// An answer with this code. Any other may pass, or is for whoever runs us to mend.
    async fn hears(&mut self, wanted: u16) -> Result<Vec<String>, Undelivered> {
        match self.answer().await? {
            (code, lines) if code == wanted => Ok(lines),
            (code, _) => Err(Later(format!("the mail server answered {code}"))),
        }
    }

    /// A whole answer: its code, and what its lines say.
    async fn answer(&mut self) -> Result<(u16, Vec<String>), Undelivered> {
        let mut lines = Vec::new();
        for _ in 0..LINES_MAX {
            let line = self.line().await?;
            let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
            let code = code.ok_or_else(|| Later("the mail server said something strange".into()))?;
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok((code, lines));
            }
        }
        Err(Later("the mail server said too much".into()))
    }

    async fn line(&mut self) -> Result<String, Undelivered> {
        let mut bytes = Vec::new();
        let read = (&mut self.0).take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes).await.map_err(broken)?;
        if read == 0 {
            return Err(Later("the mail server closed the connection".into()));
        }
        let strange = || Later("the mail server said something strange".to_owned());
        let text = bytes.strip_suffix(b"\r\n").ok_or_else(strange)?;
        String::from_utf8(text.to_vec()).map_err(|_| strange())
    }

    /// We are behind no name that the other side could look up, and say so (RFC 5321, 4.1.1.1).
    async fn greets(&mut self) -> Result<Can, Undelivered> {
        self.says("EHLO [127.0.0.1]").await?;
        let mut can = Can::default();
        for line in self.hears(250).await? {
            let line = line.to_ascii_uppercase();
            can.starts_tls |= line == "STARTTLS";
            can.takes_plain |= line.starts_with("AUTH ") && line.split(' ').any(|word| word == "PLAIN");
        }
        Ok(can)
    }

    async fn signs_in(&mut self, user: &str, password: &Secret, plain: bool) -> Result<(), Undelivered> {
        if !plain {
            return Err(Later("the mail server does not take AUTH PLAIN".into()));
        }
        let proof = BASE64.encode(format!("\0{user}\0{}", password.expose()).as_bytes());
        self.says(&format!("AUTH PLAIN {proof}")).await?;
        self.hears(235).await.map(drop)
    }
}

fn broken(error: std::io::Error) -> Undelivered {
    // The kind alone: nothing that was sent finds its way into a log.
    Later(format!("the mail server: {}", error.kind()))
}
