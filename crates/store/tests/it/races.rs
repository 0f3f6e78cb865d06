//! Pairs of operations on two stores, interleaved at each lock: a third session holds a lock, both
//! operations run until they wait for it or are done, then the lock is released. What came out must
//! be what one after the other brings, in either order. Postgres only: SQLite has one writer.

use std::sync::Arc;
use std::time::Duration;

use docket_contract::job::Stage;
use docket_contract::{ClaimToken, WorkerId};
use docket_store::{
    CancelOutcome, ChargeOutcome, Claim, Clock, DeleteOutcome, Inserted, NewJob, ProgressOutcome,
    ProgressUpdate, RerunOutcome, SettleOutcome, Settlement, Store, SupplyOutcome, Swept,
};
use sqlx::PgConnection;
use tokio::task::JoinHandle;

use crate::fixture::{
    DEADLINE, Fixture, LEASE, RETENTION, UPLOAD_WINDOW, failure, idempotency, new_awaiting_job,
    new_job, pages, rerun_of, retry_policy, success, supplied, user, worker_lost,
};

/// Far more than an operation takes that waits for nobody.
const AT_ONCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Insert,
    InsertWithKey,
    Supply,
    Claim,
    Heartbeat,
    Progress,
    Charge,
    Succeed,
    Fail,
    Retry,
    Release,
    LoseWorker,
    /// By the execution that the job was taken from.
    LateSuccess,
    LateCharge,
    Cancel,
    CancelWaiting,
    Rerun,
    Delete,
    Expire,
    Sweep,
}

/// Where the job is when the two begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Awaiting,
    /// Its window is over.
    Unsupplied,
    Queued,
    Held,
    /// Held, and the lease ran out.
    LeaseOver,
    /// Held, after it was taken from another execution.
    TakenOver,
    /// Held, beyond its deadline.
    Overdue,
    Failed,
    Succeeded,
    /// Failed, and its retention is over.
    Expired,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lock {
    Job,
    Account,
    /// The row of the lease, or the place where it would be.
    Lease,
}

impl Lock {
    fn sql(self) -> &'static str {
        match self {
            Self::Job => "select from docket.jobs for no key update",
            Self::Account => "select from docket.accounts for no key update",
            Self::Lease => {
                "insert into docket.job_leases (job_id, attempt, worker_id, claim_token, lease_until)
                 select id, 1, id, id, now() from docket.jobs
                 where not exists (select from docket.job_leases);
                 select from docket.job_leases for update"
            }
        }
    }
}

impl Start {
    /// What can happen then.
    fn ops(self) -> &'static [Op] {
        use Op as O;
        match self {
            Self::Awaiting => &[O::Supply, O::Cancel, O::CancelWaiting, O::Insert],
            Self::Unsupplied => &[O::Supply, O::Cancel, O::Sweep],
            Self::Queued => {
                &[O::Claim, O::Cancel, O::CancelWaiting, O::Insert, O::InsertWithKey, O::Delete]
            }
            Self::Held => &[
                O::Charge,
                O::Progress,
                O::Succeed,
                O::Fail,
                O::Retry,
                O::Release,
                O::LoseWorker,
                O::Cancel,
                O::Heartbeat,
                O::Insert,
                O::Delete,
            ],
            Self::LeaseOver => {
                &[O::Charge, O::Succeed, O::Fail, O::Retry, O::Cancel, O::Heartbeat, O::Sweep]
            }
            Self::TakenOver => {
                &[O::LateSuccess, O::LateCharge, O::Charge, O::Succeed, O::Retry, O::Cancel]
            }
            Self::Overdue => &[O::Charge, O::Succeed, O::Fail, O::Retry, O::Cancel, O::Sweep],
            Self::Failed => &[O::Rerun, O::Delete, O::Cancel, O::InsertWithKey],
            Self::Succeeded => &[O::Rerun, O::Delete, O::Cancel],
            Self::Expired => &[O::Rerun, O::Delete, O::Expire],
        }
    }

    fn locks(self) -> &'static [Lock] {
        match self {
            Self::Queued | Self::Held | Self::LeaseOver | Self::TakenOver | Self::Overdue => {
                &[Lock::Job, Lock::Account, Lock::Lease]
            }
            _ => &[Lock::Job, Lock::Account],
        }
    }
}

impl Op {
    /// What it answers if it passes over rows that are locked elsewhere.
    fn skipped(self) -> Option<String> {
        match self {
            Self::Claim | Self::Expire => Some("0".to_owned()),
            Self::Sweep => Some(format!("{:?}", Swept::default())),
            _ => None,
        }
    }

    /// It speaks for the execution that has the job.
    fn is_holders(self) -> bool {
        matches!(
            self,
            Self::Charge
                | Self::Progress
                | Self::Succeed
                | Self::Fail
                | Self::Retry
                | Self::Release
                | Self::LoseWorker
        )
    }

