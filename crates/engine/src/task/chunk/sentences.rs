//! Cuts a text into pieces up to a size: between sentences, else between words, else anywhere.

use std::ops::Range;

/// Abbreviations that are followed by a capital or a number within a sentence.
const ABBREVIATIONS: [&str; 22] = [
    "al", "art", "bzw", "ca", "cf", "co", "dr", "eq", "fig", "inc", "jr", "mr", "mrs", "ms", "no",
    "nr", "p", "pp", "prof", "sec", "st", "vs",
];

/// Ranges that follow one another and cover the whole text, none longer than `most` characters.
/// White space belongs to what stands before it.
pub(super) fn pieces_up_to(text: &str, most: usize) -> Vec<Range<usize>> {
    let most = most.max(1);
    let mut pieces = Vec::new();
    for sentence in sentences(text) {
        if characters(&text[sentence.clone()]) <= most {
            pieces.push(sentence);
            continue;
        }
        for word in words(text, &sentence) {
            let last: Option<&mut Range<usize>> = pieces.last_mut();
            let joins = |last: &Range<usize>| {
                last.start >= sentence.start && characters(&text[last.start..word.end]) <= most
            };
            match last {
                Some(last) if joins(last) => last.end = word.end,
                _ => pieces.extend(hard_pieces(text, &word, most)),
            }
        }
    }
    pieces
}

pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

/// Sentences with the white space behind them.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut after_end = false;
    let mut ended = false;
    for (at, character) in text.char_indices() {
        if ended && !character.is_whitespace() {
            found.push(start..at);
            start = at;
            ended = false;
            after_end = false;
        }
        match character {
            '.' => after_end = !ends_with_abbreviation(&text[start..at]),
            '!' | '?' | '…' => after_end = true,
            '。' | '！' | '？' => (after_end, ended) = (true, true),
            '\n' => ended = true,
            _ if character.is_whitespace() => ended |= after_end,
            '"' | '\'' | ')' | ']' | '»' | '”' | '’' => {}
            _ => after_end = false,
        }
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
}

/// Initials, known abbreviations, and parts of *e.g.* do not end a sentence.
fn ends_with_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let mut letters = word.chars();
    let single = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
    single || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// Words of a range with the white space behind them.
fn words(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = range.start;
    let mut in_space = false;
    for (offset, character) in text[range.clone()].char_indices() {
        let at = range.start + offset;
        if in_space && !character.is_whitespace() {
            found.push(start..at);
            start = at;
        }
        in_space = character.is_whitespace();
    }
    if start < range.end {
        found.push(start..range.end);
    }
    found
}

/// Pieces of exactly `most` characters, but for the last.
fn hard_pieces(text: &str, range: &Range<usize>, most: usize) -> Vec<Range<usize>> {
    let places = text[range.clone()].char_indices().map(|(at, _)| range.start + at).step_by(most);
    let starts: Vec<usize> = places.collect();
    let ends = starts.iter().skip(1).copied().chain([range.end]);
    starts.iter().zip(ends).map(|(start, end)| *start..end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, most: usize, expected: &[&str]) {
        let pieces: Vec<&str> = pieces_up_to(text, most).into_iter().map(|at| &text[at]).collect();
        assert_eq!(pieces, expected);
    }

    #[test]
    fn sentences_end_at_their_marks() {
        check(
            "One here. Two? \"Three!\" Four",
            99,
            &["One here. ", "Two? ", "\"Three!\" ", "Four"],
        );
        check(
            "See Fig. 2 by J. Doe et al. (2001). Next.",
            99,
            &["See Fig. 2 by J. Doe et al. (2001). ", "Next."],
        );
        check("一つ。二つ。", 99, &["一つ。", "二つ。"]);
        check("Line\n\nLine", 99, &["Line\n\n", "Line"]);
        check("", 99, &[]);
    }

    #[test]
    fn long_sentences_are_cut_between_words_and_long_words_anywhere() {
        check("aa bb cc dd", 6, &["aa bb ", "cc dd"]);
        check("abcdefgh ij", 3, &["abc", "def", "gh ", "ij"]);
    }
}
