//! What was read of a document so far, and its assembly.

use std::collections::HashMap;

use docket_contract::spec::{ErrorHandling, ExportFormat, Layout};
use docket_contract::{ParseResult, ParseSpec, SegmentType, Warning, WarningCode};
use uuid::Uuid;

use super::request::{ParseRequest, Parsed, Progress};
use super::step::PageRead;
use crate::analyse::label::{classify, continued_tables};
use crate::error::{Damage, Error, PageFault, PictureFault};
use crate::limits::Excess;
use crate::model::{Link, OutlineEntry, PageLayout, Part};
use crate::recognise::scan::{Source, many_unmapped};
use crate::write::continued::{both_forms, shown};
use crate::write::export::export;
use crate::write::{Rendered, Renderer, gather};

/// What was read so far.
pub(super) struct Reading {
    pub(super) progress: Progress,
    pages: Vec<(usize, PageLayout)>,
    warnings: Vec<Warning>,
    failed_pages: Vec<usize>,
    pages_with_text: usize,
    pages_without_text: usize,
    /// Tables may go on on the next page; what has sheets or slides for pages has none that do.
    pub(super) tables_go_on: bool,
    /// Why the last page was not recognised.
    fault: Option<PictureFault>,
    /// The last limit because of which a page was left out.
    excess: Option<Excess>,
    /// The links of the pages, if they were asked for.
    links: HashMap<usize, Vec<Link>>,
}

impl Reading {
    pub(super) fn new(page_count: usize, pages_selected: usize) -> Self {
        Self {
            progress: Progress { pages_done: 0, pages_failed: 0, pages_selected, page_count },
            pages: Vec::new(),
            warnings: Vec::new(),
            failed_pages: Vec::new(),
            pages_with_text: 0,
            pages_without_text: 0,
            tables_go_on: true,
            fault: None,
            excess: None,
            links: HashMap::new(),
        }
    }

    pub(super) fn take(
        &mut self,
        page: usize,
        read: Option<PageRead>,
        handling: ErrorHandling,
    ) -> Result<(), Error> {
        let fault = match read {
            None => {
                self.warn(page, WarningCode::PageUnreadable, "The page could not be read");
                Some(PageFault::Damaged)
            }
            Some(mut read) => {
                let fault = self.judge(page, &read);
                self.links.insert(page, std::mem::take(&mut read.content.links));
                self.pages.push((page, read.layout));
                fault
            }
        };
        if let Some(reason) = fault {
            if handling == ErrorHandling::Fail {
                return Err(Error::PageFailed { page, reason });
            }
            self.failed_pages.push(page);
            self.progress.pages_failed += 1;
        }
        self.progress.pages_done += 1;
        Ok(())
    }

    /// Notes that a page is beyond a limit.
    ///
    /// # Errors
    /// If that is to end the job.
    pub(super) fn leave_out(
        &mut self,
        page: usize,
        excess: Excess,
        handling: ErrorHandling,
    ) -> Result<(), Error> {
        if handling == ErrorHandling::Fail {
            return Err(Error::PageFailed { page, reason: PageFault::TooLarge(excess) });
        }
        let message = format!("The page was left out: it has {excess}");
        self.warn(page, WarningCode::ContentTruncated, &message);
        self.excess = Some(excess);
        self.failed_pages.push(page);
        self.progress.pages_failed += 1;
        Ok(())
    }

