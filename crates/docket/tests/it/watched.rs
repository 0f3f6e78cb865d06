//! What operators see: one request followed through the log to its job, and complete metrics.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::app::{Database, http, letter, long_document, program, until};
use crate::on_both_databases;
use crate::processes::create_key;

on_both_databases!(
    a_request_is_followed_to_its_job_and_back,
    every_family_of_metrics_has_help,
    a_collector_gets_the_spans_of_a_request_and_its_job,
    a_dead_endpoint_writes_no_line_for_each_attempt,
);

/// A server whose log is read as JSON.
struct Watched {
    child: std::process::Child,
    lines: Arc<Mutex<Vec<Value>>>,
    base: String,
}

impl Watched {
    async fn start(database: &Database, flags: &[&str]) -> Self {
        let child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(database.flags())
            .args(flags)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.unwrap();
        let lines: Arc<Mutex<Vec<Value>>> = Arc::default();
        let (log, written) = (child.stderr.take().unwrap(), Arc::clone(&lines));
        std::thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).expect("every line is JSON");
                written.lock().unwrap().push(line);
            }
        });
        let mut watched = Self { child, lines, base: String::new() };
        let start = watched.line(|line| line["message"] == "docket serves").await;
        watched.base = format!("http://{}", start["listen"].as_str().unwrap());
        watched
    }

    /// The first line that is asked for, once it is there.
    async fn line(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut found = Value::Null;
        until(async || {
            let lines = self.lines.lock().unwrap().clone();
            found = lines.into_iter().find(|line| is_it(line)).unwrap_or_default();
            !found.is_null()
        })
        .await;
        found
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn a_request_is_followed_to_its_job_and_back(database: Database) {
    let node = Watched::start(&database, &[]).await;
    let key = create_key(&database).await;
    let submit = async |body: Vec<u8>, request_id: &str| {
        let part = reqwest::multipart::Part::bytes(body).file_name("letter.pdf");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = http().post(format!("{}/parse", node.base));
        let request = request.header("api-key", &key).header("x-request-id", request_id);
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let answer = request.header("traceparent", trace).multipart(form).send().await.unwrap();
        assert_eq!(answer.headers()["x-request-id"], request_id);
        let body: Value = answer.json().await.unwrap();
        body["job_id"].as_str().unwrap().to_owned()
    };
    let id = submit(letter(), "order-4711").await;
    let request = node.line(|line| line["request.id"] == "order-4711").await;
    assert_eq!(request["job.id"], id.as_str(), "{request}");
    assert_eq!(request["account.id"], "tester");
    assert_eq!(request["trace.id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    let settled = |line: &Value, id: &str| {
        line["message"].as_str().is_some_and(|text| text.starts_with("execution"))
            && line["job.id"] == id
    };
    let job = node.line(|line| settled(line, &id)).await;
    for (field, value) in [
        ("request.id", "order-4711"),
        ("account.id", "tester"),
        ("job.type", "parsing"),
        ("job.state", "succeeded"),
    ] {
        assert_eq!(job[field], value, "{job}");
    }
    assert_eq!(job["job.pages"], 1, "{job}");
    let broken = submit(b"%PDF-1.7 broken off".to_vec(), "order-4712").await;
    let failed = node.line(|line| settled(line, &broken)).await;
    assert_eq!(failed["job.state"], "failed", "{failed}");
    assert!(failed["job.cause"].as_str().is_some_and(|text| text.len() > 10), "{failed}");

    // An owner who cancels a running job is nothing to worry about.
    let long = submit(long_document(), "order-4713").await;
    let client = http();
    until(async || {
        let request = client.get(format!("{}/jobs/{long}", node.base)).header("api-key", &key);
        let job: Value = request.send().await.unwrap().json().await.unwrap();
        job["status"] == "PROCESSING"
    })
    .await;
    let request = client.delete(format!("{}/jobs/{long}", node.base)).header("api-key", &key);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let cancelled = node.line(|line| settled(line, &long)).await;
    assert_eq!(
        (&cancelled["level"], &cancelled["job.state"]),
        (&"INFO".into(), &"cancelled".into())
    );
    let lines = node.lines.lock().unwrap();
    let loud: Vec<&Value> = lines
        .iter()
        .filter(|line| matches!(line["level"].as_str(), Some("WARN" | "ERROR")))
        .collect();
    assert!(
        loud.iter().all(|line| line["message"].as_str().unwrap().contains("other nodes")),
        "{loud:?}"
    );
    for line in lines.iter() {
        let text = line.to_string();
        assert!(!text.contains("Some(") && !text.contains("quick brown"), "{text}");
    }
}

async fn every_family_of_metrics_has_help(database: Database) {
    let node = Watched::start(&database, &[]).await;
    let key = create_key(&database).await;
    let client = http();
    for body in [letter(), b"%PDF-1.7 broken off".to_vec()] {
        let part = reqwest::multipart::Part::bytes(body).file_name("letter.pdf");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = client.post(format!("{}/parse", node.base)).header("api-key", &key);
        let body: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
        let id = body["job_id"].clone();
        node.line(|line| line["job.id"] == id && line["message"] == "execution settled").await;
    }
    let answer = client.get(format!("{}/metrics", node.base)).send().await.unwrap();
    let text = answer.text().await.unwrap();
    let second = |line: &str| line.split_whitespace().nth(2).unwrap().to_owned();
    let families: Vec<String> =
        text.lines().filter(|line| line.starts_with("# TYPE")).map(second).collect();
    let helped: Vec<String> =
        text.lines().filter(|line| line.starts_with("# HELP")).map(second).collect();
    let without: Vec<&String> = families.iter().filter(|name| !helped.contains(name)).collect();
    assert!(families.len() > 20 && without.is_empty(), "{without:?} of {families:?}");
    let mut unique = families.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), families.len(), "no family is there twice");
    for sample in [
        "docket_build_info{version=",
        "process_resident_memory_bytes ",
        "process_cpu_seconds_total ",
        "process_open_fds ",
        "process_start_time_seconds ",
        "docket_disk_free_bytes{folder=",
        "docket_job_failures_total{type=\"parsing\",code=",
    ] {
        assert!(
            text.lines().any(|line| line.starts_with(sample)),
            "{sample} is missing in\n{text}"
        );
    }
    let series = text.lines().filter(|line| {
        line.starts_with("docket_http_request_duration_seconds")
            && line.contains("route=\"/parse\"")
    });
    assert_eq!(series.count(), 10, "series of one method, route and status\n{text}");
}

