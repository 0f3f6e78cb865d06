//! The ways in which an execution ends.

use std::time::Duration;

use docket_contract::BlobKey;
use docket_contract::job::PageCounts;
use docket_contract::state::JobState;
use docket_store::{NewJob, SettleOutcome, Settlement};

use crate::fixture::{
    Fixture, MILLISECOND, failure, new_job, new_job_by_url, pages, success, user, worker_lost,
};

pub(crate) async fn success_stores_the_result(f: Fixture) {
    let id = f.insert(new_job_by_url()).await.id;
    let claim = f.claim_one().await;
    let claimed = claim.job().clone();
    f.clock.advance(5 * MILLISECOND);
    let key = BlobKey::result();
    let counts = PageCounts { failed: 1, ..pages(3, 2) };
    let job = f.settle(claim, Settlement::succeeded(key.clone(), counts)).await;
    assert_eq!(f.find(id).await, job);
    assert_eq!((job.state, job.result_key, job.pages), (JobState::Succeeded, Some(key), counts));
    assert_eq!((job.version, job.attempt, job.failure), (claimed.version + 1, 1, None));
    assert_eq!((job.finished_at, job.updated_at), (Some(f.now()), f.now()));
}

pub(crate) async fn failure_refunds_and_tells_why(f: Fixture) {
    f.insert_some(2).await;
    let job = f.settle(f.claim_one().await, Settlement::failed(failure())).await;
    assert_eq!((job.state, job.credits), (JobState::Failed, 0));
    assert_eq!((job.failure, job.worker_losses), (Some(failure()), 0));
    assert_eq!(job.finished_at, Some(job.updated_at));
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 2);
    assert_eq!(f.ledger_sum(&user()).await, 2);
}

pub(crate) async fn a_retry_waits_and_stays_started(f: Fixture) {
    f.insert_some(1).await;
    let claim = f.claim_one().await;
    let claimed = claim.job().clone();
    f.clock.advance(MILLISECOND * 50);
    let job = f.settle(claim, Settlement::retry(Duration::from_secs(4))).await;
    assert_eq!((job.state, job.run_at), (JobState::Queued, f.now() + Duration::from_secs(4)));
    assert_eq!(job.visible_state(), JobState::Processing);
    assert_eq!((job.attempt, job.worker_losses, job.credits), (1, 0, 2));
    assert_eq!((job.started_at, job.deadline_at), (claimed.started_at, claimed.deadline_at));
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 2);
}

pub(crate) async fn a_release_gives_the_attempt_back(f: Fixture) {
    f.insert_some(1).await;
    let job = f.settle(f.claim_one().await, Settlement::released()).await;
    assert_eq!((job.state, job.attempt, job.run_at), (JobState::Queued, 0, f.now()));
    assert_eq!(f.claim_one().await.job().attempt, 1);
}

pub(crate) async fn lost_workers_are_counted(f: Fixture) {
    f.insert_some(1).await;
    for losses in 1..=2 {
        let lost = Settlement::worker_lost(MILLISECOND, 3, worker_lost());
        let job = f.settle(f.claim_one().await, lost).await;
        assert_eq!((job.state, job.worker_losses, job.attempt), (JobState::Queued, losses, losses));
        assert_eq!(job.run_at, f.now() + MILLISECOND);
        f.clock.advance(MILLISECOND);
    }
    let lost = Settlement::worker_lost(MILLISECOND, 3, worker_lost());
    let job = f.settle(f.claim_one().await, lost).await;
    assert_eq!((job.state, job.worker_losses), (JobState::Failed, 3));
    assert_eq!((job.failure, job.credits), (Some(worker_lost()), 0));
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 0);
}

pub(crate) async fn a_settlement_with_an_old_token_writes_nothing(f: Fixture) {
    let id = f.insert_some(1).await[0];
    // A release gives the attempt back, so both claims have the same attempt: the token decides.
    let lost = f.claim_one().await;
    f.execute(
        "delete from {job_leases};
         update {jobs} set status = 'queued', claim_token = null, attempt = attempt - 1",
    )
    .await;
    let live = f.claim_one().await;
    assert_eq!(lost.job().attempt, live.job().attempt);
    let before = f.find(id).await;
    let refused = f.store.settle(lost, success()).await.unwrap();
    assert_eq!(refused, SettleOutcome::ClaimLost);
    assert_eq!(f.find(id).await, before);
    assert_eq!(f.store.list_events(id).await.unwrap().len(), 3);
    f.settle(live, success()).await;
}

pub(crate) async fn passwords_are_wiped_at_the_end(f: Fixture) {
    let mut wish = NewJob { ..new_job() };
    wish.document.password = Some("open sesame".to_owned());
    let mut ended = Vec::new();
    for settlement in [success(), Settlement::failed(failure())] {
        f.insert(NewJob { id: docket_contract::JobId::new(), ..wish.clone() }).await;
        let claim = f.claim_one().await;
        assert!(claim.job().document.password.is_some());
        let retried = f.settle(claim, Settlement::retry(Duration::ZERO)).await;
        assert!(retried.document.password.is_some(), "a retry needs it again");
        ended.push(f.settle(f.claim_one().await, settlement).await.id);
    }
    let id = f.insert(wish).await.id;
    f.store.cancel_job(&user(), id).await.unwrap();
    ended.push(id);
    for id in ended {
        assert_eq!(f.find(id).await.document.password, None);
    }
}

pub(crate) async fn the_end_removes_the_lease(f: Fixture) {
    f.insert_some(5).await;
    let mut claims = f.claim(5).await;
    f.store.cancel_job(&user(), claims.remove(0).job().id).await.unwrap();
    for settlement in [
        success(),
        Settlement::failed(failure()),
        Settlement::released(),
        Settlement::retry(Duration::ZERO),
    ] {
        f.settle(claims.remove(0), settlement).await;
    }
    assert_eq!(f.number("select count(*) from {job_leases}").await, 0);
}
