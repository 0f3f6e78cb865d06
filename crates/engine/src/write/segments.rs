//! Parts to segments of the wire.

use docket_contract::citations::Bibliography;
use docket_contract::document::{PAGE_UNITS_PER_POINT, PageBox};
use docket_contract::spec::{ContentSource, SegmentNaming};
use docket_contract::{BoundingBox, EmbeddedWord, ParseSpec, Segment, SegmentType};
use std::collections::HashMap;

use uuid::Uuid;

use super::markup::{Forms, behind_marker, write};
use super::tables::write_table;
use super::text::{Vocabulary, flow, flow_html};
use crate::analyse::bibliography::{Sources, anchor};
use crate::model::{Cell, Direction, Link, Part, Rect, Word};

/// A segment with what the chunker needs and the wire does not send.
pub(crate) struct Rendered {
    pub segment: Segment,
    pub kind: SegmentType,
    pub markdown: String,
    pub words: usize,
}

/// Renders the parts of one document.
pub(crate) struct Renderer<'s> {
    vocabulary: Vocabulary,
    namespace: Uuid,
    spec: &'s ParseSpec,
    /// By page.
    links: &'s HashMap<usize, Vec<Link>>,
    sources: Option<Sources>,
    count: usize,
}

impl<'s> Renderer<'s> {
    pub(crate) fn new(
        parts: &[Part],
        namespace: Uuid,
        spec: &'s ParseSpec,
        links: &'s HashMap<usize, Vec<Link>>,
    ) -> Self {
        let mut vocabulary = Vocabulary::default();
        let blocks = parts.iter().filter_map(|part| part.block.as_ref());
        vocabulary.learn(blocks.flat_map(|block| &block.lines));
        Self { vocabulary, namespace, spec, links, sources: None, count: 0 }
    }

    /// Reads the bibliography, and links what refers to it from now on.
    pub(crate) fn read_sources(&mut self, parts: &mut [Part]) -> Bibliography {
        let sources = Sources::read(parts, |part| self.text(part));
        let bibliography = sources.bibliography(parts, |part| self.text(part));
        self.sources = Some(sources);
        bibliography
    }

    /// The text of a part in its three forms.
    fn forms(&self, part: &Part) -> Forms {
        let table = part.block.as_ref().and_then(|block| block.table.as_ref());
        let mut forms = match table.filter(|_| part.kind == SegmentType::Table) {
            Some(table) => return write_table(table, &self.vocabulary),
            None => {
                let lines = part.block.iter().flat_map(|block| &block.lines);
                let escaped = flow_html(lines, &self.vocabulary);
                write(part.kind, part.level, part.depth, &self.text(part), &escaped)
            }
        };
        match (&self.sources, part.entry) {
            (Some(_), Some(place)) if place.first => {
                forms.markdown = behind_marker(&forms.markdown, &anchor(place.id));
            }
            (Some(sources), None) if refers(part.kind) => {
                (forms.markdown, forms.references) = sources.link(&forms.markdown);
            }
            _ => {}
        }
        forms
    }

    /// The Markdown of a part.
    pub(crate) fn markdown(&self, part: &Part) -> String {
        self.forms(part).markdown
    }

    /// The text of a cell.
    pub(crate) fn cell(&self, cell: &Cell) -> String {
        flow(cell.lines.iter(), &self.vocabulary)
    }

    /// The plain text of a part.
    pub(crate) fn text(&self, part: &Part) -> String {
        let lines = part.block.iter().flat_map(|block| &block.lines);
        flow(lines, &self.vocabulary)
    }

    /// Renders one part.
    pub(crate) fn render(&mut self, part: &Part) -> Rendered {
        let words = part
            .block
            .iter()
            .flat_map(|block| block.lines.iter().map(move |line| (line, block.direction)))
            .flat_map(|(line, direction)| line.words.iter().map(move |word| (word, direction)));
        let forms = self.forms(part);
        self.assemble(part, forms, words)
    }

