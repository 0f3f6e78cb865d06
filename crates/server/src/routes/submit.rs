//! What every submit of one document has in common.

use axum::extract::Request;
use docket_contract::spec::JobSpec;
use docket_jobs::{Caller, IdempotencyRequest, Source, Submit, Submitted};

use crate::ServerState;
use crate::form::{Form, read_form};
use crate::parse_options::expires_in_s;
use crate::problem::{Family, Problem};

/// The names under which an operation takes its document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DocumentFields {
    /// Fields with the bytes; the first is the name in errors.
    pub(crate) file: &'static [&'static str],
    /// Fields with an address; the first is the name in errors.
    pub(crate) url: &'static [&'static str],
}

/// Reads the form, makes the spec of it, and submits.
pub(crate) async fn submit_document(
    state: &ServerState,
    caller: Caller,
    request: Request,
    fields: DocumentFields,
    family: Family,
    spec: impl FnOnce(&Form) -> Result<JobSpec, Problem>,
) -> Result<Submitted, Problem> {
    let idempotency_key = idempotency_key(&request);
    let mut form = read_form(&state.jobs, request, fields.file, family).await?;
    let idempotency = idempotency_key.map(|(scope, key)| IdempotencyRequest {
        scope,
        key,
        fields_sha256: form.fields_sha256(),
    });
    let submit = Submit {
        idempotency,
        source: source(&mut form, fields)?,
        spec: spec(&form)?,
        password: form.text("password").map(str::to_owned),
        expires_in_s: expires_in_s(&form),
    };
    let jobs = state.jobs.clone();
    // A task of its own: a client that goes away now must not leave bytes without a job.
    let submitted = tokio::spawn(async move { jobs.submit(&caller, submit).await }).await;
    let submitted = submitted.map_err(|error| {
        tracing::error!(%error, "submit panicked");
        Problem::internal()
    })?;
    submitted.map_err(|error| Problem::of(error, family))
}

/// The path and the header's text, if the client wants this submit to happen once.
fn idempotency_key(request: &Request) -> Option<(String, String)> {
    let key = request.headers().get("idempotency-key")?.to_str().ok()?.trim();
    let scope = request.uri().path().trim_end_matches('/');
    (!key.is_empty()).then(|| (scope.to_owned(), key.chars().take(255).collect()))
}

fn source(form: &mut Form, fields: DocumentFields) -> Result<Source, Problem> {
    let (file_name, url_name) = (fields.file[0], fields.url[0]);
    let url = form.first_text(fields.url).map(str::to_owned);
    match (form.take_file()?, url) {
        (Some(file), None) => {
            Ok(Source::Upload { upload: Box::new(file.upload), file_name: file.file_name })
        }
        (None, Some(url)) => Ok(Source::Url(url)),
        (None, None) => {
            Err(Problem::bad_request(&format!("Either {file_name} or {url_name} must be provided")))
        }
        (Some(_), Some(_)) => Err(Problem::bad_request(&format!(
            "Only one of {file_name} and {url_name} can be provided"
        ))),
    }
}
