//! A job of one family with its stored result: how every status route begins.

use docket_contract::job::Job;
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_jobs::Caller;
use serde::de::DeserializeOwned;

use crate::ServerState;
use crate::problem::{Family, Problem, unreadable};
use crate::routes::path_id::job_id;

/// The caller's job with its options; `of_family` takes them out of a spec of this family. A job of
/// another family is answered like an unknown one.
pub(crate) async fn find<S>(
    state: &ServerState,
    caller: &Caller,
    family: Family,
    id: &str,
    of_family: impl FnOnce(JobSpec) -> Option<S>,
) -> Result<(Job, S), Problem> {
    let found = state.jobs.find_with_spec(caller, job_id(family, id)?).await;
    let found = found.map_err(|error| Problem::of_job(error, family, id))?;
    let spec = of_family(found.spec).ok_or_else(|| Problem::no_such_job(family, id))?;
    Ok((found.job, spec))
}

/// The stored result of a job that succeeded.
pub(crate) async fn stored<R: DeserializeOwned>(
    state: &ServerState,
    family: Family,
    job: &Job,
) -> Result<Option<R>, Problem> {
    if job.state != JobState::Succeeded {
        return Ok(None);
    }
    let stored = state.jobs.result_of(job).await;
    let stored = stored.map_err(|error| Problem::of_job(error, family, &job.id.to_string()))?;
    serde_json::from_slice(&stored).map(Some).map_err(unreadable)
}
