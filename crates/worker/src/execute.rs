//! One execution: document to child, progress to the queue, result to its blob, then one guarded
//! settlement.

use std::sync::Arc;
use std::time::Instant;

use docket_contract::job::{DocumentInfo, Failure, FailureCode, Job, PageCounts, Stage};
use docket_contract::{BlobKey, JobId, UserId};
use docket_jobs::{
    BlobReader, Caller, Claim, Jobs, ProgressUpdate, RequestOfJob, Settled, Span, SpanKind,
    StoredResult, TraceContext, are_spans_received, record_span,
};

use crate::answer::receive_answer;
use crate::child::{EngineChild, Request};
use crate::execution::{Break, Execution, charge, internal, report, storage_failed};
use crate::fetch::FetchError;
use crate::heartbeat::Stop;

/// How an execution went, before it is settled.
enum Outcome {
    Succeeded { result: StoredResult, pages: PageCounts },
    Failed(Failure),
    Retry(Failure),
    WorkerLost,
    Released,
    ClaimLost,
}

/// Executes a claim to its settlement.
pub(crate) async fn execute(execution: Arc<Execution>, claim: Claim) {
    let started = Instant::now();
    let id = claim.job().id;
    let attempt = claim.job().attempt;
    let account = claim.job().user_id.clone();
    let job_type = claim.job().job_type.as_str();
    tracing::debug!(job.id = %id, job.attempt = attempt, job.type = job_type, account.id = %account, "execution started");
    let lease = execution.leases.hold(claim.token());
    let outcome = tokio::select! {
        outcome = run(&execution, &claim) => outcome,
        stop = lease.stopped() => match stop {
            Stop::ClaimLost => Outcome::ClaimLost,
            Stop::Shutdown => Outcome::Released,
        },
    };
    // The lease is renewed until the settlement is written: it may have to wait for the database.
    let settled = settle(&execution.jobs, claim, outcome).await;
    drop(lease);
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let request = execution.jobs.request_of(id);
    match settled {
        Ok(Settled::Done(job)) => {
            trace(&job, request.as_deref(), started);
            tracing::info!(
                job.id = %id, job.attempt = attempt, job.type = job_type, account.id = %account,
                request.id = request.as_ref().map(|request| request.id.as_str()),
                job.state = job.state.as_str(), job.pages = job.pages.selected, duration_ms,
                job.failure = job.failure.as_ref().map(|failure| failure.code.as_str()),
                job.cause = job.failure.as_ref().map(|failure| failure.message.as_str()),
                "execution settled"
            );
        }
        Ok(Settled::ClaimLost) => {
            lost(&execution.jobs, id, &account, attempt, duration_ms).await;
        }
        Err(error) => tracing::error!(
            job.id = %id, job.attempt = attempt, error = &error as &dyn std::error::Error,
            "execution could not be settled; its lease will run out"
        ),
    }
}

/// The span of an execution, below that of the request if it is known.
fn trace(job: &Job, request: Option<&RequestOfJob>, started: Instant) {
    if !are_spans_received() {
        return;
    }
    let parent = request.and_then(|request| request.trace.as_ref());
    let mut attributes = vec![
        ("job.id", job.id.to_string()),
        ("job.type", job.job_type.as_str().to_owned()),
        ("job.state", job.state.as_str().to_owned()),
        ("job.attempt", job.attempt.to_string()),
        ("account.id", job.user_id.to_string()),
    ];
    attributes.extend(job.pages.selected.map(|pages| ("job.pages", pages.to_string())));
    let failure = job.failure.as_ref();
    attributes.extend(failure.map(|failure| ("job.failure", failure.code.as_str().to_owned())));
    record_span(Span {
        context: TraceContext::below(parent),
        parent_id: parent.map(|parent| parent.span_id.clone()),
        name: format!("execute {}", job.job_type.as_str()),
        kind: SpanKind::Consumer,
        ended: Instant::now(),
        duration: started.elapsed(),
        attributes,
        is_failure: failure.is_some(),
    });
}

/// A claim is lost in the ordinary way if the owner cancels or deletes the job; anything else means
/// that this worker was taken for dead.
async fn lost(jobs: &Jobs, id: JobId, account: &UserId, attempt: i32, duration_ms: u64) {
    let owner = Caller { user_id: account.clone() };
    let state = match jobs.find(&owner, id).await {
        Ok(job) => job.state.as_str(),
        Err(docket_jobs::Error::NotFound) => "deleted",
        Err(_) => "unknown",
    };
    docket_jobs::count_child_end("claim_lost");
    if matches!(state, "cancelled" | "deleted") {
        tracing::info!(
            job.id = %id, job.attempt = attempt, account.id = %account, job.state = state,
            duration_ms, "execution ended: the job was cancelled"
        );
    } else {
        tracing::warn!(
            job.id = %id, job.attempt = attempt, account.id = %account, job.state = state,
            duration_ms, "claim was lost"
        );
    }
}

async fn settle(
    jobs: &Jobs,
    claim: Claim,
    outcome: Outcome,
) -> Result<Settled, docket_jobs::Error> {
    match outcome {
        Outcome::Succeeded { result, pages } => jobs.succeed(claim, result, pages).await,
        Outcome::Failed(failure) => jobs.fail(claim, failure).await,
        Outcome::Retry(failure) => jobs.retry(claim, failure).await,
        Outcome::WorkerLost => jobs.worker_lost(claim).await,
        Outcome::Released => jobs.release(claim).await,
        Outcome::ClaimLost => Ok(Settled::ClaimLost),
    }
}

