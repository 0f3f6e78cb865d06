//! What a person sees while documents are on their way: bars on a terminal, lines elsewhere, JSON for
//! programs.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use docket_contract::shown::shown;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

/// How often a spinner moves.
const TICK: Duration = Duration::from_millis(100);

/// Progress of a call on standard error, results on standard output.
pub(crate) struct Show {
    bars: Option<MultiProgress>,
    total: Option<ProgressBar>,
    as_json: bool,
    failed: AtomicUsize,
}

impl Show {
    /// For this many documents.
    pub(crate) fn new(documents: usize, as_json: bool) -> Self {
        let on_terminal = std::io::stderr().is_terminal() && !as_json;
        let bars = on_terminal.then(MultiProgress::new);
        let total = bars.as_ref().filter(|_| documents > 1).map(|bars| {
            let bar = bars.add(ProgressBar::new(documents as u64));
            style(&bar, "[{bar:30}] {pos}/{len} documents  {msg}{elapsed}, {eta} left");
            bar.enable_steady_tick(TICK);
            bar
        });
        Self { bars, total, as_json, failed: AtomicUsize::new(0) }
    }

    /// The line of a document that begins.
    pub(crate) fn start(&self, name: &str) -> Line<'_> {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = ProgressBar::new_spinner();
            // The total stays below.
            let bar = match &self.total {
                Some(total) => bars.insert_before(total, bar),
                None => bars.add(bar),
            };
            style(&bar, "{spinner} {prefix}  {msg}");
            bar.set_prefix(shown(name).into_owned());
            bar.enable_steady_tick(TICK);
            bar
        });
        Line { show: self, name: shown(name).into_owned(), bar, job: OnceLock::new() }
    }

    /// A line on standard output, between the bars.
    pub(crate) fn result(&self, text: &str) {
        self.between(|| crate::say!("{text}"));
    }

    /// An object on standard output, if the caller wants JSON.
    pub(crate) fn object(&self, object: &Value) {
        if self.as_json {
            crate::say!("{object}");
        }
    }

    /// A line on standard error for people.
    pub(crate) fn note(&self, text: &str) {
        if !self.as_json {
            self.between(|| eprintln!("{text}"));
        }
    }

    /// Removes the bars.
    pub(crate) fn end(&self) {
        if let Some(total) = &self.total {
            total.finish_and_clear();
        }
        // Documents that were interrupted have theirs still; nothing is lost if it stays.
        if let Some(bars) = &self.bars {
            let _ = bars.clear();
        }
    }

    fn between(&self, print: impl FnOnce()) {
        match &self.bars {
            Some(bars) => bars.suspend(print),
            None => print(),
        }
    }
}

/// The line of one document.
pub(crate) struct Line<'s> {
    show: &'s Show,
    name: String,
    bar: Option<ProgressBar>,
    /// The id of its job, once it is known.
    job: OnceLock<String>,
}

impl Line<'_> {
    /// Shows how much of the document has been sent, as it is sent.
    pub(crate) fn uploading(&self, size_bytes: u64) -> Option<ProgressBar> {
        let bar = self.bar.clone()?;
        bar.set_length(size_bytes);
        style(&bar, "{spinner} {prefix}  sending [{bar:20}] {bytes}/{total_bytes}, {eta} left");
        Some(bar)
    }

    /// Says the id of its job.
    pub(crate) fn sent(&self, id: &str) {
        let _ = self.job.set(id.to_owned());
        match &self.bar {
            Some(_) => self.status("queued", ""),
            None => self.show.note(&format!("{}  submitted  job {id}", self.name)),
        }
    }

    /// A status on the way; only bars show it.
    pub(crate) fn status(&self, status: &str, message: &str) {
        if let Some(bar) = &self.bar {
            style(bar, "{spinner} {prefix}  {msg}");
            let job = self.job.get().map(|id| format!("job {id}  ")).unwrap_or_default();
            bar.set_message(format!("{status}  {job}{}", shown(message)));
        }
    }

    /// Shows the pages that are done.
    pub(crate) fn pages(&self, done: i32, selected: i32) {
        let Some(bar) = &self.bar else { return };
        style(bar, "{spinner} {prefix}  [{bar:20}] {pos}/{len} pages");
        bar.set_length(u64::try_from(selected).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    }

    /// The last line of the document, which stays.
    pub(crate) fn end(&self, status: &str, message: &str, is_failure: bool) {
        self.done(is_failure);
        let job = self.job.get().filter(|_| is_failure);
        let job = job.map(|id| format!("  (job {id})")).unwrap_or_default();
        self.show.note(&format!("{}  {status}  {}{job}", self.name, shown(message)));
    }

    /// Its end without a line: standard output has one.
    pub(crate) fn done(&self, is_failure: bool) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let before = self.show.failed.fetch_add(usize::from(is_failure), Ordering::Relaxed);
        if let Some(total) = &self.show.total {
            if is_failure {
                total.set_message(format!("{} failed  ", before + 1));
            }
            total.inc(1);
        }
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
}
