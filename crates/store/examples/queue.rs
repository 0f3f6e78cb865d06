//! Drives the queue as fast as it goes, for `dev/bench`: no HTTP, no documents, the store alone.
//!
//! `queue DATABASE_URL fill COUNT [ACCOUNTS]` makes jobs that wait, of so many accounts; `queue
//! DATABASE_URL backoff COUNT` makes jobs that wait for their next attempt; `queue DATABASE_URL
//! enqueue|claim|batched SECONDS CONCURRENCY` prints the number of jobs and the seconds that they
//! took. Jobs are submitted for as many accounts as run at a time.
#![expect(clippy::print_stdout, reason = "the result is what it is for")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]

#[path = "support/jobs.rs"]
mod jobs;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use docket_contract::{BlobKey, UserId, WorkerId};
use docket_store::{
    AccountLimits, Clock, DatabaseConfig, Inserted, NewBatch, SettleOutcome, Settlement, Store,
    StoreConfig,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use jobs::{RETENTION, new_job, pages, user};

const LEASE: Duration = Duration::from_secs(60);
const DEADLINE: Duration = Duration::from_secs(1800);

#[derive(Clone, Copy)]
enum Mode {
    Enqueue,
    Claim,
    Batched,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (url, mode, amount, concurrency) = match arguments.as_slice() {
        [url, mode, count] => (url, mode, count, 1),
        [url, mode, seconds, at_once] => (url, mode, seconds, at_once.parse().unwrap()),
        _ => panic!(
            "DATABASE_URL fill|backoff COUNT [N], or DATABASE_URL enqueue|claim|batched SECONDS N"
        ),
    };
    let amount: usize = amount.parse().unwrap();
    let database = DatabaseConfig::Postgres { url: url.clone(), connections_max: concurrency };
    let config = StoreConfig { database, clock: Clock::database(), migrate: true };
    let store = docket_store::open(config).await.unwrap();
    let limits = AccountLimits { credits: Some(1_000_000_000_000), submits_per_minute: None };
    for number in 0..concurrency {
        store.ensure_account(&user(number), limits).await.unwrap();
    }
    let mode = match mode.as_str() {
        "fill" => return fill(&*store, amount, concurrency).await,
        "backoff" => return back_off(&*store, amount).await,
        "enqueue" => Mode::Enqueue,
        "claim" => Mode::Claim,
        "batched" => Mode::Batched,
        other => panic!("{other} is no mode"),
    };
    let (done, took) = run(&store, mode, amount as u64, concurrency).await;
    println!("RESULT {done} {}", took.as_secs_f64());
    store.close().await;
}

async fn run(
    store: &Arc<dyn Store>,
    mode: Mode,
    seconds: u64,
    concurrency: u32,
) -> (usize, Duration) {
    let started = Instant::now();
    let done = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for number in 0..concurrency {
        let (store, done) = (Arc::clone(store), Arc::clone(&done));
        let owner = user(number);
        tasks.spawn(async move {
            let worker = WorkerId::new();
            while started.elapsed().as_secs() < seconds {
                let count = match mode {
                    Mode::Enqueue => enqueue(&*store, &owner).await,
                    Mode::Claim => work(&store, worker, 1).await,
                    Mode::Batched => work(&store, worker, 50).await,
                };
                if count == 0 {
                    break;
                }
                done.fetch_add(count, Ordering::Relaxed);
            }
        });
    }
    tasks.join_all().await;
    (done.load(Ordering::Relaxed), started.elapsed())
}

async fn enqueue(store: &dyn Store, owner: &UserId) -> usize {
    match store.insert_job(new_job(owner)).await.unwrap() {
        Inserted::Job { .. } => 1,
        refused => panic!("{refused:?}"),
    }
}

/// Claims at most so many, and settles all of them at the same time.
async fn work(store: &Arc<dyn Store>, worker: WorkerId, limit: usize) -> usize {
    let claims = store.claim(worker, limit, LEASE, DEADLINE).await.unwrap();
    let count = claims.len();
    let settling = claims.into_iter().map(|claim| async {
        let settlement = Settlement::succeeded(BlobKey::result(), pages());
        let outcome = store.settle(claim, settlement).await.unwrap();
        assert!(matches!(outcome, SettleOutcome::Settled(_)));
    });
    futures_util::future::join_all(settling).await;
    count
}

async fn fill(store: &dyn Store, count: usize, accounts: u32) {
    let share = count / accounts as usize;
    for number in 0..accounts {
        let mut left = share;
        while left > 0 {
            let some = left.min(1000);
            let jobs = (0..some).map(|_| new_job(&user(number))).collect();
            let (id, user_id) = (Uuid::now_v7(), user(number));
            let batch = NewBatch { id, user_id, jobs, idempotency: None };
            store.insert_batch(batch).await.unwrap();
            left -= some;
        }
    }
}

async fn back_off(store: &dyn Store, count: usize) {
    fill(store, count, 1).await;
    let mut left = count;
    while left > 0 {
        let claims = store.claim(WorkerId::new(), left.min(500), LEASE, DEADLINE).await.unwrap();
        left -= claims.len();
        for claim in claims {
            store.settle(claim, Settlement::retry(RETENTION)).await.unwrap();
        }
    }
}