    /// Notes what is odd about a page; the answer says why it counts as failed.
    fn judge(&mut self, page: usize, read: &PageRead) -> Option<PageFault> {
        let content = &read.content;
        if content.truncated {
            let message =
                "The page draws too many or too deeply nested forms: part of it was left out";
            self.warn(page, WarningCode::ContentTruncated, message);
        }
        for excess in &content.left_out {
            let message = format!("Part of the page was left out: it has {excess}");
            self.warn(page, WarningCode::ContentTruncated, &message);
        }
        if many_unmapped(content) {
            let unmapped = content.glyphs_unmapped;
            let message = format!("{unmapped} glyphs of the page have no known character");
            self.warn(page, WarningCode::UnmappedGlyphs, &message);
        }
        let has_text = content.glyphs.iter().any(|glyph| glyph.character != ' ');
        self.fault = read.fault.or(self.fault);
        match read.fault {
            Some(fault) if has_text => {
                let message = format!("The page's text layer was used alone: {fault}");
                self.warn(page, WarningCode::OcrNotDone, &message);
            }
            Some(fault) => {
                self.pages_without_text += 1;
                let message = format!("The page has no text layer: {fault}");
                self.warn(page, WarningCode::NoTextLayer, &message);
                return Some(match fault {
                    PictureFault::NotRecognised(fault) => PageFault::NoTextLayer(fault),
                    PictureFault::TooLarge(excess) => PageFault::TooLarge(excess),
                });
            }
            None if has_text => {}
            None if read.source == Source::Nothing => {
                self.warn(page, WarningCode::BlankPage, "The page shows nothing");
            }
            None => self.warn(page, WarningCode::BlankPage, "The page shows no text"),
        }
        self.pages_with_text += usize::from(has_text);
        None
    }

    pub(super) fn warn(&mut self, page: usize, code: WarningCode, message: &str) {
        self.warnings.push(Warning { code, message: message.to_owned(), page: Some(page) });
    }

    pub(super) fn finish(
        mut self,
        request: &ParseRequest<'_>,
        outline: &[OutlineEntry],
    ) -> Result<Parsed, Error> {
        if let Some(fault) = self.fault.filter(|_| self.pages_with_text == 0) {
            let pages_without_text = self.pages_without_text;
            return Err(match fault {
                PictureFault::NotRecognised(fault) => Error::NoText { pages_without_text, fault },
                PictureFault::TooLarge(excess) => excess.into(),
            });
        }
        if self.failed_pages.len() == self.progress.pages_selected {
            return Err(self.excess.map_or(Error::Unreadable(Damage::Corrupt), Error::TooLarge));
        }
        let parts = classify(std::mem::take(&mut self.pages), outline);
        Ok(self.assemble(parts, request.spec, request.namespace))
    }

    pub(super) fn assemble(
        self,
        mut parts: Vec<Part>,
        spec: &ParseSpec,
        namespace: Uuid,
    ) -> Parsed {
        let mut renderer = Renderer::new(&parts, namespace, spec, &self.links);
        let bibliography = spec.bibliography.then(|| renderer.read_sources(&mut parts));
        let kept = |kind: SegmentType| {
            spec.keep_segment_types.as_ref().is_none_or(|kinds| kinds.contains(&kind))
        };
        let smart = spec.layout == Layout::Smart && self.tables_go_on;
        let continued =
            if smart && kept(SegmentType::Table) { continued_tables(&parts) } else { Vec::new() };
        let shown = shown(&parts, &continued, spec.merge_tables);
        let shown: Vec<_> = shown.into_iter().filter(|(_, part)| kept(part.kind)).collect();
        let file = |format: &ExportFormat| {
            let parts: Vec<&Part> = shown.iter().map(|(_, part)| *part).collect();
            Some((format.file_id(namespace)?, export(*format, &parts, &renderer)?))
        };
        let files = spec.exports.iter().filter_map(file).collect();
        let mut other_tables = Vec::new();
        let segments: Vec<Rendered> = match spec.layout {
            Layout::Smart => {
                let mut segments: Vec<_> =
                    shown.iter().map(|(at, part)| (*at, renderer.render(part))).collect();
                let whole = spec.merge_tables;
                other_tables = both_forms(&parts, &continued, whole, &mut segments, &mut renderer);
                segments.into_iter().map(|(_, segment)| segment).collect()
            }
            Layout::PageByPage if kept(SegmentType::Page) => {
                let pages = parts.chunk_by(|a: &Part, b: &Part| a.page == b.page);
                pages.filter_map(|page| renderer.render_page(page)).collect()
            }
            Layout::PageByPage => Vec::new(),
        };
        let chunks = gather(segments, spec.chunking, spec.output_fields.embed, namespace);
        let result = ParseResult {
            total_chunks: chunks.len(),
            page_count: self.progress.page_count,
            chunks,
            warnings: self.warnings,
            failed_pages: self.failed_pages,
            bibliography,
            other_tables,
        };
        Parsed { result, files }
    }
}
