//! Jobs as their owners see them.

use docket_contract::job::{FailureCode, JobType};
use docket_contract::spec::{ChunkSpec, ChunkStrategy, ExtractSpec, JobSpec, ModelTier};
use docket_contract::state::{JobState, JobsWord};
use docket_contract::{BlobKey, JobId, UserId};
use docket_store::{
    AccountLimits, CancelOutcome, DeleteOutcome, Error, JobQuery, ListPlace, NewJob, Settlement,
};

use crate::fixture::{
    Fixture, MILLISECOND, RETENTION, failure, new_awaiting_job, new_job, new_job_by_url, parsing,
    query, success, user,
};

fn chunking() -> JobSpec {
    let strategy = ChunkStrategy::Page;
    JobSpec::Chunk(ChunkSpec {
        strategy,
        chunk_chars: 100,
        overlap_chars: 0,
        ..ChunkSpec::default()
    })
}

fn extraction(properties: &str) -> JobSpec {
    let schema = format!(r#"{{"type":"object","properties":{properties}}}"#);
    JobSpec::Extract(ExtractSpec {
        schema: serde_json::from_str(&schema).unwrap(),
        schema_name: None,
        model: ModelTier::Gamma,
        citations: true,
        scored: false,
        warnings: Vec::new(),
    })
}

pub(crate) async fn an_inserted_job_is_found_as_given(f: Fixture) {
    let mut wish = NewJob { priority: 3, ..new_job() };
    wish.document.password = Some("open sesame".to_owned());
    let job = f.insert(wish.clone()).await;
    assert_eq!(f.find(job.id).await, job);
    assert_eq!((job.id, &job.user_id, job.state), (wish.id, &wish.user_id, wish.state()));
    assert_eq!((&job.document, job.pages), (&wish.document, wish.pages));
    assert_eq!(f.spec(job.id).await, wish.spec);
    assert_eq!((job.credits, job.priority, job.version), (2, 3, 1));
    assert_eq!((job.created_at, job.updated_at, job.run_at), (f.now(), f.now(), f.now()));
    assert_eq!(job.expires_at, Some(f.now() + RETENTION));
    assert_eq!((job.attempt, job.worker_losses, job.stage), (0, 0, None));
    assert_eq!((job.started_at, job.deadline_at, job.finished_at), (None, None, None));
    assert_eq!((&job.failure, &job.result_key), (&None, &None));
    let next = f.insert(new_job_by_url()).await;
    assert!(next.seq > job.seq);
    assert_eq!(f.find(next.id).await, next);
}

pub(crate) async fn an_unknown_job_is_not_found(f: Fixture) {
    let id = JobId::new();
    assert_eq!(f.store.find_job(id).await.unwrap(), None);
    assert_eq!(f.store.list_events(id).await.unwrap(), []);
    assert_eq!(f.store.cancel_job(&user(), id).await.unwrap(), CancelOutcome::NotFound);
    assert_eq!(f.store.delete_job(&user(), id).await.unwrap(), DeleteOutcome::NotFound);
}

pub(crate) async fn a_second_job_with_the_same_id_conflicts(f: Fixture) {
    let wish = new_job();
    let job = f.insert(wish.clone()).await;
    let before = f.store.balance(&user()).await.unwrap();
    let again = f.store.insert_job(wish).await;
    assert!(matches!(again, Err(Error::Conflict("job"))), "{again:?}");
    assert_eq!(f.store.balance(&user()).await.unwrap(), before);
    assert_eq!(f.find(job.id).await, job);
}

pub(crate) async fn a_job_of_an_unknown_account_is_refused(f: Fixture) {
    let stranger = UserId("stranger".to_owned());
    let refused = f.store.insert_job(NewJob { user_id: stranger, ..new_job() }).await;
    assert!(matches!(refused, Err(Error::NotFound("account"))), "{refused:?}");
}

pub(crate) async fn lists_are_newest_first_and_paged(f: Fixture) {
    let mut ids = f.insert_some(5).await;
    ids.reverse();
    let stranger = UserId("stranger".to_owned());
    f.store.ensure_account(&stranger, AccountLimits::default()).await.unwrap();
    f.insert(NewJob { user_id: stranger, ..new_job() }).await;

    assert_eq!(f.list_ids(query()).await, ids);
    let first = f.store.list_jobs(JobQuery { limit: 2, ..query() }).await.unwrap();
    assert!(first.more);
    let before = first.jobs.last().map(ListPlace::from);
    let rest = f.store.list_jobs(JobQuery { before, limit: 3, ..query() }).await.unwrap();
    assert!(!rest.more);
    let paged: Vec<JobId> = first.jobs.iter().chain(&rest.jobs).map(|job| job.id).collect();
    assert_eq!(paged, ids);
    let none = f.store.list_jobs(JobQuery { limit: 0, ..query() }).await.unwrap();
    assert!(none.jobs.is_empty() && none.more);
}

pub(crate) async fn filtered_lists_are_paged_like_the_whole(f: Fixture) {
    let mut wanted = Vec::new();
    for n in 0..12 {
        let spec = if n % 3 == 0 { chunking() } else { new_job().spec };
        let id = f.insert(NewJob { spec, ..new_job() }).await.id;
        if n % 2 == 0 {
            f.store.cancel_job(&user(), id).await.unwrap();
        }
        wanted.push((id, n));
        // Several are made in the same instant.
        if n % 4 == 3 {
            f.clock.advance(MILLISECOND);
        }
    }
    wanted.reverse();
    let ids = |keep: fn(usize) -> bool| -> Vec<JobId> {
        wanted.iter().filter(|(_, n)| keep(*n)).map(|(id, _)| *id).collect()
    };
    let failed = Some(JobsWord::Failed);
    let chunking_type = Some(JobType::Chunking);
    for (query, want) in [
        (JobQuery { status: failed, ..query() }, ids(|n| n % 2 == 0)),
        (JobQuery { job_type: chunking_type, ..query() }, ids(|n| n % 3 == 0)),
        (JobQuery { status: failed, job_type: chunking_type, ..query() }, ids(|n| n % 6 == 0)),
    ] {
        let mut paged = Vec::new();
        let mut before = None;
        loop {
            let query = JobQuery { before, limit: 2, ..query.clone() };
            let page = f.store.list_jobs(query).await.unwrap();
            paged.extend(page.jobs.iter().map(|job| job.id));
            before = page.jobs.last().map(ListPlace::from);
            if !page.more {
                break;
            }
        }
        assert_eq!(paged, want, "{query:?}");
        let rest = f.list_ids(JobQuery { offset: 1, limit: 3, ..query }).await;
        assert_eq!(rest, want[1..want.len().min(4)]);
    }
}

pub(crate) async fn specs_are_stored_beside_the_job(f: Fixture) {
    let text = r#"{"z":{"type":"string"},"a":{"type":"number"},"m":{"type":"boolean"}}"#;
    let spec = extraction(text);
    let job = f.insert(NewJob { spec: spec.clone(), ..new_job() }).await;
    let other = f.insert(new_job()).await;
    let found = f.store.find_job_with_spec(job.id).await.unwrap().unwrap();
    assert_eq!((&found.job, &found.spec), (&job, &spec));
    let JobSpec::Extract(found) = found.spec else { panic!("another kind") };
    let keys: Vec<&String> = found.schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["z", "a", "m"], "the order of keys is kept");
    let unknown = JobId::new();
    let mut specs = f.store.find_specs(&[other.id, unknown, job.id]).await.unwrap();
    specs.sort_unstable_by_key(|(id, _)| id.uuid());
    assert_eq!(specs, [(job.id, spec.clone()), (other.id, new_job().spec)]);
    assert_eq!(f.store.find_job_with_spec(unknown).await.unwrap(), None);
    assert_eq!(f.claim_one().await.spec(), &spec, "a claim has it along");

    let stored = f.number("select count(*) from {job_specs}").await;
    assert_eq!(stored, 2);
    f.store.cancel_job(&user(), job.id).await.unwrap();
    f.store.delete_job(&user(), job.id).await.unwrap();
    f.store.cancel_job(&user(), other.id).await.unwrap();
    assert_eq!(f.number("select count(*) from {job_specs}").await, 1, "it goes with its job");
    f.clock.advance(RETENTION);
    assert_eq!(f.store.delete_expired(9).await.unwrap().jobs.len(), 1);
    assert_eq!(f.number("select count(*) from {job_specs}").await, 0);
}

