//! Delivers webhooks: claims due deliveries, posts them in parallel, and settles each. Any number
//! of processes may do this; deliveries of a process that died are claimed by another.

mod post;
mod resolver;

use std::sync::Arc;
use std::time::{Duration, Instant};

use docket_jobs::{AttemptOutcome, AttemptResult, DeliveryClaim, Jobs};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use post::Poster;

/// How often old entries of the log are deleted.
const EXPIRE_EVERY: Duration = Duration::from_secs(60);

/// The least time between two looks at the queue: under load one look serves many hints.
const PAUSE: Duration = Duration::from_millis(5);

/// How a process delivers webhooks.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// Attempts at the same time, over all endpoints.
    pub slots: usize,
    /// How often the queue is read.
    pub poll: Duration,
    /// Lets endpoints be on private networks and on this host.
    pub allow_private_hosts: bool,
    /// The address before the paths in a payload; empty if the public address is not known.
    pub base_url: String,
    /// How long running attempts may continue after the start of a shutdown; what is left is
    /// attempted again by another process.
    pub grace: Duration,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            slots: 256,
            poll: Duration::from_millis(250),
            allow_private_hosts: false,
            base_url: String::new(),
            grace: Duration::from_secs(5),
        }
    }
}

/// Delivers until it is stopped.
pub async fn run_webhooks(jobs: Jobs, settings: WebhookSettings, end: CancellationToken) {
    let timeout = jobs.policy().webhooks.timeout;
    let poster = match Poster::new(timeout, settings.allow_private_hosts) {
        Ok(poster) => poster,
        Err(error) => {
            tracing::error!(%error, "webhooks cannot be delivered: no HTTP client");
            return;
        }
    };
    let (base_url, finished) = (settings.base_url.clone(), Notify::new());
    let room = Arc::new(Room { jobs, poster, base_url, finished });
    let under_way = TaskTracker::new();
    tokio::select! {
        () = deliver_until(&end, &room, &settings, &under_way) => {}
        () = clear_log(&room.jobs) => {}
        // A claim that a database does not answer must not hold up the shutdown.
        () = async {
            end.cancelled().await;
            tokio::time::sleep(settings.grace).await;
        } => {}
    }
    under_way.close();
    if tokio::time::timeout(settings.grace, under_way.wait()).await.is_err() {
        tracing::info!(deliveries = under_way.len(), "the shutdown interrupted deliveries");
    }
}

struct Room {
    jobs: Jobs,
    poster: Poster,
    base_url: String,
    /// An attempt ended: there is a free slot, and its endpoint may have another one.
    finished: Notify,
}

/// Claims and starts attempts until the end is asked for. A claim under way is not cut off: its
/// deliveries would wait for the end of their lease.
async fn deliver_until(
    end: &CancellationToken,
    room: &Arc<Room>,
    settings: &WebhookSettings,
    under_way: &TaskTracker,
) {
    let slots = Arc::new(Semaphore::new(settings.slots.max(1)));
    let mut hint = room.jobs.deliveries_hint();
    loop {
        hint.borrow_and_update();
        // With no slot free there is nothing to look for yet.
        let free = Arc::clone(&slots).acquire_owned();
        let Some(Ok(first)) = end.run_until_cancelled(free).await else { return };
        let looked = Instant::now();
        claim_and_start(room, &slots, first, under_way).await;
        // Jitter keeps many processes from looking in step.
        let poll = settings.poll.mul_f64(rand::random_range(0.8..1.2));
        tokio::select! {
            Ok(()) = hint.changed() => {}
            () = room.finished.notified() => {}
            () = tokio::time::sleep(poll) => {}
            () = end.cancelled() => return,
        }
        tokio::time::sleep_until((looked + PAUSE).into()).await;
    }
}

/// Claims as many deliveries as there are free slots, and starts an attempt at each.
async fn claim_and_start(
    room: &Arc<Room>,
    slots: &Arc<Semaphore>,
    first: OwnedSemaphorePermit,
    under_way: &TaskTracker,
) {
    let further = std::iter::from_fn(|| Arc::clone(slots).try_acquire_owned().ok());
    let mut free: Vec<OwnedSemaphorePermit> = std::iter::once(first).chain(further).collect();
    let claims = match room.jobs.claim_deliveries(free.len()).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "deliveries could not be claimed"
            );
            return;
        }
    };
    let claimed = Instant::now();
    for claim in claims {
        let slot = free.pop();
        let room = Arc::clone(room);
        under_way.spawn(async move {
            room.attempt(claim, claimed).await;
            drop(slot);
            room.finished.notify_one();
        });
    }
    drop(free);
}

/// Deletes old entries of the log at intervals.
async fn clear_log(jobs: &Jobs) {
    loop {
        tokio::time::sleep(EXPIRE_EVERY).await;
        if let Err(error) = jobs.expire_deliveries().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the log of deliveries could not be cleared"
            );
        }
    }
}

impl Room {
    async fn attempt(&self, claim: DeliveryClaim, claimed: Instant) {
        let started = Instant::now();
        let (id, endpoint) = (claim.delivery().id, claim.delivery().endpoint_id);
        let event = claim.delivery().subject.event().as_str();
        let waited = claimed.elapsed();
        let message = match self.jobs.signed_message(&claim, &self.base_url, waited) {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "events could not be turned into deliveries"
                );
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
            Ok(AttemptOutcome::ClaimLost) => {
                tracing::warn!(delivery.id = %id, webhook.id = %endpoint, "the attempt ended after its lease");
            }
            // An endpoint that is down makes many of these; its end is a line of its own.
            Ok(outcome) if outcome != AttemptOutcome::Delivered => {
                tracing::debug!(delivery.id = %id, webhook.id = %endpoint, event, status, outcome = outcome.word(), duration_ms, "webhook attempt ended");
            }
            Ok(outcome) => {
                tracing::info!(delivery.id = %id, webhook.id = %endpoint, event, status, outcome = outcome.word(), duration_ms, "webhook attempt ended");
            }
            Err(error) => {
                // It is due again when its lease has run out.
                tracing::warn!(delivery.id = %id, error = &error as &dyn std::error::Error, "the attempt could not be recorded");
            }
        }
    }
}
