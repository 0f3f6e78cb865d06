//! The id in a path, whatever it is: what is no id must be answered like an unknown one, so taking
//! it out of the path never fails.

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

/// The id of a path; what is no id is as unknown as an id that never was.
pub(crate) fn job_id(family: Family, text: &str) -> Result<JobId, Problem> {
    text.parse().map_err(|_| Problem::no_such_job(family, text))
}
