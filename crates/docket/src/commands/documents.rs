//! `docket parse`, `extract`, `chunk`, `classify` and `split` through a server: any number of
//! documents, several at the same time, none of which stops the others.

pub(crate) mod inputs;
mod journal;
mod one;
pub(crate) mod results;
pub(crate) mod show;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::cli::{DocumentArgs, Format};
use crate::client::Operation;
use crate::commands::jobs::client;
use crate::commands::serve::signals;
use crate::exit::Exit;
use inputs::{Input, Inputs};
use journal::Journal;
use one::{Call, Ended};
use results::{Results, counted};
use show::Show;

/// Failures that the end repeats by name.
const FAILURES_SHOWN_MAX: usize = 50;

/// Sends every document of the arguments.
pub(crate) async fn run(
    arguments: &DocumentArgs,
    mut operation: Operation,
    format: Format,
) -> anyhow::Result<Exit> {
    let client = client(&arguments.server)?;
    let mut inputs = find(arguments).await?;
    operation.fields.extend(arguments.password.clone().map(|text| ("password", text)));
    let results = Results::prepare(arguments.out_dir.clone(), format, &mut inputs.documents)?;
    let key = arguments.server.api_key.as_deref().unwrap_or_default().trim();
    let journal =
        Journal::open(journal::folder(), client.base_url(), key, &operation, arguments.resume);
    let call = Arc::new(Call {
        waits: arguments.wait || results.have_folder(),
        show: Show::new(inputs.documents.len(), arguments.server.json),
        as_json: arguments.server.json,
        retry_failed: arguments.retry_failed,
        timeout: Duration::from_secs(arguments.timeout),
        client,
        operation,
        journal,
        results,
    });
    let mut tally = Tally::new(inputs.documents.len() + inputs.unusable.len());
    for unusable in &inputs.unusable {
        let line = call.show.start(&unusable.name);
        line.end("FAILED", &unusable.why, true);
        call.show.object(&serde_json::json!({
            "file": unusable.name, "status": "FAILED", "error": unusable.why,
        }));
        tally.failed(Exit::Usage, &unusable.name, &unusable.why);
    }
    let ended = send_all(&call, inputs.documents, arguments.parallel, &mut tally).await;
    call.show.end();
    tally.print(&call.show);
    match ended {
        Ok(true) => Ok(tally.worst),
        Ok(false) => {
            let waiting = tally.total - tally.ended();
            call.show.note(&interrupted(waiting, call.journal.is_kept()));
            Ok(Exit::Interrupted)
        }
        Err(error) if tally.total > 1 && call.journal.is_kept() => {
            let exit = Exit::of_error(&error);
            Err(exit.error(format!("{error:#}\nContinue with the same command and --resume")))
        }
        Err(error) => Err(error),
    }
}

/// The documents of the arguments; an error if there are none at all.
pub(crate) async fn find(arguments: &DocumentArgs) -> anyhow::Result<Inputs> {
    let (given, name) = (arguments.inputs.clone(), arguments.stdin_name.clone());
    let results = arguments.out_dir.clone();
    let look = move || Inputs::of(&given, &name, results.as_deref());
    let inputs = tokio::task::spawn_blocking(look).await?;
    if inputs.documents.is_empty() {
        let why = inputs.unusable.iter().map(|one| format!("{}: {}", one.name, one.why));
        return Err(Exit::Usage.error(why.collect::<Vec<_>>().join("\n")));
    }
    Ok(inputs)
}

/// Works on several documents at a time until all have ended; false if a signal came first.
async fn send_all(
    call: &one::SharedCall,
    documents: Vec<Input>,
    parallel: usize,
    tally: &mut Tally,
) -> anyhow::Result<bool> {
    let mut signalled = Box::pin(signals()?);
    let mut waiting = VecDeque::from(documents);
    let mut running = JoinSet::new();
    loop {
        while running.len() < parallel
            && let Some(document) = waiting.pop_front()
        {
            let call = Arc::clone(call);
            running.spawn(async move {
                let ended = call.one(&document).await;
                (document.name, ended)
            });
        }
        let (name, ended) = tokio::select! {
            joined = running.join_next() => match joined {
                Some(joined) => joined?,
                None => return Ok(true),
            },
            () = &mut signalled => return Ok(false),
        };
        match ended? {
            Ended::Sent => tally.sent += 1,
            Ended::Completed => tally.completed += 1,
            Ended::Unchanged => tally.unchanged += 1,
            Ended::Failed(exit, why) => tally.failed(exit, &name, &why),
        }
    }
}

fn interrupted(waiting: usize, can_continue: bool) -> String {
    let left = counted(waiting as u64, "document");
    let how = if can_continue {
        "continue with the same command and --resume; nothing is sent twice"
    } else {
        "docket jobs list shows what was sent"
    };
    format!("Interrupted with {left} left. Jobs that were sent keep running: {how}.")
}

/// What has become of the documents of a call.
pub(crate) struct Tally {
    total: usize,
    sent: usize,
    pub(crate) completed: usize,
    unchanged: usize,
    failures: Vec<(String, String)>,
    pub(crate) worst: Exit,
    begun: Instant,
}

impl Tally {
    pub(crate) fn new(total: usize) -> Self {
        Self {
            total,
            sent: 0,
            completed: 0,
            unchanged: 0,
            failures: Vec::new(),
            worst: Exit::Done,
            begun: Instant::now(),
        }
    }

    pub(crate) fn failed(&mut self, exit: Exit, name: &str, why: &str) {
        self.worst = self.worst.worse(exit);
        self.failures.push((name.to_owned(), why.to_owned()));
    }

    fn ended(&self) -> usize {
        self.sent + self.completed + self.unchanged + self.failures.len()
    }

    /// One line with numbers, then the failures by name; nothing for a single document.
    pub(crate) fn print(&self, show: &Show) {
        if self.total < 2 || self.ended() == 0 {
            return;
        }
        let parts = [
            (self.completed, "completed"),
            (self.sent, "submitted"),
            (self.unchanged, "unchanged"),
            (self.failures.len(), "failed"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
        let seconds = self.begun.elapsed().as_secs_f64();
        let list = parts.join(", ");
        show.note(&format!("\n{} documents: {list} in {seconds:.1} s", self.total));
        for (name, why) in self.failures.iter().take(FAILURES_SHOWN_MAX) {
            show.note(&format!("  {name}: {why}"));
        }
        if let Some(more) = self.failures.len().checked_sub(FAILURES_SHOWN_MAX).filter(|n| *n > 0) {
            show.note(&format!("  and {more} more"));
        }
    }
}
