//! As much of Redis' protocol (RESP2) as counting needs: one script, evaluated on one key, that answers with numbers.
//!
//! Not a general client, and no dependency for it: the crate that would do this brings seventy others. Whoever asks has
//! a deadline, and a server that does not answer is left alone for a while. A connection on which anything went wrong is
//! thrown away, since nobody knows which answer would come next.

use hundi_core::time::seconds;
use hundi_core::{Millis, Secret};
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use url::Url;

/// For everything: to connect, to sign in, to ask. Nobody waits longer for a limit.
const WITHIN: Duration = Duration::from_millis(150);
/// A server that failed is asked again after so long, by one caller.
const LEFT_ALONE_MS: i64 = seconds(1);
const CONNECTIONS_MAX: usize = 16;
/// Lines and lists of an answer: ours have three numbers.
const LINE_BYTES_MAX: u64 = 512;
const NUMBERS_MAX: i64 = 16;
const PORT: u16 = 6379;

/// Where a Redis is: `redis://[user:password@]host[:port][/database]`.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisAt {
    host: String,
    port: u16,
    user: String,
    password: Option<Secret>,
    database: u8,
}

impl fmt::Debug for RedisAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisAt({}:{}/{})", self.host, self.port, self.database)
    }
}

/// A text that is no Redis' address. It never repeats the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write redis://host:6379, or redis://user:password@host:6379/1; TLS (rediss) is for a tunnel to do")]
pub struct NotARedis;

impl FromStr for RedisAt {
    type Err = NotARedis;

    fn from_str(text: &str) -> Result<Self, NotARedis> {
        let url = Url::parse(text).map_err(|_| NotARedis)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(NotARedis)?;
        if url.scheme() != "redis" || url.query().is_some() || url.fragment().is_some() {
            return Err(NotARedis);
        }
        let database = match url.path().trim_start_matches('/') {
            "" => 0,
            number => number.parse().map_err(|_| NotARedis)?,
        };
        let plain = |text: &str| {
            // The parser has escaped what a URL can't carry.
            let bytes = url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
                .next()
                .map(|(_, value)| value.into_owned());
            bytes.unwrap_or_default()
        };
        Ok(Self {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: url.port().unwrap_or(PORT),
            user: plain(url.username()),
            password: url.password().map(|password| Secret::new(plain(password))),
            database,
        })
    }
}

/// There was no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Away {
    #[error("it failed a moment ago and is left alone")]
    LeftAlone,
    #[error("it did not answer in time")]
    TimedOut,
    #[error("{0}")]
    Failed(String),
}

/// Connections to one Redis.
pub(crate) struct Redis {
    at: RedisAt,
    idle: Mutex<Vec<BufReader<TcpStream>>>,
    turns: Semaphore,
    /// When it may be asked again, since it failed.
    failed: Mutex<Option<Millis>>,
}

impl Redis {
    pub(crate) fn new(at: RedisAt) -> Self {
        Self { at, idle: Mutex::default(), turns: Semaphore::new(CONNECTIONS_MAX), failed: Mutex::default() }
    }

    /// Evaluates a script on one key. Whether it had failed before comes along, for whoever tells that it is back.
    pub(crate) async fn eval(
        &self,
        script: &str,
        key: &str,
        args: &[i64],
        now: Millis,
    ) -> Result<Vec<i64>, Away> {
        if !self.may_try(now) {
            return Err(Away::LeftAlone);
        }
        let ended = match tokio::time::timeout(WITHIN, self.exchange(script, key, args)).await {
            Ok(ended) => ended,
            Err(_) => Err(Away::TimedOut),
        };
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        *failed = ended.is_err().then(|| now.plus(LEFT_ALONE_MS));
        ended
    }

    /// After a failure one caller tries again when it is time, and the others go on without.
    fn may_try(&self, now: Millis) -> bool {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        match failed.as_mut() {
            None => true,
            Some(until) if *until <= now => {
                *until = now.plus(LEFT_ALONE_MS);
                true
            }
            Some(_) => false,
        }
    }

    async fn exchange(&self, script: &str, key: &str, args: &[i64]) -> Result<Vec<i64>, Away> {
        let _turn = self.turns.acquire().await.map_err(|_| Away::TimedOut)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut stream = match idle {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        let args: Vec<String> = args.iter().map(i64::to_string).collect();
        let mut words = vec!["EVAL", script, "1", key];
        words.extend(args.iter().map(String::as_str));
        send(&mut stream, &words).await?;
        let numbers = numbers(&mut stream).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
        Ok(numbers)
    }

    async fn connect(&self) -> Result<BufReader<TcpStream>, Away> {
        let stream = TcpStream::connect((self.at.host.as_str(), self.at.port)).await.map_err(broken)?;
        stream.set_nodelay(true).map_err(broken)?;
        let mut stream = BufReader::new(stream);
        if let Some(password) = &self.at.password {
            let words: &[&str] = match self.at.user.as_str() {
                "" => &["AUTH", password.expose()],
                user => &["AUTH", user, password.expose()],
            };
            send(&mut stream, words).await?;
            fine(&mut stream).await?;
        }
        if self.at.database != 0 {
            send(&mut stream, &["SELECT", &self.at.database.to_string()]).await?;
            fine(&mut stream).await?;
        }
        Ok(stream)
    }
}

fn broken(error: std::io::Error) -> Away {
    // The kind alone: nothing that was sent finds its way into a log.
    Away::Failed(error.kind().to_string())
}

fn strange() -> Away {
    Away::Failed("its answer is none that it should give".into())
}

async fn send(stream: &mut BufReader<TcpStream>, words: &[&str]) -> Result<(), Away> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
    }
    stream.write_all(&bytes).await.map_err(broken)
}

