//! Endpoints, and deliveries on their way to them.

use std::collections::BTreeSet;
use std::time::Duration;

use docket_contract::UserId;
use docket_contract::state::JobState;
use docket_contract::webhook::{
    BatchEnd, Delivery, DeliveryStatus, DisabledReason, Endpoint, EventType, SECRET_BYTES,
    SigningSecret, Subject,
};
use docket_store::{
    AccountLimits, AttemptEnd, DeliveryClaim, DeliveryLimits, DeliveryQuery, DeliverySettled,
    EndpointChange, Error, NewBatch, NewEndpoint, NewJob, Settlement, Tolerance, Verdict,
};
use uuid::Uuid;

use crate::fixture::{Fixture, MILLISECOND, failure, new_job, retry_policy, success, user};

pub(crate) const LEASE: Duration = Duration::from_secs(25);
pub(crate) const DELAY: Duration = Duration::from_secs(5);

/// Disables late, and never lets an endpoint rest.
pub(crate) const TOLERANCE: Tolerance = Tolerance {
    failures_max: 3,
    failing_max: Duration::from_secs(24 * 3600),
    pause: Duration::ZERO,
    pause_max: Duration::ZERO,
};

pub(crate) fn other() -> UserId {
    UserId("other".to_owned())
}

pub(crate) fn new_endpoint(owner: UserId, events: &[EventType]) -> NewEndpoint {
    NewEndpoint {
        user_id: owner,
        url: "https://example.org/hook".to_owned(),
        description: "a note".to_owned(),
        events: events.to_vec(),
        secret: SigningSecret([7; SECRET_BYTES]),
    }
}

impl Fixture {
    pub(crate) async fn endpoint(&self, events: &[EventType]) -> Endpoint {
        self.store.insert_endpoint(new_endpoint(user(), events), 99).await.unwrap().unwrap()
    }

    pub(crate) async fn endpoint_now(&self, endpoint: &Endpoint) -> Endpoint {
        self.store.find_endpoint(&endpoint.user_id, endpoint.id).await.unwrap().unwrap()
    }

    pub(crate) async fn claim_deliveries(&self) -> Vec<DeliveryClaim> {
        self.store.claim_deliveries(limits(100, 100)).await.unwrap()
    }

    pub(crate) async fn claim_delivery(&self) -> DeliveryClaim {
        let mut claims = self.claim_deliveries().await;
        assert_eq!(claims.len(), 1);
        claims.remove(0)
    }

    pub(crate) async fn end(&self, claim: DeliveryClaim, verdict: Verdict) -> DeliverySettled {
        self.end_with(claim, verdict, TOLERANCE).await
    }

    pub(crate) async fn end_with(
        &self,
        claim: DeliveryClaim,
        verdict: Verdict,
        tolerance: Tolerance,
    ) -> DeliverySettled {
        let end = AttemptEnd {
            duration: Duration::from_millis(12),
            status_code: Some(200),
            verdict,
            tolerance,
        };
        self.store.settle_delivery(claim, end).await.unwrap()
    }

    pub(crate) async fn succeed_one(&self) {
        self.insert_some(1).await;
        self.settle(self.claim_one().await, success()).await;
    }

    pub(crate) async fn delivery(&self, delivery: &Delivery) -> Delivery {
        let found = self.store.find_delivery(delivery.endpoint_id, delivery.id).await.unwrap();
        found.unwrap().0
    }

    pub(crate) async fn switch(&self, endpoint: &Endpoint, enabled: bool) -> Endpoint {
        let change = EndpointChange { enabled: Some(enabled), ..EndpointChange::default() };
        let changed = self.store.change_endpoint(&user(), endpoint.id, change).await.unwrap();
        changed.unwrap()
    }

    pub(crate) async fn waiting_events(&self) -> i64 {
        self.number("select count(*) from {webhook_events}").await
    }
}

pub(crate) fn retry() -> Verdict {
    Verdict::Retry { delay: DELAY, error: "no".to_owned() }
}

pub(crate) fn give_up() -> Verdict {
    Verdict::GiveUp { error: "no".to_owned() }
}

