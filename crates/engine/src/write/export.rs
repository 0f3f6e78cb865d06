//! The document as a file of another form (`export_format`): one Markdown text, or a Word file.
//!
//! Running headers and footers interrupt the text and stay out of both.

mod docx;

use docket_contract::SegmentType;
use docket_contract::spec::ExportFormat;

use crate::model::Part;
use crate::write::Renderer;

/// A file of a document, if the format is not that of the result itself.
pub(crate) fn export(
    format: ExportFormat,
    parts: &[&Part],
    renderer: &Renderer<'_>,
) -> Option<Vec<u8>> {
    let is_text =
        |part: &&&Part| !matches!(part.kind, SegmentType::PageHeader | SegmentType::PageFooter);
    let parts: Vec<&Part> = parts.iter().filter(is_text).copied().collect();
    match format {
        ExportFormat::Docx => docx::write(&parts, renderer),
        ExportFormat::Markdown => Some(markdown(&parts, renderer).into_bytes()),
        ExportFormat::Json => None,
    }
}

fn markdown(parts: &[&Part], renderer: &Renderer<'_>) -> String {
    let texts = parts.iter().map(|part| renderer.markdown(part));
    let filled: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    filled.join("\n\n") + "\n"
}
