//! Changes of jobs as they happen, read from the outbox.

use std::time::Instant;

use async_trait::async_trait;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use docket_contract::{JobId, UserId};

use crate::error::Error;

/// Changes of jobs, as they happen and afterwards.
#[async_trait]
pub trait FeedStore: Send + Sync {
    /// Opens a feed of everything that is committed from now on, by any process. With it an API
    /// node takes its place: [`Error::Conflict`] if one that serves alone is there already, or if
    /// this one wants to serve alone and others are there.
    async fn open_feed(&self, serving: Serving) -> Result<Box<dyn Feed>, Error>;

    /// At most `limit` changes after `after_seq`, in the order of `seq`. Events go with their job:
    /// of a deleted one only its deletion is left, for a day.
    async fn list_changes(
        &self,
        scope: &ChangeScope,
        after_seq: i64,
        limit: usize,
    ) -> Result<Vec<Change>, Error>;

    /// The `seq` of the job's newest change; `None` of an unknown job.
    async fn newest_change(&self, id: JobId) -> Result<Option<i64>, Error>;
}

/// How an API node serves these data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serving {
    /// No other one does, so that its memory is never behind another one's.
    Alone,
    /// Others may serve them too.
    Together,
}

/// A place in the outbox that moves on with every read. It outlives faults of the database: what
/// was committed meanwhile comes with the next read that succeeds.
#[async_trait]
pub trait Feed: Send {
    /// Waits for a sign that something changed, at most for the driver's period (250 ms or less),
    /// then reads all changes committed since the last call.
    async fn next(&mut self) -> Result<FeedBatch, Error>;

    /// The position of the feed.
    fn place(&self) -> FeedPlace;
}

/// How far a feed is in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPlace {
    /// The largest `seq` that was seen. What is committed up to here is handed out already, or was
    /// there when the feed was opened.
    pub newest_seq: i64,
    /// The same of [`FeedBatch::settled_seq`].
    pub settled_seq: i64,
}

/// The result of one read of the feed.
#[derive(Clone, Debug)]
pub struct FeedBatch {
    /// New changes, each exactly once, those of one job in the order of their versions. Over
    /// several jobs a later change may come before an earlier one that commits more slowly.
    pub changes: Vec<Change>,
    /// Every change up to this `seq` has been handed out or will never exist. Changes beyond it are
    /// handed out early.
    pub settled_seq: i64,
    /// When the read began: what was committed before is in this batch or in a former one.
    pub read_at: Instant,
    /// False while changes that began before the feed was opened may still be under way, or when
    /// there was more than one batch holds.
    pub complete: bool,
    /// At `read_at` no other API node served these data.
    pub alone: bool,
}

/// Whose changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeScope {
    /// Of one job.
    Job(JobId),
    /// Of all jobs of an account.
    Account(UserId),
}

/// One visible change of one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the outbox.
    pub seq: i64,
    /// Whose.
    pub job_id: JobId,
    /// Whose job it is.
    pub user_id: UserId,
    /// The job's version after it.
    pub version: i64,
    /// What happened.
    pub kind: ChangeKind,
    /// When.
    pub at: Timestamp,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was made, or moved on.
    Moved {
        /// The state of the job now.
        state: JobState,
        /// It was started before, so clients never see it as queued again.
        was_started: bool,
        /// Pages done by now.
        pages_done: i32,
    },
    /// It is gone.
    Deleted,
}

impl Change {
    /// The state that clients see; `None` of a deleted job.
    #[must_use]
    pub fn visible_state(&self) -> Option<JobState> {
        match self.kind {
            ChangeKind::Moved { state, was_started, .. } => Some(state.visible(was_started)),
            ChangeKind::Deleted => None,
        }
    }
}
