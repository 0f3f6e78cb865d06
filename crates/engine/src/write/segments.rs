//! Blocks to segments of the wire.

use std::collections::HashMap;

use docket_contract::document::PageBox;
use docket_contract::spec::{ContentSource, SegmentNaming};
use docket_contract::{BoundingBox, EmbeddedWord, ParseSpec, Segment, SegmentType};
use uuid::Uuid;

use super::frame::{Frame, clamped, rounded};
use super::kinds::segment_type;
use super::letters::unwritten;
use super::markup::{Forms, behind_marker, listing, write};
use super::mentions::{anchor, link};
use super::tables::write_table;
use crate::model::{Block, Content, Document, Role, Table, Text, Word};

/// A segment with what the chunker needs and the wire does not send.
pub(crate) struct Rendered {
    pub segment: Segment,
    pub kind: SegmentType,
    pub markdown: String,
    pub words: usize,
    /// Its plain text, where the segment does not have it.
    plain: Option<String>,
    /// Characters of the text that the Markdown or the HTML lacks.
    pub unwritten: u64,
    /// Pictures in a segment that is a whole page.
    pub pictures: u64,
}

impl Rendered {
    /// Its plain text.
    pub(crate) fn text(&self) -> &str {
        self.plain.as_deref().or(self.segment.content.as_deref()).unwrap_or_default()
    }
}

/// Renders the blocks of one document.
pub(crate) struct Renderer<'s> {
    namespace: Uuid,
    spec: &'s ParseSpec,
    document: &'s Document,
    count: usize,
    /// Where the segments stand, by their ids.
    pub frames: HashMap<Uuid, Frame>,
}

/// What a segment is made of.
struct Source<'b> {
    kind: SegmentType,
    page: usize,
    confidence: f32,
    frame: Frame,
    words: Box<dyn Iterator<Item = &'b Word> + 'b>,
}

impl<'s> Renderer<'s> {
    pub(crate) fn new(document: &'s Document, namespace: Uuid, spec: &'s ParseSpec) -> Self {
        Self { namespace, spec, document, count: 0, frames: HashMap::new() }
    }

    /// The text of a block in its three forms.
    fn forms(&self, block: &Block) -> Forms {
        let kind = segment_type(block);
        let own = |text: &Text, level, depth| write(kind, level, depth, text);
        let mut forms = match &block.content {
            Content::Table(table) => return write_table(table),
            Content::Text { role, text } => match role {
                Role::Title => own(text, 1, 0),
                Role::Heading(level) => own(text, *level, 0),
                Role::ListItem(depth) => own(text, 0, *depth),
                _ => own(text, 0, 0),
            },
            Content::Formula(text) => own(text, 0, 0),
            Content::Code(text) => return listing(text),
            Content::Picture | Content::Field(_) => own(&Text::plain(block.text()), 0, 0),
        };
        match (&self.document.bibliography, block.entry) {
            (Some(_), Some(part)) if part.first => {
                forms.markdown = behind_marker(&forms.markdown, &anchor(part.id));
            }
            (Some(bibliography), None) if refers(kind) => {
                (forms.markdown, forms.references) = link(bibliography, &forms.markdown);
            }
            _ => {}
        }
        forms
    }

    /// The Markdown of a block.
    pub(crate) fn markdown(&self, block: &Block) -> String {
        self.forms(block).markdown
    }

    /// Renders one block.
    pub(crate) fn render(&mut self, block: &Block) -> Rendered {
        let forms = self.forms(block);
        let source = self.source(block);
        self.assemble(source, forms)
    }

    /// Renders a table that continues over the end of a page, on the page and in the box of its
    /// first part, whose words are also its words.
    pub(crate) fn render_whole(&mut self, first: &Block, whole: &Table) -> Rendered {
        let source = self.source(first);
        self.assemble(source, write_table(whole))
    }