pub(crate) fn limits(slots: usize, per_endpoint_max: usize) -> DeliveryLimits {
    DeliveryLimits { slots, per_endpoint_max, per_account_max: 1000, lease: LEASE }
}

fn subjects(claims: &[DeliveryClaim]) -> Vec<EventType> {
    claims.iter().map(|claim| claim.delivery().subject.event()).collect()
}

pub(crate) async fn endpoints_are_kept_per_account(f: Fixture) {
    f.store.ensure_account(&other(), AccountLimits::default()).await.unwrap();
    let first = f.endpoint(&[EventType::JobFailed, EventType::BatchCompleted]).await;
    assert_eq!((&first.url[..], &first.description[..]), ("https://example.org/hook", "a note"));
    assert_eq!(first.events, [EventType::JobFailed, EventType::BatchCompleted]);
    assert_eq!((first.secret.0, &first.previous_secret), ([7; SECRET_BYTES], &None));
    assert_eq!((first.failures_in_a_row, first.disabled), (0, None));
    assert_eq!((first.created_at, first.updated_at), (f.now(), f.now()));
    f.clock.advance(MILLISECOND);
    let second = f.endpoint(&[]).await;
    assert_eq!(f.store.list_endpoints(&user()).await.unwrap(), [second.clone(), first.clone()]);
    assert_eq!(f.store.list_endpoints(&other()).await.unwrap(), []);
    assert_eq!(f.store.find_endpoint(&other(), first.id).await.unwrap(), None);

    let change = EndpointChange {
        url: Some("https://example.org/other".to_owned()),
        events: Some(Vec::new()),
        ..EndpointChange::default()
    };
    assert_eq!(f.store.change_endpoint(&other(), first.id, change.clone()).await.unwrap(), None);
    let changed = f.store.change_endpoint(&user(), first.id, change).await.unwrap().unwrap();
    let want = Endpoint {
        url: "https://example.org/other".to_owned(),
        events: Vec::new(),
        updated_at: f.now(),
        ..first.clone()
    };
    assert_eq!(changed, want, "what is not given stays");

    assert_eq!(f.store.insert_test(&other(), first.id).await.unwrap(), None);
    f.store.insert_test(&user(), first.id).await.unwrap().unwrap();
    assert!(!f.store.delete_endpoint(&other(), first.id).await.unwrap());
    assert!(f.store.delete_endpoint(&user(), first.id).await.unwrap());
    assert!(!f.store.delete_endpoint(&user(), first.id).await.unwrap());
    assert_eq!(f.number("select count(*) from {webhook_deliveries}").await, 0, "its log is gone");
    assert_eq!(f.store.list_endpoints(&user()).await.unwrap(), [second]);
}

pub(crate) async fn an_account_has_so_many_endpoints_at_most(f: Fixture) {
    let insert = |max| f.store.insert_endpoint(new_endpoint(user(), &[]), max);
    assert!(insert(2).await.unwrap().is_some());
    assert!(insert(2).await.unwrap().is_some());
    assert!(insert(2).await.unwrap().is_none());
    assert!(insert(3).await.unwrap().is_some());
    let stranger = new_endpoint(UserId("stranger".to_owned()), &[]);
    let refused = f.store.insert_endpoint(stranger, 9).await;
    assert!(matches!(refused, Err(Error::NotFound("account"))), "{refused:?}");
}

pub(crate) async fn an_ended_job_is_told_to_those_who_want_it(f: Fixture) {
    f.store.ensure_account(&other(), AccountLimits::default()).await.unwrap();
    f.store.insert_endpoint(new_endpoint(other(), &[]), 9).await.unwrap();
    let all = f.endpoint(&[]).await;
    f.clock.advance(MILLISECOND);
    let failures = f.endpoint(&[EventType::JobCancelled, EventType::JobFailed]).await;
    f.succeed_one().await;
    let claim = f.claim_delivery().await;
    let delivery = claim.delivery().clone();
    assert_eq!((delivery.endpoint_id, claim.url()), (all.id, "https://example.org/hook"));
    assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Pending, 1));
    let Subject::Job(told) = &delivery.subject else { panic!("{delivery:?}") };
    let job = f.find(told.id).await;
    assert_eq!((told.state, told.job_type), (JobState::Succeeded, job.job_type));
    assert_eq!((told.created_at, Some(delivery.occurred_at)), (job.created_at, job.finished_at));
    assert_eq!((&told.failure, told.batch_id), (&None, None));
    f.end(claim, Verdict::Delivered).await;

    f.insert_some(1).await;
    f.settle(f.claim_one().await, Settlement::failed(failure())).await;
    let claims = f.claim_deliveries().await;
    let told: BTreeSet<Uuid> = claims.iter().map(|claim| claim.delivery().endpoint_id).collect();
    assert_eq!(told, BTreeSet::from([all.id, failures.id]));
    let Subject::Job(told) = &claims[0].delivery().subject else { panic!("{claims:?}") };
    assert_eq!(told.failure, Some(failure()));
    assert_eq!(f.waiting_events().await, 0);
}

