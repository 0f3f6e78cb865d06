//! What every submit of one document has in common.

use axum::extract::Request;
use docket_contract::fields::SUBMIT;
use docket_contract::spec::JobSpec;
use docket_jobs::{Caller, IdempotencyRequest, Source, Submit, Submitted};

use crate::ServerState;
use crate::forms::body::{Form, read_form};
use crate::forms::documents::DocumentForm;
use crate::forms::specs::submit_options;
use crate::layers::noted;
use crate::problem::{Family, Problem};

/// Reads the form, makes the spec of it, and submits.
pub(crate) async fn submit_document(
    state: &ServerState,
    caller: Caller,
    request: Request,
    document_form: &DocumentForm,
    family: Family,
    spec: impl FnOnce(&Form) -> Result<JobSpec, Problem>,
) -> Result<Submitted, Problem> {
    let idempotency = idempotency(&request);
    let mut form = read_form(&state.jobs, request, document_form.file, family).await?;
    let source = source(&mut form, document_form)?;
    let mut spec = spec(&form)?;
    document_form.note_unknown(&form, spec.warnings_mut());
    let options = submit_options(SUBMIT, &form)?;
    let wish = Submit {
        source,
        spec,
        expected: document_form.expected,
        password: options.password,
        expires_in_s: options.expires_in_s,
        idempotency: idempotency.map(|known_by| known_by.with_fields_of(&form)),
    };
    submit(state, caller, wish, family).await
}

/// Submits what was read.
pub(crate) async fn submit(
    state: &ServerState,
    caller: Caller,
    wish: Submit,
    family: Family,
) -> Result<Submitted, Problem> {
    let jobs = state.jobs.clone();
    let submitted = in_own_task(async move { jobs.submit(&caller, wish).await }).await?;
    let submitted = submitted.map_err(|error| Problem::of(error, family))?;
    noted::job(&state.jobs, submitted.job.id);
    Ok(submitted)
}

/// Goes on to the end though the client may go away now: it must not leave bytes without a job.
pub(crate) async fn in_own_task<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work).await.map_err(|error| {
        tracing::error!(%error, "a verb panicked");
        Problem::internal()
    })
}

/// The path and the header's text, by which the client wants this submit to happen once.
pub(crate) struct IdempotencyKey {
    scope: String,
    key: String,
}

impl IdempotencyKey {
    /// Complete with what makes two forms the same.
    pub(crate) fn with_fields_of(self, form: &Form) -> IdempotencyRequest {
        let fields_sha256 = form.fields_sha256();
        IdempotencyRequest { scope: self.scope, key: self.key, fields_sha256 }
    }
}

/// What the request's header says, if it has one.
pub(crate) fn idempotency(request: &Request) -> Option<IdempotencyKey> {
    let key = request.headers().get("idempotency-key")?.to_str().ok()?.trim();
    let scope = request.uri().path().trim_end_matches('/').to_owned();
    (!key.is_empty()).then(|| IdempotencyKey { scope, key: key.chars().take(255).collect() })
}

fn source(form: &mut Form, fields: &DocumentForm) -> Result<Source, Problem> {
    let (file_name, url_name) = (fields.file[0], fields.url[0]);
    let url = form.first_text(fields.url).map(str::to_owned);
    match (form.take_file()?, url) {
        (Some(file), None) => {
            Ok(Source::Upload { upload: Box::new(file.upload), file_name: file.file_name })
        }
        (None, Some(url)) => Ok(Source::Url(url)),
        (None, None) => Err(Problem::bad_request(&format!(
            "Either {file_name} or {url_name} must be provided{}",
            form.received()
        ))),
        (Some(_), Some(_)) => Err(Problem::bad_request(&format!(
            "Only one of {file_name} and {url_name} can be provided"
        ))),
    }
}