pub(crate) async fn lists_are_filtered_by_the_words_of_the_wire(f: Fixture) {
    let retried = f.insert_some(1).await[0];
    f.settle(f.claim_one().await, Settlement::retry(10 * MILLISECOND)).await;
    let running = f.insert_some(1).await[0];
    let _running = f.claim_one().await;
    let succeeded = f.insert_some(1).await[0];
    f.settle(f.claim_one().await, success()).await;
    let failed = f.insert_some(1).await[0];
    f.settle(f.claim_one().await, Settlement::failed(failure())).await;
    let cancelled = f.insert_some(1).await[0];
    f.store.cancel_job(&user(), cancelled).await.unwrap();
    let waiting = f.insert_some(1).await[0];
    let uploading = f.insert(new_awaiting_job()).await.id;

    for (word, ids) in [
        (JobsWord::Queued, vec![uploading, waiting]),
        (JobsWord::Processing, vec![running, retried]),
        (JobsWord::Completed, vec![succeeded]),
        (JobsWord::Failed, vec![cancelled, failed]),
    ] {
        let found = f.list_ids(JobQuery { status: Some(word), ..query() }).await;
        assert_eq!(found, ids, "{word:?}");
    }
}

pub(crate) async fn lists_are_filtered_by_type(f: Fixture) {
    let ids = f.insert_some(1).await;
    assert_eq!(f.list_ids(JobQuery { job_type: parsing(), ..query() }).await, ids);
    f.execute("update {jobs} set type = 'unheard_of'").await;
    assert_eq!(f.list_ids(JobQuery { job_type: parsing(), ..query() }).await, []);
    // A type that this version does not know is an error, not another type.
    let unknown = f.store.find_job(ids[0]).await;
    assert!(matches!(unknown, Err(Error::Corrupt(_))), "{unknown:?}");
}

