//! How a row of `jobs` becomes a [`Job`]: one list of columns and one reader for both databases.

mod columns;
pub(crate) mod shares;
mod webhooks;

use docket_contract::job::{
    DocumentInfo, Failure, FailureCode, Job, JobType, JobWithSpec, PageCounts, Stage,
};
use docket_contract::spec::JobSpec;
use docket_contract::state::{JobState, JobsWord};
use docket_contract::status::JobStatus;
use docket_contract::{BlobKey, ClaimToken, JobId, UserId};

use crate::claim::Claim;
use crate::error::Error;
use crate::interface::{
    Account, ApiKey, Balance, Batch, Change, ChangeKind, Inserted, JobEvent, JobQuery,
};

/// The columns that [`read_job`] takes, in its order.
macro_rules! job_columns {
    () => {
        "id, seq, user_id, type, status, document_name, document_sha256, document_bytes, \
         document_media_type, document_blob_key, document_source_url, document_password, \
         pages_total, pages_selected, pages_done, pages_failed, stage, credits, priority, run_at, \
         attempt, worker_losses, deadline_at, error_code, error_message, result_key, version, \
         created_at, updated_at, started_at, finished_at, expires_at, upload_until"
    };
}

/// The columns that [`read_account`] takes, in its order.
macro_rules! account_columns {
    () => {
        "user_id, credits_limit, submits_per_minute, weight, running_max, \
         document_bytes_max, created_at"
    };
}

/// The columns that [`read_status`] takes, in its order.
macro_rules! status_columns {
    () => {
        "id, seq, user_id, type, status, document_name, document_sha256, \
         pages_total, pages_selected, pages_done, pages_failed, stage, priority, error_code, \
         error_message, version, created_at, updated_at, started_at"
    };
}

/// The run of a row of `jobs` in filtered lists: its type, its state's word ([`filter_word`] has the
/// same words) and its owner. The index `jobs_listed` holds this very expression: neither can change
/// without the other. One text, so that no other index can be taken for it: a planner that holds all
/// rows for alike would rather pass over those of the account.
macro_rules! run_sql {
    () => {
        "(type || ' ' || (case when finished_at is null then
            case when started_at is null then 'queued' else 'processing' end
            when status = 'succeeded' then 'completed' else 'failed' end) || ' ' || user_id)"
    };
}

/// The columns that [`read_event`] takes, in its order.
macro_rules! event_columns {
    () => {
        "seq, job_id, version, status, pages_done, at"
    };
}

/// The columns that [`read_change`] takes, in its order.
macro_rules! change_columns {
    () => {
        "seq, job_id, user_id, version, status, was_started, pages_done, at"
    };
}

/// The columns that [`read_remembered`] takes, in its order, after whether the hashes are equal.
macro_rules! remembered_columns {
    () => {
        "job_id, credits, balance_used, balance_limit, cycle_started_at"
    };
}

/// The columns that [`read_batch`] takes, in its order.
macro_rules! batch_columns {
    () => {
        "id, user_id, created_at, total_jobs"
    };
}

/// The columns that [`read_key`] takes, in its order.
macro_rules! key_columns {
    () => {
        "id, user_id, last_four, label, created_at, expires_at, revoked_at"
    };
}

/// The order of stages in SQL, as [`stage_rank`] has it.
macro_rules! stage_rank_sql {
    () => {
        "(case stage when 'fetching' then 1 when 'reading' then 2 when 'assembling' then 3 else 0 end)"
    };
}

pub(crate) use {
    account_columns, batch_columns, change_columns, event_columns, job_columns, key_columns,
    remembered_columns, run_sql, stage_rank_sql, status_columns,
};

use columns::{read_failure, word};

pub(crate) use columns::Columns;
pub(crate) use webhooks::{
    attempt_columns, delivery_columns, endpoint_columns, events_text, read_attempt, read_delivery,
    read_delivery_claim, read_endpoint, wants_sql,
};

