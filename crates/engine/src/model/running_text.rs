//! Lines to running text: words joined by spaces, hyphens at line ends resolved.

use std::collections::HashSet;
use std::ops::Range;

use super::line::{Line, Script};
use super::scripts::scripts_of;
use super::text::Text;

const SOFT_HYPHEN: char = '\u{AD}';

/// Words of the document, lower case, for telling which hyphens belong to words.
#[derive(Default)]
pub(crate) struct Vocabulary(HashSet<String>);

impl Vocabulary {
    /// Learns the words of a line, but for those that its end may have cut.
    pub(crate) fn learn<'w>(&mut self, words: impl ExactSizeIterator<Item = &'w str>) {
        let last = words.len().saturating_sub(1);
        for (index, word) in words.enumerate() {
            let cut = index == last && ends_with_hyphen(word);
            if !cut && word.len() < 40 {
                let bare = bare(word);
                if bare.chars().count() > 3 && !self.0.contains(bare.as_str()) {
                    self.0.insert(bare);
                }
            }
        }
    }

    fn knows(&self, word: &str) -> bool {
        self.0.contains(&bare(word))
    }

    /// The text that lines make, with the lines themselves, and the bytes of its words.
    pub(crate) fn text(&self, lines: Vec<Line>) -> (Text, Vec<Range<usize>>) {
        let mut content = String::new();
        let mut scripts: Vec<(Range<usize>, Script)> = Vec::new();
        let mut words: Vec<Range<usize>> = Vec::new();
        for line in &lines {
            let start = self.append(&mut content, &line.text());
            // A hyphen that fell away was the end of the last word.
            if let Some(last) = words.last_mut() {
                last.end = last.end.min(start);
            }
            let mut at = start;
            for (nth, word) in line.words.iter().enumerate() {
                at += usize::from(nth > 0 && !word.glued);
                words.push(at..at + word.text.len());
                at += word.text.len();
            }
            let of_line = scripts_of(line).into_iter();
            scripts.extend(of_line.map(|(at, script)| (start + at.start..start + at.end, script)));
        }
        // A hyphen that fell away may have taken the end of a mark with it.
        let mut done = 0;
        scripts.retain(|(bytes, _)| {
            let whole =
                content.get(done..bytes.start).is_some() && content.get(bytes.clone()).is_some();
            done = if whole { bytes.end } else { done };
            whole
        });
        without_soft_hyphens(&mut content, &mut scripts, &mut words);
        (Text { content, scripts, lines, ..Text::default() }, words)
    }

    /// Appends the next line to a text: the byte at which it starts.
    fn append(&self, text: &mut String, next: &str) -> usize {
        if !text.is_empty() {
            match seam(text, next, self) {
                Seam::Space => text.push(' '),
                Seam::Nothing => {}
                Seam::DropHyphen => {
                    text.pop();
                }
            }
        }
        let start = text.len();
        text.push_str(next);
        start
    }
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn ends_with_hyphen(word: &str) -> bool {
    word.ends_with(['-', '\u{AD}', '\u{2010}'])
}

/// Takes soft hyphens out of a text and moves scripts and words behind them.
fn without_soft_hyphens(
    content: &mut String,
    scripts: &mut [(Range<usize>, Script)],
    words: &mut [Range<usize>],
) {
    if !content.contains(SOFT_HYPHEN) {
        return;
    }
    let before = |at: usize| content[..at].matches(SOFT_HYPHEN).count() * SOFT_HYPHEN.len_utf8();
    for bytes in scripts.iter_mut().map(|(bytes, _)| bytes).chain(words) {
        *bytes = bytes.start - before(bytes.start)..bytes.end - before(bytes.end);
    }
    *content = content.replace(SOFT_HYPHEN, "");
}

enum Seam {
    Space,
    Nothing,
    DropHyphen,
}

fn seam(before: &str, after: &str, vocabulary: &Vocabulary) -> Seam {
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else {
        return Seam::Nothing;
    };
    if last == '\u{AD}' {
        return Seam::DropHyphen;
    }
    if breaks_address(before, after) {
        return Seam::Nothing;
    }
    if matches!(last, '-' | '\u{2010}') {
        let head = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let tail = after.split(char::is_whitespace).next().unwrap_or_default();
        return hyphen(head, tail, first, vocabulary);
    }
    if is_unspaced(last) && is_unspaced(first) { Seam::Nothing } else { Seam::Space }
}

