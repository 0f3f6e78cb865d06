//! Documents that are uploaded after the submit, in Postgres.

use docket_contract::JobId;

use super::PostgresStore;
use super::rows::one_job;
use crate::error::Error;
use crate::interface::{Supplied, SupplyOutcome};
use crate::rows::job_columns;

const SUPPLY: &str = concat!(
    with_now!(),
    ", changed as (
        update docket.jobs j set ",
    transition!(moved),
    ", status = 'queued', run_at = now.at, document_sha256 = $3, document_bytes = $4,
            document_media_type = $5, document_blob_key = $6, pages_total = $7, pages_selected = $8
        from now
        where j.id = $2 and j.status = 'awaiting_upload' and j.upload_until > now.at
        returning j.*)",
    write_event!(),
    " select ",
    job_columns!(),
    " from changed"
);

impl PostgresStore {
    pub(super) async fn supply(
        &self,
        id: JobId,
        supplied: &Supplied,
    ) -> Result<SupplyOutcome, Error> {
        let document = &supplied.document;
        let query = sqlx::query(SUPPLY)
            .bind(self.clock.fixed())
            .bind(id.uuid())
            .bind(&document.sha256)
            .bind(document.size_bytes)
            .bind(&document.media_type)
            .bind(document.blob_key.as_str())
            .bind(supplied.pages_total)
            .bind(supplied.pages_selected);
        let Some(job) = one_job(&self.pool, query).await? else {
            return Ok(SupplyOutcome::NotAwaited);
        };
        self.mark_ready();
        Ok(SupplyOutcome::Queued(job))
    }
}
