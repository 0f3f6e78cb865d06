//! `docket jobs`: the status of jobs on a server.

use std::time::Duration;

use docket_contract::shown::shown;
use docket_contract::wire::jobs::JobDocument;

use crate::cli::{JobsCommand, ServerArgs};
use crate::client::Client;
use crate::exit::Exit;

pub(crate) async fn run(command: JobsCommand) -> anyhow::Result<Exit> {
    match command {
        JobsCommand::Get { id, server } => {
            let job = client(&server)?.job(&id).await?;
            crate::say!("{}", serde_json::to_string_pretty(&job)?);
            Ok(Exit::Done)
        }
        JobsCommand::Watch { id, timeout, server } => {
            let client = client(&server)?;
            let limit = Duration::from_secs(timeout);
            let ended = client.wait(&id, limit, &mut |job| crate::say!("{}", line(job))).await?;
            Ok(ended.map_or(Exit::TimedOut, |job| exit_of(&job)))
        }
        JobsCommand::List { status, job_type, limit, json, server } => {
            let mut query = vec![("limit", limit.to_string())];
            query.extend(status.map(|word| ("status", word)));
            query.extend(job_type.map(|word| ("type", word)));
            let page = client(&server)?.list(&query).await?;
            for job in &page.jobs {
                if json {
                    crate::say!("{}", serde_json::to_string(job)?);
                } else {
                    crate::say!("{}  {}", job.id, line(job));
                }
            }
            Ok(Exit::Done)
        }
        JobsCommand::Cancel { id, server } => {
            let client = client(&server)?;
            let job = client.job(&id).await?;
            if matches!(job.status.as_str(), "COMPLETED" | "FAILED") {
                crate::say!("Job has already ended: {}", job.status);
                return Ok(Exit::Done);
            }
            crate::say!("{}", client.end(&id).await?.message);
            Ok(Exit::Done)
        }
    }
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
    format!("{}  {:<10}  {}  {name}  {message}", job.updated_at, job.status, job.job_type)
}
