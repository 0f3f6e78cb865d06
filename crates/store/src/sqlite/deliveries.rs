//! Deliveries of webhooks as workers see them, in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use rusqlite::params;
use uuid::Uuid;

use super::SqliteStore;
use super::rows::{all, duration_us, micros, one};
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{AttemptEnd, DeliveryClaim, DeliveryQueue, DeliverySettled};
use crate::rows::{delivery_columns, read_delivery_claim, wants_sql};

/// Events that are turned into deliveries in one go: the writer is not held for long.
const EVENTS_MAX: i64 = 500;

#[async_trait]
impl DeliveryQueue for SqliteStore {
    async fn claim_deliveries(
        &self,
        limit: usize,
        per_endpoint_max: usize,
        lease: Duration,
    ) -> Result<Vec<DeliveryClaim>, Error> {
        // Looks first, so that idle polling never takes the write lock.
        if !self.anything_to_tell()? {
            return Ok(Vec::new());
        }
        self.writer
            .run(move |turn| {
                fan_out(turn)?;
                claim(turn, limit, per_endpoint_max, lease)
            })
            .await
    }

    async fn settle_delivery(
        &self,
        claim: DeliveryClaim,
        end: AttemptEnd,
    ) -> Result<DeliverySettled, Error> {
        self.writer.run(move |turn| settle(turn, &claim, &end)).await
    }

    async fn delete_old_deliveries(
        &self,
        retention: Duration,
        limit: usize,
    ) -> Result<usize, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.writer
            .run(move |turn| {
                let before = micros(turn.now()) - duration_us(retention);
                Ok(turn.prepare_cached(DELETE_OLD)?.execute(params![before, limit])?)
            })
            .await
    }
}

impl SqliteStore {
    fn anything_to_tell(&self) -> Result<bool, Error> {
        let now = micros(self.clock.host());
        self.readers.point(|connection| {
            Ok(connection
                .prepare_cached(
                    "select exists (select 1 from webhook_events)
                        or exists (select 1 from webhook_endpoints e
                            where e.disabled_at is null and exists (
                                select 1 from webhook_deliveries d where d.endpoint_id = e.id
                                    and d.status = 'pending' and d.next_attempt_at <= ?1))",
                )?
                .query_row([now], |row| row.get(0))?)
        })
    }
}

/// Takes events out of the outbox and makes their deliveries.
fn fan_out(turn: &Turn<'_>) -> Result<(), Error> {
    let last: Option<i64> = turn
        .prepare_cached(
            "select max(seq) from (select seq from webhook_events order by seq limit ?1)",
        )?
        .query_row([EVENTS_MAX], |row| row.get(0))?;
    let Some(last) = last else { return Ok(()) };
    let now = micros(turn.now());
    turn.prepare_cached(TELL_JOBS)?.execute(params![now, last])?;
    turn.prepare_cached(TELL_BATCHES)?.execute(params![now, last])?;
    turn.prepare_cached("delete from webhook_events where seq <= ?1")?.execute([last])?;
    Ok(())
}

const TELL_JOBS: &str = concat!(
    "insert into webhook_deliveries (id, endpoint_id, job_id, job_type, job_state, error_code,
        error_message, job_created_at, batch_id, occurred_at, next_attempt_at, created_at)
     select randomblob(16), e.id, t.job_id, t.job_type, t.job_state, t.error_code,
        t.error_message, t.job_created_at, t.batch_id, t.at, ?1, ?1
     from webhook_events t join webhook_endpoints e on e.user_id = t.user_id and ",
    wants_sql!(
        "case t.job_state when 'succeeded' then 'job.completed'
            when 'cancelled' then 'job.cancelled' else 'job.failed' end"
    ),
    " where t.seq <= ?2 order by t.seq"
);

/// A batch has ended when none of its jobs is unfinished; the unique index keeps it from being told
/// twice.
const TELL_BATCHES: &str = concat!(
    "insert into webhook_deliveries (id, endpoint_id, batch_id, batch_succeeded, batch_failed,
        occurred_at, next_attempt_at, created_at)
     select randomblob(16), e.id, b.batch_id,
        (select count(*) from jobs j where j.batch_id = b.batch_id and j.status = 'succeeded'),
        (select count(*) from jobs j where j.batch_id = b.batch_id and j.status <> 'succeeded'),
        b.at, ?1, ?1
     from (select user_id, batch_id, max(at) as at from webhook_events
            where batch_id is not null and seq <= ?2 group by user_id, batch_id) b
        join webhook_endpoints e on e.user_id = b.user_id and ",
    wants_sql!("'batch.completed'"),
    " where not exists (
        select 1 from jobs j where j.batch_id = b.batch_id and j.finished_at is null)
     on conflict do nothing"
);

/// Endpoints with something due, and how many attempts each may begin.
const ENDPOINTS_DUE: &str = "select e.id, case when e.failures_in_a_row > 0 then 1 else ?2 end - (
        select count(*) from webhook_deliveries w where w.endpoint_id = e.id
            and w.status = 'pending' and w.claim_token is not null and w.next_attempt_at > ?1)
     from webhook_endpoints e
     where e.disabled_at is null and exists (
        select 1 from webhook_deliveries d where d.endpoint_id = e.id and d.status = 'pending'
            and d.next_attempt_at <= ?1)";

