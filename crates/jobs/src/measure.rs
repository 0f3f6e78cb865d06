//! The metrics of jobs in this process. `docs/operations.md` lists the names. Nothing is
//! recorded unless the binary has set up a recorder.

use docket_contract::job::Job;
use docket_contract::state::JobState;
use docket_store::Claim;

/// The help texts of what this crate counts, for a recorder that is set up.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "docket_executions_total",
        "Attempts that ended in this process, by type of job and outcome."
    );
    metrics::describe_counter!(
        "docket_job_failures_total",
        "Jobs that failed in this process, by type and code of the failure."
    );
    metrics::describe_counter!(
        "docket_children_ended_total",
        "Engine children that ended during a job, by reason."
    );
    metrics::describe_histogram!(
        "docket_claim_latency_seconds",
        "Time from when a job is ready until this process claims it."
    );
    metrics::describe_histogram!(
        "docket_job_duration_seconds",
        "Time from the first start of a job to its end."
    );
    metrics::describe_histogram!(
        "docket_change_delay_seconds",
        "Time from a change of a job until this process sees it."
    );
    metrics::describe_counter!(
        "docket_webhook_attempts_total",
        "Attempts at deliveries by this process, by result."
    );
    metrics::describe_histogram!(
        "docket_webhook_attempt_duration_seconds",
        "Duration of attempts at deliveries."
    );
}

/// An engine child has ended during a job.
pub fn count_child_end(reason: &'static str) {
    metrics::counter!("docket_children_ended_total", "reason" => reason).increment(1);
}

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
    if job.state == JobState::Failed {
        let code = job.failure.as_ref().map_or("unknown", |failure| failure.code.as_str());
        metrics::counter!(
            "docket_job_failures_total", "type" => job.job_type.as_str(), "code" => code
        )
        .increment(1);
    }
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
