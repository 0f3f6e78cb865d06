//! Claims, heartbeats and the depth of the queue.

use std::time::Duration;

use docket_contract::spec::{ChunkSpec, ChunkStrategy, JobSpec};
use docket_contract::state::JobState;
use docket_contract::{JobId, WorkerId};
use docket_store::{NewJob, QueueDepth, Settlement};

use crate::fixture::{
    DEADLINE, Fixture, LEASE, MILLISECOND, new_awaiting_job, new_job, retry_policy, success,
    tokens, user,
};

fn ids(claims: &[docket_store::Claim]) -> Vec<JobId> {
    claims.iter().map(|claim| claim.job().id).collect()
}

pub(crate) async fn claims_come_by_priority_then_age(f: Fixture) {
    let mut wanted = Vec::new();
    for priority in [0, 5, -1, 5, 0] {
        let job = f.insert(NewJob { priority, ..new_job() }).await;
        wanted.push((-priority, job.seq, job.id));
    }
    wanted.sort_unstable();
    let wanted: Vec<JobId> = wanted.into_iter().map(|(_, _, id)| id).collect();
    let mut claimed = ids(&f.claim(2).await);
    claimed.extend(ids(&f.claim(100).await));
    assert_eq!(claimed, wanted);
}

pub(crate) async fn a_claimed_job_is_not_claimed_again(f: Fixture) {
    let id = f.insert_some(1).await[0];
    assert!(f.claim(0).await.is_empty());
    let claim = f.claim_one().await;
    assert_eq!(&f.find(id).await, claim.job());
    assert_eq!((claim.job().state, claim.job().attempt), (JobState::Processing, 1));
    assert!(f.claim(10).await.is_empty());
}

pub(crate) async fn jobs_for_later_are_left_alone(f: Fixture) {
    f.insert_some(1).await;
    f.settle(f.claim_one().await, Settlement::retry(10 * MILLISECOND)).await;
    f.clock.advance(9 * MILLISECOND);
    assert!(f.claim(1).await.is_empty());
    f.clock.advance(MILLISECOND);
    assert_eq!(f.claim(1).await.len(), 1);
}

pub(crate) async fn jobs_that_await_their_upload_are_left_alone(f: Fixture) {
    f.insert(new_awaiting_job()).await;
    assert!(f.claim(1).await.is_empty());
}

pub(crate) async fn jobs_beyond_their_deadline_are_left_alone(f: Fixture) {
    f.insert_some(1).await;
    f.settle(f.claim_one().await, Settlement::retry(MILLISECOND)).await;
    f.clock.advance(DEADLINE);
    assert!(f.claim(1).await.is_empty());
}

pub(crate) async fn start_and_deadline_are_set_once(f: Fixture) {
    f.insert_some(1).await;
    f.clock.advance(MILLISECOND);
    let first = f.claim_one().await;
    let (started_at, deadline_at) = (first.job().started_at, first.job().deadline_at);
    assert_eq!((started_at, deadline_at), (Some(f.now()), Some(f.now() + DEADLINE)));
    f.settle(first, Settlement::retry(MILLISECOND)).await;
    f.clock.advance(5 * MILLISECOND);
    let second = f.claim_one().await;
    assert_eq!((second.job().started_at, second.job().deadline_at), (started_at, deadline_at));
    assert_eq!(second.job().attempt, 2);
}

pub(crate) async fn each_claim_has_a_token_of_its_own(f: Fixture) {
    f.insert_some(20).await;
    let mut tokens: Vec<_> = f.claim(20).await.iter().map(|claim| claim.token()).collect();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 20);
}

pub(crate) async fn a_job_that_cannot_be_read_does_not_stop_the_queue(f: Fixture) {
    let [first, _, third] = f.insert_some(3).await[..] else { unreachable!() };
    f.execute("update {jobs} set type = 'unheard of' where seq = 2").await;
    for overlap_chars in [7, 8] {
        let strategy = ChunkStrategy::Page;
        let spec = JobSpec::Chunk(ChunkSpec {
            strategy,
            chunk_chars: 100,
            overlap_chars,
            ..ChunkSpec::default()
        });
        f.insert(NewJob { spec, ..new_job() }).await;
    }
    f.execute("update {job_specs} set spec = 'unheard of' where spec like '%\"overlap_chars\":7%'")
        .await;
    f.execute("delete from {job_specs} where spec like '%\"overlap_chars\":8%'").await;
    assert_eq!(ids(&f.claim(10).await), [first, third]);
    for _ in 0..3 {
        f.lose_leases().await;
        f.clock.advance(Duration::from_secs(4));
        f.claim(10).await;
    }
    let failed = "select count(*) from {jobs} where seq in (2, 4, 5) and status = 'failed'";
    assert_eq!(f.number(failed).await, 3);
}

