//! `/batch`: many extractions at once.

use axum::Json;
use axum::extract::{Request, State};
use docket_contract::fields::BATCH_SUBMIT;
use docket_contract::wire::batch::BatchStatus;
use docket_jobs::BatchSubmit;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ServerState;
use crate::forms::body::read_form;
use crate::forms::documents::BATCHES;
use crate::forms::specs::{batch_spec, submit_options};
use crate::layers::auth::Authenticated;
use crate::layers::noted;
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
    let mut form = read_form(&state.jobs, request, BATCHES.file, Family::Extract).await?;
    let files = form.take_files();
    if files.is_empty() {
        return Err(Problem::missing_file(BATCHES.file[0]));
    }
    let mut spec = batch_spec(&form)?;
    BATCHES.note_unknown(&form, &mut spec.warnings);
    let submit = BatchSubmit {
        spec,
        files: files.into_iter().map(|file| (file.upload, file.file_name)).collect(),
        password: submit_options(BATCH_SUBMIT, &form)?.password,
        idempotency: known_by.map(|known_by| known_by.with_fields_of(&form)),
    };
    let jobs = state.jobs.clone();
    let submitted = in_own_task(async move { jobs.submit_batch(&caller, submit).await }).await?;
    let batch = submitted.map_err(|error| Problem::of(error, Family::Extract))?;
    noted::batch(batch_id(batch.id));
    Ok(Json(json!({
        "batch_id": batch_id(batch.id),
        "status": "QUEUED",
        "total_files": batch.total_jobs,
        "message": "Batch job created successfully. Processing will begin shortly.",
    })))
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
