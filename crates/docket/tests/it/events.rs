//! Changes as server-sent events: live, replayed, ended.

use docket_contract::WorkerId;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::app::{App, Database, LIMIT, letter, new_account};
use crate::on_both_databases;
use crate::status::work_one;

on_both_databases!(
    a_job_is_told_live_until_its_end,
    what_was_missed_is_replayed,
    a_deletion_ends_the_stream,
    an_account_is_told_of_its_own_jobs_only,
    an_account_continues_where_it_left_off,
    a_reader_that_was_overtaken_misses_nothing,
    a_node_that_just_started_tells_what_was_before,
);

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) seq: i64,
    event: String,
    pub(crate) data: Value,
}

impl Event {
    pub(crate) fn word(&self) -> &str {
        self.data["status"].as_str().unwrap_or(&self.event)
    }
}

/// A stream of events, read one by one.
pub(crate) struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    async fn open(app: &App, path: &str, last_event_id: Option<i64>) -> Self {
        Self::open_after(app, &app.base, path, last_event_id).await
    }

    pub(crate) async fn open_at(app: &App, node: &str, path: &str) -> Self {
        Self::open_after(app, node, path, None).await
    }

    pub(crate) async fn open_after(
        app: &App,
        node: &str,
        path: &str,
        last_event_id: Option<i64>,
    ) -> Self {
        let mut request = app.http.get(format!("{node}{path}")).header("api-key", &app.key);
        if let Some(seq) = last_event_id {
            request = request.header("last-event-id", seq);
        }
        Self::read(request, path).await
    }

    async fn read(request: RequestBuilder, path: &str) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let reading = async {
            loop {
                if let Some((block, rest)) = self.text.split_once("\n\n") {
                    let (block, rest) = (block.to_owned(), rest.to_owned());
                    self.text = rest;
                    if block.lines().any(|line| line.starts_with("data:")) {
                        return Some(event_of(&block));
                    }
                    continue;
                }
                let piece = self.response.chunk().await.unwrap()?;
                self.text.push_str(std::str::from_utf8(&piece).unwrap());
            }
        };
        tokio::time::timeout(LIMIT, reading).await.expect("no event came")
    }

    pub(crate) async fn until(&mut self, word: &str) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(told) = self.next().await {
            let found = told.word() == word;
            all.push(told);
            if found {
                return all;
            }
        }
        panic!("the stream ended without {word}: {all:?}");
    }
}

fn event_of(block: &str) -> Event {
    let field = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("{name} is missing in {block}")).trim().to_owned()
    };
    Event {
        seq: field("id").parse().unwrap(),
        event: field("event"),
        data: serde_json::from_str(&field("data")).unwrap(),
    }
}

