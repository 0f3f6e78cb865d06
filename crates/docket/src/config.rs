//! The configuration: flags over environment over `docket.toml` over defaults, read once and
//! checked once. `docket.example.toml` is its manual.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

mod blobs;
mod connections;
mod ocr;
mod webhooks;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use docket_jobs::{Policy, Serving};
use docket_server::{AccountSlots, ConnectionSettings};
use docket_store::{BlobsConfig, DatabaseConfig};
use docket_worker::{
    ChildCommand, CpuLimits, FetchSettings, MemoryBudget, Sandbox, WebhookSettings, WorkerSettings,
};
use serde::Deserialize;

use crate::exit::Exit;
use crate::limits::memory_of_machine;

use blobs::BlobOptions;
use connections::ConnectionOptions;
pub(crate) use ocr::OcrOptions;

/// Slots of one process; beyond it the operating system's limits are the first to be felt.
const WORKERS_MAX: usize = 1024;
const PAGE_THREADS_MAX: usize = 16;
const MEBIBYTE: u64 = 1024 * 1024;

/// Characters of a key that an operator chooses.
const API_KEY_CHARS_MIN: usize = 32;

/// A hundred years.
const RETENTION_DAYS_MAX: u64 = 36_500;

/// Where the data lies. The same names serve as flags, as `DOCKET_*` and in the file.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DataOptions {
    /// The configuration file; ./docket.toml if it is there
    #[arg(long, env = "DOCKET_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the embedded database and of documents and results [default: ./docket-data]
    #[arg(long, env = "DOCKET_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Postgres 15 or newer instead of the embedded database: postgres://user:password@host/name
    #[arg(long, env = "DOCKET_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Connections to Postgres [default: 10]
    #[arg(long, env = "DOCKET_DATABASE_CONNECTIONS", value_name = "N")]
    pub(crate) database_connections: Option<u32>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) blobs: BlobOptions,
}

