//! Successes, written together.
//!
//! A success may be written twice: a connection can break after the commit and before its answer,
//! and a caller that is told that its claim is lost removes the result. So a job that ended with
//! this very result is this success, and a statement whose answer was lost is asked once more.

use docket_contract::job::{Job, PageCounts};
use docket_contract::{BlobKey, JobId};
use futures_util::future::join_all;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::rows::all;
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

async fn settle(pool: &PgPool, clock: &Clock, together: Vec<Taken<Success>>) {
    let successes: Vec<&Success> = together.iter().map(|taken| &taken.write).collect();
    // One that cannot be written, or a broken connection, fails them all: each then stands alone.
    let told: Vec<Answer> = match write(pool, clock, &successes).await {
        Ok(jobs) => jobs.into_iter().map(Ok).collect(),
        Err(_) => join_all(successes.iter().map(|success| write_one(pool, clock, success))).await,
    };
    for (taken, told) in together.into_iter().zip(told) {
        taken.tell(told);
    }
}

async fn write_one(pool: &PgPool, clock: &Clock, success: &Success) -> Answer {
    let mut jobs = write(pool, clock, &[success]).await?;
    Ok(jobs.pop().flatten())
}

/// Writes all of them or, at an error, none; answers in their order.
async fn write(
    pool: &PgPool,
    clock: &Clock,
    successes: &[&Success],
) -> Result<Vec<Option<Job>>, Error> {
    let each = |of: fn(&Success) -> Option<i32>| {
        successes.iter().map(|success| of(success)).collect::<Vec<_>>()
    };
    let query = sqlx::query(SUCCEED)
        .bind(clock.fixed())
        .bind(successes.iter().map(|success| success.job.uuid()).collect::<Vec<_>>())
        .bind(successes.iter().map(|success| success.attempt).collect::<Vec<_>>())
        .bind(successes.iter().map(|success| success.token).collect::<Vec<_>>())
        .bind(successes.iter().map(|one| one.result_key.as_str().to_owned()).collect::<Vec<_>>())
        .bind(each(|success| success.pages.total))
        .bind(each(|success| success.pages.selected))
        .bind(each(|success| Some(success.pages.done)))
        .bind(each(|success| Some(success.pages.failed)));
    let mut settled: Vec<(Uuid, Job)> =
        all(pool, query, |row| Ok((row.uuid()?, read_job(row)?))).await?;
    let mut take = |token: Uuid| {
        let idx = settled.iter().position(|(settled, _)| *settled == token)?;
        Some(settled.swap_remove(idx).1)
    };
    Ok(successes.iter().map(|success| take(success.token)).collect())
}

const SUCCEED: &str = concat!(
    with_now!(),
    ", done as (
        select * from unnest($2::uuid[], $3::integer[], $4::uuid[], $5::text[], $6::integer[],
            $7::integer[], $8::integer[], $9::integer[])
            as d (id, attempt, token, result_key, total, selected, done, failed)),
    changed as (
        update docket.jobs j set ",
    transition!(ended),
    ", status = 'succeeded', result_key = done.result_key,
            pages_total = coalesce(j.pages_total, done.total),
            pages_selected = coalesce(j.pages_selected, done.selected),
            pages_done = greatest(j.pages_done, done.done), pages_failed = done.failed
        from now, done
        where j.id = done.id and j.status = 'processing' and j.attempt = done.attempt
            and j.claim_token = done.token
        returning j.*, done.token as settled_token)",
    leave!(end),
    " select settled_token, ",
    job_columns!(),
    " from changed
    union all select settled_token, ",
    job_columns!(),
    " from (
        select j.*, done.token as settled_token from docket.jobs j join done on j.id = done.id
        where j.status = 'succeeded' and j.result_key = done.result_key) before"
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
        assert_eq!(again.as_ref(), Some(&first), "it is told again, and nothing is written");
        let other = store.successes.write(success(&BlobKey::result())).await.unwrap();
        assert_eq!(other, None, "another result has lost its claim");
        assert_eq!(store.list_events(first.id).await.unwrap().len(), 3);
    }
}
