//! The queue as workers see it, in Postgres.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::{ClaimToken, JobId, WorkerId};
use tokio::sync::watch;

use super::PostgresStore;
use super::rows::{all, duration_us, one};
use crate::claim::{Claim, Settlement, Unsettled};
use crate::error::Error;
use crate::interface::{
    ChargeOutcome, ProgressOutcome, ProgressUpdate, QueueDepth, QueueStore, RetryPolicy,
    SettleOutcome, Supplied, SupplyOutcome, Swept,
};
use crate::rows::{stage_rank, stage_rank_sql};
use crate::shares::{self, ExpectedOrder, Terms};

#[async_trait]
impl QueueStore for PostgresStore {
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
        let query = sqlx::query(
            "update docket.job_leases l
             set lease_until = coalesce($1::timestamptz, clock_timestamp())
                + $3 * interval '1 microsecond'
             from docket.jobs j
             where l.worker_id = $2 and l.claim_token = any($4)
                and j.id = l.job_id and j.claim_token = l.claim_token
             returning l.claim_token",
        )
        .bind(self.clock.fixed())
        .bind(worker.uuid())
        .bind(duration_us(lease))
        .bind(executions.iter().map(|token| token.uuid()).collect::<Vec<_>>());
        all(&self.pool, query, |row| Ok(ClaimToken::from(row.uuid()?))).await
    }

    async fn progress(
        &self,
        claim: &Claim,
        update: ProgressUpdate,
    ) -> Result<ProgressOutcome, Error> {
        let document = update.document.as_ref();
        let query = self
            .guarded(PROGRESS, claim)
            .bind(update.stage.as_str())
            .bind(stage_rank(update.stage))
            .bind(update.pages.total)
            .bind(update.pages.selected)
            .bind(update.pages.done)
            .bind(update.pages.failed)
            .bind(document.map(|document| document.sha256.as_str()))
            .bind(document.map(|document| document.size_bytes))
            .bind(document.map(|document| document.media_type.as_str()))
            .bind(document.map(|document| document.blob_key.as_str()));
        let held = one(&self.pool, query, |row| row.long()).await?;
        self.mark_changed();
        Ok(held.map_or(ProgressOutcome::ClaimLost, |_| ProgressOutcome::Written))
    }

    async fn charge(&self, claim: &Claim, credits: i64) -> Result<ChargeOutcome, Error> {
        self.charge_late(claim, credits).await
    }

    async fn supply_document(&self, id: JobId, supplied: Supplied) -> Result<SupplyOutcome, Error> {
        self.supply(id, &supplied).await
    }

    async fn settle(
        &self,
        claim: Claim,
        settlement: Settlement,
    ) -> Result<SettleOutcome, Box<Unsettled>> {
        match self.end_execution(&claim, settlement).await {
            Ok(outcome) => Ok(outcome),
            Err(error) => Err(Box::new(Unsettled { claim, error })),
        }
    }

    async fn sweep(&self, policy: &RetryPolicy) -> Result<Swept, Error> {
        self.sweep_once(policy).await
    }

    async fn queue_depth(&self) -> Result<QueueDepth, Error> {
        // A job is processing exactly while it has a lease.
        let query = || {
            sqlx::query(
                "select (select count(*) from docket.jobs where status = 'queued' and not delayed)
                    + (select count(*) from docket.jobs where status = 'queued' and delayed),
                (select count(*) from docket.job_leases)",
            )
        };
        let depth = self
            .connections
            .one(query, |row| Ok(QueueDepth { queued: row.long()?, processing: row.long()? }));
        Ok(depth.await?.unwrap_or_default())
    }

    async fn queue_order(&self, limit: usize) -> Result<ExpectedOrder, Error> {
        self.read_order(limit).await
    }

    fn limit_running(&self, running_max: Option<i32>) {
        self.shares.limit_running(running_max);
    }

    fn ready_hint(&self) -> watch::Receiver<u64> {
        self.signals.on_ready()
    }
}

/// Answers the job's `seq` if it is still this execution's, whether anything changed or not. The
/// row is locked first, so that the answer and the write see the same row.
const PROGRESS: &str = concat!(
    with_now!(),
    ", held as materialized (
        select id, seq from docket.jobs
        where id = $2 and status = 'processing' and attempt = $3 and claim_token = $4
        for no key update),
    changed as (
        update docket.jobs j set ",
    transition!(moved),
    ", stage = case when $6 > ",
    stage_rank_sql!(),
    " then $5 else stage end,
            pages_total = coalesce(j.pages_total, $7),
            pages_selected = coalesce(j.pages_selected, $8),
            pages_done = greatest(j.pages_done, $9),
            pages_failed = greatest(j.pages_failed, $10),
            document_sha256 = coalesce($11, j.document_sha256),
            document_bytes = coalesce($12, j.document_bytes),
            document_media_type = coalesce($13, j.document_media_type),
            document_blob_key = coalesce($14, j.document_blob_key)
        from now, held
        where j.id = held.id and (
            $6 > ",
    stage_rank_sql!(),
    " or (j.pages_total is null and $7::integer is not null)
            or (j.pages_selected is null and $8::integer is not null)
            or j.pages_done < $9 or j.pages_failed < $10
            or ($14::text is not null and (j.document_sha256, j.document_bytes,
                j.document_media_type, j.document_blob_key) is distinct from ($11, $12, $13, $14)))
        returning j.*)",
    write_event!(),
    " select seq from held"
);