    fn is_late(self) -> bool {
        matches!(self, Self::LateSuccess | Self::LateCharge)
    }

    fn can_meet(self, other: Self) -> bool {
        // A claim is one execution's, which does one thing after the other.
        !(self.is_holders() && other.is_holders() || self.is_late() && other.is_late())
    }
}

/// A job where a pair begins.
struct Cast {
    job: docket_contract::Job,
    worker: WorkerId,
    /// The worker's execution that holds the job, if one does.
    executions: Vec<ClaimToken>,
    held: Option<Claim>,
    lost: Option<Claim>,
}

impl Cast {
    fn claim_for(&mut self, op: Op) -> Option<Claim> {
        match op {
            op if op.is_holders() => self.held.take(),
            op if op.is_late() => self.lost.take(),
            _ => None,
        }
    }
}

struct Arena {
    f: Fixture,
    one: Arc<dyn Store>,
    other: Arc<dyn Store>,
    side: PgConnection,
    third: PgConnection,
}

/// Limits of connections that are made from now on.
const PATIENT: &str = "do $$ declare name text; begin
        foreach name in array array['lock_timeout', 'statement_timeout',
                'idle_in_transaction_session_timeout'] loop
            execute format('alter database %I set docket.%I = %L', current_database(), name, '60s');
        end loop;
    end $$";

impl Arena {
    async fn new() -> Self {
        let f = Fixture::postgres().await;
        f.limit(Some(9), None).await;
        // However slow the machine is, what waits here waits for the lock and not for a limit.
        f.execute(PATIENT).await;
        let one = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
        let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
        let (side, third) = (f.connect().await, f.connect().await);
        Self { f, one, other, side, third }
    }

    /// Empties the database and puts one job where the pair begins.
    async fn stage(&mut self, start: Start) -> Cast {
        let empty = "truncate docket.jobs, docket.job_leases, docket.job_events, docket.usage,
                docket.idempotency_keys, docket.batches, docket.webhook_events restart identity;
            update docket.accounts set credits_used = 0";
        sqlx::raw_sql(empty).execute(&mut self.side).await.unwrap();
        let f = &self.f;
        let wish = match start {
            Start::Awaiting | Start::Unsupplied => new_awaiting_job(),
            _ => new_job(),
        };
        let id = f.insert(wish).await.id;
        let mut cast = Cast {
            job: f.find(id).await,
            worker: WorkerId::new(),
            executions: Vec::new(),
            held: None,
            lost: None,
        };
        match start {
            Start::Awaiting | Start::Queued => {}
            Start::Unsupplied => f.clock.advance(UPLOAD_WINDOW),
            Start::TakenOver => {
                cast.lost = Some(f.claim_one().await);
                f.lose_leases().await;
                f.clock.advance(LEASE);
                cast.held = self.take(&cast).await;
            }
            Start::Failed | Start::Succeeded | Start::Expired => {
                let claim = f.claim_one().await;
                let failed = Settlement::failed(failure());
                let end = if start == Start::Succeeded { success() } else { failed };
                f.settle(claim, end).await;
                if start == Start::Expired {
                    f.clock.advance(RETENTION);
                }
            }
            Start::Held | Start::LeaseOver | Start::Overdue => {
                cast.held = self.take(&cast).await;
                match start {
                    Start::LeaseOver => f.clock.advance(LEASE),
                    Start::Overdue => f.clock.advance(DEADLINE),
                    _ => {}
                }
            }
        }
        cast.executions = cast.held.iter().map(Claim::token).collect();
        cast.job = f.find(id).await;
        cast
    }

    async fn take(&self, cast: &Cast) -> Option<Claim> {
        self.f.store.claim(cast.worker, 1, LEASE, DEADLINE).await.unwrap().pop()
    }

