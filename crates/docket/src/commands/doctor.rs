//! `docket doctor`: checks whether this machine can serve and work with this configuration. It
//! creates no folder and changes no data.

mod machine;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use docket_contract::spec::ParseSpec;
use docket_jobs::NoInspector;
use docket_store::{BlobsConfig, DatabaseConfig};
use docket_worker::{LocalParse, WorkerSettings, check_sandbox, parse_local};
use serde_json::json;

use crate::cli::DoctorArgs;
use crate::commands::quickstart::SAMPLE;
use crate::config::{Config, misspelt_variables};
use crate::exit::Exit;
use crate::rooms::{self, Opening};

/// How long the database and each program may take to answer.
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn run(arguments: DoctorArgs) -> anyhow::Result<Exit> {
    let config = arguments.serve.checked()?;
    let mut report = Report { as_json: arguments.json, has_failures: false };
    report.require("memory", machine::memory(&config.worker));
    report.require("disk", machine::disk(&config));
    report.require("port", machine::port(&config));
    check_rooms(&config, &mut report).await;
    report.require("engine", check_engine(&config.worker).await);
    report.advise("tesseract", check_tesseract(&config.worker).await);
    report.advise("languages", check_languages(&config.worker).await);
    check_walls(&config.worker, &mut report).await;
    for complaint in misspelt_variables() {
        report.advise("variables", Err(anyhow::anyhow!(complaint)));
    }
    Ok(if report.has_failures { Exit::Fault } else { Exit::Done })
}

/// Prints what was found, line by line.
struct Report {
    as_json: bool,
    has_failures: bool,
}

impl Report {
    /// A check that must pass.
    fn require(&mut self, what: &str, found: anyhow::Result<String>) {
        self.has_failures |= found.is_err();
        self.print(what, "FAILED", found);
    }

    /// A check that should pass.
    fn advise(&self, what: &str, found: anyhow::Result<String>) {
        self.print(what, "missing", found);
    }

    fn print(&self, what: &str, otherwise: &str, found: anyhow::Result<String>) {
        let (result, text) = match found {
            Ok(text) => ("ok", text),
            Err(error) => (otherwise, format!("{error:#}")),
        };
        if self.as_json {
            let result = result.to_lowercase();
            crate::say!("{}", json!({ "check": what, "result": result, "message": text }));
        } else {
            crate::say!("{result:<7}  {what:<10} {text}");
        }
    }
}

/// The database and the storage, opened without creating or migrating anything.
async fn check_rooms(config: &Config, report: &mut Report) {
    if let DatabaseConfig::Sqlite { path } = &config.data.database
        && !path.exists()
    {
        let folder = &config.data.data_dir;
        let found = machine::can_create(folder);
        let text = format!("there is none yet; docket serve creates it in {}", folder.display());
        report.require("database", found.map(|()| text.clone()));
        if matches!(&config.data.blobs, BlobsConfig::Folder(blobs) if blobs.starts_with(folder)) {
            return;
        }
    }
    let place = if config.data.is_embedded() { "SQLite" } else { "Postgres" };
    let inspector = Arc::new(NoInspector);
    let opening = rooms::open(&config.data, config.policy.clone(), inspector, Opening::Look);
    let opened = tokio::time::timeout(LIMIT, opening).await;
    let opened = opened.unwrap_or_else(|_| Err(anyhow::anyhow!("it does not answer")));
    let rooms = match opened {
        Ok(rooms) => rooms,
        Err(error) => return report.require("database", Err(error)),
    };
    let answered = rooms.jobs.ping().await.map(|()| format!("{place} answers"));
    report.require("database", answered.context("it does not answer"));
    report.require("storage", check_storage(config, &rooms).await);
    if config.data.has_documents_of_its_own() {
        let text = "documents are in a folder of this machine; other nodes of this Postgres cannot \
                    read them (blob_url)";
        report.advise("sharing", Err(anyhow::anyhow!(text)));
    }
    rooms.store.close().await;
}

async fn check_storage(config: &Config, rooms: &rooms::Rooms) -> anyhow::Result<String> {
    if let BlobsConfig::Folder(folder) = &config.data.blobs
        && !folder.exists()
    {
        machine::can_create(folder)?;
        return Ok(format!("docket serve creates it in {}", folder.display()));
    }
    rooms::check_storage(rooms, &config.data.blobs).await?;
    Ok(format!("{} can be written and read", rooms::place_of(&config.data.blobs)))
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

/// Whether Tesseract has the languages of the settings.
async fn check_languages(worker: &WorkerSettings) -> anyhow::Result<String> {
    let asked = tokio::time::timeout(LIMIT, worker.tesseract.missing_languages()).await?;
    let missing = asked.context("Tesseract does not list its languages")?;
    let languages = &worker.tesseract.languages;
    anyhow::ensure!(
        missing.is_empty(),
        "{}: Tesseract has no file for this language (ocr_languages = {languages}, tessdata_dir)",
        missing.join(", ")
    );
    Ok(format!("Tesseract reads {languages}"))
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
