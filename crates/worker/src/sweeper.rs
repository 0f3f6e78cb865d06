//! Sweeps lost leases, overdue and expired jobs at intervals; any number of processes may.

use docket_jobs::Jobs;
use tokio_util::sync::CancellationToken;

/// Sweeps until told to end.
pub async fn run_sweeper(jobs: Jobs, end: CancellationToken) {
    let mut every = tokio::time::interval(jobs.policy().sweep);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = end.cancelled() => return,
        }
        let swept = jobs.sweep().await.map(|_| ());
        if let Err(error) = swept.and(jobs.expire().await.map(|_| ())) {
            tracing::warn!(error = &error as &dyn std::error::Error, "sweep failed");
        }
    }
}
