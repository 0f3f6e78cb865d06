//! `/v2/extract` and its aliases: submit and status.

use axum::Json;
use axum::extract::{OriginalUri, Query, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use docket_contract::fields::read_boolean;
use docket_contract::results::ExtractResult;
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::wire::extract::ExtractStatus;
use docket_jobs::Linked;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ServerState;
use crate::forms::body::Form;
use crate::forms::documents::EXTRACTION;
use crate::forms::specs::{extract_spec, value_form};
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::routes::found::{find, stored};
use crate::routes::links::Links;
use crate::routes::path_id::PathId;
use crate::routes::submit::submit_document;

/// `POST /v2/extract`, and the older `/extract` and `/cite`, which always cite.
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let header = request.headers().get("x-result-format").and_then(|value| value.to_str().ok());
    let scored = header == Some("scored");
    let named = request.headers().contains_key("x-apimatic-lang");
    let cites = !uri.path().starts_with("/v2/");
    let spec = |form: &Form| {
        let mut spec = extract_spec(form, cites)?;
        spec.scored |= scored;
        Ok(JobSpec::Extract(spec))
    };
    let submitted =
        submit_document(&state, caller, request, &EXTRACTION, Family::Extract, spec).await;
    let submitted =
        submitted.map_err(|problem| if named { problem.with_detail_text() } else { problem })?;
    Ok(Json(json!({
        "job_id": submitted.job.id,
        "status": JobState::Queued.extract_word(),
        "message": "PDF citation processing started",
        "quota_remaining": submitted.balance.remaining(),
    })))
}

/// Options of the status document.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StatusQuery {
    result_format: Option<String>,
    include_url: Option<String>,
}

/// `GET /extract/{id}`
pub(crate) async fn status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    Query(query): Query<StatusQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (job, spec) = find(&state, &caller, Family::Extract, &id, JobSpec::into_extract).await?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let format = query.result_format.as_deref().or_else(|| header("x-result-format"));
    let result: Option<ExtractResult> = stored(&state, Family::Extract, &job).await?;
    let mut body = ExtractStatus::new(&job, &spec, result.as_ref(), value_form(&spec, format));
    let include_url = query.include_url.as_deref().or_else(|| header("include-url"));
    if include_url.and_then(read_boolean).unwrap_or(false) && job.document.blob_key.is_some() {
        body.file_url = Some(Links::new(&state, &headers).await?.to(job.id, Linked::Document));
    }
    Ok(Json(body).into_response())
}
