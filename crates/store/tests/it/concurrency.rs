//! Many callers at once: nothing is handed out, charged or ended twice.

use std::collections::HashSet;
use std::sync::Arc;

use docket_contract::job::PageCounts;
use docket_contract::state::JobState;
use docket_contract::{BlobKey, JobId, UserId, WorkerId};
use docket_store::{
    AccountLimits, CancelOutcome, Clock, Error, Inserted, NewJob, SettleOutcome, Settlement, Store,
    Swept,
};
use tokio::task::JoinSet;

use crate::fixture::{
    DEADLINE, Fixture, LEASE, MILLISECOND, new_job, pages, retry_policy, success, tokens, user,
};

/// Claims until the queue is empty; the jobs in the order in which this worker got them.
async fn drain(store: Arc<dyn Store>, limit: usize) -> Vec<(i64, JobId)> {
    let worker = WorkerId::new();
    let mut claimed = Vec::new();
    loop {
        let claims = store.claim(worker, limit, LEASE, DEADLINE).await.unwrap();
        if claims.is_empty() {
            return claimed;
        }
        claimed.extend(claims.iter().map(|claim| (claim.job().seq, claim.job().id)));
    }
}

fn assert_each_once(drained: &[Vec<(i64, JobId)>], wanted: Vec<JobId>) {
    for claimed in drained {
        assert!(claimed.is_sorted(), "each worker gets older jobs first");
    }
    let all: Vec<JobId> = drained.iter().flatten().map(|(_, id)| *id).collect();
    let distinct: HashSet<JobId> = all.iter().copied().collect();
    assert_eq!(all.len(), distinct.len(), "a job was handed out twice");
    assert_eq!(distinct, wanted.into_iter().collect());
}

pub(crate) async fn no_job_is_handed_out_twice(f: Fixture) {
    let ids = f.insert_some(120).await;
    let mut tasks = JoinSet::new();
    for limit in [1, 2, 3, 5, 1, 2, 3, 5] {
        tasks.spawn(drain(Arc::clone(&f.store), limit));
    }
    assert_each_once(&tasks.join_all().await, ids);
}

pub(crate) async fn two_stores_share_one_queue(f: Fixture) {
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let mut tasks = JoinSet::new();
    for store in [&f.store, &other] {
        for _ in 0..30 {
            let store = Arc::clone(store);
            tasks.spawn(async move { store.insert_job(new_job()).await.unwrap() });
        }
    }
    let inserted = tasks.join_all().await;
    let ids = inserted.into_iter().map(|inserted| match inserted {
        Inserted::Job { job, .. } => job.id,
        refused => panic!("{refused:?}"),
    });
    let ids: Vec<JobId> = ids.collect();
    for id in &ids {
        assert!(other.find_job(*id).await.unwrap().is_some());
    }
    let mut tasks = JoinSet::new();
    for store in [&f.store, &other, &f.store, &other] {
        tasks.spawn(drain(Arc::clone(store), 2));
    }
    assert_each_once(&tasks.join_all().await, ids);
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 120);
    other.close().await;
}

async fn submit_at_once(f: &Fixture, count: usize) -> Vec<Inserted> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let store = Arc::clone(&f.store);
        tasks.spawn(async move { store.insert_job(new_job()).await.unwrap() });
    }
    tasks.join_all().await
}

pub(crate) async fn concurrent_submits_never_overdraw(f: Fixture) {
    f.limit(Some(21), None).await;
    let outcomes = submit_at_once(&f, 30).await;
    let accepted = outcomes.iter().filter(|one| matches!(one, Inserted::Job { .. })).count();
    assert_eq!(accepted, 10);
    let balance = f.store.balance(&user()).await.unwrap();
    assert_eq!((balance.used, f.ledger_sum(&user()).await), (20, 20));
}

pub(crate) async fn submits_of_several_accounts_stand_alone(f: Fixture) {
    let limits = |credits| AccountLimits { credits: Some(credits), submits_per_minute: None };
    let accounts: [(&str, i64); 3] = [("rich", 1_000), ("poor", 9), ("broke", 1)];
    for (name, credits) in accounts {
        f.store.ensure_account(&UserId(name.to_owned()), limits(credits)).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for number in 0..60 {
        let (store, name) =
            (Arc::clone(&f.store), ["rich", "poor", "broke", "unknown"][number % 4]);
        let job = NewJob { user_id: UserId(name.to_owned()), ..new_job() };
        tasks.spawn(async move { (name, store.insert_job(job).await) });
    }
    let outcomes = tasks.join_all().await;
    let told = |wanted: &str| {
        let of = outcomes.iter().filter(|(name, _)| *name == wanted);
        let mut made: Vec<(i64, i64)> = of
            .filter_map(|(_, outcome)| match outcome {
                Ok(Inserted::Job { job, balance }) => Some((job.seq, balance.used)),
                _ => None,
            })
            .collect();
        made.sort_unstable();
        made.into_iter().map(|(_, used)| used).collect::<Vec<_>>()
    };
    // Each job is told the balance after it, in the order of the queue.
    assert_eq!(told("rich"), (1..=15).map(|nth| nth * 2).collect::<Vec<_>>());
    assert_eq!(told("poor"), [2, 4, 6, 8]);
    assert!(told("broke").is_empty());
    let unknown = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Err(Error::NotFound(_))));
    assert_eq!(unknown.count(), 15);
    for (name, _) in accounts {
        let owner = UserId(name.to_owned());
        let used = f.store.balance(&owner).await.unwrap().used;
        assert_eq!(used, f.ledger_sum(&owner).await, "{name}");
    }
}

