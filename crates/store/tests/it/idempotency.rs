//! Repeated submits: one job and one charge, and the first one's answer to all.

use std::sync::Arc;
use std::time::Duration;

use docket_contract::JobId;
use docket_contract::UserId;
use docket_contract::job::Job;
use docket_contract::state::JobState;
use docket_store::{AccountLimits, Balance, Clock, Error, Idempotency, Inserted, NewJob};
use tokio::task::JoinSet;

use crate::fixture::{Fixture, MILLISECOND, idempotency, new_job, success, user};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A submit under this key of a request with this hash.
fn keyed(key: &str, hash: u8) -> NewJob {
    NewJob { idempotency: idempotency(key, hash), ..new_job() }
}

async fn submit(f: &Fixture, wish: NewJob) -> Inserted {
    f.store.insert_job(wish).await.unwrap()
}

async fn replayed(f: &Fixture, wish: NewJob) -> (Job, i64, Balance) {
    match submit(f, wish).await {
        Inserted::Replayed { job, credits, balance } => (job, credits, balance),
        other => panic!("{other:?}"),
    }
}

async fn submits(f: &Fixture) -> i64 {
    f.number("select count(*) from {usage} where kind = 'submit'").await
}

pub(crate) async fn a_repetition_is_replayed(f: Fixture) {
    let Inserted::Job { job, balance } = submit(&f, keyed("key", 1)).await else {
        panic!("not inserted");
    };
    assert_eq!(replayed(&f, keyed("key", 1)).await, (job.clone(), 2, balance));
    f.clock.advance(MILLISECOND);
    f.insert_some(1).await;
    f.settle(f.claim_one().await, success()).await;
    let now = f.find(job.id).await;
    assert_eq!(now.state, JobState::Succeeded);
    assert_eq!(replayed(&f, keyed("key", 1)).await, (now, 2, balance), "the job as it is now");
    assert_eq!((f.number("select count(*) from {jobs}").await, submits(&f).await), (2, 2));
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 4);
}

pub(crate) async fn a_replay_tells_what_was_charged_then(f: Fixture) {
    let job = f.insert(keyed("key", 1)).await;
    f.store.cancel_job(&user(), job.id).await.unwrap();
    let (job, credits, balance) = replayed(&f, keyed("key", 1)).await;
    assert_eq!((job.state, job.credits), (JobState::Cancelled, 0));
    assert_eq!((credits, balance.used), (2, 2));
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 0);
}

pub(crate) async fn a_replay_is_no_submit(f: Fixture) {
    f.limit(Some(4), Some(1)).await;
    let job = f.insert(keyed("key", 1)).await;
    for _ in 0..3 {
        assert_eq!(replayed(&f, keyed("key", 1)).await.0, job);
    }
    let refused = submit(&f, new_job()).await;
    assert_eq!(refused, Inserted::RateLimited { retry_after_s: 60 });
    assert_eq!(submits(&f).await, 1);
}

pub(crate) async fn another_request_with_the_key_conflicts(f: Fixture) {
    let job = f.insert(keyed("key", 1)).await;
    assert_eq!(submit(&f, keyed("key", 2)).await, Inserted::IdempotencyConflict);
    assert_eq!(replayed(&f, keyed("key", 1)).await.0, job);
    assert_eq!((f.number("select count(*) from {jobs}").await, submits(&f).await), (1, 1));
}

pub(crate) async fn keys_differ_by_scope_and_account(f: Fixture) {
    let other = UserId("other".to_owned());
    f.store.ensure_account(&other, AccountLimits::default()).await.unwrap();
    let first = f.insert(keyed("key", 1)).await;
    let scoped = Idempotency { scope: "/other".to_owned(), ..idempotency("key", 1).unwrap() };
    let scoped = || NewJob { idempotency: Some(scoped.clone()), ..new_job() };
    let second = f.insert(scoped()).await;
    let theirs = || NewJob { user_id: other.clone(), ..keyed("key", 2) };
    let third = f.insert(theirs()).await;
    f.insert(keyed("Key", 1)).await;
    f.insert(new_job()).await;
    assert_eq!(replayed(&f, keyed("key", 1)).await.0, first);
    assert_eq!(replayed(&f, scoped()).await.0, second);
    assert_eq!(replayed(&f, theirs()).await.0, third);
}

