//! What all executions of a worker share, why one breaks off, and how it reports to the queue.

use std::sync::Arc;

use docket_contract::job::{Failure, FailureCode};
use docket_jobs::{BlobError, ChargeOutcome, Claim, Jobs, ProgressOutcome, ProgressUpdate};

use crate::child::{ChildError, ChildPool};
use crate::fetch::Fetcher;
use crate::heartbeat::Leases;
use crate::models::OfferedModels;
use crate::settings::WorkerSettings;

/// The state that all executions of a worker share.
pub(crate) struct Execution {
    pub(crate) jobs: Jobs,
    pub(crate) children: ChildPool,
    pub(crate) fetcher: Fetcher,
    pub(crate) models: OfferedModels,
    pub(crate) settings: WorkerSettings,
    pub(crate) leases: Arc<Leases>,
}

/// Why an execution broke off.
pub(crate) enum Break {
    Failed(Failure),
    Retry(Failure),
    /// To be tried again at once, in a new child.
    Again,
    WorkerLost,
    ClaimLost,
}

impl From<ChildError> for Break {
    fn from(error: ChildError) -> Self {
        if let Some(reason) = error.end_of_child() {
            docket_jobs::count_child_end(reason);
        }
        match error {
            ChildError::Limit(_) => Self::Failed(error.failure()),
            ChildError::Crashed(ref how) => {
                tracing::error!(child.end = %how, "the engine crashed on a document");
                Self::Failed(error.failure())
            }
            ChildError::Worn(how) => {
                tracing::info!(child.end = %how, "a child that had read other documents ended");
                Self::Again
            }
            ChildError::Document(BlobError::NotFound(_)) => Self::Failed(Failure::new(
                FailureCode::Internal,
                "The uploaded document is no longer stored",
            )),
            ChildError::Document(error) => storage_failed(&error),
            ChildError::DocumentStalled => storage_failed(&error),
            ChildError::Spawn(_) => {
                tracing::error!(%error, "engine child could not be started");
                Self::Retry(error.failure())
            }
            ChildError::Died(how) => {
                tracing::warn!(child.end = %how, "engine child ended unexpectedly");
                Self::WorkerLost
            }
        }
    }
}

pub(crate) fn storage_failed(error: &(dyn std::error::Error + 'static)) -> Break {
    tracing::error!(error, "storage failed during a job");
    Break::Retry(internal("The storage of documents and results could not be reached"))
}

/// Charges for the pages that are to be read, as far as the submit did not: it may not have known
/// them.
pub(crate) async fn charge(execution: &Execution, claim: &Claim, pages: i32) -> Result<(), Break> {
    let credits = i64::from(pages);
    if credits <= claim.job().credits {
        return Ok(());
    }
    match execution.jobs.charge(claim, credits).await {
        Ok(ChargeOutcome::Charged) => Ok(()),
        Ok(ChargeOutcome::QuotaExceeded(balance)) => Err(Break::Failed(Failure::new(
            FailureCode::QuotaExceeded,
            format!(
                "Insufficient quota: {pages} pages are to be read, {} credits are left",
                balance.remaining()
            ),
        ))),
        Ok(ChargeOutcome::ClaimLost) => Err(Break::ClaimLost),
        Err(error) => Err(storage_failed(&error)),
    }
}

/// Writes progress, if the claim still holds.
pub(crate) async fn report(
    execution: &Execution,
    claim: &Claim,
    update: ProgressUpdate,
) -> Result<(), Break> {
    match execution.jobs.progress(claim, update).await {
        Ok(ProgressOutcome::Written) => Ok(()),
        Ok(ProgressOutcome::ClaimLost) => Err(Break::ClaimLost),
        Err(error) => Err(storage_failed(&error)),
    }
}

pub(crate) fn internal(text: &str) -> Failure {
    Failure::new(FailureCode::Internal, text)
}
