//! Whose deliveries are attempted when, and what many processes do to one another.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use docket_contract::UserId;
use docket_contract::webhook::Endpoint;
use docket_store::{
    AccountLimits, AttemptEnd, Clock, DeliveryClaim, DeliveryLimits, DeliverySettled,
    EndpointChange, Store, Tolerance, Verdict,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::fixture::{Fixture, user};
use crate::webhooks::{LEASE, TOLERANCE, limits, new_endpoint, other, retry};

impl Fixture {
    /// Endpoints of an account, each with deliveries that are due.
    async fn endpoints_with(&self, owner: &UserId, endpoints: usize, each: usize) -> Vec<Endpoint> {
        self.store.ensure_account(owner, AccountLimits::default()).await.unwrap();
        let mut made = Vec::new();
        for _ in 0..endpoints {
            let endpoint = new_endpoint(owner.clone(), &[]);
            let endpoint = self.store.insert_endpoint(endpoint, 99).await.unwrap().unwrap();
            for _ in 0..each {
                self.store.insert_test(owner, endpoint.id).await.unwrap().unwrap();
            }
            made.push(endpoint);
        }
        made
    }
}

fn per_endpoint(claims: &[DeliveryClaim]) -> BTreeMap<Uuid, usize> {
    let mut counts = BTreeMap::new();
    for claim in claims {
        *counts.entry(claim.delivery().endpoint_id).or_default() += 1;
    }
    counts
}

pub(crate) async fn an_account_has_so_many_attempts_at_most(f: Fixture) {
    let endpoints = f.endpoints_with(&user(), 5, 9).await;
    let limits = DeliveryLimits { per_account_max: 7, ..limits(100, 4) };
    let first = f.store.claim_deliveries(limits).await.unwrap();
    assert_eq!(first.len(), 7);
    let counts = per_endpoint(&first);
    assert!(endpoints.iter().all(|endpoint| (1..=2).contains(&counts[&endpoint.id])), "in turn");
    assert!(f.store.claim_deliveries(limits).await.unwrap().is_empty());
    for claim in first.into_iter().take(3) {
        f.end(claim, Verdict::Delivered).await;
    }
    assert_eq!(f.store.claim_deliveries(limits).await.unwrap().len(), 3);
    f.clock.advance(LEASE);
    assert_eq!(f.store.claim_deliveries(limits).await.unwrap().len(), 7, "lost ones do not count");
}

pub(crate) async fn accounts_take_turns_however_many_endpoints_they_have(f: Fixture) {
    f.endpoints_with(&user(), 20, 9).await;
    let quiet = f.endpoints_with(&other(), 1, 9).await.remove(0);
    let of_quiet = |claims: &[DeliveryClaim]| per_endpoint(claims).get(&quiet.id).copied();
    let first = f.store.claim_deliveries(limits(8, 99)).await.unwrap();
    assert_eq!((first.len(), of_quiet(&first)), (8, Some(4)), "half for each");
    for claim in first {
        if claim.delivery().endpoint_id == quiet.id {
            f.end(claim, Verdict::Delivered).await;
        }
    }
    // What is under way counts: four attempts of the one, none of the other.
    let second = f.store.claim_deliveries(limits(4, 99)).await.unwrap();
    assert_eq!((second.len(), of_quiet(&second)), (4, Some(4)));
}

pub(crate) async fn an_endpoint_that_fails_rests(f: Fixture) {
    let endpoint = f.endpoints_with(&user(), 1, 40).await.remove(0);
    let second = Duration::from_secs(1);
    let tolerance = Tolerance { pause: second, pause_max: 4 * second, ..TOLERANCE };
    let never = Verdict::Retry { delay: 1000 * LEASE, error: "no".to_owned() };
    let claim = async || f.store.claim_deliveries(limits(9, 9)).await.unwrap();
    let mut claims = claim().await;
    assert_eq!(claims.len(), 9);
    f.end_with(claims.remove(0), never.clone(), tolerance).await;
    f.clock.advance(LEASE);
    for rest in [0, 1, 2, 4, 4, 4] {
        let waits = second * rest;
        if rest > 0 {
            assert!(claim().await.is_empty(), "it rests for {waits:?}");
            f.clock.advance(waits - Duration::from_millis(1));
            assert!(claim().await.is_empty(), "it rests for {waits:?}");
            f.clock.advance(Duration::from_millis(1));
        }
        let mut one = claim().await;
        assert_eq!(one.len(), 1, "one at a time");
        f.end_with(one.remove(0), never.clone(), tolerance).await;
    }
    f.clock.advance(4 * second);
    f.end_with(claim().await.remove(0), Verdict::Delivered, tolerance).await;
    assert_eq!(claim().await.len(), 9, "at once, and all that may be");
    assert_eq!(f.endpoint_now(&endpoint).await.failing_since, None);
}

pub(crate) async fn another_url_is_another_endpoint(f: Fixture) {
    let endpoint = f.endpoints_with(&user(), 1, 9).await.remove(0);
    let claims = f.store.claim_deliveries(limits(1, 9)).await.unwrap();
    for claim in claims {
        f.end(claim, retry()).await;
    }
    let note = EndpointChange { description: Some("new".to_owned()), ..EndpointChange::default() };
    let same = f.store.change_endpoint(&user(), endpoint.id, note).await.unwrap().unwrap();
    assert_eq!((same.failures_in_a_row, same.failing_since), (1, Some(f.now())));
    let url = Some("https://example.org/moved".to_owned());
    let moved = EndpointChange { url, ..EndpointChange::default() };
    let moved = f.store.change_endpoint(&user(), endpoint.id, moved).await.unwrap().unwrap();
    assert_eq!((moved.failures_in_a_row, moved.failing_since), (0, None));
    assert_eq!(f.store.claim_deliveries(limits(9, 9)).await.unwrap().len(), 8);
}

pub(crate) async fn the_claim_says_when_it_was_made(f: Fixture) {
    f.endpoints_with(&user(), 1, 1).await;
    f.clock.advance(LEASE);
    let claims = f.store.claim_deliveries(limits(9, 9)).await.unwrap();
    assert_eq!(claims[0].claimed_at(), f.now());
}

pub(crate) async fn ended_jobs_and_owners_wishes_hurry_deliveries(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    let mut hint = f.store.deliveries_hint();
    let mut hurried = async |what: &str| {
        let changed = tokio::time::timeout(Duration::from_secs(10), hint.changed()).await;
        changed.unwrap_or_else(|_| panic!("{what} hurries nothing")).unwrap();
    };
    f.succeed_one().await;
    hurried("a success").await;
    let id = f.insert_some(1).await[0];
    f.store.cancel_job(&user(), id).await.unwrap();
    hurried("a cancelled job").await;
    let test = f.store.insert_test(&user(), endpoint.id).await.unwrap().unwrap();
    hurried("a test").await;
    for claim in f.claim_deliveries().await {
        f.end(claim, Verdict::Delivered).await;
    }
    f.store.replay_delivery(endpoint.id, test.id).await.unwrap().unwrap();
    hurried("a replay").await;
    f.switch(&endpoint, false).await;
    f.switch(&endpoint, true).await;
    hurried("an endpoint that is enabled").await;
}

/// The end that goes first is under way while the other two come, so these are written together.
pub(crate) async fn a_lost_claim_that_ends_beside_its_successor_is_lost(f: Fixture) {
    let endpoint = f.endpoints_with(&user(), 1, 1).await.remove(0);
    let lost = f.store.claim_deliveries(limits(1, 9)).await.unwrap().remove(0);
    f.clock.advance(LEASE);
    let again = f.store.claim_deliveries(limits(1, 9)).await.unwrap().remove(0);
    let id = again.delivery().id;
    f.store.insert_test(&user(), endpoint.id).await.unwrap().unwrap();
    let other = f.store.claim_deliveries(limits(9, 9)).await.unwrap().remove(0);
    let (first, late, successor) = tokio::join!(
        f.store.settle_delivery(other, ended(false)),
        f.store.settle_delivery(lost, ended(true)),
        f.store.settle_delivery(again, ended(false)),
    );
    let settled = DeliverySettled::Settled { disabled: false };
    assert_eq!((first.unwrap(), successor.unwrap()), (settled, settled));
    assert_eq!(late.unwrap(), DeliverySettled::ClaimLost);
    let (delivery, attempts) = f.store.find_delivery(endpoint.id, id).await.unwrap().unwrap();
    assert_eq!((delivery.last_error, attempts[0].duration_ms), (None, None));
    assert_eq!(attempts[1].duration_ms, Some(12));
}

/// Attempts that end at the same time, one of them lost, and one of another endpoint that fails.
pub(crate) async fn many_ends_are_written_at_once(f: Fixture) {
    let endpoints = f.endpoints_with(&user(), 2, 30).await;
    let lost = f.store.claim_deliveries(limits(1, 9)).await.unwrap().remove(0);
    f.clock.advance(LEASE);
    let claims = f.store.claim_deliveries(limits(99, 30)).await.unwrap();
    assert_eq!(claims.len(), 60);
    let again = lost.delivery().id;
    let mut tasks = JoinSet::new();
    for claim in claims.into_iter().chain([lost]) {
        let store = f.store.clone();
        let fails = claim.delivery().endpoint_id == endpoints[1].id;
        tasks.spawn(async move {
            let first = claim.delivery().attempts == 1;
            let settled = store.settle_delivery(claim, ended(fails)).await.unwrap();
            (first, settled)
        });
    }
    let mut told = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        told.push(ended.unwrap());
    }
    let settled = DeliverySettled::Settled { disabled: false };
    assert_eq!(told.iter().filter(|(_, how)| *how == settled).count(), 60);
    assert_eq!(told.iter().filter(|(_, how)| *how == DeliverySettled::ClaimLost).count(), 1);
    let failures = async |endpoint| f.endpoint_now(endpoint).await.failures_in_a_row;
    assert_eq!((failures(&endpoints[0]).await, failures(&endpoints[1]).await), (0, 30));
    let found = f.store.find_delivery(endpoints[0].id, again).await.unwrap();
    let (delivery, attempts) = match found {
        Some(found) => found,
        None => f.store.find_delivery(endpoints[1].id, again).await.unwrap().unwrap(),
    };
    assert_eq!((delivery.attempts, attempts[0].duration_ms), (2, None));
    assert_eq!(attempts[1].duration_ms, Some(12));
}

