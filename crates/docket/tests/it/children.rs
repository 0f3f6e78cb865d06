//! Engine children that die, hang or use too much.

use std::time::Duration;

use docket_jobs::Policy;
use docket_worker::{ChildCommand, WorkerSettings};

use crate::app::{App, Database, child_command, letter};
use crate::on_both_databases;

on_both_databases!(
    a_document_that_kills_every_child_fails_after_the_third,
    a_child_beyond_its_memory_takes_nothing_with_it,
    a_silent_child_counts_as_lost,
    a_child_beyond_its_processor_time_fails_the_job_at_once,
);

fn quick_retries() -> Policy {
    Policy { backoff: vec![Duration::from_millis(10)], ..Policy::default() }
}

async fn a_document_that_kills_every_child_fails_after_the_third(database: Database) {
    let mut app = App::start_with(database, quick_retries()).await;
    let dies = ChildCommand { program: "/bin/false".into(), ..child_command() };
    app.start_worker_with(WorkerSettings::new(dies));
    let id = app.submit_id(letter()).await;
    let job = app.wait(&id).await;
    assert_eq!(job["status"], "FAILED");
    assert!(job["error"].as_str().unwrap().contains("3 times"), "{job}");
    let stored = app.jobs.find(&app.caller, id.parse().unwrap()).await.unwrap();
    assert_eq!((stored.attempt, stored.worker_losses), (3, 3));
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 0);
    app.stop().await;
}

async fn a_child_beyond_its_memory_takes_nothing_with_it(database: Database) {
    let mut app = App::start_with(database, quick_retries()).await;
    let mut document = letter();
    document.resize(300 * 1024 * 1024, b' ');
    let small = ChildCommand { memory_bytes: 200 * 1024 * 1024, ..child_command() };
    app.start_worker_with(WorkerSettings::new(small));
    let big = app.submit_id(document).await;
    let other = app.submit_id(letter()).await;
    assert_eq!(app.wait(&other).await["status"], "COMPLETED");
    let job = app.wait(&big).await;
    assert_eq!(job["status"], "FAILED");
    assert!(job["error"].as_str().unwrap().contains("worker process"), "{job}");
    app.stop().await;
}

async fn a_silent_child_counts_as_lost(database: Database) {
    let mut app = App::start_with(database, quick_retries()).await;
    // Waits for ever and reads nothing, like a child that was stopped.
    let silent =
        ChildCommand { program: "/bin/sleep".into(), arguments: Vec::new(), ..child_command() };
    let silence_max = Duration::from_millis(200);
    app.start_worker_with(WorkerSettings { silence_max, ..WorkerSettings::new(silent) });
    let id = app.submit_id(letter()).await;
    assert!(app.wait(&id).await["error"].as_str().unwrap().contains("3 times"));
    app.stop().await;
}

async fn a_child_beyond_its_processor_time_fails_the_job_at_once(database: Database) {
    let mut app = App::start_with(database, quick_retries()).await;
    let busy = ChildCommand {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), "ulimit -S -t 1; while :; do :; done".into()],
        ..child_command()
    };
    app.start_worker_with(WorkerSettings { page_threads: 4, ..WorkerSettings::new(busy) });
    let id = app.submit_id(letter()).await;
    let job = app.wait(&id).await;
    assert!(job["error"].as_str().unwrap().contains("processor time"), "{job}");
    let stored = app.jobs.find(&app.caller, id.parse().unwrap()).await.unwrap();
    assert_eq!((stored.attempt, stored.worker_losses), (1, 0));
    app.stop().await;
}
