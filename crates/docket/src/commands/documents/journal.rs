//! What calls have sent, so that an interrupted one can be continued: a file of the user, one line
//! for each step of a document.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::inputs::hex;
use crate::client::Operation;

/// A journal that is not to be continued starts anew beyond this size.
const SIZE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The last that is known of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The document: its path or address.
    pub(crate) key: String,
    /// The hash of its bytes.
    pub(crate) identity: String,
    pub(crate) step: Step,
}

/// How far a document has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// It is being sent under this idempotency key: the server may have it.
    Sending(String),
    /// It has a job.
    Sent(String),
    /// The job has ended well.
    Completed(String),
    /// The job has failed, with a reason.
    Failed(String, String),
}

/// The journal of one operation with one set of options on one server.
pub(crate) struct Journal {
    file: Option<Mutex<File>>,
    known: HashMap<String, Entry>,
}

impl Journal {
    /// Opens the journal below `folder`, and reads it if it is to be continued. Without a folder, or
    /// if it cannot be written, nothing is kept.
    pub(crate) fn open(
        folder: Option<PathBuf>,
        server: &str,
        api_key: &str,
        operation: &Operation,
        resume: bool,
    ) -> Self {
        let Some(folder) = folder else { return Self { file: None, known: HashMap::new() } };
        let path = folder.join(format!("{}.jsonl", name_of(server, api_key, operation)));
        let known = if resume { read(&path) } else { HashMap::new() };
        let is_large = fs::metadata(&path).is_ok_and(|found| found.len() > SIZE_BYTES_MAX);
        let open = || -> std::io::Result<File> {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
            let mut options = File::options();
            options.create(true).mode(0o600);
            // A line is one write, and several processes may append.
            let file = options.append(true).open(&path)?;
            if is_large && !resume {
                file.set_len(0)?;
            }
            Ok(file)
        };
        Self { file: open().ok().map(Mutex::new), known }
    }

    /// True if an interrupted call can be continued.
    pub(crate) fn is_kept(&self) -> bool {
        self.file.is_some()
    }

    /// How far this document has come, if it has not changed since.
    pub(crate) fn known(&self, key: &str, identity: &str) -> Option<Step> {
        let entry = self.known.get(key)?;
        (entry.identity == identity).then(|| entry.step.clone())
    }

    /// Adds a step. A step that cannot be written is lost: the call itself is not affected.
    pub(crate) fn add(&self, key: &str, identity: &str, step: Step) {
        let entry = Entry { key: key.to_owned(), identity: identity.to_owned(), step };
        let (Some(file), Ok(line)) = (&self.file, serde_json::to_string(&entry)) else { return };
        let line = format!("{line}\n");
        let _ = file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }
}

/// The folder of journals: that of the user's state, by the rules of XDG.
pub(crate) fn folder() -> Option<PathBuf> {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state =
        absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("docket"))
}

fn name_of(server: &str, api_key: &str, operation: &Operation) -> String {
    let mut hasher = Sha256::new();
    let mut add = |text: &str| {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    [server, api_key, operation.path].into_iter().for_each(&mut add);
    for (name, text) in &operation.fields {
        add(name);
        add(text);
    }
    hex(&hasher.finalize()[..16])
}

fn read(path: &PathBuf) -> HashMap<String, Entry> {
    let Ok(file) = File::open(path) else { return HashMap::new() };
    let lines = BufReader::new(file).lines().map_while(Result::ok);
    let entries = lines.filter_map(|line| serde_json::from_str::<Entry>(&line).ok());
    entries.map(|entry| (entry.key.clone(), entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_continued_journal_knows_unchanged_documents_of_the_same_options() {
        let root = tempfile::tempdir().unwrap();
        let open = |operation: &Operation, resume| {
            Journal::open(Some(root.path().join("a")), "http://h", "key", operation, resume)
        };
        let journal = open(&Operation::PARSE, false);
        journal.add("/a.pdf", "1", Step::Sending("once".to_owned()));
        journal.add("/a.pdf", "1", Step::Sent("job".to_owned()));
        assert_eq!(journal.known("/a.pdf", "1"), None, "it was not to be continued");
        let journal = open(&Operation::PARSE, true);
        assert_eq!(journal.known("/a.pdf", "1"), Some(Step::Sent("job".to_owned())));
        assert_eq!(journal.known("/a.pdf", "2"), None, "the document has changed");
        let mut other = Operation::PARSE;
        other.fields.push(("merge_tables", "true".to_owned()));
        assert_eq!(open(&other, true).known("/a.pdf", "1"), None, "the options have changed");
        let nowhere = Journal::open(None, "http://h", "key", &Operation::PARSE, true);
        nowhere.add("/a.pdf", "1", Step::Sent("job".to_owned()));
        assert!(!nowhere.is_kept());
    }
}