pub(crate) async fn every_end_is_told_once(f: Fixture) {
    f.endpoint(&[]).await;
    f.succeed_one().await;
    f.insert_some(1).await;
    f.settle(f.claim_one().await, Settlement::failed(failure())).await;
    let id = f.insert_some(1).await[0];
    f.store.cancel_job(&user(), id).await.unwrap();
    f.store.cancel_job(&user(), id).await.unwrap();
    // One at its last worker loss.
    f.insert_some(1).await;
    for _ in 0..3 {
        assert_eq!(f.claim(1).await.len(), 1);
        f.lose_leases().await;
        f.clock.advance(DELAY);
    }
    // One beyond its deadline.
    f.insert_some(1).await;
    f.claim_one().await;
    f.clock.advance(crate::fixture::DEADLINE);
    f.store.sweep(&retry_policy()).await.unwrap();
    let claims = f.claim_deliveries().await;
    let want = [
        EventType::JobCompleted,
        EventType::JobFailed,
        EventType::JobCancelled,
        EventType::JobFailed,
        EventType::JobFailed,
    ];
    assert_eq!(subjects(&claims), want);
    assert!(f.claim_deliveries().await.is_empty());
}

pub(crate) async fn jobs_of_accounts_without_endpoints_leave_nothing(f: Fixture) {
    f.succeed_one().await;
    assert_eq!(f.waiting_events().await, 0);
    f.endpoint(&[]).await;
    f.insert_some(1).await;
    assert_eq!(f.waiting_events().await, 0, "it has not ended");
    assert!(f.claim_deliveries().await.is_empty(), "what was before the endpoint is not told");
}

pub(crate) async fn what_is_told_outlives_its_job(f: Fixture) {
    f.endpoint(&[]).await;
    f.succeed_one().await;
    let claim = f.claim_delivery().await;
    let Subject::Job(told) = claim.delivery().subject.clone() else { panic!("{claim:?}") };
    f.store.delete_job(&user(), told.id).await.unwrap();
    f.end(claim, retry()).await;
    f.clock.advance(DELAY);
    assert_eq!(f.claim_delivery().await.delivery().subject, Subject::Job(told));
}

async fn batch(f: &Fixture, jobs: usize) -> Uuid {
    let id = Uuid::new_v4();
    let jobs: Vec<NewJob> = (0..jobs).map(|_| new_job()).collect();
    f.store.insert_batch(NewBatch { id, user_id: user(), jobs, idempotency: None }).await.unwrap();
    id
}

pub(crate) async fn a_batch_is_told_when_its_last_job_has_ended(f: Fixture) {
    f.endpoint(&[EventType::BatchCompleted]).await;
    let id = batch(&f, 3).await;
    let mut claims = f.claim(3).await;
    f.settle(claims.remove(0), success()).await;
    f.settle(claims.remove(0), Settlement::failed(failure())).await;
    assert!(f.claim_deliveries().await.is_empty());
    assert_eq!(f.waiting_events().await, 0, "what nobody wants is not kept");
    let last = f.settle(claims.remove(0), success()).await;
    let claim = f.claim_delivery().await;
    let delivery = claim.delivery();
    assert_eq!(delivery.subject, Subject::Batch(BatchEnd { id, succeeded: 2, failed: 1 }));
    assert_eq!(Some(delivery.occurred_at), last.finished_at);
    f.end(claim, Verdict::Delivered).await;
    assert!(f.claim_deliveries().await.is_empty());
}