pub(crate) async fn cancelling_ends_and_refunds(f: Fixture) {
    let id = f.insert_some(1).await[0];
    let CancelOutcome::Cancelled(job) = f.store.cancel_job(&user(), id).await.unwrap() else {
        panic!("not cancelled");
    };
    assert_eq!(f.find(id).await, job);
    let failure = job.failure.clone().unwrap();
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (FailureCode::Cancelled, "Job was cancelled")
    );
    assert_eq!((job.state, job.credits, job.version), (JobState::Cancelled, 0, 2));
    assert_eq!(job.finished_at, Some(job.updated_at));
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 0);
    let again = f.store.cancel_job(&user(), id).await.unwrap();
    assert_eq!(again, CancelOutcome::AlreadyEnded(job));
}

pub(crate) async fn only_the_owner_cancels_and_deletes(f: Fixture) {
    let stranger = UserId("stranger".to_owned());
    f.store.ensure_account(&stranger, AccountLimits::default()).await.unwrap();
    let id = f.insert_some(1).await[0];
    let before = f.find(id).await;
    assert_eq!(f.store.cancel_job(&stranger, id).await.unwrap(), CancelOutcome::NotFound);
    assert_eq!(f.find(id).await, before);
    f.store.cancel_job(&user(), id).await.unwrap();
    assert_eq!(f.store.delete_job(&stranger, id).await.unwrap(), DeleteOutcome::NotFound);
    f.find(id).await;
}

pub(crate) async fn deleting_takes_the_events_along(f: Fixture) {
    let [kept, gone] = f.insert_some(2).await[..] else { unreachable!() };
    assert_eq!(f.store.delete_job(&user(), gone).await.unwrap(), DeleteOutcome::NotEnded);
    f.store.cancel_job(&user(), gone).await.unwrap();
    let last = f.find(gone).await;
    assert_eq!(f.store.delete_job(&user(), gone).await.unwrap(), DeleteOutcome::Deleted(last));
    assert_eq!(f.store.find_job(gone).await.unwrap(), None);
    assert_eq!(f.store.list_events(gone).await.unwrap(), []);
    assert_eq!(f.store.list_events(kept).await.unwrap().len(), 1);
}

pub(crate) async fn events_follow_every_transition(f: Fixture) {
    let id = f.insert_some(1).await[0];
    f.clock.advance(MILLISECOND);
    f.settle(f.claim_one().await, Settlement::retry(MILLISECOND)).await;
    f.clock.advance(10 * MILLISECOND);
    let result = Settlement::succeeded(BlobKey::result(), crate::fixture::pages(2, 2));
    let job = f.settle(f.claim_one().await, result).await;

    let events = f.store.list_events(id).await.unwrap();
    assert!(events.is_sorted_by(|a, b| a.seq < b.seq && a.at < b.at));
    assert!(events.iter().all(|event| event.job_id == id));
    let seen: Vec<_> = events.iter().map(|e| (e.version, e.state, e.pages_done)).collect();
    assert_eq!(
        seen,
        [
            (1, JobState::Queued, 0),
            (2, JobState::Processing, 0),
            (3, JobState::Queued, 0),
            (4, JobState::Processing, 0),
            (5, JobState::Succeeded, 2),
        ]
    );
    assert_eq!(events.last().map(|event| event.at), Some(job.updated_at));
}

pub(crate) async fn times_rise_though_the_clock_stands_still(f: Fixture) {
    let created = f.insert(new_job()).await;
    let claim = f.claim_one().await;
    let claimed = claim.job().clone();
    let ended = f.settle(claim, success()).await;
    assert_eq!(claimed.updated_at, created.updated_at + MILLISECOND);
    assert_eq!(claimed.started_at, Some(claimed.updated_at));
    assert_eq!(ended.updated_at, claimed.updated_at + MILLISECOND);
    assert_eq!(ended.finished_at, Some(ended.updated_at));
}
