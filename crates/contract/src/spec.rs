//! What a client asked for, checked and typed: the part of a job that the engine acts on.

mod exports;
mod operations;
mod pages;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document::{SegmentType, Warning};
use crate::job_type::JobType;

pub use exports::ExportFormat;
pub use operations::{
    Category, ChunkSpec, ChunkStrategy, ClassifySpec, ExtractSpec, ModelTier, SplitSpec,
};
pub use pages::{NotAPageRange, PageRange};

/// What a job is to do. A new kind of job is a new variant; the compiler then names every place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobSpec {
    /// Parse a document into chunks.
    Parse(ParseSpec),
    /// Find the values of a schema.
    Extract(ExtractSpec),
    /// Cut the text for retrieval.
    Chunk(ChunkSpec),
    /// Tell which of the given categories it is.
    Classify(ClassifySpec),
    /// Take it apart by category.
    Split(SplitSpec),
}

impl JobSpec {
    /// The job type that this spec belongs to.
    #[must_use]
    pub fn job_type(&self) -> JobType {
        match self {
            Self::Parse(_) => JobType::Parsing,
            Self::Extract(_) => JobType::Extraction,
            Self::Chunk(_) => JobType::Chunking,
            Self::Classify(_) => JobType::Classification,
            Self::Split(_) => JobType::Splitting,
        }
    }

    /// The pages that the job is to read.
    #[must_use]
    pub fn page_range(&self) -> Option<&PageRange> {
        match self {
            Self::Parse(spec) => spec.page_range.as_ref(),
            Self::Extract(_) | Self::Chunk(_) | Self::Classify(_) | Self::Split(_) => None,
        }
    }

    /// What of the request was not understood; part of the result.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        match self {
            Self::Parse(spec) => &spec.warnings,
            Self::Extract(spec) => &spec.warnings,
            Self::Chunk(spec) => &spec.warnings,
            Self::Classify(spec) => &spec.warnings,
            Self::Split(spec) => &spec.warnings,
        }
    }

    /// The same, to be changed.
    pub fn warnings_mut(&mut self) -> &mut Vec<Warning> {
        match self {
            Self::Parse(spec) => &mut spec.warnings,
            Self::Extract(spec) => &mut spec.warnings,
            Self::Chunk(spec) => &mut spec.warnings,
            Self::Classify(spec) => &mut spec.warnings,
            Self::Split(spec) => &mut spec.warnings,
        }
    }

    /// The options of a parse, if it is one.
    #[must_use]
    pub fn into_parse(self) -> Option<ParseSpec> {
        match self {
            Self::Parse(spec) => Some(spec),
            _ => None,
        }
    }

    /// The options of an extraction, if it is one.
    #[must_use]
    pub fn into_extract(self) -> Option<ExtractSpec> {
        match self {
            Self::Extract(spec) => Some(spec),
            _ => None,
        }
    }

    /// The options of a classification, if it is one.
    #[must_use]
    pub fn into_classify(self) -> Option<ClassifySpec> {
        match self {
            Self::Classify(spec) => Some(spec),
            _ => None,
        }
    }

    /// The options of a split, if it is one.
    #[must_use]
    pub fn into_split(self) -> Option<SplitSpec> {
        match self {
            Self::Split(spec) => Some(spec),
            _ => None,
        }
    }
}

