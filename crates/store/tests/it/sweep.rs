//! What the sweep takes from lost workers, and what it ends.

use std::time::Duration;

use docket_contract::WorkerId;
use docket_contract::state::JobState;
use docket_store::{RetryPolicy, Settlement, Swept};

use crate::fixture::{
    DEADLINE, Fixture, LEASE, MILLISECOND, overdue, retry_policy, tokens, user, worker_lost,
};

pub(crate) async fn lost_leases_go_back_with_backoff(f: Fixture) {
    let id = f.insert_some(1).await[0];
    for (losses, backoff_s) in [(1, 1), (2, 4), (3, 4)] {
        let _lost = f.claim_one().await;
        f.clock.advance(LEASE);
        let policy = RetryPolicy { worker_losses_max: 9, ..retry_policy() };
        let swept = f.store.sweep(&policy).await.unwrap();
        assert_eq!(swept, Swept { requeued: 1, ..Swept::default() });
        let job = f.find(id).await;
        assert_eq!((job.state, job.worker_losses, job.attempt), (JobState::Queued, losses, losses));
        assert_eq!(job.run_at, f.now() + Duration::from_secs(backoff_s));
        assert_eq!(job.visible_state(), JobState::Processing);
        f.clock.advance(Duration::from_secs(backoff_s));
    }
    let _lost = f.claim_one().await;
    f.clock.advance(LEASE);
    let impatient = RetryPolicy { worker_losses_max: 9, backoff: vec![], ..retry_policy() };
    f.store.sweep(&impatient).await.unwrap();
    assert_eq!(f.find(id).await.run_at, f.now());
}

pub(crate) async fn the_last_loss_fails_the_job(f: Fixture) {
    let id = f.insert_some(1).await[0];
    for _ in 0..2 {
        let _lost = f.claim_one().await;
        f.lose_leases().await;
        f.clock.advance(Duration::from_secs(4));
    }
    let _lost = f.claim_one().await;
    f.clock.advance(LEASE);
    let swept = f.store.sweep(&retry_policy()).await.unwrap();
    assert_eq!(swept, Swept { lost: 1, ..Swept::default() });
    let job = f.find(id).await;
    assert_eq!((job.state, job.worker_losses), (JobState::Failed, 3));
    assert_eq!((job.failure, job.credits), (Some(worker_lost()), 0));
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 0);
    assert_eq!(f.store.sweep(&retry_policy()).await.unwrap(), Swept::default());
}

pub(crate) async fn running_jobs_with_leases_are_left_alone(f: Fixture) {
    let id = f.insert_some(2).await[0];
    let claim = f.claim_one().await;
    f.clock.advance(LEASE - MILLISECOND);
    assert_eq!(f.store.sweep(&retry_policy()).await.unwrap(), Swept::default());
    assert_eq!(&f.find(id).await, claim.job());
}

pub(crate) async fn overdue_jobs_fail_wherever_they_are(f: Fixture) {
    let [running, waiting, fresh] = f.insert_some(3).await[..] else { unreachable!() };
    let worker = WorkerId::new();
    let mut claims = f.store.claim(worker, 2, LEASE, DEADLINE).await.unwrap();
    f.settle(claims.remove(1), Settlement::retry(DEADLINE * 2)).await;
    f.clock.advance(DEADLINE - MILLISECOND);
    f.store.heartbeat(worker, &tokens(&claims), LEASE).await.unwrap();
    assert_eq!(f.store.sweep(&retry_policy()).await.unwrap(), Swept::default());
    f.clock.advance(MILLISECOND);
    let swept = f.store.sweep(&retry_policy()).await.unwrap();
    assert_eq!(swept, Swept { overdue: 2, ..Swept::default() });
    for id in [running, waiting] {
        let job = f.find(id).await;
        assert_eq!((job.state, job.failure, job.credits), (JobState::Failed, Some(overdue()), 0));
        assert_eq!(job.worker_losses, 0);
    }
    assert_eq!(f.find(fresh).await.state, JobState::Queued);
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 2);
    assert_eq!(f.ledger_sum(&user()).await, 2);
    assert_eq!(f.store.heartbeat(worker, &tokens(&claims), LEASE).await.unwrap(), []);
}

pub(crate) async fn sweeps_are_bounded(f: Fixture) {
    f.insert_some(130).await;
    assert_eq!(f.claim(130).await.len(), 130);
    f.clock.advance(LEASE);
    let swept = [f.store.sweep(&retry_policy()).await, f.store.sweep(&retry_policy()).await];
    assert_eq!(swept.map(|swept| swept.unwrap().requeued), [100, 30]);
    f.clock.advance(DEADLINE);
    let swept = [f.store.sweep(&retry_policy()).await, f.store.sweep(&retry_policy()).await];
    assert_eq!(swept.map(|swept| swept.unwrap().overdue), [100, 30]);
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 0);
}