/// Everything that `serve`, `work`, `migrate` and `quickstart` read.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) data: DataOptions,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, env = "DOCKET_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// The address that clients use, for links, if it is not the one they call: behind a proxy that
    /// sends no X-Forwarded-Host
    #[arg(long, env = "DOCKET_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Jobs worked on at the same time [default: the number of processors]
    #[arg(long, env = "DOCKET_WORKERS", value_name = "N")]
    pub(crate) workers: Option<usize>,
    /// Threads that read the pages of a document; documents that are worked on at the same time share
    /// them [default: the number of processors, 4 at most]
    #[arg(long, env = "DOCKET_PAGE_THREADS", value_name = "N")]
    pub(crate) page_threads: Option<usize>,
    /// Serve only; other processes work
    #[arg(long, env = "DOCKET_NO_WORKERS", value_parser = clap::builder::BoolishValueParser::new(), num_args = 0..=1, default_missing_value = "true")]
    pub(crate) no_workers: Option<bool>,
    /// No other API process serves this Postgres: the status of unfinished jobs comes from memory
    #[arg(long, env = "DOCKET_SOLE_API_NODE", value_parser = clap::builder::BoolishValueParser::new(), num_args = 0..=1, default_missing_value = "true")]
    pub(crate) sole_api_node: Option<bool>,
    /// Where to show numbers (/metrics) beside the API, and for `docket work` at all
    #[arg(long, env = "DOCKET_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// The largest upload in MiB [default: 500]
    #[arg(long, env = "DOCKET_MAX_UPLOAD_MB", value_name = "N")]
    pub(crate) max_upload_mb: Option<u64>,
    /// Jobs that may wait; further submits get 503 [default: 1000000]
    #[arg(long, env = "DOCKET_QUEUE_JOBS_MAX", value_name = "N")]
    pub(crate) queue_jobs_max: Option<u64>,
    /// Documents of one account whose pages are counted at submit at the same time, of 4 in all
    /// [default: 3]
    #[arg(long, env = "DOCKET_ACCOUNT_INSPECTIONS_MAX", value_name = "N")]
    pub(crate) account_inspections_max: Option<usize>,
    /// MiB that the documents of an account may have together; further submits get 429 [default: no
    /// limit]
    #[arg(long, env = "DOCKET_ACCOUNT_DOCUMENTS_MAX_MB", value_name = "N")]
    pub(crate) account_documents_max_mb: Option<u64>,
    /// MiB that stay free on the disks of the data; submits get 503 before, running jobs may use them
    /// [default: 500]
    #[arg(long, env = "DOCKET_FREE_SPACE_MIN_MB", value_name = "N")]
    pub(crate) free_space_min_mb: Option<u64>,
    /// Jobs that one account may run at the same time, over all nodes, unless `docket accounts set`
    /// gave it a limit of its own; 0 for no limit [default: 0]
    #[arg(long, env = "DOCKET_ACCOUNT_RUNNING_MAX", value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub(crate) account_running_max: Option<i32>,
    /// A key that the first account gets at every start
    #[arg(long, env = "DOCKET_API_KEY", hide_env_values = true, hide = true)]
    pub(crate) api_key: Option<String>,
    /// What is logged, for example info or docket_worker=debug,info [default: info]
    #[arg(long, env = "DOCKET_LOG", value_name = "FILTER")]
    pub(crate) log: Option<String>,
    /// How it is logged [default: text]
    #[arg(long, env = "DOCKET_LOG_FORMAT", value_enum)]
    pub(crate) log_format: Option<LogFormat>,
    /// Let documents be fetched by URL from private networks and from this machine
    #[arg(long, env = "DOCKET_ALLOW_PRIVATE_HOSTS", value_parser = clap::builder::BoolishValueParser::new(), num_args = 0..=1, default_missing_value = "true")]
    pub(crate) allow_private_hosts: Option<bool>,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) ocr: OcrOptions,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) connections: ConnectionOptions,
    /// Seconds that a claimed job is safe without a heartbeat [default: 10]
    #[arg(long, env = "DOCKET_LEASE_S", value_name = "S", help_heading = "Tuning")]
    pub(crate) lease_s: Option<u64>,
    /// Seconds between heartbeats [default: 3]
    #[arg(long, env = "DOCKET_HEARTBEAT_S", value_name = "S", help_heading = "Tuning")]
    pub(crate) heartbeat_s: Option<u64>,
    /// Seconds between sweeps for lost leases [default: 1]
    #[arg(long, env = "DOCKET_SWEEP_S", value_name = "S", help_heading = "Tuning")]
    pub(crate) sweep_s: Option<u64>,
    /// Attempts of a job whose errors can change [default: 3]
    #[arg(long, env = "DOCKET_ATTEMPTS_MAX", value_name = "N", help_heading = "Tuning")]
    pub(crate) attempts_max: Option<i32>,
    /// Lost workers that fail a job [default: 3]
    #[arg(long, env = "DOCKET_WORKER_LOSSES_MAX", value_name = "N", help_heading = "Tuning")]
    pub(crate) worker_losses_max: Option<i32>,
    /// Seconds before the second, third, ... attempt [default: 1,4,16]
    #[arg(
        long,
        env = "DOCKET_BACKOFF_S",
        value_name = "S",
        value_delimiter = ',',
        help_heading = "Tuning"
    )]
    pub(crate) backoff_s: Option<Vec<u64>>,
    /// Seconds from a job's first start to its forced end [default: 1800]
    #[arg(long, env = "DOCKET_DEADLINE_S", value_name = "S", help_heading = "Tuning")]
    pub(crate) deadline_s: Option<u64>,
    /// Seconds that running jobs may go on after SIGTERM [default: 30]
    #[arg(long, env = "DOCKET_GRACE_S", value_name = "S", help_heading = "Tuning")]
    pub(crate) grace_s: Option<u64>,
    /// Milliseconds between looks at the queue [default: 250]
    #[arg(long, env = "DOCKET_POLL_MS", value_name = "MS", help_heading = "Tuning")]
    pub(crate) poll_ms: Option<u64>,
    /// What happens where engine children and recognisers cannot be confined [default: required on
    /// Linux, best_effort elsewhere and for quickstart]
    #[arg(long, env = "DOCKET_SANDBOX", value_enum)]
    pub(crate) sandbox: Option<SandboxOption>,
    /// What it is where neither flag, environment nor file says.
    #[arg(skip)]
    #[serde(skip)]
    pub(crate) sandbox_default: Option<SandboxOption>,
    /// Memory of all engine children and recognisers of this process in MiB [default: three quarters
    /// of the machine's, or of its control group's]
    #[arg(long, env = "DOCKET_MEMORY_TOTAL_MB", value_name = "N", help_heading = "Tuning")]
    pub(crate) memory_total_mb: Option<u64>,
    /// Memory of an engine child in MiB [default: 640]
    #[arg(long, env = "DOCKET_CHILD_MEMORY_MB", value_name = "N", help_heading = "Tuning")]
    pub(crate) child_memory_mb: Option<u64>,
    /// Processor seconds that a document may take, and document_page_cpu_ms for each of its pages
    /// [default: 20]
    #[arg(long, env = "DOCKET_DOCUMENT_CPU_S", value_name = "S", help_heading = "Tuning")]
    pub(crate) document_cpu_s: Option<u64>,
    /// Processor milliseconds that each page adds to document_cpu_s [default: 10]
    #[arg(long, env = "DOCKET_DOCUMENT_PAGE_CPU_MS", value_name = "MS", help_heading = "Tuning")]
    pub(crate) document_page_cpu_ms: Option<u64>,
    /// Processor seconds that one page may take [default: 20]
    #[arg(long, env = "DOCKET_PAGE_CPU_S", value_name = "S", help_heading = "Tuning")]
    pub(crate) page_cpu_s: Option<u64>,
    /// Memory for statuses in MiB [default: 64]
    #[arg(long, env = "DOCKET_STATUS_MEMORY_MB", value_name = "N", help_heading = "Tuning")]
    pub(crate) status_memory_mb: Option<u64>,
    /// Days that a job is kept [default: 7]
    #[arg(long, env = "DOCKET_RETENTION_DAYS", value_name = "N", help_heading = "Tuning")]
    pub(crate) retention_days: Option<u64>,
    /// Days that each entry of the ledger of credits is kept; monthly sums remain [default: 7]
    #[arg(long, env = "DOCKET_USAGE_RETENTION_DAYS", value_name = "N", help_heading = "Tuning")]
    pub(crate) usage_retention_days: Option<u64>,
    /// Seconds before the second, third, ... attempt at a webhook's delivery
    #[arg(
        long,
        env = "DOCKET_WEBHOOK_BACKOFF_S",
        value_name = "S",
        value_delimiter = ',',
        help_heading = "Webhooks"
    )]
    pub(crate) webhook_backoff_s: Option<Vec<u64>>,
    /// Seconds that an attempt at a delivery may take [default: 15]
    #[arg(long, env = "DOCKET_WEBHOOK_TIMEOUT_S", value_name = "S", help_heading = "Webhooks")]
    pub(crate) webhook_timeout_s: Option<u64>,
    /// Attempts at one endpoint at the same time [default: 4]
    #[arg(long, env = "DOCKET_WEBHOOK_PARALLEL", value_name = "N", help_heading = "Webhooks")]
    pub(crate) webhook_parallel: Option<usize>,
    /// Attempts at all endpoints of one account at the same time [default: 32]
    #[arg(
        long,
        env = "DOCKET_WEBHOOK_ACCOUNT_PARALLEL",
        value_name = "N",
        help_heading = "Webhooks"
    )]
    pub(crate) webhook_account_parallel: Option<usize>,
    /// Hours in which every attempt failed that disable an endpoint [default: 24]
    #[arg(
        long,
        env = "DOCKET_WEBHOOK_DISABLE_AFTER_H",
        value_name = "H",
        help_heading = "Webhooks"
    )]
    pub(crate) webhook_disable_after_h: Option<u64>,
    /// Failed attempts in a row, at least, that disable an endpoint [default: 20]
    #[arg(long, env = "DOCKET_WEBHOOK_FAILURES_MAX", value_name = "N", help_heading = "Webhooks")]
    pub(crate) webhook_failures_max: Option<i32>,
    /// Days that the log of deliveries is kept [default: 7]
    #[arg(
        long,
        env = "DOCKET_WEBHOOK_RETENTION_DAYS",
        value_name = "N",
        help_heading = "Webhooks"
    )]
    pub(crate) webhook_retention_days: Option<u64>,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Text,
    /// For machines
    Json,
}

