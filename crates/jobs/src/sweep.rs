//! The sweep: jobs of lost workers return to the queue, overdue jobs end.

use docket_contract::job::{Failure, FailureCode};
use docket_store::{RetryPolicy, Swept};

use crate::execute::worker_lost_failure;
use crate::{Error, Jobs};

impl Jobs {
    /// Sweeps once. Any number of nodes may sweep at the same time.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sweep(&self) -> Result<Swept, Error> {
        let policy = &self.policy;
        let minutes = policy.deadline.as_secs().div_ceil(60);
        let retry = RetryPolicy {
            worker_losses_max: policy.worker_losses_max,
            backoff: policy.jittered_backoff(),
            worker_lost: worker_lost_failure(policy.worker_losses_max),
            deadline_exceeded: Failure::new(
                FailureCode::DeadlineExceeded,
                format!("The job did not end within {minutes} minutes of its start"),
            ),
            upload_expired: Failure::new(FailureCode::UploadExpired, "upload window expired"),
        };
        let swept = self.store.sweep(&retry).await?;
        if swept != Swept::default() {
            tracing::warn!(
                jobs.requeued = swept.requeued,
                jobs.lost = swept.lost,
                jobs.overdue = swept.overdue,
                jobs.unsupplied = swept.unsupplied,
                "swept jobs of lost workers, overdue ones, and those whose document never came"
            );
        }
        Ok(swept)
    }
}
