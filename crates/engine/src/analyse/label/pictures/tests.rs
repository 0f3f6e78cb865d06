//! The graph of the reading order of every layout fixture, against the golden beside it.

use std::fmt::Write;
use std::path::Path;

use docket_testkit::pdf::fixtures;

use super::super::flow;
use super::super::norms::norms;
use super::super::page_frame::PageFrame;
use super::{order, shown};
use crate::analyse::label::headers_footers;
use crate::analyse::layout::lay_out;
use crate::limits::Limits;
use crate::model::Line;
use crate::source::pdf::{FontStore, open, read_page};

/// Every page with its relations: each piece after those that it follows.
fn graphs(document: Vec<u8>) -> String {
    let document = open(document, None, &Limits::DEFAULT).unwrap();
    let fonts = FontStore::new(&Limits::DEFAULT);
    let laid_out = document
        .pdf
        .pages()
        .iter()
        .map(|page| lay_out(&read_page(page, &document, &fonts, &Limits::DEFAULT)));
    let mut pages: Vec<_> = laid_out.enumerate().map(|(index, page)| (index + 1, page)).collect();
    headers_footers::separate(&mut pages);
    let norms = norms(&pages);
    let mut out = String::new();
    for (page, layout) in pages {
        let frame = PageFrame::of(page, &layout);
        let flow = flow(layout.blocks, frame, &norms);
        let pictures = shown(&layout.pictures, &flow, frame);
        let order = order(&flow, &pictures, frame);
        let name = |piece: usize| match flow.get(piece).and_then(|part| part.written()) {
            Some(block) => {
                let text = block.lines().map(Line::text).collect::<Vec<_>>().join(" ");
                format!("{piece} \"{}\"", text.chars().take(24).collect::<String>())
            }
            None => format!("{piece} picture {}", piece - flow.len() + 1),
        };
        writeln!(out, "page {page}").unwrap();
        for piece in order.sorted() {
            writeln!(out, "{}", name(piece)).unwrap();
            let before = order.edges().filter(|(_, after, _)| *after == piece);
            for (before, _, relation) in before {
                writeln!(out, "    after {}: {relation:?}", name(before)).unwrap();
            }
        }
    }
    out
}

/// `UPDATE_GOLDENS=1` rewrites.
#[test]
fn goldens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = Vec::new();
    for (name, bytes) in fixtures::all() {
        if !name.starts_with("layout/") {
            continue;
        }
        let golden = root.join(name).with_extension("order");
        let actual = graphs(bytes);
        if update {
            std::fs::write(&golden, &actual).unwrap();
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != actual {
            wrong.push(format!("{name} is read in this order:\n{actual}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}