fn ended(fails: bool) -> AttemptEnd {
    AttemptEnd {
        duration: Duration::from_millis(12),
        status_code: Some(if fails { 500 } else { 200 }),
        verdict: if fails { retry() } else { Verdict::Delivered },
        tolerance: TOLERANCE,
    }
}

/// Statements on endpoints and deliveries from many connections at once: none is chosen as the
/// victim of a deadlock, and the bounds hold over all processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_deliver_do_not_deadlock() {
    const PROCESSES: usize = 6;
    const ROUNDS: usize = 60;
    let f = Fixture::postgres().await;
    let endpoints = f.endpoints_with(&user(), 3, 0).await;
    let mut tasks = JoinSet::new();
    for process in 0..PROCESSES {
        let store = f.reopen(Clock::database(), false).await.unwrap();
        let endpoints: Vec<Uuid> = endpoints.iter().map(|endpoint| endpoint.id).collect();
        tasks.spawn(deliver(store, process, ROUNDS, endpoints));
    }
    let mut beside = f.connect().await;
    let events = "insert into docket.webhook_events
            (user_id, job_id, job_type, job_state, job_created_at, at)
        select 'owner', gen_random_uuid(), 'parsing', 'succeeded', now(), now()
        from generate_series(1, 4)";
    let mut most = 0;
    while !tasks.is_empty() {
        sqlx::raw_sql(events).execute(&mut beside).await.unwrap();
        most = most.max(
            f.number(
                "select coalesce(max(count), 0) from (
            select count(*) from docket.webhook_deliveries
            where claim_token is not null group by endpoint_id) x",
            )
            .await,
        );
        while let Some(ended) = tasks.try_join_next() {
            ended.unwrap();
        }
    }
    assert!((1..=4).contains(&most), "{most} attempts at one endpoint");
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(f.number(deadlocks).await, 0);
    let failed = f.number("select count(*) from docket.webhook_deliveries where status = 'failed'");
    assert_eq!(failed.await, 0);
}

