//! The last line of defence for clients that read every error as JSON: what the framework itself
//! refuses, it refuses in plain text.

use axum::body::to_bytes;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// Bytes of a plain text that are passed on.
const TEXT_BYTES_MAX: usize = 1024;

/// Turns an error without a JSON body into one of the wire's.
pub(crate) async fn error_as_json(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let json = HeaderValue::from_static("application/json");
    let kind = response.headers().get(CONTENT_TYPE);
    // Pages are for people.
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_error || is_page || kind == Some(&json) {
        return response;
    }
    let text = to_bytes(response.into_body(), TEXT_BYTES_MAX).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let reason = status.canonical_reason().unwrap_or("Error");
    Problem::plain(status, if text.is_empty() { reason } else { &text }).into_response()
}
