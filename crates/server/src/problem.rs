//! The one place where the domain's errors become statuses and bodies of the wire.

use axum::Json;
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use docket_contract::problem::{self, QuotaData};
use docket_jobs::{Balance, Error};
use serde_json::{Value, json};

/// Seconds after which a client may try again when storage cannot be reached.
const UNAVAILABLE_RETRY_S: u64 = 5;

/// The same of a full storage: somebody has to make room, or old jobs have to expire.
const STORAGE_FULL_RETRY_S: u64 = 60;

/// Bytes of a text in an error; most have a tenth of that.
const TEXT_BYTES_MAX: usize = 1000;

/// The text of an answer without a key; documented word by word.
const KEY_MISSING: &str = "API key is required. Please provide 'api-key' in the request header.";

/// An error answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: Value,
    retry_after_s: Option<u64>,
    /// The connection ends with the answer.
    closes: bool,
}

/// The endpoint family whose bodies an error takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// `/jobs`
    Jobs,
    /// `/parse`
    Parse,
    /// `/extract`, and what else speaks like it: `/cite`, `/batch`, `/chunking`
    Extract,
    /// `/classify` and `/splitter`
    Pages,
}

impl Problem {
    fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, retry_after_s: None, closes: false }
    }

    fn detail(status: StatusCode, text: &str) -> Self {
        Self::new(status, problem::detail(text))
    }

    /// Any status with a sentence.
    pub(crate) fn plain(status: StatusCode, text: &str) -> Self {
        Self::detail(status, text)
    }

    /// 400 with a sentence.
    pub(crate) fn bad_request(text: &str) -> Self {
        Self::detail(StatusCode::BAD_REQUEST, text)
    }

    /// 401 without a key, or with one that is not live.
    pub(crate) fn unauthorized(key_given: bool) -> Self {
        let text = if key_given { "Invalid API key" } else { KEY_MISSING };
        Self::detail(StatusCode::UNAUTHORIZED, text)
    }

    /// The same error with its `detail` text as the whole body: one published client accepts
    /// nothing else on `GET /parse`.
    pub(crate) fn into_bare_text(mut self) -> Self {
        if let Some(text) = self.body.get_mut("detail").map(Value::take) {
            self.body = text;
        }
        self
    }

    /// A form without a field that it must have.
    pub(crate) fn missing_field(name: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, problem::missing_field(name))
    }

    /// 422 of a field of a JSON body, in the shape of form validation.
    pub(crate) fn invalid_field(loc: &Value, kind: &str, text: &str, input: &Value) -> Self {
        let input_text = input.to_string();
        let is_long = input_text.len() > TEXT_BYTES_MAX;
        let input = if is_long { Value::String(input_text) } else { input.clone() };
        let entry = json!({ "type": kind, "loc": loc, "msg": text, "input": input });
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, json!({ "detail": [entry] }))
    }

    /// A form without any of the files that it must have.
    pub(crate) fn missing_file(name: &str) -> Self {
        let mut body = problem::missing_field(name);
        body["detail"][0]["loc"] = json!(["body", name, 0]);
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, body)
    }

    /// The same error for the client that names itself in `X-APIMatic-Lang`: on `/v2/extract` it
    /// decodes a 402 only with a text as `detail`, the other client only with an object.
    pub(crate) fn with_detail_text(mut self) -> Self {
        if self.status == StatusCode::PAYMENT_REQUIRED
            && let Some(mut detail) = self.body.get_mut("detail").map(Value::take)
            && detail.is_object()
        {
            detail["detail"] = detail["message"].clone();
            self.body = detail;
        }
        self
    }

    /// The same error of an upload: its client decodes a 400 only with the text as `error`.
    pub(crate) fn with_error_text(mut self) -> Self {
        if self.status == StatusCode::BAD_REQUEST {
            self.body["error"] = self.body["detail"].clone();
        }
        self
    }

    /// 404 of a path that leads nowhere.
    pub(crate) fn not_found() -> Self {
        Self::detail(StatusCode::NOT_FOUND, "Not Found")
    }

    /// 403 of a link that opens nothing.
    pub(crate) fn forbidden(text: &str) -> Self {
        Self::detail(StatusCode::FORBIDDEN, text)
    }

    /// 405.
    pub(crate) fn method_not_allowed() -> Self {
        Self::detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    /// 413 of an upload.
    pub(crate) fn too_large(size_bytes: u64, limit_bytes: u64) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, problem::file_too_large(size_bytes, limit_bytes))
    }

    /// 408 of a body that came too slowly. What is left of it is not read, so the connection ends.
    pub(crate) fn too_slow() -> Self {
        Self {
            closes: true,
            ..Self::detail(StatusCode::REQUEST_TIMEOUT, "The request's body came too slowly")
        }
    }

    /// 429 of a client with too many connections through a proxy.
    pub(crate) fn too_many_connections() -> Self {
        Self { closes: true, ..Self::of(Error::RateLimited { retry_after_s: 5 }, Family::Jobs) }
    }

    /// 429 of an account that has too much open.
    pub(crate) fn too_many(what: &str) -> Self {
        let retry_after_s = UNAVAILABLE_RETRY_S;
        let mut body = problem::rate_limited(retry_after_s);
        body["message"] = json!(what);
        body["detail"] = json!(what);
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, body)
        }
    }

    /// 500 that leaks nothing.
    pub(crate) fn internal() -> Self {
        Self::detail(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }

    /// 503.
    pub(crate) fn unavailable(text: &str, reason: &str) -> Self {
        Self::unavailable_for(text, reason, UNAVAILABLE_RETRY_S)
    }

    fn unavailable_for(text: &str, reason: &str, retry_after_s: u64) -> Self {
        let body = problem::unavailable(text, reason, retry_after_s);
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, body)
        }
    }

    /// 404 of a job, in the words of its family; the id is what the client sent.
    pub(crate) fn no_such_job(family: Family, id: &str) -> Self {
        let text = format!("Job {id} not found");
        let body = match family {
            Family::Jobs => problem::detail(&text),
            Family::Parse => problem::envelope("task_not_found", &text, &json!({ "task_id": id })),
            Family::Extract | Family::Pages => problem::detail("Job not found"),
        };
        Self::new(StatusCode::NOT_FOUND, body)
    }

    /// A verb's error on one job.
    pub(crate) fn of_job(error: Error, family: Family, id: &str) -> Self {
        match error {
            Error::NotFound => Self::no_such_job(family, id),
            other => Self::of(other, family),
        }
    }

    /// A verb's error.
    pub(crate) fn of(error: Error, family: Family) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Invalid(text) => Self::bad_request(&text),
            Error::PrivateHost => Self::bad_request(&error.to_string()),
            Error::UploadTooLarge { size_bytes, limit_bytes } => {
                Self::too_large(size_bytes, limit_bytes)
            }
            Error::NotInRange { .. } => {
                Self::detail(StatusCode::RANGE_NOT_SATISFIABLE, "Range Not Satisfiable")
            }
            Error::QuotaExceeded(balance) => Self::new(
                StatusCode::PAYMENT_REQUIRED,
                match family {
                    Family::Parse => problem::quota_exceeded_parse(quota_data(balance)),
                    _ => problem::quota_exceeded(quota_data(balance)),
                },
            ),
            Error::RateLimited { retry_after_s } => Self {
                retry_after_s: Some(retry_after_s),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, problem::rate_limited(retry_after_s))
            },
            Error::QueueFull { retry_after_s } => Self::unavailable_for(
                "The queue is full, try again later",
                "queue_full",
                retry_after_s,
            ),
            Error::DocumentsFull(_) => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, problem::usage_limit_exceeded())
            }
            Error::StorageFull(why) => {
                tracing::warn!(why, "storage full");
                Self::unavailable_for(
                    "The storage is full, try again later",
                    "storage_full",
                    STORAGE_FULL_RETRY_S,
                )
            }
            Error::UploadClosed => Self::forbidden("The link is not valid or has expired"),
            Error::NotCompleted(word) => {
                Self::bad_request(&format!("Job is not completed. Current status: {word}"))
            }
            Error::JobFailed(text) => Self::detail(StatusCode::INTERNAL_SERVER_ERROR, &text),
            Error::Unavailable(source) => {
                tracing::warn!(error = &*source as &dyn std::error::Error, "storage unavailable");
                Self::unavailable("The service is temporarily unavailable", "storage_unavailable")
            }
            Error::Internal(source) => {
                tracing::error!(error = &*source as &dyn std::error::Error, "internal error");
                match family {
                    Family::Jobs | Family::Extract | Family::Pages => Self::internal(),
                    Family::Parse => Self::new(
                        StatusCode::INTERNAL_SERVER_ERROR,
                        problem::envelope("internal_error", "Internal server error", &json!({})),
                    ),
                }
            }
        }
    }
}

