//! Serves the router on a socket until shutdown, so that no client can stop the others.
//!
//! A client that is silent, sends too slowly or does not read its answer is disconnected, and so
//! are the oldest silent connections when a limit is near. The numbers are [`ConnectionSettings`].

mod address;
mod bodies;
mod connection;
mod pace;
mod proxies;
mod registry;
mod served;
mod settings;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::layers::metrics::keep_small;
use crate::layers::wrong_keys::WrongKeys;
use registry::{Admission, Registry};
use served::{Served, builder};

pub(crate) use address::Address;
pub(crate) use connection::OpenConnection;
pub use proxies::TrustedProxies;
pub use settings::ConnectionSettings;

/// How long open requests may continue after a shutdown request.
const GRACE: Duration = Duration::from_secs(10);

/// How long no connection is accepted when the system has no more files for this process.
const NO_FILES_PAUSE: Duration = Duration::from_millis(20);

/// The answer where no room can be made.
const NO_ROOM: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\n\
retry-after: 5\r\nconnection: close\r\ncontent-length: 182\r\n\r\n\
{\"error\":{\"code\":\"service_unavailable\",\"message\":\"Too many connections\",\
\"details\":{\"reason\":\"too_many_connections\",\"retry_after\":5}},\"detail\":\"Too many connections, try again later\"}";

/// Serves until `shutdown`; then takes no new connection, and lets open requests end within ten
/// seconds.
///
/// # Errors
/// None at present: a socket that fails is tried again.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ConnectionSettings,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let registry = Registry::new(settings);
    tokio::select! {
        () = accept_all(&listener, &router, &registry) => {}
        () = registry.sweep_forever() => {}
        () = keep_small() => {}
        () = shutdown.cancelled() => {}
    }
    drop(listener);
    registry.end_all();
    let ended = async {
        tokio::select! {
            () = registry.all_gone() => {}
            () = registry.sweep_forever() => {}
        }
    };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        tracing::warn!("requests were cut off at the end of the grace period");
        registry.close_all();
    }
    Ok(())
}

async fn accept_all(listener: &TcpListener, router: &Router, registry: &Arc<Registry>) {
    let builder = Arc::new(builder());
    let wrong_keys = Arc::new(WrongKeys::default());
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                recover(&error, registry).await;
                continue;
            }
        };
        let served = Served {
            router: router.clone(),
            registry: Arc::clone(registry),
            builder: Arc::clone(&builder),
            wrong_keys: Arc::clone(&wrong_keys),
        };
        match registry.admit(peer.ip()) {
            Admission::Admitted { connection, made_room } => {
                tokio::spawn(served.drive(stream, connection));
                if made_room {
                    // Those that had to go give their files back first.
                    tokio::task::yield_now().await;
                }
            }
            Admission::Refused => {
                tokio::spawn(refuse(stream));
            }
        }
    }
}

/// Makes room where the system has none, and goes on: whatever it is, the next client may fare
/// better.
async fn recover(error: &std::io::Error, registry: &Registry) {
    use std::io::ErrorKind;
    let of_client = [
        ErrorKind::ConnectionAborted,
        ErrorKind::ConnectionReset,
        ErrorKind::ConnectionRefused,
        ErrorKind::Interrupted,
    ];
    if of_client.contains(&error.kind()) {
        return;
    }
    tracing::warn!(%error, "a connection could not be accepted");
    registry.make_room();
    tokio::time::sleep(NO_FILES_PAUSE).await;
}

/// Says so to a client for which there is no room.
async fn refuse(mut stream: TcpStream) {
    let _ = tokio::time::timeout(Duration::from_secs(1), async {
        stream.write_all(NO_ROOM).await?;
        stream.shutdown().await
    })
    .await;
}
