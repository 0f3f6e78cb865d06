//! Where results go: to a folder, each under a name of its own, or to standard output.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use super::inputs::Input;
use crate::cli::Format;

/// The folder of results, with a name for each document.
pub(crate) struct Results {
    folder: Option<PathBuf>,
    pub(crate) format: Format,
}

impl Results {
    /// Creates the folder, and gives documents of the same name different targets: first the name with
    /// its extension (`report.docx.md`), then numbers.
    pub(crate) fn prepare(
        folder: Option<PathBuf>,
        format: Format,
        documents: &mut [Input],
    ) -> anyhow::Result<Self> {
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be created", folder.display()))?;
        }
        let mut taken = HashSet::new();
        for document in documents {
            let own = document.target.clone();
            let full = Path::new(&document.name).file_name().map(|name| own.with_file_name(name));
            let numbered = (2..).map(|number| with_suffix(&own, &format!("-{number}")));
            let free = std::iter::once(own.clone()).chain(full).chain(numbered);
            let free = free.into_iter().find(|target| !taken.contains(target));
            document.target = free.unwrap_or(own);
            taken.insert(document.target.clone());
        }
        Ok(Self { folder, format })
    }

    /// True if results go to a folder.
    pub(crate) fn have_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// The file of a result, if results go to a folder.
    pub(crate) fn path(&self, document: &Input) -> Option<PathBuf> {
        let extension = match self.format {
            Format::Md => ".md",
            Format::Json => ".json",
        };
        Some(with_suffix(&self.folder.as_ref()?.join(&document.target), extension))
    }

    /// The result as text.
    pub(crate) fn text(&self, body: &Value) -> anyhow::Result<String> {
        Ok(match self.format {
            Format::Md => markdown(body),
            Format::Json => serde_json::to_string_pretty(body)?,
        })
    }

    /// Writes a result to its file: the whole of it or nothing.
    pub(crate) fn write(&self, path: &Path, body: &Value) -> anyhow::Result<()> {
        write_whole(path, (self.text(body)? + "\n").as_bytes())
    }

    /// The file for a part of a result, beside it. The name that the server gives never leads out of
    /// this folder.
    pub(crate) fn part_path(&self, document: &Input, name: &str) -> Option<PathBuf> {
        let plain = |c: char| if c.is_control() || "/\\:".contains(c) { '_' } else { c };
        let name: String = name.chars().map(plain).collect();
        Some(with_suffix(&self.folder.as_ref()?.join(&document.target), &format!("-{name}")))
    }
}

/// Writes a file under another name first, so that a reader never sees half of it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let unfinished = with_suffix(path, ".unfinished");
        std::fs::write(&unfinished, bytes)?;
        std::fs::rename(&unfinished, path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(suffix);
    text.into()
}

/// The Markdown of a parse.
pub(crate) fn markdown(body: &Value) -> String {
    let chunks = body["chunks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<&str> = chunks.iter().filter_map(|chunk| chunk["embed"].as_str()).collect();
    texts.join("\n\n")
}

/// The size of a result in words; empty if it is no parse.
pub(crate) fn summary(body: &Value) -> String {
    let warnings = body["warnings"].as_array().or(body["metadata"]["warnings"].as_array());
    let warnings = warnings.map_or(0, |list| list.len() as u64);
    let parts = [
        (body["page_count"].as_u64().or(body["total_pages"].as_u64()), "page"),
        (body["total_chunks"].as_u64(), "chunk"),
        (Some(warnings).filter(|count| *count > 0), "warning"),
    ];
    let parts = parts.into_iter().filter_map(|(number, noun)| Some(counted(number?, noun)));
    parts.collect::<Vec<_>>().join(", ")
}

/// A number with its noun.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::super::inputs::Source;
    use super::*;

    #[test]
    fn summaries_count() {
        let body = serde_json::json!({ "page_count": 1, "total_chunks": 2, "warnings": [{}] });
        assert_eq!(summary(&body), "1 page, 2 chunks, 1 warning");
        assert_eq!(summary(&serde_json::json!({ "total_due": 1 })), "");
    }

    #[test]
    fn no_result_overwrites_another() {
        let root = tempfile::tempdir().unwrap();
        let input = |name: &str, target: &str| Input {
            name: name.to_owned(),
            source: Source::Url(String::new()),
            target: target.into(),
        };
        let mut documents = [input("a/r.pdf", "r"), input("b/r.docx", "r"), input("c/r.docx", "r")];
        let folder = Some(root.path().to_owned());
        let results = Results::prepare(folder, Format::Md, &mut documents).unwrap();
        let paths = documents.iter().map(|document| results.path(document).unwrap());
        let names: Vec<String> =
            paths.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
        assert_eq!(names, ["r.md", "r.docx.md", "r-2.md"]);
    }
}
