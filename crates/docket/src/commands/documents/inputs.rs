//! The documents that arguments name: files, folders, patterns, addresses and standard input.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use docket_contract::format::Format;
use sha2::{Digest, Sha256};

/// A document that can be sent.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// As messages name it.
    pub(crate) name: String,
    pub(crate) source: Source,
    /// Where its result is below the folder of results, without extension.
    pub(crate) target: PathBuf,
}

#[derive(Clone, Debug)]
pub(crate) enum Source {
    File(PathBuf),
    Url(String),
    Bytes(Bytes),
}

/// An argument that names no document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) name: String,
    pub(crate) why: String,
}

/// What the arguments name.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) documents: Vec<Input>,
    pub(crate) unusable: Vec<Unusable>,
}

impl Inputs {
    /// Looks at every argument. Folders are searched for files with the extension of a document;
    /// hidden files and the folder of results are left out.
    pub(crate) fn of<A: AsRef<OsStr>>(
        arguments: &[A],
        stdin_name: &str,
        results: Option<&Path>,
    ) -> Self {
        let mut inputs = Self::default();
        let mut seen = HashSet::new();
        let results = results.and_then(|folder| folder.canonicalize().ok());
        for argument in arguments {
            let argument = argument.as_ref();
            let text = argument.to_string_lossy();
            let path = Path::new(argument);
            if text == "-" {
                inputs.add_stdin(stdin_name, &mut seen);
            } else if text.starts_with("http://") || text.starts_with("https://") {
                inputs.add_url(&text, &mut seen);
            } else if path.is_dir() {
                inputs.add_folder(path, results.as_deref(), &mut seen);
            } else if path.is_file() {
                inputs.add_file(path, path.file_name().map(Path::new), &mut seen);
            } else if text.contains(['*', '?', '[']) && !path.exists() {
                inputs.add_pattern(&text, results.as_deref(), &mut seen);
            } else {
                let why = if path.exists() { "it is not a file" } else { "there is no such file" };
                inputs.refuse(&text, why);
            }
        }
        inputs
    }

    fn refuse(&mut self, name: &str, why: &str) {
        self.unusable.push(Unusable { name: name.to_owned(), why: why.to_owned() });
    }

    fn add_stdin(&mut self, name: &str, seen: &mut HashSet<PathBuf>) {
        let mut bytes = Vec::new();
        match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(0) => self.refuse("-", "standard input is empty"),
            Ok(_) if seen.insert(PathBuf::from("-")) => self.documents.push(Input {
                name: name.to_owned(),
                source: Source::Bytes(bytes.into()),
                target: Path::new(name).with_extension(""),
            }),
            Ok(_) => {}
            Err(error) => self.refuse("-", &format!("standard input cannot be read: {error}")),
        }
    }

    fn add_url(&mut self, url: &str, seen: &mut HashSet<PathBuf>) {
        if !seen.insert(PathBuf::from(url)) {
            return;
        }
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let plain = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' };
        let name: String = last.chars().map(plain).collect();
        self.documents.push(Input {
            name: url.to_owned(),
            source: Source::Url(url.to_owned()),
            target: Path::new(&name).with_extension(""),
        });
    }

    fn add_file(&mut self, path: &Path, below: Option<&Path>, seen: &mut HashSet<PathBuf>) {
        let own = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if seen.insert(own) {
            self.documents.push(Input {
                name: path.display().to_string(),
                source: Source::File(path.to_owned()),
                target: below.unwrap_or(path).with_extension(""),
            });
        }
    }

    fn add_folder(&mut self, root: &Path, results: Option<&Path>, seen: &mut HashSet<PathBuf>) {
        let mut folders = vec![root.to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            if results.is_some_and(|results| folder.canonicalize().is_ok_and(|own| own == results))
            {
                continue;
            }
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.refuse(
                        &folder.display().to_string(),
                        &format!("it cannot be read: {error}"),
                    );
                    continue;
                }
            };
            for entry in entries.flatten() {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                // A link to a folder is not followed: it may lead back.
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if name.starts_with('.') {
                } else if is_folder {
                    folders.push(entry.path());
                } else if Format::of_name(&name).is_some() && entry.path().is_file() {
                    files.push(entry.path());
                }
            }
        }
        files.sort();
        if files.is_empty() {
            self.refuse(&root.display().to_string(), "there is no document in this folder");
        }
        for file in files {
            let below = file.strip_prefix(root).ok().map(Path::to_owned);
            self.add_file(&file, below.as_deref(), seen);
        }
    }

    fn add_pattern(&mut self, pattern: &str, results: Option<&Path>, seen: &mut HashSet<PathBuf>) {
        let options =
            glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
        let paths = match glob::glob_with(pattern, options) {
            Ok(paths) => paths,
            Err(error) => return self.refuse(pattern, &format!("not a pattern: {}", error.msg)),
        };
        // The part before the first sign: results keep the folders below it.
        let fixed = pattern.split(['*', '?', '[']).next().unwrap_or_default();
        let root = Path::new(fixed.rsplit_once('/').map_or("", |(folder, _)| folder));
        let is_result = |path: &Path| {
            results.is_some_and(|results| {
                path.canonicalize().is_ok_and(|own| own.starts_with(results))
            })
        };
        let files = paths.flatten().filter(|path| path.is_file() && !is_result(path));
        let mut files: Vec<PathBuf> = files.collect();
        // A link to a folder above leads to the same file again, by a longer way.
        files.sort_by_key(|path| (path.components().count(), path.clone()));
        if files.is_empty() {
            self.refuse(pattern, "no file has such a name");
        }
        for file in files {
            let below = file.strip_prefix(root).ok().map(Path::to_owned);
            self.add_file(&file, below.as_deref(), seen);
        }
    }
}

