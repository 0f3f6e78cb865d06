//! Runs the operators of a page, of its forms and of its annotations.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{
    Array, Dict, Name, Number, Object, ObjectIdentifier, Stream, dict::keys,
};
use hayro_syntax::page::{Page, Resources};
use kurbo::Affine;

use super::annotations::{appearance, shown};
use super::duplicates::Duplicates;
use super::fonts::FontStore;
use super::indic::order_vowel_signs;
use super::marked_content::{Marked, actual_text, is_hidden, replace};
use super::open::Document;
use super::paths::PathBuilder;
use super::state::{GraphicsState, TextPosition};
use super::streams::check_stream;
use crate::limits::{Excess, Limit, Limits};
use crate::model::{PageContent, TagRole};

/// Saved graphics states; further ones are not saved.
const SAVED_STATES_MAX: usize = 512;

/// What was spent on a page so far.
pub(crate) struct Budget<'l> {
    limits: &'l Limits,
    operators: u64,
    glyphs: u64,
    form_bytes: u64,
    form_runs: usize,
}

/// Forms that are run on one page: they draw each other many times without many bytes or operators.
const FORM_RUNS_MAX: usize = 20_000;

impl<'l> Budget<'l> {
    fn new(limits: &'l Limits) -> Self {
        Self { limits, operators: 0, glyphs: 0, form_bytes: 0, form_runs: 0 }
    }

    /// Takes the glyphs of one code, which may stand for several characters.
    pub(crate) fn take_glyphs(&mut self, count: usize) -> Result<(), Excess> {
        self.glyphs += count as u64;
        self.limits.check(Limit::PageCharacters, self.glyphs)
    }

    fn take_operator(&mut self) -> Result<(), Excess> {
        self.operators += 1;
        self.limits.check(Limit::PageOperators, self.operators)
    }

    pub(crate) fn take_form_run(&mut self) -> bool {
        self.form_runs += 1;
        self.form_runs <= FORM_RUNS_MAX
    }

    /// Decodes a form; `None` if it is damaged.
    pub(crate) fn decode_form<'s>(
        &mut self,
        form: &Stream<'s>,
    ) -> Result<Option<Cow<'s, [u8]>>, Excess> {
        check_stream(form, self.limits, Limit::StreamBytes)?;
        let Ok(data) = form.decoded_data() else { return Ok(None) };
        self.form_bytes += data.len() as u64;
        self.limits.check(Limit::FormBytes, self.form_bytes)?;
        Ok(Some(data))
    }
}

/// The machine that content streams drive.
pub(crate) struct Interpreter<'a, 'd> {
    pub(crate) page: PageContent,
    pub(crate) state: GraphicsState<'a>,
    pub(crate) position: TextPosition,
    pub(crate) duplicates: Duplicates,
    pub(crate) budget: Budget<'d>,
    pub(crate) document: &'d Document,
    fonts: &'d FontStore<'a>,
    pub(crate) saved: Vec<GraphicsState<'a>>,
    pub(crate) path: PathBuilder,
    pub(crate) marked: Vec<Marked>,
    /// What the text that is shown now is.
    pub(crate) role: TagRole,
    page_id: Option<ObjectIdentifier>,
    pub(crate) open_forms: Vec<ObjectIdentifier>,
    pub(crate) forms: HashMap<ObjectIdentifier, Rc<[u8]>>,
    pub(crate) form_cache_bytes: usize,
}

/// Reads what a page shows. Its contents are within the limits.
pub(crate) fn read_page<'a>(
    page: &Page<'a>,
    document: &Document,
    fonts: &FontStore<'a>,
    limits: &Limits,
) -> PageContent {
    let (width, height) = page.render_dimensions();
    let transform = Affine::new(page.initial_transform(true).as_coeffs());
    let mut interpreter = Interpreter {
        page: PageContent { width, height, ..PageContent::default() },
        state: GraphicsState::new(transform, (width, height)),
        position: TextPosition::START,
        duplicates: Duplicates::default(),
        budget: Budget::new(limits),
        document,
        fonts,
        saved: Vec::new(),
        path: PathBuilder::default(),
        marked: Vec::new(),
        role: TagRole::Unknown,
        page_id: page.raw().obj_id(),
        open_forms: Vec::new(),
        forms: HashMap::new(),
        form_cache_bytes: 0,
    };
    interpreter.run(page.typed_operations(), page.resources());
    for annotation in shown(page.raw()) {
        let first_glyph = interpreter.page.glyphs.len();
        if let Some(appearance) = appearance(&annotation) {
            let transform = transform * appearance.transform;
            interpreter.state = GraphicsState::new(transform, (width, height));
            interpreter.saved.clear();
            interpreter.marked.clear();
            interpreter.role = TagRole::Unknown;
            interpreter.form(&appearance.form, page.resources());
        }
        interpreter.fill_in(&annotation, first_glyph, transform);
    }
    if document.pdf.pages().first().is_some_and(|first| first.raw().obj_id() == page.raw().obj_id())
    {
        interpreter.set_captioned();
    }
    order_vowel_signs(&mut interpreter.page.glyphs);
    document.note_read(interpreter.page.glyphs.len(), interpreter.budget.operators);
    interpreter.page
}

