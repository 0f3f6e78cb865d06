//! Whether this node can serve: the database answers and accepts writes, and there is free space.

use std::time::{Duration, Instant};

use docket_store::WriteFault;

use crate::{Error, Jobs, NotReady};

/// How long an answer serves: anybody may ask.
const ANSWER_AGE_MAX: Duration = Duration::from_secs(1);

/// A database that takes longer is as good as away.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);

impl Jobs {
    /// Answers if this node can take in jobs and store results.
    ///
    /// # Errors
    /// Why not.
    pub async fn ready(&self) -> Result<(), NotReady> {
        let mut last = self.readiness.last.lock().await;
        if let Some((at, answer)) = last.as_ref()
            && at.elapsed() < ANSWER_AGE_MAX
        {
            return answer.clone();
        }
        let answer = self.look_whether_ready().await;
        *last = Some((Instant::now(), answer.clone()));
        drop(last);
        answer
    }

    async fn look_whether_ready(&self) -> Result<(), NotReady> {
        let silent = || NotReady::new("storage_unavailable", "The database does not answer");
        let checked = async {
            self.store.ping().await.map_err(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
                silent()
            })?;
            self.store.check_writes().await.map_err(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
                not_writable(&error)
            })
        };
        tokio::time::timeout(ANSWER_TIME_MAX, checked).await.map_err(|_| silent())??;
        match self.check_space() {
            Err(Error::StorageFull(why)) => {
                tracing::warn!(why, "not ready");
                Err(NotReady::new("storage_full", "The storage has too little free space"))
            }
            _ => Ok(()),
        }
    }
}

fn not_writable(error: &docket_store::Error) -> NotReady {
    let docket_store::Error::NotWritable { fault, .. } = error else {
        return NotReady::new("storage_unavailable", "The database takes no writes");
    };
    match fault {
        WriteFault::Full => NotReady::new("storage_full", "The disk of the database is full"),
        WriteFault::ReadOnly => NotReady::new("storage_read_only", "The database is read-only"),
        WriteFault::FileGone => NotReady::new(
            "storage_replaced",
            "The database's file was deleted or replaced while it was open: restart this server",
        ),
    }
}
