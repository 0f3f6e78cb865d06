//! The worker: slots that claim, execute and settle until they are stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use docket_contract::WorkerId;
use docket_jobs::Jobs;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::child::ChildPool;
use crate::execute::execute;
use crate::execution::Execution;
use crate::fetch::Fetcher;
use crate::heartbeat::{Leases, Stop, run_heartbeat};
use crate::models::OfferedModels;
use crate::settings::WorkerSettings;

/// A worker process's loop. Cheap to make; [`Worker::run`] does the work.
pub struct Worker {
    id: WorkerId,
    execution: Arc<Execution>,
    health: WorkerHealth,
}

/// Reports whether a worker makes progress, by its last look at the queue, not by its being
/// alive.
#[derive(Clone, Debug)]
pub struct WorkerHealth {
    started: Instant,
    last_look_ms: Arc<AtomicU64>,
}

impl WorkerHealth {
    fn new() -> Self {
        Self { started: Instant::now(), last_look_ms: Arc::new(AtomicU64::new(0)) }
    }

    fn looked(&self) {
        self.last_look_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Time since the queue was last looked at with success, or since a job kept every slot busy.
    #[must_use]
    pub fn since_last_look(&self) -> Duration {
        Duration::from_millis(self.now_ms() - self.last_look_ms.load(Ordering::Relaxed))
    }
}

impl Worker {
    /// A worker with an id of its own: a restarted process is a stranger to its former leases.
    #[must_use]
    pub fn new(jobs: Jobs, settings: WorkerSettings) -> Self {
        let execution = Execution {
            children: ChildPool::new(
                settings.child.clone(),
                settings.child_jobs_max,
                settings.memory.clone(),
            ),
            fetcher: Fetcher::new(settings.fetch.clone()),
            models: OfferedModels::new(settings.tesseract.clone(), settings.memory.clone()),
            leases: Arc::new(Leases::default()),
            jobs,
            settings,
        };
        Self { id: WorkerId::new(), execution: Arc::new(execution), health: WorkerHealth::new() }
    }

    /// Whether this worker makes progress.
    #[must_use]
    pub fn health(&self) -> WorkerHealth {
        self.health.clone()
    }

    /// Works until `shutdown`; then claims nothing more, lets running jobs end within the grace
    /// period, and gives the rest back without charging an attempt.
    pub async fn run(self, shutdown: CancellationToken) {
        let execution = self.execution;
        let running = TaskTracker::new();
        let heartbeat_end = CancellationToken::new();
        let heartbeat = tokio::spawn(run_heartbeat(
            execution.jobs.clone(),
            self.id,
            Arc::clone(&execution.leases),
            heartbeat_end.clone(),
        ));
        let slots = execution.settings.slots_with_memory();
        tracing::info!(worker.id = %self.id, worker.slots = slots, "worker started");
        if slots < execution.settings.slots {
            let wanted = execution.settings.slots;
            tracing::warn!(
                worker.slots = slots,
                wanted,
                "memory_total_mb allows fewer jobs at once"
            );
        }
        claim_until(&execution, self.id, &self.health, &running, &shutdown).await;
        running.close();
        if tokio::time::timeout(execution.settings.grace, running.wait()).await.is_err() {
            execution.leases.stop_all(Stop::Shutdown);
            running.wait().await;
        }
        heartbeat_end.cancel();
        if let Err(error) = heartbeat.await {
            tracing::error!(%error, "heartbeat ended with a panic");
        }
        tracing::info!(worker.id = %self.id, "worker stopped");
    }
}

async fn claim_until(
    execution: &Arc<Execution>,
    worker: WorkerId,
    health: &WorkerHealth,
    running: &TaskTracker,
    shutdown: &CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(execution.settings.slots_with_memory()));
    let mut hint = execution.jobs.ready_hint();
    while !shutdown.is_cancelled() {
        let Some(mut free) = free_slots(&slots, health, shutdown).await else {
            return;
        };
        hint.borrow_and_update();
        let found = match execution.jobs.claim(worker, free.len()).await {
            Ok(claims) => {
                health.looked();
                let found = claims.len();
                for claim in claims {
                    let slot = free.pop();
                    let execution = Arc::clone(execution);
                    running.spawn(async move {
                        execute(execution, claim).await;
                        drop(slot);
                    });
                }
                found
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "queue could not be read");
                0
            }
        };
        let drained = !free.is_empty();
        drop(free);
        if drained || found == 0 {
            wait_for_work(&mut hint, execution.settings.poll, shutdown).await;
        }
    }
}

/// Waits for a free slot and takes all that are free; `None` on shutdown.
async fn free_slots(
    slots: &Arc<Semaphore>,
    health: &WorkerHealth,
    shutdown: &CancellationToken,
) -> Option<Vec<OwnedSemaphorePermit>> {
    let busy = Duration::from_secs(1);
    let first = loop {
        tokio::select! {
            permit = Arc::clone(slots).acquire_owned() => break permit.ok()?,
            () = shutdown.cancelled() => return None,
            () = tokio::time::sleep(busy) => health.looked(),
        }
    };
    let mut free = vec![first];
    while let Ok(permit) = Arc::clone(slots).try_acquire_owned() {
        free.push(permit);
    }
    Some(free)
}

async fn wait_for_work(
    hint: &mut watch::Receiver<u64>,
    poll: Duration,
    shutdown: &CancellationToken,
) {
    // Jitter keeps many workers from looking in step.
    let poll = poll.mul_f64(rand::random_range(0.8..1.2));
    tokio::select! {
        changed = hint.changed() => {
            if changed.is_err() {
                tokio::time::sleep(poll).await;
            }
        }
        () = tokio::time::sleep(poll) => {}
        () = shutdown.cancelled() => {}
    }
}
