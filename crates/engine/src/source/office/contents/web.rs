//! Web pages: the text between their tags.

use crate::model::PageIntake;
use crate::source::office::characters::Pieces;
use crate::source::office::survey::{Scanner, Sink, Tag};

/// Counts a page.
pub(super) fn read(bytes: &[u8], to: &mut PageIntake) {
    if bytes.contains(&0) {
        // Its characters have two bytes.
        return;
    }
    let (mut scanner, mut counter) = (Scanner::new(), Counter::new(to));
    scanner.feed(bytes, &mut counter);
    counter.flush();
}

/// Elements within a line of text: they end no word.
fn is_inline(name: &[u8]) -> bool {
    matches!(
        name,
        b"a" | b"abbr"
            | b"b"
            | b"bdi"
            | b"bdo"
            | b"big"
            | b"cite"
            | b"code"
            | b"data"
            | b"del"
            | b"dfn"
            | b"em"
            | b"font"
            | b"i"
            | b"ins"
            | b"kbd"
            | b"label"
            | b"mark"
            | b"q"
            | b"s"
            | b"samp"
            | b"small"
            | b"span"
            | b"strike"
            | b"strong"
            | b"sub"
            | b"sup"
            | b"time"
            | b"tt"
            | b"u"
            | b"var"
            | b"wbr"
    )
}

fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"param"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// Counts text as it comes.
pub(super) struct Counter<'p> {
    to: &'p mut PageIntake,
    text: Pieces,
    /// The element that is not shown, and how many of its name are open.
    hidden: Option<(Vec<u8>, usize)>,
}

impl<'p> Counter<'p> {
    pub(super) fn new(to: &'p mut PageIntake) -> Self {
        Self { to, text: Pieces::default(), hidden: None }
    }

    /// Counts the words so far, but for those with entities that are not known or with characters of
    /// other encodings.
    pub(super) fn flush(&mut self) {
        let text = self.text.take().replace("&nbsp;", " ");
        if !text.contains(['&', char::REPLACEMENT_CHARACTER]) {
            return self.to.text.add(&text);
        }
        let known = |word: &&str| {
            let has_entity = word.contains('&') && word.contains(';');
            !has_entity && !word.contains(char::REPLACEMENT_CHARACTER)
        };
        text.split_whitespace().filter(known).for_each(|word| self.to.text.add(word));
    }
}

impl Sink for Counter<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        let name = tag.name.to_ascii_lowercase();
        if let Some((hidden, depth)) = &mut self.hidden {
            *depth += usize::from(*hidden == name && !tag.is_empty);
            return;
        }
        if !is_inline(&name) {
            self.flush();
        }
        let style = tag.attribute(b"style").unwrap_or_default().to_ascii_lowercase();
        let style: Vec<u8> = style.into_iter().filter(|byte| *byte != b' ').collect();
        let is_styled = |rule: &[u8]| style.windows(rule.len()).any(|part| part == rule);
        let hides = is_styled(b"display:none") || is_styled(b"visibility:hidden");
        let is_data = matches!(
            name.as_slice(),
            b"head"
                | b"script"
                | b"style"
                | b"template"
                | b"noscript"
                | b"svg"
                | b"math"
                | b"object"
                | b"iframe"
                | b"select"
                | b"textarea"
                | b"title"
        );
        let hides = hides || is_data || tag.attribute(b"hidden").is_some();
        if hides && !is_void(&name) && !tag.is_empty {
            self.hidden = Some((name, 1));
        }
    }

    fn end(&mut self, name: &[u8]) {
        let name = name.to_ascii_lowercase();
        match &mut self.hidden {
            Some((hidden, depth)) if *hidden == name => {
                *depth -= 1;
                if *depth == 0 {
                    self.hidden = None;
                }
            }
            Some(_) => {}
            None if is_inline(&name) => {}
            None => self.flush(),
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if self.hidden.is_none() {
            self.text.push(piece);
        }
    }
}
