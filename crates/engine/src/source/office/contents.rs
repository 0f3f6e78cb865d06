//! What a file holds, counted from the file itself and apart from the library that reads it: words,
//! pictures and cells, to compare with what comes out.

mod book;
mod open_document;
mod plain;
mod rich;
mod slides;
mod texts;
mod web;
mod word;
mod workbook;

use super::format::{OfficeFormat, Requested};
use super::sheets::Sheets;
use super::survey::Package;
use crate::error::Error;
use crate::limits::Limits;
use crate::model::Intake;

/// Counts a file. Nothing is known of the older binary formats.
///
/// # Errors
/// If the file is beyond a limit.
pub(super) fn of_file(
    bytes: &[u8],
    format: OfficeFormat,
    (sheets, requested): (&Sheets, Requested),
    limits: &Limits,
) -> Result<Intake, Error> {
    let mut intake = Intake::default();
    let to = &mut intake;
    match format {
        OfficeFormat::Html => web::read(bytes, to.page(1)),
        OfficeFormat::Markdown => plain::markdown(bytes, to.page(1)),
        OfficeFormat::Text | OfficeFormat::Xml | OfficeFormat::Json => {
            plain::text(bytes, to.page(1));
        }
        OfficeFormat::Csv => plain::values(bytes, to.page(1)),
        OfficeFormat::AsciiDoc => plain::asciidoc(bytes, to.page(1)),
        OfficeFormat::Rtf => rich::read(bytes, to.page(1)),
        // Mails are counted as they are read, by the parts that they list.
        OfficeFormat::Eml
        | OfficeFormat::Msg
        | OfficeFormat::Doc
        | OfficeFormat::Ppt
        | OfficeFormat::Xls => {}
        OfficeFormat::Docx
        | OfficeFormat::Pptx
        | OfficeFormat::Xlsx
        | OfficeFormat::Odt
        | OfficeFormat::Ods
        | OfficeFormat::Odp
        | OfficeFormat::Epub => {
            if let Some(mut package) = Package::open(bytes, limits)? {
                of_package(&mut package, format, (sheets, requested), to)?;
            }
        }
    }
    Ok(intake)
}

fn of_package(
    package: &mut Package<'_>,
    format: OfficeFormat,
    (sheets, requested): (&Sheets, Requested),
    to: &mut Intake,
) -> Result<(), Error> {
    package.allow_document_types();
    match format {
        OfficeFormat::Docx => word::read(package, to.page(1)),
        OfficeFormat::Pptx => slides::read(package, to),
        OfficeFormat::Xlsx => workbook::read(package, sheets, requested, to),
        OfficeFormat::Epub => book::read(package, to.page(1)),
        _ => open_document::read(package, format, to),
    }
}
