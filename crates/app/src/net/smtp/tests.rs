//! The talk with a mail server, played by one that does as it is told: what is said to it, and what never is.

use super::*;
use rcgen::{CertificateParams, Issuer, KeyPair};
use std::sync::Mutex;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

const LETTER: Envelope<'_> = Envelope {
    from: "hundi@pay.example",
    to: "asha@shop.example",
    text: "Subject: x\r\n\r\n.hidden\r\nlast\r\n",
};

/// What a server does that is not usual.
#[derive(Clone, Copy, Default)]
struct Ways {
    tls_at_once: bool,
    offers_tls: bool,
    /// Says more in one breath with its word about STARTTLS than it should.
    speaks_early: bool,
    /// An answer in place of the usual one to the line that begins so.
    instead: Option<(&'static str, &'static str)>,
}

struct Server {
    at: MailAt,
    heard: Arc<Mutex<Vec<String>>>,
    /// Trusts its certificate.
    trusting: TlsConnector,
}

/// A server on this machine that is `localhost` by its certificate.
async fn server(ways: Ways) -> Server {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate: CertificateDer<'static> = params.signed_by(&key, &issuer).unwrap().der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let mut roots = RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let notes = heard.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, notes) = (acceptor.clone(), notes.clone());
            // A caller who hangs up ends the talk.
            tokio::spawn(async move { talks(Box::new(stream), ways, &acceptor, &notes).await });
        }
    });
    let scheme = if ways.tls_at_once { "smtps" } else { "smtp" };
    let at = format!("{scheme}://shop:pass%20word@localhost:{port}").parse().unwrap();
    Server { at, heard, trusting: TlsConnector::from(Arc::new(client)) }
}

async fn talks(
    stream: Box<dyn Pipe>,
    ways: Ways,
    acceptor: &TlsAcceptor,
    notes: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut is_private = ways.tls_at_once;
    let stream = if is_private { Box::new(acceptor.accept(stream).await.ok()?) } else { stream };
    let mut talk = BufReader::new(stream);
    talk.write_all(b"220 mail.example\r\n").await.ok()?;
    let mut in_letter = false;
    loop {
        let mut line = String::new();
        if talk.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end_matches("\r\n").to_owned();
        notes.lock().unwrap().push(if is_private { format!("private {line}") } else { line.clone() });
        let instead = ways.instead.filter(|(begin, _)| line.starts_with(begin)).map(|(_, answer)| answer);
        let answer = match line.split(' ').next().unwrap() {
            _ if in_letter && line != "." => continue,
            _ if instead.is_some() => instead.unwrap(),
            "." => "250 taken",
            "EHLO" if ways.offers_tls && !is_private => {
                "250-mail.example\r\n250-STARTTLS\r\n250 AUTH LOGIN PLAIN"
            }
            "EHLO" => "250-mail.example\r\n250 AUTH LOGIN PLAIN",
            "STARTTLS" if ways.speaks_early => "220 go on\r\n250 and I am somebody else",
            "STARTTLS" => "220 go on",
            "AUTH" => "235 come in",
            "DATA" => "354 speak",
            "QUIT" => "221 bye",
            _ => "250 well",
        };
        in_letter = line == "DATA" && answer.starts_with("354");
        talk.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        talk.flush().await.ok()?;
        if line == "STARTTLS" {
            talk = BufReader::new(Box::new(acceptor.accept(talk.into_inner()).await.ok()?));
            is_private = true;
        }
    }
}

/// Brings the letter, as if the server were on this machine or far away. What it said, and what was said to it.
async fn brought(ways: Ways, near: bool, trusting: bool) -> (Result<(), Undelivered>, Vec<String>) {
    let server = server(ways).await;
    let stream = TcpStream::connect(("127.0.0.1", server.at.port)).await.unwrap();
    let system = system_tls().unwrap();
    let tls = if trusting { &server.trusting } else { &system };
    let ended = bring(Box::new(stream), near, &server.at, tls, &LETTER).await;
    // The farewell is heard after we have gone.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let heard = server.heard.lock().unwrap().clone();
    (ended, heard)
}

const PROOF: &str = "AUTH PLAIN AHNob3AAcGFzcyB3b3Jk";

