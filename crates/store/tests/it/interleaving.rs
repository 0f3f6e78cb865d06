//! What a transaction under way elsewhere does to ours; Postgres only, where two can be.

use std::time::Duration;

use docket_contract::state::JobState;
use docket_contract::{UserId, WorkerId};
use docket_store::{
    AccountLimits, Balance, CancelOutcome, ChargeOutcome, DeleteOutcome, Inserted, NewJob,
    QueueDepth, SettleOutcome, Store, Swept,
};
use sqlx::PgConnection;

use crate::fixture::{
    DEADLINE, Fixture, LEASE, RETENTION, idempotency, new_job, new_job_by_url, retry_policy,
    success, user,
};

/// Far more than a statement takes that waits for nobody.
const AT_ONCE: Duration = Duration::from_secs(10);

/// A transaction elsewhere that has run the statement and is not committed yet.
async fn under_way(f: &Fixture, sql: &'static str) -> PgConnection {
    let mut elsewhere = f.connect().await;
    sqlx::raw_sql("begin").execute(&mut elsewhere).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut elsewhere).await.unwrap();
    elsewhere
}

async fn finish(mut elsewhere: PgConnection, how: &'static str) {
    sqlx::raw_sql(how).execute(&mut elsewhere).await.unwrap();
}

async fn sweep_at_once(store: &dyn Store) -> Swept {
    let policy = retry_policy();
    tokio::time::timeout(AT_ONCE, store.sweep(&policy)).await.expect("it waits for nobody").unwrap()
}

/// Waits until a session of this database waits for another's lock.
async fn until_somebody_waits(f: &Fixture) {
    until_waiting(f, 1).await;
}

/// Waits until so many sessions of this database wait for others' locks.
async fn until_waiting(f: &Fixture, sessions: i64) {
    let waiting = "select count(*) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'";
    let looked = async { while f.number(waiting).await < sessions {} };
    tokio::time::timeout(AT_ONCE, looked).await.expect("somebody waits");
}