/// What happens where the programs that see documents cannot be confined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub(crate) enum SandboxOption {
    /// Docket does not start
    Required,
    /// It works with the walls that there are
    BestEffort,
}

impl From<SandboxOption> for Sandbox {
    fn from(option: SandboxOption) -> Self {
        match option {
            SandboxOption::Required => Self::Required,
            SandboxOption::BestEffort => Self::BestEffort,
        }
    }
}

/// The file: both groups of options side by side.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ConfigFile {
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    database_connections: Option<u32>,
    #[serde(flatten)]
    blobs: BlobOptions,
    #[serde(flatten)]
    serve: toml::Table,
}

/// Where the data lies, checked.
#[derive(Clone, Debug)]
pub(crate) struct DataConfig {
    pub(crate) data_dir: PathBuf,
    pub(crate) database: DatabaseConfig,
    pub(crate) blobs: BlobsConfig,
}

impl DataConfig {
    /// True if anything of it lies in the data folder.
    pub(crate) fn uses_data_dir(&self) -> bool {
        let below = |folder: &Path| folder.starts_with(&self.data_dir);
        self.is_embedded() || matches!(&self.blobs, BlobsConfig::Folder(folder) if below(folder))
    }

    /// True for the embedded database, which one serving process at a time may use.
    pub(crate) fn is_embedded(&self) -> bool {
        matches!(self.database, DatabaseConfig::Sqlite { .. })
    }
}

