//! Batches: all jobs or none, in the order given, as one submit.

use docket_contract::{JobId, UserId};
use docket_store::{Batch, BatchInserted, DeleteOutcome, Error, Inserted, NewBatch, NewJob};
use uuid::Uuid;

use crate::fixture::{
    Fixture, MILLISECOND, idempotency, new_awaiting_job, new_job, new_job_by_url, query, user,
};

fn of(jobs: Vec<NewJob>) -> NewBatch {
    NewBatch { id: Uuid::now_v7(), user_id: user(), jobs, idempotency: None }
}

fn of_many(count: usize) -> NewBatch {
    of((0..count).map(|_| new_job()).collect())
}

async fn insert(f: &Fixture, wish: NewBatch) -> Batch {
    match f.store.insert_batch(wish).await.unwrap() {
        BatchInserted::Batch { batch, .. } => batch,
        refused => panic!("{refused:?}"),
    }
}

async fn used(f: &Fixture) -> i64 {
    let used = f.store.balance(&user()).await.unwrap().used;
    assert_eq!(f.ledger_sum(&user()).await, used);
    used
}

/// The rows of everything that a batch writes.
async fn rows(f: &Fixture) -> i64 {
    f.number(
        "select (select count(*) from {batches}) + (select count(*) from {jobs})
            + (select count(*) from {job_events}) + (select count(*) from {usage})",
    )
    .await
}

pub(crate) async fn a_batch_is_found_as_given(f: Fixture) {
    f.insert_some(1).await;
    let jobs = vec![
        NewJob { credits: 5, ..new_job() },
        new_job_by_url(),
        NewJob { priority: 3, ..new_awaiting_job() },
        new_job(),
    ];
    let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    let wish = of(jobs);
    let inserted = f.store.insert_batch(wish.clone()).await.unwrap();
    let BatchInserted::Batch { batch, balance } = inserted else { panic!("{inserted:?}") };
    assert_eq!((batch.id, &batch.user_id, batch.total_jobs), (wish.id, &user(), 4));
    assert_eq!(batch.created_at, f.now());
    assert_eq!(batch.jobs.iter().map(|job| job.id).collect::<Vec<_>>(), ids);
    assert!(batch.jobs.is_sorted_by(|one, next| one.seq < next.seq));
    assert_eq!((balance, balance.used), (f.store.balance(&user()).await.unwrap(), 11));
    assert_eq!(used(&f).await, 11);
    for (job, wish) in batch.jobs.iter().zip(&wish.jobs) {
        assert_eq!(f.find(job.id).await, *job);
        assert_eq!(
            (job.state, job.credits, job.priority),
            (wish.state(), wish.credits, wish.priority)
        );
        assert_eq!((&job.document, job.created_at), (&wish.document, f.now()));
        assert_eq!(f.store.list_events(job.id).await.unwrap().len(), 1);
    }
    f.clock.advance(MILLISECOND);
    f.insert_some(1).await;
    assert_eq!(f.store.find_batch(wish.id).await.unwrap(), Some(batch));
    assert_eq!(f.store.find_batch(Uuid::now_v7()).await.unwrap(), None);
}

pub(crate) async fn a_batch_is_all_or_nothing(f: Fixture) {
    let taken = f.insert(new_job()).await.id;
    let kept = insert(&f, of_many(2)).await;
    let before = (rows(&f).await, used(&f).await);
    let twice = new_job();
    for jobs in [
        vec![new_job(), new_job(), NewJob { id: taken, ..new_job() }],
        vec![twice.clone(), new_job(), twice],
    ] {
        let wish = of(jobs);
        let id = wish.id;
        let refused = f.store.insert_batch(wish).await;
        assert!(matches!(refused, Err(Error::Conflict("job"))), "{refused:?}");
        assert_eq!(f.store.find_batch(id).await.unwrap(), None);
    }
    let again = f.store.insert_batch(NewBatch { id: kept.id, ..of_many(2) }).await;
    assert!(matches!(again, Err(Error::Conflict("batch"))), "{again:?}");
    let stranger = UserId("stranger".to_owned());
    let refused = f.store.insert_batch(NewBatch { user_id: stranger, ..of_many(2) }).await;
    assert!(matches!(refused, Err(Error::NotFound("account"))), "{refused:?}");
    assert_eq!((rows(&f).await, used(&f).await), before);
}

