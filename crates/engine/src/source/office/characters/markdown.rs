//! Blocks of Markdown, with the looks of their characters.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::texts::Characters;
use crate::model::{Mark, Script};
use crate::source::office::styled::{Look, Styled};

/// Adds the text of every block.
pub(super) fn collect(bytes: &[u8], to: &mut Characters) {
    let text = String::from_utf8_lossy(bytes);
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let (mut open, mut looks) = (Styled::default(), Vec::<Look>::new());
    for event in Parser::new_ext(&text, options) {
        match event {
            Event::Text(part) | Event::Code(part) => open.push(&part, looks.iter().cloned()),
            Event::SoftBreak => open.push(" ", looks.iter().cloned()),
            Event::HardBreak => open.push("\n", []),
            Event::InlineHtml(tag) => web_tag(&tag, &mut open, &mut looks),
            Event::Start(tag) => match look(&tag) {
                Some(look) => looks.push(look),
                None if !matches!(tag, Tag::Image { .. }) => close(&mut open, to),
                None => {}
            },
            Event::End(
                TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link,
            ) => drop(looks.pop()),
            Event::End(TagEnd::Image) => {}
            Event::End(_) => close(&mut open, to),
            _ => {}
        }
    }
    close(&mut open, to);
}

fn look(tag: &Tag<'_>) -> Option<Look> {
    Some(Look::Mark(match tag {
        Tag::Strong => Mark::Bold,
        Tag::Emphasis => Mark::Italic,
        Tag::Strikethrough => Mark::Struck,
        Tag::Link { dest_url, .. } => Mark::Link(dest_url.to_string()),
        _ => return None,
    }))
}

/// Raised and lowered text has no mark of its own in Markdown.
fn web_tag(tag: &str, open: &mut Styled, looks: &mut Vec<Look>) {
    match tag {
        "<sup>" => looks.push(Look::Script(Script::Raised)),
        "<sub>" => looks.push(Look::Script(Script::Lowered)),
        "</sup>" | "</sub>" => drop(looks.pop()),
        _ if tag.starts_with("<br") => open.push("\n", []),
        _ => {}
    }
}

fn close(open: &mut Styled, to: &mut Characters) {
    to.add(std::mem::take(open));
}
