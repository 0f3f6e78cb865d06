//! What is known of common kinds of documents: by which words a category names a kind, and by
//! which words and looks a page shows it.

mod accounts;
mod finance;
mod identity;
mod legal;
mod places;
mod writing;

use super::looks::Look;

/// A kind of document. Lists are parted by commas; words of grammar in them do not count.
pub(super) struct Kind {
    /// What categories call it, and documents themselves in their titles.
    pub names: &'static str,
    /// Names that categories use and that are too common to tell anything in a document.
    pub aliases: &'static str,
    /// Words that hardly any other kind has.
    pub strong: &'static str,
    /// Words that it has more often than others.
    pub weak: &'static str,
    /// How its pages look: what speaks for it, or if negative against it.
    pub looks: &'static [(Look, f64)],
}

impl Kind {
    const EMPTY: Self = Self { names: "", aliases: "", strong: "", weak: "", looks: &[] };
}

/// Every kind.
pub(super) fn all() -> impl Iterator<Item = &'static Kind> {
    let rooms = [
        accounts::KINDS,
        finance::KINDS,
        identity::KINDS,
        legal::KINDS,
        writing::KINDS,
        places::KINDS,
    ];
    rooms.into_iter().flatten()
}
