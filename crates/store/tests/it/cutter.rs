//! A wire to Postgres that breaks after a given number of bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// No cut is due.
const NEVER: i64 = i64::MAX;

/// Passes on what clients and the server say, and cuts one connection when it is told to.
pub(crate) struct Cutter {
    /// Leads to the same database.
    pub(crate) url: String,
    /// Bytes of the server's until the cut.
    left: Arc<AtomicI64>,
    passing: JoinHandle<()>,
}

impl Cutter {
    pub(crate) async fn before(url: &str) -> Self {
        let (start, rest) = url.split_once('@').unwrap();
        let (server, end) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{start}@{}/{end}", listener.local_addr().unwrap());
        let (left, server) = (Arc::new(AtomicI64::new(NEVER)), server.to_owned());
        let shared = Arc::clone(&left);
        let passing = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&shared)));
            }
        });
        Self { url, left, passing }
    }

    /// Lets the server say so many bytes more, then cuts the connection on which it goes on: one
    /// only.
    pub(crate) fn cut_after(&self, bytes: usize) {
        self.left.store(i64::try_from(bytes).unwrap(), Ordering::SeqCst);
    }

    /// The cut has happened.
    pub(crate) fn has_cut(&self) -> bool {
        self.left.load(Ordering::SeqCst) == NEVER
    }
}

impl Drop for Cutter {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

async fn pass(client: TcpStream, server: TcpStream, left: Arc<AtomicI64>) {
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    tokio::select! {
        _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
        () = pass_until_cut(from_server, to_client, &left) => {}
    }
}

async fn pass_until_cut(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, left: &AtomicI64) {
    let mut buffer = [0; 8192];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let spent = |left: i64| match left {
            NEVER => None,
            left => Some(left - i64::try_from(length).unwrap()),
        };
        let allowed = match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spent) {
            Err(_) => length,
            Ok(left) => usize::try_from(left).unwrap_or(0).min(length),
        };
        let sent = to.write_all(&buffer[..allowed]).await;
        if allowed < length {
            left.store(NEVER, Ordering::SeqCst);
            return;
        }
        if sent.is_err() {
            return;
        }
    }
}
