//! Numbers for operators, in the text format of Prometheus: what this process has counted, and the
//! state of the queues from the database.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use axum::http::StatusCode;
use docket_contract::job::JobType;
use docket_contract::state::JobState;
use docket_jobs::{MemoryNumbers, Overview};
use metrics::Histogram;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of durations, in seconds: from a read out of memory to a long document.
const SECONDS: [f64; 16] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0,
    1800.0,
];

/// The same of answers, which have a series for each method, route and status.
const ANSWER_SECONDS: [f64; 7] = [0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0];

const ANSWERS: &str = "docket_http_request_duration_seconds";

/// The facade has one recorder per process, so there is one handle to it.
static RECORDED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// What this process has counted so far. The first call begins to count.
pub(crate) fn recorded() -> Option<&'static PrometheusHandle> {
    RECORDED.get_or_init(install).as_ref()
}

fn install() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Full(ANSWERS.to_owned()), &ANSWER_SECONDS)
        });
    let recorder = match builder {
        Ok(builder) => builder.build_recorder(),
        Err(error) => {
            tracing::error!(%error, "numbers are not counted");
            return None;
        }
    };
    let handle = recorder.handle();
    match metrics::set_global_recorder(recorder) {
        Ok(()) => {
            docket_jobs::describe_metrics();
            metrics::describe_histogram!(ANSWERS, "Answers of this process, by route.");
            Some(handle)
        }
        Err(error) => {
            tracing::error!(%error, "numbers are not counted");
            None
        }
    }
}

/// Keeps the memory of metrics small while they are not read. Runs until it is dropped.
pub(crate) async fn keep_small() {
    let mut every = tokio::time::interval(Duration::from_secs(5));
    loop {
        every.tick().await;
        if let Some(handle) = recorded() {
            handle.run_upkeep();
        }
    }
}

/// Counts and times an answer by its route, never by its path: paths hold ids.
pub(crate) fn record_answer(method: &str, route: &str, status: StatusCode, duration_s: f64) {
    answers(method, route, status).record(duration_s);
}

/// The durations of one kind of answer, in seconds.
pub(crate) fn answers(method: &str, route: &str, status: StatusCode) -> Histogram {
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.as_str().to_owned()),
    ];
    metrics::histogram!(ANSWERS, &labels)
}

/// The state of the queues as text. Every type and state has its line, so that none disappears
/// when it is at nought.
pub(crate) fn overview_text(overview: &Overview) -> String {
    let mut text = String::from("# HELP docket_jobs Unfinished jobs.\n# TYPE docket_jobs gauge\n");
    for job_type in JobType::ALL {
        for state in [JobState::AwaitingUpload, JobState::Queued, JobState::Processing] {
            let (job_type, state) = (job_type.as_str(), state.as_str());
            let of = |row: &&(String, String, i64)| row.0 == job_type && row.1 == state;
            let count = overview.unfinished.iter().find(of).map_or(0, |(_, _, count)| *count);
            text.push_str(&format!(
                "docket_jobs{{type=\"{job_type}\",state=\"{state}\"}} {count}\n"
            ));
        }
    }
    let oldest_s = overview.oldest_ready.unwrap_or_default().as_secs_f64();
    for (name, help, value) in [
        (
            "docket_queue_age_seconds",
            "For how long the oldest ready job has waited.",
            oldest_s.to_string(),
        ),
        (
            "docket_webhook_deliveries_pending",
            "Deliveries on their way.",
            overview.deliveries_pending.to_string(),
        ),
        (
            "docket_webhook_deliveries_held",
            "Deliveries that wait for disabled endpoints.",
            overview.deliveries_held.to_string(),
        ),
    ] {
        push_number(&mut text, name, "gauge", help, &value);
    }
    text
}

/// What this process remembers of statuses, and who waits in it, as text.
pub(crate) fn memory_text(numbers: &MemoryNumbers) -> String {
    let mut text = String::new();
    let age_s = numbers.feed_age.map_or(f64::INFINITY, |age| age.as_secs_f64());
    let gauge = "gauge";
    for (name, kind, help, value) in [
        (
            "docket_status_hits_total",
            "counter",
            "Status reads answered from memory.",
            numbers.hits.to_string(),
        ),
        (
            "docket_status_misses_total",
            "counter",
            "Status reads that went to the database.",
            numbers.misses.to_string(),
        ),
        ("docket_statuses_remembered", gauge, "Statuses in memory.", numbers.statuses.to_string()),
        (
            "docket_statuses_remembered_bytes",
            gauge,
            "Bytes of statuses in memory.",
            numbers.status_bytes.to_string(),
        ),
        (
            "docket_api_node_alone",
            gauge,
            "1 while unfinished jobs are answered from memory.",
            u8::from(numbers.alone).to_string(),
        ),
        (
            "docket_feed_age_seconds",
            gauge,
            "Time since the change feed was read to its end.",
            if age_s.is_finite() { age_s.to_string() } else { "+Inf".to_owned() },
        ),
        (
            "docket_job_watchers",
            gauge,
            "Held status reads and streams of single jobs.",
            numbers.job_watchers.to_string(),
        ),
        (
            "docket_account_watchers",
            gauge,
            "Streams of accounts.",
            numbers.account_watchers.to_string(),
        ),
    ] {
        push_number(&mut text, name, kind, help, &value);
    }
    text
}

/// Free space on the disks that jobs fill, as text.
pub(crate) fn disk_text(free: &[(&Path, u64)]) -> String {
    if free.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "# HELP docket_disk_free_bytes Bytes that are free on the disk of a folder.\n\
         # TYPE docket_disk_free_bytes gauge\n",
    );
    for (folder, bytes) in free {
        let folder = folder.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
        text.push_str(&format!("docket_disk_free_bytes{{folder=\"{folder}\"}} {bytes}\n"));
    }
    text
}

pub(crate) fn push_number(text: &mut String, name: &str, kind: &str, help: &str, value: &str) {
    text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"));
}
