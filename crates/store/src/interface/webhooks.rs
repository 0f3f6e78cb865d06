//! Webhooks: endpoints as their owners see them, and deliveries as workers see them.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::UserId;
use docket_contract::timestamp::Timestamp;
use docket_contract::webhook::{
    Attempt, Delivery, DeliveryStatus, Endpoint, EventType, MessageId, SigningSecret,
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::error::Error;

/// Endpoints and the log of their deliveries. An account finds only its own endpoints.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// Creates an endpoint; `None` if the account has `endpoints_max` of them already.
    async fn insert_endpoint(
        &self,
        endpoint: NewEndpoint,
        endpoints_max: i64,
    ) -> Result<Option<Endpoint>, Error>;

    /// The account's endpoints, newest first.
    async fn list_endpoints(&self, owner: &UserId) -> Result<Vec<Endpoint>, Error>;

    /// One of the account's endpoints.
    async fn find_endpoint(&self, owner: &UserId, id: Uuid) -> Result<Option<Endpoint>, Error>;

    /// Changes what is given. Enabling forgets the failures and makes every waiting delivery due.
    async fn change_endpoint(
        &self,
        owner: &UserId,
        id: Uuid,
        change: EndpointChange,
    ) -> Result<Option<Endpoint>, Error>;

    /// Gives the endpoint a new secret; the present one stays beside it for `overlap`.
    async fn rotate_secret(
        &self,
        owner: &UserId,
        id: Uuid,
        fresh: SigningSecret,
        overlap: Duration,
    ) -> Result<Option<Endpoint>, Error>;

    /// Removes the endpoint with its deliveries; false if there was none.
    async fn delete_endpoint(&self, owner: &UserId, id: Uuid) -> Result<bool, Error>;

    /// Creates a test delivery; `None` if the owner has no such endpoint.
    async fn insert_test(&self, owner: &UserId, id: Uuid) -> Result<Option<Delivery>, Error>;

    /// The endpoint's deliveries, newest first, at most `limit` and one more if there are more.
    async fn list_deliveries(&self, query: DeliveryQuery) -> Result<Vec<Delivery>, Error>;

    /// One of the endpoint's deliveries with its attempts, oldest first.
    async fn find_delivery(
        &self,
        endpoint: Uuid,
        id: MessageId,
    ) -> Result<Option<(Delivery, Vec<Attempt>)>, Error>;

    /// Makes the delivery due now, from the start of the schedule, unless it is under way.
    async fn replay_delivery(
        &self,
        endpoint: Uuid,
        id: MessageId,
    ) -> Result<Option<Delivery>, Error>;

    /// Does that to every failed delivery of the endpoint whose event happened at `since` or
    /// later; answers how many.
    async fn replay_failed(&self, endpoint: Uuid, since: Timestamp) -> Result<u64, Error>;
}

/// Deliveries as workers see them.
#[async_trait]
pub trait DeliveryQueue: Send + Sync {
    /// Turns what has happened into deliveries, then hands out due ones of enabled endpoints within
    /// the limits: accounts in turn, and the endpoints of each account in turn. An account or an
    /// endpoint with attempts under way comes later, and a failing endpoint has one attempt at a
    /// time. Each counts as an attempt now, and is due again after the lease unless it is settled.
    async fn claim_deliveries(&self, limits: DeliveryLimits) -> Result<Vec<DeliveryClaim>, Error>;

    /// Changes whenever this process committed something that may be delivered, or received a hint that
    /// another did. A hint: polling alone suffices.
    fn deliveries_hint(&self) -> watch::Receiver<u64>;

    /// Ends the attempt, guarded by its token.
    async fn settle_delivery(
        &self,
        claim: DeliveryClaim,
        end: AttemptEnd,
    ) -> Result<DeliverySettled, Error>;

    /// Removes at most `limit` deliveries made longer than `retention` ago that have ended, or
    /// that wait for a disabled endpoint; answers how many.
    async fn delete_old_deliveries(
        &self,
        retention: Duration,
        limit: usize,
    ) -> Result<usize, Error>;
}

/// An endpoint to be made.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    /// Its account, an existing one.
    pub user_id: UserId,
    /// Where deliveries are posted to.
    pub url: String,
    /// The account's own note.
    pub description: String,
    /// The events that it gets; empty: every event.
    pub events: Vec<EventType>,
    /// The secret that signs deliveries.
    pub secret: SigningSecret,
}

