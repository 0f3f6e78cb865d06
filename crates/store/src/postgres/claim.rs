//! Claims in Postgres: finds the accounts that have ready jobs, and takes some of their jobs.

use super::PostgresStore;
use super::rows::{all, duration_us};
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
            (select user_id from docket.jobs where status = 'queued' and not delayed
                order by user_id limit 1)
            union all
            select (select j.user_id from docket.jobs j
                where j.status = 'queued' and not j.delayed and j.user_id > w.user_id
                order by j.user_id limit 1)
            from waiting w where w.user_id is not null)"
    };
}

const LOOK: &str = concat!(
    "with recursive now as materialized (
        select coalesce($1::timestamptz, clock_timestamp()) as at),
    ",
    waiting_accounts!(),
    ", running as materialized (
        select user_id, count(*) as jobs,
            count(*) filter (where claimed_at > $2 and worker_id <> all ($3)) as elsewhere
        from docket.job_leases where user_id is not null group by user_id),
    found as materialized (
        select w.user_id, a.weight, a.running_max, coalesce(r.jobs, 0) as jobs,
            coalesce(r.elsewhere, 0) as elsewhere
        from waiting w join docket.accounts a using (user_id)
            left join running r using (user_id))
    select now.at,
        (select min(run_at) from docket.jobs where status = 'queued' and delayed) as next_due,
        f.user_id, coalesce(f.weight, 1), f.running_max, coalesce(f.jobs, 0),
        coalesce(f.elsewhere, 0)
    from now left join found f on true"
);

const MAKE_READY: &str = "update docket.jobs set delayed = false where id in (
        select id from docket.jobs
        where status = 'queued' and delayed
            and run_at <= coalesce($1::timestamptz, clock_timestamp())
        order by run_at limit $2
        for no key update skip locked)";

/// Takes the first ready jobs of each account ($5), so many of each ($6). The locks that count an
/// account's running jobs are taken in the order of the accounts, so that claims never wait for each
/// other in a circle; rows are never waited for. A ready job is due whatever the clock says: a clock
/// that was set back must not hold it up.
const TAKE: &str = concat!(
    with_now!(),
    ", picked as materialized (
        select p.user_id, p.wanted, coalesce((select a.running_max from docket.accounts a
                where a.user_id = p.user_id), $7) as running_max
        from unnest($5::text[], $6::bigint[]) as p (user_id, wanted)
        order by p.user_id),
    allowed as materialized (
        select user_id, case when running_max is null then wanted
            else least(wanted, docket.free_slots(user_id, running_max)) end as jobs
        from picked),
    ready as materialized (
        select j.id from allowed a cross join lateral (
            select id from docket.jobs
            where user_id = a.user_id and status = 'queued' and not delayed
                and (deadline_at is null or deadline_at > (select at from now))
            order by priority desc, seq limit a.jobs
            for no key update skip locked) j),
    changed as (
        update docket.jobs j set ",
    transition!(moved),
    ", status = 'processing', attempt = j.attempt + 1, claim_token = gen_random_uuid(),
            started_at = coalesce(j.started_at,
                greatest(now.at, j.updated_at + interval '1 millisecond')),
            deadline_at = coalesce(j.deadline_at, now.at + $2 * interval '1 microsecond')
        from now, ready
        where j.id = ready.id
        returning j.*),
    lease as (
        insert into docket.job_leases (job_id, attempt, worker_id, claim_token, lease_until,
            user_id, claimed_at)
        select changed.id, changed.attempt, $3, changed.claim_token,
            now.at + $4 * interval '1 microsecond', changed.user_id, now.at
        from changed, now)",
    write_event!(),
    " select claim_token, seq, ",
    job_columns!(),
    spec_of!("changed"),
    " from changed order by priority desc, seq"
);

const WAITING_JOBS: &str = concat!(
    "with recursive ",
    waiting_accounts!(),
    "select w.user_id, a.weight, j.priority, j.seq
     from waiting w join docket.accounts a using (user_id) cross join lateral (
        select priority, seq from docket.jobs
        where user_id = w.user_id and status = 'queued' and not delayed
        order by priority desc, seq
        limit greatest(1, $1 / (select count(*) from waiting))) j
     order by w.user_id, j.priority desc, j.seq"
);

impl ClaimSource for PostgresStore {
    fn shares(&self) -> &Shares {
        &self.shares
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    async fn look(&self, looking: &Looking) -> Result<Look, Error> {
        let look = self.look_once(looking).await?;
        if look.next_due.is_none_or(|due| due > look.at) {
            return Ok(look);
        }
        sqlx::query(MAKE_READY)
            .bind(self.clock.fixed())
            .bind(READY_JOBS_MAX)
            .execute(&self.pool)
            .await?;
        self.look_once(looking).await
    }

    async fn take(&self, picks: &[Pick], terms: Terms) -> Result<Vec<Claim>, Error> {
        let mut picks: Vec<&Pick> = picks.iter().collect();
        picks.sort_unstable_by(|one, other| one.user.0.cmp(&other.user.0));
        let users: Vec<&str> = picks.iter().map(|pick| pick.user.0.as_str()).collect();
        let wanted = |pick: &&Pick| i64::try_from(pick.wanted).unwrap_or(i64::MAX);
        let query = sqlx::query(TAKE)
            .bind(self.clock.fixed())
            .bind(duration_us(terms.deadline))
            .bind(terms.worker.uuid())
            .bind(duration_us(terms.lease))
            .bind(users)
            .bind(picks.iter().map(wanted).collect::<Vec<i64>>())
            .bind(terms.running_max);
        let claims = all(&self.pool, query, read_claim).await?;
        if !claims.is_empty() {
            self.mark_changed();
        }
        Ok(claims.into_iter().flatten().collect())
    }
}

impl PostgresStore {
    async fn look_once(&self, looking: &Looking) -> Result<Look, Error> {
        let workers: Vec<_> = looking.workers.iter().map(|worker| worker.uuid()).collect();
        let query =
            || sqlx::query(LOOK).bind(self.clock.fixed()).bind(looking.since).bind(workers.clone());
        look_of(self.connections.all(query, read_look).await?)
    }

    pub(super) async fn read_order(&self, limit: usize) -> Result<ExpectedOrder, Error> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = || sqlx::query(WAITING_JOBS).bind(most);
        let jobs = self.connections.all(query, read_waiting_job).await?;
        Ok(self.shares.expected_order(jobs, limit))
    }
}