    /// Where the parts of a joined table stand.
    pub(crate) fn places<'p>(&self, parts: impl Iterator<Item = &'p Part>) -> Vec<PageBox> {
        if !self.spec.output_fields.bbox {
            return Vec::new();
        }
        let place = |part: &Part| {
            let Frame { page: (page_width, page_height), bbox, .. } = Frame::new(part);
            PageBox { page_number: part.page, bbox, page_width, page_height }
        };
        parts.map(place).collect()
    }

    /// Renders the parts of one page as one segment of the kind `Page`.
    pub(crate) fn render_page(&mut self, parts: &[Part]) -> Option<Rendered> {
        let first = parts.first()?;
        let forms: Vec<_> = parts.iter().map(|part| self.forms(part)).collect();
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
        let (width, height) = first.page_size;
        let page = Part {
            kind: SegmentType::Page,
            confidence: 1.0,
            block: None,
            rect: Rect { x0: 0.0, y0: 0.0, x1: width, y1: height },
            ..first.clone()
        };
        let words = parts
            .iter()
            .filter_map(|part| part.block.as_ref())
            .flat_map(|block| block.lines.iter().map(move |line| (line, block.direction)))
            .flat_map(|(line, direction)| line.words.iter().map(move |word| (word, direction)));
        Some(self.assemble(&page, forms, words))
    }

    fn assemble<'w>(
        &mut self,
        part: &Part,
        forms: Forms,
        words: impl Iterator<Item = (&'w Word, Direction)>,
    ) -> Rendered {
        self.count += 1;
        let fields = self.spec.output_fields;
        let frame = Frame::new(part);
        let ocr: Vec<EmbeddedWord> = if fields.ocr {
            words.map(|(word, direction)| self.word(&frame, part.page, word, direction)).collect()
        } else {
            Vec::new()
        };
        let words = forms.content.split_whitespace().count();
        let embedded = forms.markdown.clone();
        let forms = self.moved(part.kind, forms);
        let segment = Segment {
            segment_id: Uuid::new_v5(&self.namespace, format!("segment/{}", self.count).as_bytes()),
            segment_type: match self.spec.segment_type_naming {
                SegmentNaming::Unsiloed => part.kind.as_str(),
                SegmentNaming::Other => part.kind.other_name(),
            }
            .to_owned(),
            page_number: part.page,
            page_width: frame.page.0,
            page_height: frame.page.1,
            bbox: fields.bbox.then_some(frame.bbox),
            confidence: fields.confidence.then(|| rounded(f64::from(part.confidence))),
            image: None,
            ocr: (!ocr.is_empty()).then_some(ocr),
            html: fields.html.then_some(forms.html),
            markdown: fields.markdown.then_some(forms.markdown),
            content: fields.content.then_some(forms.content),
            references: forms.references,
            merged_page_bboxes: Vec::new(),
        };
        Rendered { segment, kind: part.kind, markdown: embedded, words }
    }

    /// Puts the text that was wished for into `content` and leaves the others empty.
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
    fn word(&self, frame: &Frame, page: usize, word: &Word, turn: Direction) -> EmbeddedWord {
        let rect = turn.back(&word.rect, frame.points.0, frame.points.1);
        let mut links = self.links.get(&page).into_iter().flatten();
        let link = links.find(|link| link.rect.contains(rect.center()));
        EmbeddedWord {
            bbox: clamped(&rect, &frame.bbox),
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

/// The box of a segment in page units, and words within it.
struct Frame {
    page: (f64, f64),
    points: (f32, f32),
    bbox: BoundingBox,
}

impl Frame {
    fn new(part: &Part) -> Self {
        let units = |points: f32| (f64::from(points) * PAGE_UNITS_PER_POINT).round().max(1.0);
        let page = (units(part.page_size.0), units(part.page_size.1));
        let whole = BoundingBox { left: 0.0, top: 0.0, width: page.0, height: page.1 };
        let bbox = clamped(&part.rect, &whole);
        Self { page, points: part.page_size, bbox }
    }
}

/// The rectangle, given in points, relative to the frame's corner and within the frame.
fn clamped(rect: &Rect, frame: &BoundingBox) -> BoundingBox {
    let within = |points: f32, start: f64, length: f64| {
        rounded((f64::from(points) * PAGE_UNITS_PER_POINT - start).clamp(0.0, length))
    };
    let left = within(rect.x0, frame.left, frame.width);
    let top = within(rect.y0, frame.top, frame.height);
    BoundingBox {
        left,
        top,
        width: rounded(within(rect.x1, frame.left, frame.width) - left),
        height: rounded(within(rect.y1, frame.top, frame.height) - top),
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
