//! `/chunking`: submit; status and result are the job's own.

use axum::Json;
use axum::extract::{Request, State};
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use serde_json::{Value, json};

use crate::ServerState;
use crate::forms::body::Form;
use crate::forms::documents::CHUNKS;
use crate::forms::specs::chunk_spec;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::routes::submit::submit_document;

/// `POST /chunking`
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let spec = |form: &Form| Ok(JobSpec::Chunk(chunk_spec(form)?));
    let submitted =
        submit_document(&state, caller, request, &CHUNKS, Family::Extract, spec).await?;
    Ok(Json(json!({
        "job_id": submitted.job.id,
        "status": JobState::Queued.jobs_word(),
        "message": "Document chunking started",
        "quota_remaining": submitted.balance.remaining(),
    })))
}
