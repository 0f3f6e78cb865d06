//! The pool of connections, and the repetition of reads on a new one when a connection is broken.
//!
//! The next user of a connection finds out that it was cut. Reads, and the begin of a
//! transaction, have changed nothing then: they are repeated on another connection, and the client
//! notices nothing. After the first broken connection, every other one that was idle before is
//! tested before it is used.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, Postgres, Transaction};

use super::limits;
use super::rows::{self, PgQuery};
use crate::error::Error;
use crate::rows::Columns;

/// How long a caller waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// A connection that was idle for longer is tested before it is used.
const IDLE_UNTESTED_MAX: Duration = Duration::from_secs(1);

/// How often a read is asked. Two: the first broken connection makes the next one a tested one. One
/// more, because connections are not all cut in the same instant.
const ASKED_MAX: usize = 3;

/// Connections to the database. Cheap to clone.
#[derive(Clone)]
pub(super) struct Connections {
    pool: PgPool,
    broken: Arc<LastBroken>,
}

impl Connections {
    /// Opens none yet.
    pub(super) fn new(options: PgConnectOptions, connections_max: u32) -> Self {
        let broken = Arc::new(LastBroken::default());
        let suspect = Arc::clone(&broken);
        let pool = PgPoolOptions::new()
            .max_connections(connections_max)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .after_connect(|connection, _| Box::pin(limits::of_calls(connection)))
            .before_acquire(move |connection, meta| {
                let suspect = Arc::clone(&suspect);
                let test = meta.idle_for > IDLE_UNTESTED_MAX || suspect.is_since(meta.idle_for);
                Box::pin(async move {
                    if test {
                        connection.ping().await.inspect_err(|_| suspect.note())?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Self { pool, broken }
    }

    /// The pool, for statements that must not be repeated.
    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Every row of a read.
    pub(super) async fn all<'q, T>(
        &self,
        query: impl Fn() -> PgQuery<'q>,
        read: impl Fn(&mut dyn Columns) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.again(|| rows::all(&self.pool, query(), &read)).await
    }

    /// The only row of a read, if there is one.
    pub(super) async fn one<'q, T>(
        &self,
        query: impl Fn() -> PgQuery<'q>,
        read: impl Fn(&mut dyn Columns) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.again(|| rows::one(&self.pool, query(), &read)).await
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>, Error> {
        self.again(|| begin(self.pool.clone())).await
    }

    /// What changes nothing, again if its connection was broken.
    pub(super) async fn again<T, A>(&self, ask: impl Fn() -> A) -> Result<T, Error>
    where
        A: Future<Output = Result<T, Error>>,
    {
        for _ in 1..ASKED_MAX {
            match ask().await {
                Err(Error::Unavailable(source)) if is_broken_connection(&*source) => {
                    tracing::debug!(
                        error = &*source as &dyn std::error::Error,
                        "a read on a broken connection is repeated"
                    );
                    self.broken.note();
                }
                answer => return answer,
            }
        }
        ask().await
    }
}

/// In a task of its own: the driver does not remember a BEGIN whose caller goes away before it is
/// answered, and would hand the connection with the open transaction to the next caller.
async fn begin(pool: PgPool) -> Result<Transaction<'static, Postgres>, Error> {
    let begun = tokio::spawn(async move { pool.begin().await }).await;
    Ok(begun.map_err(|gone| Error::Unavailable(gone.into()))??)
}

fn is_broken_connection(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    use sqlx::Error as E;
    match error.downcast_ref() {
        Some(E::Io(_) | E::Tls(_) | E::Protocol(_) | E::BeginFailed | E::WorkerCrashed) => true,
        Some(E::Database(error)) => {
            // Connection lost, shut down, crashed, or idle for too long.
            let code = error.code().unwrap_or_default();
            ["08", "57P", "25P03", "25P04"].iter().any(|class| code.starts_with(class))
        }
        _ => false,
    }
}

/// When a connection was last found broken.
struct LastBroken {
    origin: Instant,
    /// Microseconds since the origin; 0 if never.
    at_us: AtomicU64,
}

impl Default for LastBroken {
    fn default() -> Self {
        Self { origin: Instant::now(), at_us: AtomicU64::new(0) }
    }
}

impl LastBroken {
    fn note(&self) {
        self.at_us.fetch_max(micros(self.origin.elapsed()), Ordering::AcqRel);
    }

    /// Whether it was while a connection rested that has rested for so long.
    fn is_since(&self, idle_for: Duration) -> bool {
        let at_us = self.at_us.load(Ordering::Acquire);
        at_us > 0 && micros(self.origin.elapsed()).saturating_sub(micros(idle_for)) <= at_us
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