/// A web address goes on over the end of the line.
fn breaks_address(before: &str, after: &str) -> bool {
    let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    if last.ends_with("http:") || last.ends_with("https:") {
        return after.starts_with("//");
    }
    if !last.contains("://") && !last.starts_with("www.") {
        return false;
    }
    let next = after.split(char::is_whitespace).next().unwrap_or_default();
    let goes_on = last.ends_with(['/', '-', '_', '=', '&', '?']);
    let in_number = last.ends_with('.') && next.starts_with(|c: char| c.is_ascii_digit());
    goes_on || in_number || next.starts_with('/')
}

/// What to do with `head` that ends with a hyphen when `tail` follows on the next line.
fn hyphen(head: &str, tail: &str, first: char, vocabulary: &Vocabulary) -> Seam {
    let stem = head.trim_end_matches(['-', '\u{2010}']);
    if !stem.ends_with(char::is_alphabetic) {
        return if stem.is_empty() { Seam::Space } else { Seam::Nothing };
    }
    if !first.is_alphabetic() {
        return if first.is_numeric() { Seam::Nothing } else { Seam::Space };
    }
    if first.is_uppercase() && !stem.chars().all(char::is_uppercase) {
        return Seam::Nothing;
    }
    if vocabulary.knows(&format!("{stem}{tail}")) {
        return Seam::DropHyphen;
    }
    if vocabulary.knows(&format!("{stem}-{tail}")) || stem.contains('-') || is_first_part(stem) {
        return Seam::Nothing;
    }
    // `comma-` and `separated` are words of the document; of `docu-` and `ment` neither is.
    let are_words = is_long(stem) && is_long(tail) && !is_prefix(stem);
    if are_words && vocabulary.knows(stem) && vocabulary.knows(tail) {
        return Seam::Nothing;
    }
    Seam::DropHyphen
}

fn is_long(part: &str) -> bool {
    bare(part).chars().count() >= 4
}

/// Words that seldom start a longer one and often stand before a hyphen.
fn is_first_part(stem: &str) -> bool {
    const FIRST_PARTS: [&str; 21] = [
        "self", "well", "half", "cross", "two", "three", "four", "five", "six", "seven", "eight",
        "nine", "twenty", "thirty", "forty", "fifty", "large", "small", "long", "short", "quasi",
    ];
    FIRST_PARTS.contains(&bare(stem).as_str())
}

/// Words that more often start a longer one than stand before a hyphen.
fn is_prefix(stem: &str) -> bool {
    const PREFIXES: [&str; 16] = [
        "inter", "over", "under", "super", "counter", "with", "some", "every", "there", "where",
        "here", "fore", "after", "through", "back", "micro",
    ];
    PREFIXES.contains(&bare(stem).as_str())
}

/// Scripts that are written without spaces.
fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{2FFFF}' | '\u{E00}'..='\u{E7F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(before: &str, after: &str, known: &[&str]) -> String {
        let vocabulary = Vocabulary(known.iter().map(|word| (*word).to_owned()).collect());
        let mut text = before.to_owned();
        match seam(before, after, &vocabulary) {
            Seam::Space => text.push(' '),
            Seam::Nothing => {}
            Seam::DropHyphen => {
                text.pop();
            }
        }
        text + after
    }

    #[test]
    fn hyphens_at_line_ends() {
        assert_eq!(joined("the docu-", "ment is", &[]), "the document is");
        assert_eq!(joined("a well-", "known fact", &["well-known"]), "a well-known fact");
        assert_eq!(
            joined("a comma-", "separated list", &["comma", "separated"]),
            "a comma-separated list"
        );
        assert_eq!(
            joined("in under-", "standing it", &["under", "standing"]),
            "in understanding it"
        );
        assert_eq!(joined("the Navier-", "Stokes", &[]), "the Navier-Stokes");
        assert_eq!(joined("pages 3-", "5", &[]), "pages 3-5");
        assert_eq!(joined("end of", "line", &[]), "end of line");
        assert_eq!(joined("at https:", "//a.example/b", &[]), "at https://a.example/b");
        assert_eq!(joined("at https://a.example/c-", "d", &[]), "at https://a.example/c-d");
        assert_eq!(joined("soft\u{AD}", "ly", &[]), "softly");
        assert_eq!(joined("中文", "字", &[]), "中文字");
    }
}
