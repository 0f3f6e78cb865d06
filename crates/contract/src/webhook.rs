//! Webhooks as every room sees them: endpoints, their events, and deliveries.

use std::fmt;

use uuid::Uuid;

use crate::ids::{JobId, UserId};
use crate::job::{Failure, JobType};
use crate::state::JobState;
use crate::timestamp::Timestamp;

/// Bytes of a signing secret; the Standard Webhooks specification asks for 24 to 64.
pub const SECRET_BYTES: usize = 32;

/// A key that deliveries are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(pub [u8; SECRET_BYTES]);

impl fmt::Debug for SigningSecret {
    /// Shows nothing of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(..)")
    }
}

/// The events of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
    /// A job ended with a result.
    JobCompleted,
    /// A job ended with an error.
    JobFailed,
    /// A job was ended by its owner.
    JobCancelled,
    /// The last job of a batch ended, however.
    BatchCompleted,
    /// Somebody asked for a test.
    Test,
}

impl EventType {
    /// The events that an endpoint can be limited to; a test reaches every endpoint.
    pub const SUBSCRIBABLE: [Self; 4] =
        [Self::JobCompleted, Self::JobFailed, Self::JobCancelled, Self::BatchCompleted];

    /// Every word that an event may bear.
    #[must_use]
    pub fn words() -> Vec<&'static str> {
        Self::SUBSCRIBABLE.into_iter().chain([Self::Test]).map(Self::as_str).collect()
    }

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JobCompleted => "job.completed",
            Self::JobFailed => "job.failed",
            Self::JobCancelled => "job.cancelled",
            Self::BatchCompleted => "batch.completed",
            Self::Test => "webhook.test",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::SUBSCRIBABLE.into_iter().chain([Self::Test]).find(|event| event.as_str() == word)
    }
}

/// Where an account receives events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: Uuid,
    /// Its account.
    pub user_id: UserId,
    /// The target of deliveries.
    pub url: String,
    /// The account's own note.
    pub description: String,
    /// Its events; empty means all, also those that later versions add.
    pub events: Vec<EventType>,
    /// What deliveries are signed with.
    pub secret: SigningSecret,
    /// The former secret after a rotation, and until when deliveries are signed with it as well.
    pub previous_secret: Option<(SigningSecret, Timestamp)>,
    /// Attempts that failed since the last one that did not, over all deliveries.
    pub failures_in_a_row: i32,
    /// When the first of them failed.
    pub failing_since: Option<Timestamp>,
    /// Since when and why it gets no deliveries.
    pub disabled: Option<Disabled>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its owner last changed it.
    pub updated_at: Timestamp,
}

/// An endpoint's being switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disabled {
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: DisabledReason,
}

/// Why an endpoint is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisabledReason {
    /// Its owner did it.
    Owner,
    /// It answered 410.
    Gone,
    /// Its attempts failed for too long, without a success in between.
    Failures,
}

impl DisabledReason {
    const ALL: [Self; 3] = [Self::Owner, Self::Gone, Self::Failures];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Gone => "gone",
            Self::Failures => "failures",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// One event on its way to one endpoint. It holds all that is said, so that it can be said after
/// the job is gone, and said again word by word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The message: equal at every attempt and replay.
    pub id: MessageId,
    /// Order over all deliveries.
    pub seq: i64,
    /// Where to.
    pub endpoint_id: Uuid,
    /// The event.
    pub subject: Subject,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// How far it is.
    pub status: DeliveryStatus,
    /// Attempts so far.
    pub attempts: i32,
    /// Attempts since it was made or last replayed: the place in the schedule.
    pub tries: i32,
    /// When it is attempted next; set exactly while it is pending.
    pub next_attempt_at: Option<Timestamp>,
    /// The status that the last ended attempt was answered with.
    pub last_status_code: Option<i32>,
    /// Why the last ended attempt failed.
    pub last_error: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was delivered or abandoned.
    pub ended_at: Option<Timestamp>,
}

/// The id of a message: `msg_` and a UUID. Receivers know repetitions by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(pub Uuid);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "msg_{}", self.0.as_hyphenated())
    }
}

impl MessageId {
    /// Reads the text of a message id.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let uuid = text.strip_prefix("msg_").filter(|uuid| uuid.len() == 36)?;
        Uuid::try_parse(uuid).ok().map(Self)
    }
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A job that ended.
    Job(JobEnd),
    /// A batch whose jobs have all ended.
    Batch(BatchEnd),
    /// Nothing: a test.
    Test,
}

impl Subject {
    /// The event's name.
    #[must_use]
    pub fn event(&self) -> EventType {
        match self {
            Self::Job(job) => match job.state {
                JobState::Succeeded => EventType::JobCompleted,
                JobState::Cancelled => EventType::JobCancelled,
                _ => EventType::JobFailed,
            },
            Self::Batch(_) => EventType::BatchCompleted,
            Self::Test => EventType::Test,
        }
    }
}

/// A job at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEnd {
    /// The job.
    pub id: JobId,
    /// What it did.
    pub job_type: JobType,
    /// How it ended.
    pub state: JobState,
    /// Why it failed or was cancelled.
    pub failure: Option<Failure>,
    /// The batch that it belongs to.
    pub batch_id: Option<Uuid>,
    /// When it was submitted.
    pub created_at: Timestamp,
}

/// A batch at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchEnd {
    /// The batch.
    pub id: Uuid,
    /// Jobs with a result.
    pub succeeded: i64,
    /// Jobs with an error, cancelled ones too.
    pub failed: i64,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It will be attempted, as soon as its endpoint is enabled.
    Pending,
    /// The endpoint has taken it.
    Delivered,
    /// It was given up; it can be replayed.
    Failed,
}

impl DeliveryStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// One attempt at a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Counted from 1.
    pub number: i32,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds; `None` while it runs, and for ever if its process died.
    pub duration_ms: Option<i64>,
    /// The HTTP status of the response.
    pub status_code: Option<i32>,
    /// Why it failed.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip() {
        for event in EventType::SUBSCRIBABLE {
            assert_eq!(EventType::from_word(event.as_str()), Some(event));
        }
        for reason in DisabledReason::ALL {
            assert_eq!(DisabledReason::from_word(reason.as_str()), Some(reason));
        }
        for status in DeliveryStatus::ALL {
            assert_eq!(DeliveryStatus::from_word(status.as_str()), Some(status));
        }
        let id = MessageId(Uuid::now_v7());
        assert_eq!(MessageId::from_text(&id.to_string()), Some(id));
        assert!(!id.to_string().contains('.'), "the signed text is divided by dots");
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(format!("{:?}", SigningSecret([7; 32])), "SigningSecret(..)");
    }
}
