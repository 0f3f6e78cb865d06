//! Status reads: entity tags, held answers, several nodes in turn.

use std::time::{Duration, Instant};

use docket_contract::WorkerId;
use docket_contract::job::{PageCounts, Stage};
use docket_jobs::{Jobs, ProgressUpdate, StoredResult};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use crate::app::{App, Database, LIMIT, letter, until};
use crate::on_both_databases;

on_both_databases!(
    answers_carry_tags_and_advice,
    memory_answers_as_the_route_does,
    a_held_answer_comes_with_the_change,
    a_held_answer_comes_when_its_time_is_over,
    held_answers_end_with_the_server,
    a_change_by_another_process_is_seen,
    a_read_of_any_family_is_never_behind_another,
);

async fn ask(app: &App, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = app.http.request(method, format!("{}{path}", app.base));
    for (name, value) in headers.iter().chain(&[("api-key", app.key.as_str())]) {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// Claims the oldest job and brings it to its end.
pub(crate) async fn work_one(jobs: &Jobs) {
    let claim = jobs.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap();
    finish(jobs, claim).await;
}

async fn finish(jobs: &Jobs, claim: docket_jobs::Claim) {
    let (result_key, mut writer) = jobs.begin_result();
    writer.write("{}".into()).await.unwrap();
    writer.finish().await.unwrap();
    let result = StoredResult { result_key, file_keys: Vec::new() };
    jobs.succeed(claim, result, PageCounts::default()).await.unwrap();
}

async fn answers_carry_tags_and_advice(database: Database) {
    let app = App::start(database).await;
    let first = app.submit_id(letter()).await;
    let second = app.submit_id(letter()).await;
    let path = format!("/jobs/{second}");
    let fresh = ask(&app, Method::GET, &path, &[]).await;
    assert_eq!(header(&fresh, "etag"), Some("\"1\""));
    assert_eq!(header(&fresh, "retry-after"), Some("1"));
    assert_eq!(header(&fresh, "x-queue-position"), Some("2"));
    assert_eq!(header(&fresh, "content-type"), Some("application/json"));
    let body = fresh.bytes().await.unwrap();

    let head = ask(&app, Method::HEAD, &path, &[]).await;
    assert_eq!((head.status(), header(&head, "etag")), (StatusCode::OK, Some("\"1\"")));
    assert_eq!(header(&head, "content-length"), Some(body.len().to_string().as_str()));
    assert!(head.bytes().await.unwrap().is_empty());

    let known = ask(&app, Method::GET, &path, &[("if-none-match", "\"0\", W/\"1\"")]).await;
    assert_eq!((known.status(), header(&known, "etag")), (StatusCode::NOT_MODIFIED, Some("\"1\"")));
    assert!(known.bytes().await.unwrap().is_empty());

    work_one(&app.jobs).await;
    work_one(&app.jobs).await;
    let ended = ask(&app, Method::GET, &path, &[("if-none-match", "\"1\"")]).await;
    assert_eq!((ended.status(), header(&ended, "etag")), (StatusCode::OK, Some("\"3\"")));
    assert_eq!((header(&ended, "retry-after"), header(&ended, "x-queue-position")), (None, None));
    assert_eq!(app.get_json(&format!("/jobs/{first}")).await["status"], "COMPLETED");
    app.stop().await;
}

async fn memory_answers_as_the_route_does(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let (path, routed) = (format!("/jobs/{id}"), format!("/jobs/{id}?wait=0"));
    // Waiting, under way, ended; each as a whole and as known.
    for step in 0..3 {
        for known in ["\"0\"", "*"] {
            let headers = [("if-none-match", known), ("x-request-id", "mine")];
            // The first read may fill the memory.
            ask(&app, Method::GET, &path, &headers).await;
            let [memory, route] =
                [&path, &routed].map(|path| ask(&app, Method::GET, path, &headers));
            let (memory, route) = tokio::join!(memory, route);
            assert_eq!(memory.status(), route.status(), "{step} {known}");
            assert_eq!(sorted_headers(&memory), sorted_headers(&route), "{step} {known}");
            assert_eq!(memory.bytes().await.unwrap(), route.bytes().await.unwrap());
        }
        match step {
            0 => drop(app.jobs.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap()),
            1 => drop(app.delete(&path).await),
            _ => {}
        }
    }
    app.stop().await;
}

/// Names and values of all headers but the clock's.
fn sorted_headers(response: &Response) -> Vec<(String, String)> {
    let headers = response.headers().iter().filter(|(name, _)| *name != "date");
    let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), text(value))).collect();
    headers.sort();
    headers
}

