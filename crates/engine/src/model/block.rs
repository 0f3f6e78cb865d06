//! Blocks: the pieces that a document is read as.

use std::borrow::Cow;

use super::geometry::Rect;
use super::line::Line;
use super::table::Table;
use super::text::Text;

/// A piece of a document: a paragraph, a heading, a table, a picture.
#[derive(Clone, Debug)]
pub struct Block {
    /// The 1-based number of its page.
    pub page: usize,
    /// Where it stands on its page, in points, as displayed. `None` where the file has no
    /// coordinates.
    pub rect: Option<Rect>,
    /// What it is, and what it holds.
    pub content: Content,
    /// How sure it is what it is, 0 to 1.
    pub confidence: f32,
    /// How its content was read.
    pub origin: Origin,
    /// The entry of the bibliography that it belongs to, if that was read.
    pub entry: Option<EntryPart>,
}

/// What a block is, and what it holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// Running text.
    Text {
        /// The part that it plays in the document.
        role: Role,
        /// What it says.
        text: Text,
    },
    /// A table.
    Table(Table),
    /// A picture.
    Picture,
    /// A displayed formula, as text or in LaTeX.
    Formula(Text),
    /// A listing.
    Code(Text),
    /// A field of a form.
    Field(FormField),
}

/// The part that running text plays in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A paragraph.
    Paragraph,
    /// The title of the document.
    Title,
    /// A heading of this level, from 1: a document with a title has headings from 2.
    Heading(u8),
    /// An item of a list that is nested so deeply, from 0. Its text begins with its marker.
    ListItem(u8),
    /// The caption of a table or a picture.
    Caption,
    /// A note at the foot of a page.
    Footnote,
    /// A running header.
    PageHeader,
    /// A running footer, a page number or a note in the margin.
    PageFooter,
}

/// A field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormField {
    /// What it is called, with the mark in front of it.
    pub label: String,
    /// What is filled in; empty where nothing is.
    pub value: String,
}

/// How the content of a block was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Origin {
    /// From the text that the file holds for its pages.
    TextLayer,
    /// From a picture, by a recogniser.
    Recogniser {
        /// The mean of what it says of its words, 0 to 1.
        confidence: f32,
    },
    /// From the drawings of a page.
    Drawing,
    /// From an element of a file that names its elements: Office files, web pages, Markdown.
    Element,
}

/// What a block is of an entry of the bibliography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryPart {
    /// The `id` of its entry.
    pub id: usize,
    /// The entry starts with it.
    pub first: bool,
}

impl Block {
    /// Its plain text: of a table a line for each row, of a picture nothing.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match &self.content {
            Content::Text { text, .. } | Content::Formula(text) | Content::Code(text) => {
                Cow::Borrowed(&text.content)
            }
            Content::Table(table) => Cow::Owned(table.text()),
            Content::Field(field) => {
                Cow::Owned(format!("{} {}", field.label, field.value).trim().to_owned())
            }
            Content::Picture => Cow::Borrowed(""),
        }
    }

    /// Its texts: of a table those of the cells.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> + Clone {
        let (own, cells) = match &self.content {
            Content::Text { text, .. } | Content::Formula(text) | Content::Code(text) => {
                (Some(text), &[][..])
            }
            Content::Table(table) => (None, table.cells.as_slice()),
            Content::Picture | Content::Field(_) => (None, &[][..]),
        };
        own.into_iter().chain(cells.iter().map(|cell| &cell.text))
    }

    /// Its lines on the page: of a table those of the cells.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> + Clone {
        self.texts().flat_map(|text| &text.lines)
    }

    /// Its role, if it is running text.
    pub(crate) fn role(&self) -> Option<Role> {
        match self.content {
            Content::Text { role, .. } => Some(role),
            _ => None,
        }
    }

    /// How deep it stands as a heading: 1 for a title.
    pub(crate) fn heading_level(&self) -> Option<u8> {
        match self.role()? {
            Role::Title => Some(1),
            Role::Heading(level) => Some(level.clamp(1, 6)),
            _ => None,
        }
    }

    /// It is a running header or footer.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.role(), Some(Role::PageHeader | Role::PageFooter))
    }

    pub(crate) fn is_paragraph(&self) -> bool {
        self.role() == Some(Role::Paragraph)
    }
}
