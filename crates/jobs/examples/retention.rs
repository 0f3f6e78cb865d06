//! How fast expired jobs are removed, beside how fast jobs are submitted: both on the same database
//! and folder, through the same verbs as in a server.
//!
//! `retention DATABASE_URL|FILE FOLDER COUNT` prints submits and removals per second.
#![expect(clippy::print_stdout, reason = "the result is what it is for")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use docket_contract::spec::{JobSpec, ParseSpec};
use docket_contract::{JobId, UserId};
use docket_jobs::{
    AccountLimits, Blobs, Caller, Expected, Jobs, NoInspector, Policy, Source, Submit,
};
use docket_store::{Clock, DatabaseConfig, StoreConfig};
use tokio::task::JoinSet;

const AT_ONCE: usize = 64;
const DOCUMENT_BYTES: usize = 20_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, folder, count] = arguments.as_slice() else {
        panic!("DATABASE_URL|FILE FOLDER COUNT")
    };
    let count: usize = count.parse().unwrap();
    let database = if database.starts_with("postgres") {
        DatabaseConfig::Postgres { url: database.clone(), connections_max: 10 }
    } else {
        DatabaseConfig::Sqlite { path: database.into() }
    };
    let config = StoreConfig { database, clock: Clock::database(), migrate: true };
    let store = docket_store::open(config).await.unwrap();
    let blobs = Blobs::local(folder.as_ref()).unwrap();
    let policy = Policy { retention: Duration::ZERO, ..Policy::default() };
    let jobs = Jobs::new(Arc::clone(&store), blobs, Arc::new(NoInspector), policy);
    let caller = Caller { user_id: UserId("measured".to_owned()) };
    let limits = AccountLimits { credits: Some(1_000_000_000), ..AccountLimits::default() };
    store.ensure_account(&caller.user_id, limits).await.unwrap();

    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (jobs, caller) = (jobs.clone(), caller.clone());
        tasks.spawn(async move { submit_some(&jobs, &caller, count / AT_ONCE).await });
    }
    let ids: Vec<JobId> = tasks.join_all().await.into_iter().flatten().collect();
    let submitted = ids.len() as f64 / begun.elapsed().as_secs_f64();
    for id in ids {
        jobs.cancel_or_delete(&caller, id).await.unwrap();
    }

    let (begun, mut removed) = (Instant::now(), 0);
    loop {
        let step = jobs.expire().await.unwrap();
        removed += step.jobs;
        if !step.more {
            break;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{submitted:.0} submits/s, {:.0} removals/s", f64::from(removed as u32) / seconds);
    store.close().await;
}

async fn submit_some(jobs: &Jobs, caller: &Caller, count: usize) -> Vec<JobId> {
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count {
        let mut upload = jobs.begin_upload();
        let mut document = b"%PDF-1.7\n".to_vec();
        document.resize(DOCUMENT_BYTES, b' ');
        upload.write(document.into()).await.unwrap();
        let wish = Submit {
            spec: JobSpec::Parse(ParseSpec::default()),
            source: Source::Upload { upload: Box::new(upload), file_name: None },
            expected: Expected::Document,
            password: None,
            idempotency: None,
            expires_in_s: None,
        };
        ids.push(jobs.submit(caller, wish).await.unwrap().job.id);
    }
    ids
}
