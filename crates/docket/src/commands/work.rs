//! `docket work`: a worker process, on either database.

use std::sync::Arc;

use docket_jobs::NoInspector;
use docket_worker::{Worker, run_sweeper, run_webhooks};
use tokio_util::sync::CancellationToken;

use crate::commands::serve::{listen, wait_for_signal, walls_missing};
use crate::config::ServeOptions;
use crate::exit::Exit;
use crate::rooms;

pub(crate) async fn run(options: ServeOptions) -> anyhow::Result<Exit> {
    let config = options.checked()?;
    crate::logging::start(&config.log, config.log_format)?;
    let rooms = rooms::open(&config.data, config.policy, Arc::new(NoInspector), false).await?;
    rooms::check_storage(&rooms, &config.data.blobs).await?;
    walls_missing(&config.worker).await?;
    let shutdown = CancellationToken::new();
    if let Some(address) = config.metrics_listen {
        let listener = listen(address, "--metrics-listen")?;
        tracing::info!(listen = %listener.local_addr()?, "metrics are served");
        let metrics = docket_server::metrics_router(rooms.jobs.clone());
        let connections = config.connections.clone();
        tokio::spawn(docket_server::serve(listener, metrics, connections, shutdown.clone()));
    }
    let worker = Worker::new(rooms.jobs.clone(), config.worker);
    let working = tokio::spawn(worker.run(shutdown.clone()));
    tokio::spawn(run_sweeper(rooms.jobs.clone(), shutdown.clone()));
    let webhooks = tokio::spawn(run_webhooks(rooms.jobs, config.webhooks, shutdown.clone()));
    wait_for_signal().await?;
    tracing::info!("shutting down");
    shutdown.cancel();
    working.await?;
    webhooks.await?;
    rooms.store.close().await;
    Ok(Exit::Done)
}
