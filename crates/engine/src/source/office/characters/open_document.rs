//! Paragraphs of `OpenDocument` files: spans with their looks, and links (OASIS ODF 1.3 part 3, 6).

use std::collections::HashMap;

use super::super::survey::{Package, Sink, Tag};
use super::texts::Characters;
use super::xml::{Pieces, resolved};
use crate::error::Error;
use crate::model::{Mark, Script};
use crate::source::office::styled::{Look, Styled};

/// Spaces that one element may stand for.
const SPACES_MAX: u64 = 1000;

/// Adds all paragraphs of a package.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn collect(
    package: &mut Package<'_>,
    is_sheet: bool,
    to: &mut Characters,
) -> Result<(), Error> {
    package.allow_document_types();
    let mut styles = Styles::default();
    package.scan("styles.xml", &mut styles)?;
    package.scan("content.xml", &mut styles)?;
    let mut reader = Reader::of(&styles.looks);
    package.scan("content.xml", &mut reader)?;
    for Paragraph { text, value } in reader.paragraphs {
        match value {
            Some(value) => to.add_as(&value, text),
            None => to.add(text),
        }
    }
    if is_sheet {
        to.comments = reader.comments;
    }
    Ok(())
}

/// The looks of styles of text, by their names.
#[derive(Default)]
struct Styles {
    looks: HashMap<String, Vec<Look>>,
    open: Option<String>,
}

impl Sink for Styles {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"style" if tag.attribute(b"family") == Some(b"text") => {
                self.open = Some(name(tag, b"name"));
            }
            b"style" => self.open = None,
            b"text-properties" => {
                let Some(style) = self.open.clone() else { return };
                self.looks.insert(style, looks(tag));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if name == b"style" {
            self.open = None;
        }
    }

    fn text(&mut self, _piece: &[u8]) {}
}

fn looks(tag: Tag<'_>) -> Vec<Look> {
    let mut looks = Vec::new();
    if matches!(tag.attribute(b"font-weight"), Some(b"bold" | b"600" | b"700" | b"800" | b"900")) {
        looks.push(Look::Mark(Mark::Bold));
    }
    if matches!(tag.attribute(b"font-style"), Some(b"italic" | b"oblique")) {
        looks.push(Look::Mark(Mark::Italic));
    }
    let struck = tag.attribute(b"text-line-through-style");
    if struck.is_some_and(|style| style != b"none") {
        looks.push(Look::Mark(Mark::Struck));
    }
    match tag.attribute(b"text-position") {
        Some(position) if position.starts_with(b"super") => {
            looks.push(Look::Script(Script::Raised));
        }
        Some(position) if position.starts_with(b"sub") => looks.push(Look::Script(Script::Lowered)),
        _ => {}
    }
    looks
}

fn name(tag: Tag<'_>, attribute: &[u8]) -> String {
    String::from_utf8_lossy(tag.attribute(attribute).unwrap_or_default()).into_owned()
}

/// A paragraph, or what a cell shows of its value.
struct Paragraph {
    text: Styled,
    value: Option<String>,
}

/// Where a cell stands, from 0, and the value that the library gives for it.
#[derive(Default)]
struct OpenCell {
    value: Option<String>,
    shown: Styled,
}

struct Reader<'s> {
    styles: &'s HashMap<String, Vec<Look>>,
    paragraphs: Vec<Paragraph>,
    /// The sheet, from 1, the row, from 1, and the column of the next cell, from 0.
    sheet: usize,
    row: u64,
    column: u64,
    cell: Option<OpenCell>,
    /// Tables that are open.
    tables: usize,
    /// The comment that is open.
    comment: Option<String>,
    comments: Vec<(usize, String)>,
    /// Paragraphs that are open: a note stands within one.
    open: Vec<Styled>,
    /// The looks of spans and links that are open.
    inside: Vec<Vec<Look>>,
    /// Elements that are open and belong to no paragraph.
    hidden: usize,
    text: Pieces,
}

impl<'s> Reader<'s> {
    fn of(styles: &'s HashMap<String, Vec<Look>>) -> Self {
        Self {
            styles,
            paragraphs: Vec::new(),
            sheet: 0,
            row: 0,
            column: 0,
            cell: None,
            tables: 0,
            comment: None,
            comments: Vec::new(),
            open: Vec::new(),
            inside: Vec::new(),
            hidden: 0,
            text: Pieces::default(),
        }
    }

    /// Adds the text so far with the looks that are open.
    fn flush(&mut self) {
        let text = self.text.take();
        self.push(&text);
    }

