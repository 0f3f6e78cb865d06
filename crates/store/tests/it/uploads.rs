//! Documents that come after the submit, charges for pages that were not known at it, and jobs that
//! run once more.

use std::time::Duration;

use docket_contract::state::JobState;
use docket_store::{
    CancelOutcome, ChargeOutcome, JobQuery, NewJob, RerunOutcome, Settlement, SupplyOutcome, Swept,
};

use crate::fixture::{
    Fixture, MILLISECOND, RETENTION, UPLOAD_WINDOW, failure, new_awaiting_job, new_job,
    new_job_by_url, query, rerun_of, retry_policy, success, supplied, unsupplied, user,
};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn used(f: &Fixture) -> i64 {
    let used = f.store.balance(&user()).await.unwrap().used;
    assert_eq!(f.ledger_sum(&user()).await, used);
    used
}

pub(crate) async fn a_late_document_queues_its_job(f: Fixture) {
    let job = f.insert(new_awaiting_job()).await;
    assert_eq!(job.state, JobState::AwaitingUpload);
    assert_eq!(job.upload_until, Some(f.now() + UPLOAD_WINDOW));
    f.clock.advance(MILLISECOND);
    let document = supplied();
    let outcome = f.store.supply_document(job.id, document.clone()).await.unwrap();
    let SupplyOutcome::Queued(queued) = outcome else { panic!("{outcome:?}") };
    assert_eq!((queued.state, queued.parse_word()), (JobState::Queued, "Queued"));
    assert_eq!(queued.document.sha256, Some(document.document.sha256.clone()));
    assert_eq!(queued.document.blob_key, Some(document.document.blob_key.clone()));
    assert_eq!((queued.document.size_bytes, &*queued.document.media_type), (77, "image/png"));
    assert_eq!((queued.pages.total, queued.pages.selected), (Some(3), Some(2)));
    assert_eq!(f.find(job.id).await, queued);
    let again = f.store.supply_document(job.id, document).await.unwrap();
    assert_eq!(again, SupplyOutcome::NotAwaited);
    assert_eq!(f.claim_one().await.job().id, job.id);
}

pub(crate) async fn a_document_after_the_window_is_refused(f: Fixture) {
    let id = f.insert(new_awaiting_job()).await.id;
    f.clock.advance(UPLOAD_WINDOW - MILLISECOND);
    assert_eq!(f.store.sweep(&retry_policy()).await.unwrap(), Swept::default());
    f.clock.advance(MILLISECOND);
    let late = f.store.supply_document(id, supplied()).await.unwrap();
    assert_eq!(late, SupplyOutcome::NotAwaited, "also before the sweep was there");
    assert_eq!(used(&f).await, 2);
    let swept = f.store.sweep(&retry_policy()).await.unwrap();
    assert_eq!(swept, Swept { unsupplied: 1, ..Swept::default() });
    let job = f.find(id).await;
    assert_eq!((job.state, job.failure), (JobState::Failed, Some(unsupplied())));
    assert_eq!(used(&f).await, 0);
}

pub(crate) async fn late_charges_add_up_to_the_pages(f: Fixture) {
    let id = f.insert(NewJob { credits: 1, ..new_job_by_url() }).await.id;
    let claim = f.claim_one().await;
    assert_eq!(f.store.charge(&claim, 4).await.unwrap(), ChargeOutcome::Charged);
    assert_eq!((f.find(id).await.credits, used(&f).await), (4, 4));
    let version = f.find(id).await.version;
    assert_eq!(f.store.charge(&claim, 4).await.unwrap(), ChargeOutcome::Charged);
    assert_eq!((f.find(id).await.version, used(&f).await), (version, 4), "charged once");
    f.limit(Some(6), None).await;
    let refused = f.store.charge(&claim, 7).await.unwrap();
    let ChargeOutcome::QuotaExceeded(balance) = refused else { panic!("{refused:?}") };
    assert_eq!((balance.remaining(), f.find(id).await.credits), (2, 4));
    f.settle(claim, Settlement::failed(failure())).await;
    assert_eq!((f.find(id).await.credits, used(&f).await), (0, 0));
}

pub(crate) async fn late_charges_belong_to_the_present_cycle(f: Fixture) {
    f.insert(new_job_by_url()).await;
    let claim = f.claim_one().await;
    f.clock.advance(31 * DAY);
    assert_eq!(f.store.charge(&claim, 3).await.unwrap(), ChargeOutcome::Charged);
    let balance = f.store.balance(&user()).await.unwrap();
    assert_eq!((balance.used, balance.cycle_started_at), (3, f.now() - DAY));
    f.settle(claim, Settlement::failed(failure())).await;
    assert_eq!(used(&f).await, 0);
}