pub(crate) async fn concurrent_submits_keep_the_limit(f: Fixture) {
    f.limit(None, Some(7)).await;
    let outcomes = submit_at_once(&f, 30).await;
    let accepted = outcomes.iter().filter(|one| matches!(one, Inserted::Job { .. })).count();
    assert_eq!(accepted, 7);
    assert_eq!(f.number("select count(*) from {jobs}").await, 7);
}

pub(crate) async fn a_settlement_and_a_sweep_race(f: Fixture) {
    for _ in 0..25 {
        let id = f.insert_some(1).await[0];
        let claim = f.claim_one().await;
        f.clock.advance(LEASE);
        let policy = retry_policy();
        let (settled, swept) =
            tokio::join!(f.store.settle(claim, success()), f.store.sweep(&policy));
        let job = f.find(id).await;
        match settled.unwrap() {
            SettleOutcome::Settled(_) => {
                assert_eq!((job.state, swept.unwrap()), (JobState::Succeeded, Swept::default()));
            }
            SettleOutcome::ClaimLost => {
                assert_eq!((job.state, swept.unwrap().requeued), (JobState::Queued, 1));
                f.store.cancel_job(&user(), id).await.unwrap();
            }
        }
        assert_eq!(job.version, 3);
    }
}

pub(crate) async fn a_cancel_and_a_settlement_race(f: Fixture) {
    for _ in 0..25 {
        let id = f.insert_some(1).await[0];
        let claim = f.claim_one().await;
        let (user, failed) = (user(), Settlement::failed(crate::fixture::failure()));
        let (settled, cancelled) =
            tokio::join!(f.store.settle(claim, failed), f.store.cancel_job(&user, id));
        let job = f.find(id).await;
        match (settled.unwrap(), cancelled.unwrap()) {
            (SettleOutcome::Settled(ended), CancelOutcome::AlreadyEnded(seen)) => {
                assert_eq!((ended, seen.state), (job.clone(), JobState::Failed));
            }
            (SettleOutcome::ClaimLost, CancelOutcome::Cancelled(ended)) => assert_eq!(ended, job),
            both => panic!("{both:?}"),
        }
        assert_eq!(f.store.balance(&user).await.unwrap().used, 0);
        f.clock.advance(MILLISECOND);
    }
    assert_eq!(f.ledger_sum(&user()).await, 0);
}

pub(crate) async fn settlements_at_the_same_time_stand_alone(f: Fixture) {
    f.insert_some(40).await;
    let (gone, alive) = (WorkerId::new(), WorkerId::new());
    let lost = f.store.claim(gone, 20, LEASE, DEADLINE).await.unwrap();
    let held = f.store.claim(alive, 20, LEASE, DEADLINE).await.unwrap();
    let lost_ids: HashSet<JobId> = lost.iter().map(|claim| claim.job().id).collect();
    f.clock.advance(LEASE);
    f.store.heartbeat(alive, &tokens(&held), LEASE).await.unwrap();
    assert_eq!(f.store.sweep(&retry_policy()).await.unwrap().requeued, 20);

    let impossible = held[7].job().id;
    let mut tasks = JoinSet::new();
    for claim in lost.into_iter().chain(held) {
        let (store, id) = (Arc::clone(&f.store), claim.job().id);
        let failed = if id == impossible { -1 } else { 0 };
        let pages = PageCounts { failed, ..pages(2, 2) };
        tasks.spawn(async move {
            (id, store.settle(claim, Settlement::succeeded(BlobKey::result(), pages)).await)
        });
    }
    for (id, outcome) in tasks.join_all().await {
        match outcome {
            Ok(SettleOutcome::Settled(job)) => assert_eq!((job.id, f.find(id).await), (id, job)),
            Ok(SettleOutcome::ClaimLost) => assert!(lost_ids.contains(&id)),
            Err(_) => assert_eq!(id, impossible, "a row that cannot be written harms no other"),
        }
    }
    let ended = "select count(*) from {jobs} where status = 'succeeded'";
    assert_eq!(f.number(ended).await, 19);
}

pub(crate) async fn failing_operations_harm_nobody_else(f: Fixture) {
    let taken = f.insert(new_job()).await;
    let mut tasks = JoinSet::new();
    for n in 0..60 {
        let store = Arc::clone(&f.store);
        let wish = match n % 3 {
            0 => new_job(),
            1 => NewJob { id: taken.id, ..new_job() },
            _ => NewJob { user_id: UserId("stranger".to_owned()), ..new_job() },
        };
        tasks.spawn(async move { (n % 3, store.insert_job(wish).await) });
    }
    for (kind, outcome) in tasks.join_all().await {
        match (kind, outcome) {
            (0, Ok(Inserted::Job { job, .. })) => assert_eq!(f.find(job.id).await, job),
            (1, Err(Error::Conflict("job"))) | (2, Err(Error::NotFound("account"))) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(f.number("select count(*) from {jobs}").await, 21);
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 42);
    assert_eq!(f.ledger_sum(&user()).await, 42);
}
