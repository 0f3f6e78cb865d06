//! What is told, to whom, and how it is signed.

use reqwest::multipart::Form;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::app::{App, Database, file_part, letter};
use crate::on_both_databases;

on_both_databases!(
    the_end_of_a_job_is_told_and_signed,
    failed_and_cancelled_jobs_say_why,
    the_end_of_a_batch_is_told,
    both_secrets_verify_during_a_rotation,
    a_delivery_is_replayed_under_its_own_id,
    two_processes_deliver_once,
);

async fn the_end_of_a_job_is_told_and_signed(database: Database) {
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    let (endpoint, secret) = app.endpoint(&receiver.url, &[]).await;
    app.start_worker();
    app.start_webhooks();
    let id = app.submit_id(letter()).await;
    let seen = receiver.next().await;
    assert!(seen.verifies(&secret), "the published library takes it");
    assert!(!seen.verifies("whsec_bm90IHRoZSBzZWNyZXQ="));
    assert_eq!(seen.headers["content-type"], "application/json");
    assert!(seen.id().starts_with("msg_"));

    let event = seen.event();
    let job = app.get_json(&format!("/jobs/{id}")).await;
    let data = &event["data"];
    assert_eq!(
        (&event["type"], &event["timestamp"]),
        (&json!("job.completed"), &data["finished_at"])
    );
    assert_eq!((&data["job_id"], &data["type"]), (&json!(id), &json!("parsing")));
    assert_eq!((&data["status"], &data["jobs_status"]), (&json!("Succeeded"), &job["status"]));
    assert_eq!(
        (&data["created_at"], &data["finished_at"]),
        (&job["created_at"], &job["updated_at"])
    );
    assert_eq!(data["error"], Value::Null);
    for link in ["status", "result"] {
        let path = data["links"][link].as_str().unwrap();
        assert_eq!(app.get(path).await.status(), StatusCode::OK, "{path}");
    }
    let text = String::from_utf8_lossy(&seen.body).into_owned();
    assert!(!text.contains("quick") && !text.contains("letter"), "{text}");

    let logged = app.delivery(&endpoint, seen.id(), "delivered").await;
    assert_eq!((&logged["payload"], &logged["subject_id"]), (&event, &json!(id)));
    assert_eq!(logged["attempts"][0]["status_code"], 204);
    assert!(logged["attempts"][0]["duration_ms"].is_u64());
    app.stop().await;
}

async fn failed_and_cancelled_jobs_say_why(database: Database) {
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    app.endpoint(&receiver.url, &["job.failed", "job.cancelled"]).await;
    app.start_webhooks();
    let cancelled = app.submit_id(letter()).await;
    app.delete(&format!("/jobs/{cancelled}")).await;
    let event = receiver.next().await.event();
    assert_eq!(
        (&event["type"], &event["data"]["status"]),
        (&json!("job.cancelled"), &json!("Cancelled"))
    );
    assert_eq!(event["data"]["error"]["code"], "cancelled");
    assert_eq!(event["data"]["links"]["result"], Value::Null);

    app.start_worker();
    let good = app.submit_id(letter()).await;
    app.wait(&good).await;
    let failed = app.submit_id(b"%PDF-1.7 broken off".to_vec()).await;
    let event = receiver.next().await.event();
    assert_eq!((&event["type"], &event["data"]["job_id"]), (&json!("job.failed"), &json!(failed)));
    assert_eq!(event["data"]["jobs_status"], "FAILED");
    let job = app.get_json(&format!("/jobs/{failed}")).await;
    assert_eq!(event["data"]["error"]["message"], job["error"]);
    assert_eq!(receiver.waiting().await, 0, "nobody asked for the one that completed");
    app.stop().await;
}

async fn the_end_of_a_batch_is_told(database: Database) {
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    app.endpoint(&receiver.url, &["batch.completed"]).await;
    app.start_worker();
    app.start_webhooks();
    let schema = r#"{"type":"object","properties":{"total_due":{"type":"number"}}}"#;
    let mut form = Form::new().text("schema_data", schema);
    for body in [letter(), letter(), b"%PDF-1.7 broken off".to_vec()] {
        form = form.part("pdf_files", file_part(body, "a.pdf"));
    }
    let request = app.http.post(format!("{}/batch/cite", app.base)).header("api-key", &app.key);
    let made: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
    let event = receiver.next().await.event();
    let data = &event["data"];
    assert_eq!((&event["type"], &data["batch_id"]), (&json!("batch.completed"), &made["batch_id"]));
    assert_eq!(data["status"], "COMPLETED_WITH_FAILURES");
    assert_eq!((&data["completed_jobs"], &data["failed_jobs"]), (&json!(2), &json!(1)));
    let batch = app.get_json(data["links"]["status"].as_str().unwrap()).await;
    assert_eq!(batch["status"], data["status"], "it is as it says");
    app.stop().await;
}

async fn both_secrets_verify_during_a_rotation(database: Database) {
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    let (endpoint, old) = app.endpoint(&receiver.url, &[]).await;
    app.start_webhooks();
    let rotate = format!("{endpoint}/rotate-secret");
    let rotated = app.expect(StatusCode::OK, Method::POST, &rotate, None).await;
    let new = rotated["secret"].as_str().unwrap().to_owned();
    assert!(rotated["previous_secret_expires_at"].is_string());
    app.test(&endpoint).await;
    let seen = receiver.next().await;
    assert!(seen.verifies(&new) && seen.verifies(&old));
    assert_eq!(seen.event()["type"], "webhook.test");

    let at_once = json!({ "overlap_s": 0 });
    let newest = app.expect(StatusCode::OK, Method::POST, &rotate, Some(&at_once)).await;
    app.test(&endpoint).await;
    let seen = receiver.next().await;
    assert!(seen.verifies(newest["secret"].as_str().unwrap()));
    assert!(!seen.verifies(&new) && !seen.verifies(&old));
    let shown = app.get_json(&endpoint).await;
    assert_eq!(shown["secret"], Value::Null, "it is shown when it is made and never again");
    app.stop().await;
}

async fn a_delivery_is_replayed_under_its_own_id(database: Database) {
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    let (endpoint, secret) = app.endpoint(&receiver.url, &[]).await;
    app.start_webhooks();
    let id = app.test(&endpoint).await;
    let first = receiver.next().await;
    app.delivery(&endpoint, &id, "delivered").await;
    let replay = format!("{endpoint}/deliveries/{id}/replay");
    app.expect(StatusCode::ACCEPTED, Method::POST, &replay, None).await;
    let again = receiver.next().await;
    assert_eq!((again.id(), &again.body), (first.id(), &first.body));
    assert!(again.verifies(&secret));
    let logged = app.delivery(&endpoint, &id, "delivered").await;
    assert_eq!(logged["attempts"].as_array().unwrap().len(), 2);
    app.stop().await;
}

async fn two_processes_deliver_once(database: Database) {
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    let (endpoint, _) = app.endpoint(&receiver.url, &[]).await;
    for _ in 0..30 {
        app.test(&endpoint).await;
    }
    app.start_webhooks();
    app.start_webhooks();
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..30 {
        assert!(ids.insert(receiver.next().await.id().to_owned()), "delivered twice");
    }
    for id in &ids {
        app.delivery(&endpoint, id, "delivered").await;
    }
    assert_eq!(receiver.waiting().await, 0);
    app.stop().await;
}
