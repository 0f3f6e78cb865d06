//! The place of this node among the API nodes: an advisory lock, held by the session that reads the
//! feed.
//!
//! A node that serves alone holds it exclusively, all others share it. Because the feed is read in
//! the same session, every read of the feed proves that the lock is still held: both end with the
//! session.

use std::time::{Duration, Instant};

use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;

use super::connect;
use crate::error::Error;
use crate::interface::Serving;

/// How often the node tries to get back a place that it lost.
const ASK_PERIOD: Duration = Duration::from_secs(1);

/// The server gives up a session whose client does not answer within about 15 s: its place would
/// else be taken for hours after a cable was pulled.
const KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "5"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "2")];

const ALONE: &str = "select pg_try_advisory_lock(hashtextextended('docket.api_nodes', 0))";

const TOGETHER: &str =
    "select pg_try_advisory_lock_shared(hashtextextended('docket.api_nodes', 0))";

/// A session, and whether it holds its place.
pub(super) struct Place {
    pub(super) session: PgConnection,
    serving: Serving,
    held: bool,
    asked: Instant,
}

impl Place {
    /// Opens a session and asks for its place.
    pub(super) async fn open(options: &PgConnectOptions, serving: Serving) -> Result<Self, Error> {
        let session = connect(&options.clone().options(KEEPALIVE)).await?;
        let mut place = Self { session, serving, held: false, asked: Instant::now() };
        place.ask().await?;
        Ok(place)
    }

    /// Asks for the place now and then, if it is not held.
    pub(super) async fn renew(&mut self) -> Result<(), Error> {
        if self.held || self.asked.elapsed() < ASK_PERIOD {
            return Ok(());
        }
        self.ask().await
    }

    pub(super) fn is_held(&self) -> bool {
        self.held
    }

    /// No other API node serves these data, as of the last statement of the session.
    pub(super) fn is_alone(&self) -> bool {
        self.held && self.serving == Serving::Alone
    }

    async fn ask(&mut self) -> Result<(), Error> {
        let sql = match self.serving {
            Serving::Alone => ALONE,
            Serving::Together => TOGETHER,
        };
        self.held = sqlx::query_scalar(sql).fetch_one(&mut self.session).await?;
        self.asked = Instant::now();
        Ok(())
    }
}
