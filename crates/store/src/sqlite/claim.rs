//! Claims in SQLite: finds the accounts that have ready jobs, and takes some of their jobs.

use rusqlite::{Connection, params};

use super::SqliteStore;
use super::rows::{all, duration_us, micros, one};
use super::settle::write_event;
use super::writer::Turn;
use crate::claim::Claim;
use crate::clock::Clock;
use crate::error::Error;
use crate::rows::shares::{look_of, read_look, read_waiting_job};
use crate::rows::{job_columns, read_claim};
use crate::shares::{ClaimSource, ExpectedOrder, Look, Looking, Pick, Shares, Terms};

/// Due jobs that one look makes ready, at most.
const READY_JOBS_MAX: i64 = 1000;

/// The accounts that have ready jobs, each found by one step in the index.
macro_rules! waiting_accounts {
    () => {
        "waiting (user_id) as (
            select (select user_id from jobs where status = 'queued' and delayed = 0
                order by user_id limit 1)
            union all
            select (select j.user_id from jobs j
                where j.status = 'queued' and j.delayed = 0 and j.user_id > w.user_id
                order by j.user_id limit 1)
            from waiting w where w.user_id is not null)"
    };
}

const LOOK: &str = concat!(
    "with recursive ",
    waiting_accounts!(),
    ", running as materialized (
        select user_id, count(*) as jobs,
            count(*) filter (where claimed_at > ?2
                and worker_id not in (select unhex(value) from json_each(?3))) as elsewhere
        from job_leases where user_id is not null group by user_id),
    found as (
        select w.user_id, a.weight, a.running_max, coalesce(r.jobs, 0) as jobs,
            coalesce(r.elsewhere, 0) as elsewhere
        from waiting w join accounts a on a.user_id = w.user_id
            left join running r on r.user_id = w.user_id)
    select ?1, (select min(run_at) from jobs where status = 'queued' and delayed = 1),
        f.user_id, coalesce(f.weight, 1), f.running_max, coalesce(f.jobs, 0),
        coalesce(f.elsewhere, 0)
    from (select 1) left join found f on true"
);

const MAKE_READY: &str = "update jobs set delayed = 0 where seq in (
        select seq from jobs where status = 'queued' and delayed = 1 and run_at <= ?1
        order by run_at limit ?2)";

/// How many more jobs of the account may run; null without a limit.
const FREE_SLOTS: &str = "select max(0, coalesce(running_max, ?2)
        - (select count(*) from job_leases where job_leases.user_id = accounts.user_id))
     from accounts where user_id = ?1";

/// A ready job is due whatever the clock says: a clock that was set back must not hold it up.
const TAKE: &str = concat!(
    "update jobs set ",
    transition!(moved),
    ", status = 'processing', attempt = attempt + 1, claim_token = randomblob(16),
        started_at = coalesce(started_at, max(?1, updated_at + 1000)),
        deadline_at = coalesce(deadline_at, ?1 + ?2)
     where seq in (select seq from jobs where user_id = ?4 and status = 'queued' and delayed = 0
            and (deadline_at is null or deadline_at > ?1)
        order by priority desc, seq limit ?3)
     returning seq"
);

/// A job just claimed. `returning` promises no order, so they are read again in theirs.
const CLAIMED: &str = concat!(
    "select claim_token, seq, ",
    job_columns!(),
    spec_of!(),
    " from jobs where seq in (select value from json_each(?1)) order by priority desc, seq"
);

const WAITING_JOBS: &str = concat!(
    "with recursive ",
    waiting_accounts!(),
    "select w.user_id, a.weight, j.priority, j.seq
     from waiting w join accounts a on a.user_id = w.user_id
        join jobs j on j.seq in (
            select seq from jobs k
            where k.user_id = w.user_id and k.status = 'queued' and k.delayed = 0
            order by k.priority desc, k.seq
            limit max(1, ?1 / (select count(*) from waiting)))
     order by w.user_id, j.priority desc, j.seq"
);

impl ClaimSource for SqliteStore {
    fn shares(&self) -> &Shares {
        &self.shares
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    /// On a reading connection, so that idle polling never takes the write lock.
    async fn look(&self, looking: &Looking) -> Result<Look, Error> {
        let now = micros(self.clock.host());
        let look = self.readers.point(|connection| look_at(connection, looking, now))?;
        if look.next_due.is_none_or(|due| due > look.at) {
            return Ok(look);
        }
        let make_ready = move |turn: &Turn<'_>| {
            let parameters = params![micros(turn.now()), READY_JOBS_MAX];
            Ok(turn.prepare_cached(MAKE_READY)?.execute(parameters)?)
        };
        self.writer.run(make_ready).await?;
        self.readers.point(|connection| look_at(connection, looking, now))
    }

    async fn take(&self, picks: &[Pick], terms: Terms) -> Result<Vec<Claim>, Error> {
        let picks = picks.to_vec();
        self.writer.run(move |turn| take(turn, &picks, terms)).await
    }
}

impl SqliteStore {
    pub(super) async fn read_order(&self, limit: usize) -> Result<ExpectedOrder, Error> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = move |connection: &Connection| {
            all(connection, WAITING_JOBS, &[&most], read_waiting_job)
        };
        Ok(self.shares.expected_order(self.readers.list(read).await?, limit))
    }
}

fn look_at(connection: &Connection, looking: &Looking, now: i64) -> Result<Look, Error> {
    let workers: Vec<String> =
        looking.workers.iter().map(|worker| worker.uuid().simple().to_string()).collect();
    let workers = serde_json::to_string(&workers).map_err(|error| Error::Other(error.into()))?;
    let since = looking.since.map(micros);
    look_of(all(connection, LOOK, &[&now, &since, &workers], read_look)?)
}

fn take(turn: &Turn<'_>, picks: &[Pick], terms: Terms) -> Result<Vec<Claim>, Error> {
    let now = micros(turn.now());
    let mut seqs = Vec::new();
    for pick in picks {
        let parameters: [&dyn rusqlite::ToSql; 2] = [&pick.user.0, &terms.running_max];
        let free = one(turn, FREE_SLOTS, &parameters, |row| row.long_or_null())?.flatten();
        let wanted = i64::try_from(pick.wanted).unwrap_or(i64::MAX);
        let most = free.map_or(wanted, |free| free.min(wanted));
        let parameters: [&dyn rusqlite::ToSql; 4] =
            [&now, &duration_us(terms.deadline), &most, &pick.user.0];
        seqs.extend(all(turn, TAKE, &parameters, |row| row.long())?);
    }
    let mut insert_lease = turn.prepare_cached(
        "insert into job_leases (job_id, attempt, worker_id, claim_token, lease_until, user_id,
            claimed_at)
         select id, attempt, ?2, claim_token, ?3, user_id, ?4 from jobs where seq = ?1",
    )?;
    let (worker, lease_until) = (terms.worker.uuid(), now + duration_us(terms.lease));
    for seq in &seqs {
        insert_lease.execute(params![seq, worker.as_bytes(), lease_until, now])?;
        write_event(turn, *seq)?;
    }
    let claims = all(turn, CLAIMED, &[&format!("{seqs:?}")], read_claim)?;
    Ok(claims.into_iter().flatten().collect())
}
