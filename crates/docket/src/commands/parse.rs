//! `docket parse`: parses documents through a server, or on this machine without one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use docket_contract::spec::{PageRange, ParseSpec};
use docket_jobs::announced_media_type;
use docket_worker::{ChildCommand, CpuLimits, LocalParse, Sandbox, parse_local};
use serde_json::Value;

use crate::cli::{Format, ParseArgs};
use crate::client::ParseFields;
use crate::commands::jobs::client;
use crate::commands::progress::Lines;
use crate::config::{child_command, page_threads_default};
use crate::exit::Exit;

pub(crate) async fn run(arguments: ParseArgs) -> anyhow::Result<Exit> {
    if let Some(missing) = arguments.files.iter().find(|file| !file.is_file()) {
        return Err(Exit::Usage.error(format!("{} is not a file", missing.display())));
    }
    if let Some(folder) = &arguments.out_dir {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be created", folder.display()))?;
    }
    let targets = Targets::of(&arguments.files, arguments.out_dir.clone());
    let lines = Lines::new();
    if arguments.local {
        parse_locally(&arguments, &targets, &lines).await
    } else {
        parse_remotely(&arguments, &targets, &lines).await
    }
}

async fn parse_remotely(
    arguments: &ParseArgs,
    targets: &Targets,
    lines: &Lines,
) -> anyhow::Result<Exit> {
    let client = client(&arguments.server)?;
    let fields = ParseFields {
        page_range: arguments.page_range.clone(),
        password: arguments.password.clone(),
    };
    let mut submitted = Vec::new();
    for file in &arguments.files {
        let created = client.submit(file, &fields).await?;
        if !arguments.wait {
            crate::say!("{}  {}", created.job_id, file.display());
        }
        submitted.push((file, created.job_id));
    }
    if !arguments.wait {
        return Ok(Exit::Done);
    }
    let mut worst = Exit::Done;
    for (file, id) in submitted {
        let line = lines.start(file);
        if let Err(exit) = line.follow(&client, &id, arguments.timeout).await? {
            worst = worst.worse(exit);
            continue;
        }
        let body = client.parsed(&id).await?;
        line.end("COMPLETED", &summary(&body));
        targets.write(file, arguments.format, &body)?;
    }
    Ok(worst)
}

async fn parse_locally(
    arguments: &ParseArgs,
    targets: &Targets,
    lines: &Lines,
) -> anyhow::Result<Exit> {
    // A person's own documents on their own machine are read with the sandbox that the system has.
    let command = ChildCommand { sandbox: Sandbox::BestEffort, ..child_command()? };
    let page_range = arguments.page_range.as_deref().map(PageRange::parse).transpose();
    let page_range = page_range.map_err(|error| Exit::Usage.error(error.to_string()))?;
    let ocr = arguments.ocr.checked()?;
    let mut worst = Exit::Done;
    for file in &arguments.files {
        let line = lines.start(file);
        let document = std::fs::read(file).map_err(|error| {
            Exit::Usage.error(format!("{} cannot be read: {error}", file.display()))
        })?;
        let parse = LocalParse {
            document: document.into(),
            spec: ParseSpec { page_range: page_range.clone(), ..ParseSpec::default() },
            media_type: media_type_of(file),
            password: arguments.password.clone(),
            cpu: CpuLimits::default(),
            page_threads: page_threads_default(),
            tesseract: ocr.tesseract(command.program.clone(), command.sandbox),
        };
        let parsed =
            parse_local(&command, parse, &mut |done, selected| line.pages(done, selected)).await;
        match parsed {
            Ok(result) => {
                let body = serde_json::to_value(&result)?;
                line.end("done", &summary(&body));
                targets.write(file, arguments.format, &body)?;
            }
            Err(failure) => {
                line.end("failed", &failure.to_string());
                worst = worst.worse(Exit::JobFailed);
            }
        }
    }
    Ok(worst)
}

/// The media type by the name, for formats without a signature.
fn media_type_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    announced_media_type(&name).unwrap_or_default().to_owned()
}

fn summary(body: &Value) -> String {
    let warnings = body["warnings"].as_array().or(body["metadata"]["warnings"].as_array());
    let warnings = warnings.map_or(0, Vec::len);
    let number = |name: &str| body[name].as_u64().unwrap_or(0);
    let mut parts =
        vec![counted(number("page_count"), "page"), counted(number("total_chunks"), "chunk")];
    if warnings > 0 {
        parts.push(counted(warnings as u64, "warning"));
    }
    parts.join(", ")
}

/// A number with its noun.
fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The Markdown of a result.
pub(crate) fn markdown(body: &Value) -> String {
    let chunks = body["chunks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<&str> = chunks.iter().filter_map(|chunk| chunk["embed"].as_str()).collect();
    texts.join("\n\n")
}

/// Where each result goes.
pub(crate) struct Targets {
    folder: Option<PathBuf>,
    names: HashMap<PathBuf, String>,
}

impl Targets {
    /// Files of the same name from different folders get numbers, so that none is overwritten.
    pub(crate) fn of(files: &[PathBuf], folder: Option<PathBuf>) -> Self {
        let mut taken: HashMap<String, usize> = HashMap::new();
        let mut names = HashMap::new();
        for file in files {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let count = taken.entry(stem.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { stem } else { format!("{stem}-{count}") };
            names.entry(file.clone()).or_insert(name);
        }
        Self { folder, names }
    }

    pub(crate) fn write(&self, file: &Path, format: Format, body: &Value) -> anyhow::Result<()> {
        let (text, extension) = match format {
            Format::Md => (markdown(body), "md"),
            Format::Json => (serde_json::to_string_pretty(body)?, "json"),
        };
        let Some(folder) = &self.folder else {
            crate::say!("{text}");
            return Ok(());
        };
        let stem = self.names.get(file).map(String::as_str).unwrap_or("result");
        let path = folder.join(format!("{stem}.{extension}"));
        std::fs::write(&path, text + "\n")
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Writes a file of a result beside it, if results are written to a folder. The name that the server
    /// gives never leads out of this folder.
    pub(crate) async fn write_part<F>(
        &self,
        file: &Path,
        name: &str,
        bytes: impl FnOnce() -> F,
    ) -> anyhow::Result<()>
    where
        F: Future<Output = anyhow::Result<Vec<u8>>>,
    {
        let Some(folder) = &self.folder else { return Ok(()) };
        let stem = self.names.get(file).map(String::as_str).unwrap_or("result");
        let plain = |c: char| if c.is_control() || "/\\:".contains(c) { '_' } else { c };
        let name: String = name.chars().map(plain).collect();
        let path = folder.join(format!("{stem}-{name}"));
        std::fs::write(&path, bytes().await?)
            .with_context(|| format!("{} cannot be written", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_count() {
        let body = serde_json::json!({ "page_count": 1, "total_chunks": 2, "warnings": [{}] });
        assert_eq!(summary(&body), "1 page, 2 chunks, 1 warning");
    }
}
