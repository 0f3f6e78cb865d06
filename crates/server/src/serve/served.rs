//! One connection, served to its end.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use socket2::SockRef;
use tokio::net::TcpStream;
use tower::Service;

use super::bodies::{Received, Sent};
use super::connection::{Exchange, OpenConnection};
use super::pace::Pace;
use super::registry::Registry;
use super::watched::Watched;
use crate::layers::client::Client;
use crate::layers::wrong_keys::WrongKeys;

/// Bytes that the kernel takes beyond what the client's window has room for. With few of them a
/// slow reader shows its progress in small steps, which distinguishes it from one that does not
/// read.
#[cfg(target_os = "linux")]
const UNSENT_BYTES_MAX: u32 = 128 * 1024;

/// Bytes of a request's head over HTTP/1, and of what is buffered of its body.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a request's head over HTTP/2.
const HEADER_LIST_BYTES_MAX: u32 = 32 * 1024;

/// Requests at the same time on one connection of HTTP/2.
const STREAMS_MAX: u32 = 128;

/// Streams of HTTP/2 that a client reset before they were served; beyond it the connection ends.
const RESET_STREAMS_MAX: usize = 20;

/// How often a connection of HTTP/2 is asked whether it lives, and how long it may take to answer.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// What a connection is served with.
pub(super) struct Served {
    pub(super) router: Router,
    pub(super) registry: Arc<Registry>,
    pub(super) builder: Arc<auto::Builder<TokioExecutor>>,
    pub(super) wrong_keys: Arc<WrongKeys>,
}

impl Served {
    /// Serves one connection to its end.
    pub(super) async fn drive(self, stream: TcpStream, connection: Arc<OpenConnection>) {
        prepare(&stream, self.registry.settings().stall);
        let _leaves = Leaves { registry: &self.registry, connection: &connection };
        let peer = connection.peer();
        let io = TokioIo::new(Watched::new(stream, Arc::clone(&connection)));
        let service = service_fn(|request: Request<Incoming>| {
            self.answer(request, peer, Arc::clone(&connection))
        });
        let serving = self.builder.serve_connection(io, service);
        let mut serving = std::pin::pin!(serving);
        let mut ending = false;
        let ended = std::future::poll_fn(|context| {
            connection.listen(context.waker());
            if connection.must_close() {
                return std::task::Poll::Ready(Ok(()));
            }
            if connection.must_end() && !ending {
                ending = true;
                serving.as_mut().graceful_shutdown();
            }
            serving.as_mut().poll(context)
        });
        if let Err(error) = ended.await {
            tracing::debug!(error = &*error as &dyn std::error::Error, "a connection broke");
        }
    }

    fn answer(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
        connection: Arc<OpenConnection>,
    ) -> impl Future<Output = Result<hyper::Response<Sent>, Infallible>> + use<> {
        let exchange = Exchange::begin(&connection, request.version());
        let settings = self.registry.settings();
        let mut too_slow = None;
        let mut request = request.map(|body| {
            if body.is_end_stream() {
                return Body::empty();
            }
            let pace = Pace::new(settings);
            too_slow = Some(pace.too_slow());
            Body::new(Received::new(body, exchange.clone(), pace))
        });
        let address = settings.trusted_proxies.identify(peer, request.headers_mut());
        let has_room = address == peer || self.registry.count_at(&connection, address);
        let wrong_keys = Arc::clone(&self.wrong_keys);
        request.extensions_mut().insert(Client {
            address,
            connection,
            wrong_keys,
            has_room,
            too_slow,
        });
        let answering = self.router.clone().call(request);
        async move { Ok(answering.await?.map(|body| Sent::new(body, exchange))) }
    }
}

/// Small answers must not wait for the acknowledgement of earlier ones, and the kernel must not
/// wait for ever for a peer that takes nothing.
fn prepare(stream: &TcpStream, stall: Duration) {
    let socket = SockRef::from(stream);
    let set = socket.set_tcp_nodelay(true);
    #[cfg(target_os = "linux")]
    let set = set
        .and_then(|()| socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX))
        .and_then(|()| socket.set_tcp_user_timeout(Some(stall)));
    #[cfg(not(target_os = "linux"))]
    let _ = stall;
    if let Err(error) = set {
        tracing::debug!(%error, "a socket could not be prepared");
    }
}

/// Takes the connection out of the registry, however it ends.
struct Leaves<'a> {
    registry: &'a Registry,
    connection: &'a OpenConnection,
}

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.registry.left(self.connection);
    }
}

/// The limits of HTTP itself.
pub(super) fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        // The registry keeps all times: also those before the first byte and between requests.
        .header_read_timeout(None)
        .max_buf_size(BUFFER_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEADER_LIST_BYTES_MAX)
        .max_pending_accept_reset_streams(RESET_STREAMS_MAX)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}
