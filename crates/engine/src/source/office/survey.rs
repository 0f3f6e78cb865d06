//! Looks through an Office package before the library that converts it: counts what conversion and
//! everything after it cost, in memory that does not grow with the document.

mod body;
mod book;
mod costs;
mod lists;
mod markup;
mod open_document;
mod package;
mod plain;
mod sheet;
mod total;
mod web;
mod without;

use std::collections::HashMap;

use body::BodyCounter;
use costs::PIECE_CHARACTERS;
use lists::{Relation, StringCounter};
use open_document::OpenDocumentCounter;
use sheet::SheetCounter;
use total::{LeftOut, Total};

pub(super) use book::chapters;
pub(super) use lists::ListCounter;
pub(super) use markup::{Scanner, Sink, Tag};
pub(super) use package::Package;
pub(super) use sheet::{Area as CellArea, area as cell_area};
pub(super) use without::without;

use super::container;
use super::format::OfficeFormat;
use crate::error::Error;
use crate::limits::{Limit, Limits};

/// How many slides or sheets a package lists, read from its list alone. `None` where that does not
/// tell: the package is encrypted, damaged or of a kind that has no such list.
///
/// # Errors
/// If there are more than the limit allows.
pub(super) fn page_count(
    bytes: &[u8],
    format: OfficeFormat,
    limits: &Limits,
) -> Result<Option<usize>, Error> {
    let list = match format {
        OfficeFormat::Pptx => "ppt/presentation.xml",
        OfficeFormat::Xlsx => "xl/workbook.xml",
        _ => return Ok(None),
    };
    let Some(mut package) = Package::open(bytes, limits)? else { return Ok(None) };
    let mut counter = ListCounter::default();
    if !package.scan(list, &mut counter)? || counter.page_count == 0 {
        return Ok(None);
    }
    limits.check(Limit::Slides, counter.page_count)?;
    Ok(usize::try_from(counter.page_count).ok())
}

/// What a file was found to be.
#[derive(Debug, Default)]
pub(super) struct Surveyed {
    /// Parts that are beyond a limit.
    pub left_out: Vec<LeftOut>,
    /// Sheets that are too large for the library: their pages, from 1, and their parts.
    pub large: Vec<(usize, String)>,
    /// Part of it ends before its end.
    pub damaged: bool,
}

/// Looks through all that will be read.
///
/// # Errors
/// If the document as a whole is beyond a limit.
pub(super) fn survey(
    bytes: &[u8],
    format: OfficeFormat,
    limits: &Limits,
) -> Result<Surveyed, Error> {
    let nothing = |()| Surveyed::default();
    match format {
        OfficeFormat::Text | OfficeFormat::Csv | OfficeFormat::Xml | OfficeFormat::Json => {
            return Ok(plain::check(bytes, limits).map(nothing)?);
        }
        OfficeFormat::Rtf => {
            let damaged = plain::check_rich(bytes, limits)?;
            return Ok(Surveyed { damaged, ..Surveyed::default() });
        }
        OfficeFormat::Eml | OfficeFormat::Msg | OfficeFormat::AsciiDoc => {
            return Ok(plain::check_mail(bytes, limits).map(nothing)?);
        }
        OfficeFormat::Html => return Ok(web::check_html(bytes, limits).map(nothing)?),
        OfficeFormat::Markdown => {
            return Ok(web::check_markdown(bytes, limits).map(nothing)?);
        }
        _ => {}
    }
    let Some(mut package) = Package::open(bytes, limits)? else {
        let damaged = bytes.starts_with(b"\xd0\xcf\x11\xe0") && !container::is_whole(bytes);
        return Ok(Surveyed { damaged, ..Surveyed::default() });
    };
    let (mut left_out, mut large) = (Vec::new(), Vec::new());
    match format {
        OfficeFormat::Docx => word(&mut package, limits)?,
        OfficeFormat::Pptx => slides(&mut package, limits)?,
        OfficeFormat::Xlsx => (left_out, large) = workbook(&mut package, limits)?,
        OfficeFormat::Odt | OfficeFormat::Ods | OfficeFormat::Odp | OfficeFormat::Epub => {
            open_document(&mut package, format, limits)?;
        }
        _ => {}
    }
    Ok(Surveyed { left_out, large, damaged: package.is_damaged() })
}

/// `OpenDocument` files and books.
fn open_document(
    package: &mut Package<'_>,
    format: OfficeFormat,
    limits: &Limits,
) -> Result<(), Error> {
    package.allow_document_types();
    let mut total = Total::default();
    // A chapter is read as often as it is listed.
    let mut times: HashMap<String, u64> = HashMap::new();
    if format == OfficeFormat::Epub {
        for chapter in chapters(package)? {
            *times.entry(chapter).or_default() += 1;
        }
    }
    for part in package.xml_parts()? {
        let mut counter = OpenDocumentCounter::default();
        let elements = package.elements_of(&part, &mut counter)?;
        limits.check(Limit::TablesNested, counter.tables_nested)?;
        let times = times.get(&part).copied().unwrap_or(1);
        let added = |sum: u64, count: u64| sum.saturating_add(count.saturating_mul(times));
        total.elements = added(total.elements, elements);
        total.characters = added(total.characters, counter.characters);
        total.cells = added(total.cells, counter.cells);
        total.check(limits)?;
    }
    Ok(())
}

