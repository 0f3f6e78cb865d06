//! Settings of jobs: leases, attempts, retention.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use std::time::Duration;

use docket_jobs::Policy;

use super::setting::Unit;
use super::table::settings;
use super::units::{RETENTION_DAYS_MAX, days};
use crate::exit::Exit;

settings! {
    /// Times and counts in the life of a job.
    pub(crate) struct JobSettings in "Jobs" {
        /// Seconds without a heartbeat after which a claimed job returns to the queue.
        ///
        /// At least twice heartbeat_s.
        lease_s: u64 { default: "10", min: 1, unit: Unit::Seconds }

        /// Seconds between two heartbeats of a worker.
        heartbeat_s: u64 { default: "3", min: 1, unit: Unit::Seconds }

        /// Seconds between two searches for expired leases.
        sweep_s: u64 { default: "1", min: 1, unit: Unit::Seconds }

        /// Attempts of a job whose error may go away (network, storage).
        attempts_max: i32 { default: "3", min: 1 }

        /// Lost workers after which a job fails.
        worker_losses_max: i32 { default: "3", min: 1 }

        /// Seconds before the second, third, ... attempt.
        backoff_s: Vec<u64> { default: "1,4,16", unit: Unit::Seconds }

        /// Seconds from the first start of a job until it is failed.
        deadline_s: u64 { default: "1800", unit: Unit::Seconds }

        /// Days for which a job is kept after its submit.
        retention_days: u64 { default: "7", max: RETENTION_DAYS_MAX, unit: Unit::Days }

        /// Days for which each charge and refund is kept in the ledger of credits.
        ///
        /// The monthly sums of each account are kept without limit.
        usage_retention_days: u64 {
            default: "7",
            // The submit limit counts the entries of the last minute.
            min: 1,
            max: RETENTION_DAYS_MAX,
            unit: Unit::Days,
        }
    }
}

impl JobSettings {
    pub(super) fn policy(&self, policy: Policy) -> anyhow::Result<Policy> {
        if self.heartbeat_s.saturating_mul(2) > self.lease_s {
            return Err(Exit::Usage.error(format!(
                "lease_s = {} is not allowed; it must be at least twice heartbeat_s ({})",
                self.lease_s, self.heartbeat_s
            )));
        }
        Ok(Policy {
            lease: Duration::from_secs(self.lease_s),
            heartbeat: Duration::from_secs(self.heartbeat_s),
            sweep: Duration::from_secs(self.sweep_s),
            attempts_max: self.attempts_max,
            worker_losses_max: self.worker_losses_max,
            backoff: self.backoff_s.iter().copied().map(Duration::from_secs).collect(),
            deadline: Duration::from_secs(self.deadline_s),
            retention: days(self.retention_days),
            usage_retention: days(self.usage_retention_days),
            ..policy
        })
    }
}
