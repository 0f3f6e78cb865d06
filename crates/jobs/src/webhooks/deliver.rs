//! Deliveries: claimed like jobs, signed, attempted, settled by the schedule.

use std::time::Duration;

use docket_contract::webhook::Delivery;
use docket_contract::wire::webhooks::EventBody;
use docket_store::{AttemptEnd, DeliveryClaim, DeliveryLimits, DeliverySettled, Verdict};
use tokio::sync::watch;

use super::signature::sign;
use crate::{Error, Jobs, WebhookPolicy, measure};

/// Deliveries that are removed in one go.
const REMOVE_MAX: usize = 1000;

/// A message ready to be posted.
#[derive(Clone, Debug)]
pub struct SignedMessage {
    /// The header `webhook-id`.
    pub id: String,
    /// The header `webhook-timestamp`: seconds since 1970.
    pub timestamp_s: i64,
    /// The header `webhook-signature`.
    pub signature: String,
    /// What is posted.
    pub body: Vec<u8>,
}

/// How an attempt went.
#[derive(Clone, Debug)]
pub struct AttemptResult {
    /// How long it took.
    pub duration: Duration,
    /// The status that it was answered with.
    pub status_code: Option<u16>,
    /// Why it failed, if it did.
    pub refusal: Option<Refusal>,
}

/// Why an attempt failed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// A sentence for the endpoint's owner.
    pub error: String,
    /// The endpoint wants nothing more, ever.
    pub gone: bool,
    /// It asks to be left alone for so long.
    pub retry_after: Option<Duration>,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// It was taken.
    Delivered,
    /// It will be tried again.
    Retried,
    /// It was given up.
    GivenUp,
    /// Another process has it, or the endpoint is gone.
    ClaimLost,
}

impl AttemptOutcome {
    /// The word in numbers and logs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retried => "retried",
            Self::GivenUp => "given_up",
            Self::ClaimLost => "claim_lost",
        }
    }
}

impl Jobs {
    /// Hands out at most `limit` due deliveries.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim_deliveries(&self, limit: usize) -> Result<Vec<DeliveryClaim>, Error> {
        let policy = &self.policy.webhooks;
        // What outlives its own timeout by a whole lease belongs to a process that is gone.
        let lease = policy.timeout + self.policy.lease;
        let limits = DeliveryLimits {
            slots: limit,
            per_endpoint_max: policy.per_endpoint_max,
            per_account_max: policy.per_account_max,
            lease,
        };
        Ok(self.store.claim_deliveries(limits).await?)
    }

    /// Changes when there may be something to deliver. A hint: polling alone suffices.
    #[must_use]
    pub fn deliveries_hint(&self) -> watch::Receiver<u64> {
        self.store.deliveries_hint()
    }

    /// The message of a claim, signed `waited` after it was claimed. `base` stands before the paths
    /// in it. Its time is the database's: a node's own clock may be wrong by more than receivers
    /// accept.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn signed_message(
        &self,
        claim: &DeliveryClaim,
        base: &str,
        waited: Duration,
    ) -> Result<SignedMessage, Error> {
        let delivery = claim.delivery();
        let body = serde_json::to_vec(&EventBody::new(delivery, base))
            .map_err(|error| Error::Internal(Box::new(error)))?;
        let (id, now) = (delivery.id.to_string(), claim.claimed_at() + waited);
        let timestamp_s = now.timestamp();
        let signature = sign(claim.secrets(), &id, timestamp_s, &body);
        Ok(SignedMessage { id, timestamp_s, signature, body })
    }

    /// Ends an attempt: delivered, to be tried again by the schedule, or given up.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settle_delivery(
        &self,
        claim: DeliveryClaim,
        result: AttemptResult,
    ) -> Result<AttemptOutcome, Error> {
        let seconds = result.duration.as_secs_f64();
        let verdict = verdict(&self.policy.webhooks, claim.delivery().tries, result.refusal);
        let outcome = match &verdict {
            Verdict::Delivered => AttemptOutcome::Delivered,
            Verdict::Retry { .. } => AttemptOutcome::Retried,
            Verdict::GiveUp { .. } | Verdict::Gone { .. } => AttemptOutcome::GivenUp,
        };
        measure::delivery_attempt(outcome.word(), seconds);
        let Delivery { id, endpoint_id, attempts, .. } = *claim.delivery();
        let end = AttemptEnd {
            duration: result.duration,
            status_code: result.status_code.map(i32::from),
            verdict,
            tolerance: self.policy.webhooks.tolerance,
        };
        match self.store.settle_delivery(claim, end).await? {
            DeliverySettled::Settled { disabled } => {
                if disabled {
                    tracing::warn!(webhook.id = %endpoint_id, "webhook endpoint disabled");
                }
                if outcome == AttemptOutcome::GivenUp {
                    tracing::warn!(webhook.id = %endpoint_id, delivery.id = %id, delivery.attempt = attempts, "delivery failed after its last attempt");
                }
                Ok(outcome)
            }
            DeliverySettled::ClaimLost => Ok(AttemptOutcome::ClaimLost),
        }
    }

    /// Removes the part of the log that is too old; answers how many deliveries.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expire_deliveries(&self) -> Result<usize, Error> {
        let retention = self.policy.webhooks.retention;
        let mut removed = 0;
        loop {
            let some = self.store.delete_old_deliveries(retention, REMOVE_MAX).await?;
            removed += some;
            if some < REMOVE_MAX {
                return Ok(removed);
            }
        }
    }
}