const DUE: &str = "select seq, next_attempt_at from webhook_deliveries
     where endpoint_id = ?2 and status = 'pending' and next_attempt_at <= ?1
     order by next_attempt_at, seq limit ?3";

const TAKE: &str = "update webhook_deliveries set attempts = attempts + 1, tries = tries + 1,
        claim_token = randomblob(16), next_attempt_at = ?1 + ?3 where seq = ?2";

const LOG: &str = "insert into webhook_attempts (delivery_id, attempt, at)
     select id, attempts, ?1 from webhook_deliveries where seq = ?2";

const CLAIMED: &str = concat!(
    "select claim_token, url, secret, former_secret, ",
    delivery_columns!(),
    " from (select d.*, e.url, e.secret,
            case when e.previous_secret_until > ?1 then e.previous_secret end as former_secret
        from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
        where d.seq in (select value from json_each(?2)))
     order by seq"
);

fn claim(
    turn: &Turn<'_>,
    limit: usize,
    per_endpoint_max: usize,
    lease: Duration,
) -> Result<Vec<DeliveryClaim>, Error> {
    let now = micros(turn.now());
    let per_endpoint_max = i64::try_from(per_endpoint_max).unwrap_or(i64::MAX);
    let endpoints =
        all(turn, ENDPOINTS_DUE, &[&now, &per_endpoint_max], |row| Ok((row.uuid()?, row.long()?)))?;
    let mut chosen: Vec<(usize, i64, i64)> = Vec::new();
    for (endpoint, allowed) in endpoints {
        let due = due_of(turn, endpoint, now, allowed.max(0))?;
        chosen.extend(due.into_iter().enumerate().map(|(rank, (at, seq))| (rank, at, seq)));
    }
    chosen.sort_unstable();
    chosen.truncate(limit);
    let mut seqs: Vec<i64> = Vec::with_capacity(chosen.len());
    for (_, _, seq) in chosen {
        turn.prepare_cached(TAKE)?.execute(params![now, seq, duration_us(lease)])?;
        turn.prepare_cached(LOG)?.execute(params![now, seq])?;
        seqs.push(seq);
    }
    all(turn, CLAIMED, &[&now, &format!("{seqs:?}")], read_delivery_claim)
}

fn due_of(
    turn: &Turn<'_>,
    endpoint: Uuid,
    now: i64,
    allowed: i64,
) -> Result<Vec<(i64, i64)>, Error> {
    all(turn, DUE, &[&now, endpoint.as_bytes(), &allowed], |row| {
        let seq = row.long()?;
        Ok((row.long()?, seq))
    })
}

fn settle(
    turn: &Turn<'_>,
    claim: &DeliveryClaim,
    end: &AttemptEnd,
) -> Result<DeliverySettled, Error> {
    let now = micros(turn.now());
    let delivery = &claim.delivery;
    let verdict = end.verdict.columns();
    let held = turn
        .prepare_cached(
            "update webhook_deliveries set status = ?4, claim_token = null,
                next_attempt_at = case when ?4 = 'pending' then ?1 + ?5 end,
                ended_at = case when ?4 <> 'pending' then ?1 end,
                last_status_code = ?6, last_error = ?7
             where id = ?2 and claim_token = ?3",
        )?
        .execute(params![
            now,
            delivery.id.0.as_bytes(),
            claim.token.as_bytes(),
            verdict.status.as_str(),
            verdict.delay_us,
            end.status_code,
            verdict.error,
        ])?;
    if held == 0 {
        return Ok(DeliverySettled::ClaimLost);
    }
    turn.prepare_cached(
        "update webhook_attempts set duration_ms = ?3, status_code = ?4, error = ?5
         where delivery_id = ?1 and attempt = ?2",
    )?
    .execute(params![
        delivery.id.0.as_bytes(),
        delivery.attempts,
        i64::try_from(end.duration.as_millis()).unwrap_or(i64::MAX),
        end.status_code,
        verdict.error,
    ])?;
    judge_endpoint(turn, delivery.endpoint_id, verdict.error.is_some(), verdict.disable)
}

/// Counts the attempt for or against its endpoint.
fn judge_endpoint(
    turn: &Turn<'_>,
    endpoint: Uuid,
    failed: bool,
    disable: Option<(&'static str, i32)>,
) -> Result<DeliverySettled, Error> {
    let judged = one(
        turn,
        "update webhook_endpoints
         set failures_in_a_row = case when ?2 then failures_in_a_row + 1 else 0 end
         where id = ?1 returning failures_in_a_row, disabled_at",
        &[endpoint.as_bytes(), &failed],
        |row| Ok((row.int()?, row.time_or_null()?)),
    )?;
    let disabled = match (judged, disable) {
        (Some((failures, None)), Some((reason, failures_max))) if failures >= failures_max => {
            turn.prepare_cached(
                "update webhook_endpoints set disabled_at = ?2, disabled_reason = ?3 where id = ?1",
            )?
            .execute(params![endpoint.as_bytes(), micros(turn.now()), reason])?;
            true
        }
        _ => false,
    };
    Ok(DeliverySettled::Settled { disabled })
}

const DELETE_OLD: &str = "delete from webhook_deliveries where seq in (
        select d.seq from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
        where d.created_at <= ?1 and (d.status <> 'pending' or e.disabled_at is not null)
        order by d.created_at limit ?2)";
