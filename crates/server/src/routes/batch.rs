//! `/batch`: many extractions at once.

use axum::Json;
use axum::extract::{Request, State};
use docket_contract::wire::batch::BatchStatus;
use docket_jobs::BatchSubmit;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ServerState;
use crate::forms::body::{Form, read_form};
use crate::forms::limits::password;
use crate::forms::operations::extract_spec;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::routes::path_id::PathId;
use crate::routes::submit::{idempotency, in_own_task};

/// `POST /batch/cite`
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let known_by = idempotency(&request);
    let mut form = read_form(&state.jobs, request, &["pdf_files"], Family::Extract).await?;
    let files = form.take_files();
    if files.is_empty() {
        return Err(Problem::missing_file("pdf_files"));
    }
    let spec = extract_spec(&form, true)?;
    check_batch_size(&form)?;
    let submit = BatchSubmit {
        spec,
        files: files.into_iter().map(|file| (file.upload, file.file_name)).collect(),
        password: password(&form)?,
        idempotency: known_by.map(|known_by| known_by.with_fields_of(&form)),
    };
    let jobs = state.jobs.clone();
    let submitted = in_own_task(async move { jobs.submit_batch(&caller, submit).await }).await?;
    let batch = submitted.map_err(|error| Problem::of(error, Family::Extract))?;
    Ok(Json(json!({
        "batch_id": batch_id(batch.id),
        "status": "QUEUED",
        "total_files": batch.total_jobs,
        "message": "Batch job created successfully. Processing will begin shortly.",
    })))
}

/// The size is checked and otherwise free: each file is a job of its own in the common queue.
fn check_batch_size(form: &Form) -> Result<(), Problem> {
    match form.text("batch_size").map(str::parse::<i64>) {
        None | Some(Ok(1..)) => Ok(()),
        _ => Err(Problem::bad_request("Batch size must be a positive integer")),
    }
}

/// `GET /batch/status/{id}`
pub(crate) async fn status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Json<BatchStatus>, Problem> {
    let unknown = || Problem::plain(axum::http::StatusCode::NOT_FOUND, "Batch not found");
    let uuid = id.strip_prefix("batch_").and_then(|uuid| Uuid::try_parse(uuid).ok());
    let batch = state.jobs.find_batch(&caller, uuid.ok_or_else(unknown)?).await;
    let batch = batch.map_err(|error| match error {
        docket_jobs::Error::NotFound => unknown(),
        other => Problem::of(other, Family::Extract),
    })?;
    Ok(Json(BatchStatus::new(batch_id(batch.id), batch.created_at, &batch.jobs)))
}

fn batch_id(id: Uuid) -> String {
    format!("batch_{id}")
}
