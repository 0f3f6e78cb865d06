//! `docket serve`: the API, with workers in the same process unless `no_workers` is set.

use std::io::IsTerminal;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use docket_contract::UserId;
use docket_jobs::{AccountLimits, FRESH_FOR, Feed, Jobs};
use docket_server::{ServerState, metrics_router, router};
use docket_worker::{
    EngineInspector, Worker, WorkerHealth, WorkerSettings, check_sandbox, run_sweeper, run_webhooks,
};
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, LogFormat, ServeOptions, misspelt_variables};
use crate::exit::Exit;
use crate::limits::raise_open_files;
use crate::private::{self, API_KEY_FILE};
use crate::rooms::{self, Opening, Rooms, ServingLock};
use crate::traces::Traces;

/// The account of a new installation.
const FIRST_ACCOUNT: &str = "default";

/// Connections that may wait to be accepted; the system's own limit is usually the same.
const BACKLOG: u32 = 4096;

const MEBIBYTE: u64 = 1024 * 1024;

/// A worker that has not read the queue for this long makes no progress.
const NO_PROGRESS_AFTER: Duration = Duration::from_secs(30);

pub(crate) async fn run(options: ServeOptions) -> anyhow::Result<Exit> {
    let config = options.checked()?;
    crate::logging::start(&config.log, config.log_format)?;
    warn_of_misspelt_variables();
    let mut node = Node::open(config).await?;
    node.ensure_first_key().await?;
    if node.config.with_workers {
        node.start_worker();
    }
    node.serve_until_signal().await?;
    Ok(Exit::Done)
}

/// An API node with its parts, bound to its socket but not yet serving.
pub(crate) struct Node {
    pub(crate) config: Config,
    pub(crate) rooms: Rooms,
    pub(crate) address: SocketAddr,
    listener: Option<TcpListener>,
    metrics_listener: Option<TcpListener>,
    metrics_address: Option<SocketAddr>,
    feed: Option<Box<dyn Feed>>,
    shutdown: CancellationToken,
    worker: Option<(JoinHandle<()>, WorkerHealth)>,
    webhooks: Option<JoinHandle<()>>,
    traces: Option<Traces>,
    walls_missing: Vec<String>,
    _lock: ServingLock,
}

