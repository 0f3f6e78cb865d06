//! `docket extract`, `chunk`, `classify` and `split`: sends documents to a server.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use crate::cli::{CategoriesArgs, ChunkArgs, ExtractArgs, Format, SubmitArgs};
use crate::client::Client;
use crate::commands::jobs::client;
use crate::commands::parse::Targets;
use crate::commands::progress::Lines;
use crate::exit::Exit;

/// The path of an operation and its fields beside the document.
struct Operation {
    path: &'static str,
    file_field: &'static str,
    fields: Vec<(&'static str, String)>,
}

pub(crate) async fn extract(arguments: ExtractArgs) -> anyhow::Result<Exit> {
    let fields = vec![
        ("schema_data", schema(&arguments.schema)?),
        ("enable_citations", arguments.citations.to_string()),
    ];
    run(&arguments.submit, Operation { path: "/v2/extract", file_field: "pdf_file", fields }).await
}

pub(crate) async fn chunk(arguments: ChunkArgs) -> anyhow::Result<Exit> {
    let mut fields = vec![("strategy", arguments.strategy)];
    fields.extend(arguments.chunk_size.map(|size| ("chunk_size", size.to_string())));
    fields.extend(arguments.overlap.map(|overlap| ("overlap", overlap.to_string())));
    run(&arguments.submit, Operation { path: "/chunking", file_field: "document_file", fields })
        .await
}

pub(crate) async fn classify(arguments: CategoriesArgs) -> anyhow::Result<Exit> {
    let fields = vec![("categories", categories(&arguments.categories))];
    run(&arguments.submit, Operation { path: "/classify", file_field: "pdf_file", fields }).await
}

pub(crate) async fn split(arguments: CategoriesArgs) -> anyhow::Result<Exit> {
    let fields = vec![("categories", categories(&arguments.categories))];
    run(&arguments.submit, Operation { path: "/splitter", file_field: "file", fields }).await
}

/// The schema itself, or the content of the file with this name.
fn schema(given: &str) -> anyhow::Result<String> {
    if given.trim_start().starts_with('{') {
        return Ok(given.to_owned());
    }
    std::fs::read_to_string(given)
        .map_err(|error| Exit::Usage.error(format!("the schema {given} cannot be read: {error}")))
}

/// A JSON list unchanged; names separated by commas as a JSON list.
fn categories(given: &str) -> String {
    if given.trim_start().starts_with('[') {
        return given.to_owned();
    }
    let names = given.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect::<Value>().to_string()
}

async fn run(arguments: &SubmitArgs, mut operation: Operation) -> anyhow::Result<Exit> {
    if let Some(missing) = arguments.files.iter().find(|file| !file.is_file()) {
        return Err(Exit::Usage.error(format!("{} is not a file", missing.display())));
    }
    if let Some(folder) = &arguments.out_dir {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be created", folder.display()))?;
    }
    operation.fields.extend(arguments.password.clone().map(|text| ("password", text)));
    let client = client(&arguments.server)?;
    let mut submitted = Vec::new();
    for file in &arguments.files {
        let Operation { path, file_field, fields } = &operation;
        let id = client.submit_to(path, file_field, file, fields).await?;
        if !arguments.wait {
            crate::say!("{id}  {}", file.display());
        }
        submitted.push((file, id));
    }
    let targets = Targets::of(&arguments.files, arguments.out_dir.clone());
    let lines = Lines::new();
    let mut worst = Exit::Done;
    for (file, id) in submitted.into_iter().filter(|_| arguments.wait) {
        let line = lines.start(file);
        match line.follow(&client, &id, arguments.timeout).await? {
            Ok(job) => {
                write_result(&client, file, &id, &targets).await?;
                line.end("COMPLETED", &job.message);
            }
            Err(exit) => worst = worst.worse(exit),
        }
    }
    Ok(worst)
}

/// Writes a result, and the files that it names.
async fn write_result(
    client: &Client,
    file: &Path,
    id: &str,
    targets: &Targets,
) -> anyhow::Result<()> {
    let result = client.result(id).await?;
    targets.write(file, Format::Json, &result)?;
    for part in result["files"].as_array().into_iter().flatten() {
        if let (Some(name), Some(link)) = (part["name"].as_str(), part["full_path"].as_str()) {
            targets.write_part(file, name, || client.download(link)).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_in_both_spellings() {
        assert_eq!(categories("Invoice, Contract,"), r#"["Invoice","Contract"]"#);
        assert_eq!(categories(r#" [{"name":"A"}]"#), r#" [{"name":"A"}]"#);
    }

    #[test]
    fn a_schema_is_read_from_its_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "{\"type\":\"object\"}").unwrap();
        assert_eq!(schema(&file.path().display().to_string()).unwrap(), "{\"type\":\"object\"}");
        assert_eq!(schema(" {}").unwrap(), " {}");
        assert_eq!(Exit::of_error(&schema("/no/such.json").unwrap_err()), Exit::Usage);
    }
}
