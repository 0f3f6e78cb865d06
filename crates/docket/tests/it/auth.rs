//! Keys: every header, other accounts, revocation.

use reqwest::StatusCode;
use serde_json::Value;

use crate::app::{App, Database, letter, new_account};
use crate::on_both_databases;

on_both_databases!(
    every_header_opens_the_door,
    another_accounts_job_looks_unknown,
    a_revoked_key_is_dead_at_once,
    an_account_without_credits_or_submits_left_is_refused,
);

async fn every_header_opens_the_door(database: Database) {
    let app = App::start(database).await;
    let key = &app.key;
    let bearer = format!("Bearer {key}");
    let lower = format!("bearer {key}");
    for (name, value) in [
        ("api-key", key.as_str()),
        ("X-API-Key", key.as_str()),
        ("Authorization", bearer.as_str()),
        ("authorization", lower.as_str()),
    ] {
        let request = app.http.get(format!("{}/jobs", app.base)).header(name, value);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{name}");
    }
    // The first valid one counts, so a stale header beside a good one does no harm.
    let both = app
        .http
        .get(format!("{}/jobs", app.base))
        .header("api-key", "stale")
        .header("x-api-key", key);
    assert_eq!(both.send().await.unwrap().status(), StatusCode::OK);

    let unknown = "b2094b38-e432-44b6-a5d0-67bed07d5de1";
    for path in ["/jobs".to_owned(), format!("/jobs/{unknown}"), format!("/parse/{unknown}")] {
        let without = app.http.get(format!("{}{path}", app.base)).send().await.unwrap();
        assert_eq!(without.status(), StatusCode::UNAUTHORIZED);
        let body: Value = without.json().await.unwrap();
        assert_eq!(
            body["detail"],
            "API key is required. Please provide 'api-key' in the request header."
        );
        assert_eq!(app.get_as("wrong", &path).await.status(), StatusCode::UNAUTHORIZED);
    }
    let request =
        app.http.get(format!("{}/parse/{unknown}", app.base)).header("x-apimatic-lang", "python");
    let bare: Value = request.send().await.unwrap().json().await.unwrap();
    assert!(bare.is_string(), "one client reads only a bare text here");
    app.stop().await;
}

async fn another_accounts_job_looks_unknown(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let (stranger, _) = new_account(&app.jobs, "stranger").await;
    for path in [format!("/jobs/{id}"), format!("/jobs/{id}/result"), format!("/parse/{id}")] {
        let answer = app.get_as(&stranger, &path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["detail"], format!("Job {id} not found"), "{path}");
    }
    let request = app.http.delete(format!("{}/jobs/{id}", app.base)).header("api-key", &stranger);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(app.get_json(&format!("/jobs/{id}")).await["status"], "queued");
    let list = app.get_as(&stranger, "/jobs").await.json::<Value>().await.unwrap();
    assert_eq!(list["jobs"].as_array().unwrap().len(), 0);
    app.stop().await;
}

async fn a_revoked_key_is_dead_at_once(database: Database) {
    let app = App::start(database).await;
    let key = app.jobs.list_keys().await.unwrap().pop().unwrap();
    assert!(app.key.ends_with(&key.last_four));
    app.jobs.revoke_key(key.id).await.unwrap().unwrap();
    assert_eq!(app.get("/jobs").await.status(), StatusCode::UNAUTHORIZED);
    app.stop().await;
}

async fn an_account_without_credits_or_submits_left_is_refused(database: Database) {
    use docket_contract::UserId;
    use docket_jobs::AccountLimits;
    let mut app = App::start(database).await;
    let poor = UserId("poor".to_owned());
    let limits = AccountLimits { credits: Some(1), submits_per_minute: None };
    app.key = app.jobs.create_key(&poor, limits, "test").await.unwrap().text;
    let created = app.submit(letter(), &[]).await;
    assert_eq!((&created["credit_used"], &created["quota_remaining"]), (&1.into(), &0.into()));
    let refused = app.post_form(form(letter())).await;
    assert_eq!(refused.status(), StatusCode::PAYMENT_REQUIRED);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["detail"]["status"], "QUOTA_EXCEEDED");
    assert_eq!(body["quota_data"]["remaining"], 0);

    let hasty = UserId("hasty".to_owned());
    let limits = AccountLimits { credits: None, submits_per_minute: Some(2) };
    app.key = app.jobs.create_key(&hasty, limits, "test").await.unwrap().text;
    for _ in 0..2 {
        app.submit(letter(), &[]).await;
    }
    let refused = app.post_form(form(letter())).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert_eq!(refused.json::<Value>().await.unwrap()["retry_after"], seconds);
    assert_eq!(app.get_json("/jobs").await["jobs"].as_array().unwrap().len(), 2);
    app.stop().await;
}

fn form(body: Vec<u8>) -> reqwest::multipart::Form {
    reqwest::multipart::Form::new().part("file", crate::app::file_part(body, "a.pdf"))
}