impl Node {
    /// Takes the data folder, opens the store and binds the socket.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        raise_open_files();
        private::keep_new_files_private();
        let lock = rooms::lock_for_serving(&config.data)?;
        let inspector = EngineInspector::new(
            config.worker.child.clone(),
            config.worker.child_jobs_max,
            config.worker.memory.clone(),
        );
        let policy = config.policy.clone();
        let rooms = rooms::open(&config.data, policy, Arc::new(inspector), Opening::Create).await?;
        let feed = rooms::take_place(rooms.store.as_ref(), config.serving).await?;
        let placed = Instant::now();
        rooms::check_storage(&rooms, &config.data.blobs).await?;
        rooms::warn_of_own_documents(&config.data);
        let walls_missing = walls_missing(&config.worker).await?;
        // Created now, so that no read has to: the database may be read-only then.
        if let Err(error) = rooms.jobs.link_signer().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the secret for links could not be created yet"
            );
        }
        let listener = listen(config.listen, "--listen")?;
        let metrics_listener = match config.metrics_listen {
            Some(address) => Some(listen(address, "--metrics-listen")?),
            None => None,
        };
        if !config.data.is_embedded() {
            // A node that lost its place to this one may answer from its cache until then.
            tokio::time::sleep_until(placed + FRESH_FOR).await;
        }
        let address = listener.local_addr().context("the socket has no address")?;
        let traces = Traces::start(config.otlp_endpoint.as_deref())?;
        let metrics_address =
            metrics_listener.as_ref().and_then(|listener| listener.local_addr().ok());
        Ok(Self {
            config,
            rooms,
            address,
            listener: Some(listener),
            metrics_listener,
            metrics_address,
            feed: Some(feed),
            shutdown: CancellationToken::new(),
            worker: None,
            webhooks: None,
            traces,
            walls_missing,
            _lock: lock,
        })
    }

    /// The address that clients on this machine put before every path.
    pub(crate) fn base_url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            let is_ipv4 = address.is_ipv4();
            address.set_ip(if is_ipv4 {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            });
        }
        format!("http://{address}")
    }

    /// Says where everything is: to a person on standard output, in one line of the log for machines.
    fn greet(&self) {
        let base = self.config.public_url.clone().unwrap_or_else(|| self.base_url());
        let base = base.trim_end_matches('/');
        if self.config.log_format == LogFormat::Text {
            crate::say!("Docket {}", env!("CARGO_PKG_VERSION"));
            crate::say!("  API        {base}");
            crate::say!("  API page   {base}/docs");
            crate::say!("  dashboard  {base}/dashboard");
            crate::say!("  data       {}", self.config.data.database_name());
            crate::say!("  new key    docket keys create --user NAME{}", self.config.data.flags());
        }
        tracing::info!(
            listen = %self.address,
            version = env!("CARGO_PKG_VERSION"),
            dashboard = format!("{base}/dashboard"),
            docs = format!("{base}/docs"),
            metrics.listen = self.metrics_address.map(tracing::field::display),
            database = self.config.data.database_name(),
            documents = rooms::place_of(&self.config.data.blobs),
            workers = if self.config.with_workers { self.config.worker.slots } else { 0 },
            memory_mb = self.config.worker.memory.total_bytes() / MEBIBYTE,
            settings = self.config.settings_given,
            "docket serves"
        );
    }

    /// Starts the slots of this process.
    pub(crate) fn start_worker(&mut self) {
        let worker = Worker::new(self.rooms.jobs.clone(), self.config.worker.clone());
        let health = worker.health();
        self.worker = Some((tokio::spawn(worker.run(self.shutdown.clone())), health));
    }

    /// Starts to answer requests.
    pub(crate) fn start_api(&mut self) -> anyhow::Result<JoinHandle<std::io::Result<()>>> {
        let listener = self.listener.take().context("the API was already started")?;
        let health = self.worker.as_ref().map(|(_, health)| health.clone());
        let state = ServerState {
            jobs: self.rooms.jobs.clone(),
            public_url: self.config.public_url.clone(),
            slots: Arc::clone(&self.config.slots),
            readiness: Arc::new(move || match &health {
                Some(health) if health.since_last_look() > NO_PROGRESS_AFTER => {
                    Err("The workers of this node make no progress".to_owned())
                }
                _ => Ok(()),
            }),
            walls_missing: self.walls_missing.clone(),
            shutdown: self.shutdown.clone(),
        };
        tokio::spawn(run_sweeper(self.rooms.jobs.clone(), self.shutdown.clone()));
        self.webhooks = Some(tokio::spawn(run_webhooks(
            self.rooms.jobs.clone(),
            self.config.webhooks.clone(),
            self.shutdown.clone(),
        )));
        let feed = self.feed.take().context("the API was already started")?;
        let (jobs, shutdown) = (self.rooms.jobs.clone(), self.shutdown.clone());
        let following = jobs.follow_changes(feed);
        tokio::spawn(async move { shutdown.run_until_cancelled(following).await });
        if let Some(listener) = self.metrics_listener.take() {
            let numbers = metrics_router(self.rooms.jobs.clone());
            let connections = self.config.connections.clone();
            tokio::spawn(docket_server::serve(
                listener,
                numbers,
                connections,
                self.shutdown.clone(),
            ));
        }
        let connections = self.config.connections.clone();
        let shutdown = self.shutdown.clone();
        Ok(tokio::spawn(docket_server::serve(listener, router(state), connections, shutdown)))
    }

    /// Serves until SIGINT or SIGTERM, then shuts down in order.
    pub(crate) async fn serve_until_signal(mut self) -> anyhow::Result<()> {
        let signalled = signals()?;
        let api = self.start_api()?;
        self.greet();
        signalled.await;
        tracing::info!("shutting down");
        self.stop(api).await
    }

    /// Stops taking requests and jobs, lets both end within their grace, closes the store.
    pub(crate) async fn stop(self, api: JoinHandle<std::io::Result<()>>) -> anyhow::Result<()> {
        self.shutdown.cancel();
        if let Some((worker, _)) = self.worker {
            worker.await.context("the worker panicked")?;
        }
        if let Some(webhooks) = self.webhooks {
            webhooks.await.context("the delivery of webhooks panicked")?;
        }
        api.await.context("the API panicked")?.context("the socket failed")?;
        if let Some(traces) = self.traces {
            traces.stop().await?;
        }
        self.rooms.store.close().await;
        Ok(())
    }

    /// Sets the configured key. If there is none, and no other key either, creates one and prints it
    /// once.
    async fn ensure_first_key(&self) -> anyhow::Result<()> {
        let jobs = &self.rooms.jobs;
        let account = UserId(FIRST_ACCOUNT.to_owned());
        if let Some(key) = &self.config.api_key {
            return preset(jobs, &account, key).await;
        }
        if !jobs.list_keys().await?.is_empty() {
            return Ok(());
        }
        let fresh = jobs.create_key(&account, AccountLimits::default(), "first start").await?;
        if std::io::stdout().is_terminal() {
            crate::say!("The first API key, shown only once (account '{FIRST_ACCOUNT}'):");
            crate::say!("{}", fresh.text);
            return Ok(());
        }
        // The output goes to a log, which others can read and which is kept.
        match private::write_key(&self.config.data.data_dir, API_KEY_FILE, &fresh.text) {
            Ok(path) => crate::say!(
                "The first API key (account '{FIRST_ACCOUNT}') is in {}",
                path.display()
            ),
            Err(error) => {
                jobs.revoke_key(fresh.key.id).await?;
                let error = format!("{error:#}");
                tracing::warn!(%error, "no API key was created: create one with docket keys create");
            }
        }
        Ok(())
    }
}

