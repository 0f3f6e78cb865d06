//! The names that the wire has for what blocks are.

use docket_contract::SegmentType;

use crate::model::{Block, Content, Role};

/// The type of the segment that a block becomes.
pub(crate) fn segment_type(block: &Block) -> SegmentType {
    match &block.content {
        Content::Table(_) => SegmentType::Table,
        Content::Picture => SegmentType::Picture,
        Content::Formula(_) => SegmentType::Formula,
        Content::Code(_) | Content::Field(_) => SegmentType::Text,
        Content::Text { role, .. } => match role {
            Role::Paragraph => SegmentType::Text,
            Role::Title => SegmentType::Title,
            Role::Heading(_) => SegmentType::SectionHeader,
            Role::ListItem(_) => SegmentType::ListItem,
            Role::Caption => SegmentType::Caption,
            Role::Footnote => SegmentType::Footnote,
            Role::PageHeader => SegmentType::PageHeader,
            Role::PageFooter => SegmentType::PageFooter,
        },
    }
}
