//! Submits, written together: the account's row is then taken once for all of them.
//!
//! The short way is open to submits against which nothing stands: no idempotency key, no submit
//! limit of the account, and a balance and room for documents that suffice for all of the account's
//! that go together. To
//! the others it answers nothing, and [`insert`](super::insert) answers them with the reason, one by one.

use std::collections::HashMap;
use std::sync::Arc;

use docket_contract::JobId;
use docket_contract::job::Job;
use serde::Serialize;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::rows::{duration_us, read_inserted};
use super::together::{Taken, Together, Write};
use crate::clock::Clock;
use crate::error::Error;
use crate::interface::{Balance, CommonLimit, NewJob};
use crate::ledger::Part;
use crate::rows::{job_columns, spec_text};

/// The job and the balance after it, or `None` if the short way is not open to it.
type Made = Option<(Job, Balance)>;

/// Writes submits together.
pub(super) type Submits = Together<Submit>;

/// What a statement needs beside its submits.
#[derive(Clone)]
struct Database {
    pool: PgPool,
    clock: Clock,
    documents: Arc<CommonLimit>,
}

/// A submit and its place among those that go together.
#[derive(Serialize)]
struct Placed<'a> {
    place: usize,
    #[serde(flatten)]
    submit: &'a Submit,
}

/// A submit on its way to the database: the columns of its row.
#[derive(Serialize)]
pub(super) struct Submit {
    id: Uuid,
    user_id: String,
    r#type: &'static str,
    status: &'static str,
    spec: String,
    document_name: String,
    document_sha256: Option<String>,
    document_bytes: i64,
    document_media_type: String,
    document_blob_key: Option<String>,
    document_source_url: Option<String>,
    document_password: Option<String>,
    pages_total: Option<i32>,
    pages_selected: Option<i32>,
    pages_done: i32,
    pages_failed: i32,
    credits: i64,
    priority: i32,
    retention_us: i64,
    upload_window_us: Option<i64>,
}

impl Submit {
    pub(super) fn new(job: &NewJob) -> Result<Self, Error> {
        let document = &job.document;
        Ok(Self {
            id: job.id.uuid(),
            user_id: job.user_id.0.clone(),
            r#type: job.spec.job_type().as_str(),
            status: job.state().as_str(),
            spec: spec_text(&job.spec)?,
            document_name: document.name.clone(),
            document_sha256: document.sha256.clone(),
            document_bytes: document.size_bytes,
            document_media_type: document.media_type.clone(),
            document_blob_key: document.blob_key.as_ref().map(|key| key.as_str().to_owned()),
            document_source_url: document.source_url.clone(),
            document_password: document.password.clone(),
            pages_total: job.pages.total,
            pages_selected: job.pages.selected,
            pages_done: job.pages.done,
            pages_failed: job.pages.failed,
            credits: job.credits,
            priority: job.priority,
            retention_us: duration_us(job.retention),
            upload_window_us: job.upload_window.map(duration_us),
        })
    }
}

impl Write for Submit {
    type Outcome = Made;

    /// The account's row is taken by one statement at a time.
    fn turn(&self) -> Option<&str> {
        Some(&self.user_id)
    }
}

pub(super) fn start(pool: PgPool, clock: Clock, documents: Arc<CommonLimit>) -> Submits {
    let database = Database { pool, clock, documents };
    Together::new(move |together| {
        let database = database.clone();
        Box::pin(async move { settle(&database, together).await })
    })
}

/// Writes the submits of accounts that nobody else has in hand, and leaves those of each other
/// account to a task that waits for it.
async fn settle(database: &Database, together: Vec<Taken<Submit>>) {
    let left = match write(database, INSERT_FREE, &together).await {
        Ok(made) => tell_made(together, made),
        Err(error @ (Error::Unavailable(_) | Error::NotWritable { .. })) => {
            return tell_all(together, &error);
        }
        // One of them is to blame; which one shows below.
        Err(_) => together,
    };
    let mut by_account: HashMap<String, Vec<_>> = HashMap::new();
    for taken in left {
        by_account.entry(taken.write.user_id.clone()).or_default().push(taken);
    }
    for together in by_account.into_values() {
        let database = database.clone();
        tokio::spawn(async move { settle_account(&database, together).await });
    }
}

/// Writes submits of one account as soon as its row is free; those that could not be written are
/// answered with the reason.
async fn settle_account(database: &Database, together: Vec<Taken<Submit>>) {
    let left = match write(database, INSERT_IN_TURN, &together).await {
        Ok(made) => tell_made(together, made),
        Err(error @ (Error::Unavailable(_) | Error::NotWritable { .. })) => {
            return tell_all(together, &error);
        }
        Err(_) => together,
    };
    for taken in left {
        taken.answer(Ok(None));
    }
}

