//! Deliveries of webhooks as workers see them, in SQLite. The end of attempts: [`super::attempts`].

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tokio::sync::watch;
use uuid::Uuid;

use super::SqliteStore;
use super::attempts::settle;
use super::rows::{all, duration_us, micros};
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{AttemptEnd, DeliveryClaim, DeliveryLimits, DeliveryQueue, DeliverySettled};
use crate::rows::{delivery_columns, read_delivery_claim, wants_sql};

/// Events that are turned into deliveries in one go: the writer is not held for long.
const EVENTS_MAX: i64 = 500;

#[async_trait]
impl DeliveryQueue for SqliteStore {
    async fn claim_deliveries(&self, limits: DeliveryLimits) -> Result<Vec<DeliveryClaim>, Error> {
        // Looks first, so that idle polling never takes the write lock.
        if !self.anything_to_deliver()? {
            return Ok(Vec::new());
        }
        self.writer
            .run(move |turn| {
                fan_out(turn)?;
                claim(turn, &limits)
            })
            .await
    }

    fn deliveries_hint(&self) -> watch::Receiver<u64> {
        self.hints.delivery.subscribe()
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
    fn anything_to_deliver(&self) -> Result<bool, Error> {
        let now = micros(self.clock.host());
        self.readers.point(|connection| {
            let events = "select exists (select 1 from webhook_events)";
            if connection.prepare_cached(events)?.query_row([], |row| row.get(0))? {
                return Ok(true);
            }
            Ok(!waiting_endpoints(connection, now)?.is_empty())
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

/// A batch has ended when none of its jobs is unfinished; the unique index prevents that it is announced
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

/// An enabled endpoint for which something is due.
struct WaitingEndpoint {
    id: Uuid,
    owner: String,
    failing: bool,
}

/// One step for each endpoint that something waits for, however much it is.
const WAITING: &str = "
    with recursive waiting (id) as (
        select (select min(endpoint_id) from webhook_deliveries where status = 'pending')
        union all
        select (select min(endpoint_id) from webhook_deliveries
            where status = 'pending' and endpoint_id > waiting.id)
        from waiting where waiting.id is not null)
    select e.id, e.user_id, e.failures_in_a_row
    from waiting join webhook_endpoints e on e.id = waiting.id
    where e.disabled_at is null and (e.resting_until is null or e.resting_until <= ?1)
        and exists (select 1 from webhook_deliveries d where d.endpoint_id = e.id
            and d.status = 'pending' and d.next_attempt_at <= ?1)";

/// Attempts under way, by endpoint.
const UNDER_WAY: &str = "select e.user_id, e.id, count(*)
     from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
     where d.claim_token is not null and d.next_attempt_at > ?1
     group by e.user_id, e.id";

const DUE: &str = "select seq, next_attempt_at from webhook_deliveries
     where endpoint_id = ?2 and status = 'pending' and next_attempt_at <= ?1
     order by next_attempt_at, seq limit ?3";

const TAKE: &str = "update webhook_deliveries set attempts = attempts + 1, tries = tries + 1,
        claim_token = randomblob(16), next_attempt_at = ?1 + ?3 where seq = ?2";

const LOG: &str = "insert into webhook_attempts (delivery_id, attempt, at)
     select id, attempts, ?1 from webhook_deliveries where seq = ?2";

const CLAIMED: &str = concat!(
    "select claim_token, claimed_at, url, secret, former_secret, ",
    delivery_columns!(),
    " from (select d.*, ?1 as claimed_at, e.url, e.secret,
            case when e.previous_secret_until > ?1 then e.previous_secret end as former_secret
        from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
        where d.seq in (select value from json_each(?2)))
     order by seq"
);

fn waiting_endpoints(connection: &Connection, now: i64) -> Result<Vec<WaitingEndpoint>, Error> {
    all(connection, WAITING, &[&now], |row| {
        let (id, owner) = (row.uuid()?, row.text()?);
        Ok(WaitingEndpoint { id, owner, failing: row.int()? > 0 })
    })
}

fn claim(turn: &Turn<'_>, limits: &DeliveryLimits) -> Result<Vec<DeliveryClaim>, Error> {
    let now = micros(turn.now());
    let mut seqs = Vec::new();
    for seq in choose(turn, limits, now)? {
        turn.prepare_cached(TAKE)?.execute(params![now, seq, duration_us(limits.lease)])?;
        turn.prepare_cached(LOG)?.execute(params![now, seq])?;
        seqs.push(seq);
    }
    all(turn, CLAIMED, &[&now, &format!("{seqs:?}")], read_delivery_claim)
}

/// The deliveries whose turn it is: of an account the endpoints in turn, and the accounts in turn.
/// Attempts under way are turns that were had.
fn choose(turn: &Turn<'_>, limits: &DeliveryLimits, now: i64) -> Result<Vec<i64>, Error> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (mut of_endpoint, mut of_account) = (HashMap::new(), HashMap::<String, i64>::new());
    for (owner, endpoint, count) in
        all(turn, UNDER_WAY, &[&now], |row| Ok((row.text()?, row.uuid()?, row.long()?)))?
    {
        of_endpoint.insert(endpoint, count);
        *of_account.entry(owner).or_default() += count;
    }
    let mut due: HashMap<String, Vec<(i64, i64, i64)>> = HashMap::new();
    for WaitingEndpoint { id, owner, failing } in waiting_endpoints(turn, now)? {
        let under_way = of_endpoint.get(&id).copied().unwrap_or_default();
        let allowed = if failing { 1 } else { number(limits.per_endpoint_max) } - under_way;
        let allowed = allowed.min(number(limits.slots)).max(0);
        let found = all(turn, DUE, &[&now, id.as_bytes(), &allowed], |row| {
            let seq = row.long()?;
            Ok((row.long()?, seq))
        })?;
        let turns = found.into_iter().zip(under_way..).map(|((at, seq), turn)| (turn, at, seq));
        due.entry(owner).or_default().extend(turns);
    }
    let mut turns = Vec::new();
    for (owner, mut due) in due {
        due.sort_unstable();
        let under_way = of_account.get(&owner).copied().unwrap_or_default();
        let account_turns = under_way..number(limits.per_account_max).max(under_way);
        turns.extend(account_turns.zip(due).map(|(turn, (_, at, seq))| (turn, at, seq)));
    }
    turns.sort_unstable();
    turns.truncate(limits.slots);
    Ok(turns.into_iter().map(|(_, _, seq)| seq).collect())
}

const DELETE_OLD: &str = "delete from webhook_deliveries where seq in (
        select d.seq from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
        where d.created_at <= ?1 and (d.status <> 'pending' or e.disabled_at is not null)
        order by d.created_at limit ?2)";
