//! The end of retention: expired jobs are removed with their files, and old entries of the ledger
//! are summed up.

use std::time::Duration;

use docket_contract::job::Job;
use futures_util::{StreamExt, stream};

use crate::{Error, Jobs};

/// Jobs that are removed in one transaction.
const EXPIRE_JOBS_MAX: usize = 200;

/// Jobs whose files are removed at the same time.
const REMOVALS_MAX: usize = 16;

/// Entries of the ledger that are summed up in one transaction.
const USAGE_ROWS_MAX: usize = 2000;

/// What one step of the removal did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Jobs that were removed with their files.
    pub jobs: usize,
    /// There may be more to remove.
    pub more: bool,
}

/// How long nothing came to a file that was never finished before it is removed.
const HALF_WRITTEN_AGE: Duration = Duration::from_secs(6 * 60 * 60);

impl Jobs {
    /// Takes one step of removing what was kept long enough: jobs, and entries of the ledger. Any
    /// number of nodes may.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expire(&self) -> Result<Removed, Error> {
        let expired = self.store.delete_expired(EXPIRE_JOBS_MAX).await?;
        stream::iter(&expired.jobs)
            .for_each_concurrent(REMOVALS_MAX, |job| self.discard_files(job))
            .await;
        let retention = self.policy.usage_retention;
        let summed_up = self.store.sum_up_usage(retention, USAGE_ROWS_MAX).await?;
        let more = expired.more || summed_up == USAGE_ROWS_MAX;
        Ok(Removed { jobs: expired.jobs.len(), more })
    }

    /// Removes the files of a job that is gone.
    pub(crate) async fn discard_files(&self, job: &Job) {
        // Files are named by the result, so that is read before it goes.
        let files = self.file_keys(job).await;
        let own = [&job.document.blob_key, &job.result_key].into_iter().flatten();
        for key in own.chain(&files) {
            self.discard(key).await;
        }
    }

    /// Removes files that killed processes left half written; answers how many. Any number of nodes
    /// may.
    ///
    /// # Errors
    /// If the folder of blobs fails.
    pub async fn remove_half_written(&self) -> Result<usize, Error> {
        let removed = self.blobs.remove_half_written(HALF_WRITTEN_AGE).await?;
        if removed > 0 {
            tracing::info!(files.removed = removed, "half-written files were removed");
        }
        Ok(removed)
    }
}
