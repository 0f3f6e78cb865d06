//! Finds the entries of a bibliography among the parts of a document.

use crate::lexicon;
use crate::model::{Block, EntryPart, Line, Marker, Role, marker};

/// No document has a reason for more.
const ENTRIES_MAX: usize = 5_000;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Ids and texts.
    pub entries: Vec<(usize, String)>,
    /// Which parts belong to which entry.
    pub places: Vec<(usize, EntryPart)>,
    pub numbered: bool,
}

/// A part with its text and the number that it starts with.
struct Piece {
    part: usize,
    text: String,
    number: Option<u32>,
}

pub(super) fn find(blocks: &[Block]) -> Found {
    let Some(heading) = blocks.iter().rposition(is_heading) else {
        return Found::default();
    };
    let pieces: Vec<Piece> = section(blocks, heading)
        .map(|(part, block)| {
            let text = block.text().into_owned();
            let number = number(&text);
            Piece { part, text, number }
        })
        .filter(|piece| !piece.text.is_empty())
        .collect();
    let with_number = pieces.iter().filter(|piece| piece.number.is_some()).count();
    gather(&pieces, with_number * 2 > pieces.len())
}

/// Blocks from the heading to the next of its rank.
fn section(blocks: &[Block], heading: usize) -> impl Iterator<Item = (usize, &Block)> {
    let own_level = match blocks[heading].role() {
        Some(Role::Heading(level)) => level.max(2),
        _ => 2,
    };
    let is_next = move |block: &Block| match block.role() {
        Some(Role::Title) => true,
        Some(Role::Heading(level)) => level <= own_level,
        _ => false,
    };
    let after = blocks.iter().enumerate().skip(heading + 1);
    let own = after.take_while(move |(_, block)| !is_next(block));
    own.filter(|(_, block)| matches!(block.role(), Some(Role::Paragraph | Role::ListItem(_))))
}

fn is_heading(block: &Block) -> bool {
    let characters: usize = block.lines().map(Line::characters).sum();
    if !matches!(block.role(), Some(Role::Heading(_))) || characters > 60 {
        return false;
    }
    let text = block.text().to_lowercase();
    let bare = text.trim_matches(|c: char| !c.is_alphabetic());
    lexicon::has(lexicon::BIBLIOGRAPHY, bare)
}

/// The number that an entry starts with.
fn number(text: &str) -> Option<u32> {
    match marker(text.split_whitespace().next()?) {
        Some(Marker::Reference(number) | Marker::Number(number)) => Some(number),
        _ => None,
    }
}

fn gather(pieces: &[Piece], numbered: bool) -> Found {
    let mut entries: Vec<(Option<u32>, String)> = Vec::new();
    let mut places: Vec<(usize, usize, bool)> = Vec::new();
    for piece in pieces {
        let opens = if numbered { piece.number.is_some() } else { !continues(&piece.text) };
        let opens = opens || entries.is_empty();
        if opens && entries.len() == ENTRIES_MAX {
            break;
        }
        if opens {
            entries.push((piece.number, piece.text.clone()));
        } else if let Some((_, text)) = entries.last_mut() {
            text.push(' ');
            text.push_str(&piece.text);
        }
        places.push((piece.part, entries.len() - 1, opens));
    }
    let mut numbers: Vec<u32> = entries.iter().filter_map(|(number, _)| *number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let own_numbers = numbered && numbers.len() == entries.len();
    let id = |index: usize| match entries[index].0 {
        Some(number) if own_numbers => number as usize,
        _ => index + 1,
    };
    Found {
        places: places
            .into_iter()
            .map(|(part, index, first)| (part, EntryPart { id: id(index), first }))
            .collect(),
        entries: (0..entries.len()).map(|index| (id(index), entries[index].1.clone())).collect(),
        numbered: own_numbers,
    }
}

/// Goes on with the entry before, as after the end of a page.
fn continues(text: &str) -> bool {
    text.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || matches!(c, '(' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(found: &Found) -> Vec<(usize, &str)> {
        found.entries.iter().map(|(id, text)| (*id, text.as_str())).collect()
    }

    fn pieces(texts: &[&str]) -> Vec<Piece> {
        let piece = |(part, text): (usize, &&str)| Piece {
            part,
            text: (*text).to_owned(),
            number: number(text),
        };
        texts.iter().enumerate().map(piece).collect()
    }

    #[test]
    fn numbers_open_entries_and_the_rest_goes_on() {
        let found = gather(&pieces(&["[4] One.", "of a page", "[7] Two."]), true);
        assert_eq!(texts(&found), [(4, "[4] One. of a page"), (7, "[7] Two.")]);
        assert_eq!(found.places[1], (1, EntryPart { id: 4, first: false }));
        let twice = gather(&pieces(&["[1] One.", "[1] Two."]), true);
        assert_eq!(texts(&twice), [(1, "[1] One."), (2, "[1] Two.")]);
        assert!(!twice.numbered, "what says [1] could mean either");
    }

    #[test]
    fn names_open_entries() {
        let found = gather(&pieces(&["Abel, C. 2001.", "12(3), 4-5.", "Berg, D. 1999."]), false);
        assert_eq!(texts(&found), [(1, "Abel, C. 2001. 12(3), 4-5."), (2, "Berg, D. 1999.")]);
    }
}
