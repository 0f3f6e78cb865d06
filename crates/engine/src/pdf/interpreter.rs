//! Runs the operators of a page, of its forms and of its annotations.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{
    Array, Dict, Name, Number, Object, ObjectIdentifier, Stream, dict::keys,
};
use hayro_syntax::page::{Page, Resources};
use kurbo::{Affine, Point};

use super::PageContent;
use super::annotations::{appearances, form_matrix};
use super::duplicates::Duplicates;
use super::fonts::FontStore;
use super::marked_content::{Marked, actual_text, is_hidden, replace};
use super::open::Document;
use super::paths::PathBuilder;
use super::state::{GraphicsState, TextPosition};
use crate::geometry::Rect;

/// Forms within forms; deeper ones are left out.
const FORM_DEPTH_MAX: usize = 16;
/// Saved graphics states; further ones are not saved.
const SAVED_STATES_MAX: usize = 512;
/// Rulings and pictures of a page that are kept.
const SHAPES_MAX: usize = 20_000;
/// Decoded forms are kept for reuse up to this many bytes.
const FORM_CACHE_BYTES_MAX: usize = 32 << 20;

/// What may still be spent on a page.
pub(crate) struct Budget {
    operators: usize,
    glyphs: usize,
    form_bytes: usize,
}

impl Budget {
    const PAGE: Self = Self {
        operators: 3_000_000,
        glyphs: 300_000,
        form_bytes: 256 << 20,
    };

    pub(crate) fn take_glyph(&mut self) -> bool {
        self.glyphs = self.glyphs.saturating_sub(1);
        self.glyphs > 0
    }

    fn take_operator(&mut self) -> bool {
        self.operators = self.operators.saturating_sub(1);
        self.operators > 0
    }

    fn take_form(&mut self, bytes: usize) -> bool {
        self.form_bytes = self.form_bytes.saturating_sub(bytes);
        self.form_bytes > 0
    }
}

/// The machine that content streams drive.
pub(crate) struct Interpreter<'a, 'd> {
    pub(crate) page: PageContent,
    pub(crate) state: GraphicsState<'a>,
    pub(crate) position: TextPosition,
    pub(crate) duplicates: Duplicates,
    pub(crate) budget: Budget,
    document: &'d Document,
    fonts: &'d FontStore<'a>,
    saved: Vec<GraphicsState<'a>>,
    path: PathBuilder,
    marked: Vec<Marked>,
    open_forms: Vec<ObjectIdentifier>,
    forms: HashMap<ObjectIdentifier, Rc<[u8]>>,
    form_cache_bytes: usize,
}

/// Reads what a page shows.
pub(crate) fn read_page<'a>(
    page: &Page<'a>,
    document: &Document,
    fonts: &FontStore<'a>,
) -> PageContent {
    let (width, height) = page.render_dimensions();
    let transform = Affine::new(page.initial_transform(true).as_coeffs());
    let mut interpreter = Interpreter {
        page: PageContent {
            width,
            height,
            ..PageContent::default()
        },
        state: GraphicsState::new(transform),
        position: TextPosition::START,
        duplicates: Duplicates::default(),
        budget: Budget::PAGE,
        document,
        fonts,
        saved: Vec::new(),
        path: PathBuilder::default(),
        marked: Vec::new(),
        open_forms: Vec::new(),
        forms: HashMap::new(),
        form_cache_bytes: 0,
    };
    interpreter.run(page.typed_operations(), page.resources());
    for appearance in appearances(page.raw()) {
        interpreter.state = GraphicsState::new(transform * appearance.transform);
        interpreter.saved.clear();
        interpreter.marked.clear();
        interpreter.form(&appearance.form, page.resources());
    }
    interpreter.page
}