/// Everything, checked.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) data: DataConfig,
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) with_workers: bool,
    pub(crate) serving: Serving,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) api_key: Option<String>,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) policy: Policy,
    pub(crate) worker: WorkerSettings,
    pub(crate) webhooks: WebhookSettings,
    pub(crate) connections: ConnectionSettings,
    pub(crate) slots: Arc<AccountSlots>,
}

impl DataOptions {
    /// Fills what is missing from the file and the defaults.
    pub(crate) fn checked(self) -> anyhow::Result<DataConfig> {
        let file = read_file(self.config.as_deref())?;
        self.over(&file)
    }

    fn over(self, file: &ConfigFile) -> anyhow::Result<DataConfig> {
        let data_dir = self
            .data_dir
            .or_else(|| file.data_dir.clone())
            .unwrap_or_else(|| PathBuf::from("docket-data"));
        let connections_max =
            self.database_connections.or(file.database_connections).unwrap_or(10).max(2);
        let url = self.database_url.or_else(|| file.database_url.clone());
        let database = match url.filter(|url| !url.trim().is_empty()) {
            Some(url) => DatabaseConfig::Postgres { url, connections_max },
            None => DatabaseConfig::Sqlite { path: data_dir.join("docket.sqlite") },
        };
        let blobs = self.blobs.or(file.blobs.clone()).checked(&data_dir)?;
        Ok(DataConfig { data_dir, database, blobs })
    }
}

