//! `/classify`: submit and status.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use docket_contract::results::ClassifyResult;
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::wire::pages::ClassifyStatus;
use serde_json::{Value, json};

use crate::ServerState;
use crate::forms::body::Form;
use crate::forms::documents::CLASSIFICATION;
use crate::forms::specs::classify_spec;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::routes::found::{find, stored};
use crate::routes::path_id::PathId;
use crate::routes::submit::submit_document;

/// `POST /classify`
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let spec = |form: &Form| Ok(JobSpec::Classify(classify_spec(form)?));
    let submitted =
        submit_document(&state, caller, request, &CLASSIFICATION, Family::Pages, spec).await?;
    let body = json!({
        "job_id": submitted.job.id,
        "status": JobState::Queued.pages_word(),
        "message": "Classification started",
        "quota_remaining": submitted.balance.remaining(),
    });
    Ok((StatusCode::ACCEPTED, Json(body)))
}

/// `GET /classify/{id}`
pub(crate) async fn status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Json<ClassifyStatus>, Problem> {
    let (job, _) = find(&state, &caller, Family::Pages, &id, JobSpec::into_classify).await?;
    let result: Option<ClassifyResult> = stored(&state, Family::Pages, &job).await?;
    Ok(Json(ClassifyStatus::new(&job, result.as_ref())))
}
