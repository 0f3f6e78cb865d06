//! The requests that made the jobs of this process, for its log and its traces.

use std::sync::Arc;

use docket_contract::JobId;
use quick_cache::sync::Cache;

use crate::spans::TraceContext;

/// Requests that are kept for the lines of their jobs.
const REQUESTS_KEPT: usize = 10_000;

/// The request that made a job.
#[derive(Clone, Debug)]
pub struct RequestOfJob {
    /// Its `X-Request-Id`.
    pub id: String,
    /// Its span.
    pub trace: Option<TraceContext>,
}

/// The latest requests, by job.
pub(crate) struct Requests(Cache<JobId, Arc<RequestOfJob>>);

impl Default for Requests {
    fn default() -> Self {
        Self(Cache::new(REQUESTS_KEPT))
    }
}

impl Requests {
    pub(crate) fn note(&self, job: JobId, request: RequestOfJob) {
        self.0.insert(job, Arc::new(request));
    }

    pub(crate) fn get(&self, job: JobId) -> Option<Arc<RequestOfJob>> {
        self.0.get(&job)
    }
}