async fn a_held_answer_comes_with_the_change(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let path = format!("/jobs/{id}?wait=30");
    let begun = Instant::now();
    // The request may come before the claim or after it: either way it tells of the claim.
    let known = [("if-none-match", "\"1\"")];
    let (held, claims) =
        tokio::join!(ask(&app, Method::GET, &path, &known), app.jobs.claim(WorkerId::new(), 1));
    assert_eq!(held.json::<Value>().await.unwrap()["status"], "PROCESSING");
    let claim = claims.unwrap().pop().unwrap();
    let path = format!("/jobs/{id}");
    let prefer = [("prefer", "respond-async, wait=600"), ("if-none-match", "\"2\"")];
    let (held, ()) = tokio::join!(ask(&app, Method::GET, &path, &prefer), finish(&app.jobs, claim));
    assert_eq!(header(&held, "preference-applied"), Some("wait=30"));
    assert_eq!(held.json::<Value>().await.unwrap()["status"], "COMPLETED");
    // Nothing more can come: answered at once, whatever the wait.
    let known = [("if-none-match", "\"3\"")];
    let ended = ask(&app, Method::GET, &format!("{path}?wait=30"), &known).await;
    assert_eq!(ended.status(), StatusCode::NOT_MODIFIED);
    // A client that is behind is answered at once.
    let held = format!("{path}?wait=30");
    let behind = ask(&app, Method::GET, &held, &[("if-none-match", "\"2\"")]).await;
    assert_eq!(behind.status(), StatusCode::OK);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    app.stop().await;
}

async fn a_held_answer_comes_when_its_time_is_over(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let path = format!("/jobs/{id}?wait=0.2");
    let begun = Instant::now();
    assert_eq!(app.get_json(&path).await["status"], "queued");
    assert!(begun.elapsed() >= Duration::from_millis(200));
    let known = ask(&app, Method::GET, &path, &[("if-none-match", "\"1\"")]).await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    for bad in ["31", "-1", "soon", ""] {
        let refused = app.get(&format!("/jobs/{id}?wait={bad}")).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{bad}");
        assert!(refused.json::<Value>().await.unwrap()["detail"].is_string());
    }
    let unknown = app.get("/jobs/00000000-0000-7000-8000-000000000000?wait=30").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    app.delete(&format!("/jobs/{id}")).await;
    app.stop().await;
}

async fn held_answers_end_with_the_server(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let events = app.get(&format!("/jobs/{id}/events")).await;
    let request = app.http.get(format!("{}/jobs/{id}?wait=30", app.base));
    let held = tokio::spawn(request.header("api-key", &app.key).send());
    let all_events = app.get("/events").await;
    let begun = Instant::now();
    app.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(9), "the grace period was not needed");
    if let Ok(answered) = held.await.unwrap() {
        assert_eq!(answered.status(), StatusCode::OK);
    }
    for stream in [events, all_events] {
        stream.text().await.unwrap();
    }
}

async fn a_change_by_another_process_is_seen(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let path = format!("/jobs/{id}");
    assert_eq!(app.get_json(&path).await["status"], "queued");
    let (elsewhere, store) = app.database.open(docket_jobs::Policy::default()).await;
    let claim = elsewhere.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap();
    let seen = Instant::now();
    until(async || app.get_json(&path).await["status"] == "PROCESSING").await;
    assert!(seen.elapsed() < Duration::from_secs(1), "{:?}", seen.elapsed());
    finish(&elsewhere, claim).await;
    until(async || app.get_json(&path).await["status"] == "COMPLETED").await;
    store.close().await;
    app.stop().await;
}

async fn a_read_of_any_family_is_never_behind_another(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let (elsewhere, store) = app.database.open(docket_jobs::Policy::default()).await;
    for _ in 0..20 {
        app.get_json(&format!("/jobs/{id}")).await;
        let claim = elsewhere.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap();
        let parse = app.get_json(&format!("/parse/{id}")).await;
        assert_eq!(parse["status"], "Processing");
        let job = app.get_json(&format!("/jobs/{id}")).await;
        assert_eq!(job["status"], "PROCESSING");
        let of_page = |done| ProgressUpdate {
            stage: Stage::Reading,
            pages: PageCounts { total: Some(9), selected: Some(9), done, failed: 0 },
            document: None,
        };
        elsewhere.progress(&claim, of_page(claim.job().attempt)).await.unwrap();
        elsewhere.release(claim).await.unwrap();
    }
    app.delete(&format!("/jobs/{id}")).await;
    store.close().await;
    app.stop().await;
}

