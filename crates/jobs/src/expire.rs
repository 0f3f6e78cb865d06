//! The end of retention: expired jobs are removed with their files.

use crate::{Error, Jobs};

/// Jobs that are removed in one go.
const EXPIRE_JOBS_MAX: usize = 100;

impl Jobs {
    /// Removes finished jobs whose time is over; answers how many. Any number of nodes may.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expire(&self) -> Result<usize, Error> {
        let expired = self.store.delete_expired(EXPIRE_JOBS_MAX).await?;
        for job in &expired {
            // The parts of a split are named by its result, so that is read before it goes.
            let files = self.file_keys(job).await;
            let own = [&job.document.blob_key, &job.result_key].into_iter().flatten();
            for key in own.chain(&files) {
                self.discard(key).await;
            }
        }
        if !expired.is_empty() {
            tracing::info!(jobs.expired = expired.len(), "expired jobs were removed");
        }
        Ok(expired.len())
    }
}
