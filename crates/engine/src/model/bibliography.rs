//! The sources that a document lists.

/// The bibliography of a document, and what the document says of itself.
#[derive(Clone, Debug, Default)]
pub struct Bibliography {
    /// The entries in their order.
    pub entries: Vec<BibliographyEntry>,
    /// Text refers to an entry by its number.
    pub numbered: bool,
    /// The document's own title.
    pub title: Option<String>,
    /// The document's own authors, as its title page lists them.
    pub authors: Vec<String>,
}

/// An entry. What could not be told apart in it is left out; `text` has it all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BibliographyEntry {
    /// Its number: its own where all entries are numbered, else its place from 1.
    pub id: usize,
    /// The entry as it stands.
    pub text: String,
    /// The title of the work.
    pub title: Option<String>,
    /// The authors of the work.
    pub authors: Vec<String>,
    /// The year, of four digits.
    pub year: Option<String>,
    /// Where it was published.
    pub journal: Option<String>,
    /// The volume of that.
    pub volume: Option<String>,
    /// From page to page, or the only page.
    pub pages: Option<String>,
    /// Its Digital Object Identifier, without the address.
    pub doi: Option<String>,
    /// The family name of its first author.
    pub surname: Option<String>,
    /// The letter that tells works of one year apart.
    pub year_letter: Option<char>,
}
