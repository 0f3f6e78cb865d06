//! The shapes of errors. `detail` is in every one of them.

use schemars::JsonSchema;
use serde_json::{Map, Value};

use crate::problem::QuotaData;

/// An error in a sentence.
#[derive(JsonSchema)]
pub struct Problem {
    /// What is wrong.
    pub detail: String,
}

/// An error in a sentence, under both of its names.
#[derive(JsonSchema)]
pub struct UploadProblem {
    /// What is wrong.
    pub error: String,
    /// The same value.
    pub detail: String,
}

/// Missing or invalid fields of the request.
#[derive(JsonSchema)]
pub struct ValidationProblem {
    /// One entry per field.
    pub detail: Vec<FieldProblem>,
}

/// What is wrong with a field.
#[derive(JsonSchema)]
pub struct FieldProblem {
    /// What kind of mistake: `missing`, `url_parsing` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// The location of the field: `body`, its name, and the index in a list.
    pub loc: Vec<Value>,
    /// The sentence.
    pub msg: String,
    /// The invalid value.
    pub input: Value,
}

/// Not enough credits.
#[derive(JsonSchema)]
pub struct QuotaProblem {
    /// What is wrong; for clients with the header `X-APIMatic-Lang` on `/v2/extract` a text, with
    /// the fields of the object beside it.
    pub detail: QuotaDetail,
    /// The same as in `detail`.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The same as in `detail`.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The same as in `detail`.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub quota_data: Option<QuotaData>,
}

/// What is wrong with the credits.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum QuotaDetail {
    /// The text alone.
    Text(String),
    /// With the account's credits.
    Full {
        /// The sentence.
        message: String,
        /// `QUOTA_EXCEEDED`
        status: String,
        /// The account's credits.
        quota_data: QuotaData,
    },
}

/// Not enough credits, in the form of the parse family.
#[derive(JsonSchema)]
pub struct ParseQuotaProblem {
    /// The sentence.
    pub message: String,
    /// `QUOTA_EXCEEDED`
    pub status: String,
    /// The account's credits.
    pub quota_data: QuotaData,
    /// The same as one object.
    pub detail: QuotaDetail,
}

/// The file is over the limit.
#[derive(JsonSchema)]
pub struct TooLargeProblem {
    /// `file_too_large`
    pub error: String,
    /// The sentence.
    pub message: String,
    /// Bytes sent or declared.
    pub file_size_bytes: u64,
    /// Bytes allowed.
    pub max_file_size_bytes: u64,
    /// The same text.
    pub detail: String,
}

/// A limit of the account: submits per minute, or open requests and streams.
#[derive(JsonSchema)]
pub struct RateProblem {
    /// `rate_limit_exceeded`, or `usage_limit_exceeded` if the documents of the account have
    /// reached their limit of bytes.
    pub error: String,
    /// The sentence.
    pub message: String,
    /// Seconds to wait before the next attempt, also in the header `Retry-After`; absent if waiting
    /// does not help.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// The same text.
    pub detail: String,
}

/// An error with a code, as newer clients read it.
#[derive(JsonSchema)]
pub struct CodedProblem {
    /// Code, sentence and more.
    pub error: CodedError,
    /// The same text.
    pub detail: String,
}

/// An error's code and sentence.
#[derive(JsonSchema)]
pub struct CodedError {
    /// A stable word: `task_not_found`, `internal_error` or `service_unavailable`.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// What else there is to know: `task_id`; or `reason` and `retry_after` in seconds.
    pub details: Map<String, Value>,
}
