//! A running Docket for one test: own database, own folder, own port.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn;
use docket_contract::UserId;
use docket_jobs::{
    AccountLimits, Blobs, Caller, Inspector, Jobs, Policy, Serving, SpaceWatch, Store,
};
use docket_server::{AccountSlots, ConnectionSettings, ServerState, router};
use docket_store::{Clock, DatabaseConfig, StoreConfig};
use docket_testkit::pdf::{Font, PdfBuilder};
use docket_testkit::postgres::{TestPostgres, UnderWay};
use docket_worker::{
    ChildCommand, EngineInspector, MemoryBudget, WebhookSettings, Worker, WorkerSettings,
    run_sweeper, run_webhooks,
};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::described::every_answer_is_described;

/// The longest that a test waits for anything.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// A database of this test's own, and the folder that goes with it.
pub(crate) struct Database {
    pub(crate) folder: TempDir,
    pub(crate) config: DatabaseConfig,
    postgres: Option<TestPostgres>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::Sqlite { path: folder.path().join("docket.sqlite") };
        Self { folder, config, postgres: None }
    }

    /// The database of a data folder, which is moved to a place of its own.
    pub(crate) fn sqlite_in(data: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::remove_dir(folder.path()).unwrap();
        std::fs::rename(data, folder.path()).unwrap();
        let config = DatabaseConfig::Sqlite { path: folder.path().join("docket.sqlite") };
        Self { folder, config, postgres: None }
    }

    pub(crate) async fn postgres() -> Self {
        let postgres = TestPostgres::create().await;
        let config =
            DatabaseConfig::Postgres { url: postgres.url().to_owned(), connections_max: 5 };
        Self { folder: tempfile::tempdir().unwrap(), config, postgres: Some(postgres) }
    }

    /// Runs a statement behind everybody's back, in Postgres.
    pub(crate) async fn execute(&self, sql: &str) {
        self.postgres.as_ref().expect("Postgres").execute(sql).await.unwrap();
    }

    /// Whether a statement runs without an error, in Postgres.
    pub(crate) async fn runs(&self, sql: &str) -> bool {
        self.postgres.as_ref().expect("Postgres").execute(sql).await.is_ok()
    }

    /// A transaction in which the statement has run, in Postgres.
    pub(crate) async fn begin(&self, sql: &str) -> UnderWay {
        self.postgres.as_ref().expect("Postgres").begin(sql).await.unwrap()
    }

    /// Sets the database's clock back against this machine's, in Postgres.
    pub(crate) async fn set_clock_back(&self, minutes: u32) {
        self.execute("create schema skew").await;
        self.execute(&format!(
            "create function skew.clock_timestamp() returns timestamptz language sql volatile
                as 'select pg_catalog.clock_timestamp() - interval ''{minutes} minutes'''"
        ))
        .await;
        self.execute(
            "do $$ begin execute format('alter database %I set search_path = skew, pg_catalog, \
                public', current_database()); end $$",
        )
        .await;
    }

    /// The flags that lead another docket process to the same data.
    pub(crate) fn flags(&self) -> Vec<String> {
        let mut flags = vec!["--data-dir".to_owned(), self.folder.path().display().to_string()];
        if let DatabaseConfig::Postgres { url, .. } = &self.config {
            flags.extend(["--database-url".to_owned(), url.clone()]);
        }
        flags
    }

    /// The domain over this database, as another node would open it.
    pub(crate) async fn open(&self, policy: Policy) -> (Jobs, Arc<dyn Store>) {
        let inspector = EngineInspector::new(child_command(), 100, MemoryBudget::unlimited());
        self.open_with(policy, Arc::new(inspector)).await
    }

    async fn open_with(
        &self,
        policy: Policy,
        inspector: Arc<dyn Inspector>,
    ) -> (Jobs, Arc<dyn Store>) {
        let store =
            StoreConfig { database: self.config.clone(), clock: Clock::database(), migrate: true };
        let store = docket_store::open(store).await.unwrap();
        let blobs = Blobs::local(&self.folder.path().join("blobs")).unwrap();
        (Jobs::new(Arc::clone(&store), blobs, inspector, policy), store)
    }
}

