//! Totals over all accounts in SQLite, from the partial indexes of unfinished rows.

use std::time::Duration;

use async_trait::async_trait;
use rusqlite::Connection;

use super::SqliteStore;
use super::rows::{all, micros, one};
use crate::error::Error;
use crate::interface::{Overview, OverviewStore};

#[async_trait]
impl OverviewStore for SqliteStore {
    async fn overview(&self) -> Result<Overview, Error> {
        let now = micros(self.clock.host());
        self.readers.list(move |connection| overview(connection, now)).await
    }
}

fn overview(connection: &Connection, now: i64) -> Result<Overview, Error> {
    // A job is processing exactly while it has a lease.
    let unfinished = all(
        connection,
        "select type, 'queued', sum(jobs) from (
            select type, count(*) as jobs from jobs where status = 'queued' and delayed = 0
                group by type
            union all
            select type, count(*) from jobs where status = 'queued' and delayed = 1
                group by type)
         group by type
         union all
         select type, status, count(*) from jobs where status = 'awaiting_upload'
            group by type, status
         union all
         select jobs.type, 'processing', count(*)
            from job_leases join jobs on jobs.id = job_leases.job_id group by jobs.type",
        &[],
        |row| Ok((row.text()?, row.text()?, row.long()?)),
    )?;
    let numbers = one(
        connection,
        "select ?1 - (select min(run_at) from (
                select min(run_at) as run_at from jobs
                    where status = 'queued' and delayed = 0 and run_at <= ?1
                union all select min(run_at) from jobs
                    where status = 'queued' and delayed = 1 and run_at <= ?1)),
            (select count(*) from webhook_endpoints e join webhook_deliveries d
                on d.endpoint_id = e.id and d.status = 'pending' where e.disabled_at is null),
            (select count(*) from webhook_endpoints e join webhook_deliveries d
                on d.endpoint_id = e.id and d.status = 'pending' where e.disabled_at is not null)",
        &[&now],
        |row| Ok((row.long_or_null()?, row.long()?, row.long()?)),
    )?;
    let (oldest_us, deliveries_pending, deliveries_held) = numbers.unwrap_or_default();
    let oldest_ready = oldest_us.and_then(|us| u64::try_from(us).ok());
    Ok(Overview {
        unfinished,
        oldest_ready: oldest_ready.map(Duration::from_micros),
        deliveries_pending,
        deliveries_held,
    })
}
