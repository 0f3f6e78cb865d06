//! What only looks like a heading: names and dates on a cover, questions and labels of a form.

use std::collections::HashSet;

use super::norms::Norms;
use super::part::{Label, Part};
use super::tolerances;
use crate::analyse::draft::BlockDraft;
use crate::analyse::tolerances as shared;

/// Running text has blocks of so many lines and characters.
const TEXT_LINES_MIN: usize = 3;
const TEXT_CHARACTERS_MIN: usize = 200;
/// A cover has fewer pieces of text; a table of contents has more.
const COVER_PARTS_MAX: usize = 24;
/// So many questions without answers make a form.
const QUESTIONS_MIN: usize = 2;

/// What a document has that its headings are told from.
#[derive(Debug, Default)]
pub(super) struct Disguises {
    /// Page of the cover and the size of its biggest text.
    cover: Option<(usize, f32)>,
    /// Parts that are questions or labels of a form.
    of_form: HashSet<usize>,
}

impl Disguises {
    pub(super) fn new(parts: &[Part], norms: &Norms) -> Self {
        Self { cover: cover(parts), of_form: of_form(parts, norms) }
    }

    /// On a cover only the biggest text heads the document.
    pub(super) fn is_of_cover(&self, part: &Part, size: f32) -> bool {
        self.cover.is_some_and(|(page, biggest)| {
            part.page == page && size < tolerances::COVER_BIGGEST * biggest
        })
    }

    pub(super) fn is_of_form(&self, part: usize) -> bool {
        self.of_form.contains(&part)
    }
}

fn is_running(part: &Part) -> bool {
    part.written().is_some_and(|block| {
        block.table().is_none()
            && block.lines().count() >= TEXT_LINES_MIN
            && block.characters() >= TEXT_CHARACTERS_MIN
    })
}

/// The first page, if it has pieces of text only and later pages run on.
fn cover(parts: &[Part]) -> Option<(usize, f32)> {
    let page = parts.first()?.page;
    let (first, later) = parts.split_at(parts.partition_point(|part| part.page == page));
    let is_cover = first.len() <= COVER_PARTS_MAX
        && !first.iter().any(|part| is_running(part) || part.label == Label::Table)
        && later.iter().any(is_running);
    let sizes = first.iter().filter(|part| part.label != Label::Picture);
    let sizes = sizes.filter_map(Part::written).map(BlockDraft::size);
    is_cover.then(|| (page, sizes.fold(0.0, f32::max)))
}

/// Bold questions with room for an answer below them and no text; beside several of them, other bold
/// lines with no text below.
fn of_form(parts: &[Part], norms: &Norms) -> HashSet<usize> {
    let bare =
        |index: &usize| is_bold_line(&parts[*index], norms) && !has_text_below(parts, *index);
    let bare: Vec<usize> = (0..parts.len()).filter(bare).collect();
    let questions = bare.iter().filter(|index| ends_with(&parts[**index], &['?']));
    if questions.count() < QUESTIONS_MIN {
        return HashSet::new();
    }
    bare.into_iter().collect()
}

/// Bold text that is no bigger than running text.
fn is_bold_line(part: &Part, norms: &Norms) -> bool {
    let is_open = matches!(part.label, Label::Text | Label::ListItem);
    part.written().filter(|_| is_open).is_some_and(|block| {
        !norms.body_bold
            && block.size() < shared::BIGGER_THAN_TEXT * norms.body_size
            && block.share(|style| style.bold) > tolerances::STYLE_OF_BLOCK
    })
}

/// Sentences or items follow, or a table or picture.
fn has_text_below(parts: &[Part], index: usize) -> bool {
    let Some(next) = parts.get(index + 1).filter(|next| next.page == parts[index].page) else {
        return false;
    };
    let lines = next.written().map_or(0, |block| block.lines().count());
    match next.label {
        Label::Text | Label::ListItem => {
            let is_bold = |block: &BlockDraft| block.share(|style| style.bold) > 0.5;
            let is_bold = next.written().is_some_and(is_bold);
            !is_bold && (lines > 1 || ends_with(next, &['.', '!', ';']))
        }
        Label::PageHeader | Label::PageFooter | Label::Footnote => false,
        _ => true,
    }
}

fn ends_with(part: &Part, signs: &[char]) -> bool {
    let last = part.block.lines().last().and_then(|line| line.words.last());
    last.is_some_and(|word| word.text.ends_with(signs))
}