/// The options of a parse job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParseSpec {
    /// Pages to read; `None` means all.
    pub page_range: Option<PageRange>,
    /// How a page is cut into segments.
    pub layout: Layout,
    /// When OCR is used.
    pub ocr_mode: OcrMode,
    /// Tables over several pages become one.
    pub merge_tables: bool,
    /// Kinds of segments to keep; `None` means all.
    pub keep_segment_types: Option<Vec<SegmentType>>,
    /// Names that segment types get on the wire.
    pub segment_type_naming: SegmentNaming,
    /// How segments are gathered into chunks.
    pub chunking: ParseChunking,
    /// Which fields of a segment are sent.
    pub output_fields: OutputFields,
    /// What a page that cannot be read does to the job.
    pub error_handling: ErrorHandling,
    /// What stands in for the plain text in `content`, by kind of segment.
    #[serde(default)]
    pub content_sources: Vec<(SegmentType, ContentSource)>,
    /// Details of words beside their text.
    #[serde(default)]
    pub word_details: WordDetails,
    /// Kinds of segments whose pictures are cut from their pages.
    #[serde(default)]
    pub cropped_types: Vec<SegmentType>,
    /// Checkboxes become characters that show whether they are checked.
    #[serde(default)]
    pub checkboxes: bool,
    /// The bibliography is read, and what refers to it linked.
    #[serde(default)]
    pub bibliography: bool,
    /// Rows that a table of a workbook has in one segment; `None` cuts none.
    #[serde(default)]
    pub table_rows_max: Option<u32>,
    /// Struck text is marked.
    #[serde(default)]
    pub strikethrough: bool,
    /// What of a workbook is read although it is hidden.
    #[serde(default)]
    pub hidden_parts: HiddenParts,
    /// Files that are made beside the result.
    #[serde(default)]
    pub exports: Vec<ExportFormat>,
    /// Options that are accepted and echoed, but do not change what the engine does, under the
    /// names and with the values that the client sent.
    pub echoed: Map<String, Value>,
    /// What of the request was not understood; part of the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl Default for ParseSpec {
    fn default() -> Self {
        Self {
            page_range: None,
            layout: Layout::Smart,
            ocr_mode: OcrMode::Auto,
            merge_tables: false,
            keep_segment_types: None,
            segment_type_naming: SegmentNaming::Unsiloed,
            chunking: ParseChunking::default(),
            output_fields: OutputFields::default(),
            error_handling: ErrorHandling::Continue,
            content_sources: Vec::new(),
            word_details: WordDetails::default(),
            cropped_types: vec![SegmentType::Picture],
            checkboxes: false,
            bibliography: false,
            table_rows_max: None,
            strikethrough: false,
            hidden_parts: HiddenParts::default(),
            exports: Vec::new(),
            echoed: Map::new(),
            warnings: Vec::new(),
        }
    }
}

/// A text that moves into `content` and leaves `html` and `markdown` empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentSource {
    /// The segment's HTML.
    Html,
    /// The segment's Markdown.
    Markdown,
}

/// Details of words beside their text. None by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordDetails {
    /// The addresses they link to.
    pub links: bool,
    /// The colours they are painted in.
    pub colors: bool,
}

/// Hidden parts of a workbook that are read. None by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenParts {
    /// Hidden rows.
    pub rows: bool,
    /// Hidden columns.
    pub columns: bool,
    /// Hidden sheets.
    pub sheets: bool,
}

/// How a page is cut into segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// By layout: paragraphs, headings, lists and so on.
    Smart,
    /// One segment of type `Page` per page.
    PageByPage,
}

/// When OCR is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OcrMode {
    /// On pages without a usable text layer.
    Auto,
    /// On every page.
    Force,
}

/// Names that segment types get on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SegmentNaming {
    /// `SectionHeader`, `ListItem`, ...
    Unsiloed,
    /// `Section Header`, `List Item`, `Figure`, ...
    Other,
}

/// What a page that cannot be read does to the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorHandling {
    /// It is listed in `failed_pages`, the rest is delivered.
    Continue,
    /// The job fails.
    Fail,
}

/// How segments are gathered into chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParseChunking {
    /// Words that a chunk aims at; 0 puts every segment into a chunk of its own.
    pub target_length_words: usize,
    /// Leaves running headers and footers out of `embed`.
    pub ignore_headers_and_footers: bool,
}

impl Default for ParseChunking {
    fn default() -> Self {
        Self { target_length_words: 512, ignore_headers_and_footers: false }
    }
}

/// Which fields of chunks and segments are sent. All of them by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the wire's own set of switches")]
pub struct OutputFields {
    /// `bbox` of segments.
    pub bbox: bool,
    /// `confidence` of segments.
    pub confidence: bool,
    /// `content` of segments.
    pub content: bool,
    /// `embed` of chunks.
    pub embed: bool,
    /// `html` of segments.
    pub html: bool,
    /// `markdown` of segments.
    pub markdown: bool,
    /// `ocr` of segments.
    pub ocr: bool,
}

impl Default for OutputFields {
    fn default() -> Self {
        Self {
            bbox: true,
            confidence: true,
            content: true,
            embed: true,
            html: true,
            markdown: true,
            ocr: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_survive_the_database() {
        let spec = JobSpec::Parse(ParseSpec::default());
        let text = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<JobSpec>(&text).unwrap(), spec);
    }
}
