//! One document from its first byte to its result.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use anyhow::Context;
use docket_contract::wire::jobs::JobDocument;
use indicatif::ProgressBar;
use reqwest::Body;
use reqwest::multipart::Part;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::inputs::{Input, Source};
use super::journal::{Journal, Step};
use super::results::{Results, summary, write_whole};
use super::show::{Line, Show};
use crate::client::{Client, Document, HOLD_MAX, Operation, is_passing};
use crate::exit::{Exit, ExitError};

/// The longest pause before a refused submit is tried again.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// The pause if the server names none.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a server that answers with 503 or not at all is asked again.
const UNAVAILABLE_MAX: Duration = Duration::from_secs(60);

/// What all documents of a call share.
pub(crate) struct Call {
    pub(crate) client: Client,
    pub(crate) operation: Operation,
    pub(crate) journal: Journal,
    pub(crate) results: Results,
    pub(crate) show: Show,
    pub(crate) waits: bool,
    pub(crate) as_json: bool,
    pub(crate) retry_failed: bool,
    pub(crate) timeout: Duration,
}

/// How a document ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It has a job, which is not waited for.
    Sent,
    Completed,
    /// An earlier call did it, and it has not changed.
    Unchanged,
    /// It has no result, for this reason.
    Failed(Exit, String),
}

impl Call {
    /// Does everything for one document. An error ends the call: it would meet every other document
    /// too.
    pub(crate) async fn one(&self, document: &Input) -> anyhow::Result<Ended> {
        let line = self.show.start(&document.name);
        let ended = match self.try_one(document, &line).await {
            Ok(ended) => ended,
            Err(error) if meets_every_document(&error) => return Err(error),
            Err(error) => Ended::Failed(Exit::of_error(&error), format!("{error:#}")),
        };
        match &ended {
            Ended::Failed(exit, why) => {
                let status = if *exit == Exit::TimedOut { "timed out" } else { "FAILED" };
                line.end(status, why, true);
                self.show.object(&json!({
                    "file": document.name, "status": status.replace(' ', "_"), "error": why,
                }));
            }
            Ended::Unchanged => line.end("unchanged", "done by an earlier call", false),
            Ended::Sent | Ended::Completed => {}
        }
        Ok(ended)
    }

    async fn try_one(&self, document: &Input, line: &Line<'_>) -> anyhow::Result<Ended> {
        let (hashed, key) = (document.clone(), document.key());
        let identity = tokio::task::spawn_blocking(move || hashed.identity()).await?;
        let identity =
            identity.map_err(|error| Exit::Usage.error(format!("it cannot be read: {error}")))?;
        let known = self.journal.known(&key, &identity);
        let target = self.results.path(document);
        let once = match known {
            Some(Step::Completed(_)) if !self.waits => return Ok(Ended::Unchanged),
            Some(Step::Completed(_)) if target.as_deref().is_some_and(Path::exists) => {
                return Ok(Ended::Unchanged);
            }
            Some(Step::Sent(_)) if !self.waits => return Ok(Ended::Unchanged),
            Some(Step::Failed(_, why)) if !self.retry_failed => {
                return Ok(Ended::Failed(Exit::JobFailed, format!("{why} (an earlier call)")));
            }
            Some(Step::Sent(id) | Step::Completed(id)) => {
                line.sent(&id);
                match self.finish(document, &key, &identity, &id, line).await {
                    // The job has expired or was deleted: the document is sent again.
                    Err(error) if status_of(&error) == Some(404) => Uuid::new_v4().to_string(),
                    ended => return ended,
                }
            }
            // The server may have it: the same key makes one job of both requests.
            Some(Step::Sending(once)) => once,
            Some(Step::Failed(..)) | None => Uuid::new_v4().to_string(),
        };
        self.journal.add(&key, &identity, Step::Sending(once.clone()));
        let id = self.submit(document, &once, line).await?;
        self.journal.add(&key, &identity, Step::Sent(id.clone()));
        self.show.object(&json!({ "file": document.name, "status": "submitted", "job_id": id }));
        if !self.waits {
            if !self.as_json {
                self.show.result(&format!("{id}  {}", document.name));
            }
            line.done(false);
            return Ok(Ended::Sent);
        }
        line.sent(&id);
        self.finish(document, &key, &identity, &id, line).await
    }

