//! Reads beside the writer, on read-only connections: each statement sees the last commit.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::{Connection, OpenFlags};

use super::connection::connect;
use crate::error::Error;

/// Connections for reads by key, at most; no more than the host has cores.
const POINT_CONNECTIONS_MAX: usize = 8;

/// Connections for reads that may take long.
const LIST_CONNECTIONS: usize = 2;

/// The reading connections. Reads by key have their own, so that a long list never delays them.
pub(super) struct Readers {
    points: Lane,
    lists: Arc<Lane>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let points = Lane::open(path, cores.min(POINT_CONNECTIONS_MAX))?;
        let lists = Arc::new(Lane::open(path, LIST_CONNECTIONS)?);
        Ok(Self { points, lists })
    }

    /// Reads by key on the calling thread: that takes tens of microseconds, less than going to
    /// another thread and back.
    pub(super) fn point<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.points.read(read)
    }

    /// Reads on a thread that may block.
    pub(super) async fn list<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let lane = Arc::clone(&self.lists);
        tokio::task::spawn_blocking(move || lane.read(read))
            .await
            .map_err(|error| Error::Other(error.into()))?
    }

    pub(super) fn close(&self) {
        self.points.close();
        self.lists.close();
    }
}

struct Lane {
    connections: Vec<Mutex<Option<Connection>>>,
    turn: AtomicUsize,
}

impl Lane {
    fn open(path: &Path, count: usize) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connections = (0..count)
            .map(|_| Ok(Mutex::new(Some(connect(path, flags)?))))
            .collect::<Result<_, Error>>()?;
        Ok(Self { connections, turn: AtomicUsize::new(0) })
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        match &*self.free_connection() {
            Some(connection) => read(connection),
            None => Err(Error::Unavailable("the store is closed".into())),
        }
    }

    /// A connection that nobody uses; if all are in use, the next in turn once it is free.
    fn free_connection(&self) -> MutexGuard<'_, Option<Connection>> {
        let start = self.turn.fetch_add(1, Ordering::Relaxed);
        for offset in 0..self.connections.len() {
            match self.connections[start.wrapping_add(offset) % self.connections.len()].try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let next = &self.connections[start % self.connections.len()];
        next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        for connection in &self.connections {
            connection.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}
