//! How rows of webhooks become endpoints, deliveries and attempts.

use docket_contract::JobId;
use docket_contract::UserId;
use docket_contract::job::JobType;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use docket_contract::webhook::{
    Attempt, BatchEnd, Delivery, DeliveryStatus, Disabled, DisabledReason, Endpoint, EventType,
    JobEnd, MessageId, SECRET_BYTES, SigningSecret, Subject,
};

use super::columns::{Columns, read_failure, word};
use crate::error::Error;
use crate::interface::DeliveryClaim;

/// The columns that [`read_endpoint`] takes, in its order.
macro_rules! endpoint_columns {
    () => {
        "id, user_id, url, description, events, secret, previous_secret, previous_secret_until, \
         failures_in_a_row, failing_since, disabled_at, disabled_reason, created_at, updated_at"
    };
}

/// The columns that [`read_delivery`] takes, in its order.
macro_rules! delivery_columns {
    () => {
        "id, seq, endpoint_id, job_id, job_type, job_state, error_code, error_message, \
         job_created_at, batch_id, batch_succeeded, batch_failed, occurred_at, status, attempts, \
         tries, next_attempt_at, last_status_code, last_error, created_at, ended_at"
    };
}

/// The columns that [`read_attempt`] takes, in its order.
macro_rules! attempt_columns {
    () => {
        "attempt, at, duration_ms, status_code, error"
    };
}

/// Whether the endpoint `e` wants the event that the expression names.
macro_rules! wants_sql {
    ($event:literal) => {
        concat!("(e.events = '' or ' ' || e.events || ' ' like '% ' || ", $event, " || ' %')")
    };
}

pub(crate) use {attempt_columns, delivery_columns, endpoint_columns, wants_sql};

/// The events of an endpoint as they are stored.
pub(crate) fn events_text(events: &[EventType]) -> String {
    events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn read_endpoint(row: &mut dyn Columns) -> Result<Endpoint, Error> {
    Ok(Endpoint {
        id: row.uuid()?,
        user_id: UserId(row.text()?),
        url: row.text()?,
        description: row.text()?,
        events: row
            .text()?
            .split_whitespace()
            .map(|name| word("events", name, EventType::from_word))
            .collect::<Result<_, Error>>()?,
        secret: read_secret(row)?.ok_or_else(|| Error::Corrupt("no secret".to_owned()))?,
        previous_secret: read_previous_secret(row)?,
        failures_in_a_row: row.int()?,
        failing_since: row.time_or_null()?,
        disabled: read_disabled(row)?,
        created_at: row.time()?,
        updated_at: row.time()?,
    })
}

fn read_secret(row: &mut dyn Columns) -> Result<Option<SigningSecret>, Error> {
    let Some(bytes) = row.bytes_or_null()? else { return Ok(None) };
    let length = bytes.len();
    let bytes: [u8; SECRET_BYTES] =
        bytes.try_into().map_err(|_| Error::Corrupt(format!("a secret of {length} bytes")))?;
    Ok(Some(SigningSecret(bytes)))
}

fn read_previous_secret(
    row: &mut dyn Columns,
) -> Result<Option<(SigningSecret, Timestamp)>, Error> {
    let (secret, until) = (read_secret(row)?, row.time_or_null()?);
    Ok(secret.zip(until))
}

fn read_disabled(row: &mut dyn Columns) -> Result<Option<Disabled>, Error> {
    let (at, reason) = (row.time_or_null()?, row.text_or_null()?);
    let Some((at, reason)) = at.zip(reason) else { return Ok(None) };
    let reason = word("disabled_reason", &reason, DisabledReason::from_word)?;
    Ok(Some(Disabled { at, reason }))
}

pub(crate) fn read_delivery(row: &mut dyn Columns) -> Result<Delivery, Error> {
    Ok(Delivery {
        id: MessageId(row.uuid()?),
        seq: row.long()?,
        endpoint_id: row.uuid()?,
        subject: read_subject(row)?,
        occurred_at: row.time()?,
        status: word("status", &row.text()?, DeliveryStatus::from_word)?,
        attempts: row.int()?,
        tries: row.int()?,
        next_attempt_at: row.time_or_null()?,
        last_status_code: row.int_or_null()?,
        last_error: row.text_or_null()?,
        created_at: row.time()?,
        ended_at: row.time_or_null()?,
    })
}

fn read_subject(row: &mut dyn Columns) -> Result<Subject, Error> {
    let job_id = row.uuid_or_null()?;
    let (job_type, state) = (row.text_or_null()?, row.text_or_null()?);
    let failure = read_failure(row.text_or_null()?, row.text_or_null()?)?;
    let (created_at, batch_id) = (row.time_or_null()?, row.uuid_or_null()?);
    let (succeeded, failed) = (row.long_or_null()?, row.long_or_null()?);
    let missing = || Error::Corrupt("a delivery without its subject".to_owned());
    let Some(id) = job_id else {
        let Some(id) = batch_id else { return Ok(Subject::Test) };
        let (succeeded, failed) = succeeded.zip(failed).ok_or_else(missing)?;
        return Ok(Subject::Batch(BatchEnd { id, succeeded, failed }));
    };
    Ok(Subject::Job(JobEnd {
        id: JobId::from(id),
        job_type: word("job_type", &job_type.ok_or_else(missing)?, JobType::from_word)?,
        state: word("job_state", &state.ok_or_else(missing)?, JobState::from_stored)?,
        failure,
        batch_id,
        created_at: created_at.ok_or_else(missing)?,
    }))
}

/// A claim: token, instant, URL, present and former secret, then the delivery.
pub(crate) fn read_delivery_claim(row: &mut dyn Columns) -> Result<DeliveryClaim, Error> {
    let (token, claimed_at) = (row.uuid()?, row.time()?);
    let url = row.text()?;
    let secrets = [read_secret(row)?, read_secret(row)?].into_iter().flatten().collect();
    Ok(DeliveryClaim { token, url, secrets, claimed_at, delivery: read_delivery(row)? })
}

pub(crate) fn read_attempt(row: &mut dyn Columns) -> Result<Attempt, Error> {
    Ok(Attempt {
        number: row.int()?,
        at: row.time()?,
        duration_ms: row.long_or_null()?,
        status_code: row.int_or_null()?,
        error: row.text_or_null()?,
    })
}
