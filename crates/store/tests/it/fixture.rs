//! A store of its own for each test, on a clock that the test moves, and short ways to fill it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use docket_contract::job::{DocumentInfo, Failure, FailureCode, Job, JobType, PageCounts};
use docket_contract::spec::{JobSpec, ParseSpec};
use docket_contract::timestamp::Timestamp;
use docket_contract::{BlobKey, ClaimToken, JobId, UserId, WorkerId};
use docket_store::{
    AccountLimits, Claim, Clock, DatabaseConfig, FetchedDocument, Idempotency, Inserted, JobQuery,
    NewJob, OpenError, Rerun, RetryPolicy, SettleOutcome, Settlement, Store, StoreConfig, Supplied,
    TestClock,
};
use docket_testkit::postgres::TestPostgres;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::Mutex;
use uuid::Uuid;

pub(crate) const LEASE: Duration = Duration::from_secs(10);
pub(crate) const DEADLINE: Duration = Duration::from_secs(1800);
pub(crate) const RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);
pub(crate) const UPLOAD_WINDOW: Duration = Duration::from_secs(2 * 1800);
pub(crate) const MILLISECOND: Duration = Duration::from_millis(1);

/// A store and the place where it keeps its rows.
pub(crate) struct Fixture {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: TestClock,
    place: Place,
    /// A Postgres connection beside the store's, once it was needed.
    side: Mutex<Option<PgConnection>>,
}

enum Place {
    Sqlite(TempDir),
    Postgres(TestPostgres),
}

impl Fixture {
    pub(crate) async fn sqlite() -> Self {
        Self::at(Place::Sqlite(TempDir::new().unwrap())).await
    }

    pub(crate) async fn postgres() -> Self {
        let database = TestPostgres::create().await;
        database.wait_for_locks().await.unwrap();
        Self::at(Place::Postgres(database)).await
    }

    /// An empty place like this one.
    pub(crate) async fn another(&self) -> Self {
        match self.place {
            Place::Sqlite(_) => Self::sqlite().await,
            Place::Postgres(_) => Self::postgres().await,
        }
    }

    async fn at(place: Place) -> Self {
        let clock = TestClock::default();
        let config = StoreConfig {
            database: place.database(),
            clock: Clock::test(clock.clone()),
            migrate: true,
        };
        let store = docket_store::open(config).await.unwrap();
        let fixture = Self { store, clock, place, side: Mutex::new(None) };
        fixture.store.ensure_account(&user(), AccountLimits::default()).await.unwrap();
        fixture
    }

