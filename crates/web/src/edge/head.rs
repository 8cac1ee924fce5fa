//! A strict look at the framing of requests, before the HTTP library sees a byte.
//!
//! The library forgives where the standard lets it: of a message with both Content-Length and Transfer-Encoding it
//! drops the former without a trace, and a bare line feed ends a line. A proxy in front may forgive otherwise, and
//! then two readers see two requests where one was checked. This gate follows the bytes, knows where each head and
//! body ends, and refuses whatever two readers could read differently.

/// Longest beginning of a line that is kept, enough for the two headers that frame a body.
const LINE_KEPT_MAX: usize = 128;
/// Most empty lines before a request: old clients send one after a body.
const EMPTY_LINES_MAX: u32 = 2;

/// Follows one connection's inward bytes.
#[derive(Debug)]
pub(super) struct Gate {
    at: At,
}

#[derive(Debug)]
enum At {
    Head(Head),
    Body {
        left: u64,
    },
    /// A chunked body: the library finds its end, and the connection is not used again after it.
    LastBody,
    Refused,
}

#[derive(Debug, Default)]
struct Head {
    /// Lines that ended; the request line is the first.
    lines: u32,
    empty_lines: u32,
    line: Vec<u8>,
    line_bytes: usize,
    after_cr: bool,
    content_length: Option<u64>,
    chunked: bool,
}

/// The byte at this index must not pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) at: usize,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { at: At::Head(Head::default()) }
    }

    /// Whether the gate has closed for good.
    pub(super) const fn is_shut(&self) -> bool {
        matches!(self.at, At::Refused)
    }

    /// Follows bytes that just arrived.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let mut at = 0;
        while at < bytes.len() {
            match &mut self.at {
                At::LastBody => return Ok(()),
                At::Refused => return Err(Refused { at }),
                At::Body { left } => {
                    let here = (bytes.len() - at).min(usize::try_from(*left).unwrap_or(usize::MAX));
                    at += here;
                    *left -= here as u64;
                    if *left == 0 {
                        self.at = At::Head(Head::default());
                    }
                }
                At::Head(head) => {
                    match head.take(bytes[at]) {
                        Ok(None) => {}
                        Ok(Some(next)) => self.at = next,
                        Err(Unclear) => {
                            self.at = At::Refused;
                            return Err(Refused { at });
                        }
                    }
                    at += 1;
                }
            }
        }
        Ok(())
    }
}

/// Two readers could read it differently.
struct Unclear;

impl Head {
    /// One more byte; what follows the head, if this byte ended it.
    fn take(&mut self, byte: u8) -> Result<Option<At>, Unclear> {
        match (self.after_cr, byte) {
            (true, b'\n') => {
                self.after_cr = false;
                self.end_line()
            }
            (true, _) | (false, b'\n' | b'\0') => Err(Unclear),
            (false, b'\r') => {
                self.after_cr = true;
                Ok(None)
            }
            (false, _) => {
                if self.line.len() < LINE_KEPT_MAX {
                    self.line.push(byte);
                }
                self.line_bytes += 1;
                Ok(None)
            }
        }
    }

    fn end_line(&mut self) -> Result<Option<At>, Unclear> {
        let whole = self.line_bytes == self.line.len();
        let line = std::mem::take(&mut self.line);
        self.line_bytes = 0;
        if line.is_empty() && self.lines == 0 {
            self.empty_lines += 1;
            return if self.empty_lines > EMPTY_LINES_MAX { Err(Unclear) } else { Ok(None) };
        }
        if line.is_empty() {
            return Ok(Some(self.what_follows()));
        }
        self.lines += 1;
        if self.lines > 1 {
            self.header(&line, whole)?;
        }
        self.line = line;
        self.line.clear();
        Ok(None)
    }

