//! Submits, claims and settles side by side for some time, whatever happens to the database, for
//! `dev/bench peers --chaos`.
//!
//! `steady DATABASE_URL SECONDS CONCURRENCY CONNECTIONS FILE`: half of the tasks submit, half work;
//! what fails is tried again, as a client and a worker would. Then all that is left is worked on.
//! Acknowledged jobs are written to FILE; the numbers are printed.
#![expect(clippy::print_stdout, reason = "the result is what it is for")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]

#[path = "support/jobs.rs"]
mod jobs;

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use docket_contract::job::{Failure, FailureCode};
use docket_contract::{BlobKey, JobId, UserId, WorkerId};
use docket_store::{
    AccountLimits, Clock, DatabaseConfig, Inserted, RetryPolicy, SettleOutcome, Settlement, Store,
    StoreConfig,
};
use tokio::task::JoinSet;

use jobs::{new_job, pages, user};

const LEASE: Duration = Duration::from_secs(3);
const DEADLINE: Duration = Duration::from_secs(1800);
/// Jobs that may wait: those who submit do not run away from those who work.
const WAITING_MAX: usize = 500;
/// Before a failed call is repeated.
const PAUSE: Duration = Duration::from_millis(20);
/// How long what is left may take.
const DRAIN_MAX: Duration = Duration::from_secs(60);

struct Bench {
    store: Arc<dyn Store>,
    started: Instant,
    acknowledged: Mutex<Vec<JobId>>,
    submitted: AtomicUsize,
    completed: AtomicUsize,
    errors: AtomicUsize,
    submitting: AtomicBool,
    working: AtomicBool,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, seconds, concurrency, connections, file] = arguments.as_slice() else {
        panic!("DATABASE_URL SECONDS CONCURRENCY CONNECTIONS FILE");
    };
    let database = DatabaseConfig::Postgres {
        url: url.clone(),
        connections_max: connections.parse().unwrap(),
    };
    let config = StoreConfig { database, clock: Clock::database(), migrate: true };
    let store = docket_store::open(config).await.unwrap();
    let limits = AccountLimits { credits: Some(1_000_000_000_000), submits_per_minute: None };
    let concurrency: u32 = concurrency.parse().unwrap();
    for number in 0..concurrency {
        store.ensure_account(&user(number), limits).await.unwrap();
    }
    let bench = Arc::new(Bench {
        store,
        started: Instant::now(),
        acknowledged: Mutex::default(),
        submitted: AtomicUsize::new(0),
        completed: AtomicUsize::new(0),
        errors: AtomicUsize::new(0),
        submitting: AtomicBool::new(true),
        working: AtomicBool::new(true),
    });
    println!("STARTED");
    run(&bench, concurrency, Duration::from_secs(seconds.parse().unwrap())).await;
    let mut lines = String::new();
    for id in bench.acknowledged.lock().unwrap().iter() {
        writeln!(lines, "{id}").unwrap();
    }
    std::fs::write(file, lines).unwrap();
    bench.store.close().await;
}

async fn run(bench: &Arc<Bench>, concurrency: u32, time: Duration) {
    let mut tasks = JoinSet::new();
    for number in 0..concurrency {
        let bench = Arc::clone(bench);
        if number % 2 == 0 {
            tasks.spawn(async move { bench.submit(&user(number)).await });
        } else {
            tasks.spawn(async move { bench.work().await });
        }
    }
    let sweeper = Arc::clone(bench);
    tasks.spawn(async move { sweeper.sweep().await });
    tokio::time::sleep(time).await;
    let completed = bench.completed.load(Ordering::Relaxed);
    bench.submitting.store(false, Ordering::Relaxed);
    let draining = Instant::now();
    while bench.is_unfinished().await && draining.elapsed() < DRAIN_MAX {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bench.working.store(false, Ordering::Relaxed);
    tasks.join_all().await;
    let errors = bench.errors.load(Ordering::Relaxed);
    println!("RESULT {completed} {errors} {}", draining.elapsed().as_secs_f64());
    assert!(bench.started.elapsed() > time);
}

impl Bench {
    /// Counts an error, and waits before the next try.
    async fn failed(&self) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PAUSE).await;
    }

    async fn submit(&self, owner: &UserId) {
        while self.submitting.load(Ordering::Relaxed) {
            let waiting = self.submitted.load(Ordering::Relaxed);
            if waiting.saturating_sub(self.completed.load(Ordering::Relaxed)) > WAITING_MAX {
                tokio::time::sleep(Duration::from_millis(1)).await;
                continue;
            }
            let job = new_job(owner);
            let id = job.id;
            match self.store.insert_job(job).await {
                Ok(Inserted::Job { .. }) => {
                    self.submitted.fetch_add(1, Ordering::Relaxed);
                    self.acknowledged.lock().unwrap().push(id);
                }
                Ok(refused) => panic!("{refused:?}"),
                Err(_) => self.failed().await,
            }
        }
    }

    async fn work(&self) {
        let worker = WorkerId::new();
        while self.working.load(Ordering::Relaxed) {
            let Ok(claims) = self.store.claim(worker, 1, LEASE, DEADLINE).await else {
                self.failed().await;
                continue;
            };
            if claims.is_empty() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            for claim in claims {
                let settlement = Settlement::succeeded(BlobKey::result(), pages());
                match self.store.settle(claim, settlement).await {
                    Ok(SettleOutcome::Settled(_)) => {
                        self.completed.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(SettleOutcome::ClaimLost) => {}
                    // Its lease runs out, and it is claimed again.
                    Err(_) => self.failed().await,
                }
            }
        }
    }

    async fn sweep(&self) {
        let failure = Failure::new(FailureCode::WorkerLost, "lost");
        let policy = RetryPolicy {
            worker_losses_max: i32::MAX,
            backoff: vec![Duration::ZERO],
            worker_lost: failure.clone(),
            deadline_exceeded: failure.clone(),
            upload_expired: failure,
        };
        while self.working.load(Ordering::Relaxed) {
            let _ = self.store.sweep(&policy).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn is_unfinished(&self) -> bool {
        let depth = self.store.queue_depth().await;
        depth.map_or(true, |depth| depth.queued + depth.processing > 0)
    }
}
