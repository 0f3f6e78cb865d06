//! A job's status, ready to be sent.

use bytes::Bytes;
use docket_contract::state::JobState;
use docket_contract::status::JobStatus;
use docket_contract::wire::jobs::JobDocument;
use docket_contract::{JobId, UserId};

use crate::Error;

/// A place in the queue, counted from 1; `None` of a job that was started, or that is too far behind
/// to be counted.
pub type Place = Option<usize>;

/// A job's status, ready to be sent.
#[derive(Debug)]
pub struct Status {
    /// Whose.
    pub id: JobId,
    /// Its owner.
    pub user_id: UserId,
    /// One more at every change that a client can see.
    pub version: i64,
    /// It has ended: nothing will change any more.
    pub ended: bool,
    /// The document of `GET /jobs/{id}` as JSON.
    pub body: Bytes,
    /// The version as an entity tag, with its quotes.
    pub etag: Bytes,
    /// Its place among its account's waiting jobs: priority and creation order; `None` once it was
    /// started.
    pub(crate) waiting: Option<(i32, i64)>,
}

impl Status {
    pub(crate) fn new(job: &JobStatus) -> Result<Self, Error> {
        let body = serde_json::to_vec(&JobDocument::from(job))
            .map_err(|error| Error::Internal(Box::new(error)))?;
        let waits = job.visible_state() == JobState::Queued;
        Ok(Self {
            id: job.id,
            user_id: job.user_id.clone(),
            version: job.version,
            ended: job.state.is_terminal(),
            body: body.into(),
            etag: format!("\"{}\"", job.version).into(),
            waiting: waits.then_some((job.priority, job.seq)),
        })
    }
}
