//! `/v2/parse/upload`: a job first, its document afterwards, through a signed link without a key.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use docket_contract::JobId;
use docket_contract::fields::{LINK, Texts};
use docket_contract::job::Job;
use docket_contract::spec::JobSpec;
use docket_contract::timestamp::Timestamp;
use docket_contract::wire::upload::{UploadCreated, UploadReceived};
use docket_jobs::{Caller, Error, Source, Submit, Submitted, announced_media_type};
use futures_util::StreamExt;

use crate::ServerState;
use crate::forms::body::{read_form, refuse_declared_size};
use crate::forms::documents::UPLOAD;
use crate::forms::specs::{parse_spec, submit_options};
use crate::layers::auth::Authenticated;
use crate::layers::client::Client;
use crate::problem::{Family, Problem};
use crate::routes::files::Signature;
use crate::routes::links::Links;
use crate::routes::submit::{idempotency, in_own_task, submit};

/// `POST /v2/parse/upload`
pub(crate) async fn create(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<UploadCreated>, Problem> {
    let submitted = announce(&state, caller, request).await;
    let submitted = submitted.map_err(Problem::with_error_text)?;
    let expires = end_of_window(&submitted.job);
    let url = Links::new(&state, &headers).await?.to_upload(submitted.job.id, expires);
    let remaining = submitted.balance.remaining();
    Ok(Json(UploadCreated::new(&submitted.job, url, expires, remaining)))
}

async fn announce(
    state: &ServerState,
    caller: Caller,
    request: Request,
) -> Result<Submitted, Problem> {
    let idempotency = idempotency(&request);
    let form = read_form(&state.jobs, request, &[], Family::Parse).await?;
    let file_name = form.text("file_name");
    let file_name = file_name.ok_or_else(|| {
        Problem::bad_request(&format!("file_name is required{}", form.received()))
    })?;
    let options = submit_options(LINK, &form)?;
    let upload_window = state.jobs.policy().upload_window;
    // Here the field is the lifetime of the link.
    let window = options.expires_in_s.map_or(upload_window, Duration::from_secs);
    let mut spec = JobSpec::Parse(parse_spec(&form)?);
    UPLOAD.note_unknown(&form, spec.warnings_mut());
    let wish = Submit {
        source: Source::Later { file_name: file_name.to_owned(), window },
        spec,
        expected: UPLOAD.expected,
        password: options.password,
        idempotency: idempotency.map(|known_by| known_by.with_fields_of(&form)),
        expires_in_s: None,
    };
    submit(state, caller, wish, Family::Parse).await
}

/// The end of the window in whole seconds, as in links and responses. The next whole second:
/// a short window must not be over before it began.
fn end_of_window(job: &Job) -> Timestamp {
    let until = job.upload_until.unwrap_or(job.created_at);
    let whole = until.timestamp() + i64::from(until.timestamp_subsec_nanos() > 0);
    Timestamp::from_timestamp(whole, 0).unwrap_or(until)
}

/// `PUT /files/{job_id}/upload`: the bytes, with exactly the headers that the answer named.
pub(crate) async fn receive(
    State(state): State<ServerState>,
    Path(job): Path<String>,
    given: Result<Query<Signature>, QueryRejection>,
    request: Request,
) -> Result<Json<UploadReceived>, Problem> {
    let of_upload = |error| Problem::of(error, Family::Parse).with_error_text();
    let closed = || of_upload(Error::UploadClosed);
    let job = job.parse::<JobId>().map_err(|_| closed())?;
    // A query that cannot be read is treated like an altered one.
    let Query(given) = given.map_err(|_| closed())?;
    let signer = state.jobs.link_signer().await.map_err(of_upload)?;
    if !signer.verify_upload(job, given.expires(), &given.signature, state.jobs.now()) {
        return Err(closed());
    }
    if let Some(client) = request.extensions().get::<Client>() {
        client.is_known();
    }
    let awaiting = state.jobs.find_for_upload(job).await.map_err(of_upload)?;
    let promised = announced_media_type(&awaiting.job.document.name).map_err(of_upload)?;
    let sent = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if sent != Some(promised) {
        return Err(Problem::forbidden(&format!("The Content-Type must be {promised}")));
    }
    refuse_declared_size(&state.jobs, request.headers(), 0)?;
    let mut upload = state.jobs.begin_upload();
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::bad_request("The request's body broke off"))?;
        upload.write(piece).await.map_err(of_upload)?;
    }
    let jobs = state.jobs.clone();
    let supplied =
        in_own_task(async move { jobs.supply_document(&awaiting, upload).await }).await?;
    Ok(Json(UploadReceived::new(&supplied.map_err(of_upload)?)))
}
