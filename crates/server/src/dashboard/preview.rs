//! What a person sees of a result: the beginning of its text, or of its JSON.

use docket_contract::spec::JobSpec;
use docket_jobs::Finished;
use serde_json::Value;

/// Characters of a preview.
const CHARS_MAX: usize = 20_000;

/// The beginning of a result.
pub(super) struct Preview {
    pub(super) text: String,
    /// There is more.
    pub(super) cut: bool,
}

/// The Markdown of a parse, the JSON of everything else.
pub(super) fn of(finished: &Finished) -> Preview {
    let stored: Value = serde_json::from_slice(&finished.result).unwrap_or_default();
    let text = match &finished.spec {
        JobSpec::Parse(_) => markdown(&stored),
        _ => None,
    };
    let text = text.or_else(|| serde_json::to_string_pretty(&stored).ok()).unwrap_or_default();
    let end = text.char_indices().nth(CHARS_MAX).map(|(idx, _)| idx);
    let shown = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    Preview { text: shown.to_owned(), cut: end.is_some() }
}

fn markdown(stored: &Value) -> Option<String> {
    let chunks = stored["chunks"].as_array()?.iter();
    Some(chunks.filter_map(|chunk| chunk["embed"].as_str()).collect::<Vec<_>>().join("\n\n"))
}
