//! The socket as the HTTP library sees it: behind the gate, and with a clock beside it.

use super::head::Gate;
use super::pace::Pace;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A byte that no head may contain. Put in place of a refused one, it makes the library answer 400 in its turn,
/// behind the answers that are still owed, and close.
const POISON: u8 = 0;

pub(super) struct Gated {
    stream: TcpStream,
    gate: Gate,
    pace: Arc<Pace>,
}

impl Gated {
    pub(super) fn new(stream: TcpStream, pace: Arc<Pace>) -> Self {
        Self { stream, gate: Gate::new(), pace }
    }
}

impl AsyncRead for Gated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.gate.is_shut() {
            // Nothing more comes, not even an end, which would make the library drop what it still owes. It closes
            // when it has answered the poison, and the pace closes in any case.
            return Poll::Pending;
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let arrived = &mut buf.filled_mut()[before..];
        if arrived.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.pace.heard();
        if let Err(refused) = self.gate.follow(arrived) {
            arrived[refused.at] = POISON;
            buf.set_filled(before + refused.at + 1);
        }
        Poll::Ready(Ok(()))
    }
}

impl Gated {
    fn noted(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(1..)) => self.pace.said(),
            Poll::Pending => self.pace.stuck(),
            Poll::Ready(_) => {}
        }
        written
    }
}

impl AsyncWrite for Gated {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.noted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
