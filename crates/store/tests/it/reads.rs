//! Reads never need to write: they are answered while nothing can be written.

use std::time::Duration;

use docket_contract::job::JobType;
use docket_contract::state::JobsWord;
use docket_store::{BatchInserted, ChangeScope, Clock, JobQuery, NewApiKey, NewBatch, Serving};
use uuid::Uuid;

use crate::fixture::{Fixture, new_job, query, success, user};

/// The longest that all reads together may take: a read that waits for a writer waits longer.
const AT_ONCE: Duration = Duration::from_secs(5);

const KEY: [u8; 32] = [7; 32];

/// Longer than a cycle of credits: the balance of then is of another cycle than the stored one.
const NEXT_CYCLE: Duration = Duration::from_secs(31 * 24 * 3600);

pub(crate) async fn reads_are_answered_while_nothing_can_be_written(f: Fixture) {
    let job = f.insert(new_job()).await;
    f.settle(f.claim_one().await, success()).await;
    let jobs = vec![new_job()];
    let batch = NewBatch { id: Uuid::now_v7(), user_id: user(), jobs, idempotency: None };
    let inserted = f.store.insert_batch(batch).await.unwrap();
    let BatchInserted::Batch { batch, .. } = inserted else { panic!("{inserted:?}") };
    let claim = f.claim_one().await;
    let key = NewApiKey {
        user_id: user(),
        sha256: KEY,
        last_four: "abcd".to_owned(),
        label: "test".to_owned(),
        expires_at: None,
    };
    f.store.insert_key(key).await.unwrap();
    let secret = f.store.secret("links", [1; 32]).await.unwrap();
    f.clock.advance(NEXT_CYCLE);

    let closed = f.stop_writes().await;
    let store = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let reads = async {
        store.ping().await.unwrap();
        assert_eq!(store.find_job(job.id).await.unwrap().map(|job| job.id), Some(job.id));
        assert!(store.find_job_with_spec(job.id).await.unwrap().is_some());
        assert!(store.find_status(job.id).await.unwrap().is_some());
        assert_eq!(store.find_specs(&[job.id]).await.unwrap().len(), 1);
        assert_eq!(store.list_jobs(query()).await.unwrap().jobs.len(), 2);
        let status = Some(JobsWord::Completed);
        let filtered = JobQuery { status, job_type: Some(JobType::Parsing), ..query() };
        assert_eq!(store.list_jobs(filtered).await.unwrap().jobs.len(), 1);
        assert_eq!(store.list_events(job.id).await.unwrap().len(), 3);
        assert!(store.find_batch(batch.id).await.unwrap().is_some());
        assert_eq!(store.balance(&user()).await.unwrap().used, 0, "a new cycle has begun");
        assert!(store.find_key(&KEY).await.unwrap().is_some());
        assert_eq!(store.list_keys().await.unwrap().len(), 1);
        assert_eq!(store.list_keys_of(&user()).await.unwrap().len(), 1);
        assert_eq!(store.secret("links", [2; 32]).await.unwrap(), secret);
        assert!(store.overview().await.is_ok() && store.queue_depth().await.is_ok());
        let changes = store.list_changes(&ChangeScope::Account(user()), 0, 9).await.unwrap();
        assert!(!changes.is_empty());
        drop(store.open_feed(Serving::Together).await.unwrap());
    };
    tokio::time::timeout(AT_ONCE, reads).await.expect("a read waited for a write");
    store.close().await;
    drop(closed);
    drop(claim);
}