async fn a_job_is_told_live_until_its_end(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let mut stream = Stream::open(&app, &format!("/jobs/{id}/events"), None).await;
    let first = stream.next().await.unwrap();
    assert_eq!((first.word(), first.event.as_str()), ("queued", "status"));
    assert_eq!((&first.data["job_id"], &first.data["version"]), (&id.clone().into(), &1.into()));
    let claim = app.jobs.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap();
    assert_eq!(stream.next().await.unwrap().word(), "PROCESSING");
    app.jobs.release(claim).await.unwrap();
    let released = stream.next().await.unwrap();
    assert_eq!((released.word(), &released.data["version"]), ("PROCESSING", &3.into()));
    work_one(&app.jobs).await;
    // Two changes at once may be told as the latest.
    let last = stream.until("COMPLETED").await.pop().unwrap();
    assert_eq!(stream.next().await, None, "a job that ended has no more to tell");

    let job = app.get_json(&format!("/jobs/{id}")).await;
    assert_eq!(last.data["updated_at"], job["updated_at"]);
    let request = app.http.get(format!("{}/jobs/{id}/events", app.base));
    let request = request.header("api-key", &app.key).header("last-event-id", last.seq);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let (stranger, _) = new_account(&app.jobs, "stranger").await;
    let hidden = app.get_as(&stranger, &format!("/jobs/{id}/events")).await;
    assert_eq!(hidden.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}

async fn what_was_missed_is_replayed(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let path = format!("/jobs/{id}/events");
    let first = Stream::open(&app, &path, None).await.next().await.unwrap();
    work_one(&app.jobs).await;
    let replayed = Stream::open(&app, &path, Some(first.seq)).await.until("COMPLETED").await;
    assert_eq!(replayed.iter().map(Event::word).collect::<Vec<_>>(), ["PROCESSING", "COMPLETED"]);
    assert!(replayed.iter().all(|told| told.seq > first.seq));
    // As a parameter, for clients that cannot set headers.
    let by_parameter = format!("{path}?last_event_id={}", replayed[0].seq);
    let mut stream = Stream::open(&app, &by_parameter, None).await;
    assert_eq!(stream.next().await, Some(replayed[1].clone()));
    assert_eq!(stream.next().await, None);
    let newest_only = Stream::open(&app, &path, None).await.next().await;
    assert_eq!(newest_only, Some(replayed[1].clone()));
    let bad = app.get(&format!("{path}?last_event_id=x")).await;
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
    app.stop().await;
}

async fn a_deletion_ends_the_stream(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let mut account = Stream::open(&app, "/events", None).await;
    app.delete(&format!("/jobs/{id}")).await;
    app.delete(&format!("/jobs/{id}")).await;
    let told = account.until("deleted").await;
    assert_eq!(told.last().unwrap().data["job_id"], id.as_str());
    let gone = app.get(&format!("/jobs/{id}/events")).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}

async fn an_account_is_told_of_its_own_jobs_only(database: Database) {
    let app = App::start(database).await;
    let (stranger, _) = new_account(&app.jobs, "stranger").await;
    let mut stream = Stream::open(&app, "/events", None).await;
    let form =
        reqwest::multipart::Form::new().part("file", crate::app::file_part(letter(), "letter.pdf"));
    let foreign = app.http.post(format!("{}/parse", app.base)).header("api-key", stranger);
    assert_eq!(foreign.multipart(form).send().await.unwrap().status(), StatusCode::OK);
    let own = app.submit_id(letter()).await;
    assert_eq!(stream.next().await.unwrap().data["job_id"], own.as_str());
    app.stop().await;
}

async fn an_account_continues_where_it_left_off(database: Database) {
    let app = App::start(database).await;
    let mut stream = Stream::open(&app, "/events", None).await;
    let ids = [app.submit_id(letter()).await, app.submit_id(letter()).await];
    let first = stream.next().await.unwrap();
    let second = stream.next().await.unwrap();
    assert_eq!(
        (&first.data["id"], &second.data["id"]),
        (&ids[0].clone().into(), &ids[1].clone().into())
    );
    drop(stream);
    work_one(&app.jobs).await;
    let mut stream = Stream::open(&app, "/events", Some(first.seq)).await;
    let mut seqs = vec![first.seq];
    let mut words = Vec::new();
    for _ in 0..3 {
        let told = stream.next().await.unwrap();
        seqs.push(told.seq);
        words.push(told.word().to_owned());
    }
    assert_eq!(words, ["queued", "PROCESSING", "COMPLETED"]);
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    work_one(&app.jobs).await;
    assert_eq!(stream.next().await.unwrap().word(), "PROCESSING");
    app.stop().await;
}

async fn a_node_that_just_started_tells_what_was_before(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let node = app.another_node().await;
    let mut stream = Stream::open_after(&app, &node.base, "/events", Some(0)).await;
    let told = stream.next().await.unwrap();
    assert_eq!((told.data["job_id"].as_str(), told.word()), (Some(id.as_str()), "queued"));
    node.stop().await;
    app.stop().await;
}

async fn a_reader_that_was_overtaken_misses_nothing(database: Database) {
    let app = App::start(database).await;
    let mut stream = Stream::open(&app, "/events", None).await;
    let id = app.submit_id(letter()).await;
    // More than is kept in memory for a watcher, and more than fits into the socket's buffers.
    let rounds = 2_000;
    for _ in 0..rounds {
        let claim = app.jobs.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap();
        app.jobs.release(claim).await.unwrap();
    }
    app.delete(&format!("/jobs/{id}")).await;
    let told = stream.until("FAILED").await;
    let versions: Vec<i64> =
        told.iter().map(|told| told.data["version"].as_i64().unwrap()).collect();
    assert_eq!(versions, (1..=2 + 2 * rounds).collect::<Vec<_>>());
    app.stop().await;
}
