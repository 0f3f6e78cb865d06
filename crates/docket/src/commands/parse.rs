//! `docket parse`: parses documents through a server, or on this machine without one.

use std::collections::VecDeque;
use std::sync::Arc;

use docket_contract::fields::{COMPATIBLE, Refused, SHAPING, WORKBOOK, read, workbook_defaults};
use docket_contract::spec::ParseSpec;
use docket_jobs::announced_media_type;
use docket_worker::{ChildCommand, CpuLimits, LocalParse, Sandbox, TesseractSettings, parse_local};
use serde_json::json;
use tokio::task::JoinSet;

use crate::cli::{Fields, Format, ParseArgs, ParseForm};
use crate::client::Operation;
use crate::commands::documents::inputs::{Input, Source};
use crate::commands::documents::results::{Results, summary};
use crate::commands::documents::show::Show;
use crate::commands::documents::{self, Tally, find};
use crate::config::{child_command, page_threads_default, processors};
use crate::exit::Exit;

pub(crate) async fn run(arguments: ParseArgs) -> anyhow::Result<Exit> {
    if arguments.local {
        return parse_locally(&arguments).await;
    }
    let fields = arguments.fields.given.clone();
    let path = if arguments.fields.has_any(WORKBOOK) { "/parse/excel" } else { "/parse" };
    let operation = Operation { path, fields, ..Operation::PARSE };
    documents::run(&arguments.documents, operation, arguments.format).await
}

/// What local parses share.
struct Local {
    command: ChildCommand,
    spec: ParseSpec,
    password: Option<String>,
    tesseract: TesseractSettings,
    results: Results,
    show: Show,
    as_json: bool,
}

async fn parse_locally(arguments: &ParseArgs) -> anyhow::Result<Exit> {
    // A person's own documents on their own machine are read with the sandbox that the system has.
    let command = ChildCommand { sandbox: Sandbox::BestEffort, ..child_command()? };
    let ocr = arguments.ocr.checked()?;
    let of_call = &arguments.documents;
    let mut inputs = find(of_call).await?;
    let results =
        Results::prepare(of_call.out_dir.clone(), arguments.format, &mut inputs.documents)?;
    let as_json = of_call.server.json;
    let local = Arc::new(Local {
        spec: spec(&arguments.fields)?,
        password: of_call.password.clone(),
        tesseract: ocr.tesseract(command.program.clone(), command.sandbox),
        show: Show::new(inputs.documents.len(), as_json),
        command,
        results,
        as_json,
    });
    let mut tally = Tally::new(inputs.documents.len() + inputs.unusable.len());
    for unusable in &inputs.unusable {
        local.show.start(&unusable.name).end("failed", &unusable.why, true);
        tally.failed(Exit::Usage, &unusable.name, &unusable.why);
    }
    let parallel = of_call.parallel.min(processors());
    let mut waiting = VecDeque::from(inputs.documents);
    let mut running = JoinSet::new();
    loop {
        while running.len() < parallel
            && let Some(document) = waiting.pop_front()
        {
            let local = Arc::clone(&local);
            running.spawn(async move {
                let ended = local.one(&document).await;
                (document.name, ended)
            });
        }
        let Some(joined) = running.join_next().await else { break };
        match joined? {
            (_, Ok(())) => tally.completed += 1,
            (name, Err(error)) => {
                tally.failed(Exit::of_error(&error), &name, &format!("{error:#}"));
            }
        }
    }
    local.show.end();
    tally.print(&local.show);
    Ok(tally.worst)
}

/// The options, read as the server reads them.
fn spec(fields: &Fields<ParseForm>) -> anyhow::Result<ParseSpec> {
    let is_workbook = fields.has_any(WORKBOOK);
    let mut spec = if is_workbook { workbook_defaults() } else { ParseSpec::default() };
    let mut read_all = || {
        if is_workbook {
            read(WORKBOOK, fields, &mut spec)?;
        }
        read(SHAPING, fields, &mut spec)?;
        read(COMPATIBLE, fields, &mut spec)
    };
    read_all().map_err(|refused| {
        Exit::Usage.error(match refused {
            Refused::Missing(name) => format!("{name} is needed"),
            Refused::Invalid(text) => text,
        })
    })?;
    Ok(spec)
}

impl Local {
    async fn one(&self, document: &Input) -> anyhow::Result<()> {
        let line = self.show.start(&document.name);
        let ended = self.try_one(document, &|done, selected| line.pages(done, selected)).await;
        match &ended {
            Ok(text) => line.end("done", text, false),
            Err(error) => {
                line.end("failed", &format!("{error:#}"), true);
                self.show.object(&json!({
                    "file": document.name, "status": "FAILED", "error": format!("{error:#}"),
                }));
            }
        }
        ended.map(|_| ())
    }

    async fn try_one(
        &self,
        document: &Input,
        pages: &(dyn Fn(i32, i32) + Sync),
    ) -> anyhow::Result<String> {
        let bytes = match &document.source {
            Source::File(path) => tokio::fs::read(path)
                .await
                .map_err(|error| Exit::Usage.error(format!("it cannot be read: {error}")))?
                .into(),
            Source::Bytes(bytes) => bytes.clone(),
            Source::Url(_) => return Err(Exit::Usage.error("--local reads no addresses")),
        };
        let parse = LocalParse {
            document: bytes,
            spec: self.spec.clone(),
            media_type: announced_media_type(&document.name).unwrap_or_default().to_owned(),
            password: self.password.clone(),
            cpu: CpuLimits::default(),
            page_threads: page_threads_default(),
            tesseract: self.tesseract.clone(),
        };
        let parsed =
            parse_local(&self.command, parse, &mut |done, selected| pages(done, selected)).await;
        let result = parsed.map_err(|failure| Exit::JobFailed.error(failure.to_string()))?;
        let body = serde_json::to_value(&result)?;
        let path = self.results.path(document);
        match &path {
            Some(path) => self.results.write(path, &body)?,
            None if !self.as_json => self.show.result(&self.results.text(&body)?),
            None => {}
        }
        if self.as_json {
            let mut object = json!({ "file": document.name, "status": "COMPLETED" });
            match &path {
                Some(path) => object["output"] = json!(path.display().to_string()),
                None => object["result"] = body.clone(),
            }
            self.show.object(&object);
        }
        let place = path.map(|path| format!("  -> {}", path.display())).unwrap_or_default();
        Ok(format!("{}{place}", summary(&body)))
    }
}

/// The format of results that are not Markdown.
pub(crate) const JSON: Format = Format::Json;
