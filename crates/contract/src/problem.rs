//! The error bodies of the wire. `detail` is always there: one published client reads only it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// `{"detail": "text"}`
#[must_use]
pub fn detail(text: &str) -> Value {
    json!({ "detail": text })
}

/// A missing form field, in the shape of form validation.
#[must_use]
pub fn missing_field(name: &str) -> Value {
    json!({ "detail": [{
        "type": "missing", "loc": ["body", name], "msg": "Field required", "input": null,
    }] })
}

/// The envelope of newer clients, merged with `detail`.
#[must_use]
pub fn envelope(code: &str, message: &str, details: &Value) -> Value {
    json!({
        "error": { "code": code, "message": message, "details": details },
        "detail": message,
    })
}

/// The credits of an account in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuotaData {
    /// Credits used in this cycle.
    pub current: i64,
    /// Credits per cycle.
    pub limit: i64,
    /// Credits left.
    pub remaining: i64,
}

/// 402 of every family but parse: `detail` is an object.
#[must_use]
pub fn quota_exceeded(quota: QuotaData) -> Value {
    json!({ "detail": quota_body(quota) })
}

/// 402 of the parse family: top-level keys and a `detail` object, so that both clients can read it.
#[must_use]
pub fn quota_exceeded_parse(quota: QuotaData) -> Value {
    let mut merged = quota_body(quota);
    merged["detail"] = quota_body(quota);
    merged
}

fn quota_body(quota: QuotaData) -> Value {
    json!({ "message": "Insufficient quota", "status": "QUOTA_EXCEEDED", "quota_data": quota })
}

/// 413 of every upload.
#[must_use]
pub fn file_too_large(size_bytes: u64, limit_bytes: u64) -> Value {
    let mebibytes = limit_bytes / (1024 * 1024);
    let text = format!("File size exceeds maximum limit of {mebibytes}MB.");
    json!({
        "error": "file_too_large", "message": text,
        "file_size_bytes": size_bytes, "max_file_size_bytes": limit_bytes, "detail": text,
    })
}

/// 429 of every submit.
#[must_use]
pub fn rate_limited(retry_after_s: u64) -> Value {
    json!({
        "error": "rate_limit_exceeded", "message": "Rate limit exceeded",
        "retry_after": retry_after_s, "detail": "Rate limit exceeded",
    })
}

/// 429 of a submit that would pass the account's limit of stored documents: waiting does not help.
#[must_use]
pub fn usage_limit_exceeded() -> Value {
    let text = "Usage limit exceeded";
    json!({ "error": "usage_limit_exceeded", "message": text, "detail": text })
}

/// 503 of every endpoint. `reason` is `queue_full` or another stable word.
#[must_use]
pub fn unavailable(text: &str, reason: &str, retry_after_s: u64) -> Value {
    envelope(
        "service_unavailable",
        text,
        &json!({ "reason": reason, "retry_after": retry_after_s }),
    )
}