impl<'a> Interpreter<'a, '_> {
    /// Runs operators up to their end or the end of the budget.
    pub(crate) fn run(&mut self, mut operations: TypedIter<'_>, resources: &Resources<'a>) {
        while let Some(operation) = operations.next() {
            if let Err(excess) = self.budget.take_operator() {
                self.page.leave_out(excess);
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
            Op::SetGraphicsState(name) => self.set_graphics_state(name.0, resources),
            Op::XObject(name) => {
                if let Some(object) = resources.get_x_object(name.0) {
                    self.draw(&object, resources);
                }
            }
            Op::InlineImage(_) => self.picture(),
            Op::BeginMarkedContent(marked) => {
                self.begin_marked(None, false, self.role_by_tag(marked.0));
            }
            Op::BeginMarkedContentWithProperties(marked) => {
                self.begin_properties(marked.0, marked.1, resources);
            }
            Op::EndMarkedContent(_) => self.end_marked(),
            _ if self.text_state(operation, resources) || self.show_text(operation) => {}
            _ if self.state.fill.follow(operation, resources) => {}
            _ => self.follow_path(operation),
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
                    self.set_font(&dict);
                }
            }
            Op::BeginText(_) => self.position = TextPosition::START,
            Op::NextLine(to) => self.position.next_line(to.0.as_f64(), to.1.as_f64()),
            Op::NextLineAndSetLeading(to) => {
                text.leading = -to.1.as_f64();
                self.position.next_line(to.0.as_f64(), to.1.as_f64());
            }
            Op::SetTextMatrix(m) => {
                self.position.set(matrix([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5]));
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

    fn set_font(&mut self, dict: &Dict<'a>) {
        self.state.text.font = Some(self.fonts.load(dict));
    }

    fn set_graphics_state(&mut self, name: &Name<'_>, resources: &Resources<'a>) {
        let Some(parameters) = resources.get_ext_g_state(name) else {
            return;
        };
        if let Some(font) = parameters.get::<Array<'a>>(keys::FONT) {
            let mut entries = font.flex_iter();
            if let (Some(dict), Some(size)) = (entries.next::<Dict<'a>>(), entries.next::<f64>()) {
                self.set_font(&dict);
                self.state.text.size = size;
            }
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
        let (text, hidden, piece) = match properties {
            Object::Dict(inline) => (actual_text(inline), false, inline.get::<i32>(keys::MCID)),
            Object::Name(name) => match resources.properties.get::<Dict<'_>>(name) {
                Some(named) => {
                    let reference = resources.properties.get_ref(name).map(Into::into);
                    let hidden = optional && is_hidden(&named, reference, hidden_groups);
                    (actual_text(&named), hidden, named.get::<i32>(keys::MCID))
                }
                None => (None, false, None),
            },
            _ => (None, false, None),
        };
        let role = match (piece, self.page_id) {
            (Some(piece), Some(page)) if self.open_forms.is_empty() => {
                self.document.structure.role(page, piece)
            }
            _ => self.role_by_tag(tag),
        };
        self.begin_marked(text, hidden, role);
    }

    /// Artifacts are marked as such on the page itself; other tags say nothing of their own.
    fn role_by_tag(&self, tag: &Name<'_>) -> TagRole {
        if tag.as_ref() == b"Artifact" { TagRole::Artifact } else { self.role }
    }

    fn begin_marked(&mut self, actual_text: Option<String>, hidden: bool, role: TagRole) {
        // Past the limit sequences are counted by the stack no longer, so none of them may hide.
        if self.marked.len() < SAVED_STATES_MAX {
            let first_glyph = self.page.glyphs.len();
            self.marked.push(Marked { first_glyph, actual_text, hidden, outer: self.role });
            self.role = role;
        }
    }

    pub(crate) fn end_marked(&mut self) {
        let Some(Marked { first_glyph, actual_text, outer, .. }) = self.marked.pop() else {
            return;
        };
        self.role = outer;
        if let Some(text) = actual_text {
            replace(&mut self.page.glyphs, first_glyph, &text);
        }
    }
}

fn matrix(numbers: [&Number; 6]) -> Affine {
    Affine::new(numbers.map(Number::as_f64))
}
