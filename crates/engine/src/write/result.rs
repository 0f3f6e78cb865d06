//! The result of a parse, as its request wants it.

use std::collections::HashMap;

use docket_contract::spec::{ExportFormat, Layout};
use docket_contract::{ParseResult, ParseSpec, SegmentType, Warning, citations};
use uuid::Uuid;

use super::accounts::Accounts;
use super::chunks::gather;
use super::continued::{Shown, both_forms, shown};
use super::export::export;
use super::frame::Frame;
use super::kinds::segment_type;
use super::segments::{Rendered, Renderer};
use crate::model::{Bibliography, BibliographyEntry, Block, Document, Intake, Output};

/// A written document.
pub(crate) struct Written {
    pub result: ParseResult,
    /// The files that the request asks for, under their ids.
    pub files: Vec<(Uuid, Vec<u8>)>,
    /// Where the segments stand, by their ids.
    pub frames: HashMap<Uuid, Frame>,
    /// What was written, page by page.
    pub output: Output,
}

/// Writes a document: its segments, gathered into chunks, and the files that go with them.
pub(crate) fn write(
    document: &Document,
    (warnings, failed_pages): (Vec<Warning>, Vec<usize>),
    intake: &Intake,
    spec: &ParseSpec,
    namespace: Uuid,
) -> Written {
    let mut renderer = Renderer::new(document, namespace, spec);
    let mut accounts = Accounts::of(intake);
    let blocks = &document.blocks;
    let kept = |kind: SegmentType| {
        spec.keep_segment_types.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    };
    let joins = spec.layout == Layout::Smart && kept(SegmentType::Table);
    let continued = if joins { document.continued_tables.as_slice() } else { &[] };
    let mut shown = shown(blocks, continued, spec.merge_tables);
    for left_out in shown.iter().filter(|shown| !kept(segment_type(shown.block))) {
        accounts.left_out(left_out.block);
    }
    shown.retain(|shown| kept(segment_type(shown.block)));
    let file = |format: &ExportFormat| {
        Some((format.file_id(namespace)?, export(*format, &shown, &renderer)?))
    };
    let files = spec.exports.iter().filter_map(file).collect();
    let mut other_tables = Vec::new();
    let segments: Vec<Rendered> = match spec.layout {
        Layout::Smart => {
            let render = |shown: &Shown<'_>| {
                let rendered = match shown.whole {
                    Some(whole) => renderer.render_whole(shown.block, whole),
                    None => renderer.render(shown.block),
                };
                (shown.at, rendered)
            };
            let mut segments: Vec<_> = shown.iter().map(render).collect();
            let joined = spec.merge_tables;
            let others = (&mut renderer, &mut accounts);
            other_tables = both_forms(blocks, continued, joined, &mut segments, others);
            segments.into_iter().map(|(_, segment)| segment).collect()
        }
        Layout::PageByPage if kept(SegmentType::Page) => {
            let pages = blocks.chunk_by(|a: &Block, b: &Block| a.page == b.page);
            pages.filter_map(|page| renderer.render_page(page)).collect()
        }
        Layout::PageByPage => {
            blocks.iter().for_each(|block| accounts.left_out(block));
            Vec::new()
        }
    };
    accounts.hyphens(blocks);
    for segment in &segments {
        accounts.written(segment, renderer.frames.get(&segment.segment.segment_id));
    }
    let chunks = gather(segments, spec.chunking, spec.output_fields.embed, namespace);
    let output = accounts.close(chunks.iter().map(|chunk| chunk.segments.len()).sum());
    let result = ParseResult {
        total_chunks: chunks.len(),
        page_count: document.page_count,
        chunks,
        warnings,
        failed_pages,
        coverage: Vec::new(),
        bibliography: document.bibliography.as_ref().map(bibliography),
        other_tables,
    };
    Written { result, files, frames: renderer.frames, output }
}

fn bibliography(found: &Bibliography) -> citations::Bibliography {
    let Bibliography { entries, title, authors, .. } = found.clone();
    citations::Bibliography {
        citations: entries.into_iter().map(citation).collect(),
        document_metadata: citations::DocumentMetadata { title, authors },
    }
}

fn citation(entry: BibliographyEntry) -> citations::Citation {
    let BibliographyEntry { id, text, title, authors, year, journal, volume, pages, doi, .. } =
        entry;
    citations::Citation { id, text, title, authors, year, journal, volume, pages, doi }
}
