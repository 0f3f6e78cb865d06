//! Changes jobs at a steady rate as a worker's progress does, for `dev/bench clients`.
//!
//! `changes DATABASE RATE JOBS WRITERS` makes and claims so many jobs of the account `bench` in a
//! Postgres (its URL) or an embedded database (its file). It prints one line per job (its id), an
//! empty line, and from then on one line per change: the job's place in that list, the version, and
//! the microseconds of the Unix epoch before and after the change was committed. It ends with its
//! standard input.
#![expect(clippy::print_stdout, reason = "the result is what it is for")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]

#[path = "support/jobs.rs"]
#[expect(dead_code, reason = "this measurement has one account")]
mod jobs;

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use docket_contract::job::{PageCounts, Stage};
use docket_contract::{UserId, WorkerId};
use docket_store::{
    AccountLimits, Claim, Clock, DatabaseConfig, NewBatch, NewJob, ProgressOutcome, ProgressUpdate,
    Store, StoreConfig,
};
use tokio::io::AsyncReadExt;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(3600);

/// A claimed job, its place in the list, and its version.
struct Held {
    claim: Claim,
    place: usize,
    version: i64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, rate, jobs, writers] = arguments.as_slice() else {
        panic!("DATABASE RATE JOBS WRITERS");
    };
    let (rate, writers): (f64, usize) = (rate.parse().unwrap(), writers.parse().unwrap());
    let database = if database.contains("://") {
        let connections_max = u32::try_from(writers).unwrap() + 1;
        DatabaseConfig::Postgres { url: database.clone(), connections_max }
    } else {
        DatabaseConfig::Sqlite { path: database.into() }
    };
    let config = StoreConfig { database, clock: Clock::database(), migrate: true };
    let store = docket_store::open(config).await.unwrap();
    let held = claim_new(&*store, jobs.parse().unwrap()).await;
    for one in &held {
        println!("{}", one.claim.job().id);
    }
    println!();
    let mut shares: Vec<Vec<Held>> = (0..writers).map(|_| Vec::new()).collect();
    for (number, one) in held.into_iter().enumerate() {
        shares[number % writers].push(one);
    }
    let mut tasks = JoinSet::new();
    let period = Duration::from_secs_f64(f64::from(u32::try_from(writers).unwrap()) / rate);
    for share in shares.into_iter().filter(|share| !share.is_empty()) {
        tasks.spawn(change(Arc::clone(&store), share, period));
    }
    // Whoever started it ends it by closing its input.
    let _ = tokio::io::stdin().read(&mut [0]).await;
    tasks.shutdown().await;
    store.close().await;
}

/// Moves one job after the other on by a page.
async fn change(store: Arc<dyn Store>, mut share: Vec<Held>, period: Duration) {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    for pages_done in 1.. {
        for one in &mut share {
            ticks.tick().await;
            let pages = PageCounts { total: None, selected: None, done: pages_done, failed: 0 };
            let update = ProgressUpdate { stage: Stage::Reading, pages, document: None };
            let begun_us = now_us();
            let outcome = store.progress(&one.claim, update).await.unwrap();
            assert!(matches!(outcome, ProgressOutcome::Written), "{outcome:?}");
            one.version += 1;
            let line = format!("{} {} {begun_us} {}\n", one.place, one.version, now_us());
            std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        }
    }
}

async fn claim_new(store: &dyn Store, count: usize) -> Vec<Held> {
    let user = UserId("bench".to_owned());
    let limits = AccountLimits { credits: Some(1_000_000_000_000), submits_per_minute: None };
    store.ensure_account(&user, limits).await.unwrap();
    let mut left = count;
    while left > 0 {
        let some = left.min(500);
        let jobs = (0..some).map(|_| new_job(&user)).collect();
        let batch = NewBatch { id: Uuid::now_v7(), user_id: user.clone(), jobs, idempotency: None };
        store.insert_batch(batch).await.unwrap();
        left -= some;
    }
    let mut held = Vec::new();
    while held.len() < count {
        let some = (count - held.len()).min(500);
        let claims = store.claim(WorkerId::new(), some, LONG, LONG).await.unwrap();
        assert!(!claims.is_empty(), "somebody else works");
        let first = held.len();
        held.extend(claims.into_iter().enumerate().map(|(number, claim)| Held {
            claim,
            place: first + number,
            version: 2,
        }));
    }
    held
}

fn new_job(owner: &UserId) -> NewJob {
    NewJob { credits: 0, ..jobs::new_job(owner) }
}

#[expect(clippy::disallowed_methods, reason = "one host measures")]
fn now_us() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()
}