pub(crate) async fn jobs_of_a_batch_that_end_together_are_told_as_one_batch(f: Fixture) {
    f.endpoint(&[]).await;
    batch(&f, 8).await;
    let claims = f.claim(8).await;
    let mut tasks = tokio::task::JoinSet::new();
    for claim in claims {
        let store = f.store.clone();
        tasks.spawn(async move {
            store.settle(claim, success()).await.unwrap();
            store.claim_deliveries(limits(100, 100)).await.unwrap()
        });
    }
    let mut told = Vec::new();
    while let Some(claims) = tasks.join_next().await {
        told.extend(claims.unwrap());
    }
    told.extend(f.claim_deliveries().await);
    let batches = told.iter().filter(|claim| matches!(claim.delivery().subject, Subject::Batch(_)));
    assert_eq!((told.len(), batches.count()), (9, 1));
}

pub(crate) async fn a_delivery_is_claimed_by_one_worker(f: Fixture) {
    f.endpoint(&[]).await;
    for _ in 0..4 {
        f.succeed_one().await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = f.store.clone();
        tasks.spawn(async move { store.claim_deliveries(limits(100, 3)).await.unwrap() });
    }
    let mut claimed = Vec::new();
    while let Some(claims) = tasks.join_next().await {
        claimed.extend(claims.unwrap().iter().map(|claim| claim.delivery().id));
    }
    // One that lost its choice to another goes without until it asks again.
    claimed.extend(
        f.store.claim_deliveries(limits(100, 3)).await.unwrap().iter().map(|c| c.delivery().id),
    );
    let distinct: BTreeSet<Uuid> = claimed.iter().map(|id| id.0).collect();
    assert_eq!((claimed.len(), distinct.len()), (3, 3), "never more than the endpoint's bound");
}

pub(crate) async fn an_unsettled_delivery_is_due_again(f: Fixture) {
    f.endpoint(&[]).await;
    f.succeed_one().await;
    let lost = f.claim_delivery().await;
    let id = lost.delivery().id;
    f.clock.advance(LEASE - MILLISECOND);
    assert!(f.claim_deliveries().await.is_empty());
    f.clock.advance(MILLISECOND);
    let again = f.claim_delivery().await;
    assert_eq!((again.delivery().id, again.delivery().attempts), (id, 2));
    assert_eq!(f.end(lost, Verdict::Delivered).await, DeliverySettled::ClaimLost);
    assert_eq!(f.delivery(again.delivery()).await.status, DeliveryStatus::Pending);
    let settled = f.end(again, Verdict::Delivered).await;
    assert_eq!(settled, DeliverySettled::Settled { disabled: false });
}

pub(crate) async fn endpoints_take_turns_within_their_bounds(f: Fixture) {
    let busy = f.endpoint(&[EventType::JobCompleted]).await;
    for _ in 0..5 {
        f.succeed_one().await;
    }
    let quiet = f.endpoint(&[EventType::JobFailed]).await;
    f.insert_some(1).await;
    f.settle(f.claim_one().await, Settlement::failed(failure())).await;
    assert!(f.store.claim_deliveries(limits(0, 9)).await.unwrap().is_empty());
    let of = |claims: &[DeliveryClaim], endpoint: &Endpoint| {
        claims.iter().filter(|claim| claim.delivery().endpoint_id == endpoint.id).count()
    };
    let first = f.store.claim_deliveries(limits(2, 9)).await.unwrap();
    assert_eq!((of(&first, &busy), of(&first, &quiet)), (1, 1), "one of each before a second");
    let second = f.store.claim_deliveries(limits(9, 3)).await.unwrap();
    assert_eq!(of(&second, &busy), 2, "three are under way then");
    assert!(f.store.claim_deliveries(limits(9, 3)).await.unwrap().is_empty());
    for claim in second {
        f.end(claim, Verdict::Delivered).await;
    }
    assert_eq!(f.store.claim_deliveries(limits(9, 3)).await.unwrap().len(), 2);
}

