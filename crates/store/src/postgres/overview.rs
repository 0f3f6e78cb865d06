//! Totals over all accounts in Postgres, from the partial indexes of unfinished rows.

use std::time::Duration;

use async_trait::async_trait;

use super::PostgresStore;
use crate::error::Error;
use crate::interface::{Overview, OverviewStore};

#[async_trait]
impl OverviewStore for PostgresStore {
    async fn overview(&self) -> Result<Overview, Error> {
        // A job is processing exactly while it has a lease.
        let query = || {
            sqlx::query(
                "select type, 'queued', sum(jobs)::bigint from (
                    select type, count(*) as jobs from docket.jobs
                    where status = 'queued' and not delayed group by type
                    union all
                    select type, count(*) from docket.jobs
                    where status = 'queued' and delayed group by type) queued
                group by type
             union all
             select type, status, count(*) from docket.jobs where status = 'awaiting_upload'
                group by type, status
             union all
             select j.type, 'processing', count(*)
                from docket.job_leases l join docket.jobs j on j.id = l.job_id group by j.type",
            )
        };
        let unfinished =
            self.connections.all(query, |row| Ok((row.text()?, row.text()?, row.long()?))).await?;
        let query = || {
            sqlx::query(
                "select (extract(epoch from now.at
                    - least(
                        (select min(run_at) from docket.jobs
                            where status = 'queued' and not delayed and run_at <= now.at),
                        (select min(run_at) from docket.jobs
                            where status = 'queued' and delayed and run_at <= now.at))) * 1000000)::bigint,
                count(d.id) filter (where e.disabled_at is null),
                count(d.id) filter (where e.disabled_at is not null)
             from (select coalesce($1::timestamptz, clock_timestamp()) as at) now
                left join docket.webhook_deliveries d on d.status = 'pending'
                left join docket.webhook_endpoints e on e.id = d.endpoint_id
             group by now.at",
            )
            .bind(self.clock.fixed())
        };
        let numbers =
            self.connections.one(query, |row| Ok((row.long_or_null()?, row.long()?, row.long()?)));
        let (oldest_us, deliveries_pending, deliveries_held) = numbers.await?.unwrap_or_default();
        let oldest_ready = oldest_us.and_then(|us| u64::try_from(us).ok());
        Ok(Overview {
            unfinished,
            oldest_ready: oldest_ready.map(Duration::from_micros),
            deliveries_pending,
            deliveries_held,
        })
    }
}