    fn source<'b>(&self, block: &'b Block) -> Source<'b> {
        Source {
            kind: segment_type(block),
            page: block.page,
            confidence: block.confidence,
            frame: Frame::of(block, self.document),
            words: Box::new(block.lines().flat_map(|line| &line.words)),
        }
    }

    /// Where the parts of a joined table stand.
    pub(crate) fn places<'b>(&self, parts: impl Iterator<Item = &'b Block>) -> Vec<PageBox> {
        if !self.spec.output_fields.bbox {
            return Vec::new();
        }
        let place = |block: &Block| {
            let Frame { page: (page_width, page_height), bbox } = Frame::of(block, self.document);
            Some(PageBox { page_number: block.page, bbox: bbox?, page_width, page_height })
        };
        parts.filter_map(place).collect()
    }

    /// Renders the blocks of one page as one segment of the kind `Page`.
    pub(crate) fn render_page(&mut self, blocks: &[Block]) -> Option<Rendered> {
        let first = blocks.first()?;
        let forms: Vec<_> = blocks.iter().map(|block| self.forms(block)).collect();
        let joined = |pick: fn(&Forms) -> &str, seam: &str| {
            let filled = forms.iter().map(pick).filter(|text| !text.is_empty());
            filled.collect::<Vec<_>>().join(seam)
        };
        let forms = Forms {
            content: joined(|forms| &forms.content, "\n\n"),
            markdown: joined(|forms| &forms.markdown, "\n\n"),
            html: format!("<section>{}</section>", joined(|forms| &forms.html, "\n")),
            references: forms.iter().flat_map(|forms| forms.references.clone()).collect(),
        };
        let source = Source {
            kind: SegmentType::Page,
            page: first.page,
            confidence: 1.0,
            frame: Frame::of_page(first.page, first.rect.is_some(), self.document),
            words: Box::new(blocks.iter().flat_map(Block::lines).flat_map(|line| &line.words)),
        };
        let pictures = blocks.iter().filter(|block| matches!(block.content, Content::Picture));
        let pictures = pictures.count() as u64;
        Some(Rendered { pictures, ..self.assemble(source, forms) })
    }

    fn assemble(&mut self, source: Source<'_>, forms: Forms) -> Rendered {
        self.count += 1;
        let fields = self.spec.output_fields;
        let Source { kind, page, confidence, frame, words } = source;
        let ocr: Vec<EmbeddedWord> = match frame.bbox.filter(|_| fields.ocr) {
            Some(bbox) => words.map(|word| self.word(&bbox, page, word)).collect(),
            None => Vec::new(),
        };
        let words = forms.content.split_whitespace().count();
        let embedded = forms.markdown.clone();
        let unwritten = unwritten(&forms);
        let has_text = fields.content && !self.moves(kind);
        let plain = (!has_text).then(|| forms.content.clone());
        let forms = self.moved(kind, forms);
        let segment_id =
            Uuid::new_v5(&self.namespace, format!("segment/{}", self.count).as_bytes());
        self.frames.insert(segment_id, frame);
        let segment = Segment {
            segment_id,
            segment_type: match self.spec.segment_type_naming {
                SegmentNaming::Unsiloed => kind.as_str(),
                SegmentNaming::Other => kind.other_name(),
            }
            .to_owned(),
            page_number: page,
            page_width: frame.page.0,
            page_height: frame.page.1,
            bbox: frame.bbox.filter(|_| fields.bbox),
            confidence: fields.confidence.then(|| rounded(f64::from(confidence))),
            image: None,
            ocr: (!ocr.is_empty()).then_some(ocr),
            html: fields.html.then_some(forms.html),
            markdown: fields.markdown.then_some(forms.markdown),
            content: fields.content.then_some(forms.content),
            references: forms.references,
            merged_page_bboxes: Vec::new(),
        };
        Rendered { segment, kind, markdown: embedded, words, plain, unwritten, pictures: 0 }
    }

    /// Something else than the plain text stands in `content`.
    fn moves(&self, kind: SegmentType) -> bool {
        self.spec.content_sources.iter().any(|(wanted, _)| *wanted == kind)
    }

    /// Puts the text that was asked for into `content` and leaves the others empty.
    fn moved(&self, kind: SegmentType, forms: Forms) -> Forms {
        let mut sources = self.spec.content_sources.iter();
        let content = match sources.find(|(wanted, _)| *wanted == kind).map(|(_, source)| source) {
            None => return forms,
            Some(ContentSource::Html) => forms.html,
            Some(ContentSource::Markdown) => forms.markdown,
        };
        Forms { content, references: forms.references, ..Forms::default() }
    }

    /// A word in its segment, with the details that were asked for.
    fn word(&self, segment: &BoundingBox, page: usize, word: &Word) -> EmbeddedWord {
        let wanted = self.spec.word_details.links;
        let links = self.document.page(page).filter(|_| wanted).map(|page| page.links.iter());
        let mut links = links.into_iter().flatten();
        let link = links.find(|link| link.rect.contains(word.rect.center()));
        EmbeddedWord {
            bbox: clamped(&word.rect, segment),
            text: word.text.clone(),
            confidence: rounded(f64::from(word.confidence)),
            color: self.spec.word_details.colors.then(|| word.style.color.into()),
            link: link.map(|link| link.address.clone()),
        }
    }
}

/// Kinds in whose text something may refer to the bibliography.
fn refers(kind: SegmentType) -> bool {
    matches!(
        kind,
        SegmentType::Text | SegmentType::ListItem | SegmentType::Footnote | SegmentType::Caption
    )
}
