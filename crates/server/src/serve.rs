//! Serving the router on a socket until told to stop.

use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::metrics::keep_small;

/// How long open requests may go on after a shutdown was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `shutdown`; then takes no new connection, and lets open requests end within ten
/// seconds.
///
/// # Errors
/// If the socket fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for the acknowledgement of earlier ones.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "nodelay could not be set");
        }
    });
    let graceful = shutdown.clone().cancelled_owned();
    let serving = axum::serve(listener, router).with_graceful_shutdown(graceful);
    tokio::select! {
        served = serving.into_future() => served,
        () = keep_small() => Ok(()),
        () = grace_after(shutdown) => {
            tracing::warn!("requests were cut off at the end of the grace period");
            Ok(())
        }
    }
}

async fn grace_after(shutdown: CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(GRACE).await;
}