pub(crate) async fn keys_are_forgotten_after_a_day(f: Fixture) {
    let first = f.insert(keyed("key", 1)).await;
    f.clock.advance(DAY - MILLISECOND);
    assert_eq!(replayed(&f, keyed("key", 1)).await.0, first);
    assert_eq!(submit(&f, keyed("key", 2)).await, Inserted::IdempotencyConflict);
    f.clock.advance(MILLISECOND);
    // A replay does not renew it.
    let second = f.insert(keyed("key", 2)).await;
    assert_ne!(first.id, second.id);
    f.clock.advance(DAY - MILLISECOND);
    let (job, credits, balance) = replayed(&f, keyed("key", 2)).await;
    assert_eq!((job, credits, balance.used), (second, 2, 4));
    assert_eq!(submit(&f, keyed("key", 1)).await, Inserted::IdempotencyConflict);
    assert_eq!(f.number("select count(*) from {idempotency_keys}").await, 1);
}

pub(crate) async fn a_refused_submit_leaves_its_key_unused(f: Fixture) {
    f.limit(Some(1), None).await;
    let refused = submit(&f, keyed("key", 1)).await;
    assert!(matches!(refused, Inserted::QuotaExceeded(_)), "{refused:?}");
    f.limit(Some(100), Some(0)).await;
    let refused = submit(&f, keyed("key", 1)).await;
    assert!(matches!(refused, Inserted::RateLimited { .. }), "{refused:?}");
    f.limit(None, Some(100)).await;
    let taken = f.insert(new_job()).await.id;
    let refused = f.store.insert_job(NewJob { id: taken, ..keyed("key", 1) }).await;
    assert!(matches!(refused, Err(Error::Conflict("job"))), "{refused:?}");
    let stranger = NewJob { user_id: UserId("stranger".to_owned()), ..keyed("key", 1) };
    let refused = f.store.insert_job(stranger).await;
    assert!(matches!(refused, Err(Error::NotFound("account"))), "{refused:?}");
    assert_eq!(f.number("select count(*) from {idempotency_keys}").await, 0);

    let job = f.insert(keyed("key", 2)).await;
    assert_eq!(replayed(&f, keyed("key", 2)).await.0, job);
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 4);
}

pub(crate) async fn a_deleted_job_leaves_its_key_unused(f: Fixture) {
    let mut former = f.insert(keyed("key", 1)).await;
    for hash in [1, 2] {
        f.store.cancel_job(&user(), former.id).await.unwrap();
        assert_eq!(replayed(&f, keyed("key", 1)).await.0.id, former.id);
        f.store.delete_job(&user(), former.id).await.unwrap();
        let next = f.insert(keyed("key", hash)).await;
        assert_eq!(replayed(&f, keyed("key", hash)).await.0, next);
        former = next;
    }
    assert_eq!(submit(&f, keyed("key", 1)).await, Inserted::IdempotencyConflict);
}

pub(crate) async fn concurrent_repetitions_make_one_job(f: Fixture) {
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    for key in ["first", "second", "third"] {
        let mut tasks = JoinSet::new();
        for store in [&f.store, &other].repeat(10) {
            let store = Arc::clone(store);
            tasks.spawn(async move { store.insert_job(keyed(key, 1)).await.unwrap() });
        }
        let (mut made, mut repeated): (Vec<JobId>, Vec<JobId>) = (Vec::new(), Vec::new());
        for outcome in tasks.join_all().await {
            match outcome {
                Inserted::Job { job, .. } => made.push(job.id),
                Inserted::Replayed { job, .. } => repeated.push(job.id),
                refused => panic!("{refused:?}"),
            }
        }
        assert_eq!((made.len(), repeated.len()), (1, 19));
        assert!(repeated.iter().all(|id| *id == made[0]));
    }
    assert_eq!((f.number("select count(*) from {jobs}").await, submits(&f).await), (3, 3));
    assert_eq!((f.ledger_sum(&user()).await, other.balance(&user()).await.unwrap().used), (6, 6));
    other.close().await;
}

pub(crate) async fn concurrent_repetitions_of_a_failing_submit_make_one_job(f: Fixture) {
    let taken = f.insert(new_job()).await.id;
    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let wish = keyed("key", 1);
        let wish = if n % 2 == 0 { NewJob { id: taken, ..wish } } else { wish };
        let store = Arc::clone(&f.store);
        tasks.spawn(async move { store.insert_job(wish).await });
    }
    let mut made = 0;
    for outcome in tasks.join_all().await {
        match outcome {
            Ok(Inserted::Job { .. }) => made += 1,
            Ok(Inserted::Replayed { .. }) | Err(Error::Conflict("job")) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((made, f.number("select count(*) from {jobs}").await), (1, 2));
    assert_eq!((f.ledger_sum(&user()).await, submits(&f).await), (4, 2));
}