/// Reports variables of the environment that are nearly settings.
pub(crate) fn warn_of_misspelt_variables() {
    for complaint in misspelt_variables() {
        tracing::warn!("{complaint}");
    }
}

async fn preset(jobs: &Jobs, account: &UserId, key: &str) -> anyhow::Result<()> {
    jobs.preset_key(account, "DOCKET_API_KEY", key).await.map_err(|error| {
        anyhow::Error::new(error)
            .context("the key in DOCKET_API_KEY cannot be used: was it revoked?")
    })
}

/// Parts of the sandbox that this machine lacks; an error if one is required.
pub(crate) async fn walls_missing(worker: &WorkerSettings) -> anyhow::Result<Vec<String>> {
    let checked = check_sandbox(&worker.child).await.map_err(|error| {
        anyhow::anyhow!(
            "engine children cannot be started as the setting sandbox requires: {error}; \
             sandbox = \"best_effort\" works with fewer walls"
        )
    })?;
    let missing: Vec<String> = checked.missing().into_iter().map(str::to_owned).collect();
    if missing.is_empty() {
        tracing::info!("engine children are confined by the system call filter and Landlock");
    } else {
        let missing = missing.join(", ");
        tracing::warn!(sandbox.missing = missing, "the sandbox of engine children is incomplete");
    }
    Ok(missing)
}

/// Binds a socket; `flag` sets another address.
pub(crate) fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    let bind = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A restarted server can take its port while connections of the previous one still exist.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bind().map_err(|error| {
        Exit::Usage
            .error(format!("cannot listen on {address}: {error} ({flag} sets another address)"))
    })
}

/// Returns at the first SIGINT or SIGTERM.
pub(crate) async fn wait_for_signal() -> anyhow::Result<()> {
    signals()?.await;
    Ok(())
}

/// Ends at the first SIGINT or SIGTERM from now on.
pub(crate) fn signals() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("signals cannot be received")?;
    let mut terminate = signal(SignalKind::terminate()).context("signals cannot be received")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
