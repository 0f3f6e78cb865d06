//! Blocks of web pages, as the library lists them: their text, and the elements within it.

use docling_core::tree::{ItemTree, SourceInline};

use super::texts::Characters;
use crate::model::{Mark, Script};
use crate::source::office::styled::{Look, Styled};

/// Adds the text of every block.
pub(super) fn collect(tree: &ItemTree, to: &mut Characters) {
    for block in &tree.blocks {
        let mut styled = Styled::from(block.text.as_str());
        for inline in &block.inlines {
            let looks = looks(inline).into_iter().map(|look| (inline.start..inline.end, look));
            styled.looks.extend(looks.filter(|(bytes, _)| !bytes.is_empty()));
        }
        to.add(styled);
    }
}

fn looks(inline: &SourceInline) -> Vec<Look> {
    let mut looks = Vec::new();
    let style = inline.attr("style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    let is_bold = ["font-weight:bold", "font-weight:700", "font-weight:600"];
    match inline.tag.as_str() {
        "b" | "strong" => looks.push(Look::Mark(Mark::Bold)),
        _ if is_bold.iter().any(|bold| style.contains(bold)) => {
            looks.push(Look::Mark(Mark::Bold));
        }
        _ => {}
    }
    match inline.tag.as_str() {
        "i" | "em" => looks.push(Look::Mark(Mark::Italic)),
        _ if style.contains("font-style:italic") => looks.push(Look::Mark(Mark::Italic)),
        _ => {}
    }
    match inline.tag.as_str() {
        "s" | "del" | "strike" => looks.push(Look::Mark(Mark::Struck)),
        _ if style.contains("line-through") => looks.push(Look::Mark(Mark::Struck)),
        _ => {}
    }
    match inline.tag.as_str() {
        "sup" => looks.push(Look::Script(Script::Raised)),
        "sub" => looks.push(Look::Script(Script::Lowered)),
        "a" => {
            let address = inline.attr("href").map(str::trim).filter(|one| !one.is_empty());
            looks.extend(address.map(|address| Look::Mark(Mark::Link(address.to_owned()))));
        }
        _ => {}
    }
    looks
}
