//! Inserts a job in Postgres: together with others if it is simple, otherwise under the lock of its
//! account.

use docket_contract::UserId;
use docket_contract::job::Job;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use sqlx::PgConnection;

use super::idempotency::{remember, repeated};
use super::rows::{PgColumns, PgQuery, duration_us, read_inserted};
use super::submit::Submit;
use super::{PostgresStore, constraint_error};
use crate::error::Error;
use crate::interface::{Balance, DocumentBytes, Inserted, NewJob};
use crate::ledger::{Part, retry_after_s, submit_window_start};
use crate::rows::{Columns, job_columns, spec_text};

/// Charges the account, which is locked and has the balance, and inserts job, ledger row and event.
const INSERT: &str = concat!(
    with_now!(),
    ", account as (
        update docket.accounts a set
            credits_used = ",
    used!(),
    " + $3,
            cycle_started_at = a.cycle_started_at
                + ",
    passed!(),
    "::double precision * interval '720 hours'
        from now
        where a.user_id = $2 and greatest(0, a.credits_limit - ",
    used!(),
    ") >= $3
        returning a.credits_used, a.credits_limit, a.cycle_started_at),
    changed as (
        insert into docket.jobs (user_id, credits, id, type, status, document_name,
            document_sha256, document_bytes, document_media_type, document_blob_key,
            document_source_url, document_password, pages_total, pages_selected, pages_done,
            pages_failed, priority, run_at, created_at, updated_at, expires_at, batch_id,
            upload_until)
        select $2, $3, $4, $5, $6, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
            now.at, now.at, now.at, now.at + $20 * interval '1 microsecond',
            $21, now.at + $23 * interval '1 microsecond'
        from now, account
        returning *),
    spec as (
        insert into docket.job_specs (job_id, spec) select id, $7 from changed),
    ledger as (
        insert into docket.usage (user_id, job_id, kind, credits, cycle_started_at, at)
        select changed.user_id, changed.id, $22, changed.credits, account.cycle_started_at,
            changed.created_at
        from changed, account)",
    write_event!(),
    " select ",
    job_columns!(),
    ", credits_used, credits_limit, cycle_started_at from changed, account"
);

impl PostgresStore {
    pub(super) async fn insert(&self, job: &NewJob) -> Result<Inserted, Error> {
        let inserted = match self.insert_together(job).await? {
            Some(inserted) => inserted,
            None => self.insert_under_lock(job, &spec_text(&job.spec)?).await?,
        };
        if let Inserted::Job { job, .. } = &inserted {
            if job.state == JobState::Queued {
                self.mark_ready(job);
            } else {
                self.mark_changed();
            }
        }
        Ok(inserted)
    }

    /// The short way; `None` if it is not open to this job.
    async fn insert_together(&self, job: &NewJob) -> Result<Option<Inserted>, Error> {
        // The short way compares the balance with the charge alone.
        if job.idempotency.is_some() || job.credits_needed() > job.credits {
            return Ok(None);
        }
        let made = self.submits.write(Submit::new(job)?).await?;
        Ok(made.map(|(job, balance)| Inserted::Job { job, balance }))
    }

    /// The long way: for submits with an idempotency key, for accounts with a submit limit, and to
    /// say why nothing was inserted.
    async fn insert_under_lock(&self, job: &NewJob, spec: &str) -> Result<Inserted, Error> {
        let mut transaction = self.connections.begin().await?;
        let account = self.lock_account(&mut transaction, &job.user_id).await?;
        if let Some(idempotency) = &job.idempotency
            && let Some(answer) =
                repeated(&mut transaction, &job.user_id, idempotency, account.now).await?
        {
            return Ok(answer);
        }
        if account.balance.remaining() < job.credits_needed() {
            return Ok(Inserted::QuotaExceeded(account.balance));
        }
        if let Some(submits_max) = account.submits_max
            && let Some(retry_after_s) =
                submit_wait_s(&mut transaction, &job.user_id, submits_max, account.now).await?
        {
            return Ok(Inserted::RateLimited { retry_after_s });
        }
        if !account.documents.fits(job.document.size_bytes) {
            return Ok(Inserted::DocumentsFull(account.documents));
        }
        let (inserted, balance) =
            insert_admitted(&mut transaction, job, spec, self.clock.fixed(), Part::Whole).await?;
        if let Some(idempotency) = &job.idempotency {
            remember(&mut transaction, idempotency, &inserted, &balance).await?;
        }
        transaction.commit().await?;
        Ok(Inserted::Job { job: inserted, balance })
    }

