//! Delivers webhooks: claims due deliveries, posts them side by side, and settles each. Any number
//! of processes may; what one of them was at when it died is claimed again by another.

mod post;
mod resolver;

use std::sync::Arc;
use std::time::{Duration, Instant};

use docket_jobs::{AttemptResult, DeliveryClaim, Jobs, Told};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use post::Poster;

/// How often the log is cleared of what is too old.
const EXPIRE_EVERY: Duration = Duration::from_secs(60);

/// How a process delivers webhooks.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// Attempts at the same time, over all endpoints.
    pub slots: usize,
    /// How often the queue is looked at.
    pub poll: Duration,
    /// Lets endpoints be on private networks and on this host.
    pub allow_private_hosts: bool,
    /// What stands before the paths in a payload; empty if the public address is not known.
    pub base_url: String,
    /// How long attempts under way may go on after a shutdown was asked for; what is left is
    /// attempted again by another process.
    pub grace: Duration,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            slots: 64,
            poll: Duration::from_millis(250),
            allow_private_hosts: false,
            base_url: String::new(),
            grace: Duration::from_secs(5),
        }
    }
}

/// Delivers until told to end.
pub async fn run_webhooks(jobs: Jobs, settings: WebhookSettings, end: CancellationToken) {
    let timeout = jobs.policy().webhooks.timeout;
    let poster = match Poster::new(timeout, settings.allow_private_hosts) {
        Ok(poster) => poster,
        Err(error) => {
            tracing::error!(%error, "webhooks cannot be delivered: no HTTP client");
            return;
        }
    };
    let room = Arc::new(Room { jobs, poster, base_url: settings.base_url.clone() });
    let under_way = TaskTracker::new();
    tokio::select! {
        () = deliver_for_ever(&room, &settings, &under_way) => {}
        () = end.cancelled() => {}
    }
    under_way.close();
    if tokio::time::timeout(settings.grace, under_way.wait()).await.is_err() {
        tracing::info!(deliveries = under_way.len(), "deliveries were cut off by the shutdown");
    }
}

struct Room {
    jobs: Jobs,
    poster: Poster,
    base_url: String,
}

async fn deliver_for_ever(room: &Arc<Room>, settings: &WebhookSettings, under_way: &TaskTracker) {
    let slots = Arc::new(Semaphore::new(settings.slots.max(1)));
    let mut expired = Instant::now();
    loop {
        let found = claim_and_start(room, &slots, under_way).await;
        if expired.elapsed() >= EXPIRE_EVERY {
            expired = Instant::now();
            if let Err(error) = room.jobs.expire_deliveries().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "log was not cleared");
            }
        }
        if found == 0 {
            // Jitter keeps many processes from looking in step.
            tokio::time::sleep(settings.poll.mul_f64(rand::random_range(0.8..1.2))).await;
        }
    }
}

/// Claims as many as there are free slots; answers how many were found.
async fn claim_and_start(
    room: &Arc<Room>,
    slots: &Arc<Semaphore>,
    under_way: &TaskTracker,
) -> usize {
    // One at least: with none free there is nothing to look for yet.
    let Ok(first) = Arc::clone(slots).acquire_owned().await else { return 0 };
    let further = std::iter::from_fn(|| Arc::clone(slots).try_acquire_owned().ok());
    let mut free: Vec<OwnedSemaphorePermit> = std::iter::once(first).chain(further).collect();
    let claims = match room.jobs.claim_deliveries(free.len()).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "deliveries were not claimed");
            return 0;
        }
    };
    let found = claims.len();
    for claim in claims {
        let slot = free.pop();
        let room = Arc::clone(room);
        under_way.spawn(async move {
            room.attempt(claim).await;
            drop(slot);
        });
    }
    drop(free);
    found
}

impl Room {
    async fn attempt(&self, claim: DeliveryClaim) {
        let started = Instant::now();
        let (id, endpoint) = (claim.delivery().id, claim.delivery().endpoint_id);
        let event = claim.delivery().subject.event().as_str();
        let message = match self.jobs.signed_message(&claim, &self.base_url, chrono::Utc::now()) {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "event was not written");
                return;
            }
        };
        let answer = self.poster.post(claim.url(), message).await;
        let result = AttemptResult {
            duration: started.elapsed(),
            status_code: answer.status_code,
            refusal: answer.refusal,
        };
        let duration_ms = u64::try_from(result.duration.as_millis()).unwrap_or(u64::MAX);
        let status = result.status_code;
        match self.jobs.settle_delivery(claim, result).await {
            Ok(Told::ClaimLost) => {
                tracing::warn!(delivery.id = %id, webhook.id = %endpoint, "attempt came too late");
            }
            Ok(told) => {
                tracing::info!(delivery.id = %id, webhook.id = %endpoint, event, ?status, ?told, duration_ms, "webhook");
            }
            Err(error) => {
                // It is due again when its lease has run out.
                tracing::warn!(delivery.id = %id, error = &error as &dyn std::error::Error, "attempt was not written down");
            }
        }
    }
}
