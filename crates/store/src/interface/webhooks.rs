//! Webhooks: endpoints as their owners see them, and deliveries as workers see them.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::UserId;
use docket_contract::timestamp::Timestamp;
use docket_contract::webhook::{
    Attempt, Delivery, DeliveryStatus, Endpoint, EventType, MessageId, SigningSecret,
};
use uuid::Uuid;

use crate::error::Error;

/// Endpoints and the log of their deliveries. Whoever does not own an endpoint does not find it.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// Makes an endpoint; `None` if the account has `endpoints_max` of them already.
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

    /// Makes a delivery that says nothing; `None` if the owner has no such endpoint.
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
    /// Turns what has happened into deliveries, then hands out at most `limit` due ones of enabled
    /// endpoints: endpoints in turn, and of each no more than `per_endpoint_max` at a time over
    /// all processes, or one while its last attempt failed. Each counts as an attempt now, and is
    /// due again after `lease` unless it is settled.
    async fn claim_deliveries(
        &self,
        limit: usize,
        per_endpoint_max: usize,
        lease: Duration,
    ) -> Result<Vec<DeliveryClaim>, Error>;

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
    /// What it is told of; empty: every event.
    pub events: Vec<EventType>,
    /// What deliveries are signed with.
    pub secret: SigningSecret,
}

/// What to change of an endpoint; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    /// Where deliveries are posted to.
    pub url: Option<String>,
    /// The account's own note.
    pub description: Option<String>,
    /// What it is told of; empty: every event.
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
    /// At most so many.
    pub limit: usize,
}

/// One attempt at one delivery. Only [`DeliveryQueue::claim_deliveries`] makes one, and
/// [`DeliveryQueue::settle_delivery`] consumes it.
#[derive(Debug)]
pub struct DeliveryClaim {
    pub(crate) delivery: Delivery,
    pub(crate) token: Uuid,
    pub(crate) url: String,
    pub(crate) secrets: Vec<SigningSecret>,
}

impl DeliveryClaim {
    /// What to tell; its `attempts` counts this one.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// Where to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What to sign with: the present secret, then a former one that is still live.
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
    /// Whether it was taken, and if not, why and what now.
    pub verdict: Verdict,
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
    /// Given up. If at least `failures_max` attempts in a row have failed then, the endpoint is
    /// disabled.
    GiveUp {
        /// Failures in a row that disable the endpoint.
        failures_max: i32,
        /// Why it failed.
        error: String,
    },
    /// The endpoint wants nothing more: given up, and the endpoint is disabled.
    Gone {
        /// Why it failed.
        error: String,
    },
}

/// What became of a settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliverySettled {
    /// It stands.
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
    /// The reason of the endpoint's being disabled, and the failures in a row that it takes.
    pub(crate) disable: Option<(&'static str, i32)>,
}

impl Verdict {
    pub(crate) fn columns(&self) -> VerdictColumns<'_> {
        let mut columns = VerdictColumns {
            status: DeliveryStatus::Failed,
            delay_us: None,
            error: None,
            disable: None,
        };
        match self {
            Self::Delivered => columns.status = DeliveryStatus::Delivered,
            Self::Retry { delay, error } => {
                columns.status = DeliveryStatus::Pending;
                columns.delay_us = Some(i64::try_from(delay.as_micros()).unwrap_or(i64::MAX / 4));
                columns.error = Some(error);
            }
            Self::GiveUp { failures_max, error } => {
                columns.error = Some(error);
                columns.disable = Some(("failures", *failures_max));
            }
            Self::Gone { error } => {
                columns.error = Some(error);
                columns.disable = Some(("gone", 0));
            }
        }
        columns
    }
}
