//! The queue as workers see it, in SQLite.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use docket_contract::{ClaimToken, JobId, WorkerId};
use rusqlite::{OptionalExtension, ToSql, params};
use tokio::sync::watch;

use super::SqliteStore;
use super::charge::charge;
use super::guard::Guard;
use super::rows::{duration_us, micros, one_job};
use super::settle::{settle, write_event};
use super::supply::supply;
use super::sweep::sweep;
use super::writer::Turn;
use crate::claim::{Claim, Settlement, Unsettled};
use crate::error::Error;
use crate::interface::{
    ChargeOutcome, ProgressOutcome, ProgressUpdate, QueueDepth, QueueStore, RetryPolicy,
    SettleOutcome, Supplied, SupplyOutcome, Swept,
};
use crate::rows::{job_columns, stage_rank, stage_rank_sql};
use crate::shares::{self, ExpectedOrder, Terms};

#[async_trait]
impl QueueStore for SqliteStore {
    async fn claim(
        &self,
        worker: WorkerId,
        limit: usize,
        lease: Duration,
        deadline: Duration,
    ) -> Result<Vec<Claim>, Error> {
        let running_max = self.shares.running_max();
        shares::claim(self, limit, Terms { worker, lease, deadline, running_max }).await
    }

    async fn heartbeat(
        &self,
        worker: WorkerId,
        executions: &[ClaimToken],
        lease: Duration,
    ) -> Result<Vec<ClaimToken>, Error> {
        let executions = executions.to_vec();
        self.writer.run(move |turn| renew(turn, worker, &executions, lease)).await
    }

    async fn progress(
        &self,
        claim: &Claim,
        update: ProgressUpdate,
    ) -> Result<ProgressOutcome, Error> {
        let guard = Guard::of(claim);
        self.writer.run(move |turn| progress(turn, &guard, &update)).await
    }

    async fn charge(&self, claim: &Claim, credits: i64) -> Result<ChargeOutcome, Error> {
        let guard = Guard::of(claim);
        self.writer.run(move |turn| charge(turn, &guard, credits)).await
    }

    async fn supply_document(&self, id: JobId, supplied: Supplied) -> Result<SupplyOutcome, Error> {
        let limit = Arc::clone(&self.document_limit);
        let outcome = self.writer.run(move |turn| supply(turn, id, &supplied, &limit)).await?;
        if let SupplyOutcome::Queued(job) = &outcome {
            self.heard(job);
        }
        Ok(outcome)
    }

    async fn settle(
        &self,
        claim: Claim,
        settlement: Settlement,
    ) -> Result<SettleOutcome, Box<Unsettled>> {
        let written = claim.again();
        let settled = self.writer.run(move |turn| settle(turn, &written, settlement)).await;
        self.shares.ended(&claim.job().user_id);
        if let Ok(SettleOutcome::Settled(job)) = &settled {
            self.heard(job);
        }
        settled.map_err(|error| Box::new(Unsettled { claim, error }))
    }

    async fn sweep(&self, policy: &RetryPolicy) -> Result<Swept, Error> {
        let policy = policy.clone();
        let swept = self.writer.run(move |turn| sweep(turn, &policy)).await?;
        if swept.requeued > 0 {
            self.shares.look_again();
        }
        Ok(swept)
    }

    async fn queue_depth(&self) -> Result<QueueDepth, Error> {
        self.readers
            .list(|connection| {
                // A job is processing exactly while it has a lease.
                let depth = connection
                    .prepare_cached(
                        "select (select count(*) from jobs where status = 'queued' and delayed = 0)
                                + (select count(*) from jobs where status = 'queued' and delayed = 1),
                            (select count(*) from job_leases)",
                    )?
                    .query_row([], |row| {
                        Ok(QueueDepth { queued: row.get(0)?, processing: row.get(1)? })
                    })?;
                Ok(depth)
            })
            .await
    }

    async fn queue_order(&self, limit: usize) -> Result<ExpectedOrder, Error> {
        self.read_order(limit).await
    }

    fn limit_running(&self, running_max: Option<i32>) {
        self.shares.limit_running(running_max);
    }

    fn ready_hint(&self) -> watch::Receiver<u64> {
        self.hints.ready.subscribe()
    }
}

fn renew(
    turn: &Turn<'_>,
    worker: WorkerId,
    executions: &[ClaimToken],
    lease: Duration,
) -> Result<Vec<ClaimToken>, Error> {
    let lease_until = micros(turn.now()) + duration_us(lease);
    let mut renew = turn.prepare_cached(
        "update job_leases set lease_until = ?1
         where worker_id = ?2 and claim_token = ?3 and exists (select 1 from jobs
            where jobs.id = job_id and jobs.claim_token = job_leases.claim_token)",
    )?;
    let mut held = Vec::new();
    for token in executions {
        let renewed = renew.execute(params![
            lease_until,
            worker.uuid().as_bytes(),
            token.uuid().as_bytes()
        ])?;
        if renewed > 0 {
            held.push(*token);
        }
    }
    Ok(held)
}

const PROGRESS: &str = concat!(
    "update jobs set ",
    transition!(moved),
    ", stage = case when ?6 > ",
    stage_rank_sql!(),
    " then ?5 else stage end,
        pages_total = coalesce(pages_total, ?7), pages_selected = coalesce(pages_selected, ?8),
        pages_done = max(pages_done, ?9), pages_failed = max(pages_failed, ?10),
        document_sha256 = coalesce(?11, document_sha256),
        document_bytes = coalesce(?12, document_bytes),
        document_media_type = coalesce(?13, document_media_type),
        document_blob_key = coalesce(?14, document_blob_key)
     where id = ?2 and status = 'processing' and attempt = ?3 and claim_token = ?4 and (
        ?6 > ",
    stage_rank_sql!(),
    " or (pages_total is null and ?7 is not null)
        or (pages_selected is null and ?8 is not null)
        or pages_done < ?9 or pages_failed < ?10
        or (?14 is not null and (document_sha256, document_bytes, document_media_type,
            document_blob_key) is not (?11, ?12, ?13, ?14)))
     returning ",
    job_columns!()
);

fn progress(
    turn: &Turn<'_>,
    guard: &Guard,
    update: &ProgressUpdate,
) -> Result<ProgressOutcome, Error> {
    let document = update.document.as_ref();
    let parameters: [&dyn ToSql; 14] = [
        &micros(turn.now()),
        &guard.id,
        &guard.attempt,
        &guard.token,
        &update.stage.as_str(),
        &stage_rank(update.stage),
        &update.pages.total,
        &update.pages.selected,
        &update.pages.done,
        &update.pages.failed,
        &document.map(|document| document.sha256.as_str()),
        &document.map(|document| document.size_bytes),
        &document.map(|document| document.media_type.as_str()),
        &document.map(|document| document.blob_key.as_str()),
    ];
    if let Some(job) = one_job(turn, PROGRESS, &parameters)? {
        write_event(turn, job.seq)?;
        return Ok(ProgressOutcome::Written);
    }
    let held: Option<i64> = turn
        .prepare_cached(
            "select seq from jobs
             where id = ?1 and status = 'processing' and attempt = ?2 and claim_token = ?3",
        )?
        .query_row(params![guard.id, guard.attempt, guard.token], |row| row.get(0))
        .optional()?;
    Ok(held.map_or(ProgressOutcome::ClaimLost, |_| ProgressOutcome::Written))
}