    /// Sends the document until the server takes it or refuses it for good.
    async fn submit(
        &self,
        document: &Input,
        once: &str,
        line: &Line<'_>,
    ) -> anyhow::Result<String> {
        let begun = Instant::now();
        loop {
            let form = part(document, line).await?;
            let error = match self.client.submit(&self.operation, form, Some(once)).await {
                Ok(id) => return Ok(id),
                Err(error) => error,
            };
            let asked = error.downcast_ref::<ExitError>().and_then(|error| error.retry_after_s);
            // Without a time, 429 means that the account has too many documents.
            let may_pass = is_passing(&error)
                && (status_of(&error) != Some(429) || asked.is_some())
                && status_of(&error).is_some();
            let limit = match status_of(&error) {
                Some(429) => self.timeout,
                _ => self.timeout.min(UNAVAILABLE_MAX),
            };
            let pause = asked.map_or(PAUSE, Duration::from_secs).min(PAUSE_MAX);
            if !may_pass || begun.elapsed() + pause > limit {
                return Err(error);
            }
            line.status("waiting", &error.to_string());
            tokio::time::sleep(pause).await;
        }
    }

    /// Waits for the job and writes its result.
    async fn finish(
        &self,
        document: &Input,
        key: &str,
        identity: &str,
        id: &str,
        line: &Line<'_>,
    ) -> anyhow::Result<Ended> {
        let mut seen = |job: &JobDocument| line.status(&job.status, &job.message);
        let Some(job) = self.client.wait(id, self.timeout, HOLD_MAX, &mut seen).await? else {
            let why = format!("job {id} still runs: docket jobs watch {id}");
            return Ok(Ended::Failed(Exit::TimedOut, why));
        };
        if let Some(error) = job.error {
            self.journal.add(key, identity, Step::Failed(id.to_owned(), error.clone()));
            return Ok(Ended::Failed(Exit::JobFailed, error));
        }
        let body = if self.operation.path.starts_with("/parse") {
            self.client.parsed(id).await?
        } else {
            self.client.result(id).await?
        };
        let path = self.write(document, &body).await?;
        self.journal.add(key, identity, Step::Completed(id.to_owned()));
        if self.as_json {
            let mut object = json!({ "file": document.name, "status": "COMPLETED", "job_id": id });
            match &path {
                Some(path) => object["output"] = json!(path.display().to_string()),
                None => object["result"] = body.clone(),
            }
            self.show.object(&object);
        }
        let place = path.map(|path| format!("  -> {}", path.display())).unwrap_or_default();
        line.end("COMPLETED", &format!("{}{place}", summary(&body)), false);
        Ok(Ended::Completed)
    }

    /// Writes the result and the files that it names, or prints it.
    async fn write(&self, document: &Input, body: &Value) -> anyhow::Result<Option<PathBuf>> {
        let Some(path) = self.results.path(document) else {
            if !self.as_json {
                self.show.result(&self.results.text(body)?);
            }
            return Ok(None);
        };
        for part in body["files"].as_array().into_iter().flatten() {
            if let (Some(name), Some(link)) = (part["name"].as_str(), part["full_path"].as_str())
                && let Some(beside) = self.results.part_path(document, name)
            {
                write_whole(&beside, &self.client.download(link).await?)?;
            }
        }
        // Last, because a result that is there counts as complete.
        self.results.write(&path, body)?;
        Ok(Some(path))
    }
}

/// Without a key, credits or a server, no other document would fare better.
fn meets_every_document(error: &anyhow::Error) -> bool {
    let Some(found) = error.downcast_ref::<ExitError>() else { return false };
    found.exit == Exit::Refused && matches!(found.status, None | Some(401..=403))
}

fn status_of(error: &anyhow::Error) -> Option<u16> {
    error.downcast_ref::<ExitError>()?.status
}

/// The document as a part of a form, which counts what is sent of it.
async fn part(document: &Input, line: &Line<'_>) -> anyhow::Result<Document> {
    Ok(match &document.source {
        Source::Url(url) => Document::Url(url.clone()),
        Source::Bytes(bytes) => {
            Document::Part(Box::new(Part::bytes(bytes.to_vec()).file_name(document.name.clone())))
        }
        Source::File(path) => {
            let file = tokio::fs::File::open(path).await;
            let file =
                file.map_err(|error| Exit::Usage.error(format!("it cannot be read: {error}")))?;
            let size_bytes = file.metadata().await.context("its size cannot be read")?.len();
            let bar = line.uploading(size_bytes);
            let body = Body::wrap_stream(ReaderStream::new(Counted { file, bar }));
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Document::Part(Box::new(Part::stream_with_length(body, size_bytes).file_name(name)))
        }
    })
}

/// A file that moves a bar as it is read.
struct Counted {
    file: tokio::fs::File,
    bar: Option<ProgressBar>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut TaskContext<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.file).poll_read(context, buffer);
        if let Some(bar) = &self.bar {
            bar.inc((buffer.filled().len() - before) as u64);
        }
        read
    }
}

/// A call that its tasks share.
pub(crate) type SharedCall = Arc<Call>;
