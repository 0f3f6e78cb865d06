//! Keeps the leases of running executions alive, and stops those that lost theirs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use docket_contract::{ClaimToken, WorkerId};
use docket_jobs::Jobs;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Why a running execution has to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The job was cancelled, or given to another worker.
    ClaimLost,
    /// This worker is going away.
    Shutdown,
}

type Running = HashMap<ClaimToken, watch::Sender<Option<Stop>>>;

/// The executions under way in this process.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    running: Mutex<Running>,
}

/// One execution's lease, held until dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    token: ClaimToken,
    leases: Arc<Leases>,
    stop: watch::Receiver<Option<Stop>>,
}

impl Leases {
    /// Starts to keep this claim alive.
    pub(crate) fn hold(self: &Arc<Self>, token: ClaimToken) -> Lease {
        let (sender, stop) = watch::channel(None);
        self.lock().insert(token, sender);
        Lease { token, leases: Arc::clone(self), stop }
    }

    /// Stops every execution.
    pub(crate) fn stop_all(&self, stop: Stop) {
        for sender in self.lock().values() {
            sender.send_replace(Some(stop));
        }
    }

    /// How many executions are under way.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn tokens(&self) -> Vec<ClaimToken> {
        self.lock().keys().copied().collect()
    }

    fn stop(&self, token: ClaimToken, stop: Stop) {
        if let Some(sender) = self.lock().get(&token) {
            sender.send_replace(Some(stop));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Answers when the execution has to stop.
    pub(crate) async fn stopped(&self) -> Stop {
        let mut stop = self.stop.clone();
        match stop.wait_for(Option::is_some).await {
            Ok(stop) => stop.unwrap_or(Stop::ClaimLost),
            Err(_) => Stop::ClaimLost,
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.leases.lock().remove(&self.token);
    }
}

/// Renews the leases until it is stopped.
pub(crate) async fn run_heartbeat(
    jobs: Jobs,
    worker: WorkerId,
    leases: Arc<Leases>,
    end: CancellationToken,
) {
    let mut beat = tokio::time::interval(jobs.policy().heartbeat);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            () = end.cancelled() => return,
        }
        if leases.is_empty() {
            continue;
        }
        // Taken before the statement: what is claimed while it runs is not in its answer.
        let before = leases.tokens();
        match jobs.heartbeat(worker, &before).await {
            Ok(held) => {
                for lost in before.into_iter().filter(|token| !held.contains(token)) {
                    leases.stop(lost, Stop::ClaimLost);
                }
            }
            // The guard of the settlement decides; a database that is away for a moment must not
            // throw away the work.
            Err(error) => tracing::warn!(%error, "heartbeat failed"),
        }
    }
}
