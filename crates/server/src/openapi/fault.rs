//! The error answers that operations share.

use docket_contract::shapes::problems::{
    CodedProblem, ParseQuotaProblem, Problem, QuotaProblem, RateProblem, TooLargeProblem,
    UploadProblem, ValidationProblem,
};
use serde_json::{Value, json};

use super::schemas::Schemas;

/// An error answer: a status with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    BadRequest,
    UploadBadRequest,
    Unauthorized,
    UnauthorizedOrText,
    QuotaExceeded,
    ParseQuotaExceeded,
    LinkRefused,
    NotFound,
    ParseNotFound,
    TooSlow,
    TooLarge,
    NotInRange,
    Invalid,
    RateLimited,
    Internal,
    ParseInternal,
    JobFailed,
    Unavailable,
}

impl Fault {
    pub(crate) const ALL: [Self; 18] = [
        Self::BadRequest,
        Self::UploadBadRequest,
        Self::Unauthorized,
        Self::UnauthorizedOrText,
        Self::QuotaExceeded,
        Self::ParseQuotaExceeded,
        Self::LinkRefused,
        Self::NotFound,
        Self::ParseNotFound,
        Self::TooSlow,
        Self::TooLarge,
        Self::NotInRange,
        Self::Invalid,
        Self::RateLimited,
        Self::Internal,
        Self::ParseInternal,
        Self::JobFailed,
        Self::Unavailable,
    ];

    /// What every submit of the parse family may answer.
    pub(crate) const PARSE_SUBMIT: [Self; 4] =
        [Self::BadRequest, Self::ParseQuotaExceeded, Self::TooLarge, Self::RateLimited];

    /// What every other submit may answer.
    pub(crate) const SUBMIT: [Self; 5] =
        [Self::BadRequest, Self::QuotaExceeded, Self::TooLarge, Self::Invalid, Self::RateLimited];

    pub(crate) fn status(self) -> u16 {
        match self {
            Self::BadRequest | Self::UploadBadRequest => 400,
            Self::Unauthorized | Self::UnauthorizedOrText => 401,
            Self::QuotaExceeded | Self::ParseQuotaExceeded => 402,
            Self::LinkRefused => 403,
            Self::NotFound | Self::ParseNotFound => 404,
            Self::TooSlow => 408,
            Self::TooLarge => 413,
            Self::NotInRange => 416,
            Self::Invalid => 422,
            Self::RateLimited => 429,
            Self::Internal | Self::ParseInternal | Self::JobFailed => 500,
            Self::Unavailable => 503,
        }
    }

    /// The name among the document's components.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BadRequest => "BadRequest",
            Self::UploadBadRequest => "UploadBadRequest",
            Self::Unauthorized => "Unauthorized",
            Self::UnauthorizedOrText => "UnauthorizedOrText",
            Self::QuotaExceeded => "QuotaExceeded",
            Self::ParseQuotaExceeded => "ParseQuotaExceeded",
            Self::LinkRefused => "LinkRefused",
            Self::NotFound => "NotFound",
            Self::ParseNotFound => "ParseNotFound",
            Self::TooSlow => "TooSlow",
            Self::TooLarge => "TooLarge",
            Self::NotInRange => "NotInRange",
            Self::Invalid => "Invalid",
            Self::RateLimited => "RateLimited",
            Self::Internal => "Internal",
            Self::ParseInternal => "ParseInternal",
            Self::JobFailed => "JobFailed",
            Self::Unavailable => "Unavailable",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::BadRequest | Self::UploadBadRequest => {
                "The request is invalid; `detail` has the reason."
            }
            Self::Unauthorized => "No key, or an invalid or revoked key.",
            Self::UnauthorizedOrText => {
                "No key, or an invalid or revoked key. With the header `X-APIMatic-Lang` the \
                    body is a bare JSON string, the only form that this client decodes."
            }
            Self::QuotaExceeded | Self::ParseQuotaExceeded => {
                "Not enough credits; no job was created."
            }
            Self::LinkRefused => "The link is altered or expired.",
            Self::NotFound | Self::ParseNotFound => {
                "Unknown, expired or deleted, or of another account."
            }
            Self::TooSlow => {
                "The body of the request arrived too slowly. The connection is \
                closed."
            }
            Self::TooLarge => "The file is over the limit.",
            Self::NotInRange => "The range is outside the file; `Content-Range` has the size.",
            Self::Invalid => "A required field is missing or invalid; `loc` names it.",
            Self::RateLimited => {
                "Too many submits in this minute, the limit of bytes of the account's \
                    documents, or too many open requests or streams of the account; `detail` \
                    has the reason."
            }
            Self::Internal | Self::ParseInternal => "A server error.",
            Self::JobFailed => "The job failed, with the reason in `detail`; or a server error.",
            Self::Unavailable => "Retry after the seconds in `Retry-After`.",
        }
    }

    fn schema(self, schemas: &mut Schemas) -> Value {
        match self {
            Self::BadRequest
            | Self::Unauthorized
            | Self::LinkRefused
            | Self::NotFound
            | Self::TooSlow
            | Self::NotInRange
            | Self::Internal
            | Self::JobFailed => schemas.of::<Problem>(),
            Self::UnauthorizedOrText => {
                json!({ "anyOf": [schemas.of::<Problem>(), { "type": "string" }] })
            }
            Self::UploadBadRequest => schemas.of::<UploadProblem>(),
            Self::QuotaExceeded => schemas.of::<QuotaProblem>(),
            Self::ParseQuotaExceeded => schemas.of::<ParseQuotaProblem>(),
            Self::TooLarge => schemas.of::<TooLargeProblem>(),
            Self::Invalid => schemas.of::<ValidationProblem>(),
            Self::RateLimited => schemas.of::<RateProblem>(),
            // A panic is answered by the layer around all families.
            Self::ParseInternal => {
                json!({ "anyOf": [schemas.of::<CodedProblem>(), schemas.of::<Problem>()] })
            }
            Self::ParseNotFound | Self::Unavailable => schemas.of::<CodedProblem>(),
        }
    }

    /// The answer as a component of the document.
    pub(crate) fn response(self, schemas: &mut Schemas) -> Value {
        let mut response = json!({
            "description": self.text(),
            "content": { "application/json": { "schema": self.schema(schemas) } },
        });
        if matches!(self, Self::RateLimited | Self::Unavailable) {
            response["headers"] = json!({ "Retry-After": {
                "description": "Seconds to wait before the next attempt.",
                "schema": { "type": "integer", "minimum": 1 },
            } });
        }
        response
    }
}
