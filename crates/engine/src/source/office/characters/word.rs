//! Paragraphs of Word files: runs with their looks, links, and signs of notes (ECMA-376 part 1,
//! 17.3).

use std::collections::HashMap;

use super::super::survey::{ListCounter, Package, Sink, Tag};
use super::texts::{Characters, NOTE, note_sign, squeezed};
use super::xml::{Pieces, resolved};
use crate::error::Error;
use crate::model::{Mark, Script};
use crate::source::office::styled::{Look, Styled};

/// Adds all paragraphs of a package.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn collect(package: &mut Package<'_>, to: &mut Characters) -> Result<(), Error> {
    let mut numbers: HashMap<(Notes, String), String> = HashMap::new();
    for part in package.xml_parts()? {
        let Some(name) = part.strip_prefix("word/") else { continue };
        let is_text = ["document", "header", "footer", "comments"];
        if name.contains('/') || !is_text.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let links = links(package, &part)?;
        let mut reader = Reader { links, ..Reader::default() };
        package.scan(&part, &mut reader)?;
        reader.paragraphs.into_iter().for_each(|paragraph| to.add(paragraph));
        numbers.extend(reader.notes.numbers);
    }
    for (notes, part) in [(Notes::Foot, "word/footnotes.xml"), (Notes::End, "word/endnotes.xml")] {
        let links = links(package, part)?;
        let mut reader = Reader { links, ..Reader::default() };
        package.scan(part, &mut reader)?;
        for (id, paragraphs) in reader.notes.texts {
            let text: String = paragraphs.iter().map(|one| squeezed(&one.text)).collect();
            if let Some(number) = numbers.get(&(notes, id)) {
                to.notes.insert(text, number.clone());
            }
            paragraphs.into_iter().for_each(|paragraph| to.add(paragraph));
        }
    }
    Ok(())
}

/// The addresses of the links of a part.
pub(in crate::source::office) fn links(
    package: &mut Package<'_>,
    part: &str,
) -> Result<HashMap<String, String>, Error> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let mut list = ListCounter::default();
    package.scan(&format!("{folder}/_rels/{file}.rels"), &mut list)?;
    let links = list.relations.into_iter().filter(|one| one.kind.ends_with("/hyperlink"));
    Ok(links.map(|one| (one.id, resolved(one.target.as_bytes()).into_owned())).collect())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Notes {
    Foot,
    End,
}

/// Notes that are referred to, and those that are written here.
#[derive(Default)]
struct NoteList {
    numbers: HashMap<(Notes, String), String>,
    counts: [usize; 2],
    texts: Vec<(String, Vec<Styled>)>,
}

/// Looks of a run.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    bold: bool,
    italic: bool,
    struck: bool,
    script: Option<Script>,
}

#[derive(Default)]
struct Reader {
    links: HashMap<String, String>,
    paragraphs: Vec<Styled>,
    /// Paragraphs that are open: a box of text stands within one.
    open: Vec<Styled>,
    run: Option<Run>,
    in_looks: bool,
    /// Addresses of links that are open.
    inside: Vec<Option<String>>,
    /// The instruction of a field that is open, and the address that it gives.
    instruction: Option<String>,
    field: Option<String>,
    text: Option<Pieces>,
    /// How deep it stands in what was moved or deleted.
    gone: usize,
    notes: NoteList,
}

impl Reader {
    fn push(&mut self, text: &str) {
        let run = self.run.unwrap_or_default();
        let address = self.inside.iter().rev().flatten().next().or(self.field.as_ref());
        let looks = [
            address.cloned().map(Mark::Link),
            run.bold.then_some(Mark::Bold),
            run.italic.then_some(Mark::Italic),
            run.struck.then_some(Mark::Struck),
        ];
        let marks = looks.into_iter().flatten().map(Look::Mark);
        let looks: Vec<Look> = marks.chain(run.script.map(Look::Script)).collect();
        if let Some(paragraph) = self.open.last_mut().filter(|_| self.gone == 0) {
            paragraph.push(text, looks);
        }
    }

