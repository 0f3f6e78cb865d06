//! A stored result, of which the head is read and the chunks are not.

use bytes::Bytes;
use docket_contract::document::ParseResult;
use docket_contract::job::Job;
use docket_contract::stored::{self, Head};
use tokio::sync::Semaphore;

use crate::ServerState;
use crate::problem::{Family, Problem, unreadable};

/// Bytes that are read first: as a rule the whole first line.
const HEAD_BYTES: u64 = 64 * 1024;

/// Results that this process makes values of at the same time: each takes several times its size.
static WHOLE: Semaphore = Semaphore::const_new(2);

/// The form of tables over several pages that a response wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tables {
    /// As the submit asked for.
    AsStored,
    /// The other form.
    Other,
}

/// A stored result whose chunks are not read yet.
#[derive(Clone)]
pub(crate) struct StoredResult {
    /// All but the chunks.
    pub(crate) head: Head,
    pub(super) job: Job,
    source: Source,
    /// Where the list of chunks begins in the source.
    chunks_at: u64,
}

#[derive(Clone)]
enum Source {
    Blob,
    Memory(Bytes),
}

impl StoredResult {
    /// The result of a job that succeeded.
    pub(crate) async fn open(
        state: &ServerState,
        job: &Job,
        tables: Tables,
    ) -> Result<Self, Problem> {
        let of_job = |error| Problem::of_job(error, Family::Parse, &job.id.to_string());
        if tables == Tables::AsStored
            && let Some(found) = Self::indexed(state, job).await?
        {
            return Ok(found);
        }
        let _permit = WHOLE.acquire().await.map_err(|_| Problem::internal())?;
        let stored = state.jobs.result_of(job).await.map_err(of_job)?;
        let shaped = tokio::task::spawn_blocking(move || rewritten(&stored, tables)).await;
        let shaped = shaped.map_err(|error| {
            tracing::error!(%error, "shaping a result panicked");
            Problem::internal()
        })?;
        let shaped = shaped.map_err(unreadable)?;
        let (head, chunks_at) = first_line(&shaped).ok_or_else(Problem::internal)?;
        Ok(Self { head, job: job.clone(), source: Source::Memory(shaped), chunks_at })
    }

    /// The result as it is stored; none if it has no index.
    async fn indexed(state: &ServerState, job: &Job) -> Result<Option<Self>, Problem> {
        let of_job = |error| Problem::of_job(error, Family::Parse, &job.id.to_string());
        let mut most = HEAD_BYTES;
        loop {
            let begin = state.jobs.read_result(job, 0..most).await.map_err(of_job)?;
            if let Some((head, chunks_at)) = first_line(&begin) {
                let job = job.clone();
                return Ok(Some(Self { head, job, source: Source::Blob, chunks_at }));
            }
            if !begin.starts_with(stored::BEGIN) || (begin.len() as u64) < most {
                return Ok(None);
            }
            most *= 8;
        }
    }

    /// Bytes of the list of chunks and of what follows it.
    pub(super) async fn read(
        &self,
        state: &ServerState,
        range: std::ops::Range<u64>,
    ) -> Result<Bytes, docket_jobs::Error> {
        let range = self.chunks_at + range.start..self.chunks_at + range.end;
        match &self.source {
            Source::Blob => state.jobs.read_result(&self.job, range).await,
            Source::Memory(bytes) => {
                let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
                let end = at(range.end).min(bytes.len());
                Ok(bytes.slice(at(range.start).min(end)..end))
            }
        }
    }
}

/// The result in the present form, with the tables in the form that is wanted.
fn rewritten(stored: &[u8], tables: Tables) -> serde_json::Result<Bytes> {
    let mut result: ParseResult = serde_json::from_slice(stored)?;
    if tables == Tables::Other {
        result.use_other_tables();
    }
    let mut written = Vec::new();
    stored::write(&result, &mut written).map_err(serde_json::Error::io)?;
    Ok(Bytes::from(written))
}

/// The head, and where the list of chunks begins; none if this is not the stored form, or too
/// little of it.
fn first_line(begin: &[u8]) -> Option<(Head, u64)> {
    if !begin.starts_with(stored::BEGIN) {
        return None;
    }
    let end = begin.iter().position(|byte| *byte == b'\n')?;
    let chunks_at = end + 1 + stored::BEFORE_CHUNKS.len();
    Some((Head::read(&begin[..end])?, chunks_at as u64))
}
