//! `/api/v1/task`: parse jobs in the older service's shape. A task is the job with the same id.

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use docket_contract::fields::{SUBMIT, SubmitOptions, read_boolean};
use docket_contract::job::JobWithSpec;
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::wire::tasks::{TaskDeleted, TaskLinks, TaskResponse};
use docket_jobs::{Caller, Linked, RerunRequest, Submitted};
use serde::Deserialize;

use crate::ServerState;
use crate::forms::body::read_form;
use crate::forms::documents::RERUN;
use crate::forms::specs::{parse_spec_over, submit_options};
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::results::{Part, PictureForm, Pictures, StoredResult, Tables, json_body, with_chunks};
use crate::routes::links::Links;
use crate::routes::parse::parse_spec_of;
use crate::routes::path_id::{PathId, job_id};
use crate::routes::submit::in_own_task;

/// Which parts of a task are sent.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct TaskQuery {
    base64_urls: Option<String>,
    include_chunks: Option<String>,
    output_file: Option<String>,
}

impl TaskQuery {
    fn includes_chunks(&self) -> bool {
        self.include_chunks.as_deref().and_then(read_boolean).unwrap_or(true) && !self.as_file()
    }

    fn picture_form(&self) -> PictureForm {
        let embedded = self.base64_urls.as_deref().and_then(read_boolean);
        PictureForm::wanted(embedded.unwrap_or(false))
    }

    fn as_file(&self) -> bool {
        self.output_file.as_deref().and_then(read_boolean).unwrap_or(false)
    }
}

/// `GET /api/v1/task/{id}`
pub(crate) async fn status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    Query(query): Query<TaskQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let task = find(&state, &caller, &id).await?;
    let links = Links::new(&state, &headers).await?;
    answer(&state, &task, links, &query).await
}

/// `DELETE /api/v1/task/{id}`: only what has ended.
pub(crate) async fn delete(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Json<TaskDeleted>, Problem> {
    let task = find(&state, &caller, &id).await?;
    let deleted = state.jobs.delete_ended(&caller, task.job.id).await;
    let deleted = deleted.map_err(|error| Problem::of_job(error, Family::Parse, &id))?;
    Ok(Json(TaskDeleted {
        task_id: deleted.id.to_string(),
        status: deleted.parse_word().to_owned(),
        message: "Task and its files were deleted".to_owned(),
    }))
}

/// `GET /api/v1/task/{id}/cancel`: only what has not started.
pub(crate) async fn cancel(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let task = find(&state, &caller, &id).await?;
    let cancelled = state.jobs.cancel_waiting(&caller, task.job.id).await;
    let job = cancelled.map_err(|error| Problem::of_job(error, Family::Parse, &id))?;
    let links = Links::new(&state, &headers).await?;
    answer(&state, &JobWithSpec { job, ..task }, links, &TaskQuery::default()).await
}

/// `PATCH /api/v1/task/{id}/parse`: once more, with the options given now over those given before.
pub(crate) async fn update(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let of_job = |error| Problem::of_job(error, Family::Parse, &id);
    find(&state, &caller, &id).await?;
    let form = read_form(&state.jobs, request, &[], Family::Parse).await?;
    let seen = state.jobs.find_rerunnable(&caller, job_id(Family::Parse, &id)?).await;
    let seen = seen.map_err(of_job)?;
    let before = parse_spec_of(&seen.spec, &id)?.clone();
    let mut spec = JobSpec::Parse(parse_spec_over(&form, before)?);
    RERUN.note_unknown(&form, spec.warnings_mut());
    let SubmitOptions { password, expires_in_s, .. } = submit_options(SUBMIT, &form)?;
    let rerun = RerunRequest { spec, password, expires_in_s };
    let jobs = state.jobs.clone();
    let submitted = in_own_task(async move { jobs.rerun(&caller, &seen.job, rerun).await }).await?;
    let Submitted { job, spec, .. } = submitted.map_err(of_job)?;
    let links = Links::new(&state, &headers).await?;
    answer(&state, &JobWithSpec { job, spec }, links, &TaskQuery::default()).await
}

/// The caller's parse job; a job of another family is no task.
async fn find(state: &ServerState, caller: &Caller, id: &str) -> Result<JobWithSpec, Problem> {
    let task = state.jobs.find_with_spec(caller, job_id(Family::Parse, id)?).await;
    let task = task.map_err(|error| Problem::of_job(error, Family::Parse, id))?;
    parse_spec_of(&task.spec, id)?;
    Ok(task)
}

/// A task as a response.
pub(crate) async fn answer(
    state: &ServerState,
    task: &JobWithSpec,
    links: Links,
    query: &TaskQuery,
) -> Result<Response, Problem> {
    let parts = describe(state, task, &links, query).await?;
    let pictures = Pictures { state: state.clone(), links, form: query.picture_form() };
    Ok(json_body(pictures, parts))
}

/// The body of a task in parts.
pub(crate) async fn describe(
    state: &ServerState,
    JobWithSpec { job, spec }: &JobWithSpec,
    links: &Links,
    query: &TaskQuery,
) -> Result<Vec<Part>, Problem> {
    let id = job.id.to_string();
    let spec = parse_spec_of(spec, &id)?;
    let succeeded = job.state == JobState::Succeeded;
    let stored = match succeeded && query.includes_chunks() {
        true => Some(StoredResult::open(state, job, Tables::AsStored).await?),
        false => None,
    };
    let links = TaskLinks {
        task_url: links.absolute(&format!("/api/v1/task/{id}")),
        pdf_url: succeeded.then(|| links.to(job.id, Linked::Document)),
        output_file_url: (succeeded && query.as_file()).then(|| links.to(job.id, Linked::Result)),
    };
    let body = TaskResponse::new(job, spec, stored.as_ref().map(|stored| &stored.head), links);
    with_chunks(&body, stored.map(|stored| Part::Chunks(Box::new(stored))), "}}")
}

/// A task just made.
pub(crate) async fn created(
    state: &ServerState,
    headers: &HeaderMap,
    task: &JobWithSpec,
) -> Result<(StatusCode, Response), Problem> {
    let links = Links::new(state, headers).await?;
    let body = answer(state, task, links, &TaskQuery::default()).await?;
    Ok((StatusCode::CREATED, body))
}

/// Reads whether chunks are wanted in a list, where they are not unless asked for.
pub(crate) fn list_query(include_chunks: Option<&str>) -> TaskQuery {
    let wanted = include_chunks.and_then(read_boolean).unwrap_or(false);
    TaskQuery { include_chunks: Some(wanted.to_string()), ..TaskQuery::default() }
}
