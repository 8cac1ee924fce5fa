//! A plain HTTP client: one request on one connection, whole answers only. It shares no code with what it tests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub status: u16,
    pub body: String,
}

/// No whole answer came: nobody knows what happened there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost;

const ANSWER_BYTES_MAX: u64 = 32 << 20;

/// A request.
pub(crate) struct Ask<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a str,
}

/// Sends and waits for the whole answer, no longer than `deadline`.
pub(crate) fn call(to: SocketAddr, ask: &Ask<'_>, deadline: Duration) -> Result<Answer, Lost> {
    whole(to, ask, deadline).ok().flatten().ok_or(Lost)
}

fn whole(to: SocketAddr, ask: &Ask<'_>, deadline: Duration) -> std::io::Result<Option<Answer>> {
    let end = Instant::now() + deadline;
    let mut stream = TcpStream::connect_timeout(&to, deadline)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(deadline))?;
    stream.set_write_timeout(Some(deadline))?;
    let mut head = format!("{} {} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n", ask.method, ask.path);
    for (name, value) in ask.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if ask.method != "GET" {
        head += &format!("content-length: {}\r\n", ask.body.len());
    }
    stream.write_all((head + "\r\n" + ask.body).as_bytes())?;
    let mut bytes = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(if Instant::now() <= end { parse(&bytes) } else { None })
}

/// `None` when the answer stops before its end.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let split = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..split]).ok()?;
    let body = &bytes[split + 4..];
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let header = |wanted: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()).next()
    };
    let body = match header("content-length") {
        Some(length) => body.get(..length.parse().ok()?)?.to_vec(),
        None if header("transfer-encoding").is_some() => unchunked(body)?,
        None if status == 204 => Vec::new(),
        None => return None,
    };
    Some(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?.trim(), 16).ok()?;
        rest = rest.get(line + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &str, found: Option<(u16, &str)>) {
        let found = found.map(|(status, body)| Answer { status, body: body.to_owned() });
        assert_eq!(parse(bytes.as_bytes()), found, "{bytes:?}");
    }

    #[test]
    fn only_whole_answers_count() {
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Some((200, "ok")));
        check("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", None);
        check("HTTP/1.1 200 OK\r\nContent-Length: 2", None);
        check("HTTP/1.1 200 OK\r\n\r\nok", None);
        check("HTTP/1.1 204 No Content\r\n\r\n", Some((204, "")));
        check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", Some((200, "ok")));
        check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n", None);
        check("", None);
    }
}
