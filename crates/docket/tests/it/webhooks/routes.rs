//! The endpoints as their owners make, see and change them, and the command that listens.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::receiver::Receiver;
use crate::app::{App, Database, LIMIT, letter, new_account, program, until};
use crate::on_both_databases;
use crate::processes::docket;

on_both_databases!(
    endpoints_are_made_changed_and_deleted,
    bad_requests_are_told_by_field,
    private_hosts_are_refused_at_once,
    other_accounts_see_nothing,
    the_commands_do_the_same,
    listening_prints_and_leaves_nothing_behind,
);

async fn endpoints_are_made_changed_and_deleted(database: Database) {
    let app = App::start(database).await;
    let body = json!({ "url": "https://example.org/hook", "description": "mine" });
    let made = app.expect(StatusCode::CREATED, Method::POST, "/webhooks", Some(&body)).await;
    assert_eq!((&made["events"], &made["status"]), (&json!(["*"]), &json!("enabled")));
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let path = format!("/webhooks/{}", made["id"].as_str().unwrap());
    let mut shown = app.get_json(&path).await;
    assert_eq!(shown.get("secret"), None);
    shown["secret"] = made["secret"].clone();
    assert_eq!(shown, made);
    let list = app.get_json("/webhooks").await;
    assert_eq!(list["webhooks"][0]["id"], made["id"]);
    assert!(!list.to_string().contains("whsec_"));

    let change = json!({ "events": ["job.failed"], "enabled": false });
    let changed = app.expect(StatusCode::OK, Method::PATCH, &path, Some(&change)).await;
    assert_eq!((&changed["events"], &changed["url"]), (&json!(["job.failed"]), &made["url"]));
    assert_eq!(changed["disabled"]["reason"], "owner");
    app.expect(StatusCode::OK, Method::DELETE, &path, None).await;
    let gone = app.expect(StatusCode::NOT_FOUND, Method::GET, &path, None).await;
    assert_eq!(gone, json!({ "detail": "Webhook not found" }));

    for _ in 0..20 {
        app.endpoint("https://example.org/hook", &[]).await;
    }
    let many = app.expect(StatusCode::BAD_REQUEST, Method::POST, "/webhooks", Some(&body)).await;
    assert_eq!(many, json!({ "detail": "An account has at most 20 webhooks" }));
    app.stop().await;
}

async fn bad_requests_are_told_by_field(database: Database) {
    let app = App::start(database).await;
    let refused = async |method, path: &str, body: Value| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let answer = app.expect(status, method, path, Some(&body)).await;
        let entry = answer["detail"][0].clone();
        assert!(entry["msg"].is_string() && entry.get("input").is_some(), "{entry}");
        json!([entry["type"], entry["loc"]])
    };
    let post = async |body| refused(Method::POST, "/webhooks", body).await;
    assert_eq!(post(json!({})).await, json!(["missing", ["body", "url"]]));
    assert_eq!(post(json!([])).await, json!(["dict_type", ["body"]]));
    assert_eq!(post(json!({ "url": 7 })).await, json!(["string_type", ["body", "url"]]));
    let url = "https://example.org/";
    for bad in ["nowhere", "ftp://example.org/", "https://user:secret@example.org/"] {
        assert_eq!(post(json!({ "url": bad })).await, json!(["url_parsing", ["body", "url"]]));
    }
    let events = json!({ "url": url, "events": ["job.failed", "job.unheard"] });
    assert_eq!(post(events).await, json!(["enum", ["body", "events", 1]]));
    let (path, _) = app.endpoint(url, &[]).await;
    let flag = refused(Method::PATCH, &path, json!({ "enabled": "yes" })).await;
    assert_eq!(flag, json!(["bool_type", ["body", "enabled"]]));
    let since = refused(Method::POST, &format!("{path}/replay"), json!({})).await;
    assert_eq!(since, json!(["missing", ["body", "since"]]));
    let list = app.call(Method::GET, &format!("{path}/deliveries?status=lost"), None).await;
    assert_eq!(list.status(), StatusCode::BAD_REQUEST);
    app.stop().await;
}

async fn private_hosts_are_refused_at_once(database: Database) {
    let app = App::start_in_public(database).await;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let public = json!({ "url": "https://8.8.8.8/hook" });
    let made = app.expect(StatusCode::CREATED, Method::POST, "/webhooks", Some(&public)).await;
    let path = format!("/webhooks/{}", made["id"].as_str().unwrap());
    for url in [
        "http://127.0.0.1:8080/hook",
        "http://localhost/hook",
        "http://10.1.2.3/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:192.168.1.1]/",
        "http://169.254.169.254/latest/meta-data",
    ] {
        let body = json!({ "url": url });
        for (method, path) in [(Method::POST, "/webhooks"), (Method::PATCH, &path)] {
            let refused = app.expect(status, method, path, Some(&body)).await;
            let entry = &refused["detail"][0];
            assert_eq!((&entry["loc"], &entry["input"]), (&json!(["body", "url"]), &json!(url)));
            assert_eq!(entry["type"], "url_private_host");
            assert!(entry["msg"].as_str().unwrap().contains("allow_private_hosts"), "{entry}");
        }
    }
    assert_eq!(app.get_json(&path).await["url"], public["url"]);
    // Whether a name that cannot be resolved will be public is not known yet.
    let unknown = json!({ "url": "https://receiver.invalid/hook" });
    app.expect(StatusCode::CREATED, Method::POST, "/webhooks", Some(&unknown)).await;
    app.stop().await;
}

