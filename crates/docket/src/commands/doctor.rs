//! `docket doctor`: checks whether this machine can serve and work with this configuration.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use docket_contract::spec::ParseSpec;
use docket_jobs::NoInspector;
use docket_worker::{LocalParse, WorkerSettings, check_sandbox, parse_local};

use crate::commands::quickstart::SAMPLE;
use crate::config::{Config, ServeOptions};
use crate::exit::Exit;
use crate::rooms;

/// How long the database and each program may take to answer.
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn run(options: ServeOptions) -> anyhow::Result<Exit> {
    let config = options.checked()?;
    let mut report = Report::default();
    check_rooms(&config, &mut report).await;
    report.require("engine", check_engine(&config.worker).await);
    report.advise("tesseract", check_tesseract(&config.worker).await);
    check_walls(&config.worker, &mut report).await;
    Ok(if report.has_failures { Exit::Fault } else { Exit::Done })
}

/// Lines of what was found.
#[derive(Default)]
struct Report {
    has_failures: bool,
}

impl Report {
    /// A check that must pass.
    fn require(&mut self, what: &str, found: anyhow::Result<String>) {
        match found {
            Ok(text) => crate::say!("ok       {what:<10} {text}"),
            Err(error) => {
                self.has_failures = true;
                crate::say!("FAILED   {what:<10} {error:#}");
            }
        }
    }

    /// A check that should pass.
    fn advise(&self, what: &str, found: anyhow::Result<String>) {
        match found {
            Ok(text) => crate::say!("ok       {what:<10} {text}"),
            Err(error) => crate::say!("missing  {what:<10} {error:#}"),
        }
    }
}

/// The database and the blobs, opened as `docket serve` opens them.
async fn check_rooms(config: &Config, report: &mut Report) {
    let place = if config.data.is_embedded() { "SQLite" } else { "Postgres" };
    let opening = rooms::open(&config.data, config.policy.clone(), Arc::new(NoInspector), false);
    let opened = tokio::time::timeout(LIMIT, opening).await;
    let opened = opened.unwrap_or_else(|_| Err(anyhow::anyhow!("it does not answer")));
    let rooms = match opened {
        Ok(rooms) => rooms,
        Err(error) => return report.require("database", Err(error)),
    };
    let answered = rooms.jobs.ping().await.map(|()| format!("{place} answers"));
    report.require("database", answered.context("it does not answer"));
    let stored = rooms::check_storage(&rooms, &config.data.blobs).await;
    report.require("storage", stored.map(|()| "can be written and read".to_owned()));
    rooms.store.close().await;
}

/// A child with all its limits reads the bundled sample.
async fn check_engine(worker: &WorkerSettings) -> anyhow::Result<String> {
    let parse = LocalParse {
        media_type: "application/pdf".to_owned(),
        document: SAMPLE.into(),
        spec: ParseSpec::default(),
        password: None,
        cpu: worker.cpu,
        page_threads: worker.page_threads,
        tesseract: worker.tesseract.clone(),
    };
    let parsed = parse_local(&worker.child, parse, &mut |_, _| {}).await?;
    Ok(format!("a confined child has read {} pages", parsed.page_count))
}

/// The version of Tesseract, from a process with the same sandbox as for pictures. Without Tesseract,
/// scanned pages and images cannot be read.
async fn check_tesseract(worker: &WorkerSettings) -> anyhow::Result<String> {
    let asked = tokio::time::timeout(LIMIT, worker.tesseract.version()).await?;
    asked.with_context(|| {
        let program = worker.tesseract.program.display();
        format!("{program}: scanned pages and images will not be read")
    })
}

/// The sandbox of engine children. Its system call filter must work where the sandbox is required;
/// Landlock is a second layer.
async fn check_walls(worker: &WorkerSettings, report: &mut Report) {
    match check_sandbox(&worker.child).await {
        Ok(walls) if walls.missing().is_empty() => {
            report.require(
                "sandbox",
                Ok("system calls are filtered, and Landlock is active".to_owned()),
            );
        }
        Ok(walls) => {
            let missing = walls.missing().join(" and ");
            report.advise("sandbox", Err(anyhow::anyhow!("{missing}: the sandbox is incomplete")));
        }
        Err(error) => report.require("sandbox", Err(anyhow::anyhow!(error))),
    }
}
