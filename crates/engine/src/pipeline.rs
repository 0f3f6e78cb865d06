//! What becomes of a document, stage by stage: it is read, and written out or searched.
//!
//! Reading is itself three stages: its pages come from the file (`source`), from their pictures
//! where the file holds no text (`recognise`), and get their structure (`analyse`).

mod asking;
mod documents;
mod guard;
mod mail;
mod reading;
mod recognition;
mod request;
mod step;

use docket_contract::results::{ChunkResult, ClassifyResult, ExtractResult, SplitResult};
use docket_contract::spec::{ChunkSpec, ClassifySpec, ExtractSpec, SplitSpec};
use docket_contract::{ParseResult, Warning};
use uuid::Uuid;

use crate::error::Error;
use crate::source::kind::{Kind, kind};
use crate::source::office::OfficeFormat;
use crate::task::chunk::DocumentText;
use crate::write::text_chunks::ChunkWriter;
use crate::write::{Written, write};
use crate::{task, write as writing};
use documents::{read_images, read_office, read_pdf};
pub(crate) use mail::page_count as mail_page_count;
pub use request::{ParseRequest, Parsed, Progress, ReadDocument};
pub use writing::crop::{CropRequest, PictureFile};

/// Reads a document. `progress` is called before the first page and after every page.
///
/// # Errors
/// If nothing useful can come out of the document; see [`Error`].
pub fn read(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadDocument, Error> {
    match kind(&document, request.media_type) {
        Some(Kind::Office(format @ (OfficeFormat::Eml | OfficeFormat::Msg))) => {
            mail::read_mail(document, format, request, progress, &mut mail::Budget::default())
        }
        Some(Kind::Office(format)) => read_office(document, format, request, progress),
        Some(Kind::Image(format)) => read_images(document, format, request, progress),
        Some(Kind::Pdf) | None => read_pdf(document, request, progress),
    }
}

/// Reads a document and writes it out as the request wants it.
///
/// # Errors
/// As [`read`].
pub fn parse(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ParseResult, Error> {
    Ok(parse_with_files(document, request, progress)?.result)
}

/// The same with the files that the spec asks for.
///
/// # Errors
/// As [`read`].
pub fn parse_with_files(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Parsed, Error> {
    let ReadDocument { document, warnings, failed_pages, intake } =
        read(document, request, progress)?;
    let troubles = (warnings, failed_pages);
    let Written { mut result, files, frames, output } =
        write(&document, troubles, &intake, request.spec, request.namespace);
    guard::check_result(&intake, &output, &mut result);
    Ok(Parsed { result, files, frames })
}

/// Cuts out pictures of the segments of these kinds and names the files in the result. A page that
/// cannot be drawn has no pictures. `progress` is called for every page that was drawn.
#[must_use]
pub fn crop(
    document: Vec<u8>,
    request: CropRequest<'_>,
    parsed: &mut Parsed,
    progress: &mut dyn FnMut(),
) -> Vec<PictureFile> {
    writing::crop::crop(document, request, (&mut parsed.result, &parsed.frames), progress)
}

/// What went wrong, and what the blocks of the document lack of the file.
fn warnings(read: &ReadDocument) -> Vec<Warning> {
    let mut warnings = read.warnings.clone();
    warnings.extend(guard::losses(&read.intake, &writing::of_blocks(&read.document, &read.intake)));
    warnings
}

/// Finds the values that the schema asks for.
#[must_use]
pub fn extract(read: &ReadDocument, spec: &ExtractSpec) -> ExtractResult {
    ExtractResult {
        fields: task::extract::extract(&read.document, spec),
        page_count: read.document.page_count,
        warnings: warnings(read),
        failed_pages: read.failed_pages.clone(),
    }
}

/// Cuts the text of a document into chunks. `namespace` names them, as it names segments.
#[must_use]
pub fn chunk(read: &ReadDocument, spec: &ChunkSpec, namespace: Uuid) -> ChunkResult {
    let document = &read.document;
    let text = &DocumentText::new(document);
    let cuts = task::chunk::cut(text, spec);
    let chunks = ChunkWriter { document, text, spec, namespace }.write(cuts);
    let characters: usize = chunks.iter().map(|chunk| chunk.text.chars().count()).sum();
    ChunkResult {
        file_type: "pdf".to_owned(),
        strategy: spec.strategy.as_str().to_owned(),
        total_chunks: chunks.len(),
        avg_chunk_size: characters as f64 / chunks.len().max(1) as f64,
        chunks,
        warnings: warnings(read),
        failed_pages: read.failed_pages.clone(),
    }
}

/// Finds which of the given categories a document and each of its pages belong to.
#[must_use]
pub fn classify(read: &ReadDocument, spec: &ClassifySpec) -> ClassifyResult {
    let classes = task::classify::classify(&read.document, spec);
    let best = classes.categories.first();
    ClassifyResult {
        classification: best.map(|best| best.name.clone()).unwrap_or_default(),
        confidence: best.map_or(0.0, |best| best.score),
        page_count: read.document.page_count,
        categories: classes.categories,
        pages: classes.pages,
        warnings: warnings(read),
    }
}

/// Sorts the pages of a document into the given categories. `namespace` names the parts: their ids
/// are version 5 UUIDs of it and their category.
#[must_use]
pub fn split(read: &ReadDocument, spec: &SplitSpec, namespace: Uuid) -> SplitResult {
    SplitResult {
        parts: task::split::split(&read.document, spec, namespace),
        page_count: read.document.page_count,
        warnings: warnings(read),
    }
}
