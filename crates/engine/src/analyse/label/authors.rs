//! Names under a title, which look like headings and are none.

use super::look::Look;
use super::part::{Label, Part};
use crate::analyse::tolerances as shared;
use crate::lexicon;
use crate::model::{Line, dominant};

/// Between the title and the first section stand names and places, often in a size of their own.
pub(super) fn drop_authors(parts: &mut [Part], looks: &mut Vec<(usize, Look)>) {
    let Some(title) = parts.iter().rposition(|part| part.label == Label::Title) else {
        return;
    };
    looks.retain(|(index, look)| {
        let near = *index > title && *index <= title + 6 && parts[*index].page == parts[title].page;
        let names = near
            && look.numbers == 0
            && !look.capitals
            && parts[*index].written().is_some_and(|block| lists_names(&block.lines()));
        if names {
            parts[*index].label = Label::Text;
        }
        !names
    });
}

/// Words with raised marks, or capitalised words between commas.
pub(crate) fn lists_names<'l>(lines: &(impl Iterator<Item = &'l Line> + Clone)) -> bool {
    let size = dominant(lines.clone().map(|line| (line.size, line.characters())));
    let words = || lines.clone().flat_map(|line| &line.words);
    let raised = words()
        .filter(|word| word.size < shared::SCRIPT_SIZE * size && word.text.chars().count() <= 4)
        .count();
    let marked = words().filter(|word| {
        word.text
            .ends_with(|c: char| c.is_ascii_digit() || matches!(c, '*' | '\u{2217}' | '\u{2020}'))
            && word.text.starts_with(char::is_uppercase)
    });
    let commas = words().filter(|word| word.text.ends_with(',')).count();
    let all_capitalised = words().all(|word| {
        let plain = lexicon::has(lexicon::NAME_WORDS, &word.text);
        plain || !word.text.starts_with(char::is_lowercase)
    });
    raised + marked.count() >= 1 || commas >= 1 && all_capitalised
}
