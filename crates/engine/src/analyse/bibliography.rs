//! The bibliography of a document, and what in its text refers to an entry (`xml_citation`).
//!
//! Entries stand under a heading such as `References`. Their fields are told apart by the common
//! styles (numbered, author and year, title in quotes); what no style tells stays untold.

mod entries;
mod fields;
mod mentions;

use docket_contract::SegmentType;
use docket_contract::citations::{Bibliography, Citation, DocumentMetadata, Reference};

use crate::analyse::label::lists_names;
use crate::model::Part;

/// The entries of a document.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    entries: Vec<Entry>,
    /// What refers to an entry does so by its number.
    numbered: bool,
}

/// An entry, and how texts refer to it.
#[derive(Debug)]
struct Entry {
    citation: Citation,
    /// The family name of its first author.
    surname: Option<String>,
    /// The letter that tells works of one year apart.
    year_letter: Option<char>,
}

impl Sources {
    /// Reads the entries and notes in the parts which entry they belong to.
    pub(crate) fn read(parts: &mut [Part], text: impl Fn(&Part) -> String) -> Self {
        let found = entries::find(parts, text);
        for (part, place) in found.places {
            parts[part].entry = Some(place);
        }
        let entries = found.entries.into_iter().map(|(id, text)| entry(id, &text));
        Self { entries: entries.collect(), numbered: found.numbered }
    }

    /// What the wire tells of them.
    pub(crate) fn bibliography(
        &self,
        parts: &[Part],
        text: impl Fn(&Part) -> String,
    ) -> Bibliography {
        let title = parts.iter().position(|part| part.kind == SegmentType::Title);
        let below = title.map_or(&[][..], |title| &parts[title + 1..]);
        let on_title_page = |part: &&Part| title.is_some_and(|at| part.page == parts[at].page);
        let is_open = |part: &&Part| part.kind == SegmentType::Text;
        let names = below.iter().take_while(on_title_page).take_while(is_open).take(3);
        let authors = names.filter(|part| lists_names(part)).map(|part| fields::names(&text(part)));
        Bibliography {
            citations: self.entries.iter().map(|entry| entry.citation.clone()).collect(),
            document_metadata: DocumentMetadata {
                title: title.map(|title| text(&parts[title])),
                authors: authors.flatten().collect(),
            },
        }
    }

    /// Links what refers to entries in a Markdown text, and tells the places.
    pub(crate) fn link(&self, markdown: &str) -> (String, Vec<Reference>) {
        mentions::link(self, markdown)
    }

    fn by_id(&self, id: usize) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.citation.id == id)
    }
}

/// The start of an entry's Markdown, to which links lead.
pub(crate) fn anchor(id: usize) -> String {
    format!("<a id=\"ref-{id}\"></a>")
}

fn entry(id: usize, text: &str) -> Entry {
    let fields = fields::read(text);
    let citation = Citation { id, text: text.to_owned(), ..fields.citation };
    Entry { citation, surname: fields.surname, year_letter: fields.year_letter }
}
