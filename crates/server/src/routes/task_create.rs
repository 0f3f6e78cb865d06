//! `POST /api/v1/task/parse`: a task from a JSON body with the document in it, or its address.

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use docket_contract::fields::{SUBMIT, Texts};
use docket_contract::job::JobWithSpec;
use docket_contract::spec::JobSpec;
use docket_jobs::{Source, Submit, Submitted};

use crate::ServerState;
use crate::forms::body::{Form, read_large_json};
use crate::forms::documents::TASK;
use crate::forms::specs::{parse_spec, submit_options};
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::routes::submit::{idempotency, submit};
use crate::routes::tasks::created;

/// The usual alphabet, with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `POST /api/v1/task/parse`
pub(crate) async fn create(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    headers: HeaderMap,
    request: Request,
) -> Result<(StatusCode, Response), Problem> {
    let idempotency = idempotency(&request);
    let mut form = read_large_json(request).await?;
    let source = source(&state, &mut form).await?;
    let mut spec = JobSpec::Parse(parse_spec(&form)?);
    TASK.note_unknown(&form, spec.warnings_mut());
    let options = submit_options(SUBMIT, &form)?;
    let wish = Submit {
        source,
        spec,
        expected: TASK.expected,
        password: options.password,
        expires_in_s: options.expires_in_s,
        idempotency: idempotency.map(|known_by| known_by.with_fields_of(&form)),
    };
    let submitted = submit(&state, caller, wish, Family::Parse).await?;
    let Submitted { job, spec, .. } = submitted;
    created(&state, &headers, &JobWithSpec { job, spec }).await
}

/// The document; its bytes are no longer a field of the form then.
async fn source(state: &ServerState, form: &mut Form) -> Result<Source, Problem> {
    let file = form.text("file").ok_or_else(|| {
        Problem::bad_request(&format!("file must be provided{}", form.received()))
    })?;
    let is_url = ["http://", "https://"].iter().any(|scheme| {
        file.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if is_url {
        return Ok(Source::Url(file.to_owned()));
    }
    let bytes = decode(file)?;
    form.remove("file");
    let mut upload = state.jobs.begin_upload();
    upload.write(bytes).await.map_err(|error| Problem::of(error, Family::Parse))?;
    let file_name = form.text("file_name").map(str::to_owned);
    Ok(Source::Upload { upload: Box::new(upload), file_name })
}

/// Base64 on any number of lines, also as a `data:` URL.
fn decode(text: &str) -> Result<Bytes, Problem> {
    let payload = match text.strip_prefix("data:") {
        Some(rest) => rest.split_once(";base64,").map(|(_, payload)| payload).unwrap_or_default(),
        None => text,
    };
    let digits: Vec<u8> = payload.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    match BASE64.decode(digits) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes.into()),
        _ => Err(Problem::bad_request("file must be a URL, or the document's bytes in base64")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_base64() {
        for text in ["JVBERg==", "JVBERg", "JVBE\r\n Rg==", "data:application/pdf;base64,JVBERg=="]
        {
            assert_eq!(&decode(text).unwrap()[..], b"%PDF", "{text}");
        }
        for text in ["", "not base64!", "data:text/plain,hello", "JVBERg==="] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
