//! The transition table: every state against everything that can happen to a job.

use docket_contract::JobId;
use docket_contract::job::{PageCounts, Stage};
use docket_store::{
    CancelOutcome, ChargeOutcome, Claim, DeleteOutcome, ProgressOutcome, ProgressUpdate,
    RerunOutcome, RetryPolicy, SettleOutcome, Settlement, SupplyOutcome, Swept,
};

use crate::fixture::{
    DEADLINE, Fixture, LEASE, MILLISECOND, UPLOAD_WINDOW, failure, new_awaiting_job, new_job,
    rerun_of, retry_policy, success, supplied, user, worker_lost,
};

/// What a job has been through before the event.
#[derive(Clone, Copy, Debug)]
enum Past {
    AwaitingUpload,
    Queued,
    /// Back in the queue after a lost lease.
    Requeued,
    Processing,
    Succeeded,
    Failed,
    Cancelled,
}

/// Those with a claim use the newest that was not consumed; `Zombie…` an older one.
#[derive(Clone, Copy, Debug)]
enum Event {
    Claim,
    Progress,
    Succeed,
    Fail,
    Retry,
    Release,
    LoseWorker,
    LoseLastWorker,
    ZombieProgress,
    ZombieSucceed,
    Cancel,
    Delete,
    LoseLease,
    LoseLastLease,
    Overdue,
    Charge,
    Supply,
    CancelWaiting,
    Rerun,
    UploadExpires,
}

use Event as E;
use Past as P;

const EVENTS: [Event; 20] = [
    E::Claim,
    E::Progress,
    E::Succeed,
    E::Fail,
    E::Retry,
    E::Release,
    E::LoseWorker,
    E::LoseLastWorker,
    E::ZombieProgress,
    E::ZombieSucceed,
    E::Cancel,
    E::Delete,
    E::LoseLease,
    E::LoseLastLease,
    E::Overdue,
    E::Charge,
    E::Supply,
    E::CancelWaiting,
    E::Rerun,
    E::UploadExpires,
];

/// For each past the state after each event; `-` where it is refused and nothing changes, `.`
/// where there is no claim to try it with.
#[rustfmt::skip]
const TABLE: [(Past, [&str; 20]); 7] = [
    //                  claim         progress      succeed      fail      retry     release   lose w.   last w.   z.prog z.succ cancel       delete     lease     last l.   overdue   charge        supply    cancel w.    rerun     expires
    (P::AwaitingUpload, ["-",          ".",          ".",         ".",      ".",      ".",      ".",      ".",      ".",   ".",   "cancelled", "-",       "-",      "-",      "-", ".",          "queued", "cancelled", "-",      "failed"]),
    (P::Queued,         ["processing", ".",          ".",         ".",      ".",      ".",      ".",      ".",      ".",   ".",   "cancelled", "-",       "-",      "-",      "-", ".",          "-",      "cancelled", "-",      "-"]),
    (P::Requeued,       ["processing", "-",          "-",         "-",      "-",      "-",      "-",      "-",      "-",   "-",   "cancelled", "-",       "-",      "-",      "failed", "-",          "-",      "-",         "-",      "failed"]),
    (P::Processing,     ["-",          "processing", "succeeded", "failed", "queued", "queued", "queued", "failed", "-",   "-",   "cancelled", "-",       "queued", "failed", "failed", "processing", "-",      "-",         "-",      "failed"]),
    (P::Succeeded,      ["-",          "-",          "-",         "-",      "-",      "-",      "-",      "-",      "-",   "-",   "-",         "deleted", "-",      "-",      "-", "-",          "-",      "-",         "queued", "-"]),
    (P::Failed,         ["-",          "-",          "-",         "-",      "-",      "-",      "-",      "-",      "-",   "-",   "-",         "deleted", "-",      "-",      "-", "-",          "-",      "-",         "queued", "-"]),
    (P::Cancelled,      ["-",          "-",          "-",         "-",      "-",      "-",      "-",      "-",      "-",   "-",   "-",         "deleted", "-",      "-",      "-", "-",          "-",      "-",         "-",      "-"]),
];

pub(crate) async fn every_state_answers_every_event(f: Fixture) {
    for (past, row) in TABLE {
        for (event, expected) in EVENTS.into_iter().zip(row) {
            check(&f, past, event, expected).await;
            leave_no_job(&f).await;
        }
    }
}

async fn check(f: &Fixture, past: Past, event: Event, expected: &str) {
    let (id, claims) = lead_to(f, past).await;
    let before = f.find(id).await;
    let events_before = f.store.list_events(id).await.unwrap();
    let happened = happen(f, id, claims, event).await;
    let case = format!("{past:?} x {event:?}");
    let Some(accepted) = happened else { return assert_eq!(expected, ".", "{case}") };
    assert_eq!(accepted, expected != "-", "{case}");
    if !accepted {
        assert_eq!(f.find(id).await, before, "{case}");
        assert_eq!(f.store.list_events(id).await.unwrap(), events_before, "{case}");
        return;
    }
    let after = f.store.find_job(id).await.unwrap();
    assert_eq!(after.as_ref().map_or("deleted", |job| job.state.as_str()), expected, "{case}");
    let Some(after) = after else { return };
    assert_eq!(after.version, before.version + 1, "{case}");
    assert!(after.updated_at > before.updated_at, "{case}");
    let events = f.store.list_events(id).await.unwrap();
    assert_eq!(events.len(), events_before.len() + 1, "{case}");
    let last = events.last().unwrap();
    assert_eq!((last.version, last.state), (after.version, after.state), "{case}");
}

