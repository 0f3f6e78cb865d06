//! Spans of requests and executions for a collector of traces. Nothing is recorded unless the binary
//! receives them.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;

static RECEIVER: OnceLock<Sender<Span>> = OnceLock::new();

/// The place of a span in a trace, as `traceparent` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// 32 hexadecimal digits.
    pub trace_id: String,
    /// 16 hexadecimal digits.
    pub span_id: String,
}

impl TraceContext {
    /// Reads a `traceparent` header, if it is one.
    #[must_use]
    pub fn of_header(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let (version, trace_id, span_id) = (parts.next()?, parts.next()?, parts.next()?);
        let is_hex =
            |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_id = |text: &str, length| {
            text.len() == length && is_hex(text) && text.bytes().any(|byte| byte != b'0')
        };
        let is_version = version.len() == 2 && is_hex(version) && version != "ff";
        (is_version && is_id(trace_id, 32) && is_id(span_id, 16))
            .then(|| Self { trace_id: trace_id.to_owned(), span_id: span_id.to_owned() })
    }

    /// A new span below this one, or at the start of a new trace.
    #[must_use]
    pub fn below(parent: Option<&Self>) -> Self {
        let trace_id = parent
            .map_or_else(|| Uuid::new_v4().simple().to_string(), |parent| parent.trace_id.clone());
        let mut span_id = Uuid::new_v4().simple().to_string();
        span_id.truncate(16);
        Self { trace_id, span_id }
    }
}

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// The answer to a request.
    Server,
    /// Work on what somebody queued.
    Consumer,
}

/// A span that has ended.
#[derive(Clone, Debug)]
pub struct Span {
    /// Its own place.
    pub context: TraceContext,
    /// The id of the span around it.
    pub parent_id: Option<String>,
    /// Its name, which holds no id.
    pub name: String,
    /// What it is.
    pub kind: SpanKind,
    /// When it ended.
    pub ended: Instant,
    /// How long it took.
    pub duration: Duration,
    /// Facts about it.
    pub attributes: Vec<(&'static str, String)>,
    /// It ended with a fault.
    pub is_failure: bool,
}

/// Begins to record spans; at most so many wait to be received. `None` if somebody receives already.
#[must_use]
pub fn receive_spans(waiting_max: usize) -> Option<Receiver<Span>> {
    let (sender, receiver) = channel(waiting_max);
    RECEIVER.set(sender).ok().map(|()| receiver)
}

/// True if somebody receives spans.
#[must_use]
pub fn are_spans_received() -> bool {
    RECEIVER.get().is_some()
}

/// Records a span. If the receiver is slow, it is dropped.
pub fn record_span(span: Span) {
    if let Some(receiver) = RECEIVER.get() {
        let _ = receiver.try_send(span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_if_it_names_a_span() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let span = "00f067aa0ba902b7";
        let found = TraceContext::of_header(&format!("00-{id}-{span}-01")).unwrap();
        assert_eq!((found.trace_id.as_str(), found.span_id.as_str()), (id, span));
        let below = TraceContext::below(Some(&found));
        assert_eq!((below.trace_id.as_str(), below.span_id.len()), (id, 16));
        assert_ne!(below.span_id, span);
        assert_eq!(TraceContext::below(None).trace_id.len(), 32);
        let zeros = "0".repeat(32);
        for wrong in [
            "",
            "00",
            &format!("00-{id}"),
            &format!("00-{id}-x-01"),
            &format!("ff-{id}-{span}-01"),
            &format!("00-{zeros}-{span}-01"),
        ] {
            assert_eq!(TraceContext::of_header(wrong), None, "{wrong}");
        }
    }
}
