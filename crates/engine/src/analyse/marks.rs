//! Marks the words of a text that are bold, italic or lead to an address.

use std::ops::Range;

use super::tolerances::LINK_EDGE;
use crate::model::{Link, Mark, Rect, Text, Word};

/// Italic type marks words; shorter ones are the variables of formulas.
const ITALIC_LETTERS_MIN: usize = 3;
/// The same for bold type, which vectors and single figures have as well.
const BOLD_LETTERS_MIN: usize = 2;

/// Adds the marks of a text of which these bytes are its words, in the order of its lines. `looks`:
/// bold and italic type is marked, unless the whole text is set in it.
pub(super) fn add_marks(text: &mut Text, words: &[Range<usize>], links: &[Link], looks: bool) {
    let placed: Vec<(&Word, &Range<usize>)> =
        text.lines.iter().flat_map(|line| &line.words).zip(words).collect();
    let mut marks = Vec::new();
    if looks {
        for (mark, letters_min) in
            [(Mark::Bold, BOLD_LETTERS_MIN), (Mark::Italic, ITALIC_LETTERS_MIN)]
        {
            let found = runs(&text.content, &placed, &|word| part_in(word, &mark));
            let is_whole = covers_all(&text.content, &found);
            let mut found = found;
            found.retain(|bytes| letters(&text.content[bytes.clone()]) >= letters_min);
            if !is_whole {
                marks.extend(found.into_iter().map(|bytes| (bytes, mark.clone())));
            }
        }
    }
    let mut addresses: Vec<&str> = links.iter().map(|link| link.address.as_str()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    for address in addresses {
        let areas: Vec<&Rect> =
            links.iter().filter(|link| link.address == address).map(|link| &link.rect).collect();
        let touches = |line: &Rect| {
            areas.iter().any(|area| area.overlap_x(line) > 0.0 && area.overlap_y(line) > 0.0)
        };
        if text.lines.iter().any(|line| touches(&line.rect)) {
            let found = runs(&text.content, &placed, &|word| linked_part(word, &areas));
            let link = || Mark::Link(address.to_owned());
            marks.extend(found.into_iter().map(|bytes| (bytes, link())));
        }
    }
    marks.sort_by_key(|(bytes, _)| bytes.start);
    text.marks = marks;
}

/// The characters of a word that have a mark, counted from its start; empty for none.
type Part = Range<usize>;

/// The bytes of the words, or parts of words, that follow one another without anything between.
fn runs(
    content: &str,
    words: &[(&Word, &Range<usize>)],
    part: &dyn Fn(&Word) -> Part,
) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut is_open = false;
    for (word, bytes) in words {
        let part = part(word);
        let written = content.get((*bytes).clone()).unwrap_or_default();
        let byte = |nth: usize| {
            let at = written.char_indices().nth(nth).map_or(written.len(), |(at, _)| at);
            bytes.start + at
        };
        let count = word.text.chars().count();
        let found = byte(part.start)..byte(part.end);
        if part.is_empty() || found.is_empty() {
            is_open = false;
            continue;
        }
        match runs.last_mut().filter(|_| is_open && part.start == 0) {
            Some(run) => run.end = found.end,
            None => runs.push(found),
        }
        is_open = part.end >= count;
    }
    runs
}

/// The part of a word that is bold, or italic: signs at its edges may be set otherwise.
fn part_in(word: &Word, mark: &Mark) -> Part {
    let has = if *mark == Mark::Bold { word.style.bold } else { word.style.italic };
    let count = word.text.chars().count();
    let (start, end) = (usize::from(word.edges[0]), usize::from(word.edges[1]));
    if has && start + end < count { start..count - end } else { 0..0 }
}

/// The part of a word that leads somewhere: signs at its edges may stand outside of the area.
fn linked_part(word: &Word, areas: &[&Rect]) -> Part {
    let rect = &word.rect;
    let Some(area) = areas.iter().find(|area| area.contains(rect.center())) else { return 0..0 };
    let count = word.text.chars().count();
    let advance = rect.width() / count.max(1) as f32;
    let is_sign = |character: &char| !character.is_alphanumeric();
    let outside = |gap: f32, signs: usize| if gap > LINK_EDGE * advance { signs } else { 0 };
    let start = outside(area.x0 - rect.x0, word.text.chars().take_while(is_sign).count());
    let end = outside(rect.x1 - area.x1, word.text.chars().rev().take_while(is_sign).count());
    if start + end < count { start..count - end } else { 0..count }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// No letter or digit of the text, but for a mark of a list, is without the mark.
fn covers_all(content: &str, marked: &[Range<usize>]) -> bool {
    let first = content.split_whitespace().next().unwrap_or_default();
    let from = if first.chars().any(char::is_alphabetic) { 0 } else { first.len() };
    let counted = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let inside = |bytes: &Range<usize>| {
        let start = bytes.start.max(from);
        content.get(start..bytes.end.max(start)).map_or(0, counted)
    };
    let with: usize = marked.iter().map(inside).sum();
    with >= counted(&content[from..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Style, line_of_words};

    fn word(text: &str, x: f32, bold: bool, edges: [u8; 2]) -> Word {
        Word {
            text: text.to_owned(),
            rect: Rect { x0: x, y0: 0.0, x1: x + 5.0 * text.len() as f32, y1: 10.0 },
            baseline: 8.0,
            size: 10.0,
            style: Style { bold, ..Style::default() },
            edges,
            confidence: 1.0,
            scripts: Vec::new(),
            glued: false,
        }
    }

    fn marked(words: Vec<Word>, links: &[Link]) -> Vec<(String, Mark)> {
        let content = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let mut at = 0;
        let ranges: Vec<Range<usize>> = words
            .iter()
            .map(|word| {
                let range = at..at + word.text.len();
                at = range.end + 1;
                range
            })
            .collect();
        let lines = vec![line_of_words(words, 0)];
        let mut text = Text { content, lines, ..Text::default() };
        add_marks(&mut text, &ranges, links, true);
        let written = |(bytes, mark): &(Range<usize>, Mark)| {
            (text.content[bytes.clone()].to_owned(), mark.clone())
        };
        text.marks.iter().map(written).collect()
    }

    #[test]
    fn bold_words_follow_one_another() {
        let words = vec![
            word("back", 0.0, false, [0, 0]),
            word("by", 30.0, true, [0, 0]),
            word("noon,", 45.0, true, [0, 1]),
            word("please", 80.0, false, [0, 0]),
        ];
        assert_eq!(marked(words, &[]), [("by noon".to_owned(), Mark::Bold)]);
        let all = vec![word("All", 0.0, true, [0, 0]), word("bold.", 20.0, true, [0, 0])];
        assert_eq!(marked(all, &[]), []);
        let vector = vec![word("x", 0.0, true, [0, 0]), word("grows", 20.0, false, [0, 0])];
        assert_eq!(marked(vector, &[]), []);
    }

    #[test]
    fn words_within_an_area_lead_to_its_address() {
        let words = vec![
            word("see", 0.0, false, [0, 0]),
            word("the", 20.0, false, [0, 0]),
            word("guide.", 40.0, false, [0, 0]),
        ];
        let rect = Rect { x0: 19.0, y0: -1.0, x1: 65.0, y1: 11.0 };
        let link = Link { rect, address: "https://x.org".to_owned() };
        let want = Mark::Link("https://x.org".to_owned());
        assert_eq!(marked(words, &[link]), [("the guide".to_owned(), want)]);
    }
}
