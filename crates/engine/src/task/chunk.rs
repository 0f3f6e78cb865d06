//! Chunking for retrieval: cuts the text of a parsed document by one of seven strategies.

mod assemble;
mod cohesion;
mod cuts;
mod semantic;
mod sentences;
mod text;

use docket_contract::ParseResult;
use docket_contract::results::{ChunkResult, TextChunk};
use docket_contract::spec::{ChunkSpec, ChunkStrategy};

use text::DocumentText;

/// Cuts the text of a fully parsed document.
///
/// The text is the `content` of its segments in reading order, joined by blank lines. A blank line
/// belongs to what stands before it, so the chunks, joined without their overlap, are the text.
#[must_use]
pub fn chunk(document: &ParseResult, spec: &ChunkSpec) -> ChunkResult {
    let text = DocumentText::new(document);
    let chunks: Vec<TextChunk> = match spec.strategy {
        ChunkStrategy::Semantic => assemble::typed(&text, spec, &semantic::by_subject(&text)),
        ChunkStrategy::Fixed => {
            assemble::fixed(&text, spec, cuts::fixed(&text, spec.chunk_chars, spec.overlap_chars))
        }
        ChunkStrategy::Page => assemble::pages(&text, spec, cuts::pages(&text)),
        ChunkStrategy::Paragraph => assemble::plain(&text, spec, &cuts::paragraphs(&text)),
        ChunkStrategy::Heading => assemble::headed(&text, spec, &cuts::sections(&text)),
        ChunkStrategy::Hybrid => {
            assemble::typed(&text, spec, &semantic::by_section_and_size(&text, spec.chunk_chars))
        }
        ChunkStrategy::Hierarchical => assemble::nested(&text, spec, &cuts::sections(&text)),
    };
    let characters: usize = chunks.iter().map(|chunk| chunk.text.chars().count()).sum();
    ChunkResult {
        file_type: "pdf".to_owned(),
        strategy: spec.strategy.as_str().to_owned(),
        total_chunks: chunks.len(),
        avg_chunk_size: characters as f64 / chunks.len().max(1) as f64,
        chunks,
        warnings: document.warnings.clone(),
        failed_pages: document.failed_pages.clone(),
    }
}