/// `+OK`, or the first word of a refusal.
async fn fine(stream: &mut BufReader<TcpStream>) -> Result<(), Away> {
    let line = line(stream).await?;
    if line == "+OK" { Ok(()) } else { Err(refusal(&line)) }
}

/// A list of numbers.
async fn numbers(stream: &mut BufReader<TcpStream>) -> Result<Vec<i64>, Away> {
    let head = line(stream).await?;
    let count: i64 = match head.strip_prefix('*') {
        Some(count) => count.parse().map_err(|_| strange())?,
        None => return Err(refusal(&head)),
    };
    if !(0..=NUMBERS_MAX).contains(&count) {
        return Err(strange());
    }
    let mut numbers = Vec::new();
    for _ in 0..count {
        let line = line(stream).await?;
        let number = line.strip_prefix(':').and_then(|number| number.parse().ok());
        numbers.push(number.ok_or_else(strange)?);
    }
    Ok(numbers)
}

/// `-NOAUTH Authentication required.`: the word says enough, and the rest may repeat what was sent.
fn refusal(line: &str) -> Away {
    match line.strip_prefix('-').and_then(|rest| rest.split(' ').next()) {
        Some(word) if word.bytes().all(|c| c.is_ascii_uppercase()) => {
            Away::Failed(format!("it refuses: {word}"))
        }
        _ => strange(),
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> Result<String, Away> {
    let mut bytes = Vec::new();
    let read = (&mut *stream).take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes).await.map_err(broken)?;
    if read == 0 {
        return Err(Away::Failed("it closed the connection".into()));
    }
    let text = bytes.strip_suffix(b"\r\n").ok_or_else(strange)?;
    String::from_utf8(text.to_vec()).map_err(|_| strange())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    const NOW: Millis = Millis(1_800_000_000_000);

    #[test]
    fn addresses() {
        let at = |text: &str| text.parse::<RedisAt>();
        let plain = at("redis://cache.internal").unwrap();
        assert_eq!((plain.host.as_str(), plain.port, plain.database), ("cache.internal", 6379, 0));
        let full = at("redis://limits:p%40ss+word@[::1]:6380/3").unwrap();
        assert_eq!(
            (full.host.as_str(), full.port, full.database, full.user.as_str()),
            ("::1", 6380, 3, "limits")
        );
        assert_eq!(full.password.as_ref().map(Secret::expose), Some("p@ss+word"));
        assert_eq!(format!("{full:?}"), "RedisAt(::1:6380/3)");
        for text in [
            "",
            "redis",
            "redis://",
            "rediss://h",
            "http://h",
            "redis://h/x",
            "redis://h/1/2",
            "redis://h?x=1",
            "redis://h/999",
        ] {
            assert_eq!(at(text), Err(NotARedis), "{text}");
        }
    }

    /// A server that answers each connection's first request with these bytes.
    async fn answers(bytes: &'static [u8]) -> Redis {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut heard = [0; 1024];
                    let _heard = stream.read(&mut heard).await;
                    let _sent = stream.write_all(bytes).await;
                    if !bytes.is_empty() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_secs(5)).await;
                });
            }
        });
        Redis::new(format!("redis://127.0.0.1:{port}").parse().unwrap())
    }

    #[tokio::test]
    async fn whatever_is_wrong_is_away_and_soon() {
        for bytes in [
            &b""[..],
            b"*3\r\n:1\r\n",
            b"*3\r\n:1\r\n:2\r\n$1\r\n",
            b"*99999999\r\n",
            b"*-1\r\n",
            b"-NOAUTH Authentication required.\r\n",
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            b"\xff\xfe\r\n",
            b"*3\n:1\n:2\n:3\n",
            &[b'x'; 4_000],
        ] {
            let redis = answers(bytes).await;
            let ended = redis.eval("return 1", "k", &[1], NOW).await;
            assert!(ended.is_err(), "{ended:?}");
            // Left alone for a while: the next does not even ask.
            assert_eq!(
                redis.eval("return 1", "k", &[1], NOW.plus(LEFT_ALONE_MS - 1)).await,
                Err(Away::LeftAlone)
            );
        }
        let nobody = Redis::new("redis://127.0.0.1:1".parse().unwrap());
        assert!(matches!(nobody.eval("return 1", "k", &[], NOW).await, Err(Away::Failed(_))));
        let right = answers(b"*3\r\n:1\r\n:-2\r\n:30\r\n").await;
        assert_eq!(right.eval("return 1", "k", &[1], NOW).await, Ok(vec![1, -2, 30]));
    }
}