pub(crate) async fn a_rerun_begins_anew(f: Fixture) {
    let id = f.insert_some(1).await[0];
    let done = f.settle(f.claim_one().await, success()).await;
    f.clock.advance(DAY);
    let rerun = rerun_of(&done);
    let outcome = f.store.rerun_job(&user(), rerun.clone()).await.unwrap();
    let RerunOutcome::Queued { job, balance } = outcome else { panic!("{outcome:?}") };
    assert_eq!((job.state, job.visible_state()), (JobState::Queued, JobState::Queued));
    assert_eq!((f.spec(job.id).await, job.created_at), (rerun.spec.clone(), done.created_at));
    assert_eq!((job.result_key.as_ref(), job.finished_at, job.started_at), (None, None, None));
    assert_eq!((job.pages.total, job.pages.selected, job.pages.done), (Some(2), Some(1), 0));
    assert_eq!((job.document.password.as_deref(), job.attempt), (Some("open sesame"), 0));
    assert_eq!(job.expires_at, Some(f.now() + RETENTION));
    assert_eq!((balance.used, used(&f).await, job.credits), (5, 5, 3));
    assert_eq!(f.find(id).await, job);
    let again = f.settle(f.claim_one().await, success()).await;
    assert_eq!((again.id, again.state), (id, JobState::Succeeded));
}

pub(crate) async fn a_failed_rerun_gives_back_its_own_charge_only(f: Fixture) {
    f.insert_some(1).await;
    let done = f.settle(f.claim_one().await, success()).await;
    f.store.rerun_job(&user(), rerun_of(&done)).await.unwrap();
    assert_eq!(used(&f).await, 5);
    let claim = f.claim_one().await;
    assert_eq!(f.store.charge(&claim, 4).await.unwrap(), ChargeOutcome::Charged);
    f.settle(claim, Settlement::failed(failure())).await;
    assert_eq!(used(&f).await, 2, "the first run's result was delivered");
}

pub(crate) async fn a_rerun_is_a_submit(f: Fixture) {
    f.limit(Some(4), Some(1)).await;
    f.insert_some(1).await;
    let done = f.settle(f.claim_one().await, success()).await;
    let refused = f.store.rerun_job(&user(), rerun_of(&done)).await.unwrap();
    assert!(matches!(refused, RerunOutcome::QuotaExceeded(balance) if balance.remaining() == 2));
    f.limit(Some(9), None).await;
    let refused = f.store.rerun_job(&user(), rerun_of(&done)).await.unwrap();
    assert_eq!(refused, RerunOutcome::RateLimited { retry_after_s: 60 });
    assert_eq!(f.find(done.id).await, done);
    f.clock.advance(Duration::from_secs(60));
    let accepted = f.store.rerun_job(&user(), rerun_of(&done)).await.unwrap();
    assert!(matches!(accepted, RerunOutcome::Queued { .. }));
}

pub(crate) async fn only_the_owner_reruns_what_it_has_seen(f: Fixture) {
    f.insert_some(1).await;
    let done = f.settle(f.claim_one().await, success()).await;
    let stranger = docket_contract::UserId("stranger".to_owned());
    let refused = f.store.rerun_job(&stranger, rerun_of(&done)).await.unwrap();
    assert_eq!(refused, RerunOutcome::NotFound);
    let outdated = docket_store::Rerun { version: done.version - 1, ..rerun_of(&done) };
    let refused = f.store.rerun_job(&user(), outdated).await.unwrap();
    assert_eq!(refused, RerunOutcome::NotRerunnable(done));
}

pub(crate) async fn of_two_reruns_one_happens(f: Fixture) {
    f.insert_some(1).await;
    let done = f.settle(f.claim_one().await, success()).await;
    let (one, other) = tokio::join!(rerun_now(&f, &done), rerun_now(&f, &done));
    let outcomes = [one, other];
    let queued = outcomes.iter().filter(|o| matches!(o, RerunOutcome::Queued { .. })).count();
    assert_eq!((queued, used(&f).await), (1, 5), "{outcomes:?}");
}

async fn rerun_now(f: &Fixture, done: &docket_contract::Job) -> RerunOutcome {
    f.store.rerun_job(&user(), rerun_of(done)).await.unwrap()
}

pub(crate) async fn only_waiting_jobs_are_cancelled_as_such(f: Fixture) {
    let [running, waiting] = f.insert_some(2).await[..] else { unreachable!() };
    let claim = f.claim_one().await;
    let outcome = f.store.cancel_waiting_job(&user(), running).await.unwrap();
    assert_eq!(outcome, CancelOutcome::AlreadyStarted(claim.job().clone()));
    let outcome = f.store.cancel_waiting_job(&user(), waiting).await.unwrap();
    assert!(matches!(outcome, CancelOutcome::Cancelled(job) if job.id == waiting));
}

pub(crate) async fn lists_are_cut_by_time_and_offset(f: Fixture) {
    let start = f.now();
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.insert(0, f.insert(new_job()).await.id);
        f.clock.advance(DAY);
    }
    let list = async |query| f.list_ids(query).await;
    assert_eq!(list(JobQuery { created_from: Some(start + DAY), ..query() }).await, ids[..3]);
    assert_eq!(list(JobQuery { created_until: Some(start + DAY), ..query() }).await, ids[2..]);
    assert_eq!(list(JobQuery { offset: 1, limit: 2, ..query() }).await, ids[1..3]);
    assert_eq!(list(JobQuery { offset: 9, ..query() }).await, []);
}