    fn header(&mut self, line: &[u8], whole: bool) -> Result<(), Unclear> {
        // A line that goes on from the one before; or a name that some readers trim.
        if matches!(line[0], b' ' | b'\t') {
            return Err(Unclear);
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            // Longer than we keep, and not one of ours: the library judges it.
            return if whole { Err(Unclear) } else { Ok(()) };
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        let trimmed = name.trim_ascii();
        let is_length = trimmed.eq_ignore_ascii_case(b"content-length");
        let is_encoding = trimmed.eq_ignore_ascii_case(b"transfer-encoding");
        if !is_length && !is_encoding {
            return Ok(());
        }
        let framed_already = self.content_length.is_some() || self.chunked;
        if framed_already || trimmed.len() != name.len() || !whole {
            return Err(Unclear);
        }
        if is_encoding {
            self.chunked = value.eq_ignore_ascii_case(b"chunked");
            return if self.chunked { Ok(()) } else { Err(Unclear) };
        }
        // Eighteen digits are beyond any body, and cannot overflow.
        if value.is_empty() || value.len() > 18 || !value.iter().all(u8::is_ascii_digit) {
            return Err(Unclear);
        }
        self.content_length = Some(value.iter().fold(0, |n, digit| n * 10 + u64::from(digit - b'0')));
        Ok(())
    }

    fn what_follows(&self) -> At {
        match (self.chunked, self.content_length) {
            (true, _) => At::LastBody,
            (false, Some(left @ 1..)) => At::Body { left },
            (false, Some(0) | None) => At::Head(Self::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However the bytes are cut, the verdict is the same.
    #[track_caller]
    fn check(text: &str, refused_at: Option<usize>) {
        for step in [1, 2, 3, 7, text.len().max(1)] {
            let mut gate = Gate::new();
            let mut at = 0;
            let mut verdict = None;
            for part in text.as_bytes().chunks(step) {
                if let Err(refused) = gate.follow(part) {
                    verdict = Some(at + refused.at);
                    break;
                }
                at += part.len();
            }
            assert_eq!(verdict, refused_at, "{text:?} in steps of {step}");
            assert_eq!(gate.is_shut(), refused_at.is_some());
        }
    }

    #[test]
    fn plain_requests_pass_one_after_the_other() {
        for text in [
            "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\n\n\0\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length:\t0 \r\n\r\nGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nanything\n\0",
            "GET / HTTP/1.1\r\nx-content-length: a\r\ntransfer-encodings: b\r\n\r\n",
        ] {
            check(text, None);
        }
        let long = format!("GET /{} HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(5000), "b".repeat(5000));
        check(&long, None);
    }

    #[test]
    fn what_two_readers_read_differently_is_refused() {
        // The mark is where the byte stands that must not pass.
        for marked in [
            "POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r|\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 5\r\nContent-Length: 5\r|\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r|\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r|\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: identity\r|\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: xchunked\r|\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding:\r|\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding : chunked\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length : 5\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: +5\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: -1\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 5, 5\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 0x5\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 5 5\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length:\r|\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 9999999999999999999\r|\n\r\n",
            "GET / HTTP/1.1|\nhost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a|\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r|\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r| x\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a|\0\r\n\r\n",
            "GET / HTTP/1.1\r\nx: a\r\n b\r|\n\r\n",
            "GET / HTTP/1.1\r\n transfer-encoding: chunked\r|\n\r\n",
            "GET / HTTP/1.1\r\ntransfer-encoding\r|\n\r\n",
            "\r\n\r\n\r|\nGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nabGET / HTTP/1.1\r\ncontent-length: x\r|\n\r\n",
        ] {
            let at = marked.find('|').unwrap();
            check(&marked.replacen('|', "", 1), Some(at));
        }
        let padded = format!("POST / HTTP/1.1\r\ncontent-length: {}5\r|\n\r\n", " ".repeat(LINE_KEPT_MAX));
        check(&padded.replacen('|', "", 1), padded.find('|'));
    }
}
