//! Deliveries of webhooks as workers see them, in Postgres. The end of attempts:
//! [`super::attempts`].
//!
//! The migration `webhook_turns` has the functions that claim and settle, and the order of their
//! locks.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::watch;

use super::PostgresStore;
use super::rows::{all, duration_us, one};
use crate::error::Error;
use crate::interface::{AttemptEnd, DeliveryClaim, DeliveryLimits, DeliveryQueue, DeliverySettled};
use crate::rows::{delivery_columns, read_delivery_claim, wants_sql};

/// Events that are turned into deliveries in one go: locks are not held for long.
const EVENTS_MAX: i64 = 500;

/// How often that is done before deliveries are claimed.
const FAN_OUTS_MAX: usize = 8;

#[async_trait]
impl DeliveryQueue for PostgresStore {
    async fn claim_deliveries(&self, limits: DeliveryLimits) -> Result<Vec<DeliveryClaim>, Error> {
        for _ in 0..FAN_OUTS_MAX {
            let asked = Instant::now();
            let query = sqlx::query(FAN_OUT).bind(self.clock.fixed()).bind(EVENTS_MAX);
            let taken = one(&self.pool, query, |row| Ok((row.long()?, row.time()?))).await?;
            let Some((taken, now)) = taken else { break };
            // Asked several times a second by every process that serves or works.
            self.time.note(now, asked);
            if taken < EVENTS_MAX {
                break;
            }
        }
        if limits.slots == 0 {
            return Ok(Vec::new());
        }
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let query = sqlx::query(CLAIM)
            .bind(self.clock.fixed())
            .bind(number(limits.slots))
            .bind(number(limits.per_endpoint_max))
            .bind(number(limits.per_account_max))
            .bind(duration_us(limits.lease));
        all(&self.pool, query, read_delivery_claim).await
    }

    fn deliveries_hint(&self) -> watch::Receiver<u64> {
        self.signals.on_delivery()
    }

    async fn settle_delivery(
        &self,
        claim: DeliveryClaim,
        end: AttemptEnd,
    ) -> Result<DeliverySettled, Error> {
        self.end_attempt(&claim, &end).await
    }

    async fn delete_old_deliveries(
        &self,
        retention: Duration,
        limit: usize,
    ) -> Result<usize, Error> {
        let deleted = sqlx::query(DELETE_OLD)
            .bind(self.clock.fixed())
            .bind(duration_us(retention))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .execute(&self.pool)
            .await?;
        Ok(usize::try_from(deleted.rows_affected()).unwrap_or(usize::MAX))
    }
}

/// Takes events out of the outbox and makes their deliveries; answers how many events it took.
///
/// A batch has ended when none of its jobs is unfinished: a snapshot in which the event of the job
/// that was committed last is visible shows all others too, so no lock is needed, and the unique
/// index keeps the batch from being delivered twice. Several statements may find the same batches
/// ended: they insert them in one order, and so do not wait for one another in a circle.
///
/// Endpoints are locked so that none is deleted before its deliveries are there. After a crash the
/// events are there again, so the commit does not wait for the disk.
const FAN_OUT: &str = concat!(
    "with now as materialized (
        select coalesce($1::timestamptz, clock_timestamp()) as at,
            set_config('synchronous_commit', 'off', true)),
    taken as materialized (
        delete from docket.webhook_events
        where seq in (select seq from docket.webhook_events order by seq limit $2
            for update skip locked)
        returning *),
    e as materialized (
        select id, user_id, events from docket.webhook_endpoints
        where user_id in (select user_id from taken) order by id for key share),
    jobs as (
        insert into docket.webhook_deliveries (id, endpoint_id, job_id, job_type, job_state,
            error_code, error_message, job_created_at, batch_id, occurred_at, next_attempt_at,
            created_at)
        select gen_random_uuid(), e.id, t.job_id, t.job_type, t.job_state, t.error_code,
            t.error_message, t.job_created_at, t.batch_id, t.at, now.at, now.at
        from now, taken t join e on e.user_id = t.user_id and ",
    wants_sql!(
        "case t.job_state when 'succeeded' then 'job.completed'
            when 'cancelled' then 'job.cancelled' else 'job.failed' end"
    ),
    " order by t.seq),
    ended as (
        insert into docket.webhook_deliveries (id, endpoint_id, batch_id, batch_succeeded,
            batch_failed, occurred_at, next_attempt_at, created_at)
        select gen_random_uuid(), e.id, b.batch_id,
            (select count(*) from docket.jobs j
                where j.batch_id = b.batch_id and j.status = 'succeeded'),
            (select count(*) from docket.jobs j
                where j.batch_id = b.batch_id and j.status <> 'succeeded'),
            b.at, now.at, now.at
        from now, (select user_id, batch_id, max(at) as at from taken where batch_id is not null
                group by user_id, batch_id) b
            join e on e.user_id = b.user_id and ",
    wants_sql!("'batch.completed'"),
    " where not exists (
            select 1 from docket.jobs j where j.batch_id = b.batch_id and j.finished_at is null)
        order by e.id, b.batch_id
        on conflict do nothing)
    select (select count(*) from taken), clock_timestamp() from now"
);

const CLAIM: &str = concat!(
    "select claim_token, claimed_at, url, secret, former_secret, ",
    delivery_columns!(),
    " from (select c.*, e.url, e.secret,
            case when e.previous_secret_until > c.claimed_at then e.previous_secret end
                as former_secret
        from (select taken.*, next_attempt_at - $5 * interval '1 microsecond' as claimed_at
                from docket.claim_deliveries($1, $2, $3, $4, $5) taken) c
            join docket.webhook_endpoints e on e.id = c.endpoint_id) claimed
    order by seq"
);

const DELETE_OLD: &str = "delete from docket.webhook_deliveries where seq in (
        select d.seq
        from docket.webhook_deliveries d
            join docket.webhook_endpoints e on e.id = d.endpoint_id
        where d.created_at <= coalesce($1::timestamptz, clock_timestamp())
                - $2 * interval '1 microsecond'
            and (d.status <> 'pending' or e.disabled_at is not null)
        order by d.created_at limit $3
        for update of d skip locked)";
