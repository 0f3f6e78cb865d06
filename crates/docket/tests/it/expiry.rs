//! Retention: what has expired is gone, with its files.

use std::time::Duration;

use reqwest::StatusCode;

use crate::app::{App, Database, letter, until};
use crate::on_both_databases;

on_both_databases!(an_expired_job_is_gone_with_its_files);

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