    pub(crate) fn database(&self) -> DatabaseConfig {
        self.place.database()
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.place, Place::Postgres(_))
    }

    /// Where a Postgres store keeps its rows.
    pub(crate) fn postgres_url(&self) -> &str {
        match &self.place {
            Place::Postgres(database) => database.url(),
            Place::Sqlite(_) => panic!("not a case for SQLite"),
        }
    }

    /// One more store on the same rows, as another process would open it.
    pub(crate) async fn reopen(
        &self,
        clock: Clock,
        migrate: bool,
    ) -> Result<Arc<dyn Store>, OpenError> {
        docket_store::open(StoreConfig { database: self.database(), clock, migrate }).await
    }

    /// A connection of its own to a Postgres place.
    pub(crate) async fn connect(&self) -> PgConnection {
        let Place::Postgres(database) = &self.place else { panic!("not on Postgres") };
        PgConnection::connect(database.url()).await.unwrap()
    }

    /// Closes the store and removes everything that it had, the schema too.
    pub(crate) async fn erase(&self) {
        self.store.close().await;
        match &self.place {
            Place::Sqlite(folder) => std::fs::remove_dir_all(folder.path().join("data")).unwrap(),
            Place::Postgres(_) => self.execute("drop schema docket cascade").await,
        }
    }

    /// Removes everything and leaves the schema as the migration with this number left it, with one
    /// account.
    pub(crate) async fn rebuild_at(&self, version: i64) {
        self.erase().await;
        let steps = migrations(&self.place).into_iter().take(usize::try_from(version).unwrap());
        let recorded = (1..=version)
            .map(|step| format!("insert into {{schema_migrations}} values ({step}, 'x', {{now}});"))
            .collect::<String>();
        let account = "insert into {accounts} (user_id, cycle_started_at, created_at)
            values ('owner', {now}, {now});";
        let (first, now, names): (_, _, fn(&str) -> String) = match &self.place {
            Place::Sqlite(folder) => {
                std::fs::create_dir_all(folder.path().join("data")).unwrap();
                let table = "create table schema_migrations
                    (version integer primary key, name text not null, applied_at integer not null)
                    strict;";
                (table, "1893456000000000", plain_names)
            }
            Place::Postgres(_) => {
                let table = "create schema docket; create table docket.schema_migrations
                    (version bigint primary key, name text not null, applied_at timestamptz);";
                (table, "timestamptz '2030-01-01 00:00:00Z'", schema_names)
            }
        };
        let last = names(&format!("{recorded}{account}").replace("{now}", now));
        let sql: String = std::iter::once(first.to_owned()).chain(steps).chain([last]).collect();
        self.execute_plain(&sql).await;
    }

    /// Runs a statement behind the store's back. Tables are named as `{table}`.
    pub(crate) async fn execute(&self, sql: &str) {
        let named = match &self.place {
            Place::Sqlite(_) => plain_names(sql),
            Place::Postgres(_) => schema_names(sql),
        };
        self.execute_plain(&named).await;
    }

    async fn execute_plain(&self, sql: &str) {
        match &self.place {
            Place::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(file(folder)).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Place::Postgres(database) => {
                let mut side = self.side.lock().await;
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                    .execute(connected(&mut side, database).await)
                    .await
                    .unwrap();
            }
        }
    }

    /// Nothing can be written from now on. On SQLite another process holds the lock, as long as the
    /// connection lives; Postgres takes new connections for reading only.
    pub(crate) async fn stop_writes(&self) -> Option<rusqlite::Connection> {
        if let Place::Sqlite(folder) = &self.place {
            let holding = rusqlite::Connection::open(file(folder)).unwrap();
            holding.execute_batch("begin immediate").unwrap();
            return Some(holding);
        }
        let read_only = "do $$ begin execute format(
            'alter database %I set default_transaction_read_only = on', current_database()); end $$";
        self.execute(read_only).await;
        None
    }

    /// Reads one number behind the store's back. Tables are named as `{table}`.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        match &self.place {
            Place::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(file(folder)).unwrap();
                connection.query_row(&plain_names(sql), [], |row| row.get(0)).unwrap()
            }
            Place::Postgres(database) => {
                let mut side = self.side.lock().await;
                sqlx::query_scalar(AssertSqlSafe(schema_names(sql)))
                    .fetch_one(connected(&mut side, database).await)
                    .await
                    .unwrap()
            }
        }
    }

    /// Each lease: its job, its claim's token, and when it ends.
    pub(crate) async fn leases(&self) -> Vec<(Uuid, Uuid, Timestamp)> {
        let sql = "select job_id, claim_token, lease_until from {job_leases}";
        match &self.place {
            Place::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(file(folder)).unwrap();
                let mut query = connection.prepare(&plain_names(sql)).unwrap();
                let rows = query.query_map([], |row| {
                    let (job, token): ([u8; 16], [u8; 16]) = (row.get(0)?, row.get(1)?);
                    let until = Timestamp::from_timestamp_micros(row.get(2)?).unwrap();
                    Ok((Uuid::from_bytes(job), Uuid::from_bytes(token), until))
                });
                rows.unwrap().map(Result::unwrap).collect()
            }
            Place::Postgres(database) => {
                let mut side = self.side.lock().await;
                sqlx::query_as(AssertSqlSafe(schema_names(sql)))
                    .fetch_all(connected(&mut side, database).await)
                    .await
                    .unwrap()
            }
        }
    }

    /// Each job of the ledger, and the sum of what stands against it.
    pub(crate) async fn charged(&self) -> Vec<(Uuid, i64)> {
        let sql = "select job_id, cast(sum(credits) as bigint) from {usage} group by job_id";
        match &self.place {
            Place::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(file(folder)).unwrap();
                let mut query = connection.prepare(&plain_names(sql)).unwrap();
                let rows = query.query_map([], |row| {
                    Ok((Uuid::from_bytes(row.get::<_, [u8; 16]>(0)?), row.get(1)?))
                });
                rows.unwrap().map(Result::unwrap).collect()
            }
            Place::Postgres(database) => {
                let mut side = self.side.lock().await;
                sqlx::query_as(AssertSqlSafe(schema_names(sql)))
                    .fetch_all(connected(&mut side, database).await)
                    .await
                    .unwrap()
            }
        }
    }

    /// The credits used in the account's stored cycle, as the ledger has them.
    pub(crate) async fn ledger_sum(&self, user: &UserId) -> i64 {
        self.number(&format!(
            "select cast(coalesce(sum(u.credits), 0) as bigint) from {{usage}} u
             join {{accounts}} a on a.user_id = u.user_id and a.cycle_started_at = u.cycle_started_at
             where u.user_id = '{user}'"
        ))
        .await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn limit(&self, credits: Option<i64>, submits_per_minute: Option<i32>) {
        let limits = AccountLimits { credits, submits_per_minute };
        self.store.ensure_account(&user(), limits).await.unwrap();
    }

    pub(crate) async fn insert(&self, job: NewJob) -> Job {
        match self.store.insert_job(job).await.unwrap() {
            Inserted::Job { job, .. } => job,
            refused => panic!("{refused:?}"),
        }
    }

    pub(crate) async fn insert_some(&self, count: usize) -> Vec<JobId> {
        let mut ids = Vec::with_capacity(count);
        for _ in 0..count {
            ids.push(self.insert(new_job()).await.id);
        }
        ids
    }

    pub(crate) async fn find(&self, id: JobId) -> Job {
        self.store.find_job(id).await.unwrap().unwrap()
    }

    pub(crate) async fn spec(&self, id: JobId) -> JobSpec {
        self.store.find_job_with_spec(id).await.unwrap().unwrap().spec
    }

    pub(crate) async fn claim(&self, limit: usize) -> Vec<Claim> {
        self.store.claim(WorkerId::new(), limit, LEASE, DEADLINE).await.unwrap()
    }

    pub(crate) async fn claim_one(&self) -> Claim {
        let mut claims = self.claim(1).await;
        assert_eq!(claims.len(), 1);
        claims.remove(0)
    }

    pub(crate) async fn settle(&self, claim: Claim, settlement: Settlement) -> Job {
        match self.store.settle(claim, settlement).await.unwrap() {
            SettleOutcome::Settled(job) => job,
            SettleOutcome::ClaimLost => panic!("claim lost"),
        }
    }

    pub(crate) async fn list_ids(&self, query: JobQuery) -> Vec<JobId> {
        let page = self.store.list_jobs(query).await.unwrap();
        page.jobs.into_iter().map(|job| job.id).collect()
    }

    /// Lets the lease of every running job run out and sweeps.
    pub(crate) async fn lose_leases(&self) {
        self.clock.advance(LEASE);
        self.store.sweep(&retry_policy()).await.unwrap();
    }
}

