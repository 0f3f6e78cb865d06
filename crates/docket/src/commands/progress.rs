//! Progress of documents on standard error.

use std::path::Path;
use std::time::Duration;

use docket_contract::wire::jobs::JobDocument;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::client::Client;
use crate::exit::Exit;

/// One line for each document: bars on a terminal, plain lines elsewhere.
pub(crate) struct Lines {
    bars: Option<MultiProgress>,
}

impl Lines {
    pub(crate) fn new() -> Self {
        use std::io::IsTerminal;
        Self { bars: std::io::stderr().is_terminal().then(MultiProgress::new) }
    }

    pub(crate) fn start(&self, file: &Path) -> Line {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(name.clone());
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Line { name, bar }
    }
}

/// The line of one document.
pub(crate) struct Line {
    name: String,
    bar: Option<ProgressBar>,
}

impl Line {
    /// Waits until a job has ended, and shows its status on the way. The exit code if it has no result.
    pub(crate) async fn follow(
        &self,
        client: &Client,
        id: &str,
        timeout_s: u64,
    ) -> anyhow::Result<Result<JobDocument, Exit>> {
        let limit = Duration::from_secs(timeout_s);
        let ended = client.wait(id, limit, &mut |job| self.show(&job.status, &job.message)).await?;
        let Some(job) = ended else {
            self.end("timed out", &format!("job {id} still runs: docket jobs watch {id}"));
            return Ok(Err(Exit::TimedOut));
        };
        if let Some(error) = &job.error {
            self.end("FAILED", error);
            return Ok(Err(Exit::JobFailed));
        }
        Ok(Ok(job))
    }

    fn show(&self, status: &str, message: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(format!("{status}  {message}")),
            None => eprintln!("{}  {status}  {message}", self.name),
        }
    }

    pub(crate) fn pages(&self, done: i32, selected: i32) {
        let Some(bar) = &self.bar else { return };
        if bar.length().is_none()
            && let Ok(style) =
                ProgressStyle::with_template("{prefix}  [{bar:30}] {pos}/{len} pages")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_length(u64::try_from(selected).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    }

    pub(crate) fn end(&self, status: &str, message: &str) {
        match &self.bar {
            Some(bar) => {
                if let Ok(style) = ProgressStyle::with_template("{prefix}  {msg}") {
                    bar.set_style(style);
                }
                bar.finish_with_message(format!("{status}  {message}"));
            }
            None => eprintln!("{}  {status}  {message}", self.name),
        }
    }
}
