//! `docket jobs`: the status of jobs on a server.

use std::time::Duration;

use docket_contract::shown::shown;
use docket_contract::wire::jobs::JobDocument;

use serde::Serialize;
use serde_json::json;

use crate::cli::{Format, JobsCommand, ServerArgs};
use crate::client::{Client, HOLD_MAX};
use crate::commands::documents::results::markdown;
use crate::exit::Exit;

pub(crate) async fn run(command: JobsCommand) -> anyhow::Result<Exit> {
    match command {
        JobsCommand::Get { id, server } => {
            let job = client(&server)?.job(&id).await?;
            print_object(&job, server.json)
        }
        JobsCommand::Watch { id, timeout, server } => {
            let limit = Duration::from_secs(timeout);
            let mut seen = |job: &JobDocument| match serde_json::to_string(job) {
                Ok(text) if server.json => crate::say!("{text}"),
                _ => crate::say!("{}  {}", job.updated_at, line(job)),
            };
            let ended = client(&server)?.wait(&id, limit, HOLD_MAX, &mut seen).await?;
            Ok(ended.map_or(Exit::TimedOut, |job| exit_of(&job)))
        }
        JobsCommand::List { status, job_type, limit, server } => {
            let mut query = vec![("limit", limit.to_string())];
            query.extend(status.map(|word| ("status", word)));
            query.extend(job_type.map(|word| ("type", word)));
            list(&client(&server)?.list(&query).await?.jobs, server.json)
        }
        JobsCommand::Result { id, format, server } => {
            let client = client(&server)?;
            if format == Format::Md {
                crate::say!("{}", markdown(&client.parsed(&id).await?));
                return Ok(Exit::Done);
            }
            print_object(&client.result(&id).await?, server.json)
        }
        JobsCommand::Cancel { ids, server } => end(&ids, &server, false).await,
        JobsCommand::Delete { ids, server } => end(&ids, &server, true).await,
    }
}

fn print_object(object: &impl Serialize, on_one_line: bool) -> anyhow::Result<Exit> {
    crate::say!(
        "{}",
        if on_one_line {
            serde_json::to_string(object)?
        } else {
            serde_json::to_string_pretty(object)?
        }
    );
    Ok(Exit::Done)
}

fn list(jobs: &[JobDocument], as_json: bool) -> anyhow::Result<Exit> {
    if as_json {
        for job in jobs {
            crate::say!("{}", serde_json::to_string(job)?);
        }
        return Ok(Exit::Done);
    }
    if jobs.is_empty() {
        crate::say!("No jobs");
        return Ok(Exit::Done);
    }
    crate::say!(
        "{:<24}  {:<36}  {:<10}  {:<14}  DOCUMENT  MESSAGE",
        "CREATED",
        "ID",
        "STATUS",
        "TYPE"
    );
    for job in jobs {
        crate::say!("{:<24}  {}  {}", job.created_at, job.id, line(job));
    }
    Ok(Exit::Done)
}

/// Cancels jobs that have not ended, or deletes jobs that have; the others are reported. The API has
/// one request for both.
async fn end(ids: &[String], server: &ServerArgs, delete: bool) -> anyhow::Result<Exit> {
    let client = client(server)?;
    let mut worst = Exit::Done;
    for id in ids {
        let one = async {
            let job = client.job(id).await?;
            let has_ended = matches!(job.status.as_str(), "COMPLETED" | "FAILED");
            match (delete, has_ended) {
                (true, false) => {
                    Err(Exit::Usage.error("the job has not ended: docket jobs cancel"))
                }
                (false, true) => Ok(format!("Job has already ended: {}", job.status)),
                _ => Ok(client.end(id).await?.message),
            }
        };
        let (ok, text) = match one.await {
            Ok(text) => (true, text),
            Err(error) if ids.len() == 1 => return Err(error),
            Err(error) => {
                worst = worst.worse(Exit::of_error(&error));
                (false, format!("{error:#}"))
            }
        };
        match (server.json, ok) {
            (true, _) => crate::say!("{}", json!({ "job_id": id, "ok": ok, "message": text })),
            (false, true) if ids.len() == 1 => crate::say!("{text}"),
            (false, true) => crate::say!("{id}  {text}"),
            (false, false) => eprintln!("{id}  {text}"),
        }
    }
    Ok(worst)
}

/// The exit code for the end of a job.
pub(crate) fn exit_of(job: &JobDocument) -> Exit {
    if job.status == "COMPLETED" { Exit::Done } else { Exit::JobFailed }
}

/// A client for commands that need a key.
pub(crate) fn client(server: &ServerArgs) -> anyhow::Result<Client> {
    let key = server.api_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
    let key =
        key.ok_or_else(|| Exit::Usage.error("an API key is needed: --api-key or DOCKET_API_KEY"))?;
    Client::new(&server.url, key)
}

fn line(job: &JobDocument) -> String {
    let message = shown(job.error.as_ref().unwrap_or(&job.message));
    let name = shown(&job.pdf_name);
    format!("{:<10}  {:<14}  {name}  {message}", job.status, job.job_type)
}
