//! Finds who issued a paper, and where they are, at its head.

use super::super::candidate::{Candidate, Source};
use super::super::index::{Index, Line};
use super::super::kinds::Kind;
use super::super::run::Run;
use super::super::slots::is_label_like;
use super::super::values::{ends_legally, read};
use super::super::wish::Wish;

/// Lines of the first page in which the issuer is looked for.
const HEAD_LINES: usize = 8;
/// Lines of an address.
const ADDRESS_LINES: usize = 5;

/// The issuer's name or address, if that is what the wish asks for.
pub(super) fn issuer(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let asked = wish.is_about("vendor")
        || (wish.is_about("company")
            && ["issued", "letterhead"].iter().any(|word| wish.description.contains(word)));
    // Every receipt begins with the shop's name; of other documents only a legal form proves it.
    let receipt = ["receipt", "shop", "store"].iter().any(|word| wish.description.contains(word));
    let Some((line, score)) = asked.then(|| name_line(source.index, receipt)).flatten() else {
        return Vec::new();
    };
    let index = source.index;
    let words = if wish.kind == Kind::Name {
        first_cell(index, &index.lines[line])
    } else {
        address_below(index, line)
    };
    let run = Run::new(index, words);
    let readings = read(wish, &run.text, source.day_first);
    let candidate = |reading: super::super::values::Reading| {
        let words = run.touching(reading.start, reading.end);
        Candidate { words, score: score * reading.quality, reading }
    };
    readings.into_iter().map(candidate).take(1).collect()
}

fn first_cell(index: &Index, line: &Line) -> Vec<usize> {
    index.cells[line.cells.start].words.clone().collect()
}

/// The line at the head that bears a name: one with a legal form before the first that could be one.
fn name_line(index: &Index, receipt: bool) -> Option<(usize, f64)> {
    let page = index.lines.first()?.page;
    let head = index.lines.iter().take(HEAD_LINES).take_while(|line| line.page == page);
    let mut first = None;
    for (at, line) in head.enumerate() {
        let cell = &index.cells[line.cells.start];
        let text = index.text(cell.words.clone());
        let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
        let starts = text.starts_with(char::is_alphabetic);
        if letters < 4 || !starts || is_label_like(index, cell) || cell.words.len() > 8 {
            continue;
        }
        if ends_legally(&text) {
            return Some((at, 0.6));
        }
        first = first.or(receipt.then_some((at, 0.42)));
    }
    first
}

/// The lines below the name up to the first one that is something else.
fn address_below(index: &Index, name: usize) -> Vec<usize> {
    let page = index.lines[name].page;
    let mut words = Vec::new();
    for line in index.lines[name + 1..].iter().take(ADDRESS_LINES) {
        let cell = &index.cells[line.cells.start];
        let other = index.words[cell.words.clone()]
            .iter()
            .take(3)
            .any(|word| word.concepts.iter().any(|concept| ENDS.contains(&concept.as_str())));
        if line.page != page || other || (is_label_like(index, cell) && !words.is_empty()) {
            break;
        }
        // Numbers of registers in brackets stand between the name and the street.
        let text = index.text(cell.words.clone());
        let in_brackets = text.starts_with('(') && text.ends_with(')');
        if words.is_empty() && (in_brackets || is_register_number(&text)) {
            continue;
        }
        if !words.is_empty() && is_labelled_value(index, line) {
            break;
        }
        words.extend(cell.words.clone());
    }
    words
}

/// A single word with many figures.
fn is_register_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 5 && !text.contains(' ') && text.contains(char::is_alphabetic)
}

/// A word or two, and figures far to the right.
fn is_labelled_value(index: &Index, line: &Line) -> bool {
    let mut cells = line.cells.clone().map(|cell| index.text(index.cells[cell].words.clone()));
    let (first, last) = (cells.next(), cells.next_back());
    let is_figures = |text: &String| {
        let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        digits > letters
    };
    let has_digit = |text: &String| text.contains(|letter: char| letter.is_ascii_digit());
    last.is_some_and(|last| is_figures(&last)) && first.is_some_and(|first| !has_digit(&first))
}

/// What begins another part of the head.
const ENDS: &[&str] = &[
    "telephone",
    "fax",
    "email",
    "website",
    "tax",
    "date",
    "invoice",
    "receipt",
    "registration",
    "time",
    "order",
    "customer",
];
