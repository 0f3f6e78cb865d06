//! What was read of a document so far, and its assembly.

use std::collections::HashMap;

use docket_contract::spec::ErrorHandling;
use docket_contract::{Warning, WarningCode};

use super::request::{Progress, ReadDocument};
use super::step::PageRead;
use crate::analyse::{PageLayout, add_notes, bibliography, structure};
use crate::error::{Damage, Error, PageFault, PictureFault};
use crate::limits::Excess;
use crate::model::{Document, Intake, OutlineEntry, Page, PageContent};
use crate::recognise::scan::{Source, many_unmapped};

/// Uncertain words are reported from this number, and from this part of the words of a page.
const UNCERTAIN_MIN: usize = 3;
const UNCERTAIN_SHARE: usize = 4;

/// What was read so far.
pub(super) struct Reading {
    pub(super) progress: Progress,
    pages: Vec<(usize, PageLayout)>,
    warnings: Vec<Warning>,
    failed_pages: Vec<usize>,
    pages_with_text: usize,
    pages_without_text: usize,
    /// Why the last page was not recognised.
    fault: Option<PictureFault>,
    /// The last limit because of which a page was left out.
    excess: Option<Excess>,
    /// What the pages have beside their text.
    details: HashMap<usize, Page>,
    /// What the pages hold.
    pub(super) intake: Intake,
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
            fault: None,
            excess: None,
            details: HashMap::new(),
            intake: Intake::default(),
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
                self.intake.pages.insert(page, std::mem::take(&mut read.intake));
                self.details.insert(page, details(page, &mut read.content));
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
        if read.pictures_unread > 0 {
            let message = format!(
                "Pictures of the page that may show text were not recognised: {}",
                read.pictures_unread
            );
            self.warn(page, WarningCode::OcrNotDone, &message);
        }
        if read.pictures_unsure > 0 {
            let message = format!(
                "Text of pictures of the page was left out, because its words are uncertain: {}",
                read.pictures_unsure
            );
            self.warn(page, WarningCode::LowConfidence, &message);
        }
        let (uncertain, words) = (content.words_uncertain, content.words_recognised);
        if uncertain >= UNCERTAIN_MIN && uncertain * UNCERTAIN_SHARE >= words {
            let message = format!("{uncertain} of {words} recognised words are uncertain");
            self.warn(page, WarningCode::LowConfidence, &message);
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

    pub(super) fn warn_of_file(&mut self, code: WarningCode, message: &str) {
        self.warnings.push(Warning { code, message: message.to_owned(), page: None });
    }

    /// The document, if anything useful came out.
    ///
    /// # Errors
    /// If nothing did.
    pub(super) fn finish(
        mut self,
        outline: Vec<OutlineEntry>,
        with_bibliography: bool,
    ) -> Result<ReadDocument, Error> {
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
        let laid_out = std::mem::take(&mut self.pages);
        let sizes =
            laid_out.iter().map(|(number, layout)| (*number, (layout.width, layout.height)));
        let sizes: Vec<(usize, (f32, f32))> = sizes.collect();
        let (mut blocks, mut continued_tables) = structure(laid_out, &outline, &self.details);
        let pages = sizes.into_iter().map(|(number, size)| Page {
            number,
            size: Some(size),
            ..self.details.remove(&number).unwrap_or_default()
        });
        let pages: Vec<Page> = pages.collect();
        add_notes(&mut blocks, &mut continued_tables, &pages);
        let bibliography = with_bibliography.then(|| bibliography::read(&mut blocks));
        let page_count = self.progress.page_count;
        Ok(self.with(Document {
            page_count,
            pages,
            blocks,
            continued_tables,
            outline,
            bibliography,
        }))
    }

    /// The document with what went wrong.
    pub(super) fn with(self, document: Document) -> ReadDocument {
        let Self { warnings, failed_pages, intake, .. } = self;
        ReadDocument { document, warnings, failed_pages, intake }
    }
}

/// What a page has beside its text.
fn details(number: usize, content: &mut PageContent) -> Page {
    Page {
        number,
        size: None,
        links: std::mem::take(&mut content.links),
        fields: std::mem::take(&mut content.fields),
        notes: std::mem::take(&mut content.notes),
        checkboxes: std::mem::take(&mut content.checkboxes),
    }
}