pub(crate) fn read_job(row: &mut dyn Columns) -> Result<Job, Error> {
    Ok(Job {
        id: JobId::from(row.at("id").uuid()?),
        seq: row.at("seq").long()?,
        user_id: UserId(row.at("user_id").text()?),
        job_type: word("type", &row.at("type").text()?, JobType::from_word)?,
        state: word("status", &row.at("status").text()?, JobState::from_stored)?,
        document: DocumentInfo {
            name: row.at("document_name").text()?,
            sha256: row.at("document_sha256").text_or_null()?,
            size_bytes: row.at("document_bytes").long()?,
            media_type: row.at("document_media_type").text()?,
            blob_key: row.at("document_blob_key").text_or_null()?.map(BlobKey::from_stored),
            source_url: row.at("document_source_url").text_or_null()?,
            password: row.at("document_password").text_or_null()?,
        },
        pages: PageCounts {
            total: row.at("pages_total").int_or_null()?,
            selected: row.at("pages_selected").int_or_null()?,
            done: row.at("pages_done").int()?,
            failed: row.at("pages_failed").int()?,
        },
        stage: read_stage(row.at("stage").text_or_null()?)?,
        credits: row.at("credits").long()?,
        priority: row.at("priority").int()?,
        run_at: row.at("run_at").time()?,
        attempt: row.at("attempt").int()?,
        worker_losses: row.at("worker_losses").int()?,
        deadline_at: row.at("deadline_at").time_or_null()?,
        failure: read_failure(
            row.at("error_code").text_or_null()?,
            row.at("error_message").text_or_null()?,
        )?,
        result_key: row.at("result_key").text_or_null()?.map(BlobKey::from_stored),
        version: row.at("version").long()?,
        created_at: row.at("created_at").time()?,
        updated_at: row.at("updated_at").time()?,
        started_at: row.at("started_at").time_or_null()?,
        finished_at: row.at("finished_at").time_or_null()?,
        expires_at: row.at("expires_at").time_or_null()?,
        upload_until: row.at("upload_until").time_or_null()?,
    })
}

/// A job whose spec stands behind its columns.
pub(crate) fn read_job_with_spec(row: &mut dyn Columns) -> Result<JobWithSpec, Error> {
    let job = read_job(row)?;
    let text = row.text_or_null()?.ok_or_else(|| Error::Corrupt("spec: missing".to_owned()))?;
    Ok(JobWithSpec { job, spec: read_spec(&text)? })
}

/// A spec behind the id of its job.
pub(crate) fn read_spec_of(row: &mut dyn Columns) -> Result<(JobId, JobSpec), Error> {
    Ok((JobId::from(row.uuid()?), read_spec(&row.text()?)?))
}

pub(crate) fn read_status(row: &mut dyn Columns) -> Result<JobStatus, Error> {
    Ok(JobStatus {
        id: JobId::from(row.at("id").uuid()?),
        seq: row.at("seq").long()?,
        user_id: UserId(row.at("user_id").text()?),
        job_type: word("type", &row.at("type").text()?, JobType::from_word)?,
        state: word("status", &row.at("status").text()?, JobState::from_stored)?,
        document_name: row.at("document_name").text()?,
        document_sha256: row.at("document_sha256").text_or_null()?,
        pages: PageCounts {
            total: row.at("pages_total").int_or_null()?,
            selected: row.at("pages_selected").int_or_null()?,
            done: row.at("pages_done").int()?,
            failed: row.at("pages_failed").int()?,
        },
        stage: read_stage(row.at("stage").text_or_null()?)?,
        priority: row.at("priority").int()?,
        failure: read_failure(
            row.at("error_code").text_or_null()?,
            row.at("error_message").text_or_null()?,
        )?,
        version: row.at("version").long()?,
        created_at: row.at("created_at").time()?,
        updated_at: row.at("updated_at").time()?,
        started_at: row.at("started_at").time_or_null()?,
    })
}

/// A claim, unless this version cannot read the job: that must not stop the queue. Its lease runs
/// out, so another version may have it, and the sweep ends it at its last loss.
pub(crate) fn read_claim(row: &mut dyn Columns) -> Result<Option<Claim>, Error> {
    let token = ClaimToken::from(row.uuid()?);
    let seq = row.long()?;
    let claimed = readable(read_job_with_spec(row), seq, "a claimed job cannot be read")?;
    Ok(claimed.map(|JobWithSpec { job, spec }| Claim::new(job, spec, token)))
}

/// An expired job, unless this version cannot read it: it is left to one that finds its blobs.
pub(crate) fn read_expired(row: &mut dyn Columns) -> Result<Option<Job>, Error> {
    let seq = row.long()?;
    readable(read_job(row), seq, "an expired job cannot be read")
}

