//! `GET /metrics`: what operators watch.

use crate::app::{App, Database, letter, until};
use crate::on_both_databases;

on_both_databases!(the_numbers_follow_what_happens);

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
