//! How soon messages come, whoever else has slow receivers, and by whose clock they are dated.

use std::time::Duration;

use docket_jobs::{Policy, SecretText, WebhookPolicy, verify};
use docket_worker::WebhookSettings;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::receiver::{Answer, Receiver};
use crate::app::{App, Database, letter, new_account};
use crate::on_both_databases;

on_both_databases!(
    slow_endpoints_of_one_account_delay_no_other,
    ends_of_jobs_and_of_attempts_hurry_deliveries,
    a_short_outage_disables_nothing,
);

/// Looks at the queue only when it is hurried.
fn unhurried(slots: usize) -> WebhookSettings {
    let poll = Duration::from_secs(3600);
    WebhookSettings { slots, poll, allow_private_hosts: true, ..WebhookSettings::default() }
}

async fn slow_endpoints_of_one_account_delay_no_other(database: Database) {
    let webhooks = WebhookPolicy {
        timeout: Duration::from_secs(300),
        per_account_max: 16,
        ..WebhookPolicy::default()
    };
    let mut app = App::start_with(database, Policy { webhooks, ..Policy::default() }).await;
    let hanging = Receiver::scripted(|_| Answer::Never).await;
    for _ in 0..20 {
        let (endpoint, _) = app.endpoint(&hanging.url, &[]).await;
        for _ in 0..4 {
            app.test(&endpoint).await;
        }
    }
    // A few slots more than one account may take, far fewer than its endpoints together.
    app.start_webhooks_with(WebhookSettings {
        slots: 20,
        allow_private_hosts: true,
        ..WebhookSettings::default()
    });
    for _ in 0..16 {
        hanging.next().await;
    }
    let willing = Receiver::willing().await;
    let (other, _) = new_account(&app.jobs, "other").await;
    let body = json!({ "url": willing.url });
    let made = app.call_as(&other, Method::POST, "/webhooks", Some(&body)).await;
    let made: Value = made.json().await.unwrap();
    let test = format!("/webhooks/{}/test", made["id"].as_str().unwrap());
    for _ in 0..15 {
        let test = app.call_as(&other, Method::POST, &test, None).await;
        assert_eq!(test.status(), StatusCode::ACCEPTED);
    }
    for _ in 0..15 {
        willing.next().await;
    }
    assert_eq!(hanging.waiting().await, 0, "sixteen at a time and no more");
    app.stop().await;
}

async fn ends_of_jobs_and_of_attempts_hurry_deliveries(database: Database) {
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    let (endpoint, _) = app.endpoint(&receiver.url, &[]).await;
    for _ in 0..40 {
        app.test(&endpoint).await;
    }
    app.start_webhooks_with(unhurried(64));
    // Four at a time: each end of an attempt makes way for the next.
    for _ in 0..40 {
        receiver.next().await;
    }
    app.start_worker();
    let id = app.submit_id(letter()).await;
    assert_eq!(receiver.next().await.event()["data"]["job_id"], json!(id));
    let id = app.test(&endpoint).await;
    assert_eq!(receiver.next().await.id(), id);
    app.stop().await;
}

async fn a_short_outage_disables_nothing(database: Database) {
    let mut app = App::start_with(database, super::quick(&[1; 30])).await;
    let receiver = Receiver::scripted(|n| Answer::Status(if n < 60 { 503 } else { 204 })).await;
    let (endpoint, _) = app.endpoint(&receiver.url, &[]).await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(app.test(&endpoint).await);
    }
    app.start_webhooks();
    for id in &ids {
        app.delivery(&endpoint, id, "delivered").await;
    }
    let shown = app.get_json(&endpoint).await;
    assert_eq!((&shown["status"], &shown["failing_since"]), (&json!("enabled"), &Value::Null));
    app.stop().await;
}

/// Messages bear the database's time, and links end by it: receivers and clients take both, though
/// this node's clock is wrong by more than a receiver accepts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_clock_of_a_node_harms_nothing() {
    let database = Database::postgres().await;
    database.set_clock_back(6).await;
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    let (_, secret) = app.endpoint(&receiver.url, &[]).await;
    app.start_worker();
    app.start_webhooks();
    let form = reqwest::multipart::Form::new().text("file_name", "later.pdf");
    let form = form.text("expires_in", "300");
    let request =
        app.http.post(format!("{}/v2/parse/upload", app.base)).header("api-key", &app.key);
    let slot: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
    let upload = app.http.put(slot["upload_url"].as_str().unwrap());
    let upload = upload.header("content-type", "application/pdf").body(letter());
    assert_eq!(upload.send().await.unwrap().status(), StatusCode::OK, "the window is open");

    let seen = receiver.next().await;
    let header = |name: &str| seen.headers[name].to_str().unwrap();
    let secret = SecretText(secret).secret().unwrap();
    let timestamp_s: i64 = header("webhook-timestamp").parse().unwrap();
    let takes = |now_s: i64| {
        let signature = header("webhook-signature");
        verify(&secret, seen.id(), timestamp_s, &seen.body, signature, now_s)
    };
    let right = app.jobs.now().timestamp();
    assert!(takes(right), "a receiver with the right time takes it");
    assert!(!takes(right + 6 * 60), "this node's clock is that far off");

    let id = slot["job_id"].as_str().unwrap();
    let read = app.get_json(&format!("/parse/{id}")).await;
    let link = app.http.get(read["file_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(link.status(), StatusCode::OK);
    // An hour from now, by the database's clock.
    let query = link.url().query().unwrap().to_owned();
    let expires = query.strip_prefix("expires=").unwrap().split('&').next().unwrap();
    let left = expires.parse::<i64>().unwrap() - right;
    assert!((3590..=3610).contains(&left), "{left}");
    app.stop().await;
}