/// Nothing is charged, held or processing any more.
async fn assert_idle(f: &Fixture) {
    let balance = f.store.balance(&user()).await.unwrap();
    assert_eq!((balance.used, f.ledger_sum(&user()).await), (0, 0));
    assert_eq!(f.number("select count(*) from {job_leases}").await, 0);
    assert_eq!(f.store.queue_depth().await.unwrap(), QueueDepth::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_gives_back_what_was_charged_while_it_waited() {
    let f = Fixture::postgres().await;
    let id = f.insert(new_job_by_url()).await.id;
    let claim = f.claim_one().await;
    let in_hand = under_way(&f, "select from docket.accounts for no key update").await;
    let owner = user();
    let (charged, cancelled, ()) = tokio::join!(
        f.store.charge(&claim, 5),
        async {
            until_waiting(&f, 1).await;
            f.store.cancel_job(&owner, id).await
        },
        async {
            until_waiting(&f, 2).await;
            finish(in_hand, "rollback").await;
        }
    );
    assert_eq!(charged.unwrap(), ChargeOutcome::Charged);
    assert!(matches!(cancelled.unwrap(), CancelOutcome::Cancelled(_)));
    assert_idle(&f).await;
    assert_eq!(f.number("select count(*) from {usage} where kind = 'refund'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_ends_the_lease_of_a_claim_for_which_it_waited() {
    let f = Fixture::postgres().await;
    let id = f.insert_some(1).await[0];
    let leasing = under_way(
        &f,
        "insert into docket.job_leases (job_id, attempt, worker_id, claim_token, lease_until)
         select id, 1, id, id, now() from docket.jobs",
    )
    .await;
    let owner = user();
    let (claims, cancelled, ()) = tokio::join!(
        f.claim(1),
        async {
            until_waiting(&f, 1).await;
            f.store.cancel_job(&owner, id).await
        },
        async {
            until_waiting(&f, 2).await;
            finish(leasing, "rollback").await;
        }
    );
    assert_eq!(claims.len(), 1);
    assert!(matches!(cancelled.unwrap(), CancelOutcome::Cancelled(_)));
    assert_idle(&f).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_takes_along_the_events_of_a_change_for_which_it_waited() {
    let f = Fixture::postgres().await;
    let id = f.insert_some(1).await[0];
    f.store.cancel_job(&user(), id).await.unwrap();
    let changing = under_way(
        &f,
        "update docket.jobs set version = version + 1;
         insert into docket.job_events (job_id, user_id, version, status, pages_done, at)
         select id, user_id, version, status, pages_done, updated_at from docket.jobs",
    )
    .await;
    let owner = user();
    let (deleted, ()) = tokio::join!(f.store.delete_job(&owner, id), async {
        until_somebody_waits(&f).await;
        finish(changing, "commit").await;
    });
    assert!(matches!(deleted.unwrap(), DeleteOutcome::Deleted(_)));
    assert_eq!(f.number("select count(*) from {job_events}").await, 1, "that it is deleted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_leaves_alone_what_is_being_settled() {
    let f = Fixture::postgres().await;
    f.insert_some(1).await;
    let _claim = f.claim_one().await;
    f.clock.advance(LEASE);
    let settling = under_way(&f, "update docket.jobs set stage = 'assembling'").await;
    assert_eq!(sweep_at_once(&*f.store).await, Swept::default());
    finish(settling, "rollback").await;
    assert_eq!(sweep_at_once(&*f.store).await.requeued, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_leaves_alone_what_is_being_renewed() {
    let f = Fixture::postgres().await;
    f.insert_some(1).await;
    let _claim = f.claim_one().await;
    f.clock.advance(LEASE);
    let renewing = under_way(
        &f,
        "update docket.job_leases set lease_until = lease_until + interval '10 seconds'",
    )
    .await;
    assert_eq!(sweep_at_once(&*f.store).await, Swept::default());
    finish(renewing, "commit").await;
    assert_eq!(sweep_at_once(&*f.store).await, Swept::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_skips_what_is_being_claimed() {
    let f = Fixture::postgres().await;
    let second = f.insert_some(2).await[1];
    let claiming = under_way(&f, "update docket.jobs set priority = 0 where seq = 1").await;
    let claim = f.store.claim(WorkerId::new(), 2, LEASE, DEADLINE);
    let claims = tokio::time::timeout(AT_ONCE, claim).await.expect("it waits for nobody").unwrap();
    let ids: Vec<_> = claims.iter().map(|claim| claim.job().id).collect();
    assert_eq!(ids, [second]);
    finish(claiming, "rollback").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settlement_that_had_to_wait_looks_again() {
    let f = Fixture::postgres().await;
    let id = f.insert_some(1).await[0];
    let claim = f.claim_one().await;
    let cancelling = under_way(
        &f,
        "update docket.jobs set status = 'cancelled', finished_at = updated_at, credits = 0,
            claim_token = null, error_code = 'cancelled', error_message = 'elsewhere'",
    )
    .await;
    let (settled, ()) = tokio::join!(f.store.settle(claim, success()), async {
        until_somebody_waits(&f).await;
        finish(cancelling, "commit").await;
    });
    assert_eq!(settled.unwrap(), SettleOutcome::ClaimLost);
    let job = f.find(id).await;
    assert_eq!((job.state, job.result_key), (JobState::Cancelled, None));
    assert_eq!(f.store.list_events(id).await.unwrap().len(), 2);
}

/// A first submit that is under way: its account is locked, its key stands for this job.
const SUBMITTING: &str = "update docket.accounts set credits_used = credits_used;
    insert into docket.idempotency_keys (user_id, scope, key, request_sha256, job_id, credits,
        balance_used, balance_limit, cycle_started_at, created_at)
    select user_id, '/parse', 'key', decode(repeat('01', 32), 'hex'), id, 7, 8, 9, created_at,
        created_at
    from docket.jobs";

async fn repeat_while_submitting(f: &Fixture, how: &'static str) -> Inserted {
    let first = under_way(f, SUBMITTING).await;
    let wish = NewJob { idempotency: idempotency("key", 1), ..new_job() };
    let (inserted, ()) = tokio::join!(f.store.insert_job(wish), async {
        until_somebody_waits(f).await;
        finish(first, how).await;
    });
    inserted.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_in_hand_holds_up_no_other() {
    let f = Fixture::postgres().await;
    let other = UserId("other".to_owned());
    f.store.ensure_account(&other, AccountLimits::default()).await.unwrap();
    let in_hand = under_way(&f, "select from docket.accounts where user_id = 'owner' for update");
    let in_hand = in_hand.await;
    let held_up = f.store.insert_job(new_job());
    let (inserted, ()) = tokio::join!(held_up, async {
        until_somebody_waits(&f).await;
        let free = NewJob { user_id: other, ..new_job() };
        assert!(matches!(f.store.insert_job(free).await.unwrap(), Inserted::Job { .. }));
        finish(in_hand, "rollback").await;
    });
    assert!(matches!(inserted.unwrap(), Inserted::Job { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_waits_for_the_first_submit() {
    let f = Fixture::postgres().await;
    let job = f.insert(new_job()).await;
    let balance = Balance { used: 8, limit: 9, cycle_started_at: f.now() };
    let repeated = repeat_while_submitting(&f, "commit").await;
    assert_eq!(repeated, Inserted::Replayed { job, credits: 7, balance });
    assert_eq!(f.store.balance(&user()).await.unwrap().used, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_of_a_submit_that_was_undone_is_the_first() {
    let f = Fixture::postgres().await;
    f.insert_some(1).await;
    let inserted = repeat_while_submitting(&f, "rollback").await;
    let Inserted::Job { job, balance } = inserted else { panic!("{inserted:?}") };
    assert_eq!(balance.used, 4);
    let wish = NewJob { idempotency: idempotency("key", 1), ..new_job() };
    let repeated = f.store.insert_job(wish).await.unwrap();
    assert_eq!(repeated, Inserted::Replayed { job, credits: 2, balance });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expiry_leaves_alone_what_is_being_deleted() {
    let f = Fixture::postgres().await;
    let ids = f.insert_some(2).await;
    for id in &ids {
        f.store.cancel_job(&user(), *id).await.unwrap();
    }
    f.clock.advance(RETENTION);
    let deleting = under_way(&f, "delete from docket.jobs where seq = 1").await;
    let expired = tokio::time::timeout(AT_ONCE, f.store.delete_expired(2)).await;
    let expired = expired.expect("it waits for nobody").unwrap().jobs;
    assert_eq!(expired.iter().map(|job| job.id).collect::<Vec<_>>(), [ids[1]]);
    finish(deleting, "rollback").await;
    assert_eq!(f.store.delete_expired(2).await.unwrap().jobs.len(), 1);
}