async fn a_collector_gets_the_spans_of_a_request_and_its_job(database: Database) {
    let spans: Arc<Mutex<Vec<Value>>> = Arc::default();
    let received = Arc::clone(&spans);
    let receive = move |axum::Json(body): axum::Json<Value>| async move {
        let list = body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap();
        received.lock().unwrap().extend(list.iter().cloned());
        axum::Json(serde_json::json!({}))
    };
    let router = axum::Router::new().route("/v1/traces", axum::routing::post(receive));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    let shutdown = tokio_util::sync::CancellationToken::new();
    let connections = docket_server::ConnectionSettings::default();
    let serving = docket_server::serve(listener, router, connections, shutdown.clone());
    let serving = tokio::spawn(serving);
    let node = Watched::start(&database, &["--otlp-endpoint", &collector]).await;
    let key = create_key(&database).await;
    let part = reqwest::multipart::Part::bytes(letter()).file_name("letter.pdf");
    let form = reqwest::multipart::Form::new().part("file", part);
    let request = http().post(format!("{}/parse", node.base));
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = request.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    let request = request.header("api-key", &key).multipart(form);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let named =
        |name: &str| spans.lock().unwrap().iter().find(|span| span["name"] == name).cloned();
    until(async || named("execute parsing").is_some() && named("POST /parse").is_some()).await;
    let (request, job) = (named("POST /parse").unwrap(), named("execute parsing").unwrap());
    assert_eq!((&request["traceId"], &job["traceId"]), (&trace.into(), &trace.into()));
    assert_eq!(request["parentSpanId"], "00f067aa0ba902b7");
    assert_eq!(job["parentSpanId"], request["spanId"]);
    let start = |span: &Value| span["startTimeUnixNano"].as_str().unwrap().parse::<u64>().unwrap();
    let end = |span: &Value| span["endTimeUnixNano"].as_str().unwrap().parse::<u64>().unwrap();
    assert!(start(&request) <= end(&request) && start(&request) < end(&job));
    drop(node);
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}

async fn a_dead_endpoint_writes_no_line_for_each_attempt(database: Database) {
    let flags = ["--allow-private-hosts", "--webhook-backoff-s", "0,0,0"];
    let node = Watched::start(&database, &flags).await;
    let key = create_key(&database).await;
    let request = http().post(format!("{}/webhooks", node.base)).header("api-key", &key);
    let body = serde_json::json!({ "url": "http://127.0.0.1:1/" });
    assert_eq!(request.json(&body).send().await.unwrap().status(), 201);
    let part = reqwest::multipart::Part::bytes(letter()).file_name("letter.pdf");
    let form = reqwest::multipart::Form::new().part("file", part);
    let request = http().post(format!("{}/parse", node.base)).header("api-key", &key);
    assert_eq!(request.multipart(form).send().await.unwrap().status(), 200);
    let last = node.line(|line| line["message"] == "delivery failed after its last attempt").await;
    assert!(last["delivery.attempt"].as_u64().unwrap() > 1, "{last}");
    let lines = node.lines.lock().unwrap().clone();
    let of_attempts = lines.iter().filter(|line| !line["delivery.id"].is_null());
    assert_eq!(of_attempts.count(), 1, "{lines:?}");
}
