//! Office files, web pages and Markdown: read by a library for their elements, which become the
//! blocks of a document. They have no coordinates.

mod attachments;
mod blocks;
mod characters;
mod container;
mod contents;
mod convert;
mod document;
mod elements;
mod format;
mod mail;
mod nodes;
mod page;
mod plain;
mod plain_headings;
mod runs;
mod sheets;
mod styled;
mod survey;
mod tree;

pub(crate) use attachments::{Attachment, Missing, attachments};
pub(crate) use container::{ole_format, zip_format};
pub(crate) use document::OfficeDocument;
pub(crate) use format::{OfficeFormat, Requested};

use elements::Source;
use sheets::Sheets;

use crate::error::Error;
use crate::limits::Limits;
use crate::model::Role;

/// Reads a document.
///
/// # Errors
/// If it is damaged, encrypted or beyond a limit.
pub(crate) fn read(
    bytes: Vec<u8>,
    format: OfficeFormat,
    (requested, password): (Requested, Option<&str>),
    limits: &Limits,
) -> Result<OfficeDocument, Error> {
    plain::check(&bytes, format)?;
    let listed = page_count(&bytes, format, limits)?;
    let survey::Surveyed { left_out, large, damaged } = survey::survey(&bytes, format, limits)?;
    let bytes = without(bytes, left_out.iter().map(|sheet| sheet.part.as_str()))?;
    let mut characters = characters::of_file(&bytes, format, limits)?;
    let large_pages: Vec<usize> = large.iter().map(|(page, _)| *page).collect();
    let mut sheets = match format {
        OfficeFormat::Xlsx => Sheets::of(&bytes, &large_pages, limits)?,
        _ => Sheets::default(),
    };
    let mut intake = contents::of_file(&bytes, format, (&sheets, requested), limits)?;
    let plain = plain::text(&bytes, format)?;
    let bytes = without(bytes, large.iter().map(|(_, part)| part.as_str()))?;
    let taken: Vec<_> = large_pages.iter().map(|page| (*page, sheets.take(*page))).collect();
    if format == OfficeFormat::Eml {
        let web_page = |page| read(page, OfficeFormat::Html, (requested, password), limits);
        return mail::read(&bytes, &web_page, intake, limits);
    }
    let document = convert::convert(bytes, format, password)?;
    characters::add_blocks(&document, &mut characters);
    let comments = std::mem::take(&mut characters.comments);
    let source = Source { format, characters, sheets, hidden_parts: requested, plain };
    let mut list = elements::Elements::new(limits);
    if let Some(plain) = &source.plain {
        plain::read(plain, source.format, &mut list);
    }
    match &document.tree {
        Some(tree) => tree::read(tree, &document.nodes, source.characters, &mut list),
        None => nodes::read(&document.nodes, &source, &mut list),
    }
    for (page, sheet) in taken {
        if let Some((sheet, name, is_shown)) = sheet
            && (is_shown || requested.sheets)
        {
            list.push_sheet(page, &name, sheet.into_tables(requested));
        }
    }
    for (page, comment) in comments {
        list.page(page, None);
        list.push(elements::Kind::Text(Role::Footnote), comment.into());
    }
    list.sort_by_page();
    let (mut elements, page_count) = list.finish()?;
    drop(document);
    if !requested.struck {
        elements.iter_mut().for_each(elements::Element::forget_struck);
    }
    left_out.iter().for_each(|part| drop(intake.pages.remove(&part.page)));
    let left_out = left_out.into_iter().map(|part| (part.page, part.excess)).collect();
    // An empty slide at the end is listed and converts to nothing.
    let page_count = page_count.max(listed.unwrap_or(0));
    let (pages, blocks) = blocks::blocks(elements, page_count);
    Ok(OfficeDocument { pages, blocks, left_out, intake, damaged })
}

/// The same package with empty sheets in place of these parts.
fn without<'p>(bytes: Vec<u8>, parts: impl Iterator<Item = &'p str>) -> Result<Vec<u8>, Error> {
    let parts: Vec<&str> = parts.collect();
    if parts.is_empty() { Ok(bytes) } else { survey::without(&bytes, &parts) }
}

/// How many pages it has: slides, sheets, or one. Read from a list in the file, without converting
/// it; `None` where only conversion tells.
///
/// # Errors
/// If there are more than a limit allows.
pub(crate) fn page_count(
    bytes: &[u8],
    format: OfficeFormat,
    limits: &Limits,
) -> Result<Option<usize>, Error> {
    match format {
        OfficeFormat::Pptx | OfficeFormat::Xlsx => survey::page_count(bytes, format, limits),
        _ if format.format().facts().has_pages => Ok(None),
        _ => Ok(Some(1)),
    }
}