async fn run(execution: &Execution, claim: &Claim) -> Outcome {
    match try_run(execution, claim).await {
        Ok((result, pages)) => Outcome::Succeeded { result, pages },
        Err(Break::Failed(failure)) => Outcome::Failed(failure),
        Err(Break::Retry(failure)) => Outcome::Retry(failure),
        Err(Break::WorkerLost | Break::Again) => Outcome::WorkerLost,
        Err(Break::ClaimLost) => Outcome::ClaimLost,
    }
}

async fn try_run(
    execution: &Execution,
    claim: &Claim,
) -> Result<(StoredResult, PageCounts), Break> {
    let job = claim.job();
    let document_key = match &job.document.blob_key {
        Some(key) => key.clone(),
        None => fetch(execution, claim, &job.document).await?,
    };
    let document = open_document(execution, job, &document_key).await?;
    if let Some(pages) = job.pages.selected {
        charge(execution, claim, pages).await?;
    }
    match read(execution, claim, execution.children.take().await?, document).await {
        Err(Break::Again) => {
            let document = open_document(execution, job, &document_key).await?;
            read(execution, claim, execution.children.start().await?, document).await
        }
        other => other,
    }
}

async fn open_document(
    execution: &Execution,
    job: &Job,
    key: &BlobKey,
) -> Result<BlobReader, Break> {
    match execution.jobs.open_document(key).await {
        Ok(document) => Ok(document),
        Err(docket_jobs::Error::Internal(error)) => {
            tracing::error!(job.id = %job.id, %error, "document is not stored");
            Err(Break::Failed(internal("The uploaded document is no longer stored")))
        }
        Err(error) => Err(storage_failed(&error)),
    }
}

/// Lets a child read the document, and handles its answer.
async fn read(
    execution: &Execution,
    claim: &Claim,
    mut child: EngineChild,
    mut document: BlobReader,
) -> Result<(StoredResult, PageCounts), Break> {
    let job = claim.job();
    let running = execution.leases.count();
    let threads = page_threads(execution.settings.page_threads, running, job.pages.selected);
    let request = request(execution, claim, threads);
    child.ask(&request, &mut document, execution.settings.silence_max).await?;
    let (stored, pages) = receive_answer(execution, claim, &mut child).await?;
    execution.children.give_back(child);
    Ok((stored, pages))
}

/// Threads for a document: alone on this worker it may use all, several share them, and few pages are
/// read by one.
fn page_threads(all: usize, documents: usize, pages: Option<i32>) -> usize {
    let share = all / documents.max(1);
    let pages = pages.map_or(usize::MAX, |pages| usize::try_from(pages).unwrap_or(0));
    docket_engine::worthwhile_threads(share, pages)
}

fn request(execution: &Execution, claim: &Claim, page_threads: usize) -> Request {
    let job = claim.job();
    Request::Execute {
        spec: Box::new(claim.spec().clone()),
        password: job.document.password.clone(),
        media_type: job.document.media_type.clone(),
        namespace: job.id.uuid(),
        cpu: execution.settings.cpu,
        page_threads,
        ocr_parallel: execution.settings.tesseract.parallel,
    }
}

/// Gets the bytes of a submit by URL, and makes them the job's document.
async fn fetch(
    execution: &Execution,
    claim: &Claim,
    document: &DocumentInfo,
) -> Result<BlobKey, Break> {
    let Some(url) = &document.source_url else {
        return Err(Break::Failed(internal("The job has neither document nor URL")));
    };
    let update =
        ProgressUpdate { stage: Stage::Fetching, pages: PageCounts::default(), document: None };
    report(execution, claim, update).await?;
    let fetched = match execution.fetcher.fetch(&execution.jobs, claim, url).await {
        Ok(fetched) => fetched,
        Err(FetchError::Final(text)) => {
            return Err(Break::Failed(Failure::new(FailureCode::FetchFailed, text)));
        }
        Err(FetchError::Passing(text)) => {
            return Err(Break::Retry(Failure::new(FailureCode::FetchFailed, text)));
        }
        Err(FetchError::Storage(error)) => return Err(storage_failed(&error)),
    };
    let key = fetched.blob_key.clone();
    if let Err(full) = check_room(execution, claim, fetched.size_bytes).await {
        execution.jobs.discard(&key).await;
        return Err(full);
    }
    let update = ProgressUpdate {
        stage: Stage::Fetching,
        pages: PageCounts::default(),
        document: Some(fetched),
    };
    match report(execution, claim, update).await {
        Ok(()) => Ok(key),
        Err(lost) => {
            execution.jobs.discard(&key).await;
            Err(lost)
        }
    }
}

/// Fails a job whose fetched document does not fit beside the account's others.
async fn check_room(execution: &Execution, claim: &Claim, bytes: i64) -> Result<(), Break> {
    let documents = execution.jobs.document_bytes(&claim.job().user_id).await;
    let documents = documents.map_err(|error| storage_failed(&error))?;
    if documents.fits(bytes) {
        return Ok(());
    }
    Err(Break::Failed(Failure::new(
        FailureCode::QuotaExceeded,
        format!(
            "Usage limit exceeded: the document has {bytes} bytes, the account's others have {}",
            documents.used
        ),
    )))
}

#[cfg(test)]
mod tests {
    use super::page_threads;

    #[test]
    fn documents_share_the_threads() {
        assert_eq!(page_threads(4, 1, Some(600)), 4);
        assert_eq!(page_threads(4, 2, Some(600)), 2);
        assert_eq!(page_threads(4, 9, Some(600)), 1);
        assert_eq!(page_threads(4, 1, None), 4, "the pages are not known yet");
    }

    #[test]
    fn a_page_alone_has_the_limits_of_one_page() {
        assert_eq!(page_threads(4, 1, Some(1)), 1);
    }
}
