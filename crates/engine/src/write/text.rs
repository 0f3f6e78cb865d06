//! Lines to running text: words joined by spaces, hyphens at line ends resolved.

use std::collections::HashSet;
use std::ops::Range;

use super::markup::escape;
use crate::model::{Line, Script, scripts_of};

/// Words of the document, lower case, for telling which hyphens belong to words.
#[derive(Default)]
pub(crate) struct Vocabulary(HashSet<String>);

impl Vocabulary {
    /// Learns the words of lines, but for those that a line end may have cut.
    pub(crate) fn learn<'l>(&mut self, lines: impl Iterator<Item = &'l Line>) {
        for line in lines {
            let last = line.words.len().saturating_sub(1);
            for (index, word) in line.words.iter().enumerate() {
                let cut = index == last && ends_with_hyphen(&word.text);
                if !cut && word.text.len() < 40 {
                    let bare = bare(&word.text);
                    if bare.chars().count() > 3 && !self.0.contains(bare.as_str()) {
                        self.0.insert(bare);
                    }
                }
            }
        }
    }

    fn knows(&self, word: &str) -> bool {
        self.0.contains(&bare(word))
    }
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn ends_with_hyphen(word: &str) -> bool {
    word.ends_with(['-', '\u{AD}', '\u{2010}'])
}

/// Joins lines to one text.
pub(crate) fn flow<'l>(lines: impl Iterator<Item = &'l Line>, vocabulary: &Vocabulary) -> String {
    let text = join(lines, vocabulary, &mut |_, _| {});
    if text.contains('\u{AD}') { text.replace('\u{AD}', "") } else { text }
}

/// The same for HTML: escaped, with raised and lowered text marked.
pub(crate) fn flow_html<'l>(
    lines: impl Iterator<Item = &'l Line>,
    vocabulary: &Vocabulary,
) -> String {
    let mut marks: Vec<(Range<usize>, Script)> = Vec::new();
    let text = join(lines, vocabulary, &mut |start, line| {
        let of_line = scripts_of(line).into_iter();
        marks.extend(
            of_line.map(|(bytes, script)| (start + bytes.start..start + bytes.end, script)),
        );
    });
    let mut html = String::with_capacity(text.len() + 16 * marks.len());
    let mut done = 0;
    // A hyphen that fell away may have taken the end of a mark with it.
    for (bytes, script) in marks {
        let (Some(before), Some(marked)) = (text.get(done..bytes.start), text.get(bytes.clone()))
        else {
            continue;
        };
        let tag = if script == Script::Raised { "sup" } else { "sub" };
        html += &format!("{}<{tag}>{}</{tag}>", escape(before), escape(marked));
        done = bytes.end;
    }
    html.push_str(&escape(&text[done..]));
    if html.contains('\u{AD}') { html.replace('\u{AD}', "") } else { html }
}

/// Joins lines to one text that may still hold soft hyphens; `placed` hears where each starts.
fn join<'l>(
    lines: impl Iterator<Item = &'l Line>,
    vocabulary: &Vocabulary,
    placed: &mut dyn FnMut(usize, &Line),
) -> String {
    let mut text = String::new();
    for line in lines {
        let next = line.text();
        if text.is_empty() {
            placed(0, line);
            text = next;
            continue;
        }
        match seam(&text, &next, vocabulary) {
            Seam::Space => text.push(' '),
            Seam::Nothing => {}
            Seam::DropHyphen => {
                text.pop();
            }
        }
        placed(text.len(), line);
        text.push_str(&next);
    }
    text
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
