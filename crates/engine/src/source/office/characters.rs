//! The characters of a file as it has them, with their looks. The library gives the structure of a
//! document, but it joins runs of characters by spaces: each text that it gives is looked up here by
//! its letters.

mod markdown;
mod open_document;
mod slides;
mod texts;
mod web;
mod word;
mod xml;

use docling::DoclingDocument;
pub(super) use texts::Characters;
pub(super) use word::links as part_links;
pub(super) use xml::Pieces;

use super::format::OfficeFormat;
use super::survey::Package;
use crate::error::Error;
use crate::limits::Limits;

/// The texts of a file; none for formats in which the library loses nothing.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn of_file(
    bytes: &[u8],
    format: OfficeFormat,
    limits: &Limits,
) -> Result<Characters, Error> {
    let mut characters = Characters::default();
    match format {
        OfficeFormat::Docx => {
            if let Some(mut package) = Package::open(bytes, limits)? {
                word::collect(&mut package, &mut characters)?;
            }
        }
        OfficeFormat::Pptx => {
            if let Some(mut package) = Package::open(bytes, limits)? {
                slides::collect(&mut package, &mut characters)?;
            }
        }
        OfficeFormat::Odt | OfficeFormat::Odp | OfficeFormat::Ods => {
            if let Some(mut package) = Package::open(bytes, limits)? {
                let is_sheet = format == OfficeFormat::Ods;
                open_document::collect(&mut package, is_sheet, &mut characters)?;
            }
        }
        OfficeFormat::Markdown => markdown::collect(bytes, &mut characters),
        _ => {}
    }
    Ok(characters)
}

/// Adds the texts that the library itself lists, of web pages.
pub(super) fn add_blocks(document: &DoclingDocument, to: &mut Characters) {
    if let Some(tree) = &document.tree {
        web::collect(tree, to);
    }
}
