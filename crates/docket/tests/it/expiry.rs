//! Retention: what has expired is gone, with its files.

use std::time::Duration;

use docket_contract::JobSpec;
use docket_contract::spec::ParseSpec;
use docket_jobs::{Expected, Jobs, Policy, Source, Submit};
use reqwest::StatusCode;

use crate::app::{App, Database, letter, new_account, until};
use crate::on_both_databases;

on_both_databases!(an_expired_job_is_gone_with_its_files, a_backlog_is_removed_without_a_pause);

async fn an_expired_job_is_gone_with_its_files(database: Database) {
    let policy =
        docket_jobs::Policy { sweep: Duration::from_millis(100), ..docket_jobs::Policy::default() };
    let mut app = App::start_with(database, policy).await;
    let waiting = app.submit(letter(), &[("expires_in", "1")]).await;
    let waiting = waiting["job_id"].as_str().unwrap().to_owned();
    assert_eq!(
        app.get_json(&format!("/jobs/{waiting}")).await["status"],
        "queued",
        "not before it ended"
    );
    let kept = app.submit_id(letter()).await;
    app.start_worker();
    app.wait(&kept).await;
    until(async || app.get(&format!("/parse/{waiting}")).await.status() == StatusCode::NOT_FOUND)
        .await;
    assert_eq!(app.get(&format!("/jobs/{waiting}/result")).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(app.get_json(&format!("/jobs/{kept}")).await["status"], "COMPLETED");
    let blobs = app.database.folder.path().join("blobs");
    until(async || crate::jobs::files_below(&blobs) == 2).await;
    app.stop().await;
}

/// A submit of this document, or of one that is still to be fetched.
async fn submit(jobs: &Jobs, document: Option<Vec<u8>>) -> Submit {
    let source = match document {
        None => Source::Url("http://127.0.0.1:9/a.pdf".to_owned()),
        Some(bytes) => {
            let mut upload = jobs.begin_upload();
            upload.write(bytes.into()).await.unwrap();
            Source::Upload { upload: Box::new(upload), file_name: None }
        }
    };
    Submit {
        spec: JobSpec::Parse(ParseSpec::default()),
        source,
        expected: Expected::Document,
        password: None,
        idempotency: None,
        expires_in_s: None,
    }
}

async fn a_backlog_is_removed_without_a_pause(database: Database) {
    let gone_at_once = Policy { retention: Duration::ZERO, ..Policy::default() };
    let (jobs, store) = database.open(gone_at_once).await;
    let (_, caller) = new_account(&jobs, "tester").await;
    for number in 0..1000 {
        // Some have a file.
        let document = (number % 50 == 0).then(letter);
        let wish = submit(&jobs, document).await;
        let submitted = jobs.submit(&caller, wish).await.unwrap();
        jobs.cancel_or_delete(&caller, submitted.job.id).await.unwrap();
    }
    store.close().await;
    let blobs = database.folder.path().join("blobs");
    assert_eq!(crate::jobs::files_below(&blobs), 20);
    // The second look would come in an hour.
    let policy = Policy { sweep: Duration::from_secs(3600), ..Policy::default() };
    let app = App::start_with(database, policy).await;
    until(async || app.get_json("/jobs").await["jobs"] == serde_json::json!([])).await;
    until(async || crate::jobs::files_below(&blobs) == 0).await;
    app.stop().await;
}
