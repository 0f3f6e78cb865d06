//! Bodies on their way in and out. As long as one of them is open its connection is in use.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;

use super::connection::Exchange;
use super::pace::Pace;

/// The body of a request, which has to keep up a pace.
pub(super) struct Received {
    body: Incoming,
    pace: Pace,
    _exchange: Exchange,
}

impl Received {
    pub(super) fn new(body: Incoming, exchange: Exchange, pace: Pace) -> Self {
        Self { body, pace, _exchange: exchange }
    }
}

impl HttpBody for Received {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => {
                if let Some(Ok(frame)) = &frame {
                    self.pace.came(frame.data_ref().map_or(0, Bytes::len));
                }
                Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)))
            }
            Poll::Pending => match self.pace.poll_too_slow(context) {
                Poll::Ready(error) => Poll::Ready(Some(Err(error.into()))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer. It tells a client that takes nothing from an answer that is not there
/// yet: only of the former the next piece is not asked for.
pub(super) struct Sent {
    body: Body,
    exchange: Exchange,
    is_handed: bool,
}

impl Sent {
    pub(super) fn new(body: Body, exchange: Exchange) -> Self {
        Self { body, exchange, is_handed: false }
    }

    fn take_back(&mut self) {
        if std::mem::take(&mut self.is_handed) {
            self.exchange.taken();
        }
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(_))) => {
                let is_first = !std::mem::replace(&mut self.is_handed, true);
                self.exchange.handed(is_first);
            }
            _ => self.take_back(),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        self.take_back();
    }
}
