//! The metrics of jobs in this process. `docs/operations.md` lists the names. Nothing is
//! recorded unless the binary has set up a recorder.

use docket_contract::job::Job;
use docket_store::Claim;

/// A claim: how long the job could have been claimed before.
pub(crate) fn claimed(claims: &[Claim]) {
    for claim in claims {
        let job = claim.job();
        let waited = (job.updated_at - job.run_at).as_seconds_f64().max(0.0);
        metrics::histogram!("docket_claim_latency_seconds").record(waited);
    }
}

/// The end of an execution: of the job, or only of this attempt.
pub(crate) fn settled(job: &Job) {
    metrics::counter!(
        "docket_executions_total",
        "type" => job.job_type.as_str(), "outcome" => job.state.as_str()
    )
    .increment(1);
    if let (true, Some(started)) = (job.state.is_terminal(), job.started_at) {
        let seconds = (job.updated_at - started).as_seconds_f64().max(0.0);
        metrics::histogram!("docket_job_duration_seconds", "type" => job.job_type.as_str())
            .record(seconds);
    }
}

/// An attempt at a webhook's delivery.
pub(crate) fn delivery_attempt(result: &'static str, seconds: f64) {
    metrics::counter!("docket_webhook_attempts_total", "result" => result).increment(1);
    metrics::histogram!("docket_webhook_attempt_duration_seconds").record(seconds);
}
