//! Mails with their attachments: each is a document of its own, whose pages follow those of the mail.

use std::panic::{AssertUnwindSafe, catch_unwind};

use docket_contract::spec::ErrorHandling;
use docket_contract::{ParseSpec, Warning, WarningCode};

use super::documents::{read_images, read_office, read_pdf, selected_pages};
use super::request::{ParseRequest, Progress, ReadDocument};
use crate::error::{Damage, Error, UnknownKind};
use crate::limits::{Limit, Limits};
use crate::model::{Block, Content, Origin, Role, Text};
use crate::source::kind::{Kind, kind};
use crate::source::office::{Attachment, Missing, OfficeFormat, attachments};

/// What was spent on attachments of a mail and of the mails in it.
#[derive(Default)]
pub(super) struct Budget {
    attachments: u64,
    /// Mails that are open.
    depth: u64,
}

/// Reads a mail and its attachments.
///
/// # Errors
/// If the mail itself cannot be read, or one of its attachments if the request wants that to end the
/// job.
pub(super) fn read_mail(
    mail: Vec<u8>,
    format: OfficeFormat,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
    budget: &mut Budget,
) -> Result<ReadDocument, Error> {
    request.limits.check(Limit::MailsNested, budget.depth)?;
    let whole = ParseSpec { page_range: None, ..request.spec.clone() };
    let inner = ParseRequest { spec: &whole, ..*request };
    let listed = catch_unwind(AssertUnwindSafe(|| attachments(&mail, request.limits)));
    let listed = listed.map_err(|_| Error::UnreadableFile(Damage::Corrupt))?;
    let mut read = read_office(mail, format, &inner, progress)?;
    let signs = listed.iter().filter(|attachment| attachment.is_sign);
    read.document.blocks.extend(signs.map(|_| block(1, Content::Picture)));
    budget.depth += 1;
    for (index, attachment) in listed.into_iter().enumerate() {
        if attachment.is_sign {
            continue;
        }
        let name = attachment.name.clone();
        match read_attachment(attachment, &read, &inner, progress, budget) {
            Ok(attached) => append(&mut read, &name, attached),
            Err(error) if request.spec.error_handling == ErrorHandling::Fail => return Err(error),
            Err(error) => {
                let message = format!("Attachment {} is not in the result: {error}", index + 1);
                read.warnings.push(Warning {
                    code: WarningCode::ContentDropped,
                    message,
                    page: None,
                });
            }
        }
    }
    budget.depth -= 1;
    select(&mut read, request.spec)?;
    Ok(read)
}

fn read_attachment(
    attachment: Attachment,
    before: &ReadDocument,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
    budget: &mut Budget,
) -> Result<ReadDocument, Error> {
    budget.attachments += 1;
    request.limits.check(Limit::Attachments, budget.attachments)?;
    let content = match attachment.content {
        Ok(content) => content,
        Err(Missing::TooLarge(excess)) => return Err(excess.into()),
        Err(Missing::NotThere) => return Err(Error::UnreadableFile(Damage::Empty)),
    };
    let media_type = attachment.media_type.as_deref();
    let request = ParseRequest { media_type, ..*request };
    let (pages, failed) = (before.document.page_count, before.failed_pages.len());
    let mut report = |now: Progress| {
        progress(Progress {
            pages_done: pages + now.pages_done,
            pages_failed: failed + now.pages_failed,
            pages_selected: pages + now.pages_selected,
            page_count: pages + now.page_count,
        });
    };
    match kind(&content, media_type) {
        Some(Kind::Office(format @ (OfficeFormat::Eml | OfficeFormat::Msg))) => {
            read_mail(content, format, &request, &mut report, budget)
        }
        Some(Kind::Office(format)) => read_office(content, format, &request, &mut report),
        Some(Kind::Image(format)) => read_images(content, format, &request, &mut report),
        Some(Kind::Pdf) => read_pdf(content, &request, &mut report),
        None => Err(Error::Unsupported(UnknownKind)),
    }
}

/// Puts the pages of an attachment behind those that are there, under its name.
fn append(whole: &mut ReadDocument, name: &str, attached: ReadDocument) {
    let ReadDocument { document, warnings, failed_pages, mut intake } = attached;
    let pages = whole.document.page_count;
    let blocks = whole.document.blocks.len() + 1;
    whole.document.page_count += document.page_count;
    let role = Role::Heading(2);
    whole.document.blocks.push(block(pages + 1, Content::Text { role, text: Text::plain(name) }));
    whole.document.blocks.extend(document.blocks.into_iter().map(|mut block| {
        block.page += pages;
        block
    }));
    whole.document.pages.extend(document.pages.into_iter().map(|mut page| {
        page.number += pages;
        page
    }));
    whole.document.continued_tables.extend(document.continued_tables.into_iter().map(
        |mut table| {
            table.parts.iter_mut().for_each(|part| *part += blocks);
            table
        },
    ));
    whole.warnings.extend(warnings.into_iter().map(|mut warning| {
        warning.page = warning.page.map(|page| page + pages);
        warning
    }));
    whole.failed_pages.extend(failed_pages.into_iter().map(|page| page + pages));
    let moved = std::mem::take(&mut intake.pages).into_iter();
    whole.intake.pages.extend(moved.map(|(page, held)| (page + pages, held)));
}

fn block(page: usize, content: Content) -> Block {
    Block { page, rect: None, content, confidence: 1.0, origin: Origin::Element, entry: None }
}

/// Leaves the pages that the request does not select out.
fn select(read: &mut ReadDocument, spec: &ParseSpec) -> Result<(), Error> {
    if spec.page_range.is_none() {
        return Ok(());
    }
    let selected = selected_pages(spec, read.document.page_count)?;
    let is_selected = |page: usize| selected.binary_search(&page).is_ok();
    read.document.blocks.retain(|block| is_selected(block.page));
    read.document.pages.retain(|page| is_selected(page.number));
    // Their places among the blocks are no longer right.
    read.document.continued_tables.clear();
    read.warnings.retain(|warning| warning.page.is_none_or(is_selected));
    read.failed_pages.retain(|page| is_selected(*page));
    read.intake.pages.retain(|page, _| is_selected(*page));
    Ok(())
}

/// Counts the pages of a document with this media type; none if only reading it tells.
pub(crate) type PagesOf<'f> = &'f dyn Fn(Vec<u8>, Option<&str>) -> Option<usize>;

/// How many pages a mail has with its attachments, in this depth of mails; `None` if only reading
/// them tells. `pages_of` counts those of another document with this media type: none for one that
/// cannot be read.
pub(crate) fn page_count(
    mail: &[u8],
    pages_of: PagesOf<'_>,
    limits: &Limits,
    depth: u64,
) -> Option<usize> {
    let listed = catch_unwind(AssertUnwindSafe(|| attachments(mail, limits))).ok()?;
    let mut count = 1;
    for attachment in listed.into_iter().filter(|attachment| !attachment.is_sign) {
        let Ok(content) = attachment.content else { continue };
        let media_type = attachment.media_type.as_deref();
        match kind(&content, media_type) {
            Some(Kind::Office(OfficeFormat::Eml | OfficeFormat::Msg)) => {
                let is_within = limits.check(Limit::MailsNested, depth + 1).is_ok();
                count +=
                    if is_within { page_count(&content, pages_of, limits, depth + 1)? } else { 0 };
            }
            Some(_) => count += pages_of(content, media_type)?,
            None => {}
        }
    }
    Some(count)
}
