//! `/splitter`: submit and status, with links to the parts.

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use docket_contract::job::JobWithSpec;
use docket_contract::results::{SplitPart, SplitResult};
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::wire::pages::{SplitStatus, split_result};
use docket_jobs::{Expected, Linked};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ServerState;
use crate::forms::body::Form;
use crate::forms::operations::split_spec;
use crate::forms::parse::read_boolean;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem, unreadable};
use crate::routes::links::Links;
use crate::routes::path_id::{PathId, job_id};
use crate::routes::submit::{DocumentFields, submit_document};

const FIELDS: DocumentFields = DocumentFields {
    file: &["file", "pdf_file"],
    url: &["file_url", "url"],
    expected: Expected::Document,
};

/// `POST /splitter`
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let spec = |form: &Form| Ok(JobSpec::Split(split_spec(form)?));
    let submitted = submit_document(&state, caller, request, FIELDS, Family::Pages, spec).await?;
    let body = json!({
        "job_id": submitted.job.id,
        "status": JobState::Queued.pages_word(),
        "message": "Document splitting started",
        "quota_remaining": submitted.balance.remaining(),
    });
    Ok((StatusCode::ACCEPTED, Json(body)))
}

/// Options of the status document.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StatusQuery {
    include_url: Option<String>,
}

impl StatusQuery {
    /// Whether links are wanted; they are unless the query, or else the header, says no.
    fn includes_url(&self, headers: &HeaderMap) -> bool {
        let header = headers.get("include-url").and_then(|value| value.to_str().ok());
        self.include_url.as_deref().or(header).and_then(read_boolean).unwrap_or(true)
    }
}

/// `GET /splitter/{id}`
pub(crate) async fn status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    Query(query): Query<StatusQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let of_job = |error| Problem::of_job(error, Family::Pages, &id);
    let found = state.jobs.find_with_spec(&caller, job_id(Family::Pages, &id)?).await;
    let JobWithSpec { job, spec } = found.map_err(of_job)?;
    let JobSpec::Split(spec) = &spec else {
        return Err(Problem::no_such_job(Family::Pages, &id));
    };
    let links = Links::new(&state, &headers).await?;
    let linked = query.includes_url(&headers);
    let link_to = |linked_to: Linked| linked.then(|| links.to(job.id, linked_to));
    let result = match job.state {
        JobState::Succeeded => {
            let stored = state.jobs.result_of(&job).await.map_err(of_job)?;
            let split: SplitResult = serde_json::from_slice(&stored).map_err(unreadable)?;
            let link = |part: &SplitPart| link_to(Linked::File(part.file_id));
            Some(split_result(&split, &link))
        }
        _ => None,
    };
    let balance = state.jobs.balance(&caller).await.map_err(of_job)?;
    let document = job.document.blob_key.as_ref().and_then(|_| link_to(Linked::Document));
    let body = SplitStatus::new(&job, spec, result, document, balance.remaining());
    Ok(Json(body).into_response())
}
