//! Words joined into one text, and the way back from a piece of that text to its boxes.

use docket_contract::results::GroundedBox;

use super::area::Area;
use super::index::{Index, Passage};

/// A text with the words that it was joined from.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    pub text: String,
    /// Byte at which a word starts, and the word.
    starts: Vec<(usize, usize)>,
}

impl Run {
    pub(super) fn new(index: &Index, words: impl IntoIterator<Item = usize>) -> Self {
        let mut run = Self::default();
        for word in words {
            if !run.text.is_empty() {
                run.text.push(' ');
            }
            run.starts.push((run.text.len(), word));
            run.text.push_str(&index.words[word].text);
        }
        run
    }

    /// Where words start in the text.
    pub(super) fn starts(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.starts.iter().copied()
    }

    /// The words that the piece from `start` to `end` touches.
    pub(super) fn touching(&self, start: usize, end: usize) -> Vec<usize> {
        let first = self.starts.partition_point(|(at, _)| *at <= start).saturating_sub(1);
        self.starts[first..].iter().take_while(|(at, _)| *at < end).map(|(_, word)| *word).collect()
    }

    /// The passages as one text, each on a line of its own.
    pub(super) fn of_passages<'p>(
        index: &Index,
        passages: impl Iterator<Item = &'p Passage>,
    ) -> Self {
        let mut run = Self::default();
        for passage in passages {
            for (at, word) in passage.words.iter().enumerate() {
                if !run.text.is_empty() {
                    run.text.push(if at == 0 { '\n' } else { ' ' });
                }
                run.starts.push((run.text.len(), *word));
                run.text.push_str(&index.words[*word].text);
            }
        }
        run
    }
}

/// One box per line around words, as far as they have coordinates.
pub(super) fn boxes(index: &Index, words: &[usize]) -> Vec<GroundedBox> {
    let mut boxes: Vec<(usize, GroundedBox)> = Vec::new();
    for word in words.iter().filter(|word| index.words[**word].has_coordinates) {
        let line = index.cell_of(*word).line;
        let next = boxed(index, *word);
        match boxes.last_mut() {
            Some((same, last)) if *same == line => join(last, &next),
            _ => boxes.push((line, next)),
        }
    }
    boxes.into_iter().map(|(_, one)| one).collect()
}

fn boxed(index: &Index, word: usize) -> GroundedBox {
    let word = &index.words[word];
    let Area { left, top, right, bottom } = word.area;
    let (page_width, page_height) = index.sizes.get(&word.page).copied().unwrap_or_default();
    GroundedBox {
        page: word.page,
        bbox: [left, top, right, bottom].map(rounded),
        text: word.text.clone(),
        confidence: rounded(word.confidence),
        page_width,
        page_height,
    }
}

fn join(last: &mut GroundedBox, next: &GroundedBox) {
    last.bbox = [
        last.bbox[0].min(next.bbox[0]),
        last.bbox[1].min(next.bbox[1]),
        last.bbox[2].max(next.bbox[2]),
        last.bbox[3].max(next.bbox[3]),
    ];
    last.text.push(' ');
    last.text.push_str(&next.text);
    last.confidence = last.confidence.min(next.confidence);
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
