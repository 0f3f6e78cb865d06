//! `/splitter`: submit and status, with links to the parts.

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use docket_contract::fields::read_boolean;
use docket_contract::results::{SplitPart, SplitResult};
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::wire::pages::{SplitStatus, split_result};
use docket_jobs::Linked;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ServerState;
use crate::forms::body::Form;
use crate::forms::documents::SPLITTING;
use crate::forms::specs::split_spec;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::routes::found::{find, stored};
use crate::routes::links::Links;
use crate::routes::path_id::PathId;
use crate::routes::submit::submit_document;

/// `POST /splitter`
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let spec = |form: &Form| Ok(JobSpec::Split(split_spec(form)?));
    let submitted =
        submit_document(&state, caller, request, &SPLITTING, Family::Pages, spec).await?;
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
    let (job, spec) = find(&state, &caller, Family::Pages, &id, JobSpec::into_split).await?;
    let links = Links::new(&state, &headers).await?;
    let linked = query.includes_url(&headers);
    let link_to = |linked_to: Linked| linked.then(|| links.to(job.id, linked_to));
    let result: Option<SplitResult> = stored(&state, Family::Pages, &job).await?;
    let link = |part: &SplitPart| link_to(Linked::File(part.file_id));
    let result = result.map(|split| split_result(&split, &link));
    let balance = state.jobs.balance(&caller).await;
    let balance = balance.map_err(|error| Problem::of(error, Family::Pages))?;
    let document = job.document.blob_key.as_ref().and_then(|_| link_to(Linked::Document));
    let body = SplitStatus::new(&job, &spec, result, document, balance.remaining());
    Ok(Json(body).into_response())
}
