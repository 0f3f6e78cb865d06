//! The bytes of an account's stored documents.

use std::sync::Arc;

use docket_contract::UserId;
use docket_contract::job::Stage;
use docket_store::{
    AccountLimits, BatchInserted, Clock, DocumentBytes, Inserted, NewBatch, NewJob, ProgressUpdate,
    Store, SupplyOutcome,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::fixture::{
    Fixture, RETENTION, new_awaiting_job, new_job, new_job_by_url, pages, rerun_of, success,
    supplied, user,
};

/// A job with a document of so many bytes.
fn sized(bytes: i64) -> NewJob {
    let mut job = new_job();
    job.document.size_bytes = bytes;
    job
}

/// The account's bytes, which are those of its jobs.
async fn used(f: &Fixture) -> i64 {
    let told = f.store.document_bytes(&user()).await.unwrap().used;
    let stored = f.number(
        "select cast(coalesce(sum(document_bytes), 0) as bigint) from {jobs}
         where user_id = 'owner'",
    );
    assert_eq!(told, stored.await);
    told
}

pub(crate) async fn bytes_follow_the_documents(f: Fixture) {
    let first = f.insert(sized(100)).await.id;
    assert_eq!(used(&f).await, 100);
    let jobs = vec![sized(20), sized(30)];
    let batch = NewBatch { id: Uuid::now_v7(), user_id: user(), jobs, idempotency: None };
    f.store.insert_batch(batch).await.unwrap();
    assert_eq!(used(&f).await, 150);
    let late = f.insert(new_awaiting_job()).await.id;
    f.store.supply_document(late, supplied()).await.unwrap();
    assert_eq!(used(&f).await, 227, "77 bytes came late");
    f.insert(new_job_by_url()).await;
    let claims = f.claim(10).await;
    let fetching = claims.into_iter().find(|claim| claim.job().document.source_url.is_some());
    let fetching = fetching.unwrap();
    for _ in 0..2 {
        let document = Some(supplied().document);
        let update = ProgressUpdate { stage: Stage::Fetching, pages: pages(1, 0), document };
        f.store.progress(&fetching, update).await.unwrap();
        assert_eq!(used(&f).await, 304, "77 bytes were fetched, the second time in their place");
    }
    let done = f.settle(fetching, success()).await;
    assert_eq!(used(&f).await, 304, "they stay as long as the job");
    f.store.rerun_job(&user(), rerun_of(&done)).await.unwrap();
    assert_eq!(used(&f).await, 304);
    f.store.cancel_job(&user(), first).await.unwrap();
    f.store.delete_job(&user(), first).await.unwrap();
    assert_eq!(used(&f).await, 204);
    for seq in 2..=5 {
        let id = f.list_ids(crate::fixture::query()).await[5 - seq];
        f.store.cancel_job(&user(), id).await.unwrap();
    }
    f.clock.advance(RETENTION);
    assert_eq!(f.store.delete_expired(9).await.unwrap().jobs.len(), 4);
    assert_eq!(used(&f).await, 0);
}

pub(crate) async fn documents_beyond_the_limit_are_refused(f: Fixture) {
    let full = |used, limit| DocumentBytes { used, limit: Some(limit) };
    f.store.limit_documents(Some(100));
    let late = f.insert(new_awaiting_job()).await.id;
    f.insert(sized(60)).await;
    let refused = f.store.insert_job(sized(41)).await.unwrap();
    assert_eq!(refused, Inserted::DocumentsFull(full(60, 100)));
    let batch = |bytes| {
        let jobs = vec![sized(1), sized(bytes)];
        NewBatch { id: Uuid::now_v7(), user_id: user(), jobs, idempotency: None }
    };
    let refused = f.store.insert_batch(batch(40)).await.unwrap();
    assert_eq!(refused, BatchInserted::DocumentsFull(full(60, 100)));
    let refused = f.store.supply_document(late, supplied()).await.unwrap();
    assert_eq!(refused, SupplyOutcome::DocumentsFull(full(60, 100)));
    assert_eq!((used(&f).await, f.store.balance(&user()).await.unwrap().used), (60, 4));
    f.store.insert_batch(batch(39)).await.unwrap();
    assert_eq!(used(&f).await, 100);
    let refused = f.store.insert_job(new_job_by_url()).await.unwrap();
    assert_eq!(refused, Inserted::DocumentsFull(full(100, 100)), "there is no room for any byte");

    assert!(f.store.set_document_limit(&user(), Some(177)).await.unwrap());
    let taken = f.store.supply_document(late, supplied()).await.unwrap();
    assert!(matches!(taken, SupplyOutcome::Queued(_)), "{taken:?}");
    assert_eq!(used(&f).await, 177);
    f.store.set_document_limit(&user(), None).await.unwrap();
    let refused = f.store.insert_job(sized(0)).await.unwrap();
    assert_eq!(refused, Inserted::DocumentsFull(full(177, 100)), "the common limit is back");
    let stranger = UserId("stranger".to_owned());
    assert!(!f.store.set_document_limit(&stranger, Some(1)).await.unwrap());
    f.store.limit_documents(None);
    f.insert(sized(1_000_000)).await;
}

pub(crate) async fn concurrent_submits_never_pass_the_limit(f: Fixture) {
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let second = UserId("second".to_owned());
    f.store.ensure_account(&second, AccountLimits::default()).await.unwrap();
    let mut tasks = JoinSet::new();
    for store in [&f.store, &other] {
        store.limit_documents(Some(1000));
        for task in 0..8 {
            let (store, second) = (Arc::clone(store), second.clone());
            tasks.spawn(async move { submit_and_delete(&store, &second, task).await });
        }
    }
    let admitted = tasks.join_all().await.into_iter().filter(|admitted| *admitted).count();
    assert_eq!(admitted, 10, "of sixteen with 100 bytes each");
    f.store.delete_expired(0).await.unwrap();
    assert_eq!(used(&f).await, 1000);
    assert_eq!(f.store.document_bytes(&second).await.unwrap().used, 0);
    other.close().await;
}

/// Submits a job of 100 bytes that stays, and makes and deletes others of the second account.
async fn submit_and_delete(store: &Arc<dyn Store>, second: &UserId, task: usize) -> bool {
    for _ in 0..task {
        let wish = NewJob { user_id: second.clone(), ..sized(10) };
        let id = wish.id;
        assert!(matches!(store.insert_job(wish).await.unwrap(), Inserted::Job { .. }));
        store.cancel_job(second, id).await.unwrap();
        store.delete_job(second, id).await.unwrap();
    }
    matches!(store.insert_job(sized(100)).await.unwrap(), Inserted::Job { .. })
}