pub(crate) async fn the_balance_must_suffice_for_the_whole_batch(f: Fixture) {
    f.limit(Some(7), None).await;
    f.insert_some(1).await;
    let before = (rows(&f).await, f.store.balance(&user()).await.unwrap());
    let refused = f.store.insert_batch(of_many(3)).await.unwrap();
    assert_eq!(refused, BatchInserted::QuotaExceeded(before.1));
    assert_eq!((rows(&f).await, f.store.balance(&user()).await.unwrap()), before);
    insert(&f, of_many(2)).await;
    assert_eq!(used(&f).await, 6);
}

pub(crate) async fn a_batch_is_one_submit(f: Fixture) {
    f.limit(None, Some(2)).await;
    insert(&f, of_many(5)).await;
    f.insert_some(1).await;
    let refused = f.store.insert_batch(of_many(1)).await.unwrap();
    assert_eq!(refused, BatchInserted::RateLimited { retry_after_s: 60 });
    let refused = f.store.insert_job(new_job()).await.unwrap();
    assert_eq!(refused, Inserted::RateLimited { retry_after_s: 60 });
    assert_eq!((rows(&f).await, used(&f).await), (19, 12));
}

pub(crate) async fn a_batch_owns_its_jobs(f: Fixture) {
    let stranger = UserId("stranger".to_owned());
    let alike = NewJob { user_id: stranger, idempotency: idempotency("key", 1), ..new_job() };
    let batch =
        insert(&f, of(vec![alike.clone(), NewJob { id: JobId::new(), ..alike.clone() }])).await;
    assert!(batch.jobs.iter().all(|job| job.user_id == user()));
    assert_eq!(f.list_ids(query()).await, [batch.jobs[1].id, batch.jobs[0].id]);
    assert_eq!(f.number("select count(*) from {idempotency_keys}").await, 0);
}

pub(crate) async fn jobs_of_a_batch_live_on_their_own(f: Fixture) {
    let before = *f.store.ready_hint().borrow();
    let batch = insert(&f, of_many(3)).await;
    assert!(*f.store.ready_hint().borrow() > before);
    let claimed = f.claim_one().await;
    assert_eq!(claimed.job().id, batch.jobs[0].id);
    // The second was charged with the batch's submit and gets its own credits back.
    let cancelled = batch.jobs[1].id;
    f.store.cancel_job(&user(), cancelled).await.unwrap();
    assert_eq!(used(&f).await, 4);
    let deleted = f.store.delete_job(&user(), cancelled).await.unwrap();
    assert!(matches!(deleted, DeleteOutcome::Deleted(_)), "{deleted:?}");
    let found = f.store.find_batch(batch.id).await.unwrap().unwrap();
    assert_eq!(found.total_jobs, 3);
    assert_eq!(found.jobs, [f.find(batch.jobs[0].id).await, batch.jobs[2].clone()]);
}

pub(crate) async fn a_batch_without_jobs_costs_nothing(f: Fixture) {
    f.limit(None, Some(1)).await;
    let batch = insert(&f, of_many(0)).await;
    assert_eq!((batch.total_jobs, batch.jobs.len()), (0, 0));
    assert_eq!(f.store.find_batch(batch.id).await.unwrap(), Some(batch));
    f.insert_some(1).await;
}

pub(crate) async fn a_repeated_batch_is_replayed(f: Fixture) {
    let keyed = |hash| NewBatch { idempotency: idempotency("key", hash), ..of_many(2) };
    let first = insert(&f, keyed(1)).await;
    let before = (rows(&f).await, used(&f).await);
    let again = f.store.insert_batch(keyed(1)).await.unwrap();
    assert_eq!(again, BatchInserted::Replayed(first.clone()));
    let other = f.store.insert_batch(keyed(2)).await.unwrap();
    assert_eq!(other, BatchInserted::IdempotencyConflict);
    assert_eq!((rows(&f).await, used(&f).await), before);
    let id = first.jobs[0].id;
    f.store.cancel_job(&user(), id).await.unwrap();
    f.store.delete_job(&user(), id).await.unwrap();
    assert_ne!(insert(&f, keyed(2)).await.id, first.id, "without its first job the key is unused");
}
