//! Several API nodes and workers on one Postgres: nodes die, and no client's job is the worse for
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use docket_contract::UserId;
use docket_jobs::{Caller, Policy};
use reqwest::multipart::Form;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::app::{Database, file_part, long_document, pages, until};
use crate::crashes::{SHORT, install_tls};
use crate::processes::{Process, create_key};

/// A client that takes the nodes in turn, and the next one where one does not answer.
#[derive(Clone)]
struct RoundRobin {
    http: Client,
    key: String,
    nodes: Vec<String>,
    turn: std::sync::Arc<AtomicUsize>,
}

impl RoundRobin {
    fn new(nodes: &[Process], key: String) -> Self {
        let nodes = nodes.iter().map(|node| node.base.clone()).collect();
        Self { http: Client::new(), key, nodes, turn: std::sync::Arc::default() }
    }

    async fn ask(&self, build: impl Fn(&Client, &str) -> RequestBuilder) -> Response {
        // Others take turns meanwhile: who asks again asks the node after the one that failed.
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        for attempt in 0..self.nodes.len() {
            let node = &self.nodes[(first + attempt) % self.nodes.len()];
            let request = build(&self.http, node).header("api-key", &self.key);
            if let Ok(answer) = request.send().await {
                return answer;
            }
        }
        panic!("no node answers");
    }

    /// A repetition on another node makes no second job: the key says that it is the same.
    async fn submit(&self, body: Vec<u8>, idempotency_key: &str) -> String {
        let answer = self.ask(|http, node| {
            let form = Form::new().part("file", file_part(body.clone(), "a.pdf"));
            let request = http.post(format!("{node}/parse")).multipart(form);
            request.header("idempotency-key", idempotency_key)
        });
        let answer = answer.await;
        assert_eq!(answer.status(), StatusCode::OK);
        let created: Value = answer.json().await.unwrap();
        created["job_id"].as_str().unwrap().to_owned()
    }

    async fn job(&self, id: &str) -> Value {
        let answer = self.ask(|http, node| http.get(format!("{node}/jobs/{id}"))).await;
        assert_eq!(answer.status(), StatusCode::OK, "every node knows every job");
        answer.json().await.unwrap()
    }
}

fn rank(job: &Value) -> (usize, String) {
    let words = ["queued", "PROCESSING", "COMPLETED"];
    let rank = words.iter().position(|word| job["status"] == *word);
    let updated = job["updated_at"].as_str().unwrap().to_owned();
    (rank.unwrap_or_else(|| panic!("{job}")), updated)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_ends_once_though_nodes_die() {
    install_tls();
    let database = Database::postgres().await;
    let serving = [SHORT.as_slice(), &["--no-workers"]].concat();
    let mut nodes =
        vec![Process::serve(&database, &serving).await, Process::serve(&database, &serving).await];
    let mut workers = [Process::work(&database, &SHORT), Process::work(&database, &SHORT)];
    let client = RoundRobin::new(&nodes, create_key(&database).await);

    // The node after the one that took the submit is asked, and knows the job.
    let mut ids = BTreeSet::new();
    for number in 0..10 {
        let id = client.submit(pages(1 + number % 3), &format!("first-{number}")).await;
        client.job(&id).await;
        ids.insert(id);
    }
    let long = client.submit(long_document(), "long").await;
    until(async || client.job(&long).await["status"] == "PROCESSING").await;
    ids.insert(long);

    // Submits are on their way while a node and a worker are killed.
    let mut submits = JoinSet::new();
    for number in 0..10 {
        let client = client.clone();
        submits.spawn(async move { client.submit(pages(2), &format!("second-{number}")).await });
    }
    nodes[0].kill();
    workers[0].kill();
    ids.extend(submits.join_all().await);
    assert_eq!(ids.len(), 21, "each submit is a job of its own");

    let mut seen: BTreeMap<String, (usize, String)> = BTreeMap::new();
    until(async || {
        for id in &ids {
            let now = rank(&client.job(id).await);
            let before = seen.insert(id.clone(), now.clone());
            assert!(before.is_none_or(|before| before <= now), "{id} went back to {now:?}");
        }
        seen.values().all(|(rank, _)| *rank == 2)
    })
    .await;
    ended_once(&database, &ids).await;
}

async fn ended_once(database: &Database, ids: &BTreeSet<String>) {
    let (jobs, store) = database.open(Policy::default()).await;
    let caller = Caller { user_id: UserId("tester".to_owned()) };
    for id in ids {
        let job = jobs.find(&caller, id.parse().unwrap()).await.unwrap();
        let events = store.list_events(job.id).await.unwrap();
        assert!(events.is_sorted_by_key(|event| event.version), "{events:?}");
        assert_eq!(events.iter().filter(|event| event.state.is_terminal()).count(), 1);
    }
    let request = docket_jobs::ListRequest { limit: 100, ..docket_jobs::ListRequest::default() };
    let page = jobs.list(&caller, request).await.unwrap();
    assert_eq!(page.jobs.len(), ids.len(), "a repeated submit made no second job");
    store.close().await;
}
