//! Deliveries of webhooks as workers see them, in Postgres.

use std::time::Duration;

use async_trait::async_trait;

use super::PostgresStore;
use super::rows::{all, duration_us, one};
use crate::error::Error;
use crate::interface::{AttemptEnd, DeliveryClaim, DeliveryQueue, DeliverySettled};
use crate::rows::{delivery_columns, read_delivery_claim, wants_sql};

/// Events that are turned into deliveries in one go: locks are not held for long.
const EVENTS_MAX: i64 = 500;

#[async_trait]
impl DeliveryQueue for PostgresStore {
    async fn claim_deliveries(
        &self,
        limit: usize,
        per_endpoint_max: usize,
        lease: Duration,
    ) -> Result<Vec<DeliveryClaim>, Error> {
        sqlx::query(FAN_OUT).bind(self.clock.fixed()).bind(EVENTS_MAX).execute(&self.pool).await?;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let query = sqlx::query(CLAIM)
            .bind(self.clock.fixed())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(i64::try_from(per_endpoint_max).unwrap_or(i64::MAX))
            .bind(duration_us(lease));
        all(&self.pool, query, read_delivery_claim).await
    }

    async fn settle_delivery(
        &self,
        claim: DeliveryClaim,
        end: AttemptEnd,
    ) -> Result<DeliverySettled, Error> {
        let verdict = end.verdict.columns();
        let query = sqlx::query(SETTLE)
            .bind(self.clock.fixed())
            .bind(claim.delivery.id.0)
            .bind(claim.delivery.endpoint_id)
            .bind(claim.token)
            .bind(verdict.status.as_str())
            .bind(verdict.delay_us)
            .bind(end.status_code)
            .bind(verdict.error)
            .bind(i64::try_from(end.duration.as_millis()).unwrap_or(i64::MAX))
            .bind(verdict.disable.map(|(reason, _)| reason))
            .bind(verdict.disable.map(|(_, failures_max)| failures_max));
        let disabled = one(&self.pool, query, |row| Ok(row.int()? == 1)).await?;
        Ok(disabled
            .map_or(DeliverySettled::ClaimLost, |disabled| DeliverySettled::Settled { disabled }))
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

/// Takes events out of the outbox and makes their deliveries. A batch has ended when none of its
/// jobs is unfinished: whoever takes the event of the job that was committed last sees all others,
/// so it is noticed without a lock, and the unique index keeps it from being told twice.
const FAN_OUT: &str = concat!(
    with_now!(),
    ", taken as materialized (
        delete from docket.webhook_events
        where seq in (select seq from docket.webhook_events order by seq limit $2
            for update skip locked)
        returning *),
    events as materialized (
        select e.id as endpoint_id, t.*
        from taken t join docket.webhook_endpoints e on e.user_id = t.user_id and ",
    wants_sql!(
        "case t.job_state when 'succeeded' then 'job.completed'
            when 'cancelled' then 'job.cancelled' else 'job.failed' end"
    ),
    " for key share of e),
    jobs as (
        insert into docket.webhook_deliveries (id, endpoint_id, job_id, job_type, job_state,
            error_code, error_message, job_created_at, batch_id, occurred_at, next_attempt_at,
            created_at)
        select gen_random_uuid(), endpoint_id, job_id, job_type, job_state, error_code,
            error_message, job_created_at, batch_id, events.at, now.at, now.at
        from events, now order by seq),
    ended as materialized (
        select e.id as endpoint_id, b.batch_id, b.at
        from (select user_id, batch_id, max(at) as at from taken where batch_id is not null
                group by user_id, batch_id) b
            join docket.webhook_endpoints e on e.user_id = b.user_id and ",
    wants_sql!("'batch.completed'"),
    " where not exists (
            select 1 from docket.jobs j where j.batch_id = b.batch_id and j.finished_at is null)
        for key share of e)
    insert into docket.webhook_deliveries (id, endpoint_id, batch_id, batch_succeeded,
        batch_failed, occurred_at, next_attempt_at, created_at)
    select gen_random_uuid(), ended.endpoint_id, ended.batch_id,
        (select count(*) from docket.jobs j
            where j.batch_id = ended.batch_id and j.status = 'succeeded'),
        (select count(*) from docket.jobs j
            where j.batch_id = ended.batch_id and j.status <> 'succeeded'),
        ended.at, now.at, now.at
    from ended, now
    on conflict do nothing"
);

/// The rows are locked and looked at again, so that of two processes that chose the same ones the
/// later goes without, and the bound of an endpoint holds over both.
const CLAIM: &str = concat!(
    with_now!(),
    ", chosen as materialized (
        select due.seq, due.rank, due.next_attempt_at
        from docket.webhook_endpoints e cross join now cross join lateral (
            select d.seq, d.next_attempt_at,
                row_number() over (order by d.next_attempt_at, d.seq) as rank
            from (select seq, next_attempt_at from docket.webhook_deliveries
                where endpoint_id = e.id and status = 'pending' and next_attempt_at <= now.at
                order by next_attempt_at, seq
                limit greatest(0, case when e.failures_in_a_row > 0 then 1 else $3::bigint end - (
                    select count(*) from docket.webhook_deliveries w
                    where w.endpoint_id = e.id and w.status = 'pending'
                        and w.claim_token is not null and w.next_attempt_at > now.at))) d) due
        where e.disabled_at is null
        order by due.rank, due.next_attempt_at, due.seq limit $2),
    locked as materialized (
        select d.seq from docket.webhook_deliveries d, now
        where d.seq in (select seq from chosen) and d.status = 'pending'
            and d.next_attempt_at <= now.at
        for update of d skip locked),
    changed as (
        update docket.webhook_deliveries d set attempts = d.attempts + 1, tries = d.tries + 1,
            claim_token = gen_random_uuid(),
            next_attempt_at = now.at + $4 * interval '1 microsecond'
        from now, locked
        where d.seq = locked.seq
        returning d.*),
    logged as (
        insert into docket.webhook_attempts (delivery_id, attempt, at)
        select changed.id, changed.attempts, now.at from changed, now)
    select claim_token, url, secret, former_secret, ",
    delivery_columns!(),
    " from (select changed.*, e.url, e.secret,
            case when e.previous_secret_until > now.at then e.previous_secret end as former_secret
        from changed join docket.webhook_endpoints e on e.id = changed.endpoint_id
            cross join now) claimed
    order by seq"
);

