//! A mail server on this machine, as small as they come: it takes what it is told to take, and keeps it.

use data_encoding::BASE64;
use hundi_app::mail::Mail;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// What came, and how the next ones are answered.
pub struct Mailbox {
    port: u16,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    letters: Vec<Received>,
    /// Answers to coming letters after they were taken in; then all are taken.
    answers: Vec<&'static str>,
    /// A box that is not there.
    unknown: Option<String>,
}

/// A letter that came: whom it is to, its headers unfolded, its text.
#[derive(Clone, Debug)]
pub struct Received {
    pub to: String,
    pub headers: Vec<(String, String)>,
    pub text: String,
    /// The server said that it has it.
    pub taken: bool,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
}

impl Mailbox {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let inner: Arc<Mutex<Inner>> = Arc::default();
        let shared = inner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A caller who hangs up ends the talk.
                talk(&stream, &shared).unwrap_or_default();
            }
        });
        Self { port, inner }
    }

    pub(super) fn mail(&self) -> Mail {
        let at = format!("smtp://127.0.0.1:{}", self.port).parse().expect("an address");
        Mail { at, from: "hundi@pay.example".parse().expect("an address"), name: "Tiffin Cloud".into() }
    }

    /// How the next letters are answered. An empty answer is silence: the connection closes.
    pub fn answers(&self, answers: &[&'static str]) {
        self.lock().answers = answers.to_vec();
    }

    pub fn has_no_box_of(&self, address: &str) {
        self.lock().unknown = Some(address.to_owned());
    }

    pub fn letters(&self) -> Vec<Received> {
        self.lock().letters.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn talk(stream: &TcpStream, inner: &Mutex<Inner>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let mut says = stream;
    says.write_all(b"220 mail.example\r\n")?;
    let (mut to, mut whole, mut in_letter) = (String::new(), String::new(), false);
    while let Some(line) = lines.next().transpose()? {
        let mut held = inner.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match line.split(' ').next().unwrap_or_default() {
            "." if in_letter => {
                in_letter = false;
                let answer = if held.answers.is_empty() { "250 taken" } else { held.answers.remove(0) };
                held.letters.push(received(&to, &whole, answer.starts_with("250")));
                if answer.is_empty() {
                    return Ok(());
                }
                answer
            }
            _ if in_letter => {
                whole.push_str(&format!("{line}\n"));
                continue;
            }
            "RCPT" => {
                to = line.trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
                if held.unknown.as_deref() == Some(to.as_str()) { "550 no such box" } else { "250 well" }
            }
            "DATA" => {
                in_letter = true;
                "354 speak"
            }
            "QUIT" => return Ok(()),
            _ => "250 well",
        };
        drop(held);
        says.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

fn received(to: &str, whole: &str, taken: bool) -> Received {
    let (head, body) = whole.split_once("\n\n").expect("a head and a body");
    let headers = head.replace("\n ", " ");
    let headers = headers.lines().map(|line| line.split_once(": ").expect("a header is a name and a value"));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let text = BASE64.decode(body.replace('\n', "").as_bytes()).expect("base64");
    Received { to: to.to_owned(), headers, text: String::from_utf8(text).expect("UTF-8"), taken }
}