fn verdict(policy: &WebhookPolicy, tries: i32, refusal: Option<Refusal>) -> Verdict {
    let Some(Refusal { error, gone, retry_after }) = refusal else { return Verdict::Delivered };
    if gone {
        return Verdict::Gone { error };
    }
    let place = usize::try_from(tries.max(1) - 1).unwrap_or(usize::MAX);
    let Some(wait) = policy.backoff.get(place) else {
        return Verdict::GiveUp { error };
    };
    // Jitter: what failed together must not come back together.
    let wait = wait.mul_f64(rand::random_range(1.0..1.25));
    // Asked for more, it gets more, but never a hold that outlasts the schedule's longest step.
    let longest = policy.backoff.iter().max().copied().unwrap_or_default();
    let asked = retry_after.unwrap_or_default().min(longest);
    Verdict::Retry { delay: wait.max(asked), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(retry_after_s: Option<u64>) -> Option<Refusal> {
        let retry_after = retry_after_s.map(Duration::from_secs);
        Some(Refusal { error: "no".to_owned(), gone: false, retry_after })
    }

    fn delay_s(tries: i32, retry_after_s: Option<u64>) -> Option<f64> {
        match verdict(&WebhookPolicy::default(), tries, refused(retry_after_s)) {
            Verdict::Retry { delay, .. } => Some(delay.as_secs_f64()),
            _ => None,
        }
    }

    #[test]
    fn the_schedule_is_kept_with_jitter_and_ends() {
        for (tries, base) in [(1, 5.0), (2, 300.0), (9, 86_400.0)] {
            let delay = delay_s(tries, None).unwrap();
            assert!((base..base * 1.25).contains(&delay), "{tries}: {delay}");
        }
        assert_eq!(delay_s(10, None), None, "given up after ten attempts");
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_within_bounds() {
        assert_eq!(delay_s(1, Some(600)), Some(600.0));
        assert!(delay_s(2, Some(1)).unwrap() >= 300.0);
        assert_eq!(delay_s(1, Some(u64::MAX)), Some(86_400.0));
    }

    #[test]
    fn gone_ends_it() {
        let gone = Some(Refusal { error: "gone".to_owned(), gone: true, retry_after: None });
        let end = verdict(&WebhookPolicy::default(), 1, gone);
        assert_eq!(end, Verdict::Gone { error: "gone".to_owned() });
        assert_eq!(verdict(&WebhookPolicy::default(), 1, None), Verdict::Delivered);
    }
}