    /// What is there now: everything but ids and instants.
    async fn observe(&mut self) -> String {
        let all = "select jsonb_build_object(
            'jobs', (select jsonb_agg(j order by j) from (select jsonb_build_array(status, attempt,
                worker_losses, credits, version, pages_done, error_code, result_key is not null,
                started_at is not null, claim_token is not null, document_blob_key is not null) as j
                from docket.jobs) j),
            'events', (select jsonb_agg(e order by e) from (select jsonb_build_array(version, status,
                pages_done, was_started) as e from docket.job_events) e),
            'leases', (select jsonb_agg(jsonb_build_array(l.attempt, l.claim_token = j.claim_token))
                from docket.job_leases l left join docket.jobs j on j.id = l.job_id),
            'usage', (select jsonb_agg(u order by u) from (select jsonb_build_array(kind, credits)
                as u from docket.usage) u),
            'used', (select credits_used from docket.accounts where user_id = 'owner'),
            'keys', (select count(*) from docket.idempotency_keys))::text";
        sqlx::query_scalar(all).fetch_one(&mut self.side).await.unwrap()
    }

    /// The operations one after the other: their answers, and what is there then.
    async fn in_turn(&mut self, start: Start, ops: &[Op]) -> (Vec<String>, String) {
        let mut cast = self.stage(start).await;
        let mut answers = Vec::new();
        for op in ops {
            let claim = cast.claim_for(*op);
            let store = Arc::clone(&self.f.store);
            let executions = cast.executions.clone();
            answers.push(run(*op, store, cast.job.clone(), cast.worker, claim, executions).await);
        }
        (answers, self.observe().await)
    }

    /// Everything that may come out of the pair.
    async fn allowed(&mut self, start: Start, first: Op, second: Op) -> Vec<[String; 3]> {
        let mut allowed = Vec::new();
        let (answers, end) = self.in_turn(start, &[first, second]).await;
        allowed.push([answers[0].clone(), answers[1].clone(), end]);
        let (answers, end) = self.in_turn(start, &[second, first]).await;
        allowed.push([answers[1].clone(), answers[0].clone(), end]);
        if let Some(skipped) = first.skipped() {
            let (mut answers, end) = self.in_turn(start, &[second]).await;
            allowed.push([skipped, answers.remove(0), end]);
        }
        if let Some(skipped) = second.skipped() {
            let (mut answers, end) = self.in_turn(start, &[first]).await;
            allowed.push([answers.remove(0), skipped, end]);
        }
        if let (Some(one), Some(other)) = (first.skipped(), second.skipped()) {
            allowed.push([one, other, self.in_turn(start, &[]).await.1]);
        }
        allowed
    }

    /// Both at once: each begins when the one before waits for a lock or is done.
    async fn race(&mut self, start: Start, lock: Lock, first: Op, second: Op) -> [String; 3] {
        let mut cast = self.stage(start).await;
        sqlx::raw_sql("begin").execute(&mut self.third).await.unwrap();
        sqlx::raw_sql(lock.sql()).execute(&mut self.third).await.unwrap();
        let claims = [cast.claim_for(first), cast.claim_for(second)];
        let stores = [Arc::clone(&self.one), Arc::clone(&self.other)];
        let mut under_way: Vec<JoinHandle<String>> = Vec::new();
        for ((op, claim), store) in [first, second].into_iter().zip(claims).zip(stores) {
            let (job, worker) = (cast.job.clone(), cast.worker);
            let executions = cast.executions.clone();
            under_way.push(tokio::spawn(run(op, store, job, worker, claim, executions)));
            self.until_each_waits_or_is_done(&under_way).await;
        }
        sqlx::raw_sql("rollback").execute(&mut self.third).await.unwrap();
        let mut answers = Vec::new();
        for op in under_way {
            answers.push(tokio::time::timeout(AT_ONCE, op).await.expect("it ends").unwrap());
        }
        let end = self.observe().await;
        let second = answers.pop().unwrap();
        [answers.pop().unwrap(), second, end]
    }

    async fn until_each_waits_or_is_done(&mut self, under_way: &[JoinHandle<String>]) {
        let waiting = "select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        let looked = async {
            loop {
                let waiting: i64 =
                    sqlx::query_scalar(waiting).fetch_one(&mut self.side).await.unwrap();
                let done = under_way.iter().filter(|op| op.is_finished()).count();
                if usize::try_from(waiting).unwrap() + done >= under_way.len() {
                    return;
                }
            }
        };
        tokio::time::timeout(AT_ONCE, looked).await.expect("it waits for a lock or is done");
    }
}