pub(crate) async fn a_failing_endpoint_is_tried_one_at_a_time(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    for _ in 0..3 {
        f.succeed_one().await;
    }
    let first = f.store.claim_deliveries(limits(1, 9)).await.unwrap().remove(0);
    f.end(first, retry()).await;
    assert_eq!(f.endpoint_now(&endpoint).await.failures_in_a_row, 1);
    let probe = f.store.claim_deliveries(limits(9, 9)).await.unwrap();
    assert_eq!(probe.len(), 1);
    for claim in probe {
        f.end(claim, Verdict::Delivered).await;
    }
    assert_eq!(f.endpoint_now(&endpoint).await.failures_in_a_row, 0);
    f.clock.advance(DELAY);
    assert_eq!(f.store.claim_deliveries(limits(9, 9)).await.unwrap().len(), 2);
}

pub(crate) async fn attempts_are_written_down(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    let test = f.store.insert_test(&user(), endpoint.id).await.unwrap().unwrap();
    let began = f.now();
    let claim = f.claim_delivery().await;
    let (_, attempts) = f.store.find_delivery(endpoint.id, test.id).await.unwrap().unwrap();
    assert_eq!((attempts.len(), attempts[0].duration_ms), (1, None), "it is under way");
    let end = AttemptEnd {
        duration: Duration::from_millis(34),
        status_code: Some(503),
        verdict: retry(),
        tolerance: TOLERANCE,
    };
    f.store.settle_delivery(claim, end).await.unwrap();
    f.clock.advance(DELAY);
    let claim = f.claim_delivery().await;
    f.end(claim, Verdict::Delivered).await;
    let (delivery, attempts) = f.store.find_delivery(endpoint.id, test.id).await.unwrap().unwrap();
    assert_eq!((delivery.status, delivery.attempts), (DeliveryStatus::Delivered, 2));
    assert_eq!((delivery.last_status_code, delivery.last_error), (Some(200), None));
    assert_eq!((delivery.ended_at, delivery.next_attempt_at), (Some(f.now()), None));
    let told: Vec<_> = attempts
        .iter()
        .map(|a| (a.number, a.at, a.duration_ms, a.status_code, a.error.as_deref()))
        .collect();
    let want = [
        (1, began, Some(34), Some(503), Some("no")),
        (2, began + DELAY, Some(12), Some(200), None),
    ];
    assert_eq!(told, want);
    assert_eq!(f.store.find_delivery(Uuid::new_v4(), test.id).await.unwrap(), None);
}

pub(crate) async fn a_failed_attempt_waits_for_its_delay(f: Fixture) {
    f.endpoint(&[]).await;
    f.succeed_one().await;
    let claim = f.claim_delivery().await;
    let delivery = claim.delivery().clone();
    f.end(claim, retry()).await;
    let waiting = f.delivery(&delivery).await;
    assert_eq!((waiting.status, waiting.tries), (DeliveryStatus::Pending, 1));
    assert_eq!(waiting.next_attempt_at, Some(f.now() + DELAY));
    assert_eq!(waiting.last_error.as_deref(), Some("no"));
    f.clock.advance(DELAY - MILLISECOND);
    assert!(f.claim_deliveries().await.is_empty());
    f.clock.advance(MILLISECOND);
    assert_eq!(f.claim_delivery().await.delivery().tries, 2);
}

pub(crate) async fn gone_disables_at_once(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    f.succeed_one().await;
    let claim = f.claim_delivery().await;
    let gone = f.end(claim, Verdict::Gone { error: "gone".to_owned() }).await;
    assert_eq!(gone, DeliverySettled::Settled { disabled: true });
    let disabled = f.endpoint_now(&endpoint).await.disabled.unwrap();
    assert_eq!((disabled.at, disabled.reason), (f.now(), DisabledReason::Gone));
}

