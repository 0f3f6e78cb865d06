//! `/classify`: submit and status.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use docket_contract::job::JobType;
use docket_contract::results::ClassifyResult;
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::wire::pages::ClassifyStatus;
use docket_jobs::Expected;
use serde_json::{Value, json};

use crate::ServerState;
use crate::forms::body::Form;
use crate::forms::operations::classify_spec;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem, unreadable};
use crate::routes::path_id::{PathId, job_id};
use crate::routes::submit::{DocumentFields, submit_document};

const FIELDS: DocumentFields = DocumentFields {
    file: &["pdf_file", "file"],
    url: &["file_url", "url"],
    expected: Expected::Document,
};

/// `POST /classify`
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let spec = |form: &Form| Ok(JobSpec::Classify(classify_spec(form)?));
    let submitted = submit_document(&state, caller, request, FIELDS, Family::Pages, spec).await?;
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
    let of_job = |error| Problem::of_job(error, Family::Pages, &id);
    let job = state.jobs.find(&caller, job_id(Family::Pages, &id)?).await.map_err(of_job)?;
    if job.job_type != JobType::Classification {
        return Err(Problem::no_such_job(Family::Pages, &id));
    }
    let result = match job.state {
        JobState::Succeeded => {
            let stored = state.jobs.result_of(&job).await.map_err(of_job)?;
            Some(serde_json::from_slice::<ClassifyResult>(&stored).map_err(unreadable)?)
        }
        _ => None,
    };
    Ok(Json(ClassifyStatus::new(&job, result.as_ref())))
}
