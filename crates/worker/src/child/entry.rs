//! The child's own side: a plain loop without a runtime that reads requests and runs the engine.

use std::cell::RefCell;
use std::io::{self, BufReader, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use docket_contract::job::{Failure, FailureCode};
use docket_engine::{Limits, Progress};
use serde::Serialize;

use super::budget::{CpuBudget, allow_cpu};
use super::ending::EXIT_PANIC;
use super::frame::{self, Kind, PAYLOAD_BYTES_MAX};
use super::perform::{Performed, Work, perform};
use super::recognise::{Parent, ParentModels};
use super::{Inspected, PageProgress, Request};
use crate::sandbox::{EXIT_NOT_CONFINED, Sandbox, Walls, confine_reader};

/// The stack of the thread that reads documents: nesting is bounded, but generously.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Processor time of counting a document's pages.
const INSPECT_CPU: Duration = Duration::from_secs(3);

/// Serves requests from standard input until it ends. Must be called before any thread is started.
#[must_use]
pub fn child_main(memory_bytes: u64, sandbox: Sandbox) -> ExitCode {
    // A panic's text can hold text of the document.
    std::panic::set_hook(Box::new(|_| {}));
    let walls = match confine_reader(memory_bytes, sandbox) {
        Ok(walls) => walls,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            return ExitCode::from(EXIT_NOT_CONFINED);
        }
    };
    let served = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || serve(walls));
    match served.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Err(_panic)) => ExitCode::from(EXIT_PANIC),
        _ => ExitCode::FAILURE,
    }
}

fn serve(walls: Walls) -> io::Result<()> {
    let input = BufReader::with_capacity(64 * 1024, io::stdin().lock());
    let parent = RefCell::new(Parent { input, output: io::stdout().lock() });
    loop {
        let Some((kind, payload)) = frame::read_message(&mut parent.borrow_mut().input)? else {
            return Ok(());
        };
        if kind != Kind::Request {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let request: Request = serde_json::from_slice(&payload)?;
        let document = frame::read_to_end(&mut parent.borrow_mut().input)?;
        answer(request, document, walls, &parent)?;
        parent.borrow_mut().output.flush()?;
    }
}

fn answer<R: Read, W: Write>(
    request: Request,
    document: Vec<u8>,
    walls: Walls,
    parent: &RefCell<Parent<R, W>>,
) -> io::Result<()> {
    match request {
        Request::Walls => write_json(&mut parent.borrow_mut().output, Kind::Walls, &walls),
        Request::Inspect { password, media_type } => {
            allow_cpu(INSPECT_CPU);
            let password = password.as_deref();
            let limits = &Limits::DEFAULT;
            let looked = docket_engine::inspect(document, password, Some(&media_type), limits);
            let output = &mut parent.borrow_mut().output;
            match looked {
                Ok(found) => {
                    let page_count = found.page_count.map(count);
                    let media_type = found.kind.media_type().to_owned();
                    write_json(output, Kind::Inspected, &Inspected { page_count, media_type })
                }
                Err(error) => write_failure(output, &error),
            }
        }
        Request::Execute {
            spec,
            password,
            media_type,
            namespace,
            cpu,
            page_threads,
            ocr_parallel,
        } => {
            let threads = page_threads.max(1);
            let budget = &CpuBudget::start(cpu, threads);
            let mut reporter = Reporter { parent, last: None, broken: None, budget };
            let models = &ParentModels { parent, budget, parallel: ocr_parallel.max(1) };
            let password = password.as_deref();
            let media_type = Some(media_type.as_str());
            let work =
                Work { document, spec: &spec, password, media_type, namespace, models, threads };
            let performed = perform(work, &mut |progress| reporter.report(&progress));
            let Reporter { last, broken, .. } = reporter;
            let output = &mut parent.borrow_mut().output;
            match (performed, last, broken) {
                (_, _, Some(error)) => Err(error),
                (Ok(performed), Some(progress), None) => {
                    write_performed(output, performed, progress)
                }
                (Ok(_), None, None) => Err(io::Error::other("the engine reported no progress")),
                (Err(error), _, None) => write_failure(output, &error),
            }
        }
    }
}

/// Reports progress to the parent, and lets the next page begin.
struct Reporter<'a, R, W> {
    parent: &'a RefCell<Parent<R, W>>,
    last: Option<PageProgress>,
    broken: Option<io::Error>,
    budget: &'a CpuBudget,
}

impl<R, W: Write> Reporter<'_, R, W> {
    fn report(&mut self, progress: &Progress) {
        self.budget.page_begins(progress.page_count);
        let progress = pages(progress);
        self.last = Some(progress);
        let output = &mut self.parent.borrow_mut().output;
        let written = write_json(output, Kind::Progress, &progress);
        if let Err(error) = written.and_then(|()| output.flush()) {
            self.broken = Some(error);
        }
    }
}

/// The result, then each file in frames of its own.
fn write_performed(
    output: &mut impl Write,
    performed: Performed,
    progress: PageProgress,
) -> io::Result<()> {
    let mut frames = DataFrames::new(output);
    performed.write_result(&mut frames)?;
    frames.flush()?;
    for (file_id, bytes) in performed.files {
        write_json(output, Kind::File, &file_id)?;
        let mut frames = DataFrames::new(output);
        frames.write_all(&bytes)?;
        frames.flush()?;
    }
    write_json(output, Kind::Done, &progress)
}

fn pages(progress: &Progress) -> PageProgress {
    PageProgress {
        done: count(progress.pages_done),
        failed: count(progress.pages_failed),
        selected: count(progress.pages_selected),
        total: count(progress.page_count),
    }
}

fn count(pages: usize) -> i32 {
    i32::try_from(pages).unwrap_or(i32::MAX)
}

fn write_failure(output: &mut impl Write, error: &docket_engine::Error) -> io::Result<()> {
    let code: FailureCode = error.code();
    write_json(output, Kind::Failed, &Failure::new(code, error.to_string()))
}

fn write_json(output: &mut impl Write, kind: Kind, value: &impl Serialize) -> io::Result<()> {
    frame::write(output, kind, &serde_json::to_vec(value)?)
}

/// Cuts what is written into data frames.
struct DataFrames<'a, W: Write> {
    output: &'a mut W,
    gathered: Vec<u8>,
}

impl<'a, W: Write> DataFrames<'a, W> {
    fn new(output: &'a mut W) -> Self {
        Self { output, gathered: Vec::with_capacity(PAYLOAD_BYTES_MAX) }
    }
}

impl<W: Write> Write for DataFrames<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PAYLOAD_BYTES_MAX - self.gathered.len());
        self.gathered.extend_from_slice(&bytes[..taken]);
        if self.gathered.len() == PAYLOAD_BYTES_MAX {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.gathered.is_empty() {
            frame::write(self.output, Kind::Data, &self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }
}