/// The changes of an endpoint; `None` changes nothing.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    /// Where deliveries are posted to.
    pub url: Option<String>,
    /// The account's own note.
    pub description: Option<String>,
    /// The events that it gets; empty: every event.
    pub events: Option<Vec<EventType>>,
    /// On or off.
    pub enabled: Option<bool>,
}

/// Which deliveries to list.
#[derive(Clone, Debug)]
pub struct DeliveryQuery {
    /// Of which endpoint.
    pub endpoint_id: Uuid,
    /// Only those.
    pub status: Option<DeliveryStatus>,
    /// Only those with a smaller `seq`.
    pub before_seq: Option<i64>,
    /// Entries, at most.
    pub limit: usize,
}

/// How many deliveries to hand out. The bounds of endpoints and accounts count attempts that are
/// under way, in all processes.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryLimits {
    /// Entries in all, at most.
    pub slots: usize,
    /// Attempts at one endpoint at the same time.
    pub per_endpoint_max: usize,
    /// Attempts at all endpoints of one account at the same time.
    pub per_account_max: usize,
    /// How long an attempt may go unsettled before it counts as lost.
    pub lease: Duration,
}

/// One attempt at one delivery. Only [`DeliveryQueue::claim_deliveries`] makes one, and
/// [`DeliveryQueue::settle_delivery`] consumes it.
#[derive(Debug)]
pub struct DeliveryClaim {
    pub(crate) delivery: Delivery,
    pub(crate) token: Uuid,
    pub(crate) url: String,
    pub(crate) secrets: Vec<SigningSecret>,
    pub(crate) claimed_at: Timestamp,
}

impl DeliveryClaim {
    /// The delivery to send; its `attempts` includes this one.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// Where to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// When it was claimed, by the database's clock.
    #[must_use]
    pub fn claimed_at(&self) -> Timestamp {
        self.claimed_at
    }

    /// The secrets to sign with: the current one, then a previous one that is still valid.
    #[must_use]
    pub fn secrets(&self) -> &[SigningSecret] {
        &self.secrets
    }
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub struct AttemptEnd {
    /// How long it took.
    pub duration: Duration,
    /// The status that it was answered with.
    pub status_code: Option<i32>,
    /// Whether it was accepted, and if not, why and what follows.
    pub verdict: Verdict,
    /// The failures after which its endpoint is disabled.
    pub tolerance: Tolerance,
}

/// How much an endpoint may fail. Both conditions hold before it is disabled: a short outage with
/// many attempts does not disable it, and neither do two failures a day apart.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// Failed attempts in a row, at least.
    pub failures_max: i32,
    /// Time of failures, at least.
    pub failing_max: Duration,
    /// After the second failure in a row the endpoint rests for so long, after each further one
    /// twice as long.
    pub pause: Duration,
    /// It never rests longer than this.
    pub pause_max: Duration,
}

/// Whether an attempt succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was taken.
    Delivered,
    /// Try again after the delay.
    Retry {
        /// How long to wait.
        delay: Duration,
        /// Why it failed.
        error: String,
    },
    /// Given up.
    GiveUp {
        /// Why it failed.
        error: String,
    },
    /// The endpoint wants nothing more: given up, and the endpoint is disabled.
    Gone {
        /// Why it failed.
        error: String,
    },
}

/// The outcome of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliverySettled {
    /// It was written.
    Settled {
        /// The endpoint was disabled by it.
        disabled: bool,
    },
    /// The attempt was no longer this claim's, or the endpoint is gone: nothing was written.
    ClaimLost,
}

/// A verdict as it is written.
pub(crate) struct VerdictColumns<'a> {
    pub(crate) status: DeliveryStatus,
    /// Microseconds; only of a retry.
    pub(crate) delay_us: Option<i64>,
    pub(crate) error: Option<&'a str>,
    /// The endpoint wants nothing more.
    pub(crate) gone: bool,
}

impl Verdict {
    pub(crate) fn columns(&self) -> VerdictColumns<'_> {
        let mut columns = VerdictColumns {
            status: DeliveryStatus::Failed,
            delay_us: None,
            error: None,
            gone: false,
        };
        match self {
            Self::Delivered => columns.status = DeliveryStatus::Delivered,
            Self::Retry { delay, error } => {
                columns.status = DeliveryStatus::Pending;
                columns.delay_us = Some(i64::try_from(delay.as_micros()).unwrap_or(i64::MAX / 4));
                columns.error = Some(error);
            }
            Self::GiveUp { error } => columns.error = Some(error),
            Self::Gone { error } => {
                columns.error = Some(error);
                columns.gone = true;
            }
        }
        columns
    }
}