async fn other_accounts_see_nothing(database: Database) {
    let app = App::start(database).await;
    let (path, _) = app.endpoint("https://example.org/hook", &[]).await;
    let delivery = app.test(&path).await;
    let (stranger, _) = new_account(&app.jobs, "stranger").await;
    let since = json!({ "since": "2020-01-01T00:00:00Z" });
    for (method, rest, body) in [
        (Method::GET, String::new(), None),
        (Method::PATCH, String::new(), Some(&since)),
        (Method::DELETE, String::new(), None),
        (Method::POST, "/rotate-secret".to_owned(), None),
        (Method::POST, "/test".to_owned(), None),
        (Method::POST, "/replay".to_owned(), Some(&since)),
        (Method::GET, "/deliveries".to_owned(), None),
        (Method::GET, format!("/deliveries/{delivery}"), None),
        (Method::POST, format!("/deliveries/{delivery}/replay"), None),
    ] {
        let theirs = app.call_as(&stranger, method.clone(), &format!("{path}{rest}"), body).await;
        assert_eq!(theirs.status(), StatusCode::NOT_FOUND, "{method} {rest}");
        let theirs: Value = theirs.json().await.unwrap();
        let unknown = format!("/webhooks/b2094b38-e432-44b6-a5d0-67bed07d5de1{rest}");
        let unknown = app.call(method.clone(), &unknown, body).await;
        assert_eq!(unknown.status(), StatusCode::NOT_FOUND, "{method} {rest}");
        assert_eq!(theirs, unknown.json::<Value>().await.unwrap(), "{method} {rest}");
        let nonsense = app.call(method, &format!("/webhooks/x%ff{rest}"), body).await;
        assert_eq!(nonsense.status(), StatusCode::NOT_FOUND);
    }
    let list: Value = app.get_as(&stranger, "/webhooks").await.json().await.unwrap();
    assert_eq!(list, json!({ "webhooks": [] }));
    let no_key = app.http.get(format!("{}{path}", app.base)).send().await.unwrap();
    assert_eq!(no_key.status(), StatusCode::UNAUTHORIZED);
    app.stop().await;
}

/// `docket webhooks ...` that must succeed; what it prints.
async fn command(app: &App, words: &[&str]) -> String {
    let server = ["--url", &app.base, "--api-key", &app.key];
    let arguments = [&["webhooks"], words, &server].concat();
    let output = docket(arguments.into_iter().map(str::to_owned).collect()).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn the_commands_do_the_same(database: Database) {
    let mut app = App::start(database).await;
    let receiver = Receiver::willing().await;
    app.start_webhooks();
    let made = command(&app, &["create", &receiver.url, "--event", "job.failed", "--json"]).await;
    let made: Value = serde_json::from_str(&made).unwrap();
    let id = made["id"].as_str().unwrap();
    let list = command(&app, &["list"]).await;
    assert!(list.contains(id) && list.contains("job.failed") && list.contains("enabled"));
    assert!(command(&app, &["disable", id]).await.contains("disabled"));
    assert!(command(&app, &["enable", id]).await.contains("enabled"));
    assert!(command(&app, &["rotate", id, "--overlap-s", "60"]).await.contains("whsec_"));
    let test = command(&app, &["test", id]).await;
    let delivery = test.split_whitespace().next().unwrap();
    assert_eq!(receiver.next().await.id(), delivery);
    app.delivery(&format!("/webhooks/{id}"), delivery, "delivered").await;
    assert!(command(&app, &["log", id, "--status", "delivered"]).await.contains(delivery));
    assert!(command(&app, &["log", id, delivery]).await.contains("\"payload\""));
    command(&app, &["replay", id, delivery]).await;
    assert_eq!(receiver.next().await.id(), delivery);
    let none = command(&app, &["replay", id, "--since", "2020-01-01T00:00:00Z"]).await;
    assert!(none.starts_with('0'), "{none}");
    command(&app, &["delete", id]).await;
    assert!(command(&app, &["list"]).await.contains("No webhooks yet"));
    let bad = ["webhooks", "create", "nowhere", "--url", &app.base, "--api-key", &app.key];
    let bad = docket(bad.map(str::to_owned).to_vec()).await;
    assert_eq!(bad.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("url: "), "the field is named");
    app.stop().await;
}

/// `docket webhooks listen`, with its lines as they come.
fn listen(app: &App) -> (Child, mpsc::UnboundedReceiver<String>) {
    let mut child = Command::new(program())
        .args(["webhooks", "listen", "--url", &app.base, "--api-key", &app.key])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    (child, receiver)
}

async fn listening_prints_and_leaves_nothing_behind(database: Database) {
    let mut app = App::start(database).await;
    app.start_webhooks();
    let (mut child, mut lines) = listen(&app);
    let mut next = async || {
        let line = tokio::time::timeout(LIMIT, lines.recv()).await.unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    assert_eq!(next().await["type"], "webhook.test");
    let id = app.submit_id(letter()).await;
    app.delete(&format!("/jobs/{id}")).await;
    assert_eq!(next().await["data"]["job_id"], json!(id));

    // A message that is not from the server is refused and not printed.
    let list = app.get_json("/webhooks").await;
    let url = list["webhooks"][0]["url"].as_str().unwrap().to_owned();
    let forged = app.http.post(url).header("webhook-id", "msg_1").body("{}").send().await.unwrap();
    assert_eq!(forged.status(), StatusCode::UNAUTHORIZED);

    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let mut ended = None;
    until(async || {
        ended = child.try_wait().unwrap();
        ended.is_some()
    })
    .await;
    assert_eq!(ended.unwrap().code(), Some(0));
    assert_eq!(app.get_json("/webhooks").await, json!({ "webhooks": [] }));
    app.stop().await;
}
