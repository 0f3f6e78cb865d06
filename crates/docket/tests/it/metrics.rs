//! `GET /metrics`: what operators watch.

use crate::app::{App, Database, letter, until};
use crate::on_both_databases;
use crate::processes::Process;
use crate::status::work_one;

on_both_databases!(the_numbers_follow_what_happens, memory_and_who_waits_are_counted);

async fn memory_and_who_waits_are_counted(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    work_one(&app.jobs).await;
    let number = async |name: &str| {
        let text = app.http.get(format!("{}/metrics", app.base)).send().await.unwrap();
        let text = text.text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name} is missing in {text}")).parse::<f64>().unwrap()
    };
    let path = format!("/jobs/{id}");
    let hits = number("docket_status_hits_total").await;
    until(async || {
        app.get_json(&path).await;
        number("docket_status_hits_total").await > hits
    })
    .await;
    assert!(number("docket_status_misses_total").await >= 1.0);
    assert!(number("docket_statuses_remembered").await >= 1.0);
    assert!(number("docket_feed_age_seconds").await < 60.0);
    assert!(number("docket_change_delay_seconds_count").await >= 1.0);
    assert_eq!(number("docket_job_watchers").await, 0.0);
    let waiting = app.submit_id(letter()).await;
    let streams = [
        app.get(&format!("/jobs/{waiting}/events")).await,
        app.get("/events").await,
        app.get("/events").await,
    ];
    assert_eq!(number("docket_job_watchers").await, 1.0);
    assert_eq!(number("docket_account_watchers").await, 2.0);
    drop(streams);
    until(async || number("docket_account_watchers").await == 0.0).await;
    app.delete(&format!("/jobs/{waiting}")).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_shows_its_numbers_where_it_is_told_to() {
    let database = Database::sqlite();
    let app = App::start(database).await;
    let worker = Process::work_showing_numbers(&app.database).await;
    let id = app.submit_id(letter()).await;
    app.wait(&id).await;
    let counted = "docket_executions_total{type=\"parsing\",outcome=\"succeeded\"} 1\n";
    until(async || {
        let answer = app.http.get(format!("{}/metrics", worker.base)).send().await.unwrap();
        answer.text().await.unwrap().contains(counted)
    })
    .await;
    let health = app.http.get(format!("{}/health", worker.base)).send().await.unwrap();
    assert_eq!(health.status(), 200);
    let api = app.http.get(format!("{}/jobs/{id}", worker.base)).send().await.unwrap();
    assert_eq!(api.status(), 404, "it serves no API");
    app.stop().await;
}

async fn the_numbers_follow_what_happens(database: Database) {
    let mut app = App::start(database).await;
    let numbers = async || {
        let answer = app.http.get(format!("{}/metrics", app.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "no key is asked for");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
        answer.text().await.unwrap()
    };
    let queued = |text: &str, count| {
        let line = format!("docket_jobs{{type=\"parsing\",state=\"queued\"}} {count}\n");
        text.contains(&line)
    };
    assert!(queued(&numbers().await, 0));
    let id = app.submit_id(letter()).await;
    let text = numbers().await;
    assert!(queued(&text, 1), "{text}");
    let age = text.lines().find_map(|line| line.strip_prefix("docket_queue_age_seconds "));
    assert!(age.unwrap().parse::<f64>().unwrap() > 0.0);
    assert!(text.contains("docket_webhook_deliveries_pending 0"));

    app.start_worker();
    app.wait(&id).await;
    let numbers = async || {
        app.http.get(format!("{}/metrics", app.base)).send().await.unwrap().text().await.unwrap()
    };
    until(async || {
        numbers().await.contains("docket_jobs{type=\"parsing\",state=\"processing\"} 0")
    })
    .await;
    let text = numbers().await;
    assert!(queued(&text, 0));
    // These are of the process, which is that of other tests too: they are there, and above nought.
    for name in [
        "docket_executions_total{type=\"parsing\",outcome=\"succeeded\"}",
        "docket_claim_latency_seconds_count",
        "docket_job_duration_seconds_count{type=\"parsing\"}",
        "docket_http_request_duration_seconds_count{method=\"GET\",route=\"/jobs/{id}\",status=\"200\"}",
    ] {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        assert!(
            line.is_some_and(|rest| rest.trim().parse::<f64>().unwrap() > 0.0),
            "{name}: {text}"
        );
    }
    assert!(!text.contains(&id), "no label holds an id");
    app.stop().await;
}
