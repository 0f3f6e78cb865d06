//! Opening, migrating, reopening and closing.

use std::time::Duration;

use docket_contract::state::JobState;
use docket_store::{
    Clock, DatabaseConfig, Error, Inserted, NewBatch, NewJob, OpenError, StoreConfig,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::fixture::{DEADLINE, Fixture, LEASE, idempotency, new_job, user};

const NEWEST: &str = "select max(version) from {schema_migrations}";

pub(crate) async fn many_nodes_open_at_once(f: Fixture) {
    let newest = f.number(NEWEST).await;
    for _ in 0..3 {
        f.erase().await;
        let mut tasks = JoinSet::new();
        for _ in 0..6 {
            let (database, clock) = (f.database(), Clock::test(f.clock.clone()));
            let config = StoreConfig { database, clock, migrate: true };
            tasks.spawn(async move { docket_store::open(config).await.unwrap() });
        }
        for store in tasks.join_all().await {
            store.ping().await.unwrap();
            store.close().await;
        }
        assert_eq!(f.number(NEWEST).await, newest);
    }
}

pub(crate) async fn an_old_schema_is_refused_without_migrating(f: Fixture) {
    let newest = f.number(NEWEST).await;
    f.erase().await;
    let refused = f.reopen(Clock::database(), false).await.err();
    let Some(OpenError::SchemaTooOld { found: 0, known }) = refused else { panic!("{refused:?}") };
    assert_eq!(known, newest);
    let text = refused.unwrap().to_string();
    assert!(text.contains("docket migrate"), "{text}");
    f.reopen(Clock::database(), true).await.unwrap().close().await;
    f.reopen(Clock::database(), false).await.unwrap().close().await;
}

pub(crate) async fn a_newer_schema_is_refused(f: Fixture) {
    let newest = f.number(NEWEST).await;
    let newer = "insert into {schema_migrations} (version, name, applied_at)
         select 99, 'of the future', applied_at from {schema_migrations} where version = 1";
    f.execute(newer).await;
    for migrate in [true, false] {
        let refused = f.reopen(Clock::database(), migrate).await.err();
        let Some(OpenError::SchemaTooNew { found: 99, known }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(known, newest);
    }
}

pub(crate) async fn every_older_schema_is_brought_up_to_date(f: Fixture) {
    let newest = f.number(NEWEST).await;
    for version in 1..newest {
        f.rebuild_at(version).await;
        let refused = f.reopen(Clock::database(), false).await.err();
        let Some(OpenError::SchemaTooOld { found, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(found, version);
        let store = f.reopen(Clock::test(f.clock.clone()), true).await.unwrap();
        assert_eq!(f.number(NEWEST).await, newest);
        let batch = NewBatch {
            id: Uuid::now_v7(),
            user_id: user(),
            jobs: vec![new_job()],
            idempotency: None,
        };
        store.insert_batch(batch).await.unwrap();
        assert_eq!(store.balance(&user()).await.unwrap().used, 2, "the account of before is there");
        store.close().await;
    }
}

/// The last schema that had specs in the rows of jobs.
const SPECS_IN_ROWS: i64 = 11;

pub(crate) async fn specs_of_an_older_schema_are_kept(f: Fixture) {
    f.rebuild_at(SPECS_IN_ROWS).await;
    let spec = serde_json::to_string(&new_job().spec).unwrap();
    let (id, now) = match f.is_postgres() {
        true => ("'0190a000-0000-7000-8000-000000000001'", "timestamptz '2030-01-01 00:00:00Z'"),
        false => ("x'0190a000000070008000000000000001'", "1893456000000000"),
    };
    f.execute(&format!(
        "insert into {{jobs}} (id, user_id, type, status, spec, document_name, document_bytes,
            document_media_type, pages_done, pages_failed, credits, priority, run_at, created_at,
            updated_at)
         values ({id}, 'owner', 'parsing', 'queued', '{}', 'a.pdf', 1, 'application/pdf', 0, 0, 0,
            0, {now}, {now}, {now})",
        // Braces mark names of tables here.
        spec.replace('{', "<").replace('}', ">")
    ))
    .await;
    let character = if f.is_postgres() { "chr" } else { "char" };
    f.execute(&format!(
        "update {{jobs}} set spec = replace(replace(spec, '<', {character}(123)), '>', {character}(125))"
    ))
    .await;
    let store = f.reopen(Clock::test(f.clock.clone()), true).await.unwrap();
    let id = "0190a000-0000-7000-8000-000000000001".parse().unwrap();
    let found = store.find_job_with_spec(id).await.unwrap().unwrap();
    assert_eq!(found.spec, new_job().spec);
    let claims = store.claim(docket_contract::WorkerId::new(), 1, LEASE, DEADLINE).await;
    assert_eq!(claims.unwrap()[0].spec(), &new_job().spec);
    store.close().await;
}

pub(crate) async fn a_reopened_store_finds_everything(f: Fixture) {
    let job = f.insert(new_job()).await;
    f.store.close().await;
    let store = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    assert_eq!(store.find_job(job.id).await.unwrap(), Some(job));
    assert_eq!(store.balance(&user()).await.unwrap().used, 2);
    store.close().await;
}

pub(crate) async fn a_closed_store_is_unavailable(f: Fixture) {
    f.store.ping().await.unwrap();
    f.store.close().await;
    f.store.close().await;
    let refused = f.store.ping().await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let refused = f.store.insert_job(new_job()).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}

pub(crate) async fn the_real_clock_runs(f: Fixture) {
    let store = f.reopen(Clock::database(), false).await.unwrap();
    let before = store.now();
    store.insert_job(new_job()).await.unwrap();
    let lease = std::time::Duration::from_secs(10);
    let claims = store.claim(docket_contract::WorkerId::new(), 1, lease, lease).await.unwrap();
    let job = claims[0].job();
    let second = std::time::Duration::from_secs(1);
    assert!(job.created_at + second > before && job.created_at < before + 60 * second);
    assert_eq!((job.state, job.run_at), (JobState::Processing, job.created_at));
    assert!(job.updated_at > job.created_at);
    assert!(job.deadline_at > Some(job.created_at + lease - second));
    store.close().await;
}

pub(crate) async fn repetitions_and_expiry_follow_the_real_clock(f: Fixture) {
    let store = f.reopen(Clock::database(), false).await.unwrap();
    let keyed = || NewJob { idempotency: idempotency("key", 1), ..new_job() };
    let first = store.insert_job(keyed()).await.unwrap();
    let Inserted::Job { job, balance } = first else { panic!("{first:?}") };
    let repeated = store.insert_job(keyed()).await.unwrap();
    assert_eq!(repeated, Inserted::Replayed { job, credits: 2, balance });
    let brief = NewJob { retention: Duration::ZERO, ..new_job() };
    let id = brief.id;
    let batch = NewBatch {
        id: Uuid::now_v7(),
        user_id: user(),
        jobs: vec![brief, new_job()],
        idempotency: None,
    };
    store.insert_batch(batch).await.unwrap();
    assert_eq!(store.delete_expired(9).await.unwrap().jobs, []);
    store.cancel_job(&user(), id).await.unwrap();
    let expired = store.delete_expired(9).await.unwrap().jobs;
    assert_eq!(expired.iter().map(|job| job.id).collect::<Vec<_>>(), [id]);
    let repeated = store.insert_job(keyed()).await.unwrap();
    assert!(matches!(repeated, Inserted::Replayed { .. }), "{repeated:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credits_and_leases_that_older_versions_left_are_given_back() {
    let f = Fixture::postgres().await;
    f.rebuild_at(10).await;
    f.execute(
        "insert into {jobs} (id, user_id, type, status, spec, document_name, document_bytes,
            document_media_type, pages_done, pages_failed, credits, priority, run_at, created_at,
            updated_at, finished_at, error_code, error_message)
         select gen_random_uuid(), 'owner', 'parsing', 'cancelled', 'x', 'a.pdf', 1, 'x', 0, 0, 0,
            0, at, at, at, at, 'cancelled', 'x'
         from generate_series(1, 3), (select created_at as at from {accounts}) a;
         insert into {usage} (user_id, job_id, kind, credits, cycle_started_at, at)
         select 'owner', id, c.kind, c.credits, a.cycle_started_at, j.created_at
         from {jobs} j, {accounts} a, (values ('submit', 2), ('charge', 3)) c (kind, credits);
         insert into {usage} (user_id, job_id, kind, credits, cycle_started_at, at)
         select 'owner', id, 'refund', -5, a.cycle_started_at, j.created_at
         from {jobs} j, {accounts} a where j.seq = 3;
         update {accounts} set credits_used = 10;
         insert into {job_leases} (job_id, attempt, worker_id, claim_token, lease_until)
         select id, 1, id, id, created_at from {jobs}",
    )
    .await;
    let store = f.reopen(Clock::test(f.clock.clone()), true).await.unwrap();
    assert_eq!(store.balance(&user()).await.unwrap().used, 0);
    assert_eq!(f.ledger_sum(&user()).await, 0);
    assert_eq!(f.number("select count(*) from {usage} where kind = 'refund'").await, 3);
    assert_eq!(store.queue_depth().await.unwrap().processing, 0);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_another_process_for_a_few_seconds_only() {
    let f = Fixture::sqlite().await;
    let DatabaseConfig::Sqlite { path } = f.database() else { panic!("not on SQLite") };
    let elsewhere = rusqlite::Connection::open(path).unwrap();
    elsewhere.execute_batch("begin immediate").unwrap();
    let inserted = tokio::time::timeout(Duration::from_secs(5), f.store.insert_job(new_job()));
    let refused = inserted.await.expect("it is answered");
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    elsewhere.execute_batch("rollback").unwrap();
    f.insert(new_job()).await;
    assert_eq!(f.number("select count(*) from {jobs}").await, 1);
}