impl Input {
    /// What stands for this document in the journal of calls.
    pub(crate) fn key(&self) -> String {
        match &self.source {
            Source::File(path) => {
                path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string()
            }
            Source::Url(url) => url.clone(),
            Source::Bytes(_) => format!("-{}", self.name),
        }
    }

    /// What changes if the document does: the hash of its bytes, or its address.
    pub(crate) fn identity(&self) -> std::io::Result<String> {
        let mut hasher = Sha256::new();
        match &self.source {
            Source::Url(url) => return Ok(url.clone()),
            Source::Bytes(bytes) => hasher.update(bytes),
            Source::File(path) => {
                std::io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
            }
        }
        Ok(hex(&hasher.finalize()))
    }
}

/// Bytes as lowercase digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(inputs: &Inputs) -> Vec<String> {
        inputs.documents.iter().map(|input| input.target.display().to_string()).collect()
    }

    #[test]
    fn folders_patterns_addresses_and_files() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("docs");
        std::fs::create_dir_all(folder.join("2025/out")).unwrap();
        for name in ["a.pdf", "2025/b.docx", "2025/.hidden.pdf", "2025/c.exe", "2025/out/a.md"] {
            std::fs::write(folder.join(name), name).unwrap();
        }
        std::os::unix::fs::symlink(&folder, folder.join("2025/back")).unwrap();
        let of = |arguments: &[String], results: Option<&Path>| Inputs::of(arguments, "x", results);
        let all = of(&[folder.display().to_string()], Some(&folder.join("2025/out")));
        assert_eq!(targets(&all), ["2025/b", "a"]);
        let pattern = format!("{}/**/*.pdf", folder.display());
        assert_eq!(targets(&of(&[pattern], None)), ["a"]);
        let twice = [folder.join("a.pdf"), folder.clone()].map(|path| path.display().to_string());
        assert_eq!(targets(&of(&twice, Some(&folder.join("2025")))), ["a"]);
        let url = "https://example.com/files/report 1.pdf?x=1".to_owned();
        assert_eq!(targets(&of(&[url], None)), ["report_1"]);
        let none = of(&["/no/such.pdf".to_owned(), "/no/*.pdf".to_owned()], None);
        assert_eq!((none.documents.len(), none.unusable.len()), (0, 2));
        let empty = root.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        assert_eq!(of(&[empty.display().to_string()], None).unusable.len(), 1);
    }

    #[test]
    fn an_identity_follows_the_bytes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let input = Input {
            name: String::new(),
            source: Source::File(file.path().to_owned()),
            target: PathBuf::new(),
        };
        let before = input.identity().unwrap();
        assert_eq!(before.len(), 64);
        std::fs::write(file.path(), "x").unwrap();
        assert_ne!(input.identity().unwrap(), before);
    }
}