fn private(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| format!("private {line}")).collect()
}

const TAKEN: &[&str] = &[
    "EHLO [127.0.0.1]",
    PROOF,
    "MAIL FROM:<hundi@pay.example>",
    "RCPT TO:<asha@shop.example>",
    "DATA",
    "Subject: x",
    "",
    "..hidden",
    "last",
    ".",
    "QUIT",
];

#[tokio::test]
async fn a_letter_goes_through_a_connection_of_its_own() {
    let (ended, heard) = brought(Ways { tls_at_once: true, ..Ways::default() }, false, true).await;
    assert_eq!((ended, heard), (Ok(()), private(TAKEN)));
    let (ended, heard) = brought(Ways { offers_tls: true, ..Ways::default() }, false, true).await;
    assert_eq!(ended, Ok(()));
    assert_eq!(heard[..2], ["EHLO [127.0.0.1]".to_owned(), "STARTTLS".to_owned()]);
    assert_eq!(heard[2..], private(TAKEN));
    // A relay on this machine needs no encryption to it.
    let (ended, heard) = brought(Ways::default(), true, true).await;
    assert_eq!((ended, heard), (Ok(()), TAKEN.iter().map(|line| (*line).to_owned()).collect()));
}

#[tokio::test]
async fn nothing_is_said_in_the_clear_or_to_a_stranger() {
    let secret =
        |heard: &[String]| heard.iter().any(|line| !line.contains("EHLO") && !line.contains("STARTTLS"));
    // It offers no encryption, or somebody on the way took the word out of its answer.
    let (ended, heard) = brought(Ways::default(), false, true).await;
    assert!(matches!(ended, Err(Later(why)) if why.contains("STARTTLS")) && !secret(&heard), "{heard:?}");
    for ways in [Ways { tls_at_once: true, ..Ways::default() }, Ways { offers_tls: true, ..Ways::default() }]
    {
        // Its certificate is of an authority that nobody trusts.
        let (ended, heard) = brought(ways, false, false).await;
        assert!(matches!(ended, Err(Later(why)) if why.contains("TLS")) && !secret(&heard), "{heard:?}");
    }
    let (ended, heard) =
        brought(Ways { offers_tls: true, speaks_early: true, ..Ways::default() }, false, true).await;
    assert!(
        matches!(ended, Err(Later(why)) if why.contains("before its turn")) && !secret(&heard),
        "{heard:?}"
    );
    for refusal in ["454 not now", "500 what"] {
        let ways = Ways { offers_tls: true, instead: Some(("STARTTLS", refusal)), ..Ways::default() };
        let (ended, heard) = brought(ways, false, true).await;
        assert!(ended.is_err() && !secret(&heard), "{heard:?}");
    }
}

#[tokio::test]
async fn only_a_box_that_is_not_there_is_the_end_of_it() {
    let after = async |begin: &'static str, answer: &'static str| {
        brought(Ways { instead: Some((begin, answer)), ..Ways::default() }, true, true).await.0
    };
    assert_eq!(after("RCPT", "550 no such box").await, Err(Refused(550)));
    assert_eq!(after("RCPT", "251 it goes on to another").await, Ok(()));
    for (begin, answer) in [
        ("RCPT", "451 greylisted"),
        ("MAIL", "550 not from you"),
        ("AUTH", "535 wrong"),
        ("DATA", "554 no"),
        (".", "554 looks like spam"),
        (".", "451 later"),
        ("EHLO", "502 what"),
        ("EHLO", "250 mail.example"),
        ("MAIL", "hello"),
        ("MAIL", "25\u{20ac} hello"),
    ] {
        let ended = after(begin, answer).await;
        assert!(matches!(ended, Err(Later(_))), "{begin} {answer}: {ended:?}");
        let said = ended.unwrap_err().to_string();
        assert!(!said.contains("asha") && !said.contains("spam") && !said.contains("pass"), "{said}");
    }
}

#[tokio::test]
async fn nobody_there_is_told_as_that() {
    let nobody = "smtp://127.0.0.1:1".parse().unwrap();
    assert!(matches!(deliver(&nobody, &LETTER).await, Err(Later(_))));
}
