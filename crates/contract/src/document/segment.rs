//! Chunks and their segments.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::citations::Reference;

/// A run of segments that belong together, sized for retrieval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Chunk {
    /// Its id.
    pub chunk_id: Uuid,
    /// Its length in words, as counted by the chunker.
    pub chunk_length: usize,
    /// The smallest 1-based page number of its segments.
    pub page_number: usize,
    /// Markdown of the whole chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed: Option<String>,
    /// Its segments.
    pub segments: Vec<Segment>,
}

impl Chunk {
    /// Drops the segments of other types; false if none is left.
    pub fn retain_types(&mut self, kept: &[SegmentType]) -> bool {
        let before = self.segments.len();
        self.segments.retain(|segment| {
            SegmentType::from_any_name(&segment.segment_type)
                .is_some_and(|kind| kept.contains(&kind))
        });
        if self.segments.len() < before {
            self.refresh();
        }
        !self.segments.is_empty()
    }

    /// Makes the counts of the chunk fit its segments again.
    pub(super) fn refresh(&mut self) {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        // Where the Markdown was left out or moved, the content is what there is.
        let text = |segment: &Segment| filled(&segment.markdown).or(filled(&segment.content));
        let embed = self.segments.iter().filter_map(text).collect::<Vec<_>>().join("\n\n");
        self.chunk_length = embed.split_whitespace().count();
        let first_page = self.segments.iter().map(|segment| segment.page_number).min();
        self.page_number = first_page.unwrap_or(self.page_number);
        self.embed = self.embed.is_some().then_some(embed);
    }
}

/// One block of a page: a paragraph, heading, list item, table, picture and so on.
///
/// The optional texts are absent only if `output_fields` switched them off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Segment {
    /// Its id.
    pub segment_id: Uuid,
    /// Its type, in the requested naming.
    #[schemars(extend("enum" = SegmentType::wire_names()))]
    pub segment_type: String,
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// HTML of the block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Markdown of the block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// Its page, from 1.
    pub page_number: usize,
    /// Width of that page in page units.
    pub page_width: f64,
    /// Height of that page in page units.
    pub page_height: f64,
    /// Its box on the page, in page units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<BoundingBox>,
    /// Confidence in the type, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Its picture, cut from the page: the id of its file in a stored result; a link or the picture
    /// itself in a response. Absent if none was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Its words. Absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocr: Option<Vec<EmbeddedWord>>,
    /// Its references to the bibliography, if requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The boxes of the parts of a joined table, page by page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_page_bboxes: Vec<PageBox>,
}

/// A word with its box relative to the top left of its segment, in page units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EmbeddedWord {
    /// Box relative to the segment.
    pub bbox: BoundingBox,
    /// The word.
    pub text: String,
    /// 1 for a text layer; the confidence of the recogniser for OCR, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
    /// Its colour, if requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<WordColor>,
    /// The address it links to, if requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A colour of the sRGB space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WordColor {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
    /// The three as `#rrggbb`.
    pub hex: String,
}

impl From<[u8; 3]> for WordColor {
    fn from([r, g, b]: [u8; 3]) -> Self {
        Self { r, g, b, hex: format!("#{r:02x}{g:02x}{b:02x}") }
    }
}

/// A rectangle, origin at the top left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoundingBox {
    /// Distance from the left edge.
    pub left: f64,
    /// Distance from the top edge.
    pub top: f64,
    /// Width, never negative.
    pub width: f64,
    /// Height, never negative.
    pub height: f64,
}

/// The kinds of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SegmentType {
    /// A caption of a table or picture.
    Caption,
    /// A note at the foot of a page.
    Footnote,
    /// A displayed formula.
    Formula,
    /// One item of a list.
    ListItem,
    /// A whole page (`page_by_page`).
    Page,
    /// A running footer.
    PageFooter,
    /// A running header.
    PageHeader,
    /// A picture.
    Picture,
    /// A heading within the document.
    SectionHeader,
    /// A table.
    Table,
    /// Running text.
    Text,
    /// The document's title.
    Title,
}

impl SegmentType {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Caption,
        Self::Footnote,
        Self::Formula,
        Self::ListItem,
        Self::Page,
        Self::PageFooter,
        Self::PageHeader,
        Self::Picture,
        Self::SectionHeader,
        Self::Table,
        Self::Text,
        Self::Title,
    ];

    /// The name in the naming `Unsiloed`, which is the default.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caption => "Caption",
            Self::Footnote => "Footnote",
            Self::Formula => "Formula",
            Self::ListItem => "ListItem",
            Self::Page => "Page",
            Self::PageFooter => "PageFooter",
            Self::PageHeader => "PageHeader",
            Self::Picture => "Picture",
            Self::SectionHeader => "SectionHeader",
            Self::Table => "Table",
            Self::Text => "Text",
            Self::Title => "Title",
        }
    }

    /// The name in the naming `Other`.
    #[must_use]
    pub fn other_name(self) -> &'static str {
        match self {
            Self::PageHeader => "Header",
            Self::PageFooter => "Footer",
            Self::SectionHeader => "Section Header",
            Self::ListItem => "List Item",
            Self::Picture => "Figure",
            same => same.as_str(),
        }
    }

    /// Every name that a segment may bear, of either naming.
    #[must_use]
    pub fn wire_names() -> Vec<&'static str> {
        let mut names: Vec<&str> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
        for kind in Self::ALL {
            if !names.contains(&kind.other_name()) {
                names.push(kind.other_name());
            }
        }
        names
    }

    /// Reads a name of either naming in any case; spaces, dashes and underscores do not count.
    #[must_use]
    pub fn from_any_name(name: &str) -> Option<Self> {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let wanted = plain(name);
        Self::ALL
            .into_iter()
            .find(|kind| plain(kind.as_str()) == wanted || plain(kind.other_name()) == wanted)
    }
}

impl fmt::Display for SegmentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The location of a part of a joined table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PageBox {
    /// The 1-based page.
    pub page_number: usize,
    /// The part's box on that page, in page units.
    pub bbox: BoundingBox,
    /// Width of that page in page units.
    pub page_width: f64,
    /// Height of that page in page units.
    pub page_height: f64,
}
