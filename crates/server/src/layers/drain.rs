//! Lets a client see an early refusal of its upload.
//!
//! When a request is answered before its body was read, the connection would be reset under the
//! client's hands while it still sends, and many clients then report the reset and not the answer.
//! So what is left of a body is read and thrown away, up to a limit of bytes and time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;

/// Bytes that are thrown away at most.
const DRAIN_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Time that is spent on it at most.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// Wraps the body so that what a handler leaves unread is drained after the answer.
pub(crate) fn drain_unread_body(request: Request) -> Request {
    request.map(
        |body| {
            if body.is_end_stream() { body } else { Body::new(Drained { body, ended: false }) }
        },
    )
}

struct Drained {
    body: Body,
    ended: bool,
}

impl HttpBody for Drained {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.ended = true;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        if self.ended || self.body.is_end_stream() {
            return;
        }
        let body = std::mem::take(&mut self.body);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(DRAIN_TIMEOUT, drain(body)));
        }
    }
}

async fn drain(body: Body) {
    use futures_util::StreamExt;
    let mut left = DRAIN_BYTES_MAX;
    let mut pieces = body.into_data_stream();
    while let Some(Ok(piece)) = pieces.next().await {
        match left.checked_sub(piece.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