fn word(package: &mut Package<'_>, limits: &Limits) -> Result<(), Error> {
    let mut total = Total::default();
    for part in package.xml_parts()? {
        let mut body = BodyCounter::default();
        let elements = package.elements_of(&part, &mut body)?;
        limits.check(Limit::TablesNested, body.tables_nested)?;
        total.add_body(elements, &body);
        total.check(limits)?;
    }
    Ok(())
}

/// A slide is read as often as it is listed, each time with its layout, its master and its pictures.
fn slides(package: &mut Package<'_>, limits: &Limits) -> Result<(), Error> {
    let mut list = ListCounter::default();
    package.scan("ppt/presentation.xml", &mut list)?;
    limits.check(Limit::Slides, list.page_count)?;
    let targets = package.targets_of("ppt/presentation.xml")?;
    let mut costs: HashMap<String, (u64, u64, BodyCounter)> = HashMap::new();
    let mut background = 0;
    for part in package.xml_parts()? {
        let mut body = BodyCounter::default();
        let elements = package.elements_of(&part, &mut body)?;
        if part.starts_with("ppt/slideMasters/") || part.starts_with("ppt/slideLayouts/") {
            background = background.max(elements);
        }
        costs.insert(part, (elements, 0, body));
    }
    let parts: Vec<String> = costs.keys().cloned().collect();
    for part in parts.iter().filter(|part| !part.ends_with(".rels")) {
        let pictures: u64 = package
            .targets_of(part)?
            .values()
            .filter(|relation| relation.kind.ends_with("/image"))
            .map(|relation| package.size_of(&relation.target))
            .sum();
        if let Some(cost) = costs.get_mut(part) {
            cost.1 = pictures;
        }
    }
    let (mut total, mut pictures) = (Total::default(), 0_u64);
    for relation in &list.pages {
        let slide = targets.get(relation).and_then(|relation| costs.get(&relation.target));
        if let Some((elements, bytes, body)) = slide {
            limits.check(Limit::TablesNested, body.tables_nested)?;
            total.add_body(elements + 2 * background, body);
            pictures = pictures.saturating_add(*bytes);
            total.check(limits)?;
            limits.check(Limit::PackageBytes, pictures)?;
        }
    }
    Ok(())
}

/// Filled cells of a sheet from which on it is read row by row, in a workbook of so many that the
/// library would hold each of them too often.
const LARGE_SHEET_CELLS: u64 = 20_000;

/// Sheets beyond a limit, and those that are read row by row.
type Sheets = (Vec<LeftOut>, Vec<(usize, String)>);

/// A sheet that is beyond a limit by itself is left out where others remain.
fn workbook(package: &mut Package<'_>, limits: &Limits) -> Result<Sheets, Error> {
    let mut list = ListCounter::default();
    package.scan("xl/workbook.xml", &mut list)?;
    limits.check(Limit::Slides, list.page_count)?;
    let mut strings = StringCounter::default();
    package.scan("xl/sharedStrings.xml", &mut strings)?;
    limits.check(Limit::Elements, strings.announced)?;
    let targets = package.targets_of("xl/workbook.xml")?;
    let mut sheets: HashMap<String, (Total, u64)> = HashMap::new();
    for part in package.xml_parts()? {
        let mut sheet = SheetCounter::new(&strings.lengths);
        let elements = package.elements_of(&part, &mut sheet)?;
        let cells = sheet.whole.map_or(0, sheet::Area::cells);
        let filled = sheet.filled();
        let (characters, merged) = (sheet.characters, sheet.merged);
        sheets.insert(part, (Total { elements, characters, cells, merged }, filled));
    }
    let parts = list.pages.iter().filter_map(|relation| targets.get(relation));
    let all = parts.filter_map(|part| sheets.get(&part.target));
    let is_heavy = all.map(|(sheet, _)| sheet.characters).sum::<u64>() > limits.text_characters / 2;
    let (mut total, mut left_out, mut kept) = (Total::default(), Vec::new(), 0);
    let mut large = Vec::new();
    for (index, relation) in list.pages.iter().enumerate() {
        let Some(Relation { target, .. }) = targets.get(relation) else { continue };
        let Some((sheet, filled)) = sheets.get(target) else { continue };
        let is_large = is_heavy && *filled >= LARGE_SHEET_CELLS;
        // Without what a cell costs the library.
        let spared = if is_large { filled.saturating_mul(PIECE_CHARACTERS) } else { 0 };
        let sheet = Total { characters: sheet.characters.saturating_sub(spared), ..*sheet };
        if let Err(excess) = sheet.check(limits) {
            left_out.push(LeftOut { page: index + 1, part: target.clone(), excess });
            continue;
        }
        if is_large {
            large.push((index + 1, target.clone()));
        }
        kept += usize::from(sheet.cells > 0);
        total.elements += sheet.elements;
        total.characters += sheet.characters;
        total.cells += sheet.cells;
        total.merged += sheet.merged;
        total.check(limits)?;
    }
    match left_out.first() {
        Some(LeftOut { excess, .. }) if kept == 0 => Err((*excess).into()),
        _ => Ok((left_out, large)),
    }
}
