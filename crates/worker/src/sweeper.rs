//! Sweeps expired leases and overdue jobs, and deletes expired data, at intervals; any number of
//! processes may do this.

use std::time::{Duration, Instant};

use docket_jobs::Jobs;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How often files are looked for that were never finished.
const FILES_PERIOD: Duration = Duration::from_secs(60 * 60);

/// How often the number of removed jobs is logged, at most.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// Sweeps and removes until it is stopped. None waits for another: however much there is to
/// remove, lost leases are found in time.
pub async fn run_sweeper(jobs: Jobs, end: CancellationToken) {
    tokio::join!(sweep(&jobs, &end), remove(&jobs, &end), remove_half_written(&jobs, &end));
}

async fn sweep(jobs: &Jobs, end: &CancellationToken) {
    let mut every = ticks(jobs.policy().sweep);
    while end.run_until_cancelled(every.tick()).await.is_some() {
        if let Err(error) = jobs.sweep().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "sweep failed");
        }
    }
}

/// Continues at once while there is more: under full load, jobs are deleted as fast as they expire.
async fn remove(jobs: &Jobs, end: &CancellationToken) {
    let mut every = ticks(jobs.policy().sweep);
    let (mut logged, mut removed_jobs) = (Instant::now(), 0);
    while end.run_until_cancelled(every.tick()).await.is_some() {
        loop {
            match jobs.expire().await {
                Ok(removed) => {
                    removed_jobs += removed.jobs;
                    if !removed.more || end.is_cancelled() {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "removal failed");
                    break;
                }
            }
        }
        if removed_jobs > 0 && logged.elapsed() >= LOG_EVERY {
            tracing::info!(jobs.expired = removed_jobs, "expired jobs were removed");
            (logged, removed_jobs) = (Instant::now(), 0);
        }
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn remove_half_written(jobs: &Jobs, end: &CancellationToken) {
    let mut every = ticks(FILES_PERIOD);
    while end.run_until_cancelled(every.tick()).await.is_some() {
        if let Err(error) = jobs.remove_half_written().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "files could not be removed");
        }
    }
}
