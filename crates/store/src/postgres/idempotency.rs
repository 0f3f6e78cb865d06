//! Idempotency keys in Postgres, always under the lock of their account: a repeated submit waits
//! there for the first one, and then sees its result, or nothing if it was rolled back.

use docket_contract::UserId;
use docket_contract::job::Job;
use docket_contract::timestamp::Timestamp;
use sqlx::PgConnection;

use super::rows::PgColumns;
use crate::error::Error;
use crate::interface::{Balance, Idempotency, Inserted};
use crate::ledger::idempotency_window_start;
use crate::rows::{job_columns, read_job, read_remembered, remembered_columns};

/// The answer to a submit whose key is in use; `None` if it is not.
pub(super) async fn repeated(
    connection: &mut PgConnection,
    user: &UserId,
    idempotency: &Idempotency,
    now: Timestamp,
) -> Result<Option<Inserted>, Error> {
    let row = sqlx::query(concat!(
        "select (request_sha256 = $4)::integer, ",
        remembered_columns!(),
        " from docket.idempotency_keys
         where user_id = $1 and scope = $2 and key = $3 and created_at > $5"
    ))
    .bind(&user.0)
    .bind(&idempotency.scope)
    .bind(&idempotency.key)
    .bind(idempotency.request_sha256.as_slice())
    .bind(idempotency_window_start(now))
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let remembered = read_remembered(&mut PgColumns::new(&row))?;
    let job = sqlx::query(concat!("select ", job_columns!(), " from docket.jobs where id = $1"))
        .bind(remembered.job_id.uuid())
        .fetch_optional(connection)
        .await?;
    let job = job.map(|row| read_job(&mut PgColumns::new(&row))).transpose()?;
    Ok(remembered.answer(job))
}

/// Keeps what is answered, in place of what may be outdated or without a job.
pub(super) async fn remember(
    connection: &mut PgConnection,
    idempotency: &Idempotency,
    job: &Job,
    balance: &Balance,
) -> Result<(), Error> {
    sqlx::query(
        "insert into docket.idempotency_keys (user_id, scope, key, request_sha256, job_id, credits,
            balance_used, balance_limit, cycle_started_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (user_id, scope, key) do update set
            request_sha256 = excluded.request_sha256, job_id = excluded.job_id,
            credits = excluded.credits, balance_used = excluded.balance_used,
            balance_limit = excluded.balance_limit, cycle_started_at = excluded.cycle_started_at,
            created_at = excluded.created_at",
    )
    .bind(&job.user_id.0)
    .bind(&idempotency.scope)
    .bind(&idempotency.key)
    .bind(idempotency.request_sha256.as_slice())
    .bind(job.id.uuid())
    .bind(job.credits)
    .bind(balance.used)
    .bind(balance.limit)
    .bind(balance.cycle_started_at)
    .bind(job.created_at)
    .execute(connection)
    .await?;
    Ok(())
}
