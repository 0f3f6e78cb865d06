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
    /// The same again.
    pub detail: String,
}

/// Fields that the request must have in another way.
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
    /// Where it was looked for: `body`, the field's name, and in a list the place in it.
    pub loc: Vec<Value>,
    /// The sentence.
    pub msg: String,
    /// What was given instead.
    pub input: Value,
}

/// The account's credits do not suffice.
#[derive(JsonSchema)]
pub struct QuotaProblem {
    /// What is wrong; for the client that names itself in `X-APIMatic-Lang` on `/v2/extract` a
    /// text, with the object's fields beside it.
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
    /// The sentence alone.
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

/// The account's credits do not suffice, as the parse family tells it.
#[derive(JsonSchema)]
pub struct ParseQuotaProblem {
    /// The sentence.
    pub message: String,
    /// `QUOTA_EXCEEDED`
    pub status: String,
    /// The account's credits.
    pub quota_data: QuotaData,
    /// The same again as one object.
    pub detail: QuotaDetail,
}

/// The file is beyond the server's limit.
#[derive(JsonSchema)]
pub struct TooLargeProblem {
    /// `file_too_large`
    pub error: String,
    /// The sentence.
    pub message: String,
    /// Bytes that were sent or declared.
    pub file_size_bytes: u64,
    /// Bytes that are allowed.
    pub max_file_size_bytes: u64,
    /// The sentence again.
    pub detail: String,
}

/// More than the account may do: submits in a minute, or requests and streams at the same time.
#[derive(JsonSchema)]
pub struct RateProblem {
    /// `rate_limit_exceeded`, or `usage_limit_exceeded` if the account's documents have as many
    /// bytes as they may.
    pub error: String,
    /// The sentence.
    pub message: String,
    /// Seconds after which to try again, also in the header `Retry-After`; absent where waiting does
    /// not help.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// The sentence again.
    pub detail: String,
}

/// An error with a code, as newer clients read it.
#[derive(JsonSchema)]
pub struct CodedProblem {
    /// Code, sentence and more.
    pub error: CodedError,
    /// The sentence again.
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
