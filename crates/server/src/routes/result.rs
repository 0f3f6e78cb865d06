//! The body of `GET /jobs/{id}/result`: the family's own result, under both of its names.

use axum::http::HeaderMap;
use docket_contract::results::{ClassifyResult, ExtractResult, SplitPart, SplitResult};
use docket_contract::spec::JobSpec;
use docket_contract::wire::extract::{citations, min_score, values};
use docket_contract::wire::jobs::JobResult;
use docket_contract::wire::pages::{classification, split_result};
use docket_jobs::{Finished, Linked};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::ServerState;
use crate::forms::specs::value_form;
use crate::problem::{Problem, unreadable};
use crate::routes::links::Links;
use crate::routes::pictures::{PictureForm, with_pictures};

/// The whole body as JSON.
pub(crate) async fn result_body(
    state: &ServerState,
    headers: &HeaderMap,
    finished: &Finished,
) -> Result<Vec<u8>, Problem> {
    let Finished { job, spec, result } = finished;
    match spec {
        JobSpec::Parse(_) => {
            let links = Links::new(state, headers).await?;
            let (stored, form) = (result.clone(), PictureForm::Linked);
            let sent = with_pictures(state, &links, job, stored, form).await?;
            let sent: &RawValue = serde_json::from_slice(&sent).map_err(unreadable)?;
            serde_json::to_vec(&JobResult::new(job, sent)).map_err(unreadable)
        }
        JobSpec::Chunk(_) => {
            let stored: &RawValue = serde_json::from_slice(result).map_err(unreadable)?;
            serde_json::to_vec(&JobResult::new(job, stored)).map_err(unreadable)
        }
        JobSpec::Extract(spec) => {
            let stored: ExtractResult = serde_json::from_slice(result).map_err(unreadable)?;
            let entries = values(&stored.fields, value_form(spec, None));
            let mut data = entries.clone();
            data.insert("min_confidence_score".to_owned(), json!(min_score(&stored.fields)));
            let (result, data) = (raw(&Value::Object(entries))?, raw(&Value::Object(data))?);
            let mut body = JobResult::new(job, &result);
            body.data = &data;
            body.citations = citations(&stored.fields);
            serde_json::to_vec(&body).map_err(unreadable)
        }
        JobSpec::Classify(_) => {
            let stored: ClassifyResult = serde_json::from_slice(result).map_err(unreadable)?;
            let result = raw(&classification(&stored))?;
            serde_json::to_vec(&JobResult::new(job, &result)).map_err(unreadable)
        }
        JobSpec::Split(_) => {
            let stored: SplitResult = serde_json::from_slice(result).map_err(unreadable)?;
            let links = Links::new(state, headers).await?;
            let link = |part: &SplitPart| Some(links.to(job.id, Linked::File(part.file_id)));
            let result = raw(&split_result(&stored, &link))?;
            serde_json::to_vec(&JobResult::new(job, &result)).map_err(unreadable)
        }
    }
}

fn raw(value: &Value) -> Result<Box<RawValue>, Problem> {
    to_raw_value(value).map_err(unreadable)
}
