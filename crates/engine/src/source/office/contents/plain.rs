//! Files that are text as a whole.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::web;
use crate::model::PageIntake;
use crate::source::office::plain::decoded;

/// Counts every word and sign.
pub(super) fn text(bytes: &[u8], to: &mut PageIntake) {
    to.text.add(&decoded(bytes));
}

/// Counts the words of values, without the signs between them.
pub(super) fn values(bytes: &[u8], to: &mut PageIntake) {
    words_alone(&decoded(bytes), to);
}

/// Counts the words of running text, without markup.
pub(super) fn asciidoc(bytes: &[u8], to: &mut PageIntake) {
    let text = decoded(bytes);
    let is_markup = |line: &&str| {
        let line = line.trim_start();
        ["//", ":", "[", "include::", "image::", "ifdef::", "endif::"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    for line in text.lines().filter(|line| !is_markup(line)) {
        // Addresses stand apart from what they are the links of.
        let words = line.split_whitespace().filter(|word| !word.contains("://"));
        words.for_each(|word| words_alone(word, to));
    }
}

fn words_alone(text: &str, to: &mut PageIntake) {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.for_each(|word| to.text.add(word));
}

/// Counts the blocks of a Markdown file.
pub(super) fn markdown(bytes: &[u8], to: &mut PageIntake) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let (mut open, mut markup, mut pictures) = (String::new(), String::new(), 0_usize);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Text(part) | Event::Code(part) if pictures == 0 => open.push_str(&part),
            Event::SoftBreak | Event::HardBreak => open.push(' '),
            Event::Html(part) => markup.push_str(&part),
            Event::InlineHtml(tag) if tag.starts_with("<br") => open.push(' '),
            Event::Start(Tag::Image { .. }) => {
                pictures += 1;
                to.picture_count += 1;
            }
            Event::End(TagEnd::Image) => pictures = pictures.saturating_sub(1),
            Event::End(
                TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link,
            ) => {}
            Event::End(_) => {
                to.text.add(&std::mem::take(&mut open));
                web::read(std::mem::take(&mut markup).as_bytes(), to);
            }
            _ => {}
        }
    }
}
