//! One request and its answer, whatever the route: an id, a line in the log, a duration.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use bytes::Bytes;
use docket_jobs::{RequestOfJob, Span, SpanKind, TraceContext, are_spans_received, record_span};
use uuid::Uuid;

use crate::layers::metrics::record_answer;
use crate::layers::noted::Noted;

/// The request's id: the client's own, or a fresh one.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of an id that a client may choose.
const REQUEST_ID_BYTES_MAX: usize = 128;

/// Characters of a path that are logged.
const PATH_CHARS_MAX: usize = 256;

/// What is known of a request before it is answered.
pub(crate) struct Exchange {
    id: HeaderValue,
    method: Method,
    uri: Uri,
    route: Option<MatchedPath>,
    /// The span that the client's `traceparent` names.
    parent: Option<TraceContext>,
    /// The span of this request, if it is traced.
    span: Option<TraceContext>,
    begun: Instant,
}

impl Exchange {
    pub(crate) fn begin(request: &Request) -> Self {
        let parent = request.headers().get("traceparent");
        let parent = parent.and_then(|text| TraceContext::of_header(text.to_str().ok()?));
        Self {
            id: request_id(request.headers()),
            method: request.method().clone(),
            uri: request.uri().clone(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            span: are_spans_received().then(|| TraceContext::below(parent.as_ref())),
            parent,
            begun: Instant::now(),
        }
    }

    /// What the job that it makes keeps of it.
    pub(crate) fn as_request(&self) -> RequestOfJob {
        let trace = self.span.clone().or_else(|| self.parent.clone());
        RequestOfJob { id: self.request_id().to_owned(), trace }
    }

    fn request_id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    /// Signs, logs and counts the answer.
    pub(crate) fn end(self, response: &mut Response, noted: &Noted) {
        let status = response.status();
        let duration_s = self.begun.elapsed().as_secs_f64();
        // What leads nowhere has no route, and a method of the client's own making is no label.
        let route = self.route.as_ref().filter(|_| status != StatusCode::METHOD_NOT_ALLOWED);
        match route {
            Some(route) => record_answer(self.method.as_str(), route.as_str(), status, duration_s),
            None => record_answer("other", "other", status, duration_s),
        }
        self.log(status, duration_s, noted);
        self.trace(status, noted);
        response.headers_mut().insert(REQUEST_ID, self.id);
    }

    /// One line: refusals and faults are worth more than reads. The job is the one that the request
    /// has made, or that its path names.
    fn log(&self, status: StatusCode, duration_s: f64, noted: &Noted) {
        let path = self.uri.path();
        let end = path.char_indices().nth(PATH_CHARS_MAX).map_or(path.len(), |(idx, _)| idx);
        let in_path = path.split('/').find(|part| Uuid::try_parse(part).is_ok());
        macro_rules! line {
            ($level:ident, $message:literal) => {
                tracing::$level!(
                    request.id = self.request_id(),
                    trace.id = self.span.as_ref().or(self.parent.as_ref()).map(|span| span.trace_id.as_str()),
                    account.id = noted.account.as_ref().map(|account| account.0.as_str()),
                    job.id = noted.job.as_deref().or(in_path),
                    method = %self.method,
                    path = &path[..end],
                    status = status.as_u16(),
                    duration_ms = (duration_s * 1000.0).round(),
                    $message
                )
            };
        }
        if status.is_server_error() {
            line!(warn, "request failed");
        } else if self.method == Method::GET {
            line!(debug, "request");
        } else {
            line!(info, "request");
        }
    }

    /// Its span, if spans are recorded.
    fn trace(&self, status: StatusCode, noted: &Noted) {
        let Some(context) = self.span.clone() else { return };
        let route = self.route.as_ref().map_or("other", MatchedPath::as_str);
        let mut attributes = vec![
            ("http.request.method", self.method.as_str().to_owned()),
            ("http.route", route.to_owned()),
            ("http.response.status_code", status.as_u16().to_string()),
            ("request.id", self.request_id().to_owned()),
        ];
        attributes.extend(noted.account.as_ref().map(|account| ("account.id", account.0.clone())));
        attributes.extend(noted.job.clone().map(|job| ("job.id", job)));
        record_span(Span {
            context,
            parent_id: self.parent.as_ref().map(|parent| parent.span_id.clone()),
            name: format!("{} {route}", self.method),
            kind: SpanKind::Server,
            ended: Instant::now(),
            duration: self.begun.elapsed(),
            attributes,
            is_failure: status.is_server_error(),
        });
    }
}

/// The client's own id, unless it is too long to be logged and sent back, or else a fresh one.
pub(crate) fn request_id(headers: &HeaderMap) -> HeaderValue {
    let own = headers.get(&REQUEST_ID).filter(|id| id.len() <= REQUEST_ID_BYTES_MAX);
    own.cloned().unwrap_or_else(fresh_id)
}

/// A random id.
fn fresh_id() -> HeaderValue {
    let mut text = Uuid::encode_buffer();
    let text = Uuid::new_v4().as_hyphenated().encode_lower(&mut text);
    HeaderValue::from_maybe_shared(Bytes::copy_from_slice(text.as_bytes()))
        .unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}