/// The program under test as an engine child.
pub(crate) fn child_command() -> ChildCommand {
    ChildCommand::new(program())
}

/// The program under test.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_docket"))
}

/// How the API meets its clients.
pub(crate) struct Edge {
    pub(crate) connections: ConnectionSettings,
    pub(crate) slots: Arc<AccountSlots>,
    pub(crate) public_url: Option<String>,
}

impl Default for Edge {
    fn default() -> Self {
        Self {
            connections: ConnectionSettings::default(),
            slots: Arc::new(AccountSlots::new(1_000, 1_000, 1_000)),
            public_url: None,
        }
    }
}

/// An API node in this process; workers are started by the test.
pub(crate) struct App {
    pub(crate) base: String,
    pub(crate) key: String,
    pub(crate) caller: Caller,
    pub(crate) jobs: Jobs,
    pub(crate) http: Client,
    pub(crate) database: Database,
    store: Arc<dyn Store>,
    shutdown: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl App {
    /// The folder in which all documents and results are.
    pub(crate) fn blobs(&self) -> PathBuf {
        self.database.folder.path().join("blobs")
    }

    pub(crate) async fn start(database: Database) -> Self {
        Self::start_with(database, Policy::default()).await
    }

    pub(crate) async fn start_with(database: Database, mut policy: Policy) -> Self {
        // The receivers of the tests are on this machine.
        policy.webhooks.allow_private_hosts = true;
        Self::start_serving(database, policy, Serving::Together, Edge::default()).await
    }

    /// With limits of connections and accounts.
    pub(crate) async fn start_at_edge(database: Database, edge: Edge) -> Self {
        Self::start_serving(database, Policy::default(), Serving::Together, edge).await
    }

    /// Refuses endpoints on private networks, as an installation does unless told otherwise.
    pub(crate) async fn start_in_public(database: Database) -> Self {
        let edge = Edge::default();
        Self::start_serving(database, Policy::default(), Serving::Together, edge).await
    }

    /// A node that takes in no more than leaves some space free.
    pub(crate) async fn start_watching(database: Database, watch: SpaceWatch) -> Self {
        let (jobs, store) = database.open(Policy::default()).await;
        let opened = (jobs.watching_space(watch), store);
        Self::start_over(database, opened, Serving::Together, Edge::default()).await
    }

    /// The only API node.
    pub(crate) async fn start_alone(database: Database) -> Self {
        let edge = Edge::default();
        Self::start_serving(database, Policy::default(), Serving::Alone, edge).await
    }

    /// With another inspector than the engine.
    pub(crate) async fn start_inspecting(
        database: Database,
        policy: Policy,
        inspector: Arc<dyn Inspector>,
    ) -> Self {
        let opened = database.open_with(policy, inspector).await;
        Self::start_over(database, opened, Serving::Together, Edge::default()).await
    }

    async fn start_serving(
        database: Database,
        policy: Policy,
        serving: Serving,
        edge: Edge,
    ) -> Self {
        let opened = database.open(policy).await;
        Self::start_over(database, opened, serving, edge).await
    }

    async fn start_over(
        database: Database,
        (jobs, store): (Jobs, Arc<dyn Store>),
        serving: Serving,
        edge: Edge,
    ) -> Self {
        // The second and later tests find it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let sweeper = tokio::spawn(run_sweeper(jobs.clone(), shutdown.clone()));
        let (key, caller) = new_account(&jobs, "tester").await;
        let mut tasks = start_api(&jobs, listener, &shutdown, edge);
        tasks.extend([sweeper, follow(&jobs, store.as_ref(), serving, &shutdown).await]);
        Self { base, key, caller, jobs, http: Client::new(), database, store, shutdown, tasks }
    }

    /// Starts two slots in this process.
    pub(crate) fn start_worker(&mut self) {
        self.start_worker_with(WorkerSettings::new(child_command()));
    }

    pub(crate) fn start_worker_with(&mut self, settings: WorkerSettings) {
        let worker = Worker::new(self.jobs.clone(), settings);
        self.tasks.push(tokio::spawn(worker.run(self.shutdown.clone())));
    }

    /// Starts to deliver webhooks, to this machine too.
    pub(crate) fn start_webhooks(&mut self) {
        let poll = Duration::from_millis(20);
        let settings =
            WebhookSettings { poll, allow_private_hosts: true, ..WebhookSettings::default() };
        self.start_webhooks_with(settings);
    }

    pub(crate) fn start_webhooks_with(&mut self, settings: WebhookSettings) {
        let delivering = run_webhooks(self.jobs.clone(), settings, self.shutdown.clone());
        self.tasks.push(tokio::spawn(delivering));
    }

    /// Ends in order; a test that leaves its jobs in the database calls it last.
    pub(crate) async fn stop(self) -> Database {
        self.shutdown.cancel();
        for task in self.tasks {
            task.await.unwrap();
        }
        self.store.close().await;
        self.database
    }

    /// One more API node on the same data.
    pub(crate) async fn another_node(&self) -> Node {
        let (jobs, store) = self.database.open(Policy::default()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let mut tasks = start_api(&jobs, listener, &shutdown, Edge::default());
        tasks.push(follow(&jobs, store.as_ref(), Serving::Together, &shutdown).await);
        Node { base, jobs, store, shutdown, tasks }
    }

    pub(crate) async fn get_at(&self, node: &str, path: &str) -> Response {
        let request = self.http.get(format!("{node}{path}")).header("api-key", &self.key);
        request.send().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.get_as(&self.key, path).await
    }

    pub(crate) async fn get_as(&self, key: &str, path: &str) -> Response {
        let request = self.http.get(format!("{}{path}", self.base)).header("api-key", key);
        request.send().await.unwrap()
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        let request = self.http.delete(format!("{}{path}", self.base)).header("api-key", &self.key);
        request.send().await.unwrap()
    }

    pub(crate) async fn post_form(&self, form: Form) -> Response {
        let request = self.http.post(format!("{}/parse", self.base)).header("api-key", &self.key);
        request.multipart(form).send().await.unwrap()
    }

    /// Submits a document with form fields; answers the create body.
    pub(crate) async fn submit(&self, body: Vec<u8>, fields: &[(&str, &str)]) -> Value {
        let mut form = Form::new();
        for (name, text) in fields {
            form = form.text((*name).to_owned(), (*text).to_owned());
        }
        let response = self.post_form(form.part("file", file_part(body, "letter.pdf"))).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    /// Submits a document and answers its job's id.
    pub(crate) async fn submit_id(&self, body: Vec<u8>) -> String {
        let created = self.submit(body, &[]).await;
        created["job_id"].as_str().unwrap().to_owned()
    }

    /// Polls like any client until the job ends; checks on the way that nothing goes backwards.
    pub(crate) async fn wait(&self, id: &str) -> Value {
        let rank = |word: &str| match word {
            "queued" => 0,
            "PROCESSING" => 1,
            "COMPLETED" | "FAILED" => 2,
            other => panic!("{other} is not a word of /jobs"),
        };
        let mut last: Option<Value> = None;
        until(async || {
            let job = self.get_json(&format!("/jobs/{id}")).await;
            let word = job["status"].as_str().unwrap();
            if let Some(last) = &last {
                assert!(rank(word) >= rank(last["status"].as_str().unwrap()), "{last} -> {job}");
                assert!(
                    job["updated_at"].as_str() >= last["updated_at"].as_str(),
                    "{last} -> {job}"
                );
            }
            let ended = rank(word) == 2;
            last = Some(job);
            ended
        })
        .await;
        last.unwrap()
    }

    /// Submits and waits for success; answers `GET /parse/{id}`.
    pub(crate) async fn parse(&self, body: Vec<u8>, fields: &[(&str, &str)]) -> Value {
        let created = self.submit(body, fields).await;
        let id = created["job_id"].as_str().unwrap();
        let job = self.wait(id).await;
        assert_eq!(job["status"], "COMPLETED", "{job}");
        self.get_json(&format!("/parse/{id}")).await
    }
}

/// A further API node.
pub(crate) struct Node {
    pub(crate) base: String,
    pub(crate) jobs: Jobs,
    store: Arc<dyn Store>,
    shutdown: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Node {
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        for task in self.tasks {
            task.await.unwrap();
        }
        self.store.close().await;
    }
}

/// Follows the changes of jobs.
async fn follow(
    jobs: &Jobs,
    store: &dyn Store,
    serving: Serving,
    shutdown: &CancellationToken,
) -> JoinHandle<()> {
    let feed = store.open_feed(serving).await.unwrap();
    let (following, shutdown) = (jobs.follow_changes(feed), shutdown.clone());
    tokio::spawn(async move {
        shutdown.run_until_cancelled(following).await;
    })
}

/// Serves.
fn start_api(
    jobs: &Jobs,
    listener: TcpListener,
    shutdown: &CancellationToken,
    edge: Edge,
) -> Vec<JoinHandle<()>> {
    let state = ServerState {
        jobs: jobs.clone(),
        public_url: edge.public_url,
        slots: edge.slots,
        readiness: Arc::new(|| Ok(())),
        walls_missing: Vec::new(),
        shutdown: shutdown.clone(),
    };
    let router = router(state).layer(from_fn(every_answer_is_described));
    let serving = docket_server::serve(listener, router, edge.connections, shutdown.clone());
    vec![tokio::spawn(async move { serving.await.unwrap() })]
}

/// A client for tests that start no server in this process.
pub(crate) fn http() -> Client {
    // The second and later tests find it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// Makes an account with a key.
pub(crate) async fn new_account(jobs: &Jobs, name: &str) -> (String, Caller) {
    let user = UserId(name.to_owned());
    let fresh = jobs.create_key(&user, AccountLimits::default(), "test").await.unwrap();
    (fresh.text, Caller { user_id: user })
}

/// Asks again and again until the answer is yes, with a limit.
pub(crate) async fn until(mut ask: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !ask().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.expect("the condition never came true");
}

pub(crate) fn file_part(body: Vec<u8>, name: &str) -> Part {
    Part::bytes(body).file_name(name.to_owned())
}

/// One page with a few lines.
pub(crate) fn letter() -> Vec<u8> {
    pages(1)
}

/// A document of `count` pages, each with its number.
pub(crate) fn pages(count: usize) -> Vec<u8> {
    (1..=count)
        .fold(PdfBuilder::new(), |document, number| {
            document.page(|page| {
                page.text(72.0, 90.0, 20.0, Font::HelveticaBold, &format!("Letter {number}"))
                    .text(
                        72.0,
                        130.0,
                        11.0,
                        Font::Helvetica,
                        "The quick brown fox jumps over the lazy dog.",
                    )
                    .text(72.0, 146.0, 11.0, Font::Helvetica, "Total due: 12.50")
            })
        })
        .build()
}

/// A document that keeps an engine child busy for long: many pages of much text.
pub(crate) fn long_document() -> Vec<u8> {
    let line = "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor";
    (0..400)
        .fold(PdfBuilder::new(), |document, _| {
            document.page(|page| {
                (0..60).fold(page, |page, row| {
                    page.text(40.0, 40.0 + 12.0 * f64::from(row), 10.0, Font::Helvetica, line)
                })
            })
        })
        .build()
}

/// The text of all chunks of a `GET /parse/{id}`.
pub(crate) fn text_of(parsed: &Value) -> String {
    let chunks = parsed["chunks"].as_array().unwrap();
    chunks.iter().map(|chunk| chunk["embed"].as_str().unwrap()).collect::<Vec<_>>().join("\n\n")
}

/// A path as an argument.
pub(crate) fn argument(path: &Path) -> String {
    path.display().to_string()
}
