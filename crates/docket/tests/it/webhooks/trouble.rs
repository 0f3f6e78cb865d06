//! Receivers that refuse, hang, move or are where they must not be, and processes that die.

use docket_worker::WebhookSettings;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::quick;
use super::receiver::{Answer, Receiver};
use crate::app::{App, Database, letter, until};
use crate::on_both_databases;
use crate::processes::Process;

on_both_databases!(
    a_refused_delivery_is_tried_again_by_the_schedule,
    what_is_given_up_is_replayed_later,
    an_endpoint_that_is_gone_is_disabled,
    a_hanging_endpoint_does_not_hold_up_others,
    private_addresses_are_refused,
    redirects_are_not_followed,
    a_delivery_of_a_killed_process_is_made_by_another,
);

async fn a_refused_delivery_is_tried_again_by_the_schedule(database: Database) {
    let mut app = App::start_with(database, quick(&[10, 10, 10])).await;
    let answers = [500, 429, 204];
    let receiver = Receiver::scripted(move |n| Answer::Status(answers[n])).await;
    let (endpoint, secret) = app.endpoint(&receiver.url, &[]).await;
    app.start_webhooks();
    let id = app.test(&endpoint).await;
    let logged = app.delivery(&endpoint, &id, "delivered").await;
    for _ in 0..3 {
        let seen = receiver.next().await;
        assert!(seen.id() == id && seen.verifies(&secret));
    }
    let attempts = logged["attempts"].as_array().unwrap().iter();
    let told: Vec<Value> = attempts.map(|a| json!([a["status_code"], a["error"]])).collect();
    let want =
        [json!([500, "It answered 500"]), json!([429, "It answered 429"]), json!([204, null])];
    assert_eq!(told, want);
    assert_eq!(app.get_json(&endpoint).await["failures_in_a_row"], 0);
    app.stop().await;
}

async fn what_is_given_up_is_replayed_later(database: Database) {
    let mut app = App::start_with(database, quick(&[10])).await;
    let receiver = Receiver::scripted(|n| Answer::Status(if n < 6 { 503 } else { 200 })).await;
    let (endpoint, _) = app.endpoint(&receiver.url, &[]).await;
    app.start_webhooks();
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = app.test(&endpoint).await;
        let given_up = app.delivery(&endpoint, &id, "failed").await;
        assert_eq!(
            (&given_up["attempt_count"], &given_up["last_status_code"]),
            (&json!(2), &json!(503))
        );
        ids.push((id, given_up["occurred_at"].clone()));
    }
    let failed = app.get_json(&format!("{endpoint}/deliveries?status=failed&limit=2")).await;
    assert_eq!(failed["deliveries"][0]["id"], json!(ids[2].0));
    let cursor = failed["next_cursor"].as_str().unwrap();
    let rest = app.get_json(&format!("{endpoint}/deliveries?cursor={cursor}")).await;
    assert_eq!(
        (&rest["deliveries"][0]["id"], &rest["next_cursor"]),
        (&json!(ids[0].0), &Value::Null)
    );

    let since = json!({ "since": ids[1].1 });
    let replay = format!("{endpoint}/replay");
    let answer = app.expect(StatusCode::ACCEPTED, Method::POST, &replay, Some(&since)).await;
    assert_eq!(answer, json!({ "replayed": 2 }));
    for (id, _) in &ids[1..] {
        app.delivery(&endpoint, id, "delivered").await;
    }
    app.delivery(&endpoint, &ids[0].0, "failed").await;
    app.stop().await;
}

async fn an_endpoint_that_is_gone_is_disabled(database: Database) {
    let mut app = App::start_with(database, quick(&[10])).await;
    let receiver = Receiver::scripted(|n| Answer::Status(if n == 0 { 410 } else { 200 })).await;
    let (endpoint, _) = app.endpoint(&receiver.url, &[]).await;
    app.start_webhooks();
    let id = app.test(&endpoint).await;
    app.delivery(&endpoint, &id, "failed").await;
    let shown = app.get_json(&endpoint).await;
    assert_eq!(
        (&shown["status"], &shown["disabled"]["reason"]),
        (&json!("disabled"), &json!("gone"))
    );
    receiver.next().await;
    let test = app.call(Method::POST, &format!("{endpoint}/test"), None).await;
    assert_eq!(test.status(), StatusCode::BAD_REQUEST);

    // What happens meanwhile waits.
    let job = app.submit_id(letter()).await;
    app.delete(&format!("/jobs/{job}")).await;
    let log = format!("{endpoint}/deliveries?status=pending");
    until(async || app.get_json(&log).await["deliveries"][0]["subject_id"] == job).await;
    assert_eq!(receiver.waiting().await, 0);
    let enable = json!({ "enabled": true });
    let enabled = app.expect(StatusCode::OK, Method::PATCH, &endpoint, Some(&enable)).await;
    assert_eq!((&enabled["status"], &enabled["disabled"]), (&json!("enabled"), &Value::Null));
    assert_eq!(receiver.next().await.event()["data"]["job_id"], json!(job));
    app.stop().await;
}

