//! The checkboxes of a document, each with the words of the option that it stands for and of the
//! question that it answers: form fields, drawn squares, and signs in the text.

pub(super) mod answers;
mod rows;

use std::collections::HashMap;
use std::ops::Range;

use self::rows::options;
use super::area::Area;
use super::index::Index;
use crate::model::{Document, Field, FieldKind, Rect};

/// A checkbox.
#[derive(Clone, Debug)]
pub(super) struct Tick {
    pub ticked: bool,
    page: usize,
    area: Area,
    /// What the file calls the field: its description, its name and its option.
    pub names: [String; 3],
    /// The name of the group of buttons that it belongs to.
    radio: Option<String>,
    /// The words of its option.
    pub option: Vec<usize>,
    /// The words of its question, and whether they stand in its line.
    pub question: Vec<usize>,
    pub is_beside_question: bool,
    /// The line of the index in which it stands.
    line: Option<usize>,
}

/// All checkboxes of a document.
#[derive(Debug, Default)]
pub(super) struct Ticks {
    pub all: Vec<Tick>,
    /// By word: the checkbox of whose option it is part.
    of_word: HashMap<usize, usize>,
}

/// More boxes are a drawing.
const TICKS_MAX: usize = 5_000;

impl Ticks {
    pub(super) fn new(document: &Document, index: &Index) -> Self {
        let mut all = of_pages(document);
        add_signs(&mut all, index);
        all.truncate(TICKS_MAX);
        options(&mut all, index);
        let mut of_word = HashMap::new();
        for (at, tick) in all.iter().enumerate() {
            of_word.extend(tick.option.iter().map(|word| (*word, at)));
        }
        Self { all, of_word }
    }

    /// The words are part of an option.
    pub(super) fn is_option(&self, words: &[usize]) -> bool {
        words.first().is_some_and(|word| self.of_word.contains_key(word))
    }

    /// Words behind a label: where options stand there, those of the chosen ones. `None` if none is
    /// chosen.
    pub(super) fn chosen(&self, words: Vec<usize>, label: &Range<usize>) -> Option<Vec<usize>> {
        let Some(first) = words.iter().find_map(|word| self.of_word.get(word)) else {
            return Some(words);
        };
        if self.of_word.get(&label.start) == Some(first) {
            return Some(words);
        }
        let chosen = self.group(*first).filter(|tick| tick.ticked);
        let chosen: Vec<usize> = chosen.flat_map(|tick| &tick.option).copied().collect();
        (!chosen.is_empty()).then_some(chosen)
    }

    /// The checkboxes that answer the same question as this one, itself included.
    fn group(&self, of: usize) -> impl Iterator<Item = &Tick> {
        let one = &self.all[of];
        self.all
            .iter()
            .enumerate()
            .filter(move |(at, other)| *at == of || same_group(one, other))
            .map(|(_, tick)| tick)
    }
}

fn same_group(one: &Tick, other: &Tick) -> bool {
    if one.radio.is_some() && other.radio.is_some() {
        return one.radio == other.radio;
    }
    let same_question = !one.question.is_empty() && one.question == other.question;
    let same_line = one.question.is_empty() && one.line.is_some() && one.line == other.line;
    one.page == other.page && (same_question || same_line)
}

/// The checkboxes that pages have beside their text.
fn of_pages(document: &Document) -> Vec<Tick> {
    let mut all = Vec::new();
    for page in &document.pages {
        for found in &page.checkboxes {
            let same = |field: &&Field| field.checkbox() == Some(*found);
            let field = page.fields.iter().find(same);
            let name = |of: fn(&Field) -> &String| field.map(of).cloned().unwrap_or_default();
            let radio = field.filter(|field| matches!(field.kind, FieldKind::Radio { .. }));
            let names =
                [name(|field| &field.label), name(|field| &field.name), name(|field| &field.value)];
            let radio = radio.map(|field| field.name.clone());
            all.push(Tick { names, radio, ..tick(page.number, area(&found.rect), found.ticked) });
        }
    }
    all
}

fn tick(page: usize, area: Area, ticked: bool) -> Tick {
    Tick {
        ticked,
        page,
        area,
        names: Default::default(),
        radio: None,
        option: Vec::new(),
        question: Vec::new(),
        is_beside_question: false,
        line: None,
    }
}

fn area(rect: &Rect) -> Area {
    Area {
        left: f64::from(rect.x0),
        top: f64::from(rect.y0),
        right: f64::from(rect.x1),
        bottom: f64::from(rect.y1),
    }
}

/// Adds the signs of the text that are checkboxes, but where one is known already.
fn add_signs(all: &mut Vec<Tick>, index: &Index) {
    let known: Vec<(usize, Area)> = all.iter().map(|tick| (tick.page, tick.area)).collect();
    for (at, word) in index.words.iter().enumerate() {
        let next = index.words.get(at + 1).filter(|next| next.cell == word.cell);
        let Some(ticked) = sign(&word.text, next.map(|next| next.text.as_str())) else { continue };
        let is_known = known.iter().any(|(page, area)| {
            *page == word.page
                && area.shared_width(&word.area) > 0.0
                && area.top < word.area.bottom
                && word.area.top < area.bottom
        });
        if !is_known {
            let closing = next.filter(|next| is_closing(&next.text));
            let area = closing.map_or(word.area, |next| word.area.union(&next.area));
            all.push(tick(word.page, area, ticked));
        }
    }
}

/// Whether a word is a checkbox, and checked; brackets with nothing between them are two words.
pub(super) fn sign(text: &str, next: Option<&str>) -> Option<bool> {
    match text {
        "\u{2611}" | "\u{2612}" | "\u{2713}" | "\u{2714}" | "\u{2717}" | "\u{2718}" | "[x]"
        | "[X]" | "(x)" | "(X)" | "[\u{2713}]" | "[\u{2714}]" => Some(true),
        "\u{2610}" | "\u{25A1}" | "\u{25FB}" | "\u{2751}" | "\u{2752}" | "\u{274F}"
        | "\u{2750}" | "[]" | "[_]" => Some(false),
        "[" if next == Some("]") => Some(false),
        _ => None,
    }
}

/// The word is no part of an option: a sign, or what closes one.
fn is_sign(text: &str) -> bool {
    sign(text, None).is_some() || is_closing(text) || text == "["
}

fn is_closing(text: &str) -> bool {
    text == "]"
}
