//! The document as a file of another form (`export_format`): one Markdown text, or a Word file.
//!
//! Running headers and footers interrupt the text and stay out of both.

mod docx;

use docket_contract::spec::ExportFormat;

use super::continued::Shown;
use super::segments::Renderer;
use super::tables::write_table;

/// A file of a document, if the format is not that of the result itself.
pub(crate) fn export(
    format: ExportFormat,
    shown: &[Shown<'_>],
    renderer: &Renderer<'_>,
) -> Option<Vec<u8>> {
    let shown: Vec<Shown<'_>> =
        shown.iter().filter(|shown| !shown.block.is_running()).copied().collect();
    match format {
        ExportFormat::Docx => docx::write(&shown),
        ExportFormat::Markdown => Some(markdown(&shown, renderer).into_bytes()),
        ExportFormat::Json => None,
    }
}

fn markdown(shown: &[Shown<'_>], renderer: &Renderer<'_>) -> String {
    let texts = shown.iter().map(|shown| match shown.whole {
        Some(whole) => write_table(whole).markdown,
        None => renderer.markdown(shown.block),
    });
    let filled: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    filled.join("\n\n") + "\n"
}
