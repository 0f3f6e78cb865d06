//! Successes, written together.
//!
//! The common statement waits for no row: a job whose row is locked elsewhere is left to a task of
//! its own, so that one lock does not hold up the successes of all others.
//!
//! A success may be written twice: a connection can break after the commit and before its answer,
//! and a caller that gets `ClaimLost` removes the result. So a job that ended with
//! this very result is this success. Whether it did is asked in a statement of its own: the one that
//! waited for the row would not see what was committed meanwhile.

use std::collections::HashMap;

use docket_contract::job::{Job, PageCounts};
use docket_contract::{BlobKey, JobId};
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::rows::{all, one_job};
use super::together::{Taken, Together, Write};
use crate::claim::Claim;
use crate::clock::Clock;
use crate::error::Error;
use crate::rows::{job_columns, read_job};

/// A job's success on its way to the database.
#[derive(Debug)]
pub(super) struct Success {
    job: JobId,
    attempt: i32,
    token: Uuid,
    result_key: BlobKey,
    pages: PageCounts,
}

impl Success {
    pub(super) fn new(claim: &Claim, result_key: BlobKey, pages: PageCounts) -> Self {
        let (job, attempt) = (claim.job().id, claim.job().attempt);
        Self { job, attempt, token: claim.token().uuid(), result_key, pages }
    }
}

impl Write for Success {
    type Outcome = Option<Job>;

    fn turn(&self) -> Option<&str> {
        None
    }
}

type Answer = Result<Option<Job>, Error>;

/// Writes successes together: the job as it is then, or `None` if the claim is lost.
pub(super) type Successes = Together<Success>;

pub(super) fn start(pool: PgPool, clock: Clock) -> Successes {
    Together::new(move |together| {
        let (pool, clock) = (pool.clone(), clock.clone());
        Box::pin(async move { settle(&pool, &clock, together).await })
    })
}

/// Writes the successes whose rows are free, and leaves each of the others to a task of its own.
async fn settle(pool: &PgPool, clock: &Clock, together: Vec<Taken<Success>>) {
    let successes: Vec<&Success> = together.iter().map(|taken| &taken.write).collect();
    // One that cannot be written, or a broken connection, fails them all: each then stands alone.
    let mut written = write(pool, clock, SUCCEED_FREE, &successes).await.unwrap_or_default();
    for taken in together {
        if let Some(job) = written.remove(&taken.write.token) {
            taken.answer(Ok(Some(job)));
            continue;
        }
        let (pool, clock) = (pool.clone(), clock.clone());
        tokio::spawn(async move {
            let outcome = write_one(&pool, &clock, &taken.write).await;
            taken.answer(outcome);
        });
    }
}

/// Writes a success as soon as its row is free.
async fn write_one(pool: &PgPool, clock: &Clock, success: &Success) -> Answer {
    let mut written = write(pool, clock, SUCCEED_IN_TURN, &[success]).await?;
    if let Some(job) = written.remove(&success.token) {
        return Ok(Some(job));
    }
    let query =
        sqlx::query(WRITTEN_BEFORE).bind(success.job.uuid()).bind(success.result_key.as_str());
    one_job(pool, query).await
}

/// Writes all that it can or, at an error, none; the written jobs by their token.
async fn write(
    pool: &PgPool,
    clock: &Clock,
    sql: &'static str,
    successes: &[&Success],
) -> Result<HashMap<Uuid, Job>, Error> {
    let each = |of: fn(&Success) -> Option<i32>| {
        successes.iter().map(|success| of(success)).collect::<Vec<_>>()
    };
    let query = sqlx::query(sql)
        .bind(clock.fixed())
        .bind(successes.iter().map(|success| success.job.uuid()).collect::<Vec<_>>())
        .bind(successes.iter().map(|success| success.attempt).collect::<Vec<_>>())
        .bind(successes.iter().map(|success| success.token).collect::<Vec<_>>())
        .bind(successes.iter().map(|one| one.result_key.as_str().to_owned()).collect::<Vec<_>>())
        .bind(each(|success| success.pages.total))
        .bind(each(|success| success.pages.selected))
        .bind(each(|success| Some(success.pages.done)))
        .bind(each(|success| Some(success.pages.failed)));
    let written = all(pool, query, |row| Ok((row.uuid()?, read_job(row)?))).await?;
    Ok(written.into_iter().collect())
}

