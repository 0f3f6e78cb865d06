//! Engine children that die, hang or use too much.

use std::time::Duration;

use docket_contract::FailureCode;
use docket_jobs::Policy;
use docket_testkit::pdf::fixtures;
use docket_worker::{ChildCommand, CpuLimits, MemoryBudget, WorkerSettings, check_sandbox};

use crate::app::{App, Database, child_command, letter, long_document, text_of};
use crate::on_both_databases;

on_both_databases!(
    a_document_that_kills_every_child_fails_after_the_third,
    a_child_beyond_its_memory_takes_nothing_with_it,
    a_silent_child_exceeds_the_wall_time,
    a_child_killed_from_outside_is_a_lost_worker,
    a_child_beyond_its_processor_time_fails_the_job_at_once,
    a_document_has_one_account_of_processor_time,
    every_fixture_is_read_as_well_within_its_sandbox,
    jobs_wait_for_memory_and_idle_children_make_room,
);

fn quick_retries() -> Policy {
    Policy { backoff: vec![Duration::from_millis(10)], ..Policy::default() }
}

/// The engine needs no call that its sandbox forbids: what it reads inside is what it reads outside.
async fn every_fixture_is_read_as_well_within_its_sandbox(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker_with(WorkerSettings {
        page_threads: 4,
        ..WorkerSettings::new(child_command())
    });
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut read = 0;
    for (name, bytes) in fixtures::all() {
        if name.starts_with("hostile/") {
            let id = app.submit_id(bytes).await;
            app.wait(&id).await;
            let stored = app.jobs.find(&app.caller, id.parse().unwrap()).await.unwrap();
            assert_eq!((stored.attempt, stored.worker_losses), (1, 0), "{name}");
            continue;
        }
        let golden = std::fs::read_to_string(root.join(name).with_extension("md")).unwrap();
        let parsed = app.parse(bytes, &[]).await;
        assert_eq!(text_of(&parsed).trim(), golden.trim(), "{name}");
        read += 1;
    }
    assert!(read > 20, "{read} fixtures");
    app.stop().await;
}

/// The memory of the process has room for one child and one recogniser: the look at a submit and the
/// job take turns, and the child that one has left warm ends for the other.
async fn jobs_wait_for_memory_and_idle_children_make_room(database: Database) {
    let mut app = App::start(database).await;
    let child = child_command();
    let settings = WorkerSettings::new(child.clone());
    let recogniser_bytes = settings.tesseract.memory_bytes;
    let memory = MemoryBudget::new(child.memory_bytes + recogniser_bytes, recogniser_bytes);
    app.start_worker_with(WorkerSettings { memory: memory.clone(), slots: 4, ..settings.clone() });
    // Two workers of one process, which share its memory.
    app.start_worker_with(WorkerSettings { memory, slots: 4, ..settings });
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(app.submit_id(letter()).await);
    }
    for id in ids {
        assert_eq!(app.wait(&id).await["status"], "COMPLETED");
    }
    app.stop().await;
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
    check_failed_at_once(&app, &big, "the limit of memory: 200 MiB").await;
    app.stop().await;
}

async fn a_silent_child_exceeds_the_wall_time(database: Database) {
    let mut app = App::start_with(database, quick_retries()).await;
    // Waits for ever and reads nothing, like a child that was stopped.
    let silent =
        ChildCommand { program: "/bin/sleep".into(), arguments: Vec::new(), ..child_command() };
    let silence_max = Duration::from_millis(200);
    app.start_worker_with(WorkerSettings { silence_max, ..WorkerSettings::new(silent) });
    let id = app.submit_id(letter()).await;
    check_failed_at_once(&app, &id, "the limit of wall time: 0.2 s").await;
    app.stop().await;
}

/// Kills itself as the system's killer of large processes would.
async fn a_child_killed_from_outside_is_a_lost_worker(database: Database) {
    let mut app = App::start_with(database, quick_retries()).await;
    let killed = ChildCommand {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), "kill -9 $$".into()],
        ..child_command()
    };
    app.start_worker_with(WorkerSettings::new(killed));
    let id = app.submit_id(letter()).await;
    assert!(app.wait(&id).await["error"].as_str().unwrap().contains("3 times"));
    let stored = app.jobs.find(&app.caller, id.parse().unwrap()).await.unwrap();
    assert_eq!((stored.attempt, stored.worker_losses), (3, 3));
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
    check_failed_at_once(&app, &id, "the limit of processor time: 20 s").await;
    app.stop().await;
}

/// Pages that come one after the other do not renew the time of the document.
async fn a_document_has_one_account_of_processor_time(database: Database) {
    let mut app = App::start_with(database, quick_retries()).await;
    let cpu = CpuLimits {
        document: Duration::from_secs(1),
        per_page: Duration::ZERO,
        page: Duration::from_secs(60),
    };
    app.start_worker_with(WorkerSettings { cpu, ..WorkerSettings::new(child_command()) });
    let id = app.submit_id(long_document()).await;
    check_failed_at_once(&app, &id, "the limit of processor time: 1 s and 0 ms").await;
    app.stop().await;
}

#[tokio::test]
async fn a_child_that_cannot_be_confined_says_why() {
    let unconfined = ChildCommand {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), "echo no filter >&2; exit 70".into()],
        ..child_command()
    };
    let why = check_sandbox(&unconfined).await.unwrap_err();
    assert!(why.contains("it cannot be confined: no filter"), "{why}");
    let walls = check_sandbox(&child_command()).await.unwrap();
    assert!(walls.system_calls);
}

/// The job failed in its first attempt, with the name of the limit, and cost nothing.
async fn check_failed_at_once(app: &App, id: &str, limit: &str) {
    let job = app.wait(id).await;
    assert_eq!(job["status"], "FAILED", "{job}");
    assert!(job["error"].as_str().unwrap().contains(limit), "{job}");
    let stored = app.jobs.find(&app.caller, id.parse().unwrap()).await.unwrap();
    assert_eq!((stored.attempt, stored.worker_losses), (1, 0), "{job}");
    assert_eq!(stored.failure.unwrap().code, FailureCode::DocumentTooExpensive);
}