/// Runs one operation; its answer without ids and instants.
async fn run(
    op: Op,
    store: Arc<dyn Store>,
    job: docket_contract::Job,
    worker: WorkerId,
    claim: Option<Claim>,
    executions: Vec<ClaimToken>,
) -> String {
    match op {
        Op::Insert => inserted(store.insert_job(new_job()).await.unwrap()),
        Op::InsertWithKey => {
            let wish = NewJob { idempotency: idempotency("key", 1), ..new_job() };
            inserted(store.insert_job(wish).await.unwrap())
        }
        Op::Supply => match store.supply_document(job.id, supplied()).await.unwrap() {
            SupplyOutcome::Queued(_) => "queued".to_owned(),
            SupplyOutcome::DocumentsFull(_) => "no room".to_owned(),
            SupplyOutcome::NotAwaited => "not awaited".to_owned(),
        },
        Op::Claim => store.claim(worker, 1, LEASE, DEADLINE).await.unwrap().len().to_string(),
        Op::Heartbeat => {
            store.heartbeat(worker, &executions, LEASE).await.unwrap().len().to_string()
        }
        Op::Sweep => format!("{:?}", store.sweep(&retry_policy()).await.unwrap()),
        Op::Expire => store.delete_expired(9).await.unwrap().jobs.len().to_string(),
        Op::Cancel => cancelled(store.cancel_job(&user(), job.id).await.unwrap()),
        Op::CancelWaiting => cancelled(store.cancel_waiting_job(&user(), job.id).await.unwrap()),
        Op::Delete => match store.delete_job(&user(), job.id).await.unwrap() {
            DeleteOutcome::Deleted(job) => format!("deleted {}", job.state.as_str()),
            DeleteOutcome::NotEnded => "not ended".to_owned(),
            DeleteOutcome::NotFound => "not found".to_owned(),
        },
        Op::Rerun => match store.rerun_job(&user(), rerun_of(&job)).await.unwrap() {
            RerunOutcome::Queued { balance, .. } => format!("queued, {} used", balance.used),
            RerunOutcome::NotRerunnable(job) => format!("not of {}", job.state.as_str()),
            other => format!("{other:?}").chars().take_while(char::is_ascii_alphabetic).collect(),
        },
        op => by_claim(op, &*store, claim.expect("an execution has it")).await,
    }
}

async fn by_claim(op: Op, store: &dyn Store, claim: Claim) -> String {
    let settlement = match op {
        Op::Progress => {
            let update =
                ProgressUpdate { stage: Stage::Reading, pages: pages(2, 1), document: None };
            return match store.progress(&claim, update).await.unwrap() {
                ProgressOutcome::Written => "written".to_owned(),
                ProgressOutcome::ClaimLost => "lost".to_owned(),
            };
        }
        Op::Charge | Op::LateCharge => {
            return match store.charge(&claim, 5).await.unwrap() {
                ChargeOutcome::Charged => "charged".to_owned(),
                ChargeOutcome::QuotaExceeded(balance) => format!("{} used", balance.used),
                ChargeOutcome::ClaimLost => "lost".to_owned(),
            };
        }
        Op::Fail => Settlement::failed(failure()),
        Op::Retry => Settlement::retry(Duration::from_secs(1)),
        Op::Release => Settlement::released(),
        Op::LoseWorker => Settlement::worker_lost(Duration::from_secs(1), 1, worker_lost()),
        _ => success(),
    };
    match store.settle(claim, settlement).await.unwrap() {
        SettleOutcome::Settled(job) => format!("settled {}", job.state.as_str()),
        SettleOutcome::ClaimLost => "lost".to_owned(),
    }
}

fn inserted(inserted: Inserted) -> String {
    match inserted {
        Inserted::Job { balance, .. } => format!("inserted, {} used", balance.used),
        Inserted::Replayed { balance, .. } => format!("replayed, {} used", balance.used),
        Inserted::QuotaExceeded(balance) => format!("{} used", balance.used),
        other => format!("{other:?}"),
    }
}

fn cancelled(outcome: CancelOutcome) -> String {
    match outcome {
        CancelOutcome::Cancelled(_) => "cancelled".to_owned(),
        CancelOutcome::AlreadyEnded(job) => format!("ended {}", job.state.as_str()),
        CancelOutcome::AlreadyStarted(job) => format!("started {}", job.state.as_str()),
        CancelOutcome::NotFound => "not found".to_owned(),
    }
}

async fn every_pair_is_in_some_order(starts: &[Start]) {
    let mut arena = Arena::new().await;
    let mut wrong = Vec::new();
    for &start in starts {
        let ops = start.ops();
        for (idx, &one) in ops.iter().enumerate() {
            for &other in ops[idx..].iter().filter(|other| one.can_meet(**other)) {
                let allowed = arena.allowed(start, one, other).await;
                for &lock in start.locks() {
                    let came = arena.race(start, lock, one, other).await;
                    if !allowed.contains(&came) {
                        wrong.push(format!("{start:?} {lock:?} {one:?} {other:?}: {came:?}"));
                    }
                    let [second, first, end] = arena.race(start, lock, other, one).await;
                    let came = [first, second, end];
                    if !allowed.contains(&came) {
                        wrong.push(format!("{start:?} {lock:?} {other:?} {one:?}: {came:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of no serial order:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_on_a_waiting_job_is_in_some_order() {
    every_pair_is_in_some_order(&[Start::Awaiting, Start::Unsupplied, Start::Queued]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_on_a_held_job_is_in_some_order() {
    every_pair_is_in_some_order(&[Start::Held, Start::TakenOver]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_on_a_lost_or_overdue_job_is_in_some_order() {
    every_pair_is_in_some_order(&[Start::LeaseOver, Start::Overdue]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_on_an_ended_job_is_in_some_order() {
    every_pair_is_in_some_order(&[Start::Failed, Start::Succeeded, Start::Expired]).await;
}
