//! How accounts share the claims: by weight, in turn, within their limits, each in its own order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use docket_contract::{JobId, UserId, WorkerId};
use docket_store::{
    AccountLimits, AccountShare, Claim, Clock, Inserted, NewBatch, NewJob, Settlement, Store,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::fixture::{DEADLINE, Fixture, LEASE, MILLISECOND, new_job, success};

fn named(name: &str) -> UserId {
    UserId(name.to_owned())
}

async fn make_account(f: &Fixture, name: &str, share: AccountShare) {
    f.store.ensure_account(&named(name), AccountLimits::default()).await.unwrap();
    f.store.set_share(&named(name), share).await.unwrap();
}

async fn submit(f: &Fixture, name: &str, count: usize) {
    for some in (0..count).collect::<Vec<_>>().chunks(1000) {
        let jobs = some.iter().map(|_| NewJob { credits: 0, ..new_job() }).collect();
        let (id, user_id) = (Uuid::now_v7(), named(name));
        let batch = NewBatch { id, user_id, jobs, idempotency: None };
        f.store.insert_batch(batch).await.unwrap();
    }
}

fn owner(claim: &Claim) -> String {
    claim.job().user_id.0.clone()
}

/// Claims so many jobs, one at a time, and ends each at once; the owners in the order of the claims.
async fn serve(f: &Fixture, claims: usize) -> Vec<String> {
    let mut owners = Vec::with_capacity(claims);
    for _ in 0..claims {
        let claim = f.claim_one().await;
        owners.push(owner(&claim));
        f.settle(claim, success()).await;
    }
    owners
}

fn count(owners: &[String]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for name in owners {
        *counts.entry(name.as_str()).or_default() += 1;
    }
    counts
}

pub(crate) async fn one_job_does_not_wait_for_thousands(f: Fixture) {
    for name in ["many", "one"] {
        make_account(&f, name, AccountShare::default()).await;
    }
    submit(&f, "many", 3000).await;
    let mut slots = f.claim(4).await;
    assert!(slots.iter().all(|claim| owner(claim) == "many"));
    // Every slot is held when the other account submits: it gets the first that comes free.
    submit(&f, "one", 1).await;
    f.settle(slots.remove(0), success()).await;
    assert_eq!(owner(&f.claim_one().await), "one");
    assert_eq!(serve(&f, 3).await, ["many"; 3]);
}

pub(crate) async fn shares_follow_the_weights(f: Fixture) {
    for (name, weight) in [("a", 1), ("b", 1), ("c", 2)] {
        let share = AccountShare { weight: Some(weight), ..AccountShare::default() };
        make_account(&f, name, share).await;
        submit(&f, name, 400).await;
    }
    let one_by_one = serve(&f, 200).await;
    let mut by_batches = Vec::new();
    for _ in 0..20 {
        let claims = f.claim(10).await;
        by_batches.extend(claims.iter().map(owner));
        for claim in claims {
            f.settle(claim, success()).await;
        }
    }
    for owners in [one_by_one, by_batches] {
        let counts = count(&owners);
        for (name, wanted) in [("a", 50), ("b", 50), ("c", 100)] {
            assert!(counts[name].abs_diff(wanted) * 10 <= wanted, "{counts:?}");
        }
    }
}

pub(crate) async fn fifty_accounts_wait_one_round(f: Fixture) {
    let names: Vec<String> = (0..50).map(|n| format!("user-{n}")).collect();
    for name in &names {
        make_account(&f, name, AccountShare::default()).await;
        submit(&f, name, 3).await;
    }
    for _ in 0..2 {
        let round = serve(&f, 50).await;
        assert_eq!(count(&round).len(), 50, "each is served once: {round:?}");
    }
    let batch = f.claim(50).await;
    let owners: HashSet<String> = batch.iter().map(owner).collect();
    assert_eq!(owners.len(), 50, "in one claim too");
}

pub(crate) async fn idling_earns_no_burst(f: Fixture) {
    for name in ["busy", "idle"] {
        make_account(&f, name, AccountShare::default()).await;
        submit(&f, name, 5).await;
    }
    submit(&f, "busy", 100).await;
    assert_eq!(count(&serve(&f, 10).await)["idle"], 5);
    serve(&f, 60).await;
    submit(&f, "idle", 30).await;
    let after = serve(&f, 20).await;
    assert!(after[..2].contains(&"idle".to_owned()), "it is not starved: {after:?}");
    assert!(count(&after)["busy"] >= 9, "it does not catch up: {after:?}");
}

pub(crate) async fn each_account_is_served_in_its_order(f: Fixture) {
    let mut wanted: HashMap<String, Vec<(i32, i64)>> = HashMap::new();
    for name in ["a", "b", "c"] {
        make_account(&f, name, AccountShare::default()).await;
    }
    for number in 0..90 {
        let name = ["a", "b", "c"][number % 3];
        let priority = i32::try_from(number % 4).unwrap() - 1;
        let job =
            f.insert(NewJob { user_id: named(name), priority, credits: 0, ..new_job() }).await;
        wanted.entry(name.to_owned()).or_default().push((-priority, job.seq));
    }
    wanted.values_mut().for_each(|jobs| jobs.sort_unstable());
    let mut tasks = JoinSet::new();
    for limit in [1, 2, 3, 5, 1, 2, 3, 5] {
        let store = Arc::clone(&f.store);
        tasks.spawn(async move {
            let mut claimed = Vec::new();
            loop {
                let claims = store.claim(WorkerId::new(), limit, LEASE, DEADLINE).await.unwrap();
                if claims.is_empty() {
                    return claimed;
                }
                claimed.extend(claims);
            }
        });
    }
    let mut all: HashMap<String, Vec<(i32, i64)>> = HashMap::new();
    for claimed in tasks.join_all().await {
        let mut own: HashMap<String, Vec<(i32, i64)>> = HashMap::new();
        for claim in &claimed {
            own.entry(owner(claim)).or_default().push((-claim.job().priority, claim.job().seq));
        }
        for (name, jobs) in own {
            assert!(jobs.is_sorted(), "{name}: {jobs:?}");
            all.entry(name).or_default().extend(jobs);
        }
    }
    all.values_mut().for_each(|jobs| jobs.sort_unstable());
    assert_eq!(all, wanted, "every job once");
}

async fn claim_at_once(stores: &[&Arc<dyn Store>], claims: usize, limit: usize) -> Vec<Claim> {
    let mut tasks = JoinSet::new();
    for number in 0..claims {
        let store = Arc::clone(stores[number % stores.len()]);
        tasks.spawn(
            async move { store.claim(WorkerId::new(), limit, LEASE, DEADLINE).await.unwrap() },
        );
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

pub(crate) async fn running_jobs_are_limited_by_account(f: Fixture) {
    let three = AccountShare { running_max: Some(Some(3)), ..AccountShare::default() };
    make_account(&f, "limited", three).await;
    make_account(&f, "default", AccountShare::default()).await;
    submit(&f, "limited", 40).await;
    submit(&f, "default", 40).await;
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    for store in [&f.store, &other] {
        store.limit_running(Some(5));
    }
    let stores = [&f.store, &other];
    let mut claims = claim_at_once(&stores, 12, 2).await;
    let running = |claims: &[Claim]| {
        let owners: Vec<String> = claims.iter().map(owner).collect();
        let of = |name| owners.iter().filter(|owner| *owner == name).count();
        (of("limited"), of("default"))
    };
    assert_eq!(running(&claims), (3, 5));
    assert!(claim_at_once(&stores, 2, 5).await.is_empty());
    // What ends makes room, however it ends.
    let ended = claims.iter().position(|claim| owner(claim) == "limited").unwrap();
    f.settle(claims.swap_remove(ended), success()).await;
    let ended = claims.iter().position(|claim| owner(claim) == "limited").unwrap();
    f.settle(claims.swap_remove(ended), Settlement::retry(LEASE)).await;
    let ended = claims.iter().position(|claim| owner(claim) == "default").unwrap();
    let cancelled = claims.swap_remove(ended);
    f.store.cancel_job(&cancelled.job().user_id, cancelled.job().id).await.unwrap();
    assert_eq!(running(&claim_at_once(&stores, 6, 5).await), (2, 1));
    // A raised limit holds at once, a removed one gives way to the default.
    let none = AccountShare { running_max: Some(None), ..AccountShare::default() };
    f.store.set_share(&named("limited"), none).await.unwrap();
    assert_eq!(running(&claim_at_once(&stores, 6, 5).await), (2, 0));
    other.close().await;
}

pub(crate) async fn claims_of_another_process_count(f: Fixture) {
    for name in ["a", "b"] {
        make_account(&f, name, AccountShare::default()).await;
        submit(&f, name, 20).await;
    }
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let mut owners = Vec::new();
    for _ in 0..4 {
        for store in [&f.store, &other] {
            f.clock.advance(MILLISECOND);
            let claims = store.claim(WorkerId::new(), 1, LEASE, DEADLINE).await.unwrap();
            owners.push(owner(&claims[0]));
            // What runs elsewhere is seen by the next look.
            f.store.limit_running(None);
            other.limit_running(None);
        }
    }
    assert_eq!(count(&owners), HashMap::from([("a", 4), ("b", 4)]), "{owners:?}");
    other.close().await;
}

pub(crate) async fn jobs_in_backoff_leave_the_ready_ones(f: Fixture) {
    let delayed = "select count(*) from {jobs} where status = 'queued' and run_at > updated_at
        and delayed";
    let delayed = if f.is_postgres() {
        delayed.to_owned()
    } else {
        delayed.replace("and delayed", "and delayed = 1")
    };
    let ids = f.insert_some(3).await;
    for claim in f.claim(2).await {
        f.settle(claim, Settlement::retry(10 * MILLISECOND)).await;
    }
    assert_eq!(f.number(&delayed).await, 2);
    f.lose_leases().await;
    assert_eq!(f.claim(5).await.iter().map(|c| c.job().id).collect::<Vec<JobId>>(), ids);
    assert_eq!(f.number(&delayed).await, 0);
    // A lost worker's jobs wait as well, and come back in their order.
    f.lose_leases().await;
    assert_eq!(f.number(&delayed).await, 3);
    assert!(f.claim(5).await.is_empty());
    f.clock.advance(Duration::from_secs(4));
    assert_eq!(f.claim(5).await.iter().map(|c| c.job().id).collect::<Vec<JobId>>(), ids);
}

pub(crate) async fn a_release_is_ready_at_once(f: Fixture) {
    let ids = f.insert_some(2).await;
    f.settle(f.claim_one().await, Settlement::released()).await;
    assert_eq!(f.claim(5).await.iter().map(|c| c.job().id).collect::<Vec<JobId>>(), ids);
}

pub(crate) async fn a_clock_set_back_holds_no_job_up(f: Fixture) {
    let mut ids = f.insert_some(2).await;
    f.settle(f.claim_one().await, Settlement::released()).await;
    f.clock.set_back(Duration::from_secs(5));
    ids.extend(f.insert_some(2).await);
    assert_eq!(f.claim(5).await.iter().map(|c| c.job().id).collect::<Vec<JobId>>(), ids);
}

pub(crate) async fn positions_follow_the_shares(f: Fixture) {
    for name in ["many", "one"] {
        make_account(&f, name, AccountShare::default()).await;
    }
    submit(&f, "many", 300).await;
    f.clock.advance(MILLISECOND);
    let wish = NewJob { user_id: named("one"), credits: 0, ..new_job() };
    let Inserted::Job { job, .. } = f.store.insert_job(wish).await.unwrap() else { panic!() };
    let before = f.store.queue_order(10_000).await.unwrap();
    let position = before.position(&job.user_id, job.priority, job.seq);
    assert_eq!(position, Some(2));
    // Others' full queues do not push it back.
    submit(&f, "many", 300).await;
    let after = f.store.queue_order(10_000).await.unwrap();
    assert_eq!(after.position(&job.user_id, job.priority, job.seq), position);
    assert_eq!(after.position(&named("many"), 0, 1), Some(1));
    assert_eq!(after.position(&named("many"), 0, 300), Some(301));
    assert_eq!(after.position(&named("unknown"), 0, 9999), Some(3));
    let claimed = serve(&f, 2).await;
    assert!(claimed.contains(&"one".to_owned()));
}

pub(crate) async fn shares_are_kept_and_listed(f: Fixture) {
    let share = AccountShare { weight: Some(3), running_max: Some(Some(4)) };
    make_account(&f, "heavy", share).await;
    let untouched = f.store.set_share(&named("heavy"), AccountShare::default()).await.unwrap();
    let account = untouched.unwrap();
    assert_eq!((account.weight, account.running_max), (3, Some(4)));
    assert_eq!(f.store.set_share(&named("nobody"), share).await.unwrap(), None);
    let listed = f.store.list_accounts().await.unwrap();
    let shares: Vec<_> =
        listed.iter().map(|one| (one.user_id.0.as_str(), one.weight, one.running_max)).collect();
    assert_eq!(shares, [("heavy", 3, Some(4)), ("owner", 1, None)]);
}