/// Ends the attempt; answers 1 if it disabled the endpoint, else 0. The endpoint is locked first,
/// as its deletion does.
const SETTLE: &str = concat!(
    with_now!(),
    ", held as materialized (
        select * from docket.webhook_endpoints where id = $3 for no key update),
    changed as (
        update docket.webhook_deliveries d set status = $5, claim_token = null,
            next_attempt_at = case when $5 = 'pending'
                then now.at + $6 * interval '1 microsecond' end,
            ended_at = case when $5 <> 'pending' then now.at end,
            last_status_code = $7, last_error = $8
        from now, held
        where d.id = $2 and d.endpoint_id = held.id and d.claim_token = $4
        returning d.id, d.attempts, d.endpoint_id),
    logged as (
        update docket.webhook_attempts a set duration_ms = $9, status_code = $7, error = $8
        from changed where a.delivery_id = changed.id and a.attempt = changed.attempts),
    verdict as materialized (
        select held.id, case when $8::text is null then 0 else held.failures_in_a_row + 1 end
                as failures,
            held.disabled_at is null and $10::text is not null
                and held.failures_in_a_row + 1 >= $11 as disabled
        from held, changed),
    endpoint as (
        update docket.webhook_endpoints e set failures_in_a_row = verdict.failures,
            disabled_at = case when verdict.disabled then now.at else e.disabled_at end,
            disabled_reason = case when verdict.disabled then $10 else e.disabled_reason end
        from verdict, now
        where e.id = verdict.id)
    select case when disabled then 1 else 0 end from verdict"
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
