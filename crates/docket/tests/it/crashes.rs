//! kill -9 of everything, one after the other: nothing is lost, nothing is done twice.

use reqwest::Client;
use reqwest::multipart::Form;
use serde_json::Value;

use crate::app::{Database, file_part, letter, long_document, until};
use crate::on_both_databases;
use crate::processes::{Process, create_key};

on_both_databases!(
    a_killed_workers_job_runs_again_and_completes_once,
    a_job_survives_the_server_killed_right_after_its_answer,
    a_terminated_server_ends_in_order,
    an_upload_leaves_the_servers_memory_alone,
);

/// Leases short enough for a test.
pub(crate) const SHORT: [&str; 8] =
    ["--lease-s", "2", "--heartbeat-s", "1", "--backoff-s", "0", "--workers", "1"];

async fn a_killed_workers_job_runs_again_and_completes_once(database: Database) {
    install_tls();
    let mut flags = SHORT.to_vec();
    flags.push("--no-workers");
    let server = Process::serve(&database, &flags).await;
    let client = Api::new(&server, create_key(&database).await);
    let mut first = Process::work(&database, &SHORT);
    let id = client.submit(long_document()).await;
    until(async || client.job(&id).await["status"] == "PROCESSING").await;
    first.kill();

    let _second = Process::work(&database, &SHORT);
    let mut seen = Vec::new();
    until(async || {
        let job = client.job(&id).await;
        seen.push(job["status"].as_str().unwrap().to_owned());
        job["status"] == "COMPLETED" || job["status"] == "FAILED"
    })
    .await;
    assert_eq!(seen.last().map(String::as_str), Some("COMPLETED"));
    assert!(!seen.contains(&"queued".to_owned()), "a lost worker is not seen by clients");
    let (jobs, store) = database.open(docket_jobs::Policy::default()).await;
    let caller = docket_jobs::Caller { user_id: docket_contract::UserId("tester".to_owned()) };
    let job = jobs.find(&caller, id.parse().unwrap()).await.unwrap();
    assert_eq!((job.attempt, job.worker_losses), (2, 1));
    let ends = store.list_events(job.id).await.unwrap();
    assert_eq!(
        ends.iter().filter(|event| event.state.is_terminal()).count(),
        1,
        "it completed once"
    );
    store.close().await;
}

async fn a_job_survives_the_server_killed_right_after_its_answer(database: Database) {
    install_tls();
    let mut server = Process::serve(&database, &["--no-workers"]).await;
    let key = create_key(&database).await;
    let id = Api::new(&server, key.clone()).submit(letter()).await;
    server.kill();

    let server = Process::serve(&database, &["--workers", "1"]).await;
    let client = Api::new(&server, key);
    until(async || client.job(&id).await["status"] == "COMPLETED").await;
}

async fn a_terminated_server_ends_in_order(database: Database) {
    install_tls();
    let mut server = Process::serve(&database, &["--grace-s", "0", "--workers", "1"]).await;
    let client = Api::new(&server, create_key(&database).await);
    let id = client.submit(long_document()).await;
    until(async || client.job(&id).await["status"] == "PROCESSING").await;
    assert_eq!(server.terminate().await, Some(0));

    let (jobs, store) = database.open(docket_jobs::Policy::default()).await;
    let caller = docket_jobs::Caller { user_id: docket_contract::UserId("tester".to_owned()) };
    let job = jobs.find(&caller, id.parse().unwrap()).await.unwrap();
    assert_eq!((job.state, job.attempt), (docket_contract::JobState::Queued, 0));
    store.close().await;
}

async fn an_upload_leaves_the_servers_memory_alone(database: Database) {
    install_tls();
    let server = Process::serve(&database, &["--no-workers"]).await;
    let client = Api::new(&server, create_key(&database).await);
    let padded = |size: usize| {
        let mut document = letter();
        document.resize(size, b' ');
        document
    };
    // What a first upload brings into memory once is not what an upload costs.
    client.submit(padded(4 * 1024 * 1024)).await;
    let before = server.peak_memory_kib();
    client.submit(padded(99 * 1024 * 1024)).await;
    let grown = server.peak_memory_kib() - before;
    assert!(grown <= 10 * 1024, "99 MB of upload raised the peak by {grown} KiB");
}

/// A client of one server.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) base: String,
    pub(crate) key: String,
}

impl Api {
    pub(crate) fn new(server: &Process, key: String) -> Self {
        Self { http: Client::new(), base: server.base.clone(), key }
    }

    pub(crate) async fn submit(&self, body: Vec<u8>) -> String {
        let form = Form::new().part("file", file_part(body, "a.pdf"));
        let request = self.http.post(format!("{}/parse", self.base)).header("api-key", &self.key);
        let created: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
        created["job_id"].as_str().unwrap_or_else(|| panic!("{created}")).to_owned()
    }

    pub(crate) async fn job(&self, id: &str) -> Value {
        let request =
            self.http.get(format!("{}/jobs/{id}", self.base)).header("api-key", &self.key);
        request.send().await.unwrap().json().await.unwrap()
    }
}

pub(crate) fn install_tls() {
    // The second and later tests find it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_gone_from_the_file_when_its_job_has_ended() {
    install_tls();
    let database = Database::sqlite();
    let mut server = Process::serve(&database, &["--workers", "1"]).await;
    let client = Api::new(&server, create_key(&database).await);
    // Several, so that rows grow, shrink and move within their pages.
    let mut ids = Vec::new();
    for number in 0..20 {
        let password = format!("xyzzy-4711-{}", "x".repeat(20 * number));
        let form =
            Form::new().part("file", file_part(letter(), "a.pdf")).text("password", password);
        let url = format!("{}/parse", client.base);
        let request = client.http.post(url).header("api-key", &client.key).multipart(form);
        let created: Value = request.send().await.unwrap().json().await.unwrap();
        ids.push(created["job_id"].as_str().unwrap().to_owned());
    }
    for id in &ids {
        until(async || client.job(id).await["status"] == "COMPLETED").await;
    }
    server.terminate().await;
    for entry in std::fs::read_dir(database.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(10).any(|window| window == b"xyzzy-4711"), "{}", path.display());
        }
    }
}