    fn looks(&mut self, tag: Tag<'_>) {
        let Some(run) = &mut self.run else { return };
        let value = tag.attribute(b"val").unwrap_or(b"1");
        let on = !matches!(value, b"0" | b"false" | b"off");
        match tag.name {
            b"b" => run.bold = on,
            b"i" => run.italic = on,
            b"strike" | b"dstrike" => run.struck = on,
            b"rStyle" if value == b"Strong" => run.bold = true,
            b"rStyle" if value == b"Emphasis" => run.italic = true,
            b"vertAlign" => {
                run.script = match value {
                    b"superscript" => Some(Script::Raised),
                    b"subscript" => Some(Script::Lowered),
                    _ => None,
                }
            }
            _ => {}
        }
    }

    fn refer(&mut self, notes: Notes, tag: Tag<'_>) {
        let id = String::from_utf8_lossy(tag.attribute(b"id").unwrap_or_default()).into_owned();
        let list = &mut self.notes;
        let next = list.counts[notes as usize] + 1;
        let number = list.numbers.entry((notes, id)).or_insert_with(|| match notes {
            Notes::Foot => next.to_string(),
            Notes::End => roman(next),
        });
        if *number == next.to_string() || *number == roman(next) {
            list.counts[notes as usize] = next;
        }
        let (sign, look) = note_sign(number);
        if let Some(paragraph) = self.open.last_mut().filter(|_| self.gone == 0) {
            paragraph.push(&format!("{NOTE}{sign}"), [look]);
        }
    }

    fn field(&mut self, kind: &[u8]) {
        match kind {
            b"begin" => self.instruction = Some(String::new()),
            b"separate" => {
                self.field = self.instruction.take().and_then(|text| address_of(&text));
            }
            _ => (self.instruction, self.field) = (None, None),
        }
    }
}

/// The address in the instruction of a field (17.16.5.25).
fn address_of(instruction: &str) -> Option<String> {
    let rest = instruction.trim_start().strip_prefix("HYPERLINK")?.trim_start();
    let rest = rest.strip_prefix('"')?;
    Some(rest.split('"').next()?.to_owned()).filter(|address| !address.is_empty())
}

fn roman(number: usize) -> String {
    let mut rest = number;
    let mut out = String::new();
    for (value, sign) in [(10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")] {
        while rest >= value {
            out.push_str(sign);
            rest -= value;
        }
    }
    out
}

impl Sink for Reader {
    fn start(&mut self, tag: Tag<'_>) {
        if self.in_looks {
            return self.looks(tag);
        }
        match tag.name {
            b"p" if !tag.is_empty => self.open.push(Styled::default()),
            b"r" if !tag.is_empty => self.run = Some(Run::default()),
            b"rPr" if !tag.is_empty => self.in_looks = true,
            b"t" | b"instrText" if !tag.is_empty => self.text = Some(Pieces::default()),
            b"tab" if self.run.is_some() => self.push("\t"),
            b"br" | b"cr" if self.run.is_some() => self.push("\n"),
            b"noBreakHyphen" => self.push("-"),
            b"del" | b"moveFrom" if !tag.is_empty => self.gone += 1,
            b"hyperlink" if !tag.is_empty => {
                let id = tag.relation().map(String::from_utf8_lossy);
                let address = id.and_then(|id| self.links.get(id.as_ref()).cloned());
                self.inside.push(address);
            }
            b"fldChar" => self.field(tag.attribute(b"fldCharType").unwrap_or_default()),
            b"footnoteReference" => self.refer(Notes::Foot, tag),
            b"endnoteReference" => self.refer(Notes::End, tag),
            b"footnote" | b"endnote" => {
                let id = tag.attribute(b"id").unwrap_or_default();
                self.notes.texts.push((String::from_utf8_lossy(id).into_owned(), Vec::new()));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"rPr" => self.in_looks = false,
            b"r" => self.run = None,
            b"t" => {
                if let Some(mut text) = self.text.take() {
                    self.push(&text.take());
                }
            }
            b"instrText" => {
                if let (Some(mut text), Some(instruction)) =
                    (self.text.take(), &mut self.instruction)
                {
                    instruction.push_str(&text.take());
                }
            }
            b"del" | b"moveFrom" => self.gone = self.gone.saturating_sub(1),
            b"hyperlink" => drop(self.inside.pop()),
            b"p" => {
                let Some(paragraph) = self.open.pop() else { return };
                match self.notes.texts.last_mut() {
                    Some((_, paragraphs)) => paragraphs.push(paragraph),
                    None => self.paragraphs.push(paragraph),
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if let Some(text) = &mut self.text {
            text.push(piece);
        }
    }
}