/// Answers those that were written, and then the others.
fn tell_made(
    together: Vec<Taken<Submit>>,
    mut made: HashMap<JobId, (Job, Balance)>,
) -> Vec<Taken<Submit>> {
    let mut left = Vec::new();
    for taken in together {
        match made.remove(&JobId::from(taken.write.id)) {
            Some(made) => taken.answer(Ok(Some(made))),
            None => left.push(taken),
        }
    }
    left
}

fn tell_all(together: Vec<Taken<Submit>>, error: &Error) {
    for taken in together {
        taken.answer(Err(error.again()));
    }
}

async fn write(
    database: &Database,
    sql: &'static str,
    together: &[Taken<Submit>],
) -> Result<HashMap<JobId, (Job, Balance)>, Error> {
    let writes = together.iter().map(|taken| &taken.write).enumerate();
    let submits: Vec<_> = writes.map(|(place, submit)| Placed { place, submit }).collect();
    let submits = serde_json::to_string(&submits).map_err(|error| Error::Other(error.into()))?;
    let rows = sqlx::query(sql)
        .bind(database.clock.fixed())
        .bind(submits)
        .bind(Part::Whole.kind())
        .bind(database.documents.get())
        .fetch_all(&database.pool)
        .await?;
    rows.iter()
        .map(|row| read_inserted(row).map(|(job, balance)| (job.id, (job, balance))))
        .collect()
}

/// Charges the accounts and inserts jobs, ledger rows and events, in the order of the submits ($2, a
/// JSON array). Leaves out accounts with a submit limit or without the balance or the room for all, judged by
/// the account's newest row; which rows are waited for is the argument.
macro_rules! insert {
    ($lock:literal) => {
        concat!(
            with_now!(),
            ", submitted as materialized (
                select s.*, (sum(s.credits) over (partition by s.user_id))::bigint as credits_all,
                    (sum(s.document_bytes) over (partition by s.user_id))::bigint as bytes_all,
                    (sum(s.credits) over (partition by s.user_id order by s.place))::bigint
                        as credits_to
                from json_to_recordset($2::json) as s (place integer, id uuid, user_id text,
                    type text, status text, spec text, document_name text, document_sha256 text,
                    document_bytes bigint, document_media_type text, document_blob_key text,
                    document_source_url text, document_password text, pages_total integer,
                    pages_selected integer, pages_done integer, pages_failed integer,
                    credits bigint, priority integer, retention_us bigint,
                    upload_window_us bigint)),
            mine as materialized (
                select user_id from docket.accounts
                where user_id in (select user_id from submitted)
                order by user_id for no key update",
            $lock,
            "),
            account as (
                update docket.accounts a set
                    credits_used = ",
            used!(),
            " + due.credits_all,
                    cycle_started_at = a.cycle_started_at
                        + ",
            passed!(),
            "::double precision * interval '720 hours'
                from now, mine,
                    (select distinct user_id, credits_all, bytes_all from submitted) due
                where a.user_id = mine.user_id and a.user_id = due.user_id
                    and a.submits_per_minute is null
                    and a.document_bytes + greatest(1, due.bytes_all)
                        <= coalesce(a.document_bytes_max, $4::bigint)
                    and greatest(0, a.credits_limit - ",
            used!(),
            ") >= due.credits_all
                returning a.user_id, a.credits_used, a.credits_limit, a.cycle_started_at),
            changed as (
                insert into docket.jobs (user_id, credits, id, type, status, document_name,
                    document_sha256, document_bytes, document_media_type, document_blob_key,
                    document_source_url, document_password, pages_total, pages_selected,
                    pages_done, pages_failed, priority, run_at, created_at, updated_at, expires_at,
                    upload_until)
                select s.user_id, s.credits, s.id, s.type, s.status, s.document_name,
                    s.document_sha256, s.document_bytes, s.document_media_type,
                    s.document_blob_key, s.document_source_url, s.document_password, s.pages_total,
                    s.pages_selected, s.pages_done, s.pages_failed, s.priority, now.at, now.at,
                    now.at, now.at + s.retention_us * interval '1 microsecond',
                    now.at + s.upload_window_us * interval '1 microsecond'
                from now, submitted s join account using (user_id) order by s.place
                returning *),
            spec as (
                insert into docket.job_specs (job_id, spec)
                select s.id, s.spec from changed join submitted s using (id)),
            ledger as (
                insert into docket.usage (user_id, job_id, kind, credits, cycle_started_at, at)
                select changed.user_id, changed.id, $3, changed.credits, account.cycle_started_at,
                    changed.created_at
                from changed join account using (user_id)),
            balance as (
                select s.id as submit_id, account.credits_limit as balance_limit,
                    account.credits_used - s.credits_all + s.credits_to as balance_used,
                    account.cycle_started_at as balance_since
                from submitted s join account using (user_id))",
            write_event!(),
            " select ",
            job_columns!(),
            ", balance_used, balance_limit, balance_since
            from changed join balance on submit_id = id"
        )
    };
}

/// Passes over accounts that somebody else has in hand.
const INSERT_FREE: &str = insert!(" skip locked");

/// Waits for them.
const INSERT_IN_TURN: &str = insert!("");
