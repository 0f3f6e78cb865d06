//! Text with its marks, for Markdown and HTML.

use std::borrow::Cow;

use super::html::escape;
use crate::model::{Mark, Script, Text};

/// How marks and characters are written.
trait Notation {
    fn open(&self, sign: &Sign<'_>) -> Cow<'static, str>;
    fn close(&self, sign: &Sign<'_>) -> Cow<'static, str>;
    fn plain(&self, text: &str) -> String;
}

/// A mark, in the order in which marks enclose each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign<'t> {
    Link(&'t str),
    Bold,
    Italic,
    Struck,
    Raised,
    Lowered,
}

struct Html;
struct Markdown;

impl Notation for Html {
    fn open(&self, sign: &Sign<'_>) -> Cow<'static, str> {
        match sign {
            Sign::Link(address) => format!("<a href=\"{}\">", escape(address)).into(),
            Sign::Bold => "<b>".into(),
            Sign::Italic => "<i>".into(),
            Sign::Struck => "<s>".into(),
            Sign::Raised => "<sup>".into(),
            Sign::Lowered => "<sub>".into(),
        }
    }

    fn close(&self, sign: &Sign<'_>) -> Cow<'static, str> {
        match sign {
            Sign::Link(_) => "</a>",
            Sign::Bold => "</b>",
            Sign::Italic => "</i>",
            Sign::Struck => "</s>",
            Sign::Raised => "</sup>",
            Sign::Lowered => "</sub>",
        }
        .into()
    }

    fn plain(&self, text: &str) -> String {
        escape(text)
    }
}

impl Notation for Markdown {
    fn open(&self, sign: &Sign<'_>) -> Cow<'static, str> {
        match sign {
            Sign::Link(_) => "[",
            Sign::Bold => "**",
            Sign::Italic => "*",
            Sign::Struck => "~~",
            Sign::Raised | Sign::Lowered => "",
        }
        .into()
    }

    fn close(&self, sign: &Sign<'_>) -> Cow<'static, str> {
        match sign {
            Sign::Link(address) => format!("]({})", bare_address(address)).into(),
            other => self.open(other),
        }
    }

    fn plain(&self, text: &str) -> String {
        tag_safe(text)
    }
}

/// An address that ends where Markdown sees its end.
fn bare_address(address: &str) -> String {
    address.replace(' ', "%20").replace('(', "%28").replace(')', "%29")
}

/// The Markdown of a text from this byte on.
pub(super) fn markdown(text: &Text, from: usize) -> String {
    written(&without_bare_links(text), from, &Markdown, " ")
}

/// Without links whose text is their address: Markdown links it without further signs.
fn without_bare_links(text: &Text) -> Cow<'_, Text> {
    let is_bare = |(bytes, mark): &(std::ops::Range<usize>, Mark)| matches!(mark, Mark::Link(address) if text.content.get(bytes.clone()) == Some(address));
    if !text.marks.iter().any(is_bare) {
        return Cow::Borrowed(text);
    }
    let mut kept = text.clone();
    kept.marks.retain(|mark| !is_bare(mark));
    Cow::Owned(kept)
}

/// The HTML of a text from this byte on.
pub(super) fn html(text: &Text, from: usize) -> String {
    written(text, from, &Html, " ")
}

/// The Markdown of a cell, whose lines stay apart.
pub(super) fn cell_markdown(text: &Text) -> String {
    written(text, 0, &Markdown, "<br>")
}

/// The HTML of a cell, whose lines stay apart.
pub(super) fn cell_html(text: &Text) -> String {
    written(text, 0, &Html, "<br>")
}

/// Writes piece by piece between the places where marks begin or end; a mark that goes on stays
/// open. A new line of the file itself is written as `line_break`.
fn written(text: &Text, from: usize, notation: &dyn Notation, line_break: &str) -> String {
    let signs = signs(text, from);
    let mut places: Vec<usize> = vec![from, text.content.len()];
    places.extend(signs.iter().flat_map(|(start, end, _)| [*start, *end]));
    let breaks = text.breaks.iter().copied().filter(|at| *at > from);
    places.extend(breaks);
    places.sort_unstable();
    places.dedup();
    let mut out = String::with_capacity(text.content.len() + 16);
    let mut open: Vec<&Sign<'_>> = Vec::new();
    // Spaces stand outside of the marks that begin or end at them.
    let mut spaces = String::new();
    for pair in places.windows(2) {
        let Some(piece) = text.content.get(pair[0]..pair[1]) else { continue };
        let bare = piece.trim();
        let lead = &piece[..piece.len() - piece.trim_start().len()];
        if !bare.is_empty() {
            let covers =
                |(start, end, _): &&(usize, usize, Sign<'_>)| *start <= pair[0] && pair[1] <= *end;
            let covering = signs.iter().filter(covers).map(|(_, _, sign)| sign);
            let mut wanted: Vec<&Sign<'_>> = covering.collect();
            wanted.sort_unstable();
            wanted.dedup();
            let same = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
            for sign in open.drain(same..).rev() {
                out.push_str(&notation.close(sign));
            }
            out.push_str(&std::mem::take(&mut spaces));
            out.push_str(lead);
            for sign in &wanted[same..] {
                out.push_str(&notation.open(sign));
            }
            open = wanted;
            out.push_str(&notation.plain(bare));
            spaces.push_str(&piece[lead.len() + bare.len()..]);
        } else {
            spaces.push_str(piece);
        }
        // The space before a new line stands for it.
        if line_break != " " && text.breaks.contains(&pair[1]) && spaces.ends_with(' ') {
            spaces.truncate(spaces.len() - 1);
            spaces.push_str(line_break);
        }
    }
    for sign in open.iter().rev() {
        out.push_str(&notation.close(sign));
    }
    out + &spaces
}

/// The marks and scripts from this byte on, without spaces at their ends.
fn signs(text: &Text, from: usize) -> Vec<(usize, usize, Sign<'_>)> {
    let marks = text.marks.iter().map(|(bytes, mark)| {
        let sign = match mark {
            Mark::Link(address) => Sign::Link(address.as_str()),
            Mark::Bold => Sign::Bold,
            Mark::Italic => Sign::Italic,
            Mark::Struck => Sign::Struck,
        };
        (bytes, sign)
    });
    let scripts = text.scripts.iter().map(|(bytes, script)| {
        let sign = match script {
            Script::Raised => Sign::Raised,
            Script::Lowered => Sign::Lowered,
        };
        (bytes, sign)
    });
    let trimmed = marks.chain(scripts).filter_map(|(bytes, sign)| {
        let start = bytes.start.max(from);
        let inside = text.content.get(start..bytes.end)?;
        let start = start + inside.len() - inside.trim_start().len();
        let end = start + inside.trim().len();
        (start < end).then_some((start, end, sign))
    });
    trimmed.collect()
}

/// Keeps text from being read as a html tag; everything else stays as the document has it.
pub(super) fn tag_safe(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let opens = characters
            .peek()
            .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'));
        if character == '<' && opens {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &str, marks: &[(&str, Mark)], scripts: &[(&str, Script)]) -> Text {
        let place = |part: &str| {
            let start = content.find(part).unwrap();
            start..start + part.len()
        };
        Text {
            content: content.to_owned(),
            marks: marks.iter().map(|(part, mark)| (place(part), mark.clone())).collect(),
            scripts: scripts.iter().map(|(part, script)| (place(part), *script)).collect(),
            ..Text::default()
        }
    }

    #[test]
    fn marks_enclose_what_they_cover() {
        for (text, want_markdown, want_html) in [
            (
                text("by noon and", &[("noon", Mark::Bold)], &[]),
                "by **noon** and",
                "by <b>noon</b> and",
            ),
            (
                text("a b c", &[("a b", Mark::Bold), ("b c", Mark::Italic)], &[]),
                "**a *b*** *c*",
                "<b>a <i>b</i></b> <i>c</i>",
            ),
            (
                text("see here.", &[("here", Mark::Link("https://x.org/a b".to_owned()))], &[]),
                "see [here](https://x.org/a%20b).",
                "see <a href=\"https://x.org/a b\">here</a>.",
            ),
            (text("40 m2", &[], &[("2", Script::Raised)]), "40 m2", "40 m<sup>2</sup>"),
            (text("60*40*30 <b>", &[], &[]), "60*40*30 \\<b>", "60*40*30 &lt;b&gt;"),
            (text("old ", &[("old ", Mark::Struck)], &[]), "~~old~~ ", "<s>old</s> "),
        ] {
            assert_eq!(markdown(&text, 0), want_markdown);
            assert_eq!(html(&text, 0), want_html);
        }
    }

    #[test]
    fn cells_keep_their_lines() {
        let text = Text { content: "one two".to_owned(), breaks: vec![4], ..Text::default() };
        assert_eq!(cell_markdown(&text), "one<br>two");
        assert_eq!(markdown(&text, 0), "one two");
    }

    #[test]
    fn what_is_bold_as_a_whole_needs_no_mark() {
        let whole = text("a head", &[("a head", Mark::Bold)], &[]);
        assert!(whole.without_whole_bold().marks.is_empty());
        let part = text("a head", &[("head", Mark::Bold)], &[]);
        assert_eq!(part.without_whole_bold().marks.len(), 1);
    }
}