    /// The account, which nobody else charges until the transaction ends.
    pub(super) async fn lock_account(
        &self,
        connection: &mut PgConnection,
        user: &UserId,
    ) -> Result<LockedAccount, Error> {
        let row = sqlx::query(
            "select credits_used, credits_limit, cycle_started_at, submits_per_minute,
                coalesce($1::timestamptz, clock_timestamp()), document_bytes, document_bytes_max
             from docket.accounts where user_id = $2 for no key update",
        )
        .bind(self.clock.fixed())
        .bind(&user.0)
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound("account"))?;
        let mut row = PgColumns::new(&row);
        let stored =
            Balance { used: row.long()?, limit: row.long()?, cycle_started_at: row.time()? };
        let (submits_max, now) = (row.int_or_null()?, row.time()?);
        let (used, own) = (row.long()?, row.long_or_null()?);
        let documents = DocumentBytes { used, limit: self.document_limit.or_own(own) };
        Ok(LockedAccount { balance: stored.rolled_to(now), submits_max, documents, now })
    }
}

/// Inserts a job that was admitted under the account's lock.
pub(super) async fn insert_admitted(
    connection: &mut PgConnection,
    job: &NewJob,
    spec: &str,
    at: Option<Timestamp>,
    part: Part,
) -> Result<(Job, Balance), Error> {
    let row = insert_query(job, spec, at, part)
        .fetch_one(connection)
        .await
        .map_err(|error| constraint_error(error, "account", "job"))?;
    read_inserted(&row)
}

fn insert_query<'q>(
    job: &'q NewJob,
    spec: &'q str,
    at: Option<Timestamp>,
    part: Part,
) -> PgQuery<'q> {
    let document = &job.document;
    sqlx::query(INSERT)
        .bind(at)
        .bind(&job.user_id.0)
        .bind(job.credits)
        .bind(job.id.uuid())
        .bind(job.spec.job_type().as_str())
        .bind(job.state().as_str())
        .bind(spec)
        .bind(&document.name)
        .bind(&document.sha256)
        .bind(document.size_bytes)
        .bind(&document.media_type)
        .bind(document.blob_key.as_ref().map(|key| key.as_str()))
        .bind(&document.source_url)
        .bind(&document.password)
        .bind(job.pages.total)
        .bind(job.pages.selected)
        .bind(job.pages.done)
        .bind(job.pages.failed)
        .bind(job.priority)
        .bind(duration_us(job.retention))
        .bind(part.batch())
        .bind(part.kind())
        .bind(job.upload_window.map(duration_us))
}

pub(super) struct LockedAccount {
    /// At `now`.
    pub(super) balance: Balance,
    pub(super) submits_max: Option<i32>,
    pub(super) documents: DocumentBytes,
    pub(super) now: Timestamp,
}

/// Seconds until the account may submit again; `None` if it may now.
pub(super) async fn submit_wait_s(
    connection: &mut PgConnection,
    user: &UserId,
    submits_max: i32,
    now: Timestamp,
) -> Result<Option<u64>, Error> {
    if submits_max == 0 {
        return Ok(Some(retry_after_s(None, now)));
    }
    let frees_slot: Option<Timestamp> = sqlx::query_scalar(
        "select at from docket.usage where user_id = $1 and kind = 'submit' and at > $2
         order by at desc limit 1 offset $3",
    )
    .bind(&user.0)
    .bind(submit_window_start(now))
    .bind(i64::from(submits_max) - 1)
    .fetch_optional(connection)
    .await?;
    Ok(frees_slot.map(|at| retry_after_s(Some(at), now)))
}