    /// Begins a table, a row or a cell.
    fn start_table(&mut self, tag: Tag<'_>) {
        let repeated = |name: &[u8]| tag.number(name).unwrap_or(1).max(1);
        match tag.name {
            b"table" if !tag.is_empty => {
                self.tables += 1;
                if self.tables == 1 {
                    self.sheet += 1;
                    self.row = 0;
                }
            }
            b"table-row" if self.tables == 1 => {
                self.row = self.row.saturating_add(repeated(b"number-rows-repeated"));
                self.column = 0;
            }
            b"table-cell" | b"covered-table-cell" if self.tables == 1 => {
                self.column = self.column.saturating_add(repeated(b"number-columns-repeated"));
                self.cell = (!tag.is_empty && tag.name == b"table-cell")
                    .then(|| OpenCell { value: value(tag), shown: Styled::default() });
            }
            _ => {}
        }
    }

    /// Ends a paragraph: of a comment, of a cell with a value, or by itself.
    fn end_paragraph(&mut self) {
        let Some(text) = self.open.pop() else { return };
        if let Some(comment) = &mut self.comment {
            if !comment.is_empty() {
                comment.push('\n');
            }
            comment.push_str(&text.text);
        }
        match &mut self.cell {
            Some(cell) if cell.value.is_some() && self.comment.is_none() => {
                if !cell.shown.text.is_empty() {
                    cell.shown.push("\n", []);
                }
                cell.shown.append(&text);
            }
            _ => self.paragraphs.push(Paragraph { text, value: None }),
        }
    }

    fn end_comment(&mut self) {
        if let Some(comment) = self.comment.take().filter(|text| !text.trim().is_empty()) {
            let name = column_name(self.column.saturating_sub(1));
            self.comments.push((self.sheet.max(1), format!("{name}{}: {comment}", self.row)));
        }
    }

    fn push(&mut self, text: &str) {
        let looks = self.inside.iter().flatten().cloned();
        if let Some(open) = self.open.last_mut().filter(|_| self.hidden == 0 && !text.is_empty()) {
            open.push(text, looks);
        }
    }
}

/// What the library gives for a cell with a value.
fn value(tag: Tag<'_>) -> Option<String> {
    let attribute: &[u8] = match tag.attribute(b"value-type")? {
        b"float" | b"percentage" | b"currency" => b"value",
        b"date" => b"date-value",
        b"time" => b"time-value",
        b"boolean" => {
            let is_true = tag.attribute(b"boolean-value") == Some(b"true");
            return Some(if is_true { "True" } else { "False" }.to_owned());
        }
        _ => return None,
    };
    tag.attribute(attribute).map(|value| resolved(value).into_owned())
}

/// The letters of a column, from 0.
fn column_name(column: u64) -> String {
    let mut rest = column.min(100_000) + 1;
    let mut name = String::new();
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    name
}

fn is_hidden(name: &[u8]) -> bool {
    matches!(
        name,
        b"note-citation" | b"creator" | b"date" | b"tracked-changes" | b"desc" | b"title"
    )
}

impl Sink for Reader<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        self.flush();
        self.start_table(tag);
        match tag.name {
            b"annotation" if !tag.is_empty => self.comment = Some(String::new()),
            b"p" | b"h" if !tag.is_empty => self.open.push(Styled::default()),
            b"span" if !tag.is_empty => {
                let style = name(tag, b"style-name");
                self.inside.push(self.styles.get(&style).cloned().unwrap_or_default());
            }
            b"a" if !tag.is_empty => {
                let address = resolved(tag.attribute(b"href").unwrap_or_default()).into_owned();
                let leads = !address.is_empty() && !address.starts_with('#');
                let look = leads.then_some(Look::Mark(Mark::Link(address)));
                self.inside.push(look.into_iter().collect());
            }
            b"s" => {
                let count = tag.number(b"c").unwrap_or(1).min(SPACES_MAX);
                self.push(&" ".repeat(usize::try_from(count).unwrap_or(1)));
            }
            b"tab" => self.push("\t"),
            b"line-break" => self.push("\n"),
            name if is_hidden(name) && !tag.is_empty => self.hidden += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.flush();
        match name {
            b"p" | b"h" => self.end_paragraph(),
            b"annotation" => self.end_comment(),
            b"table" => self.tables = self.tables.saturating_sub(1),
            b"table-cell" if self.tables == 1 => {
                if let Some(OpenCell { value: Some(value), shown }) = self.cell.take()
                    && !shown.is_blank()
                {
                    self.paragraphs.push(Paragraph { text: shown, value: Some(value) });
                }
            }
            b"span" | b"a" => drop(self.inside.pop()),
            name if is_hidden(name) => self.hidden = self.hidden.saturating_sub(1),
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if !self.open.is_empty() {
            self.text.push(piece);
        }
    }
}
