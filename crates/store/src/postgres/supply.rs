//! Documents that are uploaded after the submit, in Postgres.

use docket_contract::{JobId, UserId};

use super::PostgresStore;
use super::rows::PgColumns;
use crate::error::Error;
use crate::interface::{Supplied, SupplyOutcome};
use crate::rows::{job_columns, read_job};

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

/// The owner of a job that awaits its document, whose row is locked before the account's.
const AWAITING: &str = "select user_id from docket.jobs
    where id = $1 and status = 'awaiting_upload' for no key update";

impl PostgresStore {
    pub(super) async fn supply(
        &self,
        id: JobId,
        supplied: &Supplied,
    ) -> Result<SupplyOutcome, Error> {
        let document = &supplied.document;
        let mut transaction = self.connections.begin().await?;
        let owner: Option<String> =
            sqlx::query_scalar(AWAITING).bind(id.uuid()).fetch_optional(&mut *transaction).await?;
        let Some(owner) = owner else {
            transaction.rollback().await?;
            return Ok(SupplyOutcome::NotAwaited);
        };
        let account = self.lock_account(&mut transaction, &UserId(owner)).await?;
        if !account.documents.fits(document.size_bytes) {
            transaction.rollback().await?;
            return Ok(SupplyOutcome::DocumentsFull(account.documents));
        }
        let row = sqlx::query(SUPPLY)
            .bind(self.clock.fixed())
            .bind(id.uuid())
            .bind(&document.sha256)
            .bind(document.size_bytes)
            .bind(&document.media_type)
            .bind(document.blob_key.as_str())
            .bind(supplied.pages_total)
            .bind(supplied.pages_selected)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else {
            // Before the answer: a sweep that comes next would pass over the locked row.
            transaction.rollback().await?;
            return Ok(SupplyOutcome::NotAwaited);
        };
        let job = read_job(&mut PgColumns::new(&row))?;
        transaction.commit().await?;
        self.mark_ready(&job);
        Ok(SupplyOutcome::Queued(job))
    }
}