async fn a_hanging_endpoint_does_not_hold_up_others(database: Database) {
    let mut app = App::start(database).await;
    let hanging = Receiver::scripted(|_| Answer::Never).await;
    let willing = Receiver::willing().await;
    let (slow, _) = app.endpoint(&hanging.url, &[]).await;
    let (fast, _) = app.endpoint(&willing.url, &[]).await;
    for _ in 0..20 {
        app.test(&slow).await;
    }
    // Fewer slots than deliveries that hang, more than one endpoint may take.
    let settings =
        WebhookSettings { slots: 6, allow_private_hosts: true, ..WebhookSettings::default() };
    app.start_webhooks_with(settings);
    for _ in 0..4 {
        hanging.next().await;
    }
    for _ in 0..20 {
        app.test(&fast).await;
    }
    for _ in 0..20 {
        willing.next().await;
    }
    assert_eq!(hanging.waiting().await, 0, "four at a time and no more");
    app.stop().await;
}

async fn private_addresses_are_refused(database: Database) {
    let mut app = App::start_with(database, quick(&[])).await;
    let receiver = Receiver::willing().await;
    let by_name = receiver.url.replace("127.0.0.1", "localhost");
    app.start_webhooks_with(WebhookSettings::default());
    for url in [receiver.url.as_str(), &by_name, "http://169.254.169.254/latest/meta-data"] {
        let (endpoint, _) = app.endpoint(url, &[]).await;
        let id = app.test(&endpoint).await;
        let refused = app.delivery(&endpoint, &id, "failed").await;
        assert_eq!(refused["last_error"], "The URL's host is not on the public internet", "{url}");
        assert_eq!(refused["last_status_code"], Value::Null);
    }
    assert_eq!(receiver.waiting().await, 0);
    app.stop().await;
}

async fn redirects_are_not_followed(database: Database) {
    let mut app = App::start_with(database, quick(&[])).await;
    let elsewhere = Receiver::willing().await;
    let to = elsewhere.url.clone();
    let receiver = Receiver::scripted(move |_| Answer::Redirect(to.clone())).await;
    let (endpoint, _) = app.endpoint(&receiver.url, &[]).await;
    app.start_webhooks();
    let id = app.test(&endpoint).await;
    let refused = app.delivery(&endpoint, &id, "failed").await;
    assert_eq!(refused["last_error"], "It answered 307: redirects are not followed");
    assert_eq!(elsewhere.waiting().await, 0);
    app.stop().await;
}

/// Leases short enough for a test; private hosts are allowed because the receiver is on this one.
const WORK: [&str; 9] = [
    "--lease-s",
    "2",
    "--heartbeat-s",
    "1",
    "--webhook-timeout-s",
    "1",
    "--workers",
    "1",
    "--allow-private-hosts",
];

async fn a_delivery_of_a_killed_process_is_made_by_another(database: Database) {
    let app = App::start(database).await;
    let receiver =
        Receiver::scripted(|n| if n == 0 { Answer::Never } else { Answer::Status(204) }).await;
    let (endpoint, secret) = app.endpoint(&receiver.url, &[]).await;
    let id = app.submit_id(letter()).await;
    app.delete(&format!("/jobs/{id}")).await;
    let mut first = Process::work(&app.database, &WORK);
    let lost = receiver.next().await;
    first.kill();

    let _second = Process::work(&app.database, &WORK);
    let again = receiver.next().await;
    assert_eq!((again.id(), &again.body), (lost.id(), &lost.body));
    assert!(again.verifies(&secret));
    let logged = app.delivery(&endpoint, again.id(), "delivered").await;
    assert_eq!(logged["attempts"][0]["duration_ms"], Value::Null, "nobody saw its end");
    assert_eq!(logged["attempts"][1]["status_code"], 204);
    app.stop().await;
}
