//! The work of a child for each kind of job: parses the document, then does the task.

use std::io::{self, Write};

use docket_contract::document::{ParseResult, Warning, WarningCode};
use docket_contract::results::{ChunkResult, ClassifyResult, ExtractResult, SplitResult};
use docket_contract::spec::{ChunkSpec, ChunkStrategy, JobSpec, ParseChunking, ParseSpec};
use docket_contract::stored;
use docket_engine::{
    CropRequest, DocumentKind, Error, Limits, Models, ParseRequest, PictureFile, Progress,
    ReadDocument,
};
use uuid::Uuid;

/// A job's work.
pub(super) struct Work<'a> {
    pub(super) document: Vec<u8>,
    pub(super) spec: &'a JobSpec,
    pub(super) password: Option<&'a str>,
    pub(super) media_type: Option<&'a str>,
    pub(super) namespace: Uuid,
    pub(super) models: &'a dyn Models,
    /// Threads that may read pages.
    pub(super) threads: usize,
}

/// The outcome: a result and its files.
pub(super) struct Performed {
    result: Outcome,
    pub(super) files: Vec<(Uuid, Vec<u8>)>,
}

enum Outcome {
    Parsed(ParseResult),
    Extracted(ExtractResult),
    Chunked(ChunkResult),
    Classified(ClassifyResult),
    Split(SplitResult),
}

impl Outcome {
    fn warnings_mut(&mut self) -> &mut Vec<Warning> {
        match self {
            Self::Parsed(result) => &mut result.warnings,
            Self::Extracted(result) => &mut result.warnings,
            Self::Chunked(result) => &mut result.warnings,
            Self::Classified(result) => &mut result.warnings,
            Self::Split(result) => &mut result.warnings,
        }
    }
}

impl Performed {
    /// Writes the result as JSON.
    pub(super) fn write_result(&self, to: &mut impl Write) -> io::Result<()> {
        match &self.result {
            Outcome::Parsed(result) => stored::write(result, to)?,
            Outcome::Extracted(result) => serde_json::to_writer(to, result)?,
            Outcome::Chunked(result) => serde_json::to_writer(to, result)?,
            Outcome::Classified(result) => serde_json::to_writer(to, result)?,
            Outcome::Split(result) => serde_json::to_writer(to, result)?,
        }
        Ok(())
    }
}

/// Does the work; `progress` is called for every page.
pub(super) fn perform(
    mut work: Work<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Performed, Error> {
    let whole = whole_document();
    let mut files = Vec::new();
    let document = std::mem::take(&mut work.document);
    let kind = DocumentKind::of(&document, work.media_type);
    let mut result = match work.spec {
        JobSpec::Parse(spec) => {
            let (mut parsed, pictures) = work.parse_with_pictures(document, spec, progress)?;
            parsed.warnings.extend(spec.left_undone());
            files = pictures;
            Outcome::Parsed(parsed)
        }
        JobSpec::Extract(spec) => {
            let read = work.read(document, &whole, progress)?;
            Outcome::Extracted(docket_engine::extract(&read, spec))
        }
        JobSpec::Chunk(spec) => {
            let mut read = work.read(document, &whole, progress)?;
            let spec = fitting(spec, kind, &mut read);
            let chunked = docket_engine::chunk(&read, &spec, work.namespace);
            let file_type = kind.map_or("pdf", DocumentKind::extension).to_owned();
            Outcome::Chunked(ChunkResult { file_type, ..chunked })
        }
        JobSpec::Classify(spec) => {
            let read = work.read(document, &whole, progress)?;
            Outcome::Classified(docket_engine::classify(&read, spec))
        }
        JobSpec::Split(spec) => {
            let read = work.read(document.clone(), &whole, progress)?;
            let split = docket_engine::split(&read, spec, work.namespace);
            for part in &split.parts {
                let pdf =
                    docket_engine::pages_as_pdf(document.clone(), work.password, &part.pages)?;
                files.push((part.file_id, pdf));
            }
            Outcome::Split(split)
        }
    };
    result.warnings_mut().extend_from_slice(work.spec.warnings());
    Ok(Performed { result, files })
}

impl Work<'_> {
    /// Parses, makes the files and cuts out the pictures that the spec wants.
    fn parse_with_pictures(
        &self,
        document: Vec<u8>,
        spec: &ParseSpec,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(ParseResult, Vec<PictureFile>), Error> {
        if spec.cropped_types.is_empty() {
            let request = self.request(spec);
            let parsed = docket_engine::parse_with_files(document, &request, progress)?;
            return Ok((parsed.result, parsed.files));
        }
        let mut last = None;
        let request = self.request(spec);
        let mut parsed = docket_engine::parse_with_files(document.clone(), &request, &mut |now| {
            last = Some(now);
            progress(now);
        })?;
        let request = CropRequest {
            kinds: &spec.cropped_types,
            password: self.password,
            threads: self.threads,
            limits: &Limits::DEFAULT,
        };
        let pictures = docket_engine::crop(document, request, &mut parsed, &mut || {
            // Each page that is drawn may take a page's processor time again.
            if let Some(last) = last {
                progress(last);
            }
        });
        let mut files = parsed.files;
        files.extend(pictures);
        Ok((parsed.result, files))
    }

    fn read(
        &self,
        document: Vec<u8>,
        spec: &ParseSpec,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<ReadDocument, Error> {
        docket_engine::read(document, &self.request(spec), progress)
    }

    fn request<'s>(&'s self, spec: &'s ParseSpec) -> ParseRequest<'s> {
        ParseRequest {
            spec,
            password: self.password,
            namespace: self.namespace,
            models: self.models,
            media_type: self.media_type,
            threads: self.threads,
            limits: &Limits::DEFAULT,
        }
    }
}

/// Chunks by page need pages; a document without them is cut by paragraph, and says so.
fn fitting(spec: &ChunkSpec, kind: Option<DocumentKind>, read: &mut ReadDocument) -> ChunkSpec {
    let has_pages = kind.is_none_or(DocumentKind::has_pages);
    if has_pages || spec.strategy != ChunkStrategy::Page {
        return spec.clone();
    }
    read.warnings.push(Warning {
        code: WarningCode::OptionUnsupported,
        message: "Documents of this kind have no pages: the text was cut by paragraph".to_owned(),
        page: None,
    });
    ChunkSpec { strategy: ChunkStrategy::Paragraph, ..spec.clone() }
}

/// Everything that is in the document, one segment per chunk: what the other jobs work on.
fn whole_document() -> ParseSpec {
    let chunking = ParseChunking { target_length_words: 0, ignore_headers_and_footers: false };
    ParseSpec { chunking, ..ParseSpec::default() }
}