impl ServeOptions {
    /// Fills what is missing from the file and the defaults, and checks what belongs together.
    pub(crate) fn checked(self) -> anyhow::Result<Config> {
        let file = read_file(self.data.config.as_deref())?;
        let from_file: Self = file.serve.clone().try_into().map_err(|error: toml::de::Error| {
            Exit::Usage.error(format!("configuration file: {}", error.message()))
        })?;
        let data = self.data.clone().over(&file)?;
        let options = self.or(from_file);
        let policy = options.policy();
        if policy.heartbeat * 2 > policy.lease {
            return Err(Exit::Usage.error("lease_s must be at least twice heartbeat_s"));
        }
        Ok(Config {
            data,
            listen: options.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: options.public_url.clone().filter(|url| !url.trim().is_empty()),
            with_workers: !options.no_workers.unwrap_or(false),
            serving: match options.sole_api_node {
                Some(true) => Serving::Alone,
                _ => Serving::Together,
            },
            metrics_listen: options.metrics_listen,
            api_key: preset_key(options.api_key.clone())?,
            log: options.log.clone().unwrap_or_else(|| "info".to_owned()),
            log_format: options.log_format.unwrap_or_default(),
            worker: options.worker()?,
            webhooks: options.webhooks(),
            connections: options.connections.checked()?,
            slots: Arc::new(options.connections.slots()),
            policy,
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            data: self.data,
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            workers: self.workers.or(other.workers),
            page_threads: self.page_threads.or(other.page_threads),
            no_workers: self.no_workers.or(other.no_workers),
            sole_api_node: self.sole_api_node.or(other.sole_api_node),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            status_memory_mb: self.status_memory_mb.or(other.status_memory_mb),
            max_upload_mb: self.max_upload_mb.or(other.max_upload_mb),
            queue_jobs_max: self.queue_jobs_max.or(other.queue_jobs_max),
            account_inspections_max: self.account_inspections_max.or(other.account_inspections_max),
            account_documents_max_mb: self
                .account_documents_max_mb
                .or(other.account_documents_max_mb),
            free_space_min_mb: self.free_space_min_mb.or(other.free_space_min_mb),
            account_running_max: self.account_running_max.or(other.account_running_max),
            api_key: self.api_key.or(other.api_key),
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
            allow_private_hosts: self.allow_private_hosts.or(other.allow_private_hosts),
            ocr: self.ocr.or(other.ocr),
            connections: self.connections.or(other.connections),
            lease_s: self.lease_s.or(other.lease_s),
            heartbeat_s: self.heartbeat_s.or(other.heartbeat_s),
            sweep_s: self.sweep_s.or(other.sweep_s),
            attempts_max: self.attempts_max.or(other.attempts_max),
            worker_losses_max: self.worker_losses_max.or(other.worker_losses_max),
            backoff_s: self.backoff_s.or(other.backoff_s),
            deadline_s: self.deadline_s.or(other.deadline_s),
            grace_s: self.grace_s.or(other.grace_s),
            poll_ms: self.poll_ms.or(other.poll_ms),
            sandbox: self.sandbox.or(other.sandbox),
            sandbox_default: self.sandbox_default,
            memory_total_mb: self.memory_total_mb.or(other.memory_total_mb),
            child_memory_mb: self.child_memory_mb.or(other.child_memory_mb),
            document_cpu_s: self.document_cpu_s.or(other.document_cpu_s),
            document_page_cpu_ms: self.document_page_cpu_ms.or(other.document_page_cpu_ms),
            page_cpu_s: self.page_cpu_s.or(other.page_cpu_s),
            retention_days: self.retention_days.or(other.retention_days),
            usage_retention_days: self.usage_retention_days.or(other.usage_retention_days),
            webhook_backoff_s: self.webhook_backoff_s.or(other.webhook_backoff_s),
            webhook_timeout_s: self.webhook_timeout_s.or(other.webhook_timeout_s),
            webhook_parallel: self.webhook_parallel.or(other.webhook_parallel),
            webhook_account_parallel: self
                .webhook_account_parallel
                .or(other.webhook_account_parallel),
            webhook_disable_after_h: self.webhook_disable_after_h.or(other.webhook_disable_after_h),
            webhook_failures_max: self.webhook_failures_max.or(other.webhook_failures_max),
            webhook_retention_days: self.webhook_retention_days.or(other.webhook_retention_days),
        }
    }

    fn policy(&self) -> Policy {
        let defaults = Policy::default();
        let seconds =
            |given: Option<u64>, default: Duration| given.map_or(default, Duration::from_secs);
        let backoff = self.backoff_s.as_ref().filter(|waits| !waits.is_empty());
        Policy {
            lease: seconds(self.lease_s, defaults.lease),
            heartbeat: seconds(self.heartbeat_s, defaults.heartbeat)
                .max(Duration::from_millis(100)),
            sweep: seconds(self.sweep_s, defaults.sweep).max(Duration::from_millis(100)),
            attempts_max: self.attempts_max.unwrap_or(defaults.attempts_max).max(1),
            worker_losses_max: self.worker_losses_max.unwrap_or(defaults.worker_losses_max).max(1),
            backoff: backoff.map_or(defaults.backoff.clone(), |waits| {
                waits.iter().copied().map(Duration::from_secs).collect()
            }),
            deadline: seconds(self.deadline_s, defaults.deadline),
            retention: self.retention_days.map_or(defaults.retention, days),
            // The submit limit counts the entries of the last minute.
            usage_retention: self
                .usage_retention_days
                .map_or(defaults.usage_retention, |given| days(given.max(1))),
            status_memory_bytes_max: self
                .status_memory_mb
                .map_or(defaults.status_memory_bytes_max, |mebibytes| {
                    mebibytes.saturating_mul(1024 * 1024)
                }),
            upload_bytes_max: self.max_upload_mb.map_or(defaults.upload_bytes_max, |mebibytes| {
                mebibytes.saturating_mul(1024 * 1024)
            }),
            webhooks: self.webhook_policy(),
            queue_jobs_max: self.queue_jobs_max.unwrap_or(defaults.queue_jobs_max),
            account_inspections_max: self
                .account_inspections_max
                .unwrap_or(defaults.account_inspections_max),
            account_document_bytes_max: self.account_documents_max_mb.map(|mebibytes| {
                i64::try_from(mebibytes.saturating_mul(1024 * 1024)).unwrap_or(i64::MAX)
            }),
            free_space_min_bytes: self
                .free_space_min_mb
                .map_or(defaults.free_space_min_bytes, |mebibytes| {
                    mebibytes.saturating_mul(1024 * 1024)
                }),
            running_max: self.account_running_max.filter(|most| *most > 0),
            ..defaults
        }
    }

    fn cpu_limits(&self) -> CpuLimits {
        let defaults = CpuLimits::default();
        let seconds = |given: Option<u64>, default: Duration| {
            given.map_or(default, |seconds| Duration::from_secs(seconds.max(1)))
        };
        CpuLimits {
            document: seconds(self.document_cpu_s, defaults.document),
            per_page: self.document_page_cpu_ms.map_or(defaults.per_page, Duration::from_millis),
            page: seconds(self.page_cpu_s, defaults.page),
        }
    }

    /// The memory of all children and recognisers: for one of each at least.
    fn memory(&self, child_bytes: u64, recogniser_bytes: u64) -> anyhow::Result<MemoryBudget> {
        let least = child_bytes.saturating_add(recogniser_bytes);
        let total = match self.memory_total_mb {
            Some(mebibytes) => mebibytes.saturating_mul(MEBIBYTE),
            None => (memory_of_machine() / 4 * 3).max(least),
        };
        if total < least {
            return Err(Exit::Usage.error(format!(
                "memory_total_mb must be at least {}: child_memory_mb and ocr_memory_mb together",
                least.div_ceil(MEBIBYTE)
            )));
        }
        Ok(MemoryBudget::new(total, recogniser_bytes))
    }

    fn worker(&self) -> anyhow::Result<WorkerSettings> {
        let mut child = child_command()?;
        if let Some(mebibytes) = self.child_memory_mb {
            child.memory_bytes = mebibytes.saturating_mul(1024 * 1024);
        }
        if let Some(option) = self.sandbox.or(self.sandbox_default) {
            child.sandbox = option.into();
        }
        let (launcher, sandbox) = (child.program.clone(), child.sandbox);
        let defaults = WorkerSettings::new(child);
        let cpu = self.cpu_limits();
        let tesseract = self.ocr.checked(launcher, sandbox);
        let memory = self.memory(defaults.child.memory_bytes, tesseract.memory_bytes)?;
        let slots = self.workers.unwrap_or_else(processors).clamp(1, WORKERS_MAX);
        Ok(WorkerSettings {
            slots,
            tesseract,
            memory,
            // A busy machine gives a document its processor time in six times the time at the worst.
            silence_max: cpu.document.max(cpu.page).saturating_mul(6),
            cpu,
            page_threads: page_threads(self.page_threads),
            poll: self.poll_ms.map_or(defaults.poll, |ms| Duration::from_millis(ms.max(10))),
            grace: self.grace_s.map_or(defaults.grace, Duration::from_secs),
            fetch: FetchSettings {
                allow_private_hosts: self.allow_private_hosts.unwrap_or(false),
                ..FetchSettings::default()
            },
            ..defaults
        })
    }
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days.min(RETENTION_DAYS_MAX) * 24 * 60 * 60)
}

