//! The configuration: flags over environment over `docket.toml` over defaults, read once and
//! checked once. Each group of settings is a table in a file of its own.

mod accounts;
mod connections;
mod given;
mod groups;
mod in_force;
mod jobs;
mod layers;
mod ocr;
mod serving;
mod setting;
mod storage;
mod table;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod texts;
mod units;
mod value;
mod webhooks;
mod workers;

use std::net::SocketAddr;
use std::sync::Arc;

use docket_jobs::{Policy, Serving};
use docket_server::{AccountSlots, ConnectionSettings as ServerSettings};
use docket_worker::{WebhookSettings as DeliverySettings, WorkerSettings};

use accounts::AccountSettings;
use connections::ConnectionSettings;
use given::{Given, Scope};
use groups::GROUPS;
use jobs::JobSettings;
use layers::{ConfigFile, Layers};
pub(crate) use ocr::OcrSettings;
use serving::ServingSettings;
pub(crate) use serving::{LogFilter, LogFormat};
use setting::Setting;
pub(crate) use storage::DataConfig;
use storage::StorageSettings;
use units::mebibytes;
pub(crate) use units::processors;
use webhooks::WebhookSettings;
use workers::WorkSettings;
pub(crate) use workers::{child_command, page_threads_default};

/// The settings that say where the data is.
#[derive(Clone, Debug)]
pub(crate) struct DataScope;

impl Scope for DataScope {
    const GROUPS: &'static [&'static [Setting]] = &[StorageSettings::SETTINGS];
}

/// Every setting.
#[derive(Clone, Debug)]
pub(crate) struct ServeScope;

impl Scope for ServeScope {
    const GROUPS: &'static [&'static [Setting]] = GROUPS;
}

/// The settings of OCR alone, for a command that reads no configuration file.
#[derive(Clone, Debug)]
pub(crate) struct OcrScope;

impl Scope for OcrScope {
    const GROUPS: &'static [&'static [Setting]] = &[OcrSettings::SETTINGS];
    const READS_FILE: bool = false;
}

/// What commands on the database alone read.
pub(crate) type DataOptions = Given<DataScope>;

/// What `serve`, `work`, `migrate`, `doctor` and `quickstart` read.
pub(crate) type ServeOptions = Given<ServeScope>;

/// What `parse --local` reads.
pub(crate) type OcrOptions = Given<OcrScope>;

/// Every setting, checked, in the types of the crates that use them.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) data: DataConfig,
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) with_workers: bool,
    pub(crate) serving: Serving,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) api_key: Option<String>,
    pub(crate) log: LogFilter,
    pub(crate) log_format: LogFormat,
    /// Every setting that differs from its default because something sets it.
    pub(crate) settings_given: String,
    pub(crate) otlp_endpoint: Option<String>,
    pub(crate) policy: Policy,
    pub(crate) worker: WorkerSettings,
    pub(crate) webhooks: DeliverySettings,
    pub(crate) connections: ServerSettings,
    pub(crate) slots: Arc<AccountSlots>,
}

impl<S: Scope> Given<S> {
    /// Reads one group or several through all layers.
    fn read<T>(&self, read: impl FnOnce(&Layers<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let file =
            if S::READS_FILE { ConfigFile::read(self.config.as_deref(), GROUPS)? } else { None };
        let (given, defaults) = (self.values.as_slice(), self.defaults);
        read(&Layers { given, file: file.as_ref(), defaults })
    }
}

/// Complaints about variables of the environment that are nearly settings.
pub(crate) fn misspelt_variables() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    in_force::misspelt_variables(names)
}

impl DataOptions {
    /// The places of the data.
    pub(crate) fn checked(self) -> anyhow::Result<DataConfig> {
        self.read(StorageSettings::read)?.data()
    }
}

impl OcrOptions {
    /// The settings of OCR.
    pub(crate) fn checked(&self) -> anyhow::Result<OcrSettings> {
        self.read(OcrSettings::read)
    }
}

impl ServeOptions {
    /// Reads and checks every setting, and what settings demand of each other.
    pub(crate) fn checked(self) -> anyhow::Result<Config> {
        self.read(|layers| {
            let serving = ServingSettings::read(layers)?;
            let work = WorkSettings::read(layers)?;
            let ocr = OcrSettings::read(layers)?;
            let accounts = AccountSettings::read(layers)?;
            let connections = ConnectionSettings::read(layers)?;
            let webhooks = WebhookSettings::read(layers)?;
            let policy = JobSettings::read(layers)?.policy(accounts.policy(Policy {
                upload_bytes_max: mebibytes(serving.max_upload_mb),
                status_memory_bytes_max: mebibytes(serving.status_memory_mb),
                webhooks: webhooks.policy(work.allow_private_hosts),
                ..Policy::default()
            }))?;
            Ok(Config {
                data: StorageSettings::read(layers)?.data()?,
                api_key: serving.first_key()?,
                listen: serving.listen,
                with_workers: !serving.no_workers,
                serving: if serving.sole_api_node { Serving::Alone } else { Serving::Together },
                metrics_listen: serving.metrics_listen,
                worker: work.worker(&ocr)?,
                webhooks: webhooks::delivery(
                    &work,
                    serving.public_url.as_ref().map(|url| url.0.as_str()),
                ),
                connections: connections.server()?,
                slots: Arc::new(connections.slots()),
                policy,
                public_url: serving.public_url.map(|url| url.0),
                log: serving.log,
                settings_given: in_force::settings_given(layers),
                log_format: serving.log_format,
                otlp_endpoint: serving.otlp_endpoint.map(|url| url.0),
            })
        })
    }
}
