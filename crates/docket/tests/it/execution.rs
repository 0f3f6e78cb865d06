//! Claims, retries, order and shutdown, with real workers in this process.

use std::time::Duration;

use docket_contract::WorkerId;
use docket_jobs::{Policy, Settled};
use docket_worker::{Worker, WorkerSettings};
use tokio_util::sync::CancellationToken;

use crate::app::{App, Database, child_command, letter, long_document, until};
use crate::on_both_databases;

on_both_databases!(
    jobs_are_claimed_in_the_order_of_their_submits,
    two_nodes_share_one_queue_and_every_job_runs_once,
    a_shutdown_gives_unfinished_jobs_back_without_charging_an_attempt,
    a_cancel_stops_the_engine,
    a_zombies_settlement_is_refused,
);

async fn jobs_are_claimed_in_the_order_of_their_submits(database: Database) {
    let app = App::start(database).await;
    let mut submitted = Vec::new();
    for _ in 0..6 {
        submitted.push(app.submit_id(letter()).await);
    }
    let mut claimed = Vec::new();
    for _ in 0..3 {
        let claims = app.jobs.claim(WorkerId::new(), 2).await.unwrap();
        claimed.extend(claims.iter().map(|claim| claim.job().id.to_string()));
    }
    assert_eq!(claimed, submitted);
    assert!(app.jobs.claim(WorkerId::new(), 2).await.unwrap().is_empty());
    app.stop().await;
}

async fn two_nodes_share_one_queue_and_every_job_runs_once(database: Database) {
    let mut app = App::start(database).await;
    let (other, other_store) = app.database.open(Policy::default()).await;
    let shutdown = CancellationToken::new();
    let second = Worker::new(other.clone(), WorkerSettings::new(child_command()));
    let second = tokio::spawn(second.run(shutdown.clone()));
    app.start_worker();
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(app.submit_id(letter()).await);
    }
    for id in &ids {
        assert_eq!(app.wait(id).await["status"], "COMPLETED");
        let job = other.find(&app.caller, id.parse().unwrap()).await.unwrap();
        assert_eq!((job.attempt, job.worker_losses), (1, 0), "each job ran once");
    }
    shutdown.cancel();
    second.await.unwrap();
    other_store.close().await;
    app.stop().await;
}

async fn a_shutdown_gives_unfinished_jobs_back_without_charging_an_attempt(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(long_document()).await;
    let settings = WorkerSettings { grace: Duration::ZERO, ..WorkerSettings::new(child_command()) };
    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(Worker::new(app.jobs.clone(), settings).run(shutdown.clone()));
    until(async || app.get_json(&format!("/jobs/{id}")).await["status"] == "PROCESSING").await;
    shutdown.cancel();
    worker.await.unwrap();
    let job = app.jobs.find(&app.caller, id.parse().unwrap()).await.unwrap();
    assert_eq!(job.state, docket_contract::JobState::Queued);
    assert_eq!((job.attempt, job.worker_losses), (0, 0));
    let seen = app.get_json(&format!("/jobs/{id}")).await;
    assert_eq!(seen["status"], "PROCESSING", "no client sees a status go backwards");
    app.stop().await;
}

async fn a_cancel_stops_the_engine(database: Database) {
    let policy = Policy { heartbeat: Duration::from_millis(100), ..Policy::default() };
    let mut app = App::start_with(database, policy).await;
    let settings = WorkerSettings { slots: 1, ..WorkerSettings::new(child_command()) };
    app.start_worker_with(settings);
    let long = app.submit_id(long_document()).await;
    let next = app.submit_id(letter()).await;
    until(async || app.get_json(&format!("/jobs/{long}")).await["status"] == "PROCESSING").await;
    assert_eq!(app.delete(&format!("/jobs/{long}")).await.status(), 200);
    assert_eq!(app.get_json(&format!("/jobs/{long}")).await["error"], "Job was cancelled");
    assert_eq!(app.wait(&next).await["status"], "COMPLETED", "the only slot is free again");
    app.stop().await;
}

async fn a_zombies_settlement_is_refused(database: Database) {
    // A lease that is over as soon as it is given: the sweep takes the job at once.
    let policy =
        Policy { lease: Duration::ZERO, backoff: vec![Duration::ZERO], ..Policy::default() };
    let mut app = App::start(database).await;
    let (short, short_store) = app.database.open(policy).await;
    let id = app.submit_id(letter()).await;
    let zombie = short.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap();
    until(async || short.sweep().await.is_ok() && short.queue_depth().await.unwrap().queued == 1)
        .await;

    app.start_worker();
    let job = app.wait(&id).await;
    assert_eq!(job["status"], "COMPLETED");
    let (key, writer) = short.begin_result();
    writer.finish().await.unwrap();
    let late =
        short.succeed(zombie, stored(key), docket_contract::PageCounts::default()).await.unwrap();
    assert!(matches!(late, Settled::ClaimLost));
    assert_eq!(app.get_json(&format!("/jobs/{id}")).await, job);
    let stored = app.jobs.find(&app.caller, id.parse().unwrap()).await.unwrap();
    assert_eq!((stored.attempt, stored.worker_losses), (2, 1));
    short_store.close().await;
    app.stop().await;
}

fn stored(result_key: docket_contract::BlobKey) -> docket_jobs::StoredResult {
    docket_jobs::StoredResult { result_key, file_keys: Vec::new() }
}
