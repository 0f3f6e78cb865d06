//! Makes a job in Postgres: one statement if nothing stands against it.

use docket_contract::UserId;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use super::rows::{PgColumns, PgQuery, duration_us};
use super::{PostgresStore, constraint_error};
use crate::error::Error;
use crate::interface::{Balance, Inserted, NewJob};
use crate::ledger::{retry_after_s, submit_window_start};
use crate::rows::{Columns, job_columns, read_job, spec_text};

/// Whole cycles of 30 days since the account's cycle began.
macro_rules! passed {
    () => {
        "greatest(0, floor(extract(epoch from now.at - a.cycle_started_at) / 2592000))"
    };
}

/// Credits used in the account's present cycle.
macro_rules! used {
    () => {
        concat!(
            "(case when ",
            passed!(),
            " >= 1 then 0 else a.credits_used end)"
        )
    };
}

/// Charges the account and inserts job, ledger row and event. Does nothing if the balance does not
/// suffice, or if the account has a submit limit that was not checked under its lock ($2). The
/// balance is checked on the account's newest row, also when another submit was waited for.
const INSERT: &str = concat!(
    with_now!(),
    ", account as (
        update docket.accounts a set
            credits_used = ",
    used!(),
    " + $4,
            cycle_started_at = a.cycle_started_at
                + ",
    passed!(),
    "::double precision * interval '720 hours'
        from now
        where a.user_id = $3 and ($2 or a.submits_per_minute is null)
            and greatest(0, a.credits_limit - ",
    used!(),
    ") >= $4
        returning a.credits_used, a.credits_limit, a.cycle_started_at),
    changed as (
        insert into docket.jobs (user_id, credits, id, type, status, spec, document_name,
            document_sha256, document_bytes, document_media_type, document_blob_key,
            document_source_url, document_password, pages_total, pages_selected, pages_done,
            pages_failed, priority, run_at, created_at, updated_at, expires_at)
        select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
            now.at, now.at, now.at, now.at + $21 * interval '1 microsecond'
        from now, account
        returning *),
    ledger as (
        insert into docket.usage (user_id, job_id, kind, credits, cycle_started_at, at)
        select changed.user_id, changed.id, 'submit', changed.credits, account.cycle_started_at,
            changed.created_at
        from changed, account)",
    leave!(event),
    " select ",
    job_columns!(),
    ", credits_used, credits_limit, cycle_started_at from changed, account"
);

impl PostgresStore {
    pub(super) async fn insert(&self, job: &NewJob) -> Result<Inserted, Error> {
        let spec = spec_text(&job.spec)?;
        let inserted = match self
            .insert_query(job, &spec, false)
            .fetch_optional(&self.pool)
            .await
        {
            Ok(Some(row)) => read_inserted(&row)?,
            Ok(None) => self.insert_under_lock(job, &spec).await?,
            Err(error) => return Err(constraint_error(error, "account", "job")),
        };
        if job.state == JobState::Queued && matches!(inserted, Inserted::Job { .. }) {
            self.mark_ready();
        }
        Ok(inserted)
    }

    /// The long way: for accounts with a submit limit, and to tell why nothing was inserted.
    async fn insert_under_lock(&self, job: &NewJob, spec: &str) -> Result<Inserted, Error> {
        let mut transaction = self.pool.begin().await?;
        let account = self.lock_account(&mut transaction, &job.user_id).await?;
        if let Some(submits_max) = account.submits_max
            && let Some(retry_after_s) =
                submit_wait_s(&mut transaction, &job.user_id, submits_max, account.now).await?
        {
            return Ok(Inserted::RateLimited { retry_after_s });
        }
        if account.balance.remaining() < job.credits {
            return Ok(Inserted::QuotaExceeded(account.balance));
        }
        let row = self
            .insert_query(job, spec, true)
            .fetch_one(&mut *transaction)
            .await
            .map_err(|error| constraint_error(error, "account", "job"))?;
        transaction.commit().await?;
        read_inserted(&row)
    }

    async fn lock_account(
        &self,
        connection: &mut PgConnection,
        user: &UserId,
    ) -> Result<LockedAccount, Error> {
        let row = sqlx::query(
            "select credits_used, credits_limit, cycle_started_at, submits_per_minute,
                coalesce($1::timestamptz, clock_timestamp())
             from docket.accounts where user_id = $2 for no key update",
        )
        .bind(self.clock.fixed())
        .bind(&user.0)
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound("account"))?;
        let mut row = PgColumns::new(&row);
        let stored = Balance {
            used: row.long()?,
            limit: row.long()?,
            cycle_started_at: row.time()?,
        };
        let (submits_max, now) = (row.int_or_null()?, row.time()?);
        Ok(LockedAccount {
            balance: stored.rolled_to(now),
            submits_max,
            now,
        })
    }

    fn insert_query<'q>(
        &self,
        job: &'q NewJob,
        spec: &'q str,
        submits_checked: bool,
    ) -> PgQuery<'q> {
        let document = &job.document;
        sqlx::query(INSERT)
            .bind(self.clock.fixed())
            .bind(submits_checked)
            .bind(&job.user_id.0)
            .bind(job.credits)
            .bind(job.id.uuid())
            .bind(job.spec.job_type().as_str())
            .bind(job.state.as_str())
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
    }
}

struct LockedAccount {
    balance: Balance,
    submits_max: Option<i32>,
    now: Timestamp,
}

/// Seconds until the account may submit again; `None` if it may now.
async fn submit_wait_s(
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

fn read_inserted(row: &PgRow) -> Result<Inserted, Error> {
    let mut row = PgColumns::new(row);
    let job = read_job(&mut row)?;
    let balance = Balance {
        used: row.long()?,
        limit: row.long()?,
        cycle_started_at: row.time()?,
    };
    Ok(Inserted::Job { job, balance })
}
