//! What a client asked for, checked and typed: the part of a job that the engine acts on.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document::SegmentType;
use crate::job::JobType;

/// What a job is to do. A new kind of job is a new variant; the compiler then names every place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobSpec {
    /// Parse a document into chunks.
    Parse(ParseSpec),
}

impl JobSpec {
    /// The job type that this spec belongs to.
    #[must_use]
    pub fn job_type(&self) -> JobType {
        match self {
            Self::Parse(_) => JobType::Parsing,
        }
    }

    /// The pages that the job is to read.
    #[must_use]
    pub fn page_range(&self) -> Option<&PageRange> {
        match self {
            Self::Parse(spec) => spec.page_range.as_ref(),
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
    /// Tables that go on over a page's end become one.
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
    /// Options that are accepted and echoed, but do not change what the engine does, under the
    /// names and with the values that the client sent.
    pub echoed: Map<String, Value>,
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
            echoed: Map::new(),
        }
    }
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

/// Pages asked for: ranges of 1-based numbers, both ends included, ascending and apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageRange(Vec<(u32, u32)>);

/// The text names no pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAPageRange(pub String);

impl fmt::Display for NotAPageRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invalid page_range '{}': use forms like \"2\", \"1-5\" or \"2,4,6\"", self.0)
    }
}

impl std::error::Error for NotAPageRange {}

impl PageRange {
    /// Reads `"2"`, `"1-5"`, `"2,4,6"`, `"[1,3,5]"` and mixes of them.
    ///
    /// # Errors
    /// If a part is no number or range of numbers from 1, or a range runs backwards.
    pub fn parse(text: &str) -> Result<Self, NotAPageRange> {
        let bad = || NotAPageRange(text.chars().take(80).collect());
        let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
        let mut ranges = Vec::new();
        for part in inner.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let number = |digits: &str| digits.trim().parse::<u32>().ok().filter(|n| *n >= 1);
            let (first, last) = match part.split_once('-') {
                Some((first, last)) => (number(first), number(last)),
                None => (number(part), number(part)),
            };
            match (first, last) {
                (Some(first), Some(last)) if first <= last => ranges.push((first, last)),
                _ => return Err(bad()),
            }
        }
        if ranges.is_empty() {
            return Err(bad());
        }
        ranges.sort_unstable();
        let mut apart: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match apart.last_mut() {
                Some(former) if first <= former.1.saturating_add(1) => {
                    former.1 = former.1.max(last)
                }
                _ => apart.push((first, last)),
            }
        }
        Ok(Self(apart))
    }

    /// True if the 1-based page was asked for.
    #[must_use]
    pub fn contains(&self, page: usize) -> bool {
        self.0.iter().any(|(first, last)| (*first as usize..=*last as usize).contains(&page))
    }

    /// How many pages of a document of `page_count` pages were asked for.
    #[must_use]
    pub fn count_within(&self, page_count: usize) -> usize {
        let within = |(first, last): &(u32, u32)| {
            (*last as usize).min(page_count).saturating_sub(*first as usize - 1)
        };
        self.0.iter().map(within).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[(u32, u32)]) {
        assert_eq!(PageRange::parse(text).unwrap().0, want, "{text}");
    }

    #[test]
    fn page_ranges() {
        check("2", &[(2, 2)]);
        check("1-5", &[(1, 5)]);
        check("2,4,6", &[(2, 2), (4, 4), (6, 6)]);
        check("[1,3,5]", &[(1, 1), (3, 3), (5, 5)]);
        check(" 4-6, 1 ,2-4", &[(1, 6)]);
        for bad in ["", "0", "5-1", "x", "1-", "-3", "[]", "1;2"] {
            assert!(PageRange::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn page_ranges_count() {
        let range = PageRange::parse("2-4,9").unwrap();
        assert_eq!(range.count_within(1), 0);
        assert_eq!(range.count_within(3), 2);
        assert_eq!(range.count_within(100), 4);
        assert!(range.contains(9) && !range.contains(5));
    }

    #[test]
    fn specs_survive_the_database() {
        let spec = JobSpec::Parse(ParseSpec::default());
        let text = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<JobSpec>(&text).unwrap(), spec);
    }
}
