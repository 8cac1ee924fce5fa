//! A file that goes out as it is made. Two pieces wait at most; whoever reads slowly slows the making down.

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use hundi_app::Error;
use hundi_app::exports::{Export, Format};
use hyper::body::Frame;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Pieces on their way between the maker and the socket.
const WAITING_MAX: usize = 2;

/// The answer, with its first piece made: what is wrong from the start is still a proper refusal.
pub(crate) async fn download(mut export: Export, format: Format) -> Result<Response, Error> {
    let name = export.file_name();
    let first = export.next().await?;
    let (pieces, out) = mpsc::channel(WAITING_MAX);
    tokio::spawn(make(export, first, pieces));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .expect("a list's name, a date and an ending");
    let headers =
        [(CONTENT_TYPE, HeaderValue::from_static(format.media_type())), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::new(Made(out))).into_response())
}

/// Ends when the file does, or when nobody reads it any more.
async fn make(mut export: Export, first: Option<Vec<u8>>, out: mpsc::Sender<Result<Bytes, BrokenOff>>) {
    let mut piece = first;
    while let Some(bytes) = piece {
        if out.send(Ok(Bytes::from(bytes))).await.is_err() {
            return;
        }
        piece = match export.next().await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(error = error.to_log(), rows = export.rows(), "an export broke off");
                // The answer ends without its last chunk, so that whoever reads it knows that it is not whole.
                if out.send(Err(BrokenOff)).await.is_err() {
                    tracing::debug!("nobody read the export any more");
                }
                return;
            }
        };
    }
}

struct Made(mpsc::Receiver<Result<Bytes, BrokenOff>>);

/// The file ends here and is not whole.
#[derive(Debug)]
struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file broke off")
    }
}

impl std::error::Error for BrokenOff {}

impl hyper::body::Body for Made {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|bytes| bytes.map(Frame::data)))
    }
}
