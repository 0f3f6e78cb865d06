//! Chunking for retrieval: cuts the text of a document by one of seven strategies.

mod cohesion;
mod cuts;
mod semantic;
mod sentences;
mod text;

use std::ops::Range;

use docket_contract::spec::{ChunkSpec, ChunkStrategy};

pub(crate) use cuts::FixedCut;
pub(crate) use text::DocumentText;

/// Runs of the text, each with what its strategy knows of it.
pub(crate) enum Cuts {
    /// Nothing beside the text.
    Plain(Vec<Range<usize>>),
    /// Where the run stands in the text.
    Fixed(Vec<FixedCut>),
    /// One run for each page.
    Pages(Vec<Range<usize>>),
    /// The heading at the start of the run.
    Headed(Vec<Range<usize>>),
    /// The blocks that the run has a part in.
    Blocks(Vec<Range<usize>>),
    /// The run under whose heading the run stands.
    Nested(Vec<Range<usize>>),
}

/// Cuts the text of a document.
///
/// The text is that of its blocks in reading order, joined by blank lines. A blank line belongs to
/// what stands before it, so the runs, joined without their overlap, are the text.
pub(crate) fn cut(text: &DocumentText<'_>, spec: &ChunkSpec) -> Cuts {
    match spec.strategy {
        ChunkStrategy::Semantic => Cuts::Blocks(semantic::by_subject(text)),
        ChunkStrategy::Fixed => {
            Cuts::Fixed(cuts::fixed(text, spec.chunk_chars, spec.overlap_chars))
        }
        ChunkStrategy::Page => Cuts::Pages(cuts::pages(text)),
        ChunkStrategy::Paragraph => Cuts::Plain(cuts::paragraphs(text)),
        ChunkStrategy::Heading => Cuts::Headed(cuts::sections(text)),
        ChunkStrategy::Hybrid => {
            Cuts::Blocks(semantic::by_section_and_size(text, spec.chunk_chars))
        }
        ChunkStrategy::Hierarchical => Cuts::Nested(cuts::sections(text)),
    }
}
