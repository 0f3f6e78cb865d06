//! A submit that is repeated with its key happens once.

use reqwest::StatusCode;
use reqwest::multipart::Form;
use serde_json::Value;

use crate::app::{App, Database, file_part, letter, pages};
use crate::on_both_databases;

on_both_databases!(a_repeated_submit_is_one_job, repeated_at_once_it_is_one_job_too);

async fn submit(app: &App, key: &str, body: Vec<u8>, option: &str) -> (StatusCode, Value) {
    let form =
        Form::new().part("file", file_part(body, "a.pdf")).text("page_range", option.to_owned());
    let request = app.http.post(format!("{}/parse", app.base)).header("api-key", &app.key);
    let answer = request.header("idempotency-key", key).multipart(form).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn a_repeated_submit_is_one_job(database: Database) {
    let mut app = App::start(database).await;
    let first = submit(&app, "k1", pages(2), "1-2").await;
    assert_eq!(first.0, StatusCode::OK);
    app.submit_id(letter()).await;
    app.start_worker();
    app.wait(first.1["job_id"].as_str().unwrap()).await;
    assert_eq!(submit(&app, "k1", pages(2), "1-2").await, first, "the first answer, to the letter");
    for (body, option) in [(pages(3), "1-2"), (pages(2), "1")] {
        let (status, body) = submit(&app, "k1", body, option).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body["detail"].as_str().unwrap().contains("Idempotency-Key"), "{body}");
    }
    let other = submit(&app, "k2", pages(2), "1-2").await;
    assert_ne!(other.1["job_id"], first.1["job_id"]);
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 2 + 1 + 2);
    assert_eq!(app.get_json("/jobs").await["jobs"].as_array().unwrap().len(), 3);
    let uploads = app.database.folder.path().join("blobs/uploads");
    assert_eq!(crate::jobs::files_below(&uploads), 3, "repeated bytes are not kept");
    app.stop().await;
}

async fn repeated_at_once_it_is_one_job_too(database: Database) {
    let app = App::start(database).await;
    let submits = (0..8).map(|_| submit(&app, "same", pages(2), "1-2"));
    let answers = futures_util::future::join_all(submits).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0].0, StatusCode::OK);
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 2);
    app.stop().await;
}
