//! The limits and times of the domain, each a setting.

use std::time::Duration;

use docket_store::Tolerance;

/// Limits and times. The defaults are the design's.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How long a claim holds without a heartbeat.
    pub lease: Duration,
    /// How often a worker renews its leases.
    pub heartbeat: Duration,
    /// How often lost leases and overdue jobs are looked for.
    pub sweep: Duration,
    /// Executions that may end in an error which can change.
    pub attempts_max: i32,
    /// The loss of a worker that fails the job.
    pub worker_losses_max: i32,
    /// Waiting time after the first, second, ... failed attempt or loss, before jitter.
    pub backoff: Vec<Duration>,
    /// From the first start to the forced end.
    pub deadline: Duration,
    /// How long a job is kept after its submit.
    pub retention: Duration,
    /// How long each entry of the ledger of credits is kept; monthly sums remain.
    pub usage_retention: Duration,
    /// The largest upload, in bytes.
    pub upload_bytes_max: u64,
    /// The numbers of webhooks.
    pub webhooks: WebhookPolicy,
    /// How long a document can be uploaded after its submit, unless the client says.
    pub upload_window: Duration,
    /// Bytes that the documents of an account without a limit of its own may have together.
    pub account_document_bytes_max: Option<i64>,
    /// Bytes that submits leave free on the disks of the data, for running jobs to end.
    pub free_space_min_bytes: u64,
    /// Jobs that may wait; further submits are turned away.
    pub queue_jobs_max: u64,
    /// Jobs that an account without a limit of its own may run at the same time.
    pub running_max: Option<i32>,
    /// Memory for statuses, in bytes.
    pub status_memory_bytes_max: u64,
    /// Documents whose pages are counted at submit at the same time.
    pub inspections_max: usize,
    /// The same of one account.
    pub account_inspections_max: usize,
    /// How long a submit waits for its turn; after that, the job counts the pages.
    pub inspection_wait: Duration,
    /// How long counting may take; after that, the job counts the pages.
    pub inspection_time: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(10),
            heartbeat: Duration::from_secs(3),
            sweep: Duration::from_secs(1),
            attempts_max: 3,
            worker_losses_max: 3,
            backoff: [1, 4, 16].map(Duration::from_secs).to_vec(),
            deadline: Duration::from_secs(30 * 60),
            retention: Duration::from_secs(7 * 24 * 60 * 60),
            usage_retention: Duration::from_secs(7 * 24 * 60 * 60),
            upload_bytes_max: 500 * 1024 * 1024,
            webhooks: WebhookPolicy::default(),
            upload_window: Duration::from_secs(15 * 60),
            account_document_bytes_max: None,
            free_space_min_bytes: 500 * 1024 * 1024,
            queue_jobs_max: 1_000_000,
            running_max: None,
            status_memory_bytes_max: 64 * 1024 * 1024,
            inspections_max: 4,
            account_inspections_max: 3,
            inspection_wait: Duration::from_secs(5),
            inspection_time: Duration::from_secs(5),
        }
    }
}

impl Policy {
    /// The waiting times with jitter: each between its value and a quarter more, so that jobs lost
    /// together do not come back together.
    #[must_use]
    pub(crate) fn jittered_backoff(&self) -> Vec<Duration> {
        self.backoff.iter().map(|wait| wait.mul_f64(rand::random_range(1.0..1.25))).collect()
    }

    /// The waiting time after the `n`-th failure, counted from 1.
    #[must_use]
    pub(crate) fn backoff_after(&self, n: i32) -> Duration {
        let waits = self.jittered_backoff();
        let idx = usize::try_from(n.max(1) - 1).unwrap_or(0);
        waits.get(idx).or(waits.last()).copied().unwrap_or_default()
    }
}

/// The numbers of webhooks, each a setting.
#[derive(Clone, Debug)]
pub struct WebhookPolicy {
    /// Waiting time after the first, second, ... failed attempt, before jitter; after the last the
    /// delivery is given up. The default is the schedule of the Standard Webhooks specification.
    pub backoff: Vec<Duration>,
    /// From the beginning of an attempt to the end of the answer.
    pub timeout: Duration,
    /// Attempts at one endpoint at the same time, over all processes.
    pub per_endpoint_max: usize,
    /// Attempts at all endpoints of one account at the same time, over all processes.
    pub per_account_max: usize,
    /// How much an endpoint may fail before it is disabled.
    pub tolerance: Tolerance,
    /// How long the log is kept.
    pub retention: Duration,
    /// Lets endpoints be made on private networks and on this host.
    pub allow_private_hosts: bool,
}

impl Default for WebhookPolicy {
    fn default() -> Self {
        let backoff_s = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        Self {
            backoff: backoff_s.map(Duration::from_secs).to_vec(),
            timeout: Duration::from_secs(15),
            per_endpoint_max: 4,
            per_account_max: 32,
            tolerance: Tolerance {
                failures_max: 20,
                failing_max: Duration::from_secs(24 * 60 * 60),
                pause: Duration::from_secs(1),
                pause_max: Duration::from_secs(30),
            },
            retention: Duration::from_secs(7 * 24 * 60 * 60),
            allow_private_hosts: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_and_then_stays() {
        let policy = Policy::default();
        for (n, base) in [(0, 1.0), (1, 1.0), (2, 4.0), (3, 16.0), (9, 16.0)] {
            let wait = policy.backoff_after(n).as_secs_f64();
            assert!((base..base * 1.25).contains(&wait), "{n}: {wait}");
        }
    }
}
