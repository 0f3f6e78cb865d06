//! `/jobs`: status, list, result, cancel, delete.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{App, Database, letter, pages};
use crate::on_both_databases;

on_both_databases!(
    a_job_is_found_at_once_and_ends_with_its_result,
    a_damaged_document_fails_with_a_reason,
    lists_are_newest_first_and_paged,
    a_queued_job_is_cancelled_then_deleted,
    a_running_job_is_cancelled_and_its_late_result_refused,
);

async fn a_job_is_found_at_once_and_ends_with_its_result(database: Database) {
    let mut app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let queued = app.get_json(&format!("/jobs/{id}")).await;
    assert_eq!(queued["status"], "queued");
    assert_eq!(queued["created_at"], queued["updated_at"]);
    let early = app.get(&format!("/jobs/{id}/result")).await;
    assert_eq!(early.status(), StatusCode::BAD_REQUEST);
    let early: Value = early.json().await.unwrap();
    assert_eq!(early["detail"], "Job is not completed. Current status: queued");

    app.start_worker();
    let job = app.wait(&id).await;
    assert_eq!(job["status"], "COMPLETED");
    assert!(job.get("error").is_none());
    let result = app.get_json(&format!("/jobs/{id}/result")).await;
    assert_eq!(result["status"], "COMPLETED");
    assert_eq!(result["type"], "parsing");
    assert_eq!(result["result"], result["data"]);
    assert_eq!(result["result"]["page_count"], 1);
    assert!(result["result"]["chunks"][0]["embed"].as_str().unwrap().contains("Total due: 12.50"));
    assert_eq!(app.get_json(&format!("/jobs/{id}")).await, job, "a terminal state never changes");
    app.stop().await;
}

async fn a_damaged_document_fails_with_a_reason(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let before = app.jobs.balance(&app.caller).await.unwrap();
    let id = app.submit_id(b"%PDF-1.7\nbroken off".to_vec()).await;
    let job = app.wait(&id).await;
    assert_eq!(job["status"], "FAILED");
    assert!(!job["error"].as_str().unwrap().is_empty());
    let parsed = app.get_json(&format!("/parse/{id}")).await;
    assert_eq!(parsed["status"], "Failed");
    assert_eq!(parsed["message"], parsed["error"]);
    assert_eq!(parsed["error"], job["error"]);
    let result = app.get(&format!("/jobs/{id}/result")).await;
    assert_eq!(result.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(result.json::<Value>().await.unwrap(), json!({ "detail": job["error"] }));
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap(), before, "a failed job costs nothing");
    app.stop().await;
}

async fn lists_are_newest_first_and_paged(database: Database) {
    let app = App::start(database).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(app.submit_id(letter()).await);
    }
    ids.reverse();
    app.delete(&format!("/jobs/{}", ids[0])).await;

    let mut seen = Vec::new();
    let mut path = "/jobs?limit=2".to_owned();
    loop {
        let page = app.get_json(&path).await;
        seen.extend(
            page["jobs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|job| job["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page.get("next_cursor") else {
            break;
        };
        path = format!("/jobs?limit=2&cursor={}", cursor.as_str().unwrap());
    }
    assert_eq!(seen, ids);

    let failed = app.get_json("/jobs?status=FAILED&type=parsing").await;
    assert_eq!(failed["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(failed["jobs"][0]["id"], ids[0].as_str());
    let queued = app.get_json("/jobs?status=queued").await;
    assert_eq!(queued["jobs"].as_array().unwrap().len(), 4);
    for bad in ["limit=0", "limit=201", "limit=x", "cursor=12", "status=completed", "type=dancing"]
    {
        let answer = app.get(&format!("/jobs?{bad}")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{bad}");
        assert!(answer.json::<Value>().await.unwrap()["detail"].is_string(), "{bad}");
    }
    app.stop().await;
}

async fn a_queued_job_is_cancelled_then_deleted(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(pages(3)).await;
    let path = format!("/jobs/{id}");
    let cancelled: Value = app.delete(&path).await.json().await.unwrap();
    assert_eq!(cancelled["status"], "FAILED");
    let job = app.get_json(&path).await;
    assert_eq!(job["status"], "FAILED");
    assert_eq!(job["error"], "Job was cancelled");
    assert_eq!(app.get_json(&format!("/parse/{id}")).await["status"], "Cancelled");
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 0);

    assert_eq!(app.delete(&path).await.status(), StatusCode::OK);
    assert_eq!(app.get(&path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(app.delete(&path).await.status(), StatusCode::NOT_FOUND);
    let blobs = app.database.folder.path().join("blobs");
    assert_eq!(files_below(&blobs), 0, "a deleted job leaves no files");
    app.stop().await;
}

async fn a_running_job_is_cancelled_and_its_late_result_refused(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    // The test is the worker, so that the order of events is certain.
    let claim = app.jobs.claim(docket_contract::WorkerId::new(), 1).await.unwrap().pop().unwrap();
    assert_eq!(app.get_json(&format!("/jobs/{id}")).await["status"], "PROCESSING");
    assert_eq!(app.delete(&format!("/jobs/{id}")).await.status(), StatusCode::OK);
    assert_eq!(app.get_json(&format!("/jobs/{id}")).await["status"], "FAILED");

    let (key, mut writer) = app.jobs.begin_result();
    writer.write("{}".into()).await.unwrap();
    writer.finish().await.unwrap();
    let settled =
        app.jobs.succeed(claim, stored(key), docket_contract::PageCounts::default()).await.unwrap();
    assert!(matches!(settled, docket_jobs::Settled::ClaimLost));
    assert_eq!(app.get_json(&format!("/jobs/{id}")).await["error"], "Job was cancelled");
    let blobs = app.database.folder.path().join("blobs");
    assert_eq!(files_below(&blobs), 1, "only the document is left");
    app.stop().await;
}

pub(crate) fn files_below(folder: &std::path::Path) -> usize {
    let entries =
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

fn stored(result_key: docket_contract::BlobKey) -> docket_jobs::StoredResult {
    docket_jobs::StoredResult { result_key, file_keys: Vec::new() }
}
