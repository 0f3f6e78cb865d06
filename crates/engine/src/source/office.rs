//! Office files, web pages and Markdown: read by a library for their elements, which become the
//! blocks of a document. They have no coordinates.

mod blocks;
mod characters;
mod container;
mod convert;
mod elements;
mod format;
mod nodes;
mod plain;
mod plain_headings;
mod runs;
mod sheets;
mod styled;
mod survey;
mod tree;

pub(crate) use container::{ole_format, zip_format};
pub(crate) use format::{OfficeFormat, Requested};

use elements::Source;
use sheets::Sheets;

use crate::error::Error;
use crate::limits::{Excess, Limits};
use crate::model::{Block, Page};

/// A document as blocks on pages.
pub(crate) struct OfficeDocument {
    /// All pages: slides, sheets, or one.
    pub pages: Vec<Page>,
    pub blocks: Vec<Block>,
    /// Pages that are beyond a limit by themselves, from 1. They hold no blocks.
    pub left_out: Vec<(usize, Excess)>,
}

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
    let listed = page_count(&bytes, format, limits)?;
    let left_out = survey::survey(&bytes, format, limits)?;
    let bytes = if left_out.is_empty() { bytes } else { survey::without(&bytes, &left_out)? };
    let mut characters = characters::of_file(&bytes, format, limits)?;
    let sheets = match format {
        OfficeFormat::Xlsx => Sheets::of(&bytes, limits)?,
        _ => Sheets::default(),
    };
    let plain = plain::text(&bytes, format)?;
    let document = convert::convert(bytes, format, password)?;
    characters::add_blocks(&document, &mut characters);
    let source = Source { format, characters, sheets, hidden_parts: requested, plain };
    let mut list = elements::Elements::new(limits);
    if let Some(plain) = &source.plain {
        plain::read(plain, source.format, &mut list);
    }
    match &document.tree {
        Some(tree) => tree::read(tree, &document.nodes, source.characters, &mut list),
        None => nodes::read(&document.nodes, &source, &mut list),
    }
    let (mut elements, page_count) = list.finish()?;
    drop(document);
    if !requested.struck {
        elements.iter_mut().for_each(elements::Element::forget_struck);
    }
    let left_out = left_out.into_iter().map(|part| (part.page, part.excess)).collect();
    // An empty slide at the end is listed and converts to nothing.
    let page_count = page_count.max(listed.unwrap_or(0));
    let (pages, blocks) = blocks::blocks(elements, page_count);
    Ok(OfficeDocument { pages, blocks, left_out })
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