fn readable<T>(job: Result<T, Error>, seq: i64, message: &'static str) -> Result<Option<T>, Error> {
    match job {
        Ok(job) => Ok(Some(job)),
        Err(Error::Corrupt(reason)) => {
            tracing::error!(job.seq = seq, reason, message);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub(crate) fn read_event(row: &mut dyn Columns) -> Result<JobEvent, Error> {
    Ok(JobEvent {
        seq: row.at("seq").long()?,
        job_id: JobId::from(row.at("job_id").uuid()?),
        version: row.at("version").long()?,
        state: word("status", &row.at("status").text()?, JobState::from_stored)?,
        pages_done: row.at("pages_done").int()?,
        at: row.at("at").time()?,
    })
}

/// The word of the outbox for a job that is gone.
const DELETED: &str = "deleted";

pub(crate) fn read_change(row: &mut dyn Columns) -> Result<Change, Error> {
    let (seq, job_id, user_id, version) = (
        row.at("seq").long()?,
        row.at("job_id").uuid()?,
        row.at("user_id").text()?,
        row.at("version").long()?,
    );
    let (status, was_started, pages_done) =
        (row.at("status").text()?, row.at("was_started").boolean()?, row.at("pages_done").int()?);
    let kind = if status == DELETED {
        ChangeKind::Deleted
    } else {
        let state = word("status", &status, JobState::from_stored)?;
        ChangeKind::Moved { state, was_started, pages_done }
    };
    let (job_id, user_id, at) = (JobId::from(job_id), UserId(user_id), row.at("at").time()?);
    Ok(Change { seq, job_id, user_id, version, kind, at })
}

/// A batch whose jobs are read after it.
pub(crate) fn read_batch(row: &mut dyn Columns) -> Result<Batch, Error> {
    Ok(Batch {
        id: row.at("id").uuid()?,
        user_id: UserId(row.at("user_id").text()?),
        created_at: row.at("created_at").time()?,
        total_jobs: row.at("total_jobs").long()?,
        jobs: Vec::new(),
    })
}

/// What is remembered of the first submit with an idempotency key.
pub(crate) struct Remembered {
    same_request: bool,
    pub(crate) job_id: JobId,
    credits: i64,
    balance: Balance,
}

impl Remembered {
    /// The answer to a further submit, given the first one's job as it is now. `None` if the key
    /// is unused, because the job is gone.
    pub(crate) fn answer(self, job: Option<Job>) -> Option<Inserted> {
        let job = job?;
        if !self.same_request {
            return Some(Inserted::IdempotencyConflict);
        }
        Some(Inserted::Replayed { job, credits: self.credits, balance: self.balance })
    }
}

pub(crate) fn read_remembered(row: &mut dyn Columns) -> Result<Remembered, Error> {
    Ok(Remembered {
        same_request: row.int()? == 1,
        job_id: JobId::from(row.uuid()?),
        credits: row.long()?,
        balance: Balance { used: row.long()?, limit: row.long()?, cycle_started_at: row.time()? },
    })
}

pub(crate) fn read_account(row: &mut dyn Columns) -> Result<Account, Error> {
    Ok(Account {
        user_id: UserId(row.at("user_id").text()?),
        credits_limit: row.at("credits_limit").long()?,
        submits_per_minute: row.at("submits_per_minute").int_or_null()?,
        weight: row.at("weight").int()?,
        running_max: row.at("running_max").int_or_null()?,
        document_bytes_max: row.at("document_bytes_max").long_or_null()?,
        created_at: row.at("created_at").time()?,
    })
}

pub(crate) fn read_key(row: &mut dyn Columns) -> Result<ApiKey, Error> {
    Ok(ApiKey {
        id: row.at("id").uuid()?,
        user_id: UserId(row.at("user_id").text()?),
        last_four: row.at("last_four").text()?,
        label: row.at("label").text()?,
        created_at: row.at("created_at").time()?,
        expires_at: row.at("expires_at").time_or_null()?,
        revoked_at: row.at("revoked_at").time_or_null()?,
    })
}

/// The spec as it is stored: text, because the order of its keys is part of the answer.
pub(crate) fn spec_text(spec: &JobSpec) -> Result<String, Error> {
    serde_json::to_string(spec).map_err(|error| Error::Other(error.into()))
}

/// The word by which lists are filtered, as `run_sql!` spells it.
pub(crate) fn filter_word(status: JobsWord) -> &'static str {
    match status {
        JobsWord::Queued => "queued",
        JobsWord::Processing => "processing",
        JobsWord::Completed => "completed",
        JobsWord::Failed => "failed",
    }
}

/// The runs that a filtered list is merged from, as `run_sql!` spells them but for the owner: one for
/// each type and each word that the filter leaves open.
pub(crate) fn listed_runs(query: &JobQuery) -> Vec<String> {
    let words = query.status.map_or(JobsWord::ALL.to_vec(), |word| vec![word]);
    let types = query.job_type.map_or(JobType::ALL.to_vec(), |job_type| vec![job_type]);
    let pairs = types.iter().flat_map(|job_type| words.iter().map(move |word| (job_type, word)));
    pairs.map(|(job_type, word)| format!("{} {} ", job_type.as_str(), filter_word(*word))).collect()
}

/// The order of stages: a higher one is never followed by a lower one.
pub(crate) fn stage_rank(stage: Stage) -> i32 {
    match stage {
        Stage::Fetching => 1,
        Stage::Reading => 2,
        Stage::Assembling => 3,
    }
}

/// The failure of a job that its owner ended.
pub(crate) fn cancellation() -> Failure {
    Failure::new(FailureCode::Cancelled, "Job was cancelled")
}

fn read_spec(text: &str) -> Result<JobSpec, Error> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt(format!("spec: {error}")))
}

fn read_stage(text: Option<String>) -> Result<Option<Stage>, Error> {
    text.map(|text| word("stage", &text, Stage::from_stored)).transpose()
}
