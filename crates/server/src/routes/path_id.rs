//! The id in a path. A malformed id gets the same response as an unknown id, so extraction never
//! fails.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use docket_contract::JobId;

use crate::problem::{Family, Problem};

/// The decoded text of the path's only parameter; as it stands in the path if it does not decode.
pub(crate) struct PathId(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => Self(text),
            Err(_) => {
                let undecodable = parts.uri.path().split('/').find(|part| part.contains('%'));
                Self(undecodable.unwrap_or_default().to_owned())
            }
        })
    }
}

/// The id of a path; a malformed id is treated like an unknown id.
pub(crate) fn job_id(family: Family, text: &str) -> Result<JobId, Problem> {
    text.parse().map_err(|_| Problem::no_such_job(family, text))
}