impl Place {
    fn database(&self) -> DatabaseConfig {
        match self {
            Self::Sqlite(folder) => DatabaseConfig::Sqlite { path: file(folder) },
            Self::Postgres(database) => {
                DatabaseConfig::Postgres { url: database.url().to_owned(), connections_max: 8 }
            }
        }
    }
}

async fn connected<'a>(
    side: &'a mut Option<PgConnection>,
    database: &TestPostgres,
) -> &'a mut PgConnection {
    if side.is_none() {
        *side = Some(PgConnection::connect(database.url()).await.unwrap());
    }
    side.as_mut().unwrap()
}

/// The texts of all migrations of a place, oldest first.
fn migrations(place: &Place) -> Vec<String> {
    let dialect = match place {
        Place::Sqlite(_) => "sqlite",
        Place::Postgres(_) => "postgres",
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(dialect);
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort_unstable();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap() + "\n").collect()
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("data").join("docket.db")
}

fn plain_names(sql: &str) -> String {
    sql.replace(['{', '}'], "")
}

fn schema_names(sql: &str) -> String {
    sql.replace('{', "docket.").replace('}', "")
}

/// What a worker that executes these claims renews.
pub(crate) fn tokens(claims: &[Claim]) -> Vec<ClaimToken> {
    claims.iter().map(Claim::token).collect()
}