pub(crate) async fn failures_disable_when_they_are_many_over_a_long_time(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    let settled = |disabled| DeliverySettled::Settled { disabled };
    let fail = async |verdict| {
        f.succeed_one().await;
        let claim = f.store.claim_deliveries(limits(1, 1)).await.unwrap().remove(0);
        f.end(claim, verdict).await
    };
    let began = f.now();
    // A short outage: far more failures than it takes, but over no time.
    for n in 0..40 {
        assert_eq!(fail(if n % 2 == 0 { give_up() } else { retry() }).await, settled(false));
    }
    let failing = f.endpoint_now(&endpoint).await;
    assert_eq!((failing.failures_in_a_row, failing.failing_since), (40, Some(began)));
    f.clock.advance(TOLERANCE.failing_max - MILLISECOND);
    assert_eq!(fail(retry()).await, settled(false));
    // One success, and it all counts from the beginning.
    assert_eq!(fail(Verdict::Delivered).await, settled(false));
    let well = f.endpoint_now(&endpoint).await;
    assert_eq!((well.failures_in_a_row, well.failing_since), (0, None));
    // Over a long time, but too few.
    assert_eq!(fail(retry()).await, settled(false));
    f.clock.advance(TOLERANCE.failing_max);
    assert_eq!(fail(retry()).await, settled(false));
    // Long enough and enough: also an attempt that will be repeated disables.
    assert_eq!(fail(retry()).await, settled(true));
    let disabled = f.endpoint_now(&endpoint).await.disabled.unwrap();
    assert_eq!((disabled.at, disabled.reason), (f.now(), DisabledReason::Failures));
    assert!(f.claim_deliveries().await.is_empty());
    let enabled = f.switch(&endpoint, true).await;
    assert_eq!(
        (enabled.failures_in_a_row, enabled.failing_since, enabled.disabled),
        (0, None, None)
    );
    assert!(f.claim_deliveries().await.len() > 1, "what waited goes out");
}

pub(crate) async fn disabled_endpoints_hold_their_deliveries(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    f.succeed_one().await;
    let claim = f.claim_delivery().await;
    f.end(claim, Verdict::Retry { delay: 100 * DELAY, error: "no".to_owned() }).await;
    let disabled = f.switch(&endpoint, false).await.disabled.unwrap();
    assert_eq!((disabled.at, disabled.reason), (f.now(), DisabledReason::Owner));
    f.succeed_one().await;
    f.clock.advance(MILLISECOND);
    assert!(f.claim_deliveries().await.is_empty());
    assert_eq!(f.switch(&endpoint, false).await.disabled.unwrap().at, disabled.at);
    assert_eq!(f.switch(&endpoint, true).await.disabled, None);
    assert_eq!(f.claim_deliveries().await.len(), 2, "also the one that was to wait");
}

pub(crate) async fn two_secrets_sign_during_a_rotation(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    let overlap = Duration::from_secs(60);
    let fresh = SigningSecret([8; SECRET_BYTES]);
    let rotate = async |owner| {
        f.store.rotate_secret(&owner, endpoint.id, fresh.clone(), overlap).await.unwrap()
    };
    assert_eq!(rotate(other()).await, None);
    let rotated = rotate(user()).await.unwrap();
    assert_eq!(rotated.secret, fresh);
    assert_eq!(rotated.previous_secret, Some((endpoint.secret.clone(), f.now() + overlap)));
    f.succeed_one().await;
    let claim = f.claim_delivery().await;
    assert_eq!(claim.secrets(), [fresh.clone(), endpoint.secret]);
    f.end(claim, retry()).await;
    f.clock.advance(overlap);
    assert_eq!(f.claim_delivery().await.secrets(), [fresh]);
}

pub(crate) async fn a_delivery_is_replayed_from_the_start(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    f.succeed_one().await;
    for verdict in [Verdict::Delivered, give_up(), retry()] {
        let claim = f.claim_delivery().await;
        let delivery = claim.delivery().clone();
        f.end(claim, verdict).await;
        assert!(f.claim_deliveries().await.is_empty());
        let again = f.store.replay_delivery(endpoint.id, delivery.id).await.unwrap().unwrap();
        assert_eq!((again.id, again.subject, again.tries), (delivery.id, delivery.subject, 0));
        assert_eq!((again.status, again.attempts), (DeliveryStatus::Pending, delivery.attempts));
        assert_eq!((again.next_attempt_at, again.ended_at), (Some(f.now()), None));
    }
    assert_eq!(f.claim_delivery().await.delivery().attempts, 4);
    let id = docket_contract::webhook::MessageId(Uuid::new_v4());
    assert_eq!(f.store.replay_delivery(endpoint.id, id).await.unwrap(), None);
}

