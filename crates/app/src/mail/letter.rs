//! A letter as text that travels (RFC 5322, MIME): headers that nobody's name can break out of, a body in base64.

use super::Mail;
use data_encoding::BASE64;
use hundi_core::Millis;
use std::fmt;
use std::fmt::Write;
use std::str::FromStr;

/// A plain address, as an envelope takes it: ASCII, one `@`, and nothing that means something in SMTP or in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

/// No address that a letter can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write an address such as hundi@example.com")]
pub struct NotAnAddress;

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        // RFC 5321: 64 before the sign, 255 behind it.
        let (local, host) = text.split_once('@').ok_or(NotAnAddress)?;
        let plain = |part: &str, chars_max: usize, also: &[u8]| {
            (1..=chars_max).contains(&part.len())
                && part.bytes().all(|c| c.is_ascii_alphanumeric() || also.contains(&c))
                && !part.starts_with('.')
                && !part.ends_with('.')
        };
        let fits = plain(local, 64, b".!#$%&'*+-/=?^_`{|}~") && plain(host, 255, b".-");
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAnAddress) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is told to one person.
pub(super) struct Letter<'a> {
    pub(super) to: &'a Address,
    pub(super) to_name: &'a str,
    pub(super) subject: &'a str,
    pub(super) text: &'a str,
    /// The same for each time that it is brought: who has it already sees that it is the same.
    pub(super) message_id: &'a str,
    pub(super) at: Millis,
}

/// Base64 in lines of 76, as MIME wants them. None begins with a dot.
const LINE_CHARS: usize = 76;
/// Bytes of text in one encoded word: with its frame it stays below 75 characters (RFC 2047).
const WORD_BYTES: usize = 42;

impl Letter<'_> {
    pub(super) fn written(&self, mail: &Mail) -> String {
        let mut text = String::new();
        let mut header = |name: &str, value: &str| {
            write!(text, "{name}: {value}\r\n").expect("a String takes any text");
        };
        header("From", &format!("{} <{}>", words(&mail.name), mail.from));
        header("To", &format!("{} <{}>", words(self.to_name), self.to));
        header("Subject", &words(self.subject));
        header("Date", &date(self.at));
        header("Message-ID", &format!("<{}>", self.message_id));
        // No holiday answer is sent to it (RFC 3834).
        header("Auto-Submitted", "auto-generated");
        header("MIME-Version", "1.0");
        header("Content-Type", "text/plain; charset=utf-8");
        header("Content-Transfer-Encoding", "base64");
        let body = BASE64.encode(self.text.as_bytes());
        for line in body.as_bytes().chunks(LINE_CHARS) {
            text.push_str("\r\n");
            text.push_str(str::from_utf8(line).expect("base64 is ASCII"));
        }
        text.push_str("\r\n");
        text
    }
}

/// Text in a header, whatever it is: encoded words, so that a line break in a name is a character of the name.
fn words(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if word.len() + c.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let encoded = words.iter().map(|word| format!("=?utf-8?B?{}?=", BASE64.encode(word.as_bytes())));
    // A folded line goes on with a space, which parts no words that are both encoded.
    encoded.collect::<Vec<_>>().join("\r\n ")
}

/// `Sat, 21 Nov 2026 08:00:05 +0000`
fn date(at: Millis) -> String {
    // A time that no calendar holds is shown as it is: a letter is not lost for its date.
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| at.to_string(), |moment| moment.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::MailAt;

    fn mail() -> Mail {
        let at: MailAt = "smtp://127.0.0.1:2525".parse().unwrap();
        Mail { at, from: "hundi@pay.example".parse().unwrap(), name: "hundi".into() }
    }

    #[track_caller]
    fn written(to_name: &str, subject: &str, text: &str) -> (Vec<String>, String) {
        let to = "asha@shop.example".parse().unwrap();
        let letter = Letter {
            to: &to,
            to_name,
            subject,
            text,
            message_id: "m@pay.example",
            at: Millis(1_795_248_912_000),
        };
        let whole = letter.written(&mail());
        assert!(whole.is_ascii() && !whole.replace("\r\n", "").contains(['\r', '\n']));
        assert!(whole.split("\r\n").all(|line| line.len() <= 998 && !line.starts_with('.')));
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        let body = BASE64.decode(body.replace("\r\n", "").as_bytes()).unwrap();
        let head = head.replace("\r\n ", " ").split("\r\n").map(str::to_owned).collect();
        (head, String::from_utf8(body).unwrap())
    }

    /// The words of a header, as a reader shows them.
    fn read(header: &str) -> String {
        let coded = header.split("=?utf-8?B?").skip(1).map(|rest| rest.split("?=").next().unwrap());
        let bytes: Vec<u8> = coded.flat_map(|word| BASE64.decode(word.as_bytes()).unwrap()).collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_letter_reads_as_it_was_meant() {
        let text = "Nothing is lost.\n.\nஉடுப்பி ₹\n";
        let (head, body) = written("Asha Rao", "Webhooks of Udupi Kitchens are off", text);
        assert_eq!(body, text);
        assert_eq!(head[3], "Date: Sat, 21 Nov 2026 08:15:12 +0000");
        assert_eq!(head[4], "Message-ID: <m@pay.example>");
        assert_eq!(read(&head[2]), "Webhooks of Udupi Kitchens are off");
        assert!(head[1].ends_with(" <asha@shop.example>") && read(&head[1]) == "Asha Rao");
    }

    #[test]
    fn no_name_breaks_out_of_its_header() {
        for hostile in [
            "Asha\r\nBcc: all@example.com",
            "Asha\nBcc: all@example.com",
            "Asha\r\n\r\nHello",
            "Asha\u{2028}Bcc: x",
            "\"Asha\" <eve@example.com>",
            "=?utf-8?B?QmNj?=",
            "Asha\0",
            "",
            "उडुपी किचन्स, इंदिरानगर, बेंगलुरु और उनके सभी मित्र और ग्राहक",
        ] {
            let (head, _) = written(hostile, hostile, hostile);
            let names: Vec<&str> = head.iter().map(|line| line.split(':').next().unwrap()).collect();
            let wanted = [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding",
            ];
            assert_eq!(names, wanted, "{hostile:?}");
            let plain: String = hostile.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            assert_eq!(read(&head[2]), plain);
            assert_eq!(head[1].matches('<').count(), 1, "{hostile:?}");
        }
    }

    #[test]
    fn what_means_something_on_the_way_is_no_address() {
        for good in ["a@b.example", "a.b+c@d-e.example", "o'neill@example.com"] {
            assert!(good.parse::<Address>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b@c",
            "a@b.example>\r\nRCPT TO:<c@d.example",
            "a b@c.example",
            "a@b.example\r\n",
            "<a@b.example>",
            "a,b@c.example",
            "\"a\"@b.example",
            "ä@b.example",
            "a@b.example\0",
            ".a@b.example",
        ] {
            assert_eq!(bad.parse::<Address>(), Err(NotAnAddress), "{bad:?}");
        }
    }
}
