//! Jobs at the end of their retention.

use std::sync::Arc;
use std::time::Duration;

use docket_contract::JobId;
use docket_contract::job::Job;
use docket_store::{BatchInserted, Clock, NewBatch, NewJob, Settlement};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::fixture::{
    Fixture, MILLISECOND, RETENTION, failure, idempotency, new_awaiting_job, new_job, query,
    success, user,
};

const HOUR: Duration = Duration::from_secs(3600);

fn ids(jobs: &[Job]) -> Vec<JobId> {
    jobs.iter().map(|job| job.id).collect()
}

async fn expired(f: &Fixture, limit: usize) -> Vec<Job> {
    f.store.delete_expired(limit).await.unwrap().jobs
}

/// A cancelled job that is kept so long.
async fn ended(f: &Fixture, retention: Duration) -> JobId {
    let id = f.insert(NewJob { retention, ..new_job() }).await.id;
    f.store.cancel_job(&user(), id).await.unwrap();
    id
}

pub(crate) async fn only_ended_jobs_expire(f: Fixture) {
    let succeeded = f.insert_some(1).await[0];
    f.settle(f.claim_one().await, success()).await;
    let failed = f.insert_some(1).await[0];
    f.settle(f.claim_one().await, Settlement::failed(failure())).await;
    let cancelled = ended(&f, RETENTION).await;
    let running = f.insert_some(1).await[0];
    let claim = f.claim_one().await;
    let waiting = f.insert_some(1).await[0];
    let uploading = f.insert(new_awaiting_job()).await.id;
    let before = [f.find(succeeded).await, f.find(failed).await, f.find(cancelled).await];

    f.clock.advance(RETENTION - MILLISECOND);
    assert_eq!(expired(&f, 100).await, []);
    f.clock.advance(MILLISECOND);
    assert_eq!(expired(&f, 100).await, before);
    assert_eq!(expired(&f, 100).await, []);
    for id in ids(&before) {
        assert_eq!(f.store.find_job(id).await.unwrap(), None);
        assert_eq!(f.store.list_events(id).await.unwrap(), []);
    }
    assert_eq!(f.list_ids(query()).await, [uploading, waiting, running]);
    assert_eq!(f.store.list_events(running).await.unwrap().len(), 2);
    let done = f.settle(claim, success()).await;
    assert_eq!(expired(&f, 100).await, [done], "it ended after its time");
    assert_eq!(f.ledger_sum(&user()).await, f.store.balance(&user()).await.unwrap().used);
}

pub(crate) async fn expiry_is_bounded_and_takes_the_oldest_first(f: Fixture) {
    let fifth = ended(&f, 5 * HOUR).await;
    let second = ended(&f, 2 * HOUR).await;
    let first = ended(&f, HOUR).await;
    let third = ended(&f, 2 * HOUR).await;
    let fourth = ended(&f, 3 * HOUR).await;
    f.clock.advance(4 * HOUR);
    assert_eq!(expired(&f, 0).await, []);
    assert_eq!(ids(&expired(&f, 2).await), [first, second]);
    assert_eq!(ids(&expired(&f, 2).await), [third, fourth]);
    assert_eq!(ids(&expired(&f, 2).await), []);
    f.clock.advance(HOUR);
    assert_eq!(ids(&expired(&f, 2).await), [fifth]);
}

pub(crate) async fn an_expired_job_that_cannot_be_read_is_left(f: Fixture) {
    let [first, third] = [ended(&f, HOUR).await, ended(&f, 3 * HOUR).await];
    let unreadable = ended(&f, 2 * HOUR).await;
    f.execute("update {jobs} set type = 'unheard of' where seq = 3").await;
    f.clock.advance(4 * HOUR);
    assert_eq!(ids(&expired(&f, 10).await), [first, third]);
    assert!(f.store.find_job(unreadable).await.is_err(), "it is still there");
    assert_eq!(f.store.list_events(unreadable).await.unwrap().len(), 2);
}

pub(crate) async fn outdated_idempotency_keys_go_along(f: Fixture) {
    const KEYS: &str = "select count(*) from {idempotency_keys}";
    for key in ["first", "second", "third"] {
        f.insert(NewJob { idempotency: idempotency(key, 1), ..new_job() }).await;
    }
    f.clock.advance(HOUR);
    f.insert(NewJob { idempotency: idempotency("fourth", 1), ..new_job() }).await;
    f.clock.advance(23 * HOUR - MILLISECOND);
    expired(&f, 2).await;
    assert_eq!(f.number(KEYS).await, 4);
    f.clock.advance(MILLISECOND);
    expired(&f, 2).await;
    assert_eq!(f.number(KEYS).await, 2);
    expired(&f, 2).await;
    assert_eq!(f.number(KEYS).await, 1);
    assert_eq!(f.number("select count(*) from {jobs}").await, 4);
}

pub(crate) async fn a_full_step_says_that_there_may_be_more(f: Fixture) {
    for key in ["first", "second", "third"] {
        let retention = 2 * HOUR;
        let job = NewJob { idempotency: idempotency(key, 1), retention, ..new_job() };
        let id = f.insert(job).await.id;
        f.store.cancel_job(&user(), id).await.unwrap();
    }
    let more = async || f.store.delete_expired(2).await.unwrap().more;
    assert!(!more().await, "nothing is over yet");
    f.clock.advance(2 * HOUR);
    assert!(more().await, "two of three jobs");
    assert!(!more().await, "the third job");
    f.clock.advance(24 * HOUR);
    assert!(more().await, "two of three idempotency keys and deletions");
    assert!(!more().await);
    assert_eq!(f.number("select count(*) from {job_events}").await, 0);
    assert_eq!(f.number("select count(*) from {idempotency_keys}").await, 0);
}