pub(crate) async fn a_delivery_under_way_is_not_replayed(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    f.succeed_one().await;
    let claim = f.claim_delivery().await;
    let same = f.store.replay_delivery(endpoint.id, claim.delivery().id).await.unwrap().unwrap();
    assert_eq!(&same, claim.delivery());
    assert!(f.claim_deliveries().await.is_empty());
    let settled = f.end(claim, Verdict::Delivered).await;
    assert_eq!(settled, DeliverySettled::Settled { disabled: false });
}

pub(crate) async fn failed_deliveries_are_replayed_since_an_instant(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    let mut ids = Vec::new();
    let mut since = f.now();
    for (idx, verdict) in
        [give_up(), give_up(), Verdict::Delivered, give_up(), retry()].into_iter().enumerate()
    {
        f.clock.advance(MILLISECOND * 10);
        if idx == 1 {
            since = f.now();
        }
        f.succeed_one().await;
        let claim = f.store.claim_deliveries(limits(1, 9)).await.unwrap().remove(0);
        ids.push(claim.delivery().id);
        f.end(claim, verdict).await;
    }
    assert_eq!(f.store.replay_failed(Uuid::new_v4(), since).await.unwrap(), 0);
    assert_eq!(f.store.replay_failed(endpoint.id, since).await.unwrap(), 2);
    f.clock.advance(DELAY / 2);
    f.execute("update {webhook_endpoints} set failures_in_a_row = 0").await;
    let again: Vec<_> = f.claim_deliveries().await.iter().map(|c| c.delivery().id).collect();
    assert_eq!(again, [ids[1], ids[3]]);
}

pub(crate) async fn deliveries_are_listed_newest_first(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    for verdict in [Verdict::Delivered, give_up(), Verdict::Delivered] {
        f.succeed_one().await;
        let claim = f.claim_delivery().await;
        f.end(claim, verdict).await;
    }
    let query =
        DeliveryQuery { endpoint_id: endpoint.id, status: None, before_seq: None, limit: 2 };
    let page = f.store.list_deliveries(query.clone()).await.unwrap();
    assert_eq!(page.len(), 3, "one more than asked for tells that there are more");
    assert!(page.is_sorted_by(|a, b| a.seq > b.seq));
    let before_seq = Some(page[1].seq);
    let rest =
        f.store.list_deliveries(DeliveryQuery { before_seq, ..query.clone() }).await.unwrap();
    assert_eq!(rest, page[2..]);
    let status = Some(DeliveryStatus::Failed);
    let failed = f.store.list_deliveries(DeliveryQuery { status, ..query.clone() }).await.unwrap();
    assert_eq!(failed, page[1..2]);
    let none = DeliveryQuery { endpoint_id: Uuid::new_v4(), ..query };
    assert_eq!(f.store.list_deliveries(none).await.unwrap(), []);
}

pub(crate) async fn old_deliveries_are_removed(f: Fixture) {
    let endpoint = f.endpoint(&[]).await;
    let age = Duration::from_secs(3600);
    let remove = |limit| f.store.delete_old_deliveries(age, limit);
    for verdict in [Verdict::Delivered, give_up(), retry()] {
        f.succeed_one().await;
        let claim = f.store.claim_deliveries(limits(1, 9)).await.unwrap().remove(0);
        f.end(claim, verdict).await;
    }
    f.clock.advance(age - MILLISECOND * 10);
    assert_eq!(remove(9).await.unwrap(), 0);
    f.clock.advance(MILLISECOND * 10);
    assert_eq!(remove(1).await.unwrap(), 1);
    assert_eq!(remove(9).await.unwrap(), 1, "what is still to be delivered stays");
    assert_eq!(f.number("select count(*) from {webhook_attempts}").await, 1);
    f.switch(&endpoint, false).await;
    assert_eq!(remove(9).await.unwrap(), 1, "nobody waits for it");
    assert_eq!(f.number("select count(*) from {webhook_attempts}").await, 0);
}