/// The key that is given to the first account. A short one could be guessed.
fn preset_key(given: Option<String>) -> anyhow::Result<Option<String>> {
    match given.filter(|key| !key.trim().is_empty()) {
        Some(key) if key.trim().chars().count() < API_KEY_CHARS_MIN => {
            Err(Exit::Usage.error(format!(
                "DOCKET_API_KEY must have at least {API_KEY_CHARS_MIN} characters (for example of \
                 `openssl rand -hex 32`)"
            )))
        }
        given => Ok(given),
    }
}

/// Threads that read pages. Each has a stack and fonts of its own, for which a child's memory has to
/// be enough.
pub(crate) fn page_threads(wanted: Option<usize>) -> usize {
    const DEFAULT_MAX: usize = 4;
    wanted.unwrap_or_else(|| processors().min(DEFAULT_MAX)).clamp(1, PAGE_THREADS_MAX)
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// This program as its own engine child.
pub(crate) fn child_command() -> anyhow::Result<ChildCommand> {
    let program = std::env::current_exe().context("the path of this program cannot be found")?;
    Ok(ChildCommand::new(program))
}

fn read_file(given: Option<&Path>) -> anyhow::Result<ConfigFile> {
    let path = given.unwrap_or(Path::new("docket.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && given.is_none() => {
            return Ok(ConfigFile::default());
        }
        Err(error) => {
            return Err(
                Exit::Usage.error(format!("configuration file {}: {error}", path.display()))
            );
        }
    };
    toml::from_str(&text).map_err(|error| {
        Exit::Usage.error(format!("configuration file {}: {error}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../docket.example.toml");

    fn config_of(text: &str) -> anyhow::Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docket.toml");
        std::fs::write(&path, text).unwrap();
        let data = DataOptions { config: Some(path), ..DataOptions::default() };
        ServeOptions { data, ..ServeOptions::default() }.checked()
    }

    #[test]
    fn the_example_shows_every_setting_with_its_default() {
        let shown: String = EXAMPLE
            .lines()
            .filter_map(|line| line.strip_prefix("#"))
            .filter(|line| line.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ')))
            .map(|line| format!("{line}\n"))
            .collect();
        let (example, default) = (config_of(&shown).unwrap(), config_of("").unwrap());
        assert_eq!(format!("{:?}", example.policy), format!("{:?}", default.policy));
        assert_eq!(example.listen, default.listen);
        assert_eq!(example.data.data_dir, default.data.data_dir);
        let names: toml::Table = toml::from_str(&shown).unwrap();
        for field in ["lease_s", "backoff_s", "page_cpu_s", "database_url", "max_upload_mb", "log"]
        {
            assert!(names.contains_key(field), "{field} is missing from the example");
        }
    }

    #[test]
    fn flags_beat_the_file_and_nonsense_is_refused() {
        let config =
            config_of("listen = \"127.0.0.1:9\"\nlease_s = 20\ndata_dir = \"/x\"").unwrap();
        assert_eq!(config.listen.port(), 9);
        assert_eq!(config.policy.lease, Duration::from_secs(20));
        assert_eq!(config.data.data_dir, Path::new("/x"));
        let bad =
            ["no_such_setting = 1", "listen = 5", "lease_s = 3", "= ", "memory_total_mb = 1000"];
        for bad in bad {
            let error = config_of(bad).unwrap_err();
            assert_eq!(Exit::of_error(&error), Exit::Usage, "{bad}");
        }
    }
}
