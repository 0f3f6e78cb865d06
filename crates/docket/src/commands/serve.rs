//! `docket serve`: the API, with workers in the same process unless told otherwise.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use docket_contract::UserId;
use docket_jobs::{AccountLimits, Jobs};
use docket_server::{ServerState, router};
use docket_worker::{EngineInspector, Worker, WorkerHealth, run_sweeper, run_webhooks};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, ServeOptions};
use crate::exit::Exit;
use crate::rooms::{self, Rooms, ServingLock};

/// The account that a fresh installation starts with.
const FIRST_ACCOUNT: &str = "default";

/// A worker that has not looked at the queue for so long makes no progress.
const NO_PROGRESS_AFTER: Duration = Duration::from_secs(30);

pub(crate) async fn run(options: ServeOptions) -> anyhow::Result<Exit> {
    let config = options.checked()?;
    crate::logging::start(&config.log, config.log_format)?;
    let mut node = Node::open(config, true).await?;
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
    shutdown: CancellationToken,
    worker: Option<(JoinHandle<()>, WorkerHealth)>,
    webhooks: Option<JoinHandle<()>>,
    _lock: ServingLock,
}

impl Node {
    /// Takes the data folder, opens the store and binds the socket.
    pub(crate) async fn open(config: Config, migrate: bool) -> anyhow::Result<Self> {
        let lock = rooms::lock_for_serving(&config.data)?;
        let inspector =
            EngineInspector::new(config.worker.child.clone(), config.worker.child_jobs_max);
        let policy = config.policy.clone();
        let rooms = rooms::open(&config.data, policy, Arc::new(inspector), migrate).await?;
        rooms::check_storage(&rooms, &config.data.blobs).await?;
        let listener = TcpListener::bind(config.listen).await.map_err(|error| {
            Exit::Usage.error(format!(
                "{} cannot be listened on: {error} (--listen sets another)",
                config.listen
            ))
        })?;
        let address = listener.local_addr().context("the socket has no address")?;
        Ok(Self {
            config,
            rooms,
            address,
            listener: Some(listener),
            shutdown: CancellationToken::new(),
            worker: None,
            webhooks: None,
            _lock: lock,
        })
    }

    /// What clients put before every path.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts the slots of this process.
    pub(crate) fn start_worker(&mut self) {
        let worker = Worker::new(self.rooms.jobs.clone(), self.config.worker.clone());
        let health = worker.health();
        self.worker = Some((tokio::spawn(worker.run(self.shutdown.clone())), health));
    }

    /// Starts to answer requests.
    pub(crate) fn start_api(&mut self) -> anyhow::Result<JoinHandle<std::io::Result<()>>> {
        let listener = self.listener.take().context("the API is started once")?;
        let health = self.worker.as_ref().map(|(_, health)| health.clone());
        let state = ServerState {
            jobs: self.rooms.jobs.clone(),
            public_url: self.config.public_url.clone(),
            readiness: Arc::new(move || match &health {
                Some(health) if health.since_last_look() > NO_PROGRESS_AFTER => {
                    Err("The workers of this node make no progress".to_owned())
                }
                _ => Ok(()),
            }),
            shutdown: self.shutdown.clone(),
        };
        tracing::info!(listen = %self.address, "docket serves");
        tokio::spawn(run_sweeper(self.rooms.jobs.clone(), self.shutdown.clone()));
        self.webhooks = Some(tokio::spawn(run_webhooks(
            self.rooms.jobs.clone(),
            self.config.webhooks.clone(),
            self.shutdown.clone(),
        )));
        let (jobs, shutdown) = (self.rooms.jobs.clone(), self.shutdown.clone());
        tokio::spawn(async move { shutdown.run_until_cancelled(jobs.follow_changes()).await });
        Ok(tokio::spawn(docket_server::serve(listener, router(state), self.shutdown.clone())))
    }

    /// Serves until SIGINT or SIGTERM, then shuts down in order.
    pub(crate) async fn serve_until_signal(mut self) -> anyhow::Result<()> {
        let api = self.start_api()?;
        wait_for_signal().await?;
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
        self.rooms.store.close().await;
        Ok(())
    }

    /// Presets the configured key; where there is neither one nor any other, makes one and prints
    /// it, this once.
    async fn ensure_first_key(&self) -> anyhow::Result<()> {
        let jobs = &self.rooms.jobs;
        let account = UserId(FIRST_ACCOUNT.to_owned());
        if let Some(key) = &self.config.api_key {
            return preset(jobs, &account, key).await;
        }
        if jobs.list_keys().await?.is_empty() {
            let fresh = jobs.create_key(&account, AccountLimits::default(), "first start").await?;
            crate::say!("The first API key, shown only now (account '{FIRST_ACCOUNT}'):");
            crate::say!("{}", fresh.text);
        }
        Ok(())
    }
}

async fn preset(jobs: &Jobs, account: &UserId, key: &str) -> anyhow::Result<()> {
    jobs.preset_key(account, "DOCKET_API_KEY", key).await.map_err(|error| {
        anyhow::Error::new(error)
            .context("the key in DOCKET_API_KEY cannot be used: was it revoked?")
    })
}

/// Answers at the first SIGINT or SIGTERM.
pub(crate) async fn wait_for_signal() -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).context("signals cannot be heard")?;
    let mut terminate = signal(SignalKind::terminate()).context("signals cannot be heard")?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