pub(crate) async fn heartbeats_renew_only_what_is_held(f: Fixture) {
    f.insert_some(3).await;
    let (mine, other) = (WorkerId::new(), WorkerId::new());
    let claims = f.store.claim(mine, 2, LEASE, DEADLINE).await.unwrap();
    let others = f.store.claim(other, 1, LEASE, DEADLINE).await.unwrap();
    f.store.cancel_job(&user(), claims[0].job().id).await.unwrap();
    f.clock.advance(LEASE / 2);
    assert_eq!(
        f.store.heartbeat(mine, &tokens(&claims), LEASE).await.unwrap(),
        [claims[1].token()]
    );
    assert_eq!(f.store.heartbeat(WorkerId::new(), &tokens(&claims), LEASE).await.unwrap(), []);
    // Only the other worker's lease runs out.
    f.clock.advance(LEASE / 2);
    assert_eq!(f.store.sweep(&retry_policy()).await.unwrap().requeued, 1);
    assert_eq!(f.find(others[0].job().id).await.state, JobState::Queued);
    assert_eq!(f.find(claims[1].job().id).await.state, JobState::Processing);
    assert_eq!(f.store.heartbeat(other, &tokens(&others), LEASE).await.unwrap(), []);
}

pub(crate) async fn heartbeats_leave_the_job_alone(f: Fixture) {
    let id = f.insert_some(1).await[0];
    let worker = WorkerId::new();
    let claims = f.store.claim(worker, 1, LEASE, DEADLINE).await.unwrap();
    let before = f.find(id).await;
    // Ten leases long, it stays with its worker.
    for _ in 0..20 {
        f.clock.advance(LEASE / 2);
        assert_eq!(f.store.heartbeat(worker, &tokens(&claims), LEASE).await.unwrap().len(), 1);
        assert_eq!(f.store.sweep(&retry_policy()).await.unwrap().requeued, 0);
    }
    assert_eq!(f.find(id).await, before);
    assert_eq!(f.store.list_events(id).await.unwrap().len(), 2);
}

pub(crate) async fn a_late_heartbeat_saves_an_unswept_lease(f: Fixture) {
    f.insert_some(1).await;
    let worker = WorkerId::new();
    let claims = f.store.claim(worker, 1, LEASE, DEADLINE).await.unwrap();
    f.clock.advance(2 * LEASE);
    assert_eq!(
        f.store.heartbeat(worker, &tokens(&claims), LEASE).await.unwrap(),
        [claims[0].token()]
    );
    assert_eq!(f.store.sweep(&retry_policy()).await.unwrap().requeued, 0);
}

pub(crate) async fn a_claim_whose_answer_was_lost_is_not_renewed_by_its_worker(f: Fixture) {
    f.insert_some(2).await;
    let worker = WorkerId::new();
    let lost = f.store.claim(worker, 1, LEASE, DEADLINE).await.unwrap();
    let claims = f.store.claim(worker, 1, LEASE, DEADLINE).await.unwrap();
    f.clock.advance(LEASE);
    let held = tokens(&claims);
    assert_eq!(f.store.heartbeat(worker, &held, LEASE).await.unwrap(), held);
    assert_eq!(f.store.sweep(&retry_policy()).await.unwrap().requeued, 1);
    assert_eq!(f.find(lost[0].job().id).await.state, JobState::Queued);
}

pub(crate) async fn the_depth_counts_waiting_and_running(f: Fixture) {
    assert_eq!(f.store.queue_depth().await.unwrap(), QueueDepth::default());
    f.insert_some(4).await;
    f.insert(new_awaiting_job()).await;
    let mut claims = f.claim(2).await;
    f.settle(claims.remove(0), success()).await;
    let depth = f.store.queue_depth().await.unwrap();
    assert_eq!(depth, QueueDepth { queued: 2, processing: 1 });
}

pub(crate) async fn the_hint_tells_of_ready_jobs(f: Fixture) {
    let mut hint = f.store.ready_hint();
    if f.is_postgres() {
        // The first sign says that other processes are listened to from now on.
        tokio::time::timeout(Duration::from_secs(60), hint.changed()).await.unwrap().unwrap();
    }
    let mut hinted = || std::mem::replace(&mut hint, f.store.ready_hint()).has_changed().unwrap();
    f.insert(new_awaiting_job()).await;
    assert!(!hinted(), "nothing became ready");
    f.insert_some(3).await;
    assert!(hinted(), "insert");
    let mut claims = f.claim(3).await;
    assert!(!hinted(), "claim");
    f.settle(claims.remove(0), Settlement::retry(Duration::ZERO)).await;
    assert!(hinted(), "retry");
    f.settle(claims.remove(0), Settlement::released()).await;
    assert!(hinted(), "release");
    f.store.sweep(&retry_policy()).await.unwrap();
    assert!(!hinted(), "empty sweep");
    f.lose_leases().await;
    assert!(hinted(), "sweep");
}