/// Ends the jobs that are still their claims'. Their leases are deleted here and not by a trigger:
/// they were committed with the claims, so the statement sees them. Which rows are waited for is the
/// argument.
macro_rules! succeed {
    ($lock:literal) => {
        concat!(
            with_now!(),
            ", done as materialized (
                select * from unnest($2::uuid[], $3::integer[], $4::uuid[], $5::text[],
                    $6::integer[], $7::integer[], $8::integer[], $9::integer[])
                    as d (id, attempt, token, result_key, total, selected, done, failed)),
            held as materialized (
                select done.* from done join docket.jobs j on j.id = done.id
                where j.status = 'processing' and j.attempt = done.attempt
                    and j.claim_token = done.token
                for no key update of j",
            $lock,
            "),
            changed as (
                update docket.jobs j set ",
            transition!(ended),
            ", status = 'succeeded', result_key = held.result_key,
                    pages_total = coalesce(j.pages_total, held.total),
                    pages_selected = coalesce(j.pages_selected, held.selected),
                    pages_done = greatest(j.pages_done, held.done), pages_failed = held.failed
                from now, held
                where j.id = held.id
                returning j.*, held.token as settled_token),
            lease as (
                delete from docket.job_leases l using changed where l.job_id = changed.id)",
            write_event!(),
            " select settled_token, ",
            job_columns!(),
            " from changed"
        )
    };
}

const SUCCEED_FREE: &str = succeed!(" skip locked");

const SUCCEED_IN_TURN: &str = succeed!("");

const WRITTEN_BEFORE: &str = concat!(
    "select ",
    job_columns!(),
    " from docket.jobs where id = $1 and status = 'succeeded' and result_key = $2"
);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use docket_contract::job::DocumentInfo;
    use docket_contract::spec::{JobSpec, ParseSpec};
    use docket_contract::{UserId, WorkerId};
    use docket_testkit::postgres::TestPostgres;

    use super::*;
    use crate::interface::{AccountLimits, AccountStore, JobStore, NewJob, QueueStore};
    use crate::postgres::PostgresStore;

    fn new_job(user_id: UserId) -> NewJob {
        NewJob {
            id: JobId::new(),
            user_id,
            spec: JobSpec::Parse(ParseSpec::default()),
            document: DocumentInfo {
                name: "a.pdf".to_owned(),
                sha256: None,
                size_bytes: 1,
                media_type: "application/pdf".to_owned(),
                blob_key: Some(BlobKey::upload()),
                source_url: None,
                password: None,
            },
            upload_window: None,
            pages: PageCounts::default(),
            credits: 0,
            priority: 0,
            retention: Duration::from_secs(60),
            idempotency: None,
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_success_whose_answer_was_lost_is_told_again() {
        let database = TestPostgres::create().await;
        let store = PostgresStore::open(database.url(), 4, Clock::database(), true).await.unwrap();
        let user = UserId("owner".to_owned());
        store.ensure_account(&user, AccountLimits::default()).await.unwrap();
        store.insert_job(new_job(user)).await.unwrap();
        let (lease, deadline) = (Duration::from_secs(60), Duration::from_secs(60));
        let claim = store.claim(WorkerId::new(), 1, lease, deadline).await.unwrap().remove(0);
        let success = |key: &BlobKey| Success::new(&claim, key.clone(), PageCounts::default());
        let key = BlobKey::result();
        let first = store.successes.write(success(&key)).await.unwrap().unwrap();
        let again = store.successes.write(success(&key)).await.unwrap();
        assert_eq!(again.as_ref(), Some(&first), "the same answer, and nothing is written");
        let other = store.successes.write(success(&BlobKey::result())).await.unwrap();
        assert_eq!(other, None, "another result has lost its claim");
        assert_eq!(store.list_events(first.id).await.unwrap().len(), 3);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_success_that_waits_for_its_own_first_writing_is_told_again() {
        let database = TestPostgres::create().await;
        database.wait_for_locks().await.unwrap();
        let store = PostgresStore::open(database.url(), 4, Clock::database(), true).await.unwrap();
        let user = UserId("owner".to_owned());
        store.ensure_account(&user, AccountLimits::default()).await.unwrap();
        store.insert_job(new_job(user)).await.unwrap();
        let (lease, deadline) = (Duration::from_secs(60), Duration::from_secs(60));
        let claim = store.claim(WorkerId::new(), 1, lease, deadline).await.unwrap().remove(0);
        let key = BlobKey::result();
        // The connection of the first broke, its statement did not end yet.
        let first = database
            .begin(&format!(
                "update docket.jobs set status = 'succeeded', result_key = '{}',
                    claim_token = null, finished_at = updated_at",
                key.as_str()
            ))
            .await
            .unwrap();
        let again = Success::new(&claim, key, PageCounts::default());
        let (again, ()) = tokio::join!(store.successes.write(again), async {
            let waits = "select 1 / count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'";
            while database.execute(waits).await.is_err() {}
            first.commit().await.unwrap();
        });
        assert_eq!(again.unwrap().map(|job| job.id), Some(claim.job().id));
    }
}