/// Brings a job to where the past ends; gives its claims that were not consumed, oldest first.
async fn lead_to(f: &Fixture, past: Past) -> (JobId, Vec<Claim>) {
    let wish = if matches!(past, P::AwaitingUpload) { new_awaiting_job() } else { new_job() };
    let id = f.insert(wish).await.id;
    if matches!(past, P::AwaitingUpload | P::Queued) {
        return (id, vec![]);
    }
    let mut claims = vec![f.claim_one().await];
    f.lose_leases().await;
    f.clock.advance(1000 * MILLISECOND);
    if matches!(past, P::Requeued) {
        return (id, claims);
    }
    let live = f.claim_one().await;
    match past {
        P::Succeeded => drop(f.settle(live, success()).await),
        P::Failed => drop(f.settle(live, Settlement::failed(failure())).await),
        _ => claims.push(live),
    }
    if matches!(past, P::Cancelled) {
        f.store.cancel_job(&user(), id).await.unwrap();
    }
    (id, claims)
}

/// Whether the event was accepted; `None` if there is no claim to try it with.
async fn happen(f: &Fixture, id: JobId, mut claims: Vec<Claim>, event: Event) -> Option<bool> {
    let settlement = match event {
        E::Claim => return Some(!f.claim(10).await.is_empty()),
        E::Cancel => {
            let outcome = f.store.cancel_job(&user(), id).await.unwrap();
            return Some(matches!(outcome, CancelOutcome::Cancelled(_)));
        }
        E::Delete => {
            let outcome = f.store.delete_job(&user(), id).await.unwrap();
            return Some(matches!(outcome, DeleteOutcome::Deleted(_)));
        }
        E::LoseLease => return Some(swept(f, LEASE, 3).await),
        E::LoseLastLease => return Some(swept(f, LEASE, 2).await),
        E::Overdue => return Some(swept(f, DEADLINE, 3).await),
        E::UploadExpires => return Some(swept(f, UPLOAD_WINDOW, 3).await),
        E::Charge => {
            let charged = f.store.charge(&claims.pop()?, 3).await.unwrap();
            return Some(charged == ChargeOutcome::Charged);
        }
        E::Supply => {
            let outcome = f.store.supply_document(id, supplied()).await.unwrap();
            return Some(matches!(outcome, SupplyOutcome::Queued(_)));
        }
        E::CancelWaiting => {
            let outcome = f.store.cancel_waiting_job(&user(), id).await.unwrap();
            return Some(matches!(outcome, CancelOutcome::Cancelled(_)));
        }
        E::Rerun => {
            let rerun = rerun_of(&f.find(id).await);
            let outcome = f.store.rerun_job(&user(), rerun).await.unwrap();
            return Some(matches!(outcome, RerunOutcome::Queued { .. }));
        }
        E::Progress => return Some(progress(f, &claims.pop()?).await),
        E::ZombieProgress => return Some(progress(f, claims.first()?).await),
        E::Succeed | E::ZombieSucceed => success(),
        E::Fail => Settlement::failed(failure()),
        E::Retry => Settlement::retry(MILLISECOND),
        E::Release => Settlement::released(),
        E::LoseWorker => Settlement::worker_lost(MILLISECOND, 3, worker_lost()),
        E::LoseLastWorker => Settlement::worker_lost(MILLISECOND, 2, worker_lost()),
    };
    if claims.is_empty() {
        return None;
    }
    let idx = if matches!(event, E::ZombieSucceed) { 0 } else { claims.len() - 1 };
    let outcome = f.store.settle(claims.swap_remove(idx), settlement).await.unwrap();
    Some(matches!(outcome, SettleOutcome::Settled(_)))
}

async fn progress(f: &Fixture, claim: &Claim) -> bool {
    let update =
        ProgressUpdate { stage: Stage::Reading, pages: PageCounts::default(), document: None };
    f.store.progress(claim, update).await.unwrap() == ProgressOutcome::Written
}

async fn swept(f: &Fixture, after: std::time::Duration, worker_losses_max: i32) -> bool {
    f.clock.advance(after);
    let policy = RetryPolicy { worker_losses_max, ..retry_policy() };
    let swept = f.store.sweep(&policy).await.unwrap();
    swept != Swept::default()
}

async fn leave_no_job(f: &Fixture) {
    for id in f.list_ids(crate::fixture::query()).await {
        f.store.cancel_job(&user(), id).await.unwrap();
        f.store.delete_job(&user(), id).await.unwrap();
    }
}