pub(crate) fn user() -> UserId {
    UserId("owner".to_owned())
}

/// A small job that costs two credits.
pub(crate) fn new_job() -> NewJob {
    NewJob {
        id: JobId::new(),
        user_id: user(),
        spec: JobSpec::Parse(ParseSpec::default()),
        document: DocumentInfo {
            name: "report.pdf".to_owned(),
            sha256: Some("ab".repeat(32)),
            size_bytes: 1234,
            media_type: "application/pdf".to_owned(),
            blob_key: Some(BlobKey::upload()),
            source_url: None,
            password: None,
        },
        upload_window: None,
        pages: pages(2, 0),
        credits: 2,
        priority: 0,
        retention: RETENTION,
        idempotency: None,
    }
}

/// A key of this name for a request with this hash.
pub(crate) fn idempotency(key: &str, hash: u8) -> Option<Idempotency> {
    let (scope, key) = ("/parse".to_owned(), key.to_owned());
    Some(Idempotency { scope, key, request_sha256: [hash; 32] })
}

/// A job whose document is still to be fetched.
pub(crate) fn new_job_by_url() -> NewJob {
    let job = new_job();
    NewJob {
        document: DocumentInfo {
            sha256: None,
            size_bytes: 0,
            blob_key: None,
            source_url: Some("https://example.org/report.pdf".to_owned()),
            ..job.document
        },
        pages: PageCounts::default(),
        credits: 0,
        ..job
    }
}

/// A job whose document is still to be uploaded; two credits are charged all the same.
pub(crate) fn new_awaiting_job() -> NewJob {
    let job = new_job_by_url();
    NewJob {
        document: DocumentInfo { source_url: None, ..job.document },
        upload_window: Some(UPLOAD_WINDOW),
        credits: 2,
        ..job
    }
}

/// A document that was uploaded after the submit.
pub(crate) fn supplied() -> Supplied {
    let document = FetchedDocument {
        sha256: "cd".repeat(32),
        size_bytes: 77,
        media_type: "image/png".to_owned(),
        blob_key: BlobKey::upload(),
    };
    Supplied { document, pages_total: Some(3), pages_selected: Some(2) }
}

/// How to run this job once more, for three credits.
pub(crate) fn rerun_of(job: &Job) -> Rerun {
    Rerun {
        id: job.id,
        version: job.version,
        spec: JobSpec::Parse(ParseSpec { merge_tables: true, ..ParseSpec::default() }),
        password: Some("open sesame".to_owned()),
        pages_selected: Some(1),
        credits: 3,
        retention: RETENTION,
    }
}

pub(crate) fn pages(total: i32, done: i32) -> PageCounts {
    PageCounts { total: Some(total), selected: Some(total), done, failed: 0 }
}

pub(crate) fn query() -> JobQuery {
    JobQuery {
        user_id: user(),
        status: None,
        job_type: None,
        before: None,
        created_from: None,
        created_until: None,
        offset: 0,
        limit: 100,
    }
}

pub(crate) fn parsing() -> Option<JobType> {
    Some(JobType::Parsing)
}

pub(crate) fn failure() -> Failure {
    Failure::new(FailureCode::DocumentUnreadable, "It cannot be read")
}

pub(crate) fn worker_lost() -> Failure {
    Failure::new(FailureCode::WorkerLost, "The worker was lost")
}

pub(crate) fn overdue() -> Failure {
    Failure::new(FailureCode::DeadlineExceeded, "It took too long")
}

pub(crate) fn unsupplied() -> Failure {
    Failure::new(FailureCode::UploadExpired, "It was not uploaded in time")
}

pub(crate) fn retry_policy() -> RetryPolicy {
    RetryPolicy {
        worker_losses_max: 3,
        backoff: [1, 4].map(Duration::from_secs).to_vec(),
        worker_lost: worker_lost(),
        deadline_exceeded: overdue(),
        upload_expired: unsupplied(),
    }
}

pub(crate) fn success() -> Settlement {
    Settlement::succeeded(BlobKey::result(), pages(2, 2))
}