async fn deliver(store: Arc<dyn Store>, process: usize, rounds: usize, endpoints: Vec<Uuid>) {
    for round in 0..rounds {
        let claims = store.claim_deliveries(limits(20, 4)).await.unwrap();
        // Of each claim some end alone and some together; sometimes one fails.
        let mut ends = JoinSet::new();
        for (n, claim) in claims.into_iter().enumerate() {
            let store = Arc::clone(&store);
            let lasts = endpoints.contains(&claim.delivery().endpoint_id);
            let mut end = ended((n + round) % 5 == 0);
            if let Verdict::Retry { delay, .. } = &mut end.verdict {
                *delay = Duration::from_millis(5);
            }
            ends.spawn(async move {
                let settled = store.settle_delivery(claim, end).await.unwrap();
                // Others are deleted meanwhile.
                assert!(!lasts || settled != DeliverySettled::ClaimLost);
            });
        }
        while let Some(ended) = ends.join_next().await {
            ended.unwrap();
        }
        let endpoint = endpoints[round % endpoints.len()];
        let owners_wish = EndpointChange { enabled: Some(true), ..EndpointChange::default() };
        match (process + round) % 4 {
            0 => drop(store.change_endpoint(&user(), endpoint, owners_wish).await.unwrap()),
            1 => drop(store.insert_test(&user(), endpoint).await.unwrap()),
            2 => {
                store.replay_failed(endpoint, chrono::DateTime::UNIX_EPOCH).await.unwrap();
                store.delete_old_deliveries(Duration::from_secs(3600), 10).await.unwrap();
            }
            _ => {
                let endpoint = new_endpoint(user(), &[]);
                let made = store.insert_endpoint(endpoint, 99).await.unwrap().unwrap();
                store.insert_test(&user(), made.id).await.unwrap();
                store.claim_deliveries(limits(0, 4)).await.unwrap();
                assert!(store.delete_endpoint(&user(), made.id).await.unwrap());
            }
        }
    }
    store.close().await;
}
