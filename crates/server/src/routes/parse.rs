//! `/parse`: submit, and the status document with its result.

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use docket_contract::document::{ParseResult, SegmentType};
use docket_contract::job::Job;
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::wire::parse::{ParseCreated, ParseStatus, StoredParse};
use docket_jobs::{Caller, Source, Submit};
use serde::Deserialize;

use crate::ServerState;
use crate::auth::Authenticated;
use crate::form::{Form, read_form};
use crate::parse_options::{expires_in_s, parse_spec, read_boolean, segment_types};
use crate::path_id::PathId;
use crate::problem::{Family, Problem};
use crate::routes::jobs::{job_id, unreadable};

/// `POST /parse`
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<Json<ParseCreated>, Problem> {
    let form = read_form(&state.jobs, request, "file", Family::Parse).await?;
    let submit = read_submit(form)?;
    let jobs = state.jobs.clone();
    // A task of its own: a client that goes away now must not leave bytes without a job.
    let submitted = tokio::spawn(async move { jobs.submit(&caller, submit).await }).await;
    let submitted = submitted.map_err(|error| {
        tracing::error!(%error, "submit panicked");
        Problem::internal()
    })?;
    let submitted = submitted.map_err(|error| Problem::of(error, Family::Parse))?;
    Ok(Json(ParseCreated::new(&submitted.job, submitted.balance.remaining())))
}

fn read_submit(mut form: Form) -> Result<Submit, Problem> {
    let url = form.text("url").map(str::to_owned);
    let source = match (form.take_file(), url) {
        (Some(file), None) => Source::Upload { upload: file.upload, file_name: file.file_name },
        (None, Some(url)) => Source::Url(url),
        (None, None) => return Err(Problem::bad_request("Either file or url must be provided")),
        (Some(_), Some(_)) => {
            return Err(Problem::bad_request("Only one of file and url can be provided"));
        }
    };
    Ok(Submit {
        spec: JobSpec::Parse(parse_spec(&form)?),
        source,
        password: form.text("password").map(str::to_owned),
        expires_in_s: expires_in_s(&form),
    })
}

/// Options of the status document, as query parameters and as headers with dashes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StatusQuery {
    include_chunks: Option<String>,
    segment_filter: Option<String>,
    keep_segment_types: Option<String>,
}

impl StatusQuery {
    /// The parameters, completed by the headers.
    fn or_headers(self, headers: &HeaderMap) -> Self {
        let header =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            include_chunks: self.include_chunks.or_else(|| header("include-chunks")),
            segment_filter: self.segment_filter.or_else(|| header("segment-filter")),
            keep_segment_types: self.keep_segment_types.or_else(|| header("keep-segment-types")),
        }
    }

    fn include_chunks(&self) -> bool {
        self.include_chunks.as_deref().and_then(read_boolean).unwrap_or(true)
    }

    fn kept_types(&self) -> Option<Vec<SegmentType>> {
        let given = self.segment_filter.as_deref().or(self.keep_segment_types.as_deref());
        given.and_then(segment_types)
    }
}

/// `GET /parse/{id}`
pub(crate) async fn status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    Query(query): Query<StatusQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = query.or_headers(&headers);
    let job = find_parse(&state, &caller, &id).await?;
    let body = if job.state == JobState::Succeeded && query.include_chunks() {
        let result = state.jobs.result_of(&job).await;
        let mut result = result.map_err(|error| Problem::of_job(error, Family::Parse, &id))?;
        if let Some(kept) = query.kept_types() {
            result = filtered(&result, &kept).map_err(unreadable)?.into();
        }
        let stored: StoredParse<'_> = serde_json::from_slice(&result).map_err(unreadable)?;
        serde_json::to_vec(&ParseStatus::new(&job, Some(&stored)))
    } else {
        serde_json::to_vec(&ParseStatus::new(&job, None))
    };
    Ok(([(CONTENT_TYPE, "application/json")], body.map_err(unreadable)?).into_response())
}

fn filtered(result: &[u8], kept: &[SegmentType]) -> serde_json::Result<Vec<u8>> {
    let mut result: ParseResult = serde_json::from_slice(result)?;
    result.retain_types(kept);
    serde_json::to_vec(&result)
}

async fn find_parse(state: &ServerState, caller: &Caller, id: &str) -> Result<Job, Problem> {
    let job = state.jobs.find(caller, job_id(Family::Parse, id)?).await;
    let job = job.map_err(|error| Problem::of_job(error, Family::Parse, id))?;
    match job.spec {
        JobSpec::Parse(_) => Ok(job),
    }
}