/// Several nodes over one Postgres.
mod nodes {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_deleted_job_is_unknown_everywhere_when_its_deletion_is_answered() {
        let app = App::start(Database::postgres().await).await;
        let other = app.another_node().await;
        for _ in 0..3 {
            let path = format!("/jobs/{}", app.submit_id(letter()).await);
            work_one(&app.jobs).await;
            for node in [&app.base, &other.base] {
                // Twice: the second answer comes from memory.
                for _ in 0..2 {
                    assert_eq!(app.get_at(node, &path).await.status(), StatusCode::OK);
                }
            }
            assert_eq!(app.delete(&path).await.status(), StatusCode::OK);
            for node in [&other.base, &app.base] {
                assert_eq!(app.get_at(node, &path).await.status(), StatusCode::NOT_FOUND);
            }
        }
        other.stop().await;
        app.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_revoked_key_dies_within_a_second_everywhere() {
        let app = App::start(Database::postgres().await).await;
        let other = app.another_node().await;
        let spare = app.jobs.create_own_key(&app.caller, "spare", None).await.unwrap();
        let status = async |node: &str| {
            let request = app.http.get(format!("{node}/jobs")).header("api-key", &spare.text);
            request.send().await.unwrap().status()
        };
        for node in [&app.base, &other.base] {
            assert_eq!(status(node).await, StatusCode::OK);
        }
        let revoked = Instant::now();
        app.jobs.revoke_key(spare.key.id).await.unwrap();
        assert_eq!(status(&app.base).await, StatusCode::UNAUTHORIZED);
        until(async || status(&other.base).await == StatusCode::UNAUTHORIZED).await;
        assert!(revoked.elapsed() < Duration::from_secs(2), "{:?}", revoked.elapsed());
        other.stop().await;
        app.stop().await;
    }

    /// Writers move jobs as fast as they can while readers ask two nodes in turn.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_read_shows_an_older_version_after_a_newer_one() {
        const JOBS: usize = 6;
        const READS: usize = 600;
        let app = App::start(Database::postgres().await).await;
        let other = app.another_node().await;
        let mut ids = Vec::new();
        for _ in 0..JOBS {
            ids.push(app.submit_id(letter()).await);
        }
        let (stop, changes) = (AtomicBool::new(false), AtomicUsize::new(0));
        let write = async |jobs: &Jobs| {
            while !stop.load(Ordering::Relaxed) {
                for claim in jobs.claim(WorkerId::new(), 2).await.unwrap() {
                    let done = i32::try_from(changes.fetch_add(1, Ordering::Relaxed)).unwrap();
                    let pages = PageCounts { total: None, selected: None, done, failed: 0 };
                    let update = ProgressUpdate { stage: Stage::Reading, pages, document: None };
                    jobs.progress(&claim, update).await.unwrap();
                    jobs.release(claim).await.unwrap();
                }
            }
        };
        let read = async |first: usize| {
            let mut last = [0; JOBS];
            for turn in 0..READS {
                let job = (first + turn / 2) % JOBS;
                let node = if turn % 2 == 0 { &app.base } else { &other.base };
                let response = app.get_at(node, &format!("/jobs/{}", ids[job])).await;
                let version: i64 =
                    header(&response, "etag").unwrap().trim_matches('"').parse().unwrap();
                assert!(version >= last[job], "{version} after {} on {node}", last[job]);
                last[job] = version;
            }
        };
        let reading = async {
            tokio::join!(read(0), read(2), read(4));
            stop.store(true, Ordering::Relaxed);
        };
        let all = async { tokio::join!(write(&app.jobs), write(&other.jobs), reading) };
        tokio::time::timeout(LIMIT, all).await.unwrap();
        assert!(changes.load(Ordering::Relaxed) > READS / 10, "the writers wrote");
        for id in &ids {
            app.delete(&format!("/jobs/{id}")).await;
        }
        other.stop().await;
        app.stop().await;
    }
}
