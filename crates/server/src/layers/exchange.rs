//! One request and its answer, whatever the route: an id, a line in the log, a duration.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use bytes::Bytes;
use uuid::Uuid;

use crate::layers::metrics::record_answer;

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
    begun: Instant,
}

impl Exchange {
    pub(crate) fn begin(request: &Request) -> Self {
        Self {
            id: request_id(request.headers()),
            method: request.method().clone(),
            uri: request.uri().clone(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            begun: Instant::now(),
        }
    }

    /// Signs, logs and counts the answer.
    pub(crate) fn end(self, response: &mut Response) {
        let status = response.status();
        let duration_s = self.begun.elapsed().as_secs_f64();
        // What leads nowhere has no route, and a method of the client's own making is no label.
        let route = self.route.as_ref().filter(|_| status != StatusCode::METHOD_NOT_ALLOWED);
        match route {
            Some(route) => record_answer(self.method.as_str(), route.as_str(), status, duration_s),
            None => record_answer("other", "other", status, duration_s),
        }
        self.log(status, duration_s);
        response.headers_mut().insert(REQUEST_ID, self.id);
    }

    /// One line: refusals and faults are worth more than reads.
    fn log(&self, status: StatusCode, duration_s: f64) {
        let request_id = self.id.to_str().unwrap_or_default();
        let (method, status_code) = (&self.method, status.as_u16());
        let path = self.uri.path();
        let end = path.char_indices().nth(PATH_CHARS_MAX).map_or(path.len(), |(idx, _)| idx);
        let path = &path[..end];
        let duration_ms = (duration_s * 1000.0).round();
        if status.is_server_error() {
            tracing::warn!(request.id = request_id, %method, path, status = status_code, duration_ms, "request failed");
        } else if method == Method::GET {
            tracing::debug!(request.id = request_id, %method, path, status = status_code, duration_ms, "request");
        } else {
            tracing::info!(request.id = request_id, %method, path, status = status_code, duration_ms, "request");
        }
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
