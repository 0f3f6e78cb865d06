//! `/api/v1/task`: parse jobs in the older service's shape, and the aliases of `/jobs`.

use base64::Engine;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, Database, file_part, letter, new_account, pages, text_of};
use crate::on_both_databases;

on_both_databases!(
    a_task_is_a_parse_job,
    a_task_can_run_once_more_with_other_options,
    only_what_waits_is_cancelled_and_only_what_ended_deleted,
    a_repeated_task_gets_the_first_answer,
    tasks_are_listed_in_pages,
    bad_tasks_are_refused,
    older_paths_of_jobs_speak_in_lower_case,
    the_editor_is_clearly_missing,
);

fn base64_of(body: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(body)
}

async fn call(app: &App, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let request = app.http.request(method, format!("{}{path}", app.base));
    let request = request.bearer_auth(&app.key);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn create(app: &App, body: &Value) -> (StatusCode, Value) {
    call(app, Method::POST, "/api/v1/task/parse", Some(body.clone())).await
}

async fn create_id(app: &App, body: Vec<u8>) -> String {
    let wish = json!({ "file": base64_of(&body), "file_name": "t.pdf" });
    let (status, task) = create(app, &wish).await;
    assert_eq!(status, StatusCode::CREATED, "{task}");
    task["task_id"].as_str().unwrap().to_owned()
}

async fn a_task_is_a_parse_job(database: Database) {
    let mut app = App::start(database).await;
    let wish = json!({
        "file": base64_of(&pages(2)), "file_name": "t.pdf", "high_resolution": true,
        "ocr_strategy": "Auto", "segmentation_strategy": "Page", "expires_in": 3600,
    });
    let (status, task) = create(&app, &wish).await;
    assert_eq!((status, &task["status"]), (StatusCode::CREATED, &json!("Starting")));
    let id = task["task_id"].as_str().unwrap();
    assert_eq!(task["task_url"], format!("{}/api/v1/task/{id}", app.base));
    assert!(task.get("output").is_none() && task.get("started_at").is_none(), "{task}");
    assert!(task["message"].is_string() && task["expires_at"].is_string(), "{task}");
    assert_eq!(task["configuration"]["segmentation_strategy"], "page_by_page");
    assert_eq!(task["configuration"]["high_resolution"], true);
    app.start_worker();
    app.wait(id).await;
    let path = format!("/api/v1/task/{id}");
    let done = app.get_json(&path).await;
    assert_eq!((&done["status"], &done["created_at"]), (&json!("Succeeded"), &task["created_at"]));
    let output = &done["output"];
    assert!(text_of(output).contains("Letter 2"));
    assert_eq!((&output["file_name"], &output["page_count"]), (&json!("t.pdf"), &json!(2)));
    assert!(output["pdf_url"].as_str().unwrap().starts_with(&app.base));
    assert!(done["finished_at"].is_string() && output.get("output_file_url").is_none());
    let without = app.get_json(&format!("{path}?include_chunks=false")).await;
    assert_eq!(without["output"]["chunks"], json!([]));
    let as_file = app.get_json(&format!("{path}?output_file=true")).await;
    let link = as_file["output"]["output_file_url"].as_str().unwrap();
    let file: Value = app.http.get(link).send().await.unwrap().json().await.unwrap();
    assert_eq!(file["chunks"], output["chunks"]);
    assert_eq!(app.get_json(&format!("/parse/{id}")).await["chunks"], output["chunks"]);
    let (stranger, _) = new_account(&app.jobs, "stranger").await;
    assert_eq!(app.get_as(&stranger, &path).await.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}

async fn a_task_can_run_once_more_with_other_options(database: Database) {
    let mut app = App::start(database).await;
    let wish = json!({
        "file": base64_of(&pages(3)), "file_name": "t.pdf", "page_range": "1-2",
        "segmentation_strategy": "Page",
    });
    let (_, task) = create(&app, &wish).await;
    let id = task["task_id"].as_str().unwrap();
    let path = format!("/api/v1/task/{id}/parse");
    let (status, early) = call(&app, Method::PATCH, &path, Some(json!({}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(early["detail"].as_str().unwrap().contains("Starting"), "{early}");
    app.start_worker();
    app.wait(id).await;
    let (status, again) =
        call(&app, Method::PATCH, &path, Some(json!({ "page_range": "3" }))).await;
    assert_eq!((status, &again["task_id"]), (StatusCode::OK, &task["task_id"]));
    assert_eq!(again["configuration"]["segmentation_strategy"], "page_by_page", "it stays");
    app.wait(id).await;
    let done = app.get_json(&format!("/api/v1/task/{id}")).await;
    let text = text_of(&done["output"]);
    assert!(text.contains("Letter 3") && !text.contains("Letter 1"), "{text}");
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 3, "two pages, then one");
    let results = app.database.folder.path().join("blobs/results");
    assert_eq!(crate::jobs::files_below(&results), 1, "the former result is gone");
    let (status, _) = call(&app, Method::PATCH, &path, Some(json!({ "page_range": "9" }))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(app.wait(id).await["status"], "FAILED");
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 3);
    let (status, _) = call(&app, Method::PATCH, &path, Some(json!({ "page_range": "1" }))).await;
    assert_eq!(status, StatusCode::OK, "also a failed one");
    assert_eq!(app.wait(id).await["status"], "COMPLETED");
    app.stop().await;
}

async fn only_what_waits_is_cancelled_and_only_what_ended_deleted(database: Database) {
    let mut app = App::start(database).await;
    let id = create_id(&app, letter()).await;
    let path = format!("/api/v1/task/{id}");
    let (status, problem) = call(&app, Method::DELETE, &path, None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["detail"].is_string(), "{problem}");
    let cancel = format!("{path}/cancel");
    let (status, cancelled) = call(&app, Method::GET, &cancel, None).await;
    assert_eq!((status, &cancelled["status"]), (StatusCode::OK, &json!("Cancelled")));
    assert_eq!(call(&app, Method::GET, &cancel, None).await.0, StatusCode::BAD_REQUEST);
    let (status, _) = call(&app, Method::PATCH, &format!("{path}/parse"), Some(json!({}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "a cancelled task stays so");
    assert_eq!(app.get_json(&format!("/jobs/{id}")).await["status"], "FAILED");
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 0);
    app.start_worker();
    let done = create_id(&app, letter()).await;
    app.wait(&done).await;
    let done = format!("/api/v1/task/{done}");
    assert_eq!(
        call(&app, Method::GET, &format!("{done}/cancel"), None).await.0,
        StatusCode::BAD_REQUEST
    );
    for path in [&path, &done] {
        assert_eq!(call(&app, Method::DELETE, path, None).await.0, StatusCode::OK);
        let (status, gone) = call(&app, Method::GET, path, None).await;
        assert_eq!(
            (status, &gone["error"]["code"]),
            (StatusCode::NOT_FOUND, &json!("task_not_found"))
        );
    }
    app.stop().await;
}

async fn a_repeated_task_gets_the_first_answer(database: Database) {
    async fn create(app: &App) -> (StatusCode, Value) {
        let request = app.http.post(format!("{}/api/v1/task/parse", app.base));
        let request = request.header("api-key", &app.key).header("idempotency-key", "once");
        let wish = json!({ "file": base64_of(&letter()), "file_name": "t.pdf" });
        let answer = request.json(&wish).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
    let mut app = App::start(database).await;
    let first = create(&app).await;
    assert_eq!((first.0, &first.1["status"]), (StatusCode::CREATED, &json!("Starting")));
    assert_eq!(create(&app).await, first);
    app.start_worker();
    app.wait(first.1["task_id"].as_str().unwrap()).await;
    assert_eq!(create(&app).await, first, "also after its end");
    app.stop().await;
}

async fn tasks_are_listed_in_pages(database: Database) {
    let mut app = App::start(database).await;
    assert_eq!(app.get_json("/api/v1/tasks").await, json!([]));
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, create_id(&app, letter()).await);
    }
    let form = reqwest::multipart::Form::new().part("pdf_file", file_part(letter(), "c.pdf"));
    let other = app.http.post(format!("{}/chunking", app.base)).header("api-key", &app.key);
    assert_eq!(other.multipart(form).send().await.unwrap().status(), StatusCode::OK);
    app.start_worker();
    app.wait(&ids[0]).await;
    let listed = async |query: &str| {
        let tasks = app.get_json(&format!("/api/v1/tasks{query}")).await;
        let tasks = tasks.as_array().unwrap().clone();
        tasks.iter().map(|task| task["task_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("").await, ids, "only tasks, newest first");
    assert_eq!(listed("?page=1&limit=2").await, ids[..2]);
    assert_eq!(listed("?page=2&limit=2").await, ids[2..]);
    assert!(listed("?page=3&limit=2").await.is_empty());
    let middle = app.get_json(&format!("/api/v1/task/{}", ids[1])).await;
    let at = middle["created_at"].as_str().unwrap();
    assert_eq!(listed(&format!("?start={at}")).await, ids[..2]);
    assert_eq!(listed(&format!("?end={at}")).await, ids[1..]);
    assert!(listed("?end=2020-01-01").await.is_empty());
    let newest = |tasks: Value| tasks[0]["output"]["chunks"].as_array().unwrap().len();
    assert_eq!(newest(app.get_json("/api/v1/tasks?limit=1").await), 0);
    assert!(newest(app.get_json("/api/v1/tasks?limit=1&include_chunks=true").await) > 0);
    for query in ["?page=0", "?limit=0", "?limit=1000", "?start=yesterday"] {
        let answer = app.get(&format!("/api/v1/tasks{query}")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
    }
    app.stop().await;
}

async fn bad_tasks_are_refused(database: Database) {
    let app = App::start(database).await;
    for body in [
        json!({}),
        json!({ "file": "" }),
        json!({ "file": "no base64!" }),
        json!({ "file": base64_of(b"MZ\x90"), "file_name": "a.exe" }),
        json!({ "file": "http://" }),
        json!([1]),
    ] {
        let (status, problem) = create(&app, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(problem["detail"].is_string(), "{problem}");
    }
    let (status, by_url) = create(&app, &json!({ "file": "https://example.org/a/b.pdf" })).await;
    assert_eq!(status, StatusCode::CREATED, "{by_url}");
    let parsing = app.get_json("/jobs").await;
    assert_eq!(parsing["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(parsing["jobs"][0]["pdf_name"], "b.pdf");
    assert_eq!(app.get("/api/v1/task/nonsense").await.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}

async fn older_paths_of_jobs_speak_in_lower_case(database: Database) {
    let mut app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let path = format!("/jobs/{id}");
    assert_eq!(app.get_json(&format!("{path}/status")).await["status"], "queued");
    assert_eq!(app.get(&format!("{path}/results")).await.status(), StatusCode::BAD_REQUEST);
    app.start_worker();
    let mut job = app.wait(&id).await;
    job["status"] = json!("completed");
    assert_eq!(app.get_json(&format!("{path}/status")).await, job);
    let (older, result) = (format!("{path}/results"), format!("{path}/result"));
    assert_eq!(app.get_json(&older).await, app.get_json(&result).await);
    let failed = app.submit_id(b"%PDF-1.7 broke off".to_vec()).await;
    app.wait(&failed).await;
    assert_eq!(app.get_json(&format!("/jobs/{failed}/status")).await["status"], "failed");
    let unknown = app.get("/jobs/01992f0c-0000-7000-8000-000000000000/status").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}

async fn the_editor_is_clearly_missing(database: Database) {
    let app = App::start(database).await;
    for path in ["/pdf-editor/edit/reparse", "/api/v1/pdf-editor/edit/reparse"] {
        let (status, problem) = call(&app, Method::POST, path, Some(json!({}))).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(problem["detail"].as_str().unwrap().contains("PDF editor"), "{problem}");
    }
    app.stop().await;
}
