//! `docket work`: a worker process, on either database.

use std::sync::Arc;

use docket_jobs::NoInspector;
use docket_worker::{Worker, run_sweeper, run_webhooks};
use tokio_util::sync::CancellationToken;

use crate::commands::serve::{listen, signals, walls_missing, warn_of_misspelt_variables};
use crate::config::ServeOptions;
use crate::exit::Exit;
use crate::rooms::{self, Opening};
use crate::traces::Traces;

pub(crate) async fn run(options: ServeOptions) -> anyhow::Result<Exit> {
    let config = options.checked()?;
    crate::logging::start(&config.log, config.log_format)?;
    warn_of_misspelt_variables();
    let rooms =
        rooms::open(&config.data, config.policy, Arc::new(NoInspector), Opening::Work).await?;
    rooms::check_storage(&rooms, &config.data.blobs).await?;
    rooms::warn_of_own_documents(&config.data);
    walls_missing(&config.worker).await?;
    let shutdown = CancellationToken::new();
    let traces = Traces::start(config.otlp_endpoint.as_deref())?;
    let signalled = signals()?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(listen(address, "--metrics-listen")?),
        None => None,
    };
    let metrics_address = metrics.as_ref().and_then(|listener| listener.local_addr().ok());
    tracing::info!(
        metrics.listen = metrics_address.map(tracing::field::display),
        version = env!("CARGO_PKG_VERSION"),
        database = config.data.database_name(),
        documents = rooms::place_of(&config.data.blobs),
        workers = config.worker.slots,
        memory_mb = config.worker.memory.total_bytes() / (1024 * 1024),
        settings = config.settings_given,
        "docket works"
    );
    if let Some(listener) = metrics {
        let metrics = docket_server::metrics_router(rooms.jobs.clone());
        let connections = config.connections.clone();
        tokio::spawn(docket_server::serve(listener, metrics, connections, shutdown.clone()));
    }
    let worker = Worker::new(rooms.jobs.clone(), config.worker);
    let working = tokio::spawn(worker.run(shutdown.clone()));
    tokio::spawn(run_sweeper(rooms.jobs.clone(), shutdown.clone()));
    let webhooks = tokio::spawn(run_webhooks(rooms.jobs, config.webhooks, shutdown.clone()));
    signalled.await;
    tracing::info!("shutting down");
    shutdown.cancel();
    working.await?;
    webhooks.await?;
    if let Some(traces) = traces {
        traces.stop().await?;
    }
    rooms.store.close().await;
    Ok(Exit::Done)
}