/// A stored result that is not what we stored.
#[expect(clippy::needless_pass_by_value, reason = "used as a function for map_err")]
pub(crate) fn unreadable(error: serde_json::Error) -> Problem {
    tracing::error!(%error, "stored result cannot be read");
    Problem::internal()
}

fn quota_data(balance: Balance) -> QuotaData {
    QuotaData { current: balance.used, limit: balance.limit, remaining: balance.remaining() }
}

/// Cuts long texts: what a client sent comes back to it, but not the whole of it.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > TEXT_BYTES_MAX => {
            let end = (0..=TEXT_BYTES_MAX).rev().find(|end| text.is_char_boundary(*end));
            text.truncate(end.unwrap_or_default());
            text.push('…');
        }
        Value::Array(list) => list.iter_mut().for_each(shorten),
        Value::Object(object) => object.values_mut().for_each(shorten),
        _ => {}
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        shorten(&mut self.body);
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.closes {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_the_domain_has_a_detail() {
        let errors = || {
            vec![
                Error::NotFound,
                Error::Invalid("bad".to_owned()),
                Error::PrivateHost,
                Error::UploadTooLarge { size_bytes: 2, limit_bytes: 1 },
                Error::NotInRange { size_bytes: 1 },
                Error::RateLimited { retry_after_s: 3 },
                Error::QueueFull { retry_after_s: 7 },
                Error::StorageFull("secret".to_owned()),
                Error::UploadClosed,
                Error::NotCompleted("queued"),
                Error::JobFailed("why".to_owned()),
                Error::Unavailable("down".into()),
                Error::Internal("secret".into()),
            ]
        };
        for family in [Family::Jobs, Family::Parse, Family::Extract, Family::Pages] {
            for error in errors() {
                let problem = Problem::of_job(error, family, "x");
                assert!(problem.body["detail"].is_string(), "{:?}", problem.body);
                assert!(!problem.body.to_string().contains("secret"), "{:?}", problem.body);
            }
        }
    }

    #[test]
    fn a_402_fits_either_client() {
        let balance = Balance {
            used: 3,
            limit: 3,
            cycle_started_at: docket_contract::timestamp::Timestamp::default(),
        };
        let problem = |family| Problem::of(Error::QuotaExceeded(balance), family);
        assert!(problem(Family::Extract).body["detail"]["quota_data"].is_object());
        assert!(problem(Family::Parse).body["quota_data"].is_object());
        let text = problem(Family::Extract).with_detail_text().body;
        assert_eq!(text["detail"], "Insufficient quota");
        assert_eq!(text["quota_data"]["limit"], 3);
    }

    #[test]
    fn a_full_queue_tells_when_to_come_back() {
        let problem = Problem::of(Error::QueueFull { retry_after_s: 7 }, Family::Pages);
        let details = &problem.body["error"]["details"];
        assert_eq!(*details, json!({ "reason": "queue_full", "retry_after": 7 }));
        let response = problem.into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
    }

    #[test]
    fn long_texts_of_clients_are_cut() {
        let long = "ü".repeat(1_000_000);
        let mut problems = [
            Problem::no_such_job(Family::Parse, &long).body,
            Problem::bad_request(&long).body,
            Problem::invalid_field(&json!(["body"]), "type", &long, &json!([[long.clone()]])).body,
        ];
        for body in &mut problems {
            shorten(body);
            assert!(body.to_string().len() < 4 * TEXT_BYTES_MAX, "{body}");
            assert!(body.to_string().contains("ü…"));
        }
        let mut short = json!({ "detail": "ü" });
        shorten(&mut short);
        assert_eq!(short, json!({ "detail": "ü" }));
    }

    #[test]
    fn a_bare_text_is_the_detail_alone() {
        let problem = Problem::unauthorized(true).into_bare_text();
        assert_eq!(problem.body, json!("Invalid API key"));
    }
}