impl<'a> Interpreter<'a, '_> {
    /// Runs operators up to their end or the end of the budget.
    fn run(&mut self, mut operations: TypedIter<'_>, resources: &Resources<'a>) {
        while let Some(operation) = operations.next() {
            if !self.budget.take_operator() {
                self.page.truncated = true;
                return;
            }
            self.step(&operation, resources);
        }
    }

    fn step(&mut self, operation: &Op<'_, '_>, resources: &Resources<'a>) {
        match operation {
            Op::SaveState(_) => {
                if self.saved.len() < SAVED_STATES_MAX {
                    self.saved.push(self.state.clone());
                }
            }
            Op::RestoreState(_) => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            Op::Transform(m) => {
                self.state.transform *= matrix([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]);
            }
            Op::LineWidth(width) => self.state.line_width = width.0.as_f64(),
            Op::SetGraphicsState(name) => self.set_graphics_state(name.0, resources),
            Op::XObject(name) => {
                if let Some(object) = resources.get_x_object(name.0) {
                    self.draw(&object, resources);
                }
            }
            Op::InlineImage(_) => self.picture(),
            Op::BeginMarkedContent(_) => self.begin_marked(None, false),
            Op::BeginMarkedContentWithProperties(marked) => {
                self.begin_properties(marked.0, marked.1, resources);
            }
            Op::EndMarkedContent(_) => self.end_marked(),
            _ if self.text_state(operation, resources) || self.show_text(operation) => {}
            _ => self.path(operation),
        }
    }

    /// Operators that set how text looks and where it goes. False: it was none of them.
    fn text_state(&mut self, operation: &Op<'_, '_>, resources: &Resources<'a>) -> bool {
        let text = &mut self.state.text;
        match operation {
            Op::CharacterSpacing(value) => text.character_spacing = value.0.as_f64(),
            Op::WordSpacing(value) => text.word_spacing = value.0.as_f64(),
            Op::HorizontalScaling(value) => {
                text.horizontal_scaling = value.0.as_f64() / 100.0;
            }
            Op::TextLeading(value) => text.leading = value.0.as_f64(),
            Op::TextRise(value) => text.rise = value.0.as_f64(),
            Op::TextRenderingMode(value) => text.mode = value.0.as_i64(),
            Op::TextFont(font) => {
                text.size = font.1.as_f64();
                if let Some(dict) = resources.get_font(font.0) {
                    text.font = Some(self.fonts.load(&dict));
                }
            }
            Op::BeginText(_) => self.position = TextPosition::START,
            Op::NextLine(to) => self.position.next_line(to.0.as_f64(), to.1.as_f64()),
            Op::NextLineAndSetLeading(to) => {
                text.leading = -to.1.as_f64();
                self.position.next_line(to.0.as_f64(), to.1.as_f64());
            }
            Op::SetTextMatrix(m) => {
                self.position
                    .set(matrix([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]));
            }
            Op::NextLineUsingLeading(_) => self.position.next_line(0.0, -text.leading),
            _ => return false,
        }
        true
    }

    /// Operators that show text. False: it was none of them.
    fn show_text(&mut self, operation: &Op<'_, '_>) -> bool {
        if self.marked.iter().any(|marked| marked.hidden) {
            return matches!(
                operation,
                Op::ShowText(_)
                    | Op::ShowTexts(_)
                    | Op::NextLineAndShowText(_)
                    | Op::ShowTextWithParameters(_)
            );
        }
        match operation {
            Op::ShowText(text) => self.show(text.0.as_bytes()),
            Op::NextLineAndShowText(text) => {
                self.position.next_line(0.0, -self.state.text.leading);
                self.show(text.0.as_bytes());
            }
            Op::ShowTextWithParameters(text) => {
                self.state.text.word_spacing = text.0.as_f64();
                self.state.text.character_spacing = text.1.as_f64();
                self.position.next_line(0.0, -self.state.text.leading);
                self.show(text.2.as_bytes());
            }
            Op::ShowTexts(array) => self.show_array(array.0),
            _ => return false,
        }
        true
    }

    fn show_array(&mut self, array: &Array<'_>) {
        for part in array.iter::<Object<'_>>() {
            match part {
                Object::String(text) => self.show(text.as_bytes()),
                Object::Number(number) => {
                    let text = &self.state.text;
                    let shift = -number.as_f64() / 1000.0 * text.size;
                    if text.font.as_ref().is_none_or(|font| font.is_horizontal()) {
                        self.position.advance(shift * text.horizontal_scaling, 0.0);
                    } else {
                        self.position.advance(0.0, shift);
                    }
                }
                _ => {}
            }
        }
    }

    fn path(&mut self, operation: &Op<'_, '_>) {
        let point = |x: &Number, y: &Number| Point::new(x.as_f64(), y.as_f64());
        match operation {
            Op::MoveTo(to) => self.path.move_to(point(&to.0, &to.1)),
            Op::LineTo(to) => self.path.line_to(point(&to.0, &to.1)),
            Op::CubicTo(to) => self.path.curve_to(point(&to.4, &to.5)),
            Op::CubicStartTo(to) => self.path.curve_to(point(&to.2, &to.3)),
            Op::CubicEndTo(to) => self.path.curve_to(point(&to.2, &to.3)),
            Op::ClosePath(_) => self.path.close(),
            Op::RectPath(r) => {
                self.path
                    .rectangle(point(&r.0, &r.1), r.2.as_f64(), r.3.as_f64());
            }
            Op::EndPath(_) => self.path.clear(),
            Op::FillPathNonZero(_)
            | Op::FillPathNonZeroCompatibility(_)
            | Op::FillPathEvenOdd(_) => self.paint(false),
            Op::CloseAndStrokePath(_)
            | Op::CloseFillAndStrokeNonZero(_)
            | Op::CloseFillAndStrokeEvenOdd(_) => {
                self.path.close();
                self.paint(true);
            }
            Op::StrokePath(_) | Op::FillAndStrokeNonZero(_) | Op::FillAndStrokeEvenOdd(_) => {
                self.paint(true);
            }
            _ => {}
        }
    }

    fn paint(&mut self, stroke: bool) {
        let width = stroke.then_some(self.state.line_width);
        let rulings = &mut self.page.rulings;
        self.page.strokes += self.path.paint(self.state.transform, width, rulings);
        rulings.truncate(SHAPES_MAX);
    }

    fn set_graphics_state(&mut self, name: &Name<'_>, resources: &Resources<'a>) {
        let Some(parameters) = resources.get_ext_g_state(name) else {
            return;
        };
        if let Some(width) = parameters.get::<f64>(keys::LW) {
            self.state.line_width = width;
        }
        if let Some(font) = parameters.get::<Array<'a>>(keys::FONT) {
            let mut entries = font.flex_iter();
            if let (Some(dict), Some(size)) = (entries.next::<Dict<'a>>(), entries.next::<f64>()) {
                self.state.text.font = Some(self.fonts.load(&dict));
                self.state.text.size = size;
            }
        }
    }

    /// Draws an external object: a picture or a form.
    fn draw(&mut self, object: &Stream<'a>, resources: &Resources<'a>) {
        let hidden_groups = &self.document.hidden_groups;
        let layer = object.dict().get::<Dict<'_>>(keys::OC);
        let reference = object.dict().get_ref(keys::OC).map(Into::into);
        if layer.is_some_and(|layer| is_hidden(&layer, reference, hidden_groups)) {
            return;
        }
        match object.dict().get::<Name<'_>>(keys::SUBTYPE).as_deref() {
            Some(b"Image") => self.picture(),
            Some(b"Form") => self.form(object, resources),
            None if object.dict().contains_key(keys::BBOX) => self.form(object, resources),
            _ => {}
        }
    }

    /// Runs a form in a state of its own.
    fn form(&mut self, form: &Stream<'a>, outer: &Resources<'a>) {
        let id = form.obj_id();
        if self.open_forms.len() >= FORM_DEPTH_MAX || self.open_forms.contains(&id) {
            self.page.truncated = true;
            return;
        }
        let Some(content) = self.form_content(form, id) else {
            return;
        };
        let resources = form
            .dict()
            .get::<Dict<'a>>(keys::RESOURCES)
            .map(Resources::new);
        let before = self.state.clone();
        let position = self.position;
        let saved = std::mem::take(&mut self.saved);
        let marked = self.marked.len();
        self.state.transform *= form_matrix(form.dict());
        self.open_forms.push(id);
        self.run(
            TypedIter::new(&content),
            resources.as_ref().unwrap_or(outer),
        );
        self.open_forms.pop();
        while self.marked.len() > marked {
            self.end_marked();
        }
        self.state = before;
        self.position = position;
        self.saved = saved;
    }

    fn form_content(&mut self, form: &Stream<'a>, id: ObjectIdentifier) -> Option<Rc<[u8]>> {
        if let Some(content) = self.forms.get(&id) {
            return Some(content.clone());
        }
        let data = form.decoded_data().ok()?;
        if !self.budget.take_form(data.len()) {
            self.page.truncated = true;
            return None;
        }
        let content: Rc<[u8]> = data.as_ref().into();
        if self.form_cache_bytes + content.len() <= FORM_CACHE_BYTES_MAX {
            self.form_cache_bytes += content.len();
            self.forms.insert(id, content.clone());
        }
        Some(content)
    }

    /// Notes the box of a picture, which fills the unit square.
    fn picture(&mut self) {
        if self.page.pictures.len() >= SHAPES_MAX || self.marked.iter().any(|m| m.hidden) {
            return;
        }
        let corner = |x: f64, y: f64| {
            let point = self.state.transform * Point::new(x, y);
            (point.x as f32, point.y as f32)
        };
        let rect = Rect::of_corners(corner(0.0, 0.0), corner(1.0, 1.0))
            .union(&Rect::of_corners(corner(1.0, 0.0), corner(0.0, 1.0)));
        let page = Rect {
            x0: 0.0,
            y0: 0.0,
            x1: self.page.width,
            y1: self.page.height,
        };
        let shown = rect.intersection(&page);
        if rect.is_finite() && shown.area() > 0.0 {
            self.page.pictures.push(shown);
        }
    }

    fn begin_properties(
        &mut self,
        tag: &Name<'_>,
        properties: &Object<'_>,
        resources: &Resources<'a>,
    ) {
        let optional = tag.as_ref() == b"OC";
        let hidden_groups = &self.document.hidden_groups;
        let (text, hidden) = match properties {
            Object::Dict(inline) => (actual_text(inline), false),
            Object::Name(name) => match resources.properties.get::<Dict<'_>>(name) {
                Some(named) => {
                    let reference = resources.properties.get_ref(name).map(Into::into);
                    let hidden = optional && is_hidden(&named, reference, hidden_groups);
                    (actual_text(&named), hidden)
                }
                None => (None, false),
            },
            _ => (None, false),
        };
        self.begin_marked(text, hidden);
    }

    fn begin_marked(&mut self, actual_text: Option<String>, hidden: bool) {
        // Past the limit sequences are counted by the stack no longer, so none of them may hide.
        if self.marked.len() < SAVED_STATES_MAX {
            let first_glyph = self.page.glyphs.len();
            self.marked.push(Marked {
                first_glyph,
                actual_text,
                hidden,
            });
        }
    }

    fn end_marked(&mut self) {
        if let Some(Marked {
            first_glyph,
            actual_text: Some(text),
            ..
        }) = self.marked.pop()
        {
            replace(&mut self.page.glyphs, first_glyph, &text);
        }
    }
}

fn matrix(numbers: [&Number; 6]) -> Affine {
    Affine::new(numbers.map(Number::as_f64))
}
