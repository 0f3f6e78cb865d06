//! What a child does for each kind of job: parse the document, then what the job asks of it.

use std::io::{self, Write};

use docket_contract::document::ParseResult;
use docket_contract::results::{ChunkResult, ClassifyResult, ExtractResult, SplitResult};
use docket_contract::spec::{JobSpec, ParseChunking, ParseSpec};
use docket_engine::{Error, Models, ParseRequest, Progress};
use uuid::Uuid;

/// A job's work.
pub(super) struct Work<'a> {
    pub(super) document: Vec<u8>,
    pub(super) spec: &'a JobSpec,
    pub(super) password: Option<&'a str>,
    pub(super) namespace: Uuid,
    pub(super) models: &'a dyn Models,
}

/// What came out: a result, and files that go with it.
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

impl Performed {
    /// Writes the result as JSON.
    pub(super) fn write_result(&self, to: &mut impl Write) -> io::Result<()> {
        match &self.result {
            Outcome::Parsed(result) => serde_json::to_writer(to, result)?,
            Outcome::Extracted(result) => serde_json::to_writer(to, result)?,
            Outcome::Chunked(result) => serde_json::to_writer(to, result)?,
            Outcome::Classified(result) => serde_json::to_writer(to, result)?,
            Outcome::Split(result) => serde_json::to_writer(to, result)?,
        }
        Ok(())
    }
}

/// Does the work; `progress` hears of every page.
pub(super) fn perform(
    work: Work<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Performed, Error> {
    let Work { document, spec, password, namespace, models } = work;
    let read = |document, spec: &ParseSpec, progress: &mut dyn FnMut(Progress)| {
        let request = ParseRequest { spec, password, namespace, models };
        docket_engine::parse(document, &request, progress)
    };
    let whole = whole_document();
    let mut files = Vec::new();
    let result = match spec {
        JobSpec::Parse(spec) => Outcome::Parsed(read(document, spec, progress)?),
        JobSpec::Extract(spec) => {
            Outcome::Extracted(docket_engine::extract(&read(document, &whole, progress)?, spec))
        }
        JobSpec::Chunk(spec) => {
            Outcome::Chunked(docket_engine::chunk(&read(document, &whole, progress)?, spec))
        }
        JobSpec::Classify(spec) => {
            Outcome::Classified(docket_engine::classify(&read(document, &whole, progress)?, spec))
        }
        JobSpec::Split(spec) => {
            let parsed = read(document.clone(), &whole, progress)?;
            let split = docket_engine::split(&parsed, spec, namespace);
            for part in &split.parts {
                let pdf = docket_engine::pages_as_pdf(document.clone(), password, &part.pages)?;
                files.push((part.file_id, pdf));
            }
            Outcome::Split(split)
        }
    };
    Ok(Performed { result, files })
}

/// Everything that is in the document, one segment per chunk: what the other jobs work on.
fn whole_document() -> ParseSpec {
    let chunking = ParseChunking { target_length_words: 0, ignore_headers_and_footers: false };
    ParseSpec { chunking, ..ParseSpec::default() }
}
