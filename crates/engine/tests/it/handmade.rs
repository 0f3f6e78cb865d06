//! Documents made by hand.

use docket_contract::SegmentType;
use docket_engine::ReadDocument;
use docket_engine::model::{Block, Cell, Content, Document, Origin, Page, Rect, Role, Table, Text};

/// A document made by hand: its pages, and the page, kind and Markdown of every block. Pages are A4.
pub(crate) fn made(page_count: usize, blocks: &[(usize, SegmentType, &str)]) -> ReadDocument {
    let block = |(page, kind, markdown): &(usize, SegmentType, &str)| Block {
        page: *page,
        rect: Some(Rect { x0: 0.0, y0: 300.0, x1: 595.5, y1: 300.0 }),
        content: content(*kind, markdown),
        confidence: 1.0,
        origin: Origin::TextLayer,
        entry: None,
    };
    let page = |number| Page { number, size: Some((595.5, 842.0)), ..Page::default() };
    let document = Document {
        page_count,
        pages: (1..=page_count).map(page).collect(),
        blocks: blocks.iter().map(block).collect(),
        ..Document::default()
    };
    ReadDocument { document, ..ReadDocument::default() }
}

fn content(kind: SegmentType, markdown: &str) -> Content {
    let text = Text::plain(markdown.trim_start_matches(['#', ' ']));
    let level = markdown.bytes().take_while(|byte| *byte == b'#').count().max(1);
    let role = match kind {
        SegmentType::Table => {
            let (row, column, row_span, column_span) = (0, 0, 1, 1);
            let cell = Cell { row, column, row_span, column_span, header: false, text };
            return Content::Table(Table { rows: 1, columns: 1, cells: vec![cell] });
        }
        SegmentType::Picture => return Content::Picture,
        SegmentType::Formula => return Content::Formula(text),
        SegmentType::Title => Role::Title,
        SegmentType::SectionHeader => Role::Heading(u8::try_from(level).unwrap_or(6)),
        SegmentType::ListItem => Role::ListItem(0),
        SegmentType::Caption => Role::Caption,
        SegmentType::Footnote => Role::Footnote,
        SegmentType::PageHeader => Role::PageHeader,
        SegmentType::PageFooter => Role::PageFooter,
        SegmentType::Text | SegmentType::Page => Role::Paragraph,
    };
    Content::Text { role, text }
}

/// The texts of all blocks, joined by blank lines.
pub(crate) fn text_of(document: &ReadDocument) -> String {
    let text = |block: &Block| match &block.content {
        Content::Text { text, .. } | Content::Formula(text) => text.content.clone(),
        Content::Table(table) => table.cells[0].text.content.trim_end().to_owned(),
        Content::Picture | Content::Code(_) | Content::Field(_) => String::new(),
    };
    document.document.blocks.iter().map(text).collect::<Vec<_>>().join("\n\n")
}