pub(crate) async fn a_batch_goes_with_its_last_job(f: Fixture) {
    const BATCHES: &str = "select count(*) from {batches}";
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let mut batches = Vec::new();
    for _ in 0..3 {
        let jobs = (0..20).map(|_| NewJob { retention: HOUR, ..new_job() }).collect();
        let batch = NewBatch { id: Uuid::now_v7(), user_id: user(), jobs, idempotency: None };
        let inserted = f.store.insert_batch(batch).await.unwrap();
        let BatchInserted::Batch { batch, .. } = inserted else { panic!("{inserted:?}") };
        for job in &batch.jobs {
            f.store.cancel_job(&user(), job.id).await.unwrap();
        }
        batches.push(batch);
    }
    for job in &batches[0].jobs {
        assert_eq!(f.number(BATCHES).await, 3, "before the last job is deleted");
        f.store.delete_job(&user(), job.id).await.unwrap();
    }
    assert_eq!(f.number(BATCHES).await, 2);
    // Two nodes delete the others at the same time, each a part of every batch.
    f.clock.advance(HOUR);
    let mut tasks = JoinSet::new();
    for store in [&f.store, &other] {
        let store = Arc::clone(store);
        tasks.spawn(async move { while store.delete_expired(7).await.unwrap().more {} });
    }
    tasks.join_all().await;
    expired(&f, 100).await;
    assert_eq!(f.number("select count(*) from {jobs}").await, 0);
    assert_eq!(f.number(BATCHES).await, 0);
    other.close().await;
}

const DAY: Duration = Duration::from_secs(24 * 3600);

pub(crate) async fn old_usage_is_summed_up_by_month(f: Fixture) {
    const SUMS: &str = "select submits * 10000 + charged * 100 + refunded from {usage_months}";
    // Of the test clock's January: one ended and deleted, one refunded, one that still waits.
    let done = f.insert(new_job()).await.id;
    f.settle(f.claim_one().await, success()).await;
    f.store.delete_job(&user(), done).await.unwrap();
    ended(&f, RETENTION).await;
    let waiting = f.insert(NewJob { credits: 5, ..new_job() }).await.id;
    let (before, rows) = (f.store.balance(&user()).await.unwrap(), "select count(*) from {usage}");
    assert_eq!(f.number(rows).await, 4);

    f.clock.advance(7 * DAY - MILLISECOND);
    assert_eq!(f.store.sum_up_usage(7 * DAY, 100).await.unwrap(), 0);
    f.clock.advance(MILLISECOND);
    assert_eq!(f.store.sum_up_usage(7 * DAY, 2).await.unwrap(), 2, "oldest first");
    // The refund came a millisecond later.
    assert_eq!(f.store.sum_up_usage(7 * DAY, 100).await.unwrap(), 0);
    f.clock.advance(MILLISECOND);
    assert_eq!(f.store.sum_up_usage(7 * DAY, 100).await.unwrap(), 1);
    assert_eq!(f.number(rows).await, 1, "the entry of the job that still waits stays");
    assert_eq!(f.number("select count(*) from {usage_months}").await, 1);
    assert_eq!(f.number(SUMS).await, 2 * 10000 + 4 * 100 + 2);
    assert_eq!(f.store.balance(&user()).await.unwrap(), before);

    // It is refunded all the same, and the sums over both tables are the balance.
    f.store.cancel_job(&user(), waiting).await.unwrap();
    assert_eq!(f.store.balance(&user()).await.unwrap().used, before.used - 5);
    let whole = "select cast((select sum(credits) from {usage}) as bigint)
        + cast((select sum(charged - refunded) from {usage_months}) as bigint)";
    assert_eq!(f.number(whole).await, before.used - 5);
    f.clock.advance(7 * DAY);
    assert_eq!(f.store.sum_up_usage(7 * DAY, 100).await.unwrap(), 2);
    assert_eq!(f.number(rows).await, 0);
    let months = "select cast(sum(charged - refunded) as bigint) from {usage_months}";
    assert_eq!(f.number(months).await, before.used - 5);
}

pub(crate) async fn each_expired_job_is_handed_out_once(f: Fixture) {
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let mut wanted = Vec::new();
    for _ in 0..30 {
        wanted.push(ended(&f, HOUR).await);
    }
    f.clock.advance(HOUR);
    let mut tasks = JoinSet::new();
    for store in [&f.store, &other, &f.store, &other] {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            let mut taken = Vec::new();
            for _ in 0..10 {
                taken.extend(ids(&store.delete_expired(3).await.unwrap().jobs));
            }
            taken
        });
    }
    let mut taken: Vec<JobId> = tasks.join_all().await.into_iter().flatten().collect();
    taken.extend(ids(&expired(&f, 30).await));
    taken.sort_unstable_by_key(|id| id.uuid());
    wanted.sort_unstable_by_key(|id| id.uuid());
    assert_eq!(taken, wanted);
    let events = "select count(*) from {job_events} where status <> 'deleted'";
    assert_eq!(f.number(events).await, 0);
    other.close().await;
}
